"""Evaluation on collections small enough to compute the measures by hand."""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from souwen.query import Searcher
from souwen.query.errors import InvalidTestFile, RunUnwritable
from souwen.query.evaluation import Evaluation, evaluate

Index = Callable[..., Searcher]


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., tuple[Path, Path]]:
    """Write files of queries and judgements: `files({"q1": "外交"}, "q1 0 3 1")`."""

    def write(queries: Mapping[str, str], *judgements: str) -> tuple[Path, Path]:
        query_file, qrels_file = tmp_path / "queries.jsonl", tmp_path / "qrels.trec"
        lines = [json.dumps({"id": query, "text": text}) for query, text in queries.items()]
        query_file.write_text("\n".join(lines), "utf-8")
        qrels_file.write_text("\n".join(judgements), "utf-8")
        return query_file, qrels_file

    return write


Files = Callable[..., tuple[Path, Path]]


def ranked_articles(index_of: Index) -> Searcher:
    """Return a searcher where 外交 finds articles 1, 2, 3 in this order, and 天气 finds article 4."""
    return index_of("外交", "外交部长今天抵达", "外交部长今天抵达首都机场并且发表讲话", "天气预报")


def test_measures_are_means_over_the_judged_queries(index_of: Index, files: Files) -> None:
    queries = {"second": "外交", "first": "天气", "nowhere": "足球比赛", "unjudged": "外交"}
    evaluation = evaluate(ranked_articles(index_of), *files(queries, "second 0 2 1", "first 0 4 1", "nowhere 0 1 1"))
    assert evaluation.queries == 3
    assert evaluation.measures == pytest.approx(
        {
            "MRR@10": (1 / 2 + 1 + 0) / 3,
            "nDCG@10": (1 / math.log2(3) + 1 + 0) / 3,
            "recall@10": 2 / 3,
            "recall@100": 2 / 3,
        }
    )
    assert 0 < evaluation.median_ms <= evaluation.p95_ms


def test_graded_judgements_weigh_ndcg(index_of: Index, files: Files) -> None:
    evaluation = evaluate(
        ranked_articles(index_of), *files({"q": "外交"}, "q 0 1 -2", "q 0 2 1", "q 0 3 3", "q 0 gone 0")
    )
    gain = 1 / math.log2(3) + 3 / math.log2(4)
    assert evaluation.measures["nDCG@10"] == pytest.approx(gain / (3 + 1 / math.log2(3)))
    assert evaluation.measures["MRR@10"] == pytest.approx(1 / 2)


def test_queries_without_relevant_articles_count_as_zero(index_of: Index, files: Files) -> None:
    evaluation = evaluate(ranked_articles(index_of), *files({"q": "外交"}, "q 0 1 -1", "q 0 2 0"))
    assert set(evaluation.measures.values()) == {0.0}


def test_only_the_first_ten_or_hundred_hits_count(index_of: Index, files: Files) -> None:
    searcher = index_of(*(f"外交新闻{'，外交新闻今天' * number}" for number in range(110)))
    ranking = [hit.id for hit in searcher.search("外交", limit=110, collapse=False)]
    queries = {str(rank): "外交" for rank in (10, 11, 100, 101)}
    judgements = [f"{rank} 0 {ranking[int(rank) - 1]} 1" for rank in queries]
    measures = evaluate(searcher, *files(queries, *judgements)).measures
    assert measures["MRR@10"] == pytest.approx(1 / 10 / 4)
    assert (measures["recall@10"], measures["recall@100"]) == (1 / 4, 3 / 4)


def test_the_run_file_keeps_the_order_of_hits(index_of: Index, files: Files, tmp_path: Path) -> None:
    """Full matches come before partial ones, which may have the higher score."""
    searcher = index_of(
        "总统选举结果", "国会选举" + "，其他的事情也有很多" * 20 + "结果公布之后总统发表讲话", "国会选举讲话公布"
    )
    hits = searcher.search("国会选举结果公布总统讲话").hits
    assert [hit.score for hit in hits] != sorted((hit.score for hit in hits), reverse=True)
    run = tmp_path / "souwen.run"
    evaluation = evaluate(
        searcher, *files({"q": "国会选举结果公布总统讲话", "none": "足球比赛"}, f"q 0 {hits[0].id} 1"), run=run
    )
    assert evaluation.measures["MRR@10"] == 1.0
    lines = [line.split() for line in run.read_text("utf-8").splitlines()]
    assert [line[:4] for line in lines] == [["q", "Q0", hit.id, str(hit.rank)] for hit in hits]
    scores = [float(line[4]) for line in lines]
    assert scores == sorted(set(scores), reverse=True)
    assert {line[5] for line in lines} == {"souwen"}


def test_operators_in_a_query_work_as_for_users(index_of: Index, files: Files) -> None:
    searcher = index_of("外交部长", "外交，部长", "外交新闻")
    evaluation = evaluate(searcher, *files({"q": '"外交，部长"', "r": "外交 -部长"}, "q 0 2 1", "r 0 1 1"))
    assert evaluation.measures["recall@100"] == 1 / 2


