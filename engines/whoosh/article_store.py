"""What a segment keeps of each article besides its terms: stored texts, lengths of its streams, and numbers."""

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..records import unpack_texts
from .elias_fano import Numbers
from .paged_file import Damaged, Sections, SectionWriter


class ArticleWriter:
    """Writes the articles of a segment as they come. `texts` are the names of what is stored."""

    def __init__(self, path: Path, texts: Sequence[str]) -> None:
        self._sections = SectionWriter(path)
        self._texts = list(texts)
        self._ends = array("Q")
        self._columns: dict[str, array[int]] = defaultdict(lambda: array("q"))

    @property
    def is_closed(self) -> bool:
        return self._sections.is_closed

    def add(self, record: bytes, numbers: Mapping[str, int]) -> None:
        """An article: its texts, `packed`, and its lengths and numbers, of which every article has the same."""
        self._sections.write(record)
        self._ends.append(self._sections.size)
        for name, value in numbers.items():
            self._columns[name].append(value)

    def append(self, other: "ArticleReader", kept: Numbers) -> None:
        """The articles `kept` of another segment, with the same texts."""
        for number in kept.tolist():
            self._sections.write(other.record(number))
            self._ends.append(self._sections.size)
        for name in other.columns:
            self._columns[name].frombytes(other.column(name)[kept].tobytes())

    def abandon(self) -> None:
        """Closes the file as it is, unfinished."""
        self._sections.abandon()

    def close(self) -> None:
        self._sections.end("stored")
        self._sections.add("ends", self._ends.tobytes())
        for name, values in self._columns.items():
            self._sections.add(f"column.{name}", values.tobytes())
        self._sections.facts.update(texts=self._texts, columns=list(self._columns), size=len(self._ends))
        self._sections.close()


class ArticleReader:
    """Reads them."""

    def __init__(self, path: Path) -> None:
        self._sections = Sections(path)
        facts = self._sections.facts
        self._texts: list[str] = facts["texts"]
        self.columns: list[str] = facts["columns"]
        self.size: int = facts["size"]

    def check(self) -> None:
        """Reads everything. Raises Damaged."""
        self._sections.check()

    def record(self, number: int) -> bytes:
        """The texts of an article as they are stored."""
        start = int(self._ends[number - 1]) if number else 0
        return self._sections.read("stored", start, int(self._ends[number])).tobytes()

    @cached_property
    def _ends(self) -> NDArray[np.uint64]:
        ends: NDArray[np.uint64] = self._sections.array("ends", "<u8")
        return ends

    def stored(self, number: int) -> dict[str, str]:
        """The texts of an article by their names."""
        try:
            return unpack_texts(self.record(number), self._texts)
        except ValueError as error:
            raise Damaged(str(error)) from error

    def column(self, name: str) -> Numbers:
        """A length or number of every article; all 0 if none has it."""
        if name not in self.columns:
            return np.zeros(self.size, np.int64)
        return self._sections.array(f"column.{name}", "<i8")
