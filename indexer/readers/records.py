"""From a record, with keys and values, to an article: what JSON, tables, front matter and metadata of pages share."""

from collections.abc import Mapping
from typing import Any

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..cleaning import clean_title, shown_lines
from ..errors import ReadError, UnknownField
from ..publishers import section_of, source_of
from .dates import date_of

_KEYS = {
    "id": ("id", "编号", "編號"),
    "title": ("title", "headline", "标题", "標題", "题目", "題目"),
    "body": ("body", "text", "content", "正文", "内容", "內容", "articlebody"),
    "url": ("url", "link", "网址", "網址", "链接", "連結"),
    "published": (
        "date",
        "published",
        "pubdate",
        "time",
        "datepublished",
        "published_at",
        "publish_time",
        "日期",
        "发布时间",
        "發布時間",
        "时间",
        "時間",
    ),
    "source": ("source", "来源", "來源", "publisher"),
    "section": ("section", "category", "栏目", "欄目", "版面", "categories"),
    "author": ("author", "作者", "记者", "記者", "authors"),
    "lead": ("lead", "摘要", "导语", "導語"),
}
FIELDS = tuple(_KEYS)
"""The fields of an article that a mapping may give keys for."""

_OF_SEVERAL = ("source", "section", "author")  # may come as lists, or as objects with a name


def keys_of(mapping: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """For each field of an article the keys it may have in a record, in lower case; those of `mapping` (field → key)
    take the place of the common ones. Raises UnknownField."""
    own = {{"date": "published"}.get(field, field): (_plain(key),) for field, key in mapping.items()}
    if unknown := own.keys() - _KEYS.keys():
        raise UnknownField(sorted(unknown), FIELDS)
    return _KEYS | own


def is_article(keys: Mapping[str, tuple[str, ...]], record: Mapping[Any, Any]) -> bool:
    """Whether the record has a title or a body."""
    names = {_plain(str(name)) for name in record}
    return any(name in names for name in (*keys["title"], *keys["body"]))


def article(record: object, keys: Mapping[str, tuple[str, ...]], path: str, default_id: str) -> Article:
    """The article of a record. `path` is where the record lies. Raises ReadError."""
    if not isinstance(record, dict):
        raise ReadError(_("it is not an object with keys and values"))
    values: dict[str, object] = {}
    for name, value in record.items():
        values.setdefault(_plain(str(name)), value)

    def text_at(field: str) -> str:
        for key in keys[field]:
            if text := _text(values.get(key), key, field):
                return text
        return ""

    title = clean_title(text_at("title"))
    body = "\n".join(shown_lines(text_at("body").splitlines()))
    if not title and not body:
        raise ReadError(_("it has neither title nor text"))
    url = strip_invisible(text_at("url")).strip()
    source = source_of(url)
    return Article(
        id=strip_invisible(text_at("id")) or url or default_id,
        title=title,
        body=body,
        url=url,
        published=date_of(text_at("published"), source),
        source=strip_invisible(text_at("source")).strip() or source.name,
        section=strip_invisible(text_at("section")).strip() or section_of(url),
        author=strip_invisible(text_at("author")).strip(),
        lead=strip_invisible(text_at("lead")),
        path=path,
    )


def _plain(key: str) -> str:
    return strip_invisible(key).strip().casefold()


def _text(value: object, key: str, field: str) -> str:
    if value is None:
        return ""
    if isinstance(value, (str, int, float)):
        return str(value)
    if field in _OF_SEVERAL:
        several = value if isinstance(value, list) else [value]
        names = (one.get("name") if isinstance(one, dict) else one for one in several)
        return "、".join(name for name in names if isinstance(name, str))
    raise ReadError(_("{key!r} is not a text").format(key=key))
