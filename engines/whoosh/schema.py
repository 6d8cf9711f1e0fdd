"""The fields of an index, as Whoosh sees them."""

import warnings
from typing import Any

with warnings.catch_warnings():  # Whoosh's old sources make newer Pythons warn when they compile them
    warnings.simplefilter("ignore")
    from whoosh import columns, fields
    from whoosh.analysis import IDTokenizer, NgramTokenizer

from ..facets import FACETS
from ..keywords import KEYWORDS

TEXTS = ("title", "body", "published", "lead", "path", "entities", "dates", "digest")
STORED = ("id", "url", "source", "section", "author", "sketch", *TEXTS)
NUMBERS = ("day", "time")
# Fields of character grams, by the size of the gram. Those of a folded text come of it, and are named by it.
TEXTS_OF_GRAMS = ("text", "title")
GRAMS = {"text_bigrams": 2, "text_unigrams": 1, "title_bigrams": 2, "title_unigrams": 1}
WORDS = ("text_words", "title_words")
SCORED = (*WORDS, *GRAMS)  # whose lengths are kept
CODED = (*WORDS, *KEYWORDS, *FACETS)  # that take lists of terms
FIELDS = sorted((*GRAMS, *CODED))  # that have terms
PLACED = {name for name, size in GRAMS.items() if size == 2}  # whose lists hold places, so that strings can be found


def schema() -> Any:
    """Grams come with the tokenizer that makes them, so that Whoosh's own query parser reads 台湾海峡 in `text_bigrams`
    as the phrase it is."""
    grams = {name: fields.TEXT(analyzer=NgramTokenizer(size), phrase=size == 2) for name, size in GRAMS.items()}
    words = {name: fields.KEYWORD(scorable=True, analyzer=IDTokenizer()) for name in WORDS}
    keywords = {name: fields.KEYWORD(stored=name in STORED, analyzer=IDTokenizer()) for name in KEYWORDS}
    facets = {name: fields.KEYWORD(analyzer=IDTokenizer()) for name in FACETS}
    stored = {name: fields.STORED() for name in TEXTS}
    numbers = {name: fields.COLUMN(columns.NumericColumn("q")) for name in NUMBERS}
    return fields.Schema(**grams, **words, **keywords, **facets, **stored, **numbers)
