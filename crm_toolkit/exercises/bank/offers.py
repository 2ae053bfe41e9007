"""Choosing between offers by hand: shares of a logit, and willingness to pay.

The truth comes from `crm_toolkit.behaviour`: `choice`, `part_worths`.
"""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.behaviour.choice import logit_shares
from crm_toolkit.behaviour.part_worths import profile_utilities, willingness_to_pay
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_money, format_number, mark


def _draw_offers(luck: random.Random) -> Data:
    offers = pd.DataFrame(
        {
            "offer": ["A", "B", "C"],
            "visits": luck.sample((4, 6, 8, 10, 12), 3),
            "trainer": luck.sample((0, 0, 1, 1), 3),
            "price": luck.sample(range(20, 61, 5), 3),
        }
    )
    coefficients = {
        "visits": luck.choice((0.15, 0.2, 0.25, 0.3)),
        "trainer": luck.choice((0.5, 0.8, 1.1)),
        "price": -luck.choice((0.02, 0.03, 0.04)),
    }
    return {"offers": offers, "coefficients": coefficients, "asked": luck.choice("ABC")}


def _utilities(data: Data, **other: float) -> Any:
    return profile_utilities(data["offers"], data["coefficients"] | other)


def _place(data: Data) -> int:
    return "ABC".index(data["asked"])


def _share(data: Data, **other: float) -> Values:
    return one_number(logit_shares(_utilities(data, **other))[_place(data)])


def _odds(data: Data) -> Values:
    share = _share(data)[""][""]
    return one_number(share / (1 - share))


def _proportional(data: Data) -> Values:
    utility = _utilities(data)
    return one_number(utility[_place(data)] / utility.sum() if abs(utility.sum()) > 0.2 else math.pi)


def _first_choice(data: Data) -> Values:
    return one_number(float(_place(data) == int(np.argmax(_utilities(data)))))


def _share_words(data: Data) -> dict[str, Any]:
    utility = _utilities(data)
    told, powers = (
        ", ".join(f"{name}: {format_number(value, 3)}" for name, value in zip("ABC", values, strict=True))
        for values in (utility, np.exp(utility))
    )
    return {
        "asked": data["asked"],
        "b_visits": format_number(data["coefficients"]["visits"], 2),
        "b_trainer": format_number(data["coefficients"]["trainer"], 1),
        "b_price": format_number(data["coefficients"]["price"], 2),
        "utilities": told,
        "powers": powers,
        "answer": format_number(_share(data)[""][""], 3),
    }


MNL_SHARES = Task(
    id="mnl_shares",
    lesson="06",
    topic="choice",
    title=mark("What share an offer gets"),
    statement=mark(
        "A club offers three season tickets (`offers`: `visits` a month, `trainer` 1 or 0, `price`). From choices that "
        "customers stated, a logit was estimated: utility = {b_visits} · `visits` + {b_trainer} · `trainer` + "
        "({b_price}) · `price` (`coefficients`).\n\n"
        "What share of choices does the logit give to ticket **{asked}**, if nothing else is on offer? Give a fraction "
        "with three decimals."
    ),
    generate=_draw_offers,
    answer=_share,
    misconceptions=(
        Misconception("PRICE_LEFT_OUT", lambda data: _share(data, price=0.0),
                      mark("It looks as if the price took no part. It is in the utility, and repels."), credit=0.25),
        Misconception("PRICE_SIGN", lambda data: _share(data, price=-data["coefficients"]["price"]),
                      mark("It looks as if a higher price attracted. Look at the sign of its coefficient."),
                      credit=0.25),
        Misconception("ODDS", _odds,
                      mark("This is the ratio to the other offers. A share has all of them below the line, {asked} "
                           "included."), credit=0.5),
        Misconception("NO_EXPONENT", _proportional,
                      mark("It looks as if the utilities themselves were divided. They may be negative; what is "
                           "divided in a logit?"), credit=0.25),
        Misconception("FIRST_CHOICE", _first_choice,
                      mark("It looks as if everybody took the best offer. In a logit people are undecided, and the "
                           "less so the further the utilities lie apart.")),
        Misconception("EQUAL", lambda data: one_number(1 / 3),
                      mark("A third each would be choice by lot. The offers are not equally good.")),
    ),
    words=_share_words,
    hints=(
        mark("First one utility for each ticket. Then: by what is a utility turned into something that can't be "
             "negative?"),
        mark("The share is exp(utility) of {asked}, divided by the sum of exp(utility) over all three."),
        mark("`utility = sum(coefficients[name] * offers[name] for name in coefficients)`"),
    ),
    solution=mark("Utilities: {utilities}; their exponentials: {powers}. The share of {asked} is **{answer}**. "
                  "The package agrees: `behaviour.choice.logit_shares`. Shares of stated choices are no forecast of "
                  "sales."),
    tolerance=0.0005,
    tolerance_reason=mark("half a unit of the third decimal"),
    unit="fraction",
)  # fmt: skip


