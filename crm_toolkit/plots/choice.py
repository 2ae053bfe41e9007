"""Choices in pictures: coefficients, part-worths, shares of offers, and what a copy of an offer takes."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crm_toolkit.behaviour.choice import IIA_LIMITS, LIMITS
from crm_toolkit.plots.dots import dot_axes, draw_dots, label_of, legend_below
from crm_toolkit.plots.limits import note_limits
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, VERMILLION, percent_ticks, show_numbers, styled
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.choice import MNLFit
    from crm_toolkit.analysis.conjoint import ConjointFit


def mnl_chart(fit: MNLFit, *, labels: Mapping[Any, str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw the coefficients of a fitted logit with their intervals.

    Parameters
    ----------
    fit : analysis.MNLFit
        As `analysis.fit_mnl` returns it.
    labels : mapping, optional
        Coefficient → what people call it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One dot with its interval for each coefficient; a hollow one may be 0.

    Raises
    ------
    InputError
        If there are more than 40 coefficients.
    MissingExtraError
        If matplotlib or seaborn is not installed.
    """
    table = fit.coefficients
    with styled():
        ax = dot_axes(len(table), ax)
        names = [label_of(name, labels) for name in table["name"]]
        firm = ((table["low"] > 0) | (table["high"] < 0)).to_numpy()
        ax.axvline(0, color=GREY, linewidth=1)
        draw_dots(ax, names, table["estimate"], table["low"], table["high"], solid=firm,
                  notes=[format_number(one, 2) for one in table["estimate"]], form=format_number,
                  hollow=say("may be 0"))  # fmt: skip
        ax.set(title=say("What drives the choice"), xlabel=say("Utility of one unit more"))
        legend_below(ax)
        note_limits(ax, say(LIMITS))
    told = "; ".join(
        say("{name} {value} (from {low} to {high})", name=name, value=format_number(row["estimate"], 2),
            low=format_number(row["low"], 2), high=format_number(row["high"], 2))
        for name, (_, row) in zip(names, table.iterrows(), strict=True)
    )  # fmt: skip
    head = say_count("What drives {count} choice: {list}.", "What drives {count} choices: {list}.", fit.tasks,
                     list=told)  # fmt: skip
    describe(ax, f"{head} {say(LIMITS)}")
    return ax


