"""Search of an index: a query string → ranked hits with snippets, facets, entities and timelines."""

from ..engines import FacetCount
from . import as_json
from .entities import ENTITY_KINDS, EntityCount, EntityCounts
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
from .facets import FACET_FIELDS
from .filters import Filters
from .near_duplicates import reprints_note
from .notes import Note
from .results import Entity, Explanation, Highlights, Hit, Reprint, Results, Snippet, Suggestion, marked_html
from .searcher import Searcher, index_version
from .timeline import Step, Timeline

__all__ = [
    "ENTITY_KINDS",
    "FACET_FIELDS",
    "Entity",
    "EntityCount",
    "EntityCounts",
    "Evaluation",
    "EvaluationUnavailable",
    "Explanation",
    "FacetCount",
    "Filters",
    "Highlights",
    "Hit",
    "InvalidAliases",
    "InvalidDate",
    "InvalidFacet",
    "InvalidRecency",
    "InvalidTestFile",
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
