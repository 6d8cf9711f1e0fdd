"""The archive as tools of an assistant, by the Model Context Protocol: over standard input and output, or over HTTP."""

import signal
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from importlib.metadata import version

import anyio
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import ValidationError
from starlette.applications import Starlette

from ..messages import SouwenError, current_language, use_language
from .mcp_schema import line
from .mcp_tools import INSTRUCTIONS, TOOLS
from .rate_limit import Rates
from .searcher_pool import Archive

if sys.version_info < (3, 11):
    from exceptiongroup import ExceptionGroup

PATH = "/mcp"
MOST_BODY = 100_000  # bytes of a request over HTTP
_BY_NAME = {tool.name: tool for tool in TOOLS}
_READING = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

_Context = ServerRequestContext[dict[str, object]]


def serve_stdio(index: str) -> None:
    """Serves the program that started this one, until it closes standard input. Raises what `Archive` raises."""
    server = _server(Archive(index))
    # A thread that waits for input cannot be interrupted, and nothing is written that could be lost.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        anyio.run(_serve_stdio, server)
    except ExceptionGroup as failures:
        others = failures.split(BrokenPipeError)[1]  # who does not read the answers any more is served no longer
        if others is not None:
            raise others from None


async def _serve_stdio(server: Server[dict[str, object]]) -> None:
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def create_app(index: str, *, seconds: float, threads: int, rate: float, hosts: Iterable[str], token: str) -> Starlette:
    """The application that serves at PATH over HTTP; for its options see `app.create_app`. With `hosts`, pages of
    strangers are refused, under whatever name they found this machine. Raises what `Archive` raises."""
    names = [f"[{name}]" if ":" in name else name for name in hosts]
    app = _server(Archive(index, seconds=seconds, threads=threads)).streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,  # nothing is kept between requests, so nothing can pile up
        json_response=True,
        max_request_body_size=MOST_BODY,
        transport_security=TransportSecuritySettings(
            enable_dns_rebinding_protection=bool(names),
            allowed_hosts=[f"{name}{port}" for name in names for port in ("", ":*")],
            allowed_origins=[f"http{s}://{name}{port}" for name in names for s in ("", "s") for port in ("", ":*")],
        ),
    )
    from .middleware import Guards  # with it comes FastAPI, which nobody needs over standard input

    app.add_middleware(Guards, hosts=(), token=token, rates=Rates(rate), bodies=True)
    return app


def _server(archive: Archive) -> Server[dict[str, object]]:
    """The tools of `tools`, in terms of the protocol; closes the archive when it has served."""

    @asynccontextmanager
    async def running(_: Server[dict[str, object]]) -> AsyncIterator[dict[str, object]]:
        yield {}
        archive.close()

    async def list_tools(_: _Context, __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(
            tools=[
                Tool(
                    name=tool.name,
                    title=tool.title,
                    description=tool.description,
                    input_schema=tool.arguments.model_json_schema(),
                    output_schema=tool.result.model_json_schema(mode="serialization"),
                    annotations=_READING,
                )
                for tool in TOOLS
            ]
        )

    async def call_tool(_: _Context, called: CallToolRequestParams) -> CallToolResult:
        if called.name not in _BY_NAME:
            raise MCPError(INVALID_PARAMS, f"there is no tool {line(called.name)}: use one of {', '.join(_BY_NAME)}")
        tool = _BY_NAME[called.name]
        try:
            asked = tool.arguments.model_validate(called.arguments or {})
            with use_language(asked.lang or current_language.get()):
                answer = await archive.ask(lambda searcher: tool.run(searcher, asked))
        except ValidationError as error:
            return _failure(_sentence(error))
        except SouwenError as error:
            return _failure(str(error))
        return CallToolResult(
            content=[TextContent(text=answer.model_dump_json())], structured_content=answer.model_dump(mode="json")
        )

    return Server(
        "souwen",
        version=version("souwen"),
        title="搜文",
        instructions=INSTRUCTIONS,
        lifespan=running,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _failure(sentence: str) -> CallToolResult:
    """What the assistant, not its program, is to read and act on."""
    return CallToolResult(content=[TextContent(text=sentence)], is_error=True)


def _sentence(error: ValidationError) -> str:
    """What is wrong with arguments, in a line."""
    wrong = error.errors(include_url=False, include_context=False, include_input=False)
    return line("; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong))
