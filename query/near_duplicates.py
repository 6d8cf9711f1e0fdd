"""Reprints are folded: of articles that tell the same story in the same words only the best-ranked is listed, and the
others stand with it.

Whether an article is listed depends on those ranked before it alone, so that the pages of a list fit together, whatever
their size: each article is listed, or stands with one that is, once.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from ..analysis import SHARED_VALUES, ArticleFingerprint
from ..engines import And, Candidate, Keyword, MinShouldMatch, Not, Reader, SearchRequest, StoredArticle
from ..messages import ngettext
from .results import Reprint

FOLDED = 300  # of a ranking's first articles; later ones stand for themselves
REACH = 20  # ranks behind a listed article in which its reprints are looked for
MOST_SUSPECTS = 1_000  # articles of which it is looked whether they are reprints of one

Fetch = Callable[[Sequence[Candidate]], Sequence[StoredArticle]]


class _Folding:
    """Takes articles in order of rank. `groups` are their ranks, from 0, those that are listed first."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.size = 0
        self._openings: list[ArticleFingerprint] = []  # of what is listed
        self._listed_with: dict[str, list[int]] = {}  # value of a sketch → groups

    def add(self, stored: StoredArticle) -> None:
        opening = ArticleFingerprint(stored.article)
        suspects = self._suspects(stored.sketch)
        group = next((each for each in suspects if opening.is_reprint_of(self._openings[each])), len(self.groups))
        if group == len(self.groups):
            for value in stored.sketch:
                self._listed_with.setdefault(value, []).append(group)
            self._openings.append(opening)
            self.groups.append([])
        self.groups[group].append(self.size)
        self.size += 1

    def _suspects(self, sketch: Sequence[str]) -> list[int]:
        """The groups that the next article may belong to, the best-ranked first."""
        known = self._listed_with
        sharing = [group for value in sketch if value in known for group in known[value]]
        least = min(SHARED_VALUES, len(sketch))
        if len(sharing) < least:
            return []
        near = (group for group, shared in Counter(sharing).items() if shared >= least)
        return sorted(group for group in near if self.size - self.groups[group][0] <= REACH)

    def missing(self, wanted: int) -> int:
        """How many more articles there must be, at the least, before the first `wanted` groups are whole."""
        if len(self.groups) < wanted:
            return wanted - len(self.groups) + REACH
        return self.groups[wanted - 1][0] + REACH + 1 - self.size if wanted else 0


def folded(candidates: Sequence[Candidate], fetch: Fetch, wanted: int) -> list[list[int]]:
    """The places of the candidates in groups, each with what is listed first: at the least the first `wanted` groups,
    if there are `wanted` + `FOLDED` candidates or no others."""
    folding = _Folding()
    window = candidates[:FOLDED]
    while (missing := folding.missing(wanted)) > 0 and folding.size < len(window):
        for stored in fetch(window[folding.size : folding.size + missing]):
            folding.add(stored)
    return [*folding.groups, *([place] for place in range(len(window), len(candidates)))]


def reprints_of(stored: StoredArticle, reader: Reader) -> list[StoredArticle]:
    """All reprints of an article that the index has, newest first."""
    if not stored.sketch:
        return []
    values = tuple(Keyword("sketch", value) for value in stored.sketch)
    suspects = MinShouldMatch(min(SHARED_VALUES, len(values)), values)
    others = And((suspects, Not(Keyword("id", stored.article.id))))
    found = reader.search(SearchRequest(match=others, sort="newest", limit=MOST_SUSPECTS))
    opening = ArticleFingerprint(stored.article)
    articles = reader.fetch([candidate.key for candidate in found.candidates])
    return [each for each in articles if ArticleFingerprint(each.article).is_reprint_of(opening)]


def as_reprint(stored: StoredArticle) -> Reprint:
    """What is told of it."""
    article = stored.article
    return Reprint(article.id, article.title, article.source, article.url, article.published)


def reprints_note(reprints: Sequence[Reprint]) -> str:
    """How many there are, for people to read, and where."""
    number = len(reprints)
    sources = "、".join(dict.fromkeys(reprint.source for reprint in reprints if reprint.source))
    if not sources:
        return ngettext("{number} reprint", "{number} reprints", number).format(number=number)
    told = ngettext("{number} reprint: {sources}", "{number} reprints: {sources}", number)
    return told.format(number=number, sources=sources)
