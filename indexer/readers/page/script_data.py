"""Find the article in the data from which a script draws a page: `__NEXT_DATA__`, `window.__INITIAL_STATE__`."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_START = re.compile(r"(?:^|=)\s{0,99}(?=[{\[])")
_TEXT_KEYS = frozenset(
    "articlebody articlecontent articledetail body content contenthtml content_html contenttext detail html maintext "
    "newscontent rawcontent richcontent text".split()
)
_TITLE_KEYS = ("title", "headline", "articletitle", "newstitle", "subject")
_DATE_KEYS = (
    "publishtime publish_time pubtime pubdate publishdate publishedat published_at datepublished createtime "
    "create_time createdat created_at newstime date time".split()
)
_MAX_SCRIPTS = 50
_MAX_STARTS = 20  # assignments tried in a script
_MAX_NODES = 100_000  # objects and lists of one page
_MIN_HAN = 20  # characters; a shorter text is a label
_HAN = re.compile("[\u3400-\u9fff]")


class ScriptArticle(NamedTuple):
    """The text of an article, which may be HTML, its title and its date."""

    html: str
    title: str
    date: str


def find_script_article(tree: Any) -> ScriptArticle | None:
    """Return the longest text that the data of scripts name as content, or None."""
    best: tuple[int, ScriptArticle] | None = None
    for script in list(tree.iter("script"))[:_MAX_SCRIPTS]:
        for document in _documents(script.text or ""):
            for node in _objects(document):
                article = _article_of(node)
                size = len(_HAN.findall(article.html)) if article else 0
                if article and size >= _MIN_HAN and (best is None or size > best[0]):
                    best = (size, article)
    return best[1] if best else None


def _documents(script: str) -> Iterator[object]:
    """Yield the JSON documents that are the script or that it assigns to variables."""
    decoder = json.JSONDecoder(strict=False)
    end = 0
    for match in list(_START.finditer(script))[:_MAX_STARTS]:
        if match.end() < end:
            continue
        try:
            document, end = decoder.raw_decode(script, match.end())
        except (ValueError, RecursionError):
            continue
        yield document


def _objects(document: object) -> Iterator[dict[str, object]]:
    """Yield the objects of a document, the outer ones first."""
    stack: list[object] = [document]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack += reversed(node.values())
        elif isinstance(node, list):
            stack += reversed(node)


def _article_of(node: dict[str, object]) -> ScriptArticle | None:
    values = {key.lower(): value for key, value in node.items()}
    texts = [text for key in _TEXT_KEYS & values.keys() if (text := _content_text(values[key]))]
    if not texts:
        return None
    title = next((value for key in _TITLE_KEYS if isinstance(value := values.get(key), str)), "")
    dates = (values.get(key) for key in _DATE_KEYS)
    date = next((str(value) for value in dates if isinstance(value, (str, int)) and value), "")
    return ScriptArticle(max(texts, key=len), title, date)


def _content_text(value: object) -> str:
    """Return a text, or a list of paragraphs as one."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    parts = (item.get("text") or item.get("content") if isinstance(item, dict) else item for item in value)
    return "".join(f"<p>{part}</p>" for part in parts if isinstance(part, str))
