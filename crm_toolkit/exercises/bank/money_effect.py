"""Effect and money by hand: credits of attribution, whom to contact, when an offer for all pays, whom to win back.

The truth is that of `crm_toolkit.analysis`: `markov_attribution`, `shapley_attribution`, `targeting_rules`,
`break_even_saved_share`, `win_back_table`.
"""

from __future__ import annotations

import random
from itertools import pairwise
from math import sqrt
from typing import Any

import pandas as pd

from crm_toolkit.analysis.attribution import markov_attribution, paths_from_table, rule_attribution, shapley_attribution
from crm_toolkit.analysis.win_back import win_back_table
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_money, format_number, format_percent, mark

_CENT = mark("half a cent")
_CHANNELS = ("card", "search")
_PATHS = ("search", "card", "search > card", "card > search")


def _draw_paths(luck: random.Random) -> Data:
    paths = pd.DataFrame({
        "path": _PATHS,
        "conversions": [luck.randrange(10, 60) for _ in _PATHS],
        "unconverted": [luck.randrange(20, 200) for _ in _PATHS],
    })  # fmt: skip
    return {"paths": paths}


def _credits(data: Data) -> Values:
    paths = paths_from_table(data["paths"])
    found = {"markov": markov_attribution(paths), "shapley": shapley_attribution(paths)}
    return {name: dict(zip(one.table["channel"], one.table["conversions"].tolist(), strict=True))
            for name, one in found.items()}  # fmt: skip


def _rule(data: Data, rule: str) -> Values:
    table = rule_attribution(paths_from_table(data["paths"]), rule).table
    credit = dict(zip(table["channel"], table["conversions"].tolist(), strict=True))
    return {"markov": credit, "shapley": dict(credit)}


def _removals(data: Data) -> dict[str, float]:
    """Share of the conversions that the chain loses with each channel; the credits before they are scaled."""
    table = data["paths"]
    total = table["conversions"].sum()
    steps: dict[tuple[str, str], float] = {}
    for row in table.itertuples():
        names = ["start", *row.path.split(" > ")]
        for one, following in pairwise(names):
            steps[one, following] = steps.get((one, following), 0) + row.conversions + row.unconverted
        for end, count in (("won", row.conversions), ("lost", row.unconverted)):
            steps[names[-1], end] = steps.get((names[-1], end), 0) + count
    out = {name: sum(count for (begin, _), count in steps.items() if begin == name) for name in ("start", *_CHANNELS)}
    p = {key: count / out[key[0]] for key, count in steps.items()}

    def reached(removed: str = "") -> float:
        chance = dict.fromkeys(_CHANNELS, 0.0)
        for _ in range(400):
            chance = {
                name: 0.0 if name == removed else p.get((name, "won"), 0.0)
                + sum(p.get((name, other), 0.0) * chance[other] for other in _CHANNELS)
                for name in _CHANNELS
            }  # fmt: skip
        return sum(p.get(("start", name), 0.0) * chance[name] for name in _CHANNELS)

    whole = reached()
    return {name: float(total * (1 - reached(name) / whole)) for name in _CHANNELS}


def _unscaled(data: Data) -> Values:
    return {"markov": _removals(data)}


def _credit_words(data: Data) -> dict[str, Any]:
    credit = _credits(data)
    lines = [f"| {name} | {format_number(credit['markov'][name], 2)} | {format_number(credit['shapley'][name], 2)} |"
             for name in _CHANNELS]  # fmt: skip
    head = ["| channel | markov | shapley |", "|---|---|---|"]
    gone = {name: format_number(value, 2) for name, value in _removals(data).items()}
    return {"total": format_number(int(data["paths"]["conversions"].sum())), "card_gone": gone["card"],
            "search_gone": gone["search"], "table": "\n".join([*head, *lines])}  # fmt: skip


