"""What a segment keeps of each article besides its terms: stored texts, lengths of its streams, and numbers."""

import struct
import zlib
from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from .monotone import Numbers
from .sections import Damaged, Sections, SectionWriter

# Of all encodings of Unicode this one takes least for Chinese, before compression and after it.
_ENCODING = "gb18030"
_LEVEL = 6
_MOST = 64 << 20  # bytes of a record; a million characters, the most an article has, take 4, its entities 3


def packed(texts: Sequence[str]) -> bytes:
    """The stored texts of an article as one record."""
    # What can't be encoded, halves of surrogate pairs, nobody could read.
    content = "".join(texts).encode(_ENCODING, "replace")
    return zlib.compress(struct.pack(f"<{len(texts)}I", *map(len, texts)) + content, _LEVEL)


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
        self._head = struct.Struct(f"<{len(self._texts)}I")
        self.columns: list[str] = facts["columns"]
        self.size: int = facts["size"]

    def check(self) -> None:
        """Reads everything. Raises Damaged."""
        self._sections.check()

    def record(self, number: int) -> bytes:
        """The texts of an article as they are stored."""
        ends = self._sections.array("ends", "<u8")
        start = int(ends[number - 1]) if number else 0
        return self._sections.read("stored", start, int(ends[number])).tobytes()

    def stored(self, number: int) -> dict[str, str]:
        """The texts of an article by their names."""
        unpacker = zlib.decompressobj()
        try:
            record = unpacker.decompress(self.record(number), _MOST)
        except zlib.error as error:
            raise Damaged("a stored article can't be unpacked") from error
        if not unpacker.eof or len(record) < self._head.size:
            raise Damaged("a stored article is cut off, or larger than any is")
        lengths = self._head.unpack_from(record)
        text = record[self._head.size :].decode(_ENCODING)
        if sum(lengths) != len(text):
            raise Damaged("a stored article has not the length it should have")
        values, at = {}, 0
        for name, length in zip(self._texts, lengths, strict=True):
            values[name] = text[at : at + length]
            at += length
        return values

    def column(self, name: str) -> Numbers:
        """A length or number of every article; all 0 if none has it."""
        if name not in self.columns:
            return np.zeros(self.size, np.int64)
        return self._sections.array(f"column.{name}", "<i8")
