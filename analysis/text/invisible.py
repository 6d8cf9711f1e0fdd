"""Removal of invisible characters, and composition of accents, in the text of articles and queries."""

import re
import unicodedata

# Characters that no reader sees but every comparison does: controls, byte-order marks, soft hyphens, zero-width spaces,
# direction marks, unpaired surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]+"
)
# A zero-width joiner next to a Han character; between emoji it has a meaning and stays.
_JOINER = re.compile("(?<=[\u3400-\u9fff])\u200d|\u200d(?=[\u3400-\u9fff])")
_COMBINING_MARK = re.compile("[\u0300-\u036f]")
_ACCENTED_LETTER = re.compile("[^\\W\\d_][\u0300-\u036f]+")


def strip_invisible(text: str) -> str:
    """Return `text` as a reader sees it; visible characters stay as written.

    Invisible characters are removed, and accents are composed with their letters (NFC).
    """
    # Shortcut: invisible characters are not printable, so most texts need no regular expression.
    if not (text.isprintable() or text.replace("\n", "").replace("\u3000", "").isprintable()):
        text = _JOINER.sub("", _INVISIBLE.sub("", text))
    if not _COMBINING_MARK.search(text):
        return text
    return _ACCENTED_LETTER.sub(lambda match: unicodedata.normalize("NFC", match.group()), text)
