"""A table of contents can come from a stranger: whatever its pickles ask for, nothing happens but IndexDamaged."""

import codecs
import io
import os
import pickle
import random
import shutil
import warnings
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from souwen.engines import MATCH_ALL, IndexDamaged
from souwen.engines.whoosh import WhooshEngine, toc
from souwen.engines.whoosh.codec import SegmentInfo, restore_segment
from souwen.engines.whoosh.schema import schema
from souwen.indexer import build_index
from souwen.query import Searcher

from ..conftest import SEEDS, ids
from .test_differential import random_articles, whole

with warnings.catch_warnings():  # as souwen itself imports it
    warnings.simplefilter("ignore")
    import whoosh.codec.whoosh3
    import whoosh.filedb.filestore
    import whoosh.index
    from whoosh.filedb.structfile import StructFile
    from whoosh.index import _CURRENT_TOC_VERSION

SCHEMA = pickle.dumps(schema(), 2)
SEGMENTS = pickle.dumps([])


class Calls:
    """Unpickled, calls a function."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._what = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self._what


def table(schema_pickle: bytes = SCHEMA, segments_pickle: bytes = SEGMENTS, generation: int = 0) -> bytes:
    """A table of contents as Whoosh lays it out, with the seal it should have."""
    stream = StructFile(io.BytesIO())
    for size in (4, 8, 4):
        stream.write_varint(size)
    stream.write_int(-12345)
    stream.write_int(_CURRENT_TOC_VERSION)
    for number in (2, 7, 4):
        stream.write_varint(number)
    stream.write_string(schema_pickle)
    stream.write_int(generation)
    stream.write_int(0)
    content = stream.file.getvalue() + segments_pickle
    return content + toc._FOOTER.pack(zlib.crc32(content), toc._MAGIC)


@pytest.fixture
def engine(tmp_path: Path) -> WhooshEngine:
    folder = tmp_path / "index" / "whoosh-1"
    folder.mkdir(parents=True)
    made = WhooshEngine(folder)
    made.create()
    return made


def put(engine: WhooshEngine, names: str, delete: str = "") -> None:
    with engine.writer() as writer:
        analyzed = random_articles(random.Random(names), names).values()
        for prepared in engine.prepare((each, "digest") for each in analyzed):
            writer.put(prepared)
        for name in delete:
            writer.delete(name)


def replace(engine: WhooshEngine, content: bytes) -> None:
    (file,) = engine._folder.glob("*.toc")
    file.write_bytes(content)


def test_a_table_made_as_ours_is_opens(engine: WhooshEngine) -> None:
    """What is refused below is refused for its pickles."""
    replace(engine, table())
    put(engine, "abc")
    assert engine.reader().statistics().articles == 3


def attacks(target: Path) -> dict[str, bytes]:
    """Pickles that would write a file."""
    touch = f"open({str(target)!r}, 'w').close()"
    made = {}
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        made |= {
            f"os.system, protocol {protocol}": pickle.dumps(Calls(os.system, f"touch {target}"), protocol),
            f"exec, protocol {protocol}": pickle.dumps(Calls(exec, touch), protocol),
            f"eval in a list, protocol {protocol}": pickle.dumps([1, [Calls(eval, touch)]], protocol),
            f"open, protocol {protocol}": pickle.dumps({"segments": Calls(open, str(target), "w")}, protocol),
            f"a path, protocol {protocol}": pickle.dumps(Calls(Path.touch, target), protocol),
            f"Whoosh's storage, protocol {protocol}": pickle.dumps(
                Calls(whoosh.filedb.filestore.FileStorage.create, whoosh.filedb.filestore.FileStorage(str(target))),
                max(protocol, 4),
            ),
            f"copying, protocol {protocol}": pickle.dumps(Calls(shutil.copy, __file__, str(target)), protocol),
        }
    mark, end = b"(", b"."
    path = str(target).encode()
    # getattr(whoosh.fields.Schema.__init__, "__globals__"), whose "__builtins__" has open
    steps = (
        b"c__builtin__\ngetattr\n(c__builtin__\ngetattr\n(cwhoosh.fields\nSchema\nS'__init__'\ntRS'__globals__'\ntR"
        b"p0\n0c__builtin__\ngetattr\n(g0\nS'get'\ntR(S'__builtins__'\ntRp1\n0c__builtin__\ngetattr\n(g1\nS'get'\ntR"
        b"(S'open'\ntR(S'" + path + b"'\nS'w'\ntR."
    )
    made["getattr from an admitted class"] = steps
    made["an instance by its name"] = mark + b"S'touch " + path + b"'\nios\nsystem\n" + end
    made["an object of a class"] = mark + b"cos\nsystem\nS'touch " + path + b"'\no" + end
    # Names with dots, which only protocol 4 follows, from what is admitted to what it was made with.
    for module, name in (
        ("whoosh.fields", "Schema.__init__.__globals__"),
        ("whoosh.columns", "NumericColumn.__init__.__globals__"),
        ("souwen.engines.whoosh.codec", "Path.touch"),
        ("souwen.engines.whoosh.codec", "SegmentInfo.path"),
        ("re", "_compile.__globals__"),
    ):
        text = b"".join(b"\x8c" + bytes([len(part)]) + part.encode() for part in (module, name))
        made[f"{module}: {name}"] = b"\x80\x04" + text + b"\x93" + end
    made["codecs"] = pickle.dumps(Calls(codecs.open, str(target), "w"), 4)
    made["a segment of Whoosh's own"] = pickle.dumps([whoosh.codec.whoosh3.W3Segment(None, "MAIN")], 2)
    made["a registered extension"] = b"\x80\x02\x82\x01."
    made["a persistent id"] = b"Pos.system\n."
    return made


ATTACKS = sorted(attacks(Path("/")))


def test_the_attacks_are_real(tmp_path: Path) -> None:
    """Read by pickle itself they do what they are made for."""
    worked = 0
    for name, attack in attacks(tmp_path / "harm").items():
        if name.startswith(("os.system", "exec", "eval", "open", "Whoosh's storage", "copying", "getattr", "an ")):
            made = pickle.loads(attack)
            assert (tmp_path / "harm").exists(), name
            if hasattr(made, "close"):
                made.close()
            elif isinstance(made, dict):
                made["segments"].close()
            if (tmp_path / "harm").is_dir():
                (tmp_path / "harm").rmdir()
            else:
                (tmp_path / "harm").unlink()
            worked += 1
    assert worked > 30


def test_no_pickle_of_segments_does_harm(engine: WhooshEngine, tmp_path: Path) -> None:
    for name, attack in attacks(tmp_path / "harm").items():
        replace(engine, table(segments_pickle=attack))
        for use in (engine.reader, engine.writer):
            with pytest.raises(IndexDamaged, match="rebuild it with"):
                use()
            assert not (tmp_path / "harm").exists(), name


def test_no_pickle_of_a_schema_does_harm(engine: WhooshEngine, tmp_path: Path) -> None:
    """It is not even looked at."""
    for name, attack in attacks(tmp_path / "harm").items():
        replace(engine, table(schema_pickle=attack))
        assert engine.reader().statistics().articles == 0, name
        assert not (tmp_path / "harm").exists(), name
    put(engine, "abc")
    assert engine.reader().statistics().articles == 3
    assert not (tmp_path / "harm").exists()


def test_what_is_asked_for_is_told(engine: WhooshEngine) -> None:
    replace(engine, table(segments_pickle=pickle.dumps(Calls(os.system, "true"), 4)))
    with pytest.raises(IndexDamaged, match=r"asks for posix\.system, which no index needs"):
        engine.reader()


@pytest.mark.parametrize(
    "strange",
    [
        b"",
        b".",
        b"\x80\x05",
        b"garbage",
        b"\x80\x04]\x94(K\x01",
        pickle.dumps(5),
        pickle.dumps(None),
        pickle.dumps([5]),
        pickle.dumps({"a": 1}),
        pickle.dumps(["MAIN_0"]),
        pickle.dumps([SegmentInfo]),
        b"cre\n_compile\n(S'('\nI0\ntR.",  # no regular expression
        b"cre\n_compile\n(S'" + b"(" * 20_000 + b"'\nI0\ntR.",
        b"cwhoosh.columns\nNumericColumn\n(S'no type'\ntR.",
        b"cwhoosh.fields\nSchema\n(I1\nI2\nI3\ntR.",
        b"csouwen.engines.whoosh.codec\nSegmentInfo\n)\x81.",  # none of what a segment has
        b"(lp0\ncsouwen.engines.whoosh.codec\nSegmentInfo\n)\x81a.",
        b"cwhoosh.fields\nSchema\n}b.",
    ],
    ids=lambda value: value[:50].decode("latin-1").encode("unicode_escape").decode(),
)
def test_pickles_of_no_segments_are_told(engine: WhooshEngine, strange: bytes) -> None:
    replace(engine, table(segments_pickle=strange))
    with pytest.raises(IndexDamaged):
        engine.reader()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, "../../etc/MAIN"),
        (0, ["x"]),
        (1, "/x"),
        (1, 5),
        (2, "3"),
        (2, -1),
        (2, 2),
        (2, True),
        (3, b"\x63\0\0\0"),
        (3, b"\xff\xff\xff\xff"),
        (3, b"\1\0\0"),
        (3, [1]),
        (3, "x"),
        (3, None),
    ],
)
def test_segments_that_cannot_be_are_told(engine: WhooshEngine, place: int, value: object) -> None:
    put(engine, "abc")
    (segment,) = toc.WhooshIndex(engine._folder).segments()
    generation = toc.WhooshIndex(engine._folder).latest_generation()
    parts: list[object] = ["MAIN", segment.segid, 3, b"\1\0\0\0"]
    replace(engine, table(segments_pickle=pickle.dumps([Calls(restore_segment, *parts)]), generation=generation))
    assert engine.reader().statistics().articles == 2
    parts[place] = value
    replace(engine, table(segments_pickle=pickle.dumps([Calls(restore_segment, *parts)]), generation=generation))
    with pytest.raises(IndexDamaged):
        engine.reader()


def test_a_stranger_cannot_change_how_other_indexes_are_read(
    engine: WhooshEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pickle can set attributes of what it names: here of the class, that no article be deleted any more."""
    put(engine, "abcdef")
    put(engine, "", delete="ab")
    assert engine.reader().count(MATCH_ALL) == 4
    folder = tmp_path / "stranger" / "whoosh-1"
    folder.mkdir(parents=True)
    stranger = WhooshEngine(folder)
    stranger.create()
    monkeypatch.setattr(SegmentInfo, "deleted_docs", SegmentInfo.deleted_docs)  # put back afterwards
    monkeypatch.setattr(restore_segment, "__defaults__", None, raising=False)
    name = b"csouwen.engines.whoosh.codec\nrestore_segment\n"
    for attack in (
        b"csouwen.engines.whoosh.codec\nSegmentInfo\n(N}(S'deleted_docs'\ncwhoosh.fields\nSchema\nutb0].",
        name + b"(N}(S'__defaults__'\n(S'x'\n(ltutb0].",
        name + b"(N}(S'__module__'\nS'os'\nutb0].",
    ):
        replace(stranger, table(segments_pickle=attack))
        with suppress(IndexDamaged):
            stranger.reader()
        assert engine.reader().count(MATCH_ALL) == 4
        assert (restore_segment.__defaults__, restore_segment.__module__) == (None, "souwen.engines.whoosh.codec")


