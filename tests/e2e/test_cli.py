"""The installed command as a user runs it: its output, its exit status, its files."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest

from souwen.cli.main import main

from ..conftest import SEEDS

SOUWEN = Path(sys.executable).with_name("souwen")
PLAIN = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8"}


def run(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [SOUWEN, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env=PLAIN | environment,
        timeout=300,
    )
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr
    return done


def search_json(index: Path, *arguments: str) -> dict[str, object]:
    done = run("search", "--index", index, "--json", *arguments)
    assert done.returncode in (0, 1)
    results: dict[str, object] = json.loads(done.stdout)
    return results


def test_index_search_show_stats_of_the_seeds(tmp_path: Path) -> None:
    done = run("index", SEEDS, cwd=tmp_path)
    assert done.returncode == 0
    assert re.fullmatch(r"index_data: 2 added, 0 updated, 0 unchanged in \d+\.\d s\n", done.stdout)
    assert done.stderr == ""
    done = run("search", "台湾海峡", cwd=tmp_path)
    assert done.returncode == 0
    assert " 1. 中美高级外交官继续会晤以保持对话\n" in done.stdout
    assert "2023-09-29 10:45 +02:00 · RFI · 中国" in done.stdout
    assert "维护【台湾海峡】和平" in done.stdout
    assert "孙卫东" in done.stdout
    assert "\x1b" not in done.stdout
    article_id = json.loads(run("search", "杨涛", "--json", cwd=tmp_path).stdout)["hits"][0]["id"]
    done = run("show", article_id, cwd=tmp_path)
    assert done.stdout.startswith("美国五角大楼与中国外交部罕见高官对话\n2023-08-03 21:11 +02:00 · RFI · 国际\n")
    assert "司长杨涛。" in done.stdout
    assert "\n2023-08-02\n" in done.stdout
    assert json.loads(run("show", article_id, "--json", cwd=tmp_path).stdout)["dates"] == [
        {"text": "8月2日", "first": "2023-08-02", "last": "2023-08-02"},
        {"text": "周三", "first": "2023-08-02", "last": "2023-08-02"},
    ]
    statistics = json.loads(run("stats", "--json", cwd=tmp_path).stdout)
    assert (statistics["articles"], statistics["engine"]) == (2, "whoosh")
    assert statistics["size_bytes"] > 10_000


def test_search_by_a_date_in_the_text(seeds_index: Path) -> None:
    for about, total in (("2023-08-02", 1), ("2023", 2), ("2023-09..2023-10", 1), ("1999", 0)):
        done = run("search", "美国", "--about", about, "--json", "--index", seeds_index)
        assert json.loads(done.stdout)["total"] == total
    done = run("search", "美国", "--about", "soon", "--index", seeds_index)
    assert done.returncode == 2
    assert "about 'soon' is not a date" in done.stderr


def test_json_has_the_documented_keys(seeds_index: Path) -> None:
    result = search_json(seeds_index, '"坦诚、深入和建设性"')
    keys = {"query", "total", "full", "took_ms", "notes", "suggestions", "hits", "facets", "reading"}
    assert set(result) == keys
    (hit,) = result["hits"]  # type: ignore[misc]
    assert set(hit) == {
        *("rank", "id", "score", "full", "title", "title_highlights", "url", "published", "source", "section"),
        *("author", "path", "entities", "snippets", "reprints", "explanation"),
    }
    assert hit["published"] == "2023-09-29T10:45:00+02:00"
    snippets = hit["snippets"]
    assert [snippet["text"][start:end] for snippet in snippets for start, end in snippet["highlights"]] == [
        "坦诚、深入和建设性"
    ] * 2


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        pytest.param(["search", "台湾海峡"], 0, "1 article in", id="found"),
        pytest.param(["search", "不存在的词语"], 1, "0 articles", id="nothing found"),
        pytest.param(["search", "！！！"], 1, "nothing to search for", id="punctuation"),
        pytest.param(["search", '"((('], 1, "quotation mark", id="unbalanced"),
        pytest.param(["search", "中美", "-五角大楼"], 0, "1 article in", id="excluded part is no option"),
        pytest.param(["search", "中美", "-source:bbc"], 0, "1 article in", id="excluded filter is no option"),
        pytest.param(["search", "中美", "\udcff"], 0, "1 article in", id="argument that is no text"),
        pytest.param(["search", "中国", "--since", "soon"], 2, "2023-09-28", id="bad date"),
        pytest.param(["show", "nowhere"], 1, "prints IDs", id="no such article"),
        pytest.param(["export", "--output", "/nowhere/articles"], 2, "name another file", id="no such folder"),
        pytest.param(["related", "nowhere"], 1, "prints IDs", id="related to no such article"),
    ],
)
def test_exit_status_and_message(seeds_index: Path, arguments: list[str], status: int, message: str) -> None:
    done = run(*arguments, "--index", seeds_index)
    assert done.returncode == status
    assert message in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        pytest.param(["search", "中国", "--sort", "size"], ["--sort", "size", "relevance", "date"], id="bad choice"),
        pytest.param(["search", "中国", "--limit", "0"], ["--limit", "0", "1000"], id="bad limit"),
        pytest.param(["suggest"], ["PREFIX"], id="no prefix"),
        pytest.param(["tmeline", "台湾"], ["tmeline", "timeline"], id="mistyped command"),
        pytest.param(["index", "--engin", "whoosh"], ["--engin", "--engine"], id="mistyped option"),
    ],
)
def test_usage_errors_name_the_mistake_and_the_choices(arguments: list[str], names: list[str]) -> None:
    """The wording is click's; souwen chooses the names in it."""
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    words = re.findall(r"[\w-]+", done.stderr.splitlines()[-1])
    assert [name for name in names if name not in words] == []


