"""The query model of the engines: clauses, scoring terms, requests and results.

Matching and scoring are separate. A tree of clauses decides which articles match, a flat list of weighted terms scores
them, and tiers rank some matches before others regardless of their score.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple, TypeAlias

from .fields import FacetField, IndexedField, KeywordField, Stream, TextField, ValueField

Sort = Literal["relevance", "newest"]


@dataclass(frozen=True, slots=True)
class Term:
    """Matches articles whose field has `word` (folded) as a whole word."""

    field: TextField
    word: str


@dataclass(frozen=True, slots=True)
class Substring:
    """Matches articles whose field contains `string` (folded, without gaps, not empty), as it is."""

    field: TextField
    string: str


@dataclass(frozen=True, slots=True)
class Keyword:
    """Matches articles that have the keyword `value`, which is folded except in `id`, `url` and `sketch`."""

    field: KeywordField
    value: str


@dataclass(frozen=True, slots=True)
class FacetValue:
    """Matches articles that count for `value` of a facet, spelled as in `FacetCount`."""

    field: ValueField
    value: str


@dataclass(frozen=True, slots=True)
class DateRange:
    """Matches articles published from `first` to `last`, in the publisher's calendar; None leaves an end open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class And:
    """Matches articles that match all `clauses`."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Matches articles that match any of `clauses`."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class MinShouldMatch:
    """Matches articles that match at least `count` of `clauses`, which are all different."""

    count: int
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Matches articles that do not match `clause`."""

    clause: Clause


Clause: TypeAlias = Term | Substring | Keyword | FacetValue | DateRange | And | Or | MinShouldMatch | Not

MATCH_ALL = And(())
MATCH_NONE = Or(())


@dataclass(frozen=True, slots=True)
class ScoringTerm:
    """A term that adds `weight` × its BM25 in one stream of one field to the score of an article."""

    field: IndexedField
    stream: Stream
    term: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A search. Matches of `tiers[0]` come first, then those of `tiers[1]` …, then the rest.

    Within a tier, matches are sorted by score (`relevance`) or the newest first, with undated articles last. The result
    has the first `facet_limit` values of each of the `facets`.
    """

    match: Clause
    tiers: tuple[Clause, ...] = ()
    scoring_terms: tuple[ScoringTerm, ...] = ()
    sort: Sort = "relevance"
    limit: int = 10
    facets: tuple[FacetField, ...] = ()
    facet_limit: int = 10


class FacetCount(NamedTuple):
    """A value of a facet, such as RFI, 安东尼·布林肯 or 2023-09, with the number of matches that have it."""

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
    """A match. `key` identifies it to `Reader.fetch`; `tier` counts from 0."""

    key: int
    score: float
    tier: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The first `limit` matches in order, with counts of all matches.

    `total` is the number of matches, `tier_totals[i]` the number of those in tier i. `facets[i]` are the values of the
    request's facet i among all matches: those with most matches first, then by value.
    """

    total: int
    tier_totals: tuple[int, ...]
    candidates: tuple[Candidate, ...]
    facets: tuple[tuple[FacetCount, ...], ...] = ()


def bigram_cover(string: str) -> list[tuple[int, str]]:
    """Return offsets and bigrams that together spell a string of two characters or more: every second and the last.

    >>> bigram_cover("台湾海峡问")
    [(0, '台湾'), (2, '海峡'), (3, '峡问')]
    """
    last = len(string) - 2
    offsets = [*range(0, last, 2), last]
    return [(offset, string[offset : offset + 2]) for offset in offsets]
