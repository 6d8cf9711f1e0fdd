"""Web archives, as wget and warcio write them."""

import gzip
import io
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from souwen.analysis import Article
from souwen.indexer import ReadError, build_index
from souwen.indexer.files.read_units import read_units
from souwen.indexer.limits import DEFAULT_LIMITS
from souwen.indexer.readers import read

from .test_archives import make_tar, make_zip

TEXT = "云溪港今天重新开放，第一班渡轮于上午九时离开码头，市长许明远到场致辞，数百名居民在岸边观看，气氛热烈而有序。"
SITE = "https://example.org"


def page(title: str = "渡轮复航", text: str = TEXT) -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body><p>{text}</p></body></html>"


class Capture:
    """A record of a web archive."""

    def __init__(
        self,
        path: str,
        body: str | bytes,
        date: str = "2023-09-28T02:00:00Z",
        status: str = "200 OK",
        content_type: str = "text/html; charset=utf-8",
        record_type: str = "response",
        **headers: str,
    ) -> None:
        self.url = SITE + path
        self.body = body.encode() if isinstance(body, str) else body
        self.date = date
        self.record_type = record_type
        fields = [("Content-Type", content_type), *((name.replace("_", "-"), value) for name, value in headers.items())]
        self.http = StatusAndHeaders(status, fields, protocol="HTTP/1.1")


def web_archive(*captures: Capture, packed: bool = True) -> bytes:
    """Return a WARC as warcio writes it."""
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "test"}))
    for capture in captures:
        record = writer.create_warc_record(
            capture.url,
            capture.record_type,
            payload=io.BytesIO(capture.body),
            http_headers=capture.http,
            warc_headers_dict={"WARC-Date": capture.date},
        )
        writer.write_record(record)
        record.raw_stream.close()  # a temporary file that warcio makes
    return buffer.getvalue()


def items(path: Path) -> list[Article | ReadError]:
    return [item for unit in read_units([path]) for item in unit.read() if isinstance(item, (Article, ReadError))]


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


CAPTURES = (
    Capture("/1", page("第一页", "旧文。" + TEXT)),
    Capture("/2", page("第二页").encode("gb18030"), content_type="text/html; charset=gbk"),
    Capture("/1", page("第一页", "新文。" + TEXT), date="2023-10-01T02:00:00Z"),
    Capture("/1", page("第一页", "再旧。" + TEXT), date="2022-10-01T02:00:00Z"),
    Capture("/gone", page("没有了"), status="404 Not Found"),
    Capture("/a.png", b"\x89PNG" * 500_000, content_type="image/png"),
    Capture("/3", gzip.compress(page("第三页").encode()), Content_Encoding="gzip"),
    Capture("/4", b"%x\r\n%b\r\n0\r\n\r\n" % (len(page().encode()), page().encode()), Transfer_Encoding="chunked"),
)
TITLES = ["第二页", "第一页", "第三页", "渡轮复航"]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "a.wacz", "a.tar", "a"])
def test_newest_capture_of_each_page(tmp_path: Path, name: str) -> None:
    data = web_archive(*CAPTURES, packed=name == "a.warc.gz")
    if name == "a.wacz":
        index = gzip.compress(b"org,example)/ 2023 {}\n")
        data = make_zip(
            [("archive/data.warc.gz", web_archive(*CAPTURES)), ("indexes/index.cdx.gz", index), ("pages.jsonl", b"{}")]
        )
    if name == "a.tar":
        data = make_tar([("b/a.warc", web_archive(*(CAPTURES[n] for n in (1, 2, 5, 6, 7)), packed=False))])
    found = items(write(tmp_path / name, data))
    articles = [item for item in found if isinstance(item, Article)]
    assert len(articles) == len(found)
    assert [item.title for item in articles] == TITLES
    assert articles[1].body.startswith("新文。")
    assert [item.id for item in articles] == [f"{SITE}/{n}" for n in (2, 1, 3, 4)]
    assert all(item.published and item.source == "example.org" and TEXT in item.body for item in articles)


