"""Collapsing of reprints: of near-duplicate articles, only the best-ranked is listed, and the others go with it.

An article is a near duplicate of another that has the same text but for what editors change. Whether an article is
listed depends only on those ranked before it. Therefore the pages of a list fit together whatever their size: each
article is listed once, or goes with one that is.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from ..analysis import MIN_SHARED_SKETCH_VALUES, ArticleFingerprint
from ..engines import And, Candidate, Keyword, MinShouldMatch, Not, Reader, SearchRequest, StoredArticle
from ..messages import ngettext
from .results import Reprint

COLLAPSE_DEPTH = 300  # first articles of a ranking that are collapsed; later ones are listed one by one
COLLAPSE_WINDOW = 20  # ranks after a listed article that may hold its reprints
MAX_REPRINT_CANDIDATES = 1_000  # articles that are compared with one to find its reprints

Fetch = Callable[[Sequence[Candidate]], Sequence[StoredArticle]]


class _Collapser:
    """Takes articles in order of rank and groups them. `groups` holds ranks from 0, that of the listed one first."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.size = 0
        self._fingerprints: list[ArticleFingerprint] = []  # of the listed article of each group
        self._groups_with: dict[str, list[int]] = {}  # value of a sketch → indexes of groups

    def add(self, stored: StoredArticle) -> None:
        fingerprint = ArticleFingerprint(stored.article)
        new_group = len(self.groups)
        candidates = self._candidate_groups(stored.sketch)
        group = next((index for index in candidates if fingerprint.is_reprint_of(self._fingerprints[index])), new_group)
        if group == new_group:
            for value in stored.sketch:
                self._groups_with.setdefault(value, []).append(group)
            self._fingerprints.append(fingerprint)
            self.groups.append([])
        self.groups[group].append(self.size)
        self.size += 1

    def _candidate_groups(self, sketch: Sequence[str]) -> list[int]:
        """Return the groups that an article with this sketch may belong to, best-ranked first."""
        groups_with = self._groups_with
        sharing = [group for value in sketch if value in groups_with for group in groups_with[value]]
        min_shared = min(MIN_SHARED_SKETCH_VALUES, len(sketch))
        if len(sharing) < min_shared:
            return []
        similar = (group for group, shared in Counter(sharing).items() if shared >= min_shared)
        return sorted(group for group in similar if self.size - self.groups[group][0] <= COLLAPSE_WINDOW)

    def missing(self, limit: int) -> int:
        """Return a lower bound of the articles to add before the first `limit` groups are complete."""
        if len(self.groups) < limit:
            return limit - len(self.groups) + COLLAPSE_WINDOW
        return self.groups[limit - 1][0] + COLLAPSE_WINDOW + 1 - self.size if limit else 0


def collapse_reprints(candidates: Sequence[Candidate], fetch: Fetch, limit: int) -> list[list[int]]:
    """Group candidates that are reprints of each other.

    Returns lists of indexes of `candidates`, that of the listed one first. The first `limit` groups are complete if
    there are `limit` + `COLLAPSE_DEPTH` candidates or no further matches.
    """
    collapser = _Collapser()
    window = candidates[:COLLAPSE_DEPTH]
    while (missing := collapser.missing(limit)) > 0 and collapser.size < len(window):
        for stored in fetch(window[collapser.size : collapser.size + missing]):
            collapser.add(stored)
    return [*collapser.groups, *([index] for index in range(len(window), len(candidates)))]


def find_reprints(stored: StoredArticle, reader: Reader) -> list[StoredArticle]:
    """Return all reprints of an article in the index, newest first."""
    if not stored.sketch:
        return []
    values = tuple(Keyword("sketch", value) for value in stored.sketch)
    similar = MinShouldMatch(min(MIN_SHARED_SKETCH_VALUES, len(values)), values)
    others = And((similar, Not(Keyword("id", stored.article.id))))
    result = reader.search(SearchRequest(match=others, sort="newest", limit=MAX_REPRINT_CANDIDATES))
    fingerprint = ArticleFingerprint(stored.article)
    articles = reader.fetch([candidate.key for candidate in result.candidates])
    return [other for other in articles if ArticleFingerprint(other.article).is_reprint_of(fingerprint)]


def to_reprint(stored: StoredArticle) -> Reprint:
    """Return the short form of an article that is listed with another."""
    article = stored.article
    return Reprint(article.id, article.title, article.source, article.url, article.published)


def reprints_note(reprints: Sequence[Reprint]) -> str:
    """Return the number of reprints and their sources as text for people."""
    number = len(reprints)
    sources = "、".join(dict.fromkeys(reprint.source for reprint in reprints if reprint.source))
    if not sources:
        return ngettext("{number} reprint", "{number} reprints", number).format(number=number)
    message = ngettext("{number} reprint: {sources}", "{number} reprints: {sources}", number)
    return message.format(number=number, sources=sources)
