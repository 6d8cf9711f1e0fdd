"""Listing: all articles that match, newest first and without ranking, in bounded memory."""

from collections.abc import Iterator, Sequence
from datetime import date

from ..analysis import Article
from ..engines import And, Clause, DateRange, FacetCount, Not, Reader, SearchRequest
from .executor import UNLIMITED, QueryExecutor

LIST_BATCH_SIZE = 10_000  # matches of one search request, or all of one day if these are more
FETCH_BATCH_SIZE = 100  # articles read at once


def list_articles(query: str, filters: Sequence[Clause], executor: QueryExecutor, reader: Reader) -> Iterator[Article]:
    """Yield the full matches of a query, newest first, undated ones last."""
    matches, _ = executor.count(query, filters, ("day",), UNLIMITED)
    (days,) = matches.result.facets
    for dates in _split_days(days):
        yield from _read_articles(And((matches.clause, dates)), matches.full, reader)
    if matches.full > sum(day.articles for day in days):
        yield from _read_articles(And((matches.clause, Not(DateRange(None, None)))), matches.full, reader)


def _split_days(days: Sequence[FacetCount]) -> Iterator[DateRange]:
    """Yield date ranges of at most `LIST_BATCH_SIZE` articles that together cover the days, the latest first."""
    newest_first = sorted(((date.fromisoformat(day), articles) for day, articles in days), reverse=True)
    while newest_first:
        last, total = newest_first[0]
        size = 1
        while size < len(newest_first) and total + newest_first[size][1] <= LIST_BATCH_SIZE:
            total += newest_first[size][1]
            size += 1
        yield DateRange(newest_first[size - 1][0], last)
        del newest_first[:size]


def _read_articles(match: Clause, limit: int, reader: Reader) -> Iterator[Article]:
    candidates = reader.search(SearchRequest(match=match, sort="newest", limit=limit)).candidates
    for start in range(0, len(candidates), FETCH_BATCH_SIZE):
        for stored in reader.fetch([candidate.key for candidate in candidates[start : start + FETCH_BATCH_SIZE]]):
            yield stored.article