def part_worths_chart(fit: ConjointFit, *, labels: Mapping[Any, str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw the part-worths of a conjoint analysis, attribute by attribute.

    Parameters
    ----------
    fit : analysis.ConjointFit
        As `analysis.fit_ratings_conjoint` returns it.
    labels : mapping, optional
        Attribute or level → what people call it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One dot with its interval for each level; the attribute's importance stands at its first level.

    Raises
    ------
    InputError
        If there are more than 40 levels.
    MissingExtraError
        If matplotlib or seaborn is not installed.
    """
    table, important = fit.part_worths, fit.importance.set_index("attribute")["importance"]
    first = ~table["attribute"].duplicated().to_numpy()
    with styled():
        ax = dot_axes(len(table), ax)
        names = [f"{label_of(row.attribute, labels)}: {label_of(row.level, labels)}" for row in table.itertuples()]
        notes = [say("importance {share}", share=format_percent(important[name], 0)) if new else ""
                 for name, new in zip(table["attribute"], first, strict=True)]  # fmt: skip
        ax.axvline(0, color=GREY, linewidth=1)
        for place in np.flatnonzero(first)[1:]:
            ax.axhline(place - 0.5, color="#D9D9D9", linewidth=0.8)
        draw_dots(ax, names, table["part_worth"], table["low"], table["high"], solid=np.ones(len(table), dtype=bool),
                  notes=notes, form=format_number)  # fmt: skip
        ax.set(title=say("What each level is worth"), xlabel=say("Points of the rating beyond the average level"))
        note_limits(ax, say(LIMITS))
    worths = [format_number(worth, 2) for worth in table["part_worth"]]
    told = "; ".join(f"{name} {worth}" for name, worth in zip(names, worths, strict=True))
    shares = "; ".join(f"{label_of(name, labels)} {format_percent(one, 0)}" for name, one in important.items())
    describe(ax, say("Part-worths: {list}. Importance: {shares}. {limits}", list=told, shares=shares,
                     limits=say(LIMITS)))  # fmt: skip
    return ax


def offer_shares_chart(shares: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw shares of offers by two rules side by side.

    Parameters
    ----------
    shares : pandas.DataFrame
        ``offer``, ``preference``, ``first_choice`` (fractions).
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Two dots for each offer.

    Raises
    ------
    InputError
        If a column is missing or there are more than 40 offers.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> shares = pd.DataFrame({"offer": ["A", "B"], "preference": [0.6, 0.4], "first_choice": [0.8, 0.2]})
    >>> print(plots.alt_text(offer_shares_chart(shares)))
    Shares of 2 offers. A: share of preference 60%, first choice 80%. B: share of preference 40%, first choice 20%.
    """
    require_frame(shares, ("offer", "preference", "first_choice"), asked_by="offer_shares_chart")
    with styled():
        ax = dot_axes(len(shares), ax)
        _pairs(ax, shares, [("preference", "o", BLUE, say("share of preference")),
                            ("first_choice", "D", ORANGE, say("first choice"))])  # fmt: skip
        ax.set(title=say("Shares of the offers"), xlabel=say("Share of the people"))
        legend_below(ax)
        note_limits(ax, say(LIMITS))
    told = [
        say("{name}: share of preference {one}, first choice {two}.", name=row["offer"],
            one=format_percent(row["preference"], 0), two=format_percent(row["first_choice"], 0))
        for _, row in shares.iterrows()
    ]  # fmt: skip
    head = say_count("Shares of {count} offer.", "Shares of {count} offers.", len(shares))
    describe(ax, " ".join([head, *told]))
    return ax


def copied_offer_chart(shares: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what a copy of an offer takes from the others: before, by the logit, by nests.

    Parameters
    ----------
    shares : pandas.DataFrame
        As `behaviour.choice.copied_offer_shares` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Three marks for each offer.

    Raises
    ------
    InputError
        If a column is missing or there are more than 40 offers.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.behaviour.choice import copied_offer_shares
    >>> shares = copied_offer_shares({"car": 0.0, "red bus": 0.0}, "red bus", copy="blue bus")
    >>> print(plots.alt_text(copied_offer_chart(shares)))
    A copy joins the offers. car: 50% before, 33% by the logit, 48% by nests. red bus: 50% before, 33% by the logit,
    26% by nests. blue bus: 33% by the logit, 26% by nests.
    """
    require_frame(shares, ("offer", "before", "logit", "nested"), asked_by="copied_offer_chart")
    with styled():
        ax = dot_axes(len(shares), ax)
        nests = fill(say("by nests: the copy is like its twin"), 26)
        _pairs(ax, shares, [("before", "s", GREY, say("before the copy")), ("logit", "o", BLUE, say("by the logit")),
                            ("nested", "D", VERMILLION, nests)])  # fmt: skip
        ax.set(title=say("What a copy of an offer takes"), xlabel=say("Share of the people"))
        legend_below(ax)
        note_limits(ax, say(IIA_LIMITS))
    told = []
    for _, row in shares.iterrows():
        before = say("{share} before", share=format_percent(row["before"], 0)) + ", " if row["before"] >= 0 else ""
        told.append(say("{name}: {before}{logit} by the logit, {nested} by nests.", name=row["offer"], before=before,
                        logit=format_percent(row["logit"], 0), nested=format_percent(row["nested"], 0)))  # fmt: skip
    describe(ax, " ".join([say("A copy joins the offers."), *told]))
    return ax


def _pairs(ax: Axes, shares: pd.DataFrame, series: list[tuple[str, str, str, str]]) -> None:
    place = np.arange(len(shares))
    values = shares[[name for name, *_ in series]].to_numpy(dtype="float64")
    ax.hlines(place, np.nanmin(values, axis=1), np.nanmax(values, axis=1), color="#BFBFBF", linewidth=2)
    for column, (_, marker, colour, label) in zip(values.T, series, strict=True):
        ax.plot(column, place, marker, color=colour, markersize=9, label=label)
    ax.set_yticks(place, shares["offer"].astype(str).tolist())
    ax.set_ylim(len(shares) - 0.4, -0.6)
    ax.set_xlim(0, min(max(float(np.nanmax(values)) * 1.12, 0.1), 1.02))
    ax.tick_params(axis="y", length=0)
    ax.grid(True, axis="x")
    show_numbers(ax.xaxis, percent_ticks)
