"""Pages of many shapes: their article is read whole, and nothing else of the page."""

import json
import time
from pathlib import Path

import pytest

from bench.pages import READERS, measure, unpacked
from souwen.analysis import Article
from souwen.indexer import ReadError
from souwen.indexer.readers import read

TITLE = "云溪港重新开放"
TEXT = (
    "云溪港今天重新开放，第一班渡轮于上午九时离开码头，市长许明远到场致辞，数百名居民在岸边观看。",
    "据港务局介绍，新码头历时三年建成，总投资约四亿元，可同时停靠六艘渡轮，年客运量预计超过三百万人次。",
    "“我等这一天等了很久。”家住对岸的渔民陈阿伯说，他的孙子以后上学再也不用绕山路走两个小时了。",
    "港务局表示，票价在半年内维持不变，学生与老人半价；如遇大风，航班将提前一天通知取消。",
)
BYLINE = "<div>2023-09-28 10:00 来源：云溪日报 作者：林晓</div>"
MENU = (
    "<ul>" + "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in "首页 国内 国际 财经 体育".split()) + "</ul>"
)
LINKS = "".join(
    f"<li><a href='/{number}'>桥梁工程进入第{number}阶段，预计年底完工</a> <i>2024-01-0{number}</i></li>"
    for number in range(1, 7)
)
FOOTER = "<div><p>Copyright © 2001-2024 云溪网 版权所有</p><p>云ICP备12345678号 地址：港口路1号，邮编：123456</p></div>"
FOREIGN = ("桥梁工程", "版权所有", "港口路", "财经")
COMMENT = "坐了一回新渡轮，票价不贵，就是风大，下次还来，希望航班多一些。"


def paragraphs(tag: str = "p", text: tuple[str, ...] = TEXT) -> str:
    return "".join(f"<{tag}>{paragraph}</{tag}>" for paragraph in text)


def page(
    body: str = f"<div>{paragraphs()}</div>",
    *,
    heading: str = f"<h1>{TITLE}</h1>",
    byline: str = BYLINE,
    title: str = f"{TITLE}_云溪网",
    head: str = "",
    above: str = MENU,
    below: str = f"<div><h3>相关阅读</h3><ul>{LINKS}</ul></div>{FOOTER}",
) -> str:
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title>{head}</head>"
        f"<body>{above}{heading}{byline}{body}{below}</body></html>"
    )


def article(html: str, name: str = "/a/page.html") -> Article:
    (item,) = read(name, html.encode())
    assert isinstance(item, Article), item
    return item


def day(html: str) -> str:
    published = article(html).published
    return published.strftime("%Y-%m-%d") if published else ""


