"""Make articles of records with keys and values, as in JSON, delimited files, front matter and metadata of pages."""

from collections.abc import Iterator, Mapping
from typing import Any

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..cleaning import clean_lines, clean_title
from ..errors import ReadError, UnknownField
from ..publishers import find_publisher, find_section
from .dates import parse_date
from .embedded_html import plain_text
from .values import value_text

_DEFAULT_KEYS = {
    "id": ("id", "编号", "編號"),
    "title": ("title", "headline", "标题", "標題", "题目", "題目", "文章标题", "新闻标题"),
    "body": (
        *(
            "body",
            "text",
            "content",
            "正文",
            "内容",
            "內容",
            "articlebody",
            "content_html",
            "content_text",
            "full_text",
        ),
        *("文章内容", "新闻内容", "全文"),
    ),
    "url": ("url", "link", "网址", "網址", "链接", "連結", "鏈接", "原文链接", "permalink"),
    "published": (
        *("date", "published", "pubdate", "time", "datepublished", "published_at", "publish_time", "日期", "发布时间"),
        *("發布時間", "发布日期", "發布日期", "发表时间", "發表時間", "时间", "時間", "publishedat", "publishtime"),
        *(
            "publish_date",
            "date_published",
            "pub_date",
            "pubtime",
            "pub_time",
            "created_at",
            "createdat",
            "create_time",
        ),
        *("createtime", "created", "datetime", "timestamp", "ctime"),
    ),
    "source": ("source", "来源", "來源", "publisher", "媒体", "媒體", "出处", "出處"),
    "section": ("section", "category", "栏目", "欄目", "版面", "categories"),
    "author": ("author", "作者", "记者", "記者", "authors"),
    "lead": ("lead", "摘要", "导语", "導語"),
}
MAPPABLE_FIELDS = tuple(_DEFAULT_KEYS)
"""Fields of an article that a mapping can give a key."""

_NAME_FIELDS = ("source", "section", "author")
# Keys of objects that hold the fields of an article, in exports and answers of databases and servers.
_WRAPPERS = ("_source", "fields", "attributes", "data", "doc", "document", "node", "article", "item", "post", "record")
_MAX_WRAPPERS = 4  # around a record


