"""`souwen index`: files into an index."""

import sys
import time
from dataclasses import asdict
from functools import partial
from math import inf
from typing import TYPE_CHECKING, TextIO, TypeVar

import click

from ..engines import DEFAULT_ENGINE, ENGINES, IndexDirectory, IndexLocked
from ..messages import gettext as _
from .options import FILE, complete_folder, index_option, json_option, quiet_option
from .output import FAILED_FILES, for_terminal, is_quiet, join_facts, print_json, print_summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..indexer import IndexReport

MAX_FAILURES_SHOWN = 10
LARGE_INDEX = 200_000  # articles; with more, the default engine takes 20 ms or longer for a query
T = TypeVar("T")


def _parse_mapping(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    mapping = {}
    for value in values:
        field, _equals, key = value.partition("=")
        if not (field and key):
            raise click.BadParameter(
                _("{value!r} is not FIELD=KEY, such as title=headline").format(value=value), context, option
            )
        mapping[field] = key
    return mapping


@click.command(
    short_help="Read articles into an index.",
    epilog="""\b
Examples:
  souwen index seeds/ --index index_data
  souwen index news.csv --map title=headline --map date=day
  souwen index --index index_data --rebuild --engine tantivy
  souwen index --from-index index_data --index new_index
""",
)
@click.argument("paths", nargs=-1, type=FILE, metavar="[PATH]...")
@index_option
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    help="Engine of a new index, by default whoosh. The index remembers it.",
)
@click.option(
    "--from-index",
    metavar="DIR",
    shell_complete=complete_folder,
    help="Take the articles, settings and aliases from this index, instead of articles from files.",
)
@click.option(
    "--dictionary",
    type=click.File(encoding="utf-8-sig"),
    metavar="FILE",
    help="Custom dictionary, one word per line. The index remembers it.",
)
@click.option(
    "--entities/--no-entities",
    default=None,
    help="Find the people, organisations and places that articles mention, or not. The index remembers the choice.",
)
@click.option(
    "--cleaning/--no-cleaning",
    default=None,
    help="Remove the lines that publishers print around articles, such as copyright notices and 责任编辑, or keep all "
    "lines. The index remembers the choice.",
)
@click.option(
    "--map",
    "mapping",
    multiple=True,
    callback=_parse_mapping,
    metavar="FIELD=KEY",
    help="Read FIELD from this key of JSON records, tables and front matter, as in title=headline (repeatable). "
    "The index remembers it.",
)
@click.option(
    "--include",
    multiple=True,
    metavar="GLOB",
    help="Read only files that match, as in --include '*.html' (repeatable: any of them).",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="GLOB",
    help="Do not read files and folders that match (repeatable). Files .souwenignore do the same for their folder.",
)
@click.option("--delete-missing", is_flag=True, help="Delete articles that are no longer in the files below PATH.")
@click.option(
    "--max-delete",
    type=click.IntRange(0, 100),
    default=20,
    show_default=True,
    metavar="PERCENT",
    help="Share of the articles that --delete-missing may delete; with 100 also all below an empty PATH.",
)
@click.option("--watch", is_flag=True, help="Keep running, and index files as they change, until interrupted.")
@click.option("--show-cleaning", is_flag=True, help="List the lines that were removed from articles.")
@click.option(
    "--rebuild",
    is_flag=True,
    help="Make the index again, with other settings if they are given. All articles stay, and searches use the old "
    "index until the new one is complete.",
)
@click.option(
    "--from-files",
    is_flag=True,
    help="With --rebuild, take articles from the files alone and drop the others.",
)
@click.option(
    "--memory",
    type=click.IntRange(16),
    default=256,
    show_default=True,
    metavar="MB",
    help="Write buffer, in MB.",
)
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Number of worker processes; by default one for each core."
)
@click.option("--strict", is_flag=True, help="Exit with status 3 if a file could not be read.")
@quiet_option
@json_option
@click.pass_context
def index(
    context: click.Context,
    paths: tuple[str, ...],
    index_dir: str,
    engine: str | None,
    from_index: str | None,
    dictionary: TextIO | None,
    entities: bool | None,
    cleaning: bool | None,
    mapping: dict[str, str],
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    delete_missing: bool,
    max_delete: int,
    watch: bool,
    show_cleaning: bool,
    rebuild: bool,
    from_files: bool,
    memory: int,
    jobs: int | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Read the articles in each PATH, a file or a folder (seeds/ by default), into an index.

    Unchanged files are skipped, and changed articles are updated. Deleting a file keeps its articles in the index;
    --delete-missing removes them.

    An index remembers its engine, dictionary, mapping, and whether it finds names and cleans articles. --rebuild
    changes them: it reads the files in PATH, or all files of the index that still exist, and takes the other articles
    from the index itself.

    Exit status: 0 even where single files could not be read, 3 with --strict, 2 if nothing was read.
    """
    # These modules load HTML and engine libraries, which --help does not need.
    from ..indexer import PathNotFound, TooManyDeletions, build_index, copy_index, watch_changes

    dictionary_words = _read_words(dictionary) if dictionary else None
    if from_index:
        if paths or mapping or delete_missing or watch or from_files or cleaning is not None:
            raise click.UsageError(
                _(
                    "--from-index takes articles from an index: leave out PATH, --map, --cleaning, --delete-missing, "
                    "--watch and --from-files"
                )
            )
        copy = partial(copy_index, engine=engine, rebuild=rebuild, jobs=jobs, memory=memory << 20)
        copied, seconds = _with_progress(
            partial(copy, from_index, index_dir, dictionary=dictionary_words, entities=entities)
        )
        _print_copied(index_dir, copied, seconds, as_json)
        return
    if from_files and not rebuild:
        raise click.UsageError(_("--from-files says how to rebuild: add --rebuild"))
    rebuilds_all = rebuild and not paths and IndexDirectory(index_dir).exists()
    if rebuilds_all and (delete_missing or watch):
        raise click.UsageError(_("--delete-missing and --watch need PATH: name the folders of the articles"))
    if not rebuilds_all:
        paths = paths or ("seeds/",)
    update = partial(
        build_index,
        paths,
        index_dir,
        engine=engine,
        include=include,
        exclude=exclude,
        delete_missing=delete_missing,
        max_delete=max_delete,
        mapping=mapping or None,
        jobs=jobs,
        memory=memory << 20,
    )
    settings = partial(
        update,
        rebuild=rebuild,
        from_files=from_files,
        dictionary=dictionary_words,
        entities=entities,
        cleaning=cleaning,
    )
    report, seconds = _with_progress(settings)
    _print(report, seconds, index_dir, show_cleaning, as_json)
    if not (report.added or report.updated or report.skipped or report.deleted or report.kept):
        message = _("no article was found in {paths}, {index} is unchanged: name the folder or file that has articles")
        click.echo(message.format(paths=" ".join(paths) or _("the known files"), index=index_dir), err=True)
        context.exit(2)
    if report.added and IndexDirectory(index_dir).meta().engine == DEFAULT_ENGINE:
        _recommend_engine(index_dir)
    if watch:
        for _changes in watch_changes(paths, index_dir):
            try:
                report, seconds = _with_progress(partial(_wait_for_lock, update))
            except (PathNotFound, TooManyDeletions) as error:  # until the path or the articles are back
                click.echo(for_terminal(str(error)), err=True)
                continue
            if report.read or report.deleted:
                _print(report, seconds, index_dir, show_cleaning, as_json)
    elif strict and report.failed:
        context.exit(FAILED_FILES)


def _wait_for_lock(update: "Callable[..., IndexReport]", **options: object) -> "IndexReport":
    """Update an index, as soon as no other program writes into it."""
    try:
        return update(**options)
    except IndexLocked as error:
        message = _("waiting: {reason}")
        click.echo(for_terminal(message.format(reason=error)), err=True)
        return update(**options, lock_timeout=inf)


def _print_copied(index_dir: str, copied: int, seconds: float, as_json: bool) -> None:
    if as_json:
        print_json({"copied": copied})
    else:
        message = _("{index}: {number} copied in {seconds:.1f} s")
        click.echo(message.format(index=index_dir, number=copied, seconds=seconds))


def _recommend_engine(index_dir: str) -> None:
    """Recommend the engine Tantivy for an index that has grown large."""
    from ..query import Searcher

    with Searcher(index_dir) as searcher:
        articles = searcher.statistics().articles
    if articles > LARGE_INDEX:
        message = _(
            "with {articles} articles searches are faster on Tantivy: pip install 'souwen[tantivy]' && "
            "souwen index --index {index} --rebuild --engine tantivy"
        )
        click.echo(message.format(articles=articles, index=index_dir), err=True)


def _with_progress(task: "Callable[..., T]") -> "tuple[T, float]":
    """Run `task` with a progress bar, if standard error is a terminal; return its result and its seconds."""
    started = time.perf_counter()
    with click.progressbar(
        length=1, label=_("Indexing"), width=0, file=sys.stderr, hidden=not sys.stderr.isatty() or is_quiet()
    ) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        result = task(progress=progress)
    return result, time.perf_counter() - started


def _print(report: "IndexReport", seconds: float, index_dir: str, show_cleaning: bool, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(report, show_cleaning))
        return
    if show_cleaning:
        for source, line, articles in report.removed:
            click.echo(f"{articles:>7}  {for_terminal(source)}  {for_terminal(line)}")
    for failure in report.failed[:MAX_FAILURES_SHOWN]:
        message = _("skipped {path}: {reason}")
        click.echo(for_terminal(message.format(path=failure.path, reason=failure.reason)), err=True)
    if len(report.failed) > MAX_FAILURES_SHOWN:
        more = len(report.failed) - MAX_FAILURES_SHOWN
        click.echo(_("… and {more} more; --json lists all").format(more=more), err=True)
    if report.shared_ids:
        message = _(
            "{records} records have the id of a different article and got another one, such as {path}: {id} is indexed "
            "as {article_id}; --json lists all"
        )
        shared = report.shared_ids[0]
        click.echo(for_terminal(message.format(records=len(report.shared_ids), **shared._asdict())), err=True)
    if report.replaced:
        message = _(
            "damaged text in {files} of the files: {characters} characters became �, first in {path}; --json lists all"
        )
        characters = sum(replacement.characters for replacement in report.replaced)
        path = for_terminal(report.replaced[0].path)
        click.echo(message.format(files=len(report.replaced), characters=characters, path=path), err=True)
    counts = [
        _("{number} added").format(number=report.added),
        _("{number} updated").format(number=report.updated),
        *([_("{number} deleted").format(number=report.deleted)] if report.deleted else ()),
        _("{number} unchanged").format(number=report.skipped),
        *([_("{number} kept").format(number=report.kept)] if report.kept else ()),
        *([_("{number} failed").format(number=len(report.failed))] if report.failed else ()),
        *([_("{number} other files skipped").format(number=report.others)] if report.others else ()),
        *([_("{number} excluded").format(number=report.excluded)] if report.excluded else ()),
    ]
    summary = _("{index}: {counts} in {seconds:.1f} s")
    print_summary(summary.format(index=index_dir, counts=join_facts(counts), seconds=seconds))


def _as_json(report: "IndexReport", show_cleaning: bool) -> dict[str, object]:
    values = asdict(report)
    for field in ("failed", "replaced", "removed", "shared_ids"):
        values[field] = [record._asdict() for record in values[field]]
    if not show_cleaning:
        del values["removed"]
    return values


def _read_words(file: TextIO) -> list[str]:
    try:
        return file.read().splitlines()
    except UnicodeDecodeError as error:
        raise click.BadParameter(
            _("{file} is not text in UTF-8: save it as UTF-8").format(file=file.name), param_hint="--dictionary"
        ) from error
