"""What a reader would not call the article goes: lines that a table names, and lines that a source repeats."""

from .boilerplate import is_boilerplate
from .cleaner import Cleaner, clean_title, shown_lines, split_date_line
from .repeated_lines import Repeated, repeated_lines

__all__ = [
    "Cleaner",
    "Repeated",
    "clean_title",
    "is_boilerplate",
    "repeated_lines",
    "shown_lines",
    "split_date_line",
]
