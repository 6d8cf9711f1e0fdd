"""A query string → ranked hits with snippets."""

from .errors import (
    EvaluationUnavailable,
    InvalidAliases,
    InvalidDate,
    InvalidRecency,
    InvalidTestFile,
    RunUnwritable,
    SearcherClosed,
)
from .evaluation import Evaluation, evaluate
from .filters import Filters
from .notes import Note
from .results import Explanation, Hit, Name, Results, Snippet, Suggestion, marked_html
from .searcher import Searcher

__all__ = [
    "Evaluation",
    "EvaluationUnavailable",
    "Explanation",
    "Filters",
    "Hit",
    "InvalidAliases",
    "InvalidDate",
    "InvalidRecency",
    "InvalidTestFile",
    "Name",
    "Note",
    "Results",
    "RunUnwritable",
    "Searcher",
    "SearcherClosed",
    "Snippet",
    "Suggestion",
    "evaluate",
    "marked_html",
]
