"""What was found, as the JSON objects that programs read: on the command line, over HTTP, as an assistant."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from ..analysis import Article
from ..engines import IndexMeta, IndexStatistics, StoredArticle
from .entities import EntityCounts
from .notes import Note
from .results import Hit, Reprint, Results, Suggestion
from .timeline import Timeline

Json = dict[str, object]


def results(found: Results) -> Json:
    """A page of hits."""
    return {
        "query": found.query,
        "total": found.total,
        "full": found.full,
        "took_ms": found.took_ms,
        "notes": notes(found.notes),
        "suggestions": found.suggestions,
        "hits": [hit(each) for each in found.hits],
        "facets": {
            field: [{"value": value, "articles": articles} for value, articles in counted]
            for field, counted in found.facets.items()
        },
        **({"reading": found.reading} if found.reading else {}),
    }


def hit(found: Hit) -> Json:
    """One of them."""
    return {
        "rank": found.rank,
        "id": found.id,
        "score": round(found.score, 6),
        "full": found.full,
        "title": found.title,
        "title_highlights": found.title_highlights,
        "url": found.url,
        "date": _date(found.published),
        "source": found.source,
        "section": found.section,
        "entities": [{"text": name.text, "kind": name.kind, "mentions": name.mentions} for name in found.entities],
        "snippets": [{"text": snippet.text, "highlights": snippet.highlights} for snippet in found.snippets],
        "reprints": list(map(reprint, found.reprints)),
        **({"explanation": asdict(found.explanation)} if found.explanation else {}),
    }


def reprint(found: Reprint) -> Json:
    return {
        "id": found.id,
        "title": found.title,
        "url": found.url,
        "date": _date(found.published),
        "source": found.source,
    }


def related(article_id: str, hits: Iterable[Hit]) -> Json:
    """What else there is about the same as an article."""
    return {"id": article_id, "hits": list(map(hit, hits))}


def article(stored: StoredArticle, reprints: Iterable[Reprint]) -> Json:
    """A whole article; names and dates each once, in the order of the text."""
    told = stored.article
    names = dict.fromkeys((entity.text, entity.kind) for entity in stored.entities)
    dates = dict.fromkeys((mention.text, mention.period) for mention in stored.dates if mention.period)
    return {
        "id": told.id,
        "title": told.title,
        "body": told.body,
        "url": told.url,
        "date": _date(told.published),
        "source": told.source,
        "section": told.section,
        "author": told.author,
        "lead": told.lead,
        "path": told.path,
        "entities": [{"text": text, "kind": kind} for text, kind in names],
        "dates": [{"text": text, "first": str(days.first), "last": str(days.last)} for text, days in dates],
        "reprints": list(map(reprint, reprints)),
    }


def record(exported: Article) -> Json:
    """An article as `souwen index` reads it."""
    values = asdict(exported)
    values["date"] = _date(values.pop("published"))
    return {name: value for name, value in values.items() if value}


def timeline(found: Timeline) -> Json:
    return {
        "query": found.query,
        "by": found.by,
        "articles": found.articles,
        "undated": found.undated,
        "notes": notes(found.notes),
        "counts": [{found.by: period, "articles": articles} for period, articles in found.counts],
    }


def names(found: EntityCounts, *, over_time: bool) -> Json:
    """Names, with their months if these were asked for."""
    return {
        "query": found.query,
        "articles": found.articles,
        "notes": notes(found.notes),
        "names": [
            {
                "name": name.text,
                "kind": name.kind,
                "articles": name.articles,
                **({"months": dict(name.months)} if over_time else {}),
            }
            for name in found.names
        ],
    }


def suggestions(found: Sequence[Suggestion]) -> list[Json]:
    return [{"text": suggestion.text, "articles": suggestion.articles} for suggestion in found]


def statistics(counted: IndexStatistics, meta: IndexMeta) -> Json:
    """How large an index is and what it was made with."""
    return {
        "articles": counted.articles,
        "engine": meta.engine,
        "bytes": counted.size,
        "parts": counted.parts,
        "created": meta.created,
        "fingerprint": meta.fingerprint,
    }


def notes(told: Iterable[Note]) -> list[Json]:
    """What a search tells about itself."""
    return [{"kind": note.kind, "message": note.message} for note in told]


def _date(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
