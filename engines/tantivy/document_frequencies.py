"""How many articles have a term. Tantivy's own number has deleted ones in it until their segment is merged, and its
scores are made of that."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

import tantivy
from tantivy import Query

from ..clauses import ScoringTerm
from ..matching import lucene_idf
from ..top_terms import RECOUNTED, MostFrequent
from .query_builder import Queries, field_of
from .schema import escaped

_KEPT = 100_000  # terms


class Frequencies:
    """Tells rarities in one commit. `held` is the number of its articles, deleted ones among them; where there are
    none, Tantivy's numbers are taken as they are."""

    def __init__(self, searcher: tantivy.Searcher, queries: Queries, held: int) -> None:
        self._searcher = searcher
        self._queries = queries
        self._held = held
        self._known: dict[tuple[str, str], float] = {}

    def idf(self, term: ScoringTerm) -> float:
        """The inverse document frequency, 0 if no article has the term."""
        key = field_of(term), term.term
        idf = self._known.get(key)
        if idf is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            frequency = self._frequency(term)
            idf = lucene_idf(self._searcher.num_docs, frequency) if frequency else 0.0
            self._known[key] = idf
        return idf

    def corrected(self, weights: Sequence[ScoringTerm]) -> list[ScoringTerm]:
        """The weights with which Tantivy scores as if deleted articles were gone; the average length still has them."""
        if self._held == self._searcher.num_docs:
            return list(weights)
        idfs = ((term, self.idf(term)) for term in weights)
        return [
            replace(term, weight=term.weight * idf / lucene_idf(self._held, self._listed(term)))
            for term, idf in idfs
            if idf
        ]

    def words(self) -> list[tuple[str, int]]:
        """The most frequent words. They are listed by the character that they begin with, lest all be in memory at
        once; of those made anew, such as dates, it may stand in no text, but is in ASCII."""
        counted = Query.all_query() if self._searcher.num_docs < self._held <= RECOUNTED else None
        listed = self._searcher.terms_with_prefix
        chosen: MostFrequent[str] = MostFrequent()
        for first in sorted({*map(chr, range(128)), *(single for single, _ in listed("text_unigrams", ""))}):
            words = listed("text_words", first, filter_query=counted)
            chosen.add(words[: bisect_right(words, -chosen.least, key=lambda word: -word[1])])
        return chosen.chosen()

    def _frequency(self, term: ScoringTerm) -> int:
        if self._held == self._searcher.num_docs:
            return self._listed(term)
        return count(self._searcher.search(self._queries.having(term), 1))

    def _listed(self, term: ScoringTerm) -> int:
        """How long the posting list of the term is."""
        return self._searcher.doc_freq(field_of(term), escaped(term.term))


def count(found: tantivy.SearchResult) -> int:
    number: int = found.count  # type: ignore[attr-defined]  # which the stubs forget
    return number
