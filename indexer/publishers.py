"""What is known about publishers: how they are called, which clock their date lines follow, where the section stands.

A source that is not listed needs no entry: it is called by its host and its dates are read as they are written.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit


class Source(NamedTuple):
    """`zone` is the IANA time zone of dates printed without one; `section` finds the section in the address's path."""

    name: str
    zone: str | None = None
    section: re.Pattern[str] | None = None


_SOURCES = {
    # /cn/中国/20230929-…; /cn/专栏检索/要闻分析/2020…; agency copy stands under /cn/contenu/
    "rfi.fr": Source("RFI", "Europe/Paris", re.compile(r"/+\w\w/(?:专栏检索/)?(?!contenu/|专栏检索/)([^/\d][^/]*)/")),
    "bbc.co.uk": Source("BBC"),
    "bbc.com": Source("BBC"),
    "chinadigitaltimes.net": Source("中国数字时代"),
    "cna.com.tw": Source("中央社", "Asia/Taipei"),
    "dw.com": Source("德国之声"),
    "economist.com": Source("The Economist"),
    "epochtimes.com": Source("大纪元"),
    "rti.org.tw": Source("中央廣播電臺", "Asia/Taipei"),
    "solidot.org": Source("Solidot", "Asia/Shanghai"),
    "voachinese.com": Source("美国之音"),
    "zaobao.com": Source("联合早报", "Asia/Singapore"),
    "zaobao.com.sg": Source("联合早报", "Asia/Singapore"),
}


def source_of(url: str) -> Source:
    """The publisher of an address; of one that nobody could open, a source without a name."""
    host = _host(url)
    labels = host.split(".")
    for start in range(len(labels)):
        known = _SOURCES.get(".".join(labels[start:]))
        if known:
            return known
    return Source(host.removeprefix("www."))


def section_of(url: str) -> str:
    """The section that the address names, "" where it names none."""
    pattern = source_of(url).section
    found = pattern.match(unquote(urlsplit(url).path)) if pattern else None
    return found[1] if found else ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
