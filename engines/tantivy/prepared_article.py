"""Articles as the writer takes them: the fields of a document, each as one text."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from ...analysis import AnalyzedArticle, TermStreams
from ..facets import values
from ..fields import Stream
from ..keywords import keywords
from ..matching import UNDATED, day_number
from ..records import packed
from ..stored_article import NAMES, texts_of
from .schema import AGAIN, DAY, TIME, escaped, keyword_term

_MOST_COMPARED = 10**8  # characters of a title times those of its body
_TERM_END, _RUN_END = "\x1f", "\x1d"  # no text has them


class PreparedArticle(NamedTuple):
    """`terms` are the fields of terms with blanks between, `keywords` those of one term each, facets among them."""

    id: str
    terms: dict[str, str]
    keywords: dict[str, list[str]]
    numbers: dict[str, int]
    stored: bytes


def prepared(batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[PreparedArticle]:
    """Articles, given with their digests."""
    return [_prepared(analyzed, digest) for analyzed, digest in batch]


def _prepared(analyzed: AnalyzedArticle, digest: str) -> PreparedArticle:
    texts = texts_of(analyzed, digest)
    streams = {"text": analyzed.text, "title": analyzed.title, AGAIN: _again(analyzed)}
    return PreparedArticle(
        keyword_term(analyzed.article.id),
        {f"{name}_{stream}": text for name, terms in streams.items() for stream, text in _streams(terms) if text},
        {name: list(map(keyword_term, found)) for name, found in keywords(analyzed).items()} | values(analyzed),
        _numbers(analyzed),
        packed([texts[name] for name in NAMES]),
    )


def _streams(terms: TermStreams) -> Iterator[tuple[Stream, str]]:
    yield "words", escaped(_TERM_END.join(terms.words)).replace(_TERM_END, " ")
    yield "bigrams", _grams(escaped(terms.folded), 2)
    yield "unigrams", _grams(escaped(terms.unigrams), 1)


def _grams(text: str, size: int) -> str:
    """Every `size` characters side by side, with blanks between."""
    codes = np.frombuffer(text.encode("utf-32-le"), "<u4")
    count = len(codes) - size + 1
    if count <= 0:
        return ""
    spaced = np.full((count, size + 1), ord(" "), "<u4")
    for place in range(size):
        spaced[:, place] = codes[place : place + count]
    return spaced.tobytes().decode("utf-32-le")


def _again(analyzed: AnalyzedArticle) -> TermStreams:
    """What of the title stands in the body, too."""
    text, title = analyzed.text, analyzed.title
    runs = _common_runs(title.folded, text.folded[len(title.folded) :])
    return TermStreams(sorted(set(title.words).intersection(text.words[len(title.words) :])), _RUN_END.join(runs))


def _common_runs(title: str, body: str) -> list[str]:
    """The pieces of `title` that stand in `body`, as long as they can be; of a huge one all, for want of time."""
    if len(title) * len(body) > _MOST_COMPARED:
        return [title]
    runs, end = [], 0
    for start in range(len(title)):
        before = end = max(end, start)
        while end < len(title) and title[start : end + 1] in body:
            end += 1
        if end > before:
            runs.append(title[start:end])
    return runs


def _numbers(analyzed: AnalyzedArticle) -> dict[str, int]:
    published = analyzed.article.published
    if not published:
        return {TIME: UNDATED}
    return {DAY: day_number(published.date()), TIME: int(published.timestamp())}
