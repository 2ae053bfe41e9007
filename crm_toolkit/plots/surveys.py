"""Surveys in pictures: scores with their intervals, gaps of service quality, drivers of satisfaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.dots import dot_axes, draw_dots, label_of, legend_below
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, axes_of_own, percent_ticks, show_numbers, styled
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.surveys.drivers import DriverImportance
    from crm_toolkit.analysis.surveys.scales import ServiceQuality
    from crm_toolkit.analysis.surveys.scores import SurveyScore

TITLES = {
    "nps": mark("NPS: promoters less detractors"),
    "csat": mark("CSAT: share of the satisfied"),
    "ces": mark("CES: how easy it was"),
}
UNITS = {
    "nps": mark("Points, from −100 to 100"),
    "csat": mark("Share of the answers"),
    "ces": mark("Mean of the scale, the highest is the easiest"),
}
QUADRANTS = {
    "fix_first": mark("improve first"),
    "keep_up": mark("keep it up"),
    "low_priority": mark("later"),
    "possible_excess": mark("too much effort?"),
}
_MATRIX = ("driver", "importance", "performance", "quadrant", "sure", "middle_importance", "middle_performance")
_MOST_NAMES = 15


def survey_score_chart(score: SurveyScore, *, labels: Mapping[Any, str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw scores of a survey by group, with intervals.

    Parameters
    ----------
    score : analysis.SurveyScore
        As `analysis.net_promoter_score` and its neighbours return it.
    labels : mapping, optional
        Group → what people call it; by default as it stands in the table.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One dot with its interval for each group, in the order of the table; a hollow one has too few answers. The
        number of answers stands at the right.

    Raises
    ------
    InputError
        If there are more than 40 groups.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.surveys.scores import net_promoter_score
    >>> surveys = pd.DataFrame({"nps": [10] * 100 + [8] * 60 + [3] * 40})
    >>> print(plots.alt_text(survey_score_chart(net_promoter_score(surveys))))
    NPS: promoters less detractors. all: 30.0 (from 19.2 to 40.8), 200 answers.
    """
    table = score.table
    with styled():
        ax = dot_axes(len(table), ax)
        names = [label_of(one, labels) for one in table["group"]]
        notes = [say_count("{count} answer", "{count} answers", int(count)) for count in table["answers"]]
        if score.measure == "nps":
            ax.axvline(0, color=GREY, linewidth=1)
        form = percent_ticks if score.measure == "csat" else format_number
        draw_dots(ax, names, table["score"], table["low"], table["high"], solid=table["enough"], notes=notes, form=form,
                  hollow=say("too few answers to tell"))  # fmt: skip
        ax.set(title=say(TITLES[score.measure]), xlabel=say(UNITS[score.measure]))
        legend_below(ax)
    told = [_score_in_words(score, row, name) for name, (_, row) in zip(names, table.iterrows(), strict=True)]
    describe(ax, say("{title}. {list}", title=say(TITLES[score.measure]), list=" ".join(told)))
    return ax


def _score_in_words(score: SurveyScore, row: pd.Series, name: str) -> str:
    if not row["answers"]:
        return say("{name}: nobody answered.", name=name)
    told = say_count(
        "{name}: {score} (from {low} to {high}), {count} answer.",
        "{name}: {score} (from {low} to {high}), {count} answers.",
        int(row["answers"]),
        name=name,
        score=score.written(row["score"]),
        low=score.written(row["low"]),
        high=score.written(row["high"]),
    )
    return told if row["enough"] else say("{told} Too few answers to tell: {least} are needed.", told=told,
                                          least=score.smallest)  # fmt: skip


