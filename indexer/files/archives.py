"""Files inside archives: zip and tar, packed by gzip, xz, bzip2 or zstandard, and single files packed so.

Nothing is unpacked to disk, and nothing that an archive says about itself is trusted: limits are held against what has
been read. Links, folders and hidden files are passed over, as they are in folders; what a link points to comes by
itself where it is in the archive.
"""

import io
import re
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias, cast

from ...analysis import strip_invisible
from ...messages import gettext as _
from ...messages import os_error_reason
from ..errors import ReadError
from ..limits import DEFAULT_LIMITS, Limits
from ..readers import Piece
from .decompression import CHUNK, Budget, Source, Spent, Stream, ZipSource, telling, unpacked
from .pieces import contents

START = 512  # bytes that tell an archive

_MAGIC = {
    b"PK\3\4": "zip",
    b"PK\5\6": "zip",  # an empty one
    b"\x1f\x8b\x08": "gzip",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
}
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)")
_SKIPPED_BY_ZSTANDARD = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_CHECKSUM_OF_TAR = re.compile(rb".{148}[ 0-7]{1,7}[\0 ]", re.DOTALL)
# An EPUB or OpenDocument begins with its media type, an Office document with one of its own files.
_DOCUMENT = re.compile(
    rb"PK\x03\x04.{26}(?:mimetype.{0,64}?application/|\[Content_Types\]\.xml|_rels/|docProps/)", re.DOTALL
)
_DOCUMENT_NAME = re.compile(r"\.(?:epub|docx|docm|xlsx|xlsm|pptx|pptm|odt|ods|odp)$", re.IGNORECASE)
_ENDINGS = re.compile(r"\.(?:gz|xz|bz2|zst|(tgz|txz|tbz2?|tzst))$", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")

_LONGEST_HEAD = 1 << 20  # bytes of a tar's head, with all its extensions
_HEAD_IN_ZIP = 30  # bytes before the name


class Member(NamedTuple):
    """A file in an archive, a piece of one, or what cannot be read of it: `name` is its path there, inner.zip!/a.html
    for one in an archive in the archive, and empty for the archive as a whole. By then `passed` bytes of the archive
    have been read."""

    name: str
    content: bytes | Piece | ReadError
    passed: int


Found: TypeAlias = Iterator[tuple[str, bytes | Piece | ReadError]]


def is_archive(name: str, start: bytes) -> bool:
    """Whether a file is an archive, by its first 512 bytes; the name counts only where these leave it open. Documents
    that are zips, such as EPUBs, are no archives."""
    return bool(_kind(name, start))


def members(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Member]:
    """Every file in an archive, in its order. Raises nothing."""
    passed = 0
    try:
        if not path.is_file():
            raise ReadError(_("it is no regular file"))
        with path.open("rb") as file:
            kind = _kind(path.name, file.read(START))
            file.seek(0)
            if not kind:
                raise ReadError(_("it is no archive that souwen reads"))
            source = Source(file)
            for name, content in _Walk(limits).archive(kind, _clean(path.name), source, ""):
                passed = source.passed
                yield Member(name, content, passed)
    except (ReadError, Spent) as error:
        yield Member("", ReadError(str(error)), passed)
    except OSError as error:
        yield Member("", ReadError(os_error_reason(error)), passed)


def _kind(name: str, start: bytes) -> str:
    """zip, tar, gzip, xz, bzip2, zstandard, or "" for what is no archive."""
    if _BZIP2.match(start):
        return "bzip2"
    if _SKIPPED_BY_ZSTANDARD.match(start):
        return "zstandard"
    if _DOCUMENT.match(start) or (start.startswith(b"PK") and _DOCUMENT_NAME.search(name)):
        return ""
    found = next((kind for magic, kind in _MAGIC.items() if start.startswith(magic)), "")
    return found or ("tar" if _is_tar(name, start) else "")


def _is_tar(name: str, start: bytes) -> bool:
    if start[257:262] == b"ustar":
        return True
    if len(start) == START and not any(start):  # an empty one is nothing but zeros, and other files may be that, too
        return name.lower().endswith(".tar")
    if not _CHECKSUM_OF_TAR.match(start):  # spares most files the sum
        return False
    try:
        tarfile.TarInfo.frombuf(start[:START], "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
        return False
    return True


class _Walk:
    """Through one archive and those in it. `inside` is "" in the archive itself, inner.zip!/ in one in it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._budget = Budget(limits)

    def archive(self, kind: str, name: str, file: Source | Stream, inside: str) -> Found:
        """The members of an archive called `name`. Raises Spent."""
        try:
            if kind == "zip":
                if isinstance(file, Stream):
                    file = Source(io.BytesIO(file.rest(self._limits.records_bytes)))
                yield from self._zip(file, inside)
                return
            stream = file if isinstance(file, Stream) else Stream(iter(lambda: file.read(CHUNK), b""))
            if kind != "tar":
                packed = stream
                stream = Stream(self._budget.metered(unpacked(kind, packed), lambda: packed.passed))
                name = _ENDINGS.sub(lambda found: ".tar" if found[1] else "", name)
            if _is_tar(name, stream.peek(START)):
                yield from self._tar(stream, inside)
            else:
                self._budget.count()
                yield from self._member(name, stream, inside)
        except ReadError as error:
            yield inside.removesuffix("!/"), error

    def _member(self, name: str, stream: Stream, inside: str) -> Found:
        """The file, or the files in it where it is an archive."""
        try:
            kind = _kind(name, stream.peek(START))
            if kind and inside:
                raise ReadError(_("it is an archive two archives deep"))
            if not kind:
                for content in contents(name, stream, self._limits):
                    yield inside + name, content
        except ReadError as error:
            yield inside + name, error
            return
        if kind:
            yield from self.archive(kind, name, stream, f"{name}!/")

    def _tar(self, stream: Stream, inside: str) -> Found:
        for info in _heads(stream):
            self._budget.count()
            name = _clean(_text(info.name.encode("utf-8", "surrogateescape")))
            if info.isdir() or info.issym() or info.islnk() or _is_hidden(name):
                continue
            if info.isfile() and not info.issparse():
                yield from self._member(name, Stream(stream.part(info.size)), inside)
            else:
                yield inside + name, ReadError(_("it is no regular file"))

    def _zip(self, file: Source, inside: str) -> Found:
        source = ZipSource(file, self._limits.archive_members)
        with telling():
            archive = zipfile.ZipFile(source)
        overlapping = _overlapping(archive.infolist())
        for info in archive.infolist():
            self._budget.count()
            name = _clean(_name_in_zip(info))
            if info.orig_filename.endswith("/") or stat.S_ISLNK(info.external_attr >> 16) or _is_hidden(name):
                continue
            try:
                if info.header_offset in overlapping:
                    raise ReadError(_("it lies over another member"))
                with _opened(archive, info) as opened:
                    chunks = self._budget.metered(_chunks(opened), lambda: file.passed)
                    yield from self._member(name, Stream(chunks), inside)
            except ReadError as error:
                yield inside + name, error


class _Tape:
    """A stream as tarfile reads it: forwards, and not much at once for the heads of members."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.last = b""
        self.left = _LONGEST_HEAD

    def read(self, size: int) -> bytes:
        self.left -= size
        if self.left < 0:
            raise ReadError(_("it is damaged: the head of a member is too long"))
        self.last = self._stream.read(size)
        return self.last

    def tell(self) -> int:
        return self._stream.passed

    def seek(self, position: int) -> None:
        if position < self._stream.passed:
            raise ReadError(_("it is damaged: a member has less than no bytes"))
        for _passed in self._stream.part(position - self._stream.passed):
            pass


class _Tar(tarfile.TarFile):
    members: list[tarfile.TarInfo]
    firstmember: tarfile.TarInfo | None


def _heads(stream: Stream) -> Iterator[tarfile.TarInfo]:
    """The members of a tar; at each, the stream stands where its data begin. Raises ReadError, Spent."""
    tape = _Tape(stream)
    with telling():
        tar = _Tar(fileobj=cast(BinaryIO, tape), encoding="utf-8", errors="surrogateescape")
        info = tar.next() if tar.firstmember else None
    while info:
        yield info
        # What tarfile keeps would grow with the archive.
        tar.members.clear()
        tar.pax_headers = {}
        tape.left = _LONGEST_HEAD
        with telling():
            info = tar.next()
    # tarfile takes a damaged head for the end, which is a block of zeros.
    if any(tape.last):
        raise ReadError(_("it is damaged: no member follows where one should"))
    if len(tape.last) < tarfile.BLOCKSIZE:
        raise ReadError(_("it ends too early"))
    while stream.read(CHUNK):  # the checksum of what it is packed by comes last
        pass


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> zipfile.ZipExtFile:
    """Raises ReadError. zipfile unpacks other methods than deflation without a bound."""
    if info.flag_bits & 1:
        raise ReadError(_("it is encrypted"))
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ReadError(
            _("it is packed by a method that souwen does not read ({method})").format(method=info.compress_type)
        )
    with telling():
        return cast(zipfile.ZipExtFile, archive.open(info))


def _chunks(opened: zipfile.ZipExtFile) -> Iterator[bytes]:
    return iter(lambda: opened.read(CHUNK), b"")


def _overlapping(infos: list[zipfile.ZipInfo]) -> set[int]:
    """Where the members begin that reach into the one behind them: no honest zip has such."""
    placed = sorted((info.header_offset, info.compress_size) for info in infos)
    return {start for (start, size), (behind, _) in pairwise(placed) if start + _HEAD_IN_ZIP + size > behind}


def _name_in_zip(info: zipfile.ZipInfo) -> str:
    """zipfile takes every name without the mark of UTF-8 for one from MS-DOS, which hardly any is."""
    name = info.orig_filename
    return name if info.flag_bits & 0x800 else _text(name.encode("cp437"))


def _text(name: bytes) -> str:
    """UTF-8, else GB 18030."""
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("gb18030", "replace")


def _clean(name: str) -> str:
    """A relative path with /, of characters that can be seen, on one line."""
    parts = [" ".join(strip_invisible(part).split()) for part in name.replace("\\", "/").split("/")]
    kept = [part for part in parts if part not in ("", ".", "..") and not _DRIVE.fullmatch(part)]
    return "/".join(kept) or "unnamed"


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))
