"""Did the programme do anything? How many customers a test needs, and an effect recovered from a table with a lottery.

The table of `programme_effect` is small and made here: heavy buyers join more often, spending falls in proportion for
everybody, and a lottery drawn in pairs of like customers decides who is invited. The effect on a member is planted.
"""

from __future__ import annotations

import math
import random
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_number, format_percent, mark

_PAIRS = 120
_NEAR = 1.5


def _draw_test(luck: random.Random) -> Data:
    rate = luck.randrange(600, 860, 5) / 1000
    return {"retention": rate, "hoped_for": round(rate + luck.randrange(20, 61) / 1000, 3)}


def _per_arm(data: Data, *, level: float = 0.975, power: float = 0.8, relative: bool = False) -> float:
    p0, p1 = data["retention"], data["hoped_for"]
    if relative:
        p1 = p0 * (1 + p1 - p0)
    middle = (p0 + p1) / 2
    z, beta = NormalDist().inv_cdf(level), NormalDist().inv_cdf(power)
    both = z * math.sqrt(2 * middle * (1 - middle)) + beta * math.sqrt(p0 * (1 - p0) + p1 * (1 - p1))
    return float(math.ceil((both / (p1 - p0)) ** 2))


def _test_words(data: Data) -> dict[str, Any]:
    return {
        "old": format_percent(data["retention"], 1), "new": format_percent(data["hoped_for"], 1),
        "points": format_number(100 * (data["hoped_for"] - data["retention"]), 1),
        "answer": format_number(_per_arm(data)),
    }  # fmt: skip


CUSTOMERS_PER_ARM = Task(
    id="customers_per_arm",
    lesson="09",
    topic="loyalty",
    title=mark("How many customers does the test need?"),
    statement=mark(
        "Without a programme {old} of the clients come back within a year (`retention`). The owner would start it if "
        "{new} "
        "came back (`hoped_for`). Half of the clients, drawn by lot, are invited; the others are the control group. "
        "The "
        "test is two-sided at 5%, its power 80%.\n\n"
        "How many clients does **each group** need? Hand in a number; the usual formulas differ by a few clients, and "
        "each of them passes."
    ),
    generate=_draw_test,
    answer=lambda data: one_number(_per_arm(data)),
    misconceptions=(
        Misconception("BOTH_ARMS", lambda data: one_number(2 * _per_arm(data)),
                      mark("This is both groups together. Asked is one of them."), credit=0.5),
        Misconception("ONE_SIDED", lambda data: one_number(_per_arm(data, level=0.95)),
                      mark("This is a one-sided test. A programme may also do harm: 5% are shared by both sides."),
                      credit=0.5),
        Misconception("NO_POWER", lambda data: one_number(_per_arm(data, power=0.5)),
                      mark("Power is left out: with so few clients an effect of this size would be found every second "
                           "time."), credit=0.25),
        Misconception("POINTS_AS_RELATIVE", lambda data: one_number(_per_arm(data, relative=True)),
                      mark("The difference was taken as a share of the old rate. From {old} to {new} it is points of "
                           "per cent."), credit=0.25),
    ),
    words=_test_words,
    hints=(
        mark("The smaller the difference and the nearer the rates to one half, the more clients are needed."),
        mark("Per group, with p̄ the mean of both: `(1.96 * √(2·p̄·(1−p̄)) + 0.84 * √(p₀·(1−p₀) + p₁·(1−p₁)))² / "
             "(p₁ − p₀)²`."),
        mark("`middle = (retention + hoped_for) / 2`"),
    ),
    solution=mark("A difference of {points} points from {old}: **{answer}** in each group, rounded up. The package "
                  "agrees: `analysis.plan_rates`."),
    tolerance=15.0,
    tolerance_reason=mark("the usual formulas differ by a few clients"),
)  # fmt: skip


def _draw_world(luck: random.Random) -> Data:
    truth = luck.uniform(14, 25)
    trend = luck.uniform(0.72, 0.86)
    while True:
        rows = []
        for pair in range(_PAIRS):
            size = 60 + 340 * ((pair + 0.5) / _PAIRS) ** 2
            taste = luck.random() < 0.15 + 0.6 * pair / _PAIRS
            first = luck.randrange(2)
            for place in range(2):
                invited = place == first
                before = size * luck.uniform(0.97, 1.03)
                member = taste and invited
                after = trend * before + luck.gauss(0, 4) + member * truth
                rows.append(("invited" if invited else "holdout", round(before, 2), round(after, 2), int(member)))
        luck.shuffle(rows)
        table = pd.DataFrame(rows, columns=["arm", "before", "after", "member"])
        table.insert(0, "customer_id", [f"C-{number:03}" for number in range(1, len(rows) + 1)])
        data = {"panel": table, "_truth": truth}
        if abs(_by_lottery(data) - truth) < 0.6 * _NEAR:
            return data


