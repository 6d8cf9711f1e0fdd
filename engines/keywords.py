"""Keywords: the values that filters compare."""

from typing import get_args
from urllib.parse import urlsplit

from ..analysis import NAME_JOINT, AnalyzedArticle, Article, fold, remove_gaps
from .date_keywords import date_keywords
from .fields import ENTITY_FIELDS, KeywordField

KEYWORDS: tuple[KeywordField, ...] = get_args(KeywordField)


def keyword(field: KeywordField, value: str) -> str:
    """Return the form in which keywords are compared.

    An id, URL or sketch stays as it is. Other values are folded. Names and authors also lose their gaps (王　毅
    is 王毅), and names their interpuncts.
    """
    if field in ("id", "url", "sketch"):
        return value
    if field == "author":
        return remove_gaps(fold(value))
    return NAME_JOINT.sub("", remove_gaps(fold(value))) if field in ENTITY_FIELDS else fold(value)


def article_keywords(analyzed: AnalyzedArticle) -> dict[str, list[str]]:
    """Return field → keywords of an article.

    A URL also has its host and the host's parent domains as keywords; a source also these and their first labels
    (rfi.fr, rfi); a name also the parts that interpuncts join (布林肯 for 安东尼·布林肯); a mentioned day also its
    month and year.
    """
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
        "author": list(dict.fromkeys(keyword("author", name) for name in (article.author, *authors(article)) if name)),
        "sketch": list(analyzed.sketch),
        "about": sorted({key for mention in analyzed.dates if mention.period for key in date_keywords(mention.period)}),
        **{field: sorted(keys) for field, keys in names.items()},
    }


def authors(article: Article) -> list[str]:
    """Return the authors of an article, whose names readers join by 、."""
    return [author for author in article.author.split("、") if author]


def _folded(value: str) -> list[str]:
    return [fold(value)] if value else []


def _hosts(url: str) -> list[str]:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # an invalid URL
        return []
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def _name_keys(name: str) -> list[str]:
    parts = NAME_JOINT.split(name)
    return ["".join(parts), *(part for part in parts if len(part) > 1)]
