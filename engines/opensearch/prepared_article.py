"""Articles prepared for the writer: JSON ready to send, except for the numbers that a transaction assigns."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from ...analysis import AnalyzedArticle, TermStreams
from ..facets import facet_values
from ..keywords import article_keywords
from ..matching import day_number
from ..stored_article import stored_texts
from .server import to_json
from .term_encoding import encode_bigrams, encode_keyword, encode_terms, encode_unigrams, replace_surrogates

MAX_VOCABULARY_WORD_LENGTH = 100  # characters; longer words are not suggested


class OpenSearchDocument(NamedTuple):
    """An article as the writer takes it. `fields` is a JSON object without its opening brace."""

    id: str
    fields: bytes


def prepare_articles(batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[OpenSearchDocument]:
    """Prepare articles, given with their digests."""
    return [
        OpenSearchDocument(analyzed.article.id, to_json(_fields(analyzed, digest))[1:]) for analyzed, digest in batch
    ]


def _fields(analyzed: AnalyzedArticle, digest: str) -> dict[str, Any]:
    title, text = analyzed.title, analyzed.text
    # After the title, the text has a separator and then the body.
    body = TermStreams(text.words[len(title.words) :], text.folded[len(title.folded) + 1 :])
    fields: dict[str, Any] = {
        field: list(map(encode_keyword, keys)) for field, keys in article_keywords(analyzed).items()
    }
    fields |= facet_values(analyzed)
    for field, streams in (("title", title), ("body", body)):
        fields[f"{field}_words"] = encode_terms(streams.words)
        fields[f"{field}_bigrams"] = encode_bigrams(streams.folded)
        fields[f"{field}_unigrams"] = encode_unigrams(streams)
    words = dict.fromkeys(text.words)
    fields["vocabulary"] = [replace_surrogates(word) for word in words if len(word) <= MAX_VOCABULARY_WORD_LENGTH]
    fields["record"] = {name: replace_surrogates(value) for name, value in stored_texts(analyzed, digest).items()}
    published = analyzed.article.published
    if published:
        fields |= {"day": day_number(published.date()), "time": int(published.timestamp())}
    return fields
