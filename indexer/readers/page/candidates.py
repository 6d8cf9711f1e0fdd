"""Choose the box of a page that holds its article.

A known container is the article wherever it has text. Else each box is scored by its prose: the characters of its
sentences outside of links, those of inner boxes at a discount for each level. The best box grows as long as the box
around it adds text rather than links.
"""

from collections.abc import Callable, Iterator

from .blocks import Block, Line, measure
from .containers import is_container, is_post
from .foreign import has_lead_name, mark_foreign_boxes, unmark_foreign_boxes
from .phrases import is_byline, is_foreign_line, is_notice

_LEVEL_DISCOUNT = 0.75
_PARAGRAPH_TAGS = frozenset("p li dd dt h1 h2 h3 h4 h5 h6 td th tr tbody pre figcaption blockquote".split())
_MIN_CONTAINER_LENGTH = 20  # characters of a known container; an empty one is a frame that a script fills
_MIN_CONTAINER_SHARE = 0.2  # of the prose of the page that the known container must hold
_MAX_BOXES_ABOVE = 50  # between the article and a heading
_COMPARED_START = 20  # characters of a lead that the text may repeat
_MIN_TEXT = 3  # characters of a line that may be an article without a sentence
_MIN_NAVIGATION_LINKS = 5
_MAX_ADDED_LINKS = 0.3  # of the text that a surrounding box adds


def find_article(page: Block) -> list[Block]:
    """Return the boxes of the article, in the order of the page; [] if no box has text outside of links."""
    mark_foreign_boxes(page)
    measure(page)
    if not page.prose:
        unmark_foreign_boxes(page)
        measure(page)
    article = _find_known(page) or _find_best(page, _line_prose) or _find_hidden(page) or _find_best(page, _line_text)
    return [*_find_introduction(article), *article]


def is_navigation(page: Block) -> bool:
    """Return whether a page without an article has links to others, so that its text is that of menus."""
    return page.links >= _MIN_NAVIGATION_LINKS


def _find_known(page: Block) -> list[Block]:
    known: list[Block] = []
    posts: list[Block] = []
    _collect_known(page, known, posts)
    candidates = [block for block in known if block.length >= _MIN_CONTAINER_LENGTH]
    if candidates:
        best = max(candidates, key=lambda block: block.prose or block.length / 1000)
        if best.prose >= _MIN_CONTAINER_SHARE * page.prose:
            return [block for block in candidates if block.parent is best.parent]
    posts = [block for block in posts if block.length]
    if sum(block.prose for block in posts) >= _MIN_CONTAINER_SHARE * page.prose:
        return posts
    return []


def _collect_known(block: Block, known: list[Block], posts: list[Block]) -> None:
    """Collect the outermost known containers, and the outermost posts."""
    for part in block.content:
        if isinstance(part, Line) or part.is_foreign:
            continue
        if part.names and is_post(part.names):
            posts.append(part)
        elif part.names and is_container(part.names):
            known.append(part)
        else:
            _collect_known(part, known, posts)


def _find_best(page: Block, count: Callable[[Line], int]) -> list[Block]:
    """Return the box with the best score, or [] if none has any."""
    scores: dict[Block, float] = {}
    _score(page, count, scores)
    best = max(scores, key=lambda block: scores[block])
    return [_grow(best)] if scores[best] else []


def _find_hidden(page: Block) -> list[Block]:
    """Return the hidden box with the most prose: the text of a page that a script shows once it is loaded."""
    hidden = [block for block in page.blocks() if block.is_hidden and not block.is_foreign and block.prose]
    return [max(hidden, key=lambda block: block.prose)] if hidden else []


def _find_introduction(article: list[Block]) -> list[Block]:
    """Return the lead and the captions that stand between the heading of the page and the box of the article."""
    if not article:
        return []
    inner = article[0]
    text = inner.text()
    for outer in inner.ancestors():
        parts = outer.content[: _index_of(outer, inner)]
        boxes = [box for part in parts if isinstance(part, Block) for box in _shown_blocks(part)]
        headings = [index for index, box in enumerate(boxes) if box.is_heading]
        if headings or len(boxes) > _MAX_BOXES_ABOVE:
            boxes = boxes[headings[-1] :] if headings else []
            return [box for box in boxes if _is_introduction(box) and box.text()[:_COMPARED_START] not in text]
        inner = outer
    return []


def _index_of(outer: Block, inner: Block) -> int:
    return next(index for index, part in enumerate(outer.content) if part is inner)


def _shown_blocks(box: Block) -> Iterator[Block]:
    """Yield a box and the boxes inside, without foreign and hidden ones."""
    if not (box.is_foreign or box.is_hidden):
        yield box
        for part in box.content:
            if isinstance(part, Block):
                yield from _shown_blocks(part)


def _is_introduction(box: Block) -> bool:
    if not box.length or box.link_length:
        return False
    return box.tag == "figcaption" or has_lead_name(box.names)


def _line_prose(line: Line) -> int:
    return line.prose


def _line_text(line: Line) -> int:
    """Return the length of a line that may be text: neither a link nor a label."""
    text = line.text
    if line.link_length or len(text) < _MIN_TEXT:
        return 0
    return 0 if is_foreign_line(text) or is_byline(text) or is_notice(text) else len(text)


def _score(block: Block, count: Callable[[Line], int], scores: dict[Block, float]) -> float:
    score = 0.0
    for part in block.content:
        if isinstance(part, Line):
            score += count(part)
        elif not (part.is_foreign or part.is_hidden or part.is_heading):
            discount = 1 if part.tag in _PARAGRAPH_TAGS else _LEVEL_DISCOUNT
            score += _score(part, count, scores) * discount
    scores[block] = score  # an outer box with the same text comes later, and is not better
    return score


def _grow(block: Block) -> Block:
    """Return the outermost box around a block that adds text and few links at each level."""
    best = inner = block
    for outer in block.ancestors():
        if outer.link_length - inner.link_length > _MAX_ADDED_LINKS * (outer.length - inner.length):
            break
        if outer.prose > inner.prose:
            best = outer
        inner = outer
    return best
