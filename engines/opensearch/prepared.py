"""Articles as the writer takes them: as the JSON that is sent, but for the numbers that a transaction gives."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from ...analysis import AnalysedArticle, Terms
from ..evaluate import day_number
from ..facets import values
from ..keywords import keywords
from ..stored import texts_of
from .server import encoded
from .terms import keyword, pairs, shown, singles, terms

LONGEST_LISTED = 100  # characters of a word that suggestions are made from


class PreparedArticle(NamedTuple):
    """`fields` is a JSON object without its opening brace."""

    id: str
    fields: bytes


def prepared(batch: Iterable[tuple[AnalysedArticle, str]]) -> list[PreparedArticle]:
    """Articles, given with their digests."""
    return [PreparedArticle(analysed.article.id, encoded(_fields(analysed, digest))[1:]) for analysed, digest in batch]


def _fields(analysed: AnalysedArticle, digest: str) -> dict[str, Any]:
    title, text = analysed.title, analysed.text
    # What is no title is the sign between them, and the body.
    body = Terms(text.words[len(title.words) :], text.folded[len(title.folded) + 1 :])
    fields: dict[str, Any] = {name: list(map(keyword, found)) for name, found in keywords(analysed).items()}
    fields |= values(analysed)
    for name, streams in (("title", title), ("body", body)):
        fields[f"{name}_words"] = terms(streams.words)
        fields[f"{name}_pairs"] = pairs(streams.folded)
        fields[f"{name}_singles"] = singles(streams)
    fields["vocabulary"] = [shown(word) for word in dict.fromkeys(text.words) if len(word) <= LONGEST_LISTED]
    fields["record"] = {name: shown(value) for name, value in texts_of(analysed, digest).items()}
    published = analysed.article.published
    if published:
        fields |= {"day": day_number(published.date()), "time": int(published.timestamp())}
    return fields
