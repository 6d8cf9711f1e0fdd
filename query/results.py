"""The results of searches: one schema, from which Python objects, JSON, OpenAPI and the tools of assistants follow.

Every class here is a frozen dataclass. `to_dict` returns it as the JSON object that the command line prints and the
HTTP API sends: the same names, times in ISO 8601. The docstrings below the fields are the descriptions in OpenAPI.
"""

import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Literal, SupportsIndex, overload

from typing_extensions import Self

from ..analysis import Article, EntityKind
from ..engines import FacetCount, IndexMeta, IndexStatistics, StoredArticle
from .notes import Note
from .rows import HIT_COLUMNS, hit_row, hits_to_pandas, to_csv

if TYPE_CHECKING:
    from pandas import DataFrame

Range = tuple[int, int]
"""Offsets of characters, the end excluded."""
TimelineStep = Literal["day", "month", "year"]
_SCORE_DIGITS = 6  # of numbers in JSON, behind the point


class Result:
    """Base class of everything that a search returns."""

    __slots__ = ()
    __pydantic_config__: ClassVar = {"use_attribute_docstrings": True}

    def to_dict(self) -> dict[str, object]:
        """Return plain dicts, lists, strings and numbers, ready for `json.dumps`."""
        return {item.name: _plain(getattr(self, item.name)) for item in fields(self)}  # type: ignore[arg-type]


def _plain(value: object) -> object:
    if isinstance(value, Result):
        return value.to_dict()
    if isinstance(value, FacetCount):
        return value._asdict()
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):  # a datetime, too
        return value.isoformat()
    return round(value, _SCORE_DIGITS) if isinstance(value, float) else value


@dataclass(frozen=True, slots=True)
class Snippet(Result):
    """A passage of an article's body, exactly as written: `body[start:start + len(text)]`."""

    text: str
    """The passage."""
    highlights: tuple[Range, ...]
    """Matches of the query, as offsets in `text`."""
    start: int
    """Offset of the passage in the body."""
    cut_before: bool
    """True if the sentence begins before the passage."""
    cut_after: bool
    """True if the sentence goes on behind the passage."""

    def html(self) -> str:
        """Return the snippet as safe HTML, each match in a `mark` element."""
        return marked_html(self.text, self.highlights)


@dataclass(frozen=True, slots=True)
class Entity(Result):
    """A person, place or organisation that an article names."""

    text: str
    """Canonical form of the name: 安东尼·布林肯, which includes mentions as 安东尼-布林肯 and 布林肯."""
    kind: EntityKind
    """Kind of the entity."""
    mentions: int
    """Number of its mentions in the article."""


@dataclass(frozen=True, slots=True)
class MentionedDate(Result):
    """A date that an article mentions, resolved to calendar days."""

    text: str
    """The date as written, such as 8月2日."""
    first: date
    """First day meant."""
    last: date
    """Last day meant."""


@dataclass(frozen=True, slots=True)
class Explanation(Result):
    """The parts of a hit's score: the sum of `terms`, multiplied by each of `factors`."""

    terms: tuple[tuple[str, float], ...]
    """BM25 score of each term, such as `text words 外交`."""
    factors: tuple[tuple[str, float], ...]
    """Factors of the second phase of ranking."""


@dataclass(frozen=True, slots=True)
class Suggestion(Result):
    """A word of the index that completes what was typed."""

    text: str
    """The word."""
    articles: int
    """Number of articles that have it."""


@dataclass(frozen=True, slots=True)
class Suggestions(Result):
    """The words that complete a prefix."""

    prefix: str
    """The prefix, as typed."""
    suggestions: tuple[Suggestion, ...]
    """Words, the best first."""


@dataclass(frozen=True, slots=True)
class Reprint(Result):
    """An article that repeats another one, but for what editors change."""

    id: str
    """ID of the reprint."""
    title: str
    """Title, as written."""
    source: str
    """Publisher."""
    url: str
    """Address, as the article had it. It can be any text."""
    published: datetime | None
    """Time of publication; null if unknown."""


