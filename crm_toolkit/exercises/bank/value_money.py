"""What customers are worth, by hand: whale peak, a difference in groups, renewals, a value, levers, conventions.

The truth is that of `crm_toolkit.analysis`: `whale_curve`, `simpson_reversal`, `ShiftedBetaGeometric`,
`berger_nasr_value`, `customer_equity`, `margin_multiple`.
"""

from __future__ import annotations

import math
import random
from typing import Any

import pandas as pd

from crm_toolkit.exercises.bank.small_tables import small_table
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_money, format_number, format_percent, mark

_THOUSANDTH = mark("half a unit of the third decimal")
_CENT = mark("half a cent")


def _draw_whale(luck: random.Random) -> Data:
    margin = [luck.randrange(20, 240) for _ in range(10)]
    serve = [round(one * luck.uniform(0.1, 0.7)) for one in margin]
    for loss in luck.sample(range(10), 3):
        serve[loss] = margin[loss] + luck.randrange(8, 45)
    return {
        "customers": pd.DataFrame(
            {"customer_id": [f"K{number:02d}" for number in range(1, 11)], "margin": margin, "cost_to_serve": serve}
        )
    }


def _profits(data: Data) -> pd.Series:
    table = data["customers"]
    return table["margin"] - table["cost_to_serve"]


def _gains(data: Data) -> float:
    return float(_profits(data).clip(lower=0).sum())


def _total(data: Data) -> float:
    return float(_profits(data).sum())


def _whale_words(data: Data) -> dict[str, Any]:
    return {
        "gains": format_number(_gains(data), 0),
        "total": format_number(_total(data), 0),
        "answer": format_number(_gains(data) / _total(data), 3),
    }


WHALE_PEAK = Task(
    id="whale_peak",
    lesson="04",
    topic="value",
    title=mark("How high is the whale's back?"),
    statement=mark(
        "Ten customers with their contribution margin and their cost to serve (`customers`). Sort them by profit and "
        "add the profits up, the best first.\n\n"
        "How high is the peak of this curve, as a fraction of the profit of all ten? Three decimals; it lies above 1."
    ),
    generate=_draw_whale,
    answer=lambda data: one_number(_gains(data) / _total(data)),
    misconceptions=(
        Misconception("LOSS_ONLY", lambda data: one_number(_gains(data) / _total(data) - 1),
                      mark("This is what unprofitable customers eat up. The peak is how high the curve stands before "
                           "they come."), credit=0.5),
        Misconception("CUSTOMERS_FOR_PROFIT", lambda data: one_number(float((_profits(data) > 0).mean())),
                      mark("This is the share of customers who are profitable: where the peak stands, not how high it "
                           "is."), credit=0.25),
        Misconception("BASE_MIXED_UP", lambda data: one_number(_total(data) / _gains(data)),
                      mark("Turned round: the profit of all was divided by that of the profitable ones. 100% is the "
                           "profit of all."), credit=0.5),
        Misconception("NO_COST_TO_SERVE", lambda data: one_number(
                          float(data["customers"]["margin"].sum()) / _total(data)),
                      mark("The margins were added up without the cost to serve. Who is profitable is known only after "
                           "it."), credit=0.25),
    ),
    words=_whale_words,
    hints=(
        mark("The curve rises as long as the next customer still brings something."),
        mark("Peak = profit of the profitable customers / profit of all customers, losses included."),
        mark('`profit = customers["margin"] - customers["cost_to_serve"]`'),
    ),
    solution=mark("The profitable customers bring {gains}, all together {total}. {gains} / {total} = **{answer}**. The "
                  "package agrees: `analysis.whale_curve`."),
    tolerance=0.0005,
    tolerance_reason=_THOUSANDTH,
    unit="fraction",
)  # fmt: skip


def _draw_calls(luck: random.Random) -> Data:
    """Rare guests stay less often and are called more often, so the whole turns the difference round."""
    rows = []
    for guests, base, called, not_called in (
        ("regular", luck.randrange(76, 84) / 100, luck.randrange(6, 12) * 10, luck.randrange(36, 50) * 10),
        ("rare", luck.randrange(34, 46) / 100, luck.randrange(36, 50) * 10, luck.randrange(6, 12) * 10),
    ):
        lift = luck.randrange(4, 11) / 100
        rows.append((guests, "no", not_called, round(not_called * base)))
        rows.append((guests, "yes", called, round(called * (base + lift))))
    return {"calls": pd.DataFrame(rows, columns=["guests", "called", "customers", "stayed"])}


