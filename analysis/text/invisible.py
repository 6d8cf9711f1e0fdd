"""Makes text what it looks like: without characters that leave no trace on a screen, accents on their letters."""

import re
import unicodedata

# What nobody can see but every comparison would: controls, byte-order marks, soft hyphens, zero-width spaces, marks of
# text direction, halves of surrogate pairs; and a joiner next to a Han character (between emoji it has a meaning).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]+"
)
_JOINER = re.compile("(?<=[\u3400-\u9fff])\u200d|\u200d(?=[\u3400-\u9fff])")
_MARK = re.compile("[\u0300-\u036f]")
_ACCENTED = re.compile("[^\\W\\d_][\u0300-\u036f]+")


def strip_invisible(text: str) -> str:
    """`text` as a reader sees it; what can be read stays as it was written."""
    # Saves most texts the search: what is invisible is not printable, as these are not.
    if not (text.isprintable() or text.replace("\n", "").replace("\u3000", "").isprintable()):
        text = _JOINER.sub("", _INVISIBLE.sub("", text))
    if not _MARK.search(text):
        return text
    return _ACCENTED.sub(lambda found: unicodedata.normalize("NFC", found.group()), text)
