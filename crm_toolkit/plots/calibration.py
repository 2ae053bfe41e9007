"""A world beside published figures: a row for each figure, a band for what was published, a dot for the world."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import fill
from typing import TYPE_CHECKING, Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, VERMILLION, axes_of_own, styled
from crm_toolkit.texts import join_names, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.world.calibrating.line import Line
    from crm_toolkit.world.calibration import CalibrationReport

_BAND, _PRINTED = "#D6E6F2", "#8DB8D8"
_INK = "#1A1A1A"
_EDGE, _THINNEST = 2.6, 0.04
_ROW, _LINE = 0.33, 44


def calibration_chart(report: CalibrationReport, *, ax: Axes | None = None) -> Axes:
    """Draw the figures of a calibration report that have a published number.

    Every row has a scale of its own, in which what is accepted (the published range with its tolerance) is a band in
    the middle, so that a dot in the band is a figure that fits, whatever its unit; a narrow band is a figure far away
    or hard to measure. The numbers stand beside it.

    Parameters
    ----------
    report : world.calibration.CalibrationReport
        As `world.calibration.calibration_report` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own, as high as there are figures.

    Returns
    -------
    matplotlib Axes
        Dots with 95 % intervals of Monte Carlo; a cross of another colour where the figure lies outside.

    Raises
    ------
    InputError
        If no figure of the report has a published number and a measured one.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit.world.calibration import calibration_report
    >>> from crm_toolkit.world.simulation import simulate
    >>> ax = calibration_chart(calibration_report(simulate("barbershop", customers=500, weeks=52, seed=3)))
    >>> ax.get_title(loc="left")
    'Scenario “barbershop” beside published figures'
    """
    rows = [line for line in report.lines if line.published and line.interval]
    if not rows:
        raise InputError(
            say("There is nothing to draw."),
            [Problem("nothing_published", say("No measured figure of this report has a published number."))],
        )
    with styled():
        ax = axes_of_own(9.6, 1.5 + _ROW * len(rows)) if ax is None else ax
        for place, line in enumerate(rows):
            _row(ax, place, line)
        ax.set(xlim=(-_EDGE, _EDGE), ylim=(len(rows) - 0.4, -1.6), xticks=[])
        ax.set_yticks(range(len(rows)), [fill(line.label, _LINE) for line in rows], fontsize=9)
        ax.tick_params(axis="y", length=0)
        ax.spines[["left", "bottom"]].set_visible(False)
        ax.set_title(say("Scenario “{name}” beside published figures", name=report.scenario.name))
        _beside(ax, -0.85, say("simulated (95% interval)"), say("published"), weight="bold")
        _legend(ax, any(line.status == "outside" for line in rows))
    describe(ax, _in_words(report, rows))
    return ax


def _row(ax: Axes, place: int, line: Line) -> None:
    assert line.published is not None
    assert line.interval is not None
    assert line.value is not None
    to_x = _scale(line)
    for ends, colour in ((line.published.accepted, _BAND), ((line.published.low, line.published.high), _PRINTED)):
        left = -_EDGE if ends[0] in (None, float("-inf")) else to_x(ends[0])
        right = _EDGE if ends[1] in (None, float("inf")) else to_x(ends[1])
        width = max(right - left, _THINNEST)
        ax.barh(place, width, left=(left + right - width) / 2, height=0.74, color=colour)
    fits = line.status != "outside"
    ax.plot([to_x(end) for end in line.interval], [place, place], color=_INK, linewidth=1.6, solid_capstyle="butt")
    ax.plot([to_x(line.value)], [place], "o" if fits else "X", color=BLUE if fits else VERMILLION,
            markersize=7 if fits else 9, markeredgecolor="white", markeredgewidth=0.6)  # fmt: skip
    _beside(ax, place, line.said_value, line.said_published)


def _scale(line: Line) -> Callable[[float], float]:
    """From the figure's unit to the row: what is accepted reaches from -1 to 1, less if the dot lies far away."""
    assert line.published is not None
    assert line.interval is not None
    low, high = line.published.accepted
    if low > float("-inf") and high < float("inf"):
        middle = (low + high) / 2
        far = max(abs(end - middle) for end in line.interval)
        length = max((high - low) / 2, far / (_EDGE - 0.1))
        return lambda value: (value - middle) / length
    bound, sign = (low, -1.0) if high == float("inf") else (high, 1.0)
    length = max(*(abs(end - bound) for end in line.interval), 1e-12) / 1.6
    return lambda value: sign + (value - bound) / length


def _beside(ax: Axes, place: float, simulated: str, published: str, **style: Any) -> None:
    """The two columns of numbers, right of the axes."""
    for shift, text in ((8, simulated), (158, published)):
        ax.annotate(text, (1, place), xycoords=ax.get_yaxis_transform(), xytext=(shift, 0), textcoords="offset points",
                    va="center", fontsize=9, annotation_clip=False, **style)  # fmt: skip


def _legend(ax: Axes, outside: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    marks: list[Patch | Line2D] = [
        Line2D([], [], color=_INK, marker="o", markerfacecolor=BLUE, markeredgecolor="white", label=say("simulated")),
        Patch(color=_PRINTED, label=say("published")),
        Patch(color=_BAND, label=say("with tolerance")),
    ]
    if outside:
        marks.append(
            Line2D([], [], color=VERMILLION, marker="X", markeredgecolor="white", linestyle="", label=say("outside"))
        )
    ax.legend(handles=marks, loc="upper left", bbox_to_anchor=(0, 1.01), ncols=len(marks), borderaxespad=0, fontsize=9,
              handletextpad=0.5, columnspacing=1.2)  # fmt: skip


def _in_words(report: CalibrationReport, rows: list[Line]) -> str:
    outside = [line for line in rows if line.status == "outside"]
    counted = say_count(
        "Scenario “{name}”: {count} figure beside a published number, {within} within.",
        "Scenario “{name}”: {count} figures beside published numbers, {within} within.",
        len(rows),
        name=report.scenario.name,
        within=len(rows) - len(outside),
    )
    if not outside:
        return counted
    told = [
        say(
            "{label}: {value}, published {published}",
            label=line.label,
            value=line.said_value,
            published=line.said_published,
        )
        for line in outside
    ]
    return counted + " " + say("Outside: {names}.", names=join_names(told, most=20))
