"""Find files and divide them into units that are read at once: files, archive members and chunks of large files."""

from .read_units import ReadUnit, read_units
from .sampling import sample_articles
from .selection import Selection
from .walk import find_files

__all__ = ["ReadUnit", "Selection", "find_files", "read_units", "sample_articles"]
