"""What a page is asked for, as its address tells it, and the addresses of the pages that can be reached from there.

Everything that a page shows is in its address: it can be kept, sent to others, and gone back to. What makes no sense in
an address is passed over, never an error.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import get_args
from urllib.parse import unquote, urlencode, urlsplit

from starlette.datastructures import QueryParams

from ..query import Filters
from ..query.executor import SortOrder

PAGE = 10  # hits, unless the address tells
MOST_ON_PAGE = 100
LAST_OFFSET = 1_000  # who has read so far will rather say more of what is wanted
LONGEST_QUERY = 2_000  # characters that are carried on; the search reads fewer, and tells so
LONGEST_VALUE = 2_000  # characters; addresses of articles are long
MOST_VALUES = 10  # of a filter

# The filters that may have several values; `org` is short for `organisation`.
LISTED = ("source", "section", "person", "organisation", "place", "entity", "about")
_ALIASES = {"organisation": "org"}
_ESCAPED = re.compile(r'["\\]')
_PLAIN_VALUE = re.compile(r"[\w·.\-]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its filters, and which part of the list that it finds is wanted. `language` is "" where the reader
    leaves it to the browser."""

    query: str = ""
    since: str = ""
    until: str = ""
    source: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    organisation: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    entity: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    sort: SortOrder = "relevance"
    recency: float | None = None
    collapse: bool = True
    limit: int = PAGE
    offset: int = 0
    language: str = ""

    @classmethod
    def of(cls, given: QueryParams) -> "Asked":
        """What the query part of an address asks for."""
        listed = {
            name: tuple(dict.fromkeys(_values(given, name, _ALIASES.get(name, name))))[:MOST_VALUES] for name in LISTED
        }
        sort = given.get("sort")
        return cls(
            query=given.get("q", "").strip()[:LONGEST_QUERY],
            since=given.get("since", "").strip()[:LONGEST_VALUE],
            until=given.get("until", "").strip()[:LONGEST_VALUE],
            sort=next((order for order in get_args(SortOrder) if order == sort), "relevance"),
            recency=_days(given.get("recency", "")),
            collapse=given.get("collapse", "").lower() not in ("0", "false", "no"),
            limit=_number(given.get("limit", ""), PAGE, 1, MOST_ON_PAGE),
            offset=_number(given.get("offset", ""), 0, 0, LAST_OFFSET),
            language=next((tag for tag in ("zh", "en") if given.get("lang") == tag), ""),
            **listed,
        )

    def but(self, **changes: object) -> "Asked":
        """The same with some changes, from the first page on."""
        return replace(self, **{"offset": 0, **changes})  # type: ignore[arg-type]

    def unfiltered(self) -> "Asked":
        """The query alone."""
        return Asked(self.query, sort=self.sort, language=self.language)

    def fresh(self) -> "Asked":
        """Nothing yet."""
        return Asked(language=self.language)

    def with_value(self, field: str, value: str) -> "Asked":
        """Only what has this value of a field, too. Of several values for a filter any will do, so that a second name
        goes into the query."""
        values: tuple[str, ...] = getattr(self, field)
        if value in values:
            return self.but()
        if not values or field in ("source", "section"):
            return self.but(**{field: (*values, value)})
        name = "org" if field == "organisation" else field
        return self.but(query=f"{self.query} {name}:{_quoted(value)}".strip())

    def without(self, field: str, value: str) -> "Asked":
        """The same without one value of a filter."""
        if field in LISTED:
            return self.but(**{field: tuple(each for each in getattr(self, field) if each != value)})
        return self.but(**{field: ""})

    def chosen(self) -> Iterator[tuple[str, str]]:
        """The filters, as fields and values."""
        for field in ("since", "until"):
            if value := getattr(self, field):
                yield field, value
        for field in LISTED:
            for value in getattr(self, field):
                yield field, value

    def filters(self) -> Filters:
        """The filters, as a searcher takes them."""
        return Filters(
            since=self.since or None,
            until=self.until or None,
            source=self.source,
            section=self.section,
            entity=self.entity,
            person=self.person,
            place=self.place,
            organisation=self.organisation,
            about=self.about,
        )

    def browsing(self) -> str:
        """The query; without one, its first filter in words of a query, which finds what the filters let through."""
        if self.query or not any(self.chosen()):
            return self.query
        for field in LISTED:
            if values := getattr(self, field):
                name = "org" if field == "organisation" else field
                return " OR ".join(f"{name}:{_quoted(value)}" for value in values)
        return f"date:{self.since}..{self.until}"

    def parameters(self, *, query: bool = True) -> list[tuple[str, str]]:
        """Names and values of the address, without what goes without saying."""
        pairs = [("q", self.query)] if query and self.query else []
        pairs += self.chosen()
        told = {
            "sort": "" if self.sort == "relevance" else self.sort,
            "recency": "" if self.recency is None else f"{self.recency:g}",
            "collapse": "" if self.collapse else "false",
            "limit": "" if self.limit == PAGE else str(self.limit),
            "offset": str(self.offset or ""),
            "lang": self.language,
        }
        return pairs + [(name, value) for name, value in told.items() if value]


class Links:
    """The addresses of an application that may be mounted below a `root`."""

    def __init__(self, root: str) -> None:
        self._root = root.rstrip("/")

    def page(self, asked: Asked) -> str:
        """The list of what is found."""
        return self._address("/", asked.parameters())

    def article(self, article_id: str, asked: Asked) -> str:
        """An article, from where the way leads back to a list."""
        return self._address("/article", [("id", article_id), *asked.parameters()])

    def at(self, path: str) -> str:
        """Any other address."""
        return self._root + path

    def _address(self, path: str, parameters: list[tuple[str, str]]) -> str:
        query = urlencode(parameters, errors="replace")
        return self._root + path + (f"?{query}" if query else "")


def outside(url: str) -> str | None:
    """The address of an article at its publisher's, if a browser may be sent there: http and https alone, nothing that
    would run."""
    if not url.isprintable() or any(character.isspace() or character in "\\\"'<>" for character in url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port  # ValueError if it is none
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname and not parts.username else None


def host(url: str) -> str:
    """Whose address it is, for people: rfi.fr."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def readable(url: str) -> str:
    """An address as browsers show it, with Chinese left readable."""
    try:
        shown = unquote(url, errors="strict")
    except UnicodeDecodeError:
        return url
    return shown if shown.isprintable() and " " not in shown else url


def _values(given: QueryParams, *names: str) -> Iterator[str]:
    for name in dict.fromkeys(names):
        for value in given.getlist(name):
            if value.strip():
                yield value.strip()[:LONGEST_VALUE]


def _number(text: str, default: int, low: int, high: int) -> int:
    return max(low, min(int(text), high)) if text.isascii() and text.isdecimal() and len(text) < 10 else default


def _days(text: str) -> float | None:
    try:
        days = float(text)
    except ValueError:
        return None
    return days if 0 < days < 1e6 else None


def _quoted(value: str) -> str:
    """A value as a query takes it."""
    return value if _PLAIN_VALUE.fullmatch(value) else '"' + _ESCAPED.sub(r"\\\g<0>", value) + '"'
