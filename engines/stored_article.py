"""Articles as engines store them: a fixed set of named texts."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..analysis import (
    AnalyzedArticle,
    Article,
    DateMention,
    EntityKind,
    EntityMention,
    Period,
    join_name,
    searchable_text,
    split_sketch,
)

NAMES = (
    *("id", "url", "source", "section", "author", "title", "body"),
    *("lead", "path", "published", "entities", "dates", "sketch", "digest"),
)
_KINDS: dict[str, EntityKind] = {"p": "person", "l": "place", "o": "organisation"}
_LETTERS = {kind: letter for letter, kind in _KINDS.items()}
_ENTITY_MENTION = re.compile(r"([plo])(\d+),(\d+)")
_DATE_MENTION = re.compile(r"(\d+),(\d+)(?:=(\d+)\+(\d+))?;")


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as it was indexed. Another `digest` means that the article has changed."""

    article: Article
    mentions: str  # of entities, packed, because most callers need the texts alone
    date_mentions: str  # packed, too
    sketch: tuple[str, ...]  # see `analysis.ArticleFingerprint`
    digest: str

    @property
    def entities(self) -> tuple[EntityMention, ...]:
        """The entities in `searchable_text(article)`, in order."""
        return tuple(_unpack_entities(self.mentions, searchable_text(self.article)))

    @property
    def dates(self) -> tuple[DateMention, ...]:
        """The dates in `searchable_text(article)`, in order."""
        return tuple(_unpack_dates(self.date_mentions, searchable_text(self.article)))


def stored_texts(analyzed: AnalyzedArticle, digest: str) -> dict[str, str]:
    """Return the text to store for each of `NAMES`; `stored_article` reads them."""
    article = analyzed.article
    return {
        **{name: getattr(article, name) for name in ("url", "source", "section", "author", "title", "body", "lead")},
        "id": "" if article.id == article.url else article.id,
        "path": article.path,
        "published": article.published.isoformat() if article.published else "",
        "entities": _pack_entities(analyzed.entities),
        "dates": _pack_dates(analyzed.dates),
        "sketch": "".join(analyzed.sketch),
        "digest": digest,
    }


def stored_article(texts: Mapping[str, str]) -> StoredArticle:
    """Return the article with these stored texts.

    Raises:
        ValueError, LookupError, TypeError: The texts are not those of an article.
    """
    values: dict[str, Any] = dict(texts)
    mentions, dates, digest = values.pop("entities"), values.pop("dates"), values.pop("digest")
    sketch, published = split_sketch(values.pop("sketch")), values.pop("published")
    values["id"] = values["id"] or values["url"]
    article = Article(**values, published=datetime.fromisoformat(published) if published else None)
    return StoredArticle(article, mentions, dates, sketch, digest)


def _pack_entities(entities: Iterable[EntityMention]) -> str:
    """Return kind, gap and length of each entity as one string.

    p2,3o4,6 stands for a person after 2 characters, 3 long, and an organisation 4 characters later, 6 long.
    """
    previous_end, parts = 0, []
    for entity in entities:
        parts.append(f"{_LETTERS[entity.kind]}{entity.start - previous_end},{entity.end - entity.start}")
        previous_end = entity.end
    return "".join(parts)


def _unpack_entities(mentions: str, text: str) -> Iterator[EntityMention]:
    end = 0
    for letter, gap, length in _ENTITY_MENTION.findall(mentions):
        start = end + int(gap)
        end = start + int(length)
        yield EntityMention(join_name(text[start:end]), _KINDS[letter], start, end)


def _pack_dates(dates: Iterable[DateMention]) -> str:
    """Return gap, length and period of each date mention as one string.

    2,9=738791+0;4,2; stands for a mention after 2 characters, 9 long, of the day with ordinal 738791 and 0 days more,
    and one 4 characters later, 2 long, of unknown date.
    """
    previous_end, parts = 0, []
    for mention in dates:
        first, last = mention.period or (None, None)
        days = f"={first.toordinal()}+{(last - first).days}" if first and last else ""
        parts.append(f"{mention.start - previous_end},{mention.end - mention.start}{days};")
        previous_end = mention.end
    return "".join(parts)


def _unpack_dates(mentions: str, text: str) -> Iterator[DateMention]:
    end = 0
    for gap, length, first, days_after in _DATE_MENTION.findall(mentions):
        start = end + int(gap)
        end = start + int(length)
        period = Period(*(date.fromordinal(int(first) + days) for days in (0, int(days_after)))) if first else None
        yield DateMention(text[start:end], start, end, period)
