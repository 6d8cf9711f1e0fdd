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
from .notes import Note
from .reprints import reprints_note
from .results import Explanation, Hit, Name, Reprint, Results, Snippet, Suggestion, marked_html
from .searcher import Searcher

__all__ = [
    "Evaluation",
    "EvaluationUnavailable",
    "Explanation",
    "Hit",
    "InvalidAliases",
    "InvalidDate",
    "InvalidRecency",
    "InvalidTestFile",
    "Name",
    "Note",
    "Reprint",
    "Results",
    "RunUnwritable",
    "Searcher",
    "SearcherClosed",
    "Snippet",
    "Suggestion",
    "evaluate",
    "marked_html",
    "reprints_note",
]
