"""A reader of one commit on the servers."""

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
from ..bm25 import IdfCache, lucene_idf
from ..clauses import Candidate, Clause, FacetCount, ScoringTerm, SearchRequest, SearchResult
from ..errors import IndexDamaged, IndexMoved, IndexOutdated
from ..facets import has_stored_values, stored_field, top_dates, top_values
from ..fields import FacetField, KeywordField
from ..stored_article import StoredArticle, stored_article
from ..top_terms import TopTerms
from . import aggregations
from .commits import COMMIT_RETENTION, CommitLog
from .query_builder import (
    MATCH_NONE_QUERY,
    MAX_CLAUSES,
    Query,
    count_clauses,
    limit_clauses,
    match_query,
    scoring_queries,
    tier_queries,
)
from .server import NotFound, Response, Server, document_failures, document_version
from .term_encoding import encode_keyword, encode_term

MAX_PAGE_SIZE = 10_000  # hits that servers return in one response
ARTICLE_BATCH_SIZE = 100  # articles in one response
LOOKUP_BATCH_SIZE = 500  # terms or ids in one request
_SORTS: dict[str, list[Query]] = {
    "relevance": [{"_score": "desc"}, {"key": "asc"}],
    "newest": [{"time": {"order": "desc", "missing": "_last"}}, {"key": "asc"}],
}


