"""Write docs/licences.md: the packages that an installation brings, and their licences, from their metadata.

make licences
"""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

PAGE = Path(__file__).parents[1] / "docs" / "licences.md"
DEVELOPMENT_EXTRAS = ("dev", "bench", "docs", "examples")  # extras that users do not need
HEAD = """# Licences

souwen is under the MIT licence. Its folding table derives from OpenCC (Apache-2.0), its pinyin table from pypinyin
(MIT).
What is installed with it, and for which extra, directly or because another one needs it; written by `make licences`:

| package | licence | needed |
|---|---|---|
"""


def main() -> None:
    """Write the page."""
    souwen = distribution("souwen")
    needed: dict[str, str] = {}
    for extra in (
        "",
        *(name for name in souwen.metadata.get_all("Provides-Extra", []) if name not in DEVELOPMENT_EXTRAS),
    ):
        for name in _required_packages(souwen, extra):
            if name != "souwen":
                needed.setdefault(name, f"for `souwen[{extra}]`" if extra else "always")
    rows = (f"| {name} | {_licence(distribution(name))} | {needed[name]} |" for name in sorted(needed))
    PAGE.write_text(HEAD + "\n".join(rows) + "\n", "utf-8")


def _required_packages(start: Distribution, extra: str) -> Iterator[str]:
    """Yield the names of all packages that an installation with `extra` brings."""
    seen = set()
    queue = [(start, extra)]
    while queue:
        package, package_extra = queue.pop()
        for requirement in map(Requirement, package.requires or ()):
            name = re.sub(r"[-_.]+", "-", requirement.name).lower()
            if requirement.marker is None or requirement.marker.evaluate({"extra": package_extra}):
                for required_extra in ("", *requirement.extras):
                    if (name, required_extra) not in seen:
                        seen.add((name, required_extra))
                        queue.append((distribution(name), required_extra))
                        yield name


def _licence(package: Distribution) -> str:
    """Return the licence of a package: its SPDX expression, its one-line licence, or its classifiers."""
    metadata = package.metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    line: str = (metadata.get_all("License") or [""])[0].strip()
    if line and len(line) < 60 and "\n" not in line:
        return line
    classifiers = metadata.get_all("Classifier") or []
    return ", ".join(name.rpartition(" :: ")[2] for name in classifiers if name.startswith("License :: "))


if __name__ == "__main__":
    main()
