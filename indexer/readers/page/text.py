"""Take the lines of an article from its boxes, without the foreign ones inside."""

import re

from .blocks import Block, Line
from .foreign import is_appeal, is_foreign_box, is_foreign_heading, is_foreign_line

_MAX_FOREIGN_SHARE = 0.3  # of the article's prose; a box with a foreign name and more of it is part of the article
_MIN_LINKS = 0.5  # of the text of a box that only links to other articles
_EXPAND = re.compile(
    r".{0,6}(?:展开|阅读全文|閱讀全文|查看全文|余下全文|剩余|显示全部|查看更多|閱讀更多|Read more|Show more).{0,12}",
    re.IGNORECASE,
)


def article_lines(blocks: list[Block]) -> list[str]:
    """Return the lines of the boxes of an article."""
    max_foreign_prose = _MAX_FOREIGN_SHARE * sum(block.prose for block in blocks)
    lines = [line for block in blocks for line in _take_lines(block, max_foreign_prose)]
    return [line.text for line in _strip_edges(lines)]


def _take_lines(block: Block, max_foreign_prose: float) -> list[Line]:
    """Return the lines of a box. A heading above links to other articles takes these along."""
    lines: list[Line] = []
    is_after_heading = False
    for index, part in enumerate(block.content):
        if isinstance(part, Line):
            if is_foreign_heading(part.text):
                is_after_heading = True
            elif not (is_after_heading and part.is_link):
                is_after_heading = False
                lines.append(part)
            continue
        first_line = next(part.lines(), None)
        if not first_line or _is_foreign(part, max_foreign_prose):
            continue
        if part.is_hidden and not _is_expandable(block, index):
            continue
        if is_foreign_heading(first_line.text):
            if part.length == len(first_line.text):
                is_after_heading = True
                continue
            if _links_only(part, first_line):
                continue
        elif is_after_heading and part.link_length >= _MIN_LINKS * part.length:
            continue
        is_after_heading = False
        lines += _take_lines(part, max_foreign_prose)
    return lines


def _is_foreign(block: Block, max_prose: float) -> bool:
    """Return whether a box inside the article is foreign by its name, or nothing but an appeal."""
    if is_foreign_box(block):
        return block.prose <= max_prose
    if block.tag not in ("div", "section", "table", "ul", "dl"):
        return False
    return block.prose <= max_prose and all(is_appeal(line.text) for line in block.lines())


def _links_only(block: Block, heading: Line) -> bool:
    """Return whether at least half of the lines under the heading of a box are links."""
    lines = [line for line in block.lines() if line is not heading]
    return 2 * sum(line.is_link for line in lines) >= len(lines)


def _is_expandable(block: Block, index: int) -> bool:
    """Return whether a line before or after a hidden box offers the rest of the text."""
    neighbours = block.content[max(0, index - 1) : index] + block.content[index + 1 : index + 2]
    texts = (part.text if isinstance(part, Line) else part.text() for part in neighbours)
    return any(_EXPAND.fullmatch(text) for text in texts)


def _strip_edges(lines: list[Line]) -> list[Line]:
    """Return the lines without labels; without links and appeals before the first and after the last sentence."""
    kept = [line for line in lines if not is_foreign_line(line)]
    texts = [index for index, line in enumerate(kept) if not (line.is_link or is_appeal(line.text))]
    return kept[texts[0] : texts[-1] + 1] if texts else kept
