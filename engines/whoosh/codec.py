"""Whoosh's codec interface over the files of a segment.

souwen's own searches read whole posting lists from the files (`segment_reader.py`). This module makes the index a
Whoosh index, so that Whoosh's query parser and searcher can use it, too.
"""

import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from typing_extensions import override

from ...messages import gettext as _
from .article_store import ArticleStoreReader, ArticleStoreWriter
from .elias_fano import IntArray
from .paged_file import CorruptFile, PagedFileReader, PagedFileWriter
from .postings_reader import FieldReader, TermEntry
from .schema import POSITIONAL_FIELDS, STORED_FIELDS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.codec import base
    from whoosh.columns import ColumnReader
    from whoosh.matching import ListMatcher
    from whoosh.reading import TermInfo, TermNotFound

ARTICLES_EXTENSION, TERMS_EXTENSION = ".articles", ".terms"
_DELETED_DTYPE = "<u4"  # of the numbers of deleted articles in the table of contents


class ArrayCodec(base.Codec):  # type: ignore[misc]
    """Makes the writers and readers of segments."""

    @override
    def new_segment(self, _: Any, indexname: str) -> "SegmentInfo":
        return SegmentInfo(indexname)

    @override
    def per_document_writer(self, storage: Any, segment: "SegmentInfo") -> ArticleStoreWriter:
        return ArticleStoreWriter(segment.path(storage, ARTICLES_EXTENSION), STORED_FIELDS)

    @override
    def field_writer(self, storage: Any, segment: "SegmentInfo") -> PagedFileWriter:
        return PagedFileWriter(segment.path(storage, TERMS_EXTENSION))

    @override
    def per_document_reader(self, storage: Any, segment: "SegmentInfo") -> "PerDocumentReader":
        return PerDocumentReader(segment, ArticleStoreReader(segment.path(storage, ARTICLES_EXTENSION)))

    @override
    def terms_reader(self, storage: Any, segment: "SegmentInfo") -> "TermsReader":
        return TermsReader(
            PagedFileReader(segment.path(storage, TERMS_EXTENSION)),
            ArticleStoreReader(segment.path(storage, ARTICLES_EXTENSION)),
        )


class SegmentInfo(base.Segment):  # type: ignore[misc]
    """A segment's entry in the table of contents: its name, its size, and its deleted articles."""

    def __init__(self, indexname: str) -> None:
        super().__init__(indexname)
        self._size = 0
        self._deleted: set[int] = set()

    def __reduce__(self) -> tuple[Any, ...]:
        deleted = np.array(sorted(self._deleted), _DELETED_DTYPE)
        return restore_segment, (self.indexname, self.segid, self._size, deleted.tobytes())

    def path(self, storage: Any, extension: str) -> Path:
        """Return the path of the segment's file with an extension."""
        name: str = self.make_filename(extension)
        return Path(storage.folder) / name

    @override
    def codec(self) -> ArrayCodec:
        return ArrayCodec()

    @override
    def should_assemble(self) -> bool:
        return False  # the files are opened one by one

    @override
    def set_doc_count(self, size: int) -> None:
        self._size = size

    @override
    def doc_count_all(self) -> int:
        return self._size

    @override
    def deleted_count(self) -> int:
        return len(self._deleted)

    @override
    def deleted_docs(self) -> Iterable[int]:
        return self._deleted

    @override
    def delete_document(self, docnum: int, delete: bool = True) -> None:
        (self._deleted.add if delete else self._deleted.discard)(docnum)

    @override
    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted


def restore_segment(indexname: str, segid: str, size: int, deleted: bytes) -> SegmentInfo:
    """Return a segment from its pickled values. Every table of contents names this function.

    Raises:
        CorruptFile: The values are not those of a segment.
    """
    deleted_articles = np.frombuffer(deleted, _DELETED_DTYPE)
    if not (
        re.fullmatch("[A-Z]+", indexname)
        and re.fullmatch("[0-9a-z]+", segid)
        and type(size) is int
        and size >= 0
        and (deleted_articles < size).all()
    ):
        raise CorruptFile(_("the table of contents lists an invalid segment"))
    segment = SegmentInfo(indexname)
    segment.segid = segid
    segment._size = size
    segment._deleted = set(deleted_articles.tolist())
    return segment


