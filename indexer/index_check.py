"""Whether an index is as it was written, and holds what its manifest says."""

import os
from dataclasses import dataclass

from ..engines import IndexDirectory
from ..messages import gettext as _
from .build import LOCK_TIMEOUT
from .manifest import Manifest

SAMPLE = 1000  # articles that are looked up


@dataclass(frozen=True, slots=True)
class CheckReport:
    """`files` is None where there is no manifest; `problems` say what is amiss and what to do about it."""

    articles: int
    size: int  # bytes on disk
    files: int | None
    problems: tuple[str, ...]


def check_index(
    index: str | os.PathLike[str] = "index_data", *, sample: int = SAMPLE, lock_timeout: float = LOCK_TIMEOUT
) -> CheckReport:
    """Reads the whole index, compares its checksums, and looks up some of the articles that the manifest lists. Nothing
    can be written meanwhile. Raises IndexNotFound, IndexMismatch, IndexDamaged, IndexUnreadable, IndexLocked,
    IndexUnwritable."""
    directory = IndexDirectory(index)
    meta = directory.meta()
    with directory.lock(lock_timeout):
        reader = directory.open(meta.analyzer().fingerprint).reader()
        try:
            reader.check()
            statistics = reader.statistics()
            manifest_file = directory.manifest(meta)
            if not manifest_file.exists():
                problem = _("there is no manifest: the next `souwen index` reads every file again")
                return CheckReport(statistics.articles, statistics.size, None, (problem,))
            with Manifest(manifest_file) as manifest:
                files, listed = manifest.counts()
                missing = [article_id for article_id in manifest.sample(sample) if reader.find(article_id) is None]
        finally:
            reader.close()
    problems = []
    if missing:
        problems.append(
            _(
                "{missing} of {sampled} articles that should be there are not, such as {example}: "
                "`souwen index PATH --index {index} --rebuild`"
            ).format(missing=len(missing), sampled=min(sample, listed), example=missing[0], index=directory.path)
        )
    elif listed != statistics.articles:
        problems.append(
            _(
                "the manifest lists {listed} articles and the index has {articles}, as after a run that was killed in "
                "its last moment: run `souwen index` again with the same paths"
            ).format(listed=listed, articles=statistics.articles)
        )
    return CheckReport(statistics.articles, statistics.size, files, tuple(problems))
