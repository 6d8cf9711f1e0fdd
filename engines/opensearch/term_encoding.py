r"""Encoding of terms and keywords for the servers.

Terms are sent as one text, separated by spaces. The servers' `whitespace` analyzer splits it at white space, and after
255 characters, but nowhere else. Characters at which it would split a term are escaped: a space in a term is `\20;`.
"""

import re
from collections.abc import Iterable
from hashlib import blake2b

from ...analysis import TermStreams

MAX_TERM_LENGTH = 120  # characters of an escaped term; a longer one is shortened to its beginning and a digest
MAX_KEYWORD_LENGTH = 1_000  # characters; a longer one is shortened likewise
_DIGEST_SIZE = 16  # bytes
# White space and control characters split terms, surrogates cannot be sent, and the backslash is the escape itself.
_ESCAPED = re.compile(r"[\s\x00-\x1f\x7f\u180e\\\ud800-\udfff]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def encode_term(text: str) -> str:
    """Return a term as it is indexed and searched for."""
    return _shorten(text if text.isalnum() else _ESCAPED.sub(_escape, text), MAX_TERM_LENGTH)


def encode_terms(texts: Iterable[str]) -> str:
    """Return terms as one text."""
    return " ".join(map(encode_term, texts))


def encode_bigrams(folded: str) -> str:
    """Return the bigrams of a folded text as one text.

    A string of three characters or more matches as the phrase of its own bigrams.
    """
    characters = _encode_characters(folded)
    return " ".join(map(str.__add__, characters, characters[1:]))


def encode_unigrams(streams: TermStreams) -> str:
    """Return the unigrams as one text."""
    return " ".join(_encode_characters(streams.unigrams))


def encode_keyword(value: str) -> str:
    """Return a keyword as it is indexed and searched for."""
    return _shorten(replace_surrogates(value), MAX_KEYWORD_LENGTH)


def replace_surrogates(text: str) -> str:
    """Return `text` with lone surrogates, which JSON cannot hold, replaced by `?`."""
    return _LONE_SURROGATE.sub("?", text)


def _encode_characters(text: str) -> list[str]:
    characters = list(text)
    for match in _ESCAPED.finditer(text):
        characters[match.start()] = _escape(match)
    return characters


def _escape(match: re.Match[str]) -> str:
    return f"\\{ord(match[0]):x};"


def _shorten(text: str, max_length: int) -> str:
    if len(text) <= max_length:
        return text
    return f"{text[: max_length // 2]}\\#{blake2b(text.encode(), digest_size=_DIGEST_SIZE).hexdigest()}"
