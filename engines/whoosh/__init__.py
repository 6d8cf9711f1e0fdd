"""The Whoosh engine: an index is a folder, and nothing but Python is needed to read it.

Whoosh keeps the segments, their merging, the locks and the table of contents; a codec of our own keeps what is in a
segment, in arrays. docs/segment.md draws it.
"""

from .engine import WhooshEngine

__all__ = ["WhooshEngine"]
