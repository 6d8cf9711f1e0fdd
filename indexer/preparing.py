"""From a file to what the engine's writer takes: the part of indexing that needs nothing but the file, so that many
processes can do it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple, TypeAlias

from ..analysis import Analyzer, Article
from ..engines import Engine
from .errors import ReadError
from .units import Unit


class Change(NamedTuple):
    """An article that the index does not have, or has otherwise. `prepared` is what the engine's writer takes."""

    article_id: str
    is_new: bool
    prepared: Any


class Unchanged(NamedTuple):
    """An article that the index has as it is."""

    article_id: str


Outcomes: TypeAlias = list[Change | Unchanged | ReadError]
"""Of the articles of one file."""


class Preparer:
    """Prepares articles for the last commit of an engine."""

    def __init__(self, engine: Engine, dictionary: Sequence[str]) -> None:
        self._engine = engine
        self._analyzer = Analyzer(dictionary)
        self._committed = engine.reader()

    def prepare(self, batch: Iterable[Unit]) -> list[Outcomes]:
        """What the articles of each unit change."""
        read = [list(unit.articles()) for unit in batch]
        ids = {found.id for file in read for found in file if isinstance(found, Article)}
        before = self._committed.digests(sorted(ids))
        files = [[self._outcome(found, before) for found in file] for file in read]
        changes = (outcome for outcomes in files for outcome in outcomes if isinstance(outcome, Change))
        prepared = iter(self._engine.prepare(change.prepared for change in changes))
        return [
            [
                outcome._replace(prepared=next(prepared)) if isinstance(outcome, Change) else outcome
                for outcome in outcomes
            ]
            for outcomes in files
        ]

    def _outcome(self, found: Article | ReadError, before: Mapping[str, str]) -> Change | Unchanged | ReadError:
        if isinstance(found, ReadError):
            return found
        digest = _digest(found)
        if before.get(found.id) == digest:
            return Unchanged(found.id)
        return Change(found.id, found.id not in before, (self._analyzer.analyse(found), digest))

    def close(self) -> None:
        self._committed.close()


def _digest(article: Article) -> str:
    """Tells whether an article changed; where it lies does not count."""
    content = repr([getattr(article, field.name) for field in fields(article) if field.name != "path"])
    return hashlib.blake2b(content.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
