"""Leaving a service in pictures: what the unhappy do, the reasons that those who left tell, and how coders agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.incidents import REASONS
from crm_toolkit.behaviour.exit_voice import LIMITS, REACTIONS
from crm_toolkit.plots.dots import dot_axes, draw_dots, label_of, legend_below
from crm_toolkit.plots.limits import note_limits
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    LIGHT_TO_DARK,
    ORANGE,
    VERMILLION,
    axes_of_own,
    percent_ticks,
    readable_on,
    show_numbers,
    styled,
)
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DASHES = {"voice": ("-", BLUE), "exit": ("--", VERMILLION), "word_of_mouth": ("-.", ORANGE), "stay": (":", GREY)}


def exit_voice_chart(table: pd.DataFrame, *, name: str, now: float | None = None, ax: Axes | None = None) -> Axes:
    """Draw what the unhappy do, against one thing that is changed.

    Parameters
    ----------
    table : pandas.DataFrame
        ``value`` of what is changed, and the chances ``voice``, ``exit``, ``word_of_mouth``, ``stay``.
    name : str
        What is changed, for the axis.
    now : float, optional
        A value to mark.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Four lines.

    Raises
    ------
    InputError
        If a column is missing.
    MissingExtraError
        If matplotlib or seaborn is not installed.
    """
    require_frame(table, ("value", *REACTIONS), asked_by="exit_voice_chart")
    with styled():
        ax = axes_of_own(7.6, 4.8) if ax is None else ax
        for code, text in REACTIONS.items():
            dash, colour = _DASHES[code]
            ax.plot(table["value"], table[code], dash, color=colour, linewidth=2.4, label=say(text))
        if now is not None:
            ax.axvline(now, color=GREY, linewidth=1)
        ax.set_ylim(0, 1)
        ax.grid(True)
        show_numbers(ax.xaxis, format_number)
        show_numbers(ax.yaxis, percent_ticks)
        ax.set(title=say("What the unhappy do"), xlabel=name, ylabel=say("Share of the unhappy"))
        legend_below(ax)
        note_limits(ax, say(LIMITS))
    told = []
    places = {0, len(table) - 1}
    if now is not None:
        places.add(int((table["value"] - now).abs().to_numpy().argmin()))
    for row in (table.iloc[place] for place in sorted(places)):
        parts = ", ".join(f"{say(text)} {format_percent(row[code], 0)}" for code, text in REACTIONS.items())
        told.append(say("{name} {value}: {list}.", name=name, value=format_number(row["value"]), list=parts))
    describe(ax, " ".join([*told, say(LIMITS)]))
    return ax


def incident_reasons_chart(
    reasons: pd.DataFrame, *, labels: Mapping[Any, str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw in which share of incidents each reason was named.

    Parameters
    ----------
    reasons : pandas.DataFrame
        As `analysis.incident_reasons` returns it.
    labels : mapping, optional
        Reason → what people call it; by default as Keaveney's categories are called.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One dot with its interval for each reason, the commonest on top.

    Raises
    ------
    InputError
        If a column is missing or there are more than 40 reasons.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.incidents import incident_reasons
    >>> told = pd.DataFrame({"incident_id": [1, 2, 3, 3], "reason": ["pricing", "pricing", "pricing", "competition"]})
    >>> print(plots.alt_text(incident_reasons_chart(incident_reasons(told))))
    Reasons of switching. pricing 100%, attraction by competitors 33%.
    """
    require_frame(reasons, ("reason", "incidents", "share", "low", "high", "enough"),
                    asked_by="incident_reasons_chart")  # fmt: skip
    known = {code: say(text) for code, text in REASONS.items()} | dict(labels or {})
    with styled():
        ax = dot_axes(len(reasons), ax)
        names = [label_of(name, known) for name in reasons["reason"]]
        notes = [say_count("{count} incident", "{count} incidents", int(one)) for one in reasons["incidents"]]
        draw_dots(ax, names, reasons["share"], reasons["low"], reasons["high"], solid=reasons["enough"], notes=notes,
                  form=percent_ticks, hollow=say("too few incidents to tell"))  # fmt: skip
        ax.set_xlim(0, 1)
        ax.set(title=say("Reasons of switching"), xlabel=say("Share of the incidents; one may have several reasons"))
        legend_below(ax)
    told = ", ".join(f"{name} {format_percent(one, 0)}" for name, one in zip(names, reasons["share"], strict=True))
    describe(ax, say("Reasons of switching. {list}.", list=told))
    return ax


def coder_confusion_chart(
    confusion: pd.DataFrame, *, rows: str, columns: str, labels: Mapping[Any, str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw which codes of one coder met which of another.

    Parameters
    ----------
    confusion : pandas.DataFrame
        As `analysis.coder_agreement` returns it: incidents by one coder's code (rows) and the other's (columns).
    rows, columns : str
        Who the coders are, for the axes.
    labels : mapping, optional
        Code → what people call it; by default as Keaveney's categories are called.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A table of counts; what both coded alike lies on the diagonal and is framed.

    Raises
    ------
    InputError
        If there are more than 40 codes.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> met = pd.DataFrame([[5, 1], [0, 4]], index=["pricing", "competition"], columns=["pricing", "competition"])
    >>> print(plots.alt_text(coder_confusion_chart(met, rows="Ann", columns="Bob")))
    Codes of Ann against those of Bob: 9 of 10 alike. Mixed up: pricing and attraction by competitors 1.
    """
    known = {code: say(text) for code, text in REASONS.items()} | dict(labels or {})
    names = [label_of(name, known) for name in confusion.index]
    counts = confusion.to_numpy()
    with styled():
        ax = dot_axes(len(names), ax, width=8.4) if ax is None or len(names) > 40 else ax
        image = ax.imshow(counts, cmap=LIGHT_TO_DARK, vmin=0, vmax=max(counts.max(), 1), aspect="auto")
        for row, column in zip(*np.nonzero(counts), strict=True):
            colour = readable_on(np.asarray(image.cmap(image.norm(counts[row, column]))).tolist())
            ax.text(column, row, format_number(int(counts[row, column])), ha="center", va="center", color=colour)
        for place in range(len(names)):
            ax.add_patch(_frame(place))
        ax.set_xticks(range(len(names)), names, rotation=30, ha="right", rotation_mode="anchor")
        ax.set_yticks(range(len(names)), names)
        ax.tick_params(length=0)
        ax.set(title=say("Who coded what"), ylabel=rows, xlabel=columns)
    off = [(counts[row, column], names[row], names[column])
           for row, column in zip(*np.nonzero(counts), strict=True) if row != column]  # fmt: skip
    told = say("Codes of {rows} against those of {columns}: {same} of {all} alike.", rows=rows, columns=columns,
               same=format_number(int(np.trace(counts))), all=format_number(int(counts.sum())))  # fmt: skip
    if off:
        pairs = ", ".join(say("{one} and {other} {count}", one=one, other=other, count=int(count))
                          for count, one, other in sorted(off, key=lambda found: -found[0]))  # fmt: skip
        told += " " + say("Mixed up: {list}.", list=pairs)
    describe(ax, told)
    return ax


def _frame(place: int) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((place - 0.5, place - 0.5), 1, 1, fill=False, edgecolor=VERMILLION, linewidth=1.8)
