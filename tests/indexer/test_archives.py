"""Archives: what comes out of them, and that hostile ones cost little and end in reasons."""

import bz2
import copy
import gzip
import io
import lzma
import random
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from souwen.indexer import ReadError
from souwen.indexer.files.archives import is_archive, read_members
from souwen.indexer.limits import Limits

if sys.version_info >= (3, 14):
    from compression import zstd

    zstandard_of = zstd.compress
else:
    import zstandard

    zstandard_of = zstandard.ZstdCompressor(write_checksum=True).compress

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zst": zstandard_of,
}
Files = Iterable[tuple[str, bytes]]
PAGES = [("a.html", "<p>台湾海峡</p>".encode()), ("新闻/b.txt", b"x" * 3000), ("新闻/empty", b"")]


def tar(files: Files, *others: tarfile.TarInfo, form: int = tarfile.PAX_FORMAT) -> bytes:
    with io.BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w", format=form) as archive:
            for other in others:
                archive.addfile(other)
            for name, data in files:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return file.getvalue()


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", method) as archive:
            for name, data in files:
                archive.writestr(zipfile.ZipInfo(name), data, method)
        return file.getvalue()


def head(name: str = "a", **fields: Any) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


FORMS = {"zip": zipped(PAGES), "tar": tar(PAGES)} | {f"tar.{end}": pack(tar(PAGES)) for end, pack in PACKERS.items()}


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[list[tuple[str, bytes]], dict[str, str]]]:
    """What an archive holds, and what of it cannot be read, with the reasons."""

    def read_one(data: bytes, name: str = "archive", **limits: int) -> tuple[list[tuple[str, bytes]], dict[str, str]]:
        (tmp_path / name).write_bytes(data)
        return split(tmp_path / name, **limits)

    return read_one


def split(path: Path, **limits: int) -> tuple[list[tuple[str, bytes]], dict[str, str]]:
    came: list[tuple[str, bytes]] = []
    failed: dict[str, str] = {}
    for name, content, _ in read_members(path, Limits(**limits)):
        if isinstance(content, ReadError):
            assert len(str(content)) < 200
            failed[name] = str(content)
        else:
            assert isinstance(content, bytes)
            came.append((name, content))
    return came, failed


@pytest.mark.parametrize("form", FORMS)
def test_every_file_comes_in_order(read: Any, form: str) -> None:
    assert is_archive("no ending", FORMS[form][:512])
    assert read(FORMS[form]) == (PAGES, {})


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_kind_of_tar(read: Any, form: int) -> None:
    files = [("长" * 20 + "/" + "名" * 20, b"1"), ("a", b"2"), ("a", b"3")]  # two of a name both come
    assert read(tar(files, form=form)) == (files, {})


def test_tars_from_before_ustar(read: Any) -> None:
    block = bytearray(tar([("a", b"1")], form=tarfile.USTAR_FORMAT))
    block[257:265] = bytes(8)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block[:512])
    assert is_archive("a", block[:512])
    assert read(bytes(block)) == ([("a", b"1")], {})


@pytest.mark.parametrize("end", PACKERS)
def test_single_files_are_called_by_what_they_were(read: Any, end: str) -> None:
    packed = PACKERS[end](b"abc" * 99999)
    assert read(packed, f"新闻.jsonl.{end}") == ([("新闻.jsonl", b"abc" * 99999)], {})
    assert read(packed * 3 + (b"" if end == "xz" else bytes(64)), "a") == ([("a", b"abc" * 299997)], {})


def test_what_is_no_archive(read: Any) -> None:
    office = zipped([("[Content_Types].xml", b"x")])
    book = zipped([("mimetype", b"application/epub+zip"), ("a.html", b"x")], zipfile.ZIP_STORED)
    others = [b"", b"PK", b"BZh9 is no bzip2", b"<html>" * 99, bytes(1024), b"1" * 1024, book, office]
    for data in others:
        assert not is_archive("a.html", data[:512])
        assert read(data) == ([], {"": "it is no archive that souwen reads"})
    assert is_archive("a.zip", zipped(PAGES)[:512])
    assert not is_archive("a.DOCX", zipped(PAGES)[:512])


def test_empty_archives_and_what_is_no_file(read: Any, tmp_path: Path) -> None:
    for name, data in {"a.zip": zipped([]), "a.tar": tar([]), "a.tgz": gzip.compress(tar([]))}.items():
        assert is_archive(name, data[:512])
        assert read(data, name) == ([], {})
    assert split(tmp_path) == split(tmp_path / "nowhere") == ([], {"": "it is no regular file"})


