"""Parser of the query language: a string becomes a syntax tree, and notes report what was left out.

    台湾 海峡            both parts                    "坦诚、深入"      exactly these characters
    中美 -贸易           not the second                中国 OR 美国      either
    (中国 OR 美国) 外交   brackets group                title:外交  标题:外交   in one field
    source:rfi  entity:布林肯  date:2023-08..2023-10   filters
    about:2023-09-28  提到:2023-08..2023-10           dates that the text mentions

Every string has a tree. Full-width operators count as half-width ones, and every kind of quotation mark as a straight
one.
"""

from dataclasses import dataclass
from typing import TypeAlias, cast

from ..engines import QUERY_FIELDS, DateRange, FacetValue, KeywordField, TextField, keyword, keywords_within
from ..messages import gettext as _
from .date_ranges import limit_span, parse_range
from .lexer import QueryToken, tokenize
from .notes import Note

MAX_TOKENS = 500  # of a query; the others are not read
MAX_BRACKET_DEPTH = 16  # brackets within brackets


@dataclass(frozen=True, slots=True)
class TextNode:
    """A text to find, as the user wrote it, without its quotation marks.

    A `pasted` text is a headline, a question or running text: see `pasted_text`.
    """

    text: str
    quoted: bool = False
    field: TextField = "text"
    pasted: bool = False


@dataclass(frozen=True, slots=True)
class FilterNode:
    """A keyword that a match must have: folded, unless it is an id or a URL."""

    field: KeywordField
    value: str


@dataclass(frozen=True, slots=True)
class GroupNode:
    """AND of `nodes`, or OR with `any_of`. An empty group requires nothing."""

    nodes: "tuple[Node, ...]"
    any_of: bool = False


@dataclass(frozen=True, slots=True)
class NotNode:
    """An exclusion: a match must not match `node`."""

    node: "Node"


Node: TypeAlias = TextNode | FilterNode | FacetValue | DateRange | GroupNode | NotNode


def parse(query: str) -> tuple[GroupNode, tuple[Note, ...]]:
    """Return the tree of a query, and notes on what the parser left out or repaired."""
    tokens = tokenize(query, QUERY_FIELDS)
    parser = _Parser(tokens[:MAX_TOKENS])
    tree = parser.parse_group(0)
    while parser.peek():
        parser.add_note("bracket", _("a closing bracket without an opening one was left out"))
        parser.advance()
        rest = parser.parse_group(0)
        tree = GroupNode((tree, *rest.nodes)) if tree.any_of else GroupNode((*tree.nodes, *rest.nodes))
    if len(tokens) > MAX_TOKENS:
        parser.add_note(
            "cut", _("only the first {most} words and signs of the query were read").format(most=MAX_TOKENS)
        )
    return tree, tuple(dict.fromkeys(parser.notes))


class _Parser:
    """A recursive descent parser over the tokens of one query."""

    def __init__(self, tokens: list[QueryToken]) -> None:
        self._tokens = tokens
        self._index = 0
        self.notes: list[Note] = []

    def add_note(self, kind: str, message: str) -> None:
        self.notes.append(Note(kind, message))

    def peek(self) -> str:
        """Return the kind of the next token, "" at the end."""
        return self._tokens[self._index].kind if self._index < len(self._tokens) else ""

    def advance(self) -> str:
        """Consume the next token and return its text."""
        self._index += 1
        return self._tokens[self._index - 1].text

    def parse_group(self, depth: int) -> GroupNode:
        """Parse everything up to a closing bracket or the end."""
        alternatives: list[list[Node]] = [[]]
        while self.peek() not in ("", "close"):
            if self.peek() == "or":
                self.advance()
                alternatives.append([])
            elif self.peek() == "and":
                self.advance()
            else:
                node = self._parse_negation(depth)
                if node is not None:
                    alternatives[-1].append(node)
        groups = [GroupNode(tuple(dict.fromkeys(nodes))) for nodes in alternatives if nodes]
        return groups[0] if len(groups) == 1 else GroupNode(tuple(groups), any_of=bool(groups))

    def _parse_negation(self, depth: int) -> Node | None:
        negated = False
        while self.peek() == "not":
            self.advance()
            negated = not negated
        node = self._parse_operand(depth)
        return NotNode(node) if negated and node is not None else node

    def _parse_operand(self, depth: int) -> Node | None:
        kind = self.peek()
        if kind == "open":
            return self._parse_bracket(depth)
        if kind == "field":
            name = self.advance()
            node = self._parse_operand(depth) if self.peek() in ("open", "quoted", "word") else None
            return self._bind_field(name, node) if node is not None else None
        if kind == "quoted":
            text = self.advance().strip()
            if not text:
                self.add_note("empty", _("empty quotation marks were left out"))
            return TextNode(text, quoted=True) if text else None
        if kind == "unpaired":
            self.add_note("quote", _("a quotation mark without its partner was left out"))
            self.advance()
            return None
        if kind == "word":
            return TextNode(self.advance())
        return None

    def _parse_bracket(self, depth: int) -> Node | None:
        self.advance()
        if depth >= MAX_BRACKET_DEPTH:
            self.add_note(
                "bracket", _("brackets more than {most} levels deep were left out").format(most=MAX_BRACKET_DEPTH)
            )
            return None
        group = self.parse_group(depth + 1)
        if self.peek() == "close":
            self.advance()
        else:
            self.add_note("bracket", _("an opening bracket without a closing one was closed at the end of the query"))
        return group if group.nodes else None

    def _bind_field(self, name: str, node: Node) -> Node | None:
        """Return `node` with those of its texts that have no field of their own bound to the field `name`."""
        if isinstance(node, GroupNode):
            children = (self._bind_field(name, child) for child in node.nodes)
            return GroupNode(tuple(child for child in children if child is not None), node.any_of)
        if isinstance(node, NotNode):
            child = self._bind_field(name, node.node)
            return NotNode(child) if child is not None else None
        if not isinstance(node, TextNode) or node.field != "text":
            return node
        field = QUERY_FIELDS[name]
        if field.kind == "text":
            return TextNode(node.text, node.quoted, cast(TextField, field.name))
        if field.name == "date":
            return self._parse_dates(node.text)
        if field.name == "about":
            return self._parse_mentioned_dates(node.text)
        keyword_field = cast(KeywordField, field.name)
        return FilterNode(keyword_field, keyword(keyword_field, node.text))

    def _parse_dates(self, text: str) -> DateRange | None:
        dates = parse_range(text)
        if dates is None:
            self.add_note(
                "date",
                _("“{text}” is not a date or a range of dates: write 2023, 2023-09 or 2023-08..2023-10").format(
                    text=text
                ),
            )
        elif dates.first and dates.last and dates.first > dates.last:
            self.add_note("date", _("“{text}” ends before it begins").format(text=text))
        return dates

    def _parse_mentioned_dates(self, text: str) -> Node | None:
        """Return an OR over the days, months and years that make up the dates."""
        dates = self._parse_dates(text)
        if dates is None:
            return None
        first, last = limit_span(dates)
        if (first, last) != (dates.first, dates.last):
            self.add_note(
                "date",
                _("of “{text}”, only the years {first} to {last} were searched").format(
                    text=text, first=first.year, last=last.year
                ),
            )
        values = list(keywords_within(first, last)) or [text]  # no article mentions a range that ends before it begins
        return GroupNode(tuple(FilterNode("about", value) for value in values), any_of=True)
