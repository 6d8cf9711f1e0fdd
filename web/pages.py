"""The pages that people search with: a list of what is found, an article, and what tells that something is wrong."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..analysis import Article
from ..engines import Counted, StoredArticle
from ..messages import gettext, ngettext, spoken
from ..query import Highlights, Hit, Reprint, Results, Searcher
from . import dates, view
from .archive import archive_of
from .bars import bars
from .errors import NoSuchArticle, TooSlow
from .links import LAST_OFFSET, Asked, Links, host, outside, readable
from .overview import Overview, overview

FOLDER = Path(__file__).parent
RELATED = 6  # articles beside one

router = APIRouter(include_in_schema=False)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(
        number="{:,}".format,
        period=dates.period,
        day=dates.day,
        moment=dates.moment,
        snippet=view.snippet,
        marked=view.marked,
        named=view.named,
        outside=outside,
        host=host,
        readable=readable,
    )
    static = {path.name: sha256(path.read_bytes()).hexdigest()[:12] for path in (FOLDER / "static").iterdir()}
    environment.globals["static_versions"] = static  # so that a new version is never shown with old styles
    return environment


_templates = _environment()


class _Found(NamedTuple):
    """What a page of results tells. `unfiltered` is the number of articles that there would be without filters."""

    results: Results
    facets: dict[str, Sequence[Counted]]
    days: Sequence[Counted]
    more: bool
    unfiltered: int


class _Read(NamedTuple):
    """What a page with an article tells."""

    stored: StoredArticle
    highlights: Highlights
    reprints: tuple[Reprint, ...]
    related: tuple[Hit, ...]


@router.get("/", response_class=HTMLResponse)
async def search(request: Request) -> Response:
    """What an archive holds; with a query or filters, the articles that are found."""
    asked = Asked.of(request.query_params)
    if not asked.browsing():
        known = await _overview(request)
        return _page(request, "home.html", asked, overview=known, bars=bars(known.days) if known else [])
    found = await archive_of(request).ask(lambda searcher: _found(searcher, asked))
    return _page(
        request,
        "results.html",
        asked,
        found=found,
        results=found.results,
        hits=found.results.hits[: asked.limit],
        groups=list(view.groups(asked, found.facets)),
        bars=bars(found.days),
        earlier=asked.but(offset=max(0, asked.offset - asked.limit)) if asked.offset else None,
        later=asked.but(offset=asked.offset + asked.limit) if found.more else None,
    )


@router.get("/article", response_class=HTMLResponse)
async def article(request: Request, id: str = "") -> Response:  # noqa: A002 - what addresses call it
    """An article, with what a query matches in it."""
    asked = Asked.of(request.query_params)
    read = await archive_of(request).ask(lambda searcher: _read(searcher, id, asked))
    if read is None:
        raise NoSuchArticle(id)
    body = read.stored.article.body
    return _page(
        request,
        "article.html",
        asked,
        article=read.stored.article,
        read=read,
        paragraphs=list(view.paragraphs(body, read.highlights.body)),
        mentioned=list(view.mentioned(read.stored)),
    )


def failure(request: Request, status: int, sentence: str) -> Response:
    """The page that tells what is wrong."""
    response = _page(request, "failure.html", Asked.of(request.query_params), sentence=sentence, status=status)
    response.status_code = status
    return response


async def _overview(request: Request) -> Overview | None:
    """None if it takes too long: people can search all the same."""
    try:
        return await archive_of(request).ask(overview)
    except TooSlow:
        return None


def _found(searcher: Searcher, asked: Asked) -> _Found:
    query, filters = asked.browsing(), asked.filters()
    results = searcher.search(
        query,
        limit=asked.limit + 1,  # which tells whether there is another page
        offset=asked.offset,
        sort=asked.sort if asked.query else "date",
        recency=asked.recency,
        facets=view.FACETS,
        facet_limit=view.VALUES,
        collapse=asked.collapse,
        **filters,
    )
    facets: dict[str, Sequence[Counted]] = dict(results.facets)
    for field in ("source", "section"):  # of which one may want others, too
        if getattr(asked, field) and results.full:
            others = asked.but(**{field: ()}).filters()
            facets.update(searcher.facets((field,), asked.query, limit=view.VALUES, **others))
    unfiltered = 0
    if not results.total and asked.query and any(asked.chosen()):
        unfiltered = searcher.search(asked.query, limit=0, sort="date", collapse=False).total
    return _Found(
        results,
        facets,
        searcher.timeline(query, by="day", **filters).counts if results.full > 1 else (),
        len(results) > asked.limit and asked.offset + asked.limit <= LAST_OFFSET,
        unfiltered,
    )


def _read(searcher: Searcher, article_id: str, asked: Asked) -> _Read | None:
    stored = searcher.article(article_id)
    if stored is None:
        return None
    known = stored.article.id
    return _Read(
        stored,
        searcher.highlights(known, asked.query) or Highlights(),
        searcher.reprints(known) or (),
        searcher.related(known, RELATED) or (),
    )


def _page(request: Request, template: str, asked: Asked, **shown: object) -> Response:
    language = spoken.get()
    links = Links(request.scope.get("root_path", ""))
    other = asked.but(offset=asked.offset, language="en" if language == "zh" else "zh")
    read = shown.get("article")
    html = _templates.get_template(template).render(
        asked=asked,
        links=links,
        language="zh-Hans" if language == "zh" else "en",
        in_other_language=links.article(read.id, other) if isinstance(read, Article) else links.page(other),
        chips=list(view.chips(asked)),
        **shown,
    )
    return HTMLResponse(html, headers={"Content-Language": language, "Vary": "Accept-Language"})
