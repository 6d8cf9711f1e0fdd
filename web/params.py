"""What requests of the API may ask for: named as on the command line, the query as `q`."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ..analysis import EntityKind
from ..engines import FacetField
from ..messages import Language
from ..query import ENTITY_KINDS, Filters, Step

LONGEST_QUERY = 2_000  # characters
LONGEST_VALUE = 500
LONGEST_ID = 4_000
MOST_VALUES = 20  # of one filter
MOST_LISTED = 100  # hits, names or words
MOST_PASSED_OVER = 10_000  # hits

Value = Annotated[str, StringConstraints(max_length=LONGEST_VALUE)]
Values = Annotated[list[Value], Field(max_length=MOST_VALUES)]
Limit = Annotated[int, Field(ge=1, le=MOST_LISTED)]
QueryText = Annotated[str, Field(max_length=LONGEST_QUERY)]
Id = Annotated[str, Field(min_length=1, max_length=LONGEST_ID)]


class Asked(BaseModel):
    """What every request may say."""

    model_config = ConfigDict(extra="forbid")

    lang: Language | None = Field(None, description="Language of notes and errors; else by Accept-Language.")


class Filtered(Asked):
    """Filters. Of several values for one, one must match."""

    since: Value | None = Field(None, description="Published on or after a day, month or year.", examples=["2023-09"])
    until: Value | None = Field(None, description="Published on or before a day, month or year.", examples=["2023"])
    source: Values = Field([], description="From this publisher.", examples=[["RFI"]])
    section: Values = Field([], description="From this section.", examples=[["中国"]])
    entity: Values = Field([], description="Naming this person, place or organisation.", examples=[["布林肯"]])
    person: Values = Field([], description="Naming this person.", examples=[["孙卫东"]])
    place: Values = Field([], description="Naming this place.", examples=[["台湾海峡"]])
    organisation: Values = Field([], description="Naming this organisation.", examples=[["中国外交部"]])
    about: Values = Field([], description="Mentioning a day of this day, month, year or range.", examples=[["2023-08"]])

    def filters(self) -> Filters:
        """The same for a searcher."""
        return Filters(
            since=self.since,
            until=self.until,
            source=self.source,
            section=self.section,
            entity=self.entity,
            person=self.person,
            place=self.place,
            organisation=self.organisation,
            about=self.about,
        )


class SearchAsked(Filtered):
    q: QueryText = Field(description="The query; docs/query-language.md tells all it may have.", examples=["台湾海峡"])
    limit: Limit = Field(10, description="Hits on a page.")
    offset: int = Field(0, ge=0, le=MOST_PASSED_OVER, description="Hits to pass over.")
    sort: Literal["relevance", "date"] = Field("relevance", description="Best or newest first.")
    recency: float | None = Field(
        None,
        gt=0,
        le=1e6,
        allow_inf_nan=False,
        description="Prefer newer articles: one so many days old counts three quarters of a new one, the oldest half.",
        examples=[30],
    )
    collapse: bool = Field(True, description="List reprints of an article under it, or one by one.")
    facet: list[FacetField] = Field([], max_length=MOST_VALUES, description="Count all that was found by this, too.")
    explain: bool = Field(False, description="Tell how the query was read and what each score is made of.")


class TimelineAsked(Filtered):
    q: QueryText = Field("", description="The query; without one, all articles count.", examples=["台湾海峡"])
    by: Step | None = Field(None, description="Count by; else what suits the span.")


class EntitiesAsked(Filtered):
    q: QueryText = Field("", description="The query; without one, all articles count.", examples=["台湾海峡"])
    kind: list[EntityKind] = Field(list(ENTITY_KINDS), max_length=MOST_VALUES, description="Only names of this kind.")
    beside: Values = Field([], alias="with", description="In articles that mention this name, too.")
    over_time: bool = Field(False, alias="over-time", description="Also by month.")
    limit: Limit = Field(10, description="Names of each kind.")


class SuggestAsked(Asked):
    q: Value = Field(description="Han, pinyin, or the first letters of pinyin.", examples=["waij"])
    limit: Limit = Field(10, description="Words at most.")


class ArticleAsked(Asked):
    pass


class RelatedAsked(Asked):
    limit: Limit = Field(10, description="Articles at most.")


class ArticleAskedById(ArticleAsked):
    id: Id = Field(description="The ID of the article.", examples=["https://www.rfi.fr/cn/…"])


class RelatedAskedById(RelatedAsked):
    id: Id = Field(description="The ID of the article.", examples=["https://www.rfi.fr/cn/…"])


class ExportAsked(Filtered):
    q: QueryText = Field("", description="Only articles that match all of this query.", examples=["台湾海峡"])
