"""Text normalization and tokenization: folding, word segmentation, tokens."""

from .fold import fold
from .invisible import strip_invisible
from .segmenter import Segmenter
from .tokens import HAN, Token

__all__ = ["HAN", "Segmenter", "Token", "fold", "strip_invisible"]
