"""Update an index in one transaction: from files and, if it replaces another one, from the articles of that."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..engines import ArticleReader
from .cleaning import Cleaner, RepeatedLines, find_repeated_lines
from .errors import WorkerPoolFailed
from .files import ReadUnit, find_files, read_units, sample_articles
from .manifest import Manifest
from .preparation import ChangedArticle, IndexingConfig
from .readers import is_other_file
from .sync import DecodingLoss, ReadFailure, RemovedLine, Sync
from .workers import make_executor


@dataclass(frozen=True, slots=True)
class IndexReport:
    """Result of a run. Counts are articles, except `read` and `others`.

    Attributes:
        added: Articles that are new in the index.
        updated: Articles that replaced another version.
        deleted: Articles that were deleted.
        skipped: Articles that are unchanged, or share the id of another article.
        read: New or changed files that were read.
        failed: Files and records that did not become articles.
        replaced: Files with bytes that could not be decoded.
        removed: Lines that cleaning removed, most frequent first.
        kept: Articles that a rebuild took from the former index, because no file contains them any more.
        others: Files that are not articles by their names, such as pictures and style sheets. They are not read.
    """

    added: int
    updated: int
    deleted: int
    skipped: int
    read: int
    failed: tuple[ReadFailure, ...]
    replaced: tuple[DecodingLoss, ...]
    removed: tuple[RemovedLine, ...]
    kept: int = 0
    others: int = 0


class Inputs(NamedTuple):
    """The files at or below `roots`, the paths to index."""

    roots: list[str]
    files: list[str]
    failed: list[ReadFailure]  # folders that cannot be read
    others: int = 0  # files that are not articles by their names


NO_INPUTS = Inputs([], [], [])


class RunOptions(NamedTuple):
    """Options of a run that do not change the articles; see `build_index`."""

    jobs: int | None
    memory: int
    progress: Callable[[int, int], None] | None
    delete_missing: bool = False


def find_inputs(paths: Iterable[str | os.PathLike[str]]) -> Inputs:
    """Return absolute paths, so that a file is the same from any working directory. Raises PathNotFound."""
    inputs = Inputs([os.path.abspath(path) for path in paths], [], [])  # noqa: PTH100 - symbolic links stay unresolved
    others = 0
    for root in inputs.roots:
        for entry in find_files(Path(root)):
            if isinstance(entry, Path):
                if is_other_file(entry.name) and str(entry) != root:
                    others += 1
                else:
                    inputs.files.append(str(entry))
            else:
                folder, error = entry
                inputs.failed.append(ReadFailure(str(folder), str(error)))
    return inputs._replace(others=others)


def update_index(
    config: IndexingConfig,
    manifest_file: Path,
    inputs: Inputs,
    options: RunOptions,
    former: ArticleReader | None = None,
) -> IndexReport:
    """Update the index, then the manifest.

    With `former`, the index is empty and replaces another one, whose manifest was copied. Then all files are read, and
    the other articles of the former index are kept.
    """
    with Manifest(manifest_file) as manifest, config.engine.writer(options.memory) as writer:
        if former:
            _forget_contents(manifest, inputs.files)
        sync = Sync(manifest, inputs.files, config.reader_settings)
        statistics = former.statistics() if former else None
        # A text in a former index is measured in the same bytes as a file, unless there are only such texts.
        former_weight = statistics.size // max(statistics.articles, 1) + 1 if statistics and inputs.files else 1
        total = sync.size + (former_weight * statistics.articles if statistics else 0)

        def show(done: int) -> None:
            if options.progress:
                options.progress(min(done, total), total)

        added = updated = deleted = kept = 0
        settled: set[str] = set()  # articles that are not to be taken from the former index
        with closing(
            make_executor(config, options.jobs, sync.size + (statistics.size if statistics else 0))
        ) as executor:
            cleaner = Cleaner(_learn_repeated_lines(manifest, sync, config))
            for unit, outcomes in executor.prepare(read_units(sync.changed_files()), cleaner):
                for change in sync.take(unit, outcomes):
                    writer.put(change.prepared)
                    added += change.is_new
                    updated += not change.is_new
                    if former:
                        settled.add(change.article_id)
                show(min(unit.done, sync.size))
            sync.finish()
            show(sync.size)  # the last bytes of some archives are never read
            if options.delete_missing and inputs.files:  # an empty folder may be a disk that is not mounted
                manifest.forget_missing_files(inputs.roots, [failure.path for failure in inputs.failed])
                for change in sync.adopt_lost_articles(config, cleaner):
                    writer.put(change.prepared)
                    updated += 1
                    settled.add(change.article_id)
                for article_id in manifest.lost_articles():
                    writer.delete(article_id)
                    manifest.forget_article(article_id)
                    deleted += 1
                    settled.add(article_id)
            if former:
                for unit, outcomes in executor.prepare(_stored_articles(former, settled), Cleaner({})):
                    for outcome in outcomes:
                        if not isinstance(outcome, ChangedArticle):  # its worker died
                            raise WorkerPoolFailed
                        writer.put(outcome.prepared)
                        kept += 1
                    show(sync.size + former_weight * unit.done)
                show(total)
    failed = (*inputs.failed, *sync.failed)
    others = inputs.others + sync.others
    return IndexReport(
        added, updated, deleted, sync.skipped, sync.read, failed, tuple(sync.replaced), sync.removed, kept, others
    )


def _forget_contents(manifest: Manifest, files: Collection[str]) -> None:
    """Make this run read all these files, and learn repeated lines again if it reads everything."""
    for path in files:
        record = manifest.find_file(path)
        if record:
            manifest.invalidate_file(record.key)
    if files and set(manifest.paths()) <= set(files):
        manifest.forget_repeated_lines()


def _stored_articles(reader: ArticleReader, settled: Collection[str]) -> Iterator[ReadUnit]:
    for done, stored in enumerate(reader.articles(), start=1):
        article = stored.article
        if article.id not in settled:
            yield ReadUnit(article.path, Path(article.path), done, len(article.body), article)


def _learn_repeated_lines(manifest: Manifest, sync: Sync, config: IndexingConfig) -> RepeatedLines:
    """Return the repeated lines of all sources, and store those of new sources.

    The lines of a known source never change, so that all its articles are cleaned alike.
    """
    known = manifest.repeated_lines()
    learned = find_repeated_lines(sample_articles(sync.candidates, sync.size, config.mapping))
    manifest.add_repeated_lines({source: forms for source, forms in learned.items() if source not in known})
    return learned | known
