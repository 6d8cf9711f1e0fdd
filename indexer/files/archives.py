"""Read files inside archives: zip, tar, and gzip, xz, bzip2 or zstandard around a tar or a single file.

Nothing is unpacked to disk. Nothing that an archive claims about itself is trusted: limits apply to the bytes that have
been read. Links, folders and hidden files are skipped, as they are in folders. The target of a link is read where it is
in the archive.
"""

import io
import re
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeAlias, cast

from ...analysis import strip_invisible
from ...messages import gettext as _
from ...messages import os_error_reason
from ..errors import OtherFile, ReadError
from ..limits import DEFAULT_LIMITS, Limits
from ..readers import Chunk, is_other_file
from .archive_limits import ArchiveBudget, CountingFile, LimitedZipFile
from .decompression import decompress
from .splitting import read_contents
from .streams import BLOCK_SIZE, BudgetExceeded, ByteStream, as_read_error
from .tar_headers import tar_headers

SIGNATURE_SIZE = 512  # bytes that identify an archive

_SIGNATURES = {
    b"PK\3\4": "zip",
    b"PK\5\6": "zip",  # without members
    b"\x1f\x8b\x08": "gzip",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
}
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)")
_ZSTANDARD_SKIPPABLE_FRAME = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_TAR_CHECKSUM = re.compile(rb".{148}[ 0-7]{1,7}[\0 ]", re.DOTALL)
# EPUB and OpenDocument files begin with their media type, Office documents with one of their own members.
_DOCUMENT = re.compile(
    rb"PK\x03\x04.{26}(?:mimetype.{0,64}?application/|\[Content_Types\]\.xml|_rels/|docProps/)", re.DOTALL
)
_DOCUMENT_NAME = re.compile(r"\.(?:epub|docx|docm|dotx|xlsx|xlsm|pptx|pptm|odt|ott|ods|odp)$", re.IGNORECASE)
_COMPRESSION_SUFFIX = re.compile(r"\.(?:gz|xz|bz2|zst|(tgz|txz|tbz2?|tzst))$", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")

_ZIP_LOCAL_HEADER_SIZE = 30  # bytes before the name


class ArchiveMember(NamedTuple):
    """A file in an archive, a chunk of one, or the reason why one cannot be read.

    Attributes:
        name: Path in the archive; inner.zip!/a.html for a member of an archive in the archive; "" for the archive.
        content: What was read.
        bytes_read: Bytes of the archive that have been read so far.
    """

    name: str
    content: bytes | Chunk | ReadError
    bytes_read: int


_NamedContents: TypeAlias = Iterator[tuple[str, bytes | Chunk | ReadError]]


def is_archive(name: str, start: bytes) -> bool:
    """Return whether a file is an archive, by its first SIGNATURE_SIZE bytes, and by its name if these leave it open.

    Documents that are zips, such as EPUBs, are not archives.
    """
    return bool(_archive_format(name, start))


def read_members(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[ArchiveMember]:
    """Yield every file in an archive, in the order of the archive. Errors are yielded, not raised."""
    bytes_read = 0
    try:
        if not path.is_file():
            raise ReadError(_("this is not a regular file"))
        with path.open("rb") as file:
            archive_format = _archive_format(path.name, file.read(SIGNATURE_SIZE))
            file.seek(0)
            if not archive_format:
                raise ReadError(_("souwen does not support this archive format"))
            counting_file = CountingFile(file)
            reader = _ArchiveReader(limits)
            for name, content in reader.read_archive(archive_format, _safe_name(path.name), counting_file, ""):
                bytes_read = counting_file.bytes_read
                yield ArchiveMember(name, content, bytes_read)
    except (ReadError, BudgetExceeded) as error:
        yield ArchiveMember("", ReadError(str(error)), bytes_read)
    except OSError as error:
        yield ArchiveMember("", ReadError(os_error_reason(error)), bytes_read)


def _archive_format(name: str, start: bytes) -> str:
    """Return zip, tar, gzip, xz, bzip2 or zstandard, or "" for a file that is not an archive."""
    if _BZIP2.match(start):
        return "bzip2"
    if _ZSTANDARD_SKIPPABLE_FRAME.match(start):
        return "zstandard"
    if _DOCUMENT.match(start) or (start.startswith(b"PK") and _DOCUMENT_NAME.search(name)):
        return ""
    for signature, archive_format in _SIGNATURES.items():
        if start.startswith(signature):
            return archive_format
    return "tar" if _is_tar(name, start) else ""


def _is_tar(name: str, start: bytes) -> bool:
    if start[257:262] == b"ustar":
        return True
    if len(start) == SIGNATURE_SIZE and not any(start):  # an empty tar is all zeros, but so may other files be
        return name.lower().endswith(".tar")
    if not _TAR_CHECKSUM.match(start):  # avoids computing the checksum of most files
        return False
    try:
        tarfile.TarInfo.frombuf(start[:SIGNATURE_SIZE], "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
        return False
    return True


class _ArchiveReader:
    """Reads one archive and the archives in it.

    The parameter `prefix` is "" for members of the archive itself, inner.zip!/ for those of an archive in it.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._budget = ArchiveBudget(limits)

    def read_archive(
        self, archive_format: str, name: str, file: CountingFile | ByteStream, prefix: str
    ) -> _NamedContents:
        """Yield name and content of each member of an archive called `name`. Raises BudgetExceeded."""
        try:
            if archive_format == "zip":
                if isinstance(file, ByteStream):
                    file = CountingFile(io.BytesIO(file.read_rest(self._limits.whole_file_bytes)))
                yield from self._read_zip(file, prefix)
                return
            stream = file if isinstance(file, ByteStream) else ByteStream(iter(lambda: file.read(BLOCK_SIZE), b""))
            if archive_format != "tar":
                packed = stream
                stream = ByteStream(
                    self._budget.limit(decompress(archive_format, packed), lambda: packed.bytes_read),
                )
                name = _COMPRESSION_SUFFIX.sub(lambda match: ".tar" if match[1] else "", name)
            if _is_tar(name, stream.peek(SIGNATURE_SIZE)):
                yield from self._read_tar(stream, prefix)
            else:
                self._budget.count_member()
                yield from self._read_member(name, stream, prefix)
        except ReadError as error:
            yield prefix.removesuffix("!/"), error

    def _read_member(self, name: str, stream: ByteStream, prefix: str) -> _NamedContents:
        """Yield the file, or its members if it is an archive."""
        if is_other_file(name):
            yield prefix + name, OtherFile()
            return
        try:
            archive_format = _archive_format(name, stream.peek(SIGNATURE_SIZE))
            if archive_format and prefix:
                raise ReadError(_("archives are nested too deep: unpack the inner one"))
            if not archive_format:
                for content in read_contents(name, stream, self._limits):
                    yield prefix + name, content
        except ReadError as error:
            yield prefix + name, error
            return
        if archive_format:
            yield from self.read_archive(archive_format, name, stream, f"{name}!/")

    def _read_tar(self, stream: ByteStream, prefix: str) -> _NamedContents:
        for info in tar_headers(stream):
            self._budget.count_member()
            name = _safe_name(_decode_name(info.name.encode("utf-8", "surrogateescape")))
            if info.isdir() or info.issym() or info.islnk() or _is_hidden(name):
                continue
            if info.isfile() and not info.issparse():
                yield from self._read_member(name, ByteStream(stream.read_blocks(info.size)), prefix)
            else:
                yield prefix + name, ReadError(_("this is not a regular file"))

    def _read_zip(self, file: CountingFile, prefix: str) -> _NamedContents:
        limited_file = LimitedZipFile(file, self._limits.archive_members)
        with as_read_error():
            archive = zipfile.ZipFile(limited_file)
        overlapping = _overlapping_offsets(archive.infolist())
        for info in archive.infolist():
            self._budget.count_member()
            name = _safe_name(_zip_name(info))
            if info.orig_filename.endswith("/") or stat.S_ISLNK(info.external_attr >> 16) or _is_hidden(name):
                continue
            try:
                if info.header_offset in overlapping:
                    raise ReadError(_("the archive is damaged: this member overlaps another one"))
                with _open_zip_member(archive, info) as member:
                    blocks = self._budget.limit(_read_blocks(member), lambda: file.bytes_read)
                    yield from self._read_member(name, ByteStream(blocks), prefix)
            except ReadError as error:
                yield prefix + name, error


def _open_zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> zipfile.ZipExtFile:
    """Open a stored or deflated member: zipfile limits its output for no other method. Raises ReadError."""
    if info.flag_bits & 1:
        raise ReadError(_("the file is encrypted: decrypt it first"))
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ReadError(
            _("souwen does not support zip compression method {method}: use deflate").format(method=info.compress_type)
        )
    with as_read_error():
        return cast(zipfile.ZipExtFile, archive.open(info))


def _read_blocks(member: zipfile.ZipExtFile) -> Iterator[bytes]:
    return iter(lambda: member.read(BLOCK_SIZE), b"")


def _overlapping_offsets(infos: list[zipfile.ZipInfo]) -> set[int]:
    """Return the offsets of members that extend into the next one, which only a crafted zip has."""
    spans = sorted((info.header_offset, info.compress_size) for info in infos)
    return {
        start
        for (start, size), (next_start, _) in pairwise(spans)
        if start + _ZIP_LOCAL_HEADER_SIZE + size > next_start
    }


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member. zipfile decodes a name without the UTF-8 flag as CP437, which is seldom right."""
    name = info.orig_filename
    return name if info.flag_bits & 0x800 else _decode_name(name.encode("cp437"))


def _decode_name(name: bytes) -> str:
    """Decode a name as UTF-8, else as GB 18030."""
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("gb18030", "replace")


def _safe_name(name: str) -> str:
    """Return a name as a relative path with /, without "..", control characters and line breaks."""
    parts = [" ".join(strip_invisible(part).split()) for part in name.replace("\\", "/").split("/")]
    safe_parts = [part for part in parts if part not in ("", ".", "..") and not _DRIVE.fullmatch(part)]
    return "/".join(safe_parts) or "unnamed"


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))
