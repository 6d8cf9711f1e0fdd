"""Records with strace what a process does to the files of a folder."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .crash_states import Disk, Entry, Operation, Recording, Resize, Sync, Write, read_tree

STRACE = shutil.which("strace")
_CHANGES = (
    "openat,open,creat,write,pwrite64,writev,pwritev,pwritev2,truncate,ftruncate,fallocate,sendfile,copy_file_range,"
    "rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,"
    "fsync,fdatasync,sync_file_range,mmap,lseek"
)
_CALL = re.compile(r"(?P<process>\d+) +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?(?:0x[0-9a-f]+|\d+))")
_ARGUMENT = re.compile(r'"(?P<text>[^"]*)"|(?P<fd>\w+)<(?P<path>[^>]*)>|(?P<other>[^, "<>]+)')
_UNFINISHED, _RESUMED = " <unfinished ...>", re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)")


def can_record() -> bool:
    """Return whether strace is installed and may trace processes."""
    return bool(STRACE) and subprocess.run([str(STRACE), "true"], capture_output=True).returncode == 0


def record(code: str, folder: Path, *arguments: str | Path) -> Recording:
    """Run Python code, and return what it did to the files of a folder, where everything was on the disk before.

    Asserts that the recording is complete: replayed, it gives the files that the process left.
    """
    before = _load(folder)
    trace = folder.with_name(f"{folder.name}.strace")
    options = ["-f", "-y", "-xx", "-s", "1000000000", "-e", "raw=read", "-e", f"trace=read,{_CHANGES}", "-o", trace]
    subprocess.run([str(STRACE), *options, sys.executable, "-c", code, *arguments], check=True, timeout=300)
    recorder = _Recorder(folder, before.copy())
    for call in _calls(trace):
        recorder.take(*call)
    trace.unlink()
    replayed = before.copy()
    replayed.folders |= {node: {} for node in recorder.disk.folders if node not in replayed.folders}
    for operation in recorder.operations:
        replayed.apply(operation)
    assert replayed.tree() == recorder.disk.tree() == read_tree(folder)
    return Recording(before, recorder.operations, recorder.disk)


def _load(folder: Path) -> Disk:
    disk = Disk()
    nodes = {folder: 0}
    for path in sorted(folder.rglob("*")):
        nodes[path] = disk.new_folder() if path.is_dir() else disk.new_file()
        disk.folders[nodes[path.parent]][path.name] = nodes[path]
        if path.is_file():
            disk.files[nodes[path]] = bytearray(path.read_bytes())
    return disk


def _calls(trace: Path) -> Iterator[tuple[str, list[str], int]]:
    """Yield name, arguments and result of each call that succeeded. A file descriptor is given by its path, too."""
    unfinished: dict[str, str] = {}
    with trace.open(encoding="ascii") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if line.endswith(_UNFINISHED):
                unfinished[line.split()[0]] = line.removesuffix(_UNFINISHED)
                continue
            if resumed := _RESUMED.match(line):
                line = unfinished.pop(resumed[1]) + resumed[2]
            call = _CALL.match(line)
            if call and not call["result"].startswith("-"):
                yield call["name"], _arguments(call["arguments"]), int(call["result"], 0)


def _arguments(text: str) -> list[str]:
    arguments = []
    for match in _ARGUMENT.finditer(text):
        if match["path"] is not None:
            arguments += [match["fd"], _unescape(match["path"]).decode()]
        elif match["text"] is not None:
            arguments.append(_unescape(match["text"]).decode("latin-1"))
        else:
            arguments.append(match["other"])
    return arguments


def _unescape(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()


class _Recorder:
    """Translates system calls into operations, and applies them to `disk`."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.disk = disk
        self.operations: list[Operation] = []
        self._folder = folder
        self._open: dict[str, int] = {}  # file descriptor → node
        self._offsets: dict[str, int] = {}

    def take(self, name: str, arguments: list[str], result: int) -> None:
        take = getattr(self, f"_take_{name}", None)
        if take:
            take(arguments, result)
        else:  # a call that this recorder does not understand must not touch the folder
            assert not any(str(self._folder) in argument for argument in arguments), (name, arguments)

    def _relative(self, path: str, folder: str = "") -> str | None:
        path = os.path.normpath(os.path.join(folder, path))  # noqa: PTH118
        return path[len(str(self._folder)) + 1 :] if f"{path}/".startswith(f"{self._folder}/") else None

    def _node(self, relative: str) -> int:
        node = 0
        for name in filter(None, relative.split("/")):
            node = self.disk.folders[node][name]
        return node

    def _parent(self, relative: str) -> tuple[int, str]:
        parent, _, name = relative.rpartition("/")
        return self._node(parent), name

    def _record(self, operation: Operation) -> None:
        self.operations.append(operation)
        self.disk.apply(operation)

    def _take_openat(self, arguments: list[str], result: int) -> None:
        _, folder, path, flags, *_ = arguments
        relative = self._relative(path, folder)
        self._open.pop(str(result), None)
        if relative is None:
            return
        parent, name = self._parent(relative) if relative else (0, "")
        if relative and name not in self.disk.folders[parent]:
            node = self.disk.new_file()
            self._record(Entry(parent, name, node))
        node = self._node(relative)
        if "O_TRUNC" in flags and self.disk.files[node]:
            self._record(Resize(node, 0))
        assert "O_APPEND" not in flags
        self._open[str(result)], self._offsets[str(result)] = node, 0

    def _take_read(self, arguments: list[str], result: int) -> None:
        fd = str(int(arguments[0], 0))
        if fd in self._open:
            self._offsets[fd] += result

    def _take_lseek(self, arguments: list[str], result: int) -> None:
        self._offsets[arguments[0]] = result

    def _write(self, fd: str, start: int, data: bytes) -> None:
        if data:
            self._record(Write(self._open[fd], start, data))

    def _take_write(self, arguments: list[str], result: int) -> None:
        fd, path, data, _ = arguments
        if self._relative(path) is not None:
            self._write(fd, self._offsets[fd], data.encode("latin-1")[:result])
            self._offsets[fd] += result

    def _take_writev(self, arguments: list[str], result: int) -> None:
        fd, path = arguments[:2]
        if self._relative(path) is not None:
            parts = [text for before, text in zip(arguments, arguments[1:], strict=False) if "iov_base=" in before]
            self._take_write([fd, path, "".join(parts), ""], result)

    def _take_pwrite64(self, arguments: list[str], result: int) -> None:
        fd, path, data, _, start = arguments
        if self._relative(path) is not None:
            self._write(fd, int(start), data.encode("latin-1")[:result])

    def _take_sendfile(self, arguments: list[str], result: int) -> None:
        target, path, source, source_path, start, *_ = arguments
        if self._relative(path) is not None:
            assert self._relative(source_path) is not None
            first = int(start.strip("[]"))
            self._write(
                target, self._offsets[target], bytes(self.disk.files[self._open[source]][first : first + result])
            )
            self._offsets[target] += result

    def _take_ftruncate(self, arguments: list[str], _: int) -> None:
        fd, path, size = arguments
        if self._relative(path) is not None:
            self._record(Resize(self._open[fd], int(size)))

    def _take_mmap(self, arguments: list[str], _: int) -> None:
        writes = "PROT_WRITE" in arguments[2] and "MAP_SHARED" in arguments[3]
        assert not (writes and any(str(self._folder) in argument for argument in arguments))

    def _take_fsync(self, arguments: list[str], _: int) -> None:
        if self._relative(arguments[1]) is not None:
            self._record(Sync(self._open[arguments[0]]))

    _take_fdatasync = _take_fsync

    def _take_mkdir(self, arguments: list[str], _: int) -> None:
        relative = self._relative(arguments[0])
        if relative:
            parent, name = self._parent(relative)
            self._record(Entry(parent, name, self.disk.new_folder()))

    def _take_rename(self, arguments: list[str], _: int) -> None:
        old, new = (self._relative(path) for path in arguments)
        if old and new:
            node = self._node(old)
            self._record(Entry(*self._parent(new), node))
            self._record(Entry(*self._parent(old), None))
        else:
            assert old == new

    def _take_renameat(self, arguments: list[str], result: int) -> None:
        paths = [os.path.join(arguments[at], arguments[at + 1]) for at in (1, 4)]  # noqa: PTH118
        self._take_rename(paths, result)

    def _take_unlink(self, arguments: list[str], _: int) -> None:
        relative = self._relative(arguments[0])
        if relative:
            self._record(Entry(*self._parent(relative), None))

    _take_rmdir = _take_unlink

    def _take_unlinkat(self, arguments: list[str], result: int) -> None:
        self._take_unlink([os.path.join(arguments[1], arguments[2])], result)  # noqa: PTH118
