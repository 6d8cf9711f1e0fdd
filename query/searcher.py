"""Searcher: opens an index and answers queries. This module joins the stages of the query pipeline."""

import os
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import cast
from urllib.parse import quote

from typing_extensions import Self, Unpack

from ..analysis import Article, EntityKind, strip_invisible
from ..engines import ENTITY_FIELDS, And, FacetCount, FacetField, IndexDirectory, StoredArticle
from .aliases import Aliases
from .defaults import FACET_LIMIT, LIMIT
from .entities import ENTITY_KINDS, EntityCounter
from .errors import InvalidRecency, SearcherClosed
from .executor import UNLIMITED, MatchResult, QueryExecutor, RelaxedQuery, SortOrder
from .facets import MAX_VALUES_READ, FacetCounter, parse_facets
from .filters import Filters, filter_clauses
from .highlighter import Highlighter, MentionsByField, merge_ranges
from .hit_builder import HitBuilder
from .lazy import lazy
from .listing import list_articles
from .match_level import MatchLevel
from .near_duplicates import COLLAPSE_DEPTH, collapse_reprints, find_reprints, to_reprint
from .notes import Note, level_note, no_names_note, partial_note
from .options import check_names, check_options
from .parser import GroupNode
from .planner import QueryPlan
from .related import find_related
from .reranker import RERANK_DEPTH, Reranker
from .results import EntityCounts, Highlights, Hit, IndexInfo, Reprint, Results, Suggestion, Timeline, TimelineStep
from .rewriter import QueryRewriter
from .slow_log import log_slow_query
from .suggestions import complete, corrections
from .timeline import group_days
from .vocabulary import Vocabulary

MAX_HITS = 1_000  # of one page
MAX_FACET_VALUES = 1_000  # of one facet in a result
MAX_SUGGESTIONS = 3
_ALL = ("", "*")  # queries for all articles
_SAFE_IN_URLS = "%/:=&?~#+!$,;'@()*[]"


