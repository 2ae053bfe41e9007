"""``crm-toolkit dataset``: the data of a seminar, one folder for the students and one for the instructor."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from crm_toolkit.texts import format_number, say

_CUSTOMERS, _WEEKS, _SEED, _DIFFICULTY = 300, 104, 7, "normal"


def add_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    dataset = commands.add_parser(
        "dataset",
        parents=[common],
        help=say("write the data of a seminar"),
        description=say(
            "Writes what an invented organisation knows about its customers: scattered over departments and full of "
            "slips for the students, clean and with the truth for the instructor."
        ),
    )
    dataset.add_argument("--scenario", metavar="SCENARIO", required=True, help=say("such as clinic"))
    dataset.add_argument("--difficulty", metavar="LEVEL", default=_DIFFICULTY,
                         help=say("how many slips: none, easy, normal or hard; {level} without it",
                                  level=_DIFFICULTY))  # fmt: skip
    for name, default, about in (
        ("seed", _SEED, say("another seed is another world; {number} without it", number=_SEED)),
        ("customers", _CUSTOMERS, say("number of customers; {number} without it", number=format_number(_CUSTOMERS))),
        ("weeks", _WEEKS, say("number of weeks; {number} without it", number=_WEEKS)),
    ):
        dataset.add_argument(f"--{name}", type=int, default=default, metavar="N", help=about)
    dataset.add_argument(
        "--locale",
        metavar="LOCALE",
        help=say("en_US or ru_RU (for Russian Excel); that of the spoken language without it"),
    )
    dataset.add_argument(
        "--out", metavar="FOLDER", type=Path, help=say("the folder; one named after the scenario without it")
    )
    dataset.set_defaults(run=_dataset)


def _dataset(asked: argparse.Namespace) -> int:
    """Write the folders and say what is in them."""
    from crm_toolkit.datasets.seminar import write_seminar

    made = write_seminar(
        asked.out or Path(f"{asked.scenario}-{asked.seed}-{asked.difficulty}"),
        scenario=asked.scenario,
        seed=asked.seed,
        difficulty=asked.difficulty,
        customers=asked.customers,
        weeks=asked.weeks,
        locale=asked.locale,
    )
    print(say("{path}: for the students", path=made.folder / "students"))
    print(say("{path}: for the instructor", path=made.folder / "instructor"))
    print(
        say(
            "{people} customers stand in {records} records of three lists; {slips} slips were planted.",
            people=format_number(made.customers),
            records=format_number(made.records),
            slips=format_number(made.slips),
        )
    )
    return 0
