"""Charts of the optimum say what the optimum says, in both languages, and nothing in them overlaps."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import analysis, plots
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable

CURVE = analysis.ResponseCurve
WORLDS = {
    "fixture": ((0.5, 0.35), (0.7, 0.15), 50, 0.2),
    "large money": ((0.4, 0.0002), (0.8, 0.0001), 90_000, 0.12),
    "retention only just": ((0.3, 0.05), (0.9, 0.5), 80, 0.3),
    "nobody": ((0.5, 0.35), (0.7, 0.15), 1, 0.2),
}


def optimum(name):
    acquire, retain, margin, discount = WORLDS[name]
    return analysis.optimal_budgets(acquisition=CURVE(*acquire), retention=CURVE(*retain), margin=margin,
                                    discount=discount)  # fmt: skip


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
@pytest.mark.parametrize("name", WORLDS)
def test_no_text_overlaps_is_cut_off_or_in_another_language(code, name):
    best = optimum(name)
    with language(code):
        for ax in (plots.response_chart(best, currency="RUB"), plots.equity_contour_chart(best, currency="RUB")):
            assert_readable(name, ax, known={"RUB"})


def test_the_marks_stand_at_the_optimum():
    best = optimum("fixture")
    ax = plots.response_chart(best)
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    assert [(mark.get_xdata()[0], mark.get_ydata()[0]) for mark in marks] == [
        (best.acquisition_spend, best.acquisition_rate),
        (best.retention_spend, best.retention_rate),
    ]
    cross = plots.equity_contour_chart(best).lines[0]
    assert (cross.get_xdata()[0], cross.get_ydata()[0]) == (best.acquisition_spend, best.retention_spend)


def test_the_darkest_place_of_the_contours_is_the_optimum():
    surface = optimum("fixture").surface()
    top = surface.loc[surface["equity"].idxmax()]
    best = optimum("fixture")
    assert np.allclose(top[["acquisition_spend", "retention_spend"]], [best.acquisition_spend, best.retention_spend])


def test_both_panels_of_the_page_are_described():
    said = plots.alt_text(plots.budget_page(optimum("fixture"), currency="USD"))
    assert "$7.49 per prospect acquire 46.4%" in said
    assert "highest, $28.92 per prospect" in said


def test_a_cut_axis_tells_how_much_longer_its_bars_are_than_the_numbers():
    page = plots.cut_axis_page({"a": 14.2, "b": 14.6}, cut=14.0)
    assert [round(ax.get_ylim()[0], 6) for ax in page.axes] == [14.0, 0.0]
    assert "3 times" in plots.alt_text(page)
    assert "1.03 times" in plots.alt_text(page)


@pytest.mark.parametrize(("values", "cut"), [({"a": 1.0}, 0.5), ({"a": 1.0, "b": 2.0}, 1.0), ({"a": 1, "b": 2}, 0.0)])
def test_a_cut_that_cuts_nothing_or_everything_is_refused(values, cut):
    with pytest.raises(InputError):
        plots.cut_axis_page(values, cut=cut)


def test_the_present_spending_stands_on_its_marginal_costs():
    curve = analysis.ResponseCurve
    here = analysis.judge_spending(
        3, 20, acquisition=curve(0.5, 0.35), retention=curve(0.7, 0.15), margin=50, discount=0.2
    )
    ax = plots.marginal_cost_chart(here)
    marks = {line.get_marker(): line.get_xydata()[0] for line in ax.lines if line.get_marker() in ("o", "^")}
    assert marks["o"].tolist() == pytest.approx([3, here.acquisition_marginal])
    assert marks["^"][0] == 20  # 191 lies above the picture
    assert marks["^"][1] < here.retention_marginal
    page = plots.spending_page(here, currency="USD")
    assert "$16.33 to acquire" in plots.alt_text(page)
    assert any("here: $21.31" in text.get_text() for text in page.axes[0].texts)


def test_corners_and_rules_are_told_with_their_numbers():
    table = pd.DataFrame({"customer_id": [1, 2, 3, 4], "longevity": [9, 8, 2, 1], "profit": [50, -5, 40, -2]})
    ax = plots.portfolio_chart(analysis.portfolio_matrix(table), currency="USD", unit="weeks")
    assert len(ax.get_legend().get_texts()) == 4
    assert "barnacles: 25% of the customers" in plots.alt_text(ax)
    scores = pd.DataFrame({"a": [3, 2, 1], "gain": [1.0, 5, 2]})
    rules = analysis.targeting_rules(scores, ["a", "gain"], contact_cost=1)
    assert plots.alt_text(plots.targeting_rules_chart(rules)).endswith("the best of each rule: a 5.00, gain 5.00.")
    many = analysis.targeting_rules(scores.assign(**dict.fromkeys("bcdefg", 1)), list("abcdefg"), contact_cost=1)
    with pytest.raises(InputError, match="From 1 to 5 rules"):
        plots.targeting_rules_chart(many)
