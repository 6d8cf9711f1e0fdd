"""Convert HTML to the lines of text that a reader of the page sees."""

import re
import warnings
from collections.abc import Mapping
from typing import TypeAlias

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning
from bs4.builder._lxml import LXMLTreeBuilder  # bs4.builder exports it, too, but not for type checkers

from ...messages import gettext as _
from ..errors import ReadError

_HIDDEN_TAGS = frozenset(
    "script style noscript noframes template svg button iframe object select form head rp rt rtc".split()
)
_HIDDEN_ATTRIBUTES = ("data-selfpromo-newsletter", "data-selfpromo-app")
_HIDDEN_CLASSES = re.compile("self-promo|interstitial|block-ad")  # anywhere in the class attribute
_BLOCK_TAGS = frozenset(
    """
    address article aside blockquote body br caption dd details div dl dt fieldset figcaption figure footer h1 h2 h3 h4
    h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead time tr ul
    """.split()
)
_SPACES = r"[ \t\r\f\v\n\u3000]"
_COLLAPSIBLE = re.compile(rf" {_SPACES}+|(?! ){_SPACES}+")  # white space that is not exactly one space
_MIN_LONG_TAG = 10_000  # characters; a shorter tag cannot have too many attributes
_MAX_ATTRIBUTES = 5000  # of a tag; libxml2 compares each with all others
_TAG = re.compile(r"""<[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*""")
_QUOTED = re.compile(r"""(["'])[^"']*\1""")
_ATTRIBUTE_END = re.compile(r"""[\s/"'][^\s/"'=]""")

_Attributes: TypeAlias = Mapping[str | bytes, str | bytes]


def check_tags(html: str) -> None:
    """Raise ReadError if a tag has so many attributes that parsing it would take minutes."""
    if len(html) < _MIN_LONG_TAG:
        return
    for match in _TAG.finditer(html):
        tag = match[0]
        if len(tag) >= _MIN_LONG_TAG and len(_ATTRIBUTE_END.findall(_QUOTED.sub('""', tag))) > _MAX_ATTRIBUTES:
            raise ReadError(_("a tag has more than {limit:,} attributes").format(limit=_MAX_ATTRIBUTES))


def html_to_lines(html: str) -> list[str]:
    """Return the visible paragraphs of an HTML fragment, top to bottom, with white space collapsed and none empty.

    Raises:
        ReadError: A tag has too many attributes.
    """
    check_tags(html)
    builder = _LineBuilder()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)  # a body may consist of one address
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)  # a page may begin like XML
        BeautifulSoup(html, builder=builder)
    return [line for line in (_COLLAPSIBLE.sub(" ", line).strip() for line in builder.text.split("\n")) if line]


class _LineBuilder(LXMLTreeBuilder):
    """Collects text from parser events, with a line break at the start and end of each block.

    It builds no tree, which would take four times as long. Comments and the like go to the soup, which is unused.
    """

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._depth = 0  # open tags; the parser ends each tag that it starts, the innermost first
        self._hidden_depth = 0  # depth of the outermost open tag that is hidden, or 0

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def start(self, tag: str | bytes, attrib: _Attributes, nsmap: object = None) -> None:  # noqa: ARG002
        self._depth += 1
        if self._hidden_depth:
            return
        if _is_hidden(tag, attrib):
            self._hidden_depth = self._depth
        elif tag in _BLOCK_TAGS:
            self._parts.append("\n")

    def end(self, tag: str | bytes) -> None:
        if not self._hidden_depth:
            if tag in _BLOCK_TAGS:
                self._parts.append("\n")
        elif self._hidden_depth == self._depth:
            self._hidden_depth = 0
        self._depth -= 1

    def data(self, data: str | bytes) -> None:
        if not self._hidden_depth:
            self._parts.append(str(data).replace("\n", " "))


def _is_hidden(tag: str | bytes, attributes: _Attributes) -> bool:
    """Return whether the content of a tag is not text, or is self-promotion or an advertisement."""
    if tag in _HIDDEN_TAGS:
        return True
    if not attributes:
        return False
    return any(name in attributes for name in _HIDDEN_ATTRIBUTES) or bool(
        _HIDDEN_CLASSES.search(str(attributes.get("class", "")))
    )