def test_ids_with_spaces_are_percent_encoded(index_of: Index, files: Files, tmp_path: Path) -> None:
    (tmp_path / "queries").mkdir()
    searcher = index_of("外交", id="my file")
    query_file, qrels_file = files({"my query": "外交"}, "my%20query 0 my%20file 1")
    evaluation = evaluate(searcher, query_file, qrels_file, run=tmp_path / "run")
    assert evaluation.measures["MRR@10"] == 1.0
    assert (tmp_path / "run").read_text("utf-8").startswith("my%20query Q0 my%20file 1 ")


def test_byte_order_marks_empty_lines_and_numeric_ids_are_accepted(index_of: Index, tmp_path: Path) -> None:
    (tmp_path / "q").write_text('\ufeff{"id": 7, "text": "外交"}\r\n\r\n', "utf-8")
    (tmp_path / "r").write_text("\ufeff\n7\t0\t1\t1\r\n", "utf-8")
    assert evaluate(index_of("外交"), tmp_path / "q", tmp_path / "r").measures["MRR@10"] == 1.0


def test_progress_is_reported_after_each_query(index_of: Index, files: Files) -> None:
    calls: list[tuple[int, int]] = []
    evaluate(
        index_of("外交"),
        *files({"a": "外交", "b": "天气"}, "a 0 1 1"),
        progress=lambda done, queries: calls.append((done, queries)),
    )
    assert calls == [(1, 2), (2, 2)]


GOOD = '{"id": "q", "text": "外交"}'


@pytest.mark.parametrize(
    ("queries", "qrels", "message"),
    [
        pytest.param("", "q 0 1 1", r"queries\.jsonl: it has no queries: write .*台湾海峡", id="no queries"),
        pytest.param(f"{GOOD}\n{{", "q 0 1 1", r"queries\.jsonl, line 2: it is not JSON: write ", id="not JSON"),
        pytest.param("[" * 100_000, "q 0 1 1", r"queries\.jsonl, line 1: it is not JSON: write ", id="too deep"),
        pytest.param('{"id": "q"}', "q 0 1 1", r"line 1: it has no id or no text: write ", id="no text"),
        pytest.param('{"text": "外交"}', "q 0 1 1", r"line 1: it has no id or no text", id="no id"),
        pytest.param("[1]", "q 0 1 1", r"line 1: it has no id or no text", id="no object"),
        pytest.param(f"{GOOD}\n\n{GOOD}", "q 0 1 1", r"line 3: the id 'q' is taken .*: give each", id="same id twice"),
        pytest.param(b"\xff\xfe", "q 0 1 1", r"queries\.jsonl: it is not UTF-8: save it as UTF-8", id="not UTF-8"),
        pytest.param(None, "q 0 1 1", r"queries\.jsonl: it cannot be read \(No such file", id="no file"),
        pytest.param(GOOD, "", r"qrels\.trec: it has no judgements: write QUERY 0 ARTICLE", id="no judgements"),
        pytest.param(GOOD, "q 0 1", r"qrels\.trec, line 1: it is not a judgement: write QUERY", id="three fields"),
        pytest.param(GOOD, "q 0 1 1\nq 0 2 high", r"qrels\.trec, line 2: it is not a judgement", id="no number"),
        pytest.param(GOOD, "q 0 1 99999999999", r"line 1: relevance 99999999999 is more than 1000", id="large number"),
        pytest.param(
            GOOD, "x 0 1 1", r"qrels\.trec: it judges no query of .*queries\.jsonl: use the same", id="other queries"
        ),
    ],
)
def test_an_error_names_the_bad_file_and_the_next_step(
    index_of: Index, tmp_path: Path, queries: str | bytes | None, qrels: str, message: str
) -> None:
    query_file, qrels_file, run = tmp_path / "queries.jsonl", tmp_path / "qrels.trec", tmp_path / "run"
    if queries is not None:
        query_file.write_bytes(queries if isinstance(queries, bytes) else queries.encode("utf-8"))
    qrels_file.write_text(qrels, "utf-8")
    with pytest.raises(InvalidTestFile, match=message):
        evaluate(index_of("外交"), query_file, qrels_file, run=run)
    assert not run.exists()


def test_an_unwritable_run_file_raises_before_searching(index_of: Index, files: Files, tmp_path: Path) -> None:
    calls: list[int] = []
    with pytest.raises(
        RunUnwritable, match=r"cannot write the run to .* \(Is a directory\): name another file with --run"
    ):
        evaluate(
            index_of("外交"),
            *files({"q": "外交"}, "q 0 1 1"),
            run=tmp_path,
            progress=lambda done, _: calls.append(done),
        )
    assert calls == []


def test_an_evaluation_is_immutable(index_of: Index, files: Files) -> None:
    evaluation = evaluate(index_of("外交"), *files({"q": "外交"}, "q 0 1 1"))
    assert isinstance(evaluation, Evaluation)
    with pytest.raises(AttributeError):
        evaluation.queries = 2  # type: ignore[misc]
