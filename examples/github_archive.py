"""A git repository of Markdown and HTML, as an archive: cloned, indexed, and later only what has changed.

python examples/github_archive.py https://github.com/OWNER/NAME.git FOLDER QUERY

FOLDER keeps the clone and the index. The second run pulls and reads what is new.
"""

import subprocess
import sys
from pathlib import Path

from souwen.indexer import IndexReport, build_index
from souwen.query import Searcher


def fetched(repository: str, folder: Path) -> Path:
    """The clone, as new as the repository. Only the newest version of each file is fetched."""
    clone = folder / "clone"
    if clone.exists():
        subprocess.run(["git", "-C", clone, "pull", "--quiet", "--ff-only"], check=True)
    else:
        subprocess.run(["git", "clone", "--quiet", "--depth", "1", "--", repository, clone], check=True)
    return clone


def updated(repository: str, folder: Path) -> IndexReport:
    """Brings the index up to date; articles whose file was removed in the repository go."""
    return build_index(fetched(repository, folder), folder / "index", delete_missing=True)


def main(repository: str, folder: str, query: str) -> None:
    report = updated(repository, Path(folder))
    print(f"{report.added} added, {report.updated} updated, {report.deleted} deleted, {len(report.failed)} not read")
    with Searcher(Path(folder) / "index") as searcher:
        for hit in searcher.search(query):
            print(f"{hit.rank}. {hit.title}: {hit.snippets[0].html() if hit.snippets else ''}")


if __name__ == "__main__":
    main(*sys.argv[1:])
