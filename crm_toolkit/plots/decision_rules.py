"""Rules of choice in pictures: who is chosen by which rule, what would change it, weights stated and betrayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crm_toolkit.behaviour.decision_rules.choice import Choice
from crm_toolkit.behaviour.decision_rules.table import DecisionTable
from crm_toolkit.behaviour.decision_rules.together import KINDS, RULE_LIMITS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.dots import MOST_ROWS, dot_axes
from crm_toolkit.plots.limits import note_limits
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, axes_of_own, show_numbers, styled
from crm_toolkit.texts import format_number, join_names, mark, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.behaviour.decision_rules.flips import Flip

RULE_LABELS = {kind.code: kind.label for kind in KINDS}
_TURNS = {
    "weight": mark("Weight: how far it can go until the choice changes"),
    "cutoff": mark("Cutoff: how far it can go until the choice changes"),
    "order": mark("Place in the order: how far it can go until the choice changes"),
    "just_noticeable": mark("Just-noticeable difference: how far it can go until the choice changes"),
}
_AXES = {
    "weight": mark("Weight, points"),
    "cutoff": mark("Cutoff, units of the score"),
    "order": mark("Place in the order, 1 = first"),
    "just_noticeable": mark("Difference, units of the score"),
}


def rule_label(name: str, choice: Choice, labels: Mapping[str, str] | None = None) -> str:
    """What a rule is called for the reader: the caller's word, or that of its kind.

    >>> rule_label("weighted", Choice("weighted", ("A",)))
    'Compensatory (weighted)'
    """
    if labels and name in labels:
        return labels[name]
    return say(RULE_LABELS[choice.rule]) if choice.rule in RULE_LABELS else name


def decision_rules_chart(
    choices: Mapping[str, Choice],
    table: DecisionTable,
    *,
    labels: Mapping[str, str] | None = None,
    real_choice: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw which rule takes which alternative.

    Parameters
    ----------
    choices : mapping of str to Choice
        As `apply_rules` returns them.
    table : DecisionTable
        Gives the alternatives and their order.
    labels : mapping, optional
        Names of the rules for the reader, where those of their kinds don't do.
    real_choice : str, optional
        What was really chosen; its column is framed.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A row per rule, a column per alternative: a dot for the only one chosen, a square for one of several that pass,
        a hollow diamond where the rule can't decide.

    Raises
    ------
    InputError
        If there is nothing or too much to draw.

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import LAPTOP_WEIGHTS, Weighted, apply_rules, laptops
    >>> ax = decision_rules_chart(apply_rules(laptops(), [Weighted(LAPTOP_WEIGHTS)]), laptops())
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Compensatory (weighted)']
    """
    if not choices or len(choices) > MOST_ROWS:
        what = say("Rules: {number}.", number=len(choices))
        raise InputError(say("There is nothing to draw, or too much."), [Problem("rows", what)])
    names = [rule_label(name, choice, labels) for name, choice in choices.items()]
    looks: dict[str, tuple[str, dict[str, Any]]] = {
        "one": (say("chosen"), {"marker": "o", "color": BLUE}),
        "several": (say("one of several that pass"), {"marker": "s", "color": ORANGE, "markeredgecolor": GREY}),
        "tie": (say("tied: the rule can't decide"), {"marker": "D", "color": GREY, "markerfacecolor": "white",
                                                     "markeredgewidth": 2}),
    }  # fmt: skip
    places: dict[str, list[tuple[int, int]]] = {kind: [] for kind in looks}
    for row, choice in enumerate(choices.values()):
        for name in choice.chosen:
            kind = "tie" if choice.ties else "one" if choice.decided else "several"
            places[kind].append((table.alternatives.index(name), row))
    with styled():
        width = 2.6 + 0.085 * max(map(len, names)) + 1.15 * len(table.alternatives)
        ax = axes_of_own(max(width, 6.4), 2.4 + 0.45 * len(names)) if ax is None else ax
        for kind, (label, look) in looks.items():
            if places[kind]:
                x, y = zip(*places[kind], strict=True)
                ax.plot(x, y, linestyle="none", markersize=12, label=label, **look)
        if real_choice in table.alternatives:
            place = table.alternatives.index(real_choice)
            ax.axvspan(place - 0.45, place + 0.45, facecolor="none", edgecolor=GREY, linestyle="--", linewidth=1.4,
                       label=say("really chosen"))  # fmt: skip
        for row, choice in enumerate(choices.values()):
            if not choice.chosen:
                ax.text((len(table.alternatives) - 1) / 2, row, say("nothing is chosen"), ha="center", va="center",
                        color=GREY, style="italic", backgroundcolor="white")  # fmt: skip
        ax.set_yticks(range(len(names)), names)
        ax.set_xticks(range(len(table.alternatives)), [broken(name) for name in table.alternatives])
        ax.set_xlim(-0.6, len(table.alternatives) - 0.4)
        ax.set_ylim(len(names) - 0.5, -0.5)
        ax.tick_params(length=0)
        ax.grid(True)
        ax.set_title(say("What each rule chooses"))
        legend_under(ax)
        note_limits(ax, say(RULE_LIMITS))
    told = "; ".join(f"{name}: {_told(choice)}" for name, choice in zip(names, choices.values(), strict=True))
    describe(ax, say("Rules by alternatives. {list}.", list=told))
    return ax


