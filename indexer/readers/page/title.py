"""Find the title of an article: what the metadata say, compared with what the page shows."""

import re
from collections.abc import Iterator

from .blocks import Block, Line
from .metadata import Metadata

_SEPARATOR = re.compile(r"\s{0,9}(?:[|｜_–—»«·•]|--?|\s-|>){1,3}\s{0,9}|\s{1,9}")
_SURE_SEPARATOR = re.compile(r"\s{1,9}[|｜–—»«·•_-]{1,3}\s{1,9}|_{1,3}|[|｜]|-{2,3}")
_SITE_SEPARATOR = re.compile(_SURE_SEPARATOR.pattern + r"|-(?=[^-\s]{1,20}$)")
_SITE = re.compile(
    r"(?:网|網|网站|網站|频道|頻道|新闻|新聞|日报|日報|晚报|晚報|早报|早報|时报|時報|论坛|論壇|博客|社区|社區|门户|中心|在线|资讯|"
    r"財經|财经|传媒|电视台|广播电台|知乎|简书|豆瓣|掘金|公众号|首页|首頁|政府|微信公众平台|Blog|News|BBS|Forum|Discuz!?|phpwind|"
    r"\.(?:com|cn|net|org|tw|hk)|Powered by.{0,30})\s{0,9}$",
    re.IGNORECASE,
)
_QUOTES = "\"“”'‘’"
_MIN_TITLE = 2  # characters
_MAX_TITLE = 200  # characters
_MAX_LABEL = 12  # characters before the title in a heading
_MAX_STRIPPED = 1000  # characters; names are stripped one by one
_MAX_HEADINGS = 1000
_SHORT_TITLE = 5  # characters; a longer part of the title element is preferred to one as short


def find_title(metadata: Metadata, page: Block, article: list[Block]) -> str:
    """Return the title of the article, or ""."""
    shown = _Shown(page, article)
    site = metadata.named("og:site_name", "application-name", "sitename") or metadata.linked("publisher")
    declared = (
        metadata.linked("headline"),
        metadata.named("articletitle"),
        metadata.named("og:title"),
        metadata.named("twitter:title"),
        metadata.named("headline"),
        metadata.linked("name"),
        metadata.named("title"),
    )
    page_title = metadata.title
    for text in declared:
        title = " ".join(text.split())
        if title and title != site and not _is_site_only(title, page_title, shown):
            title = shown.complete(title, page_title)
            return shown.heading_of(title) or _strip_site(title, site)
    if title := shown.heading_of(page_title):
        return title
    if len(shown.main_headings) == 1:
        return shown.main_headings[0]
    return _longest_part(page_title, site) or next(iter(shown.headings), "")


class _Shown:
    """The lines that a page shows up to the end of its article, outside of links.

    Attributes:
        headings: The texts of headings before the article.
        main_headings: Those of the first level.
    """

    def __init__(self, page: Block, article: list[Block]) -> None:
        self._lines: dict[str, str] = {}
        self.headings: list[str] = []
        self.main_headings: list[str] = []
        starts = set(article[:1])
        for block, line in _lines_before(page, starts):
            if line.is_link or len(line.text) > _MAX_TITLE:
                continue
            self._lines.setdefault(_key(line.text), line.text)
            heading = next((outer for outer in (block, block.parent) if outer and outer.is_heading), None)
            if heading and len(self.headings) < _MAX_HEADINGS:
                self.headings.append(line.text)
                if heading.tag == "h1":
                    self.main_headings.append(line.text)
        for block in article[:1]:  # the box of the article may hold its title
            for line in list(block.lines())[:6]:
                if len(line.text) <= _MAX_TITLE:
                    self._lines.setdefault(_key(line.text), line.text)

    def heading_of(self, title: str) -> str:
        """Return the longest shown line with which a title begins or ends, before or behind a separator; or ""."""
        whole = self._lines.get(_key(title))
        if whole:
            return title
        cuts = list(_SEPARATOR.finditer(title[:_MAX_TITLE]))
        for cut in reversed(cuts):
            start = title[: cut.start()].strip()
            if len(start) >= _MIN_TITLE and self._shows(start):
                return start
        for cut in cuts:
            rest = title[cut.end() :].strip()
            if len(rest) > _SHORT_TITLE and _key(rest) in self._lines and not _SITE.search(rest):
                return rest
        return ""

    def _shows(self, title: str) -> bool:
        """Return whether a line is the title, or a heading is the title behind a label such as [求助]."""
        key = _key(title)
        labelled = (_key(heading) for heading in self.headings)
        return key in self._lines or any(
            heading.endswith(key) and len(heading) - len(key) <= _MAX_LABEL for heading in labelled
        )

    def complete(self, title: str, page_title: str) -> str:
        """Return the whole of a title that an unescaped quotation mark ended."""
        for text in (*self.headings, *self._lines.values(), page_title):
            rest = text.removeprefix(title)
            if rest != text and rest[:1] and rest[0] in _QUOTES:
                return text
        return title


def _lines_before(page: Block, ends: set[Block]) -> Iterator[tuple[Block, Line]]:
    """Yield the visible lines before the first of some blocks, with their blocks."""
    stack: list[Block | tuple[Block, Line]] = [page]
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            yield part
        elif part in ends:
            return
        elif not part.is_hidden:
            stack += [(part, inner) if isinstance(inner, Line) else inner for inner in reversed(part.content)]


def _key(text: str) -> str:
    return "".join(text.split())


def _is_site_only(title: str, page_title: str, shown: _Shown) -> bool:
    """Return whether a declared title names the site: it ends the title of the page, whose start is a heading."""
    if not page_title.endswith(title) or page_title == title:
        return False
    return bool(shown.heading_of(page_title) not in ("", title))


def _strip_site(title: str, site: str) -> str:
    """Return a title without the names of its site and section at the end."""
    while len(title) <= _MAX_STRIPPED and (cuts := list(_SITE_SEPARATOR.finditer(title))):
        start, end = cuts[-1].span()
        name = title[end:].strip()
        if not start or not (name == site or _SITE.search(name)):
            break
        title = title[:start].strip()
    return title


def _longest_part(title: str, site: str) -> str:
    """Return the part of a page's title that is the article's, where the page shows no such heading."""
    stripped = _strip_site(title, site)
    parts = [part.strip() for part in _SURE_SEPARATOR.split(stripped) if part.strip() and part.strip() != site]
    if not parts:
        return stripped
    longest = max(parts, key=len)
    return longest if len(parts[0]) <= _SHORT_TITLE < len(longest) or _SITE.search(parts[0]) else parts[0]
