"""Explore Nicosia's fields: a message that runs for a while, and what stays of attitude and purchases after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit import plots
from crm_toolkit.behaviour.nicosia import KNOBS, Nicosia, SteadyState, nicosia_path
from crm_toolkit.knobs import Knob
from crm_toolkit.plots.attitudes import nicosia_chart
from crm_toolkit.texts import format_number, mark, say
from crm_toolkit.widgets.controls import number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

UNTIL = Knob("message_until", 60, 0, 60, 1, mark("When the message stops (60: not at all)"), origin="assumption",
             reference="60 is the end of the picture: it runs all the time")  # fmt: skip
HORIZON = 60
_SHOWN = ("message", "motivation", "attitude_decay", "purchase_decay", "attitude_speed", "purchase_speed")
_ROWS = (("message", "message_until", "motivation"), _SHOWN[2:], ("conclusion",), ("picture", "levels"))


@dataclass(frozen=True, eq=False)
class NicosiaView:
    """What `explore_nicosia` shows.

    Parameters
    ----------
    model : behaviour.Nicosia
    path : pandas.DataFrame
        `behaviour.nicosia_path`.
    rest : behaviour.SteadyState or None
        Where the system would come to rest with the message; ``None`` if it does not.
    """

    model: Nicosia
    path: pd.DataFrame
    rest: SteadyState | None


def explore_nicosia(*, message: float | None = None, motivation: float | None = None) -> Explorer:
    """Turn the message, how long it runs and how attitude becomes purchase, and see what feeds what.

    Parameters
    ----------
    message, motivation : float, optional
        Where C and m start.

    Returns
    -------
    Explorer
        A notebook shows controls, the two levels through time and where they stand. ``.result`` is a `NicosiaView`.
        With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    InputError
        If a starting value is not allowed.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = explore_nicosia()
    >>> round(explorer.result.rest.attitude, 4)
    4.1379
    >>> explorer.controls["motivation"].value = 1.5  # more than αβ = 1.08
    >>> explorer.result.rest is None
    True
    """
    start = {name: KNOBS[name].default for name in _SHOWN}
    for name, value in (("message", message), ("motivation", motivation)):
        if value is not None:
            start[name] = KNOBS[name].check(value)

    def controls() -> dict[str, Any]:
        made = {name: number_control(KNOBS[name], value=start[name]) for name in _SHOWN}
        return {**made, "message_until": number_control(UNTIL)}

    return Explorer(
        _look, controls=controls, start={**start, "message_until": UNTIL.default}, rows=_ROWS, beside="picture"
    )


def _look(*, message_until: float, **numbers: float) -> View:
    model = Nicosia(**numbers)
    rest = model.steady_state if model.stable else None
    path = nicosia_path(
        model, np.linspace(0, HORIZON, 241), message_until=message_until if message_until < HORIZON else None
    )
    picture = plots.show(nicosia_chart(path, rest=rest if message_until >= HORIZON else None))
    last = path.iloc[-1]
    if rest is None:
        said = say("Attitude and purchases feed each other without end: m is {m}, αβ is {product}. No market does "
                   "that, so these numbers describe none.", m=format_number(model.motivation),
                   product=format_number(model.attitude_decay * model.purchase_decay))  # fmt: skip
    elif message_until >= HORIZON:
        said = say("With the message running, attitude comes to rest at {attitude} and purchases at {purchases}; half "
                   "of the way is left behind every {time} units of time.", attitude=format_number(rest.attitude, 2),
                   purchases=format_number(rest.purchases, 2), time=format_number(rest.half_life, 1))  # fmt: skip
    else:
        said = say("When the message stops, both fade to zero, halving every {time} units of time; at the end attitude "
                   "is {attitude} and purchases are {purchases}.", time=format_number(rest.half_life, 1),
                   attitude=format_number(last["attitude"], 2),
                   purchases=format_number(last["purchases"], 2))  # fmt: skip
    return View(said, {"picture": picture, "levels": _levels(path, rest)}, NicosiaView(model, path, rest),
                (say("All coefficients are assumptions."),))  # fmt: skip


def _levels(path: pd.DataFrame, rest: SteadyState | None) -> Table:
    heads = (say("Time"), say("Attitude"), say("Purchases"))
    rows = [
        tuple(format_number(row[name], 0 if name == "time" else 2) for name in ("time", "attitude", "purchases"))
        for row in path.iloc[::40].to_dict("records")
    ]
    if rest is not None:
        rows.append(
            (say("at rest, with the message"), format_number(rest.attitude, 2), format_number(rest.purchases, 2))
        )
    return Table(say("Levels"), heads, tuple(rows))