def test_without_an_index_the_error_shows_how_to_make_one(tmp_path: Path) -> None:
    for command in (["search", "中国"], ["show", "x"], ["stats"]):
        done = run(*command, "--index", tmp_path / "none")
        assert done.returncode == 2
        assert done.stderr.startswith(f"Error: no index in {tmp_path / 'none'}: make one with `souwen index PATH")
        assert done.stderr.count("\n") == 1


def test_bad_files_are_listed_and_the_others_indexed(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "empty.txt").touch()
    (tmp_path / "articles" / "good.jsonl").write_text('{"id": "1", "title": "台湾海峡"}', "utf-8")
    done = run("index", tmp_path / "articles", "--index", tmp_path / "index")
    assert done.returncode == 0
    assert done.stderr == f"skipped {tmp_path / 'articles' / 'empty.txt'}: the file is empty\n"
    assert "1 added, 0 updated, 0 unchanged, 1 failed" in done.stdout
    (tmp_path / "articles" / "good.jsonl").unlink()
    assert run("index", tmp_path / "articles", "--index", tmp_path / "other").returncode == 2


def test_missing_folder_and_unwritable_index(tmp_path: Path) -> None:
    done = run("index", tmp_path / "nowhere", "--index", tmp_path / "index")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot find" in done.stderr
    (tmp_path / "file").touch()
    done = run("index", SEEDS, "--index", tmp_path / "file")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot write" in done.stderr


def test_json_report(tmp_path: Path) -> None:
    report = json.loads(run("index", SEEDS, "--index", tmp_path / "index", "--json").stdout)
    counts = {"added": 2, "updated": 0, "deleted": 0, "skipped": 0, "kept": 0, "read": 2, "others": 0, "excluded": 0}
    assert report == {**counts, "failed": [], "replaced": [], "shared_ids": []}


def test_a_query_of_100_kilobytes(seeds_index: Path) -> None:
    result = search_json(seeds_index, "中美外交会谈、" * 4700)
    assert result["total"] == 2


