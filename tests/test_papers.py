"""Licences, changelog, CONTRIBUTING, locked versions and hooks agree with the project."""

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
PACKAGES = {Path(folder).parts[0] for folder in PYPROJECT["tool"]["setuptools"]["package-dir"].values()}
FOR_WORK = {"dev", "bench", "docs", "examples"}
LOCK = ROOT / "requirements"
ONLY_FOR_FIGURES = {  # of the extra `bench`, which no test installs
    *("bm25s", "lxml-html-clean", "newspaper4k", "readability-lxml", "trafilatura"),
}
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def test_licences_of_all_requirements_are_listed() -> None:
    extras = PROJECT["optional-dependencies"]
    required = [
        *PROJECT["dependencies"],
        *(requirement for extra in extras.keys() - FOR_WORK for requirement in extras[extra]),
    ]
    always = [
        requirement for requirement in map(Requirement, required) if not requirement.marker
    ]  # others depend on the machine
    names = {re.sub(r"[-_.]+", "-", requirement.name).lower() for requirement in always}
    rows = re.findall(r"^\| (\S+) \| (.*?) \|", (ROOT / "docs" / "licences.md").read_text("utf-8"), re.MULTILINE)
    assert names - dict(rows).keys() <= {"souwen"}, "run `make licences`"
    assert all(licence.strip() for _, licence in rows)


def test_changelog_begins_with_this_version() -> None:
    """A section of unreleased changes may come first."""
    sections = re.findall(r"^## \[(.+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    versions = sections[1:] if sections[0] == "Unreleased" else sections
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", name) for name in versions)
    assert versions[0] == PROJECT["version"] == version("souwen")


def test_every_supported_python_is_classified() -> None:
    pythons = [name.rpartition(" :: ")[2] for name in PROJECT["classifiers"] if ":: Python :: 3." in name]
    assert pythons == ["3.10", "3.11", "3.12", "3.13", "3.14"]
    assert PROJECT["requires-python"] == f">={pythons[0]}"


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:\w+/)+[\w.]+\.(?:py|txt|md|po))`", CONTRIBUTING + ARCHITECTURE)))
)
def test_files_named_in_the_guides_exist(path: str) -> None:
    assert (ROOT / path).is_file()


def test_scripts_named_in_contributing_exist() -> None:
    scripts = re.findall(r"^\.ci/[\w-]+", CONTRIBUTING, re.MULTILINE)
    assert len(scripts) == 3
    assert all((ROOT / script).is_file() for script in scripts)


def test_contributing_lists_the_targets_of_make() -> None:
    targets = set(re.findall(r"^([a-z][\w-]*):", MAKEFILE, re.MULTILINE))
    lines = re.findall(r"^make (.*?)(?:  |;|#)", CONTRIBUTING, re.MULTILINE)
    assert {target for line in lines for target in line.split()} == targets - {"demo", "clean"}


def locked(path: Path) -> list[Requirement]:
    lines = path.read_text("utf-8").splitlines()
    return [Requirement(line.removesuffix("\\")) for line in lines if re.match(r"\w", line)]


def test_the_lock_fits_the_ranges() -> None:
    """Each requirement has one locked version or more, by Python and system, and all of them are in its range."""
    extras = PROJECT["optional-dependencies"]
    required = [*PROJECT["dependencies"], *(line for lines in extras.values() for line in lines)]
    ranges = map(Requirement, [*required, *PYPROJECT["build-system"]["requires"]])
    versions: dict[str, list[str]] = {}
    for requirement in (*locked(LOCK / "build.txt"), *locked(LOCK / "dev.txt")):
        versions.setdefault(canonicalize_name(requirement.name), []).append(
            str(requirement.specifier).removeprefix("==")
        )
    for requirement in ranges:
        name = canonicalize_name(requirement.name)
        if name not in ("souwen", *ONLY_FOR_FIGURES):
            assert versions.get(name), f"{name} is not locked: run `make lock`"
            assert all(map(requirement.specifier.contains, versions[name])), (
                f"{requirement}, {versions[name]}: run `make lock`"
            )
    assert all(requirement in locked(LOCK / "dev.txt") for requirement in locked(LOCK / "source.txt"))


@pytest.mark.parametrize("path", sorted(LOCK.iterdir()), ids=lambda path: path.name)
def test_the_lock_has_hashes_and_no_places(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(locked(path)) == len(re.findall(r"^\w.* \\\n    --hash=sha256:", text, re.MULTILINE)) > 0
    assert not re.search(r"[/@]|--(?!hash=sha256:[0-9a-f]{64}\b)", text)


def test_hooks_check_the_types_of_every_package() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    assert hooks[-1]["entry"] == "make types"
    assert re.search(r"^types:.*(?:\n\t.*)* -p souwen\b", MAKEFILE, re.MULTILINE)


def test_make_reinstalls_after_a_change_of_any_package() -> None:
    packages = re.search(r"^PACKAGES := (.*)", MAKEFILE, re.MULTILINE)
    assert packages
    assert set(packages[1].split()) == PACKAGES