BODIES = {
    "paragraphs": f"<div>{paragraphs()}</div>",
    "sections": paragraphs("section"),
    "sections in sections": "".join(f"<section><section><p>{line}</p></section></section>" for line in TEXT),
    "centered": f"<div>{paragraphs('center')}</div>",
    "lines": f"<div>{'<br><br>'.join(TEXT)}</div>",
    "lines in the body of the page": "<br>".join(TEXT),
    "preformatted": "<pre>" + "\n\n".join(TEXT) + "</pre>",
    "a box a paragraph": "".join(f"<div><div><p>{line}</p></div></div>" for line in TEXT),
    "custom elements": f"<x-article><x-text>{paragraphs()}</x-text></x-article>",
    "table of a layout": f"<table><tr><td><font size=3>{'<br>　　'.join(TEXT)}</font></td></tr></table>",
    "one form": f"<form id=form1 action=x.aspx><input type=hidden><div>{paragraphs()}</div></form>",
    "read more, cut off": f"<div style='height: 300px; overflow: hidden'>{paragraphs()}</div><div>展开全文</div>",
    "read more, hidden": (
        f"<div>{paragraphs(text=TEXT[:2])}<div>展开全文</div>"
        f"<div style='display: none'>{paragraphs(text=TEXT[2:])}</div></div>"
    ),
    "shown by a script": f"<div id=app style='display:none'>{paragraphs()}</div>",
    "transparent until loaded": f"<div id=js_content style='visibility: hidden; opacity: 0'>{paragraphs()}</div>",
    "one long section": (
        f"<div><section><h2>开放</h2><p>{TEXT[0]}</p></section><section><h2>工程</h2>{paragraphs(text=TEXT[1:3] * 3)}"
        f"</section><section><h2>票价</h2><p>{TEXT[3]}</p></section></div>"
    ),
    "comments and links inside": (
        f"<div><p>{TEXT[0][:8]}<!-- ad -->{TEXT[0][8:]}</p><p><a href=x><img></a>{TEXT[1]}</p>"
        f"<p>{TEXT[2][:20]}<a href=y>{TEXT[2][20:]}</a></p><div><a href=x><img></a><br>{TEXT[3]}</div></div>"
    ),
    "names of other boxes": (
        f"<div class='with-sidebar comments-open'><div class=share>{paragraphs(text=TEXT[:2])}</div>"
        f"<div class=bottom>{paragraphs(text=TEXT[2:])}</div></div>"
    ),
    "live": "<ul>" + "".join(f"<li><b>1{n}:00</b><div>{line}</div></li>" for n, line in enumerate(TEXT)) + "</ul>",
    "captions": "".join(f"<figure><img><figcaption>{line}</figcaption></figure>" for line in TEXT),
}


@pytest.mark.parametrize("name", BODIES)
def test_article_is_read_whole_and_alone(name: str) -> None:
    body = article(page(BODIES[name])).body
    assert [line for line in TEXT if "".join(line.split()) not in "".join(body.split())] == []
    assert [string for string in (*FOREIGN, "展开全文") if string in body] == []


CONTAINERS = (
    *("id=js_content", "class=TRS_Editor", "id=zoom", "id=UCAP-CONTENT", "id=vsb_content_2", "class=v_news_content"),
    *("id=artibody", "id=endText", "class=content-article", "id=mp-editor", "id=rwb_zw", "id=p-detail"),
    *("class='post hentry entry-content'", "class=post-body", "itemprop=articleBody", "class=wp_articlecontent"),
)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("tag", ["div", "span"])
def test_known_container_wins_over_longer_boxes(container: str, tag: str) -> None:
    other = "<div><p>" + "本站征集港口老照片，来稿请附说明，一经采用即付稿酬，并赠送船票两张。" * 4 + "</p></div>"
    body = article(page(f"{other}<{tag} {container}>{paragraphs()}</{tag}>{other}")).body
    assert body == "\n".join(TEXT)


def test_everything_in_the_article_is_read() -> None:
    inside = (
        "<h2>班次</h2><ul><li>甲班六点</li><li>乙班八点</li></ul><dl><dt>首班</dt><dd>早上六点</dd></dl>"
        "<blockquote>引文一段</blockquote><table><tr><th>航线</th></tr><tr><td><p>云溪至桂花</p><p>四十分钟</p></td></tr></table>"
        "<details><summary>问</summary>带狗吗</details><figure><figcaption>渡轮离港</figcaption></figure>"
        "<p>附件：<a href=1.doc>票价表.doc</a></p><p><a href=2.xls>时刻表.xls</a></p>"
    )
    body = article(page(f"<div>{paragraphs()}{inside}<p>完。</p></div>")).body
    expected = (
        *(
            "班次",
            "甲班六点",
            "乙班八点",
            "首班",
            "早上六点",
            "引文一段",
            "航线",
            "云溪至桂花",
            "四十分钟",
            "问",
            "带狗吗",
        ),
        *("渡轮离港", "附件：票价表.doc", "时刻表.xls", "完。"),
    )
    assert body.split("\n")[len(TEXT) :] == list(expected)


def test_attachments_at_the_end_are_read() -> None:
    attachments = "<p><a href=1.doc>附件1：票价表</a></p><p><a href=2.xls>时刻表.xls</a></p>"
    body = article(page(f"<div id=zoom>{paragraphs()}{attachments}</div>")).body
    assert body.endswith("附件1：票价表\n时刻表.xls")


