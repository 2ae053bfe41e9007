"""Numbers of an article, computed again: its table, the agreement of two readers, significant and important."""

from __future__ import annotations

import random
from dataclasses import replace
from math import sqrt
from typing import Any

import pandas as pd

from crm_toolkit.exercises.bank.article_claims import NUMBERS
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values
from crm_toolkit.texts import format_number, format_percent, mark

_BANDS = ("up_to_10", "10_to_20", "over_20")


def _draw_table(luck: random.Random) -> Data:
    guests = [luck.randrange(60, 240) for _ in _BANDS]
    shares = sorted((luck.uniform(0.2, 0.8) for _ in _BANDS), reverse=True)
    returned = [round(share * count) for share, count in zip(shares, guests, strict=True)]
    return {"table": pd.DataFrame({"wait": _BANDS, "guests": guests, "returned": returned})}


def _shares(over: Any, under: Any, all_: float | None = None) -> Values:
    rows = {band: float(a) / float(b) for band, a, b in zip(_BANDS, over, under, strict=True)}
    rows["all"] = float(sum(over)) / float(sum(under)) if all_ is None else all_
    return {"share": rows}


def _recounted(data: Data) -> Values:
    return _shares(data["table"]["returned"], data["table"]["guests"])


def _mean_of_shares(data: Data) -> Values:
    rows = _recounted(data)["share"]
    return {"share": {**rows, "all": sum(rows[band] for band in _BANDS) / len(_BANDS)}}


def _of_total(column: str) -> Any:
    def values(data: Data) -> Values:
        table = data["table"]
        whole = [table[column].sum()] * len(_BANDS)
        all_ = 1.0 if column == "returned" else float(table["returned"].sum() / table["guests"].sum())
        return _shares(table["returned"], whole, all_)

    return values


def _stayed_away(data: Data) -> Values:
    return {"share": {band: 1 - value for band, value in _recounted(data)["share"].items()}}


def _rows(key: str, column: str, values: dict[str, float], decimals: int) -> str:
    """A small table in Markdown."""
    listed = [f"| {name} | {format_number(value, decimals)} |" for name, value in values.items()]
    return "\n".join([f"| {key} | {column} |", "|---|---|", *listed])


def _table_words(data: Data) -> dict[str, Any]:
    right, table = _recounted(data)["share"], data["table"]
    returned, guests = int(table["returned"].sum()), int(table["guests"].sum())
    return {"quoted": format_percent(1 - right["all"], 1), "returned": returned, "guests": guests,
            "table": _rows("wait", "share", right, 3)}  # fmt: skip


ARTICLE_RECOUNT = Task(
    id="article_recount",
    lesson="10",
    topic="article",
    key="wait",
    title=mark("Does the percentage match its table?"),
    statement=mark(
        "An article on waiting prints a table (`table`: minutes of waiting, guests, and how many of them returned) and "
        "says: “In all, {quoted} of the guests came back.”\n\n"
        "Compute the table again: which share of the guests returned, in each row and in all? Hand in a table with "
        "`wait` (the three rows, and `all`) and `share`, with two decimals."
    ),
    generate=_draw_table,
    answer=_recounted,
    misconceptions=(
        Misconception("AVERAGE_OF_AVERAGES", _mean_of_shares,
                      mark("The rows are right. For all of them the shares were averaged, as if each row had the same "
                           "number of guests."), credit=0.5),
        Misconception("BASE_MIXED_UP", _of_total("returned"),
                      mark("These are shares of those who returned. Asked is, of the guests of a row, how many "
                           "returned."), credit=0.25),
        Misconception("SHARE_OF_ALL_GUESTS", _of_total("guests"),
                      mark("The rows were divided by all guests. Each row has its own base."), credit=0.25),
        Misconception("STAYED_AWAY", _stayed_away,
                      mark("These are the shares of those who did not return. The article made the same slip."),
                      credit=0.25),
    ),
    words=_table_words,
    hints=(
        mark("A share has a whole: who could have returned?"),
        mark("Returned by guests, row by row; for all first add up both columns, then divide."),
        mark('`share = table["returned"] / table["guests"]`'),
    ),
    solution=mark("Row by row, and for all {returned} of {guests}:\n\n{table}\n\nThe article's {quoted} is the share "
                  "of those who stayed away."),
    tolerance=0.0051,
    tolerance_reason=mark("half a unit of the second decimal"),
    unit="fraction",
)  # fmt: skip

_CODES = tuple(int(number) for number in NUMBERS.values())


