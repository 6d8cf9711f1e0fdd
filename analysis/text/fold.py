"""Folding: the form in which characters are compared.

Full width → half width, upper → lower case, traditional → simplified, accented Latin → plain, variant quotes, dashes
and dots → one of each, any white space → a space. One character always becomes one character, so an offset in folded
text is the same offset in the text as it was written.
"""

import sys
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

FOLD_TABLE_VERSION = 1


_LONG = 60  # characters from which numpy is faster


@cache
def _codes() -> NDArray[np.uint32]:
    """For every code point there is, that of the folded character."""
    folded: dict[int, int] = {}
    for line in files(__package__).joinpath("fold_table.txt").read_text("ascii").splitlines():
        if not line.startswith("#"):
            target, variants = line.split("\t")
            folded.update(dict.fromkeys((int(code, 16) for code in variants.split()), int(target, 16)))
    codes = np.arange(sys.maxunicode + 1, dtype="<u4")
    codes[list(folded)] = list(folded.values())
    return codes


@cache
def _table() -> str:
    """The folded characters up to the largest one that folds; later ones stay as they are. A string, because
    str.translate indexes one at twice the speed of a dictionary."""
    codes = _codes()
    largest = np.flatnonzero(codes != np.arange(len(codes)))[-1]
    return codes[: largest + 1].tobytes().decode("utf-32-le", "surrogatepass")


def fold(text: str) -> str:
    """The folded form of `text`, character for character: `len(fold(text)) == len(text)`."""
    if len(text) < _LONG:
        return text.translate(_table())
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    folded: bytes = _codes()[codes].tobytes()
    return folded.decode("utf-32-le", "surrogatepass")
