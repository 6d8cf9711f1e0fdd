"""An index folder: what is in it, who may open it, who may write.

    index_data/
      meta.json        format, fingerprint, engine, its folder; replaced in one step, never changed in place
      whoosh-1/        the engine's own files
      whoosh-1.files   the manifest of what was read into it, which the indexer keeps
      writer.lock      held by the one program that writes
      writer.txt       who that is

A new index is drafted in a folder of its own and counts from the moment meta.json names it. What changes with a commit
(counts, sizes, times) is the engine's to tell, so that its table of contents alone decides what is committed.
"""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import filelock

from ..analysis import Analyzer
from ..messages import gettext as _
from ..messages import os_error_reason
from .base import Engine
from .durable import replace
from .errors import (
    EngineUnavailable,
    IndexDamaged,
    IndexLocked,
    IndexMismatch,
    IndexNotFound,
    IndexUnreadable,
    UnknownEngine,
    writing,
)
from .lock_owner import this_program

FORMAT = 4
META = "meta.json"
ENGINES = ("whoosh", "tantivy", "opensearch")
DEFAULT_ENGINE = "whoosh"
_ENGINE_FOLDER = re.compile(rf"(?:{'|'.join(ENGINES)})-\d{{1,9}}")
_MANIFEST = re.compile(rf"({_ENGINE_FOLDER.pattern})\.files(?:-journal)?")  # the journal is SQLite's


class IndexMeta(NamedTuple):
    """The contents of meta.json."""

    format: int
    fingerprint: str
    engine: str
    folder: str  # beside meta.json
    created: str  # ISO 8601, UTC
    dictionary: list[str]  # words of the user's own
    entities: bool  # whether names were looked for

    def analyzer(self) -> Analyzer:
        """One that makes the same terms, if this is still the same souwen."""
        return Analyzer(self.dictionary, entities=self.entities)


