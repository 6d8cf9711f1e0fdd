"""The archive over HTTP: a page to search with, and an API to build on."""

from .app import create_app
from .server import LOOPBACK, is_loopback, run

__all__ = ["LOOPBACK", "create_app", "is_loopback", "run"]
