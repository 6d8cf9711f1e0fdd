"""Choose the box of a page that holds its article.

A known container is the article wherever it has text. Else each box is scored by its prose: the characters of its
sentences outside of links, those of inner boxes at a discount for each level. The best box grows as long as the box
around it adds text rather than links.
"""

from collections.abc import Callable

from .blocks import Block, Line
from .containers import is_container, is_post
from .foreign import has_comment_name, has_lead_name, is_foreign_box
from .phrases import is_byline, is_comment_heading, is_foreign_line, is_notice

_LEVEL_DISCOUNT = 0.75
_PARAGRAPH_TAGS = frozenset("p li dd dt h1 h2 h3 h4 h5 h6 td th tr tbody pre figcaption blockquote".split())
_MIN_CONTAINER_LENGTH = 20  # characters of a known container; an empty one is a frame that a script fills
_MIN_CONTAINER_SHARE = 0.2  # of the prose of the page that the known container must hold
_MAX_FOREIGN_SHARE = 0.5  # of the prose; a box with a foreign name and more of it holds the article
_MAX_SHARE_INSIDE = 0.3  # the same inside a known container
_BOX_TAGS = frozenset("div section ul dl table".split())
_MAX_BOXES_ABOVE = 50  # between the article and a heading
_COMPARED_START = 20  # characters of a lead that the text may repeat
_MIN_TEXT = 5  # characters of a line that may be an article without a sentence
_MIN_NAVIGATION_LINKS = 5
_MAX_ADDED_LINKS = 0.3  # of the text that a surrounding box adds


def find_article(page: Block) -> list[Block]:
    """Return the boxes of the article, in the order of the page; [] if no box has text outside of links."""
    mark_foreign_boxes(page)
    article = _find_known(page) or _find_best(page, _line_prose) or _find_hidden(page) or _find_best(page, _line_text)
    return [*_find_introduction(article), *article]


def is_navigation(page: Block) -> bool:
    """Return whether a page without an article has links to others, so that its text is that of menus."""
    return page.links >= _MIN_NAVIGATION_LINKS


def mark_foreign_boxes(page: Block) -> None:
    """Mark the boxes whose names or first lines are foreign, unless they hold much of the page or container."""
    around_article = _blocks_around_article(page)
    stack = [(page, _MAX_FOREIGN_SHARE * page.prose)]
    while stack:
        block, max_prose = stack.pop()
        if block.names and is_container(block.names):
            max_prose = _MAX_SHARE_INSIDE * block.prose
        for part in block.content:
            if isinstance(part, Line):
                continue
            if part not in around_article:
                if is_foreign_box(part.tag, part.names):
                    part.is_foreign = part.prose <= max_prose or has_comment_name(part.names)
                elif part.tag in _BOX_TAGS and (line := part.first_line()):
                    part.is_foreign = is_comment_heading(line.text)
            stack.append((part, max_prose))


def _blocks_around_article(page: Block) -> set[Block]:
    """Return the blocks around the only first-level heading, or around known containers."""
    marks = [block for block in page.blocks() if block.names and is_container(block.names) and block.prose]
    headings = [block for block in page.blocks() if block.tag == "h1" and not block.links]
    if len(headings) == 1:
        marks += headings
    return {ancestor for mark in marks for ancestor in mark.ancestors()}


def _find_known(page: Block) -> list[Block]:
    known: list[Block] = []
    posts: list[Block] = []
    _collect_known(page, known, posts)
    candidates = [block for block in known if block.length >= _MIN_CONTAINER_LENGTH]
    if candidates:
        best = max(candidates, key=lambda block: block.prose or block.length / 1000)
        if best.prose >= _MIN_CONTAINER_SHARE * _own_prose(page):
            return [block for block in candidates if block.parent is best.parent]
    posts = [block for block in posts if block.length]
    if sum(block.prose for block in posts) >= _MIN_CONTAINER_SHARE * _own_prose(page):
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


def _own_prose(page: Block) -> int:
    """Return the prose outside of foreign and hidden boxes."""
    return sum(
        part.prose if isinstance(part, Line) else _own_prose(part)
        for part in page.content
        if isinstance(part, Line) or not (part.is_foreign or part.is_hidden)
    )


def _find_best(page: Block, measure: Callable[[Line], int]) -> list[Block]:
    """Return the box with the best score, or [] if none has any."""
    scores: dict[Block, float] = {}
    _score(page, measure, scores)
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
        boxes = [box for part in parts if isinstance(part, Block) for box in part.blocks() if not _is_left_out(box)]
        headings = [index for index, box in enumerate(boxes) if box.is_heading]
        if headings or len(boxes) > _MAX_BOXES_ABOVE:
            boxes = boxes[headings[-1] :] if headings else []
            return [box for box in boxes if _is_introduction(box) and box.text()[:_COMPARED_START] not in text]
        inner = outer
    return []


def _index_of(outer: Block, inner: Block) -> int:
    return next(index for index, part in enumerate(outer.content) if part is inner)


def _is_left_out(box: Block) -> bool:
    return box.is_foreign or box.is_hidden or any(outer.is_foreign or outer.is_hidden for outer in box.ancestors())


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


def _score(block: Block, measure: Callable[[Line], int], scores: dict[Block, float]) -> float:
    score = 0.0
    for part in block.content:
        if isinstance(part, Line):
            score += measure(part)
        elif not (part.is_foreign or part.is_hidden):
            discount = 1 if part.tag in _PARAGRAPH_TAGS else _LEVEL_DISCOUNT
            score += _score(part, measure, scores) * discount
    scores[block] = score  # an outer box with the same text comes later, and is not better
    return score


def _grow(block: Block) -> Block:
    """Return the outermost box around a block that adds text and few links at each level."""
    best = block
    inner_length, inner_links, inner_prose = _visible(block)
    for outer in block.ancestors():
        length, links, prose = _visible(outer)
        added = length - inner_length
        if added and links - inner_links > _MAX_ADDED_LINKS * added:
            break
        if prose > inner_prose:
            best = outer
        inner_length, inner_links, inner_prose = length, links, prose
    return best


def _visible(block: Block) -> tuple[int, int, int]:
    """Return the length, length of links and prose of a block without foreign and hidden boxes."""
    length, links, prose = 0, 0, 0
    for part in block.content:
        if isinstance(part, Line):
            length, links, prose = length + len(part.text), links + part.link_length, prose + part.prose
        elif not (part.is_foreign or part.is_hidden):
            inner = _visible(part)
            length, links, prose = length + inner[0], links + inner[1], prose + inner[2]
    return length, links, prose
