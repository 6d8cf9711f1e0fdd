"""Read articles from the bytes of a file: one module per format, chosen by content rather than by name."""

from . import warc
from .chunking import Chunk, Chunker
from .decoding import ReplacedCharacters, decode
from .detection import ReadItem, ReadItems, ReadPlan, has_simple_format, plan_reading, read, read_chunk, read_file
from .other_files import is_other_file
from .records import record_keys

__all__ = [
    "Chunk",
    "Chunker",
    "ReadItem",
    "ReadItems",
    "ReadPlan",
    "ReplacedCharacters",
    "decode",
    "has_simple_format",
    "is_other_file",
    "plan_reading",
    "read",
    "read_chunk",
    "read_file",
    "record_keys",
    "warc",
]
