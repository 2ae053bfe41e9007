"""What the unhappy do, and what a firm hears of it: chances of exit and voice; complaints by the right denominator.

The truth of the chances is `behaviour.exit_voice`; complaints are those of `analysis.complaint_rates`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.behaviour.exit_voice import REACTIONS, exit_voice_chances
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values
from crm_toolkit.texts import format_number, mark

_NUMBERS = ("success_chance", "benefit", "effort", "alternative", "switching_cost", "anger", "loyalty")
_POLICIES = ("now", "easier")


def _draw_policies(luck: random.Random) -> Data:
    now = {
        "success_chance": luck.choice((0.3, 0.4, 0.5)), "benefit": luck.choice((2.5, 3.0, 3.5)),
        "effort": luck.choice((1.5, 2.0, 2.5)), "alternative": luck.choice((0.5, 1.0, 1.5)),
        "switching_cost": luck.choice((0.5, 1.0)), "anger": luck.choice((0.2, 0.5, 0.8)),
        "loyalty": luck.choice((0.4, 0.8, 1.2)),
    }  # fmt: skip
    easier = now | {"success_chance": now["success_chance"] + 0.3, "effort": now["effort"] - 1.0}
    table = pd.DataFrame([now, easier]).round(2)
    table.insert(0, "policy", _POLICIES)
    return {"policies": table}


def _chances(data: Data) -> Values:
    table = data["policies"]
    found = exit_voice_chances(**{name: table[name].to_numpy() for name in _NUMBERS})
    return _by_policy(np.stack([getattr(found, name) for name in REACTIONS]))


def _by_policy(shares: np.ndarray) -> Values:
    return {policy: dict(zip(REACTIONS, map(float, shares[:, place]), strict=True))
            for place, policy in enumerate(_POLICIES)}  # fmt: skip


def _utilities(data: Data, *, chance: bool = True, exits: bool = True, loyal: bool = True) -> np.ndarray:
    table = data["policies"]
    hope = table["benefit"] * (table["success_chance"] if chance else 1.0)
    loyalty = table["loyalty"] if loyal else 0.0
    leave = table["alternative"] - table["switching_cost"] - (loyalty if exits else 0.0)
    return np.stack([hope - table["effort"] + loyalty, leave, table["anger"], np.zeros(len(table))])


def _logit(utility: np.ndarray) -> Values:
    weight = np.exp(utility)
    return _by_policy(weight / weight.sum(axis=0))


def _nobody_stays(data: Data) -> Values:
    weight = np.exp(_utilities(data))
    weight[3] = 0.0
    return _by_policy(weight / weight.sum(axis=0))


def _loyal_stay(data: Data) -> Values:
    utility = _utilities(data, loyal=False)
    utility[3] = data["policies"]["loyalty"]
    return _logit(utility)


def _first_choice(data: Data) -> Values:
    utility = _utilities(data)
    return _by_policy((utility == utility.max(axis=0)).astype(float))


def _chance_words(data: Data) -> dict[str, Any]:
    right = _chances(data)
    utility = _utilities(data)[:, 0]
    listed = ", ".join(f"`{name}` {format_number(float(one), 2)}" for name, one in zip(REACTIONS, utility, strict=True))
    lines = ["| reaction | now | easier |", "|---|---|---|"]
    lines += [f"| {name} | {format_number(right['now'][name], 3)} | {format_number(right['easier'][name], 3)} |"
              for name in REACTIONS]  # fmt: skip
    return {"utilities": listed, "table": "\n".join(lines)}


EXIT_VOICE_SHARES = Task(
    id="exit_voice_shares",
    lesson="11",
    topic="exit_voice",
    key="reaction",
    title=mark("Exit, voice, word of mouth, silence"),
    statement=mark(
        "After a failure a customer complains (`voice`), leaves (`exit`), tells others (`word_of_mouth`) or says "
        "nothing and stays (`stay`). The utilities, by a model after Hirschman:\n\n"
        "- voice: chance of success · benefit − effort + loyalty;\n"
        "- exit: alternative − cost of switching − loyalty;\n"
        "- word of mouth: anger; staying: 0.\n\n"
        "The shares are those of a multinomial logit. `policies` holds the numbers as it is (`now`) and if "
        "complaining were made easier and answered better (`easier`). Hand in a table with `reaction`, `now` and "
        "`easier`: shares with three decimals."
    ),
    generate=_draw_policies,
    answer=_chances,
    misconceptions=(
        Misconception("CHANCE_IGNORED", lambda data: _logit(_utilities(data, chance=False)),
                      mark("It looks as if every complaint helped. What a settled complaint is worth counts by the "
                           "chance that it is settled."), credit=0.25),
        Misconception("LOYALTY_ONE_SIDED", lambda data: _logit(_utilities(data, exits=False)),
                      mark("Loyalty is there for voice and missing for exit. By Hirschman it does both: it feeds voice "
                           "and holds from leaving."), credit=0.5),
        Misconception("LOYAL_SILENCE", _loyal_stay,
                      mark("It looks as if loyalty made people silent. Who stays and says nothing may be loyal or have "
                           "given up; in this model loyalty speaks."), credit=0.25),
        Misconception("SILENCE_FORGOTTEN", _nobody_stays,
                      mark("Those who say nothing are missing. A utility of 0 has a weight too: the firm sees no "
                           "trace of them, and that is the point."), credit=0.25),
        Misconception("FIRST_CHOICE", _first_choice,
                      mark("All were given to the reaction with the largest utility. A logit gives shares.")),
    ),
    words=_chance_words,
    hints=(
        mark("Four utilities for each policy; staying has one too. Then e to the power of each."),
        mark("As it is: {utilities}. The share of a reaction is its exponential, divided by the sum of all four."),
        mark('`voice = policies["success_chance"] * policies["benefit"] - policies["effort"] + policies["loyalty"]`'),
    ),
    solution=mark("Utilities as it is: {utilities}. More complaints and fewer exits: after an easier complaint the "
                  "firm hears more of the same failures. The package agrees: "
                  "`behaviour.exit_voice.exit_voice_chances`.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=mark("half a unit of the second decimal"),
    unit="fraction",
)  # fmt: skip

_BRANCHES = ("A", "B", "C")


def _draw_branches(luck: random.Random) -> Data:
    """Three branches; where the fewest complain, the most are dissatisfied."""
    while True:
        rows = []
        for branch in _BRANCHES:
            orders = luck.randrange(1_500, 9_000, 10)
            asked = luck.randrange(40, 160)
            voiced = luck.randrange(max(asked // 12, 4), asked // 2)
            complaints = luck.randrange(orders // 120, orders // 25)
            rows.append((branch, round(orders / luck.uniform(1.8, 6)), orders, complaints, asked, voiced))
        table = pd.DataFrame(rows, columns=["branch", "customers", "orders", "complaints", "dissatisfied_asked",
                                            "of_them_complained"])  # fmt: skip
        found = _rates({"branches": table})
        if min(found["rate"], key=found["rate"].__getitem__) == max(found["dissatisfied"],
                                                                    key=found["dissatisfied"].__getitem__):  # fmt: skip
            return {"branches": table}


def _rate_values(data: Data, rate: Callable[[pd.DataFrame], Any], share: Callable[[pd.DataFrame], Any]) -> Values:
    table = data["branches"]
    per, voiced = rate(table), share(table)
    return {
        "rate": dict(zip(table["branch"], map(float, per), strict=True)),
        "dissatisfied": dict(zip(table["branch"], map(float, per / voiced), strict=True)),
    }


def _per_orders(table: pd.DataFrame) -> Any:
    return 1_000 * table["complaints"] / table["orders"]


def _voiced(table: pd.DataFrame) -> Any:
    return table["of_them_complained"] / table["dissatisfied_asked"]


def _rates(data: Data) -> Values:
    return _rate_values(data, _per_orders, _voiced)


def _pooled(table: pd.DataFrame) -> Any:
    return pd.Series(table["of_them_complained"].sum() / table["dissatisfied_asked"].sum(), index=table.index)


def _only(name: str, values: Values) -> Values:
    return {name: values[name]}


def _rate_words(data: Data) -> dict[str, Any]:
    found, table = _rates(data), data["branches"]
    quiet = min(found["rate"], key=found["rate"].__getitem__)
    row = table.set_index("branch").loc[quiet]
    lines = ["| branch | rate | dissatisfied |", "|---|---|---|"]
    lines += [f"| {name} | {format_number(value, 2)} | {format_number(found['dissatisfied'][name], 2)} |"
              for name, value in found["rate"].items()]  # fmt: skip
    return {"quiet": quiet, "asked": format_number(int(row["dissatisfied_asked"])),
            "voiced": format_number(int(row["of_them_complained"])), "table": "\n".join(lines)}  # fmt: skip


COMPLAINT_RATE = Task(
    id="complaint_rate",
    lesson="11",
    topic="complaints",
    key="branch",
    title=mark("Few complaints, few problems?"),
    statement=mark(
        "Three branches of a chain want to know which of them serves worst. `branches`: customers, orders and "
        "complaints of a year; and of those who said in a survey that they were dissatisfied with an order "
        "(`dissatisfied_asked`), how many had complained (`of_them_complained`).\n\n"
        "For each branch: how many complaints come on 1,000 orders (`rate`), and on how many of 1,000 orders a "
        "customer was dissatisfied (`dissatisfied`), if those who were asked speak for all? Hand in a table with "
        "`branch`, `rate` and `dissatisfied`."
    ),
    generate=_draw_branches,
    answer=_rates,
    misconceptions=(
        Misconception("NO_COMPLAINTS_NO_PROBLEMS",
                      lambda data: {"dissatisfied": _rates(data)["rate"]},
                      mark("Complaints are taken for problems. Most of the dissatisfied say nothing: what share of "
                           "them spoke up here?"), credit=0.25),
        Misconception("SHARE_TURNED",
                      lambda data: _only("dissatisfied", _rate_values(data, _per_orders, lambda t: 1 / _voiced(t))),
                      mark("The share of those who speak up works the wrong way round: the fewer speak, the more stand "
                           "behind each complaint."), credit=0.25),
        Misconception("ONE_SHARE_FOR_ALL",
                      lambda data: _only("dissatisfied", _rate_values(data, _per_orders, _pooled)),
                      mark("One share of speaking up was used for all branches. Complaining is easier in one place "
                           "than in another, and that is what misleads."), credit=0.5),
        Misconception("PER_CUSTOMER",
                      lambda data: _rate_values(data, lambda t: 1_000 * t["complaints"] / t["customers"], _voiced),
                      mark("This is divided by customers. Each order is an occasion for a failure, and some branches "
                           "have customers who come more often."), credit=0.5),
        Misconception("BARE_COUNT", lambda data: _rate_values(data, lambda t: t["complaints"].astype(float), _voiced),
                      mark("These are counts. A larger branch has more of everything: divide by what complaints could "
                           "have come from.")),
        Misconception("PER_HUNDRED", lambda data: _rate_values(data, lambda t: _per_orders(t) / 10, _voiced),
                      mark("This is for 100 orders; 1,000 are asked for."), credit=0.5),
    ),
    words=_rate_words,
    hints=(
        mark("A number of complaints says nothing without its denominator; and a complaint is a failure that somebody "
             "spoke of."),
        mark("Rate = 1,000 · complaints / orders. Dissatisfied = rate / share of the dissatisfied who complained."),
        mark('`voiced = branches["of_them_complained"] / branches["dissatisfied_asked"]`'),
    ),
    solution=mark("The fewest complaints come in branch {quiet}, and the most are dissatisfied there: of {asked} "
                  "dissatisfied only {voiced} had complained. Few complaints may mean that complaining is hard. The "
                  "package: `analysis.complaint_rates`, `analysis.voiced_share`.\n\n{table}"),
    tolerance=0.051,
    tolerance_reason=mark("half a unit of the first decimal"),
)  # fmt: skip

TASKS = (EXIT_VOICE_SHARES, COMPLAINT_RATE)
