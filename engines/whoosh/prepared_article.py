"""Articles as the writer takes them: with everything done that needs no other article of the index."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...analysis import AnalyzedArticle
from ..facets import facet_values
from ..keywords import article_keywords
from ..matching import UNDATED, day_number
from ..records import pack_texts
from ..stored_article import stored_texts
from .schema import CODED, STORED


class Numbering(dict[str, int]):
    """Numbers terms in the order in which they come."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number

    def of(self, terms: Sequence[str]) -> NDArray[np.uint32]:
        """The numbers of `terms`."""
        return np.fromiter(map(self.__getitem__, terms), np.uint32, len(terms))


class Coded(NamedTuple):
    """The terms of the fields `CODED`, of which each has so many: their places, of 32 bits each, in the vocabularies of
    the fields one after another, which the articles of a batch have in common."""

    vocabularies: list[list[str]]
    codes: bytes
    sizes: tuple[int, ...]


class PreparedArticle(NamedTuple):
    """`record` is what is stored, `texts` are those whose character grams are indexed, `terms` what the other term
    fields hold, `numbers` the lengths that are kept and the number fields."""

    id: str
    record: bytes
    texts: dict[str, str]
    terms: Coded
    numbers: dict[str, int]


def prepared(batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[PreparedArticle]:
    """Articles, given with their digests. They travel to another process best together, for what they have in common
    travels once."""
    numberings = {name: Numbering() for name in CODED}
    vocabularies: list[list[str]] = []
    local: list[NDArray[np.uint32]] = []  # codes in the vocabularies of the fields
    articles = []
    for analyzed, digest in batch:
        terms: dict[str, Sequence[str]] = {**article_keywords(analyzed), **facet_values(analyzed)}
        texts: dict[str, str] = {}
        numbers = _numbers(analyzed)
        for text, streams in (("text", analyzed.text), ("title", analyzed.title)):
            texts[text] = streams.folded
            terms[f"{text}_words"] = streams.words
            numbers[f"{text}_words"] = len(streams.words)
            numbers[f"{text}_bigrams"] = max(len(streams.folded) - 1, 0)
            numbers[f"{text}_unigrams"] = len(streams.unigrams)
        codes: list[int] = []
        for name, numbering in numberings.items():
            codes += map(numbering.__getitem__, terms[name])
        local.append(np.array(codes, np.uint32))
        stored = stored_texts(analyzed, digest)
        record = pack_texts([stored[name] for name in STORED])
        coded = Coded(vocabularies, b"", tuple(len(terms[name]) for name in CODED))
        articles.append(PreparedArticle(analyzed.article.id, record, texts, coded, numbers))
    vocabularies.extend(map(list, numberings.values()))
    starts = np.cumsum([0, *map(len, vocabularies)], dtype=np.uint32)[:-1]
    return [
        article._replace(terms=article.terms._replace(codes=(codes + np.repeat(starts, article.terms.sizes)).tobytes()))
        for article, codes in zip(articles, local, strict=True)
    ]


def _numbers(analyzed: AnalyzedArticle) -> dict[str, int]:
    published = analyzed.article.published
    if not published:
        return {"day": 0, "time": UNDATED}
    return {"day": day_number(published.date()), "time": int(published.timestamp())}
