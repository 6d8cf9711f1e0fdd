"""The states in which a power cut may leave a disk, from a recording of what a process wrote.

The disk is modelled as strictly as POSIX allows, as ALICE does (Pillai et al., OSDI 2014): a file's data and the
entries of a folder are on the disk for sure only after an `fsync` of that file or that folder. Until then, each write,
each truncation, and each entry that was added or removed may be there or not, independently. A write may be torn: some
of its sectors are there, others are not. A file may have got its new size, with zeros for its data.
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

SECTOR = 512  # bytes that a disk writes as a whole
MAX_ENUMERATED = 6  # pending operations of which all subsets are tried


class Write(NamedTuple):
    """Data that is written to a file."""

    node: int
    start: int
    data: bytes


class Resize(NamedTuple):
    """A file gets another size. Bytes that are added are zeros."""

    node: int
    size: int


class Entry(NamedTuple):
    """A name in the folder `node` stands for another file, or for none."""

    node: int
    name: str
    target: int | None


class Sync(NamedTuple):
    """All operations so far on a file or a folder are on the disk."""

    node: int


Operation = Write | Resize | Entry | Sync
Tree = dict[str, bytes | None]
"""The contents of files by their relative paths; folders have None."""


class Disk:
    """Files and folders, each with a number, its node. The root has 0."""

    def __init__(self) -> None:
        self.files: dict[int, bytearray] = {}
        self.folders: dict[int, dict[str, int]] = {0: {}}

    def copy(self) -> "Disk":
        disk = Disk()
        disk.files = {node: bytearray(content) for node, content in self.files.items()}
        disk.folders = {node: dict(entries) for node, entries in self.folders.items()}
        return disk

    def new_file(self) -> int:
        node = self._next_node()
        self.files[node] = bytearray()
        return node

    def new_folder(self) -> int:
        node = self._next_node()
        self.folders[node] = {}
        return node

    def _next_node(self) -> int:
        return max((*self.files, *self.folders)) + 1

    def apply(self, operation: Operation) -> None:
        if isinstance(operation, Write):
            content = self.files.setdefault(operation.node, bytearray())
            end = operation.start + len(operation.data)
            content.extend(bytes(max(0, end - len(content))))
            content[operation.start : end] = operation.data
        elif isinstance(operation, Resize):
            content = self.files.setdefault(operation.node, bytearray())
            del content[operation.size :]
            content.extend(bytes(operation.size - len(content)))
        elif isinstance(operation, Entry):
            entries = self.folders.setdefault(operation.node, {})
            if operation.target is None:
                entries.pop(operation.name, None)
            else:
                entries[operation.name] = operation.target

    def tree(self, node: int = 0, prefix: str = "") -> Tree:
        """Return the files and folders that can be reached from the root."""
        tree: Tree = {}
        for name, target in self.folders.get(node, {}).items():
            if target in self.folders:
                tree[prefix + name] = None
                tree |= self.tree(target, f"{prefix}{name}/")
            else:
                tree[prefix + name] = bytes(self.files.get(target, b""))
        return tree


@dataclass
class Recording:
    """The operations of a process on the disk `before`, after which it is `after`."""

    before: Disk
    operations: list[Operation]
    after: Disk

    def crash_states(self, rng: random.Random, subsets: int) -> Iterator[tuple[int, str, Tree]]:
        """Yield different states of the disk after a power cut, each with its time and a description.

        The time is the number of operations before the cut. At each time, it yields every state of few operations, and
        otherwise: all or none of the pending ones, without one or torn in one, only one, and `subsets` random subsets.
        """
        seen = set()
        nodes = self.after
        for time in range(len(self.operations) + 1):
            synced, pending = self._split(time)
            base = self.before.copy()
            base.folders |= {node: {} for node in nodes.folders if node not in base.folders}
            for operation in synced:
                base.apply(operation)
            for label, chosen in _variants(pending, rng, subsets):
                disk = base.copy()
                # In their order; an operation that is not pending came before those that are, or touches other bytes.
                for operation in chosen:
                    disk.apply(operation)
                tree = disk.tree()
                key = _digest(tree), time == len(self.operations)  # the last states are those of a complete run
                if key not in seen:
                    seen.add(key)
                    yield time, label, tree

    def _split(self, time: int) -> tuple[list[Operation], list[Operation]]:
        """Return the operations before a time that are on the disk for sure, and the others."""
        last_sync = {sync.node: index for index, sync in enumerate(self.operations[:time]) if isinstance(sync, Sync)}
        synced: list[Operation] = []
        pending: list[Operation] = []
        for index, operation in enumerate(self.operations[:time]):
            if not isinstance(operation, Sync):
                (synced if index < last_sync.get(operation.node, -1) else pending).append(operation)
        return synced, pending


def _variants(pending: list[Operation], rng: random.Random, subsets: int) -> Iterator[tuple[str, list[Operation]]]:
    numbers = range(len(pending))
    if len(pending) <= MAX_ENUMERATED:
        chosen_sets = [set(c) for size in range(len(pending) + 1) for c in itertools.combinations(numbers, size)]
    else:
        chosen_sets = [set(), set(numbers)]
        chosen_sets += [set(numbers) - {number} for number in numbers]
        chosen_sets += [{number} for number in numbers]
        chosen_sets += [set(range(end)) for end in numbers]
        chosen_sets += [{number for number in numbers if rng.random() < 0.5} for _ in range(subsets)]
    for chosen in chosen_sets:
        yield f"with {sorted(chosen)} of {len(pending)}", [pending[number] for number in sorted(chosen)]
    for number in numbers:
        operation = pending[number]
        if isinstance(operation, Write):
            for kind, parts in _torn(operation, rng):
                yield f"{kind} {number} of {len(pending)}", [*pending[:number], *parts, *pending[number + 1 :]]


def _torn(write: Write, rng: random.Random) -> Iterator[tuple[str, list[Operation]]]:
    """Yield what may be left of a write: zeros, its beginning, its end, some of its sectors."""
    end = write.start + len(write.data)
    yield "zeros for", [Write(write.node, end - 1, b"\0")]
    yield "zeros over", [write._replace(data=bytes(len(write.data)))]
    sectors = [
        Write(write.node, start, write.data[start - write.start : min(start + SECTOR, end) - write.start])
        for start in (write.start, *range((write.start // SECTOR + 1) * SECTOR, end, SECTOR))
    ]
    if len(sectors) > 1:
        cut = rng.randrange(1, len(sectors))
        yield "beginning of", [*sectors[:cut]]
        yield "end of", [*sectors[cut:]]
        yield "sectors of", [sector for sector in sectors if rng.random() < 0.5]


def _digest(tree: Tree) -> bytes:
    digest = blake2b(digest_size=16)
    for path, content in sorted(tree.items()):
        digest.update(f"{path}\0{-1 if content is None else len(content)}\0".encode())
        digest.update(content or b"")
    return digest.digest()


def read_tree(folder: Path) -> Tree:
    """Return the files and folders below a folder."""
    paths = sorted(folder.rglob("*"))
    return {path.relative_to(folder).as_posix(): None if path.is_dir() else path.read_bytes() for path in paths}


def write_tree(tree: Tree, folder: Path) -> None:
    """Write files and folders to a new folder."""
    folder.mkdir()
    for path, content in sorted(tree.items()):
        if content is None:
            (folder / path).mkdir()
        else:
            (folder / path).write_bytes(content)
