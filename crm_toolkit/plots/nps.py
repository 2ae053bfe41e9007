"""NPS in pictures: surveys between which nothing happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crm_toolkit.plots.dots import legend_below
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, VERMILLION, axes_of_own, show_numbers, styled
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def nps_noise_chart(surveys: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw NPS of surveys between which nothing happened.

    Parameters
    ----------
    surveys : pandas.DataFrame
        As `analysis.nps_noise` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One dot with its interval for each survey; the line is the truth.

    Raises
    ------
    InputError
        If a column is missing.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.surveys.nps_change import nps_noise
    >>> surveys = nps_noise(promoters=0.5, detractors=0.2, answers=200, surveys=6, seed=1)
    >>> print(plots.alt_text(nps_noise_chart(surveys)))
    6 surveys between which nothing happened: NPS from 28.0 to 39.0, the truth is 30.0.
    """
    require_frame(surveys, ("survey", "nps", "low", "high", "truth"), asked_by="nps_noise_chart")
    x, y = surveys["survey"].to_numpy(), surveys["nps"].to_numpy()
    truth = float(surveys["truth"].iloc[0])
    with styled():
        ax = axes_of_own(7.6, 4.4) if ax is None else ax
        ax.vlines(x, surveys["low"], surveys["high"], color=BLUE, linewidth=2)
        ax.plot(x, y, "-o", color=BLUE, linewidth=0.8, markersize=7, label=say("survey, with interval"))
        ax.axhline(truth, color=VERMILLION, linestyle="--", linewidth=1.6, label=say("truth: nothing changes"))
        ax.grid(True, axis="y")
        show_numbers(ax.xaxis, format_number)
        show_numbers(ax.yaxis, format_number)
        ax.set(title=say("NPS while nothing happens"), xlabel=say("Survey"), ylabel=say("NPS, points"))
        legend_below(ax)
    describe(ax, say_count(
        "{count} survey between which nothing happened: NPS from {low} to {high}, the truth is {truth}.",
        "{count} surveys between which nothing happened: NPS from {low} to {high}, the truth is {truth}.",
        len(surveys), low=format_number(y.min(), 1), high=format_number(y.max(), 1), truth=format_number(truth, 1),
    ))  # fmt: skip
    return ax
