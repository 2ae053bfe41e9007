"""Expectation and satisfaction in pictures: the response surface, its two lines, and encounter after encounter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crm_toolkit.behaviour.expectations import LIMITS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.limits import note_limits
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    LIGHT_TO_DARK,
    ORANGE,
    VERMILLION,
    axes_of_own,
    compact,
    show_numbers,
    styled,
)
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, mark, say, say_count

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.disconfirmation import Disconfirmation

LINE_LABELS = {
    "fulfilled": mark("expectation fulfilled (P = E)"),
    "surprised": mark("from disappointment to surprise (P = −E)"),
}
KIND_WORDS = {
    "maximum": mark("a peak"),
    "minimum": mark("a bottom"),
    "saddle": mark("a saddle"),
}


def response_surface_chart(found: Disconfirmation, *, ax: Axes | None = None) -> Axes:
    """Draw satisfaction over expectation and performance, with the two lines along which it is read.

    Parameters
    ----------
    found : analysis.Disconfirmation
        As `analysis.fit_disconfirmation` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Contours within the answers that were seen.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.disconfirmation import fit_disconfirmation
    >>> e, p = np.random.default_rng(1).uniform(1, 7, (2, 80))
    >>> answers = pd.DataFrame({"expectation": e, "performance": p, "satisfaction": p - 0.3 * e - 0.05 * p**2})
    >>> response_surface_chart(fit_disconfirmation(answers, scale=(1, 7))).get_ylabel()
    'Performance'
    """
    grid = found.grid()
    side = round(len(grid) ** 0.5)
    e, p, s = (grid[name].to_numpy().reshape(side, side) for name in ("expectation", "performance", "satisfaction"))
    with styled():
        from matplotlib.patheffects import Normal, Stroke

        ax = axes_of_own(6.6, 5.2) if ax is None else ax
        note_limits(ax, found.limits)
        filled = ax.contourf(e, p, s, levels=12, cmap=LIGHT_TO_DARK)
        for line, style, colour in (("fulfilled", "-", "white"), ("surprised", "--", ORANGE)):
            mine = found.along(line, 2)
            ax.plot(mine["expectation"], mine["performance"], color=colour, linestyle=style, linewidth=2.6,
                    label=say(LINE_LABELS[line]), path_effects=[Stroke(linewidth=4.8, foreground="#1A1A1A"), Normal()],
                    solid_capstyle="butt")  # fmt: skip
        marked = _flat_inside(found)
        if marked is not None:
            ax.plot(*marked, marker="X", markersize=12, color=VERMILLION, markeredgecolor="white", linestyle="none",
                    label=say(KIND_WORDS[found.kind]))  # fmt: skip
        ax.set_xlim(e.min(), e.max())
        ax.set_ylim(p.min(), p.max())
        bar = ax.figure.colorbar(filled, ax=ax)  # type: ignore[union-attr]
        bar.set_label(say("Satisfaction"))
        show_numbers(bar.ax.yaxis, format_number)
        show_numbers(ax.xaxis, format_number)
        show_numbers(ax.yaxis, format_number)
        ax.set_title(say("Satisfaction over expectation and performance"), pad=50 if marked is None else 66)
        ax.set_xlabel(say("Expectation"))
        ax.set_ylabel(say("Performance"))
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=1, borderaxespad=0.2, borderpad=0, handlelength=3)
    describe(ax, _in_words(found))
    return ax


def surprise_chart(found: Disconfirmation, *, ax: Axes | None = None) -> Axes:
    """Draw satisfaction along the two lines: expectation fulfilled, and from disappointment to surprise.

    Parameters
    ----------
    found : analysis.Disconfirmation
        As `analysis.fit_disconfirmation` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Two curves with the intervals of the mean.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.disconfirmation import fit_disconfirmation
    >>> e, p = np.random.default_rng(1).uniform(1, 7, (2, 80))
    >>> answers = pd.DataFrame({"expectation": e, "performance": p, "satisfaction": p - 0.3 * e - 0.05 * p**2})
    >>> surprise_chart(fit_disconfirmation(answers, scale=(1, 7))).get_ylabel()
    'Satisfaction'
    """
    with styled():
        ax = axes_of_own(7.2, 4.5) if ax is None else ax
        for line, style, colour in (("fulfilled", "--", ORANGE), ("surprised", "-", BLUE)):
            mine = found.along(line)
            ax.fill_between(mine["distance"], mine["low"], mine["high"], color=colour, alpha=0.22, linewidth=0)
            ax.plot(mine["distance"], mine["satisfaction"], color=colour, linestyle=style, linewidth=2.4,
                    label=say(LINE_LABELS[line]))  # fmt: skip
        ax.axvline(0, color=GREY, linewidth=1)
        ax.set_title(say("Satisfaction along both lines"), pad=48)
        ax.set_xlabel(say("Performance above or below the middle of the scale"))
        note_limits(ax, found.limits)
        ax.set_ylabel(say("Satisfaction"))
        show_numbers(ax.xaxis, format_number)
        show_numbers(ax.yaxis, format_number)
        ax.grid(True)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=1, borderaxespad=0.2, borderpad=0)
    describe(ax, _in_words(found))
    return ax


def expectation_chart(path: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw encounter after encounter: what was expected, what was experienced, how satisfied it left.

    Parameters
    ----------
    path : pandas.DataFrame
        As `behaviour.expectation_path` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Lines of expectation and performance, and bars of satisfaction.

    Raises
    ------
    InputError
        If a column is missing or there is no row.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit.behaviour.expectations import expectation_path
    >>> from crm_toolkit.plots import alt_text
    >>> alt_text(expectation_chart(expectation_path([1, 1, -1]))).split(";")[0]
    '3 encounters: the expectation goes from 0.00 to 0.51'
    """
    require_frame(path, ("encounter", "expectation", "performance", "satisfaction"),
                    asked_by="expectation_chart")  # fmt: skip
    if not len(path):
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])
    with styled():
        from matplotlib.ticker import MaxNLocator

        ax = axes_of_own(7.6, 4.5) if ax is None else ax
        place = path["encounter"].to_numpy()
        ax.bar(place, path["satisfaction"], color=GREY, alpha=0.35, width=0.8, label=say("satisfaction"))
        ax.plot(place, path["expectation"], color=BLUE, linewidth=2.3, linestyle="--", marker="o", markersize=4,
                label=say("expectation"))  # fmt: skip
        ax.plot(place, path["performance"], color=VERMILLION, linewidth=2.0, marker="s", markersize=5,
                label=say("performance"))  # fmt: skip
        ax.axhline(0, color=GREY, linewidth=1)
        ax.set_xlim(place[0] - 0.7, place[-1] + 0.7)
        ax.xaxis.set_major_locator(MaxNLocator(nbins=12, integer=True))
        show_numbers(ax.xaxis, lambda value: format_number(round(value)))
        show_numbers(ax.yaxis, compact)
        ax.set_title(say("Expectation learns, satisfaction follows the surprise"), pad=28)
        ax.set_xlabel(say("Encounter"))
        note_limits(ax, say(LIMITS))
        ax.set_ylabel(say("Standard deviations of performance"))
        ax.grid(True, axis="y")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2, borderpad=0)
    pleased, cross = (int(place[at(path["satisfaction"].to_numpy())]) for at in (np.argmax, np.argmin))
    told = say_count(
        "{count} encounter: the expectation goes from {low} to {high}; satisfaction is highest in encounter {best}, "
        "lowest in encounter {worst}.",
        "{count} encounters: the expectation goes from {low} to {high}; satisfaction is highest in encounter {best}, "
        "lowest in encounter {worst}.",
        len(path), low=_signed(path["expectation"].iloc[0]), high=_signed(path["expectation"].iloc[-1]), best=pleased,
        worst=cross,
    )  # fmt: skip
    describe(ax, f"{told} {say(LIMITS)}")
    return ax


