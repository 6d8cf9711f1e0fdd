"""Articles prepared for the writer: with all work done that does not depend on the index."""

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
from .schema import STORED_FIELDS, TERM_LIST_FIELDS


class TermNumbering(dict[str, int]):
    """Numbers terms in the order in which they first occur."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number

    def numbers(self, terms: Sequence[str]) -> NDArray[np.uint32]:
        """Return the number of each of the terms."""
        return np.fromiter(map(self.__getitem__, terms), np.uint32, len(terms))


class CodedTerms(NamedTuple):
    """The terms of an article in `TERM_LIST_FIELDS`, coded against the vocabularies of its batch.

    `codes` are 32-bit indexes into the vocabularies of the fields as if they were one list. `sizes` is the number of
    terms in each field. The articles of a batch share the vocabularies.
    """

    vocabularies: list[list[str]]
    codes: bytes
    sizes: tuple[int, ...]


class PreparedArticle(NamedTuple):
    """An article in the form that the writer takes.

    `record` holds its stored texts, `texts` those whose n-grams are indexed, `terms` the terms of the other fields, and
    `numbers` the lengths of its streams and its numeric fields.
    """

    id: str
    record: bytes
    texts: dict[str, str]
    terms: CodedTerms
    numbers: dict[str, int]


def prepare_articles(batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[PreparedArticle]:
    """Prepare pairs of article and digest.

    Pickle the result as a whole: then the shared vocabularies are pickled once.
    """
    numberings = {name: TermNumbering() for name in TERM_LIST_FIELDS}
    vocabularies: list[list[str]] = []
    field_codes: list[NDArray[np.uint32]] = []  # of each article, as indexes into the vocabulary of the term's field
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
        field_codes.append(np.array(codes, np.uint32))
        stored = stored_texts(analyzed, digest)
        record = pack_texts([stored[name] for name in STORED_FIELDS])
        coded = CodedTerms(vocabularies, b"", tuple(len(terms[name]) for name in TERM_LIST_FIELDS))
        articles.append(PreparedArticle(analyzed.article.id, record, texts, coded, numbers))
    vocabularies.extend(map(list, numberings.values()))
    starts = np.cumsum([0, *map(len, vocabularies)], dtype=np.uint32)[:-1]
    return [
        article._replace(terms=article.terms._replace(codes=(codes + np.repeat(starts, article.terms.sizes)).tobytes()))
        for article, codes in zip(articles, field_codes, strict=True)
    ]


def _numbers(analyzed: AnalyzedArticle) -> dict[str, int]:
    published = analyzed.article.published
    if not published:
        return {"day": 0, "time": UNDATED}
    return {"day": day_number(published.date()), "time": int(published.timestamp())}
