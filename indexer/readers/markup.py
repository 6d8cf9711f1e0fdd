"""From HTML to the text a reader would see."""

import re
import warnings

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning
from bs4.element import Comment, Doctype, NavigableString, PageElement, Tag

_UNSEEN = frozenset("script style noscript template svg button iframe object select form head".split())
_UNSEEN_ATTRIBUTES = ("data-selfpromo-newsletter", "data-selfpromo-app")
_UNSEEN_CLASSES = re.compile("self-promo|interstitial|block-ad")  # anywhere in the class attribute
_BLOCKS = frozenset(
    """
    address article aside blockquote body br caption dd details div dl dt fieldset figcaption figure footer h1 h2 h3 h4
    h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead time tr ul
    """.split()
)
_SPACE = re.compile(r"[ \t\r\f\v\n\u3000]+")


def visible_lines(html: str) -> list[str]:
    """The paragraphs of an HTML fragment, top to bottom, none empty, white space inside each collapsed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)  # a body that is one address is still a body
        soup = BeautifulSoup(html, "lxml", multi_valued_attributes=None)
    lines = "".join(_pieces(soup)).split("\n")
    return [line for line in (_SPACE.sub(" ", line).strip() for line in lines) if line]


def _pieces(soup: BeautifulSoup) -> list[str]:
    """Texts in document order, with a line break wherever a block begins or ends. A loop, not a recursion, since
    pages nest thousands deep."""
    pieces: list[str] = []
    stack: list[PageElement | str] = [soup]
    while stack:
        node = stack.pop()
        if isinstance(node, Tag):
            if _is_unseen(node):
                continue
            is_block = node.name in _BLOCKS
            if is_block:
                pieces.append("\n")
                stack.append("\n")
            stack.extend(reversed(node.contents))
        elif isinstance(node, NavigableString):
            if not isinstance(node, (Comment, Doctype)):
                pieces.append(_SPACE.sub(" ", node))
        elif isinstance(node, str):
            pieces.append(node)
    return pieces


def _is_unseen(tag: Tag) -> bool:
    """Whether nobody reads what is in the tag: it is no text, or it advertises."""
    if tag.name in _UNSEEN:
        return True
    if not tag.attrs:
        return False
    return any(name in tag.attrs for name in _UNSEEN_ATTRIBUTES) or bool(
        _UNSEEN_CLASSES.search(str(tag.attrs.get("class", "")))
    )
