"""HTTP server of an archive: the search page, the JSON API, and an MCP server for assistants."""

from typing import TYPE_CHECKING, Any

from .server import LOOPBACK, is_loopback, run

if TYPE_CHECKING:
    from .app import create_app

__all__ = ["LOOPBACK", "create_app", "is_loopback", "run"]


def __getattr__(name: str) -> Any:
    # Assistants start the MCP server for each conversation. It skips FastAPI, whose import takes a sixth of the time.
    if name == "create_app":
        from .app import create_app

        return create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
