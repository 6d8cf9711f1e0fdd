"""Document frequencies without deleted articles.

Tantivy's own document frequencies count deleted articles until their segment is merged, and its scores use them.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

import tantivy
from tantivy import Query

from ..bm25 import IdfCache, lucene_idf
from ..clauses import ScoringTerm
from ..top_terms import MAX_ARTICLES_FOR_EXACT_COUNTS, TopTerms
from .query_builder import QueryBuilder, field_name
from .schema import escape


class DocumentFrequencies:
    """The document frequencies and idfs of one commit.

    `max_doc` is the number of its articles including deleted ones. Where none is deleted, Tantivy's numbers are used.
    """

    def __init__(self, searcher: tantivy.Searcher, queries: QueryBuilder, max_doc: int) -> None:
        self._searcher = searcher
        self._queries = queries
        self._max_doc = max_doc

    def idfs(self, terms: Sequence[ScoringTerm]) -> list[float]:
        """Return the idf of each term, 0 if no article contains it."""
        articles = self._searcher.num_docs
        frequencies = map(self._frequency, terms)
        return [lucene_idf(articles, frequency) if frequency else 0.0 for frequency in frequencies]

    def correct_weights(self, terms: Sequence[ScoringTerm], idfs: IdfCache) -> list[ScoringTerm]:
        """Return the terms with weights that cancel the effect of deleted articles on Tantivy's idfs.

        `idfs` caches those of `self.idfs`. The average length of a field still includes deleted articles.
        """
        if self._max_doc == self._searcher.num_docs:
            return list(terms)
        return [
            replace(term, weight=term.weight * idf / lucene_idf(self._max_doc, self._posting_count(term)))
            for term, idf in zip(terms, idfs(terms), strict=True)
            if idf
        ]

    def top_words(self) -> list[tuple[str, int]]:
        """Return the words with the highest document frequencies, with these.

        Words are listed by their first character, so that never all of them are in memory at once. The first character
        of a word is a unigram of some text, except that canonical words such as dates may begin with any other ASCII
        character.
        """
        live = Query.all_query() if self._searcher.num_docs < self._max_doc <= MAX_ARTICLES_FOR_EXACT_COUNTS else None
        terms_with_prefix = self._searcher.terms_with_prefix
        top_terms: TopTerms[str] = TopTerms()
        unigrams = (unigram for unigram, _ in terms_with_prefix("text_unigrams", ""))
        for first in sorted({*map(chr, range(128)), *unigrams}):
            words = terms_with_prefix("text_words", first, filter_query=live)
            top_terms.add(words[: bisect_right(words, -top_terms.min_count, key=lambda word: -word[1])])
        return top_terms.top()

    def _frequency(self, term: ScoringTerm) -> int:
        if self._max_doc == self._searcher.num_docs:
            return self._posting_count(term)
        return hit_count(self._searcher.search(self._queries.term_query(term), 1))

    def _posting_count(self, term: ScoringTerm) -> int:
        """Return the length of the posting list of the term, deleted articles included."""
        return self._searcher.doc_freq(field_name(term), escape(term.term))


def hit_count(result: tantivy.SearchResult) -> int:
    """Return the number of articles that a search matched."""
    count: int = result.count  # type: ignore[attr-defined]  # missing in the stubs
    return count
