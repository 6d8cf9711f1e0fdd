"""What is said about the project is true of it: licences, versions, files that are named."""

import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .conftest import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
FOR_WORK = {"dev", "bench", "docs", "examples"}
LOCK = ROOT / "requirements"
ONLY_FOR_FIGURES = {"bm25s"}  # of the extra `bench`, which no test installs
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_licences_of_all_requirements_are_listed() -> None:
    extras = PROJECT["optional-dependencies"]
    asked = [*PROJECT["dependencies"], *(one for extra in extras.keys() - FOR_WORK for one in extras[extra])]
    always = [one for one in map(Requirement, asked) if not one.marker]  # others depend on the machine
    names = {re.sub(r"[-_.]+", "-", one.name).lower() for one in always}
    rows = re.findall(r"^\| (\S+) \| (.*?) \|", (ROOT / "docs" / "licences.md").read_text("utf-8"), re.MULTILINE)
    assert names - dict(rows).keys() <= {"souwen"}, "run `make licences`"
    assert all(licence.strip() for _, licence in rows)


def test_changelog_tells_of_this_version() -> None:
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert versions[0] == PROJECT["version"] == version("souwen")


def test_every_supported_python_is_classified() -> None:
    pythons = [name.rpartition(" :: ")[2] for name in PROJECT["classifiers"] if ":: Python :: 3." in name]
    assert pythons == ["3.10", "3.11", "3.12", "3.13", "3.14"]
    assert PROJECT["requires-python"] == f">={pythons[0]}"


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:\w+/)+[\w.]+\.(?:py|txt|md|po))`", CONTRIBUTING))))
def test_files_named_in_contributing_exist(path: str) -> None:
    assert any((ROOT / folder / path).is_file() for folder in ("", "indexer"))


def test_make_has_what_contributing_names() -> None:
    rules = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = {rule for line in re.findall(r"^make (.*?)(?:  |;|#)", CONTRIBUTING, re.MULTILINE) for rule in line.split()}
    assert named == {"test", "soak", "lint", "lock", "reference", "messages", "licences"}
    assert named <= set(rules)


def locked(path: Path) -> list[Requirement]:
    lines = path.read_text("utf-8").splitlines()
    return [Requirement(line.removesuffix("\\")) for line in lines if re.match(r"\w", line)]


def test_the_lock_fits_the_ranges() -> None:
    """Each requirement has one locked version or more, by Python and system, and all of them are in its range."""
    extras = PROJECT["optional-dependencies"]
    ranges = map(Requirement, [*PROJECT["dependencies"], *(one for some in extras.values() for one in some)])
    ranges = [*ranges, *map(Requirement, PYPROJECT["build-system"]["requires"])]
    versions: dict[str, list[str]] = {}
    for one in (*locked(LOCK / "build.txt"), *locked(LOCK / "dev.txt")):
        versions.setdefault(canonicalize_name(one.name), []).append(str(one.specifier).removeprefix("=="))
    for asked in ranges:
        name = canonicalize_name(asked.name)
        if name not in ("souwen", *ONLY_FOR_FIGURES):
            assert versions.get(name), f"{name} is not locked: run `make lock`"
            assert all(map(asked.specifier.contains, versions[name])), f"{asked}, {versions[name]}: run `make lock`"
    assert all(one in locked(LOCK / "dev.txt") for one in locked(LOCK / "source.txt"))


@pytest.mark.parametrize("path", sorted(LOCK.iterdir()), ids=lambda path: path.name)
def test_the_lock_has_hashes_and_no_places(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(locked(path)) == len(re.findall(r"^\w.* \\\n    --hash=sha256:", text, re.MULTILINE)) > 0
    assert not re.search(r"[/@]|--(?!hash=sha256:[0-9a-f]{64}\b)", text)


def test_hooks_check_the_types_of_every_package() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    assert hooks[-1]["entry"] == "make types"
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\ntypes:")[2].partition("\n\n")[0]
    assert {"souwen", "training", "tools"} <= set(re.findall(r"-p (\w+)", recipe))
