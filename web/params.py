"""Parameters of the API: named as on the command line, the query as `q`."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model

from ..analysis import EntityKind
from ..engines import FILTER_FIELDS, PERIOD_FILTERS, FacetField
from ..messages import Language
from ..query import ENTITY_KINDS, LIMIT, Filters, TimelineStep

MAX_QUERY_LENGTH = 6_000  # characters; searches read fewer, and note it
MAX_VALUE_LENGTH = 500  # characters
MAX_ID_LENGTH = 4_000  # characters
MAX_VALUES = 20  # of one filter
MAX_LIMIT = 100  # hits, entities or words
MAX_OFFSET = 10_000  # hits

Value = Annotated[str, StringConstraints(max_length=MAX_VALUE_LENGTH)]
Values = Annotated[list[Value], Field(max_length=MAX_VALUES)]
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT)]
QueryText = Annotated[str, Field(max_length=MAX_QUERY_LENGTH)]
ArticleId = Annotated[str, Field(min_length=1, max_length=MAX_ID_LENGTH)]


class Params(BaseModel):
    """Parameters of every request."""

    model_config = ConfigDict(extra="forbid")

    lang: Language | None = Field(None, description="Language of notes and errors; by default from Accept-Language.")


def _filter_fields() -> type[Params]:
    """Return a model with a parameter for each filter that the table of fields has."""
    definitions: dict[str, Any] = {}
    for name, text in PERIOD_FILTERS.items():
        definitions[name] = (Value | None, Field(None, description=text, examples=["2023-09"]))
    for field in FILTER_FIELDS:
        definitions[field.name] = (Values, Field([], description=field.filter_help, examples=[[field.example]]))
    return create_model("FilterFields", __base__=Params, **definitions)


if TYPE_CHECKING:
    _FilterFields = Params
else:
    _FilterFields = _filter_fields()


class FilterParams(_FilterFields):
    """Filters. Of several values of one filter, one must match."""

    def filters(self) -> Filters:
        """Return the filters as a `Searcher` takes them."""
        names = (*PERIOD_FILTERS, *(field.name for field in FILTER_FIELDS))
        return cast(Filters, {name: getattr(self, name) for name in names})


class SearchParams(FilterParams):
    """Parameters of a search."""

    q: QueryText = Field(description="The query, in the query language.", examples=["台湾海峡"])
    limit: Limit = Field(LIMIT, description="Hits on a page.")
    offset: int = Field(0, ge=0, le=MAX_OFFSET, description="Hits to skip.")
    sort: Literal["relevance", "date"] = Field("relevance", description="Best or newest first.")
    recency: float | None = Field(
        None,
        gt=0,
        le=1e6,
        allow_inf_nan=False,
        description="Prefer newer articles: one so many days old counts three quarters of a new one, the oldest half.",
        examples=[30],
    )
    collapse: bool = Field(True, description="List the reprints of an article under it instead of one by one.")
    facet: list[FacetField] = Field([], max_length=MAX_VALUES, description="Count all matches by this field.")
    explain: bool = Field(False, description="Explain how the query was read, and each score.")


class TimelineParams(FilterParams):
    """Parameters of a timeline."""

    q: QueryText = Field("", description="The query; without one, all articles count.", examples=["台湾海峡"])
    by: TimelineStep | None = Field(None, description="Length of the periods; by default chosen by the span.")


class EntitiesParams(FilterParams):
    """Parameters of the list of entities."""

    q: QueryText = Field("", description="The query; without one, all articles count.", examples=["台湾海峡"])
    kind: list[EntityKind] = Field(list(ENTITY_KINDS), max_length=MAX_VALUES, description="Only entities of this kind.")
    with_entities: Values = Field([], description="Only articles that also name this entity.")
    over_time: bool = Field(False, description="Count by month, too.")
    limit: Limit = Field(LIMIT, description="Entities of each kind.")


class SuggestParams(Params):
    """Parameters of suggestions."""

    q: Value = Field(description="Han characters, pinyin, or the initials of pinyin.", examples=["waij"])
    limit: Limit = Field(LIMIT, description="Maximum number of words.")


class RelatedParams(Params):
    """Parameters of the related articles of an article in the path."""

    limit: Limit = Field(LIMIT, description="Maximum number of articles.")


class ArticleByIdParams(Params):
    """Parameters of an article that the query string names."""

    id: ArticleId = Field(description="The ID of the article.", examples=["https://www.rfi.fr/cn/…"])


class RelatedByIdParams(RelatedParams):
    """Parameters of the related articles of an article that the query string names."""

    id: ArticleId = Field(description="The ID of the article.", examples=["https://www.rfi.fr/cn/…"])


class ExportParams(FilterParams):
    """Parameters of an export."""

    q: QueryText = Field("", description="Only articles that match all of this query.", examples=["台湾海峡"])
