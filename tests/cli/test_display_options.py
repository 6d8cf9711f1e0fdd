"""Options that decide how results look: `--format`, `--quiet`, `--verbose`, `--color`, `--pager`."""

import csv
import io
import json
from pathlib import Path

import pexpect
import pytest

from souwen.indexer import build_index

from ..e2e.test_cli import PLAIN, SOUWEN, run

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"]


@pytest.mark.parametrize("command", [["search", "外交"], ["related", "1"]])
def test_hits_as_rows(seeds_index: Path, tmp_path: Path, command: list[str]) -> None:
    state = {"XDG_STATE_HOME": str(tmp_path)}
    run("search", "外交", "--index", seeds_index, **state)
    hits = json.loads(run(*command, "--index", seeds_index, "--json", **state).stdout)["hits"]
    run("search", "外交", "--index", seeds_index, **state)
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        output = run(*command, "--index", seeds_index, "--format", form, **state).stdout
        rows = list(csv.DictReader(io.StringIO(output), delimiter=delimiter))
        assert [(row["id"], row["rank"], row["published"]) for row in rows] == [
            (hit["id"], str(hit["rank"]), hit["published"]) for hit in hits
        ]
        run("search", "外交", "--index", seeds_index, **state)
    lines = run(*command, "--index", seeds_index, "--format", "jsonl", **state).stdout.splitlines()
    assert [json.loads(line)["title"] for line in lines] == [hit["title"] for hit in hits]
    run("search", "外交", "--index", seeds_index, **state)
    lines = run(*command, "--index", seeds_index, "--format", "md", **state).stdout.splitlines()
    assert [line.split(" | ")[1] for line in lines[2:]] == [hit["title"] for hit in hits]


def test_a_table_fits_the_terminal(seeds_index: Path) -> None:
    for width in (80, 120):
        done = run("search", "外交", "--format", "table", "--index", seeds_index, COLUMNS=str(width))
        header, *rows = done.stdout.splitlines()
        assert header.split() == ["rank", "title", "published", "source", "section", "snippet"]
        assert len(rows) == 2
        assert all("五角大楼" in row or "高级外交官" in row for row in rows)


def test_counts_as_rows(seeds_index: Path) -> None:
    done = run("timeline", "外交", "--by", "month", "--format", "csv", "--index", seeds_index)
    assert done.stdout == "month,articles\n2023-08,1\n2023-09,1\n"
    done = run("suggest", "台湾", "--format", "tsv", "--index", seeds_index)
    assert done.stdout == "text\tarticles\n台湾海峡\t1\n"
    done = run("entities", "--kind", "person", "--limit", "1", "--format", "csv", "--index", seeds_index)
    assert done.stdout == "kind,entity,articles\nperson,习近平,1\n"
    done = run("entities", "--kind", "person", "-n", "1", "--over-time", "--format", "csv", "--index", seeds_index)
    assert done.stdout == "kind,entity,month,articles\nperson,习近平,2023-09,1\n"


def test_rows_come_with_notes_on_standard_error(seeds_index: Path) -> None:
    for command in ("search", "timeline", "entities"):
        done = run(command, "没有这样的词", "--format", "csv", "--index", seeds_index)
        assert done.stderr.startswith("(")
        assert "(" not in done.stdout.splitlines()[0]


def test_spreadsheets_do_not_run_an_article(tmp_path: Path) -> None:
    lines = [json.dumps({"id": str(n), "title": title, "body": "海峡"}) for n, title in enumerate(FORMULAS)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    build_index([tmp_path / "a.jsonl"], tmp_path / "index")
    done = run("search", "海峡", "--no-collapse", "--format", "csv", "--index", tmp_path / "index")
    titles = [row["title"] for row in csv.DictReader(io.StringIO(done.stdout))]
    assert len(titles) == len(FORMULAS)
    assert [title for title in titles if title[0] not in "'"] == []


def test_quiet_prints_hits_only(seeds_index: Path) -> None:
    done = run("search", "外交 不存在的词语", "--quiet", "--index", seeds_index)
    assert (done.stderr, "articles in" in done.stdout) == ("", False)
    assert done.stdout.startswith(" 1. ")
    assert run("index", seeds_index.parent, "-q", "--index", seeds_index.parent / "index").stdout == ""


def test_scores_are_details(seeds_index: Path) -> None:
    assert "score" not in run("search", "外交", "--index", seeds_index).stdout
    for option in ("-v", "--verbose", "--explain"):
        assert run("search", "外交", option, "--index", seeds_index).stdout.count("· score ") == 2
    assert run("search", "外交", "-v", "--format", "csv", "--index", seeds_index).stdout.startswith(
        "rank,id,title,published,source,section,author,url,path,snippet,score\n"
    )


@pytest.mark.parametrize(
    ("options", "environment", "colors"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colors_in_a_pipe(seeds_index: Path, options: list[str], environment: dict[str, str], colors: bool) -> None:
    output = run("search", "外交", *options, "--index", seeds_index, **environment).stdout
    assert ("\x1b[31m" in output, "【外交】" in output) == (colors, not colors)


@pytest.mark.parametrize(("options", "is_paged"), [([], True), (["--no-pager"], False), (["--json"], False)])
def test_long_output_goes_through_the_pager(
    seeds_index: Path, tmp_path: Path, options: list[str], is_paged: bool
) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho begin\ncat\n")
    pager.chmod(0o755)
    terminal = pexpect.spawn(
        str(SOUWEN),
        ["search", "外交", "--index", str(seeds_index), *options],
        env=PLAIN | {"TERM": "xterm", "PAGER": str(pager)},
        encoding="utf-8",
        timeout=60,
    )
    terminal.expect(pexpect.EOF)
    assert ("begin" in terminal.before) == is_paged
    assert "五角大楼" in terminal.before
