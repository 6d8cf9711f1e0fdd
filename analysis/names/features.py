"""Features of the name model: for each character of a text, one hashed feature for each feature template.

A feature is, for example, "the character before is 总", "this is the second character of a word that jieba tags as a
place, and the word after it is of cluster 61", or "the rules find a person here, and 说 follows". Features exist only
as hashes, computed for all templates and all characters at once.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from .rules import EntityKind, Span
from .word_roles import character_lists
from .word_table import WINDOW, UInt32Array, WordAttributes, WordSequence

FEATURE_BITS = 24

# Labels follow the BIO scheme: a name of kind k begins with label BEGIN[k] and continues with BEGIN[k] + 1.
OUTSIDE = 0
BEGIN: dict[EntityKind, int] = {"person": 1, "place": 3, "organisation": 5}

# Attributes, of which the templates are made. Their names are part of the templates' hashes.
_CHARACTER_ATTRIBUTES = ("code", "lists", "rule")  # the character, the lists that contain it, its label by the rules
_WORD_ATTRIBUTES = WordAttributes._fields
# Of the name that the rules find here.
_SPAN_ATTRIBUTES = ("length", "last_code", "last_word", "first_word", "next_code", "word_before")
# The number of characters to the end of the rules' name, at most 6 and at most 3; and the position of the character in
# its word: 0 for the first, 2 for the second, 4 for later ones, and 1 more if the word ends here.
_POSITION_ATTRIBUTES = ("left", "near", "place")

# Feature templates: the attributes that each feature combines. +1 and -1 denote the character, or the word, after and
# before. Templates of most attributes come first. The strings are hashed: another spelling needs another model.
TEMPLATES = sorted(
    (
        *("code-2", "code-1", "code", "code+1", "code+2"),
        *("code-2 code-1", "code-1 code", "code code+1", "code+1 code+2"),
        *("lists-2 lists-1 lists", "lists-1 lists lists+1", "lists lists+1 lists+2"),
        *("rule-2", "rule-1", "rule", "rule+1", "rule+2", "rule-1 rule", "rule rule+1", "rule-1 rule rule+1"),
        *("rule code", "rule length left", "rule last_code near", "rule last_word"),
        *("rule first_word", "rule next_code"),
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
    key=lambda template: -len(template.split()),
)

_OFFSETS = {"-2": -2, "-1": -1, "": 0, "+1": 1, "+2": 2}
_MULTIPLIER = np.uint32(0x9E3779B1)
_SHIFT = np.uint32(15)

IndexArray = NDArray[np.intp]


class Features(NamedTuple):
    """The features of the characters at `positions` of a text, and the attributes that they are made of.

    `keys` are the hashed features: templates × characters. `values` are attributes × characters.
    """

    keys: UInt32Array
    positions: IndexArray
    values: UInt32Array

    def value(self, attribute: str) -> UInt32Array:
        """Return one of the attributes in TEMPLATES, for each character."""
        value: UInt32Array = self.values[_compiled_templates().attributes.index(attribute)]
        return value


class _CompiledTemplates(NamedTuple):
    """The templates as arrays, for computing all features at once.

    `terms[i]` covers the templates with more than i attributes, which come first: the row of the i-th attribute of each
    template, and the factor that it is multiplied by.
    """

    attributes: list[str]
    character_lookup: tuple[IndexArray, IndexArray]  # rows and offsets of the first attributes
    word_lookup: tuple[IndexArray, IndexArray]  # of the next ones
    terms: list[tuple[IndexArray, UInt32Array]]
    seeds: UInt32Array  # one for each template


def _hash(text: str) -> int:
    return crc32(text.encode())


@cache
def _compiled_templates() -> _CompiledTemplates:
    used = {attribute for template in TEMPLATES for attribute in template.split()}
    attributes: list[str] = []
    lookups: list[tuple[IndexArray, IndexArray]] = []
    for names in (_CHARACTER_ATTRIBUTES, _WORD_ATTRIBUTES):
        entries = [(name, offset) for name in names for offset in _OFFSETS if name + offset in used]
        attributes += [name + offset for name, offset in entries]
        rows = np.array([names.index(name) for name, _ in entries])[:, None]
        lookups.append((rows, np.array([_OFFSETS[offset] for _, offset in entries])[:, None]))
    attributes += [*_SPAN_ATTRIBUTES, *_POSITION_ATTRIBUTES]
    terms: list[tuple[IndexArray, UInt32Array]] = []
    for i in range(len(TEMPLATES[0].split())):
        templates = [template for template in TEMPLATES if len(template.split()) > i]
        factors = np.array([_hash(f"{i} of {template}") | 1 for template in templates], np.uint32)[:, None]
        terms.append((np.array([attributes.index(template.split()[i]) for template in templates]), factors))
    seeds = np.array([_hash(template) for template in TEMPLATES], np.uint32)[:, None]
    return _CompiledTemplates(attributes, lookups[0], lookups[1], terms, seeds)


@cache
def _character_list_bits() -> UInt32Array:
    """Return the lists that contain each character of the basic plane, a bit for each list."""
    bits = np.zeros(1 << 16, np.uint32)
    for i, characters in enumerate([*character_lists(), "0", "a"]):
        bits[[ord(character) for character in characters]] |= np.uint32(1 << i)
    return bits


def _character_codes(folded: str) -> UInt32Array:
    """Return the code points of a text, padded at both ends; all digits become 0, all letters a."""
    padding = "\0" * WINDOW
    codes = np.frombuffer(f"{padding}{folded}{padding}".encode("utf-32-le", "surrogatepass"), np.uint32).copy()
    codes[(codes >= 0x30) & (codes <= 0x39)] = 0x30
    codes[(codes >= 0x61) & (codes <= 0x7A)] = 0x61
    return codes


def span_labels(spans: Sequence[Span], size: int) -> UInt32Array:
    """Return the label of each character of a text of `size` characters, given its names in order."""
    bounds = np.array([0, *(bound for start, end, _ in spans for bound in (start, end)), size])
    labels = np.array([OUTSIDE, *(label for *_, kind in spans for label in (BEGIN[kind] + 1, OUTSIDE))], np.uint32)
    character_labels = np.repeat(labels, np.diff(bounds))
    character_labels[bounds[1:-1:2]] -= np.uint32(1)
    return character_labels


def _span_attributes(bounds: IndexArray, codes: UInt32Array, spelling: UInt32Array, starts: IndexArray) -> UInt32Array:
    """Return the span attributes: column 0 for characters outside of names, then a column for each name.

    `bounds` are the starts and ends of the names, alternating.
    """
    begin, end = bounds[0::2], bounds[1::2]
    first_word, next_word = (np.searchsorted(starts, bounds) + WINDOW).reshape(-1, 2).T
    columns = np.zeros((len(_SPAN_ATTRIBUTES), 1 + len(begin)), np.uint32)
    columns[:, 1:] = (
        np.minimum(end - begin, 12),
        codes[end - 1 + WINDOW],
        spelling[next_word - 1],
        spelling[first_word],
        codes[end + WINDOW],
        spelling[first_word - 1],
    )
    return columns


def _look_up(table: UInt32Array, lookup: tuple[IndexArray, IndexArray], columns: IndexArray) -> UInt32Array:
    """Return the entries of a table with WINDOW columns of padding, at these columns plus the lookup's offsets."""
    rows, offsets = lookup
    values: UInt32Array = table.ravel().take(rows * table.shape[1] + offsets + WINDOW + columns)
    return values


