"""Opens an index and answers queries."""

import os
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from functools import cached_property
from types import TracebackType
from typing import Literal
from urllib.parse import quote

from typing_extensions import Self, Unpack

from ..analysis import Analyzer, Article, fold, visible
from ..engines import All, Candidate, Clause, IndexDirectory, Request, Statistics, StoredArticle, Weighted
from .aliases import Aliases
from .correction import corrections
from .errors import InvalidRecency, SearcherClosed
from .expansion import Expander
from .filters import Filters, filtering
from .headline import joined
from .hits import HitMaker
from .language import parse
from .lexicon import Lexicon
from .notes import LEVEL_NOTES, Note, partial_note
from .plan import LEVELS, Plan
from .ranking import CANDIDATES, Ranker, pairs_of
from .results import Results, Suggestion

MOST_HITS = 1_000  # a page's size at most
MOST_SUGGESTIONS = 3
_KEPT_IN_ADDRESSES = "%/:=&?~#+!$,;'@()*[]"

Order = Literal["relevance", "date"]


class Searcher:
    """A searcher sees the index as it was when it was opened. Close it, or use it in a `with` block.

    Raises IndexNotFound, IndexMismatch or IndexDamaged if the index cannot be used, InvalidAliases if the list of
    aliases in it cannot be read.
    """

    def __init__(self, index: str | os.PathLike[str] = "index_data") -> None:
        directory = IndexDirectory(index)
        self._closed = False
        self._analyzer = Analyzer(directory.meta().dictionary)
        aliases = Aliases.of_index(directory.path)
        self._reader = directory.open(self._analyzer.fingerprint).reader()
        self._expander = Expander(self._analyzer, aliases, self._reader, lambda: self._lexicon)

    def articles(self) -> Iterator[Article]:
        """Every article, in an order of the index's own. Raises SearcherClosed."""
        self._must_be_open()
        for stored in self._reader.articles():
            yield stored.article

    @cached_property
    def _lexicon(self) -> Lexicon:
        return Lexicon(self._reader.vocabulary())

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        sort: Order = "relevance",
        recency: float | None = None,
        explain: bool = False,
        **filters: Unpack[Filters],
    ) -> Results:
        """The `limit` hits after the first `offset`, with snippets. No query raises; what was not taken as typed is
        told in `notes`.

        With `recency`, an article that many days old counts three quarters of a new one, and the oldest half.
        `explain` adds how the query was read and what each hit's score is made of. For the others see `Filters`.
        Raises InvalidDate, InvalidRecency, SearcherClosed.
        """
        self._must_be_open()
        if recency is not None and not recency > 0:
            raise InvalidRecency(recency)
        started = time.perf_counter()
        limit, offset = max(0, min(limit, MOST_HITS)), max(0, offset)
        asked = filtering(**filters)
        typed, notes = parse(visible(query))
        tree, expanded = self._expander.expand(joined(typed, self._analyzer))
        plan = Plan(tree, self._analyzer)
        notes += expanded + tuple(Note("dropped", f"“{text[:40]}” has nothing to search for") for text in plan.dropped)
        reading = plan.reading() if explain else ""
        if plan.is_empty:
            notes += (Note("empty", "there is nothing to search for"),)
            return Results(query, 0, 0, _since(started), notes, (), (), reading)
        level, total, full, candidates = self._candidates(plan, asked, offset + limit, sort)
        if total and level in LEVEL_NOTES:
            notes += (LEVEL_NOTES[level],)
        elif full < total:
            notes += (partial_note(full, total),)
        maker = HitMaker(self._analyzer, self._reader, plan, level, self._ranker(plan, recency), explain=explain)
        if sort == "relevance":
            candidates = maker.reordered(candidates)
        hits = maker.hits(candidates[offset : offset + limit], offset + 1, full)
        suggestions: tuple[str, ...] = ()
        if level or not full:  # nothing, or nothing as it was asked for
            suggestions = corrections(query, plan, self._lexicon, MOST_SUGGESTIONS)
        return Results(query, total, full, _since(started), notes, hits, suggestions, reading)

    def _candidates(
        self, plan: Plan, filters: Sequence[Clause], limit: int, sort: Order
    ) -> tuple[int, int, int, Sequence[Candidate]]:
        """The strictest level that finds anything; how many match there, how many fully; the first of them."""
        limit = max(limit, CANDIDATES)
        for level in LEVELS:
            match: Clause = All((*filters, plan.match(level)))
            full = plan.full(level)
            if sort == "relevance":
                tiers: tuple[Clause, ...] = (All((full, plan.aligned())), full)
                request = Request(match=match, tiers=tiers, weights=plan.weights(self._reader.rarities), limit=limit)
            else:  # by date, partial matches would stand between full ones
                only_full = All((match, full))
                match = only_full if self._reader.count(only_full) else match
                request = Request(match=match, sort="newest", limit=limit)
            found = self._reader.search(request)
            if found.total:
                fully = sum(found.tier_totals) if sort == "relevance" else self._reader.count(All((match, full)))
                return level, found.total, fully, found.candidates
        return LEVELS[-1], 0, 0, ()

    def _ranker(self, plan: Plan, recency: float | None) -> Ranker:
        variants = plan.variants()
        pairs = sorted(set().union(*(pairs_of(string) for strings in variants for string in strings)))
        rarities = self._reader.rarities([Weighted("text", "pairs", pair, 1.0) for pair in pairs])
        return Ranker(
            variants, dict(zip(pairs, rarities, strict=True)), half_life=recency, now=datetime.now(timezone.utc)
        )

    def suggest(self, prefix: str, limit: int = 10) -> list[Suggestion]:
        """Words of the index that `prefix` begins, in Han, in pinyin or by the first letters of its syllables; most
        frequent first."""
        self._must_be_open()
        return [Suggestion(*entry) for entry in self._lexicon.completing(fold(prefix).strip(), max(0, limit))]

    def article(self, article_id: str) -> StoredArticle | None:
        """The article with this id, None if there is none. An address may be given as browsers show it, too."""
        self._must_be_open()
        article_id = visible(article_id)
        return self._reader.find(article_id) or self._reader.find(quote(article_id, safe=_KEPT_IN_ADDRESSES))

    def statistics(self) -> Statistics:
        """Counts and size of the index."""
        self._must_be_open()
        return self._reader.statistics()

    def close(self) -> None:
        """Gives the index's files back. A searcher that is closed answers no more."""
        if not self._closed:
            self._closed = True
            self._reader.close()

    def _must_be_open(self) -> None:
        if self._closed:
            raise SearcherClosed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