def test_lead_and_caption_above_the_text_are_read_once() -> None:
    above = "<div class=lead>导语说明港口为什么重开。</div><figure><img><figcaption>渡轮离港</figcaption></figure>"
    lines = ["导语说明港口为什么重开。", "渡轮离港", *TEXT]
    assert article(page(f"{above}<div class=TRS_Editor>{paragraphs()}</div>")).body.split("\n") == lines
    repeated = f"<div class=summary>{TEXT[0][:40]}</div><div class=TRS_Editor>{paragraphs()}</div>"
    assert article(page(repeated)).body == "\n".join(TEXT)


BOXES = {
    "advert": "<div class=ad-box><p>海鲜大餐只要九十九元，先到先得，售完为止。</p></div>",
    "appeal": "<div><p>关注云溪发布公众号，获取更多资讯</p></div>",
    "app": "<section><p>更多新闻请下载云溪新闻客户端</p></section>",
    "code": "<div><p>扫一扫，在手机打开当前页面</p></div>",
    "ranking": f"<div class=rank><h4>排行</h4><ol>{LINKS}</ol></div>",
    "links under a heading": f"<div><b>热门文章</b><ul>{LINKS}</ul></div>",
    "links after a heading": "<p><b>延伸阅读：</b></p><p><a href=1>桥梁开工</a></p><p><a href=2>桥梁停工</a></p>",
    "comments": f"<div id=comments><p>{COMMENT}</p><p>{COMMENT}</p></div>",
    "comments under a heading": f"<div><h3>网友评论</h3><div>{COMMENT}</div></div>",
    "hidden copy": f"<div style='display:none'><p>{COMMENT}</p></div>",
    "player": "<video>您的浏览器不支持播放此视频</video>",
    "input": f"<textarea>{COMMENT}</textarea><select><option>选项</select><button>提交</button>",
    "no scripts": f"<noscript><p>{COMMENT}</p></noscript><noframes>{COMMENT}</noframes>",
}


@pytest.mark.parametrize("container", ["<div>", "<div id=artibody>"])
@pytest.mark.parametrize("name", BOXES)
def test_boxes_inside_the_article_are_left_out(name: str, container: str) -> None:
    inside = f"{container}<p>{TEXT[0]}</p><p>{TEXT[1]}</p>{BOXES[name]}<p>{TEXT[2]}</p><p>{TEXT[3]}</p></div>"
    assert article(page(inside)).body == "\n".join(TEXT)


EDGES = (
    *(
        "【打印本页】【关闭窗口】",
        "字号：大 中 小",
        "责任编辑：王五",
        "发布日期：2023-09-28 责任编辑：王五",
        "阅读 1234 次",
        "分享到：微博 微信",
    ),
    *(
        "上一篇：<a href=1>桥梁工程</a>",
        "下一篇：没有了",
        "您现在的位置：<a href=/>首页</a> > 新闻 > 正文",
        "标签：港口 渡轮",
    ),
    *(
        "本文仅代表作者观点，与本站立场无关。",
        "未经授权，不得转载。",
        "（本文来自云溪网，更多原创资讯请下载“云溪网”APP）",
        "<a href=1>点击进入专题</a>",
    ),
)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("place", ["first", "last"])
def test_labels_at_the_edges_are_left_out(edge: str, place: str) -> None:
    line = f"<p>{edge}</p>"
    inside = line + paragraphs() if place == "first" else paragraphs() + line
    assert article(page(f"<div>{inside}</div>")).body == "\n".join(TEXT)


def comments(number: int, template: str) -> str:
    return "".join(template.format(n=n, comment=COMMENT) for n in range(number))


