"""What a query asks of an engine: which articles match, and what each match is worth.

Matching and scoring are separate. A tree of clauses says which articles match; a flat list of weighted terms scores
them; tiers put some matches before others whatever their score.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple, TypeAlias

from .fields import FacetField, IndexedField, KeywordField, Stream, TextField, ValueField

Sort = Literal["relevance", "newest"]


@dataclass(frozen=True, slots=True)
class Term:
    """The field has `word` (folded) as a whole word."""

    field: TextField
    word: str


@dataclass(frozen=True, slots=True)
class Substring:
    """The field contains `string` (folded, not empty), character for character."""

    field: TextField
    string: str


@dataclass(frozen=True, slots=True)
class Keyword:
    """One of the field's keywords is `value`: folded, but for `id`, `url` and `sketch`."""

    field: KeywordField
    value: str


@dataclass(frozen=True, slots=True)
class FacetValue:
    """Counts for this value of a facet, which is as facets tell it."""

    field: ValueField
    value: str


@dataclass(frozen=True, slots=True)
class DateRange:
    """Published between two days of the publisher's calendar, both included; None leaves that end open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class And:
    clauses: tuple[Clause, ...]  # of none, every article matches


@dataclass(frozen=True, slots=True)
class Or:
    clauses: tuple[Clause, ...]  # of none, no article matches


@dataclass(frozen=True, slots=True)
class MinShouldMatch:
    """At least `count` of `clauses`, which are all different."""

    count: int
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Not:
    clause: Clause


Clause: TypeAlias = Term | Substring | Keyword | FacetValue | DateRange | And | Or | MinShouldMatch | Not


MATCH_ALL = And(())
MATCH_NONE = Or(())


@dataclass(frozen=True, slots=True)
class ScoringTerm:
    """A term that scores: `weight` × its BM25 in one term stream of one field."""

    field: IndexedField
    stream: Stream
    term: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """One search. Matches of `tiers[0]` come first, then those of `tiers[1]` …, then the rest; within a tier by score
    (`relevance`) or the newest first, undated articles last. Of each of the `facets` the first `facet_limit` values are
    told."""

    match: Clause
    tiers: tuple[Clause, ...] = ()
    weights: tuple[ScoringTerm, ...] = ()
    sort: Sort = "relevance"
    limit: int = 10
    facets: tuple[FacetField, ...] = ()
    facet_limit: int = 10


class FacetCount(NamedTuple):
    """A value of a facet, such as RFI, 安东尼·布林肯 or 2023-09, and how many of the matches have it."""

    value: str
    articles: int

    @classmethod
    def __get_pydantic_json_schema__(cls, _core_schema: Any, _handler: Any) -> dict[str, Any]:
        """Describe the object that JSON has for it, which pydantic would take for an array."""
        return {
            "type": "object",
            "properties": {"value": {"type": "string"}, "articles": {"type": "integer"}},
            "required": ["value", "articles"],
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """A match, known by its engine's `key` until its article is fetched. `tier` counts from 0."""

    key: int
    score: float
    tier: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`total` matches in all, of which `tier_totals[i]` fall into tier i, and the first `limit` of them in order. Of
    the request's facet i all matches together have the values `facets[i]`: those of most matches first, then by
    value."""

    total: int
    tier_totals: tuple[int, ...]
    candidates: tuple[Candidate, ...]
    facets: tuple[tuple[FacetCount, ...], ...] = ()
