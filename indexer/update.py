"""Update an index in one transaction: from files and, if it replaces another one, from the articles of that."""

from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..engines import ArticleReader, Writer
from ..messages import gettext as _
from .cleaning import Cleaner, RepeatedLines, find_repeated_lines
from .errors import TooManyDeletions, WorkerPoolFailed
from .files import ReadUnit, read_units, sample_articles
from .inputs import Inputs
from .manifest import Manifest, is_below
from .manifest_commit import manifest_of_index
from .preparation import ChangedArticle, IndexingConfig
from .sync import DecodingLoss, ReadFailure, RemovedLine, SharedId, Sync
from .workers import make_executor

MIN_MAX_DELETED = 10  # articles that a run may always delete
_ALL = 100  # percent


@dataclass(frozen=True, slots=True)
class IndexReport:
    """Result of a run. Counts are articles, except `read`, `others` and `excluded`.

    Attributes:
        added: Articles that are new in the index.
        updated: Articles that replaced another version.
        deleted: Articles that were deleted.
        skipped: Articles that are unchanged, or have a newer version elsewhere.
        read: New or changed files that were read.
        failed: Files and records that did not become articles.
        replaced: Files with bytes that could not be decoded.
        removed: Lines that cleaning removed, most frequent first.
        shared_ids: Records that got another id, because a different article has theirs.
        kept: Articles that a rebuild took from the former index, because no file contains them any more.
        others: Files that are not articles by their names, such as pictures and style sheets. They are not read.
        excluded: Files and folders that the user excluded. They are not read either.
    """

    added: int
    updated: int
    deleted: int
    skipped: int
    read: int
    failed: tuple[ReadFailure, ...]
    replaced: tuple[DecodingLoss, ...]
    removed: tuple[RemovedLine, ...]
    shared_ids: tuple[SharedId, ...]
    kept: int = 0
    others: int = 0
    excluded: int = 0


class RunOptions(NamedTuple):
    """Options of a run that do not change the articles; see `build_index`."""

    jobs: int | None
    memory: int
    progress: Callable[[int, int], None] | None
    max_delete: int | None = None  # percent of the articles; None keeps missing articles


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

    Raises:
        TooManyDeletions: More articles are missing than the options allow.
    """
    with (
        manifest_of_index(manifest_file, config.engine, is_new=former is not None) as manifest,
        config.engine.writer(options.memory) as writer,
    ):
        if former:
            _forget_contents(manifest, inputs.files)
        with closing(_Update(config, manifest, writer, inputs, options, former)) as update:
            update.read_files()
            if options.max_delete is not None:
                update.delete_missing(options.max_delete)
            if former:
                update.keep_articles_of(former)
            return update.report()


class _Update:
    """One run: what it reads, writes and counts."""

    def __init__(
        self,
        config: IndexingConfig,
        manifest: Manifest,
        writer: Writer,
        inputs: Inputs,
        options: RunOptions,
        former: ArticleReader | None,
    ) -> None:
        self._config = config
        self._manifest = manifest
        self._writer = writer
        self._inputs = inputs
        roots = [root for root in inputs.roots if not is_below(root, inputs.empty_roots)]
        self._sync = Sync(manifest, inputs.files, config.reader_settings, roots)
        self._added = self._updated = self._deleted = self._kept = 0
        self._settled: set[str] | None = set() if former else None  # not to be taken from the former index
        # A text in a former index is measured in the same bytes as a file, unless there are only such texts.
        statistics = former.statistics() if former else None
        self._former_weight = statistics.size // max(statistics.articles, 1) + 1 if statistics and inputs.files else 1
        self._total = self._sync.size + (self._former_weight * statistics.articles if statistics else 0)
        self._progress = options.progress
        size = self._sync.size + (statistics.size if statistics else 0)
        self._cleaner = Cleaner(_learn_repeated_lines(manifest, self._sync, config) if config.cleaning else None)
        self._executor = make_executor(config, options.jobs, size)

    def close(self) -> None:
        """Stop the workers and remove temporary files."""
        self._executor.close()
        self._sync.close()

    def read_files(self) -> None:
        """Write the articles of new and changed files."""
        sync = self._sync
        for unit, outcomes in self._executor.prepare(read_units(sync.changed_files()), self._cleaner):
            for change in sync.take(unit, outcomes):
                self._write(change)
            self._show(min(unit.done, sync.size))
        sync.finish()
        while sync.has_set_aside:
            for __, outcomes in self._executor.prepare(sync.set_aside_units(), Cleaner(None)):
                for change in sync.take_set_aside(outcomes):
                    self._write(change)
        self._show(sync.size)  # the last bytes of some archives are never read

    def delete_missing(self, max_delete: int) -> None:
        """Delete the articles that no file contains any more, up to `max_delete` percent. Raises TooManyDeletions."""
        manifest, inputs = self._manifest, self._inputs
        spared = self._spare_empty_roots() if max_delete < _ALL else []
        manifest.forget_missing_files(inputs.roots, [*inputs.unreadable, *spared])
        for change in self._sync.adopt_lost_articles(self._config, self._cleaner):
            self._write(change)
        lost, articles = manifest.lost_articles(), manifest.counts()[1]
        if len(lost) > max(MIN_MAX_DELETED, articles * max_delete // _ALL):
            raise TooManyDeletions(len(lost), articles, max_delete)
        for article_id in lost:
            self._writer.delete(article_id)
            manifest.forget_article(article_id)
            self._deleted += 1
            if self._settled is not None:
                self._settled.add(article_id)

    def keep_articles_of(self, former: ArticleReader) -> None:
        """Write the articles of the former index that this run has neither written nor deleted."""
        units = _stored_articles(former, self._settled or ())
        cleaner = Cleaner({} if self._config.cleaning else None)
        for unit, outcomes in self._executor.prepare(units, cleaner):
            for outcome in outcomes:
                if not isinstance(outcome, ChangedArticle):  # its worker died
                    raise WorkerPoolFailed
                self._writer.put(outcome.prepared)
                self._kept += 1
            self._show(self._sync.size + self._former_weight * unit.done)
        self._show(self._total)

    def report(self) -> IndexReport:
        """Return what the run has done so far."""
        sync = self._sync
        return IndexReport(
            added=self._added,
            updated=self._updated,
            deleted=self._deleted,
            skipped=sync.skipped,
            read=sync.read,
            failed=(*self._inputs.failed, *sync.failed),
            replaced=tuple(sync.replaced),
            removed=sync.removed,
            shared_ids=tuple(sync.shared_ids),
            kept=self._kept,
            others=self._inputs.others + sync.others,
            excluded=self._inputs.excluded,
        )

    def _write(self, change: ChangedArticle) -> None:
        self._writer.put(change.prepared, change.replaces)
        if change.replaces is None:
            self._added += change.is_new
            self._updated += not change.is_new
        if self._settled is not None:
            self._settled.add(change.article.id)

    def _show(self, done: int) -> None:
        if self._progress:
            self._progress(min(done, self._total), self._total)

    def _spare_empty_roots(self) -> list[str]:
        """Return the roots without any file, and report those that had files: a disk may not be mounted."""
        for root in self._inputs.empty_roots:
            if self._manifest.has_files_below(root):
                reason = _(
                    "there is no file any more, and its articles stay: allow to delete them with --max-delete 100"
                )
                self._inputs.failed.append(ReadFailure(root, reason))
        return self._inputs.empty_roots


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
