"""An index folder: what is in it, who may open it, who may write.

    index_data/
      meta.json        format, fingerprint, engine, its folder; replaced in one step, never changed in place
      whoosh-1/        the engine's own files
      writer.lock      held by the one program that writes
      writer.txt       who that is

A new index is drafted in a folder of its own and counts from the moment meta.json names it. What changes with a commit
(counts, sizes, times) is the engine's to tell, so that its table of contents alone decides what is committed.
"""

import getpass
import json
import os
import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import filelock

from .base import Engine
from .errors import IndexDamaged, IndexLocked, IndexMismatch, IndexNotFound, IndexUnwritable, UnknownEngine

FORMAT = 1
META = "meta.json"
ENGINES = ("whoosh",)
DEFAULT_ENGINE = "whoosh"


class Meta(NamedTuple):
    """The contents of meta.json."""

    format: int
    fingerprint: str
    engine: str
    folder: str  # beside meta.json
    created: str  # ISO 8601, UTC
    dictionary: list[str]  # words of the user's own


class IndexDirectory:
    """A folder that holds, or is to hold, an index."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def exists(self) -> bool:
        return (self.path / META).is_file()

    def meta(self) -> Meta:
        """Raises IndexNotFound, IndexDamaged."""
        try:
            meta = Meta(**json.loads((self.path / META).read_text("utf-8")))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise IndexNotFound(self.path) from error
        except (OSError, ValueError, TypeError) as error:
            raise IndexDamaged(self.path, f"{META}: {error}") from error
        if Path(meta.folder).name != meta.folder:
            raise IndexDamaged(self.path, f"{META} names a folder outside the index")
        return meta

    def open(self, fingerprint: str) -> Engine:
        """The engine of an existing index. Raises IndexMismatch unless the index was made with `fingerprint`."""
        meta = self.meta()
        if meta.format != FORMAT:
            raise IndexMismatch(self.path, f"has format {meta.format}, this souwen reads format {FORMAT}")
        if meta.fingerprint != fingerprint:
            raise IndexMismatch(self.path, "was made with another analyzer (segmenter, dictionary or folding)")
        return _engine(meta.engine, self.path / meta.folder)

    def draft(self, fingerprint: str, engine: str, dictionary: Sequence[str] = ()) -> tuple[Meta, Engine]:
        """A new, empty index in a folder of its own, not yet the one that `open` gives. Needs the lock."""
        made_by = {self.meta().folder} if self.exists() else set()
        for left_over in self._engine_folders() - made_by:
            shutil.rmtree(self.path / left_over, ignore_errors=True)
        number = 1
        while (folder := f"{engine}-{number}") in self._engine_folders():
            number += 1
        made = _engine(engine, self.path / folder)
        with _writing(self.path):
            (self.path / folder).mkdir()
            made.create()
        created = datetime.now(timezone.utc).isoformat(timespec="seconds")
        return Meta(FORMAT, fingerprint, engine, folder, created, list(dictionary)), made

    def publish(self, meta: Meta) -> None:
        """Makes a drafted index the one that `open` gives, and removes the one before. Needs the lock."""
        with _writing(self.path):
            draft = self.path / f"{META}.new"
            draft.write_text(json.dumps(meta._asdict(), indent=2) + "\n", "utf-8")
            draft.replace(self.path / META)
        for old in self._engine_folders() - {meta.folder}:
            shutil.rmtree(self.path / old, ignore_errors=True)

    def _engine_folders(self) -> set[str]:
        return {entry.name for name in ENGINES for entry in self.path.glob(f"{name}-*") if entry.is_dir()}

    @contextmanager
    def lock(self, timeout: float) -> Iterator[None]:
        """Makes this the only writer; waits up to `timeout` seconds. Raises IndexLocked, IndexUnwritable."""
        holder = self.path / "writer.txt"
        with _writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self.path / "writer.lock", timeout=timeout)
            try:
                lock.acquire()
            except filelock.Timeout as error:
                raise IndexLocked(self.path, _read(holder) or "another program") from error
        try:
            with _writing(self.path):
                holder.write_text(f"process {os.getpid()} of {getpass.getuser()} on {socket.gethostname()}", "utf-8")
            yield
        finally:
            lock.release()


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexUnwritable(path, error.strerror or str(error)) from error


def _engine(name: str, folder: Path) -> Engine:
    if name == "whoosh":
        from .whoosh_engine import WhooshEngine

        return WhooshEngine(folder)
    raise UnknownEngine(name, list(ENGINES))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""
