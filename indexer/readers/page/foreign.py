"""Recognize the boxes and lines of a page that are not part of its article."""

import re
from functools import lru_cache

from .blocks import Block, Line

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


def _compile_names(words: str, parts: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{'|'.join(words.split())})(?![a-z])|{'|'.join(parts.split())}")


_NAME = _compile_names(_WORDS, _PARTS)
_COMMENT_NAME = _compile_names(_COMMENT_WORDS, _COMMENT_PARTS)

# A heading above links to other articles, above adverts or comments: an adjective and a noun, or a whole phrase.
_KINDS = (
    "相关|相關|延伸|推荐|推薦|热门|熱門|更多|最新|精彩|往期|猜你|大家|编辑|編輯|今日|热点|熱點|同类|本类|其他|其它|网友|網友|"
    "您可能|你可能|为您|为你|為您|精选|精選|最热|本周|本月|站内|栏目"
)
_THINGS = (
    "阅读|閱讀|新闻|新聞|文章|推荐|推薦|报道|報道|報導|链接|連結|鏈接|内容|資訊|资讯|回顾|回顧|喜欢|喜歡|精彩|评论|評論|"
    "话题|話題|专题|專題|稿件|视频|影片|排行榜?|在看|感兴趣的?|关注|消息|动态|图文|图集|精选|信息|榜"
)
_FOREIGN_HEADING = re.compile(
    rf"\W*(?:(?:{_KINDS})[^，。]{{0,2}}(?:{_THINGS})[^，。]{{0,6}}|评论|評論|全部评论|发表评论|相关|延伸|推荐|分享到?|猜你喜欢"
    r"|(?:related|recommended|more (?:from|stories|news|on)|you may also like|see also|comments?)\b.{0,20})[\s：:>»·]*",
    re.IGNORECASE,
)
_MAX_FOREIGN_HEADING = 24  # characters

# Labels, buttons and notes of a page around its article, each alone on its line.
_DAY = (
    r"(?:19|20)\d\d\s?[-/.年]\s?\d\d?\s?[-/.月]\s?\d\d?\s?日?"
    r"(?:\s*(?:星期|周)[一二三四五六日天])?(?:\s*T?\d\d?:\d\d(?::\d\d)?)?"
)
_BUTTONS = "打印|列印|关闭|關閉|收藏|分享|返回|推荐|举报|复制|刷新|纠错|点赞|转发|投稿|订阅"
_OBJECTS = "本页|本頁|此页|窗口|视窗|本文|页面|链接|給好友|给好友|顶部|列表|首页|目录"
_COUNTED = (
    "推荐|阅读[数量]?|閱讀|浏览(?:次数|量)?|瀏覽(?:次數)?|点击(?:数|量|率)?|评论数?|評論|点赞数?|赞|转发|收藏|人气|"
    "访问量|次数"
)
_FOREIGN_LINE = re.compile(
    r"[\s【\[（(|·>»▶]*(?:"
    r"(?:您|你)?(?:现在|現在|当前|目前|所在)的?位置\s*[：:]?.*"
    r"|首页\s*(?:>|»|›|/|-).*"
    r"|(?:【?字(?:号|体|體|號)[：:]?)?[\s【\[]*大[\s】\]【\[|]*中[\s】\]【\[|]*小.{0,12}"
    rf"|(?:(?:{_BUTTONS})(?:{_OBJECTS})?[\s】\]）)|【\[（(·]*){{1,6}}"
    r"|[上下]一?[篇条條則则页頁]\s*[：:].{0,80}"
    rf"|(?:(?:(?:发[布表]|發[布表]|更新|录入|编辑|创建|信息)?(?:时间|時間|日期)|发[布表]于|發[布表]於)?\s*[：:]?\s*{_DAY}[\s|]*)"
    r"(?:(?:责任编辑|責任編輯|责编|責編|编辑|編輯|审核|浏览|点击|阅读)[^：:]{0,4}[：:]\s*\S{0,20}[\s|]*){0,4}"
    rf"|(?:{_COUNTED})\s*[（(：:]?\s*\d{{0,9}}\s*[)）]?\s*次?|\d{{1,9}}\s*(?:次|人)?(?:{_COUNTED})"
    r"|(?:责任编辑|責任編輯|责编|責編|信息来源|本文来源|校对|审核|值班编辑|文字编辑|网络编辑)\s*[：:].{0,60}"
    r"|(?:标签|標籤|关键词|關鍵詞|关键字|Tags?)\s*[：:].{0,80}"
    r"|分享(?:到|至|给)?[：:].{0,30}|(?:(?:微信|微博|朋友圈|QQ空间|QQ好友|Qzone|新浪微博|腾讯微博|Facebook|Twitter|LINE|WhatsApp)\s*){1,8}"
    r"|(?:点击)?(?:展开|阅读|閱讀|查看|显示)(?:全文|全部|更多|剩余|余下).{0,10}"
    r"|(?:Advertisement|广告|廣告|Share|Tweet|Print|Close)"
    r")[\s】\])）|·]*",
    re.IGNORECASE,
)
_MAX_FOREIGN_LINE = 120  # characters

