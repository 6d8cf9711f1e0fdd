"""Large files of records are read in pieces, and nobody sees it: articles, ids and reasons are those of the records one
by one."""

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
from .test_archives import tar, zipped

Told = list[tuple[str, ...]]

# Of characters that all encodings have.
TEXT = "".join(random.Random(0).choices("的中在人一是美有不年大日和法行政他新出上台了月以到家民公文本", k=100_000))
BAD = {
    '{"title" 1}': "it is not JSON: Expecting ':' delimiter: line 1 column 10 (char 9)",
    "[1]": "it is not an object with keys and values",
    '{"id": "empty"}': "it has neither title nor text",
    '{"title": ["list"]}': "'title' is not a text",
}


def body(number: int) -> str:
    """A thousand characters that archives find nowhere near."""
    start = number * 7919 % 99_000
    return TEXT[start : start + 1000]


def lines_and_told(count: int, path: Path | str, before: int = 0) -> tuple[list[str], Told]:
    """Lines of a file behind some others, with ids of their own and without, empty ones and bad ones; and what is to
    become of them."""
    lines: list[str] = []
    expected: Told = []
    bad = list(BAD.items())
    for number in range(before + 1, before + count + 1):
        place = f"{path}:{number}"
        if number % 1000 == 500:
            line, reason = bad[number // 1000 % len(bad)]
            expected.append((f"line {number}: {reason}",))
        elif number % 100 == 50:
            line = "" if number % 200 == 50 else "  "
        else:
            own = {"id": f"own-{number}"} if number % 3 == 0 else {}
            line = json.dumps({**own, "title": f"第{number}篇", "body": body(number)}, ensure_ascii=False)
            expected.append((own.get("id", place), place, f"第{number}篇", body(number)))
        lines.append(line)
    return lines, expected


def told(found: Iterable[Article | ReplacedCharacters | ReadError]) -> Told:
    return [(one.id, one.path, one.title, one.body) if isinstance(one, Article) else (str(one),) for one in found]


def read_in_pieces(path: Path, at_least: int = 2) -> Told:
    """What the units of a file become; there must be so many, and none large."""
    every = list(read_units([path]))
    assert len(every) >= at_least
    assert max(unit.size for unit in every) <= CHUNK_SIZE + 200
    assert [unit.done for unit in every] == sorted(unit.done for unit in every)
    assert 0.9 * path.stat().st_size <= every[-1].done <= path.stat().st_size
    return told(one for unit in every for one in unit.read())


FORMS: dict[str, tuple[str, str, Callable[[bytes], bytes]]] = {
    "file": ("a.jsonl", "", lambda data: data),
    "gzip": ("a.jsonl.gz", "!/a.jsonl", lambda data: gzip.compress(data, 1)),
    "tar": ("a.tar", "!/x/a.jsonl", lambda data: tar([("x/a.jsonl", data)])),
}


@pytest.mark.parametrize("form", FORMS)
def test_thirty_megabytes_of_lines(tmp_path: Path, form: str) -> None:
    name, inside, pack = FORMS[form]
    lines, expected = lines_and_told(10_000, f"{tmp_path / name}{inside}")
    data = "\n".join(lines).encode()
    assert len(data) > 29_000_000
    (tmp_path / name).write_bytes(pack(data))
    assert read_in_pieces(tmp_path / name, at_least=28) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(tmp_path: Path, end: str, last: bool) -> None:
    lines, expected = lines_and_told(1200, tmp_path / "a")
    (tmp_path / "a").write_bytes((end.join(lines) + end * last).encode())
    assert read_in_pieces(tmp_path / "a") == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5hkscs"])
@pytest.mark.parametrize("ascii_lines", [0, 2500])
def test_the_first_that_is_not_ascii_tells_the_encoding_of_all(tmp_path: Path, encoding: str, ascii_lines: int) -> None:
    path = tmp_path / "a"
    lines, expected = lines_and_told(1500, path, before=ascii_lines)
    in_ascii = [json.dumps({"title": "a", "body": "b" * 990})] * ascii_lines
    path.write_bytes("\n".join(in_ascii + lines).encode(encoding))
    found = read_in_pieces(path)
    assert found[ascii_lines:] == expected
    assert found[:ascii_lines] == [(f"{path}:{n}", f"{path}:{n}", "a", "b" * 990) for n in range(1, ascii_lines + 1)]


def test_the_encoding_is_told_once(tmp_path: Path) -> None:
    lines, _ = lines_and_told(1500, "")
    lines += [json.dumps({"title": "a", "body": "b" * 990})] * 2500 + ['{"title": "鼯"}']  # which GB 18030 reads, too
    (tmp_path / "a").write_bytes("\n".join(lines).encode("big5hkscs"))
    assert read_in_pieces(tmp_path / "a")[-1][2] == "鼯"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32-be"])
def test_where_bytes_do_not_tell_line_ends_a_file_stays_whole(tmp_path: Path, encoding: str) -> None:
    lines, expected = lines_and_told(1200, tmp_path / "a")
    (tmp_path / "a").write_bytes("\n".join(lines).encode(encoding))
    (unit,) = read_units([tmp_path / "a"])
    assert told(unit.read()) == expected


def test_a_wrong_byte_costs_a_character(tmp_path: Path) -> None:
    lines, expected = lines_and_told(1200, tmp_path / "a")
    data = "\n".join(lines).encode()
    (tmp_path / "a").write_bytes(data.replace("第1100篇".encode(), b"\x811100\xe7\xaf\x87"))
    found = read_in_pieces(tmp_path / "a")
    place = f"{tmp_path / 'a'}:1100"
    assert (place, place, "\ufffd1100篇", body(1100)) in found
    assert (str(ReplacedCharacters(1)),) in found
    assert len(set(found) & set(expected)) == len(expected) - 1


def test_bytes_that_are_no_text_cost_what_is_near(tmp_path: Path) -> None:
    lines, expected = lines_and_told(3000, tmp_path / "a")
    noise = random.Random(0).randbytes(CHUNK_SIZE).replace(b"\n", b"")
    data = [line.encode() for line in lines]
    (tmp_path / "a").write_bytes(b"\n".join([*data[:999], noise, *data[1000:]]))
    found = told(one for unit in read_units([tmp_path / "a"]) for one in unit.read())
    assert [one for one in found if one not in expected] == [("near line 1000: it is no text",)]
    assert set(found) > {*expected[:980], *expected[-1000:]}


def test_a_long_line_is_a_piece_and_a_longer_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a"
    lines, expected = lines_and_told(1500, path)
    for at, size in ((700, 3_000_000), (900, 11_000_000), (902, 40_000_000)):
        lines[at - 1] = json.dumps({"title": "长", "picture": "x" * size}, ensure_ascii=False)
    path.write_bytes("\n".join(lines).encode())
    found = told(one for unit in read_units([path]) for one in unit.read())
    assert (f"{path}:700", f"{path}:700", "长", "") in found
    too_large = [f"line {number}: it is larger than 10 MB" for number in (900, 902)]
    assert [one[0] for one in found if "larger" in one[0]] == too_large
    assert len(set(found) & set(expected)) == len(expected) - 3


def test_json_that_is_no_lines_stays_whole(tmp_path: Path) -> None:
    records = [{"title": f"第{number}篇", "body": body(number)} for number in range(600)]
    for indent in (None, 1):
        for document in (records, {"articles": records}):
            (tmp_path / "a").write_text(json.dumps(document, ensure_ascii=False, indent=indent) + "\n", "utf-8")
            (unit,) = read_units([tmp_path / "a"])
            assert [one[2] for one in told(unit.read())] == [record["title"] for record in records]


def table_and_told(count: int, path: Path) -> tuple[str, Told]:
    """A table with line breaks in its rows; and what is to become of it."""
    with io.StringIO() as file:
        rows = csv.writer(file)
        rows.writerow(("标题", "正文"))
        expected: Told = []
        line = 2
        for number in range(count):
            text = body(number)
            text = (text, f"{text[:500]}\n\n{text[500:]}", f'{text}\r\n“,"\n{text}', "")[number % 4]
            rows.writerow((f"第{number}篇" if text else " ", text))
            place = f"{path}:{line}"
            if text:
                shown = "\n".join(one.strip() for one in text.splitlines() if one)
                expected.append((place, place, f"第{number}篇", shown))
            line += text.count("\n") + 1
        return file.getvalue(), expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_tables_are_cut_between_rows(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    text, expected = table_and_told(3000, path)
    path.write_bytes(text.encode(encoding))
    assert read_in_pieces(path, at_least=5) == expected
    assert told(read(str(path), path.read_bytes())) == expected


def test_a_row_without_an_end_costs_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text, expected = table_and_told(3000, path)
    text = text[: text.index("第1000篇")] + '第1000篇,"' + f"{TEXT}\n" * 40
    path.write_text(text, "utf-8", newline="")
    found = told(one for unit in read_units([path]) for one in unit.read())
    assert found[-1][0].endswith(": it is larger than 10 MB")
    assert found[:-1] == expected[: len(found) - 1]
    assert len(found) > 700


ROWS = st.lists(
    st.sampled_from(["一", "a", '"', '""', ",", ";", "|", "\n", "\r\n", "\r", " ", ',"', '",', "\u200b"]), max_size=200
)
LINES = st.lists(
    st.sampled_from(['{"title": "一"}', "{", "}", "[", "\n", "\r\n", "\n\n", "\r", " ", "1", "\u200b"]), max_size=200
)


@pytest.mark.soak
@given(st.sampled_from([("a.csv", "title,body\n"), ("a", '{"title": "a"}\n{')]), ROWS | LINES, st.integers(1, 99))
@settings(max_examples=tries(200, 5_000))
def test_any_cut_is_none(start: tuple[str, str], parts: list[str], size: int) -> None:
    name, text = start
    data = (text + "".join(parts)).encode()
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("souwen.indexer.files.pieces.PIECE", size)
        found = list(read_contents(name, ByteStream(iter([data, b""])), DEFAULT_LIMITS))
    whole = told(read(name, data))
    assert (
        told(
            one
            for content in found
            for one in (read_chunk(name, content) if isinstance(content, Chunk) else read(name, content))
        )
        == whole
    )


@pytest.mark.parametrize("before", ["\n", " \n", "\r\n\r\n"])
def test_a_table_behind_empty_lines_stays_whole(tmp_path: Path, before: str) -> None:
    path = tmp_path / "a.csv"
    text, _ = table_and_told(1000, path)
    path.write_text(before + text, "utf-8", newline="")
    (unit,) = read_units([path])
    assert told(unit.read())


def test_a_table_that_nobody_knows_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("甲,乙\n" + "丙,丁\n" * CHUNK_SIZE, "utf-8")
    assert len([one for unit in read_units([tmp_path / "a.csv"]) for one in unit.read()]) == 1


def test_what_a_damaged_archive_has_before_the_damage_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    lines, expected = lines_and_told(3000, f"{path}!/a.jsonl")
    path.write_bytes(gzip.compress("\n".join(lines).encode(), 1)[:-1_000_000])
    found = told(one for unit in read_units([path]) for one in unit.read())
    assert found[-1] == ("it ends too early",)
    assert found[:-1] == expected[: len(found) - 1]
    assert len(found) > 1000


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_is_told_in_bytes_of_what_was_given(tmp_path: Path, jobs: int) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    lines, _ = lines_and_told(1500, "")
    data = "\n".join(lines).encode()
    (folder / "1.jsonl").write_bytes(data)
    (folder / "2.zip").write_bytes(zipped([("a.jsonl", data), ("b.txt", b"b"), ("c.jsonl", data)]))
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
        assert len([one for one in done if before < one < before + size]) >= 3
