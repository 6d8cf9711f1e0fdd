"""Archives: members are read in order, and crafted archives take few resources and give error messages."""

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

    compress_zstandard = zstd.compress
else:
    import zstandard

    compress_zstandard = zstandard.ZstdCompressor(write_checksum=True).compress

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zst": compress_zstandard,
}
Files = Iterable[tuple[str, bytes]]
PAGES = [("a.html", "<p>台湾海峡</p>".encode()), ("新闻/b.txt", b"x" * 3000), ("新闻/empty", b"")]


def make_tar(files: Files, *others: tarfile.TarInfo, form: int = tarfile.PAX_FORMAT) -> bytes:
    with io.BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w", format=form) as archive:
            for other in others:
                archive.addfile(other)
            for name, data in files:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return file.getvalue()


def make_zip(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", method) as archive:
            for name, data in files:
                archive.writestr(zipfile.ZipInfo(name), data, method)
        return file.getvalue()


def tar_header(name: str = "a", **fields: Any) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


ARCHIVES = {"zip": make_zip(PAGES), "tar": make_tar(PAGES)} | {
    f"tar.{end}": pack(make_tar(PAGES)) for end, pack in PACKERS.items()
}


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[list[tuple[str, bytes]], dict[str, str]]]:
    """Return a function that reads an archive and returns its contents and the errors by name."""

    def read_archive(
        data: bytes, name: str = "archive", **limits: int
    ) -> tuple[list[tuple[str, bytes]], dict[str, str]]:
        (tmp_path / name).write_bytes(data)
        return collect_members(tmp_path / name, **limits)

    return read_archive


def collect_members(path: Path, **limits: int) -> tuple[list[tuple[str, bytes]], dict[str, str]]:
    contents: list[tuple[str, bytes]] = []
    failed: dict[str, str] = {}
    for name, content, _ in read_members(path, Limits(**limits)):
        if isinstance(content, ReadError):
            assert len(str(content)) < 200
            failed[name] = str(content)
        else:
            assert isinstance(content, bytes)
            contents.append((name, content))
    return contents, failed


@pytest.mark.parametrize("form", ARCHIVES)
def test_all_members_are_read_in_order(read: Any, form: str) -> None:
    assert is_archive("no ending", ARCHIVES[form][:512])
    assert read(ARCHIVES[form]) == (PAGES, {})


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_all_tar_formats(read: Any, form: int) -> None:
    files = [("长" * 20 + "/" + "名" * 20, b"1"), ("a", b"2"), ("a", b"3")]  # both members of the same name are read
    assert read(make_tar(files, form=form)) == (files, {})


def test_tar_older_than_ustar(read: Any) -> None:
    block = bytearray(make_tar([("a", b"1")], form=tarfile.USTAR_FORMAT))
    block[257:265] = bytes(8)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block[:512])
    assert is_archive("a", block[:512])
    assert read(bytes(block)) == ([("a", b"1")], {})


@pytest.mark.parametrize("end", PACKERS)
def test_compressed_file_is_named_without_its_suffix(read: Any, end: str) -> None:
    packed = PACKERS[end](b"abc" * 99999)
    assert read(packed, f"新闻.jsonl.{end}") == ([("新闻.jsonl", b"abc" * 99999)], {})
    assert read(packed * 3 + (b"" if end == "xz" else bytes(64)), "a") == ([("a", b"abc" * 299997)], {})


def test_other_files_are_not_archives(read: Any) -> None:
    office = make_zip([("[Content_Types].xml", b"x")])
    book = make_zip([("mimetype", b"application/epub+zip"), ("a.html", b"x")], zipfile.ZIP_STORED)
    others = [b"", b"PK", b"BZh9 is no bzip2", b"<html>" * 99, bytes(1024), b"1" * 1024, book, office]
    for data in others:
        assert not is_archive("a.html", data[:512])
        assert read(data) == ([], {"": "souwen does not support this archive format"})
    assert is_archive("a.zip", make_zip(PAGES)[:512])
    assert not is_archive("a.DOCX", make_zip(PAGES)[:512])


def test_empty_archives_and_missing_files(read: Any, tmp_path: Path) -> None:
    for name, data in {"a.zip": make_zip([]), "a.tar": make_tar([]), "a.tgz": gzip.compress(make_tar([]))}.items():
        assert is_archive(name, data[:512])
        assert read(data, name) == ([], {})
    assert (
        collect_members(tmp_path) == collect_members(tmp_path / "nowhere") == ([], {"": "this is not a regular file"})
    )


