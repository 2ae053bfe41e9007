"""Models "buy till you die" in pictures: what they expect beside what happened, and what they say of a history."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    LIGHT_TO_DARK,
    ORANGE,
    VERMILLION,
    axes_of_own,
    compact,
    percent_ticks,
    show_numbers,
    styled,
)
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, join_names, mark, say, say_count

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

PERIODS = {
    "day": mark("Days since the first purchase of all"),
    "week": mark("Weeks since the first purchase of all"),
    "month": mark("Months since the first purchase of all"),
}
RECENCY = {
    None: mark("Recency: from the first purchase to the last one"),
    "day": mark("Recency: from the first purchase to the last one, days"),
    "week": mark("Recency: from the first purchase to the last one, weeks"),
    "month": mark("Recency: from the first purchase to the last one, months"),
}
VALUES = {
    "probability_alive": (mark("Who is still there?"), mark("Probability of being alive")),
    "expected_purchases": (mark("Who will buy how much?"), mark("Expected purchases")),
}


def tracking_chart(
    table: pd.DataFrame, *, cumulative: bool = True, period: str = "week", ax: Axes | None = None
) -> Axes:
    """Draw repeat purchases period by period: what happened and what the model expects.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.tracking_table` returns it.
    cumulative : bool
        Whether to draw purchases added up or those of each period.
    period : {"day", "week", "month"}
        Length of a period, for the label.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Purchases, those expected, and the border between calibration and holdout if both are there.

    Raises
    ------
    InputError
        If a column is missing, the table is empty, or ``period`` is unknown.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"period": [1, 2], "cumulative": [5, 9], "cumulative_expected": [4.0, 8.5]})
    >>> tracking_chart(table.assign(in_holdout=[False, True])).get_ylabel()
    'Repeat purchases, added up'
    """
    name = "cumulative" if cumulative else "purchases"
    _check(table, ("period", name, f"{name}_expected", "in_holdout"), "tracking_chart")
    _check_option("period", period, PERIODS)
    x, found, expected = (table[column].to_numpy(float) for column in ("period", name, f"{name}_expected"))
    holdout = table["in_holdout"].to_numpy(bool)
    with styled():
        ax = axes_of_own(7.6, 4.6) if ax is None else ax
        ax.plot(x, found, color=BLUE, linewidth=2.4, label=say("what happened"))
        ax.plot(x, expected, color=ORANGE, linewidth=2.4, linestyle="--", label=say("what the model expects"))
        border = None
        if holdout.any() and not holdout.all():
            border = float((x[~holdout].max() + x[holdout].min()) / 2)
            ax.axvline(border, color=GREY, linewidth=1.2, linestyle=":")
            ax.annotate(
                say("holdout period"), (border, 0.03), (5, 0), xycoords=("data", "axes fraction"),
                textcoords="offset points", color=GREY, va="bottom",
            )  # fmt: skip
            ax.annotate(
                say("calibration period"), (border, 0.03), (-5, 0), xycoords=("data", "axes fraction"),
                textcoords="offset points", color=GREY, va="bottom", ha="right",
            )  # fmt: skip
        ax.set(
            title=say("Repeat purchases and the model"),
            xlabel=say(PERIODS[period]),
            ylabel=say("Repeat purchases, added up") if cumulative else say("Repeat purchases in the period"),
        )
        ax.set_ylim(0, None)
        ax.margins(x=0.02)
        show_numbers(ax.xaxis, compact)
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
        ax.legend(loc="upper left" if cumulative else "upper right")
        if not cumulative:
            ax.set_ylim(0, 1.25 * max(found.max(), expected.max(), 1e-9))
    total = "cumulative" if "cumulative" in table else name
    alt = say(
        "Line chart of repeat purchases over {count} periods: at the end {found} happened, {expected} were expected.",
        count=len(table),
        found=compact(float(table[total].iloc[-1])),
        expected=compact(round(float(table[f"{total}_expected"].iloc[-1]))),
    )
    describe(ax, alt)
    return ax


def conditional_expectation_chart(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw purchases in the holdout by purchases in calibration: what happened and what the model expects.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.conditional_expectation_table` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        If a column is missing or the table is empty.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"frequency": [0, 1], "purchases": [0.2, 0.7], "purchases_expected": [0.2, 0.5]})
    >>> conditional_expectation_chart(table).get_xlabel()
    'Repeat purchases in calibration'
    """
    _check(table, ("frequency", "purchases", "purchases_expected"), "conditional_expectation_chart")
    x, found, expected = (table[name].to_numpy(float) for name in ("frequency", "purchases", "purchases_expected"))
    with styled():
        ax = axes_of_own(7.2, 4.6) if ax is None else ax
        ax.plot(x, found, color=BLUE, linewidth=2.4, marker="o", label=say("what happened"))
        ax.plot(
            x, expected, color=ORANGE, linewidth=2.4, linestyle="--", marker="s", label=say("what the model expects")
        )
        ax.set(
            title=say("Purchases in the holdout and the model"),
            xlabel=say("Repeat purchases in calibration"),
            ylabel=say("Purchases per customer in the holdout"),
        )
        ax.set_ylim(0, None)
        ax.set_xticks(x, _with_plus(x))
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
        ax.legend(loc="upper left")
    alt = say(
        "Line chart of purchases per customer in the holdout by repeat purchases in calibration, found and expected: "
        "{rows}.",
        rows=_in_words(x, found, expected, lambda value: format_number(round(value, 2))),
    )
    describe(ax, alt)
    return ax


def frequency_histogram_chart(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how many customers made how many repeat purchases, and how many the model expects.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.frequency_histogram_table` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        If a column is missing or the table is empty.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"frequency": [0, 1], "customers": [60, 40], "customers_expected": [58.2, 41.8]})
    >>> [label.get_text() for label in frequency_histogram_chart(table).get_xticklabels()]
    ['0', '1+']
    """
    _check(table, ("frequency", "customers", "customers_expected"), "frequency_histogram_chart")
    x, found, expected = (table[name].to_numpy(float) for name in ("frequency", "customers", "customers_expected"))
    with styled():
        from matplotlib.ticker import MaxNLocator

        ax = axes_of_own(7.2, 4.6) if ax is None else ax
        ax.bar(x - 0.2, found, 0.38, color=BLUE, label=say("what happened"))
        ax.bar(x + 0.2, expected, 0.38, color=ORANGE, label=say("what the model expects"))
        ax.set(
            title=say("How often customers came back"),
            xlabel=say("Repeat purchases"),
            ylabel=say("Customers"),
        )
        ax.set_xticks(x, _with_plus(x))
        ax.tick_params(axis="x", length=0)
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
        ax.legend(loc="upper right")
    alt = say_count(
        "Bar chart of {count} customer by repeat purchases, happened and expected: {rows}.",
        "Bar chart of {count} customers by repeat purchases, happened and expected: {rows}.",
        int(found.sum()),
        rows=_in_words(x, found, expected, lambda value: compact(round(value))),
    )
    describe(ax, alt)
    return ax


