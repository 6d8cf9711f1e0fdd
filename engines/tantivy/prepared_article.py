"""Articles prepared for the writer: the fields of a Tantivy document, each as one text."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from ...analysis import AnalyzedArticle, TermStreams
from ..facets import facet_values
from ..fields import Stream
from ..keywords import article_keywords
from ..matching import UNDATED, day_number
from ..records import pack_texts
from ..stored_article import NAMES, stored_texts
from .schema import DAY, TIME, TITLE_IN_BODY, escape, keyword_term

_MAX_COMPARISON = 10**8  # characters of a title times those of its body
_TERM_END, _RUN_END = "\x1f", "\x1d"  # control characters that texts never contain


class TantivyDocument(NamedTuple):
    """The fields of a document.

    `terms` maps each term field to its terms, separated by spaces. `keywords` maps each keyword field and each facet
    field to its values, which are terms by themselves.
    """

    id: str
    terms: dict[str, str]
    keywords: dict[str, list[str]]
    numbers: dict[str, int]
    stored: bytes


def prepare_articles(batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[TantivyDocument]:
    """Prepare articles, given with their digests."""
    return [_prepare(analyzed, digest) for analyzed, digest in batch]


def _prepare(analyzed: AnalyzedArticle, digest: str) -> TantivyDocument:
    texts = stored_texts(analyzed, digest)
    streams = {"text": analyzed.text, "title": analyzed.title, TITLE_IN_BODY: _title_in_body(analyzed)}
    return TantivyDocument(
        keyword_term(analyzed.article.id),
        {f"{field}_{stream}": text for field, terms in streams.items() for stream, text in _streams(terms) if text},
        {field: list(map(keyword_term, keys)) for field, keys in article_keywords(analyzed).items()}
        | facet_values(analyzed),
        _numbers(analyzed),
        pack_texts([texts[name] for name in NAMES]),
    )


def _streams(terms: TermStreams) -> Iterator[tuple[Stream, str]]:
    yield "words", escape(_TERM_END.join(terms.words)).replace(_TERM_END, " ")
    yield "bigrams", _ngrams(escape(terms.folded), 2)
    yield "unigrams", _ngrams(escape(terms.unigrams), 1)


def _ngrams(text: str, size: int) -> str:
    """Return the n-grams of `size` characters in sequence, separated by spaces."""
    codes = np.frombuffer(text.encode("utf-32-le"), "<u4")
    count = len(codes) - size + 1
    if count <= 0:
        return ""
    spaced = np.full((count, size + 1), ord(" "), "<u4")
    for column in range(size):
        spaced[:, column] = codes[column : column + count]
    return spaced.tobytes().decode("utf-32-le")


def _title_in_body(analyzed: AnalyzedArticle) -> TermStreams:
    """Return the terms of the title that the body repeats."""
    text, title = analyzed.text, analyzed.title
    runs = _common_runs(title.folded, text.folded[len(title.folded) :])
    return TermStreams(sorted(set(title.words).intersection(text.words[len(title.words) :])), _RUN_END.join(runs))


def _common_runs(title: str, body: str) -> list[str]:
    """Return the longest pieces of `title` that `body` contains.

    For a title and a body too long to compare in reasonable time, return the whole title.
    """
    if len(title) * len(body) > _MAX_COMPARISON:
        return [title]
    runs, end = [], 0
    for start in range(len(title)):
        previous_end = end = max(end, start)
        while end < len(title) and title[start : end + 1] in body:
            end += 1
        if end > previous_end:
            runs.append(title[start:end])
    return runs


def _numbers(analyzed: AnalyzedArticle) -> dict[str, int]:
    published = analyzed.article.published
    if not published:
        return {TIME: UNDATED}
    return {DAY: day_number(published.date()), TIME: int(published.timestamp())}
