"""A setting of the laboratory: its numbers, and the switches of the organisation that a claim does not touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, say
from crm_toolkit.world.claims.parameters import KNOBS, SWITCHES, SWITCHES_AT_REST

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ClaimsSetting:
    """Numbers and switches of the laboratory; made by `claims_setting`.

    Parameters
    ----------
    numbers : mapping of str to float
        A value for every name in `parameters.KNOBS`.
    switches : mapping of str
        A value for every name in `parameters.SWITCHES`.
    changed : tuple of str
        The names that do not rest.

    Examples
    --------
    >>> setting = claims_setting(multi_share=0.1)
    >>> setting["multi_share"], setting["base"], setting.changed
    (0.1, 'silos', ('multi_share',))
    """

    numbers: Mapping[str, float]
    switches: Mapping[str, Any]
    changed: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Any:
        return self.numbers[name] if name in self.numbers else self.switches[name]

    def switched(self, switches: Mapping[str, Any]) -> ClaimsSetting:
        """The same numbers with some switches turned.

        >>> claims_setting().switched({"base": "one"})["base"]
        'one'
        """
        return replace(self, switches={**self.switches, **switches})

    def table(self) -> pd.DataFrame:
        """Every number with label, unit and origin, in the reader's language.

        Returns
        -------
        DataFrame
            ``name``, ``label``, ``value``, ``unit``, ``origin``, ``reference``.
        """
        import pandas as pd

        rows = [
            {
                "name": name,
                "label": say(knob.label),
                "value": self.numbers[name],
                "unit": say(knob.unit) if knob.unit else "",
                "origin": "assumption" if name in self.changed else knob.origin,
                "reference": "changed by the user" if name in self.changed else knob.reference,
            }
            for name, knob in KNOBS.items()
        ]
        return pd.DataFrame(rows)


def claims_setting(**changes: Any) -> ClaimsSetting:
    """Open the laboratory with any of its numbers and switches changed.

    Parameters
    ----------
    **changes
        A number by its name in `parameters.KNOBS` (``multi_share=0.1``), or a switch of the organisation by its name in
        `parameters.SWITCHES` (``base="one"``); the claim that is run turns its own switch itself.

    Returns
    -------
    ClaimsSetting

    Raises
    ------
    InputError
        All problems at once: unknown names with the likely ones, values outside their range.

    Examples
    --------
    >>> claims_setting(tagging=0.5, index=True)["index"]
    True
    >>> claims_setting(taging=0.5)
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: The laboratory can't be set like this.
    <BLANKLINE>
    1. There is no number or switch `taging`.
       Did you mean `tagging`?
    """
    problems: list[Problem] = []
    numbers = {name: float(knob.default) if not knob.whole else knob.default for name, knob in KNOBS.items()}
    switches: dict[str, Any] = dict(SWITCHES_AT_REST)
    for name, value in changes.items():
        if name in KNOBS:
            try:
                numbers[name] = KNOBS[name].check(value)
            except InputError as letter:
                problems += [Problem(one.code, f"{letter.heading} {one.what}", column=name) for one in letter.problems]
        elif name in SWITCHES:
            allowed = SWITCHES[name]
            if any(value is one or (isinstance(one, str) and value == one) for one in allowed):
                switches[name] = value
            else:
                what = say("`{name}` can't be {value}.", name=name, value=repr(value))
                advice = say("Possible: {names}.", names=join_names(map(repr, allowed)))
                problems.append(Problem("unknown_choice", what, advice=advice, column=name))
        else:
            known = [*KNOBS, *SWITCHES]
            close = near_misses(name, known)
            what = say("There is no number or switch `{name}`.", name=name)
            advice = (say("Did you mean `{close}`?", close=close[0]) if close
                      else say("Possible: {names}.", names=join_names(known, most=len(known))))  # fmt: skip
            problems.append(Problem("unknown_name", what, advice=advice, column=name))
    if problems:
        raise InputError(say("The laboratory can't be set like this."), problems)
    return ClaimsSetting(numbers, switches, tuple(changes))
