"""Word segmentation of Han text with jieba. No other module imports jieba.

rjieba (jieba's algorithm and dictionary in Rust) is used if it is installed; on Han runs its output equals jieba's,
at about twenty times the speed. Otherwise jieba itself is used.
"""

import logging
import warnings
from collections.abc import Iterable
from typing import Protocol

# Both libraries carry this dictionary and its model; part of every index's fingerprint.
DICTIONARY = "jieba-0.42.1"
UNKNOWN = "x"  # the tag of a word that is not in the dictionary
USER_WORD_TAG = "nz"  # other proper noun
MIN_USER_WORD_FREQUENCY = 1_000  # high enough to win over the words inside
_SUBWORD_CACHE_SIZE = 50_000  # words
_RUN_SEPARATOR = "\n"  # between runs that are cut together; it stays a word of its own
MAX_SPLIT_LENGTH = 16  # characters; longer dictionary words are not split further


class _Backend(Protocol):
    def add(self, word: str) -> None: ...
    def cut(self, text: str) -> list[str]: ...
    def knows(self, word: str) -> bool: ...
    def tags(self, text: str) -> list[tuple[str, str]]: ...


class _Rjieba:
    def __init__(self) -> None:
        import rjieba

        self._jieba = rjieba.Jieba()
        self.knows = self._jieba.has_word

    def add(self, word: str) -> None:
        self._jieba.add_word(word, max(self._jieba.suggest_freq(word), MIN_USER_WORD_FREQUENCY), USER_WORD_TAG)

    def cut(self, text: str) -> list[str]:
        return self._jieba.cut(text)

    def tags(self, text: str) -> list[tuple[str, str]]:
        return [(word, tag if self.knows(word) else UNKNOWN) for word, tag in self._jieba.tag(text)]


class _Jieba:
    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import jieba
            import jieba.posseg
        jieba.default_logger.setLevel(logging.CRITICAL)
        self._tokenizer = jieba.Tokenizer()
        # Loaded by hand: Tokenizer.initialize() prints, and keeps a cache in the shared temporary folder.
        self._tokenizer.FREQ, self._tokenizer.total = self._tokenizer.gen_pfdict(self._tokenizer.get_dict_file())
        self._tokenizer.initialized = True
        tagger = jieba.posseg.POSTokenizer(self._tokenizer)
        tagger.load_word_tag(self._tokenizer.get_dict_file())
        self._tags: dict[str, str] = tagger.word_tag_tab

    def add(self, word: str) -> None:
        self._tokenizer.add_word(word, max(self._tokenizer.suggest_freq(word), MIN_USER_WORD_FREQUENCY))
        self._tags[word] = USER_WORD_TAG

    def cut(self, text: str) -> list[str]:
        words: list[str] = self._tokenizer.lcut(text)
        return words

    def knows(self, word: str) -> bool:
        return bool(self._tokenizer.FREQ.get(word, 0) > 0)

    def tags(self, text: str) -> list[tuple[str, str]]:
        return [(word, self._tags.get(word, UNKNOWN)) for word in self._tokenizer.lcut(text)]


def _load(*, prefer_rjieba: bool) -> _Backend:
    if prefer_rjieba:
        try:
            return _Rjieba()
        except ImportError:
            pass
    return _Jieba()


class Segmenter:
    """Segments Han runs into words; never splits the words of `dictionary`, the user's own.

    Loading jieba's dictionary takes about 0.1 s with rjieba and 0.8 s without.

    >>> Segmenter().cut("南京市长江大桥")
    ['南京市', '长江大桥']
    """

    def __init__(self, dictionary: Iterable[str] = (), *, prefer_rjieba: bool = True) -> None:
        self._backend = _load(prefer_rjieba=prefer_rjieba)
        for word in dictionary:
            self._backend.add(word)
        self._prefetched: dict[str, list[str]] = {}
        self.knows = self._backend.knows
        self._subwords: dict[str, tuple[tuple[int, int], ...]] = {}

    def cut(self, run: str) -> list[str]:
        """Return the words of a run of Han characters."""
        words = self._prefetched.get(run)
        return self._backend.cut(run) if words is None else words

    def cut_ahead(self, runs: Iterable[str]) -> None:
        """Cut all runs of a text together and cache the words for `cut`; runs of the text before are forgotten.

        One call for all runs is faster than a call for each, and both tokens and names need the words of each run.
        """
        self._prefetched = {}
        distinct = list(dict.fromkeys(runs))
        words = self._backend.cut(_RUN_SEPARATOR.join(distinct))
        words.append(_RUN_SEPARATOR)
        start = 0
        for run in distinct:
            end = words.index(_RUN_SEPARATOR, start)
            self._prefetched[run] = words[start:end]
            start = end + 1

    def tag(self, run: str) -> list[tuple[str, str]]:
        """Return the words of `cut`, each with its part of speech in the dictionary, or UNKNOWN."""
        return self._backend.tags(run)

    def parts(self, word: str) -> tuple[tuple[int, int], ...]:
        """Return the ranges of the shorter dictionary words that compose `word`, at every depth.

        中华人民共和国 yields 中华人民, 人民共和国, 中华, 人民, 共和国 and 共和, but never 华人, which crosses a word
        boundary. jieba's own search mode returns every dictionary word of two or three characters inside a word, so
        that 清华大学 would match 华大.
        """
        ranges = self._subwords.get(word)
        if ranges is None:
            if len(self._subwords) >= _SUBWORD_CACHE_SIZE:
                self._subwords.clear()
            ranges = self._subwords[word] = self._find_parts(word)
        return ranges

    def _find_parts(self, word: str) -> tuple[tuple[int, int], ...]:
        if not 3 <= len(word) <= MAX_SPLIT_LENGTH or not self.knows(word):
            return ()
        ranges = set()
        for start, end in self._best_split_words(word):
            ranges.add((start, end))
            ranges.update((start + low, start + high) for low, high in self.parts(word[start:end]))
        return tuple(sorted(ranges))

    def _best_split_words(self, word: str) -> list[tuple[int, int]]:
        """Return the dictionary words on any best split of `word` into shorter words.

        The best split has the fewest words, then the fewest single characters. All equally good splits count: 副总统 is
        副|总统 as well as 副总|统. The costs of all splits come from dynamic programming.
        """
        size = len(word)
        spans = [
            (start, end)
            for start in range(size)
            for end in range(start + 1, size + 1)
            if end - start < size and (end - start == 1 or self.knows(word[start:end]))
        ]

        def cost(start: int, end: int) -> int:
            return size + 1 if end - start == 1 else size  # a single character costs a little more than a word

        prefix_cost = [0] + [size * (size + 1)] * size  # least cost of word[:i]
        for start, end in sorted(spans, key=lambda span: span[1]):
            prefix_cost[end] = min(prefix_cost[end], prefix_cost[start] + cost(start, end))
        suffix_cost = [size * (size + 1)] * size + [0]  # least cost of word[i:]
        for start, end in sorted(spans, reverse=True):
            suffix_cost[start] = min(suffix_cost[start], cost(start, end) + suffix_cost[end])
        return [
            (start, end)
            for start, end in spans
            if end - start > 1 and prefix_cost[start] + cost(start, end) + suffix_cost[end] == prefix_cost[size]
        ]
