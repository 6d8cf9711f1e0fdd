"""One text of a query, analyzed: the clauses that match it, and the terms that score it."""

import math
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from ..analysis import HAN, NAME_JOINT, Analyzer, Token
from ..engines import MATCH_NONE, And, Clause, IndexedField, Or, Reader, ScoringTerm, Stream, Substring, Term, TextField
from .match_level import MatchLevel
from .parser import TextNode
from .stop_words import STOP_WORDS

MAX_SHORT_PART_WORDS = 3  # a part of more words is long
# A long part matches articles that have any of this share of its words, or of its bigrams, the rarest of them; or the
# part itself.
WORD_SHARE, BIGRAM_SHARE = 2 / 3, 1 / 3
MAX_BIGRAMS = 64  # of one part, in its clauses
MAX_CONTENT_TERMS = 48  # of one part, in its clauses; further terms only score
# Weights of the streams in the score; docs/decisions/0030-stream-weights.md has the measurement. A word in Latin
# letters or digits has no bigrams that score with it, so its weight is that of both.
WORD_WEIGHT, BIGRAM_WEIGHT, UNIGRAM_WEIGHT = 1.0, 1.0, 0.5
_HAN_LETTER = re.compile(f"[{HAN}]")
_NON_LATIN_RUN = re.compile(r"[^\W\d_a-z]+")


