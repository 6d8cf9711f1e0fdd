"""Large files of records are read in chunks, with the same articles, ids and errors as a whole file."""

import csv
import gzip
import io
import json
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souwen.analysis import Article
from souwen.indexer import ReadError, build_index
from souwen.indexer.files.read_units import read_units
from souwen.indexer.files.splitting import CHUNK_SIZE, read_contents
from souwen.indexer.files.streams import ByteStream
from souwen.indexer.limits import DEFAULT_LIMITS
from souwen.indexer.readers import Chunk, read, read_chunk
from souwen.indexer.readers.decoding import ReplacedCharacters

from ..conftest import tries
from .test_archives import make_tar, make_zip

ArticleFields = list[tuple[str, ...]]

# Characters that all encodings have.
TEXT = "".join(random.Random(0).choices("的中在人一是美有不年大日和法行政他新出上台了月以到家民公文本", k=100_000))
BAD = {
    '{"title" 1}': "invalid JSON: Expecting ':' delimiter: line 1 column 10 (char 9)",
    "[1]": "the record is not an object with keys and values",
    '{"id": "empty"}': "there is neither a title nor a text",
    '{"title": {"list": 1}}': "the value of 'title' is not text",
}


def body(number: int) -> str:
    """Return a thousand characters that do not occur nearby, so that compression finds no repetition."""
    start = number * 7919 % 99_000
    return TEXT[start : start + 1000]


