"""From text to terms: the one function that index side and query side both call."""

import hashlib
import re
from collections.abc import Iterator
from functools import cached_property

from . import entities
from .article import AnalysedArticle, Article, Terms
from .fold import FOLD_TABLE_VERSION, fold
from .segment import DICTIONARY, Segmenter
from .words import Word, words

STREAMS_VERSION = 1  # raise it when `Terms` or `words` change what they give for the same text
TITLE_END = "\x1e"  # between title and body; cleaning removes it from both, so no query can match across
_SPACE = re.compile(r"\s+")


def text_of(article: Article) -> str:
    """Title and body as one text: what a query without a field searches."""
    return article.title + TITLE_END + article.body


class Analyzer:
    """Makes terms of articles and of queries. Cheap to create: the dictionary is loaded at first use.

    >>> [word.term for word in Analyzer().words("臺灣海峽 iPhone15")]
    ['台湾海峡', '台湾', '海峡', 'iphone15', 'iphone', '15']
    """

    @cached_property
    def segmenter(self) -> Segmenter:
        return Segmenter()

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text could give other terms; an index opens only with the one it was made with."""
        parts = (f"streams {STREAMS_VERSION}", f"fold {FOLD_TABLE_VERSION}", DICTIONARY)
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()

    def words(self, text: str) -> Iterator[Word]:
        """The words of `text`, folded, with offsets in it."""
        return words(fold(text), self.segmenter)

    def terms(self, text: str, names: tuple[entities.Entity, ...] = ()) -> Terms:
        """All streams of `text`. `names` are mentions in it, whose words count whole even where jieba cuts them."""
        folded = fold(text)
        found = list(words(folded, self.segmenter))
        cut = {(word.start, word.end) for word in found}
        terms = [word.term for word in found]
        terms.extend(folded[name.start : name.end] for name in names if (name.start, name.end) not in cut)
        pairs = list(map("".join, zip(folded, folded[1:], strict=False)))
        return Terms(terms, pairs, list(_SPACE.sub("", folded)))

    def analyse(self, article: Article) -> AnalysedArticle:
        """All that an index keeps of an article."""
        text = text_of(article)
        names = tuple(entities.extract(text, self.segmenter))
        title_names = tuple(name for name in names if name.end <= len(article.title))
        return AnalysedArticle(article, self.terms(text, names), self.terms(article.title, title_names), names)
