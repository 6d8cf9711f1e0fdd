"""Learns by counting which lines a source prints by itself, over, under or into its articles.

What people write varies; what a machine prints is the same each time, and stands where the prose is over or in a box.
So a line is learnt where many articles of its source have it, its numbers being the same again and again, and nearly
always

- at an *edge* of the article, before its first or after its last line of prose, or
- in a *box* inside the prose, beside the same other line each time.

At an edge people repeat themselves, too: names of authors, headings, captions of a picture that is used for a week. A
line that may be one of these has to be there in half of the articles, unless it has the mark of a publisher (©, an
address, a word such as 版权, 订阅 or 不代表) or never parts from a line that is learnt.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from ...analysis import Article, fold
from .boilerplate import is_boilerplate

LEAST_SAMPLE = 20  # articles of a source; fewer teach nothing
LEAST_ARTICLES = 5  # that have the line, for each spelling of its numbers
LEAST_SHARE = 0.02  # of the source's articles …
LEAST_SHARE_IN_COMPANY = 0.05  # … of a line that always stands beside the same other one
LEAST_SHARE_OF_DOUBTFUL = 0.5  # … of one that may as well be a person's
STEADY = 0.8  # of the articles that have the line have it at an edge or in a box
SHORT = 12  # letters and digits, which a name or a heading may have; twice as many in alphabets
_LONGEST = 200  # characters; of the news of eleven sources the longest repeated line has 118

_NO_LETTERS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_HAN = re.compile("[\u3400-\u9fff]")
_PROSE = re.compile("。|[a-z][.!?][”\"’')]*(?: |$)")
_MARK_OF_PUBLISHER = re.compile(  # in folded text
    r"^\W*©|https?://|www\.|copyright|subscribe|版权|订阅|[不仅]代表|转载[请须]|[得止绝勿迎]转载"
)

Repeated: TypeAlias = dict[str, list[str]]
"""For each source the forms of the lines that it repeats; JSON can hold it."""


def form_of(line: str) -> str:
    """What lines are compared by: their letters, folded, each number as one 0; "" where nothing is to be compared."""
    return _DIGITS.sub("0", _letters(line)) if len(line) <= _LONGEST else ""


def repeated_lines(articles: Iterable[Article]) -> Repeated:
    """The lines that each source of a sample repeats, without those that the table of rules names. The same articles
    in the same order teach the same."""
    samples: dict[str, list[list[_Line]]] = defaultdict(list)
    for article in articles:
        lines = (line for line in article.body.split("\n") if not is_boilerplate(line))
        samples[article.source].append([_Line(line, form_of(line)) for line in lines])
    learnt = {source: _learn(sample) for source, sample in sorted(samples.items()) if len(sample) >= LEAST_SAMPLE}
    return {source: forms for source, forms in learnt.items() if forms}


class _Line(NamedTuple):
    text: str
    form: str

    def is_prose(self) -> bool:
        return bool(_PROSE.search(self.text))


class _Candidate(NamedTuple):
    """A form that many articles have: how many, and a line of this form."""

    articles: int
    line: _Line


_Candidates: TypeAlias = dict[str, _Candidate]


class _Places(NamedTuple):
    """Where the candidates of an article stand: at its edges only, under its prose only; which are neighbours, and
    which of these are in boxes."""

    edges: set[str]
    under: set[str]
    neighbours: set[tuple[str, str]]
    boxes: set[tuple[str, str]]


def _learn(sample: list[list[_Line]]) -> list[str]:
    """The forms that are repeated as a machine would."""
    candidates = _candidates(sample)
    edges: Counter[str] = Counter()
    under: Counter[str] = Counter()
    neighbours: Counter[tuple[str, str]] = Counter()
    boxes: Counter[tuple[str, str]] = Counter()
    for lines in sample:
        if any(line.form in candidates for line in lines):
            places = _places(lines, candidates)
            edges.update(places.edges)
            under.update(places.under)
            neighbours.update(places.neighbours)
            boxes.update(places.boxes)
    boxed: dict[str, int] = defaultdict(int)
    for (form, _), articles in boxes.items():
        boxed[form] = max(boxed[form], articles)
    learnt = set()
    for form, (articles, line) in candidates.items():
        least = _least_share(line, boxed[form] > edges[form], under[form] >= STEADY * articles)
        if edges[form] + boxed[form] >= STEADY * articles and articles >= least * len(sample):
            learnt.add(form)
    companions = {
        form
        for (form, other), articles in neighbours.items()
        if other in learnt
        and articles >= LEAST_SHARE_IN_COMPANY * len(sample)
        and articles >= STEADY * max(candidates[form].articles, candidates[other].articles)
    }
    return sorted(learnt | companions)


def _least_share(line: _Line, is_boxed: bool, is_under: bool) -> float:
    """The share of the source's articles that must have a line for it to be a machine's."""
    if is_boxed:
        return LEAST_SHARE_IN_COMPANY
    is_doubtful = not is_under or line.is_prose() or _is_short(line.form)
    return LEAST_SHARE_OF_DOUBTFUL if is_doubtful and not _MARK_OF_PUBLISHER.search(fold(line.text)) else LEAST_SHARE


def _candidates(sample: list[list[_Line]]) -> _Candidates:
    """The forms that enough articles have."""
    articles = Counter(form for lines in sample for form in {line.form for line in lines})
    least = max(LEAST_ARTICLES, LEAST_SHARE * len(sample))
    enough = {form for form, number in articles.items() if number >= least and form.strip("0")}
    spellings: dict[str, set[str]] = defaultdict(set)
    found: _Candidates = {}
    for lines in sample:
        for line in lines:
            if line.form in enough:
                spellings[line.form].add(_letters(line.text))
                found.setdefault(line.form, _Candidate(articles[line.form], line))
    return {form: one for form, one in found.items() if one.articles >= LEAST_ARTICLES * len(spellings[form])}


def _places(lines: list[_Line], candidates: _Candidates) -> _Places:
    prose = [at for at, line in enumerate(lines) if line.form not in candidates and line.is_prose()]
    begin, end = (prose[0], prose[-1] + 1) if prose else (len(lines), len(lines))
    over, inside, under = (
        {line.form for line in part} & candidates.keys() for part in (lines[:begin], lines[begin:end], lines[end:])
    )
    edges = (over | under) - inside
    return _Places(edges, edges - over, _neighbours(lines, candidates), _neighbours(lines[begin:end], candidates))


def _neighbours(lines: list[_Line], candidates: _Candidates) -> set[tuple[str, str]]:
    """Pairs of candidates, no prose, that stand beside each other, both ways round."""
    forms = (line.form if line.form in candidates and not line.is_prose() else "" for line in lines)
    pairs = {pair for pair in pairwise(forms) if all(pair)}
    return pairs | {(second, first) for first, second in pairs}


def _is_short(form: str) -> bool:
    return len(form) < (SHORT if _HAN.search(form) else 2 * SHORT)


def _letters(line: str) -> str:
    return _NO_LETTERS.sub("", fold(line))
