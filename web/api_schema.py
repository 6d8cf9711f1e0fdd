"""What the API answers, for its description: the objects of `query.as_json`."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ..analysis import EntityKind
from ..query import Step

_RFI = "https://www.rfi.fr/cn/中国/20230929-中美高级外交官继续会晤以保持对话"
Range = tuple[int, int]
"""Offsets of characters, the end not included."""


class Note(BaseModel):
    kind: str = Field(description="For programs to branch on.", examples=["partial"])
    message: str = Field(examples=["no article has all words of the query; these are the best partial matches"])


class Name(BaseModel):
    text: str = Field(examples=["安东尼·布林肯"])
    kind: EntityKind
    mentions: int


class Snippet(BaseModel):
    text: str = Field(description="As it was written.", examples=["维护台湾海峡和平与稳定的重要性"])
    highlights: list[Range] = Field(description="Where the query stands in it.", examples=[[[2, 6]]])


class Reprint(BaseModel):
    id: str
    title: str
    url: str
    date: str | None
    source: str


class Explanation(BaseModel):
    terms: list[tuple[str, float]] = Field(description="BM25 of each term; they add up.")
    factors: list[tuple[str, float]] = Field(description="What the sum is multiplied by.")


class Hit(BaseModel):
    rank: int = Field(description="Counted over the whole list, pages included.", examples=[1])
    id: str = Field(examples=[_RFI])
    score: float = Field(examples=[5.08])
    full: bool = Field(description="Whether it matches all of the query.")
    title: str = Field(examples=["中美高级外交官继续会晤以保持对话"])
    title_highlights: list[Range]
    url: str = Field(description="As the article had it: may be anything.", examples=[_RFI])
    date: str | None = Field(description="ISO 8601, with the zone.", examples=["2023-09-29T10:45:00+02:00"])
    source: str = Field(examples=["RFI"])
    section: str = Field(examples=["中国"])
    entities: list[Name]
    snippets: list[Snippet]
    reprints: list[Reprint] = Field(description="Articles that match, too, but are the same as this one.")
    explanation: Explanation | None = Field(None, description="If it was asked for.")


class Count(BaseModel):
    value: str = Field(examples=["RFI"])
    articles: int


class Results(BaseModel):
    query: str = Field(examples=["台湾海峡"])
    total: int = Field(description="Articles that match, reprints included.", examples=[1])
    full: int = Field(description="Of these, the first ones, which match all of the query.", examples=[1])
    took_ms: float
    notes: list[Note] = Field(description="What was not taken as typed, and the like.")
    suggestions: list[str] = Field(description="Other queries, where this one finds nothing.")
    hits: list[Hit]
    facets: dict[str, list[Count]]
    reading: str | None = Field(None, description="The query as it was understood, if that was asked for.")


class Suggestion(BaseModel):
    text: str = Field(examples=["外交"])
    articles: int


class Timeline(BaseModel):
    query: str
    by: Step
    articles: int = Field(description="Articles that match all of the query.")
    undated: int
    notes: list[Note]
    counts: list[dict[str, str | int]] = Field(
        description="A period under the name of `by`, and how many articles it has, in order.",
        examples=[[{"month": "2023-08", "articles": 1}, {"month": "2023-09", "articles": 1}]],
    )


class Mentioned(BaseModel):
    name: str = Field(examples=["安东尼·布林肯"])
    kind: EntityKind
    articles: int
    months: dict[str, int] | None = Field(None, description="If they were asked for.", examples=[{"2023-09": 1}])


class Names(BaseModel):
    query: str
    articles: int
    notes: list[Note]
    names: list[Mentioned]


class ArticleName(BaseModel):
    text: str
    kind: EntityKind


class ArticleDate(BaseModel):
    text: str = Field(description="As it was written.", examples=["8月2日"])
    first: str = Field(examples=["2023-08-02"])
    last: str = Field(examples=["2023-08-02"])


class Article(BaseModel):
    id: str = Field(examples=[_RFI])
    title: str
    body: str
    url: str
    date: str | None
    source: str
    section: str
    author: str
    lead: str
    path: str
    entities: list[ArticleName]
    dates: list[ArticleDate]
    reprints: list[Reprint]


class Related(BaseModel):
    id: str
    hits: list[Hit]


class Statistics(BaseModel):
    articles: int = Field(examples=[2])
    engine: str = Field(examples=["whoosh"])
    bytes: int
    parts: str = Field(examples=["1 segment"])
    created: str
    fingerprint: str


class Health(BaseModel):
    status: str = Field(examples=["ok"])


class Failure(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"error": "there is nothing at this address"}]})

    error: str = Field(description="What is wrong, and what to do about it.")


Answers = dict[int | str, dict[str, Any]]
NO_SUCH_ARTICLE: Answers = {404: {"description": "There is no such article.", "model": Failure}}
FAILURES: Answers = {
    304: {"description": "The answer is what the client has (If-None-Match).", "model": None},
    401: {"description": "The archive asks for a token.", "model": Failure},
    422: {"description": "A parameter can't be used.", "model": Failure},
    429: {"description": "Too many requests came from this address.", "model": Failure},
    503: {"description": "The index can't be used for now, or too much is being asked.", "model": Failure},
    504: {"description": "It took too long.", "model": Failure},
}
