"""Simpson's paradox in one picture: what every group says beside what the whole says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.dots import label_of
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, VERMILLION, axes_of_own, compact, show_numbers, styled
from crm_toolkit.texts import format_number, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis import SimpsonReversal

_MOST_GROUPS = 20


def simpson_chart(found: SimpsonReversal, *, labels: Mapping[Any, str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw the difference of the two treatments in every group and in the whole.

    Parameters
    ----------
    found : analysis.SimpsonReversal
        As `analysis.simpson_reversal` returns it, with up to 20 groups.
    labels : mapping, optional
        What the groups and the two treatments are called in the picture.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A dot is the difference (treated less baseline): circles are groups, as large as the number of their rows; the
        square is the whole, the diamond what equal weights of the groups would show.

    Raises
    ------
    InputError
        If there are more than 20 groups.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import analysis, plots
    >>> cells = [("small", "a", 81, 87), ("large", "a", 192, 263), ("small", "b", 234, 270), ("large", "b", 55, 80)]
    >>> frame = pd.DataFrame(
    ...     [(g, t, int(k < won)) for g, t, won, n in cells for k in range(n)], columns=["stone", "way", "cured"]
    ... )
    >>> plots.alt_text(simpson_chart(analysis.simpson_reversal(frame, "cured", "way", "stone", treated="a")))
    '“a” less “b”: -0.046 in all; 0.043 to 0.064 in the 2 groups; 0.054 with equal weights. Every group says the
    opposite of the whole.'
    """
    groups = found.groups
    if len(groups) > _MOST_GROUPS:
        what = say_count("{count} group was given.", "{count} groups were given.", len(groups))
        advice = say("Unite small groups; up to {most} can be drawn.", most=_MOST_GROUPS)
        raise InputError(say("There is too much to draw."), [Problem("too_many", what, advice=advice)])
    rows = (groups["baseline_rows"] + groups["treated_rows"]).to_numpy(dtype=float)
    treated, baseline = label_of(found.treated, labels), label_of(found.baseline, labels)
    names = [*(label_of(name, labels) for name in groups["group"]), say("equal weights"), say("the whole")]
    values = [*groups["difference"], found.adjusted, found.aggregate]
    with styled():
        ax = axes_of_own(7.2, 1.9 + 0.42 * len(names)) if ax is None else ax
        places = list(range(len(groups)))
        ax.axvline(0, color=GREY, linewidth=1)
        ax.axhline(len(groups) - 0.5, color=GREY, linewidth=0.7, linestyle=":")
        ax.hlines(range(len(names)), 0, values, color=GREY, linewidth=1.2, alpha=0.6)
        ax.scatter(groups["difference"], places, s=40 + 260 * rows / rows.max(), color=BLUE, zorder=3,
                   edgecolors="white")  # fmt: skip
        ax.plot([found.adjusted], [len(groups)], "D", color=ORANGE, markersize=10, markeredgecolor=GREY, zorder=3)
        ax.plot([found.aggregate], [len(groups) + 1], "s", color=VERMILLION, markersize=11, zorder=3)
        for at, value in enumerate(values):
            ax.annotate(format_number(round(float(value), 3)), (value, at), (13 if value >= 0 else -13, 0),
                        textcoords="offset points", va="center", ha="left" if value >= 0 else "right",
                        fontsize=9.5)  # fmt: skip
        ax.set_yticks(range(len(names)), names)
        ax.set_ylim(-0.6, len(names) - 0.4)
        low, high = min(0.0, *values), max(0.0, *values)
        ax.set_xlim(low - 0.18 * (high - low or 1), high + 0.18 * (high - low or 1))
        ax.set_title(say("Difference of “{treated}” and “{baseline}”", treated=treated, baseline=baseline))
        ax.set_xlabel(say("Mean outcome under “{treated}” less that under “{baseline}”", treated=treated,
                          baseline=baseline))  # fmt: skip
        show_numbers(ax.xaxis, compact)
        ax.grid(True, axis="x")
    verdict = {
        "full": say("Every group says the opposite of the whole."),
        "partial": say("With equal weights the sign is the opposite of that of the whole."),
        "none": say("The groups do not contradict the whole."),
    }[found.reversal]
    told = say_count(
        "“{treated}” less “{baseline}”: {whole} in all; {low} to {high} in the {count} group; {adjusted} with equal "
        "weights.",
        "“{treated}” less “{baseline}”: {whole} in all; {low} to {high} in the {count} groups; {adjusted} with equal "
        "weights.",
        len(groups),
        treated=treated,
        baseline=baseline,
        whole=format_number(round(found.aggregate, 3)),
        low=format_number(round(float(groups["difference"].min()), 3)),
        high=format_number(round(float(groups["difference"].max()), 3)),
        adjusted=format_number(round(found.adjusted, 3)),
    )
    describe(ax, f"{told} {verdict}")
    return ax
