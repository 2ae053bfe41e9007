"""Controls that can be named, typed into and turned by keyboard, made from declared parameters.

They are the browser's own fields with a label of their own. The sliders of ipywidgets are not used: their handles have
no accessible name, and a step of 0.05 makes them read 0.8500000000000001.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from crm_toolkit.knobs import Knob
from crm_toolkit.texts import say
from crm_toolkit.widgets import pieces

_WHOLE_LABEL = {"description_width": "initial"}


def number_control(knob: Knob, *, value: float | None = None) -> Any:
    """A field for the number that a knob declares, with its range and step; arrow keys turn it.

    Parameters
    ----------
    knob : Knob
        The parameter: range, step, label and unit.
    value : float, optional
        Where it stands; by default where the knob rests.

    Raises
    ------
    InputError
        If the value is not allowed.

    Examples
    --------
    >>> bins = Knob("bins", 5, 2, 10, 1, "Number of bins", origin="convention")
    >>> control = number_control(bins)
    >>> control.description, control.value, control.min, control.max
    ('Number of bins', 5, 2, 10)
    """
    tools = pieces.toolbox()
    start = knob.check(knob.default if value is None else value)
    kind = tools.BoundedIntText if knob.whole else tools.BoundedFloatText
    name = say(knob.label) + (f", {say(knob.unit)}" if knob.unit else "")
    control = kind(
        value=start,
        min=knob.low,
        max=knob.high,
        step=knob.step,
        description=name,
        style=_WHOLE_LABEL,
        layout=tools.Layout(width="auto", max_width="100%"),
    )
    if not knob.whole:
        control.observe(lambda change: setattr(control, "value", on_step(change["new"], knob)), names="value")
    return control


def on_step(value: float, knob: Knob) -> float:
    """The allowed number nearest to a value, without the dust of binary fractions.

    >>> share = Knob("share", 0.5, 0.0, 1.0, 0.05, "Share")
    >>> on_step(0.85 + 1e-16 + 0.003, share)
    0.85
    """
    low, step = Decimal(str(knob.low)), Decimal(str(knob.step))
    steps = round((Decimal(str(value)) - low) / step)
    return min(max(float(low + steps * step), knob.low), knob.high)


def choice_control(name: str, options: Iterable[tuple[str, Any]], *, value: Any) -> Any:
    """A list to choose from: pairs of what is read and what is meant.

    >>> choice_control("Method", [("by quantiles", "quantile"), ("nested", "nested")], value="nested").label
    'nested'
    """
    tools = pieces.toolbox()
    layout = tools.Layout(width="auto", max_width="100%")
    return tools.Dropdown(options=list(options), value=value, description=name, style=_WHOLE_LABEL, layout=layout)


def date_control(name: str, *, value: dt.date) -> Any:
    """A field for a day; the browser shows the calendar in its own language.

    It has no ends: a year that is being typed passes through 0002 and 0020, and an end would jump in between.

    >>> date_control("Date of analysis", value=dt.date(2024, 6, 30)).value
    datetime.date(2024, 6, 30)
    """
    tools = pieces.toolbox()
    layout = tools.Layout(width="auto", max_width="100%")
    return tools.DatePicker(value=value, description=name, style=_WHOLE_LABEL, layout=layout)
