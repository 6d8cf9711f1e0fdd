"""The engine: writes articles through Tantivy, and asks it what requests ask for."""

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
from ..clauses import Candidate, Clause, FacetCount, Keyword, ScoringTerm, SearchRequest, SearchResult
from ..facets import first_dates, first_values, is_valued, stored_field
from ..fields import FacetField, KeywordField
from ..records import unpacked
from ..size import segments, size_of
from ..stored_article import NAMES, StoredArticle, stored_article
from .checksums import check
from .document_frequencies import Frequencies, count
from .error_translation import reading, writing
from .prepared_article import PreparedArticle, prepared
from .query_builder import Queries
from .schema import DAY, STORED, TIME, keyword_term, schema, unescaped

_CORES_A_THREAD = 4  # analysing the articles that one thread can write keeps the others busy
_LEAST_MEMORY, _MOST_MEMORY = 15_000_000, 4_290_000_000  # bytes that Tantivy takes for a thread
_LISTED_AT_ONCE = 100_000  # articles
_ALL_VALUES = 1 << 31  # more than a segment has
_COMMITTED = "meta.json"  # replaced by each commit, and by each merge; names of segments are random
_SEGMENT = 32  # a key is the number of a segment, shifted by so many bits, and that of an article in it


class TantivyEngine:
    """See `base.Engine`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self) -> None:
        with writing(self._folder.parent):
            tantivy.Index(schema(), path=str(self._folder), reuse=False)

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def prepare(self, batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[PreparedArticle]:
        return prepared(batch)

    def commit(self) -> str:
        with reading(self._folder.parent):
            return f"{zlib.crc32((self._folder / _COMMITTED).read_bytes()):08x}"

    def reader(self) -> "TantivyReader":
        return TantivyReader(self._folder)

    def writer(self, memory: int = DEFAULT_WRITE_BUFFER) -> "TantivyWriter":
        return TantivyWriter(self._folder, memory)


class TantivyWriter:
    """See `base.Writer`."""

    def __init__(self, folder: Path, memory: int) -> None:
        self._path = folder.parent
        index = _opened(folder)
        self._committed = index.searcher()
        with writing(self._path):
            threads = max(1, (os.cpu_count() or 1) // _CORES_A_THREAD)
            each = max(_LEAST_MEMORY, min(memory // threads, _MOST_MEMORY))
            self._writer = index.writer(each * threads, threads)
            # Tantivy names files by numbers that come again after a commit was cut short, and overwrites none.
            self._writer.garbage_collect_files()

    def put(self, prepared: PreparedArticle) -> None:
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
        with writing(self._path):
            self._writer.add_document(document)

    def delete(self, article_id: str) -> None:
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
                with writing(self._path):
                    self._writer.commit()
                    committed = True
                    self._writer.wait_merging_threads()
        finally:
            if not committed:
                with suppress(ValueError):  # what is left goes with the next commit
                    self._writer.rollback()
                    self._writer.wait_merging_threads()


class TantivyReader:
    """See `base.Reader`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder.parent
        index, held = _at_one_commit(folder)
        with reading(self._path):
            self._searcher = index.searcher()
            size = size_of(folder)
        self._queries = Queries(index.schema)
        self._frequencies = Frequencies(self._searcher, self._queries, held)
        self._statistics = IndexStatistics(self._searcher.num_docs, size, segments(self._searcher.num_segments))

    def search(self, request: SearchRequest) -> SearchResult:
        totals: list[int] = []
        candidates: list[Candidate] = []
        with reading(self._path):
            for tier, match in enumerate(self._queries.tiers(request)):
                total, here = self._first(request, match, request.limit - len(candidates), tier)
                totals.append(total)
                candidates += here
            facets = tuple(self._counted(request, field) for field in request.facets)
        return SearchResult(sum(totals), tuple(totals[:-1]), tuple(candidates), facets)

    def _counted(self, request: SearchRequest, field: FacetField) -> tuple[FacetCount, ...]:
        """The first values of a facet. Segments tell all of theirs, or what each leaves out would be missed."""
        limit = request.facet_limit
        if is_valued(field):
            terms = {"field": stored_field(field), "size": limit, "segment_size": _ALL_VALUES}
        else:
            terms = {"field": DAY, "size": _ALL_VALUES}
        answer = self._searcher.aggregate(self._queries.matching(request.match), {"values": {"terms": terms}})
        counts = {bucket["key"]: bucket["doc_count"] for bucket in answer["values"]["buckets"]}
        return first_values(counts.items(), limit) if is_valued(field) else first_dates(counts, field, limit)

    def _first(self, request: SearchRequest, match: Query, limit: int, tier: int) -> tuple[int, list[Candidate]]:
        """How many articles match, and the first `limit` of them."""
        limit = min(limit, self._searcher.num_docs)  # Tantivy makes room for as many
        if limit <= 0:
            return count(self._searcher.search(match, 1)), []
        if request.sort == "newest":
            found = self._searcher.search(match, limit, order_by_field=TIME)
            return count(found), [Candidate(_key(address), 0.0, tier) for _, address in found.hits]
        weights = self._frequencies.corrected(request.weights)
        found = self._searcher.search(self._queries.scored(match, weights), limit)
        return count(found), [Candidate(_key(address), score, tier) for score, address in found.hits]

    def count(self, clause: Clause) -> int:
        with reading(self._path):
            return count(self._searcher.search(self._queries.matching(clause), 1))

    def idfs(self, terms: Sequence[ScoringTerm]) -> list[float]:
        with reading(self._path):
            return list(map(self._frequencies.idf, terms))

    def explain(self, key: int, terms: Sequence[ScoringTerm]) -> list[float]:
        stored = self.fetch([key])[0]
        with reading(self._path):
            match = self._queries.matching(Keyword("id", stored.article.id))
            weights = (self._frequencies.corrected([term]) for term in terms)
            found = (self._searcher.search(self._queries.scored(match, each), 1) for each in weights)
            return [result.hits[0][0] for result in found]

    def vocabulary(self) -> list[tuple[str, int]]:
        with reading(self._path):
            return [(unescaped(word), articles) for word, articles in self._frequencies.words()]

    def values(self, field: KeywordField) -> Iterator[str]:
        with reading(self._path):
            return (value for value, _ in self._searcher.terms_with_prefix(field, ""))

    def fetch(self, keys: Sequence[int]) -> list[StoredArticle]:
        with reading(self._path):
            return [self._fetch(DocAddress(key >> _SEGMENT, key & (1 << _SEGMENT) - 1)) for key in keys]

    def _fetch(self, address: DocAddress) -> StoredArticle:
        return stored_article(unpacked(self._searcher.doc(address)[STORED][0], NAMES))

    def find(self, article_id: str) -> StoredArticle | None:
        with reading(self._path):
            found = self._searcher.search(self._queries.matching(Keyword("id", article_id)), 1, count=False)
            return self._fetch(found.hits[0][1]) if found.hits else None

    def articles(self) -> Iterator[StoredArticle]:
        for start in range(0, self._searcher.num_docs, _LISTED_AT_ONCE):
            with reading(self._path):
                listed = self._searcher.search(Query.all_query(), _LISTED_AT_ONCE, count=False, offset=start)
            for _, address in listed.hits:
                with reading(self._path):
                    yield self._fetch(address)

    def digests(self, article_ids: Sequence[str]) -> dict[str, str]:
        found = ((article_id, self.find(article_id)) for article_id in article_ids)
        return {article_id: stored.digest for article_id, stored in found if stored}

    def statistics(self) -> IndexStatistics:
        return self._statistics

    def check(self) -> None:
        with reading(self._path):
            check(self._folder)

    def close(self) -> None:
        """Lets go of the files."""
        del self._searcher, self._frequencies


def _opened(folder: Path) -> tantivy.Index:
    with reading(folder.parent):
        index = tantivy.Index.open(str(folder))
        index.config_reader("manual")  # one commit is read, not what follows
        return index


def _at_one_commit(folder: Path) -> tuple[tantivy.Index, int]:
    """The index, and the number of its articles, deleted ones among them, as of one commit."""
    listed = folder / _COMMITTED
    with reading(folder.parent):
        while True:
            content = listed.read_bytes()
            index = _opened(folder)
            if listed.read_bytes() == content:  # else another commit, or a merge, came in between
                return index, sum(segment["max_doc"] for segment in json.loads(content)["segments"])


def _key(address: DocAddress) -> int:
    return address.segment_ord << _SEGMENT | address.doc
