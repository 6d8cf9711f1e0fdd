"""EPUB: chapters in the order of the spine."""

import io
import zipfile

import pytest

from souwen.analysis import Article
from souwen.indexer import ReadError
from souwen.indexer.limits import Limits
from souwen.indexer.readers import read

CONTAINER = """<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>呐喊</dc:title><dc:creator>鲁迅</dc:creator>
<dc:date>1923-08-01</dc:date></metadata><manifest>
<item id="nav" href="nav.xhtml" properties="nav"/><item id="c2" href="text/%E4%BA%8C.xhtml"/>
<item id="c1" href="text/1.xhtml"/><item id="cover" href="cover.xhtml"/><item id="gone" href="gone.xhtml"/></manifest>
<spine><itemref idref="nav"/><itemref idref="cover"/><itemref idref="c1"/><itemref idref="c2"/><itemref idref="c1"/>
<itemref idref="nothing"/><itemref idref="gone"/></spine></package>"""
CHAPTER = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>呐喊</title></head><body>{}</body></html>'


def book(**members: str | bytes) -> bytes:
    contents: dict[str, str | bytes] = {
        "META-INF/container.xml": CONTAINER,
        "OEBPS/content.opf": PACKAGE,
        "OEBPS/nav.xhtml": CHAPTER.format("<nav><h1>目录</h1></nav>"),
        "OEBPS/cover.xhtml": CHAPTER.format('<img src="cover.jpg"/>'),
        "OEBPS/text/1.xhtml": CHAPTER.format("<h1>狂人日记</h1><p>今天晚上，很好的月光。</p>"),
        "OEBPS/text/二.xhtml": CHAPTER.format("<p>鲁镇的酒店的格局，是和别处不同的。</p>"),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, content in (contents | members).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_chapters_in_order() -> None:
    first, second, missing = read("/a/b.epub", book())
    assert isinstance(first, Article)
    assert (first.title, first.body) == ("狂人日记", "今天晚上，很好的月光。")
    assert (first.source, first.author, first.id) == ("呐喊", "鲁迅", "/a/b.epub!/OEBPS/text/1.xhtml")
    assert first.published is not None
    assert first.published.year == 1923
    assert isinstance(second, Article)
    assert (second.title, second.body) == ("呐喊", "鲁镇的酒店的格局，是和别处不同的。")
    assert isinstance(missing, ReadError)
    assert "gone.xhtml" in str(missing)


def test_notes_in_attributes_readings_and_second_authors() -> None:
    chapter = (
        "<h2>第<ruby>一<rt>yī</rt></ruby>章</h2><p>云溪港的渡轮<a class='duokan-footnote'>"
        "<img class='qqreader-footnote' alt='渡轮建于甲午年。' src='n.png'/></a>出海。"
        "北<ruby>冥<rt>míng</rt></ruby>有鱼。"
        "<img alt='港口照片' src='a.png'/></p><a epub:type='noteref' href='#n'><img alt='二注' src='n.png'/></a>"
        "<img zy-footnote='三注' src='n.png'/>"
    )
    package = PACKAGE.replace("</dc:creator>", "</dc:creator><dc:creator>周作人</dc:creator>")
    content = CHAPTER.replace("<html ", '<html xmlns:epub="http://www.idpf.org/2007/ops" ').format(chapter)
    first, *_others = read("/a/b.epub", book(**{"OEBPS/text/1.xhtml": content, "OEBPS/content.opf": package}))
    assert isinstance(first, Article)
    assert (first.title, first.author) == ("第一章", "鲁迅、周作人")
    assert first.body.split("\n") == ["云溪港的渡轮出海。北冥有鱼。", "渡轮建于甲午年。", "二注", "三注"]


@pytest.mark.parametrize(
    "package",
    [
        "",
        "<package/>",
        '<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><package>&b;</package>',
        '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><package>&x;</package>',
        PACKAGE.replace("text/1.xhtml", "../../../etc/passwd").replace("%E4%BA%8C", "%00"),
    ],
)
def test_invalid_package_documents_are_reported(package: str) -> None:
    items = list(read("/a/b.epub", book(**{"OEBPS/content.opf": package})))
    assert items
    assert all(isinstance(item, ReadError) for item in items)


def test_chapter_over_the_size_limit_is_reported() -> None:
    limits = Limits(article_bytes=100_000)
    large = book(**{"OEBPS/text/1.xhtml": b"<p>" + b" " * 10_000_000})
    items = list(read("/a/b.epub", large, limits=limits))
    assert any("more than 100,000 bytes" in str(item) for item in items)
    assert any(isinstance(item, Article) for item in items)


def test_other_zips_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "x")
    (item,) = read("/a/b.epub", buffer.getvalue())
    assert isinstance(item, ReadError)
