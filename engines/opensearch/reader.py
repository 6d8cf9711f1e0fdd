"""Answers requests from one commit."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

from ...messages import gettext as _
from ...messages import ngettext
from ..base import IndexStatistics
from ..clauses import Candidate, Clause, FacetCount, ScoringTerm, SearchRequest, SearchResult
from ..errors import IndexDamaged, IndexMoved, IndexOutdated
from ..facets import first_dates, first_values, is_valued, stored_field
from ..fields import FacetField, KeywordField
from ..matching import lucene_idf
from ..stored_article import StoredArticle, stored_article
from ..top_terms import MostFrequent
from . import aggregations
from .commits import KEPT, Commits
from .query_builder import MOST_CLAUSES, NOTHING, Query, clauses_in, fitting, matching, scoring, tiers
from .server import Answer, Missing, Server
from .term_encoding import keyword, term

PAGE = 10_000  # hits that servers give at once
FETCHED_AT_ONCE = 100
LOOKED_UP_AT_ONCE = 500
IDF_CACHE_SIZE = 100_000
_SORTS: dict[str, list[Query]] = {
    "relevance": [{"_score": "desc"}, {"key": "asc"}],
    "newest": [{"time": {"order": "desc", "missing": "_last"}}, {"key": "asc"}],
}


class OpenSearchReader:
    """See `base.Reader`."""

    def __init__(self, server: Server, index: str, folder: Path) -> None:
        self._server = server
        self._index = index
        self._directory = folder.parent
        self._commits = Commits(server, index, folder)
        self._copy = uuid4().hex  # keeps the order of equals through the pages of a list
        self._rarities: dict[tuple[str, str], float] = {}
        self._opened = time.monotonic()
        with self._asking():
            self._state = self._commits.read()

    @property
    def _visible(self) -> Query:
        """The articles of the commit."""
        return {"bool": {"filter": self._state.visible()}}

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            with self._server.understood():
                yield
        except Missing as error:
            raise IndexMoved(self._directory) from error

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Around whatever is read of the commit. Commits are whole for a limited time."""
        with self._asking():
            if time.monotonic() - self._opened > KEPT and self._commits.read().oldest > self._state.commit:
                raise IndexOutdated(self._directory)
            yield

    def search(self, request: SearchRequest) -> SearchResult:
        with self._reading():
            return self._search(request)

    def _search(self, request: SearchRequest) -> SearchResult:
        queries = [self._query(request, match) for match in tiers(request)]
        sort = _SORTS[request.sort]
        bodies = [_body(query, sort, min(request.limit, PAGE)) for query in queries if query]
        answers = iter(self._ask(bodies, exact=bool(request.weights)))
        totals: list[int] = []
        candidates: list[Candidate] = []
        for place, query in enumerate(queries):
            if not query:
                totals.append(0)
                continue
            hits = next(answers)["hits"]
            totals.append(int(hits["total"]["value"]))
            wanted = min(totals[-1], request.limit - len(candidates))
            candidates += [
                Candidate(int(hit["_id"]), float(hit["_score"]), place)
                for hit in self._first(query, sort, hits["hits"], wanted)
            ]
        facets = tuple(self._counted(request, field) for field in request.facets)
        return SearchResult(sum(totals), tuple(totals[:-1]), tuple(candidates), facets)

    def _counted(self, request: SearchRequest, field: FacetField) -> tuple[FacetCount, ...]:
        """The first values of a facet."""
        match, limit = matching(request.match), request.facet_limit
        if match == NOTHING:
            return ()
        matches = self._matches(match)
        if not is_valued(field):
            return first_dates(aggregations.days(self._ask, matches), field, limit)
        page = self._server.most_buckets
        return first_values(aggregations.most(self._ask, matches, stored_field(field), limit, page), limit)

    def _matches(self, match: Query) -> Query:
        return {"bool": {"filter": [*self._state.visible(), fitting(match)]}}

    def _query(self, request: SearchRequest, match: Query) -> Query | None:
        """What scores and what matches as one query; None if nothing can match."""
        if match == NOTHING:
            return None
        parts = [*self._state.visible(), fitting(match)]
        room = MOST_CLAUSES - sum(map(clauses_in, parts))
        should = scoring(request.weights, self._server.bm25_factor, room) if request.weights else []
        return {"bool": {"filter": parts, "should": should, "minimum_should_match": 0}}

    def _first(self, query: Query, sort: list[Query], page: list[Answer], wanted: int) -> Iterator[Answer]:
        """The `wanted` first hits, of which `page` are known."""
        while wanted > 0:
            yield from page[:wanted]
            wanted -= len(page)
            if wanted > 0:
                following = {**_body(query, sort, min(wanted, PAGE)), "search_after": page[-1]["sort"]}
                (answer,) = self._ask([following], exact=True)
                page = answer["hits"]["hits"]

    def _ask(self, bodies: Sequence[Answer], *, exact: bool = False) -> list[Answer]:
        return self._server.search(self._index, bodies, exact=exact, copy=self._copy)

    def count(self, clause: Clause) -> int:
        with self._reading():
            return self._count(matching(clause))

    def _count(self, match: Query) -> int:
        if match == NOTHING:
            return 0
        return self._counts([self._matches(match)])[0]

    def idfs(self, terms: Sequence[ScoringTerm]) -> list[float]:
        keys = [(f"{each.field}_{each.stream}", term(each.term)) for each in terms]
        known = {key: idf for key in dict.fromkeys(keys) if (idf := self._rarities.get(key)) is not None}
        unknown = [key for key in dict.fromkeys(keys) if key not in known]
        with self._reading():
            for start in range(0, len(unknown), LOOKED_UP_AT_ONCE):
                known |= self._looked_up(unknown[start : start + LOOKED_UP_AT_ONCE])
        if len(self._rarities) >= IDF_CACHE_SIZE:
            self._rarities.clear()
        self._rarities |= known
        return [known[key] for key in keys]

    def _looked_up(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], float]:
        """Asks in how many articles terms stand: servers have the number at hand unless they hold others than those of
        the commit, of which it then has to be asked again."""
        terms: list[Query] = [{"term": {field: value}} for field, value in keys]
        everything, *counts = self._counts([{"range": {"born": {"gte": 0}}}, *terms])
        if everything != self._articles:
            counts = self._counts(list(map(self._matches, terms)))
        return {
            key: lucene_idf(self._articles, count) if count else 0.0 for key, count in zip(keys, counts, strict=True)
        }

    def _counts(self, queries: Sequence[Query]) -> list[int]:
        answers = self._ask(list(map(_counting, queries)))
        return [int(answer["hits"]["total"]["value"]) for answer in answers]

    def explain(self, key: int, terms: Sequence[ScoringTerm]) -> list[float]:
        should = scoring(terms, self._server.bm25_factor, MOST_CLAUSES)
        query = {"bool": {"filter": [{"ids": {"values": [str(key)]}}], "should": should}}
        with self._reading():
            (answer,) = self._ask([{"query": query, "size": 1, "explain": True, "_source": False}], exact=True)
            hits = answer["hits"]["hits"]
            parts = dict(_parts(hits[0]["_explanation"])) if hits else {}
        # A part is told as "weight(text_words:外交 in 17)", then by what similarity.
        names = [f"weight({each.field}_{each.stream}:{term(each.term)} in " for each in terms]
        return [next((part for told, part in parts.items() if told.startswith(name)), 0.0) for name in names]

    def vocabulary(self) -> list[tuple[str, int]]:
        chosen: MostFrequent[str] = MostFrequent()
        with self._reading():
            chosen.add(sorted(aggregations.words(self._ask, self._visible, self._server.most_buckets)))
        return chosen.chosen()

    def values(self, field: KeywordField) -> Iterator[str]:
        with self._reading():
            yield from aggregations.values(self._ask, self._visible, field)

    def fetch(self, keys: Sequence[int]) -> list[StoredArticle]:
        articles: list[StoredArticle] = []
        with self._reading():
            for start in range(0, len(keys), FETCHED_AT_ONCE):
                articles += self._fetch(keys[start : start + FETCHED_AT_ONCE])
        return articles

    def _fetch(self, keys: Sequence[int]) -> list[StoredArticle]:
        answer = self._server.ask(
            "POST",
            f"/{self._index}/_mget",
            {"ids": [str(key) for key in dict.fromkeys(keys)]},
            params={"_source_includes": "record", "preference": self._copy},
            faults=_of_articles,
        )
        records = {int(each["_id"]): each["_source"]["record"] for each in answer["docs"] if each["found"]}
        if not records.keys() >= set(keys):
            raise IndexOutdated(self._directory)
        return [self._stored(records[key]) for key in keys]

    def _stored(self, record: Any) -> StoredArticle:
        try:
            return stored_article(record)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise IndexDamaged(self._directory, _("a stored article is none")) from error

    def find(self, article_id: str) -> StoredArticle | None:
        for hit in self._known([article_id], "record"):
            return self._stored(hit["_source"]["record"])
        return None

    def digests(self, article_ids: Sequence[str]) -> dict[str, str]:
        by_keyword = {keyword(article_id): article_id for article_id in article_ids}
        hits = self._known(article_ids, "record.digest", "id")
        return {by_keyword[hit["_source"]["id"][0]]: hit["_source"]["record"]["digest"] for hit in hits}

    def keys(self, article_ids: Sequence[str]) -> list[int]:
        """The keys of those of the articles that the index has."""
        return [int(hit["_id"]) for hit in self._known(article_ids)]

    def _known(self, article_ids: Sequence[str], *source: str) -> Iterator[Answer]:
        if not self._state.commit:
            return
        with self._reading():
            for start in range(0, len(article_ids), LOOKED_UP_AT_ONCE):
                some = list(map(keyword, article_ids[start : start + LOOKED_UP_AT_ONCE]))
                query = {"bool": {"filter": [*self._state.visible(), {"terms": {"id": some}}]}}
                (answer,) = self._ask([{"query": query, "size": len(some), "_source": list(source) or False}])
                yield from answer["hits"]["hits"]

    @cached_property
    def _articles(self) -> int:
        return self._count({"match_all": {}}) if self._state.commit else 0

    def statistics(self) -> IndexStatistics:
        """The size is that of all copies."""
        with self._reading():
            answer = self._server.ask("GET", f"/{self._index}/_stats/store")
            size = int(answer["_all"]["total"]["store"]["size_in_bytes"])
            shards = int(answer["_shards"]["total"])
            parts = ngettext("{number} shard, replicas included", "{number} shards, replicas included", shards)
            return IndexStatistics(self._articles, size, parts.format(number=shards))

    def articles(self) -> Iterator[StoredArticle]:
        body: Answer = {"query": self._visible, "size": FETCHED_AT_ONCE, "sort": [{"key": "asc"}], "_source": "record"}
        while True:
            with self._reading():
                hits = self._ask([body])[0]["hits"]["hits"]
            if not hits:
                return
            yield from (self._stored(hit["_source"]["record"]) for hit in hits)
            body["search_after"] = hits[-1]["sort"]

    def check(self) -> None:
        """That what the servers keep is as it was written, they see to; that it is all there, we do."""
        seen = sum(1 for _ in self.articles())
        if seen != self._articles:
            raise IndexDamaged(
                self._directory, _("of {listed} articles {seen} are there").format(listed=self._articles, seen=seen)
            )

    def close(self) -> None:
        self._server.close()


def _body(query: Query, sort: list[Query], size: int) -> Answer:
    return {
        "query": query,
        "sort": sort,
        "size": size,
        "track_total_hits": True,
        "track_scores": True,
        "_source": False,
    }


def _counting(query: Query) -> Answer:
    return {"query": query, "size": 0, "track_total_hits": True}


def _of_articles(answer: Answer) -> Iterator[tuple[int, str]]:
    for each in answer["docs"]:
        if "error" in each:
            yield 503, _("a shard did not answer")


def _parts(explanation: Answer) -> Iterator[tuple[str, float]]:
    if explanation["description"].startswith("weight("):
        yield explanation["description"], float(explanation["value"])
    else:
        for part in explanation["details"]:
            yield from _parts(part)
