"""Charts of survival and churn say what the tables say, in both languages, and nothing in them overlaps."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import plots
from crm_toolkit.analysis.churn.evaluation import churn_calibration_table, churn_lift_table
from crm_toolkit.analysis.churn.profit import churn_profit_curve
from crm_toolkit.analysis.churn.targeting import churn_targeting_table
from crm_toolkit.analysis.survival.cox import fit_cox
from crm_toolkit.analysis.survival.kaplan_meier import kaplan_meier
from crm_toolkit.errors import InputError
from crm_toolkit.plots.churn import (
    FEATURE_NAMES,
    POLICIES,
    churn_calibration_chart,
    churn_importance_chart,
    churn_lift_chart,
    churn_profit_chart,
    churn_targeting_chart,
)
from crm_toolkit.plots.survival import hazard_ratio_chart, survival_chart
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable

OFFER = {"value": 4_000.0, "contact_cost": 30.0, "incentive": 500.0, "accept_probability": 0.3}


def lives(customers=400):
    luck = np.random.default_rng(3)
    kind, left, end = luck.integers(1, 4, customers), luck.exponential(14, customers), luck.uniform(3, 24, customers)
    left = left * kind / 2
    frame = pd.DataFrame({"duration": np.ceil(np.minimum(left, end) * 4) / 4, "event": left <= end, "2024": kind})
    return frame.assign(**{"1": luck.integers(0, 2, customers), "2": luck.normal(size=customers)})


def scored(customers=1_500):
    luck = np.random.default_rng(5)
    p = luck.beta(1.2, 4, customers)
    table = pd.DataFrame({"customer_id": range(customers), "probability": p, "churned": luck.random(customers) < p})
    effect = np.minimum(luck.normal(0.06, 0.09, customers), p)
    return table.assign(effect=effect, treated=luck.random(customers) < 0.5)


LIVES, SCORED = lives(), scored()
MODEL = fit_cox(LIVES, ["1", "2"])
IMPORTANCE = pd.DataFrame({"feature": list(FEATURE_NAMES), "importance": np.linspace(0.2, -0.001, len(FEATURE_NAMES))})
IMPORTANCE = IMPORTANCE.assign(low=IMPORTANCE["importance"] - 0.01, high=IMPORTANCE["importance"] + 0.01)


def targeting(**options):
    return churn_targeting_table(SCORED, contacts=0.2, **(OFFER | options))


def every_chart():
    yield "curves", survival_chart(kaplan_meier(LIVES, group="2024"), unit="week")
    yield "ratios", hazard_ratio_chart(MODEL)
    halved = SCORED.assign(probability=SCORED["probability"] / 2)
    yield "calibration missed", churn_calibration_chart(churn_calibration_table(halved, bins=6))
    yield "lift", churn_lift_chart(churn_lift_table(SCORED))
    yield "profit", churn_profit_chart(churn_profit_curve(SCORED, saved_share=0.2, **OFFER), currency="RUB")
    yield "importance", churn_importance_chart(IMPORTANCE)
    yield "targeting", churn_targeting_chart(targeting(treated="treated"), currency="RUB")


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
def test_no_text_overlaps_is_cut_off_or_in_another_language(code):
    with language(code):
        for name, ax in every_chart():
            assert_readable(name, ax, known={"RUB"})


def test_the_curve_is_the_table_and_the_numbers_below_are_those_at_risk():
    curve = kaplan_meier(LIVES)
    ax = survival_chart(curve, unit="month")
    line = ax.lines[0]
    assert list(line.get_xdata()) == [0, *curve.table["time"]]
    assert list(line.get_ydata()) == [1, *curve.table["survival"]]
    written = [text.get_text() for text in ax.texts]
    at_five = curve.table.loc[curve.table["time"] >= 5, "at_risk"].iloc[0]
    assert written[:3] == ["Still followed", "400", str(at_five)]
    last = curve.table.iloc[-1]
    assert f"{last.survival:.1%} are still there (interval from {last.low:.1%} to {last.high:.1%})" in plots.alt_text(
        ax
    )
    assert "The median was not reached." in plots.alt_text(survival_chart(kaplan_meier(LIVES.assign(event=0))))


def test_dots_of_hazard_ratios_stand_where_the_model_says():
    ax = hazard_ratio_chart(MODEL)
    dots = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]
    assert dots == MODEL.coefficients["hazard_ratio"].tolist()
    assert ax.get_xscale() == "log"


def test_bars_and_dots_are_the_policies():
    for options in ({}, {"effect": None, "treated": "treated"}):
        assert churn_targeting_chart(targeting(**options)).get_legend() is None
    result = targeting(treated="treated")
    ax = churn_targeting_chart(result)
    shown = result.policies[result.policies["policy"] != "nobody"]
    assert [bar.get_width() for bar in ax.patches] == shown["profit_expected"].tolist()
    assert len(ax.get_yticklabels()) == len(POLICIES) - 1
    missed = churn_calibration_table(SCORED.assign(probability=SCORED["probability"] / 2), bins=6)
    labels = [text.get_text() for text in churn_calibration_chart(missed).get_legend().get_texts()]
    assert "interval misses it" in labels


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: survival_chart(kaplan_meier(LIVES), unit="hour"), "Allowed"),
        (lambda: survival_chart(kaplan_meier(LIVES.assign(g=np.arange(400) % 7), group="g")), "told apart"),
        (lambda: churn_lift_chart(pd.DataFrame({"share": [1.0]})), "`gain` is missing"),
        (lambda: churn_importance_chart(IMPORTANCE.head(0)), "nothing to draw"),
    ],
)
def test_what_can_not_be_drawn_is_refused_with_a_reason(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask()
