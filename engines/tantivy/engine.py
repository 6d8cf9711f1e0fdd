"""The Tantivy engine, its writer and its reader."""

import json
import os
import shutil
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import tantivy
from tantivy import DocAddress, Query
from typing_extensions import Self

from ...analysis import AnalyzedArticle
from ..base import DEFAULT_WRITE_BUFFER, IndexStatistics
from ..bm25 import IdfCache
from ..clauses import Candidate, Clause, FacetCount, Keyword, ScoringTerm, SearchRequest, SearchResult
from ..deadline import check_deadline
from ..facets import has_stored_values, stored_field, top_dates, top_values
from ..fields import FacetField, KeywordField
from ..records import unpack_texts
from ..storage import folder_size, segment_count_text
from ..stored_article import NAMES, StoredArticle, stored_article
from .checksums import verify_checksums
from .document_frequencies import DocumentFrequencies, hit_count
from .error_translation import read_errors, write_errors
from .prepared_article import TantivyDocument, prepare_articles
from .query_builder import QueryBuilder
from .schema import DAY, STORED, TIME, keyword_term, make_schema, unescape

_CORES_PER_THREAD = 4  # analyzing the articles that one thread can write keeps the other cores busy
_MIN_THREAD_BUFFER, _MAX_THREAD_BUFFER = 15_000_000, 4_290_000_000  # bytes that Tantivy accepts for a thread
_PAGE_SIZE = 100_000  # articles
_ALL_BUCKETS = 1 << 31  # more than a segment can have
_META_FILE = "meta.json"  # replaced by each commit and each merge; segment names in it are random
_DOC_BITS = 32  # a key is the number of a segment, shifted by this, plus the number of an article in the segment


class TantivyEngine:
    """The engine of one index on Tantivy; implements `base.Engine`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self) -> None:
        """Create an empty index in the folder."""
        with write_errors(self._folder.parent):
            tantivy.Index(make_schema(), path=str(self._folder), reuse=False)

    def remove(self) -> None:
        """Remove the index with its folder."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def prepare(self, batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[TantivyDocument]:
        """Prepare articles, given with their digests, for the writer."""
        return prepare_articles(batch)

    def commit_id(self) -> str:
        """Return a name for the last commit: a checksum of Tantivy's list of segments."""
        with read_errors(self._folder.parent):
            return f"{zlib.crc32((self._folder / _META_FILE).read_bytes()):08x}"

    def reader(self) -> "TantivyReader":
        """Open the last commit."""
        return TantivyReader(self._folder)

    def article_reader(self) -> "TantivyReader":
        """Open the stored articles of the last commit."""
        return self.reader()

    def writer(self, memory: int = DEFAULT_WRITE_BUFFER) -> "TantivyWriter":
        """Begin a transaction that buffers about `memory` bytes."""
        return TantivyWriter(self._folder, memory)