@pytest.mark.parametrize("outer", ARCHIVES)
def test_archives_in_archives_are_read_one_level_deep(read: Any, outer: str) -> None:
    deep = make_zip([("c.html", b"c"), ("d.zip", make_zip(PAGES)), ("e.gz", gzip.compress(b"e"))])
    files = [
        ("x/1.zip", deep),
        ("2.tar.xz", lzma.compress(make_tar(PAGES))),
        ("3.html.gz", gzip.compress(b"3")),
        ("4", b"4"),
    ]
    pack = PACKERS.get(outer.removeprefix("tar."), bytes)
    contents, failed = read(make_zip(files) if outer == "zip" else pack(make_tar(files)))
    inner = [("2.tar.xz!/" + name, data) for name, data in PAGES]
    assert contents == [("x/1.zip!/c.html", b"c"), *inner, ("3.html.gz!/3.html", b"3"), ("4", b"4")]
    assert failed == dict.fromkeys(
        ["x/1.zip!/d.zip", "x/1.zip!/e.gz"], "archives are nested too deep: unpack the inner one"
    )


NAMES = {
    "../../etc/passwd": "etc/passwd",
    "/etc/./passwd": "etc/passwd",
    "C:\\新闻\\a.html": "新闻/a.html",
    "a\x1b[31m\u202eb\nc\x7f": "a[31mb c",
    "..": "unnamed",
}


def test_member_names_are_made_safe(read: Any) -> None:
    expected = [(clean, b"1") for clean in NAMES.values()]
    files = [(name, b"1") for name in NAMES]
    assert read(make_zip(files)) == (expected, {})
    assert read(make_tar(files)) == (expected, {})
    assert read(make_zip([("aXhtml", b"1")]).replace(b"aXhtml", b"a\0html"))[0] == [("ahtml", b"1")]
    assert read(make_tar([("a\udcff\udcff.html", b"1")], form=tarfile.GNU_FORMAT))[0] == [("a��.html", b"1")]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_member_names_without_the_utf8_flag_are_decoded(read: Any, encoding: str) -> None:
    name = "新闻联播\u5c71.html".encode(encoding)  # in GBK, bytes of some characters are backslashes
    unmarked = make_zip([("N" * len(name), b"1")]).replace(b"N" * len(name), name)
    assert read(unmarked)[0] == [("新闻联播山.html", b"1")]
    in_tar = make_tar([(name.decode("utf-8", "surrogateescape"), b"1")], form=tarfile.GNU_FORMAT)
    assert read(in_tar)[0] == [("新闻联播山.html", b"1")]


def test_folders_links_and_hidden_files_are_skipped(read: Any) -> None:
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
    links = [
        tar_header(type=kind, linkname="/etc/passwd") for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE)
    ]
    assert read(make_tar([*hidden, ("./b", b"2")], *links)) == ([("b", b"2")], {})


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE, b"?"])
def test_special_files_in_a_tar_are_reported(read: Any, kind: bytes) -> None:
    assert read(make_tar(PAGES, tar_header(type=kind))) == (PAGES, {"a": "this is not a regular file"})


def test_encrypted_and_unsupported_zip_members_are_reported(read: Any) -> None:
    plain = bytearray(make_zip(PAGES))
    for sign, index in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        plain[plain.index(sign) + index] |= 1
    assert read(bytes(plain)) == (PAGES[1:], {"a.html": "the file is encrypted: decrypt it first"})
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        contents, failed = read(make_zip(PAGES, method))
        assert contents == []
        assert set(failed.values()) == {f"souwen does not support zip compression method {method}: use deflate"}


def test_error_messages_are_short(read: Any) -> None:
    name = b"n" * 60_000
    _, failed = read(make_zip([(name.decode(), b"1")]).replace(name, b"m" * 60_000, 1))
    assert failed  # `collect_members` checks the length


def test_overlapping_zip_members_are_refused(read: Any) -> None:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("bomb", bytes(1_000_000))
            archive.filelist += [copy.copy(archive.filelist[0]) for _ in range(50)]
            archive.writestr("b", b"2")
        contents, failed = read(file.getvalue())
    assert failed == {"bomb": "the archive is damaged: this member overlaps another one"}
    # Of members at one offset, the last one overlaps nothing, like a regular member.
    assert contents == [("b", b"2")]


# Limits apply to unpacked bytes.

BOMBS = {end: pack(bytes(10_000_000)) * 100 for end, pack in PACKERS.items()}  # 1 GB of zeros


