"""The bench of forecasts shows what the back-test returns, says when naive is not beaten, and speaks Russian."""

import re

import pytest

pytest.importorskip("ipywidgets")

from crm_toolkit import analysis
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language
from crm_toolkit.widgets import explore_forecast

SEASON = [20, 35, 12, 28, 23, 38, 15, 31, 26, 41, 18, 34, 29, 44, 21, 37, 32, 47, 24, 40]


def test_a_method_is_judged_beside_naive_and_its_intervals_are_counted():
    bench = explore_forecast(SEASON, season_length=4, method="additive", horizon=2)
    own, naive = bench.result.score("additive"), bench.result.score("naive")
    assert own["mae"] < naive["mae"]
    assert "“Holt–Winters, season added” is off by" in bench.view.conclusion
    assert f"held {own['coverage']:.0%}" in bench.view.conclusion
    rows = {row[0]: row for row in bench.view.areas["scores"].rows}
    assert len(rows) == len(bench.result.scores)


def test_that_naive_is_not_beaten_is_said():
    walk = [50, 53, 49, 54, 60, 58, 63, 61, 66, 70, 69, 74, 78, 75, 80, 84]
    bench = explore_forecast(walk, method="mean", horizon=1)
    assert "did not beat the naive forecast" in bench.view.conclusion
    without = bench._look(method="additive", horizon=1, history=16, level=0.8)
    assert "needs a season, and this series has none" in without.conclusion
    with pytest.raises(InputError):
        explore_forecast(walk, horizon=0)


def test_errors_by_distance_add_up_to_the_error_of_all_trials():
    test = analysis.backtest(SEASON, horizon=3, season_length=4, methods=["seasonal_naive", "ses"], origins=6)
    table = test.by_step()
    for name, part in table.groupby("method"):
        mean = (part["mae"] * part["trials"]).sum() / part["trials"].sum()
        assert mean == pytest.approx(test.score(name)["mae"])
        held = (part["coverage"] * part["trials"]).sum() / part["trials"].sum()
        assert held == pytest.approx(test.score(name)["coverage"])
        assert part["step"].tolist() == [1, 2, 3]
    assert list(dict.fromkeys(table["method"])) == test.scores["method"].tolist()


def test_trials_of_an_unknown_method_are_refused():
    from crm_toolkit import plots

    test = analysis.backtest(SEASON, horizon=2, season_length=4, methods=["ses"], origins=4)
    with pytest.raises(InputError, match="Known: "):
        plots.trials_chart(test, "oracle")


def test_the_bench_of_forecasts_speaks_russian():
    with language("ru"):
        bench = explore_forecast(SEASON, season_length=4, horizon=1)
    text = " ".join([bench.view.conclusion, *bench.view.notes, bench.view.areas["scores"].text])
    words = set(re.findall(r"[A-Za-z]{3,}", text)) - {"MASE"}
    assert words <= {"Holt", "Winters"}, words
