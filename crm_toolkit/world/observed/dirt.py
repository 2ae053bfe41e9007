"""How dirty a CRM is: one knob for every kind of slip, and four ready levels.

A share is the chance that one cell (or record, or customer) which could suffer the slip does suffer it. Every
number here is an assumption: they are set so that a beginner meets each kind at "normal" and a matching by one exact
field fails at "hard".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.declared import refuse_outside
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, mark, say

# knob → share at (easy, normal, hard), what the share is of
_DECLARED: dict[str, tuple[tuple[float, float, float], str]] = {
    "duplicates": ((0.02, 0.05, 0.12), mark("Share of a department's customers who are in its list twice")),
    "outdated": ((0.01, 0.04, 0.10), mark("Share of surnames of women, telephones and e-mails that are out of date")),
    "short_names": ((0.02, 0.06, 0.15), mark("Share of given names written as a short form or an initial")),
    "swapped_names": ((0.0, 0.01, 0.03), mark("Share of names with surname and given name swapped")),
    "typos": ((0.01, 0.03, 0.08), mark("Share of names, towns, telephones and e-mails with a typing error")),
    "missing": ((0.02, 0.06, 0.15), mark("Share of fields left empty or filled with a dash")),
    "letter_case": ((0.01, 0.03, 0.08), mark("Share of texts in capitals or small letters only")),
    "stray_blanks": ((0.01, 0.03, 0.08), mark("Share of texts with a blank too many")),
    "e_for_yo": ((0.1, 0.3, 0.6), mark("Share of Russian names and towns with ё and е mixed up")),
    "homoglyphs": ((0.0, 0.01, 0.03), mark("Share of texts with a look-alike letter of the other alphabet")),
    "wrong_layout": ((0.0, 0.005, 0.02), mark("Share of names typed with the wrong keyboard layout or Caps Lock")),
    "mixed_formats": ((0.02, 0.10, 0.30), mark("Share of dates and telephones in another format than the list's own")),
    "wrong_values": ((0.002, 0.01, 0.03), mark("Share of ages, birth dates and durations that are impossible")),
    "late_entry": ((0.02, 0.05, 0.15), mark("Share of orders and contacts entered days or weeks later")),
    "text_amounts": ((0.0, 0.5, 0.8), mark("Share of late orders with the amount typed as text")),
}
DIRT_KNOBS: tuple[Knob, ...] = tuple(
    Knob(name, shares[1], 0.0, 1.0, 0.005, label, unit="fraction", origin="assumption")
    for name, (shares, label) in _DECLARED.items()
)
LEVELS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {"none": dict.fromkeys(_DECLARED, 0.0)}
    | {
        level: {name: shares[place] for name, (shares, _) in _DECLARED.items()}
        for place, level in enumerate(("easy", "normal", "hard"))
    }
)
_NORMAL = LEVELS["normal"]


@dataclass(frozen=True, kw_only=True)
class Dirt:
    """Shares of slips in what an organisation records; without arguments the level "normal".

    Parameters
    ----------
    duplicates : float
        A customer of a department is in its list twice (and, with the same chance again, three times).
    outdated, short_names, swapped_names : float
        Old telephone, e-mail or surname; Катя or В. for Екатерина and Владимир; surname in place of the given name.
    typos, letter_case, stray_blanks, e_for_yo, homoglyphs, wrong_layout : float
        Slips of typing; homoglyphs are such as a Cyrillic «о» in a Latin word, the wrong layout makes «ghbdtn»;
        ``e_for_yo`` also puts ё into a name that is met both ways (Петр, Пётр).
    missing, mixed_formats, wrong_values : float
        Empty fields, dates and telephones in another format, impossible values such as a birth in 1900.
    late_entry, text_amounts : float
        Orders and contacts entered days or weeks later; of these orders those with the amount as text.

    Raises
    ------
    InputError
        If a share does not lie between 0 and 1; all of them in one letter.

    Examples
    --------
    >>> Dirt().typos == Dirt.level("normal").typos
    True
    >>> Dirt.level("none", typos=0.5).missing
    0.0
    """

    duplicates: float = _NORMAL["duplicates"]
    outdated: float = _NORMAL["outdated"]
    short_names: float = _NORMAL["short_names"]
    swapped_names: float = _NORMAL["swapped_names"]
    typos: float = _NORMAL["typos"]
    missing: float = _NORMAL["missing"]
    letter_case: float = _NORMAL["letter_case"]
    stray_blanks: float = _NORMAL["stray_blanks"]
    e_for_yo: float = _NORMAL["e_for_yo"]
    homoglyphs: float = _NORMAL["homoglyphs"]
    wrong_layout: float = _NORMAL["wrong_layout"]
    mixed_formats: float = _NORMAL["mixed_formats"]
    wrong_values: float = _NORMAL["wrong_values"]
    late_entry: float = _NORMAL["late_entry"]
    text_amounts: float = _NORMAL["text_amounts"]

    def __post_init__(self) -> None:
        refuse_outside(self, DIRT_KNOBS)

    @classmethod
    def level(cls, name: str = "normal", /, **changes: float) -> Dirt:
        """A ready level, with changes.

        Parameters
        ----------
        name : {"none", "easy", "normal", "hard"}
            Every share of a higher level is at least that of a lower one.
        **changes
            Shares that differ from the level.

        Raises
        ------
        InputError
            If there is no such level, no such share, or a share lies outside its range; all in one letter.

        Examples
        --------
        >>> Dirt.level("hard", typo=0.1, missing=2)
        Traceback (most recent call last):
            ...
        crm_toolkit.errors.InputError: `Dirt` can't be made.
        <BLANKLINE>
        1. There is no kind of slip `typo`.
           Did you mean “typos”?
        2. `missing` can't be 2. A value from 0 to 1 is allowed.
        """
        problems: list[Problem] = []
        if name not in LEVELS:
            what = say("There is no level of dirt “{name}”.", name=name)
            problems.append(Problem("unknown_level", what, advice=_available(LEVELS)))
        known = {field.name for field in fields(cls)}
        for change in changes:
            if change not in known:
                close = near_misses(change, known)
                advice = say("Did you mean “{close}”?", close=close[0]) if close else _available(_DECLARED)
                what = say("There is no kind of slip `{name}`.", name=change)
                problems.append(Problem("unknown_slip", what, advice=advice, column=change))
        shares: dict[str, Any] = {
            **LEVELS.get(name, _NORMAL),
            **{change: share for change, share in changes.items() if change in known},
        }
        try:
            dirt = cls(**shares)
        except InputError as letter:
            problems += letter.problems
        if problems:
            raise InputError(say("`{kind}` can't be made.", kind=cls.__name__), problems)
        return dirt


def _available(names: Mapping[str, object]) -> str:
    return say("Available: {names}.", names=join_names(names))
