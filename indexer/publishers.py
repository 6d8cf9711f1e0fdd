"""Table of publishers: name, time zone of printed dates, and the section in an address.

A publisher that is not listed needs no entry: it is named after its host, and its dates are read as UTC unless they
name a time zone.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit


class Publisher(NamedTuple):
    """A publisher of articles.

    `time_zone` is the IANA time zone of dates printed without one. The first group of `section_pattern` is the section
    in the path of an address.
    """

    name: str
    time_zone: str | None = None
    section_pattern: re.Pattern[str] | None = None


_PUBLISHERS = {
    # /cn/中国/20230929-…; /cn/专栏检索/要闻分析/2020…; agency copy is under /cn/contenu/
    "rfi.fr": Publisher(
        "RFI", "Europe/Paris", re.compile(r"/+\w\w/(?:专栏检索/)?(?!contenu/|专栏检索/)([^/\d][^/]*)/")
    ),
    "bbc.co.uk": Publisher("BBC"),
    "bbc.com": Publisher("BBC"),
    "chinadigitaltimes.net": Publisher("中国数字时代"),
    "cna.com.tw": Publisher("中央社", "Asia/Taipei"),
    "dw.com": Publisher("德国之声"),
    "economist.com": Publisher("The Economist"),
    "epochtimes.com": Publisher("大纪元"),
    "rti.org.tw": Publisher("中央廣播電臺", "Asia/Taipei"),
    "solidot.org": Publisher("Solidot", "Asia/Shanghai"),
    "voachinese.com": Publisher("美国之音"),
    "zaobao.com": Publisher("联合早报", "Asia/Singapore"),
    "zaobao.com.sg": Publisher("联合早报", "Asia/Singapore"),
}


def find_publisher(url: str) -> Publisher:
    """Return the publisher of an address: the listed one, else one named after the host.

    The name is "" where the address has no host.
    """
    host = _host(url)
    labels = host.split(".")
    for start in range(len(labels)):
        publisher = _PUBLISHERS.get(".".join(labels[start:]))
        if publisher:
            return publisher
    return Publisher(host.removeprefix("www."))


def find_section(url: str) -> str:
    """Return the section that an address names, or ""."""
    pattern = find_publisher(url).section_pattern
    match = pattern.match(unquote(urlsplit(url).path)) if pattern else None
    return match[1] if match else ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
