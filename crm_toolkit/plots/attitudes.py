"""Attitudes in pictures: Fishbein's table, the weights of planned behaviour, Nicosia's fields, a change's value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.behaviour.attitudes import FISHBEIN_LIMITS
from crm_toolkit.behaviour.nicosia import LIMITS as NICOSIA_LIMITS
from crm_toolkit.behaviour.prospect import LIMITS as PROSPECT_LIMITS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.dots import dot_axes, draw_dots, label_of
from crm_toolkit.plots.limits import note_limits
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    ORANGE,
    TWO_SIDED,
    VERMILLION,
    axes_of_own,
    compact,
    readable_on,
    show_numbers,
    styled,
)
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.planned_behaviour import PlannedBehaviour
    from crm_toolkit.behaviour.attitudes import FishbeinAttitudes
    from crm_toolkit.behaviour.nicosia import SteadyState

TERM_LABELS = {
    "attitude": mark("attitude"),
    "subjective_norm": mark("subjective norm"),
    "perceived_control": mark("perceived control"),
}
_MOST = 14


def fishbein_chart(
    found: FishbeinAttitudes, *, labels: Mapping[Any, str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw what each attribute adds to each attitude, with the sums.

    Parameters
    ----------
    found : behaviour.FishbeinAttitudes
        As `behaviour.fishbein_attitudes` returns it.
    labels : mapping, optional
        Object or attribute → what people call it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A cell for each object and attribute with belief times evaluation; the attitude and its rank at the right.

    Raises
    ------
    InputError
        If there are more than 14 objects or attributes.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit.behaviour.attitudes import fishbein_attitudes
    >>> from crm_toolkit.plots import alt_text
    >>> found = fishbein_attitudes([[3, -1], [2, 2]], [3, 1], objects=["A", "B"], attributes=["taste", "price"])
    >>> alt_text(fishbein_chart(found)).split(". ")[1:4]
    ['A: 8, rank 1', 'B: 8, rank 1', 'Equal attitudes share a rank']
    """
    cells = found.contributions.pivot_table("contribution", "object", "attribute", sort=False, observed=True)
    rows, columns = cells.shape
    if max(rows, columns) > _MOST:
        what = say("There are {rows} objects and {columns} attributes; {most} of each can be drawn.", rows=rows,
                   columns=columns, most=_MOST)  # fmt: skip
        raise InputError(say("There is too much to draw."), [Problem("too_many", what)])
    value = found.contributions.drop_duplicates("attribute").set_index("attribute")["evaluation"]
    largest = float(np.abs(cells.to_numpy()).max()) or 1.0
    with styled():
        import matplotlib

        ax = axes_of_own(3.6 + 1.05 * columns, 2.3 + 0.5 * rows) if ax is None else ax
        colours = matplotlib.colormaps[TWO_SIDED]
        shade = 0.5 + 0.42 * cells.to_numpy() / largest
        ax.imshow(shade, cmap=colours, vmin=0, vmax=1, aspect="auto")
        for (row, column), number in np.ndenumerate(cells.to_numpy()):
            ax.text(column, row, _signed(number), in_layout=False, ha="center", va="center",
                    color=readable_on(tuple(colours(float(shade[row, column])))))  # fmt: skip
        for row, one in enumerate(found.table.to_dict("records")):
            note = say("{attitude}  (rank {rank})", attitude=_signed(one["attitude"]), rank=one["rank"])
            ax.annotate(note, (1.0, row), xycoords=("axes fraction", "data"), xytext=(10, 0),
                        textcoords="offset points", va="center", ha="left",
                        fontweight="bold" if one["rank"] == 1 else "normal")  # fmt: skip
        ax.annotate(say("Attitude"), (1.0, -0.62), xycoords=("axes fraction", "data"), xytext=(10, 3),
                    textcoords="offset points", va="bottom", ha="left", fontweight="bold")  # fmt: skip
        heads = [
            f"{label_of(name, labels)}\n{say('e = {value}', value=_signed(value[name]))}" for name in cells.columns
        ]
        ax.set_xticks(np.arange(columns), heads)
        ax.set_yticks(np.arange(rows), [label_of(name, labels) for name in cells.index])
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        ax.set_title(say("What each attribute adds to the attitude"), pad=26)
        note_limits(ax, say(FISHBEIN_LIMITS))
    told = [
        say("{name}: {attitude}, rank {rank}.", name=label_of(one["object"], labels),
            attitude=_signed(one["attitude"]), rank=one["rank"])
        for one in found.table.to_dict("records")
    ]  # fmt: skip
    tied = [say("Equal attitudes share a rank.")] if found.table["tied"].any() else []
    head = say("Attitudes by Fishbein's sum of belief times evaluation.")
    describe(ax, " ".join([head, *told, *tied, say(FISHBEIN_LIMITS)]))
    return ax


