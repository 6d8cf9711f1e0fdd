"""Titles in the names of files: in folders of notes and novels, the name is the title."""

import re
from dataclasses import replace
from urllib.parse import unquote

from ...analysis import Article, strip_invisible
from ..cleaning import clean_title

_SUFFIXES = re.compile(r"(?:\.[A-Za-z]{1,10}\d?)?(?:\.(?:gz|xz|bz2|zst))?$")
_LEADING_DATE = re.compile(r"(?:19|20)\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:[0-2]\d|3[01])(?!\d)[-_. ]*")
_EXPORT_ID = re.compile(r"[ _-](?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$")
_CODE = re.compile(r"[0-9a-f]{6,}(?:-[0-9a-f]{4,})*", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d[-_.]?\d\d[-_.]?\d\d")
_WORD = re.compile("[\u3400-\u9fff]+|[^\\W\\d_\u3400-\u9fff]{3,}")
_HAN = re.compile("[\u3400-\u9fff]{2}")
# Names that programs give, or that stand for the folder.
_FOLDER_NAMES = frozenset("index _index readme default main content".split())
_GENERIC = re.compile(
    r"(?:new[ _-]?)?(?:article|post|page|note|document|doc|file|text|data|item|untitled|test)s?[ _-]?\d*"
    r"|(?:新建|未命名|无标题|無標題)(?:文本)?(?:文档|文件|笔记)?[ ()（）\d]*",
    re.IGNORECASE,
)


def file_title(path: str) -> str:
    """Return the title that the name of a file gives, or "" for a number, a code or a name such as index or 新建文档.

    Suffixes and the identifiers of exports are left out, and so is a date before other words.
    """
    *folders, name = re.split(r"[/\\]", path)
    stem = _stem(name)
    if stem.casefold() in _FOLDER_NAMES:
        stem = folders[-1].removesuffix("!") if folders and _HAN.search(folders[-1]) else ""
    title = clean_title(stem.replace("___", "/"))
    if _DATE.fullmatch(title):
        return title
    title = _LEADING_DATE.sub("", title, count=1) or title
    if _CODE.fullmatch(title) or _GENERIC.fullmatch(title) or not _WORD.search(title):
        return ""
    return title


def add_missing_title(article: Article, name: str) -> Article:
    """Return the article with the title that the name of its file gives, if it has none and is alone in the file."""
    if article.title or article.path != name:
        return article
    return replace(article, title=file_title(name))


def add_file_name(article: Article) -> Article:
    """Return the article of a note or text with the Chinese name of its file as the last line.

    So whoever knows the file by its name finds it. The line is not added if the words of the name are in the article,
    or if the name will be its title.
    """
    title = file_title(article.path)
    if not article.title or not _HAN.search(title):
        return article
    content = "".join(f"{article.title}\n{article.body}".casefold().split())
    if all(word in content for word in _WORD.findall(title.casefold())):
        return article
    return replace(article, body=f"{article.body}\n{title}".lstrip("\n"))


def _stem(name: str) -> str:
    stem = unquote(strip_invisible(name), errors="replace")
    return _EXPORT_ID.sub("", _SUFFIXES.sub("", stem, count=1))
