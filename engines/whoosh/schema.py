"""The Whoosh schema of an index, and the sets of fields that the segments have."""

import warnings
from typing import Any

with warnings.catch_warnings():  # newer Pythons warn when they compile Whoosh's old sources
    warnings.simplefilter("ignore")
    from whoosh import columns, fields
    from whoosh.analysis import IDTokenizer, NgramTokenizer

from ..facets import FACETS
from ..keywords import KEYWORDS

STORED_TEXTS = ("title", "body", "published", "lead", "path", "entities", "dates", "digest")  # that are not indexed
STORED_FIELDS = ("id", "url", "source", "section", "author", "sketch", *STORED_TEXTS)
NUMERIC_FIELDS = ("day", "time")
# Each folded text is indexed in two n-gram fields, whose names begin with its own.
NGRAM_TEXTS = ("text", "title")
NGRAM_SIZES = {"text_bigrams": 2, "text_unigrams": 1, "title_bigrams": 2, "title_unigrams": 1}
WORD_FIELDS = ("text_words", "title_words")
TERM_LIST_FIELDS = (*WORD_FIELDS, *KEYWORDS, *FACETS)  # whose terms arrive as lists
INDEXED_FIELDS = sorted((*NGRAM_SIZES, *TERM_LIST_FIELDS))
# Fields whose posting lists hold positions, which substring search needs.
POSITIONAL_FIELDS = {name for name, size in NGRAM_SIZES.items() if size == 2}


def schema() -> Any:
    """Return the Whoosh schema, the same for every index.

    N-gram fields have the tokenizer for their size, so that Whoosh's own query parser reads 台湾海峡 in `text_bigrams`
    as a phrase.
    """
    ngrams = {name: fields.TEXT(analyzer=NgramTokenizer(size), phrase=size == 2) for name, size in NGRAM_SIZES.items()}
    words = {name: fields.KEYWORD(scorable=True, analyzer=IDTokenizer()) for name in WORD_FIELDS}
    keywords = {name: fields.KEYWORD(stored=name in STORED_FIELDS, analyzer=IDTokenizer()) for name in KEYWORDS}
    facets = {name: fields.KEYWORD(analyzer=IDTokenizer()) for name in FACETS}
    stored = {name: fields.STORED() for name in STORED_TEXTS}
    numbers = {name: fields.COLUMN(columns.NumericColumn("q")) for name in NUMERIC_FIELDS}
    return fields.Schema(**ngrams, **words, **keywords, **facets, **stored, **numbers)
