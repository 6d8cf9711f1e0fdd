"""`souwen eval` as a user runs it."""

import json
import re
from pathlib import Path

import pytest

from .test_cli import run


@pytest.fixture
def options(seeds_index: Path, tmp_path: Path) -> list[str | Path]:
    """Options for two queries: one that finds its only relevant article first, one that finds none."""
    article = json.loads(run("search", "台湾海峡", "--index", seeds_index, "--json").stdout)["hits"][0]["id"]
    queries = [{"id": "strait", "text": "台湾海峡"}, {"id": "football", "text": "足球"}]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), "utf-8")
    (tmp_path / "qrels.trec").write_text(f"strait 0 {article} 1\nfootball 0 {article} 1\n", "utf-8")
    return ["--index", seeds_index, "--queries", tmp_path / "queries.jsonl", "--qrels", tmp_path / "qrels.trec"]


def test_prints_measures_and_writes_a_run(options: list[str | Path], tmp_path: Path) -> None:
    done = run("eval", *options, "--run", tmp_path / "souwen.run")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(
        r"MRR@10       0\.5000\nnDCG@10      0\.5000\nrecall@10    0\.5000\nrecall@100   0\.5000\n"
        r"queries      2\ntime         median \d+\.\d ms, 95th percentile \d+\.\d ms\n",
        done.stdout,
    )
    assert re.fullmatch(r"strait Q0 https://www\.rfi\.fr/\S+ 1 100\.0 souwen\n", (tmp_path / "souwen.run").read_text())


def test_json_has_the_documented_keys(options: list[str | Path]) -> None:
    result = json.loads(run("eval", *options, "--json").stdout)
    assert set(result) == {"measures", "queries", "median_ms", "p95_ms"}
    assert result["measures"] == {"MRR@10": 0.5, "nDCG@10": 0.5, "recall@10": 0.5, "recall@100": 0.5}
    assert result["queries"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["--qrels", "{}/none"], "none: it cannot be read (No such file", id="no file"),
        pytest.param(
            ["--qrels", "{}/queries.jsonl"], "queries.jsonl, line 1: it is not a judgement: write", id="bad file"
        ),
        pytest.param(["--run", "{}"], "cannot write the run to", id="unwritable run"),
        pytest.param(["--index", "{}/none"], "no index in", id="no index"),
    ],
)
def test_errors_are_one_line(options: list[str | Path], tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run("eval", *options, *(argument.format(tmp_path) for argument in arguments))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr


def test_help_has_an_example() -> None:
    assert re.search(r"Example:\s+souwen eval --queries ", run("eval", "-h").stdout)
    done = run("eval")
    assert done.returncode == 2
    assert "--queries" in done.stderr.splitlines()[-1]
