"""What an article is, before and after analysis."""

from dataclasses import dataclass
from datetime import datetime

from .dates.mentions import DateMention
from .names.finder import EntityMention


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article as its reader found it and cleaning left it. Texts are as written, never folded.

    `id` is the record's own id where it has one, else its URL, else its path. `published` carries a time zone.
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


@dataclass(frozen=True, slots=True)
class TermStreams:
    """The terms of one text: `words`, and the two gram streams `pairs` and `singles`, which the `folded` text spells.

    `pairs[i]` is the two folded characters at offset i, so a string stands in the text exactly where its pairs stand
    in sequence. Words and singles carry no positions; a term that occurs twice is listed twice.
    """

    words: list[str]
    folded: str

    @property
    def bigrams(self) -> list[str]:
        """Every two characters side by side."""
        return list(map("".join, zip(self.folded, self.folded[1:], strict=False)))

    @property
    def unigrams(self) -> str:
        """Every character but white space."""
        return "".join(self.folded.split())


@dataclass(frozen=True, slots=True)
class AnalyzedArticle:
    """An article with all that the index keeps of it: `text` are the terms of title and body together (for matching
    and ranking), those of the title first, `title` those of the title alone."""

    article: Article
    text: TermStreams
    title: TermStreams
    entities: tuple[EntityMention, ...]  # mentions in `searchable_text(article)`, in order
    dates: tuple[DateMention, ...] = ()  # likewise
    sketch: tuple[str, ...] = ()  # by which reprints are found
