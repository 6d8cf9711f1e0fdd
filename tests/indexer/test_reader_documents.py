"""DOCX of python-docx, PDF of reportlab, ODT and RTF, and all of them of LibreOffice and pandoc if present."""

import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import docx
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from souwen.analysis import Article
from souwen.indexer import ReadError, build_index
from souwen.indexer.files.read_units import read_units
from souwen.indexer.limits import Limits
from souwen.indexer.readers import read
from souwen.indexer.readers.pdf import PAGE_BREAK
from souwen.query import Searcher

from .test_archives import make_zip
from .test_refusal import png

LINES = ["云溪港今天重新开放，第一班渡轮于上午九时离开码头。", "数百名居民在岸边观看。"]
CREATED = datetime(2023, 9, 28, 2, tzinfo=timezone.utc)


def word() -> bytes:
    """Return a document with a title, a list, a table, a picture and a text that was inserted in a review."""
    document = docx.Document()
    document.core_properties.author = "许明远"
    document.core_properties.title = "Microsoft Word - 模板.doc"
    document.core_properties.created = CREATED.replace(tzinfo=None)
    document.add_heading("渡轮复航", level=1)
    document.add_paragraph(LINES[0])
    document.add_paragraph("第一项", style="List Bullet")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "甲格", "乙格"
    document.add_picture(io.BytesIO(png()))
    document.add_paragraph(LINES[1])
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


ODT_CONTENT = """<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0">
<office:body><office:text><text:tracked-changes><text:changed-region><text:deletion><text:p>删掉的</text:p>
</text:deletion></text:changed-region></text:tracked-changes><text:h text:outline-level="1">渡轮复航</text:h>
<text:p>{}<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>
<text:p>脚注文字</text:p></text:note-body></text:note><office:annotation><text:p>批注</text:p></office:annotation></text:p>
<text:list><text:list-item><text:p>第一<text:span>项</text:span></text:p></text:list-item></text:list>
<table:table><table:table-row><table:table-cell><text:p>甲格</text:p></table:table-cell></table:table-row></table:table>
<text:p>{}</text:p></office:text></office:body></office:document-content>"""
ODT_META = """<?xml version="1.0"?><office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"><office:meta>
<meta:initial-creator>许明远</meta:initial-creator><meta:creation-date>2023-09-28T02:00:00Z</meta:creation-date>
</office:meta></office:document-meta>"""


def open_document() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        archive.writestr("content.xml", ODT_CONTENT.format(*LINES))
        archive.writestr("meta.xml", ODT_META)
    return buffer.getvalue()


def rich_text() -> bytes:
    """Return a document as Word writes it: Chinese in the code page, or as numbers of UTF-16."""
    in_code_page = "".join(f"\\'{byte:02x}" for byte in LINES[0].encode("gbk"))
    in_unicode = "".join(f"\\u{ord(character) - 65536 * (ord(character) > 32767)}?" for character in LINES[1])
    title = "".join(f"\\'{byte:02x}" for byte in "渡轮复航".encode("gbk"))
    return (
        r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}{\info{\title a}}\viewkind4\uc1\pard\f0 "
        + rf"{title}\par {in_code_page}\par {in_unicode}\par}}"
    ).encode()


