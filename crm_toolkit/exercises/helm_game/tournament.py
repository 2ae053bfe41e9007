"""A tournament: a table from a folder of kept games. A broken file costs its owner a row and nobody else anything."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_toolkit.errors import CRMError, InputError, Problem
from crm_toolkit.exercises.helm_game.judged import total_score
from crm_toolkit.exercises.helm_game.played import load_game
from crm_toolkit.texts import format_number, say, say_count
from crm_toolkit.world.helm.parameters import QUARTERS
from crm_toolkit.world.helm.scenarios import TITLES
from crm_toolkit.world.helm.score import score_of

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["rank", "player", "scenario", "seed", "quarters", "total", "result", "forecasts", "log", "equity", "cash",
           "staff", "trust", "file", "note"]  # fmt: skip


@dataclass(frozen=True)
class Tournament:
    """A table of games and the files that could not be read; made by `tournament`.

    Parameters
    ----------
    table : DataFrame
        ``rank`` (1 is best; unfinished games have none), ``player``, ``scenario``, ``seed``, ``quarters``, ``total``
        and its parts ``result``, ``forecasts``, ``log``; points of ``equity``, ``cash``, ``staff``, ``trust``;
        ``file``, ``note``.
    broken : tuple of (str, str)
        File and what is wrong with it.
    """

    table: pd.DataFrame
    broken: tuple[tuple[str, str], ...] = field(default=())

    def __str__(self) -> str:
        import pandas as pd

        heads = (
            say("rank"),
            say("player"),
            say("scenario"),
            say("points"),
            say("result"),
            say("forecasts"),
            say("log"),
        )
        rows = [
            ("–" if row["rank"] is pd.NA else str(row["rank"]), row["player"], say(TITLES[row["scenario"]]),
             *(format_number(row[name], 1) for name in ("total", "result", "forecasts", "log")))
            for row in self.table.to_dict("records")
        ]  # fmt: skip
        widths = [max(len(row[place]) for row in (heads, *rows)) for place in range(len(heads))]
        lines = ["  ".join(cell.ljust(width) if place < 3 else cell.rjust(width)
                           for place, (cell, width) in enumerate(zip(row, widths, strict=True)))
                 for row in (heads, *rows)]  # fmt: skip
        lines += [f"• {row['file']}: {row['note']}" for row in self.table.to_dict("records") if row["note"]]
        if self.broken:
            lines += ["", say_count("{count} file can't be read:", "{count} files can't be read:", len(self.broken))]
            lines += [f"• {name}: {what}" for name, what in self.broken]
        return "\n".join(lines)


def tournament(folder: str | os.PathLike[str], *, progress: Callable[[int, int], object] | None = None) -> Tournament:
    """Replay every kept game of a folder and put them in order.

    Parameters
    ----------
    folder : path
        Its ``*.json`` files are read; nothing is written.
    progress : callable, optional
        Called with the number done and the number of all.

    Returns
    -------
    Tournament
        Finished games first, the best at the top; ties share a rank.

    Raises
    ------
    InputError
        If there is no such folder, or no file in it.
    """
    import pandas as pd

    place = Path(folder)
    files = sorted(place.glob("*.json")) if place.is_dir() else []
    if not files:
        what = (say("There is no file *.json in “{path}”.", path=place) if place.is_dir()
                else say("There is no folder “{path}”.", path=place))  # fmt: skip
        raise InputError(say("There is no tournament."), [Problem("no_file", what)])
    rows: list[dict[str, Any]] = []
    broken: list[tuple[str, str]] = []
    for done, file in enumerate(files, start=1):
        try:
            rows.append(_row(file))
        except CRMError as letter:
            problems = getattr(letter, "problems", ())
            broken.append((file.name, " ".join(str(problem).replace("\n", " ") for problem in problems) or str(letter)))
        except (ArithmeticError, ValueError, TypeError, KeyError, OSError) as surprise:
            broken.append((file.name, say("it can't be replayed: {reason}", reason=surprise)))
        if progress is not None:
            progress(done, len(files))
    rows.sort(key=lambda row: (row["quarters"] < QUARTERS, -row["total"], row["file"]))
    finished = [row["total"] for row in rows if row["quarters"] >= QUARTERS]
    for row in rows:
        row["rank"] = finished.index(row["total"]) + 1 if row["quarters"] >= QUARTERS else None
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["rank"] = table["rank"].astype("Int64")
    return Tournament(table, tuple(broken))


def _row(file: Path) -> dict[str, Any]:
    played = load_game(file)
    if not played.quarters:
        raise InputError(say("The game has not begun."), [Problem("empty", say("No quarter was played yet."))])
    parts = score_of(played.game.passages, people=played.game.people)
    notes = []
    if len(played.quarters) < QUARTERS:
        notes.append(say("unfinished: quarter {number} of {count}", number=len(played.quarters), count=QUARTERS))
    if not played.same_engine:
        notes.append(say("played with another version of the engine: numbers may differ"))
    own = played.setup
    return {
        "player": own.player or file.stem, "scenario": own.scenario, "seed": int(own.seed),
        "quarters": len(played.quarters), **{name: round(value, 2) for name, value in total_score(played).items()},
        **{name: round(getattr(parts, name), 2) for name in ("equity", "cash", "staff", "trust")},
        "file": file.name, "note": "; ".join(notes),
    }  # fmt: skip