def planned_behaviour_chart(found: PlannedBehaviour, *, ax: Axes | None = None) -> Axes:
    """Draw the standardised weights of attitude, norm and control, with intervals.

    Parameters
    ----------
    found : analysis.PlannedBehaviour
        As `analysis.fit_planned_behaviour` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A dot with its interval for each cause of the intention.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.planned_behaviour import TERMS, fit_planned_behaviour
    >>> luck = np.random.default_rng(1)
    >>> answers = pd.DataFrame(luck.normal(size=(200, 3)), columns=list(TERMS))
    >>> answers["intention"] = answers @ [0.6, 0.1, 0.3] + luck.normal(size=200)
    >>> planned_behaviour_chart(fit_planned_behaviour(answers)).get_title(loc="left")
    'What the intention is made of'
    """
    table = found.weights
    names = [say(TERM_LABELS[term]) for term in table["term"]]
    notes = [format_number(weight, 2) for weight in table["weight"]]
    with styled():
        ax = dot_axes(len(table), ax)
        ax.axvline(0, color=GREY, linewidth=1)
        draw_dots(ax, names, table["weight"], table["low"], table["high"], solid=np.ones(len(table), dtype=bool),
                  notes=notes, form=format_number)  # fmt: skip
        ax.set(title=say("What the intention is made of"), xlabel=say("Standardised weight, with interval"))
        note_limits(ax, found.limits)
    told = " ".join(
        say("{name} {weight} (from {low} to {high}).", name=name, weight=format_number(row["weight"], 2),
            low=format_number(row["low"], 2), high=format_number(row["high"], 2))
        for name, (_, row) in zip(names, table.iterrows(), strict=True)
    )  # fmt: skip
    head = say_count("Standardised weights of {count} respondent; together they explain {share} of the intention.",
                     "Standardised weights of {count} respondents; together they explain {share} of the intention.",
                     found.respondents, share=format_percent(found.r_squared, 0))  # fmt: skip
    describe(ax, " ".join([head, told, found.limits]))
    return ax


