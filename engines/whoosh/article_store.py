"""The per-article data of a segment other than terms: stored texts, stream lengths, and numeric columns."""

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..records import unpack_texts
from .elias_fano import IntArray
from .paged_file import CorruptFile, PagedFileReader, PagedFileWriter


class ArticleStoreWriter:
    """Writes the articles of a segment one by one. `names` are those of the stored texts."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self._file = PagedFileWriter(path)
        self._names = list(names)
        self._record_ends = array("Q")
        self._columns: dict[str, array[int]] = defaultdict(lambda: array("q"))

    @property
    def is_closed(self) -> bool:
        """True once the file is closed, complete or not."""
        return self._file.is_closed

    def add(self, record: bytes, numbers: Mapping[str, int]) -> None:
        """Add an article: its texts, from `pack_texts`, and its numbers, whose names are the same for all articles."""
        self._file.write(record)
        self._record_ends.append(self._file.section_size)
        for name, value in numbers.items():
            self._columns[name].append(value)

    def append(self, store: "ArticleStoreReader", articles: IntArray) -> None:
        """Append articles of another segment, which stores the same texts."""
        for article in articles.tolist():
            self._file.write(store.record(article))
            self._record_ends.append(self._file.section_size)
        for name in store.columns:
            self._columns[name].frombytes(store.column(name)[articles].tobytes())

    def abort(self) -> None:
        """Close the file as it is, incomplete."""
        self._file.abort()

    def close(self) -> None:
        """Complete the file."""
        self._file.end_section("stored")
        self._file.write_section("ends", self._record_ends.tobytes())
        for name, values in self._columns.items():
            self._file.write_section(f"column.{name}", values.tobytes())
        self._file.metadata.update(texts=self._names, columns=list(self._columns), size=len(self._record_ends))
        self._file.close()


class ArticleStoreReader:
    """Reads the articles of a segment, by number."""

    def __init__(self, path: Path) -> None:
        self._file = PagedFileReader(path)
        metadata = self._file.metadata
        self._names: list[str] = metadata["texts"]
        self.columns: list[str] = metadata["columns"]
        self.size: int = metadata["size"]

    def check(self) -> None:
        """Read everything.

        Raises:
            CorruptFile: Something is not as it was written.
        """
        self._file.check()

    def record(self, article: int) -> bytes:
        """Return the stored record of an article."""
        start = int(self._record_ends[article - 1]) if article else 0
        return self._file.read("stored", start, int(self._record_ends[article])).tobytes()

    @cached_property
    def _record_ends(self) -> NDArray[np.uint64]:
        ends: NDArray[np.uint64] = self._file.array("ends", "<u8")
        return ends

    def stored_texts(self, article: int) -> dict[str, str]:
        """Return the stored texts of an article by name."""
        try:
            return unpack_texts(self.record(article), self._names)
        except ValueError as error:
            raise CorruptFile(str(error)) from error

    def column(self, name: str) -> IntArray:
        """Return a length or number of every article; all 0 if the segment has no such column."""
        if name not in self.columns:
            return np.zeros(self.size, np.int64)
        return self._file.array(f"column.{name}", "<i8")
