"""One figure of a calibration report, in words: its value, what is published, whether it fits."""

from __future__ import annotations

from dataclasses import dataclass

from crm_toolkit.texts import format_number, format_percent, mark, say
from crm_toolkit.world.calibrating.figures import Figure
from crm_toolkit.world.calibrating.published import Published

WITHIN, OUTSIDE, ASSUMPTION, UNMEASURED = "within", "outside", "assumption", "not_measured"
STATUSES = {
    WITHIN: mark("within"),
    OUTSIDE: mark("outside"),
    ASSUMPTION: mark("assumption"),
    UNMEASURED: mark("not measured"),
}
UNITS = {
    "share": mark("share"),
    "points": mark("points"),
    "percentage_points": mark("percentage points"),
    "dollars": mark("units of the price list"),
    "number": mark("number"),
    "minutes": mark("minutes"),
    "sd": mark("standard deviations"),
}
_SURE = 1.96


@dataclass(frozen=True)
class Line:
    """One figure of a report.

    Parameters
    ----------
    figure : Figure
    value, error : float or None
        Simulated value and its Monte Carlo standard error; ``None`` where nothing could be measured.
    published : Published or None
    """

    figure: Figure
    value: float | None
    error: float | None
    published: Published | None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the simulated value."""
        if self.value is None or self.error is None:
            return None
        low, high = self.value - _SURE * self.error, self.value + _SURE * self.error
        return (max(low, 0.0), min(high, 1.0)) if self.figure.unit == "share" else (low, high)

    @property
    def status(self) -> str:
        """``within``, ``outside``, ``assumption`` (nothing published) or ``not_measured``."""
        if self.interval is None:
            return UNMEASURED
        if self.published is None:
            return ASSUMPTION
        low, high = self.published.accepted
        return OUTSIDE if self.interval[1] < low or self.interval[0] > high else WITHIN

    @property
    def said_value(self) -> str:
        """The simulated value with its interval, for people."""
        if self.interval is None:
            return "–"
        return f"{shown(self.value or 0.0, self.figure.unit)} ({span(*self.interval, self.figure.unit)})"

    @property
    def said_published(self) -> str:
        """The published number or range, for people."""
        if self.published is None:
            return "–"
        return span(self.published.low, self.published.high, self.figure.unit)

    @property
    def said_accepted(self) -> str:
        """The published range with the tolerance, for people; empty where there is no tolerance."""
        if self.published is None or not self.published.tolerance:
            return ""
        low, high = self.published.accepted
        return span(low, high, self.figure.unit)

    @property
    def label(self) -> str:
        """The figure's label in the reader's language, with its unit where that is no share and no bare number."""
        unit = "" if self.figure.unit in ("share", "number") else f" ({say(UNITS[self.figure.unit])})"
        return say(self.figure.label) + unit


def note(line: Line) -> str:
    """What a reader must know about a line: assumption, only in truth, why it lies outside."""
    notes = []
    if line.published is None and line.status != UNMEASURED:
        notes.append(say("an assumption"))
    if line.figure.of_truth:
        notes.append(say("seen only in the truth"))
    if line.status == OUTSIDE and line.published and line.published.excuse:
        notes.append(say(line.published.excuse))
    if line.status == UNMEASURED:
        notes.append(say("too little to measure, switched off, or not there"))
    return "; ".join(notes)


def shown(value: float, unit: str) -> str:
    """A value with its unit.

    >>> shown(0.5457, "share"), shown(0.14, "points"), shown(0.0068, "percentage_points"), shown(29.49, "dollars")
    ('54.6%', '14.0', '0.68', '29.49')
    """
    if unit == "share":
        return format_percent(value, 1 if abs(value) >= 0.05 else 2)
    if value == 0 and unit != "dollars":
        return format_number(0)
    if unit == "points":
        return format_number(value * 100, 1)
    if unit == "percentage_points":
        return format_number(value * 100, 2)
    if unit == "number" and abs(value) < 1:
        return format_number(value, 3)
    return format_number(value, 1 if abs(value) >= 100 or unit == "minutes" else 2)


def span(low: float | None, high: float | None, unit: str) -> str:
    """A range of values with their unit; ``None`` is no bound.

    >>> span(0.25, 0.35, "share"), span(0.0, None, "sd"), span(17.5, 17.5, "dollars")
    ('25.0% to 35.0%', 'above 0', '17.50')
    """
    if low is None:
        return say("below {value}", value=shown(high or 0.0, unit))
    if high is None:
        return say("above {value}", value=shown(low, unit))
    if low == high:
        return shown(low, unit)
    return say("{low} to {high}", low=shown(low, unit), high=shown(high, unit))
