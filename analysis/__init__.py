"""Text → terms: folding, words, term streams, entities. Imports nothing of souwen's other rooms."""

from . import entities, pinyin
from .analyzer import NAME_JOINT, TITLE_END, Analyzer, name_words, text_of
from .article import AnalysedArticle, Article, Terms
from .entities import Entity, Kind
from .errors import SouwenError
from .fold import fold
from .reprints import SHARED_VALUES, Opening, split_sketch
from .segment import Segmenter
from .visible import visible
from .words import HAN, Word

__all__ = [
    "HAN",
    "NAME_JOINT",
    "SHARED_VALUES",
    "TITLE_END",
    "AnalysedArticle",
    "Analyzer",
    "Article",
    "Entity",
    "Kind",
    "Opening",
    "Segmenter",
    "SouwenError",
    "Terms",
    "Word",
    "entities",
    "fold",
    "name_words",
    "pinyin",
    "split_sketch",
    "text_of",
    "visible",
]