class OpenSearchReader:
    """One commit of one index; implements `base.Reader`."""

    def __init__(self, server: Server, index: str, folder: Path) -> None:
        self._server = server
        self._index = index
        self._directory = folder.parent
        self._commits = CommitLog(server, index, folder)
        self._preference = uuid4().hex  # the same replicas for all pages, so that equal hits keep their order
        self._idfs = IdfCache(self._compute_idfs)
        self._opened_at = time.monotonic()
        with self._requesting():
            self._state = self._commits.read()

    @property
    def _visible(self) -> Query:
        """A query for the articles of the commit."""
        return {"bool": {"filter": self._state.visible()}}

    @contextmanager
    def _requesting(self) -> Iterator[None]:
        try:
            with self._server.parsing():
                yield
        except NotFound as error:
            raise IndexMoved(self._directory) from error

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Enclose every read of the commit, because commits are complete only for a limited time.

        Raises:
            IndexOutdated: Articles of the commit may have been deleted.
        """
        with self._requesting():
            expired = time.monotonic() - self._opened_at > COMMIT_RETENTION
            if expired and self._commits.read().oldest_commit > self._state.commit:
                raise IndexOutdated(self._directory)
            yield

    def search(self, request: SearchRequest) -> SearchResult:
        """Return the first matches of a request and the counts of its facets."""
        with self._reading():
            return self._search(request)

    def _search(self, request: SearchRequest) -> SearchResult:
        queries = [self._scored_query(request, match) for match in tier_queries(request)]
        sort = _SORTS[request.sort]
        bodies = [_search_body(query, sort, min(request.limit, MAX_PAGE_SIZE)) for query in queries if query]
        responses = iter(self._send(bodies, global_idf=bool(request.scoring_terms)))
        totals: list[int] = []
        candidates: list[Candidate] = []
        for tier, query in enumerate(queries):
            if not query:
                totals.append(0)
                continue
            hits = next(responses)["hits"]
            totals.append(int(hits["total"]["value"]))
            limit = min(totals[-1], request.limit - len(candidates))
            candidates += [
                Candidate(int(hit["_id"]), float(hit["_score"]), tier)
                for hit in self._first_hits(query, sort, hits["hits"], limit)
            ]
        facets = tuple(self._facet_counts(request, field) for field in request.facets)
        return SearchResult(sum(totals), tuple(totals[:-1]), tuple(candidates), facets)

    def _facet_counts(self, request: SearchRequest, field: FacetField) -> tuple[FacetCount, ...]:
        """Return the first values of a facet."""
        match, limit = match_query(request.match), request.facet_limit
        if match == MATCH_NONE_QUERY:
            return ()
        visible_match = self._visible_match(match)
        if not has_stored_values(field):
            return top_dates(aggregations.day_counts(self._send, visible_match), field, limit)
        page_size = self._server.max_buckets
        counts = aggregations.top_values(self._send, visible_match, stored_field(field), limit, page_size)
        return top_values(counts, limit)

    def _visible_match(self, match: Query) -> Query:
        return {"bool": {"filter": [*self._state.visible(), limit_clauses(match)]}}

    def _scored_query(self, request: SearchRequest, match: Query) -> Query | None:
        """Return one query that matches and scores, None if nothing can match."""
        if match == MATCH_NONE_QUERY:
            return None
        required = [*self._state.visible(), limit_clauses(match)]
        remaining = MAX_CLAUSES - sum(map(count_clauses, required))
        should = (
            scoring_queries(request.scoring_terms, self._server.bm25_factor, max(remaining, 0))
            if request.scoring_terms
            else []
        )
        return {"bool": {"filter": required, "should": should, "minimum_should_match": 0}}

    def _first_hits(self, query: Query, sort: list[Query], page: list[Response], limit: int) -> Iterator[Response]:
        """Yield the first `limit` hits, beginning with those of the first page."""
        while limit > 0:
            yield from page[:limit]
            limit -= len(page)
            if limit > 0:
                body = {**_search_body(query, sort, min(limit, MAX_PAGE_SIZE)), "search_after": page[-1]["sort"]}
                (response,) = self._send([body], global_idf=True)
                page = response["hits"]["hits"]

    def _send(self, bodies: Sequence[Response], *, global_idf: bool = False) -> list[Response]:
        return self._server.search(self._index, bodies, global_idf=global_idf, preference=self._preference)

    def count(self, clause: Clause) -> int:
        """Return the number of articles that match."""
        with self._reading():
            return self._count(match_query(clause))

    def _count(self, match: Query) -> int:
        if match == MATCH_NONE_QUERY:
            return 0
        return self._counts([self._visible_match(match)])[0]

    def idfs(self, terms: Sequence[ScoringTerm]) -> list[float]:
        """Return the idf of each term, 0 if no article contains it."""
        with self._reading():
            return self._idfs(terms)

    def _compute_idfs(self, terms: Sequence[ScoringTerm]) -> list[float]:
        return [
            lucene_idf(self._articles, frequency) if frequency else 0.0
            for start in range(0, len(terms), LOOKUP_BATCH_SIZE)
            for frequency in self._document_frequencies(terms[start : start + LOOKUP_BATCH_SIZE])
        ]

    def _document_frequencies(self, terms: Sequence[ScoringTerm]) -> list[int]:
        """Return the number of articles that contain each term.

        Servers know the numbers over all documents without counting. These are right if every document is an article
        of the commit; otherwise a second request counts the articles of the commit.
        """
        queries: list[Query] = [{"term": {_field_name(term): encode_term(term.term)}} for term in terms]
        total, *frequencies = self._counts([{"range": {"born": {"gte": 0}}}, *queries])
        return frequencies if total == self._articles else self._counts(list(map(self._visible_match, queries)))

    def _counts(self, queries: Sequence[Query]) -> list[int]:
        responses = self._send([{"query": query, "size": 0, "track_total_hits": True} for query in queries])
        return [int(response["hits"]["total"]["value"]) for response in responses]

    def explain(self, key: int, terms: Sequence[ScoringTerm]) -> list[float]:
        """Return what each of the terms adds to the score of an article."""
        should = scoring_queries(terms, self._server.bm25_factor, MAX_CLAUSES)
        query = {"bool": {"filter": [{"ids": {"values": [str(key)]}}], "should": should}}
        with self._reading():
            (response,) = self._send([{"query": query, "size": 1, "explain": True, "_source": False}], global_idf=True)
            hits = response["hits"]["hits"]
            weights = dict(_explained_weights(hits[0]["_explanation"])) if hits else {}
        # The description of a term's weight is "weight(text_words:外交 in 17)", followed by the similarity.
        prefixes = [f"weight({_field_name(term)}:{encode_term(term.term)} in " for term in terms]
        return [
            next((weight for description, weight in weights.items() if description.startswith(prefix)), 0.0)
            for prefix in prefixes
        ]

    def vocabulary(self) -> list[tuple[str, int]]:
        """Return the most frequent words with the number of articles that contain them."""
        top_terms: TopTerms[str] = TopTerms()
        with self._reading():
            top_terms.add(sorted(aggregations.words(self._send, self._visible, self._server.max_buckets)))
        return top_terms.top()

    def values(self, field: KeywordField) -> Iterator[str]:
        """Yield every keyword of a field."""
        with self._reading():
            yield from aggregations.all_values(self._send, self._visible, field)

    def fetch(self, keys: Sequence[int]) -> list[StoredArticle]:
        """Return the articles with these keys, in the same order."""
        articles: list[StoredArticle] = []
        with self._reading():
            for start in range(0, len(keys), ARTICLE_BATCH_SIZE):
                articles += self._fetch(keys[start : start + ARTICLE_BATCH_SIZE])
        return articles

    def _fetch(self, keys: Sequence[int]) -> list[StoredArticle]:
        response = self._server.request(
            "POST",
            f"/{self._index}/_mget",
            {"ids": [str(key) for key in dict.fromkeys(keys)]},
            params={"_source_includes": "record", "preference": self._preference},
            find_failures=document_failures,
        )
        documents = {int(document["_id"]): document for document in response["docs"] if document["found"]}
        if not documents.keys() >= set(keys):
            raise IndexOutdated(self._directory)
        return [self._stored_article(documents[key]) for key in keys]

    def _stored_article(self, document: Response) -> StoredArticle:
        key, record = document["_id"], document["_source"]["record"]
        try:
            return stored_article(record)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise IndexDamaged(self._directory, _("cannot decode stored article {key}").format(key=key)) from error

    def find(self, article_id: str) -> StoredArticle | None:
        """Return the article with this id, None if the index does not have it."""
        for hit in self._hits_by_id([article_id], "record"):
            return self._stored_article(hit)
        return None

    def digests(self, article_ids: Sequence[str]) -> dict[str, str]:
        """Return the digests of those of the articles that the index has, by id."""
        by_keyword = {encode_keyword(article_id): article_id for article_id in article_ids}
        hits = self._hits_by_id(article_ids, "record.digest", "id")
        return {by_keyword[hit["_source"]["id"][0]]: hit["_source"]["record"]["digest"] for hit in hits}

    def versions(self, article_ids: Sequence[str]) -> dict[str, dict[str, object]]:
        """Return the versions of the documents of those of the articles that the index has, by key."""
        return {hit["_id"]: document_version(hit) for hit in self._hits_by_id(article_ids)}

    def _hits_by_id(self, article_ids: Sequence[str], *source: str) -> Iterator[Response]:
        if not self._state.commit:
            return
        with self._reading():
            for start in range(0, len(article_ids), LOOKUP_BATCH_SIZE):
                ids = list(map(encode_keyword, article_ids[start : start + LOOKUP_BATCH_SIZE]))
                query = {"bool": {"filter": [*self._state.visible(), {"terms": {"id": ids}}]}}
                body = {"query": query, "size": len(ids), "_source": list(source) or False, "seq_no_primary_term": True}
                (response,) = self._send([body])
                yield from response["hits"]["hits"]

    @cached_property
    def _articles(self) -> int:
        """The number of articles of the commit."""
        return self._count({"match_all": {}}) if self._state.commit else 0

    def statistics(self) -> IndexStatistics:
        """Return the number of articles and the size of the index, replicas included."""
        with self._reading():
            response = self._server.request("GET", f"/{self._index}/_stats/store")
            size = int(response["_all"]["total"]["store"]["size_in_bytes"])
            shards = int(response["_shards"]["total"])
            parts = ngettext("{number} shard, replicas included", "{number} shards, replicas included", shards)
            return IndexStatistics(self._articles, size, parts.format(number=shards))

    def articles(self) -> Iterator[StoredArticle]:
        """Yield every article."""
        body: Response = {
            "query": self._visible,
            "size": ARTICLE_BATCH_SIZE,
            "sort": [{"key": "asc"}],
            "_source": "record",
        }
        while True:
            with self._reading():
                hits = self._send([body])[0]["hits"]["hits"]
            if not hits:
                return
            yield from map(self._stored_article, hits)
            body["search_after"] = hits[-1]["sort"]

    def check(self) -> None:
        """Check that no article is missing. The servers verify what they store by checksums of their own.

        Raises:
            IndexDamaged: An article is missing or cannot be decoded.
        """
        seen = sum(1 for _ in self.articles())
        if seen != self._articles:
            raise IndexDamaged(
                self._directory,
                _("{seen} of {total} articles are present").format(seen=seen, total=self._articles),
            )

    def close(self) -> None:
        """Close the connections."""
        self._server.close()


def _field_name(term: ScoringTerm) -> str:
    return f"{term.field}_{term.stream}"


def _search_body(query: Query, sort: list[Query], size: int) -> Response:
    return {
        "query": query,
        "sort": sort,
        "size": size,
        "track_total_hits": True,
        "track_scores": True,
        "_source": False,
    }


def _explained_weights(explanation: dict[str, Any]) -> Iterator[tuple[str, float]]:
    if explanation["description"].startswith("weight("):
        yield explanation["description"], float(explanation["value"])
    else:
        for detail in explanation["details"]:
            yield from _explained_weights(detail)
