"""Relaxation: finds the conditions that leave a query without any result, and drops them.

The words of a query are never required where no article has them all (`MatchLevel.PARTIAL`). Quoted parts, exclusions
and filters are: they are the conditions of a query. If they leave nothing, as many of them as possible are kept:
quoted parts before filters, and these before exclusions. A dropped quoted part is searched without its quotation marks.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from .parser import GroupNode, Node, NotNode, TextNode

MAX_CONDITIONS = 16  # that are tried; further ones are dropped with their words


class Relaxation(NamedTuple):
    """A query without the `dropped` conditions.

    If these are all that could match, `tree` is None. Without dropped conditions, no word of the query matches.
    """

    tree: GroupNode | None
    dropped: tuple[Node, ...]


def is_condition(node: Node) -> bool:
    """Return whether an article must match `node` also where not all words of the query match."""
    if isinstance(node, TextNode):
        return node.quoted
    return not isinstance(node, GroupNode) or any(map(is_condition, node.nodes))


def relax(tree: GroupNode, matches: Callable[[GroupNode], bool]) -> Relaxation:
    """Return a query that matches articles, with as many conditions of `tree` as possible.

    `matches` returns whether any article has all conditions and any word of a query.
    """
    if tree.any_of or not any(map(is_condition, tree.nodes)):
        return Relaxation(None, ())
    words = [node for node in tree.nodes if not is_condition(node)]
    if words and not matches(GroupNode(tuple(words))):
        return Relaxation(None, ())
    kept, dropped = list(words), []
    conditions = sorted(filter(is_condition, tree.nodes), key=_priority)
    for number, condition in enumerate(conditions):
        if number < MAX_CONDITIONS and matches(GroupNode((*kept, condition))):
            kept.append(condition)
        else:
            dropped.append(condition)
    left = _without(tree.nodes, dropped[:MAX_CONDITIONS], dropped[MAX_CONDITIONS:])
    has_more_than_exclusions = any(not isinstance(node, NotNode) for node in left)
    # A query of one quoted part asks whether an article has exactly this. Then the answer is no.
    is_one_quoted_part = len(tree.nodes) == 1 and isinstance(tree.nodes[0], TextNode)
    is_useful = has_more_than_exclusions and not is_one_quoted_part
    return Relaxation(GroupNode(left), tuple(dropped)) if is_useful else Relaxation(None, tuple(conditions))


def _priority(condition: Node) -> int:
    if isinstance(condition, GroupNode):
        return max(map(_priority, condition.nodes))
    if isinstance(condition, TextNode):
        return 0
    return 2 if isinstance(condition, NotNode) else 1


def _without(nodes: Sequence[Node], dropped: Sequence[Node], removed: Sequence[Node]) -> tuple[Node, ...]:
    """Return the nodes without the dropped and removed ones, but with the words of dropped quoted parts."""
    left = (
        replace(node, quoted=False) if isinstance(node, TextNode) and node in dropped else node
        for node in nodes
        if node not in removed and (node not in dropped or isinstance(node, TextNode))
    )
    return tuple(dict.fromkeys(left))
