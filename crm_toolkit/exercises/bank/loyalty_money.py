"""The money of a programme by hand: break-even, a price shared out, revenue from points, points that never come back.

The truth is that of `crm_toolkit.analysis`: `break_even_lift`, `price_allocation`, `points_revenue`, `chain_ladder`.
"""

from __future__ import annotations

import random
from typing import Any

import pandas as pd

from crm_toolkit.exercises.bank.small_tables import small_table
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_money, format_number, format_percent, mark

_CENT = mark("half a cent")


def _draw_programme(luck: random.Random) -> Data:
    return {
        "spend": luck.randrange(20, 90) * 10,
        "margin_rate": luck.randrange(30, 61) / 100,
        "face_rate": luck.randrange(3, 11) / 100,
        "redeemed_share": luck.randrange(60, 91) / 100,
        "unit_cost": luck.randrange(35, 86, 5) / 100,
        "fixed_cost": float(luck.randrange(2, 10)),
    }


def _lift(data: Data, *, margin_left: bool = True, **other: float) -> float:
    told = {**data, **other}
    cost = told["face_rate"] * told["redeemed_share"] * told["unit_cost"]
    return (cost + told["fixed_cost"] / told["spend"]) / (told["margin_rate"] - cost * margin_left)


def _revenue_for_margin(data: Data) -> Values:
    return one_number(_lift({**data, "margin_rate": 1.0}))


def _programme_words(data: Data) -> dict[str, Any]:
    cost = data["face_rate"] * data["redeemed_share"] * data["unit_cost"]
    return {
        "spend": format_money(data["spend"]), "margin": format_percent(data["margin_rate"], 0),
        "face": format_percent(data["face_rate"], 0), "redeemed": format_percent(data["redeemed_share"], 0),
        "unit": format_number(data["unit_cost"], 2), "fixed": format_money(data["fixed_cost"]),
        "cost": format_number(cost, 5), "rate": format_number(data["margin_rate"], 2),
        "share": format_number(data["fixed_cost"] / data["spend"], 5), "answer": format_number(_lift(data), 3),
    }  # fmt: skip


BREAK_EVEN_LIFT = Task(
    id="break_even_lift",
    lesson="09",
    topic="loyalty",
    title=mark("From which lift on does the programme pay?"),
    statement=mark(
        "A member spends {spend} a year (`spend`); {margin} of it is contribution margin (`margin_rate`). The "
        "programme "
        "gives back points worth {face} of every purchase (`face_rate`); {redeemed} of the points are redeemed in the "
        "end (`redeemed_share`); a reward of face value 1 costs the firm {unit} (`unit_cost`). Cards and messages cost "
        "{fixed} a year for a member (`fixed_cost`).\n\n"
        "By which share must the member's spend grow, so that the programme neither wins nor loses? Give a fraction "
        "with three decimals."
    ),
    generate=_draw_programme,
    answer=lambda data: one_number(_lift(data)),
    misconceptions=(
        Misconception("COST_AT_FACE_VALUE", lambda data: one_number(_lift(data, unit_cost=1.0)),
                      mark("Rewards were counted at their face value. What does a free visit cost the firm that gives "
                           "it?"), credit=0.5),
        Misconception("NO_BREAKAGE", lambda data: one_number(_lift(data, redeemed_share=1.0)),
                      mark("Every point was counted as redeemed. Some never come back."), credit=0.5),
        Misconception("LIFT_WITHOUT_REWARD", lambda data: one_number(_lift(data, margin_left=False)),
                      mark("The additional spend was given its full margin. It earns points as well."), credit=0.5),
        Misconception("REVENUE_FOR_MARGIN", _revenue_for_margin,
                      mark("The cost was set against additional revenue. What is left to the firm of a unit of "
                           "revenue?"), credit=0.25),
        Misconception("NO_FIXED_COST", lambda data: one_number(_lift(data, fixed_cost=0.0)),
                      mark("The cards and messages are missing: they cost the same, whatever a member spends."),
                      credit=0.5),
    ),
    words=_programme_words,
    hints=(
        mark("Rewards are paid on all the spend, also on what would have been spent anyhow. Who pays for that?"),
        mark("Cost of rewards per unit of spend c = face rate · redeemed share · unit cost. The additional spend keeps "
             "margin − c and has to earn c on all the old spend, and the fixed cost."),
        mark("`cost = face_rate * redeemed_share * unit_cost`"),
    ),
    solution=mark("c = {cost}, the fixed cost is {share} of the spend. ({cost} + {share}) / ({rate} − {cost}) = "
                  "**{answer}**. The package agrees: `analysis.break_even_lift`."),
    tolerance=0.0005,
    tolerance_reason=mark("half a unit of the third decimal"),
    unit="fraction",
)  # fmt: skip