@pytest.mark.parametrize("outer", FORMS)
def test_archives_in_archives(read: Any, outer: str) -> None:
    deep = zipped([("c.html", b"c"), ("d.zip", zipped(PAGES)), ("e.gz", gzip.compress(b"e"))])
    files = [
        ("x/1.zip", deep),
        ("2.tar.xz", lzma.compress(tar(PAGES))),
        ("3.html.gz", gzip.compress(b"3")),
        ("4", b"4"),
    ]
    pack = PACKERS.get(outer.removeprefix("tar."), bytes)
    came, failed = read(zipped(files) if outer == "zip" else pack(tar(files)))
    inner = [("2.tar.xz!/" + name, data) for name, data in PAGES]
    assert came == [("x/1.zip!/c.html", b"c"), *inner, ("3.html.gz!/3.html", b"3"), ("4", b"4")]
    assert failed == dict.fromkeys(["x/1.zip!/d.zip", "x/1.zip!/e.gz"], "it is an archive two archives deep")


NAMES = {
    "../../etc/passwd": "etc/passwd",
    "/etc/./passwd": "etc/passwd",
    "C:\\新闻\\a.html": "新闻/a.html",
    "a\x1b[31m\u202eb\nc\x7f": "a[31mb c",
    "..": "unnamed",
}


def test_names_are_harmless(read: Any) -> None:
    expected = [(clean, b"1") for clean in NAMES.values()]
    files = [(name, b"1") for name in NAMES]
    assert read(zipped(files)) == (expected, {})
    assert read(tar(files)) == (expected, {})
    assert read(zipped([("aXhtml", b"1")]).replace(b"aXhtml", b"a\0html"))[0] == [("ahtml", b"1")]
    assert read(tar([("a\udcff\udcff.html", b"1")], form=tarfile.GNU_FORMAT))[0] == [("a��.html", b"1")]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_without_their_encoding(read: Any, encoding: str) -> None:
    name = "新闻联播\u5c71.html".encode(encoding)  # in GBK, bytes of some characters are backslashes
    unmarked = zipped([("N" * len(name), b"1")]).replace(b"N" * len(name), name)
    assert read(unmarked)[0] == [("新闻联播山.html", b"1")]
    in_tar = tar([(name.decode("utf-8", "surrogateescape"), b"1")], form=tarfile.GNU_FORMAT)
    assert read(in_tar)[0] == [("新闻联播山.html", b"1")]


def test_folders_links_and_hidden_files_are_passed_over(read: Any) -> None:
    hidden = [(name, b"1") for name in (".DS_Store", "__MACOSX/a", "a/._b", ".git/c")]
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("folder/", b"")
            archive.writestr(link, "/etc/passwd")
            for name, data in [*hidden, ("./b", b"2")]:
                archive.writestr(name, data)
        assert read(file.getvalue()) == ([("b", b"2")], {})
    links = [head(type=kind, linkname="/etc/passwd") for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE)]
    assert read(tar([*hidden, ("./b", b"2")], *links)) == ([("b", b"2")], {})


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE, b"?"])
def test_what_is_no_regular_file_in_a_tar(read: Any, kind: bytes) -> None:
    assert read(tar(PAGES, head(type=kind))) == (PAGES, {"a": "it is no regular file"})


def test_zips_that_cannot_be_unpacked(read: Any) -> None:
    plain = bytearray(zipped(PAGES))
    for sign, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        plain[plain.index(sign) + at] |= 1
    assert read(bytes(plain)) == (PAGES[1:], {"a.html": "it is encrypted"})
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        came, failed = read(zipped(PAGES, method))
        assert came == []
        assert set(failed.values()) == {f"it is packed by a method that souwen does not read ({method})"}


def test_reasons_are_short(read: Any) -> None:
    name = b"n" * 60_000
    assert read(zipped([(name.decode(), b"1")]).replace(name, b"m" * 60_000, 1))[1]  # `split` looks at the length


def test_overlapping_members(read: Any) -> None:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("bomb", bytes(1_000_000))
            archive.filelist += [copy.copy(archive.filelist[0]) for _ in range(50)]
            archive.writestr("b", b"2")
        came, failed = read(file.getvalue())
    assert failed == {"bomb": "it lies over another member"}
    # Of members in one place, the last reaches into nothing that would tell it from an honest one.
    assert came == [("b", b"2")]


# Limits, held against what is unpacked.

BOMBS = {end: pack(bytes(10_000_000)) * 100 for end, pack in PACKERS.items()}  # 1 GB of zeros