# Sentences that ask the reader to follow, to scan or to install something.
_APPEAL = re.compile(
    r"(?:扫一扫|掃一掃|扫码|掃碼|扫描|掃描|长按|長按|识别).{0,20}(?:二维码|二維碼|QR|小程序|关注|關注|分享|阅读|加入|下载|打开|手机)"
    r"|(?:下载|下載|打开|安装|登录).{0,20}(?:客户端|客戶端|APP|App)"
    r"|(?:关注|關注|订阅|訂閱|搜索|添加).{0,12}(?:公众号|公眾號|微信号|微信|微博|官方|频道|頻道)"
    r"|更多.{0,12}(?:资讯|新闻|内容|精彩|报道|原创|猛料).{0,16}(?:请|欢迎|關注|关注|下载|扫|登录|尽在)"
    r"|(?:未经|未經).{0,12}(?:授权|許可|许可|允许).{0,30}(?:转载|轉載|使用)|(?:转载|轉載)(?:请|請|须|需).{0,4}(?:注明|註明|联系|聯繫)"
    r"|(?:不代表|并不代表|与).{0,16}(?:观点|立场|立場|觀點|无关)"
)
_MAX_APPEAL = 120  # characters
_NOTICE = re.compile(r"©|copyright|版权|版權|备案|備案|ICP|许可证|許可證|All Rights", re.IGNORECASE)


@lru_cache(_CACHE_SIZE)
def has_foreign_name(names: str) -> bool:
    """Return whether the id and classes of a box are those of menus, adverts, comments and the like."""
    return bool(_NAME.search(_CASE_CHANGE.sub("-", names).lower()))


@lru_cache(_CACHE_SIZE)
def has_comment_name(names: str) -> bool:
    """Return whether the id and classes of a box are those of comments."""
    return bool(_COMMENT_NAME.search(_CASE_CHANGE.sub("-", names).lower()))


def is_foreign_box(block: Block) -> bool:
    """Return whether a box has the tag or the name of one that is not the article."""
    return block.tag in _FOREIGN_TAGS or bool(block.names and has_foreign_name(block.names))


def is_foreign_heading(text: str) -> bool:
    """Return whether a line is a heading of links, adverts or comments."""
    return len(text) <= _MAX_FOREIGN_HEADING and bool(_FOREIGN_HEADING.fullmatch(text))


def is_foreign_line(line: Line) -> bool:
    """Return whether a line is a label or a link of the page around the article."""
    return len(line.text) <= _MAX_FOREIGN_LINE and bool(_FOREIGN_LINE.fullmatch(line.text))


def is_appeal(text: str) -> bool:
    """Return whether a line asks the reader to follow, to scan or to install something, or disclaims the article."""
    return len(text) <= _MAX_APPEAL and bool(_APPEAL.search(text))


def is_notice(text: str) -> bool:
    """Return whether a line is a note of copyright or registration at the foot of a page."""
    return bool(_NOTICE.search(text))
