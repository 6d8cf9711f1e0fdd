"""Text analysis: text → terms, named entities, dates and near-duplicate sketches."""

from .analyzer import NAME_JOINT, TITLE_END, Analyzer, entity_tokens, searchable_text
from .article import AnalyzedArticle, Article, TermStreams
from .dates import DateMention, Period, extract_dates
from .names import (
    INTERPUNCT,
    EntityKind,
    EntityMention,
    canonical_names,
    extract_entities,
    name_key,
    with_interpuncts,
)
from .near_duplicates import MIN_SHARED_SKETCH_VALUES, ArticleFingerprint, split_sketch
from .text import HAN, JoinedText, Segmenter, Token, find_gaps, fold, join_name, remove_gaps, strip_invisible

__all__ = [
    "HAN",
    "INTERPUNCT",
    "MIN_SHARED_SKETCH_VALUES",
    "NAME_JOINT",
    "TITLE_END",
    "AnalyzedArticle",
    "Analyzer",
    "Article",
    "ArticleFingerprint",
    "DateMention",
    "EntityKind",
    "EntityMention",
    "JoinedText",
    "Period",
    "Segmenter",
    "TermStreams",
    "Token",
    "canonical_names",
    "entity_tokens",
    "extract_dates",
    "extract_entities",
    "find_gaps",
    "fold",
    "join_name",
    "name_key",
    "remove_gaps",
    "searchable_text",
    "split_sketch",
    "strip_invisible",
    "with_interpuncts",
]
