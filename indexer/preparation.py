"""From a file to what the engine's writer takes: the part of indexing that needs nothing but the file, so that many
processes can do it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any, NamedTuple, TypeAlias

from ..analysis import Analyzer, Article
from ..engines import Engine
from .cleaning import Cleaner
from .errors import ReadError
from .files import Unit
from .readers import Replaced

READERS_VERSION = 1  # counts changes of what the readers make of files


class Change(NamedTuple):
    """An article that the index does not have, or has otherwise. `prepared` is what the engine's writer takes."""

    article_id: str
    is_new: bool
    prepared: Any


class Unchanged(NamedTuple):
    """An article that the index has as it is."""

    article_id: str


class Removed(NamedTuple):
    """A line that cleaning took out of an article of a source."""

    source: str
    line: str


Outcome: TypeAlias = Change | Unchanged | Removed | Replaced | ReadError
Outcomes: TypeAlias = list[Outcome]
"""What came of one unit."""


class IndexingConfig(NamedTuple):
    """How files become what the writer of the engine takes. `mapping` gives fields of articles their keys in
    records."""

    engine: Engine
    analyzer: Analyzer
    mapping: Mapping[str, str]

    @property
    def reading(self) -> str:
        """Tells how files are read: another text, and all of them must be read again."""
        return json.dumps([READERS_VERSION, sorted(self.mapping.items())], ensure_ascii=False)


class Preparer:
    """Prepares articles for the last commit of an engine."""

    def __init__(self, recipe: IndexingConfig) -> None:
        self._engine = recipe.engine
        self._mapping = recipe.mapping
        self._analyzer = recipe.analyzer
        self._committed = recipe.engine.reader()

    def prepare(self, batch: Iterable[Unit], cleaner: Cleaner) -> list[Outcomes]:
        """What the articles of each unit change."""
        read = [list(self._read(unit, cleaner)) for unit in batch]
        ids = {found.id for file in read for found in file if isinstance(found, Article)}
        before = self._committed.digests(sorted(ids))
        files = [
            [self._outcome(found, before) if isinstance(found, Article) else found for found in file] for file in read
        ]
        changes = (outcome for outcomes in files for outcome in outcomes if isinstance(outcome, Change))
        prepared = iter(self._engine.prepare(change.prepared for change in changes))
        return [
            [
                outcome._replace(prepared=next(prepared)) if isinstance(outcome, Change) else outcome
                for outcome in outcomes
            ]
            for outcomes in files
        ]

    def _read(self, unit: Unit, cleaner: Cleaner) -> Iterator[Article | Removed | Replaced | ReadError]:
        """The articles of a unit, cleaned, and what else came of it."""
        for found in unit.articles(self._mapping):
            if not isinstance(found, Article):
                yield found
                continue
            article, removed = cleaner.clean(found)
            yield from (Removed(article.source, line) for line in removed)
            yield article

    def _outcome(self, article: Article, before: Mapping[str, str]) -> Change | Unchanged:
        digest = _digest(article)
        if before.get(article.id) == digest:
            return Unchanged(article.id)
        return Change(article.id, article.id not in before, (self._analyzer.analyze(article), digest))

    def close(self) -> None:
        self._committed.close()


def _digest(article: Article) -> str:
    """Tells whether an article changed; where it lies does not count."""
    values = [getattr(article, field.name) for field in fields(article) if field.name not in ("path", "published")]
    content = repr([*values, article.published and article.published.isoformat()])
    return hashlib.blake2b(content.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
