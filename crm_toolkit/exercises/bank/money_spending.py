"""Money on acquisition and retention by hand: what the next customer costs, the optimum, where the next coin goes.

The truth is that of `crm_toolkit.analysis`: `judge_spending`, `optimal_budgets`, `prospect_equity`.
"""

from __future__ import annotations

import random
from math import exp
from typing import Any

from crm_toolkit.analysis.budgets import ResponseCurve, optimal_budgets, prospect_equity
from crm_toolkit.analysis.spending import Spending, judge_spending
from crm_toolkit.exercises.bank.small_tables import small_table
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_money, format_number, format_percent, mark

_CENT = mark("half a cent")


def _draw_channel(luck: random.Random) -> Data:
    spend, clients = luck.randrange(20, 60) * 100, luck.randrange(60, 140)
    more, fewer = luck.randrange(10, 30) * 100, luck.randrange(8, 22)
    leads = clients * luck.randrange(3, 6)
    return {
        "spend_before": spend, "leads_before": leads, "clients_before": clients, "spend_after": spend + more,
        "leads_after": leads + fewer * luck.randrange(4, 8), "clients_after": clients + fewer,
        "onboarding": float(luck.randrange(3, 15)),
    }  # fmt: skip


def _marginal(data: Data, *, per: str = "clients", onboarding: bool = True) -> Values:
    more = data["spend_after"] - data["spend_before"]
    return one_number(more / (data[f"{per}_after"] - data[f"{per}_before"]) + data["onboarding"] * onboarding)


def _average(data: Data, when: str = "after") -> Values:
    return one_number(data[f"spend_{when}"] / data[f"clients_{when}"] + data["onboarding"])


def _channel_words(data: Data) -> dict[str, Any]:
    money = {name: format_money(data[name], decimals=0) for name in ("spend_before", "spend_after", "onboarding")}
    counts = {name: format_number(data[name]) for name in ("leads_before", "clients_before", "leads_after",
                                                           "clients_after")}  # fmt: skip
    more, fewer = data["spend_after"] - data["spend_before"], data["clients_after"] - data["clients_before"]
    return {**money, **counts, "more": format_number(more), "fewer": format_number(fewer),
            "average": format_number(_average(data)[""][""], 2),
            "answer": format_number(_marginal(data)[""][""], 2)}  # fmt: skip


MARGINAL_CAC = Task(
    id="marginal_cac",
    lesson="08",
    topic="value_formulas",
    title=mark("What does the next client cost?"),
    statement=mark(
        "An advertising channel cost {spend_before} a month (`spend_before`) and brought {leads_before} requests "
        "(`leads_before`), {clients_before} of which became clients (`clients_before`). Then {spend_after} were spent "
        "(`spend_after`): {leads_after} requests (`leads_after`), {clients_after} clients (`clients_after`). Every new "
        "client also costs {onboarding} for the welcome visit (`onboarding`).\n\n"
        "What did **one client more** cost, everything included? Give an amount with two decimals."
    ),
    generate=_draw_channel,
    answer=_marginal,
    misconceptions=(
        Misconception("AVERAGE_FOR_MARGINAL", _average,
                      mark("This is the average over all clients of the second month. Most of them would have come for "
                           "the old money. What did the new money bring?"), credit=0.25),
        Misconception("OLD_AVERAGE", lambda data: _average(data, "before"),
                      mark("This is the average of the first month. The clients who are easy to win were won with it; "
                           "the next ones are dearer."), credit=0.25),
        Misconception("PER_LEAD", lambda data: _marginal(data, per="leads"),
                      mark("Divided by requests. A request is not yet a client."), credit=0.25),
        Misconception("ADS_ONLY", lambda data: _marginal(data, onboarding=False),
                      mark("Advertising alone was counted. What else does a new client cost?"), credit=0.5),
    ),
    words=_channel_words,
    hints=(
        mark("Leave alone what came for the old money."),
        mark("Marginal cost = additional spending / additional clients, and what every client costs on top."),
        mark("`more = spend_after - spend_before`"),
    ),
    solution=mark("{more} more brought {fewer} clients more. {more} / {fewer} + {onboarding} = **{answer}**. The "
                  "average of the second month, {average}, would have told nothing about them."),
    tolerance=0.0051,
    tolerance_reason=_CENT,
)  # fmt: skip


