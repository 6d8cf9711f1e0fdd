"""Articles as the writer takes them: as the JSON that is sent, but for the numbers that a transaction gives."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from ...analysis import AnalyzedArticle, TermStreams
from ..facets import values
from ..keywords import keywords
from ..matching import day_number
from ..stored_article import texts_of
from .server import encoded
from .term_encoding import bigrams, keyword, shown, terms, unigrams

LONGEST_LISTED = 100  # characters of a word that suggestions are made from


class PreparedArticle(NamedTuple):
    """`fields` is a JSON object without its opening brace."""

    id: str
    fields: bytes


def prepared(batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[PreparedArticle]:
    """Articles, given with their digests."""
    return [PreparedArticle(analyzed.article.id, encoded(_fields(analyzed, digest))[1:]) for analyzed, digest in batch]


def _fields(analyzed: AnalyzedArticle, digest: str) -> dict[str, Any]:
    title, text = analyzed.title, analyzed.text
    # What is no title is the sign between them, and the body.
    body = TermStreams(text.words[len(title.words) :], text.folded[len(title.folded) + 1 :])
    fields: dict[str, Any] = {name: list(map(keyword, found)) for name, found in keywords(analyzed).items()}
    fields |= values(analyzed)
    for name, streams in (("title", title), ("body", body)):
        fields[f"{name}_words"] = terms(streams.words)
        fields[f"{name}_bigrams"] = bigrams(streams.folded)
        fields[f"{name}_unigrams"] = unigrams(streams)
    fields["vocabulary"] = [shown(word) for word in dict.fromkeys(text.words) if len(word) <= LONGEST_LISTED]
    fields["record"] = {name: shown(value) for name, value in texts_of(analyzed, digest).items()}
    published = analyzed.article.published
    if published:
        fields |= {"day": day_number(published.date()), "time": int(published.timestamp())}
    return fields
