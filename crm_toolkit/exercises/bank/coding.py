"""Agreement of two coders by hand: Cohen's κ over incidents of switching. The truth is `analysis.coder_agreement`."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.exercises.tasks import Data, Misconception, Task, one_number
from crm_toolkit.texts import format_number, mark

_KINDS = ("core_service_failure", "failed_encounter", "pricing", "response_to_failure")
_INCIDENTS = 60


def _draw(luck: random.Random) -> Data:
    weights, care = [luck.choice((6, 9, 12)), 4, 2, 2], luck.uniform(0.6, 0.85)
    first = luck.choices(_KINDS, weights=weights, k=_INCIDENTS)
    second = [one if luck.random() < care else luck.choices(_KINDS, weights=[2, 3, 1, 3])[0] for one in first]
    return {"codes": pd.DataFrame({"first": first, "second": second, "incident_id": range(1, _INCIDENTS + 1)})}


def _shares(data: Data) -> tuple[float, np.ndarray, np.ndarray]:
    """What both coded alike, and how often each used each kind; fractions."""
    first, second = (data["codes"][who].tolist() for who in ("first", "second"))
    one, two = (np.array([codes.count(kind) for kind in _KINDS]) / len(codes) for codes in (first, second))
    return sum(map(str.__eq__, first, second)) / len(first), one, two


def _kappa(agreed: float, chance: float) -> float:
    return (agreed - chance) / (1 - chance)


def _right(data: Data) -> float:
    agreed, one, two = _shares(data)
    return _kappa(agreed, float(one @ two))


def _even(data: Data) -> float:
    return _kappa(_shares(data)[0], 1 / len(_KINDS))


def _one_coder(data: Data) -> float:
    agreed, one, _ = _shares(data)
    return _kappa(agreed, float(one @ one))


def _not_divided(data: Data) -> float:
    agreed, one, two = _shares(data)
    return agreed - float(one @ two)


def _ratio(data: Data) -> float:
    agreed, one, two = _shares(data)
    return (agreed - float(one @ two)) / agreed


def _words(data: Data) -> dict[str, Any]:
    agreed, one, two = _shares(data)
    terms = " + ".join(f"{format_number(a, 3)}·{format_number(b, 3)}" for a, b in zip(one, two, strict=True))
    return {"agreed": format_number(agreed, 3), "terms": terms, "chance": format_number(float(one @ two), 3),
            "answer": format_number(_right(data), 3), "number": _INCIDENTS}  # fmt: skip


KEAVENEY_KAPPA = Task(
    id="keaveney_kappa",
    lesson="11",
    topic="incidents",
    title=mark("How far two coders agree"),
    statement=mark(
        "Two people read {number} incidents after which customers left and gave each one kind, without seeing each "
        "other (`codes`: `first`, `second`, `incident_id`).\n\n"
        "How far do they agree beyond chance? Compute Cohen's κ and give it with three decimals."
    ),
    generate=_draw,
    answer=lambda data: one_number(_right(data)),
    misconceptions=(
        Misconception("SHARE_AGREED", lambda data: one_number(_shares(data)[0]),
                      mark("This is the share of incidents that both coded alike. How many would be alike if both had "
                           "drawn their codes by lot?"), credit=0.25),
        Misconception("CHANCE_EVEN", lambda data: one_number(_even(data)),
                      mark("It looks as if every kind was taken for equally frequent. Chance agrees more often where "
                           "one kind is frequent: look how often each coder used each kind."), credit=0.5),
        Misconception("ONE_CODER", lambda data: one_number(_one_coder(data)),
                      mark("It looks as if chance was computed from one coder alone. Each has frequencies of their "
                           "own."), credit=0.5),
        Misconception("NOT_DIVIDED", lambda data: one_number(_not_divided(data)),
                      mark("Chance is subtracted, and the difference is not yet divided by the best that was "
                           "possible."), credit=0.5),
        Misconception("DIVIDED_BY_AGREED", lambda data: one_number(_ratio(data)),
                      mark("The denominator is what was possible beyond chance, and not what was reached."),
                      credit=0.25),
    ),
    words=_words,
    hints=(
        mark("Some agreement comes by itself: two people who name the same kind most of the time meet often."),
        mark("κ = (agreed − by chance) / (1 − by chance); by chance: for each kind the share of the first coder "
             "times that of the second, summed."),
        mark('`agreed = (codes["first"] == codes["second"]).mean()`'),
    ),
    solution=mark("Alike: {agreed}. By chance: {terms} = {chance}. So κ = ({agreed} − {chance}) / (1 − {chance}) = "
                  "**{answer}**. The package agrees and adds an interval: `analysis.coder_agreement`."),
    tolerance=0.0011,
    tolerance_reason=mark("three decimals are asked for"),
    unit="fraction",
)  # fmt: skip

TASKS = (KEAVENEY_KAPPA,)
