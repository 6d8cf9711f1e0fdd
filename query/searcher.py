"""Opens an index and answers queries."""

import os
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from types import TracebackType
from urllib.parse import quote

from typing_extensions import Self, Unpack

from ..analysis import Article, EntityKind, fold, strip_invisible
from ..engines import FacetCount, IndexDirectory, ScoringTerm, StoredArticle
from .aliases import Aliases
from .correction import corrections
from .defaults import FACET_LIMIT, LIMIT
from .entities import ENTITY_KINDS, NameCounter
from .errors import InvalidRecency, SearcherClosed
from .executor import EVERY_VALUE, Asker, Order
from .facets import VALUES_READ, Counts, facet_fields
from .filters import Filters, filter_clauses
from .highlighter import FieldNames, Marker, merged
from .hit_builder import HitMaker
from .lazy import lazy
from .lexicon import Lexicon
from .listing import listed
from .near_duplicates import FOLDED, as_reprint, folded, reprints_of
from .notes import level_note, partial_note
from .planner import Plan
from .related import related
from .reranker import CANDIDATES, Ranker, bigrams_of
from .results import EntityCounts, Highlights, Hit, IndexInfo, Reprint, Results, Suggestion, Timeline, TimelineStep
from .rewriter import Expander
from .timeline import timed

MOST_HITS = 1_000  # a page's size at most
MOST_VALUES = 1_000  # of a facet that are told
MOST_SUGGESTIONS = 3
_KEPT_IN_ADDRESSES = "%/:=&?~#+!$,;'@()*[]"


