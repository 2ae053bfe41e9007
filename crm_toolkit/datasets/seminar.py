"""Data for a seminar: what an organisation has written down, for the students, and what is true, for the instructor.

``students/``    the tables as three departments filed them, with slips; a data dictionary; questions
``instructor/``  ``clean/`` the tables of the world, ``twins/`` the students' tables without a slip, ``truth/`` what
                 nobody in the organisation sees, ``matches.csv`` who each record is, ``slips.csv`` every slip

The students' folder doesn't tell the seed, because the seed gives the answers to everybody who has the package.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from crm_toolkit.datasets.headers import header
from crm_toolkit.datasets.observed_tables import MATCHES, SILO_TABLES, SLIPS, observed_tables
from crm_toolkit.datasets.seminar_texts import instructors_page, students_page
from crm_toolkit.datasets.table_files import dictionary_bytes, files_of, in_words
from crm_toolkit.datasets.worlds import ORIGIN, TABLES, file_records, json_bytes
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import TRUTH_TABLES, WORLD_TABLES, Table
from crm_toolkit.texts import language, say
from crm_toolkit.world.observation import Observed, observe
from crm_toolkit.world.observed.dirt import Dirt
from crm_toolkit.world.setting import scenario as open_scenario
from crm_toolkit.world.simulation import MOST_IN_MEMORY, World, checked_spec, simulate

PARTS = ("students", "instructor")
_TRUTH = {f"truth/{name}": replace(table, name=f"truth/{name}") for name, table in TRUTH_TABLES.items()}


@dataclass(frozen=True)
class Seminar:
    """What was written: where, how many customers, records, slips and files."""

    folder: Path
    customers: int
    records: int
    slips: int
    files: int


def write_seminar(
    folder: str | Path,
    *,
    scenario: str,
    seed: int = 1,
    difficulty: str = "normal",
    customers: int = 300,
    weeks: int = 104,
    locale: str | None = None,
) -> Seminar:
    """Write the data of a seminar into two folders, one for the students and one for the instructor.

    Parameters
    ----------
    folder : path
        Where ``students`` and ``instructor`` will stand; it is made if it is missing.
    scenario : str
        One of `crm_toolkit.world.setting.scenario_names`.
    seed : int
        Another seed is another organisation with other people.
    difficulty : {"none", "easy", "normal", "hard"}
        How many slips there are (`crm_toolkit.world.observed.dirt.Dirt`).
    customers, weeks : int
        Size of the world.
    locale : {"en_US", "ru_RU"}, optional
        Names, money and the form of the files: for ``ru_RU`` Russian Excel opens them. By default that of the
        reader's language.

    Returns
    -------
    Seminar

    Raises
    ------
    InputError
        All problems at once: an unknown scenario, level or locale, a number outside its range, a folder that can't
        be written or holds such data already. Then nothing is written.

    Examples
    --------
    >>> place = Path(tempfile.mkdtemp()) / "seminar"
    >>> made = write_seminar(place, scenario="clinic", seed=7, difficulty="hard", customers=40, weeks=30)
    >>> sorted(path.name for path in place.iterdir())
    ['instructor', 'students']
    >>> len(pd.read_csv(place / "instructor" / "slips.csv")) == made.slips
    True
    """
    target = Path(folder)
    chosen = _checked(target, scenario, locale, difficulty, customers=customers, weeks=weeks, seed=seed)
    world = simulate(chosen, customers=customers, weeks=weeks, seed=seed)
    with language(chosen.locale):
        seen = _observed(world, difficulty)
        students = _students(world, seen)
        instructor = _instructor(world, seen, difficulty, students)
    _write(target, {"students": students, "instructor": instructor})
    people = len(world.tables["customers"])
    return Seminar(target, people, len(seen.matches), len(seen.changes), len(students) + len(instructor))


def _checked(target: Path, name: str, locale: str | None, difficulty: str, **numbers: int) -> Any:
    """The scenario, after a look at everything that can be wrong."""
    problems: list[Problem] = []
    chosen = open_scenario("barbershop")
    checks = (
        lambda: open_scenario(name, locale=locale),
        lambda: checked_spec(chosen, None, **numbers, most=MOST_IN_MEMORY),
        lambda: Dirt.level(difficulty),
    )
    found = []
    for check in checks:
        try:
            found.append(check())
        except InputError as letter:
            problems += letter.problems
    taken = [part for part in PARTS if (target / part).exists()]
    above = next((place for place in (target, *target.absolute().parents) if place.exists()), target)
    if taken:
        what = say("“{folder}” holds “{name}” already.", folder=target, name=taken[0])
        problems.append(Problem("taken", what, advice=say("Name another folder, or remove the old data first.")))
    elif not above.is_dir():
        what = say("“{path}” is a file; a folder is needed.", path=above)
        problems.append(Problem("not_a_folder", what))
    if problems:
        raise InputError(say("The data of the seminar were not written."), problems)
    return found[0]


def _observed(world: World, difficulty: str) -> Observed:
    """What the organisation wrote down; in Russian with Russian words, so that slips fall into these."""
    chosen = world.spec.scenario
    clean = {name: world.tables[name] for name in WORLD_TABLES}
    if chosen.locale == "ru_RU":
        kinds = clean["contacts"]["kind"]
        clean = {name: in_words(frame, WORLD_TABLES[name]) for name, frame in clean.items()}
        clean["contacts"]["kind"] = kinds  # by this code departments know what is theirs
    return observe(clean, seed=world.spec.seed, dirt=difficulty, locale=chosen.locale)


def _students(world: World, seen: Observed) -> dict[str, bytes]:
    locale, tables = world.spec.scenario.locale, observed_tables(seen.tables)
    files = files_of(seen.tables, tables, locale=locale)
    coded = {name: world.tables[name] for name in WORLD_TABLES}
    coded |= dict.fromkeys(SILO_TABLES, coded["customers"].rename(columns={"acquisition_channel": "source"}))
    present = [(table, coded[name]) for name, table in tables.items() if f"{name}.csv" in files]
    files[f"dictionary.{locale[:2]}.csv"] = dictionary_bytes(present, locale=locale)
    files["README.txt"] = students_page(world, seen)
    return files


def _instructor(world: World, seen: Observed, difficulty: str, students: Mapping[str, bytes]) -> dict[str, bytes]:
    locale = world.spec.scenario.locale
    frames: dict[str, pd.DataFrame] = {f"truth/{name}": world.truth[name] for name in TRUTH_TABLES}
    frames |= {"matches": seen.matches, "slips": _slips_as_text(seen.changes, locale)}
    tables: dict[str, Table] = {**_TRUTH, "matches": MATCHES, "slips": SLIPS}
    files = files_of(world.tables, TABLES, locale=locale, folder="clean/")
    files |= files_of(seen.twins, observed_tables(seen.twins), locale=locale, folder="twins/")
    files |= files_of(frames, tables, locale=locale)
    present = [(table, world.tables[name]) for name, table in TABLES.items() if f"clean/{name}.csv" in files]
    present += [(table, frames[name]) for name, table in tables.items() if f"{name}.csv" in files]
    files[f"dictionary.{locale[:2]}.csv"] = dictionary_bytes(present, locale=locale)
    command = _command(world, difficulty)
    files["README.txt"] = instructors_page(world, seen, command)
    return files | {"manifest.json": _manifest(world, difficulty, command, students, files)}


def _slips_as_text(changes: pd.DataFrame, locale: str) -> pd.DataFrame:
    """The slips with columns under the names of the students' files and values as these show them."""
    frame = changes.copy()
    if locale == "ru_RU":
        frame["column"] = [header(*names) for names in zip(frame["table"], frame["column"], strict=True)]
    for side in ("clean", "observed"):
        frame[side] = [_as_text(value, locale) for value in frame[side].tolist()]
    return frame