@pytest.fixture(scope="module")
def bombs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 300 MB or more of zeros in every form."""
    folder = tmp_path_factory.mktemp("bombs")
    large = head("zeros", size=300_000_000).tobuf()
    for end, data in BOMBS.items():
        (folder / f"zeros.{end}").write_bytes(data)
        (folder / f"zeros.tar.{end}").write_bytes(PACKERS[end](large) + data)
    with (folder / "zeros.tar").open("wb") as file:
        file.write(large)
        file.truncate(512 + 300_000_256 + 1024)
    for name, method in (("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED)):
        with zipfile.ZipFile(folder / f"{name}.zip", "w", method) as archive:
            with archive.open("zeros", "w") as member:
                for _ in range(300):
                    member.write(bytes(1_000_000))
            archive.writestr("b", b"2")
    return folder


def test_bombs(bombs: Path) -> None:
    most = {"article_bytes": 50_000_000}
    too_much = "it unpacks to more than 200 times its size"
    for end in BOMBS:
        assert split(bombs / f"zeros.{end}", **most) == ([], {"zeros": too_much})
        came, failed = split(bombs / f"zeros.tar.{end}", **most)
        assert came == []
        assert failed["zeros"] == too_much
    assert split(bombs / "deflated.zip", **most) == ([("b", b"2")], {"zeros": too_much})
    assert split(bombs / "stored.zip", **most) == ([("b", b"2")], {"zeros": "it is larger than 50 MB"})
    assert split(bombs / "zeros.tar", **most) == ([], {"zeros": "it is larger than 50 MB"})


MEASURE = """
import sys
from pathlib import Path
from souwen.indexer.files.archives import members

def most_memory():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

