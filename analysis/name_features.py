"""From a text to the features of the name model: for every character, a number for each kind of feature.

A feature is, for example, "the character before is 总", "this is the second character of a word that jieba tags as a
place, and the word after it is of class 61", or "the rules see a person here, and 说 follows". Nothing but hashes of
them is ever made, of all characters of a text at once.
"""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .name_columns import Codes, Columns, Words
from .name_rules import Kind, Span, ruled
from .name_words import character_lists

FEATURES_VERSION = 1  # raise it when the same text gets other features: then the model must be made again
FEATURE_BITS = 24
REACH = 2  # characters and words to each side that a feature sees

# A name of kind k begins with label BEGIN[k] and goes on with BEGIN[k] + 1.
OUTSIDE = 0
BEGIN: dict[Kind, int] = {"person": 1, "place": 3, "organisation": 5}

_MULTIPLIER = np.uint32(0x9E3779B1)
_SHIFT = np.uint32(15)


class Features(NamedTuple):
    """Features of the characters of a text, one row for each kind, and what they were made of."""

    keys: Codes
    ruled: list[Span]  # the names that the rules see
    codes: Codes  # of the characters; digits and letters are one each
    rules: Codes  # the labels of these names
    place: Codes  # of a character in its word
    tag: Codes  # of its word
    spelling: Codes


def mixed(*values: Codes) -> Codes:
    """One hash of several numbers, in this order."""
    hashed = values[0] * _MULTIPLIER
    for value in values[1:]:
        hashed ^= hashed >> _SHIFT
        hashed ^= value
        hashed *= _MULTIPLIER
    return hashed


def shifted(values: Codes, offset: int) -> Codes:
    """The values of the characters that stand `offset` further on; beyond the ends of the text 0."""
    moved = np.zeros_like(values)
    if offset > 0:
        moved[:-offset] = values[offset:]
    elif offset < 0:
        moved[-offset:] = values[:offset]
    else:
        moved[:] = values
    return moved


def keys_of(rows: list[Codes], first: int) -> Codes:
    """Features of different kinds, which are numbered from `first`, as numbers of FEATURE_BITS bits."""
    keys = np.vstack(rows)
    kinds = np.arange(first, first + len(keys), dtype=np.uint32)[:, None]
    return mixed(keys, kinds) >> np.uint32(32 - FEATURE_BITS)


@cache
def _character_lists() -> NDArray[np.uint32]:
    """For each character of the basic plane, a bit for each list of characters."""
    bits = np.zeros(1 << 16, np.uint32)
    for number, characters in enumerate([*character_lists(), "0", "a"]):
        bits[[ord(character) for character in characters]] |= np.uint32(1 << number)
    return bits


def _of_characters(codes: Codes) -> list[Codes]:
    """Features that need no words."""
    lists = _character_lists()[np.minimum(codes, 0xFFFF)]
    first, second, here, fourth, fifth = (shifted(codes, offset) for offset in range(-REACH, REACH + 1))
    listed = [shifted(lists, offset) for offset in range(-REACH, REACH + 1)]
    return [
        *map(mixed, (first, second, here, fourth, fifth)),
        mixed(first, second),
        mixed(second, here),
        mixed(here, fourth),
        mixed(fourth, fifth),
        *(mixed(*listed[at : at + 3]) for at in range(3)),
    ]


