"""Evaluation: how well an index answers queries with known relevant articles, by the measures of TREC.

Ids in TREC files have no white space. An id that has some is percent-encoded there: `my%20file`.
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

EVALUATION_DEPTH = 100  # first hits of a query that are evaluated
MAX_RELEVANCE = 1_000  # trec_eval keeps a counter for each grade
# Name of a measure → its name in ir-measures
_MEASURES = {"MRR@10": "RR@10", "nDCG@10": "nDCG@10", "recall@10": "R@10", "recall@100": "R@100"}
_NOT_IN_TREC_IDS = re.compile("[\\s\0\ud800-\udfff]")

Queries = Mapping[str, str]  # id → text
Judgements = Mapping[str, Mapping[str, int]]  # query id → article id → relevance, 0 for not relevant
Rankings = Mapping[str, Sequence[str]]  # query id → article ids, best first


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The quality and speed of a searcher on a set of queries.

    Attributes:
        measures: Means over the judged queries, from 0 to 1, by the name of the measure.
        queries: Number of judged queries.
        median_ms: Median time of a query with its first 100 hits, snippets included, in milliseconds.
        p95_ms: 95th percentile of these times.
    """

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
    """Run every query of a file as users would, and compare the first 100 hits with the judgements.

    Args:
        searcher: The searcher to evaluate.
        queries: File with a JSON object `{"id", "text"}` on each line.
        qrels: File with a judgement `query 0 article relevance` on each line. Queries without judgements are run but
            not counted.
        run: File to write the rankings to, for other TREC tools.
        progress: Called after each query with the number of queries done and the number of all queries.

    Raises:
        InvalidTestFile: `queries` or `qrels` cannot be used.
        RunUnwritable: `run` cannot be written.
        EvaluationUnavailable: The library that computes the measures is not installed.
    """
    texts, judgements = read_queries(queries), read_qrels(qrels)
    if judgements.keys().isdisjoint(texts):
        raise InvalidTestFile(
            qrels,
            _("it judges no query of {queries}: use the same query ids in both").format(queries=os.fspath(queries)),
        )
    compute_measures(judgements, {})  # raises now if the library is missing, not after all searches
    if run is not None:
        _write(run, "a", ())  # likewise
    times: list[float] = []
    rankings: dict[str, list[str]] = {}
    for done, (query_id, text) in enumerate(texts.items(), start=1):
        results = searcher.search(text, limit=EVALUATION_DEPTH, collapse=False)
        times.append(results.took_ms)
        rankings[query_id] = [trec_id(hit.id) for hit in results]
        if progress:
            progress(done, len(texts))
    if run is not None:
        _write(run, "w", _run_lines(rankings))
    judged = {query_id: judgements[query_id] for query_id in texts if query_id in judgements}
    return Evaluation(compute_measures(judged, rankings), len(judged), median(times), _percentile(times, 95))


def read_queries(path: str | os.PathLike[str]) -> Queries:
    """Return the queries of a file in JSON Lines.

    Raises:
        InvalidTestFile: The file cannot be used.
    """
    advice = _("write {example}").format(example='{"id": "1", "text": "台湾海峡"}')
    queries: dict[str, str] = {}
    for number, line in _lines(path):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InvalidTestFile(path, _("it is not JSON: {advice}").format(advice=advice), number) from error
        query_id, text = (record.get("id"), record.get("text")) if isinstance(record, dict) else (None, None)
        if not isinstance(query_id, (str, int)) or not isinstance(text, str) or query_id == "":
            raise InvalidTestFile(path, _("it has no id or no text: {advice}").format(advice=advice), number)
        query_id = trec_id(str(query_id))
        if query_id in queries:
            raise InvalidTestFile(
                path,
                _("the id {query!r} is taken by an earlier line: give each query its own id").format(query=query_id),
                number,
            )
        queries[query_id] = text
    if not queries:
        raise InvalidTestFile(path, _("it has no queries: {advice}, one query on each line").format(advice=advice))
    return queries


def read_qrels(path: str | os.PathLike[str]) -> Judgements:
    """Return the judgements of a file in TREC's format. Negative relevance (spam, for TREC) counts as 0.

    Raises:
        InvalidTestFile: The file cannot be used.
    """
    advice = _("write QUERY 0 ARTICLE RELEVANCE, such as q1 0 article7 1")
    judgements: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        try:
            query_id, _iteration, article_id, grade = line.split()
            relevance = int(grade)
        except ValueError as error:
            raise InvalidTestFile(path, _("it is not a judgement: {advice}").format(advice=advice), number) from error
        if relevance > MAX_RELEVANCE:
            raise InvalidTestFile(
                path,
                _("relevance {grade} is more than {most}: use 1, 2, 3 …").format(grade=grade, most=MAX_RELEVANCE),
                number,
            )
        judgements.setdefault(query_id, {})[article_id] = max(0, relevance)
    if not judgements:
        raise InvalidTestFile(
            path, _("it has no judgements: {advice}, one judgement on each line").format(advice=advice)
        )
    return judgements


def compute_measures(judgements: Judgements, rankings: Rankings) -> dict[str, float]:
    """Return the means of the measures over the queries of `judgements`, by the name of the measure.

    A query without a ranking counts as 0. The definitions are those of trec_eval.

    Raises:
        EvaluationUnavailable: The library that computes the measures is not installed.
    """
    run = {
        query_id: {article_id: _score(rank) for rank, article_id in enumerate(article_ids, 1)}
        for query_id, article_ids in rankings.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library uses what newer Pythons deprecate
        try:
            import ir_measures
        except ImportError as error:
            raise EvaluationUnavailable from error
        measures = {name: ir_measures.parse_measure(library_name) for name, library_name in _MEASURES.items()}
        qrels = {query_id: dict(relevances) for query_id, relevances in judgements.items()}
        values = ir_measures.calc_aggregate(measures.values(), qrels, run)
    return {name: float(values[measure]) for name, measure in measures.items()}


def trec_id(text: str) -> str:
    """Return an id as it is written in TREC files."""
    return _NOT_IN_TREC_IDS.sub(lambda match: "%" + match[0].encode("utf-8", "surrogatepass").hex("%").upper(), text)


def _run_lines(rankings: Rankings) -> Iterator[str]:
    for query_id, article_ids in rankings.items():
        for rank, article_id in enumerate(article_ids, start=1):
            yield f"{query_id} Q0 {article_id} {rank} {_score(rank)} souwen\n"


def _write(path: str | os.PathLike[str], mode: Literal["a", "w"], lines: Iterable[str]) -> None:
    try:
        with Path(path).open(mode, encoding="utf-8") as file:
            file.writelines(lines)
    except OSError as error:
        raise RunUnwritable(path, os_error_reason(error)) from error


def _score(rank: int) -> float:
    """Return a score that falls with the rank.

    TREC's tools sort by score and ignore ranks. The scores of hits do not give their order, since full matches come
    before partial ones.
    """
    return float(EVALUATION_DEPTH + 1 - rank)


def _lines(path: str | os.PathLike[str]) -> Iterator[tuple[int, str]]:
    """Return the lines of a file that are not empty, with their numbers."""
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
    """Return the smallest value that `percent` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]
