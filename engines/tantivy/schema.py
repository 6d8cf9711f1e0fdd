"""The Tantivy schema of an index, and the escaping of terms.

Analysis has already made the terms. A term field holds them separated by spaces, and Tantivy's whitespace tokenizer
splits them in its own threads. The position of a bigram is that of its first character, so a string is a phrase of
bigrams.

The body has no term streams of its own. A match in the body is a match in `text` outside of the title, or a match in
`title_in_body`, which holds the parts of the title that the body repeats.
"""

from hashlib import blake2b

import tantivy

from ..clauses import IndexedField, Stream
from ..facets import FACETS
from ..keywords import KEYWORDS

STREAMS: tuple[Stream, ...] = ("words", "bigrams", "unigrams")
INDEXED_FIELDS: tuple[IndexedField, ...] = ("text", "title")
TITLE_IN_BODY = "title_in_body"
DAY, TIME, STORED = "day", "time", "stored"  # undated articles have no day
_MAX_KEYWORD_LENGTH = 8_000  # characters; Tantivy drops terms of more than 65,530 bytes
# White space within terms is indexed as control characters. Cleaning removes these from texts, so they are free.
_ESCAPES = dict(zip(" \t\n\f\r", "\x11\x12\x13\x14\x15", strict=True))


def make_schema() -> tantivy.Schema:
    """Return the schema of an index."""
    builder = tantivy.SchemaBuilder()
    for field in (*INDEXED_FIELDS, TITLE_IN_BODY):
        for stream in STREAMS:
            option = "position" if stream == "bigrams" else "freq"
            builder.add_text_field(f"{field}_{stream}", tokenizer_name="whitespace", index_option=option)
    for keyword in KEYWORDS:
        builder.add_text_field(keyword, tokenizer_name="raw", index_option="basic")
    for facet in FACETS:
        builder.add_text_field(facet, tokenizer_name="raw", index_option="basic", fast=True)
    for name in (DAY, TIME):
        builder.add_integer_field(name, fast=True)
    builder.add_bytes_field(STORED, stored=True)
    return builder.build()


def escape(text: str) -> str:
    """Return `text` without white space at which Tantivy would split it, and encodable as UTF-8."""
    for blank, control in _ESCAPES.items():
        text = text.replace(blank, control)
    return escape_surrogates(text)


def unescape(term: str) -> str:
    """Return an escaped term with its white space restored."""
    for blank, control in _ESCAPES.items():
        term = term.replace(control, blank)
    return term


def keyword_term(value: str) -> str:
    """Return the term of a keyword: its value, which a digest shortens if it is too long for a term."""
    if len(value) > _MAX_KEYWORD_LENGTH:
        digest = blake2b(value.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
        value = value[:_MAX_KEYWORD_LENGTH] + digest
    return escape_surrogates(value)


def escape_surrogates(text: str) -> str:
    """Return `text` with lone surrogates, which file names may contain, as backslash escapes."""
    return text if text.isprintable() or text.isascii() else text.encode("utf-8", "backslashreplace").decode()
