"""Recognize the lines that pages print around an article: labels, buttons, appeals to the reader and legal notes."""

import re

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
_ACTION = re.compile(
    r"\W*(?:回复|回覆|引用|举报|檢舉|支持|反对|顶|踩|赞|点赞|查看回复|第?\d{1,5}\s?[楼樓]|沙发|板凳|地板|Reply|Report|Like)\W*\d*\W*",
    re.IGNORECASE,
)
_MAX_ACTION = 12  # characters
_BYLINE = re.compile(rf"^\W*{_DAY}|(?:来源|來源|作者|记者|記者|编辑|編輯|发布(?:时间|日期)|發布(?:時間|日期))\s?[：:]")
_NOTICE = re.compile(
    r"©|copyright|All Rights|版权所有|版權所有|备案|備案|ICP[备備证證]|许可证[号：:]|許可證"
    r"|(?:网站|单位|联系)?(?:地址|电话|邮编|传真)[：:]"
    r"|(?:主办|承办|协办|技术支持|主管)(?:单位|部门)?[：:]",
    re.IGNORECASE,
)
_MAX_NOTICE = 200  # characters


def is_byline(text: str) -> bool:
    """Return whether a line names a source, an author or a date of publication."""
    return bool(_BYLINE.search(text))


def is_foreign_heading(text: str) -> bool:
    """Return whether a line is a heading of links, adverts or comments."""
    return len(text) <= _MAX_FOREIGN_HEADING and bool(_FOREIGN_HEADING.fullmatch(text))


def is_comment_heading(text: str) -> bool:
    """Return whether a line is a heading of comments."""
    return is_foreign_heading(text) and ("评论" in text or "評論" in text or "comment" in text.lower())


def is_comment_action(text: str) -> bool:
    """Return whether a line is a button or a number of a comment."""
    return len(text) <= _MAX_ACTION and bool(_ACTION.fullmatch(text))


def is_foreign_line(text: str) -> bool:
    """Return whether a line is a label or a button of the page around the article."""
    return len(text) <= _MAX_FOREIGN_LINE and bool(_FOREIGN_LINE.fullmatch(text))


def is_appeal(text: str) -> bool:
    """Return whether a line asks the reader to follow, to scan or to install something, or disclaims the article."""
    return len(text) <= _MAX_APPEAL and bool(_APPEAL.search(text))


def is_notice(text: str) -> bool:
    """Return whether a line is a note of copyright, registration or address at the foot of a page."""
    return len(text) <= _MAX_NOTICE and bool(_NOTICE.search(text))
