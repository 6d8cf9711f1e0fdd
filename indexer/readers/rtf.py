"""RTF, the older exchange format of word processors."""

import re
from collections.abc import Iterator

from ...analysis import Article, strip_invisible
from ..cleaning import clean_lines
from ..limits import Limits
from .documents import damaged_error, make_document
from .refusal import needs_extra

_SIGNATURE = b"{\\rtf"
_NOTE = re.compile(r"\{(?:\\\*)?\\footnote\b")
_BRACE = re.compile(r"\\[\\{}]|([{}])")  # an escaped brace has no group


def recognizes(_name: str, data: bytes) -> bool:
    """Return whether a file has the signature of the format."""
    return data.startswith(_SIGNATURE)


def read(path: str, data: bytes, _limits: Limits) -> Iterator[Article]:
    """Yield the article of a document. Raises ReadError."""
    try:
        from striprtf.striprtf import rtf_to_text
    except ImportError as error:
        raise needs_extra("RTF") from error
    try:
        text = rtf_to_text(_move_notes(data.decode("latin-1")), errors="replace")  # type: ignore[no-untyped-call]
    except (LookupError, ValueError, ArithmeticError, AttributeError, TypeError) as error:
        raise damaged_error("RTF", error) from error
    yield make_document(path, clean_lines(strip_invisible(text).split("\n")))


def _move_notes(text: str) -> str:
    """Move the notes to the end of a document: the library leaves them out where they stand."""
    parts, notes, position = [], [], 0
    for start in (match.start() for match in _NOTE.finditer(text)):
        if start < position:  # a note in a note
            continue
        end = _find_group_end(text, start)
        parts.append(text[position:start])
        notes.append(_NOTE.sub(r"{\\par", text[start:end]))
        position = end
    end = text.rfind("}", position)
    if not notes or end < 0:
        return text
    return "".join([*parts, text[position:end], *notes, text[end:]])


def _find_group_end(text: str, start: int) -> int:
    """Return the offset behind the group that begins at `start`."""
    depth = 0
    for brace in _BRACE.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(brace[1] or "", 0)
        if not depth:
            return brace.end()
    return len(text)
