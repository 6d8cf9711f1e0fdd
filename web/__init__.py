"""The archive over HTTP: a page to search with, and an API to build on."""

from .app import create_app
from .server import run

__all__ = ["create_app", "run"]
