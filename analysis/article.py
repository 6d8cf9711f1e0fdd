"""An article before and after analysis."""

from dataclasses import dataclass
from datetime import datetime

from .dates.mentions import DateMention
from .names.finder import EntityMention


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article after reading and cleaning. Texts are as written, never folded.

    `id` is the record's own id if it has one, else its URL, else its path. `published` carries a time zone, and so does
    `crawled`, which indexes do not store.
    """

    id: str
    title: str
    body: str
    url: str = ""
    published: datetime | None = None
    source: str = ""
    section: str = ""
    author: str = ""
    lead: str = ""
    path: str = ""
    crawled: datetime | None = None


@dataclass(frozen=True, slots=True)
class TermStreams:
    """The terms of one text in three streams: words, character bigrams and character unigrams.

    Bigrams and unigrams follow from the `folded` text, which has no gaps (see `text.layout`). `bigrams[i]` is the two
    folded characters at offset i, so a string occurs in the text exactly where its bigrams occur in sequence. Words and
    unigrams carry no positions; a term that occurs twice is listed twice.
    """

    words: list[str]
    folded: str

    @property
    def bigrams(self) -> list[str]:
        """All pairs of adjacent characters, in order."""
        return list(map("".join, zip(self.folded, self.folded[1:], strict=False)))

    @property
    def unigrams(self) -> str:
        """All characters except white space, in order."""
        return "".join(self.folded.split())


@dataclass(frozen=True, slots=True)
class AnalyzedArticle:
    """An article with everything that the index stores about it.

    `text` holds the terms of title and body together, for matching and ranking; those of the title come first. `title`
    holds the terms of the title alone.
    """

    article: Article
    text: TermStreams
    title: TermStreams
    entities: tuple[EntityMention, ...]  # mentions in `searchable_text(article)`, in order
    dates: tuple[DateMention, ...] = ()  # mentions in `searchable_text(article)`, in order
    sketch: tuple[str, ...] = ()  # for near-duplicate detection
