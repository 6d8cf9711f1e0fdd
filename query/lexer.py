"""The pieces that a query string falls into: signs, field names, quoted texts, words.

Signs are recognised in any width. Quotation marks of print (“ ” 「 」) quote only when they stand alone: inside a
sentence that somebody pasted they are its punctuation.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from ..analysis import fold

_MINUS = "-－−"  # other dashes stand before words in running text, where they exclude nothing
_CLOSING = {"“": "”", "„": "“", "「": "」", "『": "』", "﹁": "﹂", "﹃": "﹄", "｢": "｣"}
_PRINTED = frozenset("".join(_CLOSING) + "".join(_CLOSING.values()))
# What a printed mark that quotes stands behind, and what behind it.
_BEFORE, _AFTER = {*" (:-", *_CLOSING.values()}, {*" )", *_CLOSING}
_ESCAPED = re.compile(r"\\([\"\\“”「」『』])")
_WORD = re.compile(r"[^\s()\"]+")


class Token(NamedTuple):
    """`kind` is one of open, close, or, and, not, field, quoted, stray (a quotation mark alone) and word; `text` is as
    typed, but the name of a field is folded."""

    kind: str
    text: str


def tokens(query: str, fields: Iterable[str]) -> list[Token]:
    """The tokens of a query; `fields` are the names that a colon makes a field."""
    # Signs count only where a token can begin: after a space or an opening bracket.
    pattern = re.compile(
        rf"""
          (?P<space>\s+)
        | (?P<open>\()
        | (?P<close>\))
        | (?<![^\s(]) (?P<or>or|\|\|?) (?=[\s(]|$)
        | (?<![^\s(]) (?P<and>and|&&) (?=[\s(]|$)
        | (?<![^\s(]) (?P<not>not(?=[\s(])|-(?=[^\s)]))
        | (?<![^\s(-]) (?P<field>{"|".join(fields)}) \s*:\s* (?=\S)
        | (?P<stray>")
        | (?P<word>{_WORD.pattern})
        """,
        re.VERBOSE,
    )
    # Folded, but for the marks of print, which folding would make straight ones.
    signs = "".join(typed if typed in _PRINTED else sign for typed, sign in zip(query, fold(query), strict=True))
    found: list[Token] = []
    at = 0
    while at < len(signs):
        if end := _end_of_quoted(signs, at):
            found.append(Token("quoted", _ESCAPED.sub(r"\1", query[at + 1 : end])))
            at = end + 1
            continue
        match = pattern.match(signs, at)
        assert match is not None  # since the last branches take any character
        kind = match.lastgroup or ""
        start, end = match.span(kind)
        if not _is_sign(kind, query[start:end]):
            match = _WORD.match(signs, at)
            assert match is not None
            kind, start, end = "word", *match.span()
        at = match.end()
        if kind != "space":
            found.append(Token(kind, signs[start:end] if kind == "field" else query[start:end]))
    return found


def _is_sign(kind: str, typed: str) -> bool:
    """Whether an operator is typed as one: words in capitals, the minus as a minus."""
    if kind in ("or", "and", "not"):
        return typed.isupper() if typed.isalpha() else kind != "not" or typed in _MINUS
    return True


def _end_of_quoted(signs: str, start: int) -> int:
    """Where the quotation mark stands that closes the one at `start`; 0 if there is none to close, or it does not
    quote."""
    opening = signs[start]
    if opening == '"':
        return _closing(signs, start, '"')
    if opening not in _CLOSING or (start > 0 and signs[start - 1] not in _BEFORE):
        return 0
    end = _closing(signs, start, _CLOSING[opening]) or _closing(signs, start, opening)
    return end if end and (end + 1 == len(signs) or signs[end + 1] in _AFTER) else 0


def _closing(signs: str, start: int, closing: str) -> int:
    """The first `closing` that is not escaped and does not close a pair within; 0 if there is none."""
    depth = 0
    at = start + 1
    while at < len(signs):
        if signs[at] == closing:
            if not depth:
                return at
            depth -= 1
        elif signs[at] == signs[start]:
            depth += 1
        at += 2 if signs[at] == "\\" else 1
    return 0
