"""Memory while indexing: python -m bench.memory [--articles FOLDER] [--memory 64,256,512]

Indexes the articles with each setting of `souwen index --memory`, in a process of its own, and prints as a Markdown
table what that process and all its workers took at the most. Linux only; bench.scale shows how it grows.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import click
import psutil

from .speed import MB, SHARED, machine, table
from .speed_peers import copied, shuffled, unpacked

PAUSE = 0.2  # seconds from one look at the memory to the next
DEFAULT = 256  # MB, of `souwen index`
COLUMNS = (
    "articles/s",
    "peak MB, all: resident",
    "proportional",
    "without files",
    "peak MB, writer: resident",
    "without files",
    "peak MB, one worker: without files",
)
NOTES = """
All is the writer's process with its workers. Resident counts pages of files that are mapped into memory, and what
processes share once for each; proportional (PSS) counts what is shared once; without files is anonymous memory, which
the system cannot take back."""


class Memory(NamedTuple):
    """Bytes of a process, or of several; see NOTES."""

    resident: int = 0
    proportional: int = 0
    anonymous: int = 0


class Peaks(NamedTuple):
    """What was the most of each at any time."""

    all: Memory
    writer: Memory
    worker: Memory


def memory_of(process: psutil.Process) -> Memory:
    """Nothing of a process that has ended."""
    with suppress(OSError):
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
        kilobytes = {name: int(rest.split()[0]) for name, rest in (line.split(":") for line in lines)}
        return Memory(*(kilobytes[name] * 1024 for name in ("Rss", "Pss", "Anonymous")))
    return Memory()


def most(one: Memory, other: Memory) -> Memory:
    return Memory(*map(max, one, other))


def watched(articles: Path, index: Path, memory: int, engine: str) -> tuple[float, Peaks]:
    """Seconds, and the peaks, of indexing a folder."""
    click.echo(f"--engine {engine} --memory {memory} …", err=True)
    started = time.perf_counter()
    command = [sys.executable, "-c", "from souwen.cli import main; main()", "index", str(articles)]
    command += ["--index", str(index), "--engine", engine, "--memory", str(memory)]
    process = psutil.Popen(command, stdout=subprocess.DEVNULL)
    peaks = Peaks(Memory(), Memory(), Memory())
    while process.poll() is None:
        with suppress(psutil.Error):
            writer, *workers = map(memory_of, (process, *process.children(recursive=True)))
            together = Memory(*map(sum, zip(writer, *workers, strict=True)))
            peaks = Peaks(most(peaks.all, together), most(peaks.writer, writer), peaks.worker)
            for worker in workers:
                peaks = peaks._replace(worker=most(peaks.worker, worker))
        time.sleep(PAUSE)
    if process.returncode:
        raise click.ClickException("souwen failed")
    return time.perf_counter() - started, peaks


def row(articles: Path, size: int, memory: int, work: Path) -> list[str]:
    index = work / "index"
    seconds, peaks = watched(articles, index, memory, "whoosh")
    shutil.rmtree(index)
    shown = (*peaks.all, peaks.writer.resident, peaks.writer.anonymous, peaks.worker.anonymous)
    return [f"{size / seconds:.0f}", *(f"{each / MB:.0f}" for each in shown)]


def numbers(_: click.Context, __: click.Parameter, value: str) -> list[int]:
    return [int(each) for each in value.split(",")] if value else []


@click.command()
@click.option("--articles", default=SHARED / "corpora/news-20k.tar.xz", type=click.Path(path_type=Path, exists=True))
@click.option("--memory", "settings", default="64,256,512", callback=numbers, help="MB, with commas between.")
def main(articles: Path, settings: Sequence[int]) -> None:
    """Measure the memory that indexing takes."""
    with unpacked(articles) as folder, tempfile.TemporaryDirectory() as temporary:
        work, files = Path(temporary), shuffled(folder)
        copied(folder, files, work / "articles")
        click.echo(machine() + "\n")
        rows = {str(each): row(work / "articles", len(files), each, work) for each in settings}
        click.echo(table(f"{len(files):,} articles, --memory", COLUMNS, rows))
        click.echo(NOTES)


if __name__ == "__main__":
    main()
