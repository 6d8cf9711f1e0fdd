"""The table of contents of an index: Whoosh's, sealed with a checksum, and read so that it can do no harm.

Whoosh keeps the schema and the list of segments as pickles, and a pickle may call anything. An index may come from a
stranger; so the segments are read by an unpickler that admits one name and refuses the rest, and the schema, which is
the same in every index, is not read at all.
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

from ...messages import gettext as _
from ..storage import atomic_replace
from .codec import Segment, restored
from .paged_file import Damaged
from .schema import schema

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.filedb.filestore import FileStorage
    from whoosh.filedb.structfile import StructFile
    from whoosh.index import _CURRENT_TOC_VERSION, TOC, FileIndex, clean_files

INDEX_NAME = "MAIN"
_SEAL = struct.Struct("<I8s")  # CRC-32 of what stands before; magic
_MAGIC = b"souwentc"
_TRIES = 10  # of reading, while another process commits
_MOST = 64 << 20  # bytes; a deleted article takes 4, a segment some hundred


_T = TypeVar("_T")


# The one in Python: the one in C takes memory for what a pickle says that it has, which need not be true. So do both
# for a bytearray, which no index needs.
class _Unpickler(pickle._Unpickler):
    """Knows how to restore segments, and nothing else. All segments together have no more than `most` bytes."""

    dispatch: ClassVar = {
        code: load for code, load in pickle._Unpickler.dispatch.items() if code != pickle.BYTEARRAY8[0]
    }

    def __init__(self, file: BinaryIO, most: int) -> None:
        super().__init__(file)
        self._left = most

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) != (restored.__module__, restored.__name__):
            raise Damaged(
                _("its table of contents asks for {module}.{name}, which no index needs").format(
                    module=module, name=name
                )
            )
        return partial(self._restored)  # a pickle may set attributes of what it is given

    def _restored(self, indexname: str, segid: str, size: int, deleted: bytes) -> Segment:
        self._left -= len(deleted) + 1
        if self._left < 0:
            raise Damaged(_("its table of contents lists the same again and again"))
        return restored(indexname, segid, size, deleted)


class Storage(FileStorage):  # type: ignore[misc]
    """The folder of an index. What Whoosh renames into place, its table of contents, is sealed and on the disk before
    it counts."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:  # noqa: ARG002 - Whoosh's interface
        folder = Path(self.folder)
        with (folder / oldname).open("r+b") as file:
            file.write(_SEAL.pack(zlib.crc32(file.read()), _MAGIC))
        atomic_replace(folder / oldname, folder / newname)
        _remove_drafts(folder)


class Index(FileIndex):  # type: ignore[misc]
    """A Whoosh index that was found in `folder`. Raises Damaged, when it is used."""

    def __init__(self, folder: Path) -> None:
        self.storage = Storage(str(folder))
        self.indexname = INDEX_NAME
        self._folder = folder

    def generation(self) -> int:
        """The number of the last commit. Raises Damaged."""
        generation: int = self.latest_generation()
        if generation < 0:
            raise Damaged(_("it has no table of contents"))
        return generation

    def path(self, generation: int) -> Path:
        """The file that tells of a commit."""
        return self._folder / str(TOC._filename(INDEX_NAME, generation))

    def _read_toc(self) -> Any:
        generation = self.generation()
        with self.path(generation).open("rb") as file:
            data = file.read(_MOST + 1)
        if len(data) > _MOST:
            raise Damaged(_("its table of contents is larger than any index needs"))
        content, seal = data[: -_SEAL.size], data[-_SEAL.size :]
        if len(seal) < _SEAL.size or _SEAL.unpack(seal) != (zlib.crc32(content), _MAGIC):
            raise Damaged(_("its table of contents was cut off or altered"))
        return _read(content, generation)

    def segments(self) -> list[Segment]:
        """The segments of the last commit."""
        segments: list[Segment] = self._read_toc().segments
        return segments


def commit(folder: Path) -> str:
    """The number of the last commit, and its checksum: names of segments are random, so no two indexes share it."""
    index = Index(folder)

    def named() -> str:
        generation = index.generation()
        with index.path(generation).open("rb") as file:
            file.seek(-min(_SEAL.size, file.seek(0, io.SEEK_END)), io.SEEK_END)
            return f"{generation}-{file.read(_SEAL.size).hex()[:8]}"

    return while_commits_come(named)


def while_commits_come(read: Callable[[], _T]) -> _T:
    """What `read` makes of the table of contents, tried again where a commit has just replaced what it told."""
    for _try in range(_TRIES - 1):
        try:
            return read()
        except FileNotFoundError:
            continue
    return read()


def create(folder: Path) -> None:
    """Makes an empty index."""
    TOC.create(Storage(str(folder)), schema(), INDEX_NAME)


def clean(folder: Path) -> None:
    """Removes the files of an index that no longer, or never, belonged to a commit."""
    _remove_drafts(folder)
    index = Index(folder)
    clean_files(index.storage, INDEX_NAME, index.latest_generation(), index.segments())


def _remove_drafts(folder: Path) -> None:
    """Removes tables of contents that were never put into place."""
    for draft in folder.glob(f"_{INDEX_NAME}_*.toc.*"):
        draft.unlink(missing_ok=True)


def _read(content: bytes, generation: int) -> Any:
    """The contents, as Whoosh's TOC.read takes them apart."""
    stream = StructFile(io.BytesIO(content))
    for _size in ("bytes of an int", "of a long", "of a float"):
        stream.read_varint()
    if stream.read_int() != -12345 or stream.read_int() != _CURRENT_TOC_VERSION:
        raise Damaged(_("its table of contents was written by another Whoosh, or another kind of machine"))
    release = tuple(stream.read_varint() for _ in range(3))
    stream.skip_string()  # the schema
    if stream.read_int() != generation:
        raise Damaged(_("its table of contents is not the one its name says"))
    stream.read_int()  # unused
    segments = _Unpickler(stream.file, len(content)).load()
    if not isinstance(segments, list) or not all(type(segment) is Segment for segment in segments):
        raise Damaged(_("its table of contents lists something else than segments"))
    return TOC(schema(), segments, generation, version=_CURRENT_TOC_VERSION, release=release)
