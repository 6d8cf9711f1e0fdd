"""Pinyin: from what somebody typed in Latin letters to patterns of Han characters, and from characters to others of
the same sound. Never from Han to Han on its own: 景点 is not 经典."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

LONGEST = 40  # letters of a token that are read as pinyin
MOST_READINGS = 8  # ways to cut one token into syllables: xian is 仙 and 西安
_LONGEST_SYLLABLE = 6  # letters: zhuang
_FEWEST_SYLLABLES = 2  # a single syllable is dozens of characters


@cache
def _characters() -> dict[str, str]:
    """Syllable → the characters it can stand for."""
    lines = files(__package__).joinpath("pinyin_table.txt").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


@cache
def _syllables_of() -> dict[str, list[str]]:
    """Character → its syllables."""
    syllables: dict[str, list[str]] = {}
    for syllable, characters in _characters().items():
        for character in characters:
            syllables.setdefault(character, []).append(syllable)
    return syllables


@cache
def _beginning_with(letters: str) -> str:
    """The characters whose syllable begins with `letters`."""
    return "".join(characters for syllable, characters in _characters().items() if syllable.startswith(letters))


def _cuts(token: str, *, open_end: bool) -> Iterator[list[str]]:
    """Every way to cut `token` into syllables; with `open_end`, the last may be the beginning of one."""
    size = len(token)
    ends: list[list[int]] = [[] for _ in range(size)]  # from each place, where a syllable can end that leads to the end
    for start in range(size - 1, -1, -1):
        for end in range(start + 1, min(start + _LONGEST_SYLLABLE, size) + 1):
            whole = token[start:end] in _characters()
            begun = open_end and end == size and bool(_beginning_with(token[start:end]))
            if (whole or begun) and (end == size or ends[end]):
                ends[start].append(end)
    stack: list[tuple[int, list[str]]] = [(0, [])]
    while stack:
        at, cut = stack.pop()
        if at == size:
            yield cut
        else:
            stack.extend((end, [*cut, token[at:end]]) for end in ends[at])


def patterns(token: str, *, open_end: bool = False) -> list[str]:
    """Regular expressions, each for Han strings that `token` spells in full; empty if it spells none.

    >>> [bool(re.fullmatch(pattern, "北京")) for pattern in patterns("beijing")]
    [True]
    """
    if not (token.isascii() and token.isalpha() and len(token) <= LONGEST):
        return []
    found = []
    for cut in _cuts(token, open_end=open_end):
        if len(cut) >= _FEWEST_SYLLABLES:
            found.append("".join(f"[{_characters().get(part) or _beginning_with(part)}]" for part in cut))
        if len(found) == MOST_READINGS:
            break
    return found


def beginning_pattern(token: str) -> str:
    """A regular expression for the characters whose syllable begins with `token`, two letters at the least: 外 and 万
    for wa. "" if there are none."""
    characters = (
        _beginning_with(token) if 1 < len(token) <= _LONGEST_SYLLABLE and token.isascii() and token.isalpha() else ""
    )
    return f"[{characters}]" if characters else ""


def initials_pattern(token: str) -> str:
    """A regular expression for Han strings whose syllables begin with the letters of `token`: 北京 for bj. "" if no
    string can."""
    if not (token.isascii() and token.isalpha() and _FEWEST_SYLLABLES <= len(token) <= LONGEST):
        return ""
    classes = [_beginning_with(letter) for letter in token]
    return "".join(f"[{characters}]" for characters in classes) if all(classes) else ""


def same_sound_pattern(string: str) -> str:
    """A regular expression for Han strings that sound as `string` does, tones aside."""
    sounds = (_syllables_of().get(character, []) for character in string)
    return "".join(
        f"[{re.escape(character)}{''.join(_characters()[syllable] for syllable in syllables)}]"
        for character, syllables in zip(string, sounds, strict=True)
    )