_COMPARED = ("regular", "rare", "whole", "equal_weights")


def _cells(data: Data) -> dict[tuple[str, str], tuple[float, float]]:
    return {(row.guests, row.called): (row.customers, row.stayed) for row in data["calls"].itertuples()}


def _differences(data: Data, *, base: str = "group", whole: str = "customers", weights: str = "rows") -> Values:
    cells = _cells(data)
    everyone = {way: sum(cells[group, way][0] for group in ("regular", "rare")) for way in ("yes", "no")}

    def rate(group: str, way: str) -> float:
        customers, stayed = cells[group, way]
        return stayed / (customers if base == "group" else everyone[way])

    found = {group: rate(group, "yes") - rate(group, "no") for group in ("regular", "rare")}
    rows = {group: cells[group, "yes"][0] + cells[group, "no"][0] for group in found}
    total = {way: sum(cells[group, way][1] for group in rows) / everyone[way] for way in everyone}
    adjusted = sum(rows[group] * found[group] for group in found) / sum(rows.values())
    mean = sum(found.values()) / 2
    found["whole"] = mean if whole == "mean" else total["yes"] - total["no"]
    found["equal_weights"] = total["yes"] - total["no"] if weights == "whole" else adjusted
    return {"difference": {name: 100 * found[name] for name in _COMPARED}}


def _turned(data: Data) -> Values:
    return {"difference": {name: -value for name, value in _differences(data)["difference"].items()}}


SIMPSON_CALLS = Task(
    id="simpson_calls",
    lesson="04",
    topic="value",
    key="comparison",
    title=mark("Does the welcome call help?"),
    statement=mark(
        "Reception called some customers after the first visit, above all those whom it took for rare guests. `calls` "
        "holds, by group and by whether they were called, the customers and how many of them stayed.\n\n"
        "Hand in a table with `comparison` and `difference` (per cent that stayed among the called less per cent among "
        "the others, in percentage points, one decimal):\n\n"
        "- `regular`, `rare`: within the group;\n"
        "- `whole`: all customers together;\n"
        "- `equal_weights`: the two group differences, weighted by all customers of the group. This one answers the "
        "question, because the group decided on the call."
    ),
    generate=_draw_calls,
    answer=_differences,
    misconceptions=(
        Misconception("AVERAGE_OF_AVERAGES", lambda data: _differences(data, whole="mean"),
                      mark("“The whole” was taken as the mean of the groups. Put all customers into one pot first, "
                           "then "
                           "divide."), credit=0.5),
        Misconception("AGGREGATE_FOR_GROUPS", lambda data: _differences(data, weights="whole"),
                      mark("The difference of the whole was handed in for the comparison with equal weights. The whole "
                           "compares rare guests who were called with regular ones who were not."), credit=0.5),
        Misconception("BASE_MIXED_UP", lambda data: _differences(data, base="way"),
                      mark("Within a group, those who stayed were divided by all customers who were called (or were "
                           "not). The base is the customers of this group."), credit=0.25),
        Misconception("TURNED_ROUND", _turned,
                      mark("The sign is turned round: called less not called is asked."), credit=0.5),
    ),
    words=lambda data: {"table": small_table("comparison", "difference", _differences(data)["difference"], 1)},
    hints=(
        mark("Four shares first: in each group, of the called and of the others."),
        mark("Whole: add customers and stayed over the groups, then divide. Equal weights: group differences times all "
             "customers of the group, divided by all customers."),
        mark('`calls["rate"] = calls["stayed"] / calls["customers"]`'),
    ),
    solution=mark("In both groups those who were called stayed more often, in the whole less often: mostly rare guests "
                  "were called. The package agrees: `analysis.simpson_reversal`.\n\n{table}"),
    tolerance=0.051,
    tolerance_reason=mark("half a unit of the first decimal"),
)  # fmt: skip


def _draw_renewals(luck: random.Random) -> Data:
    return {
        "alpha": luck.randrange(60, 140) / 100,
        "beta": luck.randrange(180, 420) / 100,
        "renewals": luck.randrange(2, 6),
    }


def _renewing(data: Data, number: float) -> float:
    return float((data["beta"] + number - 1) / (data["alpha"] + data["beta"] + number - 1))


