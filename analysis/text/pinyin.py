"""Pinyin matching: patterns of Han characters for Latin letters, and for characters of the same sound.

Matching never goes from Han to Han on its own: 景点 does not match 经典.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

MAX_TOKEN_LENGTH = 40  # letters; longer tokens are not read as pinyin
MAX_SPLITS = 8  # ways to split one token into syllables: xian is 仙 and 西安
_MAX_SYLLABLE_LENGTH = 6  # letters: zhuang
_MIN_SYLLABLES = 2  # a single syllable matches dozens of characters


@cache
def _syllable_characters() -> dict[str, str]:
    """Return a map from syllables to the characters that they can spell."""
    lines = files(__package__).joinpath("pinyin_table.txt").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


@cache
def _character_syllables() -> dict[str, list[str]]:
    """Return a map from characters to their syllables."""
    character_syllables: dict[str, list[str]] = {}
    for syllable, characters in _syllable_characters().items():
        for character in characters:
            character_syllables.setdefault(character, []).append(syllable)
    return character_syllables


@cache
def _characters_by_prefix(letters: str) -> str:
    """Return the characters whose syllable begins with `letters`."""
    return "".join(
        characters for syllable, characters in _syllable_characters().items() if syllable.startswith(letters)
    )


def _splits(token: str, *, open_end: bool) -> Iterator[list[str]]:
    """Yield every split of `token` into syllables; with `open_end`, the last may be the beginning of a syllable."""
    size = len(token)
    ends: list[list[int]] = [
        [] for _ in range(size)
    ]  # by start: ends of syllables from which the token can be finished
    for start in range(size - 1, -1, -1):
        for end in range(start + 1, min(start + _MAX_SYLLABLE_LENGTH, size) + 1):
            is_syllable = token[start:end] in _syllable_characters()
            is_prefix = open_end and end == size and bool(_characters_by_prefix(token[start:end]))
            if (is_syllable or is_prefix) and (end == size or ends[end]):
                ends[start].append(end)
    stack: list[tuple[int, list[str]]] = [(0, [])]
    while stack:
        start, syllables = stack.pop()
        if start == size:
            yield syllables
        else:
            stack.extend((end, [*syllables, token[start:end]]) for end in ends[start])


def patterns(token: str, *, open_end: bool = False) -> list[str]:
    """Return regular expressions for the Han strings that `token` spells in full; empty if it spells none.

    With `open_end`, the last syllable may be incomplete.

    >>> [bool(re.fullmatch(pattern, "北京")) for pattern in patterns("beijing")]
    [True]
    """
    if not (token.isascii() and token.isalpha() and len(token) <= MAX_TOKEN_LENGTH):
        return []
    regexes = []
    for syllables in _splits(token, open_end=open_end):
        if len(syllables) >= _MIN_SYLLABLES:
            classes = (_syllable_characters().get(part) or _characters_by_prefix(part) for part in syllables)
            regexes.append("".join(f"[{characters}]" for characters in classes))
        if len(regexes) == MAX_SPLITS:
            break
    return regexes


def prefix_pattern(token: str) -> str:
    """Return a regular expression for the characters whose syllable begins with `token`: 外 and 万 for wa.

    The token needs at least two letters. Returns "" if there are no such characters.
    """
    is_prefix = 1 < len(token) <= _MAX_SYLLABLE_LENGTH and token.isascii() and token.isalpha()
    characters = _characters_by_prefix(token) if is_prefix else ""
    return f"[{characters}]" if characters else ""


def initials_pattern(token: str) -> str:
    """Return a regular expression for Han strings whose syllables begin with the letters of `token`: 北京 for bj.

    Returns "" if no string matches.
    """
    if not (token.isascii() and token.isalpha() and _MIN_SYLLABLES <= len(token) <= MAX_TOKEN_LENGTH):
        return ""
    classes = [_characters_by_prefix(letter) for letter in token]
    return "".join(f"[{characters}]" for characters in classes) if all(classes) else ""


def homophone_pattern(string: str) -> str:
    """Return a regular expression for Han strings that sound like `string`, tones aside."""
    readings = (_character_syllables().get(character, []) for character in string)
    return "".join(
        f"[{re.escape(character)}{''.join(_syllable_characters()[syllable] for syllable in syllables)}]"
        for character, syllables in zip(string, readings, strict=True)
    )