def _of_words(columns: Columns) -> list[Codes]:
    """Features of whole words, each of which is combined with the place of a character in its word."""
    size = len(columns.tag) - 2 * REACH

    def around(column: Codes, reach: int) -> list[Codes]:
        return [column[REACH + offset : REACH + offset + size] for offset in range(-reach, reach + 1)]

    spelling = around(columns.spelling, 1)
    tag, length = around(columns.tag, 1), around(columns.size, 0)[0]
    bits, coarse, fine = around(columns.bits, 2), around(columns.word_class, 2), around(columns.fine_class, 1)
    last = around(columns.last, 2)
    return [
        *map(mixed, spelling),
        *map(mixed, bits),
        *map(mixed, coarse),
        *map(mixed, fine),
        mixed(tag[1], length),
        mixed(tag[0], tag[1]),
        mixed(tag[1], tag[2]),
        mixed(*tag),
        mixed(bits[1], bits[2]),
        mixed(bits[2], bits[3]),
        mixed(bits[3], bits[4]),
        mixed(bits[2], tag[1]),
        mixed(around(columns.first, 0)[0], tag[1]),
        mixed(last[2], tag[1]),
        mixed(last[3], tag[1]),
        mixed(last[4]),
        mixed(around(columns.ending, 0)[0]),
        mixed(coarse[1], coarse[2]),
        mixed(coarse[2], coarse[3]),
        mixed(coarse[1], tag[1], length, coarse[3]),
    ]


def labels_of(spans: Iterable[Span], size: int) -> Codes:
    """The label of each character of a text with these names."""
    labels = np.zeros(size, np.uint32)
    for start, end, kind in spans:
        labels[start:end] = BEGIN[kind] + 1
        labels[start] = BEGIN[kind]
    return labels


def _of_rules(spans: list[Span], labels: Codes, codes: Codes, spelling: Codes) -> list[Codes]:
    """Features of the names that the rules see."""
    before, after = shifted(labels, -1), shifted(labels, 1)
    length, left, last, last_word, next_one, word_before, first_word = np.zeros((7, len(labels)), np.uint32)
    numbers = np.arange(len(labels), dtype=np.uint32)
    for start, end, _ in spans:
        length[start:end] = min(end - start, 12)
        left[start:end] = np.minimum(end - numbers[start:end], 6)
        last[start:end] = codes[end - 1]
        last_word[start:end] = spelling[end - 1]
        first_word[start:end] = spelling[start]
        next_one[start:end] = codes[end] if end < len(codes) else 0
        word_before[start:end] = spelling[start - 1] if start else 0
    return [
        *(mixed(shifted(labels, offset)) for offset in range(-REACH, REACH + 1)),
        mixed(before, labels),
        mixed(labels, after),
        mixed(before, labels, after),
        mixed(labels, codes),
        mixed(labels, length, left),
        mixed(labels, last, np.minimum(left, 3)),
        mixed(labels, last_word),
        mixed(labels, first_word),
        mixed(labels, next_one),
        mixed(labels, word_before),
    ]


def features(folded: str, words: Words) -> Features:
    """The features of a folded text that is not empty; `words` has REACH blank words around a text."""
    bits, sizes, columns = words.read(folded)
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32).copy()
    ends = np.cumsum(sizes)
    starts = ends - sizes
    spans = ruled(bits, [*starts.tolist(), len(codes)])
    codes[(codes >= 0x30) & (codes <= 0x39)] = 0x30
    codes[(codes >= 0x61) & (codes <= 0x7A)] = 0x61
    word = np.repeat(np.arange(len(sizes)), sizes)
    offset = np.arange(len(codes)) - starts[word]
    # 0 begins a word and 2 goes on, 4 and more are later; 1 more where the word ends.
    place = (np.minimum(offset, 2) * 2 + (offset == ends[word] - starts[word] - 1)).astype(np.uint32)
    rules = labels_of(spans, len(codes))
    own = Columns(*(column[REACH:-REACH][word] for column in columns))
    rows = [
        *_of_characters(codes),
        *_of_rules(spans, rules, codes, own.spelling),
        mixed(codes, own.tag, place),
        mixed(rules, own.tag, place),
        mixed(rules, own.spelling, place),
        mixed(rules, own.bits, place),
        mixed(rules, shifted(rules, 1), own.tag, shifted(own.tag, 1)),
        mixed(rules, shifted(rules, -1), own.tag, shifted(own.tag, -1)),
        mixed(rules, own.word_class, place),
    ]
    of_words = mixed(np.take(np.stack(_of_words(columns)), word, axis=1), place)
    return Features(keys_of([of_words, *rows], 1), spans, codes, rules, place, own.tag, own.spelling)
