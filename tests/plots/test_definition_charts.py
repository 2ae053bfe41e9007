"""Charts of deciles, churn by definition, Simpson's reversal and elasticities say what the results say."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import analysis, plots
from crm_toolkit.errors import InputError
from crm_toolkit.plots.churn_rules import contract_churn_chart, pause_churn_chart
from crm_toolkit.plots.ranking import decile_chart
from crm_toolkit.plots.simpson import simpson_chart
from crm_toolkit.plots.value_formulas import elasticity_chart
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable

WORDS = {"en": ("call", "none", "coffee", "tea"), "ru": ("звонок", "ничего", "кофе", "чай")}


def deciles(groups=10):
    spent = np.round(np.exp(np.random.default_rng(3).normal(5, 1.2, 900)), 2)
    return analysis.decile_table(pd.DataFrame({"monetary": spent}), groups=groups)


def pauses(of="base"):
    luck = np.random.default_rng(5)
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta(luck.gamma(1.2, 120, 1500), unit="D")
    lines = pd.DataFrame({"customer_id": luck.integers(0, 200, 1500), "ordered_at": days, "amount": 5.0})
    return analysis.pause_churn(lines, as_of="2024-06-30", of=of)


def contracts():
    luck = np.random.default_rng(3)
    start = pd.Timestamp("2022-01-03") + pd.to_timedelta(luck.integers(0, 600, 500), unit="D")
    ends = start + pd.to_timedelta(luck.geometric(0.004, 500), unit="D")
    return analysis.contract_churn(pd.DataFrame({"started_on": start, "ended_on": ends}), as_of="2024-06-30")


def reversal(code="en"):
    treated, baseline, small, large = WORDS[code]
    cells = [
        (small, treated, 81, 87),
        (large, treated, 192, 263),
        (small, baseline, 234, 270),
        (large, baseline, 55, 80),
    ]
    frame = pd.DataFrame([(g, t, int(k < won)) for g, t, won, n in cells for k in range(n)], columns=["g", "t", "y"])
    return analysis.simpson_reversal(frame, "y", "t", "g", treated=treated)


def elasticities():
    return analysis.customer_equity(
        customers=1000, new_customers=100, margin=50, retention=0.8, discount=0.1, acquisition_cost=30
    ).elasticities()


def every_chart(code):
    yield "deciles", decile_chart(deciles())
    yield "thirty groups", decile_chart(deciles(30))
    yield "pauses", pause_churn_chart(pauses())
    yield "own pauses", pause_churn_chart(pauses("customer"))
    yield "contracts", contract_churn_chart(contracts())
    yield "simpson", simpson_chart(reversal(code))
    yield "elasticities", elasticity_chart(elasticities())


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
def test_no_text_overlaps_is_cut_off_or_in_another_language(code):
    with language(code):
        for name, ax in every_chart(code):
            assert_readable(name, ax)


def test_bars_of_deciles_are_the_shares():
    table = deciles()
    ax = decile_chart(table)
    assert [bar.get_height() for bar in ax.patches] == table["money_share"].tolist()
    assert list(ax.lines[0].get_ydata()) == table["cumulative_money_share"].tolist()
    assert f"{table['money_share'][0]:.0%}" in plots.alt_text(ax)


@pytest.mark.parametrize("of", ["base", "customer"])
def test_bars_of_pauses_count_every_customer_once_and_the_colours_are_the_rule_s(of):
    churn = pauses(of)
    ax = pause_churn_chart(churn)
    stayed, gone = (sum(bar.get_height() for bar in bars) for bars in ax.containers)
    assert (stayed, gone) == (churn.customers - churn.lapsed, churn.lapsed)
    border = ax.lines[0].get_xdata()[0]
    assert border == churn.threshold_days + 1
    if of == "base":  # nobody lapsed stands left of the border, nobody else right of it
        for bars, wrong in zip(ax.containers, (1, -1), strict=True):
            assert not any(bar.get_height() for bar in bars if wrong * (bar.get_center()[0] - border) > 0)


def test_the_line_of_contracts_is_the_rate_with_a_gap_where_there_is_none():
    table = contracts()
    ax = contract_churn_chart(table)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), table["churn_rate"].to_numpy(dtype=float))
    behind = next(other for other in ax.figure.axes if other is not ax)
    assert [bar.get_height() for bar in behind.patches] == table["at_start"].tolist()


def test_simpson_s_whole_stands_on_the_other_side_of_the_groups():
    found = reversal()
    ax = simpson_chart(found)
    marks = {line.get_marker(): line.get_xdata()[0] for line in ax.lines if line.get_marker() in "Ds"}
    assert marks == {"D": found.adjusted, "s": found.aggregate}
    assert "Every group says the opposite of the whole." in plots.alt_text(ax)


def test_the_strongest_lever_stands_on_top():
    table = elasticities()
    ax = elasticity_chart(table)
    assert [bar.get_width() for bar in ax.patches] == sorted(table["elasticity"])
    assert ax.get_yticklabels()[-1].get_text() == "retention"


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: decile_chart(deciles().drop(columns="money_share")), "`money_share` is missing"),
        (lambda: decile_chart(analysis.decile_table(pd.DataFrame({"monetary": [0.0, 0.0]}))), "no shares"),
        (lambda: contract_churn_chart(contracts().assign(churn_rate=np.nan)), "No contract ran"),
        (lambda: elasticity_chart(pd.DataFrame({"lever": []})), "`elasticity` is missing"),
    ],
)
def test_what_can_not_be_drawn_is_refused_with_a_reason(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask()


def test_too_many_groups_are_refused():
    luck = np.random.default_rng(1)
    columns = {"y": luck.random(900), "t": luck.integers(0, 2, 900), "g": luck.integers(0, 30, 900)}
    found = analysis.simpson_reversal(pd.DataFrame(columns), "y", "t", "g")
    with pytest.raises(InputError, match="up to 20"):
        simpson_chart(found)
