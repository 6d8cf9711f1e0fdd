"""Rewriter: joins spaced characters, and adds synonyms of the query to its tree.

The synonyms are other names of a person, place or organisation, the Han words that a text in pinyin spells, and the
words that fit a wildcard. A text becomes an OR group of its spellings, so that later stages handle both alike. Quoted
texts stay as they are.
"""

import re
from collections.abc import Callable, Sequence
from typing import get_args

from ..analysis import Analyzer, fold, remove_gaps, strip_invisible
from ..analysis.text import pinyin
from ..engines import (
    ENTITY_FIELDS,
    Clause,
    FacetValue,
    Keyword,
    KeywordField,
    Or,
    Reader,
    Substring,
    check_deadline,
    keyword,
)
from ..messages import gettext as _
from .aliases import Aliases
from .field_values import WILDCARD, FieldValues
from .name_groups import KnownNames
from .notes import Note
from .parser import FilterNode, GroupNode, Node, NotNode, TextNode
from .query_part import spaced_letters
from .vocabulary import Vocabulary, VocabularyEntry

MAX_ALIASES = 6  # other names of one text
MAX_ALIASED_LENGTH = 60  # characters of a text; a longer one has words enough without other names
MAX_PINYIN_WORDS = 3  # words for one text in pinyin
MAX_WILDCARDS = 5  # texts and filters of one query whose * is a wildcard
MAX_EXPANSIONS = 50  # words or keywords for one wildcard
MIN_FULL_NAME_LENGTH = 4  # characters of a full name without its interpunct
_NAME_FIELDS = (*ENTITY_FIELDS, "author")
_MAX_LISTED_WORDS = 5  # in a note


class QueryRewriter:
    """Rewrites queries to one index. Calls `vocabulary` and `known_names` only when a query needs them."""

    def __init__(
        self,
        analyzer: Analyzer,
        aliases: Aliases,
        reader: Reader,
        vocabulary: Callable[[], Vocabulary],
        known_names: Callable[[], KnownNames],
    ) -> None:
        self._analyzer = analyzer
        self._aliases = aliases
        self._vocabulary = vocabulary
        self._known_names = known_names
        self._reader = reader
        self._values = {field: FieldValues(reader, field) for field in get_args(KeywordField)}

    def rewrite(self, tree: GroupNode) -> tuple[GroupNode, tuple[Note, ...]]:
        """Return the tree with spaced characters joined and synonyms added, and notes that name the synonyms."""
        notes = _Notes()
        expanded = self._expand(join_letters(tree), notes)
        return (expanded if isinstance(expanded, GroupNode) else GroupNode((expanded,))), tuple(dict.fromkeys(notes))

    def filter_clause(self, field: KeywordField, value: str) -> Clause:
        """Return the clause that articles match which a value of a field, as a user writes it, filters for."""
        alternatives = self._filter_alternatives(FilterNode(field, keyword(field, strip_invisible(value))), _Notes())
        return Or(
            tuple(node if isinstance(node, FacetValue) else Keyword(node.field, node.value) for node in alternatives)
        )

    def _expand(self, node: Node, notes: "_Notes") -> Node:
        check_deadline()
        if isinstance(node, GroupNode):
            return GroupNode(tuple(self._expand(child, notes) for child in node.nodes), node.any_of)
        if isinstance(node, NotNode):
            return NotNode(self._expand(node.node, notes))
        if isinstance(node, TextNode) and not node.quoted:
            return self._expand_text(node, notes)
        if isinstance(node, FilterNode):
            first, *others = self._filter_alternatives(node, notes)
            return _any_of(first, others)
        return node

    def _filter_alternatives(self, node: FilterNode, notes: "_Notes") -> list[FilterNode | FacetValue]:
        """Return the filter and those that a match may meet in its place."""
        if WILDCARD in node.value:
            fitting = notes.count_wildcard() and self._values[node.field].matching(node.value, MAX_EXPANSIONS)
            return [FilterNode(node.field, value) for value in fitting or [node.value]]
        if node.field not in ENTITY_FIELDS:
            return [node]
        is_full_name = len(node.value) >= MIN_FULL_NAME_LENGTH
        last_names = self._known_names().bare_last_names(node.value) if is_full_name else ()
        aliases = (FilterNode(node.field, keyword(node.field, name)) for name in self._aliases.of(node.value))
        return [
            node,
            *aliases,
            *(FacetValue("person", name) for name in last_names if node.field in ("person", "entity")),
        ]

    def _expand_text(self, node: TextNode, notes: "_Notes") -> Node:
        folded = remove_gaps(fold(node.text))
        if not node.pasted and _has_wildcard(folded) and notes.count_wildcard():
            entries = self._vocabulary().match_pattern(_wildcard_pattern(folded), MAX_EXPANSIONS)
            words = _list_words(entries) or _("no word")
            notes.append(Note("wildcard", _("{text} fits {words}").format(text=node.text, words=words)))
            alternatives = tuple(TextNode(entry.word, False, node.field) for entry in entries)
            return GroupNode(alternatives, any_of=True) if alternatives else node
        if entries := [] if node.pasted else self._words_in_pinyin(folded):
            words = _list_words(entries)
            notes.append(Note("pinyin", _("{text} was also read as {words}").format(text=node.text, words=words)))
            return _any_of(node, [TextNode(entry.word, False, node.field) for entry in entries])
        texts = self._replace_names(node.text) if len(node.text) <= MAX_ALIASED_LENGTH else []
        if texts:
            notes.append(Note("alias", _("also searched for {names}").format(names="、".join(texts))))
        return _any_of(node, [TextNode(text, False, node.field) for text in texts])

    def _words_in_pinyin(self, token: str) -> list[VocabularyEntry]:
        """Return the words that a token in Latin letters spells in pinyin and that are more frequent than the token.

        If no article has the token, the letters may also be the initials of a word's syllables. A token that articles
        have only inside other words is not read as pinyin, since the words would hide it.
        """
        initials = pinyin.initials_pattern(token)
        if not (initials or pinyin.patterns(token)):
            return []
        vocabulary = self._vocabulary()
        frequency = vocabulary.article_count(token)
        if not frequency and self._reader.count(Substring("text", token)):
            return []
        entries = [entry for entry in vocabulary.with_pinyin(token, MAX_PINYIN_WORDS) if entry.articles > frequency]
        if not entries and not frequency and initials:
            return vocabulary.match_pattern(initials, MAX_PINYIN_WORDS)
        return entries

    def _replace_names(self, text: str) -> list[str]:
        """Return the texts that `text` becomes with a name in it replaced by each of that name's aliases."""
        texts = dict.fromkeys(self._aliases.of(remove_gaps(fold(text))))
        for token in self._analyzer.tokenize(text):
            for name in self._aliases.of(token.term):
                texts[text[: token.start] + name + text[token.end :]] = None
        return list(texts)[:MAX_ALIASES]


