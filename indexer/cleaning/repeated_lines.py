"""Learn by counting which lines a source prints into its articles by machine.

Only a source that is named is learned from. The files of a folder without one may be judgments, contracts or forms:
what they share is their text.

What people write varies; what a machine prints is the same each time, and is outside the prose or in a box. A line is
therefore learned if many articles of its source have it, with the same numbers again and again, and nearly always

- at an *edge* of the article, before its first or after its last line of prose, or
- in a *box* inside the prose, next to the same other line each time.

People repeat lines at an edge, too: names of authors, headings, captions of a picture that is used for a week. A line
that may be one of these must be in half of the articles, unless it has the mark of a publisher (©, an address, a word
such as 版权, 订阅 or 不代表) or is always next to a line that is learned. A sentence is never learned without such a
mark, however many articles have it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from ...analysis import Article, fold
from .boilerplate import is_boilerplate

MIN_SAMPLE_ARTICLES = 20  # of a source; nothing is learned from fewer
MIN_ARTICLES = 5  # with the line, for each spelling of its numbers
MIN_SHARE = 0.02  # of the source's articles have the line
MIN_SHARE_WITH_NEIGHBOR = 0.05  # the same for a line that is always next to the same other line
MIN_SHARE_AMBIGUOUS = 0.5  # the same for a line that a person may have written
MIN_CONSISTENCY = 0.8  # of the articles with the line have it at an edge or in a box
MAX_SHORT_FORM = 12  # letters and digits that a name or a heading may have; twice as many in alphabets
_MAX_LINE_LENGTH = 200  # characters; the longest repeated line in the news of eleven sources has 118

_NON_LETTERS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_HAN = re.compile("[\u3400-\u9fff]")
_PROSE = re.compile("。|[a-z][.!?][”\"’')]*(?: |$)")
_SENTENCE_END = re.compile("[。！？!?][”\"’'」』）)]*$")
_PUBLISHER_MARK = re.compile(  # in folded text
    r"^\W*©|https?://|www\.|copyright|subscribe|版权|订阅|[不仅]代表|转载[请须]|[得止绝勿迎]转载"
)

RepeatedLines: TypeAlias = dict[str, list[str]]
"""For each source the forms of the lines that it repeats. Serializable as JSON."""


def line_form(line: str) -> str:
    """Return the form by which lines are compared: folded letters, with 0 for each number.

    Lines without letters and digits, and long lines, have the form "".
    """
    return _DIGITS.sub("0", _folded_letters(line)) if len(line) <= _MAX_LINE_LENGTH else ""


def find_repeated_lines(articles: Iterable[Article]) -> RepeatedLines:
    """Return the lines that each source of a sample repeats, except known boilerplate. The result is deterministic.

    Articles without a source teach nothing.
    """
    samples: dict[str, list[list[_Line]]] = defaultdict(list)
    for article in articles:
        if not article.source:
            continue
        lines = (line for line in article.body.split("\n") if not is_boilerplate(line))
        samples[article.source].append([_Line(line, line_form(line)) for line in lines])
    learned = {
        source: _learn_forms(sample) for source, sample in sorted(samples.items()) if len(sample) >= MIN_SAMPLE_ARTICLES
    }
    return {source: forms for source, forms in learned.items() if forms}


class _Line(NamedTuple):
    text: str
    form: str

    def is_prose(self) -> bool:
        return bool(_PROSE.search(self.text))

    def may_be_printed(self) -> bool:
        """Return whether a machine may have printed the line: it is no sentence, or has the mark of a publisher."""
        is_sentence = self.is_prose() or _SENTENCE_END.search(self.text)
        return not is_sentence or bool(_PUBLISHER_MARK.search(fold(self.text)))


class _Candidate(NamedTuple):
    """A form that many articles have: their number, and a line of this form."""

    articles: int
    line: _Line


_Candidates: TypeAlias = dict[str, _Candidate]


class _FormPositions(NamedTuple):
    """Positions of the candidates in an article.

    Attributes:
        edges: Forms that occur only before or after the prose.
        after_prose: Forms that occur only after the prose.
        neighbors: Pairs of adjacent forms.
        boxes: Pairs of adjacent forms inside the prose.
    """

    edges: set[str]
    after_prose: set[str]
    neighbors: set[tuple[str, str]]
    boxes: set[tuple[str, str]]


def _learn_forms(sample: list[list[_Line]]) -> list[str]:
    """Return the forms that a machine repeats in the articles of a source."""
    candidates = _find_candidates(sample)
    printed = {form for form, candidate in candidates.items() if candidate.line.may_be_printed()}
    edges: Counter[str] = Counter()
    after_prose: Counter[str] = Counter()
    neighbors: Counter[tuple[str, str]] = Counter()
    boxes: Counter[tuple[str, str]] = Counter()
    for lines in sample:
        if any(line.form in candidates for line in lines):
            positions = _find_positions(lines, candidates)
            edges.update(positions.edges)
            after_prose.update(positions.after_prose)
            neighbors.update(positions.neighbors)
            boxes.update(positions.boxes)
    boxed: dict[str, int] = defaultdict(int)
    for (form, _), articles in boxes.items():
        boxed[form] = max(boxed[form], articles)
    learned = set()
    for form, (articles, line) in candidates.items():
        is_in_box = boxed[form] > edges[form]
        is_after_prose = after_prose[form] >= MIN_CONSISTENCY * articles
        min_share = _min_share(line, is_in_box, is_after_prose)
        if (
            form in printed
            and edges[form] + boxed[form] >= MIN_CONSISTENCY * articles
            and articles >= min_share * len(sample)
        ):
            learned.add(form)
    companions = {
        form
        for (form, neighbor), articles in neighbors.items()
        if neighbor in learned
        and form in printed
        and articles >= MIN_SHARE_WITH_NEIGHBOR * len(sample)
        and articles >= MIN_CONSISTENCY * max(candidates[form].articles, candidates[neighbor].articles)
    }
    return sorted(learned | companions)


def _min_share(line: _Line, is_in_box: bool, is_after_prose: bool) -> float:
    """Return the share of the source's articles that must have a line for it to be a machine's."""
    if is_in_box:
        return MIN_SHARE_WITH_NEIGHBOR
    is_ambiguous = not is_after_prose or line.is_prose() or _is_short(line.form)
    return MIN_SHARE_AMBIGUOUS if is_ambiguous and not _PUBLISHER_MARK.search(fold(line.text)) else MIN_SHARE


def _find_candidates(sample: list[list[_Line]]) -> _Candidates:
    """Return the forms that enough articles have."""
    articles = Counter(form for lines in sample for form in {line.form for line in lines})
    min_articles = max(MIN_ARTICLES, MIN_SHARE * len(sample))
    frequent = {form for form, number in articles.items() if number >= min_articles and form.strip("0")}
    spellings: dict[str, set[str]] = defaultdict(set)
    candidates: _Candidates = {}
    for lines in sample:
        for line in lines:
            if line.form in frequent:
                spellings[line.form].add(_folded_letters(line.text))
                candidates.setdefault(line.form, _Candidate(articles[line.form], line))
    return {
        form: candidate
        for form, candidate in candidates.items()
        if candidate.articles >= MIN_ARTICLES * len(spellings[form])
    }


def _find_positions(lines: list[_Line], candidates: _Candidates) -> _FormPositions:
    prose = [index for index, line in enumerate(lines) if line.form not in candidates and line.is_prose()]
    start, end = (prose[0], prose[-1] + 1) if prose else (len(lines), len(lines))
    before, inside, after = (
        {line.form for line in part} & candidates.keys() for part in (lines[:start], lines[start:end], lines[end:])
    )
    edges = (before | after) - inside
    return _FormPositions(
        edges, edges - before, _neighbors(lines, candidates), _neighbors(lines[start:end], candidates)
    )


def _neighbors(lines: list[_Line], candidates: _Candidates) -> set[tuple[str, str]]:
    """Return the pairs of adjacent candidates that are not prose, in both orders."""
    forms = (line.form if line.form in candidates and not line.is_prose() else "" for line in lines)
    pairs = {pair for pair in pairwise(forms) if all(pair)}
    return pairs | {(second, first) for first, second in pairs}


def _is_short(form: str) -> bool:
    return len(form) < (MAX_SHORT_FORM if _HAN.search(form) else 2 * MAX_SHORT_FORM)


def _folded_letters(line: str) -> str:
    return _NON_LETTERS.sub("", fold(line))
