"""souwen index"""

import sys
import time
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, TextIO, TypeVar

import click

from ..engines import DEFAULT_ENGINE, ENGINES, IndexDirectory
from ..messages import gettext as _
from .output import FILE, complete_folder, for_terminal, index_option, json_option, listed, print_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..indexer import IndexReport

SHOWN_FAILURES = 10
LARGE = 200_000  # articles, from which on the default engine takes 20 ms and more for a query
T = TypeVar("T")


def _mapping(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    mapping = {}
    for value in values:
        field, _equals, key = value.partition("=")
        if not (field and key):
            raise click.BadParameter(
                _("{value!r} is not FIELD=KEY, such as title=headline").format(value=value), context, option
            )
        mapping[field] = key
    return mapping


@click.command(short_help="Read articles into an index.", epilog="Example:  souwen index seeds/ --index index_data")
@click.argument("paths", nargs=-1, type=FILE, metavar="[PATH]...")
@index_option
@click.option("--engine", type=click.Choice(ENGINES), default=DEFAULT_ENGINE, help="The engine of a new index.")
@click.option(
    "--from-index",
    metavar="DIR",
    shell_complete=complete_folder,
    help="Take the articles of another index, or of this one, not of files.",
)
@click.option(
    "--dictionary",
    type=click.File(encoding="utf-8-sig"),
    help="A file of words that are to stay whole, one a line; the index keeps them.",
)
@click.option("--entities/--no-entities", default=None, help="Whether to look for names; the index keeps the choice.")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    callback=_mapping,
    metavar="FIELD=KEY",
    help="The key that records (JSON, tables, front matter) have for a field of articles: title=headline.",
)
@click.option("--delete-missing", is_flag=True, help="Delete articles that are no longer in the files below PATH.")
@click.option("--watch", is_flag=True, help="Go on, and read what changes, until interrupted.")
@click.option("--show-cleaning", is_flag=True, help="List the lines that were taken out of articles.")
@click.option("--rebuild", is_flag=True, help="Make the index anew; the old one answers until the new one is complete.")
@click.option("--memory", type=click.IntRange(16), default=256, show_default=True, help="MB that the writer gathers.")
@click.option("--jobs", type=click.IntRange(1), help="Processes that read and analyse; by default one for each core.")
@json_option
@click.pass_context
def index(
    context: click.Context,
    paths: tuple[str, ...],
    index_dir: str,
    engine: str,
    from_index: str | None,
    dictionary: TextIO | None,
    entities: bool | None,
    mapping: dict[str, str],
    delete_missing: bool,
    watch: bool,
    show_cleaning: bool,
    rebuild: bool,
    memory: int,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Read the articles in every PATH (a file or a folder, by default seeds/) into an index.

    A file that has not changed since it was read is not read again. Articles that are in the index already are updated
    where they changed. With --from-index the index is made anew from what another one keeps, such as with another
    engine.
    """
    # Loads HTML and engine libraries, which --help does not need.
    from ..indexer import build_index, copy_index, watch_changes

    own_words = _words(dictionary) if dictionary else None
    if from_index:
        if paths or mapping or delete_missing or watch:
            raise click.UsageError(
                _("--from-index takes articles from an index: leave out PATH, --map, --delete-missing and --watch")
            )
        copy = partial(copy_index, engine=engine, jobs=jobs, memory=memory << 20)
        copied, seconds = _with_bar(partial(copy, from_index, index_dir, dictionary=own_words, entities=entities))
        _print_copied(index_dir, copied, seconds, as_json)
        return
    paths = paths or ("seeds/",)
    run = partial(
        build_index,
        paths,
        index_dir,
        engine=engine,
        delete_missing=delete_missing,
        mapping=mapping,
        jobs=jobs,
        memory=memory << 20,
    )
    report, seconds = _with_bar(partial(run, rebuild=rebuild, dictionary=own_words, entities=entities))
    _print(report, seconds, index_dir, show_cleaning, as_json)
    if not (report.added or report.updated or report.skipped or report.deleted):
        told = _(
            "no article was found in {paths}, {index} is as it was: give the folder or file that holds the articles"
        )
        click.echo(told.format(paths=" ".join(paths), index=index_dir), err=True)
        context.exit(2)
    if report.added and IndexDirectory(index_dir).meta().engine == DEFAULT_ENGINE:
        _advise(index_dir)
    if watch:
        for _changed in watch_changes(paths, index_dir):
            report, seconds = _with_bar(run)
            if report.read or report.deleted:
                _print(report, seconds, index_dir, show_cleaning, as_json)


def _print_copied(index_dir: str, copied: int, seconds: float, as_json: bool) -> None:
    if as_json:
        print_json({"copied": copied})
    else:
        told = _("{index}: {number} copied in {seconds:.1f} s")
        click.echo(told.format(index=index_dir, number=copied, seconds=seconds))


def _advise(index_dir: str) -> None:
    """Tells of an engine that serves better where an index has grown large."""
    from ..query import Searcher

    with Searcher(index_dir) as searcher:
        articles = searcher.statistics().articles
    if articles > LARGE:
        told = _(
            "with {articles} articles searches are faster on Tantivy: pip install 'souwen[tantivy]' && "
            "souwen index --from-index {index} --index {index} --engine tantivy"
        )
        click.echo(told.format(articles=articles, index=index_dir), err=True)


def _with_bar(run: "Callable[..., T]") -> "tuple[T, float]":
    """What a run returned, and how many seconds it took; with a bar of progress where somebody looks."""
    started = time.perf_counter()
    with click.progressbar(
        length=1, label=_("Indexing"), width=0, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        report = run(progress=progress)
    return report, time.perf_counter() - started


def _print(report: "IndexReport", seconds: float, index_dir: str, show_cleaning: bool, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(report, show_cleaning))
        return
    if show_cleaning:
        for source, line, articles in report.removed:
            click.echo(f"{articles:>7}  {for_terminal(source)}  {for_terminal(line)}")
    for failure in report.failed[:SHOWN_FAILURES]:
        click.echo(
            for_terminal(_("skipped {path}: {reason}").format(path=failure.path, reason=failure.reason)), err=True
        )
    if len(report.failed) > SHOWN_FAILURES:
        more = len(report.failed) - SHOWN_FAILURES
        click.echo(_("… and {more} more; --json lists all").format(more=more), err=True)
    if report.replaced:
        told = _(
            "damaged text in {files} of the files: {characters} characters became �, first in {path}; --json lists all"
        )
        characters = sum(replacement.characters for replacement in report.replaced)
        path = for_terminal(report.replaced[0].path)
        click.echo(told.format(files=len(report.replaced), characters=characters, path=path), err=True)
    counts = [
        _("{number} added").format(number=report.added),
        _("{number} updated").format(number=report.updated),
        *([_("{number} deleted").format(number=report.deleted)] if report.deleted else ()),
        _("{number} unchanged").format(number=report.skipped),
        *([_("{number} failed").format(number=len(report.failed))] if report.failed else ()),
    ]
    told = _("{index}: {counts} in {seconds:.1f} s")
    click.echo(told.format(index=index_dir, counts=listed(counts), seconds=seconds))


def _as_json(report: "IndexReport", show_cleaning: bool) -> dict[str, object]:
    values = asdict(report)
    for name in ("failed", "replaced", "removed"):
        values[name] = [one._asdict() for one in values[name]]
    if not show_cleaning:
        del values["removed"]
    return values


def _words(file: TextIO) -> list[str]:
    try:
        return file.read().splitlines()
    except UnicodeDecodeError as error:
        raise click.BadParameter(
            _("{file} is not text in UTF-8: save it as UTF-8").format(file=file.name), param_hint="--dictionary"
        ) from error