def _as_text(value: Any, locale: str) -> str:
    """A value as the students' files show it.

    >>> _as_text(pd.Timestamp("2025-03-01 10:00"), "ru_RU"), _as_text(2.5, "ru_RU"), _as_text(float("nan"), "ru_RU")
    ('01.03.2025 10:00', '2,5', '')
    """
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.strftime("%d.%m.%Y %H:%M" if locale == "ru_RU" else "%Y-%m-%d %H:%M")
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return text.replace(".", ",") if locale == "ru_RU" and isinstance(value, float) else text


def _command(world: World, difficulty: str) -> str:
    spec = world.spec
    return (
        f"crm-toolkit dataset --scenario {spec.scenario.name} --seed {spec.seed} --difficulty {difficulty} "
        f"--customers {spec.customers} --weeks {spec.weeks} --locale {spec.scenario.locale}"
    )


def _manifest(
    world: World, difficulty: str, command: str, students: Mapping[str, bytes], instructor: Mapping[str, bytes]
) -> bytes:
    spec, told = world.spec, world.spec.scenario
    every = {f"students/{name}": content for name, content in students.items()}
    every |= {f"instructor/{name}": content for name, content in instructor.items()}
    rows = {name: content.count(b"\n") - 1 for name, content in every.items() if name.endswith(".csv")}
    return json_bytes(
        {
            "scenario": told.name,
            "seed": spec.seed,
            "difficulty": difficulty,
            "customers": spec.customers,
            "weeks": spec.weeks,
            "start": told.start.isoformat(),
            "time_zone": told.time_zone,
            "currency": told.currency,
            "locale": told.locale,
            "generator_version": told.version,
            "scenario_fingerprint": told.fingerprint(),
            "made_by": command,
            "origin": ORIGIN,
            "files": file_records(every, rows),
        }
    )


def _write(target: Path, parts: Mapping[str, Mapping[str, bytes]]) -> None:
    """Write all files beside their places, then move both folders there; after a mishap nothing is left."""
    made = [place for place in (target, *target.absolute().parents) if not place.exists()]
    moved: list[Path] = []
    hidden: Path | None = None
    try:
        target.mkdir(parents=True, exist_ok=True)
        hidden = Path(tempfile.mkdtemp(prefix=".seminar-", suffix=".partial", dir=target))
        for part, files in parts.items():
            for name, content in files.items():
                path = hidden / part / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        for part in parts:
            moved.append((hidden / part).rename(target / part))
        hidden.rmdir()
    except BaseException as mishap:
        for place in (*moved, *([hidden] if hidden else [])):
            shutil.rmtree(place, ignore_errors=True)
        for place in made:
            with suppress(OSError):
                place.rmdir()
        if not isinstance(mishap, OSError):
            raise
        what = say("The folder “{path}” can't be written to: {reason}.", path=target, reason=mishap.strerror or mishap)
        problem = Problem("not_writable", what, advice=say("Name another folder."))
        raise InputError(say("The data of the seminar were not written."), [problem]) from mishap