def _left(data: Data) -> float:
    return math.prod(_renewing(data, number) for number in range(1, data["renewals"] + 2))


def _renewal_words(data: Data) -> dict[str, Any]:
    n, a, b = data["renewals"], data["alpha"], data["beta"]
    return {
        "alpha": format_number(a, 2), "beta": format_number(b, 2), "n": format_number(n),
        "next": format_number(n + 1), "above": format_number(b + n, 2), "below": format_number(a + b + n, 2),
        "answer": format_number(_renewing(data, n + 1), 3),
    }  # fmt: skip


SBG_RENEWAL = Task(
    id="sbg_renewal",
    lesson="04",
    topic="value",
    title=mark("How many of the survivors renew once more?"),
    statement=mark(
        "A club fitted the shifted beta-geometric model to its yearly contracts: α = {alpha} (`alpha`), β = {beta} "
        "(`beta`). Look at members who have renewed **{n}** times (`renewals`); the next renewal is the one with the "
        "number t = {next}.\n\n"
        "Which share of *them* will renew next time? Give a fraction with three decimals."
    ),
    generate=_draw_renewals,
    answer=lambda data: one_number(_renewing(data, data["renewals"] + 1)),
    misconceptions=(
        Misconception("SHIFT", lambda data: one_number(_renewing(data, data["renewals"])),
                      mark("This is the renewal that they have already made. Which number has the next one?"),
                      credit=0.5),
        Misconception("ONE_RATE_FOR_ALL", lambda data: one_number(_renewing(data, 1)),
                      mark("This is the rate of the first renewal, of everyone. Those who leave easily are gone by "
                           "now."), credit=0.25),
        Misconception("CHURN", lambda data: one_number(1 - _renewing(data, data["renewals"] + 1)),
                      mark("This is the share that leaves. Asked is the share that renews."), credit=0.5),
        Misconception("SURVIVAL", lambda data: one_number(_left(data)),
                      mark("This is the share of all who ever began. The question follows only those who are still "
                           "there."), credit=0.25),
    ),
    words=_renewal_words,
    hints=(
        mark("Nobody becomes more loyal in this model; those who leave easily go first. So the rate rises with t."),
        mark("Share that renews at renewal t: (β + t − 1) / (α + β + t − 1), with t = renewals made + 1."),
        mark('`t = data["renewals"] + 1`'),
    ),
    solution=mark("t = {next}: {above} / {below} = **{answer}**. The package agrees: "
                  "`analysis.ShiftedBetaGeometric(alpha, beta).retention_rate(t)`."),
    tolerance=0.0005,
    tolerance_reason=_THOUSANDTH,
    unit="fraction",
)  # fmt: skip


def _draw_berger(luck: random.Random) -> Data:
    return {
        "margin": luck.randrange(60, 400),
        "promotion": luck.randrange(10, 60),
        "retention": luck.randrange(60, 91) / 100,
        "discount": luck.randrange(8, 26) / 100,
        "periods": luck.randrange(3, 7),
    }


def _berger(data: Data, *, start: int = 0, half: float = 0.5, shift: int = 1, **other: float) -> Values:
    told: dict[str, Any] = {**data, **other}
    r, d, n = told["retention"], 1 + told["discount"], data["periods"]
    sales = sum((r / d) ** t for t in range(start, n + 1))
    letters = sum(r ** (t - shift) / d ** (t - half) for t in range(1, n + 1))
    return one_number(told["margin"] * sales - told["promotion"] * letters)


def _berger_words(data: Data) -> dict[str, Any]:
    sales = _berger(data, promotion=0)[""][""]
    return {
        "margin": format_money(data["margin"]), "promotion": format_money(data["promotion"]),
        "retention": format_percent(data["retention"], 0), "discount": format_percent(data["discount"], 0),
        "n": format_number(data["periods"]), "sales": format_number(sales, 2),
        "letters": format_number(sales - _berger(data)[""][""], 2),
        "answer": format_money(_berger(data)[""][""]),
    }  # fmt: skip


