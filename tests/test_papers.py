"""What is said about the project is true of it: licences, versions, files that are named."""

import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from .conftest import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
ROOMS = {Path(folder).parts[0] for folder in PYPROJECT["tool"]["setuptools"]["package-dir"].values()}
FOR_WORK = {"dev", "bench", "docs", "examples"}
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
    assert named == {"test", "soak", "lint", "reference", "messages", "licences"}
    assert named <= set(rules)


def test_hooks_check_the_types_of_every_room() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    assert set(re.findall(r"-p souwen\.(\w+)", hooks[-1]["entry"])) == ROOMS
