"""What methods say of a loyalty programme beside the truth, over many worlds: writes docs/loyalty-evaluation.md.

    python course.py bench loyalty_evaluation                 all cases, some minutes
    python -m benchmarks.loyalty_evaluation --worlds 5        to look at, nothing is written

Every world is lived twice on the same luck: with the programme of the scenario and without one. The truth is the
difference. The analyst gets one world: a lottery invites half of the customers who bought before the start, these live
the life with the programme, the others the life without. The programme of a world has no invitations of its own, so the
lottery is drawn here, from the seed.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom

from crm_toolkit import analysis
from crm_toolkit.firm import Policy
from crm_toolkit.plots import alt_text, methods_over_worlds_chart, show
from crm_toolkit.streams import Stream
from crm_toolkit.texts import LANGUAGES, format_number, format_percent, language, say
from crm_toolkit.world.setting import Scenario, scenario
from crm_toolkit.world.simulation import World, simulate

DOCS = Path(__file__).resolve().parent.parent / "docs"
WORLDS, CUSTOMERS, WEEKS, START, SEED = 60, 3_000, 104, 60, 1_000
COVARIATES = ("before_2", "before_1", "orders_before", "weeks_since")
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "barbershop": ("barbershop", {}),
    "strong": ("barbershop", {"points_to_rate": 0.5}),
    "clinic": ("clinic", {}),
    "nothing": ("barbershop", {"points_to_rate": 0.0}),
}
WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "title": "# Methods beside the truth: what a loyalty programme did",
        "made": "*Written by `benchmarks/loyalty_evaluation.py`; again with `python course.py bench "
        "loyalty_evaluation`.*",
        "about": (
            "Each world has {customers} customers and lives {weeks} weeks twice on the same luck: with the points "
            "programme of the scenario, which begins in week {start}, and without one. The difference is the truth. "
            "The analyst sees one world: a lottery invites half of the customers who bought before the start; these "
            "may join, the others can't. The outcome is the spend before rewards in the 26 weeks after a landmark of "
            "8 weeks; members are those who joined by the landmark. The table has estimate / truth over {worlds} "
            "worlds of each case, and how often the 95 % interval held the truth."
        ),
        "cases": {
            "barbershop": "Barbershop, as the scenario has it",
            "strong": "Barbershop, points pressure of 0.5 instead of 0.12 (an assumption, to have a larger effect)",
            "clinic": "Clinic, as the scenario has it",
            "nothing": "Barbershop, a programme that moves nobody (points pressure 0)",
        },
        "head": [
            "method",
            "estimate / truth, median",
            "middle half",
            "from",
            "to",
            "mean (± standard error)",
            "interval held the truth",
        ],
        "truth": (
            "Members: {share} of the invited. Their spend without the programme: {base}; true effect on a member "
            "{effect} ({lift}); between worlds from {low} to {high}. Break-even lift of the programme by its redeemed "
            "rewards and the margin of the scenario: {least}. Of the rewards {gift} went to members who bought no more "
            "than they would have anyhow (median world)."
        ),
        "null": (
            "In all {worlds} worlds the programme changed exactly nothing in orders and spend before rewards: the "
            "largest difference of any customer over all weeks is {largest}. It lost exactly the rewards that were "
            "redeemed: {rewards} by the ledger, {loss} by the orders. So the estimates are errors, in currency units "
            "of a member or an invited customer:"
        ),
        "null_head": ["method", "estimate, median", "from", "to", "mean (± standard error)", "interval held 0"],
        "reading": "## How to read it",
        "notes": [
            "The naive comparison counts who joins as what joining does: frequent customers join (`enrol_by_need`), "
            "and who has left without a word can't.",
            "Difference in differences errs here upwards, not downwards: members are alive at the landmark and others "
            "often are not, so that others fall. Matching and weighting know the history and take part of it away; "
            "what is hidden stays.",
            "The lottery is right on average, whatever the case; its intervals are wide. What is right on average may "
            "be far off in one world: look at the spread, and at the interval. With {worlds} worlds a sound 95 % "
            "interval holds the truth in {least} or more of them, in 99 cases of 100.",
            "The worlds' programme has one behavioural mechanism (points pressure) and one kind of selection.",
        ],
    },
    "ru": {
        "title": "# Методы рядом с истиной: что дала программа лояльности",
        "made": "*Страницу написал `benchmarks/loyalty_evaluation.py`; ещё раз: `python course.py bench "
        "loyalty_evaluation`.*",
        "about": (
            "В каждом мире {customers} клиентов; он проживает {weeks} недели дважды при одном и том же везении: с "
            "балльной программой сценария, которая начинается на неделе {start}, и без неё. Разность и есть истина. "
            "Аналитик видит один мир: по жребию приглашают половину клиентов, покупавших до начала; они могут "
            "вступить, остальные — нет. Исход — траты до вычета наград за 26 недель после контрольной даты (8 недель "
            "от начала); участники — те, кто вступил до неё. В таблице оценка, делённая на истину, по {worlds} мирам "
            "каждого случая и то, как часто 95-процентный интервал накрывал истину."
        ),
        "cases": {
            "barbershop": "Барбершоп, как в сценарии",
            "strong": "Барбершоп, давление баллов 0,5 вместо 0,12 (допущение, чтобы эффект был больше)",
            "clinic": "Клиника, как в сценарии",
            "nothing": "Барбершоп, программа, которая никого не меняет (давление баллов 0)",
        },
        "head": [
            "метод",
            "оценка / истина, медиана",
            "средняя половина",
            "от",
            "до",
            "среднее (± стандартная ошибка)",
            "интервал накрыл истину",
        ],
        "truth": (
            "Участников {share} приглашённых. Их траты без программы: {base}; истинный эффект на участника {effect} "
            "({lift}); по мирам от {low} до {high}. Безубыточный прирост при использованных наградах и марже сценария: "
            "{least}. Из суммы наград {gift} досталось участникам, купившим не больше, чем купили бы и так (медианный "
            "мир)."
        ),
        "null": (
            "Во всех {worlds} мирах программа ровно ничего не изменила в заказах и тратах до вычета наград: наибольшая "
            "разница у одного клиента за все недели — {largest}. Потеряла она ровно использованные награды: "
            "{rewards} по журналу баллов, {loss} по заказам. Значит, оценки — это ошибки, в денежных единицах на "
            "участника или приглашённого:"
        ),
        "null_head": [
            "метод",
            "оценка, медиана",
            "от",
            "до",
            "среднее (± стандартная ошибка)",
            "интервал накрыл 0",
        ],
        "reading": "## Как это читать",
        "notes": [
            "Наивное сравнение выдаёт то, кто вступает, за то, что даёт вступление: вступают частые покупатели "
            "(`enrol_by_need`), а те, кто молча ушёл, вступить не могут.",
            "Разность разностей ошибается здесь вверх, а не вниз: участники на контрольную дату точно не ушли, а "
            "остальные часто ушли, и траты остальных падают. Подбор пар и взвешивание знают историю и снимают часть "
            "ошибки; скрытое остаётся.",
            "Жребий верен в среднем, каким бы ни был случай; интервалы у него широкие. Верное в среднем может сильно "
            "ошибиться в одном мире: смотрите на разброс и на интервал. Из {worlds} миров верный 95-процентный "
            "интервал накрывает истину не меньше чем в {least}, в 99 случаях из 100.",
            "У программы этих миров один поведенческий механизм (давление баллов) и один вид самоотбора.",
        ],
    },
}


@dataclass(frozen=True)
class OneWorld:
    """One world: what the methods say, and the truth."""

    table: pd.DataFrame
    truth: dict[str, float]


def spend_of(world: World) -> pd.DataFrame:
    """Orders with their money before rewards are taken off."""
    orders = world.tables["orders"]
    return orders[["customer_id", "ordered_at"]].assign(amount=orders["amount"] + orders["points_value"])


def lived_twice(made: Scenario, seed: int, customers: int) -> tuple[World, World]:
    """The same world with the scenario's programme from week `START` on, and without one."""
    programme = made.policy.loyalty
    if programme is None:
        raise ValueError(f"scenario {made.name!r} has no programme")
    policy = Policy(loyalty=replace(programme, from_week=START))
    with_it = simulate(made, policy, customers=customers, weeks=WEEKS, seed=seed)
    return with_it, with_it.counterfactual(Policy())


