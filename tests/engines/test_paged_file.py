"""Paged files round-trip. Altered, truncated or extended files are detected, and their data is never returned."""

import random
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.engines.whoosh.paged_file import PAGE_SIZE, CorruptFile, PagedFileReader, PagedFileWriter

METADATA = {"texts": ["title", "正文"], "size": 3, "text_words": {"limit": 2**40, "counted": True}}
# Three pages: sections that end within a page, at its edge, after the next; an empty one; padding after most.
SIZES = {"first": 13, "at the edge": PAGE_SIZE - 16, "nothing": 0, "long": PAGE_SIZE + 77, "last": 5003}
CONTENT = {name: random.Random(name).randbytes(size) for name, size in SIZES.items()}


def write(path: Path, reader: dict[str, bytes]) -> Path:
    with PagedFileWriter(path) as writer:
        for name, content in reader.items():
            writer.write_section(name, content)
        writer.metadata.update(METADATA)
    return path


@pytest.fixture(scope="module")
def file_content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write(tmp_path_factory.mktemp("sections") / "whole", CONTENT).read_bytes()


def read_all(path: Path) -> tuple[dict[str, bytes], object]:
    reader = PagedFileReader(path)
    return {name: reader.read(name).tobytes() for name in CONTENT}, reader.metadata


def test_sections_round_trip(tmp_path: Path) -> None:
    path = write(tmp_path / "sections", CONTENT)
    assert read_all(path) == (CONTENT, METADATA)
    reader = PagedFileReader(path)
    assert "long" in reader
    assert "longer" not in reader
    for start, end in ((0, 0), (5, 5), (3, 900), (PAGE_SIZE - 20, PAGE_SIZE + 70), (0, SIZES["long"])):
        assert reader.read("long", start, end).tobytes() == CONTENT["long"][start:end]
    assert reader.read("long", 100).tobytes() == CONTENT["long"][100:]
    reader.check()


@given(
    st.lists(st.binary(max_size=40), max_size=9), st.integers(0, 9), st.sampled_from([1, 7, PAGE_SIZE, 3 * PAGE_SIZE])
)
def test_section_written_in_pieces(
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
    reader = PagedFileReader(path)
    reader.check()
    assert reader.read("pieces").tobytes() == b"".join(pieces)
    assert reader.read("behind").tobytes() == b"behind"


def test_numbers_round_trip(tmp_path: Path) -> None:
    numbers = np.arange(5000, dtype=np.int64) * -(2**40)
    path = write(tmp_path / "numbers", {"odd": b"odd", "numbers": numbers.tobytes()})
    assert PagedFileReader(path).array("numbers", "<i8").tolist() == numbers.tolist()


def test_reading_beyond_a_section_is_refused(tmp_path: Path) -> None:
    reader = PagedFileReader(write(tmp_path / "sections", CONTENT))
    for start, end in ((0, 14), (14, 14), (-1, 5), (6, 5)):
        with pytest.raises(CorruptFile, match="refers to data that it does not have"):
            reader.read("first", start, end)


def test_arrays_outlive_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "sections", CONTENT)
    reader = PagedFileReader(path)
    path.unlink()
    kept = reader.read("last")
    del reader
    assert kept.tobytes() == CONTENT["last"]


def test_incomplete_file_is_refused(tmp_path: Path) -> None:
    def stop() -> None:
        with PagedFileWriter(tmp_path / "unfinished") as writer:
            for name, content in CONTENT.items():
                writer.write_section(name, content)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    with pytest.raises(CorruptFile):
        PagedFileReader(tmp_path / "unfinished")


def undetected(path: Path, contents: Iterable[tuple[object, bytes]]) -> list[object]:
    """Return the labels of the contents that can be opened and checked without CorruptFile.

    Asserts that no read returns data that was not written.
    """
    passed: list[object] = []
    for label, content in contents:
        path.write_bytes(content)
        try:
            reader = PagedFileReader(path)
        except CorruptFile:
            continue
        for name, expected in CONTENT.items():
            with suppress(CorruptFile):
                assert reader.read(name).tobytes() == expected, label
        try:
            reader.check()
        except CorruptFile:
            continue
        passed.append(label)
    return passed


def test_flipped_bytes_are_detected(file_content: bytes, tmp_path: Path) -> None:
    choose = random.Random(1)
    pages = range(0, len(file_content), PAGE_SIZE)
    assert len(pages) == 3
    around_edges = {at + by for at in pages for by in range(-20, 20) if at + by >= 0}
    inside = set(choose.sample(range(len(file_content)), 300))
    end = file_content.index(CONTENT["last"]) + SIZES["last"]
    tail = set(range(end, len(file_content)))  # the last padding, checksums, table, footer
    assert end % 8

    def flipped() -> Iterable[tuple[object, bytes]]:
        for at in sorted(around_edges | inside | tail):
            by = choose.choice([1, 2, 4, 8, 16, 32, 64, 128, 255])
            yield (at, by), file_content[:at] + bytes([file_content[at] ^ by]) + file_content[at + 1 :]

    assert undetected(tmp_path / "flipped", flipped()) == []


def test_flipped_byte_is_detected_when_its_section_is_read(file_content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "flipped"
    for name, content in CONTENT.items():
        if content:
            at = file_content.index(content) + len(content) // 2
            path.write_bytes(file_content[:at] + bytes([file_content[at] ^ 4]) + file_content[at + 1 :])
            with pytest.raises(CorruptFile, match="flipped was altered"):
                PagedFileReader(path).read(name)


def test_corrupt_page_stays_corrupt_when_it_is_read_again(file_content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "flipped"
    path.write_bytes(file_content[:PAGE_SIZE] + b"\x00\xff\x00" + file_content[PAGE_SIZE + 3 :])
    reader = PagedFileReader(path)
    for _ in range(3):
        with pytest.raises(CorruptFile):
            reader.read("long")


def test_truncation_is_detected_when_the_file_is_opened(file_content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "cut"
    last = len(file_content)
    for length in {*range(60), *range(PAGE_SIZE - 3, PAGE_SIZE + 3), *range(0, last, 997), *range(last - 700, last)}:
        path.write_bytes(file_content[:length])
        with pytest.raises(CorruptFile):
            PagedFileReader(path)


def test_added_bytes_are_detected(file_content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "added"
    for appended in (b"\x00", b"\n", bytes(8), bytes(PAGE_SIZE), file_content[-28:], file_content):
        for content in (file_content + appended, appended + file_content):
            path.write_bytes(content)
            with pytest.raises(CorruptFile):
                PagedFileReader(path)


def test_swapped_bytes_and_pages_are_detected(file_content: bytes, tmp_path: Path) -> None:
    first, second = file_content[:PAGE_SIZE], file_content[PAGE_SIZE : 2 * PAGE_SIZE]
    exchanged = [
        ("pages", second + first + file_content[2 * PAGE_SIZE :]),
        ("twice", first + first + file_content[2 * PAGE_SIZE :]),
    ]
    for at in range(0, len(file_content) - 1, 487):
        if file_content[at] != file_content[at + 1]:
            exchanged.append(
                (at, file_content[:at] + bytes([file_content[at + 1], file_content[at]]) + file_content[at + 2 :])
            )
    assert undetected(tmp_path / "exchanged", exchanged) == []


@pytest.mark.parametrize("content", [b"", b"\x00" * 28, b"\xff" * 4096, b"souwen-1" * 64, b"PK\x03\x04" * 99])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(CorruptFile, match="other is cut off"):
        PagedFileReader(path)
