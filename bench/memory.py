"""Benchmark of the memory that indexing takes.

    python -m bench.memory [--articles FOLDER] [--memory 64,256,512]

Indexes the articles with each setting of `souwen index --memory`, in a separate process, and prints a Markdown table of
the peak memory of that process and its workers. Linux only; bench.scale shows how memory grows with the archive.
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

from .speed import MB, SHARED, describe_machine, table
from .speed_peers import copy_files, shuffled_files, unpack

SAMPLING_INTERVAL = 0.2  # seconds between two measurements of memory
DEFAULT = 256  # MB; the default of `souwen index --memory`
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
All is the writer's process with its workers. Resident memory includes files mapped into memory, and counts a shared
page once for each process; proportional memory (PSS) counts it once; memory without files is anonymous memory, which
the system cannot reclaim."""


class Memory(NamedTuple):
    """Bytes of one or several processes; see NOTES."""

    resident: int = 0
    proportional: int = 0
    anonymous: int = 0


class Peaks(NamedTuple):
    """The largest values measured."""

    all: Memory
    writer: Memory
    worker: Memory


def process_memory(process: psutil.Process) -> Memory:
    """Return the memory of a process, or zeros if it has ended."""
    with suppress(OSError):
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
        kilobytes = {name: int(rest.split()[0]) for name, rest in (line.split(":") for line in lines)}
        return Memory(*(kilobytes[name] * 1024 for name in ("Rss", "Pss", "Anonymous")))
    return Memory()


def elementwise_max(first: Memory, second: Memory) -> Memory:
    """Return the larger of each two values."""
    return Memory(*map(max, first, second))


def measure_indexing(articles: Path, index: Path, memory: int, engine: str) -> tuple[float, Peaks]:
    """Index a folder, and return the seconds and the peak memory that it took."""
    click.echo(f"--engine {engine} --memory {memory} …", err=True)
    started = time.perf_counter()
    command = [sys.executable, "-c", "from souwen.cli import main; main()", "index", str(articles)]
    command += ["--index", str(index), "--engine", engine, "--memory", str(memory)]
    process = psutil.Popen(command, stdout=subprocess.DEVNULL)
    peaks = Peaks(Memory(), Memory(), Memory())
    while process.poll() is None:
        with suppress(psutil.Error):
            writer, *workers = map(process_memory, (process, *process.children(recursive=True)))
            total = Memory(*map(sum, zip(writer, *workers, strict=True)))
            peaks = Peaks(elementwise_max(peaks.all, total), elementwise_max(peaks.writer, writer), peaks.worker)
            for worker in workers:
                peaks = peaks._replace(worker=elementwise_max(peaks.worker, worker))
        time.sleep(SAMPLING_INTERVAL)
    if process.returncode:
        raise click.ClickException("souwen failed")
    return time.perf_counter() - started, peaks


def measure_row(articles: Path, size: int, memory: int, work: Path) -> list[str]:
    """Index the articles with a write buffer of `memory` MB, and return the cells of the row."""
    index = work / "index"
    seconds, peaks = measure_indexing(articles, index, memory, "whoosh")
    shutil.rmtree(index)
    columns = (*peaks.all, peaks.writer.resident, peaks.writer.anonymous, peaks.worker.anonymous)
    return [f"{size / seconds:.0f}", *(f"{size / MB:.0f}" for size in columns)]


def parse_numbers(_: click.Context, __: click.Parameter, value: str) -> list[int]:
    """Parse numbers separated by commas."""
    return [int(number) for number in value.split(",")] if value else []


@click.command()
@click.option("--articles", default=SHARED / "corpora/news-20k.tar.xz", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--memory", "settings", default="64,256,512", callback=parse_numbers, help="Settings in MB, separated by commas."
)
def main(articles: Path, settings: Sequence[int]) -> None:
    """Measure the peak memory of indexing for several write buffers."""
    with unpack(articles) as folder, tempfile.TemporaryDirectory() as temporary:
        work, files = Path(temporary), shuffled_files(folder)
        copy_files(folder, files, work / "articles")
        click.echo(describe_machine() + "\n")
        rows = {str(memory): measure_row(work / "articles", len(files), memory, work) for memory in settings}
        click.echo(table(f"{len(files):,} articles, --memory", COLUMNS, rows))
        click.echo(NOTES)


if __name__ == "__main__":
    main()
