"""Prepare articles for the engine's writer.

This part of indexing needs nothing but the file, so many processes can do it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple, TypeAlias

from ..analysis import Analyzer, Article
from ..engines import Engine
from .cleaning import Cleaner
from .errors import ReadError
from .files import ReadUnit
from .readers import ReplacedCharacters
from .worker_process import BeginStep, memory_reason

READERS_VERSION = 2  # increase it when the readers make other articles of the same files


class ChangedArticle(NamedTuple):
    """An article that is new, or differs from the index. `prepared` is the input of the engine's writer."""

    article_id: str
    is_new: bool
    prepared: Any


class UnchangedArticle(NamedTuple):
    """An article that equals the one in the index."""

    article_id: str


class CleanedLine(NamedTuple):
    """A line that cleaning removed from an article of a source."""

    source: str
    line: str


Outcome: TypeAlias = ChangedArticle | UnchangedArticle | CleanedLine | ReplacedCharacters | ReadError
Outcomes: TypeAlias = list[Outcome]
"""All results of reading one unit, in their order in the file."""

_Items: TypeAlias = list[Article | CleanedLine | ReplacedCharacters | ReadError]


class IndexingConfig(NamedTuple):
    """Engine, analyzer and mapping of a run. `mapping` maps fields of articles to keys of records."""

    engine: Engine
    analyzer: Analyzer
    mapping: Mapping[str, str]

    @property
    def reader_settings(self) -> str:
        """Version and settings of the readers, as JSON. All files must be read again when this changes."""
        return json.dumps([READERS_VERSION, sorted(self.mapping.items())], ensure_ascii=False)

    @staticmethod
    def mapping_in(reader_settings: str) -> dict[str, str]:
        """Return the mapping in reader settings."""
        return dict(json.loads(reader_settings)[1])


class Preparer:
    """Reads, cleans and analyzes articles and compares them with the last commit of an engine."""

    def __init__(self, config: IndexingConfig) -> None:
        self._engine = config.engine
        self._mapping = config.mapping
        self._analyzer = config.analyzer
        self._committed = config.engine.reader()

    def prepare(
        self, batch: Sequence[ReadUnit], cleaner: Cleaner, begin_step: BeginStep = lambda _step, _size: None
    ) -> list[Outcomes]:
        """Return the outcomes of each unit. Steps are numbered like the units; step -1 concerns all."""
        items_by_unit: list[_Items] = []
        for step, unit in enumerate(batch):
            begin_step(step, unit.size)
            items_by_unit.append(self._read(unit, cleaner))
        size = sum(unit.size for unit in batch)
        begin_step(-1, size)
        ids = {item.id for items in items_by_unit for item in items if isinstance(item, Article)}
        committed_digests = self._committed.digests(sorted(ids))
        outcomes_by_unit: list[Outcomes] = []
        for step, (unit, items) in enumerate(zip(batch, items_by_unit, strict=True)):
            begin_step(step, unit.size)
            outcomes_by_unit.append(self._compare_all(unit, items, committed_digests))
        begin_step(-1, size)
        changes = (
            outcome for outcomes in outcomes_by_unit for outcome in outcomes if isinstance(outcome, ChangedArticle)
        )
        prepared = iter(self._engine.prepare(change.prepared for change in changes))
        return [
            [
                outcome._replace(prepared=next(prepared)) if isinstance(outcome, ChangedArticle) else outcome
                for outcome in outcomes
            ]
            for outcomes in outcomes_by_unit
        ]

    def _read(self, unit: ReadUnit, cleaner: Cleaner) -> _Items:
        """Return the cleaned articles of a unit, and everything else that reading it produced."""
        items: _Items = []
        try:
            for item in unit.read(self._mapping):
                if not isinstance(item, Article):
                    items.append(item)
                    continue
                article, removed = cleaner.clean(item)
                items += (CleanedLine(article.source, line) for line in removed)
                items.append(article)
        except MemoryError:
            return [ReadError(memory_reason(unit.size))]
        return items

    def _compare_all(self, unit: ReadUnit, items: _Items, committed_digests: Mapping[str, str]) -> Outcomes:
        try:
            return [self._compare(item, committed_digests) if isinstance(item, Article) else item for item in items]
        except MemoryError:
            return [ReadError(memory_reason(unit.size))]

    def _compare(self, article: Article, committed_digests: Mapping[str, str]) -> ChangedArticle | UnchangedArticle:
        digest = _digest(article)
        if committed_digests.get(article.id) == digest:
            return UnchangedArticle(article.id)
        is_new = article.id not in committed_digests
        return ChangedArticle(article.id, is_new, (self._analyzer.analyze(article), digest))

    def close(self) -> None:
        """Close the reader of the last commit."""
        self._committed.close()


def _digest(article: Article) -> str:
    """Return a digest that changes with the article. The path does not count."""
    values = [getattr(article, field.name) for field in fields(article) if field.name not in ("path", "published")]
    content = repr([*values, article.published and article.published.isoformat()])
    return hashlib.blake2b(content.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
