"""Replace an index by one with other settings or of the present format, and keep its articles."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from ..analysis import Analyzer
from ..engines import (
    DEFAULT_ENGINE,
    FORMER_FORMAT,
    ArticlesUnreadable,
    IndexDamaged,
    IndexDirectory,
    IndexMeta,
    IndexMismatch,
    IndexMoved,
    IndexOutdated,
    IndexTooNew,
)
from ..messages import gettext as _
from ..messages import ngettext
from .errors import MappingsDiffer
from .inputs import NO_INPUTS, Inputs
from .manifest import Manifest
from .manifest_copy import copy_manifest
from .preparation import IndexingConfig
from .update import IndexReport, RunOptions, update_index

_UNREADABLE = (IndexDamaged, IndexMismatch, IndexMoved, IndexOutdated)


class GivenSettings(NamedTuple):
    """Settings of an index that the caller gives. None keeps the setting of the index, or takes the default."""

    engine: str | None = None
    dictionary: Iterable[str] | None = None
    entities: bool | None = None
    mapping: Mapping[str, str] | None = None
    cleaning: bool | None = None

    def cleans(self, meta: IndexMeta | None = None) -> bool:
        """Return whether to clean articles: by default as the index did, or yes."""
        return (meta is None or meta.cleaning) if self.cleaning is None else self.cleaning

    def analyzer(self, meta: IndexMeta | None = None) -> Analyzer:
        """Return the analyzer with these settings, and those of an index otherwise."""
        return (meta.analyzer() if meta else Analyzer()).with_settings(self.dictionary, self.entities)


def recorded_mapping(meta: IndexMeta, directory: Path, manifest_file: Path) -> dict[str, str]:
    """Return the mapping of an index: indexes of format 3 have it in their manifest only.

    Raises:
        MappingsDiffer: Its files were read with mappings that contradict each other.
    """
    if meta.mapping is not None:
        return meta.mapping
    mapping: dict[str, str] = {}
    if manifest_file.exists():
        with Manifest(manifest_file) as manifest:
            for settings in manifest.reader_settings():
                for field, key in IndexingConfig.mapping_in(settings).items():
                    if mapping.setdefault(field, key) != key:
                        raise MappingsDiffer(directory, field, mapping[field], key)
    return mapping


def rebuild_index(
    directory: IndexDirectory,
    inputs: Inputs | None,
    given: GivenSettings,
    options: RunOptions,
    *,
    from_files: bool,
) -> IndexReport:
    """Replace an index by one from files and its other articles. Needs the lock.

    Without `inputs`, all files of its manifest are read that still exist. With `from_files`, and if the articles cannot
    be read, only the files count.

    Raises:
        ArticlesUnreadable: The articles of the index cannot be read, and not all of them are in the files.
    """
    meta: IndexMeta | None = None
    try:
        meta = directory.meta(FORMER_FORMAT)
        if not from_files:
            return copy_articles(directory, directory, meta, given, options, inputs)
    except IndexTooNew:
        if not from_files:
            raise
    except _UNREADABLE as error:
        if not from_files and meta is None:
            raise ArticlesUnreadable(directory.path, _("neither can its settings")) from error
    manifests = [directory.manifest(meta)] if meta else directory.manifests()
    engine = given.engine or (meta.engine if meta else DEFAULT_ENGINE)
    with directory.replacing(given.analyzer(meta), engine, {}) as draft:
        manifest_file = directory.manifest(draft.meta)
        has_manifest = any(copy_manifest(file, manifest_file) for file in manifests)
        inputs = inputs or _known_files(manifest_file, has_manifest)
        if not from_files:
            _check_loss(directory, manifest_file, has_manifest, inputs)
        mapping = _mapping(given, meta, directory, manifest_file)
        manifest_file.unlink(missing_ok=True)
        draft.meta = draft.meta._replace(mapping=mapping, cleaning=given.cleans(meta))
        config = IndexingConfig(draft.engine, given.analyzer(meta), mapping, given.cleans(meta))
        report = update_index(config, manifest_file, inputs, options)
        draft.is_accepted = report.added > 0  # a wrong folder must not replace the index
    return report


def copy_articles(
    source: IndexDirectory,
    target: IndexDirectory,
    meta: IndexMeta,
    given: GivenSettings,
    options: RunOptions,
    inputs: Inputs | None,
) -> IndexReport:
    """Make the index `target` from the articles of `source`, whose metadata is `meta`, and replace a former `target`.

    Articles in the files of `inputs` are read from there; if it is None, those in all files of the manifest that still
    exist. The list of aliases is copied, too.
    """
    # An index of another analyzer can be read too: its stored articles are as they were written.
    with (
        target.replacing(given.analyzer(meta), given.engine or meta.engine, {}) as draft,
        closing(source.article_reader(meta)) as reader,
    ):
        manifest_file = target.manifest(draft.meta)
        has_manifest = copy_manifest(source.manifest(meta), manifest_file)
        inputs = inputs or _known_files(manifest_file, has_manifest)
        mapping = _mapping(given, meta, target, manifest_file)
        draft.meta = draft.meta._replace(mapping=mapping, cleaning=given.cleans(meta))
        config = IndexingConfig(draft.engine, given.analyzer(meta), mapping, given.cleans(meta))
        report = update_index(config, manifest_file, inputs, options, reader)
        if source.path.resolve() != target.path.resolve():
            target.copy_aliases(source)
        draft.is_accepted = True
    return report


def _mapping(
    given: GivenSettings, meta: IndexMeta | None, directory: IndexDirectory, manifest_file: Path
) -> dict[str, str]:
    if given.mapping is not None:
        return dict(given.mapping)
    return recorded_mapping(meta, directory.path, manifest_file) if meta else {}


def _known_files(manifest_file: Path, has_manifest: bool) -> Inputs:
    """Return the files of a manifest that still exist."""
    if not has_manifest:
        return NO_INPUTS
    with Manifest(manifest_file) as manifest:
        files = [path for path in manifest.paths() if Path(path).exists()]
    return Inputs(files, files, [], [], [])


def _check_loss(directory: IndexDirectory, manifest_file: Path, has_manifest: bool, inputs: Inputs) -> None:
    """Raise ArticlesUnreadable if an index made of the files alone would lack articles of the manifest."""
    if not has_manifest:
        raise ArticlesUnreadable(directory.path, _("no manifest says which files they came from"))
    with Manifest(manifest_file) as manifest:
        lost = manifest.count_articles_outside(inputs.files)
    if lost:
        message = ngettext("{number} of them is not in the files", "{number} of them are not in the files", lost)
        raise ArticlesUnreadable(directory.path, message.format(number=lost))
