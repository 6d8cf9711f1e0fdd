"""The fields of an index, as Tantivy sees them.

Terms come made: a field of terms holds them with blanks between, for Tantivy's whitespace tokenizer to take apart in
its own threads. A pair stands at the place of its first character, so a string is a phrase of pairs. The body has no
streams of its own; a field `again_…` holds what of the title the body has, too.
"""

from hashlib import blake2b

import tantivy

from ..facets import FACETS
from ..fields import IndexedField, Stream
from ..keywords import KEYWORDS

STREAMS: tuple[Stream, ...] = ("words", "bigrams", "unigrams")
TEXTS: tuple[IndexedField, ...] = ("text", "title")
AGAIN = "again"
DAY, TIME, STORED = "day", "time", "stored"  # day is missing where unknown
_LONGEST_KEYWORD = 8_000  # characters; Tantivy drops terms of more than 65,530 bytes
# White space within terms stands as controls, which no text has: cleaning removes them.
_ESCAPES = dict(zip(" \t\n\f\r", "\x11\x12\x13\x14\x15", strict=True))


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for text in (*TEXTS, AGAIN):
        for stream in STREAMS:
            option = "position" if stream == "bigrams" else "freq"
            builder.add_text_field(f"{text}_{stream}", tokenizer_name="whitespace", index_option=option)
    for keyword in KEYWORDS:
        builder.add_text_field(keyword, tokenizer_name="raw", index_option="basic")
    for facet in FACETS:
        builder.add_text_field(facet, tokenizer_name="raw", index_option="basic", fast=True)
    for name in (DAY, TIME):
        builder.add_integer_field(name, fast=True)
    builder.add_bytes_field(STORED, stored=True)
    return builder.build()


def escaped(text: str) -> str:
    """`text` without the white space that Tantivy would cut it at, and in what UTF-8 can say."""
    for blank, control in _ESCAPES.items():
        text = text.replace(blank, control)
    return readable(text)


def unescaped(term: str) -> str:
    for blank, control in _ESCAPES.items():
        term = term.replace(control, blank)
    return term


def keyword_term(value: str) -> str:
    """The term that a keyword is: the value itself unless it is longer than a term may be."""
    if len(value) > _LONGEST_KEYWORD:
        digest = blake2b(value.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
        value = value[:_LONGEST_KEYWORD] + digest
    return readable(value)


def readable(text: str) -> str:
    """`text` with halves of surrogate pairs, which names of files may have, spelled out."""
    return text if text.isprintable() or text.isascii() else text.encode("utf-8", "backslashreplace").decode()