BERGER_NASR = Task(
    id="berger_nasr",
    lesson="04",
    topic="value",
    title=mark("A customer's value after Berger and Nasr"),
    statement=mark(
        "A customer brings {margin} of contribution margin once a year (`margin`), the first time now, and then in {n} "
        "more years (`periods`). In the *middle* of every one of these {n} years {promotion} are spent on letters to "
        "each customer of the year before (`promotion`). {retention} stay from year to year (`retention`), the "
        "discount rate is {discount} (`discount`).\n\n"
        "What is the customer worth today? Give an amount with two decimals."
    ),
    generate=_draw_berger,
    answer=_berger,
    misconceptions=(
        Misconception("FIRST_SALE_MISSING", lambda data: _berger(data, start=1),
                      mark("The sale of today is missing: t begins with 0."), credit=0.5),
        Misconception("NO_HALF_YEAR", lambda data: _berger(data, half=0.0),
                      mark("The letters are paid in the middle of the year, so they are discounted half a year less."),
                      credit=0.5),
        Misconception("PROMOTION_TO_STAYERS", lambda data: _berger(data, shift=0),
                      mark("Letters were sent only to those who stay. One learns who stays after the letter: it goes "
                           "to everybody of the year before."), credit=0.5),
        Misconception("NO_DISCOUNT", lambda data: _berger(data, discount=0.0),
                      mark("Money of later years was counted like money of today."), credit=0.25),
        Misconception("REVENUE_FOR_MARGIN", lambda data: _berger(data, promotion=0.0),
                      mark("The letters are missing: what they cost belongs to the customer's value."), credit=0.25),
    ),
    words=_berger_words,
    hints=(
        mark("Two sums: margins that come in, letters that go out. Each has its own moments."),
        mark("Margins: `Σ (r / (1 + d))^t` for t = 0 … n. Letters: `Σ r^(t−1) / (1 + d)^(t−0.5)` for t = 1 … n."),
        mark('`sales = sum((r / (1 + d)) ** t for t in range(n + 1))`'),
    ),
    solution=mark("Margins {sales} less letters {letters} = **{answer}**. The package agrees: "
                  "`analysis.berger_nasr_value`."),
    tolerance=0.0051,
    tolerance_reason=_CENT,
)  # fmt: skip


def _draw_equity(luck: random.Random) -> Data:
    return {
        "customers": luck.randrange(8, 40) * 100,
        "new_customers": luck.randrange(2, 8) * 50,
        "margin": luck.randrange(60, 200),
        "retention": luck.randrange(70, 89) / 100,
        "discount": luck.randrange(10, 17) / 100,
        "acquisition_cost": luck.randrange(20, 60),
    }


def _equity(data: Data, *, future: bool = True, **other: float) -> float:
    told: dict[str, Any] = {**data, **other}
    r, i, m = told["retention"], told["discount"], told["margin"]
    multiple = r / (1 + i - r)
    later = told["new_customers"] * (m * (1 + multiple) - told["acquisition_cost"]) * (1 + i) / i
    return float(told["customers"] * m * multiple + later * future)


def _elastic(data: Data, lever: str = "retention", factor: float = 1.01, *, future: bool = True) -> Values:
    better = _equity(data, future=future, **{lever: data[lever] * factor})
    return one_number(100 * (better / _equity(data, future=future) - 1))


def _per_point(data: Data) -> Values:
    return one_number(100 * (_equity(data, retention=data["retention"] + 0.01) / _equity(data) - 1))


def _equity_words(data: Data) -> dict[str, Any]:
    better = _equity(data, retention=data["retention"] * 1.01)
    return {
        "customers": format_number(data["customers"]), "new": format_number(data["new_customers"]),
        "margin": format_money(data["margin"]), "retention": format_percent(data["retention"], 0),
        "discount": format_percent(data["discount"], 0), "cost": format_money(data["acquisition_cost"]),
        "before": format_number(_equity(data), 0), "after": format_number(better, 0),
        "answer": format_number(_elastic(data)[""][""], 2),
    }  # fmt: skip


