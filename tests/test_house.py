"""The rules of the house that a machine can check."""

import ast
from pathlib import Path

import pytest

from .conftest import ROOT

ALLOWED = {
    "messages": set(),
    "analysis": {"messages"},
    "engines": {"messages", "analysis"},
    "indexer": {"messages", "analysis", "engines"},
    "query": {"messages", "analysis", "engines"},
    "web": {"messages", "analysis", "engines", "indexer", "query"},
    "cli": {"messages", "analysis", "engines", "indexer", "query", "web"},
}
WEB = {str(path.relative_to(ROOT)) for path in (ROOT / "web").glob("*.py")}
DOORS = {
    "fastapi": WEB,
    "starlette": WEB,
    "mcp": {"web/mcp_server.py"},
    "uvicorn": {"web/server.py"},
    "jieba": {"analysis/text/segmenter.py"},
    "rjieba": {"analysis/text/segmenter.py"},
    "opensearchpy": {"engines/opensearch/server.py"},
    "tantivy": {f"engines/tantivy/{name}.py" for name in ("schema", "queries", "frequencies", "engine")},
    "whoosh": {f"engines/whoosh/{name}.py" for name in ("schema", "codec", "contents", "writer")},
}
FILES = [path for room in ALLOWED for path in sorted((ROOT / room).rglob("*.py"))]


def imports(path: Path) -> list[tuple[int, str]]:
    """Level and module of every import: (2, "analysis") for `from ..analysis import …`."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [(0, name.name) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.level, node.module or node.names[0].name))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_keeps_to_its_room(path: Path) -> None:
    room, *inside = path.relative_to(ROOT).parts
    for level, module in imports(path):
        first = module.split(".")[0]
        assert first != "souwen", "imports inside the packages are relative"
        if level == len(inside) + 1:
            assert first in ALLOWED[room]
        if level == 0 and first in DOORS:
            assert str(path.relative_to(ROOT)) in DOORS[first]
    assert len(path.read_text("utf-8").splitlines()) <= 310
