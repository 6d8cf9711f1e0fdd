"""The engine: writes through Whoosh, and searches the segments itself."""

import shutil
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from pickle import UnpicklingError
from types import TracebackType

import numpy as np
from typing_extensions import Self

from ...analysis import AnalyzedArticle
from ...messages import os_error_reason
from ..base import DEFAULT_WRITE_BUFFER, IndexStatistics
from ..bm25 import IdfCache, Scores, length_norms, lucene_idf, score, top_k
from ..clauses import Candidate, Clause, FacetCount, ScoringTerm, SearchRequest, SearchResult
from ..deadline import check_deadline
from ..errors import IndexDamaged, IndexUnreadable, translate_write_errors
from ..fields import FacetField, IndexedField, KeywordField, Stream
from ..matching import IntArray, Mask, Matching
from ..storage import folder_size, segment_count_text
from ..stored_article import StoredArticle, stored_article
from . import toc
from .article_store import ArticleStoreReader
from .codec import ARTICLES_EXTENSION, SegmentInfo
from .facet_counts import SegmentFacetCounter
from .paged_file import CorruptFile
from .prepared_article import WhooshDocument, prepare_articles
from .segment_reader import SegmentReader
from .segment_writer import ArraySegmentWriter
from .vocabulary import top_words

# The errors of opening a corrupt index. Checksums cover every byte, so that others than CorruptFile, a ValueError, need
# an attacker who corrects the checksums.
_OPEN_ERRORS: tuple[type[Exception], ...] = (
    OSError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
    UnpicklingError,
    struct.error,
)


@contextmanager
def _reading(folder: Path, errors: tuple[type[Exception], ...] = (OSError, CorruptFile)) -> Iterator[None]:
    """Convert `errors` of the block into IndexDamaged or IndexUnreadable."""
    try:
        yield
    except PermissionError as error:
        raise IndexUnreadable(folder.parent, os_error_reason(error)) from error
    except errors as error:
        raise IndexDamaged(folder.parent, str(error) or type(error).__name__) from error


class WhooshEngine:
    """Implements `base.Engine`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self) -> None:
        """Create an empty index in the folder."""
        toc.create_index(self._folder)

    def remove(self) -> None:
        """Remove the index and its folder, as far as the system allows."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def prepare(self, batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[WhooshDocument]:
        """Prepare pairs of article and digest for `WhooshWriter.put`."""
        return prepare_articles(batch)

    def commit_id(self) -> str:
        """Return a short name of the last commit."""
        with _reading(self._folder, _OPEN_ERRORS):
            return toc.commit_name(self._folder)

    def reader(self) -> "WhooshReader":
        """Open the last commit."""
        return WhooshReader(self._folder)

    def article_reader(self) -> "WhooshArticleReader":
        """Open the stored articles of the last commit, also of an index of the former format."""
        return WhooshArticleReader(self._folder)

    def writer(self, memory: int = DEFAULT_WRITE_BUFFER) -> "WhooshWriter":
        """Begin a transaction that buffers about `memory` bytes."""
        return WhooshWriter(self._folder, memory)


