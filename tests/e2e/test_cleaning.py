"""Cleaning in the installed program: text that files share stays, and an index remembers not to clean."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from souwen.indexer import learned_lines

FOOTER = "本报客户端现已上线，欢迎下载安装使用"
CLAUSE = "如不服本判决，可在判决书送达之日起十五日内，上诉于云溪市中级人民法院。"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "souwen", *arguments],
        cwd=folder,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def hits(folder: Path, query: str) -> int:
    found = run(folder, "search", "--index", "index", "--json", "--limit", "100", "--", query)
    records = json.loads(found.stdout)["hits"]
    return sum(1 + len(record["reprints"]) for record in records)


def statistics(folder: Path) -> dict[str, object]:
    values = json.loads(run(folder, "stats", "--index", "index", "--json").stdout)
    assert isinstance(values, dict)
    return values


@pytest.fixture
def newsletters(tmp_path: Path) -> Path:
    """A folder with 30 records of a source that prints a footer into each."""
    (tmp_path / "news").mkdir()
    for number in range(30):
        body = f"第{number}期讲了港口的第{number}件事。\n渡轮{number}号今天起航。\n{FOOTER}\n责任编辑：许明{number}"
        record = {"id": str(number), "title": f"第{number}期", "text": body, "source": "云溪周刊"}
        (tmp_path / "news" / f"{number}.json").write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    return tmp_path


def test_every_line_of_judgments_is_found(tmp_path: Path) -> None:
    (tmp_path / "courts").mkdir()
    lines = [
        "云溪市人民法院民事判决书",
        "",
        "（2023）云01民初{n}号",
        "原告许某{n}，女，住云溪市。",
        CLAUSE,
        "审判长　周云",
    ]
    for number in range(30):
        (tmp_path / "courts" / f"{number:02}.txt").write_text("\n".join(lines).format(n=number), "utf-8")
    assert run(tmp_path, "index", "courts", "--index", "index").returncode == 0
    for line in ("云溪市人民法院民事判决书", CLAUSE, "审判长　周云", "审判长周云"):
        assert hits(tmp_path, f'"{line}"') == 30
    assert learned_lines(tmp_path / "index") == {}


def test_lines_that_a_source_prints_are_removed_and_shown(newsletters: Path) -> None:
    done = run(newsletters, "index", "news", "--index", "index", "--show-cleaning")
    assert f"30  云溪周刊  {FOOTER}" in done.stdout
    assert hits(newsletters, "港口") == 30
    assert statistics(newsletters)["cleaning"] is True
    assert learned_lines(newsletters / "index") == {"云溪周刊": [FOOTER.replace("，", "")]}
    assert "云溪周刊 1" in run(newsletters, "stats", "--index", "index").stdout


def test_without_cleaning_every_line_is_found_and_the_index_remembers_it(newsletters: Path) -> None:
    assert run(newsletters, "index", "news", "--index", "index", "--no-cleaning").returncode == 0
    assert hits(newsletters, f'"{FOOTER}"') == 30
    assert hits(newsletters, '"责任编辑：许明7"') == 1
    assert statistics(newsletters)["cleaning"] is False
    assert "--no-cleaning" in run(newsletters, "stats", "--index", "index").stdout
    assert learned_lines(newsletters / "index") == {}
    (newsletters / "news" / "30.json").write_text(f'{{"id": "30", "text": "新的一期。\\n{FOOTER}"}}', "utf-8")
    assert "1 added" in run(newsletters, "index", "news", "--index", "index").stdout
    assert hits(newsletters, f'"{FOOTER}"') == 31

    refused = run(newsletters, "index", "news", "--index", "index", "--cleaning")
    assert refused.returncode == 2
    assert "--no-cleaning" in refused.stderr
    assert "--rebuild --cleaning" in refused.stderr

    assert run(newsletters, "index", "--index", "index", "--rebuild").returncode == 0
    assert hits(newsletters, f'"{FOOTER}"') == 31
    assert run(newsletters, "index", "--index", "index", "--rebuild", "--cleaning").returncode == 0
    assert statistics(newsletters)["cleaning"] is True
    assert hits(newsletters, f'"{FOOTER}"') < 31


def test_an_index_that_does_not_record_the_choice_was_cleaned(newsletters: Path) -> None:
    assert run(newsletters, "index", "news", "--index", "index").returncode == 0
    meta = newsletters / "index" / "meta.json"
    values = json.loads(meta.read_text("utf-8"))
    del values["cleaning"]
    meta.write_text(json.dumps(values), "utf-8")
    assert run(newsletters, "index", "news", "--index", "index", "--cleaning").returncode == 0
    assert statistics(newsletters)["cleaning"] is True
