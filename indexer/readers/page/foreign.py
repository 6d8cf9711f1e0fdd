"""Recognize the boxes of a page that are not part of its article, by their tags and names."""

import re
from functools import lru_cache

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
