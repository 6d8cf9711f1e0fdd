"""Mail, mailboxes and MHTML, as Python's email and mailbox packages and browsers write them."""

import email.policy
import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest

from souwen.analysis import Article
from souwen.indexer import ReadError, build_index
from souwen.indexer.files.read_units import read_units
from souwen.indexer.readers import read

BODY = "云溪港今天重新开放，第一班渡轮于上午九时离开码头。\n数百名居民在岸边观看。"


def message(subject: str = "渡轮复航", body: str = BODY, **headers: str) -> EmailMessage:
    mail = EmailMessage(policy=email.policy.default)
    mail["Subject"] = subject
    mail["From"] = "许明远 <xu@example.org>"
    mail["Date"] = "Thu, 28 Sep 2023 10:00:00 +0800"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return mail


def article(data: bytes, name: str = "/a/b.eml") -> Article:
    (item,) = read(name, data)
    assert isinstance(item, Article), item
    return item


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gb18030", "big5", "hz", "iso2022_jp", "utf-7"])
@pytest.mark.parametrize("name", ["/a/b.eml", "/a/b", "/a/b.txt"])
def test_fields_of_a_mail_in_any_charset(charset: str, name: str) -> None:
    text = "上海港今日出海" if charset == "iso2022_jp" else "海上日出，中山人民港口"
    mail = message("中日海港")
    if charset in ("hz", "utf-7"):
        mail.replace_header("Content-Type", f"text/plain; charset={charset.replace('hz', 'hz-gb-2312')}")
        del mail["Content-Transfer-Encoding"]
        data = mail.as_bytes().partition(b"\n\n")[0] + b"\n\n" + text.encode(charset)
    else:
        mail.set_content(text, charset=charset)
        data = mail.as_bytes()
    item = article(data, name)
    assert item.title == "中日海港"
    assert item.body == text
    assert item.author == "许明远"
    assert item.published is not None
    assert item.published.isoformat() == "2023-09-28T10:00:00+08:00"
    assert item.id == name


def test_headers_with_undeclared_bytes_and_wrong_charsets() -> None:
    head = "Subject: 渡轮复航\nFrom: 许明远 <xu@example.org>\nMIME-Version: 1.0\n".encode("gb18030")
    head += b"Content-Type: text/plain; charset=iso-8859-1\n\n"
    item = article(head + BODY.encode("gb18030"))
    assert (item.title, item.author, item.body) == ("渡轮复航", "许明远", BODY)


def test_message_id_is_the_id() -> None:
    assert article(message(Message_ID="<1@example.org>").as_bytes()).id == "1@example.org"


def test_plain_alternative_is_preferred_unless_it_is_a_stub() -> None:
    mail = message()
    mail.add_alternative(f"<p>{BODY}</p><p>广告</p>", subtype="html")
    assert article(mail.as_bytes()).body == BODY
    stub = message(body="请用支持 HTML 的程序阅读")
    stub.add_alternative(f"<p>{BODY * 3}</p><style>p {{}}</style>", subtype="html")
    assert article(stub.as_bytes()).body == (BODY * 3).replace("\n", " ")


def test_attachments_are_named_and_messages_in_a_message_are_read() -> None:
    mail = message()
    mail.add_attachment(b"\x89PNG" * 10_000, maintype="image", subtype="png", filename="码头照片.png")
    mail.add_attachment(message("转发：灯塔", "灯塔今晚点亮。"))
    lines = article(mail.as_bytes()).body.split("\n")
    assert lines == [*BODY.split("\n"), "码头照片.png", "转发：灯塔", "许明远 <xu@example.org>", "灯塔今晚点亮。"]


def test_flowed_lines_are_joined() -> None:
    mail = message()
    mail.replace_header("Content-Type", 'text/plain; charset="utf-8"; format=flowed; delsp=yes')
    mail.set_payload("第一行 \n续第一行\n> 引 \n> 文\n第二行\n-- \n名".encode(), "utf-8")
    assert article(mail.as_bytes()).body == "第一行续第一行\n> 引文\n第二行\n--\n名"