def one_world(made: Scenario, seed: int, customers: int) -> OneWorld:
    """Live a world twice, draw the lottery, ask every method."""
    having, lacking = lived_twice(made, seed, customers)
    members = having.tables["loyalty_members"]
    start = having.spec.calendar.start.astype("datetime64[D]") + START * 7
    mine, other = (analysis.programme_panel(spend_of(world), members, start=start) for world in (having, lacking))
    ids = mine["customer_id"].to_numpy()
    invited = Stream(seed, "lottery of invitations").many(1, ids)[0] < 0.5
    seen = mine.assign(arm=np.where(invited, "invited", "holdout"))
    for name in ("after", "orders_after"):
        seen[name] = np.where(invited, mine[name], other[name])
    for name in ("member", "joined"):
        seen[name] = np.where(invited, mine[name], 0)
    found = analysis.evaluate_programme(seen, covariates=COVARIATES, arm="arm", joined="joined")
    effect = (mine["after"] - other["after"]).to_numpy()
    landmark, joined = (mine[name].to_numpy() == 1 for name in ("member", "joined"))
    truth = dict.fromkeys(("naive", "changes", "matching", "weighting"), effect[landmark & invited].mean())
    truth |= {"late": effect.sum() / joined.sum(), "itt": effect.mean(), "cuped": effect.mean()}
    orders = having.tables["orders"]
    week = (orders["ordered_at"].to_numpy() - start) / np.timedelta64(7, "D")
    paid = orders[(week >= 8) & (week < 34)].groupby("customer_id")["points_value"].sum().reindex(ids).fillna(0.0)
    twins = pd.DataFrame({"reward_cost": paid.to_numpy(), "with": mine["after"], "without": other["after"]})
    split = analysis.gift_split(twins[landmark])
    everybody = [world.tables["orders"] for world in (having, lacking)]
    truth |= {
        "share": landmark[invited].mean(), "base": other["after"][landmark].mean(),
        "effect": effect[landmark].mean(), "gift": split.customer_share,
        "cost_rate": paid.sum() / max(mine["after"][landmark].sum(), 1.0), "margin": margin_of(having),
        "largest": largest_difference(having, lacking), "orders": float(len(everybody[0]) - len(everybody[1])),
        "rewards": float(everybody[0]["points_value"].sum()),
        "loss": float(everybody[1]["amount"].sum() - everybody[0]["amount"].sum()),
    }  # fmt: skip
    return OneWorld(found.table, {name: float(value) for name, value in truth.items()})


