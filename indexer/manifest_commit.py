"""Keep the manifest of an index and its commits together."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ..engines import Engine
from .manifest import Manifest


@contextmanager
def manifest_of_index(file: Path, engine: Engine, *, is_new: bool) -> Iterator[Manifest]:
    """Open the manifest for a run, which commits the index in the block. The manifest is committed when it ends.

    If the manifest belongs to another commit, because a run was killed between the two or one of them was restored from
    a copy, it is brought in line with the index, and this run reads all files again. `is_new` is True for an index that
    is empty yet and replaces the one of the manifest.
    """
    with Manifest(file) as manifest:
        if not is_new and manifest.commit_id not in (None, engine.commit_id()):
            with closing(engine.article_reader()) as reader:
                manifest.distrust(stored.article.id for stored in reader.articles())
        yield manifest
        manifest.set_commit_id(engine.commit_id())
