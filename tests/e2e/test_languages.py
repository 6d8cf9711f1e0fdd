"""The installed command uses Chinese in Chinese locales, and English in all others."""

import json
import re
from pathlib import Path

import pytest

from souwen.cli.localized_help import help_texts
from souwen.cli.main import main
from souwen.cli.terminal_chart import display_width

from ..conftest import SEEDS
from .test_cli import run

CHINESE = {"LANG": "zh_CN.UTF-8"}


@pytest.mark.parametrize("locale", ["zh_CN.UTF-8", "zh_TW.UTF-8", "zh_HK.UTF-8"])
def test_help_is_chinese_in_chinese_locales(locale: str) -> None:
    output = run("-h", LANG=locale).stdout
    assert re.match(r"用法.*souwen \[选项\] \[命令\] \[参数\]\.\.\.\n", output)
    assert re.search(r"^ *-V, --version +显示版本并退出。$", output, re.MULTILINE)
    assert re.search(r"^ *search +搜索文章。$", output, re.MULTILINE)


@pytest.mark.parametrize(
    "environment",
    [{}, {"LANG": "fr_FR.UTF-8"}, {"LANG": "zh_CN.UTF-8", "LANGUAGE": "en:zh"}, {"LC_ALL": "C", "LANGUAGE": "zh"}],
    ids=["C", "French", "English first", "C although LANGUAGE"],
)
def test_help_is_english_elsewhere(environment: dict[str, str]) -> None:
    output = run("search", "-h", **environment).stdout
    usage, _empty, description = output.splitlines()[:3]
    assert re.search(r"souwen search .*QUERY", usage)
    assert description.strip().startswith("Find the articles that match QUERY")
    assert "选项" not in output
    assert "用法" not in output


def test_language_variable_overrides_the_locale() -> None:
    assert (
        run("stats", "-h", LANG="fr_FR.UTF-8", LANGUAGE="fr:zh").stdout.splitlines()[0].endswith("souwen stats [选项]")
    )


@pytest.mark.parametrize("command", sorted(main.commands))
def test_help_is_all_chinese_and_fits_the_terminal(command: str) -> None:
    output = run(command, "-h", **CHINESE, COLUMNS="80").stdout
    assert re.match(rf"用法.*souwen {command} ", output)
    for line in output.splitlines():
        assert display_width(line) <= 80 or line.startswith("  --")  # an option and what it takes
        assert not line.lstrip().startswith(tuple("，。、；：）"))
    flat = " ".join(output.split())
    assert [text for text in help_texts(main.commands[command]) if text in flat] == []


def test_errors_are_chinese(tmp_path: Path) -> None:
    done = run("search", "台湾", "--index", tmp_path / "none", **CHINESE)
    assert done.returncode == 2
    assert done.stderr == (f"错误：{tmp_path}/none 中没有索引：请用 `souwen index PATH --index {tmp_path}/none` 建立\n")
    assert re.search(r"缺少参数.*PREFIX", run("suggest", **CHINESE).stderr.splitlines()[-1])
    assert re.search(r"tmeline.*不存在.*您要用的是不是.*timeline", run("tmeline", **CHINESE).stderr.splitlines()[-1])
    done = run("search", "外交", "--since", "何时", cwd=index_seeds(tmp_path), **CHINESE)
    assert "since '何时' 不是日期：" in done.stderr


def index_seeds(folder: Path) -> Path:
    done = run("index", SEEDS, cwd=folder, **CHINESE)
    assert re.fullmatch(r"index_data：新增 2 篇，更新 0 篇，未变 0 篇，用时 \d+\.\d 秒\n", done.stdout)
    return folder


def test_results_are_in_chinese(tmp_path: Path) -> None:
    index_seeds(tmp_path)
    done = run("search", "月球上的外交会晤在哪里举行", "--facet", "month", cwd=tmp_path, **CHINESE)
    assert done.stderr == "（没有文章包含查询中的所有词；以下是最接近的部分匹配）\n"
    assert re.search(r"^月\n      1  2023-08\n", done.stdout, re.MULTILINE)
    assert re.search(r"\n\d 篇文章，用时 \d+ 毫秒\n$", done.stdout)
    assert run("stats", cwd=tmp_path, **CHINESE).stdout.startswith("文章      2\n引擎      whoosh\n")
    assert "\n人物\n" in f"\n{run('entities', cwd=tmp_path, **CHINESE).stdout}"


def test_json_differs_by_language_only_in_messages(tmp_path: Path) -> None:
    index_seeds(tmp_path)
    query = ["search", '"外交', "2023-13-45:", "--facet", "person", "--json"]
    chinese, english = (json.loads(run(*query, cwd=tmp_path, **environment).stdout) for environment in (CHINESE, {}))
    messages = [[note.pop("message") for note in results["notes"]] for results in (chinese, english)]
    del chinese["took_ms"], english["took_ms"]
    assert chinese == english
    assert messages[0] != messages[1]


def test_worker_processes_report_failures_in_chinese(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for number in range(1300):  # more than a megabyte, so that two processes share them
        (files / f"{number}.txt").write_text("标题\n\n" + f"正文{number}。" * 200, "utf-8")
    (files / "empty.json").write_text('[{"title" 1}', "utf-8")
    done = run("index", files, "--jobs", "2", "--no-entities", "--index", tmp_path / "index", **CHINESE)
    assert f"已跳过 {files}/empty.json：第 1 行：JSON 无效：" in done.stderr
    assert done.returncode == 0


def test_without_a_command_it_shows_first_commands(tmp_path: Path) -> None:
    done = run(cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split("  ")[1] for line in done.stdout.splitlines() if line.startswith("  ")] == [
        "souwen index seeds/",
        "souwen search 台湾海峡",
        "souwen entities",
    ]
    assert "index_data" not in done.stdout
    assert "\nindex_data 中已有索引，共 2 篇文章。\n" in run(cwd=index_seeds(tmp_path), **CHINESE).stdout
    (tmp_path / "index_data" / "meta.json").write_text("{", "utf-8")
    assert "index_data cannot be read (meta.json is not JSON): rebuild it with" in run(cwd=tmp_path).stdout