def _draw_wait(luck: random.Random) -> Data:
    return {
        "wait_coefficient": -luck.randrange(20, 91, 5) / 1000,
        "price_coefficient": -luck.randrange(11, 31) / 100,
        "price": luck.randrange(12, 41),
        "minutes_less": luck.randrange(5, 31),
    }


def _worth(data: Data, minutes: float | None = None) -> float:
    by_minute = willingness_to_pay([data["wait_coefficient"]], data["price_coefficient"])[0]
    return float(-by_minute * (data["minutes_less"] if minutes is None else minutes))


def _wait_words(data: Data) -> dict[str, Any]:
    return {
        "minutes": format_number(data["minutes_less"]),
        "price": format_money(data["price"]),
        "wait": format_number(data["wait_coefficient"], 3),
        "money": format_number(data["price_coefficient"], 2),
        "answer": format_money(_worth(data)),
    }


WILLINGNESS_TO_PAY = Task(
    id="willingness_to_pay",
    lesson="06",
    topic="choice",
    title=mark("What shorter waiting is worth"),
    statement=mark(
        "A logit of choices between hairdressers has the coefficients {wait} for a minute of waiting and {money} for a "
        "unit of money (`wait_coefficient`, `price_coefficient`). A haircut costs {price}.\n\n"
        "By how much may the price **rise** if customers wait {minutes} minutes less (`minutes_less`), so that they "
        "like the offer as much as before? Give an amount with two decimals."
    ),
    generate=_draw_wait,
    answer=lambda data: one_number(_worth(data)),
    misconceptions=(
        Misconception("INVERTED",
                      lambda data: one_number(data["price_coefficient"] / data["wait_coefficient"]
                                              * data["minutes_less"]),
                      mark("The ratio is turned round: this is minutes for money. Money for minutes is asked for."),
                      credit=0.25),
        Misconception("ONE_MINUTE", lambda data: one_number(_worth(data, 1)),
                      mark("This is what one minute is worth. How many are saved?"), credit=0.5),
        Misconception("UTILITY", lambda data: one_number(-data["wait_coefficient"] * data["minutes_less"]),
                      mark("This is utility, not money. What does a unit of money do to utility?"), credit=0.25),
        Misconception("NEW_PRICE", lambda data: one_number(data["price"] + _worth(data)),
                      mark("This is the new price. The question is by how much it may rise."), credit=0.5),
        Misconception("SIGN", lambda data: one_number(-_worth(data)),
                      mark("The sign is turned round: customers like to wait less, so the price may rise."),
                      credit=0.5),
    ),
    words=_wait_words,
    hints=(
        mark("Shorter waiting adds utility, a higher price takes it away. When is the balance zero?"),
        mark("Utility gained by {minutes} minutes less, divided by the utility that a unit of money takes away."),
        mark("`gained = -wait_coefficient * minutes_less`"),
    ),
    solution=mark("{minutes} minutes less add −({wait}) · {minutes} of utility, a unit of money takes {money}. The "
                  "price may rise by **{answer}**. The package agrees: `behaviour.part_worths.willingness_to_pay`. "
                  "People are freer with money that they don't spend: read it as an upper limit."),
    tolerance=0.0051,
    tolerance_reason=mark("half a cent"),
)  # fmt: skip

TASKS = (MNL_SHARES, WILLINGNESS_TO_PAY)
