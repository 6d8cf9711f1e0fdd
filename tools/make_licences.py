"""Writes docs/licences.md: what an installation brings along, under which licences. Reads it off what is installed.

make licences
"""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

PAGE = Path(__file__).parents[1] / "docs" / "licences.md"
FOR_WORK = ("dev", "bench", "docs", "examples")  # extras that nobody needs for using souwen
HEAD = """# Licences

souwen is under the MIT licence. Its folding table derives from OpenCC (Apache-2.0), its pinyin table from pypinyin
(MIT).
What is installed with it, and for which extra, directly or because another one needs it; written by `make licences`:

| package | licence | needed |
|---|---|---|
"""


def main() -> None:
    souwen = distribution("souwen")
    needed: dict[str, str] = {}
    for extra in ("", *(name for name in souwen.metadata.get_all("Provides-Extra", []) if name not in FOR_WORK)):
        for name in _brought(souwen, extra):
            if name != "souwen":
                needed.setdefault(name, f"for `souwen[{extra}]`" if extra else "always")
    rows = (f"| {name} | {_licence(distribution(name))} | {needed[name]} |" for name in sorted(needed))
    PAGE.write_text(HEAD + "\n".join(rows) + "\n", "utf-8")


def _brought(start: Distribution, extra: str) -> Iterator[str]:
    """The names of all packages that an installation with an extra brings."""
    seen = set()
    waiting = [(start, extra)]
    while waiting:
        one, its_extra = waiting.pop()
        for requirement in map(Requirement, one.requires or ()):
            name = re.sub(r"[-_.]+", "-", requirement.name).lower()
            if requirement.marker is None or requirement.marker.evaluate({"extra": its_extra}):
                for inner in ("", *requirement.extras):
                    if (name, inner) not in seen:
                        seen.add((name, inner))
                        waiting.append((distribution(name), inner))
                        yield name


def _licence(package: Distribution) -> str:
    """What a package says of itself: an SPDX expression, a line, or what it is listed under."""
    told = package.metadata
    if "License-Expression" in told:
        return told["License-Expression"]
    listed = [name.rpartition(" :: ")[2] for name in told.get_all("Classifier", []) if name.startswith("License :: ")]
    line = told.get_all("License", [""])[0].strip()
    return line if line and len(line) < 60 and "\n" not in line else ", ".join(listed)


if __name__ == "__main__":
    main()