class _Notes(list[Note]):
    """The notes on one query, and the number of its wildcards."""

    def __init__(self) -> None:
        super().__init__()
        self._wildcards = 0

    def count_wildcard(self) -> bool:
        """Count a wildcard. Return whether it may be expanded, with a note if it may not."""
        self._wildcards += 1
        if self._wildcards > MAX_WILDCARDS:
            message = _("only the first {number} wildcards (*) of a query are expanded: search for fewer at once")
            self.append(Note("wildcard-limit", message.format(number=MAX_WILDCARDS)))
        return self._wildcards <= MAX_WILDCARDS


def join_letters(tree: GroupNode) -> GroupNode:
    """Return the tree with adjacent unquoted texts of one Han character joined to one text: 王 毅, 中 国 共 产 党.

    Such texts after a filter for a name of one character belong to the name: 人物:王 毅.
    """
    nodes: list[Node] = []
    spaced_name: list[str] = []
    for node in tree.nodes:
        previous = nodes[-1] if nodes and not tree.any_of else None
        if isinstance(previous, FilterNode) and isinstance(node, TextNode) and not node.quoted:
            letters = [*(spaced_name or [previous.value]), node.text]
            if previous.field in _NAME_FIELDS and spaced_letters(" ".join(letters)):
                spaced_name = letters
                nodes[-1] = FilterNode(previous.field, keyword(previous.field, "".join(letters)))
                continue
        spaced_name = []
        if isinstance(node, TextNode) and isinstance(previous, TextNode) and previous.field == node.field:
            joined = TextNode(f"{previous.text} {node.text}", False, node.field)
            if not (node.quoted or previous.quoted) and spaced_letters(joined.text):
                nodes[-1] = joined
                continue
        nodes.append(_map_groups(node, join_letters))
    return GroupNode(tuple(nodes), tree.any_of)


def _map_groups(node: Node, function: Callable[[GroupNode], GroupNode]) -> Node:
    """Return the node with `function` applied to it if it is a group, and to the outermost group of an exclusion."""
    if isinstance(node, GroupNode):
        return function(node)
    return NotNode(_map_groups(node.node, function)) if isinstance(node, NotNode) else node


def _any_of(node: Node, others: Sequence[Node]) -> Node:
    return GroupNode((node, *others), any_of=True) if others else node


def _has_wildcard(folded: str) -> bool:
    return WILDCARD in folded and folded.strip(WILDCARD) != ""


def _wildcard_pattern(wildcards: str) -> str:
    """Return a regular expression for the words that fit `wildcards`. Words are short enough for one."""
    return r"[^\n]*".join(map(re.escape, re.split(r"\*+", wildcards)))


def _list_words(entries: Sequence[VocabularyEntry]) -> str:
    words = "、".join(entry.word for entry in entries[:_MAX_LISTED_WORDS])
    more = len(entries) - _MAX_LISTED_WORDS
    return _("{words} and {more} more").format(words=words, more=more) if more > 0 else words