def record_keys(mapping: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return for each field of an article the keys that it may have in a record, in lower case.

    `mapping` maps fields to keys, which replace the default ones. A key may be a path, such as `data.title`: see
    `find_value`.

    Raises:
        UnknownField: `mapping` names a field that articles do not have.
    """
    mapped = {{"date": "published"}.get(field, field): (_normalize_key(key),) for field, key in mapping.items()}
    if unknown := mapped.keys() - _DEFAULT_KEYS.keys():
        raise UnknownField(sorted(unknown), MAPPABLE_FIELDS)
    return _DEFAULT_KEYS | mapped


def has_title_or_body(keys: Mapping[str, tuple[str, ...]], record: Mapping[Any, Any]) -> bool:
    """Return whether the record has a key for the title or the body of an article."""
    return _has_any(_normalize_record(record), (*keys["title"], *keys["body"]))


def unwrap(record: Mapping[Any, Any], keys: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return the values of a record by their keys in lower case.

    If the record has neither title nor body, and an object in it does, the values of that object take precedence: as in
    `{"_id": 7, "_source": {"title": …}}`.
    """
    values = outer = _normalize_record(record)
    for _depth in range(_MAX_WRAPPERS):
        if _has_any(values, (*keys["title"], *keys["body"])):
            return values
        inner = next((values[key] for key in _WRAPPERS if isinstance(values.get(key), Mapping)), None)
        if inner is None:
            break
        values = values | _normalize_record(inner)
    return values if _has_any(values, (*keys["title"], *keys["body"])) else outer


def find_value(values: Mapping[str, Any], key: str) -> object:
    """Return the value at a key or path, or None.

    The parts of a path are separated by dots. In a list, a part that is a number is an index; any other part is a key
    of each item, and the value is a list.
    """
    if key in values or "." not in key:
        return values.get(key)
    value: object = values
    for part in key.split("."):
        if isinstance(value, list) and part.isdecimal() and len(part) < 10:
            value = value[int(part)] if int(part) < len(value) else None
        elif isinstance(value, list):
            value = [_normalize_record(item).get(part) for item in value if isinstance(item, Mapping)]
        else:
            value = _normalize_record(value).get(part) if isinstance(value, Mapping) else None
    return value


def read_record(
    record: object, keys: Mapping[str, tuple[str, ...]], path: str, default_id: str
) -> Iterator[Article | ReadError]:
    """Yield the article of a record whose texts may be HTML, and a ReadError for each field that is left out.

    Raises ReadError.
    """
    left_out: list[str] = []
    if isinstance(record, Mapping):
        record = unwrap(record, keys)
    yield make_article(record, keys, path, default_id, left_out, may_have_html=True)
    yield from map(ReadError, left_out)


def make_article(
    record: object,
    keys: Mapping[str, tuple[str, ...]],
    path: str,
    default_id: str,
    left_out: list[str] | None = None,
    *,
    may_have_html: bool = False,
) -> Article:
    """Return the article of a record. `path` is the location of the record. Raises ReadError.

    A field whose value has no text, or is no date, is left out; `left_out` gets the reason. `may_have_html` says that
    values may be HTML.
    """
    if not isinstance(record, dict):
        raise ReadError(_("the record is not an object with keys and values"))
    values = _normalize_record(record)
    reasons: list[str] = [] if left_out is None else left_out

    def field_text(field: str) -> str:
        for key in keys[field]:
            value = find_value(values, key)
            if value is None:
                continue
            text = value_text(value, is_name=field in _NAME_FIELDS)
            if text is None:
                reasons.append(_("the value of {key!r} is not text").format(key=key))
            elif text:
                if may_have_html and field not in ("id", "url"):
                    try:
                        text = plain_text(text)
                    except ReadError as error:
                        reasons.append(f"{key}: {error}")
                        continue
                return text
        return ""

    title = clean_title(field_text("title"))
    body = "\n".join(clean_lines(field_text("body").splitlines()))
    if not title and not body:
        raise ReadError(reasons[0]) if reasons else no_text_error()
    url = strip_invisible(field_text("url")).strip()
    publisher = find_publisher(url)
    dates = {key: value for key in keys["published"] if (value := find_value(values, key))}
    published = next((date for value in dates.values() if (date := parse_date(value, publisher))), None)
    if not published and (key := next((key for key, value in dates.items() if _names_a_day(value)), None)):
        reasons.append(_("the value of {key!r} is not a date: it is left out").format(key=key))
    return Article(
        id=strip_invisible(field_text("id")) or url or default_id,
        title=title,
        body=body,
        url=url,
        published=published,
        source=strip_invisible(field_text("source")).strip() or publisher.name,
        section=strip_invisible(field_text("section")).strip() or find_section(url),
        author=strip_invisible(field_text("author")).strip(),
        lead=strip_invisible(field_text("lead")),
        path=path,
    )


def no_text_error() -> ReadError:
    """Return the error for a file or record without any text."""
    return ReadError(_("there is neither a title nor a text"))


def _names_a_day(value: object) -> bool:
    """Return whether a value that could not be parsed says something: 0000-00-00 and empty values do not."""
    if isinstance(value, str):
        return any(character.isdigit() and character != "0" for character in value[:100])
    return bool(value) and not isinstance(value, bool)


def _has_any(values: Mapping[str, Any], keys: tuple[str, ...]) -> bool:
    return any(key in values or ("." in key and find_value(values, key) is not None) for key in keys)


def _normalize_record(record: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the values by normalized key, the first one for several keys that are normalized alike."""
    values: dict[str, Any] = {}
    for key, value in record.items():
        values.setdefault(_normalize_key(str(key)), value)
    return values


def _normalize_key(key: str) -> str:
    return strip_invisible(key).strip().casefold()