def test_exactly_what_is_needed_is_admitted(engine: WhooshEngine) -> None:
    asked = set()

    class Recorder(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            asked.add((module, name))
            return super().find_class(module, name)

    for names, delete in (("", ""), ("abcd", ""), ("e", "ab"), ("f", "")):
        if names:
            put(engine, names, delete)
        (file,) = engine._folder.glob("*.toc")
        stream = StructFile(io.BytesIO(file.read_bytes()))
        for _ in range(3):
            stream.read_varint()
        assert (stream.read_int(), stream.read_int()) == (-12345, _CURRENT_TOC_VERSION)
        for _ in range(3):
            stream.read_varint()
        stream.skip_string()
        stream.read_int()
        stream.read_int()
        segments = Recorder(stream.file).load()
    assert len(segments) > 1
    assert any(segment.has_deletions() for segment in segments)
    assert asked == {("souwen.engines.whoosh.codec", "restore_segment")}


def test_every_flipped_or_missing_byte_is_told(engine: WhooshEngine) -> None:
    put(engine, "abcd")
    put(engine, "e", delete="a")
    (file,) = engine._folder.glob("*.toc")
    content = file.read_bytes()
    for at in range(0, len(content), 3):
        for changed in (content[:at], content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :]):
            file.write_bytes(changed)
            with pytest.raises(IndexDamaged):
                engine.reader()
    file.write_bytes(content + b"\x00")
    with pytest.raises(IndexDamaged):
        engine.reader()
    file.write_bytes(content)
    assert engine.reader().statistics().articles == 4


