"""Text → terms: folding, words, term streams, entities. Imports nothing of souwen's other rooms."""

from . import entities, pinyin
from .analyzer import NAME_JOINT, TITLE_END, Analyzer, name_words, text_of
from .article import AnalysedArticle, Article, Terms
from .entities import Entity, Kind
from .errors import SouwenError
from .fold import fold
from .normal_names import DOT, name_key, normal_names, with_dots
from .segment import Segmenter
from .visible import visible
from .words import HAN, Word

__all__ = [
    "DOT",
    "HAN",
    "NAME_JOINT",
    "TITLE_END",
    "AnalysedArticle",
    "Analyzer",
    "Article",
    "Entity",
    "Kind",
    "Segmenter",
    "SouwenError",
    "Terms",
    "Word",
    "entities",
    "fold",
    "name_key",
    "name_words",
    "normal_names",
    "pinyin",
    "text_of",
    "visible",
    "with_dots",
]