def history_matrix_chart(
    table: pd.DataFrame, *, value: str = "probability_alive", unit: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw what a model says of every recency and frequency: a heat map, those who bought lately above.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.history_matrix` returns it; histories that can't be are missing and stay white.
    value : {"probability_alive", "expected_purchases"}
        What the table holds.
    unit : {"day", "week", "month"}, optional
        Unit of recency, for the label.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        With lines of equal value where the table has them.

    Raises
    ------
    InputError
        If an option is unknown or the table holds no number.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> model = analysis.BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> ax = history_matrix_chart(analysis.history_matrix(model, T=40, most_frequency=10, steps=8), unit="week")
    >>> print(plots.alt_text(ax))
    Who is still there? A heat map of 11 frequencies by 9 recencies. Probability of being alive: highest 100% at
    frequency 0 and recency 0, lowest 0% at frequency 10 and recency 5.
    """
    _check_option("value", value, VALUES)
    _check_option("unit", unit, RECENCY)
    cells = table.to_numpy(float)
    if not np.isfinite(cells).any():
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])
    frequency, recency = table.columns.to_numpy(float), table.index.to_numpy(float)
    title, label = (say(text) for text in VALUES[value])
    share = value == "probability_alive"
    with styled():
        from matplotlib.ticker import MaxNLocator

        ax = axes_of_own(7.2, 5.2) if ax is None else ax
        mesh = ax.pcolormesh(
            frequency, recency, np.ma.masked_invalid(cells), cmap=LIGHT_TO_DARK, shading="nearest", vmin=0,
            vmax=1 if share else None,
        )  # fmt: skip
        inner = cells[1:, 1:]
        levels = [0.1, 0.5, 0.9] if share else np.quantile(inner[np.isfinite(inner)], [0.5, 0.8, 0.95]).round(2)
        levels = [level for level in np.unique(levels) if inner.min(initial=np.inf) < level < inner.max(initial=0)]
        if inner.shape[0] > 1 and inner.shape[1] > 1 and levels:
            lines = ax.contour(frequency[1:], recency[1:], inner, levels=levels, colors=VERMILLION, linewidths=1.3)
            for level, path in zip(lines.levels, lines.get_paths(), strict=True):
                _label_line(ax, path, format_percent(level, 0) if share else format_number(level))
        figure: Any = ax.figure
        bar = figure.colorbar(mesh, ax=ax, label=label, shrink=0.9)
        bar.outline.set_visible(False)
        show_numbers(bar.ax.yaxis, percent_ticks if share else compact)
        ax.set(title=title, xlabel=say("Frequency: repeat purchases"), ylabel=say(RECENCY[unit]))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        show_numbers(ax.xaxis, compact)
        show_numbers(ax.yaxis, compact)
        ax.spines[:].set_visible(False)
    highest, lowest = np.nanargmax(cells), np.nanargmin(cells)
    form = (lambda number: format_percent(number, 0)) if share else (lambda number: format_number(round(number, 2)))
    row_high, column_high = divmod(int(highest), cells.shape[1])
    row_low, column_low = divmod(int(lowest), cells.shape[1])
    alt = say(
        "{title} A heat map of {columns} frequencies by {rows} recencies. {label}: highest {high} at frequency "
        "{high_frequency} and recency {high_recency}, lowest {low} at frequency {low_frequency} and recency "
        "{low_recency}.",
        title=title,
        columns=cells.shape[1],
        rows=cells.shape[0],
        label=label,
        high=form(float(cells.flat[highest])),
        high_frequency=compact(frequency[column_high]),
        high_recency=compact(recency[row_high]),
        low=form(float(cells.flat[lowest])),
        low_frequency=compact(frequency[column_low]),
        low_recency=compact(recency[row_low]),
    )
    describe(ax, alt)
    return ax


def _label_line(ax: Axes, path: Any, text: str) -> None:
    """Write a line's value in its middle, on white."""
    points = path.vertices
    if len(points):
        x, y = points[len(points) // 2]
        box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.9, "pad": 1.5}
        ax.text(x, y, text, color=VERMILLION, fontsize=9.5, ha="center", va="center", bbox=box)


def _in_words(x: np.ndarray, found: np.ndarray, expected: np.ndarray, form: Callable[[float], str]) -> str:
    """What happened and what was expected for every frequency."""
    return "; ".join(
        say("{frequency}: {found} and {expected}", frequency=name, found=form(one), expected=form(other))
        for name, one, other in zip(_with_plus(x), found.tolist(), expected.tolist(), strict=True)
    )


def _with_plus(x: np.ndarray) -> list[str]:
    names = [f"{number:.0f}" for number in x]
    return [*names[:-1], names[-1] + "+"]


def _check(table: Any, columns: tuple[str, ...], asked_by: str) -> None:
    require_frame(table, columns, asked_by=asked_by)
    if not len(table):
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])


def _check_option(name: str, value: Any, allowed: Any) -> None:
    if value not in allowed:
        raise InputError(
            say("`{name}` can't be {value}.", name=name, value=repr(value)),
            [Problem("unknown_option", say("Allowed: {names}.", names=join_names(map(repr, allowed))))],
        )
