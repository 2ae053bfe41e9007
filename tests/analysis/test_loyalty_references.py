"""Economics and accounts of loyalty programmes beside published and worked numbers; every test names its mark.

[standard] the text of a standard or its illustrative example · [handbook] an auditor's published handbook ·
[web] a page of the open web · [own] worked out by hand here, no source · [memory] known table, computed again.
"""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import analysis
from crm_toolkit.errors import InputError

NOTHING = float("nan")
ECONOMICS = analysis.ProgrammeEconomics


def test_the_reward_cost_rate_is_that_of_the_worked_row():
    """[own] face rate 5 %, 75 % redeemed, cost of a reward 45 % of its face."""
    assert round(analysis.reward_cost_rate(0.05, redeemed_share=0.75, unit_cost=0.45), 4) == 0.0169


@pytest.mark.parametrize(
    ("margin", "rate", "redeemed", "cost", "percent"),
    [(0.45, 0.05, 0.75, 0.45, 3.9), (0.45, 0.05, 0.75, 1.0, 9.1), (0.25, 0.05, 0.75, 1.0, 17.6),
     (0.45, 0.10, 0.80, 1.0, 21.6)],
)  # fmt: skip
def test_break_even_lifts_are_those_of_the_worked_rows(margin, rate, redeemed, cost, percent):
    """[own] four rows by the formula."""
    programme = ECONOMICS(margin_rate=margin, face_rate=rate, redeemed_share=redeemed, unit_cost=cost)
    assert round(100 * programme.break_even_lift, 1) == percent
    dearer = programme.changed(fixed_cost=8.0)
    for one in (programme, dearer):
        assert one.changed(lift=one.break_even_lift).profit_change == pytest.approx(0, abs=1e-9)


def test_the_change_of_value_is_the_sum_of_all_margins():
    """[own] the closed form beside the series, period by period."""
    programme = ECONOMICS(lift=0.04, retention=0.7, retention_gain=0.05, fixed_cost=2.0, discount=0.12)
    t = np.arange(1, 400)
    series = (programme.margin_with * (0.75 / 1.12) ** t - programme.margin_without * (0.7 / 1.12) ** t).sum()
    assert programme.value_change == pytest.approx(series, rel=1e-12)


def test_ifrs_15_example_52():
    """[standard] IE267–IE270: 100,000 of goods, 10,000 points, 9,500 then 9,700 of them expected."""
    split = analysis.price_allocation(100_000, 10_000, 1.0, redeemed_share=0.95, minor_digits=0)
    assert (split.points_price, split.goods, split.points) == (9_500, 91_324, 8_676)
    periods = pd.DataFrame({"redeemed": [4500, 4000], "expected": [9500, 9700]})
    years = analysis.points_revenue(periods, split.points, minor_digits=0)
    assert years["recognised"].tolist() == [4_110, 3_493]
    assert years["liability"].tolist()[-1] == 1_073
    assert years["catch_up"].tolist() == [0, round(8_676 * 4500 / 9700) - 4_110]


@pytest.mark.parametrize(("expected", "second"), [(9_900, 3_552), (9_200, 4_140)])
def test_kpmg_examples_10a_and_10b(expected, second):
    """[handbook] KPMG, Revenue – IFRS 15 handbook (2019): more, and fewer, are expected to be redeemed than before.

    The handbook rounds the points' part to 9 % first; exactly it is 8,842 of 100,000.
    """
    exact = analysis.price_allocation(100_000, 10_000, 1.0, redeemed_share=0.97, minor_digits=0)
    assert (exact.points, round(100 * exact.points / 100_000)) == (8_842, 9)
    periods = pd.DataFrame({"redeemed": [4500, 4000], "expected": [9700, expected]})
    years = analysis.points_revenue(periods, 9_000, minor_digits=0)
    assert years["recognised"].tolist() == [4_175, second]


def test_a_price_of_800_with_points_worth_19_20():
    """[web] acadifi.com."""
    split = analysis.price_allocation(800, 24, 1.0, redeemed_share=0.8)
    assert (split.points_price, split.goods, split.points) == (pytest.approx(19.20), 781.25, 18.75)


def test_rounding_shares_first_moves_a_unit():
    """[web] finlearnhub.com prints 1,842 and 158: shares were rounded first; exactly it is 1,843 and 157."""
    split = analysis.price_allocation(2_000, 2_000, 0.10, redeemed_share=0.85, minor_digits=0)
    assert (split.goods, split.points) == (1_843, 157)


def test_chain_ladder_of_the_worked_triangle():
    """[own] the factors and ultimates of the design notes; of the first column only its sum matters to them."""
    rows = [[100, 180, 220, 235], [110, 200, 242, NOTHING], [130, 235, NOTHING, NOTHING], [150] + [NOTHING] * 3]
    ladder = analysis.chain_ladder(pd.DataFrame(rows))
    assert ladder.factors["factor"].round(4).tolist() == [1.8088, 1.2158, 1.0682]
    assert ladder.table["ultimate"].round(1).tolist() == [235.0, 258.5, 305.2, 352.4]


