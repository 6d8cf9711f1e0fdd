"""Find where a page says when its article was published.

In this order: metadata; the lines between title and text; the first lines of the text; labelled lines around it; data
of scripts; the address. Dates of comments, of links to other articles, of copyright notes and the clock in the head of
a page are no dates of its article.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from ...publishers import Publisher
from ..dates import parse_date
from .blocks import Block, Line
from .foreign import has_comment_name, is_foreign_box
from .metadata import Metadata
from .phrases import is_notice

_META_NAMES = (
    "weibo: article:create_at",
    "weibo:article:create_at",
    "article:published_time",
    "og:published_time",
    "og:time",
    "datepublished",
    "apub:time",
    "publishdate",
    "publish_date",
    "publish-date",
    "pubdate",
    "pub_date",
    "pubtime",
    "publish_time",
    "publishtime",
    "firstpublishedtime",
    "og:release_date",
    "article:create_time",
    "bytedance:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "createdate",
    "creation_date",
    "date",
)
_UPDATE_NAMES = (
    "dateupdate",
    "datemodified",
    "article:modified_time",
    "og:updated_time",
    "weibo: article:update_at",
    "lastmodified",
)
_WEEKDAY = r"(?:T|星期[一二三四五六日天]|周[一二三四五六日天])?"
_TIME = (
    rf"(?:\s{{0,9}}{_WEEKDAY}\s{{0,9}}(?:[上下]午|凌晨|早上|晚上)?\s{{0,3}}"
    r"\d{1,2}[:：时時点點]\d{1,2}(?:[:：分]\d{2})?)?"
)
_DATE = re.compile(
    r"(?<![\d.])(?:(?:19|20)\d\d\s{0,3}"
    r"(?:-\s?\d\d?\s?-\s?\d\d?(?!\d)|/\s?\d\d?\s?/\s?\d\d?(?!\d)|\.\s?\d\d?\.\s?\d\d?(?!\d)"
    r"|年\s{0,3}\d\d?\s{0,3}月\s{0,3}\d\d?\s{0,3}[日号號])"
    r"|(?:民國|民国)\s?\d{2,3}\s?年\s?\d\d?\s?月\s?\d\d?\s?日"
    r"|[一二][〇零○一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?\s\d{1,2},?\s(?:19|20)\d\d)"
    rf"{_TIME}"
)
_SPLIT_DATES = (  # over several elements: 2019 09/07 19:02, and 07 2019-09
    re.compile(
        r"(?P<year>20\d\d)[\s年/.-]{1,5}(?P<month>\d{1,2})[\s月/.-]{1,5}(?P<day>\d{1,2})(?!\d)日?(?P<time>\s{1,3}\d{1,2}:\d{2})?"
    ),
    re.compile(r"(?<!\d)(?P<day>\d{1,2})\s{1,3}(?P<year>20\d\d)[\s年/.-]{1,3}(?P<month>\d{1,2})(?!\d)(?P<time>)"),
)
_LABEL = re.compile(
    r"(?:发[布表佈]|發[布表佈]|刊[登发發]|公开|公開|上[传網网]|录入|录入|成文|创建|創建|发稿|时间|時間|日期|Published|Posted|Date|Updated)",
    re.IGNORECASE,
)
_UPDATE = re.compile(r"更新|修改|修订|编辑于|編輯於|Updated|Modified", re.IGNORECASE)
_CLOCK = re.compile(r"今天是|今天|今日|现在是|現在是|现在时间|当前时间|北京时间|星期|您好|欢迎|歡迎|农历|農曆")
_SCRIPT_DATE = re.compile(
    r"""["'\s,{;.](?:publish_?(?:time|date|ed|ed_?at|at)|date_?published|pub_?(?:time|date)|ori_?create_?time|create_?time|created_?at"""
    r"""|news_?time|post_?time|display_?time|ptime|ct|page_?pub_?time|article_?time|release_?(?:time|date))["']?\s{0,9}[:=]\s{0,9}["']?"""
    r"""((?:19|20)\d\d[-/.年]\d\d?[-/.月]\d\d?[^"',;<>]{0,15}|\d{10}(?:\d{3})?(?!\d))""",
    re.IGNORECASE,
)
_WECHAT_DATE = re.compile(r'\w="\d{10}",\w="\d{10}",\w="(\d{4}-\d\d-\d\d)"')
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[-/]?([01]\d)[-/]?([0-3]\d)(?:/|[^\d]|\d{0,12}\b)")
_MAX_LINE = 100  # characters of a line around the article with its date
_MAX_ARTICLE_LINE = 60  # characters of a line inside
_FIRST_LINES = 4
_LAST_LINES = 3
_TITLE_LINES = 12  # from the start of the article's box, which may hold its title
_LINES_ABOVE_TITLE = 8
_LINES_BELOW_ARTICLE = 40
_MAX_TITLE_LABEL = 6  # characters, such as 【转载】
_MAX_NAMES = 20  # characters of a byline beside its date
_SENTENCE = re.compile("[，。；！？]")
_CHINA = timezone(timedelta(hours=8))


def find_date(
    metadata: Metadata, tree: Any, page: Block, article: list[Block], title: str, publisher: Publisher
) -> str:
    """Return the date of the article as the page writes it, or ""."""
    candidates = _find_dates(metadata, tree, page, article, title)
    return next((text for text in candidates if text and parse_date(text, publisher)), "")


