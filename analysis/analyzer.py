"""Analyzer: turns text into terms. Indexing and querying call the same code."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache, partial
from itertools import chain

from .article import AnalyzedArticle, Article, TermStreams
from .dates.mentions import find_dates
from .names.finder import NAMES_VERSION, EntityMention, NameFinder
from .near_duplicates import ArticleFingerprint
from .text.fold import FOLD_TABLE_VERSION, fold
from .text.layout import JoinedText, find_gaps, remove_gaps, spaced_runs
from .text.segmenter import DICTIONARY, Segmenter
from .text.tokens import HAN, Token, han_runs, index_terms, tokenize

STREAMS_VERSION = 5  # raise it when the same text yields other terms, dates or sketches
TITLE_END = "\x1e"  # between title and body; cleaning removes it from both, so no query can match across
_HAN_ONLY = re.compile(f"[{HAN}]+")
NAME_JOINT = re.compile("[·-]")  # separates the parts of a folded name
_NAME_CACHE_SIZE = 1 << 16  # names; the same ones recur throughout an archive


def _joined_word(word: str) -> str:
    return remove_gaps(fold(word.strip()))


def searchable_text(article: Article) -> str:
    """Return title and body as one text: the text that a query without a field searches."""
    return article.title + TITLE_END + article.body


def entity_tokens(names: Iterable[EntityMention]) -> Iterator[Token]:
    """Yield the tokens of names: each name whole, without interpuncts, and each part of a name that has interpuncts.

    So 安东尼·布林肯, 安东尼-布林肯 and 布林肯 share tokens, however the segmenter cuts them.
    """
    for name in names:
        for term, start, end in _name_tokens(name.text):
            if len(name.text) == name.end - name.start:
                yield Token(term, name.start + start, name.start + end)
            else:  # the text has gaps inside the name
                yield Token(term, name.start, name.end)


@lru_cache(_NAME_CACHE_SIZE)
def _name_tokens(name: str) -> tuple[Token, ...]:
    """Return the tokens of one name, with offsets in the name."""
    parts = NAME_JOINT.split(fold(name))
    tokens = [Token("".join(parts), 0, len(name))]
    offset = 0
    for part in parts if len(parts) > 1 else ():
        if len(part) > 1:
            tokens.append(Token(part, offset, offset + len(part)))
        offset += len(part) + 1
    return tuple(tokens)


class Analyzer:
    """Turns articles and queries into terms. Cheap to create: jieba's dictionary is loaded at first use.

    `dictionary` holds the user's own words, which the segmenter never splits; they may contain spaces, interpuncts and
    Latin letters. With `entities=False` the analyzer skips named entities, which saves two thirds of the time.

    >>> [token.term for token in Analyzer().tokenize("臺灣海峽 iPhone15")]
    ['台湾海峡', '台湾', '海峡', 'iphone15', 'iphone', '15']
    """

    def __init__(self, dictionary: Iterable[str] = (), *, entities: bool = True) -> None:
        self.dictionary = list(dictionary)
        self.entities = entities
        self._dictionary = sorted({word for word in map(_joined_word, self.dictionary) if len(word) > 1})
        mixed = [re.escape(word) for word in self._dictionary if not _HAN_ONLY.fullmatch(word)]
        self._phrases = re.compile("|".join(sorted(mixed, key=len, reverse=True))) if mixed else None

    def __reduce__(self) -> tuple[Callable[..., "Analyzer"], tuple[list[str]]]:
        """Pickle the settings only: another process gets an analyzer that has loaded nothing yet."""
        return partial(Analyzer, entities=self.entities), (self.dictionary,)

    def with_settings(self, dictionary: Iterable[str] | None, entities: bool | None) -> "Analyzer":
        """Return a new analyzer with these settings; None keeps the setting of this one."""
        words = self.dictionary if dictionary is None else dictionary
        return Analyzer(words, entities=self.entities if entities is None else entities)

    @cached_property
    def segmenter(self) -> Segmenter:
        """The segmenter, which also knows the user's words that are all Han characters."""
        return Segmenter(word for word in self._dictionary if _HAN_ONLY.fullmatch(word))

    @cached_property
    def _name_finder(self) -> NameFinder:
        return NameFinder(self.segmenter)

    @property
    def fingerprint(self) -> str:
        """A hash that changes whenever the same text could yield other terms.

        An index stores the fingerprint of its analyzer and opens only with an analyzer that has the same one.
        """
        names = f"names {NAMES_VERSION}" if self.entities else "no entities"
        settings = (f"streams {STREAMS_VERSION}", f"fold {FOLD_TABLE_VERSION}", names, DICTIONARY, *self._dictionary)
        return hashlib.blake2b("\n".join(settings).encode(), digest_size=8).hexdigest()

    def tokenize(self, text: str) -> list[Token]:
        """Return the folded words of `text`, with offsets in it. Gaps inside a word belong to its range."""
        joined, tokens = self._tokenize(text)
        return [Token(token.term, *joined.original(token.start, token.end)) for token in tokens]

    def tokenize_joined(self, text: str) -> tuple[str, list[Token]]:
        """Return the folded text without its gaps, and its words, with offsets in that."""
        joined, tokens = self._tokenize(text)
        return joined.text, tokens

    def _tokenize(self, text: str) -> tuple[JoinedText, list[Token]]:
        folded = fold(text)
        joined = JoinedText(folded, find_gaps(folded))
        runs = {joined.joined_offset(start): pieces for start, pieces in spaced_runs(folded)}
        return joined, tokenize(joined.text, self.segmenter, self._phrases, runs)

    def find_entities(self, text: str) -> tuple[EntityMention, ...]:
        """Return the people, places and organisations that `text` mentions."""
        return self._names(text, fold(text))

    def find_query_entities(self, text: str) -> tuple[EntityMention, ...]:
        """Return the names that `text`, a query, mentions; the names are found by rules alone.

        The model would take longer than the rest of the query.
        """
        return tuple(self._name_finder.find_by_rules(text, fold(text))) if self.entities else ()

    def _names(self, text: str, folded: str) -> tuple[EntityMention, ...]:
        return tuple(self._name_finder.find(text, folded)) if self.entities else ()

    def terms(self, text: str, names: Iterable[EntityMention] = ()) -> TermStreams:
        """Return all term streams of `text`.

        `names` are mentions in `text`. A name that the segmenter never cuts as one word is added to the words.
        """
        return self._terms(fold(text), names)

    def _terms(self, folded: str, names: Iterable[EntityMention]) -> TermStreams:
        joined = remove_gaps(folded)
        pieces = (pieces for _, pieces in spaced_runs(folded))
        words = index_terms(joined, self.segmenter, self._phrases, pieces)
        segmented = set(words)
        words += [token.term for name in names for token in _name_tokens(name.text) if token.term not in segmented]
        return TermStreams(words, joined)

    def analyze(self, article: Article) -> AnalyzedArticle:
        """Return the article with everything that an index stores about it."""
        text = searchable_text(article)
        folded = fold(text)
        pieces = chain.from_iterable(pieces for _, pieces in spaced_runs(folded))
        self.segmenter.prefetch((*han_runs(remove_gaps(folded)), *pieces))
        names = self._names(text, folded)
        title_length = len(article.title)
        title_names = [name for name in names if name.end <= title_length]
        title = self._terms(folded[:title_length], title_names)
        body = self._terms(folded[title_length + len(TITLE_END) :], names[len(title_names) :])
        dates = tuple(find_dates(text, folded, article.published))
        sketch = ArticleFingerprint(article).sketch()
        whole = TermStreams(title.words + body.words, title.folded + TITLE_END + body.folded)
        return AnalyzedArticle(article, whole, title, names, dates, sketch)
