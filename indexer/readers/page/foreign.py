"""Mark the boxes of a page that are not part of its article, by their tags, their names and their first lines."""

import re
from functools import lru_cache

from .blocks import Block, Line
from .containers import is_container
from .phrases import is_comment_action, is_comment_heading

_MAX_FOREIGN_SHARE = 0.5  # of the page's prose; a box with a foreign name and more of it holds the article
_MAX_SHARE_INSIDE = 0.3  # of the prose of a known container; a box inside with more of it is part of the article
_BOX_TAGS = frozenset("div section ul ol dl table".split())
_MIN_ACTIONS = 3  # buttons of comments on a page with comments
_ACTIONS_SHARE = 0.9  # of these that are in the box of the comments
_MIN_TEASERS = 3
_MAX_TEASER = 200  # characters
_MIN_PROSE_ELSEWHERE = 60  # characters outside of comments or teasers; where there are fewer, these are the text
_MAX_MARKS = 1000

_FOREIGN_TAGS = frozenset("nav footer aside menu".split())
_CASE_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CACHE_SIZE = 10_000  # names

# Words in the id or the classes of a box: between characters that are no letters, or anywhere.
_COMMENT_WORDS = "comment comments cmt cmts cmnt tie gentie replies reply respond disqus liuyan guestbook"
_WORDS = f"""
    {_COMMENT_WORDS}
    nav navs navi navbar navigation topnav menu menus topbar breadcrumb breadcrumbs crumb crumbs
    foot footer bottom sidebar siderbar side aside rightbar
    share shares social sns jiathis addthis toolbar tools tool
    relate relates relation relational correlation recom rec guess hot hots hotnews
    rank ranks ranking paihang popular latest readmore morenews like likes
    pager paging pagenav pagebar fenye prev previous next
    ad ads adv adbox adverts gg sponsor sponsored promo promotion taboola outbrain
    qrcode qr ewm follow subscribe newsletter login signin register signup reward dashang
    tag tags keywords label labels search hotwords feedback
    modal popup pop dialog overlay toast tooltip cookie consent
    disclaimer shengming statement declare mianze hide hidden
    player bio authorbox zebian
"""
_COMMENT_PARTS = "comment pinglun"
_PARTS = f"""
    {_COMMENT_PARTS} recommend related bdshare sharebutton breadcrumb copyright xiangguan guanggao daohang erweima
    pagination wxfollow hotlist tuijian advert uninterest qrcode
"""
_LEAD_WORDS = "lead intro introduction standfirst summary abstract digest excerpt dek daodu daoyu zhaiyao"


def _compile_names(words: str, parts: str = "") -> re.Pattern[str]:
    """Return a pattern of words between characters that are no letters, and of parts of words."""
    return re.compile("|".join([rf"(?<![a-z])(?:{'|'.join(words.split())})(?![a-z])", *parts.split()]))


_NAME = _compile_names(_WORDS, _PARTS)
_COMMENT_NAME = _compile_names(_COMMENT_WORDS, _COMMENT_PARTS)
_LEAD_NAME = _compile_names(_LEAD_WORDS)


@lru_cache(_CACHE_SIZE)
def has_foreign_name(names: str) -> bool:
    """Return whether the id and classes of a box are those of menus, adverts, comments and the like."""
    return bool(_NAME.search(_CASE_CHANGE.sub("-", names).lower()))


@lru_cache(_CACHE_SIZE)
def has_comment_name(names: str) -> bool:
    """Return whether the id and classes of a box are those of comments."""
    return bool(_COMMENT_NAME.search(_CASE_CHANGE.sub("-", names).lower()))


def is_foreign_box(tag: str, names: str) -> bool:
    """Return whether a box has the tag or the name of one that is not the article."""
    return tag in _FOREIGN_TAGS or bool(names and has_foreign_name(names))


@lru_cache(_CACHE_SIZE)
def has_lead_name(names: str) -> bool:
    """Return whether the id and classes of a box are those of the lead above a text."""
    return bool(_LEAD_NAME.search(_CASE_CHANGE.sub("-", names).lower()))


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
                    part.is_foreign = is_comment_heading(line.text) or (
                        _is_list_of_teasers(part) and page.prose - part.prose >= _MIN_PROSE_ELSEWHERE
                    )
            if not part.is_foreign:
                stack.append((part, max_prose))
    _mark_unnamed_comments(page, around_article)


def unmark_foreign_boxes(page: Block) -> None:
    """Unmark the boxes with sentences: on a page that has no others, their names mislead."""
    for block in page.blocks():
        block.is_foreign = block.is_foreign and not block.prose


def _blocks_around_article(page: Block) -> set[Block]:
    """Return the known containers and the only first-level heading, and the blocks around them."""
    marks: list[Block] = []
    headings: list[Block] = []
    for block in page.blocks():
        if block.names and is_container(block.names) and block.prose:
            marks.append(block)
        elif block.tag == "h1" and not block.links:
            headings.append(block)
    marks = marks[:_MAX_MARKS] + (headings if len(headings) == 1 else [])
    return {block for mark in marks for block in (mark, *mark.ancestors())}


def _is_list_of_teasers(block: Block) -> bool:
    """Return whether a box has several boxes of one kind and nothing else, each a link and a short text."""
    items = block.content
    if len(items) < _MIN_TEASERS:
        return False
    kinds = {(item.tag, item.names) for item in items if isinstance(item, Block)}
    return len(kinds) == 1 and all(_is_teaser(item) for item in items)


def _is_teaser(item: Block | Line) -> bool:
    if isinstance(item, Line) or item.length > _MAX_TEASER:
        return False
    line = item.first_line()
    return bool(line and line.is_link and item.link_length < item.length)


def _mark_unnamed_comments(page: Block, around_article: set[Block]) -> None:
    """Mark the smallest box with nearly all buttons of comments, if most text or enough of it is elsewhere."""
    actions: dict[Block, int] = {}
    total = _count_actions(page, actions)
    if total < _MIN_ACTIONS:
        return
    block = page
    while inner := next(
        (part for part in block.content if isinstance(part, Block) and _has_most(part, actions, total)), None
    ):
        block = inner
    if block not in around_article and page.prose - block.prose >= _MIN_PROSE_ELSEWHERE:
        block.is_foreign = True


def _has_most(block: Block, actions: dict[Block, int], total: int) -> bool:
    return actions.get(block, 0) >= _ACTIONS_SHARE * total


def _count_actions(block: Block, actions: dict[Block, int]) -> int:
    """Count the lines of a box that are buttons of comments, and of all boxes inside."""
    count = 0
    for part in block.content:
        if isinstance(part, Line):
            count += is_comment_action(part.text)
        elif not (part.is_foreign or part.is_hidden):
            count += _count_actions(part, actions)
    if count:
        actions[block] = count
    return count
