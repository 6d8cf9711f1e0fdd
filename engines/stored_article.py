"""An article as an engine keeps it: a handful of texts under names."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ..analysis import (
    AnalyzedArticle,
    Article,
    DateMention,
    EntityKind,
    EntityMention,
    Period,
    searchable_text,
    split_sketch,
)

NAMES = (
    *("id", "url", "source", "section", "author", "title", "body"),
    *("lead", "path", "published", "entities", "dates", "sketch", "digest"),
)
_KINDS: dict[str, EntityKind] = {"p": "person", "l": "place", "o": "organisation"}
_LETTERS = {kind: letter for letter, kind in _KINDS.items()}
_MENTION = re.compile(r"([plo])(\d+),(\d+)")
_DATE_MENTION = re.compile(r"(\d+),(\d+)(?:=(\d+)\+(\d+))?;")


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as it was indexed. `digest` tells whether a newer reading of it differs."""

    article: Article
    mentions: str  # of entities, packed: many articles are fetched for their texts alone
    date_mentions: str  # likewise
    sketch: tuple[str, ...]  # see `analysis.ArticleFingerprint`
    digest: str

    @property
    def entities(self) -> tuple[EntityMention, ...]:
        """The names in `searchable_text(article)`, in order."""
        return tuple(_unpacked(self.mentions, searchable_text(self.article)))

    @property
    def dates(self) -> tuple[DateMention, ...]:
        """The dates in `searchable_text(article)`, in order."""
        return tuple(_unpacked_dates(self.date_mentions, searchable_text(self.article)))


def texts_of(analyzed: AnalyzedArticle, digest: str) -> dict[str, str]:
    """What is to be stored under `NAMES`, for `stored_article` to read."""
    article = analyzed.article
    return {
        **{name: getattr(article, name) for name in ("url", "source", "section", "author", "title", "body", "lead")},
        "id": "" if article.id == article.url else article.id,
        "path": article.path,
        "published": article.published.isoformat() if article.published else "",
        "entities": _packed(analyzed.entities),
        "dates": _packed_dates(analyzed.dates),
        "sketch": "".join(analyzed.sketch),
        "digest": digest,
    }


def stored_article(texts: Mapping[str, str]) -> StoredArticle:
    """The article whose texts these are. Raises ValueError, LookupError or TypeError if they are of none."""
    values = dict(texts)
    mentions, dates, digest = values.pop("entities"), values.pop("dates"), values.pop("digest")
    sketch, published = split_sketch(values.pop("sketch")), values.pop("published")
    values["id"] = values["id"] or values["url"]
    article = Article(**values, published=datetime.fromisoformat(published) if published else None)
    return StoredArticle(article, mentions, dates, sketch, digest)


def _packed(entities: Iterable[EntityMention]) -> str:
    """p2,3o4,6: a person after 2 characters, 3 long; an organisation 4 characters later, 6 long."""
    at, parts = 0, []
    for entity in entities:
        parts.append(f"{_LETTERS[entity.kind]}{entity.start - at},{entity.end - entity.start}")
        at = entity.end
    return "".join(parts)


def _unpacked(mentions: str, text: str) -> Iterator[EntityMention]:
    at = 0
    for letter, gap, length in _MENTION.findall(mentions):
        start = at + int(gap)
        at = start + int(length)
        yield EntityMention(text[start:at], _KINDS[letter], start, at)


def _packed_dates(dates: Iterable[DateMention]) -> str:
    """2,9=738791+0;4,2;: after 2 characters, 9 long, the 738,791st day of the calendar and 0 days more; 4 characters
    later, 2 long, nobody knows when."""
    at, parts = 0, []
    for mention in dates:
        first, last = mention.period or (None, None)
        days = f"={first.toordinal()}+{(last - first).days}" if first and last else ""
        parts.append(f"{mention.start - at},{mention.end - mention.start}{days};")
        at = mention.end
    return "".join(parts)


def _unpacked_dates(mentions: str, text: str) -> Iterator[DateMention]:
    at = 0
    for gap, length, first, more in _DATE_MENTION.findall(mentions):
        start = at + int(gap)
        at = start + int(length)
        days = Period(*(date.fromordinal(int(first) + later) for later in (0, int(more)))) if first else None
        yield DateMention(text[start:at], start, at, days)
