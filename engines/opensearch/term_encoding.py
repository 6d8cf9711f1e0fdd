"""Terms and keywords in the form in which servers keep them.

The servers' `whitespace` analyzer cuts a text at white space, after 255 characters at the latest, and nothing else; so
terms are sent as one text, with what would cut them escaped: a space in a term is `\\20;`.
"""

import re
from collections.abc import Iterable
from hashlib import blake2b

from ...analysis import TermStreams

LONGEST_TERM = 120  # characters of an escaped term; a longer one keeps its beginning and a digest
LONGEST_KEYWORD = 1_000  # characters; likewise
_DIGEST = 16  # bytes
_CUTTING = re.compile(r"[\s\x00-\x1f\x7f\u180e\\\ud800-\udfff]")  # what cuts, what can't be sent, the escape itself
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def term(text: str) -> str:
    """A term as it is indexed and asked for."""
    return _bounded(text if text.isalnum() else _CUTTING.sub(_escaped, text), LONGEST_TERM)


def terms(texts: Iterable[str]) -> str:
    """Terms as one text."""
    return " ".join(map(term, texts))


def bigrams(folded: str) -> str:
    """The pairs of a folded text, in sequence. A string of three characters and more stands where its own do, as a
    phrase."""
    characters = _characters(folded)
    return " ".join(map(str.__add__, characters, characters[1:]))


def unigrams(streams: TermStreams) -> str:
    """The single characters of a text."""
    return " ".join(_characters(streams.unigrams))


def keyword(value: str) -> str:
    """A keyword as it is indexed and asked for."""
    return _bounded(shown(value), LONGEST_KEYWORD)


def shown(text: str) -> str:
    """`text` with the halves of surrogate pairs, which nobody could read and no JSON holds, exchanged for ?."""
    return _LONE_SURROGATE.sub("?", text)


def _characters(text: str) -> list[str]:
    characters = list(text)
    for match in _CUTTING.finditer(text):
        characters[match.start()] = _escaped(match)
    return characters


def _escaped(match: re.Match[str]) -> str:
    return f"\\{ord(match[0]):x};"


def _bounded(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return f"{text[: most // 2]}\\#{blake2b(text.encode(), digest_size=_DIGEST).hexdigest()}"