EQUITY_ELASTICITY = Task(
    id="equity_elasticity",
    lesson="04",
    topic="value",
    title=mark("One per cent better retention"),
    statement=mark(
        "An organisation has {customers} customers (`customers`), and {new} new ones come every year "
        "(`new_customers`). A customer brings {margin} of margin a year (`margin`), {retention} stay (`retention`), a "
        "new one costs {cost} (`acquisition_cost`), the discount rate is {discount} (`discount`). With M = r / (1 + i "
        "− r)\n\n"
        "customer equity = customers · m · M + new · (m · (1 + M) − cost) · (1 + i) / i.\n\n"
        "By how many per cent does it rise if retention improves by one per cent *of itself*? Two decimals."
    ),
    generate=_draw_equity,
    answer=_elastic,
    misconceptions=(
        Misconception("PERCENTAGE_POINT", _per_point,
                      mark("Retention was raised by one percentage point. One per cent of itself is less."),
                      credit=0.5),
        Misconception("CURRENT_ONLY", lambda data: _elastic(data, future=False),
                      mark("Only today's customers were counted. Better retention also makes those worth more who "
                           "are still to come."), credit=0.5),
        Misconception("OTHER_LEVER", lambda data: _elastic(data, "margin"),
                      mark("This is the lever of the margin. Which number is to be made better?"), credit=0.25),
        Misconception("FRACTION_FOR_PERCENT", lambda data: one_number(_elastic(data)[""][""] / 100),
                      mark("This is a fraction; per cent are asked."), credit=0.5),
    ),
    words=_equity_words,
    hints=(
        mark("Compute the equity twice: as it is, and with the better retention. Everything else stays."),
        mark("Better retention: r · 1.01. Rise in per cent: 100 · (after / before − 1)."),
        mark('`better = data["retention"] * 1.01`'),
    ),
    solution=mark("Before {before}, after {after}: a rise of **{answer}** per cent. The package agrees: "
                  "`analysis.customer_equity(...).elasticities()`."),
    tolerance=0.0051,
    tolerance_reason=mark("half a unit of the second decimal"),
)  # fmt: skip


def _draw_multiple(luck: random.Random) -> Data:
    return {"retention": luck.randrange(60, 91) / 100, "discount": luck.randrange(8, 21) / 100}


def _multiples(data: Data, *, first: str = "", discount: bool = True, retention: float | None = None) -> Values:
    r = data["retention"] if retention is None else retention
    i = data["discount"] * discount
    found = {name: above / (1 + i - r) for name, above in (("uncertain", r), ("certain", 1.0), ("immediate", 1 + i))}
    return {"multiple": {name: found[first or name] for name in found}}


def _multiple_words(data: Data) -> dict[str, Any]:
    return {
        "retention": format_percent(data["retention"], 0),
        "discount": format_percent(data["discount"], 0),
        "table": small_table("first_margin", "multiple", _multiples(data)["multiple"], 2),
    }


MULTIPLE_CONVENTIONS = Task(
    id="multiple_conventions",
    lesson="04",
    topic="value",
    key="first_margin",
    title=mark("One customer, three values"),
    statement=mark(
        "{retention} of the customers stay from year to year (`retention`), the discount rate is {discount} "
        "(`discount`). How many margins of a year is a customer worth? That depends on when the first margin comes. "
        "Hand in a table with `first_margin` and `multiple`, two decimals:\n\n"
        "- `uncertain`: in a year, from those who stay until then;\n"
        "- `certain`: in a year, from everyone;\n"
        "- `immediate`: now, from everyone.\n\n"
        "In each case the later margins come from those who are left, for ever."
    ),
    generate=_draw_multiple,
    answer=_multiples,
    misconceptions=(
        Misconception("NO_CONVENTION", lambda data: _multiples(data, first="uncertain"),
                      mark("One value stands in all three rows. The first margin comes at another moment, and from "
                           "other people: the number needs its convention."), credit=0.25),
        Misconception("NO_DISCOUNT", lambda data: _multiples(data, discount=False),
                      mark("Nothing was discounted: a margin of the tenth year counts like one of today."),
                      credit=0.25),
        Misconception("CHURN", lambda data: _multiples(data, retention=1 - data["retention"]),
                      mark("The share that leaves was put in place of the share that stays."), credit=0.25),
    ),
    words=_multiple_words,
    hints=(
        mark("Each value is a geometric series with the same ratio r / (1 + i); only the first member differs."),
        mark("The sum is the first member divided by `1 − r / (1 + i)`. First members: `r / (1 + i)`, `1 / (1 + i)`, "
             "1."),
        mark("`ratio = retention / (1 + discount)`"),
    ),
    solution=mark("Between the lowest and the highest lies exactly one margin: that of today. The package agrees: "
                  "`analysis.margin_multiple`.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=mark("half a unit of the second decimal"),
)  # fmt: skip

TASKS = (WHALE_PEAK, SIMPSON_CALLS, SBG_RENEWAL, BERGER_NASR, EQUITY_ELASTICITY, MULTIPLE_CONVENTIONS)
