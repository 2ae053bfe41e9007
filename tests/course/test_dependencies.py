"""pyproject.toml, the locks, environment.yml and docs/dependencies.md say the same."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import course

ROOT = Path(course.__file__).resolve().parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = (course.BASE, course.DEV, course.SPARK)
every_lock = pytest.mark.parametrize("lock", LOCKS)


def asked_by(*extras):
    """The requirements of the base and of these extras, the extras that they name included."""
    found = [Requirement(line) for line in PROJECT["dependencies"]]
    waiting = list(extras)
    while waiting:
        for need in map(Requirement, EXTRAS[waiting.pop()]):
            waiting.extend(need.extras) if need.name == PROJECT["name"] else found.append(need)
    return found


def locked_in(*locks):
    """Name → the versions that the locks give it."""
    found = {}
    for lock in locks:
        for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
            need = Requirement(line)
            (pin,) = need.specifier
            assert pin.operator == "==", line
            found.setdefault(canonicalize_name(need.name), []).append(pin.version)
    return found


@pytest.mark.parametrize(
    ("locks", "extras"),
    [(LOCKS[:1], ["course"]), (LOCKS[:2], ["course", "dev"]), (LOCKS, ["course", "dev", "spark"])],
)
def test_every_requirement_is_locked_within_its_limits(locks, extras):
    locked = locked_in(*locks)
    for need in asked_by(*extras):
        versions = locked.get(canonicalize_name(need.name))
        assert versions, f"{need.name} is in none of {locks}"
        assert all(need.specifier.contains(version) for version in versions), (str(need), versions)


@every_lock
def test_lock_holds_names_and_versions_and_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    for line in text.splitlines():
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; [\w .'<>=!()*-]+)?", line), line
    assert not re.search(r"://|--|@|\bfile:|/", text)


def test_locks_do_not_overlap():
    first, second, third = (set((ROOT / lock).read_text(encoding="utf-8").splitlines()) for lock in LOCKS)
    assert not first & second
    assert not (first | second) & third
    assert not set(locked_in(course.BASE)) & set(locked_in(course.DEV)), "one package, two versions"


def test_lessons_need_none_of_the_heavy_tools():
    assert not {"pyspark", "ruff", "mypy", "playwright", "sphinx", "polars"} & set(locked_in(course.BASE))


def test_course_can_be_installed_from_its_folder_without_a_network():
    (backend,) = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    assert canonicalize_name(Requirement(backend).name) in locked_in(course.BASE)


def rows():
    """Package → its row of the page, under the heading of its extra."""
    found, heading = {}, ""
    for line in (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading = line
        row = re.match(r"\| `([\w.-]+)` \| (.+?) \|", line)
        if row:
            assert row[1] not in found, f"{row[1]} stands there twice"
            found[row[1]] = (heading, row[2])
    return found


def test_every_dependency_has_a_reason_and_every_reason_a_dependency():
    declared = {Requirement(line).name for line in PROJECT["dependencies"]}
    for lines in EXTRAS.values():
        declared |= {Requirement(line).name for line in lines}
    assert set(rows()) == declared - {PROJECT["name"]}


@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_reason_stands_under_the_heading_of_its_extra(extra):
    for need in map(Requirement, EXTRAS[extra]):
        if need.name != PROJECT["name"]:
            heading, _ = rows()[need.name]
            assert f"`{extra}`" in heading, need.name


def test_conda_environment_agrees_with_the_project():
    recipe = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python = next(line for line in recipe["dependencies"] if str(line).startswith("python "))
    allowed = SpecifierSet(python.removeprefix("python "))
    supported = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", line)]
    assert supported == [*course.VERSIONS]
    assert all(allowed.contains(f"{version}.1") for version in supported)
    lowest, highest = (tuple(map(int, supported[place].split("."))) for place in (0, -1))
    assert not allowed.contains(f"{lowest[0]}.{lowest[1] - 1}.9")
    assert not allowed.contains(f"{highest[0]}.{highest[1] + 1}.0")
    assert SpecifierSet(PROJECT["requires-python"]).contains(f"{supported[0]}.0")
    assert PROJECT["requires-python"] == f">={course.WANTED}"
    assert "pip" in recipe["dependencies"]
    (installed,) = next(line["pip"] for line in recipe["dependencies"] if isinstance(line, dict))
    assert installed == "-e .[course]"
    assert recipe["name"] == PROJECT["name"]


def test_makefile_has_the_words_of_course_py():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (targets,) = re.findall(r"^([\w ]+):\n\t\$\(PYTHON\) course\.py \$@", text, re.M)
    assert set(targets.split()) == set(course.COMMANDS)


def test_ci_runs_the_suite():
    assert "python3 course.py test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