ATTRIBUTION_CREDITS = Task(
    id="attribution_credits",
    lesson="08",
    topic="attribution",
    key="channel",
    title=mark("Who gets the credit: Markov and Shapley"),
    statement=mark(
        "Clients of a clinic came through a search engine and through a friend's card (`paths`: the path, how often it "
        "ended in a visit, how often it did not). Share the {total} visits out between `search` and `card`, by the "
        "removal effect in the Markov chain and by Shapley's value (a conversion is worth something to a set of "
        "channels if its path needs no other). Hand in a table with `channel`, `markov`, `shapley`, two decimals."
    ),
    generate=_draw_paths,
    answer=_credits,
    misconceptions=(
        Misconception("LAST_TOUCH", lambda data: _rule(data, "last"),
                      mark("The last touch got everything. That is a third rule: both methods here also pay the touch "
                           "that opened the path."), credit=0.25),
        Misconception("FIRST_TOUCH", lambda data: _rule(data, "first"),
                      mark("The first touch got everything. Both methods here also pay the touch that closed the "
                           "path."),
                      credit=0.25),
        Misconception("NOT_SCALED", _unscaled,
                      mark("The Markov column holds the removal effects themselves: what the chain loses without each "
                           "channel. Together they exceed all visits; scale them to the total."), credit=0.5),
    ),
    words=_credit_words,
    hints=(
        mark("Markov asks: how many visits are lost if a channel is taken out? Shapley shares what two did together "
             "evenly."),
        mark("Markov: removal effects, scaled to the total. Shapley with two channels: own visits + half of those of "
             "paths with both."),
        mark("`found = analysis.paths_from_table(paths)`"),
    ),
    solution=mark("Without the card the chain loses {card_gone} visits, without search {search_gone}; scaled to "
                  "{total} "
                  "that is the first column. Both columns are bookkeeping: what a channel causes is told by an "
                  "experiment "
                  "alone.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=mark("half a unit of the second decimal"),
)  # fmt: skip

_GROUPS = ("A", "B", "C", "D", "E")


def _draw_groups(luck: random.Random) -> Data:
    risks = sorted((luck.randrange(8, 30) / 100, luck.randrange(30, 50) / 100, luck.randrange(50, 90) / 100))
    effects = [luck.randrange(9, 16) / 100, luck.randrange(14, 22) / 100, luck.randrange(1, 3) / 100]
    rows = [(risk, round(risk - moved, 2)) for risk, moved in zip(risks, effects, strict=True)]
    dog, calm = luck.randrange(25, 45) / 100, luck.randrange(3, 8) / 100
    rows += [(dog, round(dog + luck.randrange(4, 12) / 100, 2)), (calm, round(calm - 0.01, 2))]
    values = [luck.randrange(10, 26) * 10 for _ in rows[:-1]] + [luck.randrange(40, 60) * 10]
    table = [(*row, value) for row, value in zip(rows, values, strict=True)]
    luck.shuffle(table)
    groups = pd.DataFrame(table, columns=["leave_without", "leave_with", "value"])
    groups.insert(0, "group", list(_GROUPS))
    return {"groups": groups, "size": 100, "contact_cost": float(luck.randrange(3, 9)), "contacts": 200}


def _profit(data: Data, score: Any, *, cost: bool = True, effect: bool = True) -> Values:
    groups = data["groups"]
    count = data["contacts"] // data["size"]
    chosen = groups.loc[score(groups).sort_values(ascending=False, kind="stable").index[:count]]
    kept = chosen["leave_without"] - chosen["leave_with"] if effect else chosen["leave_without"]
    return one_number(float((data["size"] * (kept * chosen["value"] - data["contact_cost"] * cost)).sum()))


def _gain_of(groups: pd.DataFrame) -> pd.Series:
    return (groups["leave_without"] - groups["leave_with"]) * groups["value"]


def _group_words(data: Data) -> dict[str, Any]:
    groups = data["groups"]
    best = groups.loc[_gain_of(groups).sort_values(ascending=False, kind="stable").index[:2]]
    terms = " + ".join(
        f"({format_number(row.leave_without, 2)} − {format_number(row.leave_with, 2)}) · {format_number(row.value)}"
        for row in best.itertuples()
    )
    return {"size": format_number(data["size"]), "contacts": format_number(data["contacts"]), "terms": terms,
            "names": ", ".join(sorted(best["group"])), "cost": format_money(data["contact_cost"], decimals=0),
            "answer": format_number(_profit(data, _gain_of)[""][""], 0)}  # fmt: skip


CONTACT_CHOICE = Task(
    id="contact_choice",
    lesson="08",
    topic="uplift",
    title=mark("Whom to call when there is money for two groups"),
    statement=mark(
        "Five groups of {size} clients each (`groups`). From an experiment it is known what share leaves without a "
        "call "
        "(`leave_without`) and with one (`leave_with`), and what a client who stays is worth (`value`). A call costs "
        "{cost} (`contact_cost`); there is money for {contacts} calls (`contacts`).\n\n"
        "Choose the two groups that bring most. What profit do the calls make, in whole units of money?"
    ),
    generate=_draw_groups,
    answer=lambda data: _profit(data, _gain_of),
    misconceptions=(
        Misconception("HIGHEST_RISK", lambda data: _profit(data, lambda g: g["leave_without"]),
                      mark("Called were those who leave most often. Some of them leave anyhow, and some stay because "
                           "of "
                           "nothing you do: risk is not persuadability.")),
        Misconception("HIGHEST_VALUE", lambda data: _profit(data, lambda g: g["value"]),
                      mark("Called were the most valuable. Does a call keep them?")),
        Misconception("RISK_AS_EFFECT",
                      lambda data: _profit(data, lambda g: g["leave_without"] * g["value"], effect=False),
                      mark("Everybody at risk was counted as saved. With the call some leave too: subtract them."),
                      credit=0.25),
        Misconception("NO_COST", lambda data: _profit(data, _gain_of, cost=False),
                      mark("The right groups; the calls themselves were not paid for."), credit=0.5),
    ),
    words=_group_words,
    hints=(
        mark("What changes because of the call?"),
        mark("Gain of a call = (share leaving without − share leaving with) · value. Take the two highest, subtract "
             "the "
             "cost of the calls."),
        mark("`gain = (groups[\"leave_without\"] - groups[\"leave_with\"]) * groups[\"value\"]`"),
    ),
    solution=mark("The best two are {names}. {size} · ({terms}) less {contacts} · {cost} = **{answer}**. In one "
                  "group the "
                  "call does harm: some are reminded that they may leave."),
    tolerance=0.51,
    tolerance_reason=mark("half a unit of money"),
)  # fmt: skip


def _draw_deciles(luck: random.Random) -> Data:
    rows = []
    for place in range(5):
        treated, control = luck.randrange(160, 400), luck.randrange(80, 240)
        base = luck.randrange(8, 26) / 100
        moved = (0.14, 0.09, 0.03, 0.01, -0.03)[place] + luck.randrange(-2, 3) / 100
        rows.append((place + 1, treated, round(treated * (base + moved)), control, round(control * base)))
    heads = ["fifth", "treated", "treated_came", "control", "control_came"]
    return {"fifths": pd.DataFrame(rows, columns=heads)}


def _uplift(data: Data, *, fifths: int = 2) -> Values:
    part = data["fifths"].iloc[:fifths].sum()
    return one_number(part["treated_came"] / part["treated"] - part["control_came"] / part["control"])


def _uplift_of_means(data: Data) -> Values:
    part = data["fifths"].iloc[:2]
    return one_number(float((part["treated_came"] / part["treated"] - part["control_came"] / part["control"]).mean()))


def _response(data: Data) -> Values:
    part = data["fifths"].iloc[:2].sum()
    return one_number(part["treated_came"] / part["treated"])


def _uplift_words(data: Data) -> dict[str, Any]:
    part = data["fifths"].iloc[:2].sum()
    return {
        "came": format_number(int(part["treated_came"])), "treated": format_number(int(part["treated"])),
        "control_came": format_number(int(part["control_came"])), "control": format_number(int(part["control"])),
        "answer": format_number(_uplift(data)[""][""], 3),
    }  # fmt: skip


UPLIFT_AT_SHARE = Task(
    id="uplift_at_share",
    lesson="08",
    topic="uplift",
    title=mark("Uplift among the first 40%"),
    statement=mark(
        "A model ranked the clients of an experiment by uplift, and they were cut into fifths (`fifths`, 1 has the "
        "highest scores): how many were reminded (`treated`) and how many of them came (`treated_came`), how many were "
        "left alone (`control`) and came (`control_came`).\n\n"
        "What is the uplift among the first 40%, taken together? Give a fraction with three decimals."
    ),
    generate=_draw_deciles,
    answer=_uplift,
    misconceptions=(
        Misconception("NO_CONTROL_GROUP", _response,
                      mark("This is how many of the reminded came. Some of them would have come anyhow: the control "
                           "group "
                           "tells how many.")),
        Misconception("AVERAGE_OF_AVERAGES", _uplift_of_means,
                      mark("The mean of two uplifts gives a fifth with few people as much say as one with many. Add "
                           "the "
                           "counts first."), credit=0.5),
        Misconception("BASE_MIXED_UP", lambda data: _uplift(data, fifths=5),
                      mark("This is the uplift of everybody. Asked are the first two fifths."), credit=0.25),
    ),
    words=_uplift_words,
    hints=(
        mark("Two shares: of the reminded and of those left alone, both among the same clients."),
        mark("Add the counts of the first two fifths, then: came / reminded − came / left alone."),
        mark("`first = fifths.iloc[:2].sum()`"),
    ),
    solution=mark("{came} / {treated} − {control_came} / {control} = **{answer}**. For the interval ask "
                  "`analysis.uplift_at_k`."),
    tolerance=0.0005,
    tolerance_reason=mark("half a unit of the third decimal"),
    unit="fraction",
)  # fmt: skip


def _draw_offer(luck: random.Random) -> Data:
    return {"contact_cost": float(luck.randrange(1, 8)), "discount": float(luck.randrange(10, 60)),
            "accept_share": luck.randrange(20, 70) / 100, "revenue": luck.randrange(30, 90) * 10,
            "margin_rate": luck.randrange(35, 71) / 100}  # fmt: skip


def _saved(data: Data, *, accept: float | None = None, discount: bool = True, margin: bool = True) -> Values:
    taken = data["accept_share"] if accept is None else accept
    cost = data["contact_cost"] + data["discount"] * taken * discount
    return one_number(cost / (data["revenue"] * (data["margin_rate"] if margin else 1.0)))


def _offer_words(data: Data) -> dict[str, Any]:
    return {
        "contact": format_money(data["contact_cost"], decimals=0),
        "discount": format_money(data["discount"], decimals=0),
        "accept": format_percent(data["accept_share"], 0),
        "share": format_number(data["accept_share"], 2),
        "revenue": format_money(data["revenue"], decimals=0),
        "margin": format_percent(data["margin_rate"], 0),
        "rate": format_number(data["margin_rate"], 2),
        "answer": format_number(_saved(data)[""][""], 3),
    }


BREAK_EVEN_SAVED = Task(
    id="break_even_saved",
    lesson="08",
    topic="churn",
    title=mark("An offer for everybody: how many must it save?"),
    statement=mark(
        "A fitness club writes to all members. A letter costs {contact} (`contact_cost`) and offers {discount} off "
        "(`discount`); {accept} of the members take the discount (`accept_share`), whether they wanted to leave or "
        "not. A "
        "member who stays pays {revenue} more (`revenue`); {margin} of it is contribution margin (`margin_rate`).\n\n"
        "What share of the members must the letter keep from leaving, so that it neither wins nor loses? Give a "
        "fraction "
        "with three decimals."
    ),
    generate=_draw_offer,
    answer=_saved,
    misconceptions=(
        Misconception("CONTACT_ONLY", lambda data: _saved(data, discount=False),
                      mark("The letter alone was counted. Those who would have stayed take the discount too."),
                      credit=0.25),
        Misconception("OFFER_TO_ALL", lambda data: _saved(data, accept=1.0),
                      mark("Everybody was given the discount; only a part takes it."), credit=0.5),
        Misconception("REVENUE_FOR_MARGIN", lambda data: _saved(data, margin=False),
                      mark("The cost was set against revenue. What is left to the club of a unit of revenue?"),
                      credit=0.25),
    ),
    words=_offer_words,
    hints=(
        mark("What does the letter cost for one member, and what does one who is kept bring?"),
        mark("Cost for one member = contact + discount · share who take it. Divide by the margin of one who stays."),
        mark("`cost = contact_cost + discount * accept_share`"),
    ),
    solution=mark("({contact} + {discount} · {share}) / ({revenue} · {rate}) = **{answer}**. The package agrees: "
                  "`analysis.break_even_saved_share`. Whether so many are kept is a question for an experiment."),
    tolerance=0.0005,
    tolerance_reason=mark("half a unit of the third decimal"),
    unit="fraction",
)  # fmt: skip


def _draw_test(luck: random.Random) -> Data:
    n = luck.randrange(120, 200) * 1000
    base = luck.randrange(80, 200) / 1000
    lift = luck.randrange(50, 90) / 10_000
    margin = float(luck.randrange(8, 21))
    cost = round(lift * margin * luck.uniform(1.3, 2.5), 2)
    return {"per_arm": n, "came_control": round(n * base), "came_treated": round(n * (base + lift)), "margin": margin,
            "contact_cost": cost}  # fmt: skip


def _tested(data: Data, *, cost: bool = True, control: bool = True, relative: bool = False) -> Values:
    n = data["per_arm"]
    p1, p0 = data["came_treated"] / n, data["came_control"] / n
    error = sqrt((p1 * (1 - p1) + p0 * (1 - p0)) / n)
    lift = (p1 - p0) / p0 if relative else p1 - p0 * control
    return {"value": {"z": (p1 - p0) / error,
                      "profit_of_1000": 1000 * (lift * data["margin"] - data["contact_cost"] * cost)}}  # fmt: skip


def _one_arm(data: Data) -> Values:
    n = data["per_arm"]
    p1, p0 = data["came_treated"] / n, data["came_control"] / n
    return {"value": {**_tested(data)["value"], "z": (p1 - p0) / sqrt(p1 * (1 - p1) / n)}}


def _test_words(data: Data) -> dict[str, Any]:
    right = _tested(data)["value"]
    n = data["per_arm"]
    lines = [f"| {name} | {format_number(value, 2)} |" for name, value in right.items()]
    return {"n": format_number(n), "treated": format_number(data["came_treated"]),
            "control": format_number(data["came_control"]), "margin": format_money(data["margin"], decimals=0),
            "cost": format_money(data["contact_cost"]),
            "lift": format_number(100 * (data["came_treated"] - data["came_control"]) / n, 2),
            "table": "\n".join(["| step | value |", "|---|---|", *lines])}  # fmt: skip


SIGNIFICANT_LOSS = Task(
    id="significant_loss",
    lesson="08",
    topic="experiments",
    key="step",
    title=mark("Significant, and a loss"),
    statement=mark(
        "An experiment with {n} clients in each arm (`per_arm`). Of those who got a parcel with a sample, {treated} "
        "came "
        "(`came_treated`), of the others {control} (`came_control`). A visit brings a margin of {margin} (`margin`), a "
        "parcel costs {cost} (`contact_cost`).\n\n"
        "Hand in a table with `step` and `value`, two decimals: `z`, the difference of the two shares divided by its "
        "standard error √(p₁(1 − p₁)/n + p₀(1 − p₀)/n); `profit_of_1000`, what 1,000 parcels bring after their cost."
    ),
    generate=_draw_test,
    answer=_tested,
    misconceptions=(
        Misconception("NO_COST", lambda data: _tested(data, cost=False),
                      mark("The parcels were not paid for. A significant difference may still cost more than it "
                           "brings."),
                      credit=0.5),
        Misconception("NO_CONTROL_GROUP", lambda data: _tested(data, control=False),
                      mark("All visits of the treated were counted as brought by the parcel. The control group came "
                           "too."),
                      credit=0.25),
        Misconception("RELATIVE_LIFT", lambda data: _tested(data, relative=True),
                      mark("The relative lift was used as if it were visits. A visit more is a difference of shares."),
                      credit=0.25),
        Misconception("ONE_ARM", _one_arm,
                      mark("The standard error holds the luck of one arm only. Both are samples."), credit=0.5),
    ),
    words=_test_words,
    hints=(
        mark("The first number asks whether it is luck, the second whether it is worth it."),
        mark("Profit of 1,000 = 1000 · ((p₁ − p₀) · margin − cost of a parcel)."),
        mark("`p1, p0 = came_treated / per_arm, came_control / per_arm`"),
    ),
    solution=mark("The lift of {lift} percentage points is no luck, and it does not pay for the parcels. With enough "
                  "clients anything becomes significant.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=mark("half a unit of the second decimal"),
)  # fmt: skip

_REASONS = ("price", "moved", "failure", "competitor")


def _draw_lapsed(luck: random.Random) -> Data:
    rows = []
    for reason, ratio, alone in (("price", (14, 26), (4, 9)), ("moved", (1, 4), (0, 2)), ("failure", (10, 20), (1, 4)),
                                 ("competitor", (9, 16), (6, 9))):  # fmt: skip
        first = luck.randrange(20, 45) * 10
        rows.append((reason, luck.randrange(8, 40) * 10, luck.randrange(*ratio) / 100, luck.randrange(*alone) / 100,
                     first, round(first * luck.uniform(0.3, 0.6)), float(luck.randrange(3, 7)),
                     float(luck.randrange(15, 40))))  # fmt: skip
    heads = ["reason", "customers", "regain_ratio", "by_themselves", "first_value", "second_value", "contact_cost",
             "offer_cost"]  # fmt: skip
    return {"lapsed": pd.DataFrame(rows, columns=heads)}


def _regained(data: Data, *, all_asked: bool = False, naive: bool = False, first: bool = False) -> Values:
    table = data["lapsed"].assign(second_value=data["lapsed"]["first_value"]) if first else data["lapsed"]
    found = win_back_table(table, group="reason")
    profit = found["naive_profit"] if naive else found["profit"]
    return one_number(float(profit.sum() if all_asked else profit[profit > 0].sum()))


def _lapsed_words(data: Data) -> dict[str, Any]:
    found = win_back_table(data["lapsed"], group="reason")
    chosen = found[found["ask"]].to_dict("records")
    terms = " + ".join(f"`{row['reason']}` {format_number(row['profit'], 2)}" for row in chosen)
    return {"terms": terms, "answer": format_number(_regained(data)[""][""], 2)}


WIN_BACK_PROFIT = Task(
    id="win_back_profit",
    lesson="08",
    topic="win_back",
    title=mark("Whom to ask back, and what it brings"),
    statement=mark(
        "Those who left a salon, by reason (`lapsed`): how many, what share comes back if asked (`regain_ratio`) and "
        "unasked (`by_themselves`; known from a group that was left alone), what a client was worth at first "
        "(`first_value`) and is worth after coming back (`second_value`), what asking costs (`contact_cost`) and "
        "what the "
        "offer costs that everybody takes who comes back after being asked (`offer_cost`).\n\n"
        "Ask the groups for which asking pays. What do they bring together? Give an amount with two decimals."
    ),
    generate=_draw_lapsed,
    answer=_regained,
    misconceptions=(
        Misconception("ASK_EVERYBODY", lambda data: _regained(data, all_asked=True),
                      mark("Everybody was asked. In some groups asking costs more than it brings; leave them in "
                           "peace."),
                      credit=0.5),
        Misconception("NO_CONTROL_GROUP", lambda data: _regained(data, naive=True),
                      mark("Everybody who came back was counted as won back. Some come unasked: subtract them, but not "
                           "their discount."), credit=0.25),
        Misconception("FIRST_VALUE", lambda data: _regained(data, first=True),
                      mark("A second life was given the value of the first. Who left once leaves sooner again."),
                      credit=0.25),
    ),
    words=_lapsed_words,
    hints=(
        mark("For each group: what changes because of the asking, and what does it cost?"),
        mark("n · ((ratio − by themselves) · second value − ratio · offer − contact); keep the groups above 0."),
        mark("`effect = lapsed[\"regain_ratio\"] - lapsed[\"by_themselves\"]`"),
    ),
    solution=mark("Worth asking: {terms}. Together **{answer}**. The package agrees: `analysis.win_back_table`."),
    tolerance=0.0051,
    tolerance_reason=_CENT,
)  # fmt: skip

TASKS = (ATTRIBUTION_CREDITS, CONTACT_CHOICE, UPLIFT_AT_SHARE, BREAK_EVEN_SAVED, SIGNIFICANT_LOSS, WIN_BACK_PROFIT)
