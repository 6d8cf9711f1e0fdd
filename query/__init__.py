"""Search: a query string → ranked hits with snippets, facets, timelines and related articles."""

from ..engines import FACET_FIELDS, FacetCount
from .defaults import FACET_LIMIT, LIMIT
from .entities import ENTITY_KINDS
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
from .near_duplicates import reprints_note
from .notes import Note
from .results import (
    ArticleDetails,
    Entity,
    EntityCount,
    EntityCounts,
    Explanation,
    Highlights,
    Hit,
    IndexInfo,
    MentionedDate,
    RelatedArticles,
    Reprint,
    Result,
    Results,
    Snippet,
    Suggestion,
    Timeline,
    TimelineStep,
    article_record,
    marked_html,
)
from .searcher import Searcher, index_version

__all__ = [
    "ENTITY_KINDS",
    "FACET_FIELDS",
    "FACET_LIMIT",
    "LIMIT",
    "ArticleDetails",
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
    "IndexInfo",
    "InvalidAliases",
    "InvalidDate",
    "InvalidFacet",
    "InvalidRecency",
    "InvalidTestFile",
    "MentionedDate",
    "Note",
    "RelatedArticles",
    "Reprint",
    "Result",
    "Results",
    "RunUnwritable",
    "Searcher",
    "SearcherClosed",
    "Snippet",
    "Suggestion",
    "Timeline",
    "TimelineStep",
    "article_record",
    "evaluate",
    "index_version",
    "marked_html",
    "reprints_note",
]
