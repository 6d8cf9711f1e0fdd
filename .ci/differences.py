"""Prints the installed versions that differ from the locked ones.

python .ci/differences.py
"""

import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement


def main() -> None:
    lines = Path("requirements/dev.txt").read_text("utf-8").splitlines()
    locked = [Requirement(line.removesuffix("\\")) for line in lines if re.match(r"\w", line)]
    differing = [
        f"{one.name} {found} (locked {wanted})"
        for one in locked
        if (one.marker is None or one.marker.evaluate())
        and (found := _installed(one.name)) != (wanted := str(one.specifier).removeprefix("=="))
    ]
    for line in differing or ["none differs from the lock"]:
        print(f"newest versions: {line}")


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


if __name__ == "__main__":
    main()
