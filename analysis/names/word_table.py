"""Word table: the attributes of each word, as integers, from which the features of the name model are made.

The roles of a word in names are computed when the word is first read. The other attributes, from jieba's tag, the
word's cluster and its characters, are computed when the model first needs them; the rules do not.
"""

import re
from functools import cache
from importlib.resources import files
from itertools import accumulate, chain
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ..text.segmenter import UNKNOWN, Segmenter
from ..text.tokens import HAN
from .word_roles import Role, split_word

UInt32Array = NDArray[np.uint32]

WINDOW = 2  # characters and words on each side that a feature can refer to

_PADDING_ID = 0  # the id of the word " ", which also pads both ends of a text
_PUNCTUATION, _LATIN, _DIGITS = "punctuation", "latin", "digits"  # tags of tokens that jieba does not cut; hashed
_TOKEN = re.compile(rf"([{HAN}]+)|([a-z]{{1,64}}|[0-9]{{1,20}}(?:[.,][0-9]{{1,20}}){{,3}}|.)", re.DOTALL)
_HAN = re.compile(f"[{HAN}]")
_JOINTS = "·-"  # the interpuncts and hyphens of names, after folding
_MAX_WORDS = 100_000
_MAX_SIZE = 5  # characters; longer words count as of this size


class WordAttributes(NamedTuple):
    """The attributes of words, one array for each attribute.

    The field names occur in the feature templates and are part of their hashes: another name needs another model.
    """

    spelling: UInt32Array
    tag: UInt32Array
    size: UInt32Array
    bits: UInt32Array  # roles in names, see `Role`
    first: UInt32Array  # character
    last: UInt32Array  # character
    ending: UInt32Array  # the last two characters
    coarse: UInt32Array  # cluster
    fine: UInt32Array  # cluster, of a finer clustering
    skippable: UInt32Array  # 1 if the word is frequent and hardly ever in a name; no template uses it


def _hash(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))


@cache
def _clusters() -> dict[str, tuple[int, int]]:
    """Return a map from words to the numbers of their coarse and fine clusters, from 1."""
    clusters: dict[str, tuple[int, int]] = {}
    for line in files(__package__).joinpath("word_clusters.txt").read_text("utf-8").split("\n"):
        if line and line[0] != "#":
            numbers, _, words = line.partition("\t")
            coarse, _, fine = numbers.partition(" ")
            clusters.update(dict.fromkeys(words.split(" "), (int(coarse), int(fine))))
    return clusters


@cache
def skippable_words() -> frozenset[int]:
    """Return the hashed spellings of frequent words that are hardly ever in a name; the model skips them."""
    with files(__package__).joinpath("model.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return frozenset(arrays["plain"].tolist())


def _attributes(word: str, tag: str, roles: int) -> tuple[int, ...]:
    normalized = "0" if tag == _DIGITS else word
    return (
        _hash(normalized),
        _hash(tag),
        min(len(word), _MAX_SIZE),
        roles,
        ord(normalized[0]),
        ord(normalized[-1]),
        _hash(normalized[-2:]),
        *_clusters().get(normalized, (0, 0)),
        _hash(normalized) in skippable_words(),
    )


class WordSequence(NamedTuple):
    """The words of a text: their ids in the word table, their roles in names, and their start offsets.

    `starts` has one more entry, the length of the text.
    """

    ids: list[int]
    roles: list[int]
    starts: list[int]


class WordTable:
    """Reads the words of texts that `segmenter` cuts, and caches their attributes; cleared beyond 100,000 words.

    Words that contain a name and another word, such as 日本首相, are split: their pieces count as words.
    """

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._clear()

    def _clear(self) -> None:
        self._ids: dict[str, tuple[int, ...]] = {}  # by word, the ids of its pieces
        self._roles: list[int] = []  # by id
        self._sizes: list[int] = []  # by id
        self._pending: list[tuple[str, str, int]] = []  # pieces whose attributes are not computed yet
        self._rows = np.zeros((0, len(WordAttributes._fields)), np.uint32)  # by id
        self._add(" ", _PUNCTUATION, (1,), (0,))

    def read(self, folded: str) -> WordSequence:
        """Return the words of a folded text."""
        if len(self._roles) > _MAX_WORDS:
            self._clear()
        tokens = _TOKEN.findall(folded)
        words: list[str] = []
        for han, other in tokens:
            if han:
                words += self._segmenter.cut(han)
            else:
                words.append(other)
        try:
            ids = list(chain.from_iterable(map(self._ids.__getitem__, words)))
        except KeyError:
            self._add_new_words(tokens, words)
            ids = list(chain.from_iterable(map(self._ids.__getitem__, words)))
        sizes = map(self._sizes.__getitem__, ids)
        return WordSequence(ids, list(map(self._roles.__getitem__, ids)), list(accumulate(sizes, initial=0)))

    def attributes(self, words: WordSequence) -> WordAttributes:
        """Return the attributes of the words of the text that was read last, padded by WINDOW words at both ends."""
        if self._pending:
            self._compute_pending()
        padding = [_PADDING_ID] * WINDOW
        return WordAttributes(*self._rows.take(np.array(padding + words.ids + padding), axis=0).T)

    def _compute_pending(self) -> None:
        computed, size = len(self._roles) - len(self._pending), len(self._roles)
        if size > len(self._rows):
            growth = np.zeros((size + len(self._rows), self._rows.shape[1]), np.uint32)
            self._rows = np.concatenate((self._rows, growth))
        self._rows[computed:size] = [_attributes(*piece) for piece in self._pending]
        self._pending = []

    def _add_new_words(self, tokens: list[tuple[str, str]], words: list[str]) -> None:
        """Add the words of a text that the table does not have."""
        new_words = set(words).difference(self._ids)
        tags = dict.fromkeys(new_words, UNKNOWN)
        in_dictionary = {word for word in new_words if _HAN.match(word) and self._segmenter.knows(word)}
        for han, _ in tokens if in_dictionary else ():
            if han and not in_dictionary.isdisjoint(self._segmenter.cut(han)):
                tags.update(self._segmenter.tag(han))
        for word in new_words:
            if _HAN.match(word):
                self._add(word, tags[word], *split_word(word, tags[word]))
            else:
                tag = _LATIN if "a" <= word[0] <= "z" else _DIGITS if "0" <= word[0] <= "9" else _PUNCTUATION
                self._add(word, tag, (len(word),), (Role.JOINT if word in _JOINTS else 0,))

    def _add(self, word: str, tag: str, sizes: tuple[int, ...], roles: tuple[int, ...]) -> None:
        self._ids[word] = tuple(range(len(self._roles), len(self._roles) + len(roles)))
        for end, size, piece_roles in zip(accumulate(sizes), sizes, roles, strict=True):
            self._pending.append((word[end - size : end], tag, piece_roles))
        self._sizes += sizes
        self._roles += roles
