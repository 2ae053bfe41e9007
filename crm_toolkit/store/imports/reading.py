"""The file through `intake`, with the number that each row has in the user's own program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.intake import Hints, Report
from crm_toolkit.intake.contacts import build_contacts
from crm_toolkit.intake.customers import build_customers
from crm_toolkit.intake.preview import FORMS
from crm_toolkit.intake.purchases import build_purchases
from crm_toolkit.intake.read import grid_of
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, say

LAYOUT = ("encoding", "delimiter", "sheet", "header_row")
ABOUT_VALUES = tuple(one.name for one in fields(Hints))


@dataclass(frozen=True)
class Source:
    """A file as it was read.

    Parameters
    ----------
    frame : DataFrame
        As `datasets.read_customers` and its sisters give it.
    rows : ndarray
        Number of each row in the file.
    report : Report
    """

    frame: pd.DataFrame
    rows: np.ndarray
    report: Report

    def has(self, name: str) -> bool:
        """Whether the file has a column for a field."""
        return name in self.report.columns


def split_hints(hints: Mapping[str, Any], known: tuple[str, ...]) -> tuple[dict[str, Any], Hints, dict[str, Any]]:
    """Options of a call, by what they are about: how the file is laid out, its values, the rest."""
    allowed = (*LAYOUT, *ABOUT_VALUES, *known)
    problems = []
    for name in hints:
        if name not in allowed:
            close = near_misses(name, allowed)
            advice = say("Did you mean `{close}`?", close=close[0]) if close else say(
                "Allowed: {names}.", names=join_names(f"`{one}`" for one in allowed))  # fmt: skip
            problems.append(Problem("unknown_option", say("There is no option `{name}`.", name=name), advice=advice,
                                    column=name))  # fmt: skip
    if problems:
        raise InputError(say("The file can't be imported."), problems)
    layout = {name: hints[name] for name in LAYOUT if name in hints}
    values = Hints(**{name: hints[name] for name in ABOUT_VALUES if name in hints})
    return layout, values, {name: hints[name] for name in known if name in hints}


def read(
    source: Any, entity: str, columns: Mapping[str, object], layout: Mapping[str, Any], hints: Hints,
    kinds: Mapping[str, str] | None, name: str,
) -> Source:  # fmt: skip
    """Read a file as one of the three tables, or refuse it with everything that is wrong."""
    grid, cells, used, findings = grid_of(source, FORMS[entity], columns, hints, layout, name, None)
    rows = np.asarray(grid.rows)
    if entity == "contacts":
        frame, report = build_contacts(grid, cells, used, findings, kinds)
    else:
        frame, report = (build_customers if entity == "customers" else build_purchases)(grid, cells, used, findings)
    if len(frame) != len(rows):
        dropped = [row for drop in report.dropped for row in drop.rows]
        rows = rows[~np.isin(rows, dropped)]
    if len(frame) != len(rows):  # rows that nobody listed are gone: places in the table are better than wrong numbers
        rows = np.arange(1, len(frame) + 1)
    return Source(frame.reset_index(drop=True), rows, report)