def test_terminal_gets_colors_and_a_progress_bar(tmp_path: Path) -> None:
    terminal = pexpect.spawn(
        str(SOUWEN),
        ["index", str(SEEDS), "--index", str(tmp_path / "index")],
        env=PLAIN | {"TERM": "xterm"},
        encoding="utf-8",
    )
    terminal.expect("100%")
    terminal.expect("2 added")
    terminal.expect(pexpect.EOF)
    for environment, colors in (({}, True), ({"NO_COLOR": "1"}, False)):
        terminal = pexpect.spawn(
            str(SOUWEN),
            ["search", "台湾海峡", "--index", str(tmp_path / "index")],
            env=PLAIN | {"TERM": "xterm"} | environment,
            encoding="utf-8",
        )
        terminal.expect(pexpect.EOF)
        assert ("\x1b[31m" in terminal.before) == colors
        assert ("【台湾海峡】" in terminal.before) != colors


def test_an_article_cannot_control_the_terminal(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text(
        json.dumps({"id": "\x1b[2J", "title": "\x1b]0;owned\x07标题", "body": "a\x1b[31m\x9b31m"}), "utf-8"
    )
    assert run("index", source, "--index", tmp_path / "index").returncode == 0
    for command in (["search", "标题"], ["show", "\x1b[2J"], ["show", "\x1b[3J"]):
        done = run(*command, "--index", tmp_path / "index")
        assert "\x1b" not in done.stdout + done.stderr
        assert "\x9b" not in done.stdout


def test_analyze_shows_terms() -> None:
    terms = json.loads(run("analyze", "臺灣 iPhone15", "--json").stdout)
    assert terms["folded"] == "台湾 iphone15"
    assert terms["words"] == ["台湾", "iphone15", "iphone", "15"]
    assert "台湾 | iphone15" in run("analyze", "臺灣 iPhone15").stdout


def test_every_command_has_help_with_an_example() -> None:
    overview = run("-h").stdout
    assert re.search(r"Examples:\s+souwen index seeds/\n", overview)
    assert len(main.commands) > 12
    for name, command in main.commands.items():
        assert re.search(rf"^ *{name} +{command.short_help}$", overview, re.MULTILINE)
        assert re.search(rf"Examples?:\s+souwen {name}\b", run(name, "-h").stdout)
        assert run("help", name).stdout == run(name, "-h").stdout
    assert run("help").stdout == overview
    assert run("--version").stdout == run("-V").stdout == "souwen 0.1.0\n"


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("souwen sug", "suggest"),
        ("souwen search --facet per", "person"),
        ("souwen index --engine wh", "whoosh"),
        ("souwen timeline --by mo", "month"),
        ("souwen stats --js", "--json"),
        ("souwen completion z", "zsh"),
        ("souwen stats --index fol", "folder"),
    ],
)
def test_bash_completes(tmp_path: Path, typed: str, completed: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "follies.txt").touch()
    function = "$(complete -p souwen | sed 's/.* -F //')"  # click generates its name
    typing = f"COMP_WORDS=({typed}); COMP_CWORD={typed.count(' ')}; {function}; echo ${{COMPREPLY[@]}}"
    folders = "compopt() { [[ $* == *dirnames* ]] && COMPREPLY=($(compgen -d -- ${COMP_WORDS[-1]})); }"
    done = subprocess.run(
        ["bash", "--norc", "-c", f'eval "$(souwen completion bash)"; {folders}; {typing}'],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=PLAIN | {"PATH": f"{SOUWEN.parent}:{PLAIN['PATH']}"},
        timeout=60,
    )
    assert (done.stdout.split(), done.stderr) == ([completed], "")


@pytest.mark.parametrize(
    ("redirection", "status", "message"),
    [("| head -1", "0", ""), ("> /dev/full", "2", "cannot write the output"), (">&-", "0", "")],
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written(seeds_index: Path, redirection: str, status: str, message: str) -> None:
    command = f"set -o pipefail; '{SOUWEN}' search 中国 --json --index '{seeds_index}' {redirection}; echo $? >&2"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=PLAIN, timeout=60)
    *lines, last = done.stderr.splitlines()
    assert last == status
    assert len(lines) == bool(message)
    assert message in done.stderr