def _find_dates(metadata: Metadata, tree: Any, page: Block, article: list[Block], title: str) -> Iterator[str]:
    """Yield dates, the most credible first."""
    yield metadata.linked("datePublished", "dateCreated")
    for name in _META_NAMES:
        yield metadata.named(name)
    yield from (element.get("data-publishtime") or "" for element in tree.iter("html"))
    yield from _time_elements(tree)
    printed = _PrintedLines(page, article, title)
    yield from _printed_dates(printed.below_title)
    yield from _dates_in_lines(filter(_LABEL.search, printed.above_title + printed.first_lines))
    yield from _dates_in_lines(filter(_is_byline, printed.first_lines))
    yield from _dates_in_lines(line for line in printed.above_title if not _CLOCK.search(line))
    yield from _dates_in_lines(filter(_LABEL.search, printed.below_article))
    scripts = [script.text or "" for script in tree.iter("script")]
    yield from _script_dates(scripts)
    yield from _dates_in_lines(filter(_is_byline, reversed(printed.last_lines)))
    yield from (metadata.named(name) for name in _UPDATE_NAMES)
    yield metadata.linked("dateModified")
    if match := _URL_DATE.search(metadata.record()["url"]):
        yield "-".join(match.groups())


def _time_elements(tree: Any) -> Iterator[str]:
    """Yield the dates of `time` elements outside of foreign boxes."""
    for element in tree.iter("time"):
        if element.get("datetime") and not any(
            is_foreign_box(outer.tag, f"{outer.get('id') or ''} {outer.get('class') or ''}")
            for outer in element.iterancestors()
            if isinstance(outer.tag, str) and outer.tag not in ("body", "html")
        ):
            yield element.get("datetime")


class _PrintedLines:
    """The lines around the article, in the order of the page."""

    def __init__(self, page: Block, article: list[Block], title: str) -> None:
        lines = list(_lines(page, set(article)))
        key = _key(title)
        inside = [index for index, (_, is_inside, _is_link) in enumerate(lines) if is_inside]
        start, end = (inside[0], inside[-1] + 1) if inside else (len(lines), len(lines))
        titles = [index for index, line in enumerate(lines[: start + _TITLE_LINES]) if _is_title(line, key)]
        titles = [index for index in titles if index < start][-1:] or titles[:1]
        title_index = titles[0] if titles else -1
        texts = [text for text, *_ in lines]
        first = max(start, title_index + 1)
        self.below_title = texts[title_index + 1 : start] if titles else []
        above = lines[max(0, title_index - _LINES_ABOVE_TITLE) : title_index] if titles else lines[:start]
        self.above_title = [text for text, _, is_link in above if not is_link]
        self.first_lines = _short_lines(texts[first : min(end, first + _FIRST_LINES)])
        self.last_lines = _short_lines(texts[max(start, end - _LAST_LINES) : end])
        self.below_article = [text for text, _, is_link in lines[end : end + _LINES_BELOW_ARTICLE] if not is_link]


def _is_title(line: tuple[str, bool, bool], key: str) -> bool:
    """Return whether a line outside of links is the title, at most with a label before it."""
    text, _is_inside, is_link = line
    return bool(key) and not is_link and _key(text).endswith(key) and len(_key(text)) <= len(key) + _MAX_TITLE_LABEL


def _short_lines(lines: list[str]) -> list[str]:
    return [line for line in lines if len(line) <= _MAX_ARTICLE_LINE]


def _is_byline(line: str) -> bool:
    """Return whether a line is a date with at most a few names and labels."""
    match = _DATE.search(line)
    return bool(match and len(line) - len(match[0]) <= _MAX_NAMES and not _SENTENCE.search(line))


def _lines(page: Block, article: set[Block]) -> Iterator[tuple[str, bool, bool]]:
    """Yield text, whether it is in the article, and whether it is a link, of each line outside of comments."""
    stack = [(iter(page.content), False)]
    while stack:
        parts, is_inside = stack[-1]
        for part in parts:
            if isinstance(part, Line):
                yield part.text, is_inside, part.is_link
            elif not part.is_hidden and not (part.is_foreign and has_comment_name(part.names)):
                stack.append((iter(part.content), is_inside or part in article))
                break
        else:
            stack.pop()


def _printed_dates(lines: list[str]) -> Iterator[str]:
    """Yield the dates between title and text; dates of updates last; and dates whose parts are in several elements."""
    dates = list(_dates_in_lines(line for line in lines if not _UPDATE.search(line)))
    yield from dates
    yield from _dates_in_lines(line for line in lines if _UPDATE.search(line))
    joined = " ".join(line for line in lines if len(line) <= _MAX_ARTICLE_LINE)[:1000]
    for pattern in _SPLIT_DATES:
        if match := pattern.search(joined):
            yield f"{match['year']}-{match['month']}-{match['day']}{match['time'] or ''}"


def _dates_in_lines(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if len(line) <= _MAX_LINE and not is_notice(line) and (match := _DATE.search(line)):
            yield "".join(match[0].split()) if "年" in match[0] and ":" not in match[0] else match[0]


def _script_dates(scripts: list[str]) -> Iterator[str]:
    for pattern in (_WECHAT_DATE, _SCRIPT_DATE):
        for script in scripts:
            if match := pattern.search(script):
                text = match[1].strip()
                yield _epoch_date(text) if text.isdigit() else text


def _epoch_date(digits: str) -> str:
    """Return the date of seconds or milliseconds since 1970. All places that write Chinese by law are 8 hours ahead."""
    seconds = int(digits) / (1000 if len(digits) > 10 else 1)
    return datetime.fromtimestamp(seconds, _CHINA).isoformat()


def _key(text: str) -> str:
    return "".join(text.split())
