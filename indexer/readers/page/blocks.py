"""The visible text of a page as blocks of lines, from which the article is chosen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..html_text import BLOCK_TAGS, SPACES
from .containers import is_container
from .phrases import is_foreign_line, is_notice

_SKIPPED_TAGS = frozenset(
    """
    applet area audio base basefont bgsound button canvas datalist dialog frame frameset head iframe input link map
    meta meter noframes noscript object option optgroup param progress rp rt rtc script select source style svg
    template textarea track video
    """.split()
)
_BLOCK_TAGS = BLOCK_TAGS | {"form", "time"}
_HEADING_TAGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_HIDDEN_STYLE = re.compile(r"display\s{0,9}:\s{0,9}none", re.IGNORECASE)
_HIDDEN_NAME = re.compile(r"(?:^|\s)(?:hid(?:d?en|e)|d-none|sr-only|visually-hidden|screen-reader-text)(?:\s|$)", re.I)

# A sentence: punctuation inside or at the end of a line, or enough text to be one without.
_PUNCTUATION = re.compile(r"[，。！？；…”」]|[A-Za-z][,.;!?](?:\s|$)")
_MIN_PROSE_LENGTH = 8  # characters
_MIN_PROSE_AROUND_LINK = 18  # characters outside of a longer link; fewer may be a date
_MIN_UNPUNCTUATED_PROSE = 40  # characters; a longer line without punctuation is text, a shorter one a heading or label


class Line:
    """A line of text.

    Attributes:
        text: The text, with white space collapsed.
        link_length: Characters of the text in links.
        prose: Characters outside of links, if the line reads like a sentence; else 0.
    """

    __slots__ = ("link_length", "prose", "text")

    def __init__(self, text: str, link_length: int = 0) -> None:
        self.text = text
        self.link_length = min(link_length, len(text))
        self.prose = self._count_prose()

    @property
    def is_link(self) -> bool:
        """True if nearly all of the line is a link."""
        return self.link_length * 10 >= len(self.text) * 8

    def _count_prose(self) -> int:
        plain = len(self.text) - self.link_length
        if plain < (_MIN_PROSE_LENGTH if plain >= self.link_length else _MIN_PROSE_AROUND_LINK):
            return 0
        if plain < _MIN_UNPUNCTUATED_PROSE and not _PUNCTUATION.search(self.text):
            return 0
        return 0 if is_notice(self.text) or is_foreign_line(self.text) else plain


@dataclass(slots=True, eq=False)
class Block:
    """A box of a page: lines and inner boxes, in the order in which they are shown.

    Attributes:
        names: The id and classes, separated by spaces.
        content: The lines and boxes inside.
        own_links: Number of links directly inside.
        length: Characters of text inside, at any depth, outside of hidden and foreign boxes.
        link_length: Characters of these in links.
        links: Number of links there.
        prose: Characters of lines there that read like sentences.
    """

    tag: str
    names: str = ""
    parent: "Block | None" = None
    is_hidden: bool = False
    is_foreign: bool = False
    content: "list[Line | Block]" = field(default_factory=list)
    own_links: int = 0
    length: int = 0
    link_length: int = 0
    links: int = 0
    prose: int = 0

    @property
    def is_heading(self) -> bool:
        """True if the block is a heading."""
        return self.tag in _HEADING_TAGS

    def blocks(self) -> "Iterator[Block]":
        """Yield this block and all blocks inside, in the order of the page."""
        yield self
        for part in self.content:
            if isinstance(part, Block):
                yield from part.blocks()

    def blocks_inside(self) -> "Iterator[Block]":
        """Yield the blocks directly inside."""
        return (part for part in self.content if isinstance(part, Block))

    def lines(self) -> Iterator[Line]:
        """Yield all lines inside."""
        stack = [iter(self.content)]
        while stack:
            for part in stack[-1]:
                if isinstance(part, Block):
                    stack.append(iter(part.content))
                    break
                yield part
            else:
                stack.pop()

    def first_line(self) -> Line | None:
        """Return the first line inside."""
        return next(self.lines(), None)

    def ancestors(self) -> "Iterator[Block]":
        """Yield the block around this one, the block around that, and so on."""
        block = self.parent
        while block is not None:
            yield block
            block = block.parent

    def text(self) -> str:
        """Return the text inside on one line."""
        return " ".join(line.text for line in self.lines())


def build_blocks(tree: Any) -> Block:
    """Return the blocks of a parsed page, whose depth must be bounded: the function calls itself for each level."""
    builder = _Builder()
    root = Block("html")
    for part in tree:
        if part.tag == "body":
            root.names = _names(part)
    builder.add(tree, root, in_link=False)
    builder.end_line(root)
    measure(root)
    return root


class _Builder:
    """Collects the text between two line breaks."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._link_length = 0
        self._preformatted = 0  # open <pre> elements

    def add(self, element: Any, block: Block, in_link: bool) -> None:
        """Add the content of an element to a block."""
        if element.text:
            self._add_text(element.text, block, in_link)
        for child in element:
            tag = child.tag
            if type(tag) is str and tag not in _SKIPPED_TAGS:
                if tag == "br":
                    self.end_line(block)
                else:
                    self._add_element(child, tag, block, in_link)
            if child.tail:
                self._add_text(child.tail, block, in_link)

    def _add_element(self, element: Any, tag: str, block: Block, in_link: bool) -> None:
        is_hidden = _is_hidden(element)
        if tag == "a" and element.get("href") is not None:
            in_link = True
            block.own_links += 1
        names = _names(element)
        if tag not in _BLOCK_TAGS and not is_container(names):
            if not is_hidden:
                self.add(element, block, in_link)
            return
        self.end_line(block)
        inner = Block(tag, names, block, is_hidden)
        block.content.append(inner)
        self._preformatted += tag == "pre"
        self.add(element, inner, in_link)
        self.end_line(inner)
        self._preformatted -= tag == "pre"
        if not inner.content:
            block.content.pop()

    def _add_text(self, text: str, block: Block, in_link: bool) -> None:
        if self._preformatted and "\n" in text:
            first, *others = text.split("\n")
            self._add_text(first, block, in_link)
            for other in others:
                self.end_line(block)
                self._add_text(other, block, in_link)
            return
        self._parts.append(text)
        if in_link:
            self._link_length += len("".join(text.split()))

    def end_line(self, block: Block) -> None:
        """End the current line, which belongs to the block."""
        if self._parts:
            text = SPACES.sub(" ", "".join(self._parts)).strip()
            if text:
                block.content.append(Line(text, self._link_length))
            self._parts = []
        self._link_length = 0


def _names(element: Any) -> str:
    names = f"{element.get('id') or ''} {element.get('class') or ''}".strip()
    return f"{names} articleBody" if element.get("itemprop") == "articleBody" else names


def _is_hidden(element: Any) -> bool:
    style = element.get("style")
    if style and _HIDDEN_STYLE.search(style):
        return True
    if element.get("hidden") is not None:
        return True
    names = element.get("class")
    return bool(names and _HIDDEN_NAME.search(names))


def measure(block: Block) -> None:
    """Set the sums of a block and of all blocks inside. Hidden and foreign blocks count for themselves only."""
    block.length = block.link_length = block.prose = 0
    block.links = block.own_links
    for part in block.content:
        if isinstance(part, Line):
            block.length += len(part.text)
            block.link_length += part.link_length
            block.prose += part.prose
        else:
            measure(part)
            if not (part.is_hidden or part.is_foreign):
                block.length += part.length
                block.link_length += part.link_length
                block.links += part.links
                block.prose += part.prose
