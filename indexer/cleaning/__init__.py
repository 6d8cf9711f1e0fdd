"""Remove lines that are not part of the article: known boilerplate, and lines that a source repeats."""

from .boilerplate import is_boilerplate
from .cleaner import Cleaner, clean_lines, clean_title, split_date_line
from .repeated_lines import RepeatedLines, find_repeated_lines

__all__ = [
    "Cleaner",
    "RepeatedLines",
    "clean_lines",
    "clean_title",
    "find_repeated_lines",
    "is_boilerplate",
    "split_date_line",
]
