"""Segments as Whoosh knows them: its codec interface over the files of a segment.

souwen's own searches read the files directly, whole lists at a time (`segment.py`); this is what makes the index a
Whoosh index, which Whoosh's query parser and searcher can answer from too.
"""

import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ...messages import gettext as _
from .article_store import ArticleReader, ArticleWriter
from .elias_fano import Numbers
from .paged_file import Damaged, Sections, SectionWriter
from .postings_reader import Entry, Field
from .schema import PLACED, STORED

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.codec import base
    from whoosh.columns import ColumnReader
    from whoosh.matching import ListMatcher
    from whoosh.reading import TermInfo, TermNotFound

ARTICLES, TERMS = ".articles", ".terms"  # file extensions
_DELETED = "<u4"  # the number of a deleted article in the table of contents


class Codec(base.Codec):  # type: ignore[misc]
    """Makes the writers and readers of segments."""

    def new_segment(self, _: Any, indexname: str) -> "Segment":
        return Segment(indexname)

    def per_document_writer(self, storage: Any, segment: "Segment") -> ArticleWriter:
        return ArticleWriter(segment.path(storage, ARTICLES), STORED)

    def field_writer(self, storage: Any, segment: "Segment") -> SectionWriter:
        return SectionWriter(segment.path(storage, TERMS))

    def per_document_reader(self, storage: Any, segment: "Segment") -> "Articles":
        return Articles(segment, ArticleReader(segment.path(storage, ARTICLES)))

    def terms_reader(self, storage: Any, segment: "Segment") -> "Terms":
        return Terms(Sections(segment.path(storage, TERMS)), ArticleReader(segment.path(storage, ARTICLES)))


class Segment(base.Segment):  # type: ignore[misc]
    """What the table of contents tells of a segment."""

    def __init__(self, indexname: str) -> None:
        super().__init__(indexname)
        self._size = 0
        self._deleted: set[int] = set()

    def __reduce__(self) -> tuple[Any, ...]:
        deleted = np.array(sorted(self._deleted), _DELETED)
        return restored, (self.indexname, self.segid, self._size, deleted.tobytes())

    def path(self, storage: Any, extension: str) -> Path:
        name: str = self.make_filename(extension)
        return Path(storage.folder) / name

    def codec(self) -> Codec:
        return Codec()

    def should_assemble(self) -> bool:
        return False  # the files are mapped one by one

    def set_doc_count(self, size: int) -> None:
        self._size = size

    def doc_count_all(self) -> int:
        return self._size

    def deleted_count(self) -> int:
        return len(self._deleted)

    def deleted_docs(self) -> Iterable[int]:
        return self._deleted

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        (self._deleted.add if delete else self._deleted.discard)(docnum)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted


def restored(indexname: str, segid: str, size: int, deleted: bytes) -> Segment:
    """A segment as it was pickled. Raises Damaged if it is none."""
    numbers = np.frombuffer(deleted, _DELETED)
    if not (
        re.fullmatch("[A-Z]+", indexname)
        and re.fullmatch("[0-9a-z]+", segid)
        and type(size) is int
        and size >= 0
        and (numbers < size).all()
    ):
        raise Damaged(_("the table of contents lists what is no segment"))
    segment = Segment(indexname)
    segment.segid = segid
    segment._size = size
    segment._deleted = set(numbers.tolist())
    return segment