def largest_difference(having: World, lacking: World) -> float:
    """The largest difference that the programme made to any customer's spend before rewards, over all weeks."""
    sums = [spend_of(world).groupby("customer_id")["amount"].sum() for world in (having, lacking)]
    return float(sums[0].sub(sums[1], fill_value=0.0).round(2).abs().max())


def margin_of(world: World) -> float:
    """Contribution margin of the world's sales, a share."""
    from crm_toolkit.world.comparison import policy_run

    run = policy_run(world.spec)
    return run.measures["margin"] / max(run.measures["amount"], 1.0)


def case_of(name: str, worlds: int, customers: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Methods of all worlds (method, world, estimate, low, high, truth, ratio, held), and the truths, a row a world."""
    base, changes = CASES[name]
    made = scenario(base, **changes)
    rows, truths = [], []
    for number in range(worlds):
        one = one_world(made, SEED + number, customers)
        truths.append(one.truth)
        for row in one.table.to_dict("records"):
            true = one.truth[row["method"]]
            rows.append((row["method"], number, row["estimate"], row["low"], row["high"], true))
        print(f"{name} {number + 1}/{worlds}", end="\r", flush=True)
    print()
    table = pd.DataFrame(rows, columns=["method", "world", "estimate", "low", "high", "truth"])
    table["held"] = (table["low"] <= table["truth"]) & (table["truth"] <= table["high"])
    table["ratio"] = np.where(table["truth"] == 0, np.nan, table["estimate"] / table["truth"].replace(0, np.nan))
    return table, pd.DataFrame(truths)


def lines_of(head: list[str], rows: list[list[str]]) -> list[str]:
    """A table in Markdown."""
    return ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1),
            *("| " + " | ".join(row) + " |" for row in rows), ""]  # fmt: skip


def number(value: float, digits: int = 2) -> str:
    """A number with a fixed number of digits, in the reader's language."""
    return format_number(value, digits)


def of_methods(table: pd.DataFrame, head: list[str], column: str) -> list[str]:
    """The table of a case: a row for each method."""
    from crm_toolkit.analysis.loyalty.methods import METHODS

    rows = []
    for method in [name for name in METHODS if name in set(table["method"])]:
        mine = table[table["method"] == method]
        low, middle, high = mine[column].quantile([0.25, 0.5, 0.75])
        half = [say("{low} to {high}", low=number(low), high=number(high))] if column == "ratio" else []
        ends = [number(mine[column].min()), number(mine[column].max())]
        ends.append(f"{number(mine[column].mean())} ± {number(mine[column].sem())}")
        rows.append([say(METHODS[method]), number(middle), *half, *ends, format_percent(mine["held"].mean(), 0)])
    return lines_of(head, rows)


def page(found: dict[str, tuple[pd.DataFrame, pd.DataFrame]], code: str, pictures: bool) -> str:
    """The page in one language; draws its pictures."""
    words = WORDS[code]
    worlds = len(found["barbershop"][1])
    told = {"customers": number(CUSTOMERS, 0), "weeks": WEEKS, "start": START, "worlds": worlds}
    lines = [words["title"], "", words["made"], "", words["about"].format(**told), ""]
    for name, (table, truths) in found.items():
        lines += [f"## {words['cases'][name]}", ""]
        middle = truths.median()
        if name == "nothing":
            said = words["null"].format(
                worlds=worlds, largest=number(truths["largest"].max(), 0), rewards=number(truths["rewards"].sum()),
                loss=number(truths["loss"].sum()),
            )  # fmt: skip
            lines += [said, "", *of_methods(table, words["null_head"], "estimate")]
            continue
        least = analysis.break_even_lift(middle["margin"], middle["cost_rate"])
        said = words["truth"].format(
            share=format_percent(middle["share"], 0), base=number(middle["base"]), effect=number(middle["effect"]),
            lift=format_percent(middle["effect"] / middle["base"]), low=number(truths["effect"].min()),
            high=number(truths["effect"].max()), least="—" if least is None else format_percent(least),
            gift=format_percent(middle["gift"], 0),
        )  # fmt: skip
        lines += [said, "", *of_methods(table, words["head"], "ratio")]
        chart = methods_over_worlds_chart(table)
        if pictures:
            file = f"loyalty_evaluation_{name}{'' if code == 'en' else '_' + code}.png"

            (DOCS / "images" / file).write_bytes(show(chart).png)
            lines += [f"![{alt_text(chart)}](images/{file})", ""]
    least = int(binom.ppf(0.01, worlds, 0.95))
    lines += [words["reading"], "", *(f"- {note.format(worlds=worlds, least=least)}" for note in words["notes"]), ""]
    return "\n".join(lines)


def main() -> int:
    """Write both pages, or show the English one."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--worlds", type=int, default=WORLDS)
    ask.add_argument("--customers", type=int, default=CUSTOMERS)
    asked = ask.parse_args()
    whole = (asked.worlds, asked.customers) == (WORLDS, CUSTOMERS)
    found = {name: case_of(name, asked.worlds, asked.customers) for name in CASES}
    for code in LANGUAGES:
        with language(code):
            text = page(found, code, whole)
        if whole:
            path = DOCS / ("loyalty-evaluation.md" if code == "en" else f"loyalty-evaluation.{code}.md")
            path.write_text(text, encoding="utf-8")
        elif code == "en":
            print(text)
    null = found["nothing"][1]
    exact = (null["largest"] == 0) & (null["orders"] == 0) & (np.abs(null["rewards"] - null["loss"]) < 0.005)
    return 0 if exact.all() else 1


if __name__ == "__main__":
    sys.exit(main())
