"""Related articles: those that share the words which tell most about an article.

A word tells the more about an article the more often it is there and the fewer others have it; names tell more than
other words, and so does the title:

    weight = (1 + ln count) × NAME × TITLE, where they apply;     how telling = weight × inverse document frequency
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
from .hit_builder import HitMaker
from .idf_cache import IdfCache
from .near_duplicates import FOLDED, folded, reprints_of
from .parser import Group, Part
from .planner import Plan
from .reranker import Ranker
from .results import Hit
from .stop_words import STOP_WORDS

NAME, TITLE = 2.0, 2.0
READ = 3_000  # characters of a body
LOOKED_UP = 150  # words of which it is asked how rare they are
TELLING = 25  # words that are looked for …
SHARED = 3  # … of which a related article has so many
MARKED = 10  # in snippets
_INSIDE_WORDS = 1  # the level (see `plan`) at which matches are marked wherever they stand


def related(stored: StoredArticle, analyzer: Analyzer, reader: Reader, limit: int) -> tuple[Hit, ...]:
    """The articles closest to one, without itself and its reprints, reprints among them folded."""
    same = [stored.article, *(reprint.article for reprint in reprints_of(stored, reader))]
    terms = _telling(stored, analyzer, reader, len(same))
    if not terms:
        return ()
    sharing = MinShouldMatch(min(SHARED, len(terms)), tuple(Term("text", term.term) for term in terms))
    match = And((sharing, *(Not(Keyword("id", article.id)) for article in same)))
    found = reader.search(SearchRequest(match=match, weights=tuple(terms), limit=limit + FOLDED)).candidates
    plan = Plan(Group(tuple(Part(term.term) for term in terms[:MARKED]), any_of=True), analyzer, IdfCache(reader))
    ranker = Ranker((), {}, half_life=None, now=datetime.now(timezone.utc))
    maker = HitMaker(analyzer, reader, plan, _INSIDE_WORDS, ranker, explain=False)
    return maker.hits(found, folded(found, maker.fetched, limit)[:limit], 1, len(found))


def _telling(stored: StoredArticle, analyzer: Analyzer, reader: Reader, copies: int) -> list[ScoringTerm]:
    """The most telling words, as they score, the first of them first. What no article but its copies has, says nothing
    of others."""
    weights = sorted(_weights(stored, analyzer), key=lambda term: (-term.weight, term.term))[:LOOKED_UP]
    rarest = lucene_idf(reader.statistics().articles, copies + 1)
    idfs = {term: idf for term, idf in zip(weights, reader.idfs(weights), strict=True) if idf <= rarest}
    return sorted(idfs, key=lambda term: -term.weight * idfs[term])[:TELLING]


def _weights(stored: StoredArticle, analyzer: Analyzer) -> Iterator[ScoringTerm]:
    article = stored.article
    in_title = {word.term for word in analyzer.words(article.title)}
    names = Counter(word.term for word in entity_tokens(stored.entities))
    words = Counter(word.term for text in (article.title, article.body[:READ]) for word in analyzer.words(text))
    for term, count in (names | words).items():
        if len(term) > 1 and term not in STOP_WORDS and not (term[0] == "=" or term[0].isdecimal()):
            factor = (NAME if term in names else 1.0) * (TITLE if term in in_title else 1.0)
            yield ScoringTerm("text", "words", term, (1 + log(count)) * factor)