class QueryPart:
    """A text node with its tokens.

    Attributes:
        field: The field to search.
        quoted: Whether the part matches character for character.
        tokens: All tokens of the text, without its gaps, in the order of the analyzer.
        top_level_tokens: The tokens that are not part of a longer one before them.
        string: The folded text to find, without gaps. If it is not quoted, the punctuation around it is stripped.
        letters: The characters of a text that spaces set apart, as in 王 毅; they also match apart.
        is_long: Whether some of the words are enough to match, as for a headline or a question.
    """

    def __init__(self, node: TextNode, analyzer: Analyzer) -> None:
        self.field: TextField = node.field
        self.quoted = node.quoted
        self._analyzer = analyzer
        folded, tokens = analyzer.tokenize_joined(node.text)
        self._folded = folded
        self.tokens = tokens
        self.top_level_tokens = _top_level(tokens)
        if node.quoted:
            self.string = folded
        else:
            self.string = folded[tokens[0].start : max(token.end for token in tokens)] if tokens else ""
        self.letters = [] if node.quoted else spaced_letters(node.text)
        self.is_long = not node.quoted and len(self.top_level_tokens) > MAX_SHORT_PART_WORDS

    @property
    def _indexed_field(self) -> IndexedField:
        return "title" if self.field == "title" else "text"

    def _is_contiguous(self) -> bool:
        """Return whether nothing but the interpuncts of names stands between the words."""
        tokens = self.top_level_tokens
        gaps = (self._folded[left.end : right.start] for left, right in zip(tokens, tokens[1:], strict=False))
        return all(not gap or NAME_JOINT.fullmatch(gap) for gap in gaps)

    def _is_cut_reliably(self, term: str) -> bool:
        """Return whether the segmenter cuts `term` alike in every text.

        It does if the term is in the dictionary, or if punctuation and spaces delimit it.
        """
        return not term.isalpha() or term.isascii() or self._analyzer.segmenter.knows(term)

    @cached_property
    def content_terms(self) -> list[str]:
        """The terms that carry the meaning: without stop words, unless there are no others."""
        return self._all_content_terms[:MAX_CONTENT_TERMS]

    @cached_property
    def _all_content_terms(self) -> list[str]:
        terms = list(dict.fromkeys(token.term for token in self.top_level_tokens))
        return [term for term in terms if term not in STOP_WORDS] or terms

    @cached_property
    def single_word(self) -> str:
        """The term of a part that is one word and should match whole words first; "" for any other part.

        A single character is not such a word, since it hardly ever is a word of its own in a text. Neither is a word
        that no dictionary has, since the segmenter cuts it differently from text to text.
        """
        if self.quoted or len(self.string) < 2:
            return ""
        token = self.top_level_tokens[0]
        return token.term if token.end - token.start == len(self.string) and self._is_cut_reliably(token.term) else ""

    def is_matched_as_word(self, term: str) -> bool:
        """Return whether `term` must be a word of its own in an article, or may be any substring.

        A single character among other words means little as a substring.
        """
        return self._is_cut_reliably(term) and (len(term) > 1 or len(self.top_level_tokens) > 1)

    def term_clause(self, term: str) -> Clause:
        """Return the clause for one term: a whole word where the segmenter cuts it reliably, else a substring."""
        return Term(self.field, term) if self.is_matched_as_word(term) else Substring(self.field, term)

    def match_clause(self, level: MatchLevel, reader: Reader) -> Clause:
        """Return the clause that an article must match at a level stricter than `MatchLevel.PARTIAL`."""
        clause = self._match_joined(level, reader)
        if not self.letters or self.is_long:
            return clause
        return Or((clause, And(tuple(Substring(self.field, letter) for letter in self.letters))))

    def _match_joined(self, level: MatchLevel, reader: Reader) -> Clause:
        if self.quoted:
            return Substring(self.field, self.string)
        if self.is_long:
            terms = self._rarest("words", self._all_content_terms, WORD_SHARE, reader)
            words = map(self.term_clause, terms[:MAX_CONTENT_TERMS])
            bigrams = self._rarest("bigrams", self._bigrams(), BIGRAM_SHARE, reader)[:MAX_BIGRAMS]
            # An article that has the whole part has all of its bigrams.
            whole = () if bigrams else (self._whole_clause(),)
            return Or((*words, *(Substring(self.field, bigram) for bigram in bigrams), *whole))
        if level == MatchLevel.WHOLE_WORDS and self.single_word:
            return Term(self.field, self.single_word)
        # 香港、台湾 are two words, not one
        may_stand_apart = level == MatchLevel.APART or not self._is_contiguous()
        return Or((self._whole_clause(), self.all_terms_clause())) if may_stand_apart else self._whole_clause()

    def any_term_clause(self) -> Clause:
        """Return the clause that any word or any bigram of the part matches, for `MatchLevel.PARTIAL`."""
        words = map(self.term_clause, self.content_terms)
        return Or((*words, *(Substring(self.field, bigram) for bigram in self._bigrams()[:MAX_BIGRAMS])))

    def _bigrams(self) -> list[str]:
        """Return the bigrams of the part. Names that are misspelled or cut oddly still share most of theirs."""
        runs = _NON_LATIN_RUN.findall(self.string)
        bigrams = dict.fromkeys(run[start : start + 2] for run in runs for start in range(len(run) - 1))
        return list(bigrams)

    def _rarest(self, stream: Stream, terms: Sequence[str], share: float, reader: Reader) -> list[str]:
        """Return the rarest `share` of those terms that the index has, or all terms if it has none."""
        idfs = reader.idfs([ScoringTerm(self._indexed_field, stream, term, 1.0) for term in terms])
        rarest = [term for idf, term in sorted(zip(idfs, terms, strict=True), reverse=True) if idf]
        return rarest[: math.ceil(share * len(rarest))] or list(terms)

    def _whole_clause(self) -> Clause:
        """Return the clause for the part as a whole, or for another spelling of its names, dates and numbers."""
        tokens = self.top_level_tokens
        clauses: list[Clause] = [Substring(self.field, self.string)]
        name_parts = NAME_JOINT.split(self.string)
        if len(tokens) > 1:  # the index has 乔拜登 for 乔·拜登
            clauses.append(Term(self.field, "".join(name_parts)))
        if len(name_parts) > 1 and len(name_parts[-1]) > 1 and self._is_person():
            clauses.append(Substring(self.field, name_parts[-1]))
        if any(map(self._is_normalized, tokens)):
            kinds = (Term if self._is_normalized(token) else Substring for token in tokens)
            clauses.append(And(tuple(kind(self.field, token.term) for kind, token in zip(kinds, tokens, strict=True))))
        return Or(tuple(clauses))

    def _is_normalized(self, token: Token) -> bool:
        """Return whether the token's term differs from its text, as for dates and numbers."""
        return token.term != self._folded[token.start : token.end]

    def _is_person(self) -> bool:
        return [mention.kind for mention in self._analyzer.find_query_entities(self.string)] == ["person"]

    def all_terms_clause(self) -> Clause:
        """Return the clause that requires all content terms of the part."""
        return And(tuple(map(self.term_clause, self.content_terms)))

    def exact_clause(self) -> Clause:
        """Return the clause for the part as typed, with word boundaries where the query has them."""
        if self.single_word:
            return Term(self.field, self.single_word)
        terms = tuple(Term(self.field, token.term) for token in self.top_level_tokens)
        words: Clause = And(terms) if terms else MATCH_NONE
        if not self.quoted and not self._is_contiguous():
            return words
        return And((Substring(self.field, self.string), Or((Term(self.field, self.string), words))))

    def highlight_terms(self, level: MatchLevel) -> tuple[list[str], list[str]]:
        """Return what to highlight in an article found at a level: strings, which match anywhere, and whole words."""
        is_whole_word = level == MatchLevel.WHOLE_WORDS and self.single_word != ""
        strings = [] if is_whole_word else [self.string]
        words = [self.single_word] if is_whole_word else []
        if self.quoted:
            return strings, words
        if self.is_long or level >= MatchLevel.APART or not self._is_contiguous():
            words += filter(self.is_matched_as_word, self.content_terms)
            strings += (term for term in self.content_terms if not self.is_matched_as_word(term))
        else:
            first, *last_names = NAME_JOINT.split(self.string)
            words += (token.term for token in self.top_level_tokens if self._is_normalized(token))
            words += ["".join((first, *last_names))] if len(self.top_level_tokens) > 1 else []
            strings += (name for name in last_names if len(name) > 1 and not name.isascii())
        return strings, words

    def scoring_terms(self) -> Iterator[ScoringTerm]:
        """Yield the terms that score: all words but stop words, all bigrams and, with a low weight, all unigrams."""
        field = self._indexed_field
        has_only_stop_words = STOP_WORDS.issuperset(self.content_terms)
        for token in self.tokens:
            if has_only_stop_words or token.term not in STOP_WORDS:
                weight = WORD_WEIGHT + BIGRAM_WEIGHT if token.term.isascii() else WORD_WEIGHT
                yield ScoringTerm(field, "words", token.term, weight)
        for run in _NON_LATIN_RUN.findall(self.string):
            for start in range(len(run) - 1):
                yield ScoringTerm(field, "bigrams", run[start : start + 2], BIGRAM_WEIGHT)
            for character in run:
                yield ScoringTerm(field, "unigrams", character, UNIGRAM_WEIGHT)


def spaced_letters(text: str) -> list[str]:
    """Return the Han characters of a folded text that consists of several, each set apart by spaces; else none."""
    letters = text.split()
    return letters if len(letters) > 1 and all(map(_HAN_LETTER.fullmatch, letters)) else []


def _top_level(tokens: list[Token]) -> list[Token]:
    """Return the tokens that are not part of a longer one before them."""
    top_level: list[Token] = []
    for token in tokens:
        if not top_level or token.start >= top_level[-1].end:
            top_level.append(token)
    return top_level
