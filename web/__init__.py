"""The archive over HTTP: a page to search with, and an API to build on."""

from typing import TYPE_CHECKING, Any

from .server import LOOPBACK, is_loopback, run

if TYPE_CHECKING:
    from .app import create_app

__all__ = ["LOOPBACK", "create_app", "is_loopback", "run"]


def __getattr__(name: str) -> Any:
    # Tools for assistants, which are started for each conversation, need no FastAPI: a sixth of their time to start.
    if name == "create_app":
        from .app import create_app

        return create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