@pytest.mark.parametrize(
    "box",
    [
        f"<div class=cmt-list>{comments(40, '<div><a href=u>网友{n}</a><p>{comment}</p></div>')}</div>",
        f"<div><h3>全部评论</h3>{comments(40, '<div>网友{n}<p>{comment}</p></div>')}</div>",
        f"<div>{comments(40, '<div><a href=u>网友{n}</a><p>{comment}</p><a href=#>回复</a></div>')}</div>",
        f"<div>{comments(8, '<div><h4><a href=/{n}>桥梁工程{n}期</a></h4><p>{comment}</p></div>')}</div>",
    ],
)
def test_long_comments_and_teasers_are_not_the_article(box: str) -> None:
    assert article(page(f"<div>{paragraphs()}</div>", below=box + FOOTER)).body == "\n".join(TEXT)


def test_posts_of_a_thread_are_all_read() -> None:
    user = "<td class=pls><a href=u>用户</a><p>注册会员</p></td>"
    post = f"<table><tr>{user}<td class=t_f id=postmessage_{{n}}>{{line}}</td></tr></table>"
    known = "".join(post.format(n=number, line=line) for number, line in enumerate(TEXT))
    heading = f"<h1><a href=f>[求助]</a> <span>{TITLE}</span></h1>"
    title = f"{TITLE} - 港口讨论 - 云溪论坛 - Powered by Discuz!"
    thread = article(page(known, heading=heading, title=title))
    assert (thread.title, thread.body) == (TITLE, "\n".join(TEXT))
    unknown = "".join(
        f"<div><a href=u>用户{n}</a><div>{line}</div><a href=#>回复</a></div>" for n, line in enumerate(TEXT)
    )
    body = article(page(f"<div>{unknown}</div>")).body
    assert [line for line in TEXT if line not in body] == []


@pytest.mark.parametrize("text", ["云溪港今天开放。", "第一班渡轮今早离港", "床前明月光</p><p>疑是地上霜", "开港了"])
def test_very_short_article(text: str) -> None:
    assert article(page(f"<div><p>{text}</p></div>")).body == text.replace("</p><p>", "\n")


NEXT = {"props": {"page": {"article": {"title": TITLE, "content": paragraphs(), "publishTime": "2023-09-28 10:00"}}}}
LINKED = {"headline": TITLE, "articleBody": paragraphs(), "datePublished": "2023-09-28"}
STATE = {
    "list": [{"title": "别的", "text": "短"}],
    "detail": {"title": TITLE, "body": [{"text": line} for line in TEXT], "ptime": 1695866400000},
}


@pytest.mark.parametrize(
    "script",
    [
        f"<script id=__NEXT_DATA__ type=application/json>{json.dumps(NEXT)}</script>",
        f"<script>window.__INITIAL_STATE__ = {json.dumps(STATE, ensure_ascii=False)};(function(){{}})()</script>",
        f"<script type='application/ld+json'>{json.dumps(LINKED)}</script>",
    ],
)
def test_article_that_a_script_draws(script: str) -> None:
    drawn = article(f"<html><title>云溪网</title><body><div id=app>加载中</div>{script}")
    assert (drawn.title, drawn.body) == (TITLE, "\n".join(TEXT))
    assert drawn.published
    assert drawn.published.strftime("%Y-%m-%d") == "2023-09-28"


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (page("", heading="", byline="", below=f"<ul>{LINKS}</ul>{FOOTER}"), "only links and menus"),
        (
            "<frameset cols=20%,80%><frame src=a.html><noframes>您的浏览器不支持框架。</noframes></frameset>",
            "in frames",
        ),
    ],
)
def test_page_without_an_article_is_refused(html: str, reason: str) -> None:
    (item,) = read("/a/index.html", html.encode())
    assert isinstance(item, ReadError)
    assert reason in str(item)


