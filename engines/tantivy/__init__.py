"""The Tantivy engine, for archives of millions of articles on one machine."""

from .engine import TantivyEngine

__all__ = ["TantivyEngine"]
