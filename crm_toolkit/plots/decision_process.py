"""The decision process in pictures: influences with their directions, when to stop searching, what experience moves."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.behaviour.decision_process import LIMITS, gain_of_another_look, reservation_value
from crm_toolkit.behaviour.influences.canvas import HIGHEST, LOWEST
from crm_toolkit.behaviour.influences.constructs import CONSTRUCTS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.decision_rules import legend_under
from crm_toolkit.plots.dots import dot_axes
from crm_toolkit.plots.limits import note_limits
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, axes_of_own, show_numbers, styled
from crm_toolkit.texts import format_number, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.behaviour.decision_process.after import Feedback
    from crm_toolkit.behaviour.influences.canvas import Canvas


def influences_chart(canvas: Canvas, *, ax: Axes | None = None) -> Axes:
    """Draw the influences on a purchase: which way each one pushed, and how sure the person is.

    Parameters
    ----------
    canvas : Canvas
        With at least one influence that has evidence.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A bar per construct with evidence, from 0 to its direction: blue for the purchase, orange against it; the surer,
        the higher the bar. The number beside it is the confidence from 0 to 1.

    Raises
    ------
    InputError
        If no construct has evidence.

    Examples
    --------
    >>> from crm_toolkit.behaviour.influences import Canvas, Influence
    >>> ax = influences_chart(Canvas("a haircut", (Influence("memory", "The name came first.", 2, 0.5),)))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['memory']
    """
    there = [one for one in canvas.influences if one.filled]
    if not there:
        what = say("No construct on the canvas has evidence yet.")
        raise InputError(say("There is nothing to draw."), [Problem("empty", what)])
    names = [say(CONSTRUCTS[one.construct].label) for one in there]
    with styled():
        ax = dot_axes(len(names) + 1, ax, width=8.2)
        for row, one in enumerate(there):
            colour = GREY if not one.direction else BLUE if one.direction > 0 else ORANGE
            height = 0.25 + 0.5 * one.confidence
            ax.barh(row, one.direction, height, color=colour, edgecolor="#1A1A1A", linewidth=0.6)
            if not one.direction:
                ax.plot(0, row, "o", color=GREY, markersize=7)
            side: dict[str, Any] = (
                {"xytext": (8, 0), "ha": "left"} if one.direction >= 0 else {"xytext": (-8, 0), "ha": "right"}
            )
            ax.annotate(format_number(round(one.confidence, 2)), (one.direction, row), textcoords="offset points",
                        va="center", fontsize=9, color=GREY, **side)  # fmt: skip
        ax.axvline(0, color=GREY, linewidth=1)
        block = ""
        for row, one in enumerate(there):
            following = CONSTRUCTS[one.construct].block
            if row and following != block:
                ax.axhline(row - 0.5, color="#D9D9D9", linewidth=0.8)
            block = following
        ax.set_yticks(range(len(names)), names)
        ax.set_ylim(len(names) - 0.4, -0.6)
        ax.set_xlim(LOWEST - 0.6, HIGHEST + 0.6)
        ax.set_xticks(range(LOWEST, HIGHEST + 1))
        show_numbers(ax.xaxis, _signed)
        ax.tick_params(axis="y", length=0)
        ax.grid(True, axis="x")
        ax.set_title(say("Influences on the purchase"))
        ax.set_xlabel(
            fill(say("Direction: −3 strongly against, 3 strongly for; beside the bar the confidence from 0 to 1"), 62)
        )
        note_limits(ax, say(LIMITS))
    told = "; ".join(
        say("{name} {direction} (confidence {confidence})", name=name, direction=_signed(one.direction),
            confidence=format_number(round(one.confidence, 2)))
        for name, one in zip(names, there, strict=True)
    )  # fmt: skip
    describe(ax, say("Influences by direction. {list}. {limits}", list=told, limits=say(LIMITS)))
    return ax


def search_chart(mean: float, sd: float, cost: float, *, best: float | None = None, ax: Axes | None = None) -> Axes:
    """Draw what another look may still bring, by the best found so far, against what it costs.

    Parameters
    ----------
    mean, sd : float
        Of the unknown worth (normal), in points or money.
    cost : float
        Of one look, in the same unit.
    best : float, optional
        The best found so far, to be marked.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        The gain falls with the best so far and meets the cost at the reservation value: left of it search on.

    Raises
    ------
    InputError
        If a number can't be used, or the worth does not vary.

    Examples
    --------
    >>> search_chart(50, 10, 1).get_ylabel()
    'Gain and cost, units of worth'
    """
    z = float(reservation_value(mean, sd, cost))
    if sd <= 0:
        what = say("The worth must vary: `sd` above 0.")
        raise InputError(say("There is nothing to draw."), [Problem("no_spread", what, column="sd")])
    low, high = min(z, mean - 2.5 * sd), max(z, mean + 2.5 * sd)
    grid = np.linspace(low - 0.1 * (high - low), high + 0.1 * (high - low), 301)
    with styled():
        ax = axes_of_own(7.6, 4.5) if ax is None else ax
        ax.plot(
            grid, gain_of_another_look(grid, mean, sd), color=BLUE, linewidth=2.4, label=say("expected gain of a look")
        )
        ax.axhline(cost, color=ORANGE, linewidth=2.2, linestyle="--", label=say("cost of a look"))
        ax.axvline(z, color=GREY, linewidth=1.4, linestyle=":")
        ax.plot(z, cost, "o", color="#1A1A1A", markersize=8,
                label=say("reservation value {z}", z=format_number(round(z, 2))))  # fmt: skip
        if best is not None:
            gain = float(gain_of_another_look(best, mean, sd))
            ax.plot(best, gain, "D", color="#1A1A1A", markerfacecolor="white", markersize=9, markeredgewidth=2,
                    label=say("best so far {best}", best=format_number(round(best, 2))))  # fmt: skip
        ax.set_ylim(bottom=0)
        ax.set_xlabel(say("Worth of the best found so far, units of worth"))
        ax.set_ylabel(say("Gain and cost, units of worth"))
        ax.set_title(say("When another look no longer pays"))
        for axis in (ax.xaxis, ax.yaxis):
            show_numbers(axis, lambda value: format_number(round(value, 6)))
        ax.grid(True)
        ax.legend(loc="upper right")
        note_limits(ax, say("A yardstick of how much search pays; people don't work it out like this."))
    verdict = ""
    if best is not None:
        verdict = " " + (say("Another look still pays.") if best < z else say("Another look no longer pays."))
    describe(ax, say("Expected gain of another look against the best so far; it equals the cost {cost} at {z}.",
                     cost=format_number(cost), z=format_number(round(z, 2))) + verdict)  # fmt: skip
    return ax


def feedback_chart(feedback: Feedback, *, ax: Axes | None = None) -> Axes:
    """Draw how an experience moved beliefs or expectations.

    Parameters
    ----------
    feedback : Feedback
        As `feed_back` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        An arrow from before to after for each belief, the largest move on top, and a cross for what was experienced.

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_process import feed_back
    >>> ax = feedback_chart(feed_back({"speed": 4.0, "care": 3.0}, {"speed": 2.0}))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['speed', 'care']
    """
    changes = feedback.changes
    names = list(changes)
    with styled():
        ax = dot_axes(len(names) + 1, ax)
        before = [feedback.before[name] for name in names]
        after = [feedback.after[name] for name in names]
        for row, (old, new) in enumerate(zip(before, after, strict=True)):
            if old != new:
                arrow = {"arrowstyle": "-|>", "color": BLUE, "linewidth": 2.2, "shrinkA": 5, "shrinkB": 5}
                ax.annotate("", (new, row), (old, row), arrowprops=arrow)
        rows = np.arange(len(names))
        ax.plot(
            before,
            rows,
            "o",
            color=GREY,
            markerfacecolor="white",
            markersize=9,
            markeredgewidth=1.8,
            label=say("before"),
        )
        ax.plot(after, rows, "o", color=BLUE, markersize=8, label=say("after"))
        seen = [(feedback.experienced[name], row) for row, name in enumerate(names) if name in feedback.experienced]
        if seen:
            x, y = zip(*seen, strict=True)
            ax.plot(x, y, "X", color=ORANGE, markeredgecolor="#1A1A1A", markersize=10, label=say("experienced"))
        for row, name in enumerate(names):
            change = changes[name]
            moved = _signed(round(change, 2))
            ax.annotate(moved, (1.0, row), xycoords=("axes fraction", "data"), xytext=(8, 0),
                        textcoords="offset points", va="center", fontsize=9, color=GREY)  # fmt: skip
        ax.set_yticks(rows, names)
        ax.set_ylim(len(names) - 0.4, -0.6)
        ax.margins(x=0.12)
        ax.tick_params(axis="y", length=0)
        ax.grid(True, axis="x")
        show_numbers(ax.xaxis, lambda value: format_number(round(value, 6)))
        ax.set_xlabel(say("Belief or expectation, units of its scale; at the edge the change"))
        ax.set_title(say("Experience is fed back, learning rate {rate}", rate=format_number(feedback.learning)))
        legend_under(ax)
        note_limits(ax, say("The learning rate is an assumption, not a measurement."))
    told = "; ".join(
        say("{name} from {before} to {after}", name=name, before=format_number(round(old, 2)),
            after=format_number(round(new, 2)))
        for name, old, new in zip(names, before, after, strict=True)
    )  # fmt: skip
    describe(ax, say("Beliefs before and after an experience. {list}.", list=told))
    return ax


def _signed(value: float) -> str:
    """A change with its sign, 0 without one."""
    return ("+" if value > 0 else "−" if value < 0 else "") + format_number(abs(value))
