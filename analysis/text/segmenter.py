"""The one door to jieba: cuts runs of Han characters into words.

rjieba (jieba's algorithm and dictionary in Rust) is used where it is installed; on Han runs it gives jieba's output
exactly, at about twenty times the speed. Without it, jieba itself does the work.
"""

import logging
import warnings
from collections.abc import Iterable
from typing import Protocol

# Both libraries carry this dictionary and its model; part of every index's fingerprint.
DICTIONARY = "jieba-0.42.1"
UNKNOWN = "x"  # the tag of a word that is not in the dictionary
OWN_TAG = "nz"  # of a word that the user adds: a proper noun
OWN_FREQUENCY = 1_000  # at least; high enough to win over the words inside
PARTS_KEPT = 50_000  # words
_BETWEEN = "\n"  # runs that are cut together; it stays a word of its own
LONGEST_SPLIT = 16  # characters; longer dictionary words are not looked into


class _Cutter(Protocol):
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
        self._jieba.add_word(word, max(self._jieba.suggest_freq(word), OWN_FREQUENCY), OWN_TAG)

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
        # Loaded by hand: Tokenizer.initialize() prints, and reads and writes a cache in the shared temporary folder.
        self._tokenizer.FREQ, self._tokenizer.total = self._tokenizer.gen_pfdict(self._tokenizer.get_dict_file())
        self._tokenizer.initialized = True
        tagger = jieba.posseg.POSTokenizer(self._tokenizer)
        tagger.load_word_tag(self._tokenizer.get_dict_file())
        self._tags: dict[str, str] = tagger.word_tag_tab

    def add(self, word: str) -> None:
        self._tokenizer.add_word(word, max(self._tokenizer.suggest_freq(word), OWN_FREQUENCY))
        self._tags[word] = OWN_TAG

    def cut(self, text: str) -> list[str]:
        words: list[str] = self._tokenizer.lcut(text)
        return words

    def knows(self, word: str) -> bool:
        return bool(self._tokenizer.FREQ.get(word, 0) > 0)

    def tags(self, text: str) -> list[tuple[str, str]]:
        return [(word, self._tags.get(word, UNKNOWN)) for word in self._tokenizer.lcut(text)]


def _load(*, prefer_rjieba: bool) -> _Cutter:
    if prefer_rjieba:
        try:
            return _Rjieba()
        except ImportError:
            pass
    return _Jieba()


class Segmenter:
    """Words of Han runs; those of `dictionary`, the user's own, stay whole.

    Loading jieba's dictionary takes about 0.1 s with rjieba and 0.8 s without.

    >>> Segmenter().cut("南京市长江大桥")
    ['南京市', '长江大桥']
    """

    def __init__(self, dictionary: Iterable[str] = (), *, prefer_rjieba: bool = True) -> None:
        self._cutter = _load(prefer_rjieba=prefer_rjieba)
        for word in dictionary:
            self._cutter.add(word)
        self._ahead: dict[str, list[str]] = {}
        self.knows = self._cutter.knows
        self._known_parts: dict[str, tuple[tuple[int, int], ...]] = {}

    def cut(self, run: str) -> list[str]:
        """The words of a run of Han characters."""
        words = self._ahead.get(run)
        return self._cutter.cut(run) if words is None else words

    def cut_ahead(self, runs: Iterable[str]) -> None:
        """Cuts the runs of a text together, which takes less time than one by one, for `cut` to have them ready: words
        and names come from the same runs. Those of the text before are forgotten."""
        self._ahead = {}
        different = list(dict.fromkeys(runs))
        words = self._cutter.cut(_BETWEEN.join(different))
        words.append(_BETWEEN)
        start = 0
        for run in different:
            end = words.index(_BETWEEN, start)
            self._ahead[run] = words[start:end]
            start = end + 1

    def tag(self, run: str) -> list[tuple[str, str]]:
        """The words of `cut`, each with the part of speech that the dictionary gives it, or UNKNOWN."""
        return self._cutter.tags(run)

    def parts(self, word: str) -> tuple[tuple[int, int], ...]:
        """Ranges of the shorter dictionary words that `word` is built from, at every depth.

        中华人民共和国 → 中华人民, 人民共和国, 中华, 人民, 共和国, 共和; but never 华人, which crosses a joint.
        jieba's own search mode gives every dictionary word of two or three characters inside, so that 清华大学 answers
        for 华大.
        """
        known = self._known_parts.get(word)
        if known is None:
            if len(self._known_parts) >= PARTS_KEPT:
                self._known_parts.clear()
            known = self._known_parts[word] = self._parts(word)
        return known

    def _parts(self, word: str) -> tuple[tuple[int, int], ...]:
        if not 3 <= len(word) <= LONGEST_SPLIT or not self.knows(word):
            return ()
        ranges = set()
        for start, end in self._pieces(word):
            ranges.add((start, end))
            ranges.update((start + low, start + high) for low, high in self.parts(word[start:end]))
        return tuple(sorted(ranges))

    def _pieces(self, word: str) -> list[tuple[int, int]]:
        """The dictionary words on any best way to cut `word` into shorter words: fewest pieces, then fewest single
        characters. Equally good ways all count: 副总统 is 副|总统 as well as 副总|统."""
        size = len(word)
        spans = [
            (start, end)
            for start in range(size)
            for end in range(start + 1, size + 1)
            if end - start < size and (end - start == 1 or self.knows(word[start:end]))
        ]

        def cost(start: int, end: int) -> int:
            return size + 1 if end - start == 1 else size  # a single character costs a little more than a word

        before = [0] + [size * (size + 1)] * size  # least cost of word[:i]
        for start, end in sorted(spans, key=lambda span: span[1]):
            before[end] = min(before[end], before[start] + cost(start, end))
        after = [size * (size + 1)] * size + [0]  # least cost of word[i:]
        for start, end in sorted(spans, reverse=True):
            after[start] = min(after[start], cost(start, end) + after[end])
        return [
            (start, end)
            for start, end in spans
            if end - start > 1 and before[start] + cost(start, end) + after[end] == before[size]
        ]
