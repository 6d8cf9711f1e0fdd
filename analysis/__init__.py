"""Text → terms: folding, words, term streams, entities, dates. Imports nothing of souwen's other rooms."""

from . import dates, entities, pinyin
from .analyzer import NAME_JOINT, TITLE_END, Analyzer, name_words, text_of
from .article import AnalysedArticle, Article, Terms
from .dates import DateMention
from .entities import Entity
from .errors import SouwenError
from .fold import fold
from .name_rules import Kind
from .normal_names import DOT, name_key, normal_names, with_dots
from .periods import Period
from .reprints import SHARED_VALUES, Opening, split_sketch
from .segment import Segmenter
from .visible import visible
from .words import HAN, Word

__all__ = [
    "DOT",
    "HAN",
    "NAME_JOINT",
    "SHARED_VALUES",
    "TITLE_END",
    "AnalysedArticle",
    "Analyzer",
    "Article",
    "DateMention",
    "Entity",
    "Kind",
    "Opening",
    "Period",
    "Segmenter",
    "SouwenError",
    "Terms",
    "Word",
    "dates",
    "entities",
    "fold",
    "name_key",
    "name_words",
    "normal_names",
    "pinyin",
    "split_sketch",
    "text_of",
    "visible",
    "with_dots",
]