class TantivyWriter:
    """A transaction on one index; implements `base.Writer`."""

    def __init__(self, folder: Path, memory: int) -> None:
        self._path = folder.parent
        index = _open(folder)
        self._committed = index.searcher()
        with write_errors(self._path):
            threads = max(1, (os.cpu_count() or 1) // _CORES_PER_THREAD)
            thread_buffer = max(_MIN_THREAD_BUFFER, min(memory // threads, _MAX_THREAD_BUFFER))
            self._writer = index.writer(thread_buffer * threads, threads)
            # Tantivy reuses the numbers in file names after an interrupted commit, but never overwrites a file.
            self._writer.garbage_collect_files()

    def put(self, prepared: TantivyDocument, replaces: int | None = None) -> None:
        """Add an article in place of one with the same id: a committed one, and the one with the number `replaces`."""
        document = tantivy.Document()
        for field, terms in prepared.terms.items():
            document.add_text(field, terms)
        for field, values in prepared.keywords.items():
            for value in values:
                document.add_text(field, value)
        for field, number in prepared.numbers.items():
            document.add_integer(field, number)
        document.add_bytes(STORED, prepared.stored)
        self._delete(prepared.id)
        with write_errors(self._path):
            if replaces is not None:  # deletes only what was added before
                self._writer.delete_documents_by_term("id", prepared.id)
            self._writer.add_document(document)

    def delete(self, article_id: str) -> None:
        """Delete a committed article, if the index has it."""
        self._delete(keyword_term(article_id))

    def _delete(self, id_term: str) -> None:
        if self._committed.doc_freq("id", id_term):
            self._writer.delete_documents_by_term("id", id_term)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        committed = False
        try:
            if error is None:
                with write_errors(self._path):
                    self._writer.commit()
                    committed = True
                    self._writer.wait_merging_threads()
        finally:
            if not committed:
                with suppress(ValueError):  # the next commit removes what remains
                    self._writer.rollback()
                    self._writer.wait_merging_threads()


class TantivyReader:
    """One commit of one index; implements `base.Reader`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder.parent
        index, max_doc = _open_at_one_commit(folder)
        with read_errors(self._path):
            self._searcher = index.searcher()
            size = folder_size(folder)
        self._queries = QueryBuilder(index.schema)
        self._frequencies = DocumentFrequencies(self._searcher, self._queries, max_doc)
        self._idfs = IdfCache(self._frequencies.idfs)
        self._statistics = IndexStatistics(
            self._searcher.num_docs, size, segment_count_text(self._searcher.num_segments)
        )

    def search(self, request: SearchRequest) -> SearchResult:
        """Return the first matches of a request and the counts of its facets."""
        totals: list[int] = []
        candidates: list[Candidate] = []
        with read_errors(self._path):
            for tier, match in enumerate(self._queries.tier_queries(request)):
                total, tier_candidates = self._search_tier(request, match, request.limit - len(candidates), tier)
                totals.append(total)
                candidates += tier_candidates
            facets = tuple(self._facet_counts(request, field) for field in request.facets)
        return SearchResult(sum(totals), tuple(totals[:-1]), tuple(candidates), facets)

    def _facet_counts(self, request: SearchRequest, field: FacetField) -> tuple[FacetCount, ...]:
        """Return the first values of a facet.

        Every segment reports all of its values. If it left out some, their counts would be too low.
        """
        check_deadline()
        limit = request.facet_limit
        if has_stored_values(field):
            terms = {"field": stored_field(field), "size": limit, "segment_size": _ALL_BUCKETS}
        else:
            terms = {"field": DAY, "size": _ALL_BUCKETS}
        result = self._searcher.aggregate(self._queries.clause_query(request.match), {"values": {"terms": terms}})
        counts = {bucket["key"]: bucket["doc_count"] for bucket in result["values"]["buckets"]}
        return top_values(counts.items(), limit) if has_stored_values(field) else top_dates(counts, field, limit)

    def _search_tier(self, request: SearchRequest, match: Query, limit: int, tier: int) -> tuple[int, list[Candidate]]:
        """Return the number of matches of a tier and the first `limit` of them."""
        check_deadline()
        limit = min(limit, self._searcher.num_docs)  # Tantivy allocates memory for `limit` hits
        if limit <= 0:
            return hit_count(self._searcher.search(match, 1)), []
        if request.sort == "newest":
            result = self._searcher.search(match, limit, order_by_field=TIME)
            return hit_count(result), [Candidate(_key(address), 0.0, tier) for _, address in result.hits]
        terms = self._frequencies.correct_weights(request.scoring_terms, self._idfs)
        result = self._searcher.search(self._queries.scored_query(match, terms), limit)
        return hit_count(result), [Candidate(_key(address), score, tier) for score, address in result.hits]

    def count(self, clause: Clause) -> int:
        """Return the number of articles that match."""
        with read_errors(self._path):
            return hit_count(self._searcher.search(self._queries.clause_query(clause), 1))

    def idfs(self, terms: Sequence[ScoringTerm]) -> list[float]:
        """Return the idf of each term, 0 if no article contains it."""
        with read_errors(self._path):
            return self._idfs(terms)

    def explain(self, key: int, terms: Sequence[ScoringTerm]) -> list[float]:
        """Return what each of the terms adds to the score of an article."""
        stored = self.fetch([key])[0]
        with read_errors(self._path):
            match = self._queries.clause_query(Keyword("id", stored.article.id))
            corrected = (self._frequencies.correct_weights([term], self._idfs) for term in terms)
            results = (self._searcher.search(self._queries.scored_query(match, weighted), 1) for weighted in corrected)
            return [result.hits[0][0] for result in results]

    def vocabulary(self) -> list[tuple[str, int]]:
        """Return the most frequent words with the number of articles that contain them."""
        with read_errors(self._path):
            return [(unescape(word), articles) for word, articles in self._frequencies.top_words()]

    def values(self, field: KeywordField) -> Iterator[str]:
        """Return every keyword of a field."""
        with read_errors(self._path):
            return (value for value, _ in self._searcher.terms_with_prefix(field, ""))

    def fetch(self, keys: Sequence[int]) -> list[StoredArticle]:
        """Return the articles with these keys, in the same order."""
        with read_errors(self._path):
            return [self._fetch(DocAddress(key >> _DOC_BITS, key & (1 << _DOC_BITS) - 1)) for key in keys]

    def _fetch(self, address: DocAddress) -> StoredArticle:
        check_deadline()
        return stored_article(unpack_texts(self._searcher.doc(address)[STORED][0], NAMES))

    def find(self, article_id: str) -> StoredArticle | None:
        """Return the article with this id, None if the index does not have it."""
        with read_errors(self._path):
            result = self._searcher.search(self._queries.clause_query(Keyword("id", article_id)), 1, count=False)
            return self._fetch(result.hits[0][1]) if result.hits else None

    def articles(self) -> Iterator[StoredArticle]:
        """Yield every article."""
        for start in range(0, self._searcher.num_docs, _PAGE_SIZE):
            with read_errors(self._path):
                page = self._searcher.search(Query.all_query(), _PAGE_SIZE, count=False, offset=start)
            for _, address in page.hits:
                with read_errors(self._path):
                    yield self._fetch(address)

    def digests(self, article_ids: Sequence[str]) -> dict[str, str]:
        """Return the digests of those of the articles that the index has, by id."""
        articles = ((article_id, self.find(article_id)) for article_id in article_ids)
        return {article_id: stored.digest for article_id, stored in articles if stored}

    def statistics(self) -> IndexStatistics:
        """Return the number of articles and the size of the index."""
        return self._statistics

    def check(self) -> None:
        """Verify the checksums of all files.

        Raises:
            IndexDamaged: A file is not as it was written.
        """
        with read_errors(self._path):
            verify_checksums(self._folder)

    def close(self) -> None:
        """Release the files."""
        del self._searcher, self._frequencies, self._idfs


def _open(folder: Path) -> tantivy.Index:
    with read_errors(folder.parent):
        index = tantivy.Index.open(str(folder))
        index.config_reader("manual")  # stay at the commit that was opened
        return index


def _open_at_one_commit(folder: Path) -> tuple[tantivy.Index, int]:
    """Return the index and the number of its articles, deleted ones included, both of the same commit."""
    path = folder / _META_FILE
    with read_errors(folder.parent):
        while True:
            content = path.read_bytes()
            index = _open(folder)
            if path.read_bytes() == content:  # otherwise there was a commit or a merge in between
                return index, sum(segment["max_doc"] for segment in json.loads(content)["segments"])


def _key(address: DocAddress) -> int:
    return address.segment_ord << _DOC_BITS | address.doc
