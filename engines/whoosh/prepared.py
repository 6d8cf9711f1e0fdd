"""Articles as the writer takes them: with everything done that needs no other article of the index."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...analysis import AnalysedArticle
from ..evaluate import UNDATED, day_number
from ..facets import FACETS, values
from ..keywords import KEYWORDS, keywords
from ..records import packed
from ..stored import texts_of
from .schema import STORED, WORDS


class Numbering(dict[str, int]):
    """Numbers terms in the order in which they come."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number

    def of(self, terms: Sequence[str]) -> NDArray[np.uint32]:
        """The numbers of `terms`."""
        return np.fromiter(map(self.__getitem__, terms), np.uint32, len(terms))


class Coded(NamedTuple):
    """Terms, each as its place in a vocabulary, which the articles of a batch have in common."""

    vocabulary: list[str]
    codes: NDArray[np.uint32]


class PreparedArticle(NamedTuple):
    """`record` is what is stored, `grams` the text of each field of character grams, `terms` what the other term fields
    hold, `numbers` the number fields."""

    id: str
    record: bytes
    grams: dict[str, str]
    terms: dict[str, Coded]
    numbers: dict[str, int]


def prepared(batch: Iterable[tuple[AnalysedArticle, str]]) -> list[PreparedArticle]:
    """Articles, given with their digests. They travel to another process best together, for what they have in common
    travels once."""
    numberings = {name: Numbering() for name in (*WORDS, *KEYWORDS, *FACETS)}
    vocabularies: dict[str, list[str]] = {name: [] for name in numberings}
    articles = []
    for analysed, digest in batch:
        terms: dict[str, Sequence[str]] = {**keywords(analysed), **values(analysed)}
        grams: dict[str, str] = {}
        for field, streams in (("text", analysed.text), ("title", analysed.title)):
            terms[f"{field}_words"] = streams.words
            grams[f"{field}_pairs"], grams[f"{field}_singles"] = streams.folded, streams.singles
        coded = {name: Coded(vocabularies[name], numbering.of(terms[name])) for name, numbering in numberings.items()}
        texts = texts_of(analysed, digest)
        record = packed([texts[name] for name in STORED])
        articles.append(PreparedArticle(analysed.article.id, record, grams, coded, _numbers(analysed)))
    for name, numbering in numberings.items():
        vocabularies[name].extend(numbering)
    return articles


def _numbers(analysed: AnalysedArticle) -> dict[str, int]:
    published = analysed.article.published
    if not published:
        return {"day": 0, "time": UNDATED}
    return {"day": day_number(published.date()), "time": int(published.timestamp())}
