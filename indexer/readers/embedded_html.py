"""HTML in the texts of records: recognize it, and convert it to lines."""

import re
from html import unescape

from .html_text import html_to_lines

_BLOCKS = "address article blockquote br center dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section"
_BLOCKS += " table tbody td th thead tr ul"
_INLINE = "a b code del em font i img ins label mark s small span strong sub sup u video audio iframe"
_TAG = re.compile(rf"<(/?)({'|'.join((_BLOCKS + ' ' + _INLINE).split())})(\s[^<>]{{0,2000}})?/?>", re.IGNORECASE)
_CODE = re.compile(r"`[^`\n]{1,200}`")
_ENTITY = re.compile(
    r"&(?:nbsp|quot|amp|lt|gt|apos|[lr][ds]quo|hellip|[mn]dash|middot|bull|copy|[el]nsp|emsp|#\d{1,7}|#x[\da-f]{1,6});",
    re.IGNORECASE,
)
_BLOCK_NAMES = frozenset(_BLOCKS.split())


def plain_text(text: str) -> str:
    """Return the visible text if `text` is HTML, else `text` with its character references replaced.

    `a < b`, `List<String>` and a sentence about the tag <p> are not HTML. Raises ReadError: see `html_to_lines`.
    """
    if "<" in text and (names := _html_names(text)):
        # Without tags of blocks, the line breaks are those of the text.
        return "\n".join(html_to_lines(text if names & _BLOCK_NAMES else text.replace("\n", "<br>")))
    if "&" not in text or not _ENTITY.search(text):
        return text
    text = unescape(text)
    if text.lstrip().startswith("<") and (names := _html_names(text)):
        return "\n".join(html_to_lines(text if names & _BLOCK_NAMES else text.replace("\n", "<br>")))
    return text.replace("\u00a0", " ")


def _html_names(text: str) -> frozenset[str]:
    """Return the names of the tags if the text is HTML: an element has both tags, a line break or an attribute."""
    opened: set[str] = set()
    closed: set[str] = set()
    has_attributes = False
    for slash, name, attributes in _TAG.findall(_CODE.sub("", text)):
        (closed if slash else opened).add(name.lower())
        has_attributes |= "=" in attributes
    return frozenset(opened) if has_attributes or opened & closed or "br" in opened else frozenset()