def _curves(data: Data) -> dict[str, Any]:
    return {"acquisition": ResponseCurve(data["acquisition_ceiling"], data["acquisition_speed"]),
            "retention": ResponseCurve(data["retention_ceiling"], data["retention_speed"]),
            "margin": data["margin"], "discount": data["discount"]}  # fmt: skip


def _draw_curves(luck: random.Random) -> Data:
    return {
        "acquisition_ceiling": luck.randrange(30, 61, 5) / 100,
        "acquisition_speed": luck.randrange(20, 51, 5) / 100,
        "retention_ceiling": luck.randrange(60, 86, 5) / 100,
        "retention_speed": luck.randrange(10, 26, 1) / 100,
        "margin": luck.randrange(8, 19) * 5,
        "discount": luck.randrange(8, 21) / 100,
    }


def _curve_words(data: Data) -> dict[str, Any]:
    return {
        "a_ceiling": format_percent(data["acquisition_ceiling"], 0),
        "a_speed": format_number(data["acquisition_speed"], 2),
        "r_ceiling": format_percent(data["retention_ceiling"], 0),
        "r_speed": format_number(data["retention_speed"], 2),
        "margin": format_money(data["margin"], decimals=0),
        "discount": format_percent(data["discount"], 0),
    }  # fmt: skip


def _steps(data: Data, *, average: bool = False, discounted: bool = True, spent: bool = True,
           all_won: bool = False) -> Values:  # fmt: skip
    A, R = data["acquisition_spend"], data["retention_spend"]
    curves = _curves(data)
    a, r = curves["acquisition"].rate(A), curves["retention"].rate(R)
    d = data["discount"] * discounted
    value = data["margin"] + (data["margin"] * r - R * spent) / (1 + d - r)
    slope = curves["acquisition"].speed * curves["acquisition"].ceiling * exp(-curves["acquisition"].speed * A)
    equity = (1.0 if all_won else a) * value - A
    steps = {"acquired_of_100": 100 * a, "retained_of_100": 100 * r, "customer_value": value, "equity": equity,
             "next_client": A / a if average else 1 / slope}  # fmt: skip
    return {"value": steps}


