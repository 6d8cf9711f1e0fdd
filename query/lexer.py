"""Lexer of the query language: operators, brackets, field names, quoted texts and words.

The lexer also accepts full-width operators. Typographic quotation marks (“ ” 「 」) quote only where they stand apart
from other characters: inside a pasted sentence they are punctuation.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from ..analysis import fold

MAX_QUOTE_DEPTH = 16  # pairs of quotation marks inside a quoted text
_MINUS_SIGNS = "-－−"  # other dashes precede words in running text, where they exclude nothing
_CLOSING_QUOTES = {"“": "”", "„": "“", "「": "」", "『": "』", "﹁": "﹂", "﹃": "﹄", "｢": "｣"}
_TYPOGRAPHIC_QUOTES = frozenset("".join(_CLOSING_QUOTES) + "".join(_CLOSING_QUOTES.values()))
# The characters that may precede a typographic quotation mark that quotes, and those that may follow it.
_BEFORE_QUOTE, _AFTER_QUOTE = {*" (:-", *_CLOSING_QUOTES.values()}, {*" )", *_CLOSING_QUOTES}
_ESCAPED_QUOTE = re.compile(r"\\([\"\\“”「」『』])")
_WORD = re.compile(r"[^\s()\"]+")


class QueryToken(NamedTuple):
    """A token of a query.

    `kind` is one of open, close, or, and, not, field, quoted, unpaired (a quotation mark without its partner) and word.
    `text` is as typed, except that the name of a field is folded. The token is `query[start:end]`, with the marks of a
    quoted text and with the colon of a field.
    """

    kind: str
    text: str
    start: int
    end: int


def tokenize(query: str, field_names: Iterable[str]) -> list[QueryToken]:
    """Return the tokens of a query; a colon after one of `field_names` makes that name a field."""
    # Operators count only where a token can begin: after a space or an opening bracket. A query that begins with -10
    # begins with a number, since there is nothing yet to exclude from.
    pattern = re.compile(
        rf"""
          (?P<space>\s+)
        | (?P<open>\()
        | (?P<close>\))
        | (?<![^\s(]) (?P<or>or|\|\|?) (?=[\s(]|$)
        | (?<![^\s(]) (?P<and>and|&&) (?=[\s(]|$)
        | (?<![^\s(]) (?P<not>not(?=[\s(])|(?!\A-\d)-(?=[^\s)]))
        | (?<![^\s(-]) (?P<field>{"|".join(field_names)}) \s*:\s* (?=\S)
        | (?P<unpaired>")
        | (?P<word>{_WORD.pattern})
        """,
        re.VERBOSE,
    )
    # Typographic quotation marks stay as they are: folding would make them straight ones.
    folded = "".join(
        typed if typed in _TYPOGRAPHIC_QUOTES else character
        for typed, character in zip(query, fold(query), strict=True)
    )
    tokens: list[QueryToken] = []
    position = 0
    while position < len(folded):
        if closing := _find_closing_quote(folded, position):
            text = _ESCAPED_QUOTE.sub(r"\1", query[position + 1 : closing])
            tokens.append(QueryToken("quoted", text, position, closing + 1))
            position = closing + 1
            continue
        match = pattern.match(folded, position)
        assert match is not None  # since the last branches take any character
        kind = match.lastgroup or ""
        start, end = match.span(kind)
        if not _is_typed_as_operator(kind, query[start:end]):
            match = _WORD.match(folded, position)
            assert match is not None
            kind, start, end = "word", *match.span()
        if kind != "space":
            text = folded[start:end] if kind == "field" else query[start:end]
            tokens.append(QueryToken(kind, text, position, match.end()))
        position = match.end()
    return tokens


def _is_typed_as_operator(kind: str, typed: str) -> bool:
    """Return whether `typed` is an operator as typed: a word in capitals, or a true minus sign."""
    if kind in ("or", "and", "not"):
        return typed.isupper() if typed.isalpha() else kind != "not" or typed in _MINUS_SIGNS
    return True


def _find_closing_quote(folded: str, start: int) -> int:
    """Return the position of the mark that closes the quotation mark at `start`, 0 if nothing is quoted there."""
    opening = folded[start]
    if opening == '"':
        return _find_closing(folded, start, '"')
    if opening not in _CLOSING_QUOTES or (start > 0 and folded[start - 1] not in _BEFORE_QUOTE):
        return 0
    end = _find_closing(folded, start, _CLOSING_QUOTES[opening]) or _find_closing(folded, start, opening)
    return end if end and (end + 1 == len(folded) or folded[end + 1] in _AFTER_QUOTE) else 0


def _find_closing(folded: str, start: int, closing: str) -> int:
    """Return the position of the first `closing` that is neither escaped nor part of a nested pair, 0 without one."""
    depth = 0
    position = start + 1
    while position < len(folded) and depth <= MAX_QUOTE_DEPTH:
        if folded[position] == closing:
            if not depth:
                return position
            depth -= 1
        elif folded[position] == folded[start]:
            depth += 1
        position += 2 if folded[position] == "\\" else 1
    return 0