def pdf(*pages: list[str] | None, title: str = "") -> bytes:
    """Return a PDF of pages of lines. None is a scanned page."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.setTitle(title)
    canvas.setAuthor("许明远")
    for lines in pages:
        canvas.setFont("STSong-Light", 12)
        for number, line in enumerate(lines or ()):
            canvas.drawString(72, 750 - 14 * number, line)
        if lines is None:
            canvas.drawImage(ImageReader(io.BytesIO(png())), 0, 0, 500, 700)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def article(data: bytes, name: str) -> Article:
    (item,) = read(name, data)
    assert isinstance(item, Article), item
    return item


@pytest.mark.parametrize("name", ["/a/稿.docx", "/a/稿"])
def test_document_of_word(name: str) -> None:
    item = article(word(), name)
    assert (item.title, item.author, item.published) == ("渡轮复航", "许明远", CREATED)
    assert item.body.split("\n") == [LINES[0], "第一项", "甲格", "乙格", LINES[1]]
    assert item.id == name


@pytest.mark.parametrize("name", ["/a/稿.odt", "/a/稿"])
def test_document_of_the_open_standard(name: str) -> None:
    item = article(open_document(), name)
    assert (item.title, item.author, item.published) == ("渡轮复航", "许明远", CREATED)
    assert item.body.split("\n") == [LINES[0], "第一项", "甲格", LINES[1], "脚注文字"]


@pytest.mark.parametrize("name", ["/a/稿.rtf", "/a/稿.doc"])
def test_rich_text(name: str) -> None:
    item = article(rich_text(), name)
    assert (item.title, item.body.split("\n")) == ("渡轮复航", LINES)


def test_pages_of_a_pdf() -> None:
    item = article(pdf(["渡轮复航", LINES[0]], [LINES[1], "inter-", "national"]), "/a/稿.pdf")
    assert (item.title, item.author) == ("渡轮复航", "许明远")
    assert item.published is not None
    first, second = item.body.split(PAGE_BREAK)
    assert (first, second) == (f"{LINES[0]}\n", f"{LINES[1]}\ninternational")
    assert article(pdf(LINES, title="渡口"), "/a.pdf").title == "渡口"


def test_scanned_pages_are_reported() -> None:
    (error,) = read("/a.pdf", pdf(None, None))
    assert str(error) == "the pages of the PDF are scanned: recognize their text first (OCR)"
    item, error = read("/a.pdf", pdf(LINES, None))
    assert isinstance(item, Article)
    assert str(error) == "1 of 2 pages of the PDF are scanned and have no text"


def test_long_pdf_is_divided_between_pages() -> None:
    data = pdf(*([f"第{number}页", *LINES] for number in range(1, 11)))
    parts = list(read("/a.pdf", data, limits=Limits(article_characters=200)))
    assert all(isinstance(part, Article) for part in parts)
    assert [part.id for part in parts if isinstance(part, Article)][:2] == ["/a.pdf", "/a.pdf#page=5"]


def test_documents_are_found_in_folders_and_archives(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    documents = {"a.docx": word(), "b.odt": open_document(), "c.rtf": rich_text(), "d.pdf": pdf(["渡轮复航", *LINES])}
    for name, data in documents.items():
        (folder / name).write_bytes(data)
    (folder / "e.zip").write_bytes(make_zip([(f"x/{name}", data) for name, data in documents.items()]))
    report = build_index([folder], tmp_path / "index")
    assert (report.added, report.failed) == (8, ())
    with Searcher(tmp_path / "index") as searcher:
        assert searcher.search('"第一班渡轮于上午九时离开码头"', limit=20).total == 8


DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "a.docx": word,
    "a.odt": open_document,
    "a.rtf": rich_text,
    "a.pdf": lambda: pdf(LINES),
}


@pytest.mark.parametrize("name", ["a.docx", "a.odt", "a.pdf"])
def test_damaged_document_gives_one_line(name: str) -> None:
    data = DOCUMENTS[name]()
    (error,) = read(f"/{name}", data[: len(data) // 2])
    assert isinstance(error, ReadError)
    assert "damaged" in str(error)


@pytest.mark.parametrize("name", ["a.docx", "a.rtf", "a.pdf"])
def test_missing_library_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("mammoth", "pypdfium2", "striprtf.striprtf"):
        monkeypatch.setitem(sys.modules, module, None)
    (error,) = read(f"/{name}", DOCUMENTS[name]())
    assert str(error) == f"{name[2:].upper()}: install souwen[formats]"


def test_zip_bombs_and_entities_in_documents() -> None:
    def replaced(data: bytes, member: str, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
        source, buffer = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for info in source.infolist():
                archive.writestr(info.filename, content if info.filename == member else source.read(info), method)
        return buffer.getvalue()

    for name, data, member in (("/a.docx", word(), "word/document.xml"), ("/a.odt", open_document(), "content.xml")):
        (error,) = read(name, replaced(data, member, bytes(50_000_000)))
        assert "more than 200 times" in str(error)
        (error,) = read(name, replaced(data, member, b"<a>", zipfile.ZIP_LZMA))
        assert "compression method" in str(error)
        entities = b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b SYSTEM "file:///etc/passwd">]><a>&a;&b;</a>'
        for item in read(name, replaced(data, member, entities)):
            assert isinstance(item, ReadError)


SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.mark.skipif(not SOFFICE, reason="needs LibreOffice")
@pytest.mark.parametrize("suffix", ["docx", "odt", "fodt", "rtf", "pdf"])
def test_files_of_libreoffice(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "稿.html").write_text(f"<h1>渡轮复航</h1><p>{LINES[0]}</p><p>{LINES[1]}</p>", "utf-8")
    command = [str(SOFFICE), "--headless", "--convert-to", suffix, "--outdir", str(tmp_path / "out"), "稿.html"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (unit,) = read_units([tmp_path / "out" / f"稿.{suffix}"])
    (item,) = unit.read()
    assert isinstance(item, Article)
    assert all(line in item.body.replace("\n", "") for line in LINES)


@pytest.mark.skipif(not shutil.which("pandoc"), reason="needs pandoc")
@pytest.mark.parametrize("suffix", ["docx", "odt", "rtf"])
def test_files_of_pandoc(tmp_path: Path, suffix: str) -> None:
    text = f"# 渡轮复航\n\n{LINES[0]}[^1]\n\n{LINES[1]}\n\n[^1]: 脚注文字\n"
    path = tmp_path / f"稿.{suffix}"
    subprocess.run(["pandoc", "-s", "-o", str(path)], input=text.encode(), check=True, capture_output=True)
    item = article(path.read_bytes(), str(path))
    assert item.title == "渡轮复航"
    assert all(line in item.body for line in (*LINES, "脚注文字"))
