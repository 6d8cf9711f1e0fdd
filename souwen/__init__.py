"""Full-text search for Chinese article archives.

    from souwen import Searcher, build_index

    build_index("articles/", "index_data")
    with Searcher("index_data") as searcher:
        for hit in searcher.search("中美 外交", since="2023-09"):
            print(hit.rank, hit.title)

The names below are imported when they are first used, so that `import souwen` costs nothing.
"""

import logging
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.metadata import version

    from .analysis import Analyzer, Article
    from .indexer import CheckReport, IndexReport, build_index, check_index, copy_index, watch_changes
    from .messages import SouwenError, use_language
    from .query import Filters, Hit, Results, Searcher, Snippet, evaluate

    __version__ = version("souwen")

if not (Path(__file__).parent / "query").is_dir():  # in a checkout the sub-packages lie beside this folder
    __path__.append(str(Path(__file__).resolve().parents[1]))

logging.getLogger(__name__).addHandler(logging.NullHandler())  # a program that uses souwen chooses where it logs

_PACKAGE_OF = {
    "Analyzer": "analysis",
    "Article": "analysis",
    "CheckReport": "indexer",
    "Filters": "query",
    "Hit": "query",
    "IndexReport": "indexer",
    "Results": "query",
    "Searcher": "query",
    "Snippet": "query",
    "SouwenError": "messages",
    "build_index": "indexer",
    "check_index": "indexer",
    "copy_index": "indexer",
    "evaluate": "query",
    "use_language": "messages",
    "watch_changes": "indexer",
}

__all__ = [
    "Analyzer",
    "Article",
    "CheckReport",
    "Filters",
    "Hit",
    "IndexReport",
    "Results",
    "Searcher",
    "Snippet",
    "SouwenError",
    "__version__",
    "build_index",
    "check_index",
    "copy_index",
    "evaluate",
    "use_language",
    "watch_changes",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("souwen")
    if name in _PACKAGE_OF:
        return getattr(import_module(f".{_PACKAGE_OF[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