class WhooshWriter:
    """Implements `base.Writer`."""

    def __init__(self, folder: Path, memory: int) -> None:
        self._folder = folder
        self._committed = WhooshReader(folder)
        with translate_write_errors(folder.parent):
            self._writer = ArraySegmentWriter(toc.WhooshIndex(folder), memory)

    def put(self, prepared: WhooshDocument, replaces: int | None = None) -> None:
        """Add an article in place of one with the same id: a committed one, and the one with the number `replaces`."""
        self.delete(prepared.id)
        if replaces is not None:
            self._writer.withdraw_article(replaces)
        with translate_write_errors(self._folder.parent):
            self._writer.add_article(prepared)

    def delete(self, article_id: str) -> None:
        """Delete the committed article with this id, if there is one."""
        for key in self._committed.live_keys(article_id):
            self._writer.delete_document(key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._committed.close()
        committed = False
        try:
            if error is None:
                # A commit may merge old segments, which it reads.
                with _reading(self._folder), translate_write_errors(self._folder.parent):
                    self._writer.commit()
                committed = True
        finally:
            if not committed:
                self._cancel()

    def _cancel(self) -> None:
        """Abandon the transaction, and remove its files as far as the disk allows."""
        with suppress(OSError):
            self._writer.cancel()
        with suppress(IndexDamaged, IndexUnreadable), _reading(self._folder):
            toc.remove_uncommitted(self._folder)


class WhooshArticleReader:
    """Implements `base.ArticleReader`. It reads no terms, so that damage to them does not matter."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        index = toc.WhooshIndex(folder, toc.FORMER_NAMES)

        def read() -> list[tuple[SegmentInfo, ArticleStoreReader]]:
            segments = index.segments()
            return [
                (segment, ArticleStoreReader(segment.path(index.storage, ARTICLES_EXTENSION))) for segment in segments
            ]

        with _reading(folder, _OPEN_ERRORS):
            self._segments = toc.retry_during_commits(folder, read)
            size = folder_size(folder)
        articles = sum(segment.doc_count() for segment, _store in self._segments)
        self._statistics = IndexStatistics(articles, size, segment_count_text(len(self._segments)))

    def articles(self) -> Iterator[StoredArticle]:
        """Yield every article."""
        for segment, store in self._segments:
            for number in range(store.size):
                if not segment.is_deleted(number):
                    with _reading(self._folder, _OPEN_ERRORS):
                        stored = stored_article(store.stored_texts(number))
                    yield stored

    def statistics(self) -> IndexStatistics:
        """Return the statistics of the index at this commit."""
        return self._statistics

    def close(self) -> None:
        """Release the files."""
        self._segments = []


class WhooshReader:
    """Implements `base.Reader`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with _reading(folder, _OPEN_ERRORS):
            self._segments = _open_segments(folder)
            size = folder_size(folder)
        articles = sum(segment.live_count for segment in self._segments)
        self._statistics = IndexStatistics(articles, size, segment_count_text(len(self._segments)))
        self._facets = SegmentFacetCounter(self._segments)
        self._idfs = IdfCache(self._compute_idfs)
        self._norms: dict[tuple[int, str, str], Scores] = {}

    def search(self, request: SearchRequest) -> SearchResult:
        """Return the first matches of a request, with counts."""
        with _reading(self._folder):
            return self._search(request)

    def _search(self, request: SearchRequest) -> SearchResult:
        keys, tiers, ranks, scores, masks = [], [], [], [], []
        for segment in self._segments:
            matching = Matching(segment)
            masks.append(matching.live(request.match))
            matches = np.flatnonzero(masks[-1])
            if not len(matches):
                continue
            match_tiers = np.full(len(matches), len(request.tiers))
            for tier in reversed(range(len(request.tiers))):
                match_tiers[matching.all(request.tiers[tier])[matches]] = tier
            match_scores: Scores = self._score(segment, request.scoring_terms)[matches]
            keys.append(matches + segment.base)
            tiers.append(match_tiers)
            scores.append(match_scores)
            ranks.append(_ranks(request, segment, matches, match_scores))
        if not keys:
            return SearchResult(0, (0,) * len(request.tiers), (), ((),) * len(request.facets))
        all_keys, all_tiers, all_scores = np.concatenate(keys), np.concatenate(tiers), np.concatenate(scores)
        order = top_k(request.limit, all_tiers, np.concatenate(ranks))
        totals = np.bincount(all_tiers, minlength=len(request.tiers) + 1)[: len(request.tiers)]
        return SearchResult(
            len(all_keys),
            tuple(map(int, totals)),
            tuple(Candidate(int(all_keys[i]), float(all_scores[i]), int(all_tiers[i])) for i in order),
            tuple(self._count_facet(field, masks, request.facet_limit) for field in request.facets),
        )

    def _count_facet(self, field: FacetField, masks: Sequence[Mask], limit: int) -> tuple[FacetCount, ...]:
        check_deadline()
        return self._facets.top_values(field, masks, limit)

    def count(self, clause: Clause) -> int:
        """Return the number of articles that match."""
        with _reading(self._folder):
            return sum(int(np.count_nonzero(Matching(segment).live(clause))) for segment in self._segments)

    def _score(self, segment: SegmentReader, terms: Sequence[ScoringTerm]) -> Scores:
        return score(segment, terms, self._idfs(terms), partial(self._length_norms, segment))

    def _length_norms(self, segment: SegmentReader, field: IndexedField, stream: Stream) -> Scores:
        key = segment.base, field, stream
        if key not in self._norms:
            total = sum(other.total_length(field, stream) for other in self._segments)
            self._norms[key] = length_norms(segment.lengths(field, stream), total / self._statistics.articles)
        return self._norms[key]

    def idfs(self, terms: Sequence[ScoringTerm]) -> list[float]:
        """Return the idf of each term, 0 if no article has it."""
        return self._idfs(terms)

    def _compute_idfs(self, terms: Sequence[ScoringTerm]) -> list[float]:
        with _reading(self._folder):
            frequencies = list(map(self._document_frequency, terms))
        articles = self._statistics.articles
        return [lucene_idf(articles, frequency) if frequency else 0.0 for frequency in frequencies]

    def _document_frequency(self, term: ScoringTerm) -> int:
        check_deadline()
        return sum(segment.document_frequency(term.field, term.stream, term.term) for segment in self._segments)

    def explain(self, key: int, terms: Sequence[ScoringTerm]) -> list[float]:
        """Return the amount that each of the terms adds to the score of an article."""
        segment = self._segment(key)
        with _reading(self._folder):
            return [float(self._score(segment, [term])[key - segment.base]) for term in terms]

    def vocabulary(self) -> list[tuple[str, int]]:
        """Return words with their document frequencies, the most frequent first."""
        with _reading(self._folder):
            return top_words(self._segments)

    def values(self, field: KeywordField) -> Iterator[str]:
        """Return every keyword of a field, sorted."""
        with _reading(self._folder):
            values = set()
            for segment in self._segments:
                for value in segment.keywords(field):
                    check_deadline()
                    values.add(value)
            return iter(sorted(values))

    def fetch(self, keys: Sequence[int]) -> list[StoredArticle]:
        """Return the articles with these keys."""
        with _reading(self._folder):
            return [self._fetch(key) for key in keys]

    def _fetch(self, key: int) -> StoredArticle:
        check_deadline()
        segment = self._segment(key)
        return stored_article(segment.store.stored_texts(key - segment.base))

    def _segment(self, key: int) -> SegmentReader:
        return next(segment for segment in reversed(self._segments) if segment.base <= key)

    def live_keys(self, article_id: str) -> list[int]:
        """Return the key of the article with this id, or nothing."""
        with _reading(self._folder):
            return [
                int(number) + segment.base
                for segment in self._segments
                for number in segment.articles_with_keyword("id", article_id)
                if segment.live[number]
            ]

    def find(self, article_id: str) -> StoredArticle | None:
        """Return the article with this id, None if there is none."""
        keys = self.live_keys(article_id)
        return self.fetch(keys[:1])[0] if keys else None

    def articles(self) -> Iterator[StoredArticle]:
        """Yield every article."""
        for segment in self._segments:
            for number in np.flatnonzero(segment.live).tolist():
                with _reading(self._folder):
                    yield stored_article(segment.store.stored_texts(number))

    def digests(self, article_ids: Sequence[str]) -> dict[str, str]:
        """Return id → digest of those of these articles that the index has."""
        articles = ((article_id, self.find(article_id)) for article_id in article_ids)
        return {article_id: stored.digest for article_id, stored in articles if stored}

    def statistics(self) -> IndexStatistics:
        """Return the statistics of the index at this commit."""
        return self._statistics

    def check(self) -> None:
        """Read the whole index. Raises IndexDamaged."""
        with _reading(self._folder):
            for segment in self._segments:
                segment.check()

    def close(self) -> None:
        """Release the files."""
        self._segments = []
        self._facets = SegmentFacetCounter([])


def _open_segments(folder: Path) -> list[SegmentReader]:
    """Open all segments of the last commit, so that they stay readable when a later commit removes their files."""
    index = toc.WhooshIndex(folder)

    def read() -> list[SegmentReader]:
        segments, base = [], 0
        for segment in index.segments():
            segments.append(SegmentReader(index.storage, segment, base))
            base += segments[-1].size
        return segments

    return toc.retry_during_commits(folder, read)


def _ranks(request: SearchRequest, segment: SegmentReader, matches: IntArray, scores: Scores) -> Scores:
    """Return the number to sort each match by within a tier, highest first."""
    if request.sort == "relevance":
        return scores
    return segment.times()[matches].astype(np.float64)
