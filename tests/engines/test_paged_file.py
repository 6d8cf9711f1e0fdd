"""A file of sections comes back as it was written; whatever was altered, cut off or added is told, and never read."""

import random
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.engines.whoosh.paged_file import PAGE_SIZE, CorruptFile, PagedFileReader, PagedFileWriter

FACTS = {"texts": ["title", "正文"], "size": 3, "text_words": {"limit": 2**40, "counted": True}}
# Three pages: sections that end within a page, at its edge, behind the next; an empty one; padding behind most.
SIZES = {"first": 13, "at the edge": PAGE_SIZE - 16, "nothing": 0, "long": PAGE_SIZE + 77, "last": 5003}
CONTENT = {name: random.Random(name).randbytes(size) for name, size in SIZES.items()}


def write(path: Path, sections: dict[str, bytes]) -> Path:
    with PagedFileWriter(path) as writer:
        for name, content in sections.items():
            writer.write_section(name, content)
        writer.metadata.update(FACTS)
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write(tmp_path_factory.mktemp("sections") / "whole", CONTENT).read_bytes()


def read_all(path: Path) -> tuple[dict[str, bytes], object]:
    sections = PagedFileReader(path)
    return {name: sections.read(name).tobytes() for name in CONTENT}, sections.metadata


def test_sections_come_back(tmp_path: Path) -> None:
    path = write(tmp_path / "sections", CONTENT)
    assert read_all(path) == (CONTENT, FACTS)
    sections = PagedFileReader(path)
    assert "long" in sections
    assert "longer" not in sections
    for start, end in ((0, 0), (5, 5), (3, 900), (PAGE_SIZE - 20, PAGE_SIZE + 70), (0, SIZES["long"])):
        assert sections.read("long", start, end).tobytes() == CONTENT["long"][start:end]
    assert sections.read("long", 100).tobytes() == CONTENT["long"][100:]
    sections.check()


