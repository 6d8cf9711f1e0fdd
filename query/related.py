"""Related articles: those that share the most distinctive terms of an article.

A term is the more distinctive the more often the article has it and the fewer other articles do. Names and terms of
the title weigh more than others:

    distinctiveness = (1 + ln count) × NAME_WEIGHT × TITLE_WEIGHT × inverse document frequency

with either weight only where it applies.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone
from math import log

from ..analysis import Analyzer, entity_tokens
from ..engines import (
    And,
    Keyword,
    MinShouldMatch,
    Not,
    Reader,
    ScoringTerm,
    SearchRequest,
    StoredArticle,
    Term,
    lucene_idf,
)
from .hit_builder import HitBuilder
from .match_level import MatchLevel
from .near_duplicates import COLLAPSE_DEPTH, collapse_reprints, find_reprints
from .parser import GroupNode, TextNode
from .planner import QueryPlan
from .reranker import Reranker
from .results import Hit
from .stop_words import STOP_WORDS

NAME_WEIGHT, TITLE_WEIGHT = 2.0, 2.0
MAX_BODY_LENGTH = 3_000  # characters of a body that are read
MAX_IDF_LOOKUPS = 150  # terms of an article whose idf is read
MAX_TERMS = 25  # most distinctive terms, which score related articles
MIN_SHARED_TERMS = 3  # terms of these that a related article has
MAX_HIGHLIGHTED_TERMS = 10  # terms of these that snippets highlight


def find_related(stored: StoredArticle, analyzer: Analyzer, reader: Reader, limit: int) -> tuple[Hit, ...]:
    """Return the articles closest to one, without itself and its reprints; reprints among them are collapsed."""
    copies = [stored.article, *(reprint.article for reprint in find_reprints(stored, reader))]
    terms = _distinctive_terms(stored, analyzer, reader, len(copies))
    if not terms:
        return ()
    shared = MinShouldMatch(min(MIN_SHARED_TERMS, len(terms)), tuple(Term("text", term.term) for term in terms))
    match = And((shared, *(Not(Keyword("id", article.id)) for article in copies)))
    request = SearchRequest(match=match, scoring_terms=tuple(terms), limit=limit + COLLAPSE_DEPTH)
    candidates = reader.search(request).candidates
    highlighted = tuple(TextNode(term.term) for term in terms[:MAX_HIGHLIGHTED_TERMS])
    plan = QueryPlan(GroupNode(highlighted, any_of=True), analyzer, reader)
    reranker = Reranker((), {}, half_life=None, now=datetime.now(timezone.utc))
    builder = HitBuilder(analyzer, reader, plan, MatchLevel.INSIDE_WORDS, reranker, explain=False)
    return builder.build(candidates, collapse_reprints(candidates, builder.fetch, limit)[:limit], 1, len(candidates))


def _distinctive_terms(stored: StoredArticle, analyzer: Analyzer, reader: Reader, copies: int) -> list[ScoringTerm]:
    """Return the most distinctive terms of an article, as they score, the most distinctive first.

    A term that only the article and its reprints have is left out, since no other article shares it. `copies` is the
    number of these articles.
    """
    terms = sorted(_weigh_terms(stored, analyzer), key=lambda term: (-term.weight, term.term))[:MAX_IDF_LOOKUPS]
    max_idf = lucene_idf(reader.statistics().articles, copies + 1)
    idfs = {term: idf for term, idf in zip(terms, reader.idfs(terms), strict=True) if idf <= max_idf}
    return sorted(idfs, key=lambda term: -term.weight * idfs[term])[:MAX_TERMS]


def _weigh_terms(stored: StoredArticle, analyzer: Analyzer) -> Iterator[ScoringTerm]:
    article = stored.article
    title_terms = {token.term for token in analyzer.tokenize(article.title)}
    names = Counter(token.term for token in entity_tokens(stored.entities))
    texts = (article.title, article.body[:MAX_BODY_LENGTH])
    words = Counter(token.term for text in texts for token in analyzer.tokenize(text))
    for term, count in (names | words).items():
        if len(term) > 1 and term not in STOP_WORDS and not (term[0] == "=" or term[0].isdecimal()):
            factor = (NAME_WEIGHT if term in names else 1.0) * (TITLE_WEIGHT if term in title_terms else 1.0)
            yield ScoringTerm("text", "words", term, (1 + log(count)) * factor)