TITLES = {
    "suffix": {},
    "suffixes": {"title": f"{TITLE}-国内新闻-云溪网"},
    "space": {"title": f"{TITLE} 云溪网"},
    "doubled dash": {"title": f"{TITLE}--港口--云溪网"},
    "site first": {"title": f"云溪网 - {TITLE}"},
    "no heading": {"title": f"{TITLE}_国内新闻_云溪网", "heading": ""},
    "no heading, dash": {"title": f"{TITLE} - 云溪市人民政府门户网站", "heading": ""},
    "only a box as heading": {"title": f"{TITLE}-云溪网", "heading": f"<div>{TITLE}</div>"},
    "logo as heading": {"title": f"{TITLE}-云溪网", "heading": f"<h1><a href=/>云溪网</a></h1><div>{TITLE}</div>"},
    "logo without link": {
        "title": f"{TITLE}-新闻-云溪网",
        "above": f"<h1>云溪网</h1>{MENU}",
        "heading": f"<h2>{TITLE}</h2>",
    },
    "two headings": {"title": f"{TITLE} | 云溪网", "above": f"<h1>云溪网</h1>{MENU}"},
    "open graph has the site": {
        "head": "<meta property=og:title content=云溪网><meta property=og:site_name content=云溪网>"
    },
    "open graph with suffix": {"head": f"<meta property=og:title content='{TITLE} | 云溪网'>"},
    "name of an office": {
        "title": "云溪市人民政府",
        "head": f"<meta name=ArticleTitle content={TITLE}>",
        "heading": "",
    },
    "no title element": {"title": ""},
    "title of the site": {"title": "云溪网"},
}


@pytest.mark.parametrize("name", TITLES)
def test_title(name: str) -> None:
    assert article(page(**TITLES[name])).title == TITLE


@pytest.mark.parametrize("quote", ['"', "“"])
def test_title_with_an_unescaped_quotation_mark(quote: str) -> None:
    title = f"男孩写{quote}救命{quote}纸团引来警察"
    head = f'<meta property="og:title" content="{title}">'
    for heading in (f"<h1>{title}</h1>", ""):
        assert article(page(title=f"{title}_云溪网", head=head, heading=heading)).title == title


def test_dash_inside_the_title_stays() -> None:
    title = f"中国-东盟：{TITLE}"
    for heading in (f"<h1>{title}</h1>", ""):
        assert article(page(title=f"{title}-云溪网", heading=heading)).title == title


def test_name_of_the_file_is_the_title_of_a_page_without_one() -> None:
    html = f"<html><body>{paragraphs()}"
    assert article(html, "/a/港口 纪要.html").title == "港口 纪要"
    assert article(html, "/a/index.html").title == ""


HEADS = (
    *("<meta name=PubDate content='2023-09-28 10:00'>", "<meta name=publishdate content=2023-09-28>"),
    *("<meta name='apub:time' content='2023-9-28 10:00:00'>", "<meta name='og:time ' content='2023年09月28日 10:00'>"),
    *(
        "<meta name='weibo: article:create_at' content='2023-09-28 10:00:00'>",
        "<meta itemprop=dateUpdate content='2023-09-28 10:00'>",
    ),
    *(
        "<script>var ct = '1695866400', title = '';</script>",
        "<script>var info = {publish_time: '2023-09-28 10:00'};</script>",
    ),
    *(
        '<script>var t="1695999999",n="1695866400",s="2023-09-28";e(t,n,s)</script>',
        "<script>var oriCreateTime = '1695866400';</script>",
    ),
    "<link rel=canonical href=https://news.example.cn/2023-09/28/content_1.htm>",
    "<link rel=canonical href=https://news.example.cn/a/20230928/1.html>",
)


@pytest.mark.parametrize("head", HEADS)
def test_date_in_metadata(head: str) -> None:
    assert day(page(head=head, byline="<div>前天</div>")) == "2023-09-28"


BYLINES = (
    *(
        "发布于2023-09-28 10:00|云溪日报",
        "2023年09月28日10:00　来源：云溪日报",
        "来源： | 发布时间: 2023-09-28 | 浏览次数:",
        "2023.09.28",
    ),
    *(
        "<span>2023</span><div>09/28</div><div>10:00</div>",
        "<div>28</div><div>2023-09</div>",
        "<i>2023</i>年<i>9</i>月<i>28</i>日",
    ),
    *(
        "更新：2023-10-02 10:00</div><div>2023-09-28 08:00",
        "Sep 28, 2023",
        "<time datetime=2023-09-28T10:00:00+08:00>今天</time>",
    ),
)


