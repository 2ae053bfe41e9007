"""Claims put to the test: differences with intervals, and what access answers and exposes.

Every outcome has a row and a scale of its own, for minutes and answers can't share one. A filled circle is an outcome
that falls as the claim says, a cross one that rises against it, a hollow circle one for which nothing is decided or of
which the claim says nothing; the interval stands beside it in numbers.
"""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots import style
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, VERMILLION, axes_of_own, compact, styled
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from crm_toolkit.world.claims.catalogue import Outcome
    from crm_toolkit.world.claims.experiment import ClaimResult

FINDINGS = {
    "as_claimed": mark("falls, as claimed"),
    "opposite": mark("rises, against the claim"),
    "open": mark("no difference found"),
    "aside": mark("the claim says nothing of it"),
}
VERDICTS = {
    "holds": mark("The claim holds."),
    "fails": mark("The claim fails."),
    "open": mark("The claim is not decided."),
}
SCOPES = {"own": mark("own customers"), "team": mark("the team's customers"), "all": mark("all customers")}
WIDTHS = {"narrow": mark("fields of the role"), "wide": mark("all fields")}
_LOOKS: dict[str, dict[str, Any]] = {
    "as_claimed": {"color": BLUE, "marker": "o", "markerfacecolor": BLUE},
    "opposite": {"color": VERMILLION, "marker": "X", "markerfacecolor": VERMILLION},
    "open": {"color": GREY, "marker": "o", "markerfacecolor": "white"},
    "aside": {"color": GREY, "marker": "o", "markerfacecolor": "white"},
}
_SHAPES = {"own": "o", "team": "s", "all": "^"}
_ROW_INCHES = 0.72
_NEEDED = ["role", "row_scope", "field_width", "answered_alone", "incident_cost", "efficient"]


def claim_chart(result: ClaimResult, *, ax: Axes | None = None) -> Axes:
    """Draw what a claim comes to: the mean difference of every outcome with its interval.

    Parameters
    ----------
    result : world.claims.ClaimResult
        As `run_claim` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own. It becomes the frame of one small panel for each outcome.

    Returns
    -------
    matplotlib Axes
        The frame; its panels are in ``.child_axes``, in the order of ``result.table``.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit.world.claims import run_claim
    >>> ax = claim_chart(run_claim("search_index", replications=5))
    >>> ax.get_title(loc="left"), len(ax.child_axes)
    ('An index for searching: with it less without it', 5)
    """
    outcomes, rows = result.claim.outcomes, result.table.to_dict("records")
    told = []
    with styled():
        ax = axes_of_own(8.4, 1.35 + _ROW_INCHES * len(rows)) if ax is None else ax
        ax.set(xticks=[], yticks=[], xlim=(0, 1), ylim=(0, 1))
        ax.spines[:].set_visible(False)
        height = 1 / len(rows)
        for place, (outcome, row) in enumerate(zip(outcomes, rows, strict=True)):
            bottom = 1 - (place + 1) * height
            panel = ax.inset_axes((0.33, bottom + 0.42 * height, 0.37, 0.46 * height))
            _panel(panel, row)
            middle = bottom + 0.65 * height
            label = f"{fill(say(outcome.label), 27)}\n{say(outcome.unit)}"
            ax.text(0.0, middle, label, va="center", fontsize=9.5, linespacing=1.25)
            ax.text(0.735, middle, _numbers(outcome, row), va="center", fontsize=9.5, linespacing=1.25)
            told.append(_told(outcome, row))
        title = say("{claim}: with it less without it", claim=say(result.claim.title))
        drawn = say_count(
            "mean difference and {level} interval, {count} replication of {days} working days",
            "mean difference and {level} interval, {count} replications of {days} working days",
            result.replications,
            level=format_percent(result.level, 0),
            days=format_number(int(result.setting["days"])),
        )
        ax.set_title(title, pad=10)
        ax.set_xlabel(drawn[:1].upper() + drawn[1:], loc="left")
    verdict = say(VERDICTS[result.verdict])
    describe(ax, say("Differences with intervals. {title}; {drawn}. {verdict} {list}.", title=title, drawn=drawn,
                     verdict=verdict, list="; ".join(told)))  # fmt: skip
    return ax


def _panel(panel: Axes, row: dict[Any, Any]) -> None:
    from matplotlib.ticker import MaxNLocator

    reach = [[row["difference"] - row["low"]], [row["high"] - row["difference"]]]
    panel.axvline(0, color=GREY, linestyle="--", linewidth=1.1)
    panel.errorbar(row["difference"], 0, xerr=reach, markersize=7, capsize=4, linewidth=1.8, **_LOOKS[row["finding"]])
    low, high = min(row["low"], 0.0), max(row["high"], 0.0)
    room = 0.12 * (high - low) or 1.0
    panel.set(xlim=(low - room, high + room), ylim=(-1, 1), yticks=[])
    panel.spines["left"].set_visible(False)
    panel.xaxis.set_major_locator(MaxNLocator(nbins=4, min_n_ticks=2))
    panel.tick_params(axis="x", labelsize=8.5, length=2.5, pad=1.5)
    style.show_numbers(panel.xaxis, compact)


