"""Saved pages: the article among the boxes of a page, its title and its date."""

from .blocks import Block, build_blocks
from .candidates import find_article, is_navigation
from .date import find_date
from .metadata import Metadata
from .script_data import find_script_article
from .text import article_lines
from .title import find_title

__all__ = [
    "Block",
    "Metadata",
    "article_lines",
    "build_blocks",
    "find_article",
    "find_date",
    "find_script_article",
    "find_title",
    "is_navigation",
]
