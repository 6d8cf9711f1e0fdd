"""How well an index answers queries whose right answers are known, in the measures and file formats of TREC.

Ids in TREC files hold no white space: where an id of ours does, it is written in percent-encoding (`my%20file`).
"""

import json
import math
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal

from ..messages import gettext as _
from ..messages import os_error_reason
from .errors import EvaluationUnavailable, InvalidTestFile, RunUnwritable
from .searcher import Searcher

DEPTH = 100  # hits of a query that are judged
MOST_RELEVANT = 1_000  # the highest grade of relevance; trec_eval keeps a counter for each grade
_MEASURES = {"MRR@10": "RR@10", "nDCG@10": "nDCG@10", "recall@10": "R@10", "recall@100": "R@100"}  # ours: ir-measures'
_NOT_IN_TREC = re.compile("[\\s\0\ud800-\udfff]")

Queries = Mapping[str, str]  # id → text
Judgements = Mapping[str, Mapping[str, int]]  # query id → article id → relevance, 0 for not relevant
Rankings = Mapping[str, Sequence[str]]  # query id → article ids, best first


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Each of `measures` is a mean over the judged queries, from 0 to 1; `queries` says how many these are. The times
    are those of one query with its first 100 hits, snippets included."""

    measures: Mapping[str, float]
    queries: int
    median_ms: float
    p95_ms: float


def evaluate(
    searcher: Searcher,
    queries: str | os.PathLike[str],
    qrels: str | os.PathLike[str],
    *,
    run: str | os.PathLike[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Asks every query of a file as a user would type it and compares the first 100 hits with the judgements.

    `queries` has a JSON object `{"id", "text"}` a line, `qrels` a judgement `query 0 article relevance` a line. A query
    without judgements is asked but not counted. `run` is where to write the rankings, for other TREC tools; `progress`
    is called with the queries done and the queries in all. Raises InvalidTestFile, RunUnwritable,
    EvaluationUnavailable.
    """
    asked, judged = read_queries(queries), read_qrels(qrels)
    if judged.keys().isdisjoint(asked):
        raise InvalidTestFile(
            qrels,
            _("it judges no query of {queries}: use the same query ids in both").format(queries=os.fspath(queries)),
        )
    measures_of(judged, {})  # tells now, not after all the searching, that the library is missing
    if run is not None:
        _write(run, "a", ())  # likewise
    times: list[float] = []
    rankings: dict[str, list[str]] = {}
    for done, (query, text) in enumerate(asked.items(), start=1):
        results = searcher.search(text, limit=DEPTH, collapse=False)
        times.append(results.took_ms)
        rankings[query] = [trec_id(hit.id) for hit in results]
        if progress:
            progress(done, len(asked))
    if run is not None:
        _write(run, "w", _run_lines(rankings))
    counted = {query: judged[query] for query in asked if query in judged}
    return Evaluation(measures_of(counted, rankings), len(counted), median(times), _percentile(times, 95))


def read_queries(path: str | os.PathLike[str]) -> Queries:
    """The queries of a file in JSON lines. Raises InvalidTestFile."""
    wanted = _("write {example}").format(example='{"id": "1", "text": "台湾海峡"}')
    queries: dict[str, str] = {}
    for number, line in _lines(path):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InvalidTestFile(path, _("it is not JSON: {wanted}").format(wanted=wanted), number) from error
        query, text = (record.get("id"), record.get("text")) if isinstance(record, dict) else (None, None)
        if not isinstance(query, (str, int)) or not isinstance(text, str) or query == "":
            raise InvalidTestFile(path, _("it has no id or no text: {wanted}").format(wanted=wanted), number)
        query = trec_id(str(query))
        if query in queries:
            raise InvalidTestFile(
                path,
                _("the id {query!r} is taken by an earlier line: give each query its own").format(query=query),
                number,
            )
        queries[query] = text
    if not queries:
        raise InvalidTestFile(path, _("it has no queries: {wanted}, one a line").format(wanted=wanted))
    return queries


def read_qrels(path: str | os.PathLike[str]) -> Judgements:
    """The judgements of a file in TREC's format. Negative relevance (spam, for TREC) counts as none. Raises
    InvalidTestFile."""
    wanted = _("write QUERY 0 ARTICLE RELEVANCE, such as q1 0 article7 1")
    judgements: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        try:
            query, _round, article, written = line.split()
            relevance = int(written)
        except ValueError as error:
            raise InvalidTestFile(path, _("it is no judgement: {wanted}").format(wanted=wanted), number) from error
        if relevance > MOST_RELEVANT:
            raise InvalidTestFile(
                path,
                _("relevance {written} is more than {most}: use 1, 2, 3 …").format(written=written, most=MOST_RELEVANT),
                number,
            )
        judgements.setdefault(query, {})[article] = max(0, relevance)
    if not judgements:
        raise InvalidTestFile(path, _("it has no judgements: {wanted}, one a line").format(wanted=wanted))
    return judgements


def measures_of(judgements: Judgements, rankings: Rankings) -> dict[str, float]:
    """The measures by name: means over the queries of `judgements`, of which one that `rankings` lacks counts as 0. The
    definitions are those of trec_eval. Raises EvaluationUnavailable."""
    run = {query: {article: _score(rank) for rank, article in enumerate(found, 1)} for query, found in rankings.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about ways of its own that newer Pythons deprecate
        try:
            import ir_measures
        except ImportError as error:
            raise EvaluationUnavailable from error
        measures = {ours: ir_measures.parse_measure(theirs) for ours, theirs in _MEASURES.items()}
        values = ir_measures.calc_aggregate(measures.values(), {q: dict(of) for q, of in judgements.items()}, run)
    return {ours: float(values[measure]) for ours, measure in measures.items()}


def trec_id(text: str) -> str:
    """An id as it can stand in a TREC file."""
    return _NOT_IN_TREC.sub(lambda found: "%" + found[0].encode("utf-8", "surrogatepass").hex("%").upper(), text)


def _run_lines(rankings: Rankings) -> Iterator[str]:
    for query, articles in rankings.items():
        for rank, article in enumerate(articles, start=1):
            yield f"{query} Q0 {article} {rank} {_score(rank)} souwen\n"


def _write(path: str | os.PathLike[str], mode: Literal["a", "w"], lines: Iterable[str]) -> None:
    try:
        with Path(path).open(mode, encoding="utf-8") as file:
            file.writelines(lines)
    except OSError as error:
        raise RunUnwritable(path, os_error_reason(error)) from error


def _score(rank: int) -> float:
    """A score that falls with the rank. TREC's tools sort by score and ignore ranks, and the scores of hits alone do
    not tell their order: full matches stand before partial ones."""
    return float(DEPTH + 1 - rank)


def _lines(path: str | os.PathLike[str]) -> Iterator[tuple[int, str]]:
    """The lines of a file that are not empty, with their numbers."""
    try:
        text = Path(path).read_text("utf-8-sig")
    except OSError as error:
        raise InvalidTestFile(
            path, _("it cannot be read ({reason}): name another file").format(reason=os_error_reason(error))
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidTestFile(path, _("it is not UTF-8: save it as UTF-8")) from error
    return ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())


def _percentile(values: Iterable[float], percent: int) -> float:
    """The smallest value that so many percent of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]
