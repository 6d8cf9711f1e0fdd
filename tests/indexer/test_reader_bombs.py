"""Small files that would take hours or gigabytes to read cost only themselves."""

import gzip
import io
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from souwen.analysis import Article
from souwen.indexer import ReadError
from souwen.indexer.readers import read
from souwen.indexer.readers.records import MAPPABLE_FIELDS

from ..conftest import SEEDS, tries
from .test_archives import PACKERS
from .test_reader_documents import open_document, word
from .test_reader_epub import CHAPTER, book
from .test_reader_mail import mhtml
from .test_reader_warc import Capture, web_archive
from .test_reader_xml import BOMB

ZEROS = bytes(50_000_000)
ATTRIBUTES = "<p " + " ".join(f"a{number}=1" for number in range(50_000)) + ">中国"
TAIL = "中" * 150_000
NAMES = ("/a.md", "/a.html", "/a.txt", "/a.csv", "/a.json", "/a.jsonl")
SEED_HEAD = "<!--1695978901000-->\n[甲](https://x.y/{})\n------\n"
KEYS = [{"published": "date"}.get(field, field) for field in MAPPABLE_FIELDS]
RUN = """
import sys
from souwen.indexer import build_index
report = build_index(sys.argv[1], sys.argv[2], jobs=2)
print(report.added, "added")
for failure in report.failed:
    print(failure.path, failure.reason)
"""
MAX_SECONDS = 60
MAX_MEMORY = 1_000_000_000  # bytes, of all processes together


def alias_bomb(key: str, *, as_objects: bool = False) -> str:
    """Return front matter whose `key` has ten to the power of forty texts."""
    lines = ["a0: &a0 [甲, 甲]"]
    for level in range(1, 41):
        items = [f"k{n}: *a{level - 1}" if as_objects else f"*a{level - 1}" for n in range(10)]
        left, right = "{}" if as_objects else "[]"
        lines.append(f"a{level}: &a{level} {left}{', '.join(items)}{right}")
    return "---\n" + "\n".join(lines) + f"\n{key}: *a40\n---\n"


def packed_zip(method: int, content: bytes = ZEROS) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a.txt", content)
    return buffer.getvalue()


