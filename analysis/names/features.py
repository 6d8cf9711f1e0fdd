"""From a text to the features of the name model: for every character, a number for each kind of feature.

A feature is, for example, "the character before is 总", "this is the second character of a word that jieba tags as a
place, and the word after it is of class 61", or "the rules see a person here, and 说 follows". Nothing but hashes of
them is ever made, of all kinds and all characters at once.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from .rules import EntityKind, Span
from .word_columns import REACH, Codes, Columns, Reading
from .word_roles import character_lists

FEATURE_BITS = 24

# A name of kind k begins with label BEGIN[k] and goes on with BEGIN[k] + 1.
OUTSIDE = 0
BEGIN: dict[EntityKind, int] = {"person": 1, "place": 3, "organisation": 5}

_OF_CHARACTERS = ("code", "lists", "rule")  # the character, the lists that have it, its label by the rules
_OF_WORDS = Columns._fields
_OF_SPANS = ("length", "last_code", "last_word", "first_word", "next_code", "word_before")  # of the rules' name
# What is left of the rules' name, up to 6 and to 3 characters; the place of the character in its word: 0 begins it, 2
# goes on, 4 and more are later, 1 more where the word ends.
_OF_PLACES = ("left", "near", "place")

# What each kind is made of, those of most values first; +1 and -1 are the character, or the word, after and before.
KINDS = sorted(
    (
        *("code-2", "code-1", "code", "code+1", "code+2"),
        *("code-2 code-1", "code-1 code", "code code+1", "code+1 code+2"),
        *("lists-2 lists-1 lists", "lists-1 lists lists+1", "lists lists+1 lists+2"),
        *("rule-2", "rule-1", "rule", "rule+1", "rule+2", "rule-1 rule", "rule rule+1", "rule-1 rule rule+1"),
        *(
            "rule code",
            "rule length left",
            "rule last_code near",
            "rule last_word",
            "rule first_word",
            "rule next_code",
        ),
        *("rule word_before", "code tag place", "rule tag place", "rule spelling place", "rule bits place"),
        *("rule rule+1 tag tag+1 place", "rule-1 rule tag-1 tag place", "rule coarse place"),
        *("spelling-1 place", "spelling place", "spelling+1 place"),
        *("bits-2 place", "bits-1 place", "bits place", "bits+1 place", "bits+2 place"),
        *("coarse-2 place", "coarse-1 place", "coarse place", "coarse+1 place", "coarse+2 place"),
        *("fine-1 place", "fine place", "fine+1 place"),
        *("tag size place", "tag-1 tag place", "tag tag+1 place", "tag-1 tag tag+1 place"),
        *("bits-1 bits place", "bits bits+1 place", "bits+1 bits+2 place", "bits tag place"),
        *("first tag place", "last tag place", "last+1 tag place", "last+2 place", "ending place"),
        *("coarse-1 coarse place", "coarse coarse+1 place", "coarse-1 tag size coarse+1 place"),
    ),
    key=lambda kind: -len(kind.split()),
)

_OFFSETS = {"-2": -2, "-1": -1, "": 0, "+1": 1, "+2": 2}
_MULTIPLIER = np.uint32(0x9E3779B1)
_SHIFT = np.uint32(15)

Places = NDArray[np.intp]


class Features(NamedTuple):
    """Features of characters that stand at `places` of a text, one row for each kind, and the values that they are
    made of."""

    keys: Codes
    places: Places
    values: Codes

    def value(self, name: str) -> Codes:
        """One of the values of `KINDS`."""
        value: Codes = self.values[_recipe().values.index(name)]
        return value


class _Recipe(NamedTuple):
    """How values become features. `parts` has for each kind, those of most values first, which value comes first in it
    and by what it is multiplied, then which comes second …"""

    values: list[str]
    of_characters: tuple[Places, Places]  # rows and offsets of the first values
    of_words: tuple[Places, Places]  # of the next ones
    parts: list[tuple[Places, Codes]]
    seeds: Codes


def _number(text: str) -> int:
    return crc32(text.encode())


@cache
def _recipe() -> _Recipe:
    used = {value for kind in KINDS for value in kind.split()}
    values: list[str] = []
    sheets: list[tuple[Places, Places]] = []
    for names in (_OF_CHARACTERS, _OF_WORDS):
        where = [(name, offset) for name in names for offset in _OFFSETS if name + offset in used]
        values += [name + offset for name, offset in where]
        rows = np.array([names.index(name) for name, _ in where])[:, None]
        sheets.append((rows, np.array([_OFFSETS[offset] for _, offset in where])[:, None]))
    values += [*_OF_SPANS, *_OF_PLACES]
    parts: list[tuple[Places, Codes]] = []
    for number in range(len(KINDS[0].split())):
        kinds = [kind for kind in KINDS if len(kind.split()) > number]
        factors = np.array([_number(f"{number} of {kind}") | 1 for kind in kinds], np.uint32)[:, None]
        parts.append((np.array([values.index(kind.split()[number]) for kind in kinds]), factors))
    seeds = np.array([_number(kind) for kind in KINDS], np.uint32)[:, None]
    return _Recipe(values, sheets[0], sheets[1], parts, seeds)


@cache
def _character_lists() -> Codes:
    """For each character of the basic plane, a bit for each list of characters."""
    bits = np.zeros(1 << 16, np.uint32)
    for number, characters in enumerate([*character_lists(), "0", "a"]):
        bits[[ord(character) for character in characters]] |= np.uint32(1 << number)
    return bits


def _codes(folded: str) -> Codes:
    """The characters, with blank ones around; digits and letters are one each."""
    around = "\0" * REACH
    codes = np.frombuffer(f"{around}{folded}{around}".encode("utf-32-le", "surrogatepass"), np.uint32).copy()
    codes[(codes >= 0x30) & (codes <= 0x39)] = 0x30
    codes[(codes >= 0x61) & (codes <= 0x7A)] = 0x61
    return codes


def labels_of(spans: Sequence[Span], size: int) -> Codes:
    """The label of each character of a text with these names, which come in order."""
    bounds = np.array([0, *(bound for start, end, _ in spans for bound in (start, end)), size])
    labels = np.array([OUTSIDE, *(label for *_, kind in spans for label in (BEGIN[kind] + 1, OUTSIDE))], np.uint32)
    found = np.repeat(labels, np.diff(bounds))
    found[bounds[1:-1:2]] -= np.uint32(1)
    return found


def _of_spans(bounds: Places, codes: Codes, spelling: Codes, starts: Places) -> Codes:
    """A column for each name, after one for none; `bounds` are where names begin and end."""
    begin, end = bounds[0::2], bounds[1::2]
    first, after = (np.searchsorted(starts, bounds) + REACH).reshape(-1, 2).T  # words
    columns = np.zeros((len(_OF_SPANS), 1 + len(begin)), np.uint32)
    columns[:, 1:] = (
        np.minimum(end - begin, 12),
        codes[end - 1 + REACH],
        spelling[after - 1],
        spelling[first],
        codes[end + REACH],
        spelling[first - 1],
    )
    return columns


def _gathered(sheet: Codes, where: tuple[Places, Places], at: Places) -> Codes:
    """Values of a sheet with REACH blank columns around, at these places and at offsets from them."""
    rows, offsets = where
    values: Codes = sheet.ravel().take(rows * sheet.shape[1] + offsets + REACH + at)
    return values


def features(
    folded: str, reading: Reading, columns: Columns, spans: Sequence[Span], words: Places | None = None
) -> Features:
    """The features of the characters of some words of a folded text, or of all; `spans` are the names that the rules
    see."""
    recipe = _recipe()
    starts = np.array(reading.starts)
    words = np.arange(len(starts) - 1) if words is None else words
    sizes = np.diff(starts)[words]
    word = np.repeat(words, sizes)
    offset = np.arange(len(word)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    at = starts[word] + offset
    codes = _codes(folded)
    characters = np.zeros((len(_OF_CHARACTERS), len(codes)), np.uint32)
    characters[:2] = codes, _character_lists()[np.minimum(codes, 0xFFFF)]
    characters[2, REACH:-REACH] = labels_of(spans, len(folded))
    bounds = np.array([bound for start, end, _ in spans for bound in (start, end)], np.intp)
    passed = np.searchsorted(bounds, at, side="right")
    inside = passed & 1
    left = (np.append(bounds, 0)[passed] - at) * inside
    place = np.minimum(offset, 2) * 2 + (at + 1 == starts[word + 1])
    values = np.concatenate(
        (
            _gathered(characters, recipe.of_characters, at),
            _gathered(np.array(columns), recipe.of_words, word),
            _of_spans(bounds, codes, columns.spelling, starts).take((passed + 1 >> 1) * inside, axis=1),
            np.array((np.minimum(left, 6), np.minimum(left, 3), place), np.uint32),
        )
    )
    return Features(_keys(values), at, values)


def _keys(values: Codes) -> Codes:
    """A hash of FEATURE_BITS bits for each kind of feature: of the sum of its values, each multiplied by a number of
    the kind's own."""
    recipe = _recipe()
    keys = np.repeat(recipe.seeds, values.shape[1], axis=1)
    for rows, factors in recipe.parts:
        part = values.take(rows, axis=0)
        part *= factors
        keys[: len(rows)] += part
    keys ^= keys >> _SHIFT
    keys *= _MULTIPLIER
    keys >>= np.uint32(32 - FEATURE_BITS)
    return keys