@given(
    st.lists(st.binary(max_size=40), max_size=9), st.integers(0, 9), st.sampled_from([1, 7, PAGE_SIZE, 3 * PAGE_SIZE])
)
def test_what_was_written_in_pieces_is_one_section(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], at: int, large: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "pieces"
    pieces.insert(at, bytes(range(256)) * (large // 256) + b"x")
    with PagedFileWriter(path) as writer:
        for size, piece in enumerate(pieces):
            assert writer.section_size == sum(map(len, pieces[:size]))
            writer.write(piece)
        writer.end_section("pieces")
        assert writer.section_size == 0
        writer.write_section("behind", b"behind")
    sections = PagedFileReader(path)
    sections.check()
    assert sections.read("pieces").tobytes() == b"".join(pieces)
    assert sections.read("behind").tobytes() == b"behind"


def test_numbers_come_back(tmp_path: Path) -> None:
    numbers = np.arange(5000, dtype=np.int64) * -(2**40)
    path = write(tmp_path / "numbers", {"odd": b"odd", "numbers": numbers.tobytes()})
    assert PagedFileReader(path).array("numbers", "<i8").tolist() == numbers.tolist()


def test_there_is_nothing_outside_a_section(tmp_path: Path) -> None:
    sections = PagedFileReader(write(tmp_path / "sections", CONTENT))
    for start, end in ((0, 14), (14, 14), (-1, 5), (6, 5)):
        with pytest.raises(CorruptFile, match="refers to data that it does not have"):
            sections.read("first", start, end)


def test_arrays_outlive_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "sections", CONTENT)
    sections = PagedFileReader(path)
    path.unlink()
    kept = sections.read("last")
    del sections
    assert kept.tobytes() == CONTENT["last"]


def test_an_unfinished_file_is_told(tmp_path: Path) -> None:
    def stop() -> None:
        with PagedFileWriter(tmp_path / "unfinished") as writer:
            for name, content in CONTENT.items():
                writer.write_section(name, content)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    with pytest.raises(CorruptFile):
        PagedFileReader(tmp_path / "unfinished")


def unheard(path: Path, contents: Iterable[tuple[object, bytes]]) -> list[object]:
    """Those of the contents that can be opened and checked as if nothing were wrong. No error but Damaged is let go;
    nor is anything read that was not written."""
    passed: list[object] = []
    for what, content in contents:
        path.write_bytes(content)
        try:
            sections = PagedFileReader(path)
        except CorruptFile:
            continue
        for name, expected in CONTENT.items():
            with suppress(CorruptFile):
                assert sections.read(name).tobytes() == expected, what
        try:
            sections.check()
        except CorruptFile:
            continue
        passed.append(what)
    return passed


def test_every_flipped_byte_is_told(whole: bytes, tmp_path: Path) -> None:
    choose = random.Random(1)
    pages = range(0, len(whole), PAGE_SIZE)
    assert len(pages) == 3
    around_edges = {at + by for at in pages for by in range(-20, 20) if at + by >= 0}
    inside = set(choose.sample(range(len(whole)), 300))
    end = whole.index(CONTENT["last"]) + SIZES["last"]
    behind = set(range(end, len(whole)))  # the last padding, checksums, table, tail
    assert end % 8

    def flipped() -> Iterable[tuple[object, bytes]]:
        for at in sorted(around_edges | inside | behind):
            by = choose.choice([1, 2, 4, 8, 16, 32, 64, 128, 255])
            yield (at, by), whole[:at] + bytes([whole[at] ^ by]) + whole[at + 1 :]

    assert unheard(tmp_path / "flipped", flipped()) == []


def test_a_flipped_byte_is_told_by_the_section_it_is_in(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "flipped"
    for name, content in CONTENT.items():
        if content:
            at = whole.index(content) + len(content) // 2
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
            with pytest.raises(CorruptFile, match="flipped was altered"):
                PagedFileReader(path).read(name)


def test_a_damaged_page_does_not_become_sound_by_reading_it_again(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "flipped"
    path.write_bytes(whole[:PAGE_SIZE] + b"\x00\xff\x00" + whole[PAGE_SIZE + 3 :])
    sections = PagedFileReader(path)
    for _ in range(3):
        with pytest.raises(CorruptFile):
            sections.read("long")


def test_every_truncation_is_told_when_the_file_is_opened(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "cut"
    last = len(whole)
    for length in {*range(60), *range(PAGE_SIZE - 3, PAGE_SIZE + 3), *range(0, last, 997), *range(last - 700, last)}:
        path.write_bytes(whole[:length])
        with pytest.raises(CorruptFile):
            PagedFileReader(path)


def test_what_was_added_is_told(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "added"
    for more in (b"\x00", b"\n", bytes(8), bytes(PAGE_SIZE), whole[-28:], whole):
        for content in (whole + more, more + whole):
            path.write_bytes(content)
            with pytest.raises(CorruptFile):
                PagedFileReader(path)


def test_two_bytes_exchanged_and_pages_exchanged_are_told(whole: bytes, tmp_path: Path) -> None:
    first, second = whole[:PAGE_SIZE], whole[PAGE_SIZE : 2 * PAGE_SIZE]
    exchanged = [("pages", second + first + whole[2 * PAGE_SIZE :]), ("twice", first + first + whole[2 * PAGE_SIZE :])]
    for at in range(0, len(whole) - 1, 487):
        if whole[at] != whole[at + 1]:
            exchanged.append((at, whole[:at] + bytes([whole[at + 1], whole[at]]) + whole[at + 2 :]))
    assert unheard(tmp_path / "exchanged", exchanged) == []


@pytest.mark.parametrize("content", [b"", b"\x00" * 28, b"\xff" * 4096, b"souwen-1" * 64, b"PK\x03\x04" * 99])
def test_files_of_others_are_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(CorruptFile, match="other is cut off"):
        PagedFileReader(path)