def test_excluded_parts_are_reported_as_typed(seeds_index: Path) -> None:
    assert search_json(seeds_index, "中国", "-贸易")["query"] == "中国 -贸易"


def test_a_printed_address_is_an_id(seeds_index: Path) -> None:
    output = run("search", "杨涛", "--index", seeds_index).stdout
    (address,) = re.findall(r"https://\S+", output)
    assert "美国五角大楼" in address
    assert run("show", address, "--index", seeds_index).returncode == 0


def test_interruption_has_its_own_exit_status(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a.jsonl").write_text(
        "\n".join(f'{{"id": "{n}", "title": "台湾海峡{n}"}}' for n in range(20_000)), "utf-8"
    )
    process = subprocess.Popen(
        [SOUWEN, "index", tmp_path, "--index", tmp_path / "index"], stderr=subprocess.PIPE, text=True, env=PLAIN
    )
    deadline = time.monotonic() + 30
    while not list((tmp_path / "index").glob("whoosh-*/*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "\nstopped; the index keeps its last complete state\n"


def test_suggest(seeds_index: Path) -> None:
    done = run("suggest", "taiwanh", "--index", seeds_index)
    assert (done.returncode, done.stdout) == (0, "      1  台湾海峡\n")
    suggestions = json.loads(run("suggest", "台湾", "--index", seeds_index, "--json").stdout)
    assert suggestions == {"prefix": "台湾", "suggestions": [{"text": "台湾海峡", "articles": 1}]}
    assert run("suggest", "没有这个", "--index", seeds_index).returncode == 1


def test_explain(seeds_index: Path) -> None:
    done = run("search", "台湾海峡", "--explain", "--index", seeds_index)
    assert "(read as: 台湾海峡)" in done.stderr
    assert re.search(r"= \(.*text words 台湾海峡.*\) × \d\.\d\d runs × \d\.\d\d title × 1\.00 recency", done.stdout)
    assert search_json(seeds_index, "台湾海峡", "--explain")["reading"] == "台湾海峡"


def test_did_you_mean(seeds_index: Path) -> None:
    done = run("search", "布林垦", "--index", seeds_index)
    assert "best partial matches" in done.stderr
    assert "Did you mean: 布林肯" in done.stdout
    assert search_json(seeds_index, "布林垦")["suggestions"] == ["布林肯"]


def test_a_dictionary_must_be_text(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_bytes(b"\xff\xfe\x00")
    done = run("index", SEEDS, "--index", tmp_path / "index", "--dictionary", tmp_path / "words.txt")
    assert done.returncode == 2
    assert "is not text in UTF-8" in done.stderr


def test_a_mapping_names_the_keys_of_records(tmp_path: Path) -> None:
    source = tmp_path / "articles.csv"
    source.write_text("nr,kopf,text\n7,台湾海峡,正文\n", "utf-8")
    arguments = ("index", source, "--index", tmp_path / "index", "--map", "id=nr")
    run(*arguments, "--map", "title=kopf")
    results = json.loads(run("search", "台湾海峡", "--index", tmp_path / "index", "--json").stdout)
    assert [(hit["id"], hit["title"]) for hit in results["hits"]] == [("7", "台湾海峡")]
    done = run("index", source, "--index", tmp_path / "index", "--map", "title=text")
    assert (done.returncode, "--rebuild --map title=text" in done.stderr) == (2, True)
    for wrong, message in (("titel=kopf", "articles have no field titel"), ("title", "is not FIELD=KEY")):
        done = run(*arguments, "--map", wrong)
        assert done.returncode == 2
        assert message in done.stderr.splitlines()[-1]


def test_delete_missing_deletes_articles_of_removed_files(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    for name in "ab":
        (tmp_path / "articles" / f"{name}.json").write_text(f'{{"id": "{name}", "title": "台湾海峡"}}', "utf-8")
    arguments = ("index", tmp_path / "articles", "--index", tmp_path / "index")
    run(*arguments)
    (tmp_path / "articles" / "a.json").unlink()
    assert "0 added, 0 updated, 1 unchanged" in run(*arguments).stdout
    assert "0 added, 0 updated, 1 deleted, 1 unchanged" in run(*arguments, "--delete-missing").stdout
    (tmp_path / "articles" / "b.json").unlink()
    done = run(*arguments, "--delete-missing")
    assert (done.returncode, "no article was found" in done.stderr) == (2, True)


def test_a_folder_is_watched_until_interrupted(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.json").write_text('{"id": "a", "title": "台湾海峡"}', "utf-8")
    watch = pexpect.spawn(
        str(SOUWEN),
        ["index", str(articles), "--index", str(articles / "index"), "--watch", "--delete-missing"],
        env=PLAIN,
        encoding="utf-8",
        timeout=60,
    )
    watch.expect("1 added, 0 updated, 0 unchanged")
    (articles / "b.json").write_text('{"id": "b", "title": "五角大楼"}', "utf-8")
    watch.expect("1 added, 0 updated, 1 unchanged")
    (articles / "a.json").unlink()
    watch.expect("0 added, 0 updated, 1 deleted, 1 unchanged")
    watch.sendintr()
    watch.expect("stopped")
    watch.expect(pexpect.EOF)
    watch.close()
    assert watch.exitstatus == 130
    assert [hit["id"] for hit in search_json(articles / "index", "台湾海峡 OR 五角大楼")["hits"]] == ["b"]


def test_check_reports_damage(tmp_path: Path) -> None:
    index = tmp_path / "index"
    run("index", SEEDS, "--index", index)
    done = run("check", "--index", index)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 articles, 2 files, " in done.stdout
    (index / "whoosh-1.files").rename(tmp_path / "files")
    done = run("check", "--index", index)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "no manifest" in done.stderr
    (tmp_path / "files").rename(index / "whoosh-1.files")
    (articles,) = (index / "whoosh-1").glob("*.articles")
    content = articles.read_bytes()
    articles.write_bytes(content[:500] + bytes([content[500] ^ 1]) + content[501:])
    done = run("check", "--index", index)
    assert (done.returncode, done.stdout) == (2, "")
    assert "was altered" in done.stderr
    assert "--rebuild" in done.stderr


def test_check_finds_articles_that_are_missing(tmp_path: Path) -> None:
    run("index", SEEDS, "--index", tmp_path / "one")
    (tmp_path / "other.json").write_text('{"id": "b", "title": "五角大楼"}', "utf-8")
    run("index", tmp_path / "other.json", "--index", tmp_path / "two")
    shutil.copy(tmp_path / "one" / "whoosh-1.files", tmp_path / "two" / "whoosh-1.files")
    report = json.loads(run("check", "--index", tmp_path / "two", "--json").stdout)
    assert (report["articles"], report["files"]) == (1, 2)
    assert ["another commit" in problem and "`souwen index`" in problem for problem in report["problems"]] == [True]
    run("index", tmp_path / "other.json", "--index", tmp_path / "two")
    assert json.loads(run("check", "--index", tmp_path / "two", "--json").stdout)["problems"] == []


def test_a_damaged_manifest_is_reported_with_its_remedy(tmp_path: Path) -> None:
    index = tmp_path / "index"
    run("index", SEEDS, "--index", index)
    (index / "whoosh-1.files").write_bytes(b"no database" * 1000)
    for arguments in (("index", SEEDS), ("check",)):
        done = run(*arguments, "--index", index)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "--rebuild" in done.stderr
    assert run("index", SEEDS, "--index", index, "--rebuild").returncode == 0
    assert run("check", "--index", index).returncode == 0


def test_lines_that_a_source_repeats_are_removed_and_listed(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    for number in range(40):
        body = f"第{number}篇的第一段说了些什么。\n{'台湾海峡' * number}的第二段又说了些什么。\n订阅本站电子报"
        record = {"id": str(number), "title": f"第{number}篇", "body": body, "source": "某报"}
        (tmp_path / "articles" / f"{number:02}.json").write_text(json.dumps(record), "utf-8")
    arguments = ("index", tmp_path / "articles", "--index", tmp_path / "index", "--show-cleaning")
    assert run(*arguments).stdout.splitlines()[0] == "     40  某报  订阅本站电子报"
    assert search_json(tmp_path / "index", "第一段")["total"] == 40
    assert search_json(tmp_path / "index", "电子报")["total"] == 0
    # The index remembers the lines; one more article would be too small a sample.
    record = {"id": "new", "title": "新的一篇", "body": "新的一段说了些什么。\n订阅本站电子报", "source": "某报"}
    (tmp_path / "articles" / "new.json").write_text(json.dumps(record), "utf-8")
    report = json.loads(run(*arguments, "--json").stdout)
    assert (report["read"], report["removed"]) == (1, [{"source": "某报", "line": "订阅本站电子报", "articles": 1}])


def test_bytes_that_cannot_be_decoded_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(
        "台湾海峡局势\n各方关注海峡的局势与发展。".encode() * 9 + b"\xff\xfe" + "完".encode()
    )
    done = run("index", tmp_path / "a.txt", "--index", tmp_path / "index")
    assert done.returncode == 0
    assert "2 characters became �" in done.stderr
    assert str(tmp_path / "a.txt") in done.stderr
    report = json.loads(run("index", tmp_path / "a.txt", "--index", tmp_path / "other", "--json").stdout)
    assert report["replaced"] == [{"path": str(tmp_path / "a.txt"), "characters": 2}]


def test_an_index_is_copied_to_another_engine_and_exported(seeds_index: Path, tmp_path: Path) -> None:
    pytest.importorskip("tantivy")
    copied = run("index", "--from-index", seeds_index, "--index", tmp_path / "copy", "--engine", "tantivy")
    assert "2 copied" in copied.stdout
    stats = json.loads(run("stats", "--index", tmp_path / "copy", "--json").stdout)
    assert (stats["engine"], stats["articles"], stats["parts"]) == ("tantivy", 2, "1 segment")
    exported = run("export", "--index", tmp_path / "copy").stdout
    run("export", "--index", tmp_path / "copy", "--output", tmp_path / "all.jsonl")
    assert (tmp_path / "all.jsonl").read_text("utf-8") == exported
    assert (
        "0 added, 0 updated, 2 unchanged" in run("index", tmp_path / "all.jsonl", "--index", tmp_path / "copy").stdout
    )
    done = run("index", SEEDS, "--from-index", seeds_index)
    assert (done.returncode, "leave out PATH" in done.stderr) == (2, True)


def test_reprints_and_related_articles(tmp_path: Path) -> None:
    body = "布林肯在北京会见秦刚，双方谈到台湾海峡与芯片出口管制。" * 6
    records = [
        {"id": "甲", "title": "会谈", "body": body, "source": "甲报"},
        {"id": "乙", "title": "會談", "body": body, "source": "乙报"},
        {"id": "丙", "title": "秦刚谈芯片", "body": "秦刚说，布林肯同意继续讨论芯片出口管制。", "source": "丙报"},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    run("index", "a.jsonl", cwd=tmp_path)
    output = run("search", "台湾海峡", cwd=tmp_path).stdout
    assert "1 reprint: " in output
    assert "2 articles in" in output
    assert "转载" not in run("search", "台湾海峡", "--no-collapse", cwd=tmp_path).stdout
    (hit,) = json.loads(run("search", "台湾海峡", "--json", cwd=tmp_path).stdout)["hits"]
    assert {hit["id"], hit["reprints"][0]["id"]} == {"甲", "乙"}
    assert set(hit["reprints"][0]) == {"id", "title", "url", "published", "source"}
    (reprint,) = json.loads(run("show", "甲", "--json", cwd=tmp_path).stdout)["reprints"]
    assert reprint["id"] == "乙"
    assert "1 reprint: 乙报" in run("show", "甲", cwd=tmp_path).stdout
    related = json.loads(run("related", "甲", "--json", cwd=tmp_path).stdout)
    assert [hit["id"] for hit in related["hits"]] == ["丙"]
    assert " 1. 【秦刚】谈【芯片】" in run("related", "甲", cwd=tmp_path).stdout


def test_facets_are_printed_below_the_hits_and_as_json(seeds_index: Path) -> None:
    done = run("search", "外交", "--index", seeds_index, "--limit", "1", "--facet", "month", "--facet", "source")
    assert re.search(
        r"\nsource\n      2  RFI\n\nmonth\n      1  2023-08\n      1  2023-09\n\n2 articles in ", done.stdout
    )
    facets = search_json(seeds_index, "外交", "--facet", "source", "--facet", "person")["facets"]
    assert facets["source"] == [{"value": "RFI", "articles": 2}]  # type: ignore[index]
    assert {"value": "安东尼·布林肯", "articles": 1} in facets["person"]  # type: ignore[index]
    done = run("search", "外交", "--index", seeds_index, "--facet", "color")
    assert done.returncode == 2
    assert "'color'" in done.stderr


def test_entities(seeds_index: Path) -> None:
    done = run("entities", "--index", seeds_index, "--kind", "person", "--limit", "50")
    assert done.returncode == 0
    assert done.stdout.startswith("person\n")
    assert "      1  安东尼·布林肯\n" in done.stdout
    assert done.stdout.endswith("\nin 2 articles\n")
    assert "布林肯" not in done.stdout.replace("安东尼·布林肯", "")
    with_entity = json.loads(run("entities", "--with", "杨涛", "--over-time", "--json", "--index", seeds_index).stdout)
    assert (with_entity["query"], with_entity["articles"]) == ("", 1)
    assert "杨涛" not in [entity["text"] for entity in with_entity["entities"]]
    months = [{"value": "2023-08", "articles": 1}]
    assert {"text": "李尚福", "kind": "person", "articles": 1, "months": months} in with_entity["entities"]
    arguments = ("entities", "--over-time", "--kind", "person", "--index", seeds_index)
    done = run(*arguments, "--limit", "1")
    assert done.stdout == "person\n                2023-09\n      1  习近平       1\nin 2 articles\n"
    lines = run(*arguments, "--limit", "50", COLUMNS="34").stdout.splitlines()
    assert lines[1].split() == ["2023-09"]
    assert lines[-2] == "(the last 1 of 2 months)"
    long_option = ("entities", "--with-entities", "杨涛", "--over-time", "--json", "--index", seeds_index)
    assert json.loads(run(*long_option).stdout) == with_entity
    assert run("entities", "没有这样的词", "--index", seeds_index).returncode == 1


def test_timeline(seeds_index: Path) -> None:
    done = run("timeline", "外交", "--by", "month", "--index", seeds_index, COLUMNS="60")
    assert done.stdout == "2023-08  1  #\n2023-09  1  #\n2 articles match all of the query\n"
    assert "\x1b" not in done.stdout
    result = json.loads(run("timeline", "外交", "-五角大楼", "--json", "--index", seeds_index).stdout)
    assert result == {
        "query": "外交 -五角大楼",
        "by": "day",
        "articles": 1,
        "undated": 0,
        "notes": [],
        "counts": [{"value": "2023-09-29", "articles": 1}],
    }
    assert run("timeline", "没有这样的词", "--index", seeds_index).returncode == 1
    assert run("timeline", "外交", "--since", "gestern", "--index", seeds_index).returncode == 2
