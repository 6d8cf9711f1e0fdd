"""Invented articles for the tests of the page, and hostile ones with markup and scripts (XSS)."""

from collections.abc import Iterator
from html import escape

Record = dict[str, str]

_SCRIPT = "<script>window.ran = true; fetch('https://outside.example/ran')</script>"
_IMAGE = "<img src=https://outside.example/picture onerror='window.ran = true'>"
HOSTILE_WORD = "劫持页面"
HOSTILE = (
    _SCRIPT,
    _IMAGE,
    '"><svg onload="window.ran=true">',
    "' onmouseover='window.ran=true' autofocus onfocus='window.ran=true",
    "</textarea></title></style></script><script>window.ran=true</script>",
    "<iframe srcdoc='<script>parent.ran=true</script>'></iframe>",
    "{{ 7 * 7 }}{% raw %}${7*7}",
    "<style>@import url(https://outside.example/style)</style>",
    "<a href=javascript:window.ran=true>看</a>&lt;script&gt;",
    "\u202e<b>\u2066倒写</b>",
)
HOSTILE_ADDRESSES = (
    "javascript:window.ran=true",
    "JaVaScRiPt:window.ran=true//https://inside.example/",
    " javascript:window.ran=true",
    "java\tscript:window.ran=true",
    "data:text/html,<script>opener.ran=true</script>",
    "vbscript:window.ran=true",
    "//outside.example/path",
    "https://user:secret@outside.example/",
    'https://outside.example/" onmouseover="window.ran=true',
    "https://[outside",
    "file:///etc/passwd",
)


def ordinary_articles() -> Iterator[Record]:
    """Yield sixty articles of two publishers over half a year, and one story with two reprints."""
    for number in range(60):
        person = "布林肯" if number % 3 else "王毅"
        yield {
            "id": f"a{number}",
            "title": f"外交会谈第{number + 1}天",
            "body": f"美国国务卿布林肯在北京举行外交会谈，这是第{number + 1}次。\n"
            f"{person}说，台湾海峡的和平与稳定十分重要。\n"
            f"会谈在第{number % 7}号楼举行，气氛{'坦诚' if number % 2 else '冷淡'}，代号{number * 7919:06}。",
            "url": f"https://news.example/{number}",
            "source": "晨报" if number % 4 else "晚报",
            "section": "国际" if number % 2 else "中国",
            "date": f"2023-{number // 10 + 1:02}-{number % 10 * 2 + 1:02}T08:00:00+08:00",
        }
    story = "黄河三角洲的候鸟今年来得特别早，观鸟的人们在堤坝上架起了望远镜，记录下三十多种鸟类的踪迹。" + "".join(
        f"第{number}观察点的志愿者说，{number * 37}只鸟在清晨飞过芦苇荡，落在浅滩上觅食。" for number in range(2, 12)
    )
    for number, source in enumerate(("晨报", "晚报", "午报")):
        yield {
            "id": f"birds{number}",
            "title": "候鸟早到黄河三角洲",
            "body": story,
            "source": source,
            "date": f"2023-03-0{number + 1}T08:00:00+08:00",
        }
    yield {
        "id": "half",
        "title": "贸易",
        "body": "只谈贸易的一篇，没有别的内容。",
        "source": "午报",
        "date": "2023-02-02",
    }


def hostile_articles() -> Iterator[Record]:
    """Yield articles with markup and scripts in every field.

    The markup is escaped and never first, because records that are HTML are read as their visible text.
    """
    for number, markup in enumerate(HOSTILE):
        text = escape(markup)
        yield {
            "id": f"hostile{number}{markup}",
            "title": f"{HOSTILE_WORD}{number} {text}",
            "body": f"正文{text}{HOSTILE_WORD}的正文{text}。\n美国国务卿布林肯{text}在北京。",
            "url": HOSTILE_ADDRESSES[number],
            "source": f"来源{text}",
            "section": f"栏目{text}",
            "author": f"作者{text}",
            "date": "2023-05-05",
        }
    for number, address in enumerate(HOSTILE_ADDRESSES):
        yield {
            "id": f"address{number}",
            "title": f"{HOSTILE_WORD}的地址",
            "body": HOSTILE_WORD + str(number),
            "url": address,
        }
