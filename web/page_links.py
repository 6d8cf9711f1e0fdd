"""The query of a page as its address has it, and the addresses of the pages that it links to.

A page shows nothing that is not in its address, so readers can keep it, send it and return to it. Invalid values in an
address are ignored, never an error.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast, get_args
from urllib.parse import unquote, urlencode, urlsplit

from starlette.datastructures import QueryParams

from ..engines import FILTER_FIELDS, PERIOD_FILTERS, QUERY_FIELDS
from ..messages import LANGUAGES
from ..query import LIMIT, Filters
from ..query.executor import SortOrder

MAX_LIMIT = 100  # hits on a page
MAX_OFFSET = 1_000  # readers refine a query rather than read on
MAX_QUERY_LENGTH = 6_000  # characters that links carry on; searches read fewer, and note it
MAX_VALUE_LENGTH = 2_000  # characters; addresses of articles are long
MAX_VALUES = 10  # of a filter

_ESCAPED = re.compile(r'["\\]')
_PLAIN_VALUE = re.compile(r"[\w·.\-]+")


@dataclass(frozen=True, slots=True)
class PageParams:
    """A query with its filters, and the part of its result list that a page shows.

    `values` has the values of each filter that is set, by the name of its field. `language` is "" where the browser
    chooses it.
    """

    query: str = ""
    since: str = ""
    until: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: SortOrder = "relevance"
    recency: float | None = None
    collapse: bool = True
    limit: int = LIMIT
    offset: int = 0
    language: str = ""

    @classmethod
    def from_query_params(cls, params: QueryParams) -> "PageParams":
        """Read the query string of an address. Invalid values count as absent."""
        values = {item.name: _values(params, item.name, *filter(str.isascii, item.aliases)) for item in FILTER_FIELDS}
        sort = params.get("sort")
        return cls(
            query=params.get("q", "").strip()[:MAX_QUERY_LENGTH],
            since=params.get("since", "").strip()[:MAX_VALUE_LENGTH],
            until=params.get("until", "").strip()[:MAX_VALUE_LENGTH],
            values={name: listed for name, listed in values.items() if listed},
            sort=next((order for order in get_args(SortOrder) if order == sort), "relevance"),
            recency=_days(params.get("recency", "")),
            collapse=params.get("collapse", "").lower() not in ("0", "false", "no"),
            limit=_number(params.get("limit", ""), LIMIT, 1, MAX_LIMIT),
            offset=_number(params.get("offset", ""), 0, 0, MAX_OFFSET),
            language=next((tag for tag in LANGUAGES if params.get("lang") == tag), ""),
        )

    def updated(self, **changes: object) -> "PageParams":
        """Return the query with some changes, from the first page on."""
        return replace(self, **{"offset": 0, **changes})  # type: ignore[arg-type]

    def with_values(self, field: str, values: Sequence[str]) -> "PageParams":
        """Return the query with other values of a filter."""
        others = {name: listed for name, listed in self.values.items() if name != field}
        return self.updated(values=others | ({field: tuple(values)} if values else {}))

    def unfiltered(self) -> "PageParams":
        """Return the query alone."""
        return PageParams(self.query, sort=self.sort, language=self.language)

    def empty(self) -> "PageParams":
        """Return an empty query."""
        return PageParams(language=self.language)

    def values_of(self, field: str) -> tuple[str, ...]:
        """Return the values of a filter."""
        return self.values.get(field, ())

    def with_value(self, field: str, value: str) -> "PageParams":
        """Narrow the query to articles that have this value of a field.

        Several values of a filter are alternatives, so a second entity goes into the query instead.
        """
        values = self.values_of(field)
        if value in values:
            return self.updated()
        if not values or field in ("source", "section"):
            return self.with_values(field, (*values, value))
        return self.updated(query=f"{self.query} {_short_name(field)}:{_quoted(value)}".strip())

    def without(self, field: str, value: str) -> "PageParams":
        """Return the query without one value of a filter."""
        if field in PERIOD_FILTERS:
            return self.updated(**{field: ""})
        return self.with_values(field, [other for other in self.values_of(field) if other != value])

    def active_filters(self) -> Iterator[tuple[str, str]]:
        """Yield field and value of each filter that is set."""
        for name in PERIOD_FILTERS:
            if value := getattr(self, name):
                yield name, value
        for item in FILTER_FIELDS:
            for value in self.values_of(item.name):
                yield item.name, value

    def filters(self) -> Filters:
        """Return the filters as a `Searcher` takes them."""
        periods = {"since": self.since or None, "until": self.until or None}
        return cast(Filters, {**periods, **{item.name: self.values_of(item.name) for item in FILTER_FIELDS}})

    def effective_query(self) -> str:
        """Return the query; without one, its first filter in the query language, which finds what the filter passes."""
        if self.query or not any(self.active_filters()):
            return self.query
        for item in FILTER_FIELDS:
            if values := self.values_of(item.name):
                return " OR ".join(f"{_short_name(item.name)}:{_quoted(value)}" for value in values)
        return f"date:{self.since}..{self.until}"

    def query_params(self, *, query: bool = True) -> list[tuple[str, str]]:
        """Return names and values for a query string, defaults left out."""
        params = [("q", self.query)] if query and self.query else []
        params += self.active_filters()
        others = {
            "sort": "" if self.sort == "relevance" else self.sort,
            "recency": "" if self.recency is None else f"{self.recency:g}",
            "collapse": "" if self.collapse else "false",
            "limit": "" if self.limit == LIMIT else str(self.limit),
            "offset": str(self.offset or ""),
            "lang": self.language,
        }
        return params + [(name, value) for name, value in others.items() if value]


class Links:
    """The addresses of an application that is mounted at `root`."""

    def __init__(self, root: str) -> None:
        self._root = root.rstrip("/")

    def page(self, params: PageParams) -> str:
        """Return the address of a result list."""
        return self._address("/", params.query_params())

    def article(self, article_id: str, params: PageParams) -> str:
        """Return the address of an article, from which readers return to their result list."""
        return self._address("/article", [("id", article_id), *params.query_params()])

    def at(self, path: str) -> str:
        """Return another address of the application."""
        return self._root + path

    def _address(self, path: str, parameters: list[tuple[str, str]]) -> str:
        query = urlencode(parameters, errors="replace")
        return self._root + path + (f"?{query}" if query else "")


def safe_url(url: str) -> str | None:
    """Return the address of an article if a browser may follow it: http and https only, nothing that runs code."""
    if not url.isprintable() or any(character.isspace() or character in "\\\"'<>" for character in url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port  # ValueError if it is none
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname and not parts.username else None


def host(url: str) -> str:
    """Return the host of an address without `www.`, such as rfi.fr."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def readable_url(url: str) -> str:
    """Return an address as browsers show it, with readable Chinese."""
    try:
        shown = unquote(url, errors="strict")
    except UnicodeDecodeError:
        return url
    return shown if shown.isprintable() and " " not in shown else url


def _values(params: QueryParams, *names: str) -> tuple[str, ...]:
    written = (value.strip()[:MAX_VALUE_LENGTH] for name in names for value in params.getlist(name))
    return tuple(dict.fromkeys(filter(None, written)))[:MAX_VALUES]


def _short_name(field: str) -> str:
    """Return the shortest name of a field in the query language, such as `org`."""
    return min((name for name, item in QUERY_FIELDS.items() if item.name == field and name.isascii()), key=len)


def _number(text: str, default: int, low: int, high: int) -> int:
    return max(low, min(int(text), high)) if text.isascii() and text.isdecimal() and len(text) < 10 else default


def _days(text: str) -> float | None:
    try:
        days = float(text)
    except ValueError:
        return None
    return days if 0 < days < 1e6 else None


def _quoted(value: str) -> str:
    """Return a value as the query language writes it."""
    return value if _PLAIN_VALUE.fullmatch(value) else '"' + _ESCAPED.sub(r"\\\g<0>", value) + '"'
