"""“Did you mean”: other queries for one that finds next to nothing. They are offered, never put in its place."""

from collections.abc import Callable

from ..analysis import fold
from .lexicon import Lexicon
from .planner import Plan

LEAST_GAIN = 2  # times as many articles as the query finds


def corrections(query: str, plan: Plan, lexicon: Callable[[], Lexicon], limit: int) -> tuple[str, ...]:
    """The query with one of its parts exchanged for a word of the index that sounds or looks like it. `lexicon` is
    asked for only where a part may be a slip: making it reads every word of the index."""
    offered: dict[str, None] = {}
    for need in plan.needs:
        if need.quoted or need.soft or need.string not in fold(query):
            continue
        at = fold(query).index(need.string)
        for entry in lexicon().resembling(need.string, limit):
            if entry.articles >= LEAST_GAIN * lexicon().articles(need.string):
                offered[query[:at] + entry.word + query[at + len(need.string) :]] = None
    return tuple(offered)[:limit]
