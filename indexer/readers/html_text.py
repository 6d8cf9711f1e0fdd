"""From HTML to the text a reader would see."""

import re
import warnings
from collections.abc import Mapping
from typing import TypeAlias

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning
from bs4.builder._lxml import LXMLTreeBuilder  # bs4.builder has it, too, unseen by type checkers

_UNSEEN = frozenset("script style noscript template svg button iframe object select form head".split())
_UNSEEN_ATTRIBUTES = ("data-selfpromo-newsletter", "data-selfpromo-app")
_UNSEEN_CLASSES = re.compile("self-promo|interstitial|block-ad")  # anywhere in the class attribute
_BLOCKS = frozenset(
    """
    address article aside blockquote body br caption dd details div dl dt fieldset figcaption figure footer h1 h2 h3 h4
    h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead time tr ul
    """.split()
)
_SPACES = r"[ \t\r\f\v\n\u3000]"
_NO_SPACE = re.compile(rf" {_SPACES}+|(?! ){_SPACES}+")  # white space that is more or something else than one space

_Attributes: TypeAlias = Mapping[str | bytes, str | bytes]


def visible_lines(html: str) -> list[str]:
    """The paragraphs of an HTML fragment, top to bottom, none empty, white space inside each collapsed."""
    builder = _Lines()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)  # a body that is one address is still a body
        BeautifulSoup(html, builder=builder)
    return [line for line in (_NO_SPACE.sub(" ", line).strip() for line in builder.text.split("\n")) if line]


class _Lines(LXMLTreeBuilder):
    """Takes texts as the parser finds them, with a line break wherever a block begins or ends. No tree is built of
    them, which would take four times as long; comments and the like go to the soup, where nobody looks."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[str] = []
        self._depth = 0  # how many tags are open; the parser ends each that it starts, the innermost first
        self._unseen_from = 0  # the depth of the outermost tag that nobody sees, if one is open

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def start(self, tag: str | bytes, attrib: _Attributes, nsmap: object = None) -> None:  # noqa: ARG002
        self._depth += 1
        if self._unseen_from:
            return
        if _is_unseen(tag, attrib):
            self._unseen_from = self._depth
        elif tag in _BLOCKS:
            self._pieces.append("\n")

    def end(self, tag: str | bytes) -> None:
        if not self._unseen_from:
            if tag in _BLOCKS:
                self._pieces.append("\n")
        elif self._unseen_from == self._depth:
            self._unseen_from = 0
        self._depth -= 1

    def data(self, data: str | bytes) -> None:
        if not self._unseen_from:
            self._pieces.append(str(data).replace("\n", " "))


def _is_unseen(tag: str | bytes, attributes: _Attributes) -> bool:
    """Whether nobody reads what is in the tag: it is no text, or it advertises."""
    if tag in _UNSEEN:
        return True
    if not attributes:
        return False
    return any(name in attributes for name in _UNSEEN_ATTRIBUTES) or bool(
        _UNSEEN_CLASSES.search(str(attributes.get("class", "")))
    )
