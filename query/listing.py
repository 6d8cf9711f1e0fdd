"""Every article that matches, without ranking, with the memory that some thousands of matches take."""

from collections.abc import Iterator, Sequence
from datetime import date

from ..analysis import Article
from ..engines import And, Clause, DateRange, FacetCount, Not, Reader, SearchRequest
from .executor import EVERY_VALUE, Asker

LISTED_AT_ONCE = 10_000  # matches, but at least those of a day
FETCHED_AT_ONCE = 100  # articles


def listed(query: str, filters: Sequence[Clause], asker: Asker, reader: Reader) -> Iterator[Article]:
    """The full matches of a query, newest first, those without a date last."""
    answer, _ = asker.full(query, filters, ("day",), EVERY_VALUE)
    (days,) = answer.found.facets
    for published in _spans(days):
        yield from _articles(And((answer.match, published)), answer.full, reader)
    if answer.full > sum(day.articles for day in days):
        yield from _articles(And((answer.match, Not(DateRange(None, None)))), answer.full, reader)


def _spans(days: Sequence[FacetCount]) -> Iterator[DateRange]:
    """Spans that together have all of the days, the last ones first."""
    newest = sorted(((date.fromisoformat(day), articles) for day, articles in days), reverse=True)
    while newest:
        last, listed = newest[0]
        size = 1
        while size < len(newest) and listed + newest[size][1] <= LISTED_AT_ONCE:
            listed += newest[size][1]
            size += 1
        yield DateRange(newest[size - 1][0], last)
        del newest[:size]


def _articles(match: Clause, most: int, reader: Reader) -> Iterator[Article]:
    found = reader.search(SearchRequest(match=match, sort="newest", limit=most)).candidates
    for start in range(0, len(found), FETCHED_AT_ONCE):
        for stored in reader.fetch([candidate.key for candidate in found[start : start + FETCHED_AT_ONCE]]):
            yield stored.article