@pytest.fixture(scope="module")
def bombs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with 300 MB or more of zeros in archives of all formats."""
    folder = tmp_path_factory.mktemp("bombs")
    large = tar_header("zeros", size=300_000_000).tobuf()
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


def test_decompression_bombs_are_refused(bombs: Path) -> None:
    limits = {"article_bytes": 50_000_000}
    too_much = "the file unpacks to more than 200 times its size"
    for end in BOMBS:
        assert collect_members(bombs / f"zeros.{end}", **limits) == ([], {"zeros": too_much})
        contents, failed = collect_members(bombs / f"zeros.tar.{end}", **limits)
        assert contents == []
        assert failed["zeros"] == too_much
    assert collect_members(bombs / "deflated.zip", **limits) == ([("b", b"2")], {"zeros": too_much})
    assert collect_members(bombs / "stored.zip", **limits) == (
        [("b", b"2")],
        {"zeros": "the file is larger than 50 MB"},
    )
    assert collect_members(bombs / "zeros.tar", **limits) == ([], {"zeros": "the file is larger than 50 MB"})


MEASURE = """
import sys
from pathlib import Path
from souwen.indexer.files.archives import read_members

def peak_memory():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

list(read_members(Path(sys.argv[1])))
before = peak_memory()
count = sum(1 for _ in read_members(Path(sys.argv[2])))
print(count, peak_memory() - before)
"""


def measure_memory(tmp_path: Path, path: Path) -> tuple[int, float]:
    """Return the number of members of an archive and by how many MB reading them makes a process grow.

    getrusage is of no use: a process inherits the peak of its parent.
    """
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux reports the peak memory of a process")
    (tmp_path / "small").write_bytes(ARCHIVES["tar.zst"])
    command = [sys.executable, "-c", MEASURE, tmp_path / "small", path]
    count, growth = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(count), int(growth) / 1024


def test_memory_is_bounded(bombs: Path, tmp_path: Path) -> None:
    large_heads = (
        tarfile.TarInfo.create_pax_global_header({str(number): "x" * 900_000}) + tar_header("a").tobuf()
        for number in range(100)
    )
    (tmp_path / "heads.tar").write_bytes(b"".join(large_heads) + bytes(1024))
    assert measure_memory(tmp_path, tmp_path / "heads.tar")[0] == 100
    growth = {path.name: measure_memory(tmp_path, path)[1] for path in (*bombs.iterdir(), tmp_path / "heads.tar")}
    assert max(growth.values()) < 60, growth


def test_huge_headers_are_refused(read: Any, tmp_path: Path) -> None:
    pax = tar_header("p", type=tarfile.XHDTYPE, size=400_000_000).tobuf()
    too_long = {"": "the archive is damaged: the header of a member is too long"}
    assert read(pax + bytes(2_000_000)) == ([], too_long)
    globals_ = [tar_header("g", type=tarfile.XGLTYPE).tobuf()] * 5000
    assert read(b"".join(globals_) + make_tar(PAGES))[0] == []
    sparse = bytearray(tar_header(type=tarfile.GNUTYPE_SPARSE).tobuf(tarfile.GNU_FORMAT))
    sparse[482] = 1  # its header continues, but the file ends
    sparse[148:156] = b" " * 8
    sparse[148:156] = b"%06o\0 " % sum(sparse)
    assert read(bytes(sparse))[1]
    bare = bytearray(lzma.compress(b"1"))
    bare[16] = 40  # a window of 4 GB
    bare[20:24] = struct.pack("<I", zlib.crc32(bare[12:20]))
    assert read(bytes(bare)) == ([], {"": "the file is damaged: Memory usage limit exceeded"})
    named = b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 50_000_000 + b"\0" + gzip.compress(b"1")[10:]
    assert read(named, "a.gz") == ([("a", b"1")], {})


def test_member_over_the_size_limit_does_not_affect_others(read: Any) -> None:
    articles = [(str(number), b"1" * size) for number, size in enumerate((1_999_999, 2_000_000, 2_000_001, 1))]
    lists = [(name, b'[{"title": "' + text) for name, text in articles]
    for form in (make_zip, make_tar, lambda files: lzma.compress(make_tar(files))):
        too_large = {"2": "the file is larger than 2 MB"}
        assert read(form(articles), article_bytes=2_000_000) == ([*articles[:2], articles[3]], too_large)
        assert read(form(lists), article_bytes=2_000_000, archive_ratio=2000) == (lists, {})
        assert list(read(form(lists), whole_file_bytes=2_000_000)[1]) == ["0", "1", "2"]


def test_archive_limits_end_the_reading(read: Any) -> None:
    files = [(str(number), b"x" * 1000) for number in range(50)]
    nested = make_zip([("1.zip", make_zip(files)), ("2.tar.gz", gzip.compress(make_tar(files)))])
    for form in (make_zip(files), make_tar(files), nested):
        contents, failed = read(form, archive_members=20)
        assert len(contents) <= 20
        assert failed == {"": "the archive has more than 20 members"}
    for form in (make_zip(files), gzip.compress(make_tar(files)), nested):
        contents, failed = read(form, archive_bytes=30_000)
        assert len(contents) <= 30
        assert failed == {"": "the archive unpacks to more than 3e-05 GB"}
    assert read(make_zip(files), archive_members=20)[0] == []  # the directory already exceeds the limit
    long = [(letter * 65_000, b"1") for letter in "ab"]
    assert read(make_zip(long), archive_members=2) == ([], {"": "the directory of the archive is too large"})
    packed = [("1", bytes(11_000_000)), ("2", b"2")]
    assert read(make_zip(packed), archive_ratio=2000, article_bytes=50_000_000) == (packed, {})
    small = [("1", bytes(100_000)), ("2", b"2")]
    assert read(make_zip(small)) == (small, {})
    assert list(read(make_zip(small), archive_ratio_min_bytes=50_000)[1]) == ["1"]


def test_wrong_sizes_in_headers(read: Any) -> None:
    data = random.Random(0).randbytes(3000)
    true, files = struct.pack("<I", 3000), [("1", data), ("2", b"2")]
    for size in (0, 100, 2999):
        contents, failed = read(make_zip(files).replace(true, struct.pack("<I", size)))
        assert (contents, list(failed)) == ([("2", b"2")], ["1"])
    for size in (3001, 4_000_000_000):
        assert read(make_zip(files, zipfile.ZIP_STORED).replace(true, struct.pack("<I", size)))[0] in (
            [("2", b"2")],
            [],
        )
    for size in (1 << 62, -512, -(1 << 40)):
        lying = tar_header("a", size=size).tobuf(tarfile.GNU_FORMAT)
        contents, failed = read(make_tar(PAGES)[:-10240].rstrip(b"\0") + lying + make_tar(PAGES))
        assert failed
        assert read(lying + make_tar(PAGES))[1]


def test_many_tiny_members_take_little_memory(read: Any, tmp_path: Path) -> None:
    tar_member = tar_header(size=1).tobuf() + b"1".ljust(512, b"\0")
    (tmp_path / "many.tar").write_bytes(tar_member * 200_000 + bytes(1024))
    count, growth = measure_memory(tmp_path, tmp_path / "many.tar")
    assert count == 200_000
    assert growth < 30
    files = [(str(number), b"1") for number in range(20_000)]
    assert read(make_zip(files, zipfile.ZIP_STORED)) == (files, {})


# Damage.


@pytest.mark.parametrize("form", ARCHIVES)
def test_truncated_archives_are_reported(read: Any, form: str) -> None:
    files = [(str(number), random.Random(number).randbytes(400)) for number in range(20)]
    whole = make_zip(files) if form == "zip" else PACKERS.get(form.removeprefix("tar."), bytes)(make_tar(files))
    max_members = 0
    end = 20 * 1024 + 511 if form == "tar" else len(whole)  # nothing can be missing after it
    for index in range(513, end, end // 200):
        contents, failed = read(whole[:index])
        assert failed
        assert contents == files[: len(contents)]
        if form in ("tar", "tar.gz"):
            assert len(contents) >= index * 20 // end - 4
        max_members = max(max_members, len(contents))
    # A zip's directory comes last; bzip2 has one block for it all.
    assert max_members >= (0 if form in ("zip", "tar.bz2", "tar.xz", "tar.zst") else 15)


@pytest.mark.parametrize("form", ARCHIVES)
def test_flipped_bytes_are_reported(read: Any, form: str) -> None:
    files = [(str(number), random.Random(number).randbytes(400)) for number in range(20)]
    whole = make_zip(files) if form == "zip" else PACKERS.get(form.removeprefix("tar."), bytes)(make_tar(files))
    reported = 0
    for index in range(4, len(whole), len(whole) // 200):
        contents, failed = read(whole[:index] + bytes([whole[index] ^ 1 << index % 8]) + whole[index + 1 :])
        reported += bool(failed)
        if form == "zip" and index < len(whole) // 2:
            assert len([page for page in contents if page in files]) >= 18  # the other members are undamaged
        if form.startswith("tar.") and {data for _, data in contents} != {data for _, data in files}:
            assert failed  # compressed formats have checksums
    assert reported >= 10
