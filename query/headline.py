"""Headlines have spaces in them that mean nothing: 维吾尔关押营 欧盟越来越难以忍受 is one thing to look for."""

from ..analysis import Analyzer
from .parser import Excluded, Group, Node, Part
from .query_part import LONGEST_WHOLE_PART, Need


def joined(tree: Group, analyzer: Analyzer) -> Group:
    """The tree with its free parts joined to one, if they are long enough to be a headline or a question."""
    if tree.any_of:
        return Group(tuple(_inside(node, analyzer) for node in tree.nodes), any_of=True)
    free = [node for node in tree.nodes if isinstance(node, Part) and not node.quoted and node.field == "text"]
    if len(free) < 2 or not _is_headline([Need(part, analyzer) for part in free]):
        return Group(tuple(_inside(node, analyzer) for node in tree.nodes))
    others = (_inside(node, analyzer) for node in tree.nodes if node not in free)
    return Group((Part(" ".join(part.text for part in free)), *others))


def _is_headline(parts: list[Need]) -> bool:
    """Whether one part is too long to be a keyword, or all are nearly so."""
    words = sum(len(part.outer) for part in parts)
    return any(part.soft for part in parts) or words >= LONGEST_WHOLE_PART * len(parts)


def _inside(node: Node, analyzer: Analyzer) -> Node:
    if isinstance(node, Group):
        return joined(node, analyzer)
    return Excluded(_inside(node.node, analyzer)) if isinstance(node, Excluded) else node