class Searcher:
    """A searcher sees the index as it was when it was opened. Close it, or use it in a `with` block. Several threads
    may use it at once, none of them when it is closed. `meta` tells what the index was made with.

    Raises IndexNotFound, IndexMismatch or IndexDamaged if the index cannot be used, InvalidAliases if the list of
    aliases in it cannot be read.
    """

    def __init__(self, index: str | os.PathLike[str] = "index_data") -> None:
        directory = IndexDirectory(index)
        self._closed = False
        self.meta = directory.meta()
        self._analyzer = self.meta.analyzer()
        self._aliases = Aliases.of_index(directory.path)
        self._reader = reader = directory.open(self._analyzer.fingerprint).reader()
        self._lexicon = lazy(lambda: Lexicon(reader.vocabulary()))
        self._counts = Counts(reader, self._aliases)
        self._expander = Expander(self._analyzer, self._aliases, reader, self._lexicon, self._counts.names)
        self._asker = Asker(self._analyzer, self._expander, self._reader)

    def articles(self, query: str = "", **filters: Unpack[Filters]) -> Iterator[Article]:
        """Every article, in an order of the index's own; or every full match of a query and `Filters`, newest first.
        Raises InvalidDate, SearcherClosed."""
        self._must_be_open()
        if query.strip() or any(filters.values()):
            yield from listed(query, filter_clauses(self._expander.filter, **filters), self._asker, self._reader)
        else:
            yield from (stored.article for stored in self._reader.articles())

    def search(
        self,
        query: str,
        *,
        limit: int = LIMIT,
        offset: int = 0,
        sort: Order = "relevance",
        recency: float | None = None,
        facets: Sequence[str] = (),
        facet_limit: int = FACET_LIMIT,
        explain: bool = False,
        collapse: bool = True,
        **filters: Unpack[Filters],
    ) -> Results:
        """The `limit` hits after the first `offset`, with snippets. No query raises; what was not taken as typed is
        told in `notes`.

        With `recency`, an article that many days old counts three quarters of a new one, and the oldest half. `facets`
        name what all matches are counted by: person, place, organisation, entity (any of these), source, section,
        author, year, month, day; of each the first `facet_limit` values are told. `explain` adds how the query was
        read and what each hit's score is made of. `collapse` lists of articles that are reprints of each other the
        first alone, with the others as its `reprints`; pages count what is listed, `total` and `full` all articles. For
        the others see `Filters`. Raises InvalidDate, InvalidRecency, InvalidFacet, SearcherClosed.
        """
        self._must_be_open()
        if recency is not None and not recency > 0:
            raise InvalidRecency(recency)
        fields = facet_fields(facets)
        started = time.perf_counter()
        limit, offset = max(0, min(limit, MOST_HITS)), max(0, offset)
        asked = filter_clauses(self._expander.filter, **filters)
        plan, notes = self._asker.read(query)
        reading = plan.reading() if explain else ""
        if plan.is_empty:
            return Results(query, 0, 0, _since(started), notes, (), (), reading, dict.fromkeys(fields, ()))
        depth = max(offset + limit + (FOLDED if collapse else 0), CANDIDATES)
        level, match, found, full = self._asker.best(
            plan, asked, limit=depth, sort=sort, facets=fields, facet_limit=VALUES_READ
        )
        if found.total and level:
            notes += (level_note(level),)
        elif full < found.total:
            notes += (partial_note(full, found.total),)
        maker = HitMaker(self._analyzer, self._reader, plan, level, self._ranker(plan, recency), explain=explain)
        candidates = maker.reordered(found.candidates) if sort == "relevance" else found.candidates
        singly: Sequence[Sequence[int]] = [(place,) for place in range(len(candidates))]
        groups = folded(candidates, maker.fetched, offset + limit) if collapse else singly
        hits = maker.hits(candidates, groups[offset : offset + limit], offset + 1, full)
        suggestions: tuple[str, ...] = ()
        if level or not full:  # nothing, or nothing as it was asked for
            suggestions = corrections(query, plan, self._lexicon, MOST_SUGGESTIONS)
        counted: dict[str, tuple[FacetCount, ...]] = {
            field: self._counts.first(match, field, values, min(facet_limit, MOST_VALUES))
            for field, values in zip(fields, found.facets, strict=True)
        }
        return Results(query, found.total, full, _since(started), notes, hits, suggestions, reading, counted)

    def entities(
        self,
        query: str = "",
        *,
        kinds: Sequence[EntityKind] = ENTITY_KINDS,
        with_entities: str | Sequence[str] = (),
        over_time: bool = False,
        limit: int = LIMIT,
        **filters: Unpack[Filters],
    ) -> EntityCounts:
        """Of each kind the `limit` names that most articles mention: of all articles, or of the full matches of a
        query. With `with_entities`, only articles that mention these names, too, count. With `over_time`, names
        are also counted by month. For the others see `Filters`. Raises InvalidDate, SearcherClosed."""
        self._must_be_open()
        names = NameCounter(self._reader, self._aliases, self._counts)
        with_entities = [with_entities] if isinstance(with_entities, str) else with_entities
        together = (self._expander.filter("entity", name) for name in with_entities)
        asked = (*filter_clauses(self._expander.filter, **filters), *together)
        answer, notes = self._asker.full(query, asked, tuple(kinds), VALUES_READ)
        found = tuple(
            name
            for kind, counted in zip(kinds, answer.found.facets, strict=True)
            for name in names.count(
                answer.match, kind, counted, min(limit, MOST_VALUES), with_entities=with_entities, over_time=over_time
            )
        )
        return EntityCounts(query, answer.full, found, notes)

    def facets(
        self, fields: Sequence[str], query: str = "", *, limit: int = LIMIT, **filters: Unpack[Filters]
    ) -> dict[str, tuple[FacetCount, ...]]:
        """Of each field (see `search`) the first `limit` values of all that match a query in full, or of all articles.
        For the others see `Filters`. Raises InvalidFacet, InvalidDate, SearcherClosed."""
        self._must_be_open()
        asked = facet_fields(fields)
        answer, _ = self._asker.full(query, filter_clauses(self._expander.filter, **filters), asked, VALUES_READ)
        return {
            field: self._counts.first(answer.match, field, values, min(limit, MOST_VALUES))
            for field, values in zip(asked, answer.found.facets, strict=True)
        }

    def timeline(self, query: str = "", *, by: TimelineStep | None = None, **filters: Unpack[Filters]) -> Timeline:
        """How many articles match all of a query, or of all articles, by day, month or year; left to the span, unless
        `by` tells. For the others see `Filters`. Raises InvalidDate, SearcherClosed."""
        self._must_be_open()
        answer, notes = self._asker.full(query, filter_clauses(self._expander.filter, **filters), ("day",), EVERY_VALUE)
        (days,) = answer.found.facets
        step, counts = timed(days, by)
        undated = answer.full - sum(count.articles for count in counts)
        return Timeline(query, step, answer.full, undated, counts, notes)

    def _ranker(self, plan: Plan, recency: float | None) -> Ranker:
        variants = plan.variants()
        pairs = sorted(set().union(*(bigrams_of(string) for strings in variants for string in strings)))
        idfs = plan.idfs([ScoringTerm("text", "bigrams", pair, 1.0) for pair in pairs])
        return Ranker(variants, dict(zip(pairs, idfs, strict=True)), half_life=recency, now=datetime.now(timezone.utc))

    def suggest(self, prefix: str, limit: int = LIMIT) -> list[Suggestion]:
        """Words of the index that `prefix` begins, in Han, in pinyin or by the first letters of its syllables; most
        frequent first."""
        self._must_be_open()
        return [Suggestion(*entry) for entry in self._lexicon().completing(fold(prefix).strip(), max(0, limit))]

    def article(self, article_id: str) -> StoredArticle | None:
        """The article with this id, None if there is none. An address may be given as browsers show it, too."""
        self._must_be_open()
        article_id = strip_invisible(article_id)
        return self._reader.find(article_id) or self._reader.find(quote(article_id, safe=_KEPT_IN_ADDRESSES))

    def highlights(self, article_id: str, query: str) -> Highlights | None:
        """Where a query matches in the whole of an article; None if there is no such article."""
        stored = self.article(article_id)
        if stored is None:
            return None
        plan = self._asker.read(query).plan
        level = self._asker.level_of(plan, stored.article.id)
        if level is None:
            return Highlights()
        title, body = stored.article.title, stored.article.body
        marker = Marker(plan.needs, level, self._analyzer)
        names = FieldNames(stored.article, stored.entities)
        return Highlights(
            merged(marker.in_title(title, names), 0, len(title)),
            merged(marker.in_body(body, names), 0, len(body)),
        )

    def reprints(self, article_id: str) -> tuple[Reprint, ...] | None:
        """All reprints of an article that the index has, newest first; None if there is no such article."""
        stored = self.article(article_id)
        return None if stored is None else tuple(map(as_reprint, reprints_of(stored, self._reader)))

    def related(self, article_id: str, limit: int = LIMIT) -> tuple[Hit, ...] | None:
        """The articles closest to this one by its most telling words and names, without its reprints, closest first;
        None if there is no such article."""
        stored = self.article(article_id)
        return None if stored is None else related(stored, self._analyzer, self._reader, max(0, min(limit, MOST_HITS)))

    def statistics(self) -> IndexInfo:
        """Return counts, size and settings of the index."""
        self._must_be_open()
        return IndexInfo.of(self._reader.statistics(), self.meta)

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
