"""Sample files of every format that souwen reads, and deterministic mutations of them."""

import json
import random
from collections.abc import Callable

from ..conftest import SEEDS
from .test_archives import PACKERS, make_tar, make_zip
from .test_reader_documents import open_document, pdf, rich_text, word
from .test_reader_epub import book
from .test_reader_html import PARAGRAPHS, page
from .test_reader_mail import message, mhtml
from .test_reader_telegram import AUTHOR, MESSAGE, PAGE
from .test_reader_warc import Capture, web_archive
from .test_reader_xml import DUMP, ENEX, WIKITEXT, WXR, post, wiki_page

SEED = min(SEEDS.iterdir()).read_bytes()
HEAD = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "甲", "datePublished": "2023-09-28"}
</script><meta property="og:title" content="乙"><meta name="author" content="丙">"""
BIG5 = '<meta http-equiv="Content-Type" content="text/html; charset=big5">'
MARKDOWN = f"""---
title: 标题：副题
date: 2023-09-28 10:00:00 +0800
tags: [甲, 乙]
---

# 小标题

{PARAGRAPHS[0]}[链](https://x.y)

- 一
- **二**

| a | b |
|---|---|
| 1 | 2 |

```
代码
```
> 引
"""
RECORDS = [
    {
        "id": number,
        "title": f"标题{number}",
        "body": text,
        "date": "2023-09-28T10:00:00+08:00",
        "url": f"https://x.y/{number}",
        "author": ["甲"],
        "source": {"name": "乙"},
    }
    for number, text in enumerate(PARAGRAPHS)
]
ROWS = [["title", "body", "date"], *([f"标题{n}", text, "2023年9月28日"] for n, text in enumerate(PARAGRAPHS))]
TABLE = "".join(",".join(f'"{value}"' for value in row) + "\n" for row in ROWS)
INSIDE = [
    ("新闻/a.txt", SEED),
    ("b.html", page().encode()),
    ("c/d.jsonl", "\n".join(map(json.dumps, RECORDS)).encode()),
    ("e.md", MARKDOWN.encode()),
]
SAMPLES: dict[str, bytes] = {
    "seed.txt": SEED,
    "page.html": page(HEAD, '<time datetime="2023-09-28">9月28日</time>').encode(),
    "traditional.html": page(BIG5).encode("big5", "xmlcharrefreplace"),
    "post.md": MARKDOWN.encode(),
    "plain.txt": f"中美会晤\n\n{PARAGRAPHS[0]}\n{PARAGRAPHS[1]}\n".encode("gb18030"),
    "wide.txt": f"中美会晤\n\n{PARAGRAPHS[0]}\n".encode("utf-16"),
    "lines.jsonl": "\n".join(json.dumps(record, ensure_ascii=False) for record in RECORDS).encode(),
    "list.json": json.dumps({"count": 3, "items": RECORDS}, indent=1).encode(),
    "table.csv": TABLE.encode("utf-8-sig"),
    "table.tsv": TABLE.replace('","', '"\t"').encode(),
    "book.epub": book(),
    "nested.zip": make_zip(
        [*INSIDE, ("inner.zip", make_zip(INSIDE[:2])), ("inner.tar.gz", PACKERS["gz"](make_tar(INSIDE[2:])))]
    ),
    "archive.tar": make_tar(INSIDE),
    **{f"archive.tar.{end}": pack(make_tar(INSIDE)) for end, pack in PACKERS.items()},
    "page.html.gz": PACKERS["gz"](page().encode()),
    "mail.eml": message().as_bytes(),
    "box.mbox": b"".join(
        b"From a Thu Sep 28 10:00:00 2023\n" + message(title).as_bytes() + b"\n" for title in "甲乙丙"
    ),
    "page.mhtml": mhtml(page()),
    "site.warc": web_archive(Capture("/1", page()), Capture("/2", page(HEAD, "")), packed=False),
    "site.warc.gz": web_archive(Capture("/1", page()), Capture("/2", page(HEAD, ""))),
    "blog.xml": WXR.format(post("甲", PARAGRAPHS[0]) + post("乙", f"<p>{PARAGRAPHS[1]}</p>")).encode(),
    "wiki.xml": DUMP.format(wiki_page("甲", WIKITEXT) + wiki_page("乙", PARAGRAPHS[0])).encode(),
    "notes.enex": ENEX.replace("iVBORw0KGgo" * 50_000, "iVBORw0KGgo").encode(),
    "messages.html": PAGE.format(MESSAGE.format(number=1, joined="", author=AUTHOR, text=PARAGRAPHS[0])).encode(),
    "document.docx": word(),
    "document.odt": open_document(),
    "document.rtf": rich_text(),
    "document.pdf": pdf(["甲", PARAGRAPHS[0][:40]], ["乙"], None),
}
INSERTIONS = [
    *(
        "< > </p> <!-- --> <script> <![CDATA[ &#x110000; &amp [ ]( { } \" ' \\ \\ud800 , : ------ ``` | # * _ \u200b "
        "\u202e 中 é 2023-02-31 9999999999999999999 -1 1e999 NaN null && !!python/object %s ../"
    )
    .encode()
    .split(b" "),
    *(b"\n", b"\r", b"\t", b"  ", b"\n---\n", b"\0", b"\xff", b"\x80", bytes(4), b"\xff" * 4, b"\x7f\xff\xff\xff"),
    *(b"\xfe\xff", b"\xef\xbb\xbf", b"PK\1\2", b"PK\3\4", b"PK\5\6", b"\x1f\x8b\x08"),
]


def mutated(data: bytes, number: int) -> bytes:
    """Return `data` with one to six changes. The same number gives the same changes."""
    choose = random.Random(number)
    for _ in range(choose.choice((1, 1, 2, 3, 6))):
        change = choose.choice(CHANGES)
        start = choose.randrange(len(data) + 1)
        end = min(len(data), start + int(choose.paretovariate(0.6)))
        data = change(choose, data, start, end)
    return data


def _flip(choose: random.Random, data: bytes, start: int, end: int) -> bytes:
    return (
        data[:start] + bytes([byte ^ 1 << choose.randrange(8) for byte in data[start : start + 1]]) + data[start + 1 :]
    )


def _noise(choose: random.Random, data: bytes, start: int, end: int) -> bytes:
    end = min(end, start + 16)
    return data[:start] + choose.randbytes(end - start) + data[end:]


def _cut(choose: random.Random, data: bytes, start: int, end: int) -> bytes:
    return data[:start] if choose.random() < 0.2 else data[:start] + data[end:]


def _repeat(choose: random.Random, data: bytes, start: int, end: int) -> bytes:
    times = min(int(choose.paretovariate(0.4)), 200_000 // (end - start + 1))
    return data[:start] + data[start:end] * times + data[end:]


def _move(choose: random.Random, data: bytes, start: int, end: int) -> bytes:
    rest = data[:start] + data[end:]
    to = choose.randrange(len(rest) + 1)
    return rest[:to] + data[start:end] + rest[to:]


def _insert(choose: random.Random, data: bytes, start: int, end: int) -> bytes:
    times = min(int(choose.paretovariate(0.7)), 20_000)
    return data[:start] + choose.choice(INSERTIONS) * times + data[start:]


def _mix(choose: random.Random, data: bytes, start: int, end: int) -> bytes:
    other = choose.choice(list(SAMPLES.values()))
    at = choose.randrange(len(other))
    return data[:start] + other[at : at + int(choose.paretovariate(0.5))] + data[end:]


CHANGES: list[Callable[[random.Random, bytes, int, int], bytes]] = [_flip, _noise, _cut, _repeat, _move, _insert, _mix]
