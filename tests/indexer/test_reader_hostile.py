"""Untrusted input: readers return articles or errors for any bytes, in linear time."""

import logging
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from souwen.analysis import Article, strip_invisible
from souwen.indexer import ReadError
from souwen.indexer.files.read_units import read_units
from souwen.indexer.readers import read
from souwen.indexer.readers.decoding import ReplacedCharacters

from ..conftest import tries
from .mutations import SAMPLES, mutated
from .test_reader_epub import book
from .test_reader_html import page

STARTS = {
    "nothing": b"",
    "seed": b"<!--1695978901000-->\n[a](https://x.y/1)\n------\n",
    "seed head": b"<!--1-->\n[",
    "page": b"<!DOCTYPE html><html><body><p>",
    "page with linked data": b'<html><script type="application/ld+json">{"headline": ',
    "page with metadata": page().encode()[:120] + b'<meta property="og:title" content="',
    "front matter": b"---\ntitle: a\nauthor: ",
    "closed front matter": b"---\ntitle: a\n---\n# b\n",
    "heading": b"# ",
    "object": b'{"title": "',
    "list": b'[{"title": 1, "date": "',
    "lines": b'{"title": "a"}\n{"',
    "table": b"title,body,date\n",
    "quoted table": b'title\tbody\n"',
    "utf-16": b"\xff\xfe",
    "utf-32": b"\xff\xfe\0\0",
    "big5": "中國國務院關稅".encode("big5"),
    "epub": b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/epub+zip",
}
NAMES = ("/a", "/a.txt", "/a.html", "/a.md", "/a.csv", "/a.json")
FRAGMENTS = st.sampled_from(
    [
        *"<>[](){}\"'`*_#|:,;&\n\t\\-=!/",
        "</p>",
        "<p>",
        "&#0;",
        "\\ud800",
        "\u200b",
        "\ud800",
        "中国",
        "2023-09-28",
        "- ",
    ]
)
TEXTS = st.lists(FRAGMENTS | st.characters(), max_size=60).map(
    lambda parts: "".join(parts).encode("utf-8", "surrogatepass")
)


log = logging.getLogger(__name__)
SLOW = 1  # second of computing


def check_file(name: str, data: bytes) -> None:
    check_items(read(name, data))


def check_items(items: Iterable[Article | ReplacedCharacters | ReadError]) -> None:
    for item in items:
        assert isinstance(item, (Article, ReplacedCharacters, ReadError))
        if isinstance(item, ReplacedCharacters):
            assert item.characters > 0
            continue
        if isinstance(item, ReadError):
            assert str(item)
            continue
        assert item.title or item.body
        assert item.id
        for text in (item.id, item.title, item.body, item.url, item.source, item.author, item.section):
            assert strip_invisible(text) == text
        assert item.published is None or item.published.tzinfo


@pytest.mark.soak
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS.keys())
@given(st.sampled_from(NAMES), TEXTS | st.binary(max_size=200))
@settings(max_examples=tries(100, 1_000), suppress_health_check=[HealthCheck.too_slow])
def test_random_bytes_after_the_start_of_any_format(start: bytes, name: str, rest: bytes) -> None:
    check_file(name, start + rest)


BOOK = book()


@pytest.mark.soak
@given(st.integers(0, len(BOOK) - 1), st.binary(min_size=1, max_size=8))
@settings(max_examples=tries(300, 1_000))
@example(len(BOOK) - 22, b"PK\x05\x06")
def test_damaged_epubs(offset: int, noise: bytes) -> None:
    check_file("/a.epub", BOOK[:offset] + noise + BOOK[offset + len(noise) :])
    check_file("/a.epub", BOOK[:offset])


@pytest.mark.parametrize(
    "piece", [b"<", b"[", b'a,"', b"{", b'{"a":', b"[[", b"`", b"***a", b"![", b"\n", b" \n", b"<!--", b"&"]
)
@pytest.mark.parametrize("name", ["/a.txt", "/a.html", "/a.md", "/a.csv", "/a.json"])
def test_time_is_linear_in_the_size_of_repetitive_input(piece: bytes, name: str) -> None:
    """Four times the input takes about four times as long at most."""
    seconds = []
    for size in (250_000, 1_000_000):
        started = time.process_time()
        check_file(name, piece * (size // len(piece)))
        seconds.append(time.process_time() - started)
    quarter, whole = seconds
    assert whole < 12 * max(quarter, 0.05)


@pytest.mark.soak
@pytest.mark.parametrize("name", SAMPLES)
def test_damaged_files_of_all_formats(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    for number in range(tries(20, 3_000)):
        file.write_bytes(mutated(SAMPLES[name], number))
        started = time.process_time()
        for unit in read_units([file]):
            check_items(unit.read())
        seconds = time.process_time() - started
        if seconds > SLOW:
            log.info("%s, mutation %s: %.2f s", name, number, seconds)
