"""souwen index"""

import sys
import time
from dataclasses import asdict
from typing import TextIO

import click

from ..engines import DEFAULT_ENGINE, ENGINES
from .shared import for_terminal, index_option, json_option, print_json

SHOWN_FAILURES = 10


@click.command(short_help="Read articles into an index.", epilog="Example:  souwen index seeds/ --index index_data")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@index_option
@click.option("--engine", type=click.Choice(ENGINES), default=DEFAULT_ENGINE, help="The engine of a new index.")
@click.option(
    "--dictionary",
    type=click.File(encoding="utf-8-sig"),
    help="A file of words that are to stay whole, one a line; the index keeps them.",
)
@click.option("--rebuild", is_flag=True, help="Make the index anew; the old one answers until the new one is complete.")
@click.option("--memory", type=click.IntRange(16), default=512, show_default=True, help="MB that the writer gathers.")
@click.option("--jobs", type=click.IntRange(1), help="Processes that read and analyse; by default one for each core.")
@json_option
@click.pass_context
def index(
    context: click.Context,
    paths: tuple[str, ...],
    index_dir: str,
    engine: str,
    dictionary: TextIO | None,
    rebuild: bool,
    memory: int,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Read the articles in every PATH (a file or a folder, by default seeds/) into an index.

    Articles that are in the index already are updated where they changed and skipped where they did not.
    """
    from ..indexer import build_index  # loads HTML and engine libraries, which --help does not need

    started = time.perf_counter()
    with click.progressbar(length=1, label="Indexing", width=0, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        report = build_index(
            paths or ("seeds/",),
            index_dir,
            engine=engine,
            rebuild=rebuild,
            jobs=jobs,
            memory=memory << 20,
            dictionary=_words(dictionary) if dictionary else None,
            progress=progress,
        )
    if as_json:
        print_json(asdict(report))
    else:
        for failure in report.failed[:SHOWN_FAILURES]:
            click.echo(for_terminal(f"skipped {failure.path}: {failure.reason}"), err=True)
        if len(report.failed) > SHOWN_FAILURES:
            click.echo(f"… and {len(report.failed) - SHOWN_FAILURES} more; --json lists all", err=True)
        counts = [f"{report.added} added", f"{report.updated} updated", f"{report.skipped} unchanged"]
        if report.failed:
            counts.append(f"{len(report.failed)} failed")
        click.echo(f"{index_dir}: {', '.join(counts)} in {time.perf_counter() - started:.1f} s")
    if not (report.added or report.updated or report.skipped):
        click.echo(f"no article was found in {' '.join(paths) or 'seeds/'}; {index_dir} is as it was", err=True)
        context.exit(2)


def _words(file: TextIO) -> list[str]:
    try:
        return file.read().splitlines()
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{file.name} is not text in UTF-8", param_hint="--dictionary") from error