def _means(data: Data) -> dict[str, Any]:
    table = data["panel"]
    arm, member = table["arm"].to_numpy() == "invited", table["member"].to_numpy() == 1
    before, after = table["before"].to_numpy(), table["after"].to_numpy()
    return {"invited": arm, "member": member, "before": before, "after": after}


def _by_lottery(data: Data) -> float:
    one = _means(data)
    lottery = one["after"][one["invited"]].mean() - one["after"][~one["invited"]].mean()
    return float(lottery / one["member"][one["invited"]].mean())


def _itt(data: Data) -> Values:
    one = _means(data)
    return one_number(one["after"][one["invited"]].mean() - one["after"][~one["invited"]].mean())


def _against(data: Data, others: str, *, changes: bool = False) -> Values:
    one = _means(data)
    outcome = one["after"] - one["before"] * changes
    mask = {"refused": one["invited"] & ~one["member"], "all": ~one["member"], "holdout": ~one["invited"]}[others]
    return one_number(np.mean(outcome[one["member"]]) - np.mean(outcome[mask]))


def _before_after(data: Data) -> Values:
    one = _means(data)
    return one_number(np.mean(one["after"][one["member"]] - one["before"][one["member"]]))


def _effect_words(data: Data) -> dict[str, Any]:
    one = _means(data)
    return {
        "customers": format_number(len(one["after"])), "itt": format_number(_itt(data)[""][""], 2),
        "share": format_percent(float(one["member"][one["invited"]].mean()), 1),
        "late": format_number(_by_lottery(data), 2), "naive": format_number(_against(data, "refused")[""][""], 2),
        "answer": format_number(data["_truth"], 2),
    }  # fmt: skip


PROGRAMME_EFFECT = Task(
    id="programme_effect",
    lesson="09",
    topic="loyalty",
    title=mark("What did the programme do to a member?"),
    statement=mark(
        "{customers} clients (`panel`): a lottery decided who was invited to the programme (`arm`); the holdout could "
        "not join. `member` says who joined, `before` and `after` what was spent in the half-year before and after.\n\n"
        "How much more does a **member** spend in the half-year because of the programme? The effect was planted in "
        "this table, and your estimate is compared with it: currency units, within 1.5 of the truth."
    ),
    generate=_draw_world,
    answer=lambda data: one_number(data["_truth"]),
    misconceptions=(
        Misconception("SELF_SELECTION", lambda data: _against(data, "refused"),
                      mark("Members spend more, and they did before: heavy buyers join. Look at `before` of both "
                           "groups. "
                           "Who would the members have been without the programme?"), credit=0.0),
        Misconception("LOTTERY_IGNORED", lambda data: _against(data, "all"),
                      mark("Members against everybody else: the holdout is among the others, and the lottery is lost. "
                           "Members chose themselves; who was invited, the lot chose."), credit=0.0),
        Misconception("HOLDOUT_MISUSED", lambda data: _against(data, "holdout"),
                      mark("Members were compared with the whole holdout. Among the holdout are those who would not "
                           "have joined; among the members they are not."), credit=0.25),
        Misconception("NO_CONTROL_GROUP", _before_after,
                      mark("This is the members' change from before to after. Everybody's spending changed in that "
                           "time: "
                           "what would theirs have done?"), credit=0.0),
        Misconception("PARALLEL_TRENDS", lambda data: _against(data, "refused", changes=True),
                      mark("Changes of members less changes of others. Large spenders fell by more units in any case, "
                           "so the trends are not parallel. There is a lottery: use it."), credit=0.25),
        Misconception("ITT_FOR_MEMBER", _itt,
                      mark("This is what *inviting* did, per invited client. Only a part of them joined, and the "
                           "question is about those."), credit=0.5),
    ),
    words=_effect_words,
    hints=(
        mark("Which two groups differ by nothing but chance?"),
        mark("Invited less holdout is the effect of inviting. All of it comes from those who joined: divide by the "
             "share "
             "that joined among the invited."),
        mark('`means = panel.groupby("arm")[["after", "member"]].mean()`'),
    ),
    solution=mark("Invited less holdout: {itt} per invited client. {share} of them joined, so {late} per member; "
                  "members "
                  "less those who refused would say {naive}. Planted was **{answer}**. The package agrees: "
                  "`analysis.holdout_effect`."),
    tolerance=_NEAR,
    tolerance_reason=mark("an estimate from a table of this size can't be nearer for sure"),
    estimate=True,
)  # fmt: skip

TASKS = (CUSTOMERS_PER_ARM, PROGRAMME_EFFECT)
