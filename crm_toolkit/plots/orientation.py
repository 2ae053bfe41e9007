"""Staff and clients on one page: how each side sees the organisation, dimension by dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crm_toolkit.analysis.orientation import DIMENSIONS, HIGHEST, LOWEST
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, VERMILLION, axes_of_own, styled
from crm_toolkit.texts import format_number, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.orientation import OrientationProfile


def orientation_chart(profile: OrientationProfile, *, ax: Axes | None = None) -> Axes:
    """Draw the view of staff and of clients with the gap between them.

    Parameters
    ----------
    profile : analysis.orientation.OrientationProfile
        As `analysis.orientation.orientation_profile` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A row for each dimension: a circle for staff, a square for clients, both with intervals; the gap as a number.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.orientation import orientation_profile
    >>> from crm_toolkit.datasets import make_orientation_survey
    >>> made = make_orientation_survey()
    >>> plots.alt_text(orientation_chart(orientation_profile(made.staff, made.clients)))[:56]
    'Staff and clients, 1 to 7. client: staff 5.9, clients 4.'
    """
    table = profile.dimensions
    place = np.arange(len(table))
    with styled():
        ax = axes_of_own(8.0, 4.6) if ax is None else ax
        known = table["gap"].notna().to_numpy()
        ax.hlines(place[known], table["clients"][known], table["staff"][known], color="#BFBFBF", linewidth=5)
        for who, colour, sign, shift, word in (
            ("staff", BLUE, "o", -0.09, say("staff")), ("clients", VERMILLION, "s", 0.09, say("clients")),
        ):  # fmt: skip
            ax.hlines(place + shift, table[f"{who}_low"], table[f"{who}_high"], color=colour, linewidth=1.8)
            ax.plot(table[who], place + shift, sign, color=colour, markersize=8, label=word)
        for row, gap in enumerate(table["gap"]):
            note = say("clients not asked") if np.isnan(gap) else say("gap {gap}", gap=format_number(gap, 1))
            ax.annotate(note, (1.0, row), xycoords=("axes fraction", "data"), xytext=(8, 0),
                        textcoords="offset points", va="center", ha="left", fontsize=9.5, color=GREY)  # fmt: skip
        ax.set_yticks(place, [say(DIMENSIONS[name]) for name in table["dimension"]])
        ax.set_ylim(len(table) - 0.5, -0.5)
        ax.set_xlim(LOWEST - 0.1, HIGHEST + 0.1)
        ax.set_xticks(range(LOWEST, HIGHEST + 1))
        ax.tick_params(axis="y", length=0)
        ax.grid(True, axis="x")
        title = (
            say("How staff and clients see it") if profile.turned else say("Reversed items not turned: not to be read")
        )
        ax.set(title=title, xlabel=say("Mean answer, 1 not at all, 7 wholly; bar: 95% interval"))
        ax.legend(loc="upper left", bbox_to_anchor=(0, -0.16), ncols=2, borderaxespad=0.2, borderpad=0)
    told = [
        say("{dimension}: staff {staff}, clients {clients}", dimension=say(DIMENSIONS[row["dimension"]]),
            staff=format_number(row["staff"], 1),
            clients="–" if np.isnan(row["clients"]) else format_number(row["clients"], 1))
        for row in table.to_dict("records")
    ]  # fmt: skip
    describe(ax, say("Staff and clients, 1 to 7. {list}.", list="; ".join(told)))
    return ax
