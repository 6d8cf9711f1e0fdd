"""The rules of the architecture: packages, layers, imports and the form of docstrings."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import ROOT

# Each package, and the packages below it that it may import.
LAYERS = {
    "messages": set(),
    "analysis": {"messages"},
    "engines": {"messages", "analysis"},
    "indexer": {"messages", "analysis", "engines"},
    "query": {"messages", "analysis", "engines"},
    "web": {"messages", "analysis", "engines", "indexer", "query"},
    "cli": {"messages", "analysis", "engines", "indexer", "query", "web"},
    "souwen": {"messages", "analysis", "engines", "indexer", "query", "web", "cli"},
}
# Folders that are not installed; their modules import the packages as `souwen.…`.
DEVELOPMENT = ("training", "tools", "bench", "examples", "tests")
WEB = {path.relative_to(ROOT).as_posix() for path in (ROOT / "web").glob("*.py")}
# Libraries that only some modules import.
IMPORTERS = {
    "fastapi": WEB,
    "starlette": WEB,
    "mcp": {"web/mcp_server.py"},
    "uvicorn": {"web/connections.py", "web/server.py"},
    "jieba": {"analysis/text/segmenter.py"},
    "rjieba": {"analysis/text/segmenter.py"},
    "opensearchpy": {"engines/opensearch/server.py"},
    "tantivy": {f"engines/tantivy/{name}.py" for name in ("schema", "query_builder", "document_frequencies", "engine")},
    "whoosh": {f"engines/whoosh/{name}.py" for name in ("schema", "codec", "toc", "segment_writer")},
}
FILES = [path for package in LAYERS for path in sorted((ROOT / package).rglob("*.py"))]
LONG_FILE = 400  # lines; a longer file may have more than one subject
MAX_QUESTION_SHARE = 1 / 20  # of docstrings
MAX_TELLS = 20  # in all packages
QUESTION = re.compile(r"(What|Whether|Where|Which)\b")
TELL = re.compile(r"\b(tell|tells|told)\b", re.IGNORECASE)


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the level and the module of every import: (2, "analysis") for `from ..analysis import …`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.level, node.module or alias.name) for alias in node.names)


def docstrings(tree: ast.AST) -> Iterator[str]:
    """Yield the docstrings of a module, and of the classes and functions in it."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from filter(None, [ast.get_docstring(node)])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_of_a_package_go_downwards(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    package, *parts = path.relative_to(ROOT).parts
    for level, module in imports(ast.parse(path.read_text("utf-8"))):
        top = module.split(".")[0]
        if level == 0:
            assert top != "souwen", "imports inside the packages are relative"
            assert top not in DEVELOPMENT
            assert name in IMPORTERS.get(top, {name})
        # The packages are inside `souwen`, so its own modules import them with one dot, others with one more.
        elif level == len(parts) + (package != "souwen"):
            assert top in LAYERS[package]


@pytest.mark.parametrize("folder", ["training", "tools"])
def test_scripts_import_only_the_packages_and_each_other(folder: str) -> None:
    allowed = {"souwen", folder}
    for path in sorted((ROOT / folder).rglob("*.py")):
        modules = {module.split(".")[0] for level, module in imports(ast.parse(path.read_text("utf-8"))) if not level}
        assert modules & {"souwen", *LAYERS, *DEVELOPMENT} <= allowed, path.name


def test_long_files_are_reported() -> None:
    """Print the files with more than `LONG_FILE` lines; `pytest -rP` shows them."""
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in FILES}
    for name, lines in lengths.items():
        if lines > LONG_FILE:
            print(f"{name}: {lines} lines")  # noqa: T201


def test_docstrings_state_what_the_code_does() -> None:
    texts = [text for path in FILES for text in docstrings(ast.parse(path.read_text("utf-8")))]
    questions = [text for text in texts if QUESTION.match(text)]
    assert len(questions) <= len(texts) * MAX_QUESTION_SHARE, "\n".join(text.split("\n")[0] for text in questions)


def test_prose_names_plain_actions() -> None:
    lines = [
        f"{path.relative_to(ROOT).as_posix()}: {line.strip()}"
        for path in FILES
        for line in path.read_text("utf-8").splitlines()
        if TELL.search(line)
    ]
    assert sum(len(TELL.findall(line)) for line in lines) <= MAX_TELLS, "\n".join(lines)
