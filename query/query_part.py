"""One part of a query, analysed: what an article must have to match it, and what scores."""

import math
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from ..analysis import NAME_JOINT, Analyzer, Token, fold
from ..engines import And, Clause, IndexedField, Or, ScoringTerm, Stream, Substring, Term, TextField
from .idf_cache import IdfCache
from .parser import Part
from .stop_words import STOP_WORDS

LONGEST_WHOLE_PART = 3  # words; longer parts are soft
# A soft part matches articles that have any of so many of its words, or of its pairs, the rarest of them, or the part
# itself.
WORD_SHARE, BIGRAM_SHARE = 2 / 3, 1 / 3
MAX_BIGRAMS = 64  # of one part that are asked for
MOST_SUBJECTS = 48  # words of one part that are asked for; the rest only scores
# Weights of the streams in the score; docs/decisions.md has the measurement. A word in Latin or digits has no pairs to
# score beside it, so it counts for both.
WORD_WEIGHT, BIGRAM_WEIGHT, UNIGRAM_WEIGHT = 1.0, 1.0, 0.5
_SCORED_RUN = re.compile(r"[^\W\d_a-z]+")


class Need:
    """A part that is to be found (or, under a NOT, that is not)."""

    def __init__(self, part: Part, analyzer: Analyzer) -> None:
        self.field: TextField = part.field
        self.quoted = part.quoted
        self._analyzer = analyzer
        self._folded = fold(part.text)
        self.words = list(analyzer.words(part.text))
        self.outer = _outermost(self.words)
        if part.quoted:
            self.string = self._folded
        else:  # without the punctuation around it
            self.string = self._folded[self.words[0].start : max(word.end for word in self.words)] if self.words else ""
        self.soft = not part.quoted and len(self.outer) > LONGEST_WHOLE_PART

    @property
    def _scored(self) -> IndexedField:
        return "title" if self.field == "title" else "text"

    def _is_joined(self) -> bool:
        """Whether nothing but the dots of names stands between the words."""
        gaps = (self._folded[one.end : two.start] for one, two in zip(self.outer, self.outer[1:], strict=False))
        return all(not gap or NAME_JOINT.fullmatch(gap) for gap in gaps)

    def _knows(self, term: str) -> bool:
        """Whether the segmenter cuts `term` reliably: it is in the dictionary, or cut by signs and spaces."""
        return not term.isalpha() or term.isascii() or self._analyzer.segmenter.knows(term)

    @cached_property
    def subject(self) -> list[str]:
        """The words that carry the meaning: without stop words, unless there are no others."""
        terms = list(dict.fromkeys(word.term for word in self.outer))
        return ([term for term in terms if term not in STOP_WORDS] or terms)[:MOST_SUBJECTS]

    @cached_property
    def one_known_word(self) -> str:
        """The term, if the part is a single word of which it matters that it stands as a word of its own; else "".
        Not a single character, which hardly ever does; nor a word that no dictionary has, which the segmenter cuts now
        this way, now that."""
        if self.quoted or len(self.string) < 2:
            return ""
        word = self.outer[0]
        return word.term if word.end - word.start == len(self.string) and self._knows(word.term) else ""

    def is_matched_as_word(self, term: str) -> bool:
        """Whether `term` must be a word of its own in an article, or may stand anywhere. A single character among
        other words means little anywhere."""
        return self._knows(term) and (len(term) > 1 or len(self.outer) > 1)

    def word(self, term: str) -> Clause:
        """Has `term`; as a word where the dictionary has it."""
        return Term(self.field, term) if self.is_matched_as_word(term) else Substring(self.field, term)

    def clause(self, level: int, idfs: IdfCache) -> Clause:
        """What an article must have to match at one of the levels 0 to 2."""
        if self.quoted:
            return Substring(self.field, self.string)
        if self.soft:
            words = map(self.word, self._rarest("words", self.subject, WORD_SHARE, idfs))
            pairs = self._rarest("bigrams", self._bigrams(), BIGRAM_SHARE, idfs)
            return Or((*words, *(Substring(self.field, pair) for pair in pairs), self._whole()))
        if level == 0 and self.one_known_word:
            return Term(self.field, self.one_known_word)
        # 香港、台湾 are two words, not one
        return Or((self._whole(), self.full())) if level == 2 or not self._is_joined() else self._whole()

    def any_piece(self) -> Clause:
        """Any word or any pair of the part: what is left when nothing has more."""
        return Or((*map(self.word, self.subject), *(Substring(self.field, pair) for pair in self._bigrams())))

    def _bigrams(self) -> list[str]:
        """Names that are misspelt or cut oddly still have most of their pairs."""
        runs = _SCORED_RUN.findall(self.string)
        return list(dict.fromkeys(run[at : at + 2] for run in runs for at in range(len(run) - 1)))[:MAX_BIGRAMS]

    def _rarest(self, stream: Stream, terms: Sequence[str], share: float, idfs: IdfCache) -> list[str]:
        """A share of those terms that any article has, the rarest; all if none has any."""
        known = zip(idfs([ScoringTerm(self._scored, stream, term, 1.0) for term in terms]), terms, strict=True)
        rarest = [term for idf, term in sorted(known, reverse=True) if idf]
        return rarest[: math.ceil(share * len(rarest))] or list(terms)

    def _whole(self) -> Clause:
        """The part as it stands, or under another spelling of its names, dates and numbers."""
        clauses: list[Clause] = [Substring(self.field, self.string)]
        names = NAME_JOINT.split(self.string)
        if len(self.outer) > 1:  # the index has 乔拜登 for 乔·拜登
            clauses.append(Term(self.field, "".join(names)))
        if len(names) > 1 and len(names[-1]) > 1 and self._is_person():
            clauses.append(Substring(self.field, names[-1]))
        if any(map(self._is_respelled, self.outer)):
            spellings = (
                (Term if self._is_respelled(word) else Substring)(self.field, word.term) for word in self.outer
            )
            clauses.append(And(tuple(spellings)))
        return Or(tuple(clauses))

    def _is_respelled(self, word: Token) -> bool:
        """Whether the word is compared by another spelling than its own, as dates and numbers are."""
        return word.term != self._folded[word.start : word.end]

    def _is_person(self) -> bool:
        return [name.kind for name in self._analyzer.names_of_query(self.string)] == ["person"]

    def full(self) -> Clause:
        """All words of the part."""
        return And(tuple(map(self.word, self.subject)))

    def aligned(self) -> Clause:
        """The part as it stands, with word boundaries where the query has them."""
        if self.one_known_word:
            return Term(self.field, self.one_known_word)
        words: Clause = And(tuple(Term(self.field, word.term) for word in self.outer)) if self.outer else Or(())
        if not self.quoted and not self._is_joined():
            return words
        return And((Substring(self.field, self.string), Or((Term(self.field, self.string), words))))

    def marked(self, level: int) -> tuple[list[str], list[str]]:
        """What to mark in an article that was found at a level: strings, which stand anywhere, and words."""
        strings = [] if level == 0 and self.one_known_word else [self.string]
        words = [self.one_known_word] if level == 0 and self.one_known_word else []
        if self.quoted:
            return strings, words
        if self.soft or level >= 2 or not self._is_joined():
            words += filter(self.is_matched_as_word, self.subject)
            strings += (term for term in self.subject if not self.is_matched_as_word(term))
        else:
            words += (word.term for word in self.outer if self._is_respelled(word))
            words += ["".join(NAME_JOINT.split(self.string))] if len(self.outer) > 1 else []
            strings += (name for name in NAME_JOINT.split(self.string)[1:] if len(name) > 1 and not name.isascii())
        return strings, words

    def weights(self) -> Iterator[ScoringTerm]:
        """What scores: every word but stop words, every pair and, a little, every character."""
        field = self._scored
        only_stop_words = STOP_WORDS.issuperset(self.subject)
        for word in self.words:
            if only_stop_words or word.term not in STOP_WORDS:
                weight = WORD_WEIGHT + BIGRAM_WEIGHT if word.term.isascii() else WORD_WEIGHT
                yield ScoringTerm(field, "words", word.term, weight)
        for run in _SCORED_RUN.findall(self.string):
            for start in range(len(run) - 1):
                yield ScoringTerm(field, "bigrams", run[start : start + 2], BIGRAM_WEIGHT)
            for character in run:
                yield ScoringTerm(field, "unigrams", character, UNIGRAM_WEIGHT)


def _outermost(words: list[Token]) -> list[Token]:
    """The words that are not part of a longer one before them."""
    outer: list[Token] = []
    for word in words:
        if not outer or word.start >= outer[-1].end:
            outer.append(word)
    return outer
