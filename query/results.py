"""What a search gives back."""

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..engines import FacetCount
from .notes import Note

Range = tuple[int, int]  # offsets of characters, the end not included


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of an article's body exactly as written, `body[start:start + len(text)]`, and where the query matched
    in it. `cut_before` and `cut_after` tell that the sentence goes on."""

    text: str
    highlights: tuple[Range, ...]
    start: int
    cut_before: bool
    cut_after: bool

    def html(self) -> str:
        """The snippet as safe HTML, each match in a `mark` element."""
        return marked_html(self.text, self.highlights)


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, place or organisation of an article, with the number of its mentions. `text` is the normal form of the
    name, 安东尼·布林肯, for which 安东尼-布林肯 and 布林肯 count too."""

    text: str
    kind: str
    mentions: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a hit has its score: the BM25 of each term (`text words 外交`), which
    add up, and the factors that they are multiplied by."""

    terms: tuple[tuple[str, float], ...]
    factors: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word of the index, and how many articles have it."""

    text: str
    articles: int


@dataclass(frozen=True, slots=True)
class Reprint:
    """An article that is the same as another but for what editors do."""

    id: str
    title: str
    source: str
    url: str
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found. `rank` counts from 1 over the whole result list, pages included; `full` tells whether it
    matches all of the query; `reprints` are articles that match, too, but are not listed because this one is."""

    rank: int
    id: str
    score: float
    full: bool
    title: str
    title_highlights: tuple[Range, ...]
    url: str
    published: datetime | None
    source: str
    section: str
    entities: tuple[Entity, ...]
    snippets: tuple[Snippet, ...]
    reprints: tuple[Reprint, ...] = ()
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Highlights:
    """Where a query matches in the title and in the body of an article; nowhere in one that it does not find."""

    title: tuple[Range, ...] = ()
    body: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits. Of `total` articles that match, reprints that others stand for included, the first `full` match
    all of the query.

    `suggestions` are other queries that find more, for one that finds nothing as it was asked for. `reading` is the
    query as it was understood, if an explanation was asked for. `facets` has, of each field that was asked for, values
    with the number of the `total` articles that have them, most first.
    """

    query: str
    total: int
    full: int
    took_ms: float
    notes: tuple[Note, ...]
    hits: tuple[Hit, ...]
    suggestions: tuple[str, ...] = ()
    reading: str = ""
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)


def marked_html(text: str, highlights: tuple[Range, ...]) -> str:
    """`text` escaped for HTML, with `mark` elements around the highlights."""
    pieces = []
    at = 0
    for start, end in highlights:
        pieces += [html.escape(text[at:start]), "<mark>", html.escape(text[start:end]), "</mark>"]
        at = end
    return "".join([*pieces, html.escape(text[at:])])
