"""Take the lines of an article from its boxes, without the foreign ones inside."""

import re

from .blocks import Block, Line
from .phrases import is_appeal, is_foreign_heading, is_foreign_line, is_notice

_BOX_TAGS = frozenset("div section table ul dl".split())
_MIN_LINKS = 0.5  # of the text of a box that only links to other articles
_EXPAND = re.compile(
    r".{0,6}(?:展开|阅读全文|閱讀全文|查看全文|余下全文|剩余|显示全部|查看更多|閱讀更多|Read more|Show more).{0,12}",
    re.IGNORECASE,
)

_ATTACHMENT = re.compile(r"附件|\.(?:docx?|xlsx?|pptx?|pdf|zip|rar|wps|ofd|txt)\b|https?://", re.IGNORECASE)


def article_lines(blocks: list[Block]) -> list[str]:
    """Return the lines of the boxes of an article."""
    lines = [line for block in blocks for line in _take_lines(block)]
    return [line.text for line in _strip_edges(lines)]


def _take_lines(block: Block) -> list[Line]:
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
        first_line = part.first_line()
        if not first_line or part.is_foreign or _is_appeal_box(part):
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
        lines += _take_lines(part)
    return lines


def _is_appeal_box(block: Block) -> bool:
    return block.tag in _BOX_TAGS and all(is_appeal(line.text) for line in block.lines())


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
    """Return the lines without labels; without links, appeals and notes before the first and after the last text."""
    kept = [line for line in lines if not is_foreign_line(line.text)]
    texts = [index for index, line in enumerate(kept) if not _is_edge(line)]
    return kept[texts[0] : texts[-1] + 1] if texts else kept


def _is_edge(line: Line) -> bool:
    if line.is_link:
        return not _ATTACHMENT.search(line.text)
    return is_appeal(line.text) or is_notice(line.text)
