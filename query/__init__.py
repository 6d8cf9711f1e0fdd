"""Search: a query string → ranked hits with snippets, facets, timelines and related articles."""

from ..engines import FACET_FIELDS, FacetCount
from .defaults import FACET_LIMIT, LIMIT
from .entities import ENTITY_KINDS
from .errors import (
    EvaluationUnavailable,
    InvalidAliases,
    InvalidDate,
    InvalidFacet,
    InvalidOption,
    InvalidPeriod,
    InvalidRecency,
    InvalidTestFile,
    PandasUnavailable,
    RunUnwritable,
    SearcherClosed,
    UnknownFilter,
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
from .rows import HIT_COLUMNS, hit_row
from .searcher import Searcher, index_version

__all__ = [
    "ENTITY_KINDS",
    "FACET_FIELDS",
    "FACET_LIMIT",
    "HIT_COLUMNS",
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
    "InvalidOption",
    "InvalidPeriod",
    "InvalidRecency",
    "InvalidTestFile",
    "MentionedDate",
    "Note",
    "PandasUnavailable",
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
    "UnknownFilter",
    "article_record",
    "evaluate",
    "hit_row",
    "index_version",
    "marked_html",
    "reprints_note",
]
