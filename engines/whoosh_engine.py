"""The Whoosh engine: an index is a folder, and nothing but Python is needed to read it.

Whoosh keeps the segments, the locks and the table of contents; posting lists are read whole, as arrays, and evaluated
by `evaluate`.
"""

import json
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from typing_extensions import Self

from ..analysis import AnalysedArticle, Article, Entity, Terms
from .base import Statistics, StoredArticle
from .clauses import Candidate, Clause, Found, IndexedField, KeywordField, Request, Stream, Weighted
from .errors import IndexDamaged, IndexUnreadable, writing
from .evaluate import UNDATED, Numbers, Scores, day_number, inverse_document_frequency, matches, score
from .keywords import keywords
from .whoosh_segment import WhooshSegment, numbers_of, reading

with warnings.catch_warnings():  # Whoosh's old sources make newer Pythons warn when they compile them
    warnings.simplefilter("ignore")
    from whoosh import fields, index
    from whoosh.index import clean_files

MEMORY_LIMIT = 256  # MB of postings that Whoosh sorts in memory before it writes a run to disk


def _schema() -> Any:
    streams = {
        f"{field}_{stream}": fields.TEXT(phrase=True) if stream == "pairs" else fields.KEYWORD(scorable=True)
        for field in ("text", "title")
        for stream in ("words", "pairs", "singles")
    }
    stored_keywords = {name: fields.KEYWORD(stored=True) for name in ("id", "url", "source", "section", "author")}
    stored = {name: fields.STORED() for name in ("title", "body", "published", "lead", "path", "entities", "digest")}
    numbers = {name: fields.NUMERIC(int, bits=64, sortable=True) for name in ("day", "time")}
    return fields.Schema(**streams, **stored_keywords, entity=fields.KEYWORD(), **stored, **numbers)


