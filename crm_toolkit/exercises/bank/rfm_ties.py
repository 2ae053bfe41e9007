"""Scores where many customers are tied: equal customers get equal scores, in whatever row they stand.

The rule is that of `crm_toolkit.analysis.rfm_scores`: a customer's place is the middle of all who have the same
value, ``(below + equal / 2) / n``, and the score is ``⌊bins · place⌋ + 1``. Variants are drawn so that other usual
conventions (mean ranks rounded up, quantile cuts) give the same scores; none of them is called wrong.
"""

from __future__ import annotations

import math
import random
from typing import Any

import pandas as pd

from crm_toolkit.exercises.bank.rfm import SHOPS
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values
from crm_toolkit.texts import format_number, mark, say

_BINS = 3


def _draw_ties(luck: random.Random) -> Data:
    shop = luck.choice(list(SHOPS))
    while True:
        customers = [f"C-{number}" for number in luck.sample(range(101, 190), 12)]
        frequency = [1] * luck.randrange(4, 7) + [2] * luck.randrange(2, 4)
        frequency += [luck.randrange(3, 9) for _ in range(12 - len(frequency))]
        recency = [luck.choice((3, 9, 14, 21, 30, 45, 60, 90, 120, 150)) for _ in customers]
        luck.shuffle(frequency)
        table = pd.DataFrame({"customer_id": customers, "recency_days": recency, "frequency": frequency})
        data = {"customers": table, "bins": _BINS, "_shop": shop}
        if _conventions_agree(table):
            return data


def _scores(values: pd.Series, *, ties: str = "average", highest_first: bool = False) -> list[float]:
    """Scores 1…bins from each customer's place: (below + equal / 2) / everyone, which is (rank − ½) / n."""
    ranks = values.rank(method=ties, ascending=not highest_first)  # type: ignore[arg-type]
    return [float(round(2 * rank - 1) * _BINS // (2 * len(values)) + 1) for rank in ranks]


def _conventions_agree(table: pd.DataFrame) -> bool:
    """Whether the usual conventions give the same scores: places, mean ranks rounded up, quantile cuts."""
    for name, reverse in (("frequency", False), ("recency_days", True)):
        values = table[name]
        scores = _scores(values, highest_first=reverse)
        ranks = values.rank(method="average", ascending=not reverse)
        cuts = [values.quantile(step / _BINS) for step in range(1, _BINS)]
        below = [float(1 + sum(value > cut for cut in cuts)) for value in values]
        by_cuts = [_BINS + 1 - score for score in below] if reverse else below
        by_ranks = [float(math.ceil(rank * _BINS / len(values) - 1e-9)) for rank in ranks]
        if scores != by_cuts or scores != by_ranks or set(scores) != {1.0, 2.0, 3.0}:
            return False
    return True


def _tied_values(data: Data, *, recency: list[float] | None = None, frequency: list[float] | None = None) -> Values:
    customers = data["customers"]["customer_id"]
    columns = {"r_score": recency, "f_score": frequency}
    return {name: dict(zip(customers, scores, strict=True)) for name, scores in columns.items() if scores is not None}


def _tied_scores(data: Data) -> Values:
    table = data["customers"]
    recency = _scores(table["recency_days"], highest_first=True)
    return _tied_values(data, recency=recency, frequency=_scores(table["frequency"]))


def _first_come(data: Data) -> Values:
    table = data["customers"]
    return _tied_values(
        data,
        recency=_scores(table["recency_days"], ties="first", highest_first=True),
        frequency=_scores(table["frequency"], ties="first"),
    )


def _distinct_values(data: Data) -> Values:
    """Bins over the list of different values: it forgets how many customers share each."""
    scores = {}
    for name, reverse in (("recency_days", True), ("frequency", False)):
        ranks = data["customers"][name].rank(method="dense", ascending=not reverse)
        scores[name] = [float(math.ceil(rank * _BINS / ranks.max() - 1e-9)) for rank in ranks]
    return _tied_values(data, recency=scores["recency_days"], frequency=scores["frequency"])


def _ties_words(data: Data) -> dict[str, Any]:
    shop, table = data["_shop"], data["customers"]
    scores = _tied_scores(data)
    lines = ["| customer_id | r_score | f_score |", "|---|---|---|"]
    lines += [f"| {key} | {scores['r_score'][key]:.0f} | {scores['f_score'][key]:.0f} |" for key in scores["r_score"]]
    ones = int((table["frequency"] == 1).sum())
    return {
        "shop": say(shop),
        "number": format_number(len(table)),
        "bins": format_number(_BINS),
        "ones": format_number(ones),
        "half": format_number(ones / 2),
        "table": "\n".join(lines),
    }


RFM_SCORES_WITH_TIES = Task(
    id="rfm_scores_with_ties",
    lesson="04",
    topic="rfm",
    title=mark("Scores when many customers are equal"),
    statement=mark(
        "{shop} has described {number} customers (`customers`: `recency_days`, `frequency`). "
        "Give each of them two scores from 1 to {bins}:\n\n"
        "- `f_score`: the more orders, the higher;\n"
        "- `r_score`: the more recent the last purchase, the higher.\n\n"
        "The rule: place = (customers with a worse value + half of those with the same value, the customer "
        "included) / {number}; score = {bins} · place, rounded down, plus 1.\n\n"
        "Hand in a table with `customer_id`, `r_score` and `f_score`. Columns may be handed in one by one."
    ),
    generate=_draw_ties,
    answer=_tied_scores,
    misconceptions=(
        Misconception(
            "QUANTILE_TIES",
            _first_come,
            mark(
                "Customers with the same value got different scores: it looks as if ties were broken by the order "
                "of rows. Shuffle the rows: would you treat the same people differently?"
            ),
            credit=0.25,
        ),
        Misconception(
            "RECENCY_REVERSED",
            lambda data: {"r_score": {key: _BINS + 1 - score for key, score in _tied_scores(data)["r_score"].items()}},
            mark(
                "Those who have not come for long got the highest score. "
                "Few days since the last purchase are good news."
            ),
            credit=0.25,
        ),
        Misconception(
            "FREQUENCY_REVERSED",
            lambda data: {"f_score": {key: _BINS + 1 - score for key, score in _tied_scores(data)["f_score"].items()}},
            mark("Those who come most rarely got the highest score. Which end of the ranking is the best one?"),
            credit=0.25,
        ),
        Misconception(
            "DISTINCT_VALUES",
            _distinct_values,
            mark(
                "It looks as if the list of different values was divided, and not the customers. "
                "A value shared by many takes many ranks."
            ),
            credit=0.25,
        ),
    ),
    words=_ties_words,
    hints=(
        mark("A score describes a customer, so equal customers can't have different ones, in whatever row they stand."),
        mark(
            "{ones} customers ordered once. Nobody is below them, and half of {ones} is {half}: their place is "
            "{half} / {number}. For recency the worse value is the larger number of days."
        ),
        mark('`place = (customers["frequency"].rank(method="average") - 0.5) / len(customers)`, and then the score.'),
    ),
    solution=mark(
        "A mean rank minus one half is just “those below plus half of the equal ones”. Divided by {number}, times "
        "{bins}, rounded down, plus 1; for recency the ranking is turned round (`ascending=False`).\n\n{table}"
    ),
    tolerance=0.011,
    tolerance_reason=mark("scores are whole numbers"),
)

TASKS = (RFM_SCORES_WITH_TIES,)