def _draw_codes(luck: random.Random) -> Data:
    weights = luck.choice(((2, 5, 3), (3, 6, 1), (1, 4, 3), (2, 7, 2)))
    one = luck.choices(_CODES, weights, k=24)
    other = [luck.choices(_CODES, (1, 3, 1))[0] if luck.random() < 0.4 else code for code in one]
    return {"codes": pd.DataFrame({"claim": range(1, 25), "reader_1": one, "reader_2": other})}


def _agreement(data: Data) -> tuple[float, dict[int, float], dict[int, float]]:
    one, other = (data["codes"][name].tolist() for name in ("reader_1", "reader_2"))
    shares = [{code: codes.count(code) / len(codes) for code in _CODES} for codes in (one, other)]
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one), shares[0], shares[1]


def _steps(observed: float, expected: float, kappa: float | None = None) -> Values:
    found = (observed - expected) / (1 - expected) if kappa is None else kappa
    return {"value": {"observed": observed, "expected": expected, "kappa": found}}


def _kappa(data: Data) -> Values:
    observed, one, other = _agreement(data)
    return _steps(observed, sum(one[code] * other[code] for code in _CODES))


def _not_divided(data: Data) -> Values:
    right = _kappa(data)["value"]
    return _steps(right["observed"], right["expected"], right["observed"] - right["expected"])


def _chance_ignored(data: Data) -> Values:
    right = _kappa(data)["value"]
    return _steps(right["observed"], right["expected"], right["observed"])


def _pooled(data: Data) -> Values:
    observed, one, other = _agreement(data)
    return _steps(observed, sum(((one[code] + other[code]) / 2) ** 2 for code in _CODES))


def _one_reader(data: Data) -> Values:
    observed, one, _ = _agreement(data)
    return _steps(observed, sum(share**2 for share in one.values()))


def _kappa_words(data: Data) -> dict[str, Any]:
    observed, one, other = _agreement(data)
    right = _kappa(data)["value"]
    terms = " + ".join(f"{format_number(one[code], 3)}·{format_number(other[code], 3)}" for code in _CODES)
    equal = int((data["codes"]["reader_1"] == data["codes"]["reader_2"]).sum())
    return {"terms": terms, "equal": equal, "count": len(data["codes"]), "observed": format_number(observed, 3),
            "expected": format_number(right["expected"], 3),
            "kappa": format_number(right["kappa"], 3), "table": _rows("step", "value", right, 3)}  # fmt: skip