def test_archive_of_one_page_is_named_by_its_path(tmp_path: Path) -> None:
    (item,) = items(write(tmp_path / "a.warc.gz", web_archive(Capture("/1#top", page()))))
    assert isinstance(item, Article)
    assert (item.id, item.url) == (f"{tmp_path}/a.warc.gz!/a.warc", f"{SITE}/1")


def test_bytes_of_a_web_archive() -> None:
    articles = list(read("/a.warc", web_archive(*CAPTURES, packed=False)))
    assert sorted(item.title for item in articles if isinstance(item, Article)) == sorted(TITLES)


def test_large_archive_is_read_in_chunks(tmp_path: Path) -> None:
    captures = [Capture(f"/{n}", page(f"第{n}页", f"第{n}。" + TEXT * 40)) for n in range(600)]
    captures.insert(300, Capture("/film.mp4", bytes(30_000_000), content_type="video/mp4"))
    captures.insert(400, Capture("/huge", b"a" * 6_000_000))
    path = write(tmp_path / "a.warc", web_archive(*captures, packed=False))
    units = list(read_units([path]))
    assert len(units) > 3
    assert max(unit.size for unit in units) < 2_000_000
    assert [unit.done for unit in units] == sorted(unit.done for unit in units)
    found = items(path)
    assert [item.title for item in found if isinstance(item, Article)] == [f"第{n}页" for n in range(600)]
    assert [str(item) for item in found if isinstance(item, ReadError)] == [
        f"{SITE}/huge: the page is larger than 5 MB"
    ]


@pytest.mark.parametrize("packed", [True, False])
def test_damaged_archives_give_one_line_and_the_pages_before(tmp_path: Path, packed: bool) -> None:
    data = web_archive(*CAPTURES[:2], Capture("/9", page("第九页" * 500)), packed=packed)
    path = write(tmp_path / ("a.warc.gz" if packed else "a.warc"), data[:-300])
    found = items(path)
    assert [item.title for item in found if isinstance(item, Article)] == ["第一页", "第二页"]
    (error,) = (item for item in found if isinstance(item, ReadError))
    assert "truncated" in str(error)
    report = build_index([path], tmp_path / "index")
    assert (report.added, len(report.failed)) == (2, 1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"WARC/1.0\r\n", "damaged"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", "no length"),
        (b"WARC/1.0\r\nContent-Length: 99999999999999999999\r\n\r\n", "no length"),
        (b"WARC/1.0\r\nContent-Length: 3\r\n\r\nabcdef", "another length"),
        (web_archive(packed=False), "no pages"),
    ],
)
def test_archives_without_pages(tmp_path: Path, data: bytes, reason: str) -> None:
    assert any(reason in str(item) for item in items(write(tmp_path / "a.warc", data)))
    assert any(reason in str(item) for item in read("/a.warc", data))


def test_page_that_unpacks_to_too_much(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    (error,) = items(
        write(tmp_path / "a.warc", web_archive(Capture("/1", bomb, Content_Encoding="gzip"), packed=False))
    )
    assert str(error) == f"{SITE}/1: the page is larger than {DEFAULT_LIMITS.article_bytes // 1_000_000} MB"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A server of two pages and a picture."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text(page().replace("</p>", '<a href="2.html">二</a><img src="a.png"></p>'), "utf-8")
    (folder / "2.html").write_text(page("第二页"), "utf-8")
    (folder / "a.png").write_bytes(b"\x89PNG")
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    handler.func.log_message = lambda *_arguments: None  # type: ignore[attr-defined]
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}/"
        http.shutdown()


@pytest.mark.skipif(not shutil.which("wget"), reason="needs wget")
def test_archive_of_wget(tmp_path: Path, server: str) -> None:
    options = ["--quiet", "--recursive", "--page-requisites", "--no-proxy", "--delete-after", "--warc-file=site"]
    subprocess.run(["wget", *options, server], cwd=tmp_path, check=True)
    articles = items(tmp_path / "site.warc.gz")
    assert {(item.title, item.id) for item in articles if isinstance(item, Article)} == {
        ("渡轮复航", server),
        ("第二页", f"{server}2.html"),
    }
    assert len(articles) == 2
