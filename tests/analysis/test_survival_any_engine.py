"""Lives, curves and churn features are the same from every kind of table."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit.analysis.churn.features import churn_features, contract_churn_labels
from crm_toolkit.analysis.churn.model import fit_churn
from crm_toolkit.analysis.churn.profit import churn_profit_curve
from crm_toolkit.analysis.survival.cox import fit_cox
from crm_toolkit.analysis.survival.kaplan_meier import kaplan_meier
from crm_toolkit.analysis.survival.lives import durations, lapse_durations
from crm_toolkit.analysis.survival.log_rank import log_rank
from crm_toolkit.analysis.survival.person_periods import person_period_table
from tests.analysis.test_ranking_any_engine import assert_identical, other_kinds


def contracts():
    luck = np.random.default_rng(4)
    start = pd.Timestamp("2023-01-01") + pd.to_timedelta(luck.integers(0, 300, 200), unit="D")
    end = pd.Series(start + pd.to_timedelta(luck.integers(0, 200, 200), unit="D")).where(luck.random(200) < 0.6)
    return pd.DataFrame({"customer_id": range(200), "started_on": start.date, "ended_on": end.dt.date})


PURCHASES = {
    "lapses": lambda t: lapse_durations(t, as_of="2024-01-31", threshold_days=60),
    "features": lambda t: churn_features(t, as_of="2023-12-31", horizon_days=30),
    "active": lambda t: churn_features(t, as_of="2024-01-31", active_within_days=90),
}
CONTRACTS = {
    "durations": lambda t: durations(t, as_of="2024-01-31"),
    "late": lambda t: durations(t, as_of="2024-01-31", unit="week", observed_from="2023-06-01"),
    "labels": lambda t: contract_churn_labels(t, as_of="2023-10-31", horizon_days=30),
}


@pytest.mark.parametrize("name", PURCHASES)
def test_purchases_of_every_kind_give_the_same_lives_and_features(name, make_purchases, tmp_path):
    lines, ask = make_purchases(1, lines=400, text_ids=True), PURCHASES[name]
    expected = ask(lines)
    for kind, table in other_kinds(lines, tmp_path).items():
        assert_identical(expected, ask(table), kind)


@pytest.mark.parametrize("name", CONTRACTS)
def test_contracts_of_every_kind_give_the_same_lives(name, tmp_path):
    expected = CONTRACTS[name](contracts())
    for kind, table in other_kinds(contracts(), tmp_path).items():
        assert_identical(expected, CONTRACTS[name](table), kind)


def test_curves_and_models_are_the_same_from_every_kind(tmp_path):
    lives = durations(contracts(), as_of="2024-01-31", unit="week", observed_from="2023-06-01")
    lives = lives.assign(odd=lives["customer_id"] % 2, size=lives["customer_id"] % 7 / 3.0)
    curve = kaplan_meier(lives, entry="entry", group="odd").table
    test, model = log_rank(lives, "odd"), fit_cox(lives, ["odd", "size"], entry="entry")
    periods = person_period_table(lives, ["odd"])
    for kind, table in other_kinds(lives, tmp_path).items():
        pd.testing.assert_frame_equal(kaplan_meier(table, entry="entry", group="odd").table, curve, obj=kind)
        assert log_rank(table, "odd").statistic == pytest.approx(test.statistic)
        found = fit_cox(table, ["odd", "size"], entry="entry").coefficients
        pd.testing.assert_frame_equal(found, model.coefficients, rtol=1e-8, obj=kind)
        pd.testing.assert_frame_equal(person_period_table(table, ["odd"]), periods, obj=kind)


def test_classifier_and_profit_are_the_same_from_every_kind(tmp_path):
    luck = np.random.default_rng(7)
    table = pd.DataFrame({"customer_id": range(300), "visits": luck.poisson(3, 300), "worth": luck.gamma(2, 50, 300)})
    table["churned"] = luck.random(300) < 1 / (1 + table["visits"])
    model = fit_churn(table)
    scored = model.score(table).assign(worth=table["worth"])
    curve = churn_profit_curve(scored, value="worth", saved_share=0.3, contact_cost=2).table
    (tmp_path / "scored").mkdir()
    others = other_kinds(scored, tmp_path / "scored")
    for kind, other in other_kinds(table, tmp_path).items():
        again = fit_churn(other)
        assert again.features == model.features
        np.testing.assert_allclose(again.coefficients["coefficient"], model.coefficients["coefficient"], rtol=1e-9)
        assert len(model.score(other)) == 300
        found = churn_profit_curve(others[kind], value="worth", saved_share=0.3, contact_cost=2).table
        pd.testing.assert_frame_equal(found, curve, obj=kind)


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("kind", ["contracts", pytest.param("purchases", marks=pytest.mark.slow)])
def test_pyspark_gives_the_same_lives_and_features(kind, spark, make_purchases, tmp_path):
    table = contracts() if kind == "contracts" else make_purchases(1, lines=300, text_ids=True)
    file = tmp_path / f"{kind}.parquet"
    table.to_parquet(file, index=False)
    for name, ask in (CONTRACTS if kind == "contracts" else PURCHASES).items():
        assert_identical(ask(table), ask(spark.read.parquet(str(file))), name)
