"""Opens an index and answers queries."""

import os
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from types import TracebackType
from typing import Literal

from typing_extensions import Self

from ..analysis import Analyzer, Entity, fold
from ..engines import (
    All,
    AnyOf,
    Candidate,
    Clause,
    Days,
    IndexDirectory,
    Keyword,
    KeywordField,
    Request,
    Sort,
    Statistics,
    StoredArticle,
)
from .errors import InvalidDate
from .language import parse
from .marking import Marker, merged
from .notes import Note
from .periods import parse_period
from .plan import LEVELS, Plan
from .results import Hit, Name, Results
from .snippets import snippets

MOST_HITS = 1_000  # a page's size at most
_LEVEL_NOTES = {
    1: Note("inside-words", "nothing has all of this as whole words; these articles have it across word boundaries"),
    2: Note("apart", "no article has every part whole; in these articles its words stand apart"),
    3: Note("partial", "no article has all parts of the query; these are the best partial matches"),
}


class Searcher:
    """A searcher sees the index as it was when it was opened. Close it, or use it in a `with` block.

    Raises IndexNotFound, IndexMismatch or IndexDamaged if the index cannot be used.
    """

    def __init__(self, index: str | os.PathLike[str] = "index_data") -> None:
        self._analyzer = Analyzer()
        self._reader = IndexDirectory(index).open(self._analyzer.fingerprint).reader()

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        since: str | date | None = None,
        until: str | date | None = None,
        source: str | Sequence[str] = (),
        section: str | Sequence[str] = (),
        entity: str | Sequence[str] = (),
        sort: Literal["relevance", "date"] = "relevance",
    ) -> Results:
        """The `limit` hits after the first `offset`, with snippets. No query raises; what was not taken as typed is
        told in `notes`.

        `since` and `until` are days, or years, months and days as text (`2023-09`), both included. Of several values
        for `source`, `section` or `entity` one must match. Raises InvalidDate.
        """
        started = time.perf_counter()
        limit, offset = max(0, min(limit, MOST_HITS)), max(0, offset)
        tree, notes = parse(query)
        plan = Plan(tree, self._analyzer)
        notes += tuple(
            Note("dropped", f"“{text[:40]}” has nothing to search for and was left out") for text in plan.dropped
        )
        if plan.is_empty:
            return Results(query, 0, 0, _since(started), (*notes, Note("empty", "there is nothing to search for")), ())
        filters = (
            _days(since, until),
            _one_of("source", source),
            _one_of("section", section),
            _one_of("entity", entity),
        )
        level, total, full, candidates = self._candidates(plan, filters, offset + limit, sort)
        if total and level in _LEVEL_NOTES:
            notes += (_LEVEL_NOTES[level],)
        elif full < total:
            notes += (_partial_note(full, total),)
        page = candidates[offset : offset + limit]
        marker = Marker(plan.needs, level, self._analyzer)
        stored = self._reader.fetch([candidate.key for candidate in page])
        hits = tuple(
            self._hit(rank, candidate, article, marker, full)
            for rank, (candidate, article) in enumerate(zip(page, stored, strict=True), start=offset + 1)
        )
        return Results(query, total, full, _since(started), notes, hits)

    def _candidates(
        self, plan: Plan, filters: Sequence[Clause], limit: int, sort: Literal["relevance", "date"]
    ) -> tuple[int, int, int, tuple[Candidate, ...]]:
        """The strictest level that finds anything; how many match there, how many fully; the first of them."""
        order: Sort = "relevance" if sort == "relevance" else "newest"
        for level in LEVELS:
            match: Clause = All((*filters, plan.match(level)))
            full = plan.full(level)
            if order == "relevance":
                tiers: tuple[Clause, ...] = (All((full, plan.aligned())), full)
            else:  # by date, so partial matches would stand between full ones
                match, tiers = self._strictest(match, full), ()
            found = self._reader.search(
                Request(match=match, tiers=tiers, weights=plan.weights(), sort=order, limit=limit)
            )
            if found.total:
                fully = sum(found.tier_totals) if tiers else self._reader.count(All((match, full)))
                return level, found.total, fully, found.candidates
        return LEVELS[-1], 0, 0, ()

    def _strictest(self, match: Clause, full: Clause) -> Clause:
        strict = All((match, full))
        return strict if self._reader.count(strict) else match

    def _hit(self, rank: int, candidate: Candidate, stored: StoredArticle, marker: Marker, full: int) -> Hit:
        article = stored.article
        return Hit(
            rank=rank,
            id=article.id,
            score=candidate.score,
            full=rank <= full,
            title=article.title,
            title_highlights=merged(marker.matches(article.title), 0, len(article.title)),
            url=article.url,
            published=article.published,
            source=article.source,
            section=article.section,
            entities=_names(stored.entities),
            snippets=snippets(article.body, marker.matches(article.body), self._analyzer),
        )

    def article(self, article_id: str) -> StoredArticle | None:
        """The article with this id, None if there is none."""
        return self._reader.find(article_id)

    def statistics(self) -> Statistics:
        """Counts and size of the index."""
        return self._reader.statistics()

    def close(self) -> None:
        """Gives the index's files back."""
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _partial_note(full: int, total: int) -> Note:
    if full:
        return Note(
            "partial-after", f"{full} of {total} articles have all words of the query; partial matches follow them"
        )
    return Note("partial", "no article has all words of the query; these are the best partial matches")


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)


def _one_of(field: KeywordField, values: str | Sequence[str]) -> Clause:
    values = [values] if isinstance(values, str) else values
    return AnyOf(tuple(Keyword(field, fold(value)) for value in values)) if values else All(())


def _days(since: str | date | None, until: str | date | None) -> Clause:
    first, last = _end("since", since), _end("until", until)
    return Days(first[0] if first else None, last[1] if last else None) if first or last else All(())


def _end(name: str, given: str | date | None) -> tuple[date | None, date | None] | None:
    if given is None:
        return None
    if isinstance(given, date):
        return given, given
    period = parse_period(given)
    if period is None:
        raise InvalidDate(name, given)
    return period.first, period.last


def _names(entities: Sequence[Entity]) -> tuple[Name, ...]:
    """Names by number of mentions, most first, then as they first appear."""
    counts = Counter((entity.text, entity.kind) for entity in entities)
    return tuple(Name(text, kind, count) for (text, kind), count in counts.most_common())
