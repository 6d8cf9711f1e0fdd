"""A query string → ranked hits with snippets."""

from .errors import InvalidDate
from .notes import Note
from .results import Hit, Name, Results, Snippet, marked_html
from .searcher import Searcher

__all__ = ["Hit", "InvalidDate", "Name", "Note", "Results", "Searcher", "Snippet", "marked_html"]
