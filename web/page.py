"""The pages that people search with: a list of what is found, an article, and what tells that something is wrong."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..analysis import Article
from ..messages import current_language, gettext, ngettext
from ..query import Highlights, Searcher
from . import date_formats, page_view
from .errors import NoSuchArticle, TooSlow
from .histogram import bars
from .overview import Overview, overview
from .page_links import MAX_OFFSET, Asked, Links, host, outside, readable
from .responses import headers_of, is_known
from .searcher_pool import archive_of

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
        period=date_formats.period,
        day=date_formats.day,
        moment=date_formats.moment,
        snippet=page_view.snippet,
        marked=page_view.marked,
        named=page_view.named,
        outside=outside,
        host=host,
        readable=readable,
    )
    static = {path.name: sha256(path.read_bytes()).hexdigest()[:12] for path in (FOLDER / "static").iterdir()}
    environment.globals["static_versions"] = static  # so that a new version is never shown with old styles
    return environment


_templates = _environment()


@router.get("/", response_class=HTMLResponse)
async def search(request: Request) -> Response:
    """What an archive holds; with a query or filters, the articles that are found."""
    asked = Asked.of(request.query_params)
    if asked.browsing():
        return await _answer(request, lambda searcher: _results(request, searcher, asked))
    try:
        return await _answer(request, lambda searcher: _start(request, asked, overview(searcher)))
    except TooSlow:  # people can search all the same
        return _start(request, asked, None)


@router.get("/article", response_class=HTMLResponse)
async def article(request: Request, id: str = "") -> Response:  # noqa: A002 - what addresses call it
    """An article, with what a query matches in it."""
    asked = Asked.of(request.query_params)
    return await _answer(request, lambda searcher: _article(request, searcher, id, asked))


def failure(request: Request, status: int, sentence: str) -> Response:
    """The page that tells what is wrong."""
    response = _page(request, "failure.html", Asked.of(request.query_params), sentence=sentence, status=status)
    response.status_code = status
    return response


async def _answer(request: Request, make: Callable[[Searcher], Response]) -> Response:
    """The page that `make` makes, or that it is still what the browser has."""
    headers = await headers_of(request)
    if is_known(request, headers):
        return Response(status_code=304, headers=headers)
    response = await archive_of(request).ask(make)
    response.headers.update(headers)
    return response


def _start(request: Request, asked: Asked, known: Overview | None) -> Response:
    return _page(request, "home.html", asked, overview=known, bars=bars(known.days) if known else [])


def _results(request: Request, searcher: Searcher, asked: Asked) -> Response:
    query, filters = asked.browsing(), asked.filters()
    results = searcher.search(
        query,
        limit=asked.limit + 1,  # which tells whether there is another page
        offset=asked.offset,
        sort=asked.sort if asked.query else "date",
        recency=asked.recency,
        facets=page_view.FACETS,
        facet_limit=page_view.VALUES,
        collapse=asked.collapse,
        **filters,
    )
    facets = dict(results.facets)
    for field in ("source", "section"):  # of which one may want others, too
        if asked.values_of(field) and results.full:
            others = asked.but_values(field, ()).filters()
            facets.update(searcher.facets((field,), asked.query, limit=page_view.VALUES, **others))
    days = searcher.timeline(query, by="day", **filters).counts if results.full > 1 else ()
    unfiltered = 0  # articles that there would be without filters
    if not results.total and asked.query and any(asked.chosen()):
        unfiltered = searcher.search(asked.query, limit=0, sort="date", collapse=False).total
    more = len(results) > asked.limit and asked.offset + asked.limit <= MAX_OFFSET
    return _page(
        request,
        "results.html",
        asked,
        results=results,
        hits=results.hits[: asked.limit],
        groups=list(page_view.groups(asked, facets)),
        bars=bars(days),
        unfiltered=unfiltered,
        earlier=asked.but(offset=max(0, asked.offset - asked.limit)) if asked.offset else None,
        later=asked.but(offset=asked.offset + asked.limit) if more else None,
    )


def _article(request: Request, searcher: Searcher, article_id: str, asked: Asked) -> Response:
    stored = searcher.article(article_id)
    if stored is None:
        raise NoSuchArticle(article_id)
    known = stored.article.id
    highlights = searcher.highlights(known, asked.query) or Highlights()
    return _page(
        request,
        "article.html",
        asked,
        article=stored.article,
        highlights=highlights,
        paragraphs=list(page_view.paragraphs(stored.article.body, highlights.body)),
        mentioned=list(page_view.mentioned(stored)),
        reprints=searcher.reprints(known),
        related=searcher.related(known, RELATED),
    )


def _page(request: Request, template: str, asked: Asked, **shown: object) -> Response:
    language = current_language.get()
    links = Links(request.scope.get("root_path", ""))
    other = asked.but(offset=asked.offset, language="en" if language == "zh" else "zh")
    read = shown.get("article")
    html = _templates.get_template(template).render(
        asked=asked,
        links=links,
        language="zh-Hans" if language == "zh" else "en",
        in_other_language=links.article(read.id, other) if isinstance(read, Article) else links.page(other),
        chips=list(page_view.chips(asked)),
        **shown,
    )
    return HTMLResponse(html, headers={"Content-Language": language, "Vary": "Accept-Language"})