@dataclass(frozen=True, slots=True)
class Hit(Result):
    """One article of a result list."""

    rank: int
    """Position in the whole result list, from 1, earlier pages included."""
    id: str
    """ID of the article."""
    score: float
    """Score; higher is better. Comparable within one result list only."""
    full: bool
    """True if the article matches all of the query."""
    title: str
    """Title, as written."""
    title_highlights: tuple[Range, ...]
    """Matches of the query, as offsets in `title`."""
    url: str
    """Address, as the article had it. It can be any text."""
    published: datetime | None
    """Time of publication; null if unknown."""
    source: str
    """Publisher."""
    section: str
    """Section of the publisher, such as 中国."""
    author: str
    """Author."""
    path: str
    """File that the article was read from, with the position in it."""
    entities: tuple[Entity, ...]
    """Named entities, the most mentioned first."""
    snippets: tuple[Snippet, ...]
    """Passages of the body that match best."""
    reprints: tuple[Reprint, ...] = ()
    """Reprints of this article that match too and are not listed themselves."""
    explanation: Explanation | None = None
    """Parts of the score, if the search asked for them."""


@dataclass(frozen=True, slots=True)
class Highlights(Result):
    """Matches of a query in a whole article. Both are empty if the article does not match."""

    title: tuple[Range, ...] = ()
    """Offsets in the title."""
    body: tuple[Range, ...] = ()
    """Offsets in the body."""


@dataclass(frozen=True, slots=True)
class Results(Result):
    """One page of hits."""

    query: str
    """The query, as typed."""
    total: int
    """Number of matching articles, reprints included."""
    full: int
    """Number of articles that match all of the query. They come first."""
    took_ms: float
    """Time that the search took, in milliseconds."""
    notes: tuple[Note, ...]
    """Remarks on how the query was read: dropped, relaxed or added parts."""
    hits: tuple[Hit, ...]
    """The hits of this page."""
    suggestions: tuple[str, ...] = ()
    """Other queries that find more, if this one finds nothing in full."""
    reading: str = ""
    """The query as souwen understood it, if the search asked for an explanation."""
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    """For each requested field, its values with the number of the `total` articles that have them, most first."""

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    @overload
    def __getitem__(self, index: SupportsIndex) -> Hit: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Hit, ...]: ...

    def __getitem__(self, index: SupportsIndex | slice) -> Hit | tuple[Hit, ...]:
        return self.hits[index]

    def to_dicts(self) -> list[dict[str, object]]:
        """Return the hits as JSON objects."""
        return [hit.to_dict() for hit in self.hits]

    def to_csv(self) -> str:
        """Return the hits as CSV with the columns `HIT_COLUMNS`, safe to open in a spreadsheet."""
        return to_csv(map(hit_row, self.hits), HIT_COLUMNS)

    def to_pandas(self) -> "DataFrame":
        """Return the hits as a DataFrame with the columns `HIT_COLUMNS`; `published` is a time in UTC.

        Raises:
            PandasUnavailable: pandas is not installed.
        """
        return hits_to_pandas(self.hits)


@dataclass(frozen=True, slots=True)
class Timeline(Result):
    """The number of full matches in each day, month or year."""

    query: str
    """The query, as typed."""
    by: TimelineStep
    """Length of the periods."""
    articles: int
    """Number of full matches."""
    undated: int
    """Number of full matches without a date."""
    counts: tuple[FacetCount, ...]
    """Periods (2023-09-28, 2023-09 or 2023) in order, each with its number of articles, 0 within the span included."""
    notes: tuple[Note, ...]
    """Remarks on how the query was read."""


@dataclass(frozen=True, slots=True)
class EntityCount(Result):
    """The number of articles that mention a named entity."""

    text: str
    """Canonical form of the name."""
    kind: EntityKind
    """Kind of the entity."""
    articles: int
    """Number of articles that mention it."""
    months: tuple[FacetCount, ...] = ()
    """These articles by month, in order, if the search asked for them."""


@dataclass(frozen=True, slots=True)
class EntityCounts(Result):
    """The named entities of all full matches of a query."""

    query: str
    """The query, as typed."""
    articles: int
    """Number of full matches."""
    entities: tuple[EntityCount, ...]
    """For each kind, the entities that most of these articles mention."""
    notes: tuple[Note, ...]
    """Remarks on how the query was read."""