@pytest.mark.parametrize("byline", BYLINES)
@pytest.mark.parametrize(
    "above", [MENU, f"<div>今天是2024年5月1日 星期三</div>{MENU}", f"<div>2024年5月1日 星期三</div>{MENU}"]
)
def test_date_between_title_and_text(byline: str, above: str) -> None:
    assert day(page(byline=f"<div>{byline}</div>", above=above)) == "2023-09-28"


def test_date_far_below_the_menu() -> None:
    above = "".join(f"<p>栏目{number}</p>" for number in range(300))
    assert day(page(above=above)) == "2023-09-28"


def test_date_above_the_title() -> None:
    assert day(page(above=MENU + BYLINE, byline="")) == "2023-09-28"


def test_date_below_the_text() -> None:
    dated = f"<div>{paragraphs()}</div><p>发布日期：2023-09-28</p>"
    assert day(page(dated, byline="")) == "2023-09-28"
    signed = f"<div>{paragraphs()}<p>云溪市人民政府</p><p>2023年9月28日</p></div>"
    assert day(page(signed, byline="")) == "2023-09-28"


@pytest.mark.parametrize(
    "other",
    [
        "<div>今天是2024年5月1日 星期三</div>",
        "<div>2024年5月1日 星期三 农历三月廿三</div>",
        "<div class=comments><p>2024-05-01 10:00 这是评论。</p></div>",
        "<p>Copyright 2001-2-3 云溪网</p>",
        "<div><a href=1>桥梁工程开工 2024-05-01</a></div>",
    ],
)
@pytest.mark.parametrize("place", ["above", "below"])
def test_other_dates_are_not_the_date_of_the_article(other: str, place: str) -> None:
    assert day(page(byline="", **{place: other})) == ""


def test_comparison_in_a_script_is_not_a_tag() -> None:
    script = "<script>for(var i=0;i<a;i++){" + " b = c;" * 20_000 + "}</script>"
    assert article(page(head=script)).body == "\n".join(TEXT)


@pytest.mark.parametrize("hiding", ["<!--{}-->", "<!--><p {}>-->", "<script>{}", "<style>{}", "<!--<script>--><p {}>"])
def test_tag_with_very_many_attributes_is_refused(hiding: str) -> None:
    attributes = " ".join(f"a{number}=1" for number in range(10_000))
    (item,) = read("/a.html", f"<html><p>甲{hiding.format('')}<p {attributes}>{hiding.format(attributes)}".encode())
    assert isinstance(item, ReadError)


@pytest.mark.parametrize(
    "html",
    [
        "<title>" + "港_网" * 100_000 + "</title>" + paragraphs(),
        "<title>甲 乙 丙</title>" + "<h2>甲</h2>" * 100_000 + paragraphs(),
        "<div>" * 150 + "<div></div>" * 100_000 + paragraphs(),
        "<div>" * 150 + "<p>甲，乙。</p>" * 100_000,
        "<div><p>更多</p><a href=x>回复</a></div>" * 50_000 + paragraphs(),
        "<div class=t_f>甲，乙。</div>" * 50_000,
        "<script>" + "{a:[" * 200_000 + "</script>" + paragraphs(),
    ],
)
def test_hostile_page_takes_seconds_at_most(html: str) -> None:
    started = time.process_time()
    for item in read("/a.html", html.encode()):
        assert isinstance(item, ReadError) or item
    assert time.process_time() - started < 15


def test_real_pages(shared: Path) -> None:
    archive = shared / "pages" / "pages.tar.xz"
    if not archive.exists():
        pytest.skip(f"{archive} is missing")
    gold = json.loads((shared / "pages" / "gold.json").read_text("utf-8"))
    with unpacked(archive) as folder:
        score = measure(READERS[0], gold, folder)
    assert score.lost == 0
    assert min(score.whole, score.titles, score.dates) >= len(gold) - 2
