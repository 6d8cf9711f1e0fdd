"""The pages for people: start page, search results, article, and error page."""

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
from .histogram import histogram
from .overview import Overview, read_overview
from .page_links import MAX_OFFSET, Links, PageParams, host, readable_url, safe_url
from .responses import cache_headers, is_not_modified
from .searcher_pool import searcher_pool_of

WEB_DIR = Path(__file__).parent
MAX_RELATED = 6  # related articles on the page of an article

router = APIRouter(include_in_schema=False)


def _make_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(WEB_DIR / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(
        number="{:,}".format,
        period=date_formats.format_period,
        day=date_formats.format_day,
        moment=date_formats.format_moment,
        snippet=page_view.render_snippet,
        highlight=page_view.render_highlights,
        top_entities=page_view.top_entities,
        safe_url=safe_url,
        host=host,
        readable_url=readable_url,
    )
    static_versions = {path.name: sha256(path.read_bytes()).hexdigest()[:12] for path in (WEB_DIR / "static").iterdir()}
    environment.globals["static_versions"] = static_versions  # part of their URLs, so that no browser uses an old style
    return environment


_environment = _make_environment()


@router.get("/", response_class=HTMLResponse)
async def search(request: Request) -> Response:
    """Return the results for a query or filters; without either, the start page."""
    params = PageParams.from_query_params(request.query_params)
    if params.effective_query():
        return await _cached_page(request, lambda searcher: _results_page(request, searcher, params))
    try:
        return await _cached_page(request, lambda searcher: _start_page(request, params, read_overview(searcher)))
    except TooSlow:  # the search box works without an overview
        return _start_page(request, params, None)


@router.get("/article", response_class=HTMLResponse)
async def article(request: Request, id: str = "") -> Response:  # noqa: A002 - the parameter's name in URLs
    """Return the page of an article, with the matches of a query highlighted."""
    params = PageParams.from_query_params(request.query_params)
    return await _cached_page(request, lambda searcher: _article_page(request, searcher, id, params))


def error_page(request: Request, status: int, message: str) -> Response:
    """Return the page that shows an error message."""
    response = _render(
        request, "error.html", PageParams.from_query_params(request.query_params), message=message, status=status
    )
    response.status_code = status
    return response


async def _cached_page(request: Request, make: Callable[[Searcher], Response]) -> Response:
    """Return the page that `make` returns, or status 304 if the browser has the current one."""
    headers = await cache_headers(request)
    if is_not_modified(request, headers):
        return Response(status_code=304, headers=headers)
    response = await searcher_pool_of(request).run(make)
    response.headers.update(headers)
    return response


def _start_page(request: Request, params: PageParams, overview: Overview | None) -> Response:
    return _render(request, "start.html", params, overview=overview, bars=histogram(overview.days) if overview else [])


def _results_page(request: Request, searcher: Searcher, params: PageParams) -> Response:
    query, filters = params.effective_query(), params.filters()
    results = searcher.search(
        query,
        limit=params.limit + 1,  # one more than the page shows: it exists if there is a next page
        offset=params.offset,
        sort=params.sort if params.query else "date",
        recency=params.recency,
        facets=page_view.FACETS,
        facet_limit=page_view.MAX_FACET_VALUES,
        collapse=params.collapse,
        **filters,
    )
    facets = dict(results.facets)
    for field in ("source", "section"):  # an article has one of each, so readers may want to add further values
        if params.values_of(field) and results.full:
            other_filters = params.with_values(field, ()).filters()
            facets.update(searcher.facets((field,), params.query, limit=page_view.MAX_FACET_VALUES, **other_filters))
    days = searcher.timeline(query, by="day", **filters).counts if results.full > 1 else ()
    unfiltered_total = 0
    if not results.total and params.query and any(params.active_filters()):
        unfiltered_total = searcher.search(params.query, limit=0, sort="date", collapse=False).total
    has_next = len(results) > params.limit and params.offset + params.limit <= MAX_OFFSET
    return _render(
        request,
        "results.html",
        params,
        results=results,
        hits=results.hits[: params.limit],
        filter_groups=list(page_view.filter_groups(params, facets)),
        bars=histogram(days),
        unfiltered_total=unfiltered_total,
        previous_page=params.updated(offset=max(0, params.offset - params.limit)) if params.offset else None,
        next_page=params.updated(offset=params.offset + params.limit) if has_next else None,
    )


def _article_page(request: Request, searcher: Searcher, article_id: str, params: PageParams) -> Response:
    stored = searcher.article(article_id)
    if stored is None:
        raise NoSuchArticle(article_id)
    stored_id = stored.article.id  # `article_id` may be another spelling of it
    highlights = searcher.highlights(stored_id, params.query) or Highlights()
    return _render(
        request,
        "article.html",
        params,
        article=stored.article,
        highlights=highlights,
        paragraphs=list(page_view.render_paragraphs(stored.article.body, highlights.body)),
        mentions=list(page_view.article_mentions(stored)),
        reprints=searcher.reprints(stored_id),
        related=searcher.related(stored_id, MAX_RELATED),
    )


def _render(request: Request, template: str, params: PageParams, **context: object) -> Response:
    language = current_language.get()
    links = Links(request.scope.get("root_path", ""))
    translated = params.updated(offset=params.offset, language="en" if language == "zh" else "zh")
    shown_article = context.get("article")
    if isinstance(shown_article, Article):
        translated_link = links.article(shown_article.id, translated)
    else:
        translated_link = links.page(translated)
    html = _environment.get_template(template).render(
        params=params,
        links=links,
        language="zh-Hans" if language == "zh" else "en",
        translated_link=translated_link,
        active_filters=list(page_view.active_filters(params)),
        **context,
    )
    return HTMLResponse(html, headers={"Content-Language": language, "Vary": "Accept-Language"})