def test_the_table_of_another_commit_is_told(engine: WhooshEngine) -> None:
    put(engine, "abcd")
    (file,) = engine._folder.glob("*.toc")
    file.rename(file.with_name("_MAIN_7.toc"))
    with pytest.raises(IndexDamaged, match="does not belong to the commit in its name"):
        engine.reader()


def test_an_index_of_whoosh_itself_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "whoosh-1"
    folder.mkdir()
    index = whoosh.index.create_in(str(folder), schema())
    for names in ("", "abc"):
        writer = index.writer()
        for analyzed in random_articles(random.Random(1), names).values():
            writer.add_document(**whole(analyzed))
        writer.commit()
        for use in (WhooshEngine(folder).reader, WhooshEngine(folder).writer):
            with pytest.raises(IndexDamaged, match="cut off or altered"):
                use()
    index.close()


def test_a_refused_index_can_be_built_anew(tmp_path: Path) -> None:
    build_index([SEEDS], tmp_path / "index")
    (file,) = (tmp_path / "index" / "whoosh-1").glob("*.toc")
    file.write_bytes(table(pickle.dumps(Calls(os.system, f"touch {tmp_path}/harm"), 2)))
    with pytest.raises(IndexDamaged, match=f"--index {tmp_path / 'index'} --rebuild"):
        Searcher(tmp_path / "index")
    build_index([SEEDS], tmp_path / "index", rebuild=True)
    with Searcher(tmp_path / "index") as searcher:
        assert len(ids(searcher, "中国")) == 2
    assert not (tmp_path / "harm").exists()
