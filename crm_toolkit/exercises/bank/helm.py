"""At the helm: how well one foresaw, what a decision contributed, what clients are worth, how much was luck."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd

from crm_toolkit.exercises.tasks import Data, Misconception, Task, one_number
from crm_toolkit.texts import format_number, format_percent, mark


def _draw_forecasts(luck: random.Random) -> Data:
    chances = [luck.choice((0.1, 0.2, 0.3, 0.6, 0.7, 0.8, 0.9)) for _ in range(8)]
    came = [int(luck.random() < chance) for chance in chances]
    table = pd.DataFrame({"quarter": range(1, 9), "chance": chances, "came": came})
    return {"forecasts": table}


def _brier(data: Data) -> float:
    table = data["forecasts"]
    return float(((table["chance"] - table["came"]) ** 2).mean())


def _forecast_words(data: Data) -> dict[str, Any]:
    return {"count": format_number(len(data["forecasts"])), "answer": format_number(_brier(data), 3),
            "sum": format_number(8 * _brier(data), 2)}  # fmt: skip


HELM_BRIER = Task(
    id="helm_brier",
    lesson="12",
    topic="forecast",
    title=mark("How good are the probabilities?"),
    statement=mark(
        "Before each of {count} quarters a manager said with which probability the profit would lie above 0 "
        "(`forecasts`: `quarter`, `chance`, `came`; `came` is 1 if it did).\n\n"
        "What is the Brier score of these forecasts? Hand in one number."
    ),
    generate=_draw_forecasts,
    answer=lambda data: one_number(_brier(data)),
    misconceptions=(
        Misconception("ABSOLUTE_ERROR",
                      lambda data: one_number((data["forecasts"]["chance"] - data["forecasts"]["came"]).abs().mean()),
                      mark("It looks as if errors were not squared. Then it would pay to say 0 or 1 instead of what "
                           "one believes."), credit=0.5),
        Misconception("SUM_NOT_MEAN", lambda data: one_number(8 * _brier(data)),
                      mark("It looks like the sum. The score is a mean over the forecasts."), credit=0.5),
        Misconception("HITS_ONLY",
                      lambda data: one_number(((data["forecasts"]["chance"] > 0.5)
                                               == data["forecasts"]["came"]).mean()),
                      mark("It looks like the share of forecasts on the right side of one half. That treats 0.6 and "
                           "0.9 alike.")),
        Misconception("ONLY_THOSE_THAT_CAME",
                      lambda data: one_number(((1 - data["forecasts"]["chance"]) ** 2
                                               * data["forecasts"]["came"]).sum() / 8),
                      mark("It looks as if only the quarters were counted in which it came. A high probability for "
                           "what does not come is an error too."), credit=0.25),
    ),
    words=_forecast_words,
    hints=(
        mark("How far was each probability from what came: 1 or 0?"),
        mark("Brier score = mean of `(chance − came)²`."),
        mark("`errors = forecasts[\"chance\"] - forecasts[\"came\"]`"),
    ),
    solution=mark("The squared errors add up to {sum}; divided by {count} that is **{answer}**. Saying one half to "
                  "everything would give 0.25."),
    tolerance=0.0051,
    tolerance_reason=mark("half a unit of the second decimal"),
)  # fmt: skip


_GROUPS = ("price", "staff", "recovery", "data")


def _draw_switches(luck: random.Random) -> Data:
    idle = luck.randrange(4800, 5800) / 100
    alone = [luck.randrange(-250, 601) / 100 for _ in _GROUPS]
    whole = round(idle + sum(alone) + luck.randrange(-400, -149) / 100, 2)
    without = [round(whole - part - luck.randrange(-120, 121) / 100, 2) for part in alone]
    names = ["nothing changed", "all decisions", *(f"all but {group}" for group in _GROUPS)]
    table = pd.DataFrame({"run": names, "score": [idle, whole, *without]})
    only = pd.DataFrame({"run": [f"only {group}" for group in _GROUPS],
                         "score": [round(idle + part, 2) for part in alone]})  # fmt: skip
    return {"scores": pd.concat([table, only], ignore_index=True), "group": luck.choice(_GROUPS)}


def _score(data: Data, run: str) -> float:
    table = data["scores"]
    return float(table.loc[table["run"] == run, "score"].iloc[0])


def _lost(data: Data) -> float:
    return _score(data, "all decisions") - _score(data, f"all but {data['group']}")


def _rest(data: Data) -> float:
    whole = _score(data, "all decisions") - _score(data, "nothing changed")
    return whole - sum(_score(data, f"only {group}") - _score(data, "nothing changed")
                       for group in _GROUPS if group != data["group"])  # fmt: skip


def _switch_words(data: Data) -> dict[str, Any]:
    return {"group": data["group"], "whole": format_number(_score(data, "all decisions"), 2),
            "without": format_number(_score(data, f"all but {data['group']}"), 2),
            "answer": format_number(_lost(data), 2)}  # fmt: skip


HELM_SWITCH_OFF = Task(
    id="helm_switch_off",
    lesson="12",
    topic="attribution",
    title=mark("What did one decision contribute?"),
    statement=mark(
        "A game was replayed on the same luck: with all decisions, with none, with all but one, with only one "
        "(`scores`: `run`, `score`).\n\n"
        "What did the decisions on `{group}` contribute to the result, attributed by switching them off? Hand in one "
        "number, with its sign."
    ),
    generate=_draw_switches,
    answer=lambda data: one_number(_lost(data)),
    misconceptions=(
        Misconception("ALONE", lambda data: one_number(_score(data, f"only {data['group']}")
                                                       - _score(data, "nothing changed")),
                      mark("It looks as if the decision was looked at alone. Switching off asks what the finished game "
                           "would lack without it."), credit=0.5),
        Misconception("WHOLE_GAIN", lambda data: one_number(_score(data, "all decisions")
                                                            - _score(data, "nothing changed")),
                      mark("That is what all decisions together brought.")),
        Misconception("SIGN", lambda data: one_number(-_lost(data)),
                      mark("Turned round: a decision that helps is missed when it is gone, so its contribution is "
                           "positive."), credit=0.5),
        Misconception("MUST_ADD_UP", lambda data: one_number(_rest(data)),
                      mark("It looks as if the contributions had to add up to the whole. Decisions help or hinder each "
                           "other, so they need not."), credit=0.25),
    ),
    words=_switch_words,
    hints=(
        mark("Which two runs differ by this decision and by nothing else, with all others in place?"),
        mark("Contribution = score with all decisions − score with all but this one."),
        mark("`by_run = scores.set_index(\"run\")[\"score\"]`"),
    ),
    solution=mark("{whole} − {without} = **{answer}**. The contributions of all decisions need not add up to the "
                  "whole; Shapley values do."),
    tolerance=0.011,
    tolerance_reason=mark("scores have two decimals"),
)  # fmt: skip


def _draw_base(luck: random.Random) -> Data:
    return {"clients": luck.randrange(420, 981, 10), "margin": luck.randrange(90, 181, 5),
            "retention": luck.randrange(86, 95) / 100, "discount": luck.choice((0.03, 0.035, 0.04)),
            "revenue": luck.randrange(190, 261, 5), "points": luck.randrange(4, 17) * 1000}  # fmt: skip


def _equity(data: Data, *, per: float | None = None, retention: float | None = None, discount: float | None = None,
            points: float | None = None) -> float:  # fmt: skip
    margin = data["margin"] if per is None else per
    stay = data["retention"] if retention is None else retention
    rate = data["discount"] if discount is None else discount
    owed = data["points"] if points is None else points
    return data["clients"] * margin * stay / (1 + rate - stay) - owed


def _base_words(data: Data) -> dict[str, Any]:
    stay, rate = data["retention"], data["discount"]
    return {"clients": format_number(data["clients"]), "margin": format_number(data["margin"]),
            "revenue": format_number(data["revenue"]),
            "retention": format_percent(stay, 0), "discount": format_percent(rate, 1),
            "stay": format_number(stay, 2), "rate": format_number(rate, 3), "points": format_number(data["points"]),
            "answer": format_number(_equity(data), 0)}  # fmt: skip


HELM_EQUITY = Task(
    id="helm_equity",
    lesson="12",
    topic="equity",
    title=mark("What the clients are worth"),
    statement=mark(
        "At the end of a quarter an organisation has {clients} clients. A client brings a revenue of {revenue} and a "
        "margin of {margin} in a quarter; {retention} stay from quarter to quarter; margins of the next quarter are "
        "discounted by {discount} (`clients`, `revenue`, `margin`, `retention`, `discount`). Clients hold points worth "
        "{points} (`points`).\n\n"
        "What is the customer equity at the end of the quarter: expected margins from the next quarter on, less the "
        "points owed? Hand in one number in units of money."
    ),
    generate=_draw_base,
    answer=lambda data: one_number(_equity(data)),
    misconceptions=(
        Misconception("REVENUE_FOR_MARGIN", lambda data: one_number(_equity(data, per=data["revenue"])),
                      mark("It looks as if revenue was counted. Serving a visit costs."), credit=0.5),
        Misconception("NO_DISCOUNT", lambda data: one_number(_equity(data, discount=0.0)),
                      mark("It looks as if later margins were not discounted."), credit=0.5),
        Misconception("POINTS_FORGOTTEN", lambda data: one_number(_equity(data, points=0.0)),
                      mark("The points in clients' hands are promised already: they are a debt."), credit=0.5),
        Misconception("CHURN", lambda data: one_number(_equity(data, retention=1 - data["retention"])),
                      mark("It looks as if the share that leaves was put in the place of the share that stays.")),
        Misconception("ONE_QUARTER", lambda data: one_number(data["clients"] * data["margin"] - data["points"]),
                      mark("That is the margin of one quarter. Those who stay bring more of them."), credit=0.25),
    ),
    words=_base_words,
    hints=(
        mark("Each client is worth the margins of all later quarters in which they are still there, in today's money."),
        mark("Value of a client = margin · r / (1 + i − r); then times the clients, less the points."),
        mark("`multiple = retention / (1 + discount - retention)`"),
    ),
    solution=mark("{clients} · {margin} · {stay} / (1 + {rate} − {stay}) − {points} = **{answer}**. The game computes "
                  "it client by client, with each one's own hazard."),
    tolerance=1.1,
    tolerance_reason=mark("one unit of money"),
)  # fmt: skip


def _draw_luck(luck: random.Random) -> Data:
    centre = luck.randrange(520, 640) / 10
    others = [round(luck.gauss(centre, 3.0), 1) for _ in range(luck.randrange(150, 301))]
    own = round(luck.gauss(centre + luck.choice((-2.5, 2.5)), 1.0), 1)
    return {"own": own, "worlds": pd.DataFrame({"score": others}), "idle": round(own - luck.randrange(20, 60) / 10, 1)}


def _below(data: Data) -> float:
    scores = data["worlds"]["score"]
    return float((scores < data["own"]).mean() + 0.5 * (scores == data["own"]).mean())


def _luck_words(data: Data) -> dict[str, Any]:
    scores = data["worlds"]["score"]
    return {"own": format_number(data["own"], 1), "count": format_number(len(scores)),
            "idle": format_number(data["idle"], 1),
            "lower": format_number(int((scores < data["own"]).sum())),
            "same": format_number(int((scores == data["own"]).sum())),
            "answer": format_number(_below(data), 3)}  # fmt: skip


LUCK_PERCENTILE = Task(
    id="luck_percentile",
    lesson="12",
    topic="luck",
    title=mark("Skill or luck?"),
    statement=mark(
        "A player scored {own}. The same decisions were replayed in {count} other worlds (`own`, `worlds` with the "
        "column `score`). Had nothing been changed, this world would have given {idle} (`idle`).\n\n"
        "What is the luck index: the share of the other worlds with a lower score, ties counted half? Hand in a "
        "fraction."
    ),
    generate=_draw_luck,
    answer=lambda data: one_number(_below(data)),
    misconceptions=(
        Misconception("HIGHER_FOR_LOWER", lambda data: one_number(1 - _below(data)),
                      mark("That is the share of worlds that score higher. Luck is good where most score lower."),
                      credit=0.5),
        Misconception("AGAINST_IDLE",
                      lambda data: one_number(float((data["worlds"]["score"] < data["idle"]).mean())),
                      mark("It looks as if the twin that changes nothing was put among the other worlds. That twin has "
                           "the same luck and other decisions."), credit=0.25),
        Misconception("RATIO_TO_MEAN",
                      lambda data: one_number(data["own"] / float(data["worlds"]["score"].mean())),
                      mark("That is the own score over the mean of the others: it says nothing of how rare it is.")),
    ),
    words=_luck_words,
    hints=(
        mark("Count: how many of the worlds lie below the own score?"),
        mark("Luck index = (worlds below + half of the ties) / worlds."),
        mark("`below = (worlds[\"score\"] < own).mean()`"),
    ),
    solution=mark("Below lie {lower} of {count}, ties: {same}, so the luck index is **{answer}**. It judges the luck, "
                  "not the decisions; those are judged by the twins."),
    tolerance=0.0016,
    tolerance_reason=mark("less than half a world"),
    unit="fraction",
)  # fmt: skip

TASKS = (HELM_BRIER, HELM_SWITCH_OFF, HELM_EQUITY, LUCK_PERCENTILE)