CLAIM_KAPPA = Task(
    id="claim_kappa",
    lesson="10",
    topic="article",
    key="step",
    title=mark("How far two readers agree"),
    statement=mark(
        "Two readers typed the same {count} claims of an article without seeing each other (`codes`; 1 definition, "
        "2 empirical, 3 normative). How far do they agree beyond chance? Hand in a table with `step` and "
        "`value`, two decimals:\n\n"
        "- `observed`: the share of claims that both typed alike;\n"
        "- `expected`: the share on which they would agree by chance, each keeping the own shares of types;\n"
        "- `kappa`: Cohen's κ."
    ),
    generate=_draw_codes,
    answer=_kappa,
    misconceptions=(
        Misconception("CHANCE_OF_A_THIRD", lambda data: _steps(_agreement(data)[0], 1 / 3),
                      mark("It looks as if three types were given equal chances. The readers use some types more often "
                           "than others."), credit=0.25),
        Misconception("NOT_DIVIDED", _not_divided,
                      mark("Two steps are right. κ asks which part was reached of what chance leaves open: something "
                           "is missing below the line."), credit=0.5),
        Misconception("CHANCE_IGNORED", _chance_ignored,
                      mark("Two steps are right, and κ is the observed agreement itself. Chance has to be taken off."),
                      credit=0.5),
        Misconception("POOLED", _pooled,
                      mark("Here both readers share one set of proportions: this is Scott's π. Cohen keeps the "
                           "proportions of each."), credit=0.5),
        Misconception("ONE_READER", _one_reader,
                      mark("It looks as if the shares of one reader were squared. Chance agreement needs those of "
                           "both."), credit=0.25),
    ),
    words=_kappa_words,
    hints=(
        mark("If both typed by lot, keeping their habits, how often would they meet?"),
        mark("For each type the product of the two readers' shares, added up; then `(observed - expected) / "
             "(1 - expected)`."),
        mark('`observed = (codes["reader_1"] == codes["reader_2"]).mean()`'),
    ),
    solution=mark("Alike: {equal} of {count}, **{observed}**. By chance: {terms} = **{expected}**. "
                  "κ = ({observed} − {expected}) / (1 − {expected}) = **{kappa}**. The package agrees and gives an "
                  "interval: `analysis.coder_agreement`.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=mark("half a unit of the second decimal"),
)  # fmt: skip


def _five_claims(_luck: random.Random) -> Data:
    """The claims of the lesson's faded example, the same for everybody."""
    one = [_CODES[place] for place in (0, 1, 1, 2, 1, 0, 2, 1, 1, 2)]
    other = [_CODES[place] for place in (0, 1, 1, 2, 1, 1, 1, 1, 1, 2)]
    return {"codes": pd.DataFrame({"claim": range(1, 11), "reader_1": one, "reader_2": other})}


KAPPA_FADED = replace(
    CLAIM_KAPPA,
    id="kappa_faded",
    title=mark("How far two readers agree: fill in the steps"),
    generate=_five_claims,
    own_numbers=False,
)


def _draw_difference(luck: random.Random) -> Data:
    goods = round(luck.uniform(2.8, 4.2), 2)
    return {
        "services": round(goods + luck.choice((0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.11, 0.12)), 2),
        "goods": goods,
        "spread": round(luck.uniform(1.1, 1.9), 2),
        "answers_each": luck.randrange(30, 90) * 100,
    }


def _weighed(data: Data, *, error: Any = None, sign: int = 1, effect: Any = None) -> Values:
    difference = sign * round(data["services"] - data["goods"], 2)
    spread, count = data["spread"], data["answers_each"]
    z = difference / (error or (lambda s, n: s * sqrt(2 / n)))(spread, count)
    return {"value": {"difference": difference, "z": z, "effect": (effect or (lambda d, z: d / spread))(difference, z)}}


def _difference_words(data: Data) -> dict[str, Any]:
    right = _weighed(data)["value"]
    error = data["spread"] * sqrt(2 / data["answers_each"])
    return {
        "services": format_number(data["services"], 2), "goods": format_number(data["goods"], 2),
        "spread": format_number(data["spread"], 2), "answers": format_number(data["answers_each"]),
        "difference": format_number(right["difference"], 2), "error": format_number(error, 4),
        "z": format_number(right["z"], 2), "effect": format_number(right["effect"], 3),
        "table": _rows("quantity", "value", right, 3),
    }  # fmt: skip


SIGNIFICANT_IMPORTANT = Task(
    id="significant_important",
    lesson="10",
    topic="article",
    key="quantity",
    title=mark("Significant, and how large?"),
    statement=mark(
        "An article reports the mean perceived risk on a scale from 1 to 7: services {services}, goods {goods}, the "
        "standard deviation {spread} in both groups, {answers} answers in each (`services`, `goods`, `spread`, "
        "`answers_each`). It calls the difference “highly significant and therefore decisive”.\n\n"
        "Hand in a table with `quantity` and `value`, two decimals: `difference` (services less goods), `z` (the "
        "difference in its standard errors), `effect` (the difference in standard deviations)."
    ),
    generate=_draw_difference,
    answer=_weighed,
    misconceptions=(
        Misconception("SPREAD_FOR_ERROR", lambda data: _weighed(data, error=lambda s, n: s),
                      mark("z was divided by the spread of single answers. A mean of many answers varies far less."),
                      credit=0.5),
        Misconception("ONE_GROUP", lambda data: _weighed(data, error=lambda s, n: s / sqrt(n)),
                      mark("z uses the error of one mean. Here two means vary, each with its own error."), credit=0.5),
        Misconception("ERRORS_ADDED", lambda data: _weighed(data, error=lambda s, n: 2 * s / sqrt(n)),
                      mark("The two errors were added. Their squares add up, and the root comes after."), credit=0.5),
        Misconception("SIGNIFICANT_IS_LARGE", lambda data: _weighed(data, effect=lambda d, z: z),
                      mark("As effect you hand in z. z grows with the number of answers; the effect does not, and that "
                           "is the point."), credit=0.5),
        Misconception("REVERSED", lambda data: _weighed(data, sign=-1),
                      mark("The sign is turned round: services less goods."), credit=0.5),
    ),
    words=_difference_words,
    hints=(
        mark("Two questions: could it be chance, and would anybody notice it?"),
        mark("The standard error of a difference of two means: `spread * sqrt(1/n + 1/n)`. The effect needs no `n`."),
        mark("`error = spread * (2 / answers_each) ** 0.5`"),
    ),
    solution=mark("The difference is {difference}; its standard error {spread} · √(2 / {answers}) = {error}, so "
                  "z = **{z}**; in standard deviations it is **{effect}**. With so many answers a difference that "
                  "nobody would notice is hard to take for chance.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=mark("half a unit of the second decimal"),
)  # fmt: skip

TASKS = (ARTICLE_RECOUNT, CLAIM_KAPPA, KAPPA_FADED, SIGNIFICANT_IMPORTANT)
