"""Folding: maps each character to the form in which terms are compared.

Full width → half width, upper → lower case, traditional → simplified, accented Latin → plain, variant quotes, dashes
and dots → one of each, any white space → a space. One character always becomes one character, so an offset in folded
text is the same offset in the original text.
"""

import sys
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

FOLD_TABLE_VERSION = 1  # part of the analyzer's fingerprint; raise it when the table changes
_MIN_LENGTH_FOR_NUMPY = 60  # characters; numpy is faster from here on


@cache
def _folded_codes() -> NDArray[np.uint32]:
    """Return an array that maps every Unicode code point to its folded code point."""
    folded: dict[int, int] = {}
    for line in files(__package__).joinpath("fold_table.txt").read_text("ascii").splitlines():
        if not line.startswith("#"):
            target, variants = line.split("\t")
            folded.update(dict.fromkeys((int(code, 16) for code in variants.split()), int(target, 16)))
    codes = np.arange(sys.maxunicode + 1, dtype="<u4")
    codes[list(folded)] = list(folded.values())
    return codes


@cache
def _translation_table() -> str:
    """Return a table for `str.translate`: the folded characters up to the largest code point that changes.

    The table is a string because `str.translate` reads one twice as fast as a dictionary.
    """
    codes = _folded_codes()
    largest = np.flatnonzero(codes != np.arange(len(codes)))[-1]
    return codes[: largest + 1].tobytes().decode("utf-32-le", "surrogatepass")


def fold(text: str) -> str:
    """Return the folded form of `text`, character for character: `len(fold(text)) == len(text)`."""
    if len(text) < _MIN_LENGTH_FOR_NUMPY:
        return text.translate(_translation_table())
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    folded: bytes = _folded_codes()[codes].tobytes()
    return folded.decode("utf-32-le", "surrogatepass")
