"""Table of the elements in which publishing systems put the text of an article.

A name is an id or a class, whatever its case. Names that other boxes of other sites have too, such as `content` or
`article`, are not listed: there the text decides.
"""

from functools import lru_cache

_CONTAINERS = frozenset(
    """
    js_content rich_media_content
    trs_editor trs_ueditor trs_paper_default custom_unionstyle
    ucap-content pages_content zoom fontzoom easysite-news-text
    vsb_content vsb_content_2 vsb_content_4 vsb_content_500 vsb_content_501 v_news_content wp_articlecontent
    artibody artibodycontent blkcontainersblkcon sina_keyword_ad_area2
    endtext post_text
    cnt-main-article-qq content-article
    mp-editor contenttext
    main_content artical_real yc_con_txt
    rwb_zw rm_txt_con show_text
    p-detail detailcontent
    left_zw content_area cnt_bd chan_newsdetail
    contentbody txtinfos
    news_txt
    cnblogs_post_body content_views
    post-richtextcontainer show-content
    entry-content wp-block-post-content td-post-content post-body
    articlebody article__bd__detail articledetailcontent article-holder
    wsw longtext story-body__inner t-content__body article-content-rawhtml article-content__editor caas-body
    mw-parser-output
    """.split()
)
# Posts of forums, of questions and answers: each is a part of the page's text.
_POSTS = frozenset(
    """
    t_f t_msgfont postmessage tpc_content read_tpc postbody message-body cooked bbs-content d_post_content
    topic_content reply_content richtext
    """.split()
)
_POST_PREFIXES = ("postmessage_", "post_message_", "post_content_")
_CACHE_SIZE = 10_000  # names


@lru_cache(_CACHE_SIZE)
def is_container(names: str) -> bool:
    """Return whether the id and classes of an element are those of a known container."""
    return not _CONTAINERS.isdisjoint(names.lower().split()) or is_post(names)


@lru_cache(_CACHE_SIZE)
def is_post(names: str) -> bool:
    """Return whether the id and classes of an element are those of a post."""
    words = names.lower().split()
    return not _POSTS.isdisjoint(words) or any(
        word.startswith(_POST_PREFIXES) and word.rpartition("_")[2].isdigit() for word in words
    )
