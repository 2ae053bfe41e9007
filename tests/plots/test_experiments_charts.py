"""Charts of experiments and uplift say what the results say, in both languages, and nothing in them overlaps."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit.analysis.experiments.arms import compare_arms
from crm_toolkit.analysis.experiments.groups import effect_by_group
from crm_toolkit.analysis.experiments.peeking import peeking_simulation
from crm_toolkit.analysis.experiments.power import power_table
from crm_toolkit.analysis.experiments.rates import compare_rate_counts
from crm_toolkit.analysis.experiments.ratios import compare_ratios
from crm_toolkit.analysis.experiments.sequential import always_valid_means, always_valid_rates
from crm_toolkit.analysis.uplift.metrics import qini_curve, uplift_by_decile, uplift_curve
from crm_toolkit.analysis.uplift.policy import targeting_profit
from crm_toolkit.errors import InputError
from crm_toolkit.plots.experiments import balance_chart, effect_chart, peeking_chart, power_chart, sequential_chart
from crm_toolkit.plots.uplift import qini_chart, targeting_profit_chart, uplift_decile_chart
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable

NAMES = {
    "en": (["new", "regular", "lapsed"], ["control", "mail", "call"], ["orders", "days"]),
    "ru": (["новые", "частые", "ушедшие"], ["control", "письмо", "звонок"], ["заказы", "дни"]),
}


def customers(code="en", n=2000, seed=4):
    luck = np.random.default_rng(seed)
    groups, arms, _ = NAMES[code]
    table = pd.DataFrame({"day": np.repeat(range(n // 100), 100), "treated": luck.integers(0, 2, n)})
    table["arm"] = np.where(table["treated"] == 1, "treated", "control")
    table["group"], table["which"] = luck.choice(groups, n), luck.choice(arms, n)
    table["spend"] = luck.gamma(2, 10, n) + 2.0 * table["treated"]
    table["uplift"], table["risk"] = luck.normal(size=n), luck.normal(size=n)
    chance = 0.12 + 0.06 * table["treated"] * (table["uplift"] > 0.2) - 0.03 * table["treated"] * (table["uplift"] < -1)
    return table.assign(outcome=(luck.random(n) < chance).astype(int))


BALANCE = pd.DataFrame({"difference": [0.62, -0.35], "weighted_difference": [0.02, 0.04]})


def every_chart(code):
    table = customers(code)
    yield "arms", effect_chart(compare_arms(table, "outcome", "which", kind="rate"))
    yield "groups", effect_chart(effect_by_group(table, "spend", "group"), unit="₽")
    yield "sequential", sequential_chart(always_valid_means(table, "spend", "day"), unit="₽")
    yield "sequential rate", sequential_chart(always_valid_rates(table, "outcome", "day"))
    for effect in (0.0, 0.1):
        yield f"peeking {effect}", peeking_chart(peeking_simulation(customers=2000, looks=20, runs=100, effect=effect))
    sizes = np.linspace(500, 20_000, 10)
    yield "power", power_chart(power_table(sizes, [0.01, 0.02, 0.03], control_rate=0.1), percent=True)
    yield "power of means", power_chart(power_table(sizes, [5.0, 10.0], sd=100), unit="₽")
    yield "balance", balance_chart(BALANCE.assign(covariate=NAMES[code][2]))
    yield "qini", qini_chart(qini_curve(table, draws=50))
    yield "two", qini_chart({name: uplift_curve(table, column, draws=0) for name, column in
                             zip(NAMES[code][2], ("uplift", "risk"), strict=True)})  # fmt: skip
    yield "deciles", uplift_decile_chart(uplift_by_decile(table))
    yield "profit", targeting_profit_chart(targeting_profit(table, margin=1500, contact_cost=30, draws=50))


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
def test_no_text_overlaps_is_cut_off_or_in_another_language(code):
    with language(code):
        for name, ax in every_chart(code):
            assert_readable(name, ax, known={"Qini"})


def test_an_interval_that_holds_no_effect_is_hollow_and_stands_where_the_result_does():
    sure, unsure = compare_rate_counts(80, 400, 36, 400), compare_rate_counts(40, 400, 36, 400)
    ax = effect_chart({"sure": sure, "unsure": unsure})
    line, dot, _, hollow = ax.lines[1:]
    assert list(line.get_xdata()) == [sure.low * 100, sure.high * 100]
    assert dot.get_xdata()[0] == sure.estimate * 100
    assert (dot.get_markerfacecolor() != "white", hollow.get_markerfacecolor()) == (True, "white")


def test_a_running_test_shows_where_it_may_stop():
    table = customers()
    test = always_valid_means(table.assign(spend=table["spend"] + 4 * table["treated"]), "spend", "day")
    ax = sequential_chart(test)
    stop = ax.lines[-1]
    row = test.path.iloc[test.stopped - 1]
    assert stop.get_xdata()[0] == row["treated_n"] + row["control_n"]
    assert stop.get_ydata()[0] == row["estimate"]


def test_the_qini_chart_draws_the_curve_the_band_and_a_straight_line_to_its_end():
    curve = qini_curve(customers(), draws=50)
    ax = qini_chart(curve)
    assert list(ax.lines[0].get_ydata()) == list(curve.band["gain"])
    assert list(ax.lines[1].get_ydata()) == [0, curve.total]
    assert len(ax.collections) == 1


def test_the_best_share_of_the_profit_is_marked():
    profit = targeting_profit(customers(), margin=1500, contact_cost=30, draws=0)
    dot = targeting_profit_chart(profit).lines[-1]
    assert dot.get_xdata()[0] == profit.best_share


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: effect_chart([]), "0 effects"),
        (lambda: effect_chart({"a": compare_rate_counts(8, 40, 6, 40),
                               "b": compare_rate_counts(8, 40, 6, 40, scale="ratio")}), "different scales"),
        (lambda: effect_chart([compare_rate_counts(8, 40, 6, 40),
                               compare_ratios(customers().assign(customer_id=range(2000)), "spend", "treated",
                                              "group", control="new", treated="lapsed")]), "different scales"),
        (lambda: power_chart(pd.DataFrame({"effect": [], "customers": [], "power": []})), "0 effects"),
        (lambda: balance_chart(pd.DataFrame({"covariate": ["a"]})), "`difference` is missing"),
        (lambda: qini_chart({}), "From 1 to 4"),
        (lambda: uplift_decile_chart(pd.DataFrame({"decile": [1], "uplift": [np.nan], "low": [0], "high": [0]})),
         "nothing to draw"),
    ],
)  # fmt: skip
def test_what_can_not_be_drawn_is_refused_with_a_reason(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask()