def test_mailbox_of_python(tmp_path: Path) -> None:
    path = tmp_path / "收件箱.mbox"
    box = mailbox.mbox(path)
    for number in range(3):
        box.add(mailbox.mboxMessage(message(f"第{number}封", f"{BODY}\nFrom here on\n第{number}封信")))
    box.close()
    items = list(read(str(path), path.read_bytes()))
    assert [item.title for item in items if isinstance(item, Article)] == ["第0封", "第1封", "第2封"]
    assert all(isinstance(item, Article) and "From here on" in item.body for item in items)
    assert next(item.id for item in items if isinstance(item, Article)) == f"{path}:1"
    assert build_index([path], tmp_path / "index").added == 3


def test_large_mailbox_is_read_in_chunks_and_a_huge_message_costs_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    envelope = b"From MAILER-DAEMON Thu Sep 28 10:00:00 2023\n"
    with path.open("wb") as file:
        for number in range(600):
            file.write(envelope + message(f"第{number}封", BODY * 100).as_bytes() + b"\n\n")
        file.write(envelope + message("巨大").as_bytes() + b"\n" + b"QUJD" * 18 * 200_000 + b"\n\n")
        file.write(envelope + message("最后").as_bytes() + b"\n\n")
    units = list(read_units([path]))
    assert len(units) > 3
    items = [item for unit in units for item in unit.read()]
    assert [item.title for item in items if isinstance(item, Article)] == [*(f"第{n}封" for n in range(600)), "最后"]
    (error,) = (item for item in items if isinstance(item, ReadError))
    assert "larger than 10 MB" in str(error)
    last = items[-1]
    assert isinstance(last, Article)
    assert path.read_bytes().split(b"\n")[int(last.path.rpartition(":")[2]) - 1] == envelope.strip()


def mhtml(page: str, charset: str = "utf-8") -> bytes:
    """Return a page as Chromium saves it."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = "<Saved by Blink>"
    mail["Snapshot-Content-Location"] = "https://example.org/news/1#top"
    mail["Subject"] = "=?utf-8?Q?=E6=B8=A1?="
    mail["Date"] = "Fri, 29 Sep 2023 10:00:00 +0800"
    mail.set_content(page, subtype="html", charset=charset)
    mail.make_related()
    mail.add_related(b"GIF89a" * 100, "image", "gif", cid="<a@b>")
    return mail.as_bytes()


PAGE = f"<html><head><title>渡轮复航</title></head><body><p>{BODY * 3}</p></body></html>"


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@pytest.mark.parametrize("name", ["/a/b.mhtml", "/a/b"])
def test_page_saved_as_mhtml(charset: str, name: str) -> None:
    item = article(mhtml(PAGE, charset), name)
    assert (item.title, item.url, item.id) == ("渡轮复航", "https://example.org/news/1", name)
    assert "渡轮于上午九时" in item.body
    assert "GIF" not in item.body
    assert item.published is not None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("/a.eml", b"From: a@example.org\nMIME-Version: 1.0\n\n"),
        ("/a.eml", b"Content-Type: multipart/mixed; boundary=\n" * 2000 + b"MIME-Version: 1.0\n\n"),
        ("/a.mbox", b"From a Thu Sep 28 10:00:00 2023\nFrom: a@b\n\n\n"),
        ("/a.mhtml", b"From: <Saved by Blink>\nContent-Type: multipart/related; boundary=a\nMIME-Version: 1.0\n\n--a"),
    ],
)
def test_damaged_mail_is_one_line(name: str, data: bytes) -> None:
    (item,) = read(name, data)
    assert isinstance(item, ReadError)


def test_deeply_nested_parts_end() -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(5000))
    for item in read("/a.eml", b"MIME-Version: 1.0\nSubject: a\n" + nested + "中".encode()):
        assert isinstance(item, (Article, ReadError))


@pytest.mark.parametrize("text", ["Date: 2023-09-28\nTitle: 题\n\n正文", "From here\nto there", "标题: 甲\n来源: 乙\n"])
def test_texts_that_only_look_like_mail(text: str) -> None:
    item = article(text.encode(), "/a.txt")
    assert text.split("\n")[0] == item.title
