"""Suggestions: completions of what a user types, and “did you mean” for queries that find next to nothing."""

from collections.abc import Callable

from ..analysis import fold
from .planner import QueryPlan
from .results import Suggestion
from .vocabulary import Vocabulary

MIN_GAIN = 2  # a correction is in at least this many times as many articles as the part it replaces


def complete(prefix: str, vocabulary: Vocabulary, limit: int) -> list[Suggestion]:
    """Return the words of the index that `prefix` begins, most frequent first."""
    return [Suggestion(*entry) for entry in vocabulary.complete(fold(prefix).strip(), max(0, limit))]


def corrections(query: str, plan: QueryPlan, vocabulary: Callable[[], Vocabulary], limit: int) -> tuple[str, ...]:
    """Return the query with one part replaced by a similar word of the index, once for each such word.

    Similar words sound or look like the part. Corrections are offered to the user and never searched in place of the
    query. `vocabulary` is called only where a part may
    be misspelled, since loading it reads every word of the index.
    """
    folded = fold(query)
    queries: dict[str, None] = {}
    for part in plan.parts:
        if part.quoted or part.is_long or part.string not in folded:
            continue
        start = folded.index(part.string)
        for entry in vocabulary().find_similar(part.string, limit):
            if entry.articles >= MIN_GAIN * vocabulary().article_count(part.string):
                queries[query[:start] + entry.word + query[start + len(part.string) :]] = None
    return tuple(queries)[:limit]