def test_chain_ladder_of_taylor_and_ashe_has_macks_errors():
    """[memory] Mack (1993), table 1: reserve 18,680,856 with a standard error of 2,447,095."""
    cells = """357848 1124788 1735330 2218270 2745596 3319994 3466336 3606286 3833515 3901463
    352118 1236139 2170033 3353322 3799067 4120063 4647867 4914039 5339085
    290507 1292306 2218525 3235179 3985995 4132918 4628910 4909315
    310608 1418858 2195047 3757447 4029929 4381982 4588268
    443160 1136350 2128333 2897821 3402672 3873311
    396132 1333217 2180715 2985752 3691712
    440832 1288463 2419861 3483130
    359480 1421128 2864498
    376686 1363294
    344014"""
    rows = [[float(cell) for cell in row.split()] for row in cells.splitlines()]
    ladder = analysis.chain_ladder(pd.DataFrame([row + [NOTHING] * (10 - len(row)) for row in rows]))
    assert round(ladder.table["to_come"].sum()) == 18_680_856
    assert round(ladder.total_standard_error) == 2_447_095
    errors = [75_535, 121_699, 133_549, 261_406, 411_010, 558_317, 875_328, 971_258, 1_363_155]
    assert ladder.table["standard_error"].round().tolist()[1:] == errors


def test_sample_sizes_of_the_experiment():
    """[own] customers in an arm for retention .80 against .82 and .85, power 80 %, two-sided 5 %."""
    near, far = (analysis.plan_rates(0.80, treated_rate=rate, power=0.8) for rate in (0.82, 0.85))
    assert (near.treated_n, far.treated_n) == (6_039, 906)


def test_cuped_takes_away_the_squared_correlation():
    """[own] the standard error falls by 26 % where the correlation is .67: √(1 − ρ²)."""
    luck = np.random.default_rng(2)
    n = 20_000
    known = luck.normal(size=n)
    outcome = 0.6726 * known + np.sqrt(1 - 0.6726**2) * luck.normal(size=n)
    table = pd.DataFrame({"arm": ["invited", "holdout"] * (n // 2), "before": known, "after": outcome})
    table["member"] = (table["arm"] == "invited") & (luck.random(n) < 0.5)
    plain = analysis.holdout_effect(table, "after")
    cuped = analysis.holdout_effect(table, "after", covariate="before")
    assert 1 - cuped.itt.standard_error / plain.itt.standard_error == pytest.approx(0.26, abs=0.01)


def test_endowed_progress_in_the_library_is_that_of_the_counts():
    """[web] 51 and 29 of 150 cards; the sources print +79 % and +82 %, so the row says where it comes from."""
    row = analysis.effect_library().set_index("code").loc["endowed_progress"]
    assert round(row["value"], 2) == 0.76
    assert row["standing"] == "secondary"


def test_every_effect_says_how_far_it_can_be_trusted():
    library = analysis.effect_library()
    assert len(library) >= 14
    assert library["source"].str.len().min() > 5
    assert set(library["standing"]) <= {"abstract", "secondary", "disagrees", "direction"}
    assert not library.loc[library["standing"] == "direction", "usable"].any()
    assert set(library.loc[library["usable"], "code"]) == {"coalition_sales", "salon_value", "salon_value_early"}


def test_the_salon_finding_means_the_published_gain_of_value():
    """29 % more value, four fifths of it by retention: lift and retention together give just that."""
    from crm_toolkit.analysis.loyalty.effects import EFFECTS

    salon = next(effect for effect in EFFECTS if effect.code == "salon_value")
    programme = ECONOMICS(face_rate=0, retention=0.75, discount=0.08)
    lift, gain = salon.applied(programme)
    assert programme.changed(lift=lift, retention_gain=gain).value_with == pytest.approx(1.29 * programme.value_without)
    assert lift == pytest.approx(0.2 * 0.29)


@pytest.mark.parametrize(
    ("ask", "word"),
    [
        (lambda: ECONOMICS(margin_rate=2, redeemed_share=-1), "redeemed_share"),
        (lambda: ECONOMICS(retention=0.9, retention_gain=0.2), "110"),
        (lambda: analysis.price_allocation(0, 10, 1.0, redeemed_share=0), "worth nothing"),
        (lambda: analysis.points_revenue(pd.DataFrame({"redeemed": [10], "expected": [5]}), 10), "In row 1"),
        (lambda: analysis.chain_ladder(pd.DataFrame([[3, 2], [1, NOTHING]])), "fall with age"),
        (lambda: analysis.tornado_table(ECONOMICS(), {"lfit": (0, 1)}), "lfit"),
        (lambda: analysis.economics_monte_carlo(ECONOMICS(), effects=["demotion"]), "demotion"),
        (lambda: analysis.shapley_of_switches(lambda on: len(on), list("abcdefg")), "1 to 6"),
        (lambda: analysis.shapley_of_switches(lambda on: NOTHING, ["a"]), "no finite number"),
        (lambda: analysis.gift_estimate(0.1, 0.2, 0.3), "does not hold"),
    ],
)
def test_a_letter_names_what_is_wrong(ask, word):
    with pytest.raises(InputError) as refusal:
        ask()
    assert word in str(refusal.value)


def test_all_problems_of_a_programme_come_in_one_letter():
    with pytest.raises(InputError) as refusal:
        ECONOMICS(margin_rate=2, redeemed_share=-1, spend="much")
    assert {problem.column for problem in refusal.value.problems} == {"margin_rate", "redeemed_share", "spend"}
