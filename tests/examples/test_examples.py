"""Every program in examples/ works as docs/examples.md says."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from nbclient import NotebookClient

from ..conftest import ROOT, SEEDS

EXAMPLES = ROOT / "examples"


def output(name: str, *arguments: str | Path, cwd: Path) -> str:
    """Return the output of an example, run as its first lines say."""
    done = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES / name, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def load_module(name: str, index: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import an example that is a module of another program, with an index."""
    monkeypatch.setenv("SOUWEN_INDEX", str(index))
    specification = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    monkeypatch.setitem(sys.modules, name, module)
    specification.loader.exec_module(module)
    return module


def test_each_example_is_documented_and_tested() -> None:
    programs = {path.name for path in EXAMPLES.iterdir() if path.suffix in {".py", ".ipynb"}}
    documented = set(re.findall(r"`(\w+\.(?:py|ipynb))`", (ROOT / "docs/examples.md").read_text("utf-8")))
    tested = {name for name in programs if Path(name).stem in Path(__file__).read_text("utf-8")}
    assert programs == documented == tested


def test_embed(tmp_path: Path) -> None:
    printed = output("embed.py", SEEDS, "台湾海峡", cwd=tmp_path)
    assert printed.startswith("1 of 2 articles\n1. 中美高级外交官继续会晤以保持对话 (RFI, 2023-09-29)\n")
    assert "<mark>台湾海峡</mark>" in printed


def test_rag_retriever_gives_passages_with_sources_within_its_budget(tmp_path: Path) -> None:
    printed = output("rag_retriever.py", SEEDS, "孙卫东和康达谈了什么", cwd=tmp_path)
    passages = re.findall(r"^\[(\d+)\] (.+)，(\d{4}-\d\d-\d\d)\n(.+)\n(https://\S+)$", printed, re.MULTILINE)
    assert [number for number, *_ in passages] == [str(number + 1) for number in range(len(passages))]
    assert passages[0][1] == "中美高级外交官继续会晤以保持对话"
    assert any("孙卫东" in text for _, _, _, text, _ in passages)
    assert sum(len(text) for _, _, _, text, _ in passages) <= 600
    bodies = "".join(path.read_text("utf-8") for path in SEEDS.iterdir())
    assert all(text[:10] in bodies for _, _, _, text, _ in passages)


def test_traditional(tmp_path: Path) -> None:
    lines = output("traditional.py", cwd=tmp_path).splitlines()
    titles = {line.split(" → ")[0]: line.split(" → ")[1].split(": ")[0] for line in lines}
    assert titles == {
        "渡轮复航": "雲溪港渡輪復航",
        "渡輪復航": "雲溪港渡輪復航",
        "许明远": "雲溪港渡輪復航",
        "頭髮": "理发店捐头发做假发",
        "软件": "縣府啟用新軟體",
    }
    assert any("<mark>許明遠</mark>" in line for line in lines)


def test_github_archive_follows_a_repository(tmp_path: Path) -> None:
    repository = tmp_path / "news"
    repository.mkdir()

    def git(*arguments: str) -> None:
        author = ["-c", "user.name=云溪日报", "-c", "user.email=news@example.org"]
        subprocess.run(["git", "-C", repository, *author, *arguments], check=True, capture_output=True)

    (repository / "2024").mkdir()
    (repository / "2024" / "ferry.md").write_text(
        "---\ntitle: 渡轮复航\ndate: 2024-05-02\n---\n云溪港往返鹤岛的渡轮昨日复航，市长许明远登船。\n", "utf-8"
    )
    (repository / "2024" / "bridge.html").write_text(
        "<html><head><title>云溪大桥通车</title></head><body><article><h1>云溪大桥通车</h1>"
        "<p>云溪大桥昨日通车，全长两公里，两岸居民从此不必再等渡轮。</p></article></body></html>",
        "utf-8",
    )
    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "Two articles")
    arguments = (repository.as_uri(), tmp_path / "archive")
    printed = output("github_archive.py", *arguments, "渡轮", cwd=tmp_path).splitlines()
    assert printed[0] == "2 added, 0 updated, 0 deleted, 0 failed"
    assert printed[1].startswith("1. 渡轮复航: ")
    assert "<mark>渡轮</mark>" in printed[2]
    git("rm", "--quiet", "2024/bridge.html")
    (repository / "2024" / "tea.md").write_text("# 茶园采摘\n\n云溪山上的茶园开始采摘。\n", "utf-8")
    git("add", "--all")
    git("commit", "--quiet", "--message", "Add one article, remove another")
    printed = output("github_archive.py", *arguments, "茶园 OR 大桥", cwd=tmp_path).splitlines()
    assert printed[0] == "1 added, 0 updated, 1 deleted, 0 failed"
    assert [line.split(": ")[0] for line in printed[1:]] == ["1. 茶园采摘"]


def test_flask_view(seeds_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = load_module("flask_view", seeds_index, monkeypatch)
    with view.searcher, view.app.test_client() as client:
        page = client.get("/", query_string={"q": "台湾海峡"}).get_data(as_text=True)
        assert "<mark>台湾海峡</mark>" in page
        assert client.get("/").status_code == 200
        escaped = client.get("/", query_string={"q": '"><script>alert(1)</script>'}).get_data(as_text=True)
        assert "<script>" not in escaped


def test_django_view(seeds_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = load_module("django_view", seeds_index, monkeypatch)
    import django
    from django.test import Client

    django.setup()
    with view.searcher:
        response = Client().get("/search", {"q": "台湾海峡"}).json()
    assert (response["total"], response["hits"][0]["title"]) == (1, "中美高级外交官继续会晤以保持对话")
    assert "<mark>台湾海峡</mark>" in response["hits"][0]["snippets"][0]


def test_trends_notebook_runs_and_is_stored_without_output() -> None:
    notebook = nbformat.read(EXAMPLES / "trends.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(EXAMPLES)}}).execute()
    outputs = [output for cell in code for output in cell.outputs]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    texts = [output["data"]["text/plain"] for output in outputs if "text/plain" in output.get("data", {})]
    assert texts[0] == "18"
    assert texts[1].startswith("[('沈知遥', 11), ('许明远', 9)")
    assert "沈知遥提议建博物馆" in texts[-1]
