"""The Whoosh engine: an index is a folder, in pure Python and numpy.

Whoosh keeps the table of contents, the locks and the merge policy. souwen's own codec keeps the contents of a segment,
in arrays; docs/segment.md describes the files.
"""

from .engine import WhooshEngine

__all__ = ["WhooshEngine"]
