"""Dumps of MediaWiki: each page of the article namespace is an article."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..cleaning import clean_lines, clean_title
from ..errors import ReadError
from ..limits import Limits
from ..publishers import Publisher
from . import xml_records
from .chunking import Chunker
from .dates import parse_date
from .records import no_text_error
from .refusal import needs_extra
from .xml_records import XmlFormat, child_text, children

_ROOT = re.compile(r"(?:<\?xml[^>]{0,500}>)?(?:\s|<!--.{0,2000}?-->)*<mediawiki[\s>]", re.DOTALL)
_REDIRECT = re.compile(r"\s*#(?:redirect|重定向|重新導向|重新导向)", re.IGNORECASE)
_FILE_PREFIXES = ("file:", "image:", "category:", "文件:", "檔案:", "档案:", "图像:", "圖像:", "分类:", "分類:")
_HIDDEN_TAGS = frozenset("ref gallery math timeline score syntaxhighlight templatestyles references".split())
_LINE_START = re.compile(r"^[*#:;]+ *", re.MULTILINE)
_MAGIC_WORD = re.compile(r"__[A-Z]{3,30}__")
_VARIANTS = re.compile(r"-\{(?:[A-Z]\|)?([^{}]{0,500}?)\}-")  # -{zh-hans:计算机; zh-hant:電腦}-
_VARIANT = re.compile(r"(?:^|;)\s*zh(?:-\w{2,4})?\s*:\s*([^;]*)")
_ARTICLES = "0"  # the namespace of articles


def recognizes(_name: str, start: str) -> bool:
    """Return whether a text is a dump, by its root element."""
    return bool(_ROOT.match(start))


def read(path: str, text: str, _mapping: Mapping[str, str], _limits: Limits) -> Iterator[Article | ReadError]:
    """Yield the article of each page, or a ReadError."""
    _check_library()
    return xml_records.read(_FORMAT, path, text)


def make_chunker(start: str) -> Chunker | None:
    """Return a chunker that splits a dump between pages, or None if the library is missing, which `read` reports."""
    try:
        _check_library()
    except ReadError:
        return None
    return xml_records.make_chunker(_FORMAT, start)


def _check_library() -> None:
    try:
        import mwparserfromhell  # noqa: F401
    except ImportError as error:
        raise needs_extra(_("dump of MediaWiki")) from error


def _make_article(page: Any, head: Any, location: str) -> Article | None:
    """Return the article of a page in its newest revision, or None for redirects and pages of other namespaces."""
    revisions = children(page, "revision")
    if child_text(page, "ns") not in (_ARTICLES, "") or children(page, "redirect") or not revisions:
        return None
    newest = max(revisions, key=lambda revision: child_text(revision, "timestamp"))
    wikitext = child_text(newest, "text")
    if _REDIRECT.match(wikitext):
        return None
    title = clean_title(child_text(page, "title"))
    body = "\n".join(clean_lines(_plain_text(wikitext).split("\n")))
    if not title and not body:
        raise no_text_error()
    site = next(iter(children(head, "siteinfo")), head)
    base = child_text(site, "base")
    url = f"{base.rpartition('/')[0]}/{title.replace(' ', '_')}" if base.startswith("http") else ""
    return Article(
        id=url or location,
        title=title,
        body=body,
        url=url,
        published=parse_date(child_text(newest, "timestamp"), Publisher("")),
        source=" ".join(strip_invisible(child_text(site, "sitename")).split()),
        path=location,
    )


_FORMAT = XmlFormat("page", _make_article)


def _plain_text(wikitext: str) -> str:
    """Return the text of a page without templates, references, pictures and categories."""
    import mwparserfromhell
    from mwparserfromhell.parser import ParserError

    try:
        code = mwparserfromhell.parse(_VARIANTS.sub(_first_variant, wikitext), skip_style_tags=True)
        for link in code.filter_wikilinks():
            if str(link.title).strip().lower().startswith(_FILE_PREFIXES):
                _remove(code, link)
        for tag in code.filter_tags(matches=lambda tag: str(tag.tag).strip().lower() in _HIDDEN_TAGS):
            _remove(code, tag)
        text = str(code.strip_code(normalize=True, collapse=True))
    except (ParserError, RecursionError) as error:
        raise ReadError(_("the wikitext cannot be parsed")) from error
    return _MAGIC_WORD.sub("", _LINE_START.sub("", text.replace("'''", "").replace("''", "")))


def _remove(code: Any, node: Any) -> None:
    """Remove a node, unless it went with a node around it."""
    if code.contains(node):
        code.remove(node)


def _first_variant(match: re.Match[str]) -> str:
    """Return the first of the spellings for regions, or the text that is not to be converted."""
    variant = _VARIANT.search(match[1])
    return variant[1].strip() if variant else match[1]
