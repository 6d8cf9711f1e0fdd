"""Texts as queries: headlines, questions, sentences and paragraphs, as people type or paste them.

A query is a text, and not a list of keywords, if

- a part of it between spaces has more words than a keyword,
- nearly all of its parts do, as in a headline with spaces,
- it goes on after the end of a sentence,
- it has a link, a #topic# or an @account, or
- it has more parts than any list of keywords.

In a text, operators, quotation marks, brackets and names of fields are punctuation. Filters still count where nobody
pastes them: at the beginning of the query, and as `field:value` with a half-width colon. With a full-width colon, a
filter counts at the beginning if an article has its value: 人物：李飞飞的人工智能之路 is a headline.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, cast

from ..analysis import Analyzer
from ..engines import QUERY_FIELDS, KeywordField
from .date_ranges import parse_range
from .lexer import QueryToken, tokenize
from .parser import TextNode
from .query_part import MAX_SHORT_PART_WORDS, QueryPart

MAX_KEYWORDS = 100  # a query of more parts is a text, unless it has operators
MAX_FILTERS = 16  # beside a text
MAX_FILTER_WORDS = 1 + MAX_SHORT_PART_WORDS  # of a field and a value that people may have meant as a filter
_SENTENCE_END_INSIDE = re.compile(r"\w[^\w\s]*(?:[。！？；…｡]|[.!?;](?=\s))\W*\w")
_SENTENCE_MARK = re.compile(r"[。！？；…｡，：、]|[.!?;,:](?=\s)")

_POST_MARK = re.compile(r"https?://|#[^#\s]+#|@\w|＃[^＃\s]+＃|＠\w")

HasValue = Callable[[KeywordField, str], bool]


class PastedText(NamedTuple):
    """A query that is a text.

    `filters` are the filters around the text, in the query language. `marks` are the operators and quoted parts that
    count as punctuation, as typed. `unknown_filter` is the beginning that looks like a filter, but has a value that no
    article has.
    """

    text: str
    filters: str
    marks: tuple[str, ...]
    unknown_filter: str


class _Piece(NamedTuple):
    """The tokens of a query between two spaces."""

    text: str
    kinds: tuple[str, ...]
    negated: bool

    @property
    def is_operator(self) -> bool:
        return {"or", "and", "not"}.issuperset(self.kinds)

    @property
    def is_quoted(self) -> bool:
        return {"quoted", "not"}.issuperset(self.kinds) and "quoted" in self.kinds


def read_pasted_text(query: str, analyzer: Analyzer, has_value: HasValue) -> PastedText | None:
    """Return the text and the filters of a query that is a text, None for keywords.

    `has_value` returns whether any article has a value of a field.
    """
    filters, rest, unknown_filter = _split_filters(query, tokenize(query, QUERY_FIELDS), has_value)
    pieces = list(_pieces(query, rest))
    if not (unknown_filter or _is_text(pieces, analyzer)):
        return None
    kept, start = [], 0
    for filter_start, filter_end in (*filters, (len(query), len(query))):
        kept.append(query[start:filter_start])
        start = filter_end
    return PastedText(
        text=" ".join(kept).strip(),
        filters=" ".join(query[start:end] for start, end in filters),
        marks=tuple(piece.text for piece in pieces if piece.negated or piece.is_operator or piece.is_quoted),
        unknown_filter=unknown_filter if _count_words(unknown_filter, analyzer) <= MAX_FILTER_WORDS else "",
    )


def _split_filters(
    query: str, tokens: Sequence[QueryToken], has_value: HasValue
) -> tuple[list[tuple[int, int]], list[QueryToken], str]:
    """Return the ranges of the filters of a text, the other tokens, and the filter that these seem to begin with."""
    filters: list[tuple[int, int]] = []
    rest: list[QueryToken] = []
    unknown_filter = ""
    index = 0
    while index < len(tokens):
        end = _end_of_filter(tokens, index)
        if end > index:
            span = tokens[index].start, tokens[end - 1].end
            field, operand = _field_of(tokens[index:end])
            typed = query[field.start : field.end]
            is_glued = end < len(tokens) and tokens[end].start == span[1]
            if "：" not in typed:
                counts = not rest or typed[-1] == ":"
            elif rest:
                counts = False
            else:
                counts = not is_glued and _has_match(field, operand, has_value)
                unknown_filter = "" if counts else query[slice(*span)]
            if counts and len(filters) < MAX_FILTERS:
                filters.append(span)
                index = end
                continue
        rest.append(tokens[index])
        index += 1
    return filters, rest, unknown_filter


def _end_of_filter(tokens: Sequence[QueryToken], start: int) -> int:
    """Return the index behind the filter that begins with the token at `start`, `start` if none does."""
    index = start
    while index < len(tokens) and tokens[index].kind == "not":
        index += 1
    if index + 1 >= len(tokens) or tokens[index].kind != "field":
        return start
    index += 1
    if tokens[index].kind in ("word", "quoted"):
        return index + 1
    depth = 0
    for end in range(index, len(tokens)):
        depth += {"open": 1, "close": -1}.get(tokens[end].kind, 0)
        if not depth:
            return end + 1 if end > index else start
    return start


def _field_of(tokens: Sequence[QueryToken]) -> tuple[QueryToken, QueryToken]:
    """Return the field of a filter and the first token of its value."""
    index = next(index for index, token in enumerate(tokens) if token.kind == "field")
    return tokens[index], tokens[index + 1]


def _has_match(field_token: QueryToken, operand: QueryToken, has_value: HasValue) -> bool:
    """Return whether a filter with a full-width colon means something: a text to find, a date, or a value in use."""
    field = QUERY_FIELDS[field_token.text]
    if field.kind == "text" or operand.kind != "word":
        return True
    if field.kind == "date":
        return parse_range(operand.text) is not None
    return has_value(cast(KeywordField, field.name), operand.text)


def _pieces(query: str, tokens: Sequence[QueryToken]) -> Iterator[_Piece]:
    """Yield the pieces of a query. A NOT negates the next piece."""
    glued = -1
    numbers = []  # equal for tokens without a space between them
    for index, token in enumerate(tokens):
        if index == 0 or token.start > tokens[index - 1].end:
            glued += 1
        numbers.append(glued)
    follows_not = False
    for _, group in groupby(zip(numbers, tokens, strict=True), key=lambda pair: pair[0]):
        piece = [token for _, token in group]
        kinds = tuple(token.kind for token in piece)
        yield _Piece(query[piece[0].start : piece[-1].end], kinds, follows_not or kinds[0] == "not")
        follows_not = kinds == ("not",)


def _is_text(pieces: Sequence[_Piece], analyzer: Analyzer) -> bool:
    texts = [piece.text for piece in pieces if not (piece.is_operator or piece.is_quoted)]
    joined = " ".join(texts)
    if _SENTENCE_END_INSIDE.search(joined) or _POST_MARK.search(joined):
        return True
    if any(piece.is_operator for piece in pieces) and not _SENTENCE_MARK.search(joined):
        return False  # nobody pastes OR between two names
    if len(texts) > MAX_KEYWORDS:
        return True
    if any(_count_words(text, analyzer) > MAX_SHORT_PART_WORDS for text in texts if len(text) > MAX_SHORT_PART_WORDS):
        return True
    has_words_only = all(set(piece.kinds) == {"word"} for piece in pieces)
    if len(texts) < 2 or not has_words_only or len(joined) < MAX_SHORT_PART_WORDS * len(texts):
        return False
    return sum(_count_words(text, analyzer) for text in texts) >= MAX_SHORT_PART_WORDS * len(texts)


def _count_words(text: str, analyzer: Analyzer) -> int:
    return len(QueryPart(TextNode(text), analyzer).top_level_tokens)