def _steps(data: Data, *, unit: float | None = None, redeemed: float | None = None, kept: float | None = None,
           fixed: bool = True) -> Values:  # fmt: skip
    face = data["face_rate"] * data["spend"]
    cost = face * (data["redeemed_share"] if redeemed is None else redeemed)
    cost *= data["unit_cost"] if unit is None else unit
    earn_back = cost + data["fixed_cost"] * fixed
    left = 100 * (data["margin_rate"] - cost / data["spend"]) if kept is None else kept
    return {"value": {"face_value": face, "reward_cost": cost, "to_earn_back": earn_back, "kept_of_100": left,
                      "more_spend": 100 * earn_back / left}}  # fmt: skip


BREAK_EVEN_FADED = Task(
    id="break_even_faded",
    lesson="09",
    topic="loyalty",
    key="step",
    title=mark("Break-even: fill in the steps"),
    statement=mark(
        "A member spends {spend} a year (`spend`), the margin is {margin} (`margin_rate`). Points are worth {face} of "
        "the spend (`face_rate`), {redeemed} are redeemed (`redeemed_share`), a reward of face value 1 costs {unit} "
        "(`unit_cost`), cards and messages {fixed} a year (`fixed_cost`). Hand in a table with `step` and `value`, "
        "two decimals:\n\n"
        "- `face_value`: face value of the points of a year;\n"
        "- `reward_cost`: what they cost the firm;\n"
        "- `to_earn_back`: everything the programme costs in a year;\n"
        "- `kept_of_100`: what is left of 100 units of additional spend;\n"
        "- `more_spend`: additional spend at which the programme neither wins nor loses."
    ),
    generate=lambda luck: {"spend": 400, "margin_rate": 0.45, "face_rate": 0.05, "redeemed_share": 0.75,
                           "unit_cost": 0.6, "fixed_cost": 4.0},
    answer=_steps,
    misconceptions=(
        Misconception("COST_AT_FACE_VALUE", lambda data: _steps(data, unit=1.0),
                      mark("From the second step on rewards are counted at face value. A free visit costs the firm "
                           "less than its price."), credit=0.5),
        Misconception("NO_BREAKAGE", lambda data: _steps(data, redeemed=1.0),
                      mark("From the second step on every point is redeemed. Some never come back."), credit=0.5),
        Misconception("LIFT_WITHOUT_REWARD", lambda data: _steps(data, kept=100 * data["margin_rate"]),
                      mark("In the fourth step the additional spend keeps its full margin. It earns points as well."),
                      credit=0.5),
        Misconception("NO_FIXED_COST", lambda data: _steps(data, fixed=False),
                      mark("In the third step the cards and messages are missing."), credit=0.5),
    ),
    words=lambda data: {**_programme_words(data), "table": small_table("step", "value", _steps(data)["value"])},
    hints=(
        mark("First what the programme costs at the old spend, then how much additional spend pays for that."),
        mark("Additional spend = everything to be earned back, divided by what is left of one unit."),
        mark("`reward_cost = face_value * redeemed_share * unit_cost`"),
    ),
    solution=mark("The last line, divided by the spend, is the break-even lift.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=_CENT,
    own_numbers=False,
)  # fmt: skip


def _draw_sale(luck: random.Random) -> Data:
    return {
        "price": luck.randrange(40, 200) * 10,
        "points": luck.randrange(20, 120) * 10,
        "point_value": luck.choice((0.1, 0.2, 0.25)),
        "redeemed_share": luck.randrange(60, 96) / 100,
    }


def _worth(data: Data) -> float:
    return float(data["points"] * data["point_value"])


def _part(data: Data, worth: float, *, of: float | None = None) -> Values:
    return one_number((data["price"] if of is None else of) * worth / (data["price"] + worth))


def _sale_words(data: Data) -> dict[str, Any]:
    worth = _worth(data) * data["redeemed_share"]
    return {
        "price": format_money(data["price"]), "points": format_number(data["points"]),
        "value": format_money(data["point_value"]), "redeemed": format_percent(data["redeemed_share"], 0),
        "worth": format_number(worth, 2), "paid": format_number(data["price"]),
        "answer": format_money(_part(data, worth)[""][""]),
    }  # fmt: skip


IFRS_SPLIT = Task(
    id="ifrs_split",
    lesson="09",
    topic="loyalty",
    title=mark("How much of the sale is deferred for points"),
    statement=mark(
        "A client pays {price} (`price`), the usual price, and gets {points} points (`points`). A point takes {value} "
        "off a later purchase (`point_value`); {redeemed} of the points are expected to be redeemed "
        "(`redeemed_share`). IFRS 15 sees two promises here and shares the price out in proportion to their "
        "stand-alone selling prices.\n\n"
        "How much of the price is deferred for the points? Give an amount with two decimals."
    ),
    generate=_draw_sale,
    answer=lambda data: _part(data, _worth(data) * data["redeemed_share"]),
    misconceptions=(
        Misconception("NO_BREAKAGE", lambda data: _part(data, _worth(data)),
                      mark("All points were counted as redeemed. The stand-alone price of the points contains the "
                           "chance that they are used."), credit=0.5),
        Misconception("BREAKAGE_IS_PROFIT", lambda data: one_number(
                          _part(data, _worth(data))[""][""] * data["redeemed_share"]),
                      mark("The price was shared out at full face value, and then the points that won't come back were "
                           "called revenue at once. They are no profit of the day of sale: the chance of redemption "
                           "belongs into the stand-alone price, before sharing out."), credit=0.5),
        Misconception("NOT_RELATIVE", lambda data: one_number(_worth(data) * data["redeemed_share"]),
                      mark("The full worth of the points was deferred. The client paid less than both stand-alone "
                           "prices together; that is shared by both."), credit=0.5),
        Misconception("GOODS_PART", lambda data: one_number(
                          data["price"] - _part(data, _worth(data) * data["redeemed_share"])[""][""]),
                      mark("This is the part of the service, which is revenue at once. Asked is the part of the "
                           "points."), credit=0.5),
    ),
    words=_sale_words,
    hints=(
        mark("One price, two promises: the service now, and something off later."),
        mark("Stand-alone price of the points: points · value · chance of redemption. Deferred: price · points' price "
             "/ (both prices together)."),
        mark("`worth = points * point_value * redeemed_share`"),
    ),
    solution=mark("The points are worth {worth} by themselves. {paid} · {worth} / ({paid} + {worth}) = **{answer}**. "
                  "The package agrees: `analysis.price_allocation`."),
    tolerance=0.0051,
    tolerance_reason=_CENT,
)  # fmt: skip

_QUARTERS = ("Q1", "Q2", "Q3")


def _draw_liability(luck: random.Random) -> Data:
    given = luck.randrange(60, 140) * 100
    expected = round(given * luck.uniform(0.72, 0.85), -2)
    redeemed = [round(given * luck.uniform(low, high), -1) for low, high in ((0.15, 0.3), (0.12, 0.22), (0.08, 0.15))]
    revised = round(expected + given * luck.choice((-0.05, 0.05, 0.08)), -2)
    return {
        "deferred": float(luck.randrange(300, 1200)),
        "points": given,
        "quarters": pd.DataFrame(
            {"quarter": _QUARTERS, "redeemed": [int(one) for one in redeemed],
             "expected": [int(expected), int(expected), int(revised)]}
        ),
    }  # fmt: skip


def _closing(data: Data) -> Values:
    table = data["quarters"]
    done = table["redeemed"].cumsum() / table["expected"]
    return {"liability": dict(zip(_QUARTERS, (data["deferred"] * (1 - done)).tolist(), strict=True))}


def _no_breakage(data: Data) -> Values:
    return _closing({**data, "quarters": data["quarters"].assign(expected=data["points"])})


def _no_catch_up(data: Data) -> Values:
    table = data["quarters"]
    done = (table["redeemed"] / table["expected"]).cumsum()
    return {"liability": dict(zip(_QUARTERS, (data["deferred"] * (1 - done)).tolist(), strict=True))}


def _not_rolled(data: Data) -> Values:
    table = data["quarters"]
    left = data["deferred"] * (1 - table["redeemed"] / table["expected"])
    return {"liability": dict(zip(_QUARTERS, left.tolist(), strict=True))}


def _recognised(data: Data) -> Values:
    right = _closing(data)["liability"]
    return {"liability": {name: data["deferred"] - value for name, value in right.items()}}


def _liability_words(data: Data) -> dict[str, Any]:
    first, expected = int(data["quarters"]["redeemed"][0]), int(data["quarters"]["expected"][0])
    return {
        "deferred": format_money(data["deferred"]), "points": format_number(data["points"]),
        "amount": format_number(data["deferred"]), "first": format_number(first), "expected": format_number(expected),
        "revenue": format_number(data["deferred"] * first / expected, 2),
        "table": small_table("quarter", "liability", _closing(data)["liability"]),
    }  # fmt: skip


LIABILITY_ROLLFORWARD = Task(
    id="liability_rollforward",
    lesson="09",
    topic="loyalty",
    key="quarter",
    title=mark("The liability, quarter by quarter"),
    statement=mark(
        "For {points} points given in one month (`points`) a firm deferred {deferred} (`deferred`). `quarters` holds "
        "the "
        "points redeemed in each quarter, and how many are expected, as of its end, to be redeemed in all. In the "
        "third "
        "quarter the expectation is revised.\n\n"
        "What is the liability at the end of each quarter? Hand in a table with `quarter` and `liability`, two "
        "decimals."
    ),
    generate=_draw_liability,
    answer=_closing,
    misconceptions=(
        Misconception("NO_BREAKAGE", _no_breakage,
                      mark("Redeemed points were set against all that were given. Points that are never redeemed would "
                           "stay in the books for ever: compare with those that are expected."), credit=0.5),
        Misconception("NO_CATCH_UP", _no_catch_up,
                      mark("The first quarters are right. In the third only its own points were counted at the new "
                           "expectation; what was recognised before has to be put right in the same quarter."),
                      credit=0.5),
        Misconception("NOT_ROLLED_FORWARD", _not_rolled,
                      mark("Each quarter begins anew from the full amount. Its opening is the closing of the one "
                           "before."), credit=0.25),
        Misconception("REVENUE_NOT_LIABILITY", _recognised,
                      mark("This is the revenue recognised to date. The liability is what is still owed."),
                      credit=0.5),
    ),
    words=_liability_words,
    hints=(
        mark("Opening + deferred − recognised = closing; nothing new is deferred here."),
        mark("Revenue to date = deferred · redeemed to date / expected in all, with the expectation of that quarter."),
        mark('`done = quarters["redeemed"].cumsum() / quarters["expected"]`'),
    ),
    solution=mark("First quarter: {amount} · {first} / {expected} = {revenue} is revenue, the rest is owed. Go on with "
                  "all points redeemed to date; `analysis.points_revenue` agrees.\n\n{table}"),
    tolerance=0.0101,
    tolerance_reason=mark("a cent, for books that are rounded every quarter"),
)  # fmt: skip

TASKS = (BREAK_EVEN_LIFT, BREAK_EVEN_FADED, IFRS_SPLIT, LIABILITY_ROLLFORWARD)
