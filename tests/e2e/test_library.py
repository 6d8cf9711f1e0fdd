"""souwen inside another program: as documented, silent, quick to import, without side effects."""

import subprocess
import sys
from pathlib import Path

from ..conftest import ROOT, SEEDS

USE = """
from souwen import Searcher, build_index

report = build_index(["{seeds}"], "{index}")
assert (report.added, report.updated, report.deleted, report.skipped, report.failed) == (2, 0, 0, 0, ())
with Searcher("{index}") as searcher:
    results = searcher.search("中美 外交", limit=10, since="2023-09", sort="relevance")
    assert (results.total, results.full, results.notes) == (1, 1, ())
    assert results.took_ms > 0
    for hit in results:
        assert (hit.rank, hit.source, hit.published.year) == (1, "RFI", 2023)
        assert (hit.score > 0, hit.url == hit.id, hit.title[:2]) == (True, True, "中美")
        assert "孙卫东" in [name.text for name in hit.entities]
        highlighted = [snippet.text[start:end] for snippet in hit.snippets for start, end in snippet.highlights]
        assert set(highlighted) == {{"中美", "外交"}}

from souwen.analysis import extract_entities
assert [entity.text for entity in extract_entities("美国国务卿布林肯访问北京")] == ["美国", "布林肯", "北京"]

import logging
assert logging.root.handlers == [] and not any(
    not isinstance(handler, logging.NullHandler)
    for name, logger in logging.Logger.manager.loggerDict.items()
    if isinstance(logger, logging.Logger) and not name.startswith("jieba")
    for handler in logger.handlers
)
"""


def python(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=cwd)


def test_the_documented_use_is_silent(tmp_path: Path) -> None:
    done = python(USE.format(seeds=SEEDS, index=tmp_path / "index"), tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_importing_loads_no_dictionary(tmp_path: Path) -> None:
    """jieba's dictionary takes most of a second to load, all of souwen's modules a tenth."""
    heavy = ("jieba", "rjieba", "whoosh")
    code = f"import sys, souwen.query, souwen.indexer; print([m for m in sys.modules if m.startswith({heavy})])"
    assert python(code, tmp_path).stdout == "[]\n"


def test_installs_as_one_package(tmp_path: Path) -> None:
    """The program that uses souwen may have its own query.py."""
    done = python("import souwen.query; import query", tmp_path)
    assert "ModuleNotFoundError: No module named 'query'" in done.stderr


def test_the_package_is_typed() -> None:
    assert (ROOT / "souwen" / "py.typed").is_file()