class IndexDirectory:
    """A folder that holds, or is to hold, an index."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def exists(self) -> bool:
        return (self.path / META).is_file()

    def meta(self) -> IndexMeta:
        """Raises IndexNotFound, IndexMismatch where another souwen made the index, IndexDamaged."""
        try:
            values = json.loads((self.path / META).read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise IndexNotFound(self.path) from error
        except OSError as error:
            raise IndexUnreadable(self.path, os_error_reason(error)) from error
        except (ValueError, RecursionError) as error:
            raise IndexDamaged(self.path, _("{meta} is not JSON").format(meta=META)) from error
        if not isinstance(values, dict) or not isinstance(values.get("format"), int):
            raise IndexDamaged(self.path, _("{meta} tells no format").format(meta=META))
        if values["format"] != FORMAT:
            raise IndexMismatch(
                self.path,
                _("has format {theirs}, this souwen reads format {ours}").format(theirs=values["format"], ours=FORMAT),
            )
        if not _is_meta(values):
            raise IndexDamaged(self.path, _("{meta} lacks what it should tell").format(meta=META))
        return IndexMeta(**values)

    def analyzer(self) -> Analyzer:
        """As the index was made with; the default one where there is no index to tell."""
        try:
            return self.meta().analyzer()
        except (IndexNotFound, IndexMismatch, IndexDamaged):
            return Analyzer()

    def open(self, fingerprint: str) -> Engine:
        """The engine of an existing index. Raises IndexMismatch unless an analyzer with `fingerprint` made it."""
        meta = self.meta()
        if meta.fingerprint != fingerprint:
            raise IndexMismatch(self.path, _("was made with another analyzer (segmenter, dictionary or folding)"))
        return _engine(meta.engine, self.path / meta.folder)

    def commit(self) -> str:
        """A name for what a reader that is opened now will see. Raises what `meta` and `open` raise."""
        meta = self.meta()
        return f"{meta.folder}-{_engine(meta.engine, self.path / meta.folder).commit()}"

    def draft(self, analyzer: Analyzer, engine: str) -> tuple[IndexMeta, Engine]:
        """A new, empty index in a folder of its own, not yet the one that `open` gives. Needs the lock."""
        current = self._current()
        # A number is never used twice, so that no reader of the index before takes the new one for its own.
        used = [int(folder.rpartition("-")[2]) for folder in {*self._engine_folders(), current} if folder]
        self._remove_all_but(current)
        folder = f"{engine}-{max(used, default=0) + 1}"
        made = _engine(engine, self.path / folder)
        with writing(self.path):
            (self.path / folder).mkdir()
            made.create()
        created = datetime.now(timezone.utc).isoformat(timespec="seconds")
        settings = analyzer.fingerprint, engine, folder, created, analyzer.dictionary, analyzer.entities
        return IndexMeta(FORMAT, *settings), made

    def publish(self, meta: IndexMeta) -> None:
        """Makes a drafted index the one that `open` gives, and removes the one before. Needs the lock."""
        with writing(self.path):
            draft = self.path / f"{META}.new"
            draft.write_text(json.dumps(meta._asdict(), indent=2) + "\n", "utf-8")
            replace(draft, self.path / META)
        self._remove_all_but(meta.folder)

    def manifest(self, meta: IndexMeta) -> Path:
        """The file for what was read into an index."""
        return self.path / f"{meta.folder}.files"

    def _current(self) -> str:
        """The engine's folder that meta.json names, "" if there is none or it can't be used."""
        try:
            return self.meta().folder
        except (IndexNotFound, IndexMismatch, IndexDamaged):
            return ""

    def _remove_all_but(self, kept: str) -> None:
        for folder in self._engine_folders() - {kept}:
            _engine(folder.rpartition("-")[0], self.path / folder).remove()
        for file in self.path.glob("*-*"):
            found = _MANIFEST.fullmatch(file.name)
            if found and found[1] != kept:
                with suppress(OSError):
                    file.unlink()

    def _engine_folders(self) -> set[str]:
        folders = (entry.name for entry in self.path.glob("*-*") if entry.is_dir())
        return set(filter(_ENGINE_FOLDER.fullmatch, folders))

    @contextmanager
    def lock(self, timeout: float) -> Iterator[None]:
        """Makes this the only writer; waits up to `timeout` seconds. Raises IndexLocked, IndexUnwritable."""
        lock_owner = self.path / "writer.txt"
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self.path / "writer.lock", timeout=timeout)
            try:
                lock.acquire()
            except filelock.Timeout as error:
                raise IndexLocked(self.path, _read(lock_owner) or _("another program")) from error
        try:
            with writing(self.path):
                lock_owner.write_text(this_program(), "utf-8")
            if self._current():  # what an index before could not let go yet
                self._remove_all_but(self._current())
            yield
        finally:
            lock.release()


def _is_meta(values: dict[str, object]) -> bool:
    """Whether the values of meta.json are of the kinds that `IndexMeta` has."""
    if set(values) != set(IndexMeta._fields):
        return False
    *texts, words = (values[name] for name in ("fingerprint", "engine", "folder", "created", "dictionary"))
    if not (isinstance(words, list) and all(isinstance(text, str) for text in [*texts, *words])):
        return False
    if not isinstance(values["entities"], bool):
        return False
    return _ENGINE_FOLDER.fullmatch(str(values["folder"])) is not None


def _engine(name: str, folder: Path) -> Engine:
    if name == "whoosh":
        from .whoosh import WhooshEngine

        return WhooshEngine(folder)
    if name == "tantivy":
        try:
            from .tantivy import TantivyEngine
        except ModuleNotFoundError as error:
            raise EngineUnavailable(name, _("needs a package"), "pip install 'souwen[tantivy]'") from error
        return TantivyEngine(folder)
    if name == "opensearch":
        try:
            from .opensearch import OpenSearchEngine
        except ModuleNotFoundError as error:
            raise EngineUnavailable(name, _("needs a package"), "pip install 'souwen[opensearch]'") from error
        return OpenSearchEngine(folder)
    raise UnknownEngine(name, list(ENGINES))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
