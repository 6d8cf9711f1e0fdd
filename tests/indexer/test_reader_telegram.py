"""Telegram's export as HTML."""

from souwen.analysis import Article
from souwen.indexer import ReadError
from souwen.indexer.readers import read

# Laid out like an export of Telegram Desktop 4.10.
PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"/><title>Exported Data</title><link href="css/style.css" rel="stylesheet"/></head>
<body onload="CheckLocation();"><div class="page_wrap"><div class="page_header"><div class="content">
<div class="text bold">云溪渡口 </div></div></div><div class="page_body chat_page"><div class="history">
<div class="message service" id="message-1"><div class="body details">28 September 2023</div></div>
{}</div></div></div></body></html>"""
MESSAGE = """<div class="message default clearfix{joined}" id="message{number}">
<div class="pull_left userpic_wrap"><div class="userpic"><div class="initials">许</div></div></div>
<div class="body"><div class="pull_right date details" title="28.09.2023 10:00:0{number} UTC+08:00">10:00</div>
{author}<div class="text">{text}</div></div></div>"""
AUTHOR = '<div class="from_name">许明远 </div>'


def test_messages_of_an_export() -> None:
    messages = [
        MESSAGE.format(
            number=1, joined="", author=AUTHOR, text='渡轮<a href="https://example.org">今天</a>复航。<br>第二行'
        ),
        MESSAGE.format(number=2, joined=" joined", author="", text="<strong>灯塔</strong>亮了。"),
        MESSAGE.format(number=3, joined="", author=AUTHOR, text=""),
    ]
    first, second = read("/聊天/messages.html", PAGE.format("".join(messages)).encode())
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.body, first.author, first.source) == ("渡轮今天复航。\n第二行", "许明远", "云溪渡口")
    assert (second.body, second.author) == ("灯塔亮了。", "许明远")
    assert second.id == "/聊天/messages.html#message2"
    assert second.published is not None
    assert second.published.isoformat() == "2023-09-28T10:00:02+08:00"


def test_export_without_messages_is_reported() -> None:
    (error,) = read("/messages.html", PAGE.format("").encode())
    assert str(error) == "the export has no message with a text"
    assert isinstance(error, ReadError)
