"""A query string → ranked hits with snippets."""

from ..engines import Counted
from . import as_json
from .counts import FACET_FIELDS
from .entities import KINDS, Mentioned, Names
from .errors import (
    EvaluationUnavailable,
    InvalidAliases,
    InvalidDate,
    InvalidFacet,
    InvalidRecency,
    InvalidTestFile,
    RunUnwritable,
    SearcherClosed,
)
from .evaluation import Evaluation, evaluate
from .filters import Filters
from .notes import Note
from .reprints import reprints_note
from .results import Explanation, Highlights, Hit, Name, Reprint, Results, Snippet, Suggestion, marked_html
from .searcher import Searcher
from .timeline import Step, Timeline
from .version import index_version

__all__ = [
    "FACET_FIELDS",
    "KINDS",
    "Counted",
    "Evaluation",
    "EvaluationUnavailable",
    "Explanation",
    "Filters",
    "Highlights",
    "Hit",
    "InvalidAliases",
    "InvalidDate",
    "InvalidFacet",
    "InvalidRecency",
    "InvalidTestFile",
    "Mentioned",
    "Name",
    "Names",
    "Note",
    "Reprint",
    "Results",
    "RunUnwritable",
    "Searcher",
    "SearcherClosed",
    "Snippet",
    "Step",
    "Suggestion",
    "Timeline",
    "as_json",
    "evaluate",
    "index_version",
    "marked_html",
    "reprints_note",
]