def packed_book(method: int, chapter: bytes = ZEROS) -> bytes:
    """Return a book of one chapter."""
    source = zipfile.ZipFile(io.BytesIO(book()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for info in source.infolist():
            if "text/" not in info.filename:
                archive.writestr(info.filename, source.read(info))
        archive.writestr("OEBPS/text/1.xhtml", chapter, method)
    return buffer.getvalue()


def packed_document(data: bytes, member: str, content: bytes = ZEROS) -> bytes:
    """Return a document that is a zip, with other content in one of its members."""
    source = zipfile.ZipFile(io.BytesIO(data))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in source.infolist():
            archive.writestr(info.filename, content if info.filename == member else source.read(info))
    return buffer.getvalue()


def flat_pdf(content: bytes) -> bytes:
    """Return a PDF of one page with a packed content."""
    packed = zlib.compress(content)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed),
    ]
    body = b"".join(b"%d 0 obj%bendobj\n" % (number, text) for number, text in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 5>>\n%%EOF"


def bombs() -> dict[str, bytes]:
    """Return 36 files, none of which is an article."""
    files = {f"aliases-{key}.md": alias_bomb(key).encode() for key in KEYS}
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        files[f"{method}.zip"] = packed_zip(method)
        files[f"{method}.epub"] = packed_book(method)
    files |= {f"zeros.txt.{end}": pack(ZEROS) for end, pack in PACKERS.items()}
    files |= {
        "attributes.html": ("<html>" + ATTRIBUTES).encode(),
        "attributes.txt": (SEED_HEAD.format(0) + ATTRIBUTES).encode(),
        "attributes.md": ATTRIBUTES.replace("=1", "").encode(),
        "attributes.epub": packed_book(zipfile.ZIP_DEFLATED, CHAPTER.format(ATTRIBUTES).encode()),
        "nested.json": b'{"title": ' + b"[" * 400_000,
        "braces.md": b"---\na: " + b"{" * 7900 + b"\n---\n",
        "zeros.docx": packed_document(word(), "word/document.xml"),
        "zeros.odt": packed_document(open_document(), "content.xml"),
        "nested.docx": packed_document(word(), "word/document.xml", b"<a>" * 300_000),
        "nested.rtf": b"{\\rtf1 " + b"{\\footnote" * 300_000,
        "zeros.warc": web_archive(Capture("/1", gzip.compress(ZEROS), Content_Encoding="gzip"), packed=False),
        "zeros.warc.gz": gzip.compress(b"WARC/1.0\r\n" + ZEROS),
        "attributes.mhtml": mhtml("<html>" + ATTRIBUTES),
        "nested.eml": b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n" + b"--a\n" * 400_000,
        "entities.xml": BOMB.encode(),
        "items.xml": b"<rss>" + b"<item>" * 100_000,
        "zeros.pdf": flat_pdf(b"q " * 20_000_000),
    }
    return files


def tree_memory(root: int) -> int:
    """Return the bytes of memory of a process and its descendants."""
    parents, pages = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                pages[int(folder.name)] = int((folder / "statm").read_text().split()[1])
            except OSError:
                continue
    members = {root}
    while more := {pid for pid, parent in parents.items() if parent in members} - members:
        members |= more
    return sum(pages.get(pid, 0) for pid in members) * 4096


@pytest.mark.soak
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of processes in /proc")
def test_bombs_cost_neither_the_run_nor_other_files(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    seeds = [path.read_text("utf-8") for path in sorted(SEEDS.iterdir())]
    good = tries(60, 300)
    for number in range(good):
        body = seeds[number % len(seeds)].partition("\n------\n")[2]
        text = SEED_HEAD.format(number) + f"<p>第{number}篇。</p>" + body
        (articles / f"{number:05}.txt").write_text(text, "utf-8")
    files = bombs()
    assert len(files) == 36
    for number, (name, content) in enumerate(files.items()):
        (articles / f"{number * good // 36:05}-{name}").write_bytes(content)
    command = [sys.executable, "-c", RUN, articles, tmp_path / "index"]
    started = time.monotonic()
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    peaks = [0]

    def watch() -> None:
        while run.poll() is None:
            peaks.append(tree_memory(run.pid))
            time.sleep(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = run.communicate()
    watcher.join()
    assert f"{good} added\n" in output
    assert [name for name in files if name not in output] == []
    assert "Traceback" not in output
    assert "Fatal" not in output
    assert time.monotonic() - started < MAX_SECONDS
    assert max(peaks) < MAX_MEMORY


@pytest.mark.parametrize("as_objects", [False, True])
@pytest.mark.parametrize("key", KEYS)
def test_aliases_are_left_out_of_every_field(key: str, as_objects: bool) -> None:
    (item,) = read("/a.md", (alias_bomb(key, as_objects=as_objects) + "# 标题\n\n正文").encode())
    assert isinstance(item, Article)
    assert item.title == "标题"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_book_with_another_compression_method_is_refused(method: int) -> None:
    items = list(read("/a.epub", packed_book(method)))
    assert all(isinstance(item, ReadError) for item in items)
    assert any(f"method {method}" in str(item) for item in items)


def test_aliases_of_texts_are_read() -> None:
    (item,) = read("/a.md", "---\nauthor: &a 甲\nsource: *a\ntitle: 标题\n---\n正文".encode())
    assert isinstance(item, Article)
    assert (item.author, item.source) == ("甲", "甲")


OPENERS = [
    *(
        "[a](",
        "![a](",
        "<a ",
        "<a b='",
        "<!--",
        "<!---->",
        "a<!---->",
        "<?a?>",
        "<![CDATA[",
        "<p>a",
        "<b>",
        "<ul><li>a",
    ),
    *("<table><tr><td>a", "a<br>", "`a``", "*a_ ", "|a", ">", "- ", "1. ", "&", "&amp;", "[a]: b\n", "[a]: <", "\\"),
    *("<http:", "<a@", "~~a", 'a,"b\n', '{"a":', '[{"a":1},', '{"a":1}\n', "[", "\n", "a\n", "a\\\n", "# a\n"),
    *(
        "---\n",
        "--- \n- ",
        "? ",
        "a: &b ",
        "<!--1-->\n[a](",
        "<!--1-->\n[a](b)\n------\n",
        "<p><strong>",
        "<meta charset=",
    ),
    *(
        "<meta charset=",
        "<ul><li>a",
        "<h1>",
        "<title>- ",
        '<script type="application/ld+json">[',
        "<?xml ",
        "title,body\n",
        " ",
    ),
    *("\u3000", "\u200b"),
]


def hostile_texts(name: str) -> Iterator[bytes]:
    """Yield texts of an opener, once and many times, with a long tail."""
    starts = ["", "---\ntitle: a\n---\n", "<html><body><p>", SEED_HEAD.format(1), "title,body\n", '[{"title": "']
    for opener in OPENERS:
        for times in (1, 300_000 // len(opener)):
            start = starts[len(opener) % len(starts)] if times == 1 else ""
            yield (start + opener * times + TAIL).encode()


@pytest.mark.soak
@pytest.mark.parametrize("name", NAMES)
def test_an_opener_with_a_long_tail_takes_seconds_at_most(name: str) -> None:
    texts = list(hostile_texts(name))
    for text in texts[:: 1 if tries(0, 1) else 7]:
        started = time.process_time()
        for item in read(name, text):
            assert isinstance(item, ReadError) or item
        assert time.process_time() - started < 10, text[:50]