class PerDocumentReader(base.PerDocumentReader):  # type: ignore[misc]
    """Whoosh's view of the stored texts, lengths and columns of a segment."""

    def __init__(self, segment: SegmentInfo, store: ArticleStoreReader) -> None:
        self.store = store
        self._segment = segment
        self.doc_count = segment.doc_count
        self.doc_count_all = segment.doc_count_all
        self.has_deletions = segment.has_deletions
        self.is_deleted = segment.is_deleted
        self.deleted_docs = segment.deleted_docs
        self.stored_fields = store.stored_texts

    @override
    def supports_columns(self) -> bool:
        return True

    @override
    def has_column(self, fieldname: str) -> bool:
        return fieldname in self.store.columns

    @override
    def column_reader(self, fieldname: str, _: Any) -> ColumnReader:
        return _ColumnReader(self.store.column(fieldname))

    @override
    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return int(self.store.column(fieldname)[docnum]) or default

    @override
    def field_length(self, fieldname: str) -> int:
        return int(self.store.column(fieldname).sum())

    @override
    def min_field_length(self, fieldname: str) -> int:
        return int(self.store.column(fieldname).min(initial=0))

    @override
    def max_field_length(self, fieldname: str) -> int:
        return int(self.store.column(fieldname).max(initial=0))


class _ColumnReader(ColumnReader):  # type: ignore[misc]
    def __init__(self, values: IntArray) -> None:
        self._values = values
        self._doccount = len(values)
        self._sign = 1

    def __getitem__(self, docnum: int) -> int:
        return int(self._values[docnum])

    @override
    def sort_key(self, docnum: int) -> int:
        return self._sign * self[docnum]

    @override
    def set_reverse(self) -> None:
        self._sign = -1


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """Whoosh's view of the terms and posting lists of a segment."""

    def __init__(self, file: PagedFileReader, store: ArticleStoreReader) -> None:
        self._fields = {name: FieldReader(file, name) for name in sorted(file.metadata)}
        self._store = store

    def field(self, name: str) -> FieldReader:
        """Return souwen's reader of a field."""
        return self._fields[name]

    @override
    def indexed_field_names(self) -> Iterable[str]:
        return self._fields.keys()

    def _find(self, fieldname: str, text: bytes) -> TermEntry | None:
        return self._fields[fieldname].find(text) if fieldname in self._fields else None

    def _term_postings(self, fieldname: str, text: bytes) -> tuple[IntArray, IntArray, IntArray | None]:
        """Return the postings of a term. Raises TermNotFound."""
        entry = self._find(fieldname, text)
        if entry is None:
            raise TermNotFound(f"{fieldname}:{text!r}")
        return self._entry_postings(fieldname, entry)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._find(*term) is not None

    @override
    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        for name, field in self._fields.items():
            if name >= fieldname:
                for text, entry in field.entries(prefix if name == fieldname else b""):
                    yield (name, text), self._info(name, *self._entry_postings(name, entry)[:2])

    @override
    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return self.items_from("", b"")

    @override
    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        for name, field in self._fields.items():
            if name >= fieldname:
                for text, _ in field.entries(prefix if name == fieldname else b""):
                    yield name, text

    @override
    def terms(self) -> Iterator[tuple[str, bytes]]:
        return self.terms_from("", b"")

    @override
    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        return self._info(fieldname, *self._term_postings(fieldname, text)[:2])

    def _info(self, fieldname: str, articles: IntArray, counts: IntArray) -> TermInfo:
        lengths = self._store.column(fieldname)
        return TermInfo(
            weight=int(counts.sum()),
            df=len(articles),
            minlength=int(lengths.min(initial=0)),
            maxlength=int(lengths.max(initial=0)),
            maxweight=int(counts.max(initial=0)),
            minid=int(articles[0]),
            maxid=int(articles[-1]),
        )

    @override
    def frequency(self, fieldname: str, text: bytes) -> int:
        entry = self._find(fieldname, text)
        return entry.total if entry else 0

    @override
    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        entry = self._find(fieldname, text)
        return len(self._entry_postings(fieldname, entry)[0]) if entry else 0

    def _entry_postings(self, fieldname: str, entry: TermEntry) -> tuple[IntArray, IntArray, IntArray | None]:
        """Return articles, counts and, in positional fields, the consecutive positions within the articles."""
        values = entry.values()
        if fieldname not in POSITIONAL_FIELDS:
            return values, entry.counts(), None
        starts = text_starts(self._store.column(fieldname))
        owners = articles_at(values, starts)
        articles, counts = np.unique(owners, return_counts=True)
        return articles, counts, values - starts[owners]

    @override
    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        articles, counts, positions = self._term_postings(fieldname, text)
        values = None
        if positions is not None:
            values = [format_.encode(part.tolist()) for part in np.split(positions, np.cumsum(counts)[:-1])]
        return ListMatcher(
            articles.tolist(),
            counts.astype(float).tolist(),
            values,
            format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self._info(fieldname, articles, counts),
        )


def text_starts(lengths: IntArray) -> IntArray:
    """Return the position at which each article's text starts, where all texts are consecutive."""
    return np.cumsum(lengths) - lengths


def articles_at(positions: IntArray, starts: IntArray) -> IntArray:
    """Return the article that each position belongs to."""
    return np.searchsorted(starts, positions, "right") - 1
