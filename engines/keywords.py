"""The keywords an article is filtered by."""

from typing import get_args
from urllib.parse import urlsplit

from ..analysis import NAME_JOINT, AnalyzedArticle, fold
from .date_keywords import spelled
from .fields import ENTITY_FIELDS, KeywordField

KEYWORDS: tuple[KeywordField, ...] = get_args(KeywordField)


def keyword(field: KeywordField, value: str) -> str:
    """The form in which a keyword is compared: an id, address or sketch as it is, others folded, names without their
    dots."""
    if field in ("id", "url", "sketch"):
        return value
    return NAME_JOINT.sub("", fold(value)) if field in ENTITY_FIELDS else fold(value)


def keywords(analyzed: AnalyzedArticle) -> dict[str, list[str]]:
    """Field → the values it is found under: an address also by its host and the host's parents, a source also by the
    host and its labels (rfi.fr, rfi), a name also by the parts that dots join (布林肯 for 安东尼·布林肯), a day that is
    mentioned also by its month and year."""
    article = analyzed.article
    names: dict[str, set[str]] = {field: set() for field in ENTITY_FIELDS}
    for kind, text in {(entity.kind, entity.text) for entity in analyzed.entities}:
        names[kind].update(_name_keys(fold(text)))
    names["entity"] = names["person"] | names["place"] | names["organisation"]
    hosts = _hosts(article.url)
    return {
        "id": [article.id],
        "url": [article.url, *hosts] if article.url else [],
        "source": list(dict.fromkeys([*_folded(article.source), *hosts, *(host.split(".")[0] for host in hosts)])),
        "section": _folded(article.section),
        "author": _folded(article.author),
        "sketch": list(analyzed.sketch),
        "about": sorted({key for mention in analyzed.dates if mention.period for key in spelled(mention.period)}),
        **{field: sorted(keys) for field, keys in names.items()},
    }


def _folded(value: str) -> list[str]:
    return [fold(value)] if value else []


def _hosts(url: str) -> list[str]:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # an address nobody could open
        return []
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def _name_keys(name: str) -> list[str]:
    parts = NAME_JOINT.split(name)
    return ["".join(parts), *(part for part in parts if len(part) > 1)]