def make_lines(count: int, path: Path | str, before: int = 0) -> tuple[list[str], ArticleFields]:
    """Return lines of a file after `before` others, and the expected articles and errors.

    Some lines have an id of their own, some are empty, some are invalid.
    """
    lines: list[str] = []
    expected: ArticleFields = []
    bad = list(BAD.items())
    for number in range(before + 1, before + count + 1):
        location = f"{path}:{number}"
        if number % 1000 == 500:
            line, reason = bad[number // 1000 % len(bad)]
            expected.append((f"line {number}: {reason}",))
        elif number % 100 == 50:
            line = "" if number % 200 == 50 else "  "
        else:
            own = {"id": f"own-{number}"} if number % 3 == 0 else {}
            line = json.dumps({**own, "title": f"第{number}篇", "body": body(number)}, ensure_ascii=False)
            expected.append((own.get("id", location), location, f"第{number}篇", body(number)))
        lines.append(line)
    return lines, expected


def article_fields(items: Iterable[Article | ReplacedCharacters | ReadError]) -> ArticleFields:
    return [
        (item.id, item.path, item.title, item.body) if isinstance(item, Article) else (str(item),) for item in items
    ]


def read_in_chunks(path: Path, min_units: int = 2) -> ArticleFields:
    """Read a file by its units, and check their number and size."""
    units = list(read_units([path]))
    assert len(units) >= min_units
    assert max(unit.size for unit in units) <= CHUNK_SIZE + 200
    assert [unit.done for unit in units] == sorted(unit.done for unit in units)
    assert 0.9 * path.stat().st_size <= units[-1].done <= path.stat().st_size
    return article_fields(item for unit in units for item in unit.read())


CONTAINERS: dict[str, tuple[str, str, Callable[[bytes], bytes]]] = {
    "file": ("a.jsonl", "", lambda data: data),
    "gzip": ("a.jsonl.gz", "!/a.jsonl", lambda data: gzip.compress(data, 1)),
    "tar": ("a.tar", "!/x/a.jsonl", lambda data: make_tar([("x/a.jsonl", data)])),
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_thirty_megabytes_of_json_lines(tmp_path: Path, container: str) -> None:
    name, inside, pack = CONTAINERS[container]
    lines, expected = make_lines(10_000, f"{tmp_path / name}{inside}")
    data = "\n".join(lines).encode()
    assert len(data) > 29_000_000
    (tmp_path / name).write_bytes(pack(data))
    assert read_in_chunks(tmp_path / name, min_units=28) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(tmp_path: Path, end: str, last: bool) -> None:
    lines, expected = make_lines(1200, tmp_path / "a")
    (tmp_path / "a").write_bytes((end.join(lines) + end * last).encode())
    assert read_in_chunks(tmp_path / "a") == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5hkscs"])
@pytest.mark.parametrize("ascii_lines", [0, 2500])
def test_first_non_ascii_chunk_decides_the_encoding(tmp_path: Path, encoding: str, ascii_lines: int) -> None:
    path = tmp_path / "a"
    lines, expected = make_lines(1500, path, before=ascii_lines)
    in_ascii = [json.dumps({"title": "a", "body": "b" * 990})] * ascii_lines
    path.write_bytes("\n".join(in_ascii + lines).encode(encoding))
    items = read_in_chunks(path)
    assert items[ascii_lines:] == expected
    assert items[:ascii_lines] == [(f"{path}:{n}", f"{path}:{n}", "a", "b" * 990) for n in range(1, ascii_lines + 1)]


def test_encoding_is_detected_once_per_file(tmp_path: Path) -> None:
    lines, _ = make_lines(1500, "")
    lines += [json.dumps({"title": "a", "body": "b" * 990})] * 2500 + ['{"title": "鼯"}']  # also valid GB 18030
    (tmp_path / "a").write_bytes("\n".join(lines).encode("big5hkscs"))
    assert read_in_chunks(tmp_path / "a")[-1][2] == "鼯"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32-be"])
def test_utf16_and_utf32_files_are_read_whole(tmp_path: Path, encoding: str) -> None:
    lines, expected = make_lines(1200, tmp_path / "a")
    (tmp_path / "a").write_bytes("\n".join(lines).encode(encoding))
    (unit,) = read_units([tmp_path / "a"])
    assert article_fields(unit.read()) == expected


def test_invalid_byte_costs_one_character(tmp_path: Path) -> None:
    lines, expected = make_lines(1200, tmp_path / "a")
    data = "\n".join(lines).encode()
    (tmp_path / "a").write_bytes(data.replace("第1100篇".encode(), b"\x811100\xe7\xaf\x87"))
    items = read_in_chunks(tmp_path / "a")
    location = f"{tmp_path / 'a'}:1100"
    assert (location, location, "\ufffd1100篇", body(1100)) in items
    assert (str(ReplacedCharacters(1)),) in items
    assert len(set(items) & set(expected)) == len(expected) - 1


def test_binary_noise_costs_only_nearby_records(tmp_path: Path) -> None:
    lines, expected = make_lines(3000, tmp_path / "a")
    noise = random.Random(0).randbytes(CHUNK_SIZE).replace(b"\n", b"")
    data = [line.encode() for line in lines]
    (tmp_path / "a").write_bytes(b"\n".join([*data[:999], noise, *data[1000:]]))
    items = article_fields(item for unit in read_units([tmp_path / "a"]) for item in unit.read())
    assert [item for item in items if item not in expected] == [("near line 1000: the content is not text",)]
    assert set(items) > {*expected[:980], *expected[-1000:]}


def test_long_line_is_a_chunk_and_a_longer_one_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "a"
    lines, expected = make_lines(1500, path)
    for number, size in ((700, 3_000_000), (900, 11_000_000), (902, 40_000_000)):
        lines[number - 1] = json.dumps({"title": "长", "picture": "x" * size}, ensure_ascii=False)
    path.write_bytes("\n".join(lines).encode())
    items = article_fields(item for unit in read_units([path]) for item in unit.read())
    assert (f"{path}:700", f"{path}:700", "长", "") in items
    too_large = [f"line {number}: the record is larger than 10 MB" for number in (900, 902)]
    assert [item[0] for item in items if "larger" in item[0]] == too_large
    assert len(set(items) & set(expected)) == len(expected) - 3


def test_json_documents_are_read_whole(tmp_path: Path) -> None:
    records = [{"title": f"第{number}篇", "body": body(number)} for number in range(600)]
    for indent in (None, 1):
        for document in (records, {"articles": records}):
            (tmp_path / "a").write_text(json.dumps(document, ensure_ascii=False, indent=indent) + "\n", "utf-8")
            (unit,) = read_units([tmp_path / "a"])
            assert [item[2] for item in article_fields(unit.read())] == [record["title"] for record in records]


def make_table(count: int, path: Path) -> tuple[str, ArticleFields]:
    """Return a table with line breaks in its rows, and the expected articles."""
    with io.StringIO() as file:
        rows = csv.writer(file)
        rows.writerow(("标题", "正文"))
        expected: ArticleFields = []
        line = 2
        for number in range(count):
            text = body(number)
            text = (text, f"{text[:500]}\n\n{text[500:]}", f'{text}\r\n“,"\n{text}', "")[number % 4]
            rows.writerow((f"第{number}篇" if text else " ", text))
            location = f"{path}:{line}"
            if text:
                shown = "\n".join(item.strip() for item in text.splitlines() if item)
                expected.append((location, location, f"第{number}篇", shown))
            line += text.count("\n") + 1
        return file.getvalue(), expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_delimited_files_are_split_between_rows(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    text, expected = make_table(3000, path)
    path.write_bytes(text.encode(encoding))
    assert read_in_chunks(path, min_units=5) == expected
    assert article_fields(read(str(path), path.read_bytes())) == expected


def test_unterminated_row_costs_the_rest_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text, expected = make_table(3000, path)
    text = text[: text.index("第1000篇")] + '第1000篇,"' + f"{TEXT}\n" * 40
    path.write_text(text, "utf-8", newline="")
    items = article_fields(item for unit in read_units([path]) for item in unit.read())
    assert items[-1][0].endswith(": the record is larger than 10 MB")
    assert items[:-1] == expected[: len(items) - 1]
    assert len(items) > 700


ROWS = st.lists(
    st.sampled_from(["一", "a", '"', '""', ",", ";", "|", "\n", "\r\n", "\r", " ", ',"', '",', "\u200b"]), max_size=200
)
LINES = st.lists(
    st.sampled_from(['{"title": "一"}', "{", "}", "[", "\n", "\r\n", "\n\n", "\r", " ", "1", "\u200b"]), max_size=200
)


@pytest.mark.soak
@given(st.sampled_from([("a.csv", "title,body\n"), ("a", '{"title": "a"}\n{')]), ROWS | LINES, st.integers(1, 99))
@settings(max_examples=tries(200, 5_000))
def test_chunks_of_any_size_give_the_same_articles(start: tuple[str, str], parts: list[str], size: int) -> None:
    name, text = start
    data = (text + "".join(parts)).encode()
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("souwen.indexer.files.splitting.CHUNK_SIZE", size)
        items = list(read_contents(name, ByteStream(iter([data, b""])), DEFAULT_LIMITS))
    expected = article_fields(read(name, data))
    assert (
        article_fields(
            item
            for content in items
            for item in (read_chunk(name, content) if isinstance(content, Chunk) else read(name, content))
        )
        == expected
    )


@pytest.mark.parametrize("before", ["\n", " \n", "\r\n\r\n"])
def test_table_after_empty_lines_is_read_whole(tmp_path: Path, before: str) -> None:
    path = tmp_path / "a.csv"
    text, _ = make_table(1000, path)
    path.write_text(before + text, "utf-8", newline="")
    (unit,) = read_units([path])
    assert article_fields(unit.read())


def test_table_without_known_columns_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("甲,乙\n" + "丙,丁\n" * CHUNK_SIZE, "utf-8")
    assert len([item for unit in read_units([tmp_path / "a.csv"]) for item in unit.read()]) == 1


def test_truncated_archive_is_read_up_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    lines, expected = make_lines(3000, f"{path}!/a.jsonl")
    path.write_bytes(gzip.compress("\n".join(lines).encode(), 1)[:-1_000_000])
    items = article_fields(item for unit in read_units([path]) for item in unit.read())
    assert items[-1] == ("the file is truncated",)
    assert items[:-1] == expected[: len(items) - 1]
    assert len(items) > 1000


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_counts_the_bytes_of_the_input_files(tmp_path: Path, jobs: int) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    lines, _ = make_lines(1500, "")
    data = "\n".join(lines).encode()
    (folder / "1.jsonl").write_bytes(data)
    (folder / "2.zip").write_bytes(make_zip([("a.jsonl", data), ("b.txt", b"b"), ("c.jsonl", data)]))
    (folder / "3.jsonl.gz").write_bytes(gzip.compress(data))
    (folder / "4.txt").write_text("台湾海峡", "utf-8")
    calls: list[tuple[int, int]] = []
    build_index(folder, tmp_path / "index", jobs=jobs, entities=False, progress=lambda *call: calls.append(call))
    sizes = [file.stat().st_size for file in sorted(folder.iterdir())]
    done = [call[0] for call in calls]
    assert done == sorted(done)
    assert {call[1] for call in calls} == {sum(sizes)}
    assert done[-1] == sum(sizes)
    for before, size in zip((0, sizes[0], sum(sizes[:2])), sizes, strict=False):
        assert len([item for item in done if before < item < before + size]) >= 3
