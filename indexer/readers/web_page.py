"""Pages in web archives and MHTML files: the article of a page whose address and time the file records."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urldefrag

from ...analysis import Article, strip_invisible
from ..limits import Limits
from ..publishers import Publisher, find_publisher, find_section
from . import html
from .dates import parse_date


def read_page(path: str, text: str, url: str, captured: str, limits: Limits, default_id: str = "") -> Iterator[Article]:
    """Yield the article of a page, which was captured from `url` at a time.

    The page's own address and date take precedence. The id of a page that does not name its address is `default_id`, by
    default the path. Raises ReadError.
    """
    url = urldefrag(strip_invisible(url).strip())[0]
    url = url if url.startswith(("http://", "https://")) else ""
    for article in html.read(path, strip_invisible(text), limits):
        address = article.url or url
        yield replace(
            article,
            id=article.id if article.url else default_id or path,
            url=address,
            published=article.published or parse_date(captured.strip(), Publisher("")),
            source=article.source or find_publisher(address).name,
            section=article.section or find_section(address),
        )