def nicosia_chart(path: pd.DataFrame, *, rest: SteadyState | None = None, ax: Axes | None = None) -> Axes:
    """Draw attitude and purchases through time, with where they come to rest.

    Parameters
    ----------
    path : pandas.DataFrame
        As `behaviour.nicosia_path` returns it, in the order of time.
    rest : behaviour.SteadyState, optional
        Drawn as dotted lines.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Two lines; a grey ground while the message runs.

    Raises
    ------
    InputError
        If a column is missing or there is no row.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit.behaviour.nicosia import Nicosia, nicosia_path
    >>> model = Nicosia()
    >>> nicosia_chart(nicosia_path(model, range(30)), rest=model.steady_state).get_xlabel()
    'Time'
    """
    require_frame(path, ("time", "attitude", "purchases", "message"), asked_by="nicosia_chart")
    if not len(path):
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])
    with styled():
        ax = axes_of_own(7.4, 4.4) if ax is None else ax
        time = path["time"].to_numpy(dtype="float64")
        talking = path["message"].to_numpy() > 0
        if talking.any() and not talking.all():
            ax.axvspan(time[talking][0], time[talking][-1], color=GREY, alpha=0.14, linewidth=0,
                       label=say("the message runs"))  # fmt: skip
        ax.plot(time, path["attitude"], color=BLUE, linewidth=2.3, label=say("attitude"))
        ax.plot(time, path["purchases"], color=VERMILLION, linewidth=2.3, linestyle="--", label=say("purchases"))
        if rest is not None:
            for level, colour in ((rest.attitude, BLUE), (rest.purchases, VERMILLION)):
                ax.axhline(level, color=colour, linestyle=":", linewidth=1.4)
                ax.annotate(format_number(level, 2), (1.0, level), xycoords=("axes fraction", "data"), xytext=(6, 0),
                            textcoords="offset points", va="center", fontsize=9.5)  # fmt: skip
        ax.set_xlim(time[0], time[-1] if time[-1] > time[0] else time[0] + 1)
        ax.set_title(say("Nicosia's fields: attitude and purchases"), pad=28)
        ax.set_xlabel(say("Time"))
        ax.set_ylabel(say("Level (no unit of its own)"))
        note_limits(ax, say(NICOSIA_LIMITS))
        show_numbers(ax.xaxis, compact)
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2, borderpad=0)
    last = path.iloc[-1]
    told = say("Attitude goes from {a} to {b}, purchases from {c} to {d}.", a=compact(path["attitude"].iloc[0]),
               b=compact(last["attitude"]), c=compact(path["purchases"].iloc[0]),
               d=compact(last["purchases"]))  # fmt: skip
    if rest is not None:
        told += " " + say("They come to rest at {attitude} and {purchases}.", attitude=format_number(rest.attitude, 2),
                          purchases=format_number(rest.purchases, 2))  # fmt: skip
    describe(ax, f"{told} {say(NICOSIA_LIMITS)}")
    return ax


def prospect_chart(change: Any, value: Any, *, unit: str = "", ax: Axes | None = None) -> Axes:
    """Draw the value of gains and losses, with its kink where one stands.

    Parameters
    ----------
    change : array
        Gains above 0 and losses below, rising, with 0 inside.
    value : array
        As `behaviour.prospect_value` returns it for them.
    unit : str
        Unit of the change, for the label.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        If the two have not one length, or there is no gain or no loss.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit.behaviour.prospect import prospect_value
    >>> points = np.linspace(-500, 500, 101)
    >>> prospect_chart(points, prospect_value(points), unit="points").get_xlabel()
    'Change from where one stands, points'
    """
    x, v = np.asarray(change, dtype="float64"), np.asarray(value, dtype="float64")
    if x.ndim != 1 or x.shape != v.shape or not len(x) or not x[0] < 0 < x[-1] or (np.diff(x) <= 0).any():
        what = say("Changes must rise from losses to gains, with a value for each.")
        raise InputError(say("There is nothing to draw."), [Problem("wrong_shape", what)])
    size = min(-x[0], x[-1])
    loss, gain = (float(np.interp(at, x, v)) for at in (-size, size))
    with styled():
        ax = axes_of_own(6.4, 4.6) if ax is None else ax
        ax.axhline(0, color=GREY, linewidth=1)
        ax.axvline(0, color=GREY, linewidth=1)
        for part, colour, line, word in ((x <= 0, VERMILLION, "--", say("losses")), (x >= 0, BLUE, "-", say("gains"))):
            ax.plot(x[part], v[part], color=colour, linestyle=line, linewidth=2.5, label=word)
        ax.plot([-size, size], [loss, gain], "o", color=ORANGE, markersize=8, markeredgecolor=GREY, zorder=5)
        ax.set_title(say("What a change is worth"), pad=28)
        ax.set_xlabel(say("Change from where one stands, {unit}", unit=unit) if unit else
                      say("Change from where one stands"))  # fmt: skip
        ax.set_ylabel(say("Value (only comparisons have a meaning)"))
        note_limits(ax, say(PROSPECT_LIMITS))
        show_numbers(ax.xaxis, compact)
        show_numbers(ax.yaxis, compact)
        ax.grid(True)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2, borderpad=0)
    ratio = format_number(-loss / gain, 2) if gain else "–"
    told = say("A loss of {size} weighs {ratio} times as much as a gain of {size}.", size=compact(size), ratio=ratio)
    describe(ax, f"{told} {say(PROSPECT_LIMITS)}")
    return ax


def _signed(value: float) -> str:
    return ("−" if value < 0 else "") + format_number(abs(value))
