"""Charts of rankings say what the results say, in both languages, and nothing in them overlaps."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import analysis, plots
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable

WORDS = {"en": ("Revenue", "Profit"), "ru": ("Выручка", "Прибыль")}


def customers(count=300, seed=4):
    luck = np.random.default_rng(seed)
    revenue = np.exp(luck.normal(6, 1, count)).round(2)
    profit = (revenue * 0.3 - luck.gamma(1, 120, count)).round(2) + 40
    return pd.DataFrame({"customer_id": range(1000, 1000 + count), "revenue": revenue, "profit": profit})


def classes(seed=1):
    luck = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "abc": luck.choice(list("ABC"), 5000, p=[0.2, 0.3, 0.5]),
            "xyz": luck.choice(list("XYZ"), 5000),
            "monetary": luck.gamma(1, 100, 5000),
        }
    )


def abc_chart(frame):
    return plots.abc_xyz_chart(analysis.abc_xyz_table(frame), analysis.abc_xyz_table(frame, "monetary"))


def slope_chart(code="en", most=12, seed=4):
    changes = analysis.rank_changes(customers(seed=seed), ["revenue", "profit"])
    return plots.rank_change_chart(changes, "revenue", "profit", most=most, labels=WORDS[code])


def every_chart(code):
    yield "whale", plots.whale_chart(analysis.whale_curve(customers()))
    yield "early whale", plots.whale_chart(analysis.whale_curve(pd.DataFrame({"profit": [90.0, *[-1.0] * 40]})))
    yield "no losses", plots.whale_chart(analysis.whale_curve(pd.DataFrame({"profit": [5.0, 3, 1]})))
    yield "abc", abc_chart(classes())
    for most in (1, 12, 30):
        yield f"slope {most}", slope_chart(code, most)


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
def test_no_text_overlaps_is_cut_off_or_in_another_language(code):
    with language(code):
        for name, ax in every_chart(code):
            assert_readable(name, ax, known={a + x for a in "ABC" for x in "XYZ"})


def test_the_curve_is_the_result_s_and_the_peak_is_marked():
    whale = analysis.whale_curve(customers())
    ax = plots.whale_chart(whale)
    curve, peak = ax.lines[2], ax.lines[3]
    assert list(curve.get_ydata()) == list(whale.points["profit_share"])
    assert (peak.get_xdata()[0], peak.get_ydata()[0]) == (whale.peak_customers, whale.peak)
    assert f"{whale.peak:.1%} of the profit; {whale.unprofitable} unprofitable ones" in plots.alt_text(ax)


def test_nine_cells_hold_the_shares():
    frame = classes()
    people = analysis.abc_xyz_table(frame)
    ax = abc_chart(frame)
    assert len(ax.texts) == 9
    assert ax.texts[0].get_text().startswith(f"{people.loc['A', 'X']} customers")
    assert ax.yaxis_inverted()


def test_lines_join_the_ranks_of_the_customers_who_move_most():
    changes = analysis.rank_changes(customers(), ["revenue", "profit"])
    ax = plots.rank_change_chart(changes, "revenue", "profit", most=5)
    drawn = [line for line in ax.lines if not line.get_label().startswith("_")]
    assert [line.get_label() for line in drawn] == changes.customers["customer_id"].head(5).astype(str).tolist()
    ends = changes.customers[["rank_revenue", "rank_profit"]].head(5).to_numpy().tolist()
    assert [list(line.get_ydata()) for line in drawn] == ends
    for line in drawn:
        assert (line.get_linestyle() == "-") == (line.get_ydata()[1] < line.get_ydata()[0])


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: slope_chart(most=99), "from 1 to 30"),
        (lambda: plots.rank_change_chart(analysis.rank_changes(customers(), ["revenue", "profit"]), "revenue", "clv"),
         "no measure `clv`"),
        (lambda: plots.abc_xyz_chart(pd.DataFrame({"X": []}), pd.DataFrame()), "`Y` is missing"),
        (lambda: abc_chart(classes().head(0)), "no customers"),
    ],
)  # fmt: skip
def test_what_can_not_be_drawn_is_refused_with_a_reason(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask()
