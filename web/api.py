"""The API: the JSON of the command line, over HTTP."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from ..query import (
    ArticleDetails,
    EntityCounts,
    IndexInfo,
    RelatedArticles,
    Results,
    Searcher,
    Suggestions,
    Timeline,
    article_record,
)
from .api_schema import ERRORS, NO_SUCH_ARTICLE, Health
from .errors import NoSuchArticle
from .params import (
    MAX_ID_LENGTH,
    ArticleByIdParams,
    EntitiesParams,
    ExportParams,
    Params,
    RelatedByIdParams,
    RelatedParams,
    SearchParams,
    SuggestParams,
    TimelineParams,
)
from .responses import cache_headers, encode_json, is_not_modified, json_response
from .searcher_pool import searcher_pool_of

EXPORT_CHUNK_BYTES = 64 << 10  # about

IdInPath = Annotated[
    str,
    Path(
        alias="id",
        min_length=1,
        max_length=MAX_ID_LENGTH,
        description="The ID of an article, percent-encoded; slashes may stay as they are.",
        examples=["https://www.rfi.fr/cn/中国/20230929-中美高级外交官继续会晤以保持对话"],
    ),
]

router = APIRouter(responses=ERRORS)


@router.get("/api/search", response_model=Results)
async def search(request: Request, params: Annotated[SearchParams, Query()]) -> Response:
    """Find the articles that match, best first."""
    return await json_response(
        request,
        lambda searcher: searcher.search(
            params.q,
            limit=params.limit,
            offset=params.offset,
            sort=params.sort,
            recency=params.recency,
            facets=params.facet,
            explain=params.explain,
            collapse=params.collapse,
            **params.filters(),
        ),
    )


@router.get("/api/suggest", response_model=Suggestions)
async def suggest(request: Request, params: Annotated[SuggestParams, Query()]) -> Response:
    """Complete a prefix to words of the index, the most frequent first."""
    return await json_response(
        request, lambda searcher: Suggestions(params.q, tuple(searcher.suggest(params.q, params.limit)))
    )


@router.get("/api/timeline", response_model=Timeline)
async def timeline(request: Request, params: Annotated[TimelineParams, Query()]) -> Response:
    """Count the articles that match all of a query by day, month or year of publication."""
    return await json_response(request, lambda searcher: searcher.timeline(params.q, by=params.by, **params.filters()))


@router.get("/api/entities", response_model=EntityCounts)
async def entities(request: Request, params: Annotated[EntitiesParams, Query()]) -> Response:
    """List the entities that most articles name: all articles, or those that match all of a query."""
    return await json_response(
        request,
        lambda searcher: searcher.entities(
            params.q,
            kinds=list(dict.fromkeys(params.kind)),
            with_entities=params.with_entities,
            over_time=params.over_time,
            limit=params.limit,
            **params.filters(),
        ),
    )


@router.get("/api/stats", response_model=IndexInfo)
async def stats(request: Request, _: Annotated[Params, Query()]) -> Response:
    """Show the size of the index and the settings it was made with."""
    return await json_response(request, Searcher.statistics)


@router.get("/api/articles", response_model=ArticleDetails, responses=NO_SUCH_ARTICLE)
async def article_by_id(request: Request, params: Annotated[ArticleByIdParams, Query()]) -> Response:
    """Show a whole article."""
    return await json_response(request, _article(params.id))


@router.get("/api/articles/{id:path}", response_model=ArticleDetails, responses=NO_SUCH_ARTICLE)
async def article(request: Request, article_id: IdInPath, _: Annotated[Params, Query()]) -> Response:
    """Show a whole article."""
    return await json_response(request, _article(article_id))


def _article(article_id: str) -> Callable[[Searcher], ArticleDetails]:
    def details(searcher: Searcher) -> ArticleDetails:
        stored, reprints = searcher.article(article_id), searcher.reprints(article_id)
        if stored is None or reprints is None:
            raise NoSuchArticle(article_id)
        return ArticleDetails.of(stored, reprints)

    return details


@router.get("/api/related", response_model=RelatedArticles, responses=NO_SUCH_ARTICLE)
async def related_by_id(request: Request, params: Annotated[RelatedByIdParams, Query()]) -> Response:
    """Find the articles closest to an article, without its reprints."""
    return await json_response(request, _related(params.id, params.limit))


@router.get("/api/related/{id:path}", response_model=RelatedArticles, responses=NO_SUCH_ARTICLE)
async def related(request: Request, article_id: IdInPath, params: Annotated[RelatedParams, Query()]) -> Response:
    """Find the articles closest to an article, without its reprints."""
    return await json_response(request, _related(article_id, params.limit))


def _related(article_id: str, limit: int) -> Callable[[Searcher], RelatedArticles]:
    def related_articles(searcher: Searcher) -> RelatedArticles:
        hits = searcher.related(article_id, limit)
        if hits is None:
            raise NoSuchArticle(article_id)
        return RelatedArticles(article_id, hits)

    return related_articles


@router.get(
    "/api/export",
    response_class=StreamingResponse,
    responses={200: {"description": "JSON lines, an article a line.", "content": {"application/x-ndjson": {}}}},
)
async def export(request: Request, params: Annotated[ExportParams, Query()]) -> Response:
    """Export all articles, or those that match, as JSON lines that `souwen index` reads."""

    def chunks(searcher: Searcher) -> Iterator[bytes]:
        lines, size = [], 0
        for exported in searcher.articles(params.q, **params.filters()):
            lines.append(encode_json(article_record(exported)) + b"\n")
            size += len(lines[-1])
            if size >= EXPORT_CHUNK_BYTES:
                yield b"".join(lines)
                lines, size = [], 0
        yield b"".join(lines)

    headers = await cache_headers(request)
    if is_not_modified(request, headers):
        return Response(status_code=304, headers=headers)
    stream = searcher_pool_of(request).stream(chunks)
    first = await anext(stream)  # an invalid request fails here, before the response begins

    async def content() -> AsyncIterator[bytes]:
        yield first
        async for chunk in stream:
            yield chunk

    return StreamingResponse(content(), headers=headers, media_type="application/x-ndjson")


@router.get("/health", response_model=Health)
async def health(request: Request) -> Response:
    """Check that the index can be searched."""
    await searcher_pool_of(request).refresh()
    return Response(encode_json({"status": "ok"}), headers={"Cache-Control": "no-store"}, media_type="application/json")