def _flat_inside(found: Disconfirmation) -> tuple[list[float], list[float]] | None:
    """The stationary point, if it may be read and lies within the answers that were seen."""
    if found.stationary is None or not found.bends:
        return None
    x, y = (float(one) for one in found.stationary["estimate"])
    (e_low, e_high), (p_low, p_high) = found.expectation_range, found.performance_range
    return ([x], [y]) if e_low <= x <= e_high and p_low <= y <= p_high else None


def _in_words(found: Disconfirmation) -> str:
    told = [
        say("{line}: slope {slope} (from {low} to {high}).", line=say(LINE_LABELS[row["line"]]),
            slope=_signed(row["estimate"]), low=_signed(row["low"]), high=_signed(row["high"]))
        for row in found.lines.to_dict("records")
        if row["quantity"] == "slope"
    ]  # fmt: skip
    bend = found.lines.loc[(found.lines["line"] == "surprised") & (found.lines["quantity"] == "curvature")]
    if len(bend) and bend["high"].iloc[0] < 0:
        told.append(say("Surprises please less than disappointments hurt."))
    head = say_count("Response surface of {count} respondent.", "Response surface of {count} respondents.",
                     found.respondents)  # fmt: skip
    return " ".join([head, *told, *found.warnings, found.limits])


def _signed(value: float) -> str:
    return ("−" if round(value, 2) < 0 else "") + format_number(abs(value), 2)
