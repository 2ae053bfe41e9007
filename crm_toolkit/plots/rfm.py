"""Recency, frequency and money in pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_toolkit.analysis import DEFAULT_GRID, SegmentGrid
from crm_toolkit.analysis.tables import opened
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots import style
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.segments import segment_chart
from crm_toolkit.plots.style import BLUE, LIGHT_TO_DARK, TWO_SIDED, VERMILLION, axes_of_own, compact, styled
from crm_toolkit.texts import format_number, join_names, mark, say, say_count

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CELL_TITLES = {
    "customers": mark("Customers by recency and frequency"),
    "monetary": mark("Money by recency and frequency"),
    "monetary_mean": mark("Money per customer by recency and frequency"),
}


def rfm_heatmap_chart(
    table: pd.DataFrame, *, value: str = "customers", currency: str = "", ax: Axes | None = None
) -> Axes:
    """Draw a heat map: recency upwards, frequency to the right, the best customers in the upper right corner.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.rfm_heatmap_table` returns it: rows are scores of recency, columns scores of frequency. A
        missing cell stays white.
    value : {"customers", "monetary", "monetary_mean"}
        What the table holds, for the title and the unit.
    currency : str
        ISO 4217 code for labels, where the table holds money.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        If ``value`` is unknown or the table has no cell.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import analysis, plots
    >>> scores = pd.DataFrame({"r_score": [1, 2, 2], "f_score": [1, 2, 2], "monetary": [5.0, 7.0, 9.0]})
    >>> ax = rfm_heatmap_chart(analysis.rfm_heatmap_table(scores, bins=2))
    >>> print(plots.alt_text(ax))
    Customers by recency and frequency: a heat map of 2 by 2 cells. Customers from frequency 1 upwards:
    recency 1: 1, 0; recency 2: 0, 2.
    """
    _check_table(table, value)
    with styled():
        bins = len(table.columns)
        ax = axes_of_own(6.9, 5.2) if ax is None else ax
        cells = table.astype("float64").to_numpy()
        two_sided = bool((cells < 0).any())
        largest = float(np.nanmax(np.abs(cells), initial=0)) or 1.0
        mesh = ax.pcolormesh(
            cells,
            cmap=TWO_SIDED if two_sided else LIGHT_TO_DARK,
            vmin=-largest if two_sided else 0,
            vmax=largest,
            edgecolors="white",
            linewidth=1.5,
        )
        scale, unit = style.in_round_units(largest, most=99_999.5 if bins <= 6 else 9_999.5)
        label = _unit(value, currency) + (f", {unit}" if unit else "")
        written = [[_in_cell(number, scale) for number in row] for row in cells.tolist()]
        size = 11 if bins <= 6 else 9 if bins <= 8 else 8
        for (row, column), number in np.ndenumerate(cells):
            colour = style.GREY if np.isnan(number) else style.readable_on(tuple(mesh.to_rgba(number)))
            ax.text(column + 0.5, row + 0.5, written[row][column], color=colour, fontsize=size, ha="center",
                    va="center", in_layout=False)  # fmt: skip
        figure: Any = ax.figure
        bar = figure.colorbar(mesh, ax=ax, label=label, shrink=0.85)
        bar.outline.set_visible(False)
        style.show_numbers(bar.ax.yaxis, lambda number: format_number(number / scale))
        ax.set_xticks(np.arange(bins) + 0.5, [str(score) for score in table.columns])
        ax.set_yticks(np.arange(len(table)) + 0.5, [str(score) for score in table.index])
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        ax.xaxis.labelpad = ax.yaxis.labelpad = 8
        ax.set(
            title=say(CELL_TITLES[value]),
            xlabel=say("Frequency score ({best} = most orders)", best=bins),
            ylabel=say("Recency score ({best} = bought most recently)", best=bins),
        )
    rows = [
        say("recency {score}: {values}", score=score, values=", ".join(row))
        for score, row in zip(table.index, written, strict=True)
    ]
    described = say(
        "{title}: a heat map of {bins} by {bins} cells. {label} from frequency 1 upwards: {rows}.",
        title=say(CELL_TITLES[value]),
        label=label,
        bins=bins,
        rows="; ".join(rows),
    )
    describe(ax, described)
    return ax


def monetary_chart(scores: Any, *, currency: str = "", ax: Axes | None = None) -> Axes:
    """Draw how much money customers bring: a histogram with the median.

    Parameters
    ----------
    scores : frame or relation
        ``monetary`` (currency units), one row per customer, such as `analysis.rfm_scores` returns.
    currency : str
        ISO 4217 code for labels.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Money runs on a logarithmic scale where the largest amount exceeds ten medians (a convention of this
        chart); customers with money of 0 or below have no place on it, and the label says how many they are.

    Raises
    ------
    InputError
        If the column is missing or empty.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> monetary_chart(pd.DataFrame({"monetary": [5.0, 7, 8, 9, 12]}), currency="EUR").get_xlabel()
    'Money per customer, EUR'
    """
    money = _money(scores)
    median = float(np.median(money))
    logarithmic = bool(0 < 10 * median < money.max())
    drawn = money[money > 0] if logarithmic else money
    left_out = len(money) - len(drawn)
    with styled():
        import seaborn
        from matplotlib.ticker import MaxNLocator

        ax = axes_of_own(7.6, 4.4) if ax is None else ax
        if drawn.min() == drawn.max():
            half = max(abs(median) * 0.05, 0.5)
            seaborn.histplot(
                x=drawn, bins=1, binrange=(median - half, median + half), color=BLUE, alpha=1, linewidth=0, ax=ax
            )
        else:
            count = int(np.clip(np.sqrt(len(drawn)), 5, 40))
            seaborn.histplot(x=drawn, bins=count, log_scale=logarithmic, color=BLUE, alpha=1, edgecolor="white", ax=ax)
        ax.axvline(median, color=VERMILLION, linewidth=2)
        ax.annotate(
            say("median {value}", value=style.short_money(median, currency)), (median, 1), (6, -4),
            xycoords=("data", "axes fraction"), textcoords="offset points", va="top",
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 2},
        )  # fmt: skip
        label = say("Money per customer, {unit}", unit=style.money_unit(currency))
        if logarithmic:
            label += ", " + say("logarithmic scale")
        if left_out:
            label += "\n" + say_count(
                "{count} customer with money of 0 or below is not drawn",
                "{count} customers with money of 0 or below are not drawn",
                left_out,
            )
        ax.set(title=say("Money per customer"), xlabel=label, ylabel=say("Customers"))
        ax.margins(y=0.12)
        style.show_numbers(ax.xaxis, compact)
        style.show_numbers(ax.yaxis, compact)
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        ax.grid(True, axis="y")
    describe(ax, _money_in_words(money, currency))
    return ax


def rfm_page(heatmap: pd.DataFrame, segments: pd.DataFrame, *, grid: SegmentGrid = DEFAULT_GRID) -> Figure:
    """Draw the heat map and the segments side by side, for a report.

    Parameters
    ----------
    heatmap, segments : pandas.DataFrame
        As `analysis.rfm_heatmap_table` (customers) and `analysis.segment_table` return them.
    grid : analysis.SegmentGrid
        Names the segments.

    Returns
    -------
    matplotlib Figure
        ``figure.savefig(path)`` writes it.
    """
    with styled():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(15, 6.2), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.25])
    rfm_heatmap_chart(heatmap, ax=left)
    segment_chart(segments, grid=grid, ax=right)
    return figure


def _check_table(table: pd.DataFrame, value: str) -> None:
    if value not in CELL_TITLES:
        raise InputError(
            say("`{name}` can't be {value}.", name="value", value=repr(value)),
            [Problem("unknown_option", say("Allowed: {names}.", names=join_names(map(repr, CELL_TITLES))))],
        )
    if table.empty:
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])


def _in_cell(number: float, scale: float) -> str:
    if np.isnan(number):
        return "–"
    if scale == 1 and abs(number) < 100:
        return format_number(round(number, 2))
    return format_number(round(number / scale, 1)) if scale > 1 else format_number(round(number))


def _unit(value: str, currency: str) -> str:
    if value == "customers":
        return say("Customers")
    if value == "monetary":
        return say("Money, {unit}", unit=style.money_unit(currency))
    return say("Money per customer, {unit}", unit=style.money_unit(currency))


def _money(scores: Any) -> np.ndarray:
    frame = opened(scores, ("monetary",), asked_by="monetary_chart")
    column = frame.select(nw.col("monetary").cast(nw.Float64))
    money = (column.collect() if isinstance(column, nw.LazyFrame) else column)["monetary"].to_numpy()
    if not len(money):
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])
    return money


def _money_in_words(money: np.ndarray, currency: str) -> str:
    low, median, high = (style.short_money(float(part), currency) for part in np.quantile(money, [0.25, 0.5, 0.75]))
    return say_count(
        "Histogram of money per customer, {count} customer: median {median}, the middle half from {low} to {high}, "
        "the highest {most}.",
        "Histogram of money per customer, {count} customers: median {median}, the middle half from {low} to {high}, "
        "the highest {most}.",
        len(money),
        median=median,
        low=low,
        high=high,
        most=style.short_money(float(money.max()), currency),
    )
