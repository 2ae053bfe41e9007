"""Explore conjoint: what people want of a fitness club's offers, who takes which, and what a copied offer takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit import plots
from crm_toolkit.behaviour.choice import IIA_LIMITS, LIMITS, copied_offer_shares, market_shares
from crm_toolkit.behaviour.part_worths import attribute_importance, profile_utilities, willingness_to_pay
from crm_toolkit.knobs import Knob
from crm_toolkit.plots.choice import copied_offer_chart, offer_shares_chart
from crm_toolkit.plots.style import axes_of_own, styled
from crm_toolkit.texts import format_number, format_percent, mark, say
from crm_toolkit.widgets.controls import choice_control, number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

PEOPLE = 2_000
OFFERS = {
    "basic": (mark("Basic"), "small", "none"),
    "comfort": (mark("Comfort"), "large", "none"),
    "personal": (mark("Personal"), "large", "personal"),
}
"""Code → name, hall, trainer; an invented club."""
_UTILITY, _MONEY = mark("units of utility"), mark("a month")
_OURS = "an invented club; turn it"
KNOBS = {
    knob.name: knob
    for knob in (
        Knob("hall", 0.8, 0.0, 5.0, 0.1, mark("Worth of a large hall"), unit=_UTILITY, reference=_OURS),
        Knob("trainer", 1.2, 0.0, 5.0, 0.1, mark("Worth of a personal trainer"), unit=_UTILITY, reference=_OURS),
        Knob("price_weight", 0.06, 0.005, 0.5, 0.005, mark("Weight of the price"), unit=_UTILITY, reference=_OURS),
        Knob("spread", 0.7, 0.0, 3.0, 0.1, mark("How much people differ in these worths"), unit=_UTILITY,
             reference=_OURS),
        Knob("basic_price", 20, 0, 200, 1, mark("Price of Basic"), unit=_MONEY, reference=_OURS),
        Knob("comfort_price", 32, 0, 200, 1, mark("Price of Comfort"), unit=_MONEY, reference=_OURS),
        Knob("personal_price", 55, 0, 200, 1, mark("Price of Personal"), unit=_MONEY, reference=_OURS),
    )
}  # fmt: skip
_ROWS = (
    ("hall", "trainer", "price_weight", "spread"),
    ("basic_price", "comfort_price", "personal_price", "copied"),
    ("conclusion",),
    ("picture", "copy_picture"),
    ("worths", "offers"),
)


@dataclass(frozen=True, eq=False)
class ConjointView:
    """What `explore_conjoint` shows.

    Parameters
    ----------
    shares : pandas.DataFrame
        ``offer``, ``utility`` (of the average person), ``preference``, ``first_choice`` (shares).
    importance : pandas.DataFrame
        `behaviour.attribute_importance` over the levels and prices on offer.
    pays : dict
        ``hall`` and ``trainer``: what the average person pays for them, money a month.
    copied : pandas.DataFrame
        `behaviour.copied_offer_shares` of the average person.
    """

    shares: pd.DataFrame
    importance: pd.DataFrame
    pays: dict[str, float]
    copied: pd.DataFrame


def explore_conjoint(*, copied: str = "comfort", seed: int = 7) -> Explorer:
    """Turn what people want and what offers cost, and see who takes which offer.

    Parameters
    ----------
    copied : {"basic", "comfort", "personal"}
        Which offer a rival copies at the start.
    seed : int
        Seed of how people differ; the same people for every setting.

    Returns
    -------
    Explorer
        A notebook shows controls, shares by two rules beside what a copy takes, importance and willingness to pay.
        ``.result`` is a `ConjointView`. With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    InputError
        If the copied offer is unknown.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = explore_conjoint()
    >>> round(explorer.result.pays["trainer"], 1)
    20.0
    >>> explorer.controls["personal_price"].value = 35
    >>> explorer.result.shares.set_index("offer")["preference"].idxmax()
    'Personal'
    """
    start: dict[str, Any] = {name: knob.default for name, knob in KNOBS.items()} | {"copied": copied}
    luck = np.random.default_rng(seed).normal(size=(PEOPLE, 2))

    def look(*, copied: str, **at: float) -> View:
        return _view(_explored(at, copied, luck), copied)

    def controls() -> dict[str, Any]:
        choices = [(say(name), code) for code, (name, *_) in OFFERS.items()]
        return {name: number_control(knob) for name, knob in KNOBS.items()} | {
            "copied": choice_control(say("A rival copies"), choices, value=copied)
        }

    return Explorer(look, controls=controls, start=start, rows=_ROWS, beside="picture")


def _explored(at: dict[str, float], copied: str, luck: np.ndarray) -> ConjointView:
    prices = [at[f"{code}_price"] for code in OFFERS]
    profiles = pd.DataFrame({"hall": [one[1] for one in OFFERS.values()],
                             "trainer": [one[2] for one in OFFERS.values()], "price": prices})  # fmt: skip
    worths = {"hall": {"small": 0.0, "large": at["hall"]}, "trainer": {"none": 0.0, "personal": at["trainer"]},
              "price": -at["price_weight"]}  # fmt: skip
    utility = profile_utilities(profiles, worths)
    has = np.stack([profiles["hall"] == "large", profiles["trainer"] == "personal"], axis=1).astype("float64")
    people = utility + at["spread"] * luck @ has.T
    names = {code: say(name) for code, (name, *_) in OFFERS.items()}
    shares = pd.DataFrame(
        {
            "offer": list(names.values()),
            "utility": utility,
            "preference": market_shares(people).shares,
            "first_choice": market_shares(people, rule="first_choice").shares,
        }
    )
    ranges = {say("hall"): [0.0, at["hall"]], say("trainer"): [0.0, at["trainer"]],
              say("price"): [-at["price_weight"] * price for price in prices]}  # fmt: skip
    if not any(np.ptp(values) for values in ranges.values()):
        ranges[say("price")] = [0.0, 1e-9]
    pays = willingness_to_pay([at["hall"], at["trainer"]], -at["price_weight"])
    copies = copied_offer_shares({names[code]: float(one) for code, one in zip(OFFERS, utility, strict=True)},
                                 names.get(copied, copied), copy=say("copy"))  # fmt: skip
    return ConjointView(shares, attribute_importance(ranges), {"hall": float(pays[0]), "trainer": float(pays[1])},
                        copies)  # fmt: skip


def _view(found: ConjointView, copied: str) -> View:
    best = found.shares.iloc[int(found.shares["preference"].to_numpy().argmax())]
    first = found.shares.iloc[int(found.shares["first_choice"].to_numpy().argmax())]
    told = say("{offer} is liked best: {share} by share of preference.", offer=best["offer"],
               share=format_percent(best["preference"], 0))  # fmt: skip
    if first["offer"] != best["offer"]:
        told += " " + say("By first choice it would be {offer}: the rule decides the winner.", offer=first["offer"])
    told += " " + say("For a personal trainer the average person pays {trainer} a month, for a large hall {hall}.",
                      trainer=format_number(found.pays["trainer"], 2),
                      hall=format_number(found.pays["hall"], 2))  # fmt: skip
    areas: dict[str, Any] = {
        "picture": plots.show(offer_shares_chart(found.shares, ax=_half())),
        "copy_picture": plots.show(copied_offer_chart(found.copied, ax=_half())),
        "worths": _worths(found),
        "offers": _offers(found),
    }
    return View(told, areas, found, (say(IIA_LIMITS), say(LIMITS)))


def _half() -> Any:
    """Axes of which two stand side by side."""
    with styled():
        return axes_of_own(5.7, 3.9)


def _worths(found: ConjointView) -> Table:
    rows = [(row["attribute"], format_number(row["range"], 2), format_percent(row["importance"], 0))
            for row in found.importance.to_dict("records")]  # fmt: skip
    note = say("Importance belongs to the levels and prices on offer: a wider span makes an attribute more important.")
    heads = (say("Attribute"), say("Range of utility"), say("Importance"))
    return Table(say("What makes the difference"), heads, tuple(rows), note)


def _offers(found: ConjointView) -> Table:
    rows = [(row["offer"], format_number(row["utility"], 2), format_percent(row["preference"], 0),
             format_percent(row["first_choice"], 0)) for row in found.shares.to_dict("records")]  # fmt: skip
    heads = (say("Offer"), say("Utility of the average person"), say("Share of preference"), say("First choice"))
    return Table(say("The offers"), heads, tuple(rows))
