"""Check that an index is undamaged and holds the articles that its manifest lists."""

import os
from dataclasses import dataclass

from ..engines import IndexDirectory
from ..messages import gettext as _
from .build import LOCK_TIMEOUT
from .manifest import Manifest

SAMPLE_SIZE = 1000  # articles


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Result of a check: `files` is None without a manifest, and each of `problems` names its remedy."""

    articles: int
    size: int  # bytes on disk
    files: int | None
    problems: tuple[str, ...]


def check_index(
    index: str | os.PathLike[str] = "index_data", *, sample: int = SAMPLE_SIZE, lock_timeout: float = LOCK_TIMEOUT
) -> CheckReport:
    """Read the whole index with its manifest, verify all checksums, and look up `sample` random articles.

    The index stays locked against writers meanwhile. `lock_timeout` is in seconds.

    Raises:
        IndexNotFound: There is no index.
        IndexMismatch: The index has another format.
        IndexDamaged: A checksum is wrong, or a file is missing or invalid.
        IndexUnreadable: A file cannot be read.
        IndexLocked: Another process writes into the index.
        IndexUnwritable: The manifest or the lock cannot be written.
    """
    directory = IndexDirectory(index)
    directory.meta()  # raises before a lock is made where there is no index
    with directory.lock(lock_timeout):
        meta = directory.meta()
        directory.verify_meta()
        engine = directory.open(meta.analyzer().fingerprint)
        reader = engine.reader()
        try:
            reader.check()
            statistics = reader.statistics()
            manifest_file = directory.manifest(meta)
            if not manifest_file.exists():
                problem = _("the index has no manifest: the next `souwen index` reads every file again")
                return CheckReport(statistics.articles, statistics.size, None, (problem,))
            with Manifest(manifest_file) as manifest:
                manifest.verify()
                commit_id = manifest.commit_id
                files, listed = manifest.counts()
                sampled_ids = manifest.random_article_ids(sample)
                missing = [article_id for article_id in sampled_ids if reader.find(article_id) is None]
        finally:
            reader.close()
        is_of_this_commit = commit_id == engine.commit_id()
    problems = []
    if commit_id is not None and not is_of_this_commit:
        problems.append(
            _(
                "the manifest belongs to another commit than the index, as after a run that was killed in its last "
                "moment: run `souwen index` again with the same paths, which reads all files"
            )
        )
    elif missing:
        problems.append(
            _(
                "the index lacks {missing} of {sampled} sampled articles, such as {example}: "
                "run `souwen index PATH --index {index} --rebuild`"
            ).format(missing=len(missing), sampled=min(sample, listed), example=missing[0], index=directory.path)
        )
    elif listed > statistics.articles or (listed < statistics.articles and not is_of_this_commit):
        problems.append(
            _(
                "the manifest lists {listed} articles and the index has {articles}, as after a run that was killed in "
                "its last moment: run `souwen index` again with the same paths"
            ).format(listed=listed, articles=statistics.articles)
        )
    return CheckReport(statistics.articles, statistics.size, files, tuple(problems))
