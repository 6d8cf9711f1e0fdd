"""Make articles of records with keys and values, as in JSON, delimited files, front matter and metadata of pages."""

from collections.abc import Mapping
from typing import Any

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..cleaning import clean_lines, clean_title
from ..errors import ReadError, UnknownField
from ..publishers import find_publisher, find_section
from .dates import parse_date

_DEFAULT_KEYS = {
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
MAPPABLE_FIELDS = tuple(_DEFAULT_KEYS)
"""Fields of an article that a mapping can give a key."""

_LIST_FIELDS = ("source", "section", "author")  # their values may be lists, or objects with a name


def record_keys(mapping: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return for each field of an article the keys that it may have in a record, in lower case.

    `mapping` maps fields to keys, which replace the default ones.

    Raises:
        UnknownField: `mapping` names a field that articles do not have.
    """
    mapped = {{"date": "published"}.get(field, field): (_normalize_key(key),) for field, key in mapping.items()}
    if unknown := mapped.keys() - _DEFAULT_KEYS.keys():
        raise UnknownField(sorted(unknown), MAPPABLE_FIELDS)
    return _DEFAULT_KEYS | mapped


def has_title_or_body(keys: Mapping[str, tuple[str, ...]], record: Mapping[Any, Any]) -> bool:
    """Return whether the record has a key for the title or the body of an article."""
    names = {_normalize_key(str(name)) for name in record}
    return any(name in names for name in (*keys["title"], *keys["body"]))


def make_article(record: object, keys: Mapping[str, tuple[str, ...]], path: str, default_id: str) -> Article:
    """Return the article of a record. `path` is the location of the record. Raises ReadError."""
    if not isinstance(record, dict):
        raise ReadError(_("the record is not an object with keys and values"))
    values: dict[str, object] = {}
    for name, value in record.items():
        values.setdefault(_normalize_key(str(name)), value)

    def field_text(field: str) -> str:
        for key in keys[field]:
            if text := _value_text(values.get(key), key, field):
                return text
        return ""

    title = clean_title(field_text("title"))
    body = "\n".join(clean_lines(field_text("body").splitlines()))
    if not title and not body:
        raise no_text_error()
    url = strip_invisible(field_text("url")).strip()
    publisher = find_publisher(url)
    return Article(
        id=strip_invisible(field_text("id")) or url or default_id,
        title=title,
        body=body,
        url=url,
        published=parse_date(field_text("published"), publisher),
        source=strip_invisible(field_text("source")).strip() or publisher.name,
        section=strip_invisible(field_text("section")).strip() or find_section(url),
        author=strip_invisible(field_text("author")).strip(),
        lead=strip_invisible(field_text("lead")),
        path=path,
    )


def no_text_error() -> ReadError:
    """Return the error for a file or record without any text."""
    return ReadError(_("there is neither a title nor a text"))


def _normalize_key(key: str) -> str:
    return strip_invisible(key).strip().casefold()


def _value_text(value: object, key: str, field: str) -> str:
    if value is None:
        return ""
    if isinstance(value, (str, int, float)):
        return str(value)
    if field in _LIST_FIELDS:
        items = value if isinstance(value, list) else [value]
        names = (item.get("name") if isinstance(item, dict) else item for item in items)
        return "、".join(name for name in names if isinstance(name, str))
    raise ReadError(_("the value of {key!r} is not text").format(key=key))
