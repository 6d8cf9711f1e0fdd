"""A query string → ranked hits with snippets."""

from .errors import InvalidAliases, InvalidDate
from .notes import Note
from .results import Explanation, Hit, Name, Results, Snippet, Suggestion, marked_html
from .searcher import Searcher

__all__ = [
    "Explanation",
    "Hit",
    "InvalidAliases",
    "InvalidDate",
    "Name",
    "Note",
    "Results",
    "Searcher",
    "Snippet",
    "Suggestion",
    "marked_html",
]
