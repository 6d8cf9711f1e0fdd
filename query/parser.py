"""The query language: a string → a tree. Whatever the string, there is a tree; what was left out is told in notes.

    台湾 海峡            both parts                    "坦诚、深入"      these very characters
    中美 -贸易           not the second                中国 OR 美国      either
    (中国 OR 美国) 外交   brackets group                title:外交  标题:外交   in one field
    source:rfi  entity:布林肯  date:2023-08..2023-10   filters
    about:2023-09-28  提到:2023-08..2023-10           dates that are mentioned

Full-width signs count as their half-width forms, and every kind of quotation mark as a straight one.
"""

from dataclasses import dataclass
from typing import TypeAlias, cast

from ..engines import QUERY_FIELDS, FacetValue, KeywordField, TextField, keyword, keywords_within
from ..messages import gettext as _
from .date_ranges import Period, bounded, parse_range
from .lexer import Token, tokens
from .notes import Note

MAX_LENGTH = 1_000  # characters of a query that are read
MAX_DEPTH = 16  # brackets within brackets


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text to be found: as written by the user, without its quotation marks."""

    text: str
    quoted: bool = False
    field: TextField = "text"


@dataclass(frozen=True, slots=True)
class Filter:
    """A keyword that matches must have, folded unless it is an id or an address."""

    field: KeywordField
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """All of `nodes`, or with `any_of` one of them. An empty group asks for nothing."""

    nodes: "tuple[Node, ...]"
    any_of: bool = False


@dataclass(frozen=True, slots=True)
class Excluded:
    node: "Node"


Node: TypeAlias = Part | Filter | FacetValue | Period | Group | Excluded


def parse(query: str) -> tuple[Group, tuple[Note, ...]]:
    """The tree of a query, and notes on what was not taken as it was typed."""
    parser = _Parser(tokens(query[:MAX_LENGTH], QUERY_FIELDS))
    tree = parser.group(0)
    while parser.next():
        parser.note("bracket", _("a closing bracket without an opening one was left out"))
        parser.take()
        tree = (
            Group((*tree.nodes, *parser.group(0).nodes)) if not tree.any_of else Group((tree, *parser.group(0).nodes))
        )
    if len(query) > MAX_LENGTH:
        parser.note(
            "cut",
            _("only the first {read} of the query's {length} characters were read").format(
                read=MAX_LENGTH, length=len(query)
            ),
        )
    return tree, tuple(dict.fromkeys(parser.notes))


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self.notes: list[Note] = []

    def note(self, kind: str, message: str) -> None:
        self.notes.append(Note(kind, message))

    def next(self) -> str:
        """The kind of the next token, "" at the end."""
        return self._tokens[self._at].kind if self._at < len(self._tokens) else ""

    def take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1].text

    def group(self, depth: int) -> Group:
        """Everything up to a closing bracket or the end."""
        alternatives: list[list[Node]] = [[]]
        while self.next() not in ("", "close"):
            if self.next() == "or":
                self.take()
                alternatives.append([])
            elif self.next() == "and":
                self.take()
            else:
                node = self._signed(depth)
                if node is not None:
                    alternatives[-1].append(node)
        groups = [Group(tuple(dict.fromkeys(nodes))) for nodes in alternatives if nodes]
        return groups[0] if len(groups) == 1 else Group(tuple(groups), any_of=bool(groups))

    def _signed(self, depth: int) -> Node | None:
        excluded = False
        while self.next() == "not":
            self.take()
            excluded = not excluded
        node = self._one(depth)
        return Excluded(node) if excluded and node is not None else node

    def _one(self, depth: int) -> Node | None:
        kind = self.next()
        if kind == "open":
            return self._bracket(depth)
        if kind == "field":
            name = self.take()
            node = self._one(depth) if self.next() in ("open", "quoted", "word") else None
            return self._in_field(name, node) if node is not None else None
        if kind == "quoted":
            text = self.take().strip()
            if not text:
                self.note("empty", _("empty quotation marks were left out"))
            return Part(text, quoted=True) if text else None
        if kind == "stray":
            self.note("quote", _("a quotation mark without its partner was left out"))
            self.take()
            return None
        if kind == "word":
            return Part(self.take())
        return None

    def _bracket(self, depth: int) -> Node | None:
        self.take()
        if depth >= MAX_DEPTH:
            self.note("bracket", _("brackets more than {most} deep were passed over").format(most=MAX_DEPTH))
            return None
        inside = self.group(depth + 1)
        if self.next() == "close":
            self.take()
        else:
            self.note("bracket", _("an opening bracket without a closing one was taken to reach to the end"))
        return inside if inside.nodes else None

    def _in_field(self, name: str, node: Node) -> Node | None:
        """`node` with its free parts bound to a field."""
        if isinstance(node, Group):
            bound = (self._in_field(name, child) for child in node.nodes)
            return Group(tuple(child for child in bound if child is not None), node.any_of)
        if isinstance(node, Excluded):
            inner = self._in_field(name, node.node)
            return Excluded(inner) if inner is not None else None
        if not isinstance(node, Part) or node.field != "text":
            return node
        field = QUERY_FIELDS[name]
        if field.kind == "text":
            return Part(node.text, node.quoted, cast(TextField, field.name))
        if field.name == "date":
            return self._period(node.text)
        if field.name == "about":
            return self._mentioned(node.text)
        keyword_field = cast(KeywordField, field.name)
        return Filter(keyword_field, keyword(keyword_field, node.text))

    def _period(self, text: str) -> Period | None:
        period = parse_range(text)
        if period is None:
            self.note(
                "date",
                _("“{text}” is not a date or a range of dates; write 2023, 2023-09 or 2023-08..2023-10").format(
                    text=text
                ),
            )
        elif period.first and period.last and period.first > period.last:
            self.note("date", _("“{text}” ends before it begins").format(text=text))
        return period

    def _mentioned(self, text: str) -> Node | None:
        """One of the days, months and years that make up a period."""
        period = self._period(text)
        if period is None:
            return None
        first, last = bounded(period)
        if (first, last) != (period.first, period.last):
            self.note(
                "date",
                _("of “{text}” only the years {first} to {last} were looked for").format(
                    text=text, first=first.year, last=last.year
                ),
            )
        values = list(keywords_within(first, last)) or [text]  # which nothing mentions
        return Group(tuple(Filter("about", value) for value in values), any_of=True)