@dataclass(frozen=True, slots=True)
class RelatedArticles(Result):
    """The articles that are closest to one article."""

    id: str
    """ID of the article."""
    hits: tuple[Hit, ...]
    """Related articles, closest first, without reprints."""


@dataclass(frozen=True, slots=True)
class ArticleDetails(Result):
    """A whole article with its entities, dates and reprints."""

    id: str
    """ID of the article."""
    title: str
    """Title, as written."""
    body: str
    """Text, as written."""
    url: str
    """Address, as the article had it. It can be any text."""
    published: datetime | None
    """Time of publication; null if unknown."""
    source: str
    """Publisher."""
    section: str
    """Section of the publisher."""
    author: str
    """Author."""
    lead: str
    """Introduction, if the publisher sets one apart."""
    path: str
    """File that the article was read from."""
    entities: tuple[Entity, ...]
    """Named entities as written, in the order of the text."""
    dates: tuple[MentionedDate, ...]
    """Dates that the text mentions, in its order."""
    reprints: tuple[Reprint, ...]
    """Reprints of the article that the index has, newest first."""

    @classmethod
    def of(cls, stored: StoredArticle, reprints: Iterable[Reprint]) -> Self:
        """Return the details of a stored article; each entity and date once."""
        article = stored.article
        mentions: dict[tuple[str, EntityKind], int] = {}
        for mention in stored.entities:
            mentions[mention.text, mention.kind] = mentions.get((mention.text, mention.kind), 0) + 1
        dates = dict.fromkeys((mention.text, mention.period) for mention in stored.dates if mention.period)
        return cls(
            **{item.name: getattr(article, item.name) for item in fields(article) if item.name != "crawled"},
            entities=tuple(Entity(text, kind, number) for (text, kind), number in mentions.items()),
            dates=tuple(MentionedDate(text, period.first, period.last) for text, period in dates),
            reprints=tuple(reprints),
        )


@dataclass(frozen=True, slots=True)
class IndexInfo(Result):
    """Size of an index, and the settings it was made with."""

    articles: int
    """Number of articles."""
    engine: str
    """Engine of the index: whoosh, tantivy or opensearch."""
    size_bytes: int
    """Size on disk, in bytes."""
    parts: str
    """Parts of the index, such as “3 segments”."""
    created: str
    """Time of creation, ISO 8601, UTC."""
    fingerprint: str
    """Fingerprint of the analyzer."""
    format: int
    """Format of the index on disk."""
    entities: bool
    """True if the index has the names that articles mention."""
    dictionary: int
    """Number of words in the custom dictionary."""
    mapping: dict[str, str]
    """Fields of articles that are read from other keys of records than the default ones, with these keys."""
    cleaning: bool
    """True if boilerplate and lines that a source repeats were removed from the articles."""
    aliases: int
    """Number of groups in the index's own list of aliases."""

    @classmethod
    def of(cls, statistics: IndexStatistics, meta: IndexMeta, aliases: int) -> Self:
        """Return the information about an index with these statistics, settings and number of aliases."""
        return cls(
            articles=statistics.articles,
            engine=meta.engine,
            size_bytes=statistics.size,
            parts=statistics.parts,
            created=meta.created,
            fingerprint=meta.fingerprint,
            format=meta.format,
            entities=meta.entities,
            dictionary=len(meta.dictionary),
            mapping=meta.mapping or {},
            cleaning=meta.cleaning,
            aliases=aliases,
        )


def article_record(article: Article) -> dict[str, object]:
    """Return an article as a JSON object that `souwen index` reads; fields without a value are left out."""
    record = {item.name: _plain(getattr(article, item.name)) for item in fields(article)}
    return {name: value for name, value in record.items() if value}


def marked_html(text: str, highlights: tuple[Range, ...]) -> str:
    """Return `text` escaped for HTML, with `mark` elements around the highlights."""
    pieces = []
    offset = 0
    for start, end in highlights:
        pieces += [html.escape(text[offset:start]), "<mark>", html.escape(text[start:end]), "</mark>"]
        offset = end
    return "".join([*pieces, html.escape(text[offset:])])