list(members(Path(sys.argv[1])))
before = most_memory()
count = sum(1 for _ in members(Path(sys.argv[2])))
print(count, most_memory() - before)
"""


def measured(tmp_path: Path, path: Path) -> tuple[int, float]:
    """How many come out of an archive, and by how many MB that makes a process grow. Not by getrusage, whose
    peak a process has from the one that started it."""
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells the most memory that a process had")
    (tmp_path / "small").write_bytes(FORMS["tar.zst"])
    command = [sys.executable, "-c", MEASURE, tmp_path / "small", path]
    count, growth = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(count), int(growth) / 1024


def test_memory_is_bounded(bombs: Path, tmp_path: Path) -> None:
    large_heads = (
        tarfile.TarInfo.create_pax_global_header({str(number): "x" * 900_000}) + head("a").tobuf()
        for number in range(100)
    )
    (tmp_path / "heads.tar").write_bytes(b"".join(large_heads) + bytes(1024))
    assert measured(tmp_path, tmp_path / "heads.tar")[0] == 100
    growth = {path.name: measured(tmp_path, path)[1] for path in (*bombs.iterdir(), tmp_path / "heads.tar")}
    assert max(growth.values()) < 60, growth


def test_heads_that_would_fill_memory(read: Any, tmp_path: Path) -> None:
    pax = head("p", type=tarfile.XHDTYPE, size=400_000_000).tobuf()
    too_long = {"": "it is damaged: the head of a member is too long"}
    assert read(pax + bytes(2_000_000)) == ([], too_long)
    globals_ = [head("g", type=tarfile.XGLTYPE).tobuf()] * 5000
    assert read(b"".join(globals_) + tar(PAGES))[0] == []
    sparse = bytearray(head(type=tarfile.GNUTYPE_SPARSE).tobuf(tarfile.GNU_FORMAT))
    sparse[482] = 1  # its head goes on, where the file does not
    sparse[148:156] = b" " * 8
    sparse[148:156] = b"%06o\0 " % sum(sparse)
    assert read(bytes(sparse))[1]
    bare = bytearray(lzma.compress(b"1"))
    bare[16] = 40  # a window of 4 GB
    bare[20:24] = struct.pack("<I", zlib.crc32(bare[12:20]))
    assert read(bytes(bare)) == ([], {"": "it is damaged: Memory usage limit exceeded"})
    named = b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 50_000_000 + b"\0" + gzip.compress(b"1")[10:]
    assert read(named, "a.gz") == ([("a", b"1")], {})


def test_a_member_over_the_limit_costs_only_itself(read: Any) -> None:
    articles = [(str(number), b"1" * size) for number, size in enumerate((1_999_999, 2_000_000, 2_000_001, 1))]
    lists = [(name, b'[{"title": "' + text) for name, text in articles]
    for form in (zipped, tar, lambda files: lzma.compress(tar(files))):
        too_large = {"2": "it is larger than 2 MB"}
        assert read(form(articles), article_bytes=2_000_000) == ([*articles[:2], articles[3]], too_large)
        assert read(form(lists), article_bytes=2_000_000, archive_ratio=2000) == (lists, {})
        assert list(read(form(lists), whole_file_bytes=2_000_000)[1]) == ["0", "1", "2"]


def test_limits_of_a_whole_archive(read: Any) -> None:
    files = [(str(number), b"x" * 1000) for number in range(50)]
    nested = zipped([("1.zip", zipped(files)), ("2.tar.gz", gzip.compress(tar(files)))])
    for form in (zipped(files), tar(files), nested):
        came, failed = read(form, archive_members=20)
        assert len(came) <= 20
        assert failed == {"": "it has more than 20 members"}
    for form in (zipped(files), gzip.compress(tar(files)), nested):
        came, failed = read(form, archive_bytes=30_000)
        assert len(came) <= 30
        assert failed == {"": "it unpacks to more than 3e-05 GB"}
    assert read(zipped(files), archive_members=20)[0] == []  # its directory has told
    long = [(letter * 65_000, b"1") for letter in "ab"]
    assert read(zipped(long), archive_members=2) == ([], {"": "its directory is too large"})
    packed = [("1", bytes(11_000_000)), ("2", b"2")]
    assert read(zipped(packed), archive_ratio=2000, article_bytes=50_000_000) == (packed, {})
    small = [("1", bytes(100_000)), ("2", b"2")]
    assert read(zipped(small)) == (small, {})
    assert list(read(zipped(small), archive_ratio_min_bytes=50_000)[1]) == ["1"]


def test_sizes_that_lie(read: Any) -> None:
    data = random.Random(0).randbytes(3000)
    true, files = struct.pack("<I", 3000), [("1", data), ("2", b"2")]
    for size in (0, 100, 2999):
        came, failed = read(zipped(files).replace(true, struct.pack("<I", size)))
        assert (came, list(failed)) == ([("2", b"2")], ["1"])
    for size in (3001, 4_000_000_000):
        assert read(zipped(files, zipfile.ZIP_STORED).replace(true, struct.pack("<I", size)))[0] in ([("2", b"2")], [])
    for size in (1 << 62, -512, -(1 << 40)):
        lying = head("a", size=size).tobuf(tarfile.GNU_FORMAT)
        came, failed = read(tar(PAGES)[:-10240].rstrip(b"\0") + lying + tar(PAGES))
        assert failed
        assert read(lying + tar(PAGES))[1]


def test_many_tiny_members(read: Any, tmp_path: Path) -> None:
    one = head(size=1).tobuf() + b"1".ljust(512, b"\0")
    (tmp_path / "many.tar").write_bytes(one * 200_000 + bytes(1024))
    count, growth = measured(tmp_path, tmp_path / "many.tar")
    assert count == 200_000
    assert growth < 30
    files = [(str(number), b"1") for number in range(20_000)]
    assert read(zipped(files, zipfile.ZIP_STORED)) == (files, {})


# Damage.


@pytest.mark.parametrize("form", FORMS)
def test_cut_archives(read: Any, form: str) -> None:
    files = [(str(number), random.Random(number).randbytes(400)) for number in range(20)]
    whole = zipped(files) if form == "zip" else PACKERS.get(form.removeprefix("tar."), bytes)(tar(files))
    most = 0
    end = 20 * 1024 + 511 if form == "tar" else len(whole)  # behind it there is nothing to miss
    for at in range(513, end, end // 200):
        came, failed = read(whole[:at])
        assert failed
        assert came == files[: len(came)]
        if form in ("tar", "tar.gz"):
            assert len(came) >= at * 20 // end - 4
        most = max(most, len(came))
    # A zip's directory comes last; bzip2 has one block for it all.
    assert most >= (0 if form in ("zip", "tar.bz2", "tar.xz", "tar.zst") else 15)


@pytest.mark.parametrize("form", FORMS)
def test_flipped_bytes(read: Any, form: str) -> None:
    files = [(str(number), random.Random(number).randbytes(400)) for number in range(20)]
    whole = zipped(files) if form == "zip" else PACKERS.get(form.removeprefix("tar."), bytes)(tar(files))
    told = 0
    for at in range(4, len(whole), len(whole) // 200):
        came, failed = read(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        told += bool(failed)
        if form == "zip" and at < len(whole) // 2:
            assert len([page for page in came if page in files]) >= 18  # the others are whole
        if form.startswith("tar.") and {data for _, data in came} != {data for _, data in files}:
            assert failed  # what is packed has checksums
    assert told >= 10
