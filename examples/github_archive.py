"""Search a git repository of Markdown and HTML: clone it, index it, and later update only what has changed.

python examples/github_archive.py https://github.com/OWNER/NAME.git FOLDER QUERY

FOLDER keeps the clone and the index. The second run pulls, and indexes only new and changed files.
"""

import subprocess
import sys
from pathlib import Path

from souwen import IndexReport, Searcher, build_index


def fetch(repository: str, folder: Path) -> Path:
    """Clone the repository, or update its clone. Only the newest version of each file is fetched."""
    clone = folder / "clone"
    if clone.exists():
        subprocess.run(["git", "-C", clone, "pull", "--quiet", "--ff-only"], check=True)
    else:
        subprocess.run(["git", "clone", "--quiet", "--depth", "1", "--", repository, clone], check=True)
    return clone


def update(repository: str, folder: Path) -> IndexReport:
    """Update the index, and delete the articles whose file was removed from the repository."""
    return build_index(fetch(repository, folder), folder / "index", delete_missing=True)


def main(repository: str, folder: str, query: str) -> None:
    report = update(repository, Path(folder))
    print(f"{report.added} added, {report.updated} updated, {report.deleted} deleted, {len(report.failed)} failed")
    with Searcher(Path(folder) / "index") as searcher:
        for hit in searcher.search(query):
            print(f"{hit.rank}. {hit.title}: {hit.snippets[0].html() if hit.snippets else ''}")


if __name__ == "__main__":
    main(*sys.argv[1:])