class WhooshEngine:
    """See `base.Engine`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self) -> None:
        index.create_in(str(self._folder), _schema())

    def reader(self) -> "WhooshReader":
        return WhooshReader(self._folder, self._open())

    def writer(self) -> "WhooshWriter":
        return WhooshWriter(self._folder, self._open())

    def _open(self) -> Any:
        with reading(self._folder):
            return index.open_dir(str(self._folder))


class WhooshWriter:
    """See `base.Writer`."""

    def __init__(self, folder: Path, opened: Any) -> None:
        self._folder = folder
        with reading(folder):
            self._committed = opened.reader()
        with writing(folder.parent):
            self._writer = opened.writer(limitmb=MEMORY_LIMIT)

    def put(self, analysed: AnalysedArticle, digest: str) -> None:
        article = analysed.article
        self.delete(article.id)
        values: dict[str, Any] = dict(keywords(analysed))
        for name in ("id", "url", "source", "section", "author"):
            values[f"_stored_{name}"] = getattr(article, name)
        for field, terms in (("text", analysed.text), ("title", analysed.title)):
            values.update(_streams(field, terms))
        published = article.published
        with writing(self._folder.parent):
            self._writer.add_document(
                **values,
                title=article.title,
                body=article.body,
                published=published.isoformat() if published else "",
                lead=article.lead,
                path=article.path,
                entities=json.dumps(analysed.entities, ensure_ascii=False),
                digest=digest,
                day=day_number(published.date()) if published else 0,
                time=int(published.timestamp()) if published else UNDATED,
            )

    def delete(self, article_id: str) -> None:
        with reading(self._folder):
            for number in numbers_of(self._committed, "id", article_id):
                self._writer.delete_document(number)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._committed.close()
        if error is None:
            with reading(self._folder), writing(self._folder.parent):  # a commit may merge, that is read, old segments
                self._writer.commit()
        else:
            self._cancel()

    def _cancel(self) -> None:
        """Gives the transaction up and removes what it left on disk, so far as the disk lets it."""
        with suppress(OSError):
            self._writer.cancel()
        with suppress(IndexDamaged, IndexUnreadable):
            with reading(self._folder):
                opened = index.open_dir(str(self._folder))
            clean_files(opened.storage, opened.indexname, opened.latest_generation(), opened._segments())


def _streams(field: str, terms: Terms) -> dict[str, list[str]]:
    return {f"{field}_words": terms.words, f"{field}_pairs": terms.pairs, f"{field}_singles": terms.singles}


class WhooshReader:
    """See `base.Reader`."""

    def __init__(self, folder: Path, opened: Any) -> None:
        self._folder = folder
        with reading(folder):
            self._reader = opened.reader()
            self._segments = [WhooshSegment(folder, leaf, base) for leaf, base in self._reader.leaf_readers()]
            size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
            self._statistics = Statistics(int(self._reader.doc_count()), size)
        self._size = sum(segment.size for segment in self._segments)

    def search(self, request: Request) -> Found:
        weights = tuple(term for term in request.weights if self.rarity(term))
        keys, tiers, ranks, scores = [], [], [], []
        for segment in self._segments:
            matched = np.flatnonzero(matches(segment, request.match))
            if not len(matched):
                continue
            tier = np.full(len(matched), len(request.tiers))
            for place in reversed(range(len(request.tiers))):
                tier[matches(segment, request.tiers[place])[matched]] = place
            score_here: Scores = self._score(segment, weights)[matched]
            keys.append(matched + segment.base)
            tiers.append(tier)
            scores.append(score_here)
            ranks.append(_rank(request, segment, matched, score_here))
        if not keys:
            return Found(0, (0,) * len(request.tiers), ())
        all_keys, all_tiers, all_scores = np.concatenate(keys), np.concatenate(tiers), np.concatenate(scores)
        order = np.lexsort((all_keys, -np.concatenate(ranks), all_tiers))[: request.limit]
        totals = np.bincount(all_tiers, minlength=len(request.tiers) + 1)[: len(request.tiers)]
        return Found(
            len(all_keys),
            tuple(map(int, totals)),
            tuple(Candidate(int(all_keys[i]), float(all_scores[i]), int(all_tiers[i])) for i in order),
        )

    def count(self, clause: Clause) -> int:
        return sum(int(np.count_nonzero(matches(segment, clause))) for segment in self._segments)

    def _score(self, segment: WhooshSegment, weights: Sequence[Weighted]) -> Scores:
        rarity = {term: self.rarity(term) for term in weights}
        average = {(term.field, term.stream): self._average_length(term.field, term.stream) for term in weights}
        return score(segment, weights, rarity, average)

    def _average_length(self, field: IndexedField, stream: Stream) -> float:
        return sum(segment.total_length(field, stream) for segment in self._segments) / max(self._size, 1)

    def rarity(self, term: Weighted) -> float:
        frequency = sum(segment.frequency(term) for segment in self._segments)
        return inverse_document_frequency(self._size, frequency) if frequency else 0.0

    def explain(self, key: int, terms: Sequence[Weighted]) -> list[float]:
        segment = next(part for part in reversed(self._segments) if part.base <= key)
        return [float(self._score(segment, [term])[key - segment.base]) for term in terms]

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        with reading(self._folder):
            for word, info in self._reader.iter_field("text_words"):
                yield word.decode("utf-8"), info.doc_frequency()

    def values(self, field: KeywordField) -> Iterator[str]:
        with reading(self._folder):
            for value in self._reader.lexicon(field):
                yield value.decode("utf-8")

    def fetch(self, keys: Sequence[int]) -> list[StoredArticle]:
        with reading(self._folder):
            return [_stored(self._reader.stored_fields(key)) for key in keys]

    def find(self, article_id: str) -> StoredArticle | None:
        with reading(self._folder):
            numbers = numbers_of(self._reader, "id", article_id)
        return self.fetch(numbers[:1])[0] if numbers else None

    def statistics(self) -> Statistics:
        return self._statistics

    def close(self) -> None:
        self._reader.close()


def _rank(request: Request, segment: WhooshSegment, matched: Numbers, scores: Scores) -> Scores:
    """The number to sort by within a tier, highest first."""
    if request.sort == "relevance":
        return scores
    return segment.times()[matched].astype(np.float64)


def _stored(values: dict[str, Any]) -> StoredArticle:
    published = values.pop("published")
    mentions = tuple(Entity(*mention) for mention in json.loads(values.pop("entities")))
    digest = values.pop("digest")
    article = Article(**values, published=datetime.fromisoformat(published) if published else None)
    return StoredArticle(article, mentions, digest)