SPENDING_FADED = Task(
    id="spending_faded",
    lesson="08",
    topic="value_formulas",
    key="step",
    title=mark("From spending to customer equity: fill in the steps"),
    statement=mark(
        "A salon spends {a_spend} on every prospect (`acquisition_spend`) and {r_spend} a year on every client "
        "(`retention_spend`). Acquired is C·(1 − e^(−k·spending)) with C = {a_ceiling} (`acquisition_ceiling`) and k = "
        "{a_speed} (`acquisition_speed`); retained in a year the same with {r_ceiling} (`retention_ceiling`) and "
        "{r_speed} (`retention_speed`). The margin is {margin} a year (`margin`), the discount rate {discount} "
        "(`discount`). Hand in a table with `step` and `value`, two decimals:\n\n"
        "- `acquired_of_100`, `retained_of_100`: of 100 prospects and of 100 clients;\n"
        "- `customer_value`: m + (m·r − R) / (1 + d − r);\n"
        "- `equity`: customer equity of one prospect, a·value − A;\n"
        "- `next_client`: what one client more costs to acquire, 1 / (k·(C − a))."
    ),
    generate=lambda luck: {"acquisition_spend": 4, "retention_spend": 10, "acquisition_ceiling": 0.4,
                           "acquisition_speed": 0.3, "retention_ceiling": 0.8, "retention_speed": 0.15, "margin": 60,
                           "discount": 0.1},
    answer=_steps,
    misconceptions=(
        Misconception("AVERAGE_FOR_MARGINAL", lambda data: _steps(data, average=True),
                      mark("The last step is the average, A / a. The next client is dearer: the curve has become "
                           "flatter."), credit=0.5),
        Misconception("NO_DISCOUNT", lambda data: _steps(data, discounted=False),
                      mark("From the third step on later margins count like today's: the discount rate is missing."),
                      credit=0.5),
        Misconception("RETENTION_IS_FREE", lambda data: _steps(data, spent=False),
                      mark("From the third step on retention costs nothing. R is spent on every client, every year."),
                      credit=0.5),
        Misconception("ALL_ACQUIRED", lambda data: _steps(data, all_won=True),
                      mark("In the fourth step every prospect became a client. Only the share a did, and A was spent "
                           "on "
                           "all."), credit=0.5),
    ),
    words=lambda data: {**_curve_words(data), "a_spend": format_money(data["acquisition_spend"], decimals=0),
                        "r_spend": format_money(data["retention_spend"], decimals=0),
                        "table": small_table("step", "value", _steps(data)["value"])},
    hints=(
        mark("First the two shares, then what a client is worth, then what a prospect is worth."),
        mark("Money is spent on every prospect, margins come from those who were acquired and stay."),
        mark("`a = acquisition_ceiling * (1 - np.exp(-acquisition_speed * acquisition_spend))`"),
    ),
    solution=mark("The next client costs less than a client is worth, so the last coin on acquisition was not the "
                  "last.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=_CENT,
    own_numbers=False,
)  # fmt: skip


def _optimum(data: Data, **other: float) -> Values:
    best = optimal_budgets(**_curves({**data, **other}))
    steps = {"acquisition_spend": best.acquisition_spend, "retention_spend": best.retention_spend,
             "customer_value": best.value, "next_acquired": best.acquisition_marginal_cost,
             "next_retained": best.retention_marginal_cost}  # fmt: skip
    return {"value": steps}


def _stops_at_margin(data: Data) -> Values:
    steps, curve = dict(_optimum(data)["value"]), _curves(data)["acquisition"]
    rate = curve.ceiling - 1 / (curve.speed * data["margin"])
    steps |= {"acquisition_spend": curve.spend(rate), "next_acquired": float(data["margin"])}
    return {"value": steps}


def _averages(data: Data) -> Values:
    best, steps = optimal_budgets(**_curves(data)), dict(_optimum(data)["value"])
    steps |= {"next_acquired": best.acquisition.average_cost(best.acquisition_rate),
              "next_retained": best.retention.average_cost(best.retention_rate)}  # fmt: skip
    return {"value": steps}


OPTIMAL_SPENDING = Task(
    id="optimal_spending",
    lesson="08",
    topic="value_formulas",
    key="step",
    title=mark("The best spending, and three equal numbers"),
    statement=mark(
        "A fitness club; the curves are C·(1 − e^(−k·spending)). Of its prospects at most {a_ceiling} can be "
        "acquired (C, `acquisition_ceiling`; k = {a_speed}, "
        "`acquisition_speed`), of its clients at most {r_ceiling} retained for a year (`retention_ceiling`; k = "
        "{r_speed}, `retention_speed`). The margin is {margin} a year (`margin`), the discount rate {discount} "
        "(`discount`).\n\n"
        "Find the best spending. Hand in a table with `step` and `value`, two decimals: `acquisition_spend` and "
        "`retention_spend` (A*, R*), `customer_value` (CLV there), `next_acquired` and `next_retained` (what one "
        "client "
        "more costs to acquire and to retain)."
    ),
    generate=_draw_curves,
    answer=_optimum,
    misconceptions=(
        Misconception("AVERAGE_FOR_MARGINAL", _averages,
                      mark("The last two numbers are averages, A / a and R / r. Asked is what one client more costs, "
                           "1 / "
                           "(k·(C − share))."), credit=0.5),
        Misconception("STOPPED_AT_MARGIN", _stops_at_margin,
                      mark("Acquisition was stopped where the next client costs one year's margin. A client stays "
                           "longer than a year: compare with CLV."), credit=0.25),
        Misconception("NO_DISCOUNT", lambda data: _optimum(data, discount=1e-9),
                      mark("Later margins count like today's: the discount rate is missing."), credit=0.25),
    ),
    words=lambda data: {**_curve_words(data), "table": small_table("step", "value", _optimum(data)["value"])},
    hints=(
        mark("At the optimum a coin brings the same everywhere, so three numbers are equal."),
        mark("R* first: there the next retained client costs CLV. Then A*: there the next acquired one costs CLV too. "
             "Solve numerically or ask the package."),
        mark("`best = analysis.optimal_budgets(acquisition=analysis.ResponseCurve(…), retention=…, margin=…, "
             "discount=…)`"),
    ),
    solution=mark("The last three numbers are equal: that is the optimum.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=_CENT,
)  # fmt: skip


def _draw_coin(luck: random.Random) -> Data:
    while True:
        data = _draw_curves(luck)
        best = optimal_budgets(**_curves(data))
        spends = {"acquisition_spend": round(best.acquisition_spend * luck.uniform(0.2, 0.6)),
                  "retention_spend": round(best.retention_spend * luck.uniform(0.8, 1.1))}  # fmt: skip
        if min(spends.values()) < 1:
            continue
        here = _judged({**data, **spends})
        gain = _coins({**data, **spends})["gain"]
        if here.averages_say == "retention" and gain["acquisition"] > gain["retention"] + 0.3:
            return {**data, **spends}


def _judged(data: Data) -> Spending:
    return judge_spending(data["acquisition_spend"], data["retention_spend"], **_curves(data))


def _coins(data: Data) -> Values:
    A, R, curves = data["acquisition_spend"], data["retention_spend"], _curves(data)
    now = prospect_equity(A, R, **curves)
    gain = {"acquisition": prospect_equity(A + 1, R, **curves) - now,
            "retention": prospect_equity(A, R + 1, **curves) - now}  # fmt: skip
    return {"gain": gain}


def _by_averages(data: Data) -> Values:
    here = _judged(data)
    return {"gain": {"acquisition": here.value / here.acquisition_average - 1,
                     "retention": here.value / here.retention_average - 1}}  # fmt: skip


def _gross(data: Data) -> Values:
    gain = _coins(data)["gain"]
    return {"gain": {**gain, "acquisition": gain["acquisition"] + 1}}


def _on_every_prospect(data: Data) -> Values:
    gain, here = _coins(data)["gain"], _judged(data)
    return {"gain": {**gain, "retention": gain["retention"] / here.acquisition_rate}}


NEXT_COIN = Task(
    id="next_coin",
    lesson="08",
    topic="value_formulas",
    key="spent_on",
    title=mark("Retention or acquisition: where does the next coin go?"),
    statement=mark(
        "A language school spends {a_spend} on every prospect (`acquisition_spend`) and {r_spend} a year on every "
        "client "
        "(`retention_spend`). Acquired are {a_share} of the prospects: {a_average} for one client. Retained are "
        "{r_share}: {r_average} for one. “Retaining is cheaper, so the next coin goes there”, says the owner.\n\n"
        "The curves: ceiling {a_ceiling}, speed {a_speed} (`acquisition_ceiling`, `acquisition_speed`); ceiling "
        "{r_ceiling}, speed {r_speed} (`retention_ceiling`, `retention_speed`); margin {margin} a year (`margin`), "
        "discount rate {discount} (`discount`). By how much does customer equity of one prospect rise if **one unit of "
        "money more** is spent on acquisition, or on retention? Hand in a table with `spent_on` (`acquisition`, "
        "`retention`) and `gain`, two decimals."
    ),
    generate=_draw_coin,
    answer=_coins,
    misconceptions=(
        Misconception("AVERAGE_FOR_MARGINAL", _by_averages,
                      mark("This is what the average coin brings. The first coins won those who were easy to win; the "
                           "next coin meets a flatter curve."), credit=0.25),
        Misconception("COIN_NOT_SUBTRACTED", _gross,
                      mark("The coin itself was not subtracted on the side of acquisition: A leaves the purse for "
                           "every "
                           "prospect."), credit=0.5),
        Misconception("ALL_ACQUIRED", _on_every_prospect,
                      mark("The gain of retention was counted for every prospect. It comes only from those who became "
                           "clients."), credit=0.5),
    ),
    words=lambda data: {
        **_curve_words(data), "a_spend": format_money(data["acquisition_spend"], decimals=0),
        "r_spend": format_money(data["retention_spend"], decimals=0),
        "a_share": format_percent(_judged(data).acquisition_rate),
        "r_share": format_percent(_judged(data).retention_rate),
        "a_average": format_money(_judged(data).acquisition_average),
        "r_average": format_money(_judged(data).retention_average),
        "table": small_table("spent_on", "gain", _coins(data)["gain"]),
    },
    hints=(
        mark("Compute customer equity three times: now, with a coin more here, with a coin more there."),
        mark("Equity of a prospect: `a * (m + (m * r - R) / (1 + d - r)) - A`."),
        mark("`now = analysis.prospect_equity(acquisition_spend, retention_spend, acquisition=…, retention=…, "
             "margin=…, discount=…)`"),
    ),
    solution=mark("One retained client is cheaper on average, and yet the next coin belongs to acquisition: averages "
                  "speak of coins that are spent.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=_CENT,
)  # fmt: skip

TASKS = (MARGINAL_CAC, SPENDING_FADED, OPTIMAL_SPENDING, NEXT_COIN)
