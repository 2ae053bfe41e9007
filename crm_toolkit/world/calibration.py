"""The calibration report: what a world shows beside what has been published, and what is only assumed.

    measured figure ± Monte Carlo error   |   published number or range, with its source   |   within, outside

A figure is *outside* only if the whole 95 % interval of the simulated value lies outside the published range with
its tolerance, so a small world is not blamed for its luck. Published numbers of one trade say little about another:
each one is used for the scenarios for which it makes sense, and where there is none the report says *assumption*.

calibration_figures    the figures; calibration_published what is known of them
calibration_line       one figure in words
calibration_evidence   tables with what measuring needs; errors with customers as clusters
calibration_buying, calibration_service, calibration_truth   how each figure is measured
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import format_number, say
from crm_toolkit.world.calibrating.evidence import Evidence
from crm_toolkit.world.calibrating.figures import FIGURES
from crm_toolkit.world.calibrating.line import ASSUMPTION, OUTSIDE, STATUSES, UNITS, UNMEASURED, WITHIN, Line, note
from crm_toolkit.world.setting import Scenario, scenario

if TYPE_CHECKING:
    import os

    import pandas as pd

    from crm_toolkit.world.simulation import World

_NEEDED = (
    "branches", "products", "customers", "campaigns", "contracts", "assignments", "touches", "orders", "order_lines",
    "payments", "receivables", "contacts", "complaints", "loyalty_ledger", "surveys", "capacity",
)  # fmt: skip


@dataclass(frozen=True)
class CalibrationReport:
    """A world beside published figures; made by `calibration_report`. ``str()`` of it is for people.

    Parameters
    ----------
    scenario : Scenario
    customers, weeks : int
        How large the world is.
    lines : tuple of Line
    """

    scenario: Scenario
    customers: int
    weeks: int
    lines: tuple[Line, ...]

    @property
    def table(self) -> pd.DataFrame:
        """All figures, in the reader's language.

        Returns
        -------
        DataFrame
            ``figure`` (code), ``label``, ``unit``; ``simulated``, ``error`` (Monte Carlo standard error), ``low``,
            ``high`` (95 % interval); ``published_low``, ``published_high`` (missing: no bound), ``tolerance``,
            ``source`` (a citation, or ``assumption``); ``status`` (code: ``within``, ``outside``, ``assumption``,
            ``not_measured``), ``note``. Shares are fractions.
        """
        import pandas as pd

        rows = []
        for line in self.lines:
            low, high = line.interval or (None, None)
            known = line.published
            rows.append({
                "figure": line.figure.code,
                "label": say(line.figure.label),
                "unit": say(UNITS[line.figure.unit]),
                "simulated": line.value,
                "error": line.error,
                "low": low,
                "high": high,
                "published_low": known.low if known else None,
                "published_high": known.high if known else None,
                "tolerance": known.tolerance if known else None,
                "source": say(known.source) if known else say(STATUSES[ASSUMPTION]),
                "status": line.status,
                "note": note(line),
            })  # fmt: skip
        frame = pd.DataFrame(rows)
        numbers = ["simulated", "error", "low", "high", "published_low", "published_high", "tolerance"]
        return frame.astype(dict.fromkeys(numbers, float))

    def __getitem__(self, code: str) -> Line:
        for line in self.lines:
            if line.figure.code == code:
                return line
        raise KeyError(code)

    def of_status(self, status: str) -> tuple[Line, ...]:
        """The lines with a status."""
        return tuple(line for line in self.lines if line.status == status)

    @property
    def unexplained(self) -> tuple[Line, ...]:
        """What lies outside its published range without a known reason."""
        return tuple(line for line in self.of_status(OUTSIDE) if line.published and not line.published.excuse)

    @property
    def origins(self) -> dict[str, int]:
        """How many numbers and lists of the scenario have which origin."""
        return dict(sorted(Counter(origin.kind for origin in self.scenario.origins.values()).items()))

    def __str__(self) -> str:
        counts = {status: len(self.of_status(status)) for status in STATUSES}
        head = say(
            "Scenario “{name}”, {customers} customers, {weeks} weeks. Within the published range: {within}, "
            "outside: {outside}, assumptions without a published figure: {assumed}, not measured: {unmeasured}.",
            name=self.scenario.name, customers=format_number(self.customers), weeks=format_number(self.weeks),
            within=counts[WITHIN], outside=counts[OUTSIDE], assumed=counts[ASSUMPTION], unmeasured=counts[UNMEASURED],
        )  # fmt: skip
        lines = [head]
        signs = {WITHIN: "✓", OUTSIDE: "✗", ASSUMPTION: "·", UNMEASURED: " "}
        for line in self.lines:
            text = f"{signs[line.status]} {line.label}: {line.said_value}"
            if line.published:
                text += "; " + say("published: {value}", value=line.said_published)
                if line.said_accepted:
                    text += ", " + say("accepted: {value}", value=line.said_accepted)
                text += f" [{say(line.published.source)}]"
            more = note(line)
            lines.append(text + (f"; {more}" if more else ""))
        return "\n".join(lines)


@with_kinds_told
def calibration_report(
    world: World | Mapping[str, pd.DataFrame],
    scenario: Scenario | None = None,
    *,
    truth: Mapping[str, pd.DataFrame] | None = None,
) -> CalibrationReport:
    """Set the figures of a world beside published ones.

    Parameters
    ----------
    world : World, or mapping of str to DataFrame
        A world of `simulate`, or its tables of record by name (`schema.WORLD_TABLES`).
    scenario : Scenario, optional
        Needed with a mapping; a World has its own.
    truth : mapping of str to DataFrame, optional
        The tables ``customers`` and ``orders`` of truth, with a mapping; without them what needs the truth is not
        measured.

    Returns
    -------
    CalibrationReport
        ``.table``, ``.unexplained``, ``.origins``; ``str()`` of it reads as a list. `plots.calibration_chart` draws it.

    Raises
    ------
    InputError
        If the scenario is missing, or tables are.

    Examples
    --------
    >>> from crm_toolkit.world.simulation import simulate
    >>> report = calibration_report(simulate("barbershop", customers=500, weeks=52, seed=3))
    >>> report["got_nothing"].published.low, report["wait_mean"].status
    (0.56, 'assumption')
    """
    if isinstance(world, Mapping):
        tables = world
    else:
        tables, scenario, truth = world.tables, world.spec.scenario, world.truth
    problems = []
    if scenario is None:
        problems.append(Problem("no_scenario", say("With tables, the scenario must be given as well.")))
    problems += [
        Problem("no_table", say("The table “{name}” is missing.", name=name)) for name in _NEEDED if name not in tables
    ]
    if problems:
        raise InputError(say("The world can't be calibrated."), problems)
    assert scenario is not None
    known = {} if truth is None else truth
    seen = Evidence(tables, known, scenario)
    whole = "customers" in known and "orders" in known
    lines = []
    for figure in FIGURES:
        if scenario.name in figure.where:
            found = figure.measure(seen) if whole or not figure.of_truth else None
            value, error = found or (None, None)
            lines.append(Line(figure, value, error, figure.published.get(scenario.name)))
    return CalibrationReport(scenario, len(seen.ids), seen.weeks, tuple(lines))


@with_kinds_told
def calibration_of_folder(folder: str | os.PathLike[str]) -> CalibrationReport:
    """The calibration report of a world that was written to files (`write_world`).

    Parameters
    ----------
    folder : path
        With a manifest. Of a large world the first four blocks are read: blocks are alike but for luck.

    Returns
    -------
    CalibrationReport
        What needs the truth is measured if the truth was written as well.

    Raises
    ------
    InputError
        If the folder is not a finished world, its scenario is none of ours, or it was written without some tables.
    """
    from crm_toolkit.world.files.manifest import Manifest

    manifest = Manifest.read(folder)
    chosen = scenario(manifest.scenario, locale=manifest.locale)
    missing = [name for name in _NEEDED if name not in manifest.tables]
    if missing:
        raise InputError(
            say("The world can't be calibrated."),
            [Problem("no_table", say("The table “{name}” is missing.", name=name)) for name in missing],
        )
    read = {name: _read(Path(folder) / name) for name in _NEEDED}
    parts = ("customers", "orders")
    truth = {name: _read(Path(folder) / "truth" / name) for name in parts} if manifest.truth else None
    return calibration_report(read, chosen, truth=truth)


_MOST_BLOCKS = 4


def _read(folder: Path) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from crm_toolkit.world.simulation import to_frame

    parts = [pq.read_table(path) for path in sorted(folder.glob("part-*.parquet"))[:_MOST_BLOCKS]]
    return to_frame(pa.concat_tables(parts, promote_options="permissive").unify_dictionaries())


__all__ = ["CalibrationReport", "Line", "calibration_of_folder", "calibration_report"]
