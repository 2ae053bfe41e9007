"""``crm-toolkit generate``: write a world to a folder, go on where it was interrupted, check what is there."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_toolkit.cli.progress import progress
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, say, say_count

if TYPE_CHECKING:
    from crm_toolkit.world.files.manifest import Manifest
    from crm_toolkit.world.writing import Progress

_CUSTOMERS, _WEEKS, _SEED = 10_000, 104, 7
_LOCALES = ("en_US", "ru_RU")
_SWITCHES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def add_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    generate = commands.add_parser(
        "generate",
        parents=[common],
        help=say("write the tables of a simulated service organisation"),
        description=say(
            "Simulates a service organisation with its customers and writes its tables as Parquet files. The same "
            "command goes on where an interrupted one ended; the files are the same whatever the number of processes."
        ),
    )
    generate.add_argument(
        "scenario", nargs="?", metavar="SCENARIO", help=say("such as barbershop; without it only `--check` is done")
    )
    generate.add_argument("--out", metavar="FOLDER", type=Path, required=True, help=say("the folder of the tables"))
    for name, default, about in (
        ("customers", _CUSTOMERS, say("number of customers; {number} without it", number=format_number(_CUSTOMERS))),
        ("weeks", _WEEKS, say("number of weeks; {number} without it", number=_WEEKS)),
        ("seed", _SEED, say("another seed is another world; {number} without it", number=_SEED)),
        ("block-size", None, say("customers that a process holds in memory; as many as suits the world without it")),
        ("workers", os.cpu_count() or 1, say("processes side by side; as many as the computer has cores without it")),
    ):  # fmt: skip
        generate.add_argument(f"--{name}", type=_whole, default=default, metavar="N", help=about)
    generate.add_argument(
        "--truth", action="store_true", help=say("write the tables of truth as well: traits, states, effects")
    )
    generate.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUE",
        help=say("change numbers and mechanisms of the scenario, such as failure_share=0.1 season=off"),
    )
    generate.add_argument(
        "--locale", choices=_LOCALES, help=say("names, places and money; those of the spoken language without it")
    )
    generate.add_argument(
        "--check",
        action="store_true",
        help=say("check the folder: keys, references, sums, digests, calibration; exit code 1 if not so"),
    )
    generate.set_defaults(run=_generate)


def _whole(text: str) -> int:
    """A whole number as people write it: 1_000_000 or 1e6."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
        if number == int(number):
            return int(number)
    except (ValueError, OverflowError):
        pass
    raise argparse.ArgumentTypeError(say("“{text}” is not a whole number; write it as 1000000 or 1_000_000", text=text))


def _generate(asked: argparse.Namespace) -> int:
    """Write, tell, check: the job of ``crm-toolkit generate``."""
    if not asked.scenario and not asked.check:
        from crm_toolkit.world.setting import scenario_names

        what = say("Name a scenario, or take --check to look at a folder that is written.")
        advice = say("Possible: {names}.", names=", ".join(scenario_names()))
        raise InputError(say("The command can't be carried out."), [Problem("which_scenario", what, advice=advice)])
    if asked.scenario:
        _write(asked)
    return _check(asked.out) if asked.check else 0


def _write(asked: argparse.Namespace) -> None:
    from crm_toolkit.world.block import WorldSpec
    from crm_toolkit.world.setting import scenario
    from crm_toolkit.world.writing import write_world

    chosen = scenario(asked.scenario, locale=asked.locale, **_changes(asked.set))
    spec = WorldSpec(chosen, chosen.policy, customers=asked.customers, weeks=asked.weeks, seed=asked.seed)
    began = time.perf_counter()
    with progress(say("Generating"), log=True) as tell:
        pace = _Pace(tell)
        manifest = write_world(
            spec, asked.out, block_size=asked.block_size, workers=asked.workers, truth=asked.truth, progress=pace
        )
    if pace.found:
        print(say_count("{count} block was there already.", "{count} blocks were there already.", pace.found))
    print("\n".join(_table_lines(manifest)))
    seconds = time.perf_counter() - began
    print(
        say_count(
            "{count} row written to {folder} in {seconds} s.",
            "{count} rows written to {folder} in {seconds} s.",
            pace.rows,
            folder=asked.out,
            seconds=format_number(seconds, 1),
        )
    )


class _Pace:
    """Blocks done, rows a second and the time that is left, told after every block."""

    def __init__(self, tell: Callable[..., None]):
        self.tell, self.began = tell, time.perf_counter()
        self.found = self.rows = 0

    def __call__(self, state: Progress) -> None:
        self.found, self.rows = state.found, state.rows
        seconds = time.perf_counter() - self.began
        made = state.done - state.found
        step = say_count("{done} of {count} block", "{done} of {count} blocks", state.blocks, done=state.done)
        after = ""
        if made:
            left = round(seconds / made * (state.blocks - state.done))
            after = say("{rows} rows/s, {minutes}:{seconds} left", rows=format_number(round(state.rows / seconds)),
                        minutes=left // 60, seconds=f"{left % 60:02d}")  # fmt: skip
        self.tell(state.done / max(state.blocks, 1), step, after)


def _changes(words: list[str]) -> dict[str, bool | float | int]:
    """``name=value`` words as values; all that are wrong in one letter."""
    changes: dict[str, bool | float | int] = {}
    problems = []
    for word in words:
        name, equals, text = word.partition("=")
        try:
            if not equals or not name.strip():
                raise ValueError
            changes[name.strip().replace("-", "_")] = _value(text.strip())
        except ValueError:
            what = say("“{word}” is no change of a number or a switch.", word=word)
            advice = say("Write it like failure_share=0.1 or season=off.")
            problems.append(Problem("not_a_change", what, advice=advice))
    if problems:
        raise InputError(say("The command can't be carried out."), problems)
    return changes


def _value(text: str) -> bool | int | float:
    if text.lower() in _SWITCHES:
        return _SWITCHES[text.lower()]
    return int(text) if text.lstrip("+-").isdigit() else float(text)


def _table_lines(manifest: Manifest) -> list[str]:
    heads = (say("table"), say("rows"), "MB")
    rows = [(name, format_number(record.rows), format_number(record.bytes / 1e6, 1))
            for name, record in manifest.tables.items()]  # fmt: skip
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(3)]
    return [
        f"  {row[0].ljust(widths[0])}  {row[1].rjust(widths[1])}  {row[2].rjust(widths[2])}" for row in [heads, *rows]
    ]


def _check(folder: Path) -> int:
    from crm_toolkit.world.checks import check_folder

    with progress(say("Checking")) as tell:
        report = check_folder(folder, digests=True, progress=tell)
    print(report)
    if not report.ok:
        return 1
    with progress(say("Comparing with published figures")):
        calibration = _calibration(folder)
    print(f"\n{calibration}")
    return 0


def _calibration(folder: Path) -> str:
    """The calibration report, or why there is none; it never decides whether a folder is sound."""
    from crm_toolkit.world.calibration import calibration_of_folder

    try:
        return str(calibration_of_folder(folder))
    except InputError as letter:
        return str(letter)