class Searcher:
    """Searches the state that an index had when the searcher was opened.

    Close the searcher, or use it in a `with` block. Several threads may share it until it is closed. `meta` describes
    the index: its engine, its settings and when it was built.

    Raises:
        IndexNotFound: There is no index.
        IndexMismatch: The index was built with other settings.
        IndexDamaged: The index cannot be read.
        InvalidAliases: The list of aliases in the index folder cannot be read.
    """

    def __init__(self, index: str | os.PathLike[str] = "index_data") -> None:
        directory = IndexDirectory(index)
        self._closed = False
        self.meta, self._analyzer, reader = directory.open_reader()
        self._reader = reader
        self._aliases = Aliases.of_index(directory.path)
        self._vocabulary = lazy(lambda: Vocabulary(reader.vocabulary()))
        self._facet_counter = FacetCounter(reader, self._aliases)
        self._rewriter = QueryRewriter(
            self._analyzer, self._aliases, reader, self._vocabulary, self._facet_counter.known_names
        )
        self._executor = QueryExecutor(self._analyzer, self._rewriter, reader)

    def articles(self, query: str = "", **filters: Unpack[Filters]) -> Iterator[Article]:
        """Yield the full matches of a query and `Filters`, newest first.

        Without a query and filters, yield every article, in an order of the index's own.

        Raises:
            InvalidDate: A filter is not a date.
            SearcherClosed: The searcher is closed.
        """
        self._check_open()
        if query.strip() or any(filters.values()):
            clauses = filter_clauses(self._rewriter.filter_clause, **filters)
            yield from list_articles(query, clauses, self._executor, self._reader)
        else:
            yield from (stored.article for stored in self._reader.articles())

    def search(
        self,
        query: str,
        *,
        limit: int = LIMIT,
        offset: int = 0,
        sort: SortOrder = "relevance",
        recency: float | None = None,
        facets: Sequence[str] = (),
        facet_limit: int = FACET_LIMIT,
        explain: bool = False,
        collapse: bool = True,
        **filters: Unpack[Filters],
    ) -> Results:
        """Return the `limit` hits after the first `offset`, with snippets.

        A query of white space, or `*`, lists all articles that pass the filters, newest first. No query raises.
        `Results.notes` say what was not searched as typed.

        Args:
            query: The query as the user typed it.
            limit: Maximum number of hits, at most 1,000.
            offset: Number of hits to skip.
            sort: "relevance", or "date" for the newest first.
            recency: Half-life in days. An article of this age scores ¾ of a new one, the oldest ½.
            facets: Fields to count all matches by: person, place, organisation, entity (any of these), source,
                section, author, year, month, day.
            facet_limit: Maximum number of values of each facet, those of most matches first.
            explain: Whether to add how the query was read, and the terms and factors of each score.
            collapse: Whether to list only the best-ranked of articles that are reprints of each other, with the others
                as its `reprints`. Pages count listed articles, `total` and `full` all articles.
            **filters: See `Filters`.

        Raises:
            InvalidDate: A filter is not a date.
            InvalidOption: `limit`, `offset`, `sort` or `facets` has a value that is not allowed.
            InvalidRecency: `recency` is not above 0.
            UnknownFilter: There is no such filter.
            InvalidFacet: There is no such facet.
            SearcherClosed: The searcher is closed.
        """
        self._check_open()
        check_options(limit=limit, offset=offset, sort=sort, max_limit=MAX_HITS)
        check_names("facets", facets)
        if recency is not None and not recency > 0:
            raise InvalidRecency(recency)
        fields = parse_facets(facets)
        started = time.perf_counter()
        clauses = filter_clauses(self._rewriter.filter_clause, **filters)
        plan, tree, notes = self._executor.parse(query)
        lists_all = query.strip() in _ALL
        if lists_all:
            notes, sort = (), "date"
        notes = self._with_names_note(notes, *fields, **filters)
        reading = plan.describe() if explain else ""
        if plan.is_empty and not lists_all:
            return Results(query, 0, 0, _elapsed_ms(started), notes, (), (), reading, dict.fromkeys(fields, ()))
        depth = max(offset + limit + (COLLAPSE_DEPTH if collapse else 0), RERANK_DEPTH)

        def run(plan: QueryPlan) -> MatchResult:
            if lists_all:
                return self._executor.list_newest(clauses, limit=depth, facets=fields, facet_limit=MAX_VALUES_READ)
            return self._executor.search(
                plan, clauses, limit=depth, sort=sort, facets=fields, facet_limit=MAX_VALUES_READ
            )

        level, match, result, full = run(plan)
        if not result.total:
            relaxed = self._relax(tree, **filters)
            notes += (relaxed.note,)
            if relaxed.plan is not None:
                plan = relaxed.plan
                level, match, result, _full = run(plan)
        elif level > MatchLevel.WHOLE_WORDS:
            notes += (level_note(level),)
        elif full < result.total:
            notes += (partial_note(full, result.total),)
        reranker = Reranker.for_plan(plan, self._reader, half_life=recency)
        builder = HitBuilder(self._analyzer, self._reader, plan, level, reranker, explain=explain)
        candidates = builder.rerank(result.candidates) if sort == "relevance" else result.candidates
        groups = (
            collapse_reprints(candidates, builder.fetch, offset + limit)
            if collapse
            else [[index] for index in range(len(candidates))]
        )
        hits = builder.build(candidates, groups[offset : offset + limit], offset + 1, full)
        suggestions: tuple[str, ...] = ()
        if not lists_all and (level > MatchLevel.WHOLE_WORDS or not full):  # no article, or none as typed
            suggestions = corrections(query, plan, self._vocabulary, MAX_SUGGESTIONS)
        facet_counts = self._facet_counter.count(match, fields, result.facets, min(facet_limit, MAX_FACET_VALUES))
        took_ms = _elapsed_ms(started)
        log_slow_query(query, took_ms, result.total)
        return Results(query, result.total, full, took_ms, notes, hits, suggestions, reading, facet_counts)

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
        """Return the `limit` names of each kind that most articles mention.

        The articles are the full matches of a query, or all articles without one. Only articles that mention all of
        `with_entities` count. With `over_time`, names are also counted by month.

        Raises:
            InvalidDate: A filter is not a date.
            SearcherClosed: The searcher is closed.
        """
        self._check_open()
        counter = EntityCounter(self._reader, self._aliases, self._facet_counter)
        companions = [with_entities] if isinstance(with_entities, str) else with_entities
        clauses = (
            *filter_clauses(self._rewriter.filter_clause, **filters),
            *(self._rewriter.filter_clause("entity", name) for name in companions),
        )
        matches, notes = self._executor.count(query, clauses, tuple(kinds), MAX_VALUES_READ)
        limit = min(limit, MAX_FACET_VALUES)
        entities = tuple(
            entity
            for kind, counts in zip(kinds, matches.result.facets, strict=True)
            for entity in counter.count(matches.clause, kind, counts, limit, exclude=companions, over_time=over_time)
        )
        notes = self._with_names_note(notes, *kinds, **filters)
        return EntityCounts(query, matches.full, entities, notes)

    def facets(
        self, fields: Sequence[str], query: str = "", *, limit: int = LIMIT, **filters: Unpack[Filters]
    ) -> dict[str, tuple[FacetCount, ...]]:
        """Return the first `limit` values of each field (see `search`), counted over the full matches of a query.

        Without a query, all articles count.

        Raises:
            InvalidFacet: There is no such facet.
            InvalidDate: A filter is not a date.
            SearcherClosed: The searcher is closed.
        """
        self._check_open()
        facets = parse_facets(fields)
        clauses = filter_clauses(self._rewriter.filter_clause, **filters)
        matches, _ = self._executor.count(query, clauses, facets, MAX_VALUES_READ)
        limit = min(limit, MAX_FACET_VALUES)
        return self._facet_counter.count(matches.clause, facets, matches.result.facets, limit)

    def timeline(self, query: str = "", *, by: TimelineStep | None = None, **filters: Unpack[Filters]) -> Timeline:
        """Return the number of full matches of a query, or of all articles, in each day, month or year.

        Without `by`, the time span of the matches decides between days, months and years.

        Raises:
            InvalidDate: A filter is not a date.
            SearcherClosed: The searcher is closed.
        """
        self._check_open()
        clauses = filter_clauses(self._rewriter.filter_clause, **filters)
        matches, notes = self._executor.count(query, clauses, ("day",), UNLIMITED)
        (days,) = matches.result.facets
        step, counts = group_days(days, by)
        undated = matches.full - sum(count.articles for count in counts)
        return Timeline(query, step, matches.full, undated, counts, self._with_names_note(notes, **filters))

    def suggest(self, prefix: str, limit: int = LIMIT) -> list[Suggestion]:
        """Return words of the index that `prefix` begins, most frequent first.

        The prefix may be in Han characters, in pinyin, or the initials of pinyin syllables.
        """
        self._check_open()
        return complete(prefix, self._vocabulary(), limit)

    def article(self, article_id: str) -> StoredArticle | None:
        """Return the article with this id, None if there is none. A URL may be written as browsers show it."""
        self._check_open()
        article_id = strip_invisible(article_id)
        return self._reader.find(article_id) or self._reader.find(quote(article_id, safe=_SAFE_IN_URLS))

    def highlights(self, article_id: str, query: str) -> Highlights | None:
        """Return the ranges of a whole article that match a query, None if there is no such article."""
        stored = self.article(article_id)
        if stored is None:
            return None
        plan, tree, _notes = self._executor.parse(query)
        level = self._executor.match_level(plan, stored.article.id)
        if level is None:
            plan = self._executor.relax(tree, {}).plan or plan
            level = self._executor.match_level(plan, stored.article.id)
        if level is None:
            return Highlights()
        title, body = stored.article.title, stored.article.body
        highlighter = Highlighter(plan.parts, level, self._analyzer)
        mentions = MentionsByField(stored.article, stored.entities)
        return Highlights(
            merge_ranges(highlighter.title_matches(title, mentions), 0, len(title)),
            merge_ranges(highlighter.body_matches(body, mentions), 0, len(body)),
        )

    def reprints(self, article_id: str) -> tuple[Reprint, ...] | None:
        """Return all reprints of an article in the index, newest first; None if there is no such article."""
        stored = self.article(article_id)
        return None if stored is None else tuple(map(to_reprint, find_reprints(stored, self._reader)))

    def related(self, article_id: str, limit: int = LIMIT) -> tuple[Hit, ...] | None:
        """Return the articles closest to this one by its most distinctive words and names, closest first.

        Its reprints are left out. Returns None if there is no such article.
        """
        stored = self.article(article_id)
        if stored is None:
            return None
        return find_related(stored, self._analyzer, self._reader, max(0, min(limit, MAX_HITS)))

    def warm_up(self) -> None:
        """Read the words and names of the index now, which the first query that needs them would otherwise wait for."""
        self._check_open()
        self._vocabulary()
        self._facet_counter.known_names()

    def statistics(self) -> IndexInfo:
        """Return the number of articles and the size of the index."""
        self._check_open()
        return IndexInfo.of(self._reader.statistics(), self.meta, self._aliases.custom_groups)

    def close(self) -> None:
        """Close the files of the index. Further calls raise SearcherClosed."""
        if not self._closed:
            self._closed = True
            self._reader.close()

    def _relax(self, tree: GroupNode, **filters: Unpack[Filters]) -> RelaxedQuery:
        """Return what is left of a query without results, each filter with its name."""
        clauses = {
            name: And(filter_clauses(self._rewriter.filter_clause, **cast(Filters, {name: value})))
            for name, value in filters.items()
            if value
        }
        return self._executor.relax(tree, clauses)

    def _with_names_note(
        self, notes: tuple[Note, ...], *counted: FacetField, **filters: Unpack[Filters]
    ) -> tuple[Note, ...]:
        """Return the notes, and one more if the index has no names, but they are counted or filtered by."""
        fields = {*counted, *(name for name, values in filters.items() if values)}
        if self._analyzer.entities or fields.isdisjoint(ENTITY_FIELDS):
            return notes
        return tuple(dict.fromkeys((*notes, no_names_note())))

    def _check_open(self) -> None:
        if self._closed:
            raise SearcherClosed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def index_version(index: str | os.PathLike[str]) -> str:
    """Return a short string that changes whenever a newly opened searcher would see another state of the index.

    It changes with every commit, every rebuild and every change of the list of aliases. Reading it is cheap. Raises
    what opening a searcher raises.
    """
    directory = IndexDirectory(index)
    return f"{directory.commit_id()}-{Aliases.version(directory.path)}"


def _elapsed_ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
