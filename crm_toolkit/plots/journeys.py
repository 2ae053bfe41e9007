"""Ways to a purchase in pictures: who is at which stage when, and what reaches what in a path model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.behaviour.howard_sheth import LABELS
from crm_toolkit.behaviour.howard_sheth import LIMITS as PATH_LIMITS
from crm_toolkit.behaviour.staged_decision import GIVEN_UP, STAGE_LABELS
from crm_toolkit.behaviour.staged_decision import LIMITS as STAGE_LIMITS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.dots import dot_axes, draw_dots
from crm_toolkit.plots.limits import note_limits
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import GREY, LIGHT_TO_DARK, axes_of_own, compact, percent_ticks, show_numbers, styled
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, say, say_count

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.recursive_paths import PathModel

_MOST = 12


def stage_shares_chart(
    shares: pd.DataFrame, *, labels: Mapping[str, str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the shares of people at each stage through time.

    Parameters
    ----------
    shares : pandas.DataFrame
        As `behaviour.StagedDecision.shares` returns it, in the order of time; two moments or more, up to 12 stages.
    labels : mapping, optional
        Stage → what people call it; by default the words of Engel, Kollat and Blackwell's stages.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One band for each stage, the first at the bottom, those who gave up hatched on top.

    Raises
    ------
    InputError
        If the column of time is missing, there are fewer than two moments or more than 12 stages.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit.behaviour.staged_decision import StagedDecision
    >>> model = StagedDecision({"search": 0.5, "evaluation": 0.3}, stages=("search", "evaluation", "purchase"))
    >>> stage_shares_chart(model.shares(range(12))).get_ylabel()
    'Share of people at the stage'
    """
    require_frame(shares, ("time",), asked_by="stage_shares_chart")
    names = [name for name in shares.columns if name != "time"]
    if len(shares) < 2 or len(names) > _MOST + 1:
        what = say("Two moments or more and up to {most} stages can be drawn.", most=_MOST)
        raise InputError(say("There is nothing to draw."), [Problem("wrong_shape", what)])
    words = [_called(name, labels, STAGE_LABELS) for name in names]
    with styled():
        import matplotlib

        ax = axes_of_own(8.6, 4.6) if ax is None else ax
        shades = matplotlib.colormaps[LIGHT_TO_DARK](np.linspace(0.08, 0.95, max(len(names) - 1, 1)))
        floor = np.zeros(len(shares))
        handles = []
        for place, (name, word) in enumerate(zip(names, words, strict=True)):
            top = floor + shares[name].to_numpy()
            look: dict[str, Any] = (
                {"facecolor": "#EDEDED", "hatch": "///", "edgecolor": GREY}
                if name == GIVEN_UP
                else {"facecolor": shades[min(place, len(shades) - 1)], "edgecolor": "white"}
            )
            handles.append(ax.fill_between(shares["time"], floor, top, linewidth=0.6, label=word, **look))
            floor = top
        ax.set_xlim(float(shares["time"].iloc[0]), float(shares["time"].iloc[-1]))
        ax.set_ylim(0, 1)
        ax.set_title(say("Who is at which stage"))
        ax.set_xlabel(say("Time"))
        ax.set_ylabel(say("Share of people at the stage"))
        show_numbers(ax.xaxis, compact)
        show_numbers(ax.yaxis, percent_ticks)
        ax.legend(handles=handles[::-1], loc="center left", bbox_to_anchor=(1.01, 0.5))
        note_limits(ax, say(STAGE_LIMITS))
    last = shares.iloc[-1]
    told = "; ".join(
        say("{name} {share}", name=word, share=format_percent(float(last[name]), 0))
        for name, word in zip(names, words, strict=True)
    )
    describe(ax, say("Shares of people at time {time}: {list}. {limits}", time=compact(float(last["time"])), list=told,
                     limits=say(STAGE_LIMITS)))  # fmt: skip
    return ax


def path_effects_chart(
    model: PathModel, effect: str, *, labels: Mapping[str, str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw what reaches one effect of a path model: total effects with intervals.

    Parameters
    ----------
    model : analysis.PathModel
        As `analysis.fit_recursive_paths` returns it.
    effect : str
        Which effect.
    labels : mapping, optional
        Cause or effect → what people call it; by default the words of Howard and Sheth's constructs.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A dot with its interval for each cause, the largest on top; the direct part stands at the right.

    Raises
    ------
    InputError
        If the model has no such effect.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit.analysis.recursive_paths import fit_recursive_paths
    >>> from crm_toolkit.behaviour.howard_sheth import draw_paths, howard_sheth_system
    >>> people = draw_paths(howard_sheth_system(), 300, rng=np.random.default_rng(1))
    >>> found = fit_recursive_paths(people, {"intention": ["attitude"], "purchase": ["intention"]})
    >>> [text.get_text() for text in path_effects_chart(found, "purchase").get_yticklabels()]
    ['intention', 'attitude']
    """
    table = model.effects[model.effects["effect"] == effect]
    if not len(table):
        known = ", ".join(f"`{name}`" for name in dict.fromkeys(model.effects["effect"]))
        what = say("`{name}` is no effect of this model.", name=effect)
        raise InputError(say("There is nothing to draw."),
                         [Problem("unknown_option", what, advice=say("Allowed: {names}.", names=known))])  # fmt: skip
    table = table.assign(size=table["total"].abs()).sort_values(["size", "cause"], ascending=[False, True])
    names = [_called(name, labels, LABELS) for name in table["cause"]]
    notes = [say("direct {value}", value=_signed(value)) for value in table["direct"]]
    goal = _called(effect, labels, LABELS)
    with styled():
        ax = dot_axes(len(table), ax)
        ax.axvline(0, color=GREY, linewidth=1)
        draw_dots(ax, names, table["total"], table["low"], table["high"], solid=np.ones(len(table), dtype=bool),
                  notes=notes, form=format_number)  # fmt: skip
        ax.set(title=say("What reaches: {effect}", effect=goal), xlabel=say("Total effect, with interval"))
        note_limits(ax, say(PATH_LIMITS))
    told = " ".join(
        say("{name}: {total} in all, {direct} of it directly.", name=name, total=_signed(row["total"]),
            direct=_signed(row["direct"]))
        for name, (_, row) in zip(names, table.iterrows(), strict=True)
    )  # fmt: skip
    head = say_count("Effects on “{effect}”, {count} respondent.", "Effects on “{effect}”, {count} respondents.",
                     model.respondents, effect=goal)  # fmt: skip
    describe(ax, f"{head} {told} {say(PATH_LIMITS)}")
    return ax


def _called(name: str, labels: Mapping[str, str] | None, own: Mapping[str, str]) -> str:
    if labels and name in labels:
        return labels[name]
    return say(own[name]) if name in own else str(name)


def _signed(value: float) -> str:
    return ("−" if round(value, 2) < 0 else "") + format_number(abs(value), 2)
