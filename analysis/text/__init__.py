"""Text normalization and tokenization: folding, word segmentation, tokens."""

from .fold import fold
from .invisible import strip_invisible
from .layout import JoinedText, find_gaps, join_name, remove_gaps
from .segmenter import Segmenter
from .tokens import HAN, Token

__all__ = [
    "HAN",
    "JoinedText",
    "Segmenter",
    "Token",
    "find_gaps",
    "fold",
    "join_name",
    "remove_gaps",
    "strip_invisible",
]