def servqual_chart(quality: ServiceQuality, *, labels: Mapping[Any, str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw what customers expect and what they get, dimension by dimension.

    Parameters
    ----------
    quality : analysis.ServiceQuality
        As `analysis.servqual_table` returns it.
    labels : mapping, optional
        Dimension → what people call it; by default as it stands in the table.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Two dots for each dimension, joined by the gap; its size and interval stand at the right.

    Raises
    ------
    InputError
        If there are more than 40 dimensions.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.surveys.scales import servqual_table
    >>> items = pd.DataFrame(
    ...     {"survey_id": [1, 2, 3], "dimension": "empathy", "expectation": [6, 7, 6], "perception": 5}
    ... )
    >>> print(plots.alt_text(servqual_chart(servqual_table(items))))
    Expected and perceived service quality of 3 respondents. empathy: expectation 6.33, perception 5.00, gap −1.33.
    """
    table = quality.dimensions
    with styled():
        ax = dot_axes(len(table), ax, width=8.2)
        place = np.arange(len(table))
        low, high = (table[["expectation", "perception"]].agg(which, axis=1) for which in ("min", "max"))
        ax.hlines(place, low, high, color=GREY, linewidth=1.6)
        ax.hlines(place, table["perception_low"], table["perception_high"], color=BLUE, linewidth=5, alpha=0.35)
        ax.plot(table["perception"], place, "o", color=BLUE, markersize=9, label=say("perception, with interval"))
        ax.plot(table["expectation"], place, "D", color=ORANGE, markersize=8, label=say("expectation"))
        for row, gap, bottom, top in zip(place, table["gap"], table["gap_low"], table["gap_high"], strict=True):
            note = say("{gap} ({low} … {high})", gap=_signed(gap), low=_signed(bottom), high=_signed(top))
            ax.annotate(note, (1.0, row), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points",
                        va="center", ha="left", fontsize=9)  # fmt: skip
        ax.annotate(say("Gap"), (1.0, -0.6), xycoords=("axes fraction", "data"), xytext=(8, 2),
                    textcoords="offset points", va="bottom", ha="left", fontsize=9, fontweight="bold")  # fmt: skip
        ax.set_yticks(place, [label_of(name, labels) for name in table["dimension"]])
        ax.set_ylim(len(table) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.margins(x=0.08)
        ax.grid(True, axis="x")
        show_numbers(ax.xaxis, format_number)
        ax.set(title=say("Expected and perceived service quality"), xlabel=say("Mean answer"))
        legend_below(ax)
    told = [
        say("{name}: expectation {expectation}, perception {perception}, gap {gap}.",
            name=label_of(row["dimension"], labels),
            expectation=format_number(row["expectation"], 2), perception=format_number(row["perception"], 2),
            gap=_signed(row["gap"]))
        for _, row in table.iterrows()
    ]  # fmt: skip
    head = say_count(
        "Expected and perceived service quality of {count} respondent.",
        "Expected and perceived service quality of {count} respondents.",
        quality.respondents,
    )
    describe(ax, " ".join([head, *told]))
    return ax


def _signed(value: float) -> str:
    return format_number(abs(value), 2) if round(value, 2) == 0 else (
        "−" if value < 0 else "+") + format_number(abs(value), 2)  # fmt: skip


def driver_chart(found: DriverImportance, *, labels: Mapping[Any, str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw the shares of drivers in what they explain of the outcome, with intervals.

    Parameters
    ----------
    found : analysis.DriverImportance
        As `analysis.driver_importance` returns it.
    labels : mapping, optional
        Driver → what people call it; by default as it stands in the table.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One dot with its interval for each driver, the most important on top; a hollow one moves together with others.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.surveys.drivers import driver_importance
    >>> answers = pd.DataFrame({"speed": [1, 2, 2, 3, 4, 1], "price": [5, 5, 6, 4, 6, 5], "all": [1, 2, 3, 3, 5, 1]})
    >>> driver_chart(driver_importance(answers, ["speed", "price"], outcome="all")).get_xlabel()
    'Share of what the drivers explain together'
    """
    table = found.table
    with styled():
        ax = dot_axes(len(table), ax)
        notes = [format_percent(share, 0) for share in table["importance"]]
        ax.axvline(1 / len(table), color=GREY, linestyle="--", linewidth=1.2, label=say("equal shares"))
        names = [label_of(name, labels) for name in table["driver"]]
        draw_dots(ax, names, table["importance"], table["low"], table["high"],
                  solid=~table["collinear"], notes=notes, form=percent_ticks,
                  hollow=say("moves together with others"))  # fmt: skip
        ax.set(title=say("Drivers of {outcome}", outcome=label_of(found.outcome, labels)),
               xlabel=say("Share of what the drivers explain together"))  # fmt: skip
        ax.set_xlim(left=min(0.0, float(table["low"].min())))
        legend_below(ax)
    told = "; ".join(
        say("{name} {share} (from {low} to {high})", name=name, share=format_percent(row["importance"]),
            low=format_percent(row["low"]), high=format_percent(row["high"]))
        for name, (_, row) in zip(names, table.iterrows(), strict=True)
    )  # fmt: skip
    head = say_count(
        "Drivers of {outcome}, {count} respondent; together they explain {share}.",
        "Drivers of {outcome}, {count} respondents; together they explain {share}.",
        found.respondents,
        outcome=label_of(found.outcome, labels),
        share=format_percent(found.r_squared),
    )
    describe(ax, say("{head} Shares: {list}.", head=head, list=told))
    return ax


def driver_matrix_chart(
    table: pd.DataFrame, *, labels: Mapping[Any, str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw drivers by performance and importance: what to improve first.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.importance_performance_table` returns it, up to 15 drivers.
    labels : mapping, optional
        Driver → what people call it; by default as it stands in the table.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One dot for each driver in four fields; a hollow one may as well lie in the field above or below.

    Raises
    ------
    InputError
        If a column is missing, the table is empty or has more than 15 rows.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.surveys.drivers import driver_importance, importance_performance_table
    >>> answers = pd.DataFrame({"speed": [1, 2, 2, 3, 4, 1], "price": [5, 5, 6, 4, 6, 5], "all": [1, 2, 3, 3, 5, 1]})
    >>> found = importance_performance_table(driver_importance(answers, ["speed", "price"], outcome="all"))
    >>> print(plots.alt_text(driver_matrix_chart(found)))
    Importance and performance of 2 drivers. improve first: speed. too much effort?: price.
    """
    require_frame(table, _MATRIX, asked_by="driver_matrix_chart")
    if not 0 < len(table) <= _MOST_NAMES:
        what = say("There are {count} drivers; from 1 to {most} can be drawn.", count=len(table), most=_MOST_NAMES)
        raise InputError(say("There is nothing to draw, or too much."), [Problem("wrong_number", what)])
    across, up = float(table["middle_performance"].iloc[0]), float(table["middle_importance"].iloc[0])
    x, y = (table[name].to_numpy(dtype="float64") for name in ("performance", "importance"))
    with styled():
        ax = axes_of_own(7.6, 5.6) if ax is None else ax
        wide = max(np.abs(x - across).max() * 1.35, 0.1)
        top = max(y.max() * 1.22, up * 1.6)
        ax.set(xlim=(across - wide, across + wide), ylim=(-0.1 * top, top))  # room for the lower names
        ax.axvline(across, color=GREY, linewidth=1)
        ax.axhline(up, color=GREY, linewidth=1)
        for sure, face in ((True, BLUE), (False, "white")):
            chosen = table["sure"].to_numpy(dtype=bool) == sure
            if chosen.any():
                said = say("field is sure") if sure else say("may lie above or below the line")
                ax.plot(x[chosen], y[chosen], "o", color=BLUE, markerfacecolor=face, markersize=9, markeredgewidth=1.6,
                        clip_on=False, label=said)  # fmt: skip
        corners = {"fix_first": (0.01, 0.985, "left", "top"), "keep_up": (0.99, 0.985, "right", "top"),
                   "low_priority": (0.01, 0.015, "left", "bottom"),
                   "possible_excess": (0.99, 0.015, "right", "bottom")}  # fmt: skip
        for code, (right, high, ha, va) in corners.items():
            ax.text(
                right, high, say(QUADRANTS[code]), transform=ax.transAxes, ha=ha, va=va, color=GREY, fontstyle="italic"
            )
        ax.set(title=say("Importance and performance of drivers"), xlabel=say("Performance: mean answer"),
               ylabel=say("Importance: share of what they explain"))  # fmt: skip
        show_numbers(ax.xaxis, format_number)
        ax.set_yticks([tick for tick in ax.get_yticks() if 0 <= tick <= top])
        show_numbers(ax.yaxis, percent_ticks)
        legend_below(ax)
        _name_points(ax, x, y, [label_of(name, labels) for name in table["driver"]])
    told = [
        say("{name}: {list}.", name=say(QUADRANTS[code]), list=", ".join(label_of(name, labels) for name in mine))
        for code in QUADRANTS
        if (mine := table.loc[table["quadrant"] == code, "driver"].tolist())
    ]
    head = say_count("Importance and performance of {count} driver.", "Importance and performance of {count} drivers.",
                     len(table))  # fmt: skip
    describe(ax, " ".join([head, *told]))
    return ax


def _name_points(ax: Axes, x: np.ndarray, y: np.ndarray, names: list[str]) -> None:
    """Write names beside points where nothing stands yet."""
    figure: Any = ax.figure
    figure.draw_without_rendering()
    renderer: Any = figure.canvas.get_renderer()
    frame = ax.get_window_extent(renderer)
    taken = [text.get_window_extent(renderer) for text in ax.texts]
    dots = ax.transData.transform(np.column_stack([x, y]))
    sides = [(10, 0, "left", "center"), (-10, 0, "right", "center"), (0, 9, "center", "bottom"),
             (0, -9, "center", "top"), (9, 9, "left", "bottom"),
             (-9, 9, "right", "bottom"), (9, -9, "left", "top"), (-9, -9, "right", "top"),
             (0, 24, "center", "bottom"), (0, -24, "center", "top")]  # fmt: skip
    for place in np.argsort(-y, kind="stable"):
        for right, up, ha, va in sides:
            text = ax.annotate(names[place], (x[place], y[place]), xytext=(right, up), textcoords="offset points",
                               ha=ha, va=va, fontsize=10)  # fmt: skip
            box = text.get_window_extent(renderer)
            inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
            on_dot = ((dots[:, 0] > box.x0 - 5) & (dots[:, 0] < box.x1 + 5) & (dots[:, 1] > box.y0 - 5)
                      & (dots[:, 1] < box.y1 + 5)).any()  # fmt: skip
            if inside and not on_dot and not any(box.padded(1).overlaps(other) for other in taken):
                break
            text.remove()
        else:
            text = ax.annotate(
                names[place], (x[place], y[place]), xytext=(10, 0), textcoords="offset points", va="center"
            )
        taken.append(text.get_window_extent(renderer))
