"""Folding: the form in which characters are compared.

Full width → half width, upper → lower case, traditional → simplified, accented Latin → plain, variant quotes, dashes
and dots → one of each, any white space → a space. One character always becomes one character, so an offset in folded
text is the same offset in the text as it was written.
"""

from functools import cache
from importlib.resources import files

FOLD_TABLE_VERSION = 1


@cache
def _table() -> str:
    """The folded character of every code point up to the largest one that folds; later ones stay as they are."""
    variants: dict[int, str] = {}
    for line in files(__package__).joinpath("fold_table.txt").read_text("ascii").splitlines():
        if not line.startswith("#"):
            target, codes = line.split("\t")
            variants.update(dict.fromkeys((int(code, 16) for code in codes.split()), chr(int(target, 16))))
    # A string, because str.translate indexes one at twice the speed of a dictionary.
    return "".join(variants.get(code) or chr(code) for code in range(max(variants) + 1))


def fold(text: str) -> str:
    """The folded form of `text`, character for character: `len(fold(text)) == len(text)`."""
    return text.translate(_table())