def extract_features(
    folded: str,
    words: WordSequence,
    attributes: WordAttributes,
    spans: Sequence[Span],
    selected: IndexArray | None = None,
) -> Features:
    """Return the features of the characters of a folded text.

    `spans` are the names that the rules find. `selected` are the indices of the words whose characters get features;
    None selects all words.
    """
    templates = _compiled_templates()
    starts = np.array(words.starts)
    selected = np.arange(len(starts) - 1) if selected is None else selected
    sizes = np.diff(starts)[selected]
    word = np.repeat(selected, sizes)  # of each character
    offset = np.arange(len(word)) - np.repeat(np.cumsum(sizes) - sizes, sizes)  # in its word
    positions = starts[word] + offset
    codes = _character_codes(folded)
    characters = np.zeros((len(_CHARACTER_ATTRIBUTES), len(codes)), np.uint32)
    characters[:2] = codes, _character_list_bits()[np.minimum(codes, 0xFFFF)]
    characters[2, WINDOW:-WINDOW] = span_labels(spans, len(folded))
    bounds = np.array([bound for start, end, _ in spans for bound in (start, end)], np.intp)
    bounds_passed = np.searchsorted(bounds, positions, side="right")
    is_inside = bounds_passed & 1
    remaining = (np.append(bounds, 0)[bounds_passed] - positions) * is_inside
    place = np.minimum(offset, 2) * 2 + (positions + 1 == starts[word + 1])
    span_columns = (bounds_passed + 1 >> 1) * is_inside
    values = np.concatenate(
        (
            _look_up(characters, templates.character_lookup, positions),
            _look_up(np.array(attributes), templates.word_lookup, word),
            _span_attributes(bounds, codes, attributes.spelling, starts).take(span_columns, axis=1),
            np.array((np.minimum(remaining, 6), np.minimum(remaining, 3), place), np.uint32),
        )
    )
    return Features(_feature_keys(values), positions, values)


def _feature_keys(values: UInt32Array) -> UInt32Array:
    """Return a hash of FEATURE_BITS bits for each template and character.

    It is the multiplicative hash of a sum: the template's seed, and each attribute multiplied by a factor of the
    template.
    """
    templates = _compiled_templates()
    keys = np.repeat(templates.seeds, values.shape[1], axis=1)
    for rows, factors in templates.terms:
        term = values.take(rows, axis=0)
        term *= factors
        keys[: len(rows)] += term
    keys ^= keys >> _SHIFT
    keys *= _MULTIPLIER
    keys >>= np.uint32(32 - FEATURE_BITS)
    return keys
