"""Adds to a query what means the same: other names of what it names, the words that pinyin in it spells, the words that
fit a wildcard.

A part becomes a group of alternatives, so that everything else treats both alike. Quoted parts stay as they are.
"""

import re
from collections.abc import Callable, Sequence

from ..analysis import Analyzer, fold, strip_invisible
from ..analysis.text import pinyin
from ..engines import ENTITY_FIELDS, Clause, FacetValue, Keyword, KeywordField, Or, Reader, Substring, keyword
from ..messages import gettext as _
from .aliases import Aliases
from .lexicon import Entry, Lexicon
from .name_groups import KnownNames
from .notes import Note
from .parser import Excluded, Filter, Group, Node, Part

MOST_RENAMED = 6  # other names of one part
MOST_SPELLED = 3  # words that one token in pinyin stands for
MOST_WILDCARDS = 5  # of one query that are taken as such
MOST_FITTING = 50  # words or keywords that one wildcard stands for
SHORTEST_FULL = 4  # characters of a full name without its dot
_WILDCARD = "*"


class Expander:
    """Works on one index. `lexicon` and `names` are asked for only when a query needs them."""

    def __init__(
        self,
        analyzer: Analyzer,
        aliases: Aliases,
        reader: Reader,
        lexicon: Callable[[], Lexicon],
        names: Callable[[], KnownNames],
    ) -> None:
        self._analyzer = analyzer
        self._aliases = aliases
        self._lexicon = lexicon
        self._names = names
        self._reader = reader

    def expand(self, tree: Group) -> tuple[Group, tuple[Note, ...]]:
        """The tree with its alternatives, and notes that name them."""
        notes: list[Note] = []
        expanded = self._expand(tree, notes)
        return (expanded if isinstance(expanded, Group) else Group((expanded,))), tuple(dict.fromkeys(notes))

    def _expand(self, node: Node, notes: list[Note]) -> Node:
        if isinstance(node, Group):
            return Group(tuple(self._expand(child, notes) for child in node.nodes), node.any_of)
        if isinstance(node, Excluded):
            return Excluded(self._expand(node.node, notes))
        if isinstance(node, Part) and not node.quoted:
            return self._expand_part(node, notes)
        if isinstance(node, Filter):
            first, *others = self._alternatives(node)
            return _either(first, others)
        return node

    def filter(self, field: KeywordField, value: str) -> Clause:
        """What articles must meet to be found under a value of a field as a user writes it."""
        node = Filter(field, keyword(field, strip_invisible(value)))
        return Or(
            tuple(
                each if isinstance(each, FacetValue) else Keyword(each.field, each.value)
                for each in self._alternatives(node)
            )
        )

    def _alternatives(self, node: Filter) -> list[Filter | FacetValue]:
        """The filter, and others that a match may meet in its place."""
        if _WILDCARD in node.value:
            fitting = [value for value in self._reader.values(node.field) if _fits(value, node.value)][:MOST_FITTING]
            return [Filter(node.field, value) for value in fitting] or [node]
        if node.field not in ENTITY_FIELDS:
            return [node]
        alone = self._names().alone(node.value) if len(node.value) >= SHORTEST_FULL else ()
        others = (Filter(node.field, keyword(node.field, name)) for name in self._aliases.of(node.value))
        return [node, *others, *(FacetValue("person", value) for value in alone if node.field in ("person", "entity"))]

    def _expand_part(self, node: Part, notes: list[Note]) -> Node:
        folded = fold(node.text)
        if _has_wildcard(folded) and sum(note.kind == "wildcard" for note in notes) < MOST_WILDCARDS:
            fitting = self._lexicon().matching(_pattern(folded), MOST_FITTING)
            words = _listed(fitting) or _("no word")
            notes.append(Note("wildcard", _("{text} fits {words}").format(text=node.text, words=words)))
            return (
                Group(tuple(Part(entry.word, False, node.field) for entry in fitting), any_of=True) if fitting else node
            )
        spelled = self._spelled(folded)
        if spelled:
            notes.append(
                Note("pinyin", _("{text} was also read as {words}").format(text=node.text, words=_listed(spelled)))
            )
            return _either(node, [Part(entry.word, False, node.field) for entry in spelled])
        renamed = self._renamed(node.text)
        if renamed:
            notes.append(Note("alias", _("also looked for {names}").format(names="、".join(renamed))))
        return _either(node, [Part(text, False, node.field) for text in renamed])

    def _spelled(self, token: str) -> list[Entry]:
        """The words that a token in Latin letters spells in pinyin, if they are more frequent than the token itself; if
        no article has the token, also those whose syllables begin with its letters. A token that articles have only
        inside other words is no pinyin: it must not hide them."""
        initials = pinyin.initials_pattern(token)
        if not (initials or pinyin.patterns(token)):
            return []
        lexicon = self._lexicon()
        as_it_is = lexicon.articles(token)
        if not as_it_is and self._reader.count(Substring("text", token)):
            return []
        spelled = [entry for entry in lexicon.spelled(token, MOST_SPELLED) if entry.articles > as_it_is]
        if not spelled and not as_it_is and initials:
            return lexicon.matching(initials, MOST_SPELLED)
        return spelled

    def _renamed(self, text: str) -> list[str]:
        """`text` with a name in it exchanged for each of its other names."""
        renamed = dict.fromkeys(self._aliases.of(fold(text)))
        for word in self._analyzer.words(text):
            for name in self._aliases.of(word.term):
                renamed[text[: word.start] + name + text[word.end :]] = None
        return list(renamed)[:MOST_RENAMED]


def _has_wildcard(folded: str) -> bool:
    return _WILDCARD in folded and folded.strip(_WILDCARD) != ""


def _either(node: Node, others: Sequence[Node]) -> Node:
    return Group((node, *others), any_of=True) if others else node


def _fits(value: str, wildcards: str) -> bool:
    """Whether `value` is `wildcards` with any characters for each *. No regular expression: a value may be long, and
    each * would multiply the time by its length."""
    first, *middle, last = wildcards.split(_WILDCARD)
    if len(value) < len(first) + len(last) or not (value.startswith(first) and value.endswith(last)):
        return False
    at, end = len(first), len(value) - len(last)
    for piece in middle:
        found = value.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _pattern(wildcards: str) -> str:
    """A regular expression for the words that fit `wildcards`; words are short."""
    return r"[^\n]*".join(map(re.escape, re.split(r"\*+", wildcards)))


def _listed(entries: Sequence[Entry]) -> str:
    shown = "、".join(entry.word for entry in entries[:5])
    return _("{words} and {more} more").format(words=shown, more=len(entries) - 5) if len(entries) > 5 else shown
