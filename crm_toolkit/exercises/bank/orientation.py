"""Orientation by hand: alpha, reversed items, gaps, vignettes, and wishes that should not all be granted.

The truth is that of the package: `analysis.cronbach_alpha`, `analysis.orientation`, `exercises.orientation_vignettes`.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.exercises.bank.small_tables import small_table
from crm_toolkit.exercises.orientation_vignettes import KINDS, NUMBERS, VIGNETTES, drawn
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_number, mark, say

_THREE = mark("three decimals are asked for")
_LETTERS = "ABCDEFGHIJKL"


def _answers(luck: random.Random, people: int, items: int, alike: float, level: float = 4.6) -> np.ndarray:
    rows = []
    for _ in range(people):
        view = luck.gauss(0, 1.2)
        rows.append([min(max(round(level + alike * view + (1 - alike) * luck.gauss(0, 1.3)), 1), 7)
                     for _ in range(items)])  # fmt: skip
    return np.array(rows)


def _draw_alpha(luck: random.Random) -> Data:
    items = luck.choice((4, 5, 6))
    values = _answers(luck, 30, items, luck.uniform(0.45, 0.7)).astype("float64")
    variances = values.var(axis=0, ddof=1).round(2)
    table = pd.DataFrame({"item": [f"i{number}" for number in range(1, items + 1)], "variance": variances})
    return {"items": table, "sum_variance": round(float(values.sum(axis=1).var(ddof=1)), 2)}


def _alpha(data: Data, *, factor: bool = True) -> float:
    k, single = len(data["items"]), float(data["items"]["variance"].sum())
    return (k / (k - 1) if factor else 1.0) * (1 - single / data["sum_variance"])


def _alpha_words(data: Data) -> dict[str, Any]:
    single = float(data["items"]["variance"].sum())
    return {
        "k": format_number(len(data["items"])), "less": format_number(len(data["items"]) - 1),
        "single": format_number(single, 2), "whole": format_number(data["sum_variance"], 2),
        "answer": format_number(_alpha(data), 3),
    }  # fmt: skip


CRONBACH_BY_HAND = Task(
    id="cronbach_alpha",
    lesson="01",
    topic="orientation",
    title=mark("How far do the items of a scale agree?"),
    statement=mark(
        "Thirty employees answered a scale of {k} items, reversed ones already turned. `items` holds the variance of "
        "each item; the variance of the *sum* of the items is {whole} (`sum_variance`).\n\n"
        "Compute Cronbach's α, with three decimals."
    ),
    generate=_draw_alpha,
    answer=lambda data: one_number(_alpha(data)),
    misconceptions=(
        Misconception("NO_FACTOR", lambda data: one_number(_alpha(data, factor=False)),
                      mark("The factor k/(k − 1) is missing."), credit=0.5),
        Misconception("SHARE_OF_SINGLE", lambda data: one_number(
                          float(data["items"]["variance"].sum()) / data["sum_variance"]),
                      mark("This is the share of the items' own variances in the variance of the sum. α asks for the "
                           "rest, which the items share."), credit=0.25),
        Misconception("MEAN_VARIANCE", lambda data: one_number(
                          len(data["items"]) / (len(data["items"]) - 1)
                          * (1 - float(data["items"]["variance"].mean()) / data["sum_variance"])),
                      mark("The mean of the items' variances stands where their sum should."), credit=0.25),
    ),
    words=_alpha_words,
    hints=(
        mark("If the items had nothing in common, the variance of their sum would be the sum of their variances. How "
             "far is it above that?"),
        mark("α = k/(k − 1) · (1 − sum of the items' variances / variance of the sum)."),
        mark('`single = items["variance"].sum()`'),
    ),
    solution=mark("The items' variances add up to {single}. {k}/{less} · (1 − {single} / {whole}) = **{answer}**. With "
                  "raw answers `analysis.cronbach_alpha` does it, with an interval."),
    tolerance=0.0011,
    tolerance_reason=_THREE,
    unit="fraction",
)  # fmt: skip


def _draw_reversed(luck: random.Random) -> Data:
    items = 6
    values = _answers(luck, 12, items, 0.75)
    turned = luck.randrange(items)
    low = luck.choice([place for place in range(items) if place != turned])
    values[:, turned] = 8 - values[:, turned]
    values[:, low] = np.maximum(values[:, low] - 2, 1)
    table = pd.DataFrame(values, columns=[f"i{number}" for number in range(1, items + 1)])
    return {"answers": table, "_turned": turned, "_low": low}


def _fits_least(table: pd.DataFrame) -> int:
    """The item that goes least with the sum of the others."""
    return int(np.argmin([table[name].corr(table.drop(columns=name).sum(axis=1)) for name in table.columns]))


def _reversed_draw(luck: random.Random) -> Data:
    while True:
        data = _draw_reversed(luck)
        table = data["answers"]
        if (
            table.std().min() > 0
            and _fits_least(table) == data["_turned"]
            and (int(table.mean().to_numpy().argmin()) == data["_low"])
        ):
            return data


def _rest_correlation(data: Data, place: int, *, with_itself: bool = False) -> Values:
    table = data["answers"]
    name = table.columns[place]
    others = table if with_itself else table.drop(columns=name)
    return one_number(float(table[name].corr(others.sum(axis=1))))


def _reversed_words(data: Data) -> dict[str, Any]:
    return {"item": f"`i{data['_turned'] + 1}`",
            "answer": format_number(_rest_correlation(data, data["_turned"])[""][""], 2)}  # fmt: skip


REVERSED_ITEM = Task(
    id="reversed_item",
    lesson="01",
    topic="orientation",
    title=mark("Find the reversed item"),
    statement=mark(
        "Twelve people answered six items of one scale, 1 to 7 (`answers`). One item is worded the other way round and "
        "was not turned. Find it, and give its correlation with the sum of the *other five*, with two decimals."
    ),
    generate=_reversed_draw,
    answer=lambda data: _rest_correlation(data, data["_turned"]),
    misconceptions=(
        Misconception("LOWEST_MEAN", lambda data: _rest_correlation(data, data["_low"]),
                      mark("This is the item with the lowest mean: people agree with it less, and still those who "
                           "agree with the others agree with it more. Reversed shows in the sign.")),
        Misconception("HIGHEST_MEAN", lambda data: _rest_correlation(
                          data, int(data["answers"].mean().to_numpy().argmax())),
                      mark("This is the item with the highest mean. That says how easy it is to agree, and nothing "
                           "about its direction.")),
        Misconception("WITH_ITSELF", lambda data: _rest_correlation(data, data["_turned"], with_itself=True),
                      mark("The right item; the sum contains the item itself, which pulls the correlation up."),
                      credit=0.5),
    ),
    words=_reversed_words,
    hints=(
        mark("Who agrees with the other five: does this person agree with the sixth as well?"),
        mark("For every item: its correlation with the sum of the *others*. The reversed one is negative."),
        mark('`rest = answers.drop(columns="i1").sum(axis=1)`'),
    ),
    solution=mark("Only {item} goes against the sum of the others: **{answer}**. `analysis.cronbach_alpha` marks it in "
                  "its table of items (`against`)."),
    tolerance=0.0051,
    tolerance_reason=mark("two decimals are asked for"),
)  # fmt: skip

_DIMENSIONS = ("customer", "coordination", "responsiveness")


def _draw_gap(luck: random.Random) -> Data:
    rows = []
    for dimension in _DIMENSIONS:
        for kind in ("plain", "reversed"):
            staff, clients = luck.uniform(5.0, 6.6), luck.uniform(3.2, 5.4)
            if kind == "reversed":
                staff, clients = 8 - staff + luck.uniform(-0.4, 0.4), 8 - clients + luck.uniform(-0.4, 0.4)
            rows.append((dimension, kind, round(staff, 2), round(clients, 2)))
    return {"means": pd.DataFrame(rows, columns=["dimension", "wording", "staff", "clients"])}


def _gaps(data: Data, *, turn: bool = True, plain_only: bool = False) -> Values:
    table = data["means"]
    if turn:
        table = table.assign(**{who: table[who].where(table["wording"] == "plain", 8 - table[who])
                                for who in ("staff", "clients")})  # fmt: skip
    if plain_only:
        table = table[table["wording"] == "plain"]
    gap = table.groupby("dimension", sort=False)[["staff", "clients"]].mean()
    return {"gap": dict(zip(gap.index.map(str), (gap["staff"] - gap["clients"]).tolist(), strict=True))}


def _turned_round(data: Data) -> Values:
    return {"gap": {name: -value for name, value in _gaps(data)["gap"].items()}}


ORIENTATION_GAP = Task(
    id="orientation_gap",
    lesson="01",
    topic="orientation",
    key="dimension",
    title=mark("The gap between staff and clients"),
    statement=mark(
        "Mean answers from 1 to 7 of staff and clients (`means`), two items for each dimension: one plain, one "
        "reversed (agreement speaks *against* orientation) and not turned yet.\n\n"
        "What is the gap, staff less clients, of each dimension? Turn first, then average the two items. Hand in a "
        "table with `dimension` and `gap`, two decimals."
    ),
    generate=_draw_gap,
    answer=_gaps,
    misconceptions=(
        Misconception("NOT_TURNED", lambda data: _gaps(data, turn=False),
                      mark("The reversed items were averaged as they are: agreement with “I am sent from one to "
                           "another” counted as praise."), credit=0.25),
        Misconception("REVERSED_DROPPED", lambda data: _gaps(data, plain_only=True),
                      mark("Only the plain items were used. The reversed ones are there to catch people who agree with "
                           "everything; turn them, don't drop them."), credit=0.5),
        Misconception("GAP_TURNED", _turned_round,
                      mark("Right size, wrong sign: clients less staff. Asked is staff less clients."), credit=0.5),
    ),
    words=lambda data: {"table": small_table("dimension", "gap", _gaps(data)["gap"])},
    hints=(
        mark("Agreement with a reversed item is worth its opposite on a scale from 1 to 7."),
        mark("Turned = 8 − answer (of a mean too). Mean of the two items for each side, then the difference."),
        mark('`means.loc[means["wording"] == "reversed", ["staff", "clients"]] = ...`'),
    ),
    solution=mark("A gap above zero: staff see more orientation than reaches the clients.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=mark("two decimals are asked for"),
)  # fmt: skip


def _kinds(data: Data, **instead: str) -> Values:
    kinds = {one.code: one.kind for one in VIGNETTES}
    found = {}
    for letter, code in data["_codes"].items():
        kind = instead.get(code, instead.get(f"all_{kinds[code]}", kinds[code]))
        found[letter] = NUMBERS[kind]
    return {"kind": found}


def _draw_vignettes(luck: random.Random) -> Data:
    while True:
        chosen = drawn(luck, len(_LETTERS))
        codes = [one.code for one in chosen]
        if "loyal" in codes and "refusal" in codes:
            return {"vignettes": list(_LETTERS), "_codes": dict(zip(_LETTERS, codes, strict=True))}


def _vignette_words(data: Data) -> dict[str, Any]:
    texts = {one.code: one.text for one in VIGNETTES}
    listed = "\n".join(f"- **{letter}** {say(texts[code])}" for letter, code in data["_codes"].items())
    rows = [f"| {letter} | {number:.0f} |" for letter, number in _kinds(data)["kind"].items()]
    kinds = "; ".join(f"{NUMBERS[name]:.0f} {say(text)}" for name, text in KINDS.items())
    return {"vignettes": listed, "kinds": kinds,
            "table": "\n".join(["| vignette | kind |", "|---|---|", *rows])}  # fmt: skip


ORIENTATION_KINDS = Task(
    id="orientation_kinds",
    lesson="01",
    topic="orientation",
    key="vignette",
    title=mark("What does this organisation revolve around?"),
    statement=mark(
        "Twelve invented organisations. Which orientation is each: {kinds}?\n\n{vignettes}\n\n"
        "Hand in a table with `vignette` (A to L) and `kind` (1 to 4)."
    ),
    generate=_draw_vignettes,
    answer=_kinds,
    misconceptions=(
        Misconception("FRIENDLY_IS_ORIENTED", lambda data: _kinds(data, loyal="market"),
                      mark("All right but for friendly words: cards and birthday letters that push what has to go "
                           "serve the seller."), credit=0.5),
        Misconception("DOES_WHAT_CLIENTS_ASK", lambda data: _kinds(data, refusal="production"),
                      mark("All right but for those who refuse: client-oriented does not mean to do what clients ask. "
                           "They decide by what is known of the clients."), credit=0.5),
        Misconception("GOOD_IS_MARKET", lambda data: _kinds(data, all_product="market"),
                      mark("Whatever is excellent was taken for client-oriented. Excellent by whose measure?"),
                      credit=0.25),
        Misconception("PUSH_IS_MARKET", lambda data: _kinds(data, all_sales="market"),
                      mark("Whoever runs after clients was taken for client-oriented. Who has to change here: the "
                           "client or the firm?")),
    ),
    words=_vignette_words,
    hints=(
        mark("Ask of each: where does the reason for what is done come from, and who has to move?"),
        mark("Quantity and price: 1. Own idea of quality: 2. What has to be got rid of: 3. What was learned of "
             "clients, and the firm changed: 4."),
        mark('`answer = pd.DataFrame({{"vignette": list("ABCDEFGHIJKL"), "kind": [...]}})`'),
    ),
    solution=mark("The direction decides: who changes, and by whose reasons.\n\n{table}"),
    tolerance=0.11,
    tolerance_reason=mark("numbers of kinds are whole"),
)  # fmt: skip

_WISHES = ("open_sunday", "free_coffee", "fixed_time", "own_master", "instant_reply")


def _draw_wishes(luck: random.Random) -> Data:
    while True:
        rows = [(name, luck.randrange(12, 70), luck.randrange(0, 45), luck.randrange(3, 30) * 100) for name in _WISHES]
        table = pd.DataFrame(rows, columns=["wish", "asked_by", "stay_more", "cost"])
        margin = luck.randrange(6, 15) * 10
        worth = int((table["stay_more"] * margin > table["cost"]).sum())
        if 2 <= worth < len(_WISHES):
            return {"wishes": table, "margin": margin}


def _granted(data: Data, *, every: bool = False, loudest: bool = False, cost: bool = True) -> Values:
    table = data["wishes"]
    value = table["stay_more"] * data["margin"] - table["cost"] * cost
    if loudest:
        return one_number(float(value[table["asked_by"].idxmax()]))
    return one_number(float(value.sum() if every else value.clip(lower=0).sum()))


def _wish_words(data: Data) -> dict[str, Any]:
    table = data["wishes"]
    value = table["stay_more"] * data["margin"] - table["cost"]
    kept = ", ".join(
        f"`{name}` {format_number(gain)}" for name, gain in zip(table["wish"], value, strict=True) if gain > 0
    )
    return {"margin": format_number(data["margin"]), "kept": kept or "–",
            "answer": format_number(_granted(data)[""][""])}  # fmt: skip


CLIENT_WISHES = Task(
    id="client_wishes",
    lesson="01",
    topic="orientation",
    title=mark("Which wishes of clients to grant"),
    statement=mark(
        "Clients of a workshop were asked for wishes. `wishes`: by what per cent each is asked for (`asked_by`), how "
        "many clients *more* stay in a year where it was tried on a part drawn by lot (`stay_more`), and what it costs "
        "in a year (`cost`). A client who stays brings a margin of {margin} (`margin`). The wishes do not depend on "
        "each other.\n\n"
        "By how much does the yearly profit rise, if exactly those wishes are granted that are worth it?"
    ),
    generate=_draw_wishes,
    answer=_granted,
    misconceptions=(
        Misconception("DO_WHAT_THEY_ASK", lambda data: _granted(data, every=True),
                      mark("Every wish was granted. Client-oriented does not mean to do whatever is asked: some wishes "
                           "keep nobody and cost a lot."), credit=0.25),
        Misconception("LOUDEST_WISH", lambda data: _granted(data, loudest=True),
                      mark("Only the wish most often voiced was granted. How often something is said is not how much "
                           "it changes."), credit=0.25),
        Misconception("NO_COST", lambda data: _granted(data, cost=False),
                      mark("The costs of the wishes are missing."), credit=0.25),
    ),
    words=_wish_words,
    hints=(
        mark("What clients ask for, and what makes them stay, are two columns."),
        mark("Each wish: `stay_more` · margin − cost. Add up those above zero."),
        mark('`worth = wishes["stay_more"] * margin - wishes["cost"]`'),
    ),
    solution=mark("Worth it: {kept}. Together **{answer}**. To the others one says no, with the reason."),
    tolerance=0.011,
    tolerance_reason=mark("the amounts are whole"),
)  # fmt: skip


def _alpha_steps(data: Data, *, factor: bool = True, mean: bool = False) -> Values:
    k, table = len(data["items"]), data["items"]["variance"]
    single = float(table.mean() if mean else table.sum())
    share = single / data["sum_variance"]
    times = k / (k - 1) if factor else 1.0
    return {"value": {"own_sum": single, "own_share": share, "shared": 1 - share, "factor": times,
                      "alpha": times * (1 - share)}}  # fmt: skip


ALPHA_FADED = Task(
    id="alpha_faded",
    lesson="01",
    topic="orientation",
    key="step",
    title=mark("Cronbach's α: fill in the steps"),
    statement=mark(
        "Variances of four items stand in `items`; the variance of their sum is {whole} (`sum_variance`). Hand in a "
        "table with `step` and `value`, two decimals:\n\n"
        "- `own_sum`: sum of the items' variances;\n"
        "- `own_share`: their share in the variance of the sum;\n"
        "- `shared`: the rest;\n"
        "- `factor`: k/(k − 1);\n"
        "- `alpha`: the product of the last two."
    ),
    generate=lambda luck: {"items": pd.DataFrame({"item": ["i1", "i2", "i3", "i4"], "variance": [1.4, 2.1, 1.7, 2.3]}),
                           "sum_variance": 20.0},
    answer=_alpha_steps,
    misconceptions=(
        Misconception("NO_FACTOR", lambda data: _alpha_steps(data, factor=False),
                      mark("In the fourth step the factor is 1. There are four items: 4/3."), credit=0.5),
        Misconception("MEAN_VARIANCE", lambda data: _alpha_steps(data, mean=True),
                      mark("In the first step the variances were averaged. They are added."), credit=0.25),
        Misconception("SHARE_FOR_REST", lambda data: {"value": {
                          **_alpha_steps(data)["value"], "shared": _alpha_steps(data)["value"]["own_share"],
                          "alpha": _alpha_steps(data)["value"]["own_share"] * 4 / 3}},
                      mark("In the third step the share stands once more. Asked is what is left of 1."), credit=0.5),
    ),
    words=lambda data: {**_alpha_words(data), "table": small_table("step", "value", _alpha_steps(data)["value"])},
    hints=(
        mark("What every item varies by itself, and what the items vary together."),
        mark("α = `factor` · (1 − `own_sum` / `sum_variance`)."),
        mark('`own_sum = items["variance"].sum()`'),
    ),
    solution=mark("Under 0.7 a sum of the items is usually not used.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=mark("two decimals are asked for"),
    own_numbers=False,
)  # fmt: skip

TASKS = (ALPHA_FADED, CRONBACH_BY_HAND, REVERSED_ITEM, ORIENTATION_GAP, ORIENTATION_KINDS, CLIENT_WISHES)
