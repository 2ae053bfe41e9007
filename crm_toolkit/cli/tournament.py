"""``crm-toolkit tournament``: a table from a folder of games at the helm."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from crm_toolkit.cli.progress import progress
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say


def add_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    about = say("put saved games at the helm in order")
    command = commands.add_parser("tournament", parents=[common], help=about, description=say(
        "Replays every saved game of a folder and prints a table, the best first. A file that can't be read is told "
        "and stops nothing."))  # fmt: skip
    command.add_argument("folder", metavar="FOLDER", type=Path, help=say("the folder with the games (*.json)"))
    command.add_argument("--out", metavar="FILE", type=Path, help=say("write the table as CSV too"))
    command.set_defaults(run=_tournament)


def _tournament(asked: argparse.Namespace) -> int:
    """Replay, tell, write: the job of ``crm-toolkit tournament``."""
    from crm_toolkit.exercises.helm_game import tournament

    with progress(say("Replaying")) as tell:
        found = tournament(asked.folder, progress=lambda done, count: tell(done / count))
    print(found)
    if asked.out:
        try:
            found.table.to_csv(asked.out, index=False, encoding="utf-8-sig")
        except OSError as error:
            what = say("“{path}” can't be written: {reason}.", path=asked.out, reason=error.strerror or error)
            raise InputError(say("The table was not written."), [Problem("not_writable", what)]) from error
        print(say("The table is here: “{path}”.", path=asked.out))
    return 1 if found.broken and found.table.empty else 0
