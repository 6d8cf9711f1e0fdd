"""The folder of an index: its metadata, its engine, and the lock of its writer.

    index_data/
      meta.json        format, settings, engine, folder of the engine; always replaced as a whole
      whoosh-1/        files of the engine
      whoosh-1.files   manifest of the indexed files, which the indexer keeps
      aliases.txt      the user's names that stand for each other, if there are any
      writer.lock      locked by the only program that may write
      writer.txt       user, machine and process of that program

A new index is drafted in its own folder and becomes the current one when meta.json names it. meta.json holds nothing
that changes with a commit (counts, sizes, times), so that only the engine decides what is committed.
"""

import getpass
import json
import os
import re
import shutil
import socket
import zlib
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple, TypeVar

import filelock

from ..analysis import Analyzer
from ..messages import SouwenError, os_error_reason
from ..messages import gettext as _
from .base import ArticleReader, Engine, Reader
from .errors import (
    EngineUnavailable,
    IndexDamaged,
    IndexLocked,
    IndexMismatch,
    IndexMoved,
    IndexNotFound,
    IndexTooNew,
    IndexUnreadable,
    UnknownEngine,
    translate_write_errors,
)
from .storage import atomic_replace, make_folder

_T = TypeVar("_T")

FORMAT = 4
FORMER_FORMAT = 3  # whose stored articles can still be read, so that a rebuild keeps them
META = "meta.json"
LOCK, OWNER = "writer.lock", "writer.txt"
_CHECKSUM = "checksum"  # key of meta.json; older indexes have none
ALIASES_FILE = "aliases.txt"
ENGINES = ("whoosh", "tantivy", "opensearch")
DEFAULT_ENGINE = "whoosh"
_ENGINE_FOLDER = re.compile(rf"(?:{'|'.join(ENGINES)})-\d{{1,9}}")
_MANIFEST = re.compile(rf"({_ENGINE_FOLDER.pattern})\.files(?:-journal)?")  # the journal is SQLite's


class IndexMeta(NamedTuple):
    """The contents of meta.json."""

    format: int
    fingerprint: str
    engine: str
    folder: str  # of the engine, next to meta.json
    created: str  # ISO 8601, UTC
    dictionary: list[str]  # the user's custom words
    entities: bool  # whether names are recognized
    mapping: dict[str, str] | None = None  # fields of articles to keys of records; None if it was not recorded
    cleaning: bool = True  # whether boilerplate and repeated lines were removed from articles

    def analyzer(self) -> Analyzer:
        """Return an analyzer that makes the same terms, if this version of souwen made the index."""
        return Analyzer(self.dictionary, entities=self.entities)


