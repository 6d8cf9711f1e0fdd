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
        f"{pin.name} {installed} (locked {locked_version})"
        for pin in locked
        if (pin.marker is None or pin.marker.evaluate())
        and (installed := _installed(pin.name)) != (locked_version := str(pin.specifier).removeprefix("=="))
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
