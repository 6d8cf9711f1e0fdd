"""MCP server: the archive as tools for assistants, over standard input and output or over HTTP.

The Model Context Protocol is described at https://modelcontextprotocol.io.
"""

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
from .errors import hide_details
from .mcp_schema import line
from .mcp_tools import INSTRUCTIONS, TOOLS
from .rate_limit import RateLimiter
from .searcher_pool import SearcherPool

if sys.version_info < (3, 11):
    from exceptiongroup import ExceptionGroup

PATH = "/mcp"
MAX_BODY_BYTES = 100_000  # of a request over HTTP
_TOOLS_BY_NAME = {tool.name: tool for tool in TOOLS}
_READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

_Context = ServerRequestContext[dict[str, object]]


def serve_stdio(index: str) -> None:
    """Serve over standard input and output until the client closes standard input.

    Raises:
        SouwenError: Whatever `SearcherPool` raises.
    """
    server = _make_server(SearcherPool(index), is_remote=False)
    # Python cannot interrupt the thread that waits for input, so an interrupt ends the process at once. No data is
    # lost, because the server writes no files.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        anyio.run(_serve_stdio, server)
    except ExceptionGroup as errors:
        other_errors = errors.split(BrokenPipeError)[1]  # a broken pipe means that the client has gone
        if other_errors is not None:
            raise other_errors from None


async def _serve_stdio(server: Server[dict[str, object]]) -> None:
    async with stdio_server() as (read_stream, write_stream):
        await server.run(read_stream, write_stream, server.create_initialization_options())


def create_app(
    index: str, *, time_limit: float, threads: int, rate: float, hosts: Iterable[str], token: str
) -> Starlette:
    """Return the application that serves at PATH over HTTP.

    The options are those of `app.create_app`. With `hosts`, the server checks the Host and Origin headers, so that no
    page of another site can use it.

    Raises:
        SouwenError: Whatever `SearcherPool` raises.
    """
    host_names = [f"[{name}]" if ":" in name else name for name in hosts]
    server = _make_server(SearcherPool(index, time_limit=time_limit, threads=threads), is_remote=True)
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,  # sessions would pile up
        json_response=True,
        max_request_body_size=MAX_BODY_BYTES,
        transport_security=TransportSecuritySettings(
            enable_dns_rebinding_protection=bool(host_names),
            allowed_hosts=[f"{name}{port}" for name in host_names for port in ("", ":*")],
            allowed_origins=[
                f"{scheme}://{name}{port}" for name in host_names for scheme in ("http", "https") for port in ("", ":*")
            ],
        ),
    )
    from .middleware import RequestGuardMiddleware  # imports FastAPI, which serve_stdio() does not need

    app.add_middleware(
        RequestGuardMiddleware,
        hosts=(),  # the transport checks them, see above
        token=token,
        rate_limiter=RateLimiter(rate),
        allow_bodies=True,
    )
    return app


def _make_server(pool: SearcherPool, *, is_remote: bool) -> Server[dict[str, object]]:
    """Return a protocol server for the tools of `mcp_tools`, which closes the pool when it stops.

    If it `is_remote`, its clients do not see folders and hosts that errors of the index name.
    """

    @asynccontextmanager
    async def lifespan(_: Server[dict[str, object]]) -> AsyncIterator[dict[str, object]]:
        yield {}
        pool.close()

    async def list_tools(_: _Context, __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(
            tools=[
                Tool(
                    name=tool.name,
                    title=tool.title,
                    description=tool.description,
                    input_schema=tool.arguments.model_json_schema(),
                    output_schema=tool.result.model_json_schema(mode="serialization"),
                    annotations=_READ_ONLY,
                )
                for tool in TOOLS
            ]
        )

    async def call_tool(_: _Context, call: CallToolRequestParams) -> CallToolResult:
        if call.name not in _TOOLS_BY_NAME:
            raise MCPError(
                INVALID_PARAMS, f"there is no tool {line(call.name)}: use one of {', '.join(_TOOLS_BY_NAME)}"
            )
        tool = _TOOLS_BY_NAME[call.name]
        try:
            arguments = tool.arguments.model_validate(call.arguments or {})
            with use_language(arguments.lang or current_language.get()):
                result = await pool.run(lambda searcher: tool.run(searcher, arguments))
        except ValidationError as error:
            return _error_result(_summarize(error))
        except SouwenError as error:
            return _error_result(str(hide_details(error) if is_remote else error))
        return CallToolResult(
            content=[TextContent(text=result.model_dump_json())], structured_content=result.model_dump(mode="json")
        )

    return Server(
        "souwen",
        version=version("souwen"),
        title="搜文",
        instructions=INSTRUCTIONS,
        lifespan=lifespan,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _error_result(message: str) -> CallToolResult:
    """Return an error as a tool result, which the assistant reads. Protocol errors only reach its program."""
    return CallToolResult(content=[TextContent(text=message)], is_error=True)


def _summarize(error: ValidationError) -> str:
    """Return what is wrong with the arguments of a call, in one line."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return line("; ".join(f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}" for detail in details))
