"""The table of contents of an index: Whoosh's, with a checksum, and safe to read from an untrusted index.

Whoosh pickles the schema and the list of segments, and a pickle can call any function. So the segments are read by an
unpickler that admits only the function that restores a segment. The schema, which is the same in every index, is not
unpickled at all.
"""

import io
import pickle
import struct
import warnings
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, TypeVar

from typing_extensions import override

from ...messages import gettext as _
from ..storage import atomic_replace
from .codec import SegmentInfo, restore_segment
from .paged_file import CorruptFile
from .schema import schema

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.filedb.filestore import FileStorage
    from whoosh.filedb.structfile import StructFile
    from whoosh.index import _CURRENT_TOC_VERSION, TOC, FileIndex, clean_files

INDEX_NAME = "MAIN"
_FOOTER = struct.Struct("<I8s")  # CRC-32 of the content; magic
_MAGIC = b"souwentc"
_MAX_TRIES = 10  # to read while another process commits
_NAME = restore_segment.__module__, restore_segment.__name__
FORMER_NAMES = frozenset({_NAME, ("souwen.engines.whoosh.codec", "restored")})  # the function's name in format 3
_MAX_SIZE = 64 << 20  # bytes; a deleted article takes 4, a segment some hundred


_T = TypeVar("_T")


# Python's own unpickler, because the one in C allocates as much memory as a pickle claims to need, which may be a lie.
# Both do so for a bytearray, which no index needs.
class _Unpickler(pickle._Unpickler):
    """Unpickles segments, and nothing else.

    `max_size` limits the bytes of all segments together. `names` are those that the function that restores a segment
    may have.
    """

    dispatch: ClassVar = {
        code: load for code, load in pickle._Unpickler.dispatch.items() if code != pickle.BYTEARRAY8[0]
    }

    def __init__(self, file: BinaryIO, max_size: int, names: frozenset[tuple[str, str]]) -> None:
        super().__init__(file)
        self._remaining = max_size
        self._names = names

    @override
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._names:
            raise CorruptFile(
                _("its table of contents asks for {module}.{name}, which no index needs").format(
                    module=module, name=name
                )
            )
        return partial(self._restore_segment)  # a new object, because a pickle can set attributes of it

    def _restore_segment(self, indexname: str, segid: str, size: int, deleted: bytes) -> SegmentInfo:
        self._remaining -= len(deleted) + 1
        if self._remaining < 0:
            raise CorruptFile(_("its table of contents lists the same data again and again"))
        return restore_segment(indexname, segid, size, deleted)


class SealedStorage(FileStorage):  # type: ignore[misc]
    """The folder of an index. It adds a checksum to tables of contents, and syncs them before the commit counts."""

    @override
    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        folder = Path(self.folder)
        with (folder / oldname).open("r+b") as file:
            file.write(_FOOTER.pack(zlib.crc32(file.read()), _MAGIC))
        atomic_replace(folder / oldname, folder / newname)
        _remove_drafts(folder)


class WhooshIndex(FileIndex):  # type: ignore[misc]
    """The Whoosh index in `folder`. Reading its table of contents, which admits `names`, may raise CorruptFile."""

    def __init__(self, folder: Path, names: frozenset[tuple[str, str]] = frozenset({_NAME})) -> None:
        self._names = names
        self.storage = SealedStorage(str(folder))
        self.indexname = INDEX_NAME
        self._folder = folder

    def generation(self) -> int:
        """Return the number of the last commit.

        Raises:
            CorruptFile: There is no table of contents.
        """
        generation: int = self.latest_generation()
        if generation < 0:
            raise CorruptFile(_("it has no table of contents"))
        return generation

    def toc_path(self, generation: int) -> Path:
        """Return the path of a commit's table of contents."""
        return self._folder / str(TOC._filename(INDEX_NAME, generation))

    @override
    def _read_toc(self) -> Any:
        generation = self.generation()
        with self.toc_path(generation).open("rb") as file:
            data = file.read(_MAX_SIZE + 1)
        if len(data) > _MAX_SIZE:
            raise CorruptFile(_("its table of contents is larger than any index needs"))
        content, footer = data[: -_FOOTER.size], data[-_FOOTER.size :]
        if len(footer) < _FOOTER.size or _FOOTER.unpack(footer) != (zlib.crc32(content), _MAGIC):
            raise CorruptFile(_("its table of contents was cut off or altered"))
        return _parse(content, generation, self._names)

    def segments(self) -> list[SegmentInfo]:
        """Return the segments of the last commit."""
        segments: list[SegmentInfo] = self._read_toc().segments
        return segments


def commit_name(folder: Path) -> str:
    """Return the number of the last commit and its checksum.

    Names of segments are random, so that no two indexes have the same.
    """
    index = WhooshIndex(folder)

    def read() -> str:
        generation = index.generation()
        with index.toc_path(generation).open("rb") as file:
            file.seek(-min(_FOOTER.size, file.seek(0, io.SEEK_END)), io.SEEK_END)
            return f"{generation}-{file.read(_FOOTER.size).hex()[:8]}"

    return retry_during_commits(read)


def retry_during_commits(read: Callable[[], _T]) -> _T:
    """Return what `read` returns, trying again when a commit has just removed files that it needs."""
    for _try in range(_MAX_TRIES - 1):
        try:
            return read()
        except FileNotFoundError:
            continue
    return read()


def create_index(folder: Path) -> None:
    """Create an empty index."""
    TOC.create(SealedStorage(str(folder)), schema(), INDEX_NAME)


def remove_uncommitted(folder: Path) -> None:
    """Remove the files of an index that do not belong to its last commit."""
    _remove_drafts(folder)
    index = WhooshIndex(folder)
    clean_files(index.storage, INDEX_NAME, index.latest_generation(), index.segments())


def _remove_drafts(folder: Path) -> None:
    """Remove tables of contents that were never committed."""
    for draft in folder.glob(f"_{INDEX_NAME}_*.toc.*"):
        draft.unlink(missing_ok=True)


def _parse(content: bytes, generation: int, names: frozenset[tuple[str, str]]) -> Any:
    """Parse a table of contents as Whoosh's TOC.read does, but safely."""
    stream = StructFile(io.BytesIO(content))
    for _size in ("bytes of an int", "of a long", "of a float"):
        stream.read_varint()
    if stream.read_int() != -12345 or stream.read_int() != _CURRENT_TOC_VERSION:
        raise CorruptFile(_("its table of contents was written by another version of Whoosh, or on another platform"))
    release = tuple(stream.read_varint() for _ in range(3))
    stream.skip_string()  # the schema
    if stream.read_int() != generation:
        raise CorruptFile(_("its table of contents does not belong to the commit in its name"))
    stream.read_int()  # unused
    segments = _Unpickler(stream.file, len(content), names).load()
    if not isinstance(segments, list) or not all(type(segment) is SegmentInfo for segment in segments):
        raise CorruptFile(_("its table of contents lists something other than segments"))
    return TOC(schema(), segments, generation, version=_CURRENT_TOC_VERSION, release=release)
