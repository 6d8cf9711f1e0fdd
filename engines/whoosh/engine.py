"""The engine: writes articles through Whoosh, and answers requests from the segments it keeps."""

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
from ..clauses import Candidate, Clause, IndexedField, KeywordField, ScoringTerm, SearchRequest, SearchResult, Stream
from ..errors import IndexDamaged, IndexUnreadable, writing
from ..matching import IntArray, Matching
from ..storage import folder_size, segment_count_text
from ..stored_article import StoredArticle, stored_article
from . import toc
from .facet_counts import Facets
from .paged_file import Damaged
from .prepared_article import PreparedArticle, prepared
from .segment_reader import OpenSegment
from .segment_writer import ArrayWriter
from .vocabulary import vocabulary

# What opening raises where what is read is not what it should be. Every byte is covered by a checksum, so that beyond
# Damaged, a ValueError, it takes somebody who makes the checksums fit.
_MISFITS: tuple[type[Exception], ...] = (
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
def _reading(folder: Path, faults: tuple[type[Exception], ...] = (OSError, Damaged)) -> Iterator[None]:
    """Makes IndexDamaged or IndexUnreadable of what goes wrong in reading."""
    try:
        yield
    except PermissionError as error:
        raise IndexUnreadable(folder.parent, os_error_reason(error)) from error
    except faults as error:
        raise IndexDamaged(folder.parent, str(error) or type(error).__name__) from error


class WhooshEngine:
    """See `base.Engine`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self) -> None:
        toc.create(self._folder)

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def prepare(self, batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[PreparedArticle]:
        return prepared(batch)

    def commit(self) -> str:
        with _reading(self._folder, _MISFITS):
            return toc.commit(self._folder)

    def reader(self) -> "WhooshReader":
        return WhooshReader(self._folder)

    def writer(self, memory: int = DEFAULT_WRITE_BUFFER) -> "WhooshWriter":
        return WhooshWriter(self._folder, memory)


class WhooshWriter:
    """See `base.Writer`."""

    def __init__(self, folder: Path, memory: int) -> None:
        self._folder = folder
        self._committed = WhooshReader(folder)
        with writing(folder.parent):
            self._writer = ArrayWriter(toc.Index(folder), memory)

    def put(self, prepared: PreparedArticle) -> None:
        self.delete(prepared.id)
        with writing(self._folder.parent):
            self._writer.add_article(prepared)

    def delete(self, article_id: str) -> None:
        for key in self._committed.keys_of(article_id):
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
                # A commit may merge, that is read, old segments.
                with _reading(self._folder), writing(self._folder.parent):
                    self._writer.commit()
                committed = True
        finally:
            if not committed:
                self._cancel()

    def _cancel(self) -> None:
        """Gives the transaction up and removes what it left on disk, so far as the disk lets it."""
        with suppress(OSError):
            self._writer.cancel()
        with suppress(IndexDamaged, IndexUnreadable), _reading(self._folder):
            toc.clean(self._folder)


class WhooshReader:
    """See `base.Reader`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with _reading(folder, _MISFITS):
            self._segments = _open_segments(folder)
            size = folder_size(folder)
        articles = sum(segment.count for segment in self._segments)
        self._statistics = IndexStatistics(articles, size, segment_count_text(len(self._segments)))
        self._facets = Facets(self._segments)
        self._idfs = IdfCache(self._compute_idfs)
        self._norms: dict[tuple[int, str, str], Scores] = {}

    def search(self, request: SearchRequest) -> SearchResult:
        with _reading(self._folder):
            return self._search(request)

    def _search(self, request: SearchRequest) -> SearchResult:
        keys, tiers, ranks, scores, masks = [], [], [], [], []
        for segment in self._segments:
            matching = Matching(segment)
            masks.append(matching.live(request.match))
            matched = np.flatnonzero(masks[-1])
            if not len(matched):
                continue
            tier = np.full(len(matched), len(request.tiers))
            for place in reversed(range(len(request.tiers))):
                tier[matching.all(request.tiers[place])[matched]] = place
            score_here: Scores = self._score(segment, request.weights)[matched]
            keys.append(matched + segment.base)
            tiers.append(tier)
            scores.append(score_here)
            ranks.append(_rank(request, segment, matched, score_here))
        if not keys:
            return SearchResult(0, (0,) * len(request.tiers), (), ((),) * len(request.facets))
        all_keys, all_tiers, all_scores = np.concatenate(keys), np.concatenate(tiers), np.concatenate(scores)
        order = top_k(request.limit, all_tiers, np.concatenate(ranks))
        totals = np.bincount(all_tiers, minlength=len(request.tiers) + 1)[: len(request.tiers)]
        return SearchResult(
            len(all_keys),
            tuple(map(int, totals)),
            tuple(Candidate(int(all_keys[i]), float(all_scores[i]), int(all_tiers[i])) for i in order),
            tuple(self._facets.first(field, masks, request.facet_limit) for field in request.facets),
        )

    def count(self, clause: Clause) -> int:
        with _reading(self._folder):
            return sum(int(np.count_nonzero(Matching(segment).live(clause))) for segment in self._segments)

    def _score(self, segment: OpenSegment, weights: Sequence[ScoringTerm]) -> Scores:
        return score(segment, weights, self._idfs(weights), partial(self._length_norms, segment))

    def _length_norms(self, segment: OpenSegment, field: IndexedField, stream: Stream) -> Scores:
        key = segment.base, field, stream
        if key not in self._norms:
            total = sum(part.total_length(field, stream) for part in self._segments)
            self._norms[key] = length_norms(segment.lengths(field, stream), total / self._statistics.articles)
        return self._norms[key]

    def idfs(self, terms: Sequence[ScoringTerm]) -> list[float]:
        return self._idfs(terms)

    def _compute_idfs(self, terms: Sequence[ScoringTerm]) -> list[float]:
        with _reading(self._folder):
            frequencies = [
                sum(segment.frequency(term.field, term.stream, term.term) for segment in self._segments)
                for term in terms
            ]
        articles = self._statistics.articles
        return [lucene_idf(articles, frequency) if frequency else 0.0 for frequency in frequencies]

    def explain(self, key: int, terms: Sequence[ScoringTerm]) -> list[float]:
        segment = self._segment_of(key)
        with _reading(self._folder):
            return [float(self._score(segment, [term])[key - segment.base]) for term in terms]

    def vocabulary(self) -> list[tuple[str, int]]:
        with _reading(self._folder):
            return vocabulary(self._segments)

    def values(self, field: KeywordField) -> Iterator[str]:
        with _reading(self._folder):
            return iter(sorted({value for segment in self._segments for value in segment.values(field)}))

    def fetch(self, keys: Sequence[int]) -> list[StoredArticle]:
        with _reading(self._folder):
            return [self._fetch(key) for key in keys]

    def _fetch(self, key: int) -> StoredArticle:
        segment = self._segment_of(key)
        return stored_article(segment.articles.stored(key - segment.base))

    def _segment_of(self, key: int) -> OpenSegment:
        return next(segment for segment in reversed(self._segments) if segment.base <= key)

    def keys_of(self, article_id: str) -> list[int]:
        """The article with this id: one key, or none."""
        with _reading(self._folder):
            return [
                int(number) + segment.base
                for segment in self._segments
                for number in segment.articles_with_keyword("id", article_id)
                if segment.live[number]
            ]

    def find(self, article_id: str) -> StoredArticle | None:
        keys = self.keys_of(article_id)
        return self.fetch(keys[:1])[0] if keys else None

    def articles(self) -> Iterator[StoredArticle]:
        for segment in self._segments:
            for number in np.flatnonzero(segment.live).tolist():
                with _reading(self._folder):
                    yield stored_article(segment.articles.stored(number))

    def digests(self, article_ids: Sequence[str]) -> dict[str, str]:
        found = ((article_id, self.find(article_id)) for article_id in article_ids)
        return {article_id: stored.digest for article_id, stored in found if stored}

    def statistics(self) -> IndexStatistics:
        return self._statistics

    def check(self) -> None:
        with _reading(self._folder):
            for segment in self._segments:
                segment.check()

    def close(self) -> None:
        """Lets go of the files; they are unmapped with the last array that shows a part of them."""
        self._segments = []
        self._facets = Facets([])


def _open_segments(folder: Path) -> list[OpenSegment]:
    """The segments of the last commit, all opened, so that nothing a later commit removes is missed."""
    index = toc.Index(folder)

    def opened() -> list[OpenSegment]:
        segments, base = [], 0
        for segment in index.segments():
            segments.append(OpenSegment(index.storage, segment, base))
            base += segments[-1].size
        return segments

    return toc.while_commits_come(opened)


def _rank(request: SearchRequest, segment: OpenSegment, matched: IntArray, scores: Scores) -> Scores:
    """The number to sort by within a tier, highest first."""
    if request.sort == "relevance":
        return scores
    return segment.times()[matched].astype(np.float64)