def _numbers(outcome: Outcome, row: dict[Any, Any]) -> str:
    half = (row["high"] - row["low"]) / 2
    difference, low, high = (outcome.signed(row[name], half) for name in ("difference", "low", "high"))
    interval = say("from {low} to {high}", low=low, high=high) if half > 1e-9 else say("always the same")
    return f"{difference}, {interval}\n{say(FINDINGS[row['finding']])}"


def _told(outcome: Outcome, row: dict[Any, Any]) -> str:
    return say("{outcome}, {unit}: {numbers}", outcome=say(outcome.label), unit=say(outcome.unit),
               numbers=_numbers(outcome, row).replace("\n", ", "))  # fmt: skip


def access_frontier_chart(frame: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what access answers against what it exposes, for every role and for their mean.

    Parameters
    ----------
    frame : DataFrame
        As `access_frontier` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Large signs are the mean of all roles, small ones the roles. The shape tells the row scope; a filled sign sees
        all fields, a hollow one those of its role. The line joins the efficient levels.

    Raises
    ------
    InputError
        If a column is missing.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit.world.claims import access_frontier
    >>> access_frontier_chart(access_frontier()).get_title(loc="left")
    'Access: answered alone against damage expected'
    """
    require_frame(frame, _NEEDED, asked_by="access_frontier_chart")
    known = frame["row_scope"].isin(list(SCOPES)).all() and frame["field_width"].isin(list(WIDTHS)).all()
    if not known or not (frame["role"] == "everyone").any():
        what = say("The rows of `everyone` are missing, or a row scope or a field width is unknown.")
        advice = say("Pass what `access_frontier` returns.")
        raise InputError(say("This is no frontier of access."), [Problem("no_frontier", what, advice=advice)])
    rows = frame.to_dict("records")
    mean = [row for row in rows if row["role"] == "everyone"]
    best = sorted((row for row in mean if row["efficient"]), key=lambda row: row["incident_cost"])
    told = []
    with styled():
        from matplotlib.lines import Line2D

        ax = axes_of_own(8.0, 4.8) if ax is None else ax
        ax.plot([row["incident_cost"] for row in best], [row["answered_alone"] for row in best], color=ORANGE,
                linewidth=2, zorder=1)  # fmt: skip
        for row in rows:
            wide, everyone = row["field_width"] == "wide", row["role"] == "everyone"
            ax.plot(row["incident_cost"], row["answered_alone"], _SHAPES[row["row_scope"]],
                    markersize=9 if everyone else 4.5, color=BLUE if everyone else GREY, alpha=1 if everyone else 0.7,
                    markerfacecolor=(BLUE if everyone else GREY) if wide else "white",
                    zorder=3 if everyone else 2)  # fmt: skip
        for row in mean:
            told.append(say("{scope}, {width}: {share} for {damage}", scope=say(SCOPES[row["row_scope"]]),
                            width=say(WIDTHS[row["field_width"]]), share=format_percent(row["answered_alone"], 0),
                            damage=compact(row["incident_cost"])))  # fmt: skip
        signs = [Line2D([], [], linestyle="", marker=_SHAPES[scope], color=BLUE, markersize=8, label=say(text))
                 for scope, text in SCOPES.items()]  # fmt: skip
        signs += [
            Line2D([], [], linestyle="", marker="D", color=BLUE, markersize=7, label=say(text),
                   markerfacecolor=BLUE if width == "wide" else "white")
            for width, text in WIDTHS.items()
        ]  # fmt: skip
        signs.append(Line2D([], [], linestyle="", marker="D", color=GREY, markersize=4.5, label=say("single roles")))
        signs.append(Line2D([], [], color=ORANGE, linewidth=2, label=say("nothing answers as much for less")))
        ax.legend(handles=signs, loc="lower right", fontsize=9.5)
        ax.set_ylim(-0.04, 1.06)
        ax.set_xlim(left=0)
        ax.margins(x=0.06)
        ax.grid(True)
        ax.set(
            title=say("Access: answered alone against damage expected"),
            xlabel=say("Expected damage by incidents, one employee, currency units a year"),
            ylabel=say("Question types answered alone, of 60"),
        )
        style.show_numbers(ax.xaxis, compact)
        style.show_numbers(ax.yaxis, style.percent_ticks)
    describe(ax, say("Points. {title}; mean of all roles: {list}.",
                     title=say("Access: answered alone against damage expected"), list="; ".join(told)))  # fmt: skip
    return ax
