"""Check that the distributions have every file of the packages, and none of the tests.

python .ci/contents.py dist/*
"""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def main(distributions: list[str]) -> None:
    """Check wheels and source distributions."""
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
    packages = {PurePosixPath(folder).parts[0] for folder in project["tool"]["setuptools"]["package-dir"].values()}
    tracked = subprocess.run(["git", "ls-files", *packages], check=True, capture_output=True, text=True).stdout.split()
    for path in map(Path, distributions):
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                names = [PurePosixPath(name) for name in wheel.namelist()]
            _compare(
                path,
                {str(name) for name in names if ".dist-info" not in name.parts[0]},
                {f"souwen/{name.removeprefix('souwen/')}" for name in tracked},
            )
        else:
            with tarfile.open(path) as archive:
                names = [PurePosixPath(*PurePosixPath(member.name).parts[1:]) for member in archive if member.isfile()]
            _compare(path, {str(name) for name in names if name.parts[0] in packages}, set(tracked))
            if any(name.parts[0] == "tests" for name in names):
                sys.exit(f"{path} has tests")


def _compare(path: Path, files: set[str], expected: set[str]) -> None:
    if files != expected:
        sys.exit(f"{path} lacks {sorted(expected - files)} and has too many files: {sorted(files - expected)}")


if __name__ == "__main__":
    main(sys.argv[1:])
