"""Files that no reader recognizes are refused with their kind, and files beside articles are skipped and counted."""

import base64
import io
import random
import sqlite3
import struct
import zlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from souwen.analysis import Article
from souwen.cli import main
from souwen.indexer import ReadError, build_index
from souwen.indexer.readers import read

from .test_archives import make_tar, make_zip

NOISE = random.Random(0).randbytes(6000)
TEXT = "云溪港今天重新开放，第一班渡轮于上午九时离开码头。"


def reason(name: str, data: bytes) -> str:
    (item,) = read(name, data)
    assert isinstance(item, ReadError)
    return str(item)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "picture: not an article format"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF" + NOISE, "picture: not an article format"),
        (b"RIFF\0\0\0\0WEBPVP8 " + NOISE, "picture: not an article format"),
        (b"\0\0\0\x20ftypisom" + NOISE, "audio or video: not an article format"),
        (b"wOF2" + NOISE, "font: not an article format"),
        (b"\x7fELF\2\1\1" + NOISE, "program: not an article format"),
        (b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + NOISE, "program: not an article format"),
        (b"Rar!\x1a\x07\0" + NOISE, "RAR archive: unpack it first"),
        (b"7z\xbc\xaf\x27\x1c" + NOISE, "7z archive: unpack it first"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NOISE, "Office document of the format before 2007: save it as DOCX"),
        (bytes(60) + b"BOOKMOBI" + NOISE, "Kindle book: convert it to EPUB"),
        (b"ITSF\3\0\0\0" + NOISE, "CHM help file: extract its pages with 7z"),
        (b"BEGIN:VCALENDAR\nVERSION:2.0\n", "calendar: not an article format"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB\n", "key or certificate: not an article format"),
        (make_zip([("[Content_Types].xml", b"x"), ("xl/workbook.xml", b"x")]), "Excel workbook: save it as CSV"),
        (make_zip([("a.txt", b"x")]), "zip archive: unpack it first"),
        (b'<?xml version="1.0"?>\n<!-- a -->\n<plist version="1.0"><dict>', "XML (plist): not an article format"),
        (b'<TEI xmlns="http://www.tei-c.org/ns/1.0"><text>', "XML (TEI): not an article format"),
        (base64.encodebytes(NOISE), "encoded data (base64 or the like): not an article format"),
        (NOISE.hex(" ").encode(), "encoded data (base64 or the like): not an article format"),
    ],
    ids=lambda value: value.split(":")[0] if isinstance(value, str) else "",
)
@pytest.mark.parametrize("name", ["/a", "/a.txt"])
def test_kind_is_named(name: str, data: bytes, kind: str) -> None:
    assert reason(name, data) == kind


def test_database_of_sqlite(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "微信.db") as database:
        database.execute("CREATE TABLE article (text TEXT)")
    database.close()
    assert reason("/微信.db", (tmp_path / "微信.db").read_bytes()) == "SQLite database: not an article format"


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("/a.srt", "1\n00:00:01,000 --> 00:00:02,000\n字幕", "subtitles: not an article format"),
        ("/a.log", "INFO 2023-09-28 started", "log file: not an article format"),
        ("/a.JS", "let a = 1", ".js file: not an article format"),
        ("/a.sql", "INSERT INTO `wp_posts` VALUES (1,'正文')", "SQL dump: export it as JSON lines or CSV"),
    ],
)
def test_names_decide_what_text_leaves_open(name: str, text: str, kind: str) -> None:
    assert reason(name, text.encode()) == kind


@pytest.mark.parametrize(
    "text",
    [
        f"{TEXT}\nhttps://example.org/{'a' * 60}\n{TEXT}",
        f"{TEXT * 20}\n{base64.b64encode(NOISE[:200]).decode()}\n{TEXT}",
        "-" * 200 + f"\n{TEXT}",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "MZ 老师的书\n正文",
        "ID 3\n正文",
    ],
)
def test_articles_are_not_refused(text: str) -> None:
    (item,) = read("/a.txt", text.encode())
    assert isinstance(item, Article)


def png() -> bytes:
    """Return a picture of one pixel."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\0")),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


OTHERS = ("图.PNG", "style.css", "app.js", "a.woff2", "Thumbs.db", "_config.yml", "~$文.docx")


def test_files_beside_articles_are_counted_and_no_failures(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in OTHERS:
        (folder / name).write_bytes(png())
    (folder / "a.txt").write_text(f"渡轮复航\n{TEXT}", "utf-8")
    (folder / "b").write_bytes(png())
    (folder / "c.zip").write_bytes(make_zip([("1.txt", f"甲\n{TEXT}".encode()), *((name, png()) for name in OTHERS)]))
    (folder / "d.tar").write_bytes(make_tar([("x/2.txt", f"乙\n{TEXT}".encode()), ("x/图.gif", io.BytesIO().read())]))
    arguments = ["index", str(folder), "--index", str(tmp_path / "index")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0
    assert f"skipped {folder}/b: picture: not an article format" in result.output
    assert "3 added, 0 updated, 0 unchanged, 1 failed, 15 other files skipped in" in result.output
    again = build_index([folder], tmp_path / "index")
    assert (again.skipped, again.others, len(again.failed)) == (3, 7, 1)