class Articles(base.PerDocumentReader):  # type: ignore[misc]
    """Stored values, lengths and columns."""

    def __init__(self, segment: Segment, articles: ArticleReader) -> None:
        self.articles = articles
        self._segment = segment
        self.doc_count = segment.doc_count
        self.doc_count_all = segment.doc_count_all
        self.has_deletions = segment.has_deletions
        self.is_deleted = segment.is_deleted
        self.deleted_docs = segment.deleted_docs
        self.stored_fields = articles.stored

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        return fieldname in self.articles.columns

    def column_reader(self, fieldname: str, _: Any) -> ColumnReader:
        return _Column(self.articles.column(fieldname))

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return int(self.articles.column(fieldname)[docnum]) or default

    def field_length(self, fieldname: str) -> int:
        return int(self.articles.column(fieldname).sum())

    def min_field_length(self, fieldname: str) -> int:
        return int(self.articles.column(fieldname).min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        return int(self.articles.column(fieldname).max(initial=0))


class _Column(ColumnReader):  # type: ignore[misc]
    def __init__(self, values: Numbers) -> None:
        self._values = values
        self._doccount = len(values)
        self._sign = 1

    def __getitem__(self, docnum: int) -> int:
        return int(self._values[docnum])

    def sort_key(self, docnum: int) -> int:
        return self._sign * self[docnum]

    def set_reverse(self) -> None:
        self._sign = -1


class Terms(base.TermsReader):  # type: ignore[misc]
    """Terms and their posting lists."""

    def __init__(self, sections: Sections, articles: ArticleReader) -> None:
        self._fields = {name: Field(sections, name) for name in sorted(sections.facts)}
        self._articles = articles

    def field(self, name: str) -> Field:
        return self._fields[name]

    def indexed_field_names(self) -> Iterable[str]:
        return self._fields.keys()

    def _find(self, fieldname: str, text: bytes) -> Entry | None:
        return self._fields[fieldname].find(text) if fieldname in self._fields else None

    def _postings_of(self, fieldname: str, text: bytes) -> tuple[Numbers, Numbers, Numbers | None]:
        """Raises TermNotFound."""
        entry = self._find(fieldname, text)
        if entry is None:
            raise TermNotFound(f"{fieldname}:{text!r}")
        return self._postings(fieldname, entry)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._find(*term) is not None

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        for name, field in self._fields.items():
            if name >= fieldname:
                for text, entry in field.entries(prefix if name == fieldname else b""):
                    yield (name, text), self._info(name, *self._postings(name, entry)[:2])

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return self.items_from("", b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        for name, field in self._fields.items():
            if name >= fieldname:
                for text, _ in field.entries(prefix if name == fieldname else b""):
                    yield name, text

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return self.terms_from("", b"")

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        return self._info(fieldname, *self._postings_of(fieldname, text)[:2])

    def _info(self, fieldname: str, articles: Numbers, counts: Numbers) -> TermInfo:
        lengths = self._articles.column(fieldname)
        return TermInfo(
            weight=int(counts.sum()),
            df=len(articles),
            minlength=int(lengths.min(initial=0)),
            maxlength=int(lengths.max(initial=0)),
            maxweight=int(counts.max(initial=0)),
            minid=int(articles[0]),
            maxid=int(articles[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> int:
        entry = self._find(fieldname, text)
        return entry.total if entry else 0

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        entry = self._find(fieldname, text)
        return len(self._postings(fieldname, entry)[0]) if entry else 0

    def _postings(self, fieldname: str, entry: Entry) -> tuple[Numbers, Numbers, Numbers | None]:
        """Articles, counts, and in fields of pairs the places within the articles, one after another."""
        values = entry.values()
        if fieldname not in PLACED:
            return values, entry.counts(), None
        starts = starts_of(self._articles.column(fieldname))
        owners = owners_of(values, starts)
        articles, counts = np.unique(owners, return_counts=True)
        return articles, counts, values - starts[owners]

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        articles, counts, places = self._postings_of(fieldname, text)
        values = None
        if places is not None:
            values = [format_.encode(part.tolist()) for part in np.split(places, np.cumsum(counts)[:-1])]
        return ListMatcher(
            articles.tolist(),
            counts.astype(float).tolist(),
            values,
            format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self._info(fieldname, articles, counts),
        )


def starts_of(lengths: Numbers) -> Numbers:
    """The place at which each article's text begins where all are written one after another."""
    return np.cumsum(lengths) - lengths


def owners_of(places: Numbers, starts: Numbers) -> Numbers:
    """The article that each place is in."""
    return np.searchsorted(starts, places, "right") - 1
