"""The metadata of a page: JSON-LD, `meta` elements and addresses."""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from ....analysis import strip_invisible

_SAVED_FROM = re.compile(
    r"<!-- saved from url=\(\d{1,4}\)(\S{1,2000}) -->|Page saved with SingleFile\s{1,9}url: (\S{1,2000})"
)
_HEAD_LENGTH = 4000  # characters from the start that may hold the address of a saved page
_SOURCE_LABEL = re.compile(r"^(?:来源|來源)\s?[：:]\s?")
_META_NAMES = {
    "source": ("og:site_name", "mediaid", "contentsource", "source", "application-name"),
    "author": ("author", "article:author", "dc.creator"),
    "section": ("article:section", "section", "columnname", "channel"),
    "url": ("og:url",),
}
_LINKED_KEYS = {
    "source": ("publisher",),
    "author": ("author", "creator"),
    "section": ("articleSection",),
    "url": ("url", "mainEntityOfPage"),
}


class Metadata:
    """The metadata elements of a page.

    Attributes:
        linked_data: The first JSON-LD object that is an article, or {}.
        meta: The content of `meta` elements by their names in lower case; the first of a name counts.
        title: The text of the `title` element.
    """

    def __init__(self, tree: Any, text: str) -> None:
        self.linked_data = _find_linked_data(tree)
        self.meta = _find_meta_values(tree)
        self.title = first(element_text(element) for element in tree.iter("title"))
        self._account = first(element_text(element) for element in tree.xpath("//*[@id='js_name']"))
        self._links = [link.get("href", "") for link in tree.iter("link") if link.get("rel", "").lower() == "canonical"]
        saved_from = _SAVED_FROM.search(text[:_HEAD_LENGTH])
        self._saved_from = (saved_from[1] or saved_from[2]) if saved_from else ""

    def linked(self, *keys: str) -> str:
        """Return the text of the first of these keys of the JSON-LD object."""
        return first(_linked_text(self.linked_data.get(key)) for key in keys)

    def named(self, *names: str) -> str:
        """Return the content of the first of these `meta` elements."""
        return first(self.meta.get(name, "") for name in names)

    def record(self) -> dict[str, str]:
        """Return the source, author, section and address of the article."""
        record = {field: self.linked(*keys) or self.named(*_META_NAMES[field]) for field, keys in _LINKED_KEYS.items()}
        record["source"] = self._account or _SOURCE_LABEL.sub("", record["source"])
        record["author"] = record["author"] if _is_name(record["author"]) else ""
        return record | {"url": self._find_url(record["url"])}

    def _find_url(self, metadata_url: str) -> str:
        """Return the address of the page, or "" if the page names only the address of its site."""
        for address in (*self._links, metadata_url, self._saved_from):
            url = strip_invisible(address).strip()
            try:
                parts = urlsplit(url)
            except ValueError:
                continue
            if parts.scheme in ("http", "https") and (parts.path.strip("/") or parts.query):
                return url
        return ""


def first(texts: Iterable[str]) -> str:
    """Return the first text that is not empty, or ""."""
    return next((text for text in texts if text), "")


def element_text(element: Any) -> str:
    """Return the text of an element on one line."""
    return " ".join(strip_invisible("".join(element.itertext())).split())


def _is_name(author: str) -> bool:
    """Return whether an author is a name, neither a number nor an address."""
    return "@" not in author and not author.isdigit()


def _find_linked_data(tree: Any) -> dict[str, Any]:
    for script in tree.iter("script"):
        if script.get("type", "").lower().strip() != "application/ld+json":
            continue
        try:
            document = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        nodes = document.get("@graph", [document]) if isinstance(document, dict) else document
        for node in nodes if isinstance(nodes, list) else ():
            if isinstance(node, dict) and ("headline" in node or "Article" in str(node.get("@type"))[:200]):
                return node
    return {}


def _linked_text(value: object) -> str:
    """Return a value of JSON-LD as text; for an object or a list of objects, their names."""
    nodes = value if isinstance(value, list) else [value]
    names = ((node.get("name") or node.get("@id")) if isinstance(node, dict) else node for node in nodes)
    return "、".join(strip_invisible(name).strip() for name in names if isinstance(name, str))


def _find_meta_values(tree: Any) -> dict[str, str]:
    values: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = strip_invisible(meta.get("content", "")).strip()
        for attribute in ("property", "name", "itemprop"):
            name = (meta.get(attribute) or "").strip().lower()
            if name and content:
                values.setdefault(name, content)
    return values
