"""The API: the JSON of the command line, over HTTP."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from ..query import Searcher, as_json
from . import api_schema
from .errors import NoSuchArticle
from .params import (
    LONGEST_ID,
    ArticleAsked,
    ArticleAskedById,
    Asked,
    EntitiesAsked,
    ExportAsked,
    RelatedAsked,
    RelatedAskedById,
    SearchAsked,
    SuggestAsked,
    TimelineAsked,
)
from .responses import cache_headers, encode_json, is_not_modified, json_response
from .searcher_pool import searcher_pool_of

EXPORTED_AT_ONCE = 64 << 10  # bytes, about

IdInPath = Annotated[
    str,
    Path(
        alias="id",
        min_length=1,
        max_length=LONGEST_ID,
        description="The ID of an article, percent-encoded; slashes may stay as they are.",
        examples=["https://www.rfi.fr/cn/中国/20230929-中美高级外交官继续会晤以保持对话"],
    ),
]

router = APIRouter(responses=api_schema.FAILURES)


@router.get("/api/search", response_model=api_schema.Results)
async def search(request: Request, asked: Annotated[SearchAsked, Query()]) -> Response:
    """The articles that match, best first."""
    return await json_response(
        request,
        lambda searcher: as_json.results(
            searcher.search(
                asked.q,
                limit=asked.limit,
                offset=asked.offset,
                sort=asked.sort,
                recency=asked.recency,
                facets=asked.facet,
                explain=asked.explain,
                collapse=asked.collapse,
                **asked.filters(),
            )
        ),
    )


@router.get("/api/suggest", response_model=list[api_schema.Suggestion])
async def suggest(request: Request, asked: Annotated[SuggestAsked, Query()]) -> Response:
    """Words of the index that may be meant, those of most articles first."""
    return await json_response(request, lambda searcher: as_json.suggestions(searcher.suggest(asked.q, asked.limit)))


@router.get("/api/timeline", response_model=api_schema.Timeline)
async def timeline(request: Request, asked: Annotated[TimelineAsked, Query()]) -> Response:
    """How many articles match all of a query, by day, month or year of their publication."""
    return await json_response(
        request, lambda searcher: as_json.timeline(searcher.timeline(asked.q, by=asked.by, **asked.filters()))
    )


@router.get("/api/entities", response_model=api_schema.Names)
async def entities(request: Request, asked: Annotated[EntitiesAsked, Query()]) -> Response:
    """The names that most articles mention: of all articles, or of those that match all of a query."""

    def names(searcher: Searcher) -> as_json.Json:
        found = searcher.entities(
            asked.q,
            kinds=list(dict.fromkeys(asked.kind)),
            beside=asked.beside,
            over_time=asked.over_time,
            limit=asked.limit,
            **asked.filters(),
        )
        return as_json.names(found, over_time=asked.over_time)

    return await json_response(request, names)


@router.get("/api/stats", response_model=api_schema.Statistics)
async def stats(request: Request, _: Annotated[Asked, Query()]) -> Response:
    """How large the index is and what it was made with."""
    return await json_response(request, lambda searcher: as_json.statistics(searcher.statistics(), searcher.meta))


@router.get("/api/articles", response_model=api_schema.Article, responses=api_schema.NO_SUCH_ARTICLE)
async def article_by_id(request: Request, asked: Annotated[ArticleAskedById, Query()]) -> Response:
    """A whole article."""
    return await json_response(request, _article(asked.id))


@router.get("/api/articles/{id:path}", response_model=api_schema.Article, responses=api_schema.NO_SUCH_ARTICLE)
async def article(request: Request, article_id: IdInPath, _: Annotated[ArticleAsked, Query()]) -> Response:
    """A whole article."""
    return await json_response(request, _article(article_id))


def _article(article_id: str) -> Callable[[Searcher], as_json.Json]:
    def told(searcher: Searcher) -> as_json.Json:
        stored, reprints = searcher.article(article_id), searcher.reprints(article_id)
        if stored is None or reprints is None:
            raise NoSuchArticle(article_id)
        return as_json.article(stored, reprints)

    return told


@router.get("/api/related", response_model=api_schema.Related, responses=api_schema.NO_SUCH_ARTICLE)
async def related_by_id(request: Request, asked: Annotated[RelatedAskedById, Query()]) -> Response:
    """What else there is about the same as an article, without its reprints."""
    return await json_response(request, _related(asked.id, asked.limit))


@router.get("/api/related/{id:path}", response_model=api_schema.Related, responses=api_schema.NO_SUCH_ARTICLE)
async def related(request: Request, article_id: IdInPath, asked: Annotated[RelatedAsked, Query()]) -> Response:
    """What else there is about the same as an article, without its reprints."""
    return await json_response(request, _related(article_id, asked.limit))


def _related(article_id: str, limit: int) -> Callable[[Searcher], as_json.Json]:
    def told(searcher: Searcher) -> as_json.Json:
        hits = searcher.related(article_id, limit)
        if hits is None:
            raise NoSuchArticle(article_id)
        return as_json.related(article_id, hits)

    return told


@router.get(
    "/api/export",
    response_class=StreamingResponse,
    responses={200: {"description": "JSON lines, an article a line.", "content": {"application/x-ndjson": {}}}},
)
async def export(request: Request, asked: Annotated[ExportAsked, Query()]) -> Response:
    """All articles, or those that match, as JSON lines that `souwen index` reads."""

    def pieces(searcher: Searcher) -> Iterator[bytes]:
        lines, size = [], 0
        for each in searcher.articles(asked.q, **asked.filters()):
            lines.append(encode_json(as_json.record(each)) + b"\n")
            size += len(lines[-1])
            if size >= EXPORTED_AT_ONCE:
                yield b"".join(lines)
                lines, size = [], 0
        yield b"".join(lines)

    headers = await cache_headers(request)
    if is_not_modified(request, headers):
        return Response(status_code=304, headers=headers)
    stream = searcher_pool_of(request).stream(pieces)
    first = await anext(stream)  # what can't be asked for is told before the answer begins

    async def content() -> AsyncIterator[bytes]:
        yield first
        async for piece in stream:
            yield piece

    return StreamingResponse(content(), headers=headers, media_type="application/x-ndjson")


@router.get("/health", response_model=api_schema.Health)
async def health(request: Request) -> Response:
    """Whether the archive can be searched."""
    await searcher_pool_of(request).refresh()
    return Response(encode_json({"status": "ok"}), headers={"Cache-Control": "no-store"}, media_type="application/json")