def flips_chart(flips: Sequence[Flip], *, ax: Axes | None = None) -> Axes:
    """Draw for every parameter the range within which the choice stays as it is.

    Parameters
    ----------
    flips : sequence of Flip
        As `nearest_flips` returns them, of one kind.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A dot where the parameter stands now, a line to the thresholds, and at its ends what is chosen beyond. The
        attribute that is nearest to a change stands on top.

    Raises
    ------
    InputError
        If there is no flip, or flips of several kinds.

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import LAPTOP_WEIGHTS, Weighted, laptops, nearest_flips
    >>> ax = flips_chart(nearest_flips(laptops(), Weighted(LAPTOP_WEIGHTS)))
    >>> ax.get_yticklabels()[0].get_text()
    'processor'
    """
    kinds = {flip.turn for flip in flips}
    if len(kinds) != 1:
        what = say("Flips of one kind are needed, at least one.")
        raise InputError(say("There is nothing to draw, or too much."), [Problem("kinds", what)])
    kind = kinds.pop()
    names = list(dict.fromkeys(flip.attribute for flip in flips))
    with styled():
        ax = dot_axes(len(names) + 1, ax, width=8.6)
        for row, name in enumerate(names):
            own = [flip for flip in flips if flip.attribute == name]
            ends = [flip.threshold for flip in own]
            now = own[0].current
            ax.hlines(row, min([*ends, now]), max([*ends, now]), color=BLUE, linewidth=2.4)
            ax.plot(now, row, "o", color=BLUE, markersize=9, label=say("now") if not row else None)
            for flip in own:
                right = flip.side > 0
                edge = say("the choice changes") if flip is flips[0] else None
                ax.plot(flip.threshold, row, "|", color=ORANGE, markersize=16, markeredgewidth=3, label=edge)
                after = " / ".join(flip.after) if flip.after else say("nothing is chosen")
                side: dict[str, Any] = {"xytext": (9 if right else -9, 0), "ha": "left" if right else "right"}
                ax.annotate(_cut(after), (flip.threshold, row), textcoords="offset points", va="center", fontsize=9,
                            color="#1A1A1A", **side)  # fmt: skip
        ax.set_yticks(range(len(names)), names)
        ax.set_ylim(len(names) - 0.4, -0.6)
        every = [value for flip in flips for value in (flip.threshold, flip.current)]
        room = 0.5 * ((max(every) - min(every)) or 1.0)
        ax.set_xlim(min(every) - room, max(every) + room)
        ax.tick_params(axis="y", length=0)
        ax.grid(True, axis="x")
        ax.set_title(say(_TURNS[kind]))
        ax.set_xlabel(say(_AXES[kind]))
        show_numbers(ax.xaxis, lambda value: format_number(round(value, 6)))
        if kind == "order":
            ax.set_xticks(range(int(min(every)), int(max(every)) + 1))
        else:
            ax.set_xticks([tick for tick in ax.get_xticks() if min(every) <= tick <= max(every)] or sorted(set(every)))
        legend_under(ax)
    told = " ".join(flip.text for flip in flips)
    describe(ax, say("{title}. {list}", title=say(_TURNS[kind]), list=told))
    return ax


def legend_under(ax: Axes, points: float = 44) -> None:
    """The legend under the axes, so many points below them whatever their size."""
    from matplotlib.transforms import ScaledTranslation

    handles: Any = ax.get_legend_handles_labels()[0]
    if handles:
        figure: Any = ax.figure
        lower = ax.transAxes + ScaledTranslation(0, -points / 72, figure.dpi_scale_trans)
        ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0), bbox_transform=lower, ncols=2,
                  borderaxespad=0)  # fmt: skip


def _told(choice: Choice) -> str:
    if not choice.chosen:
        return say("nothing is chosen")
    names = join_names(choice.chosen)
    return say("tied: {names}", names=names) if choice.ties else names


def broken(name: str) -> str:
    """A long name on two lines, at its slash or first space."""
    if len(name) <= 10:
        return name
    for sign in ("/", " "):
        head, found, tail = name.partition(sign)
        if found:
            return f"{head}{sign.strip()}\n{tail}"
    return name


def _cut(text: str, most: int = 26) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