class IndexDirectory:
    """A folder that holds an index, or will."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def exists(self) -> bool:
        """Return whether the folder holds an index."""
        return (self.path / META).is_file()

    def meta(self, oldest: int = FORMAT) -> IndexMeta:
        """Read meta.json of an index whose format is at least `oldest`.

        Raises:
            IndexNotFound: There is no index.
            IndexMismatch: The index has the format of another version of souwen.
            IndexDamaged: meta.json has missing or wrong values.
            IndexUnreadable: The system refuses to read it.
        """
        try:
            values = json.loads((self.path / META).read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise IndexNotFound(self.path) from error
        except OSError as error:
            raise IndexUnreadable(self.path, os_error_reason(error)) from error
        except (ValueError, RecursionError) as error:
            raise IndexDamaged(self.path, _("{meta} is not JSON").format(meta=META)) from error
        if not isinstance(values, dict) or not isinstance(values.get("format"), int):
            raise IndexDamaged(self.path, _("{meta} has no format").format(meta=META))
        if values["format"] > FORMAT:
            raise IndexTooNew(self.path, values["format"], FORMAT)
        if values["format"] < oldest:
            raise IndexMismatch(
                self.path,
                _("has format {theirs}, but this version of souwen reads format {ours}").format(
                    theirs=values["format"], ours=FORMAT
                ),
            )
        values.pop(_CHECKSUM, None)
        if not _is_meta(values):
            raise IndexDamaged(self.path, _("{meta} has missing or wrong values").format(meta=META))
        return IndexMeta(**values)

    def verify_meta(self) -> None:
        """Raise IndexDamaged if meta.json is not as it was written. Raises what `meta` raises, too."""
        self.meta()
        if not _has_right_checksum(json.loads((self.path / META).read_text("utf-8"))):
            raise IndexDamaged(self.path, _("{file} was altered").format(file=META))

    def open(self, fingerprint: str) -> Engine:
        """Return the engine of the index.

        Raises what `meta` raises, and IndexMismatch if an analyzer with another fingerprint made the index.
        """
        return self._open(self.meta(), fingerprint)

    def _open(self, meta: IndexMeta, fingerprint: str) -> Engine:
        if meta.fingerprint != fingerprint:
            raise IndexMismatch(self.path, _("was made by a version of souwen that analyzes text in another way"))
        return _engine(meta.engine, self.path / meta.folder)

    def open_reader(self) -> tuple[IndexMeta, Analyzer, Reader]:
        """Open the last commit of the index, also while other processes update or rebuild it.

        Raises what `meta` and `open` raise.
        """

        def read(meta: IndexMeta) -> tuple[IndexMeta, Analyzer, Reader]:
            analyzer = meta.analyzer()
            return meta, analyzer, self._open(meta, analyzer.fingerprint).reader()

        return self._read_current(read)

    def _read_current(self, read: Callable[[IndexMeta], _T]) -> _T:
        """Return what `read` returns, calling it again if a rebuild has replaced the index that it reads meanwhile."""
        while True:
            meta = self.meta()
            try:
                return read(meta)
            except (IndexDamaged, IndexMoved):
                if self.meta() == meta:
                    raise

    def article_reader(self, meta: IndexMeta) -> ArticleReader:
        """Open the stored articles of an index, whatever its analyzer, also of the former format."""
        return _engine(meta.engine, self.path / meta.folder).article_reader()

    def commit_id(self) -> str:
        """Return a name of the current commit, for comparison. Raises what `meta` and `open` raise."""
        return self._read_current(
            lambda meta: f"{meta.folder}-{_engine(meta.engine, self.path / meta.folder).commit_id()}"
        )

    @contextmanager
    def replacing(self, analyzer: Analyzer, engine: str, mapping: Mapping[str, str]) -> Iterator["IndexDraft"]:
        """Draft an index, which replaces the present one when the block ends, if it was accepted. Needs the lock.

        After an exception, or if it was not accepted, the draft is removed and the present index stays.
        """
        draft = IndexDraft(*self.create_draft(analyzer, engine, mapping))
        try:
            yield draft
            if draft.is_accepted:
                self.activate(draft.meta)
        finally:
            if self._current() != draft.meta.folder:
                draft.engine.remove()
                for file in self.path.glob(f"{draft.meta.folder}.files*"):
                    file.unlink(missing_ok=True)

    def create_draft(
        self, analyzer: Analyzer, engine: str, mapping: Mapping[str, str] | None = None
    ) -> tuple[IndexMeta, Engine]:
        """Create an empty index in a new folder, which `open` does not use before `publish`. Needs the lock."""
        self._remove_leftovers()
        # Numbers are never reused, so that readers of the former index do not mistake the new one for it.
        used_numbers = [
            int(folder.rpartition("-")[2]) for folder in {*self._engine_folders(), self._current()} if folder
        ]
        folder = f"{engine}-{max(used_numbers, default=0) + 1}"
        draft = _engine(engine, self.path / folder)
        try:
            with translate_write_errors(self.path):
                (self.path / folder).mkdir()
                draft.create()
        except SouwenError:
            draft.remove()
            raise
        created = datetime.now(timezone.utc).isoformat(timespec="seconds")
        settings = analyzer.fingerprint, engine, folder, created, analyzer.dictionary, analyzer.entities
        return IndexMeta(FORMAT, *settings, dict(mapping or {})), draft

    def activate(self, meta: IndexMeta) -> None:
        """Make a drafted index the current one, and remove the former. Needs the lock."""
        with translate_write_errors(self.path):
            draft = self.path / f"{META}.new"
            values = meta._asdict()
            draft.write_text(json.dumps(values | {_CHECKSUM: _checksum(values)}, indent=2) + "\n", "utf-8")
            atomic_replace(draft, self.path / META)
        self._remove_all_but(meta.folder)

    def manifest(self, meta: IndexMeta) -> Path:
        """Return the path of the manifest of an index."""
        return self.path / f"{meta.folder}.files"

    def manifests(self) -> list[Path]:
        """Return the manifests in the folder, for an index whose meta.json cannot be read."""
        return sorted(file for file in self.path.glob("*.files") if _MANIFEST.fullmatch(file.name))

    def aliases(self) -> Path:
        """Return the path of the user's aliases."""
        return self.path / ALIASES_FILE

    def copy_aliases(self, source: "IndexDirectory") -> None:
        """Copy the list of aliases of another index, if it has one."""
        if source.aliases().exists():
            with translate_write_errors(self.path):
                draft = self.path / f"{ALIASES_FILE}.new"
                shutil.copyfile(source.aliases(), draft)
                atomic_replace(draft, self.aliases())

    def _current(self) -> str | None:
        """Return the engine folder that meta.json names, "" without meta.json, None if it names none that exists.

        The index may have any format: it stays until another one replaces it. None also if meta.json was altered: the
        name of the folder may be wrong, and all others would be removed.
        """
        try:
            values = json.loads((self.path / META).read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return ""
        except (OSError, ValueError, RecursionError):
            return None
        folder = values.get("folder") if isinstance(values, dict) and _has_right_checksum(values) else None
        is_folder = isinstance(folder, str) and _ENGINE_FOLDER.fullmatch(folder) and (self.path / folder).is_dir()
        return folder if is_folder else None

    def _remove_leftovers(self) -> None:
        """Remove what killed runs left, and what a former index could not remove while it was in use."""
        current = self._current()
        if current is not None:
            self._remove_all_but(current)

    def _remove_all_but(self, current: str) -> None:
        for folder in self._engine_folders() - {current}:
            _engine(folder.rpartition("-")[0], self.path / folder).remove()
        for file in self.path.glob("*-*"):
            match = _MANIFEST.fullmatch(file.name)
            if match and match[1] != current:
                with suppress(OSError):
                    file.unlink()

    def _engine_folders(self) -> set[str]:
        folders = (entry.name for entry in self.path.glob("*-*") if entry.is_dir())
        return set(filter(_ENGINE_FOLDER.fullmatch, folders))

    @contextmanager
    def lock(self, timeout: float) -> Iterator[None]:
        """Make this program the only writer while the block runs.

        Waits up to `timeout` seconds for another writer.

        Raises:
            IndexLocked: Another program is writing.
            IndexUnwritable: The system refuses to write to the folder.
        """
        owner_file = self.path / OWNER
        with translate_write_errors(self.path):
            make_folder(self.path)
            lock = filelock.FileLock(self.path / LOCK, timeout=timeout)
            try:
                lock.acquire()
            except filelock.Timeout as error:
                raise IndexLocked(self.path, _read_text(owner_file) or _("another program")) from error
        try:
            with translate_write_errors(self.path):
                owner_file.write_text(this_program(), "utf-8")
            if self._current():
                self._remove_leftovers()
            yield
        finally:
            lock.release()


class IndexDraft:
    """An index that is being made. Setting `is_accepted` publishes it in the end."""

    def __init__(self, meta: IndexMeta, engine: Engine) -> None:
        self.meta = meta
        self.engine = engine
        self.is_accepted = False


def this_program() -> str:
    """Return user, machine and process, for others who wait for the lock, in any language."""
    return f"{_user()}@{socket.gethostname()} (PID {os.getpid()})"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # the system may not know the user of a process
        return "?"


def _checksum(values: Mapping[str, object]) -> int:
    return zlib.crc32(json.dumps(values, sort_keys=True).encode("ascii"))


def _has_right_checksum(values: Mapping[str, object]) -> bool:
    others = {name: value for name, value in values.items() if name != _CHECKSUM}
    return _CHECKSUM not in values or values[_CHECKSUM] == _checksum(others)


def _is_meta(values: dict[str, object]) -> bool:
    """Return whether the values of meta.json have the types of `IndexMeta`."""
    if {*values, "mapping", "cleaning"} != set(IndexMeta._fields):
        return False
    mapping = values.get("mapping")
    if mapping is not None and not (
        isinstance(mapping, dict) and all(isinstance(text, str) for text in (*mapping, *mapping.values()))
    ):
        return False
    *texts, words = (values[name] for name in ("fingerprint", "engine", "folder", "created", "dictionary"))
    if not (isinstance(words, list) and all(isinstance(text, str) for text in [*texts, *words])):
        return False
    if not (isinstance(values["entities"], bool) and isinstance(values.get("cleaning", True), bool)):
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


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def find_index_entries(names: Set[str]) -> Set[str]:
    """Return those of the names in a folder that belong to an index, nothing if the folder holds none.

    The index may be one whose first run was killed.
    """
    folders = set(filter(_ENGINE_FOLDER.fullmatch, names))
    if not (names >= {LOCK, OWNER} or (META in names and folders)):
        return frozenset()
    return names & {META, f"{META}.new", LOCK, OWNER} | folders | set(filter(_MANIFEST.fullmatch, names))
