"""From text to terms: the one function that index side and query side both call."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache, partial

from .article import AnalyzedArticle, Article, TermStreams
from .dates.mentions import find_dates
from .names.finder import NAMES_VERSION, EntityMention, NameFinder
from .near_duplicates import ArticleFingerprint
from .text.fold import FOLD_TABLE_VERSION, fold
from .text.segmenter import DICTIONARY, Segmenter
from .text.tokens import HAN, Token, han_runs, terms, words

STREAMS_VERSION = 4  # raise it when terms, dates or sketches of the same text become others
TITLE_END = "\x1e"  # between title and body; cleaning removes it from both, so no query can match across
_HAN_ONLY = re.compile(f"[{HAN}]+")
NAME_JOINT = re.compile("[·-]")  # what joins the parts of a name, after folding
_NAMES_KEPT = 1 << 16  # names come again and again


def searchable_text(article: Article) -> str:
    """Title and body as one text: what a query without a field searches."""
    return article.title + TITLE_END + article.body


def entity_tokens(names: Iterable[EntityMention]) -> Iterator[Token]:
    """The words that names are: each as a whole, without its dots, and if it has dots, each part. So 安东尼·布林肯,
    安东尼-布林肯 and 布林肯 share words however the segmenter cuts them."""
    for name in names:
        for term, start, end in _words_of_name(name.text):
            yield Token(term, name.start + start, name.start + end)


@lru_cache(_NAMES_KEPT)
def _words_of_name(name: str) -> tuple[Token, ...]:
    """With their places in it."""
    parts = NAME_JOINT.split(fold(name))
    found = [Token("".join(parts), 0, len(name))]
    at = 0
    for part in parts if len(parts) > 1 else ():
        if len(part) > 1:
            found.append(Token(part, at, at + len(part)))
        at += len(part) + 1
    return tuple(found)


class Analyzer:
    """Makes terms of articles and of queries. Cheap to create: jieba's dictionary is loaded at first use.

    `dictionary` are words of the user's own that are to stay whole; they may hold spaces, dots and Latin letters.
    Without `entities` it looks for no names, which saves two thirds of the time.

    >>> [word.term for word in Analyzer().words("臺灣海峽 iPhone15")]
    ['台湾海峡', '台湾', '海峡', 'iphone15', 'iphone', '15']
    """

    def __init__(self, dictionary: Iterable[str] = (), *, entities: bool = True) -> None:
        self.dictionary = list(dictionary)
        self.entities = entities
        self._dictionary = sorted({word for word in map(fold, map(str.strip, self.dictionary)) if len(word) > 1})
        mixed = [re.escape(word) for word in self._dictionary if not _HAN_ONLY.fullmatch(word)]
        self._phrases = re.compile("|".join(sorted(mixed, key=len, reverse=True))) if mixed else None

    def __reduce__(self) -> tuple[Callable[..., "Analyzer"], tuple[list[str]]]:
        """Other processes get one that has loaded nothing yet."""
        return partial(Analyzer, entities=self.entities), (self.dictionary,)

    def changed(self, dictionary: Iterable[str] | None, entities: bool | None) -> "Analyzer":
        """One with another dictionary, with or without entities; as this one in what is None."""
        words = self.dictionary if dictionary is None else dictionary
        return Analyzer(words, entities=self.entities if entities is None else entities)

    @cached_property
    def segmenter(self) -> Segmenter:
        return Segmenter(word for word in self._dictionary if _HAN_ONLY.fullmatch(word))

    @cached_property
    def _name_finder(self) -> NameFinder:
        return NameFinder(self.segmenter)

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text could give other terms; an index opens only with the one it was made with."""
        names = f"names {NAMES_VERSION}" if self.entities else "no entities"
        parts = (f"streams {STREAMS_VERSION}", f"fold {FOLD_TABLE_VERSION}", names, DICTIONARY, *self._dictionary)
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()

    def words(self, text: str) -> list[Token]:
        """The words of `text`, folded, with offsets in it."""
        return words(fold(text), self.segmenter, self._phrases)

    def names(self, text: str) -> tuple[EntityMention, ...]:
        """The people, places and organisations of `text`."""
        return self._names(text, fold(text))

    def names_of_query(self, text: str) -> tuple[EntityMention, ...]:
        """The names in a query, by rules alone: the model would take longer than all else that is done with it."""
        return tuple(self._name_finder.find_by_rules(text, fold(text))) if self.entities else ()

    def _names(self, text: str, folded: str) -> tuple[EntityMention, ...]:
        return tuple(self._name_finder.find(text, folded)) if self.entities else ()

    def terms(self, text: str, names: Iterable[EntityMention] = ()) -> TermStreams:
        """All streams of `text`. `names` are mentions in it; those that jieba never cuts as words count whole, too."""
        return self._terms(fold(text), names)

    def _terms(self, folded: str, names: Iterable[EntityMention]) -> TermStreams:
        found = terms(folded, self.segmenter, self._phrases)
        known = set(found)
        found += [word.term for name in names for word in _words_of_name(name.text) if word.term not in known]
        return TermStreams(found, folded)

    def analyze(self, article: Article) -> AnalyzedArticle:
        """All that an index keeps of an article."""
        text = searchable_text(article)
        folded = fold(text)
        self.segmenter.cut_ahead(han_runs(folded))
        names = self._names(text, folded)
        end = len(article.title)
        in_title = [name for name in names if name.end <= end]
        title = self._terms(folded[:end], in_title)
        body = self._terms(folded[end + len(TITLE_END) :], names[len(in_title) :])
        dates = tuple(find_dates(text, folded, article.published))
        sketch = ArticleFingerprint(article).sketch()
        return AnalyzedArticle(article, TermStreams(title.words + body.words, folded), title, names, dates, sketch)
