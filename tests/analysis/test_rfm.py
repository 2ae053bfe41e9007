"""Scores: the numbers by hand, by independent code, and the laws they obey."""

import datetime as dt
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis import purchase_coverage, quantile_cuts, rfm_scores
from crm_toolkit.errors import InputError
from crm_toolkit.schema import RFM_SCORES
from crm_toolkit.texts import language

SCORES = ["r_score", "f_score", "m_score"]


def reference_rfm(purchases: pd.DataFrame, as_of: str, bins: int = 5) -> pd.DataFrame:
    """The same by plain pandas, written independently: ranks instead of limits, row by row instead of grouped."""
    last_day = pd.Timestamp(as_of)
    known = purchases[purchases["customer_id"].notna()].copy()
    known["day"] = known["ordered_at"].dt.normalize()
    known = known[known["day"] <= last_day]
    known["cents"] = (known["amount"] * 100).round().astype("int64")
    bought = known[known["amount"] >= 0].groupby("customer_id")
    table = pd.DataFrame(
        {
            "recency_days": (last_day - bought["day"].max()).dt.days,
            "frequency": bought["order_id"].nunique(),
        }
    )
    table["monetary"] = known.groupby("customer_id")["cents"].sum().reindex(table.index) / 100
    for measure, score in zip(["recency_days", "frequency", "monetary"], SCORES, strict=True):
        rank = table[measure].rank(method="average", ascending=measure != "recency_days")
        table[score] = ((2 * rank - 1).astype("int64") * bins) // (2 * len(table)) + 1
    table["rfm"] = table[SCORES].astype(str).agg("".join, axis=1)
    return table.sort_index().reset_index()


def assert_same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    assert list(left.columns) == list(right.columns)
    for name in left.columns:
        assert left[name].tolist() == right[name].tolist(), name


def from_values(recency, frequency, monetary) -> pd.DataFrame:
    """Purchases of customers 0, 1, … who have exactly these numbers on 2024-12-31."""
    rows, order = [], 0
    for customer, (days, orders, money) in enumerate(zip(recency, frequency, monetary, strict=True)):
        moment = pd.Timestamp("2024-12-31") - pd.Timedelta(days=int(days))
        for number in range(int(orders)):
            rows.append((order := order + 1, customer, moment, float(money) if number == 0 else 0.0))
    return pd.DataFrame(rows, columns=["order_id", "customer_id", "ordered_at", "amount"])


def test_five_customers_get_the_numbers_worked_out_on_paper(five):
    scores = rfm_scores(five, as_of="2024-03-31")
    assert list(scores.columns) == list(RFM_SCORES.column_names)
    assert scores["customer_id"].tolist() == ["ann", "bob", "cid", "eve"]
    assert scores["recency_days"].tolist() == [56, 0, 61, 10]  # ann's return of 10 February is no purchase
    assert scores["frequency"].tolist() == [3, 1, 2, 3]
    assert scores["monetary"].tolist() == [32.6, 5.0, 99.99, 7.7]  # 39.60 less the return of 7.00
    # places of 4 customers: 0.125, 0.375, 0.625, 0.875 → scores 1, 2, 4, 5; two who share the top have 0.75 → 4
    assert scores["r_score"].tolist() == [2, 5, 1, 4]
    assert scores["f_score"].tolist() == [4, 1, 2, 4]
    assert scores["m_score"].tolist() == [4, 1, 5, 2]
    assert scores["rfm"].tolist() == ["244", "511", "125", "442"]


# six of the 24, with every seed, number of classes and kind of id among them; the others are behind `slow`
ALWAYS = {(0, 2, False), (1, 5, True), (2, 9, False), (3, 5, False), (0, 9, True), (1, 2, True)}
DRAWS = [
    pytest.param(seed, bins, text_ids, marks=() if (seed, bins, text_ids) in ALWAYS else pytest.mark.slow)
    for seed in range(4)
    for bins in (2, 5, 9)
    for text_ids in (False, True)
]


@pytest.mark.parametrize(("seed", "bins", "text_ids"), DRAWS)
def test_scores_equal_independent_pandas_code_exactly(make_purchases, seed, bins, text_ids):
    purchases = make_purchases(seed, text_ids=text_ids)
    assert_same(rfm_scores(purchases, as_of="2024-01-31", bins=bins), reference_rfm(purchases, "2024-01-31", bins))


def test_ten_bins_keep_the_three_scores_apart_in_the_text(make_purchases):
    scores = rfm_scores(make_purchases(1), as_of="2024-01-31", bins=10)
    assert scores["r_score"].max() == 10
    expected = scores[SCORES].astype(str).agg("-".join, axis=1)
    assert scores["rfm"].tolist() == expected.tolist()


def test_what_is_left_out_is_counted_and_the_money_adds_up(five):
    counts = purchase_coverage(five, as_of="2024-03-31")
    assert (counts.lines, counts.lines_without_customer, counts.lines_after, counts.lines_used) == (14, 1, 1, 12)
    assert (counts.return_lines, counts.customers, counts.customers_only_returns) == (2, 5, 1)
    assert counts.amount_without_customer == 3.0
    assert counts.amount_after == 500.0
    assert counts.amount_only_returns == -15.0
    assert counts.amount_scored == 145.29 == rfm_scores(five, as_of="2024-03-31")["monetary"].sum().round(2)
    assert counts.amount == 633.29
    assert not counts.complete
    assert "1 customer with returns only" in str(counts)
    with language("ru"):
        assert "1 строка без клиента" in str(counts)


@given(
    values=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6), st.integers(0, 20_000)), min_size=1, max_size=25),
    bins=st.integers(2, 10),
    seed=st.integers(0, 100),
)
@settings(max_examples=6, deadline=None)
def test_scores_ignore_row_order_share_ties_and_never_fall_when_the_value_rises(values, bins, seed):
    purchases = from_values(*zip(*[(r, f, cents / 100) for r, f, cents in values], strict=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        scores = rfm_scores(purchases, as_of="2024-12-31", bins=bins)
        shuffled = purchases.sample(frac=1, random_state=seed)
        shuffled.index = [7] * len(shuffled)  # an index may be anything
        assert_same(rfm_scores(shuffled, as_of="2024-12-31", bins=bins), scores)
        doubled = purchases.assign(amount=purchases["amount"] * 2)
        assert_same(rfm_scores(doubled, as_of="2024-12-31", bins=bins)[SCORES], scores[SCORES])
    assert scores["monetary"].tolist() == [cents / 100 for _, _, cents in values]
    for measure, score in zip(["recency_days", "frequency", "monetary"], SCORES, strict=True):
        ordered = scores.sort_values(measure, ascending=measure != "recency_days")
        assert ordered[score].is_monotonic_increasing
        assert scores.groupby(measure)[score].nunique().eq(1).all()
        assert scores[score].between(1, bins).all()


def test_classes_are_even_where_no_values_are_tied():
    scores = rfm_scores(from_values(range(100), [1] * 50 + [2] * 50, range(1, 101)), as_of="2024-12-31")
    assert scores["r_score"].value_counts().tolist() == [20] * 5
    assert scores["m_score"].value_counts().tolist() == [20] * 5


def test_seven_of_ten_who_bought_once_share_one_score():
    scores = rfm_scores(from_values(range(10), [1] * 7 + [2, 3, 4], range(10)), as_of="2024-12-31")
    assert scores["f_score"].tolist() == [2] * 7 + [4, 5, 5]


def test_three_customers_are_spread_over_five_bins():
    scores = rfm_scores(from_values([1, 2, 3], [3, 2, 1], [30, 20, 10]), as_of="2024-12-31")
    assert scores["rfm"].tolist() == ["555", "333", "111"]


def test_equal_customers_get_the_middle_score_and_a_warning():
    with pytest.warns(UserWarning, match="`frequency`|frequency"):
        scores = rfm_scores(from_values([1, 2], [1, 1], [5, 6]), as_of="2024-12-31")
    assert scores["f_score"].tolist() == [3, 3]
    with pytest.warns(UserWarning, match="recency_days, frequency.* monetary"):
        alone = rfm_scores(from_values([1], [1], [5]), as_of="2024-12-31")
    assert alone["rfm"].tolist() == ["333"]


def test_cuts_include_their_limit_in_the_better_class():
    purchases = from_values([30, 31, 90, 91], [1, 2, 4, 5], [99.99, 100, 499.99, 500])
    cuts = {"r": [30, 90], "f": [2, 5], "m": [100, 500]}
    scores = rfm_scores(purchases, as_of="2024-12-31", method="cuts", cuts=cuts)
    assert scores["r_score"].tolist() == [3, 2, 2, 1]
    assert scores["f_score"].tolist() == [1, 2, 2, 3]
    assert scores["m_score"].tolist() == [1, 2, 2, 3]


def test_cuts_reproduce_the_published_scores_of_the_r_package_rfm():
    """Five customers of its example, 2006-12-31, with the limits that it prints (it writes "below 115 days")."""
    recency, orders = [205, 140, 194, 98, 132], [6, 3, 4, 7, 5]
    money = [472, 340, 405, 596, 448]
    cuts = {"r": [114, 180, 296, 481], "f": [4, 5, 6, 8], "m": [256, 382, 506, 666]}
    scores = rfm_scores(from_values(recency, orders, money), as_of="2024-12-31", method="cuts", cuts=cuts)
    assert scores["rfm"].tolist() == ["343", "412", "323", "544", "433"]


def test_quantile_cuts_are_interpolated_quantiles_plus_one(make_purchases):
    scores = rfm_scores(make_purchases(6), as_of="2024-01-31")
    cuts = quantile_cuts(scores, bins=4)
    steps = [0.25, 0.5, 0.75]
    assert cuts["f"] == pytest.approx(np.quantile(scores["frequency"], steps) + 1, rel=1e-12)
    assert cuts["m"] == pytest.approx(np.quantile(scores["monetary"], steps) + 1, rel=1e-12)
    below = [(scores["recency_days"] <= limit).sum() for limit in cuts["r"]]
    assert below == [(scores["recency_days"] < limit + 1).sum() for limit in np.quantile(scores["recency_days"], steps)]


def test_nested_scores_frequency_within_recency_and_money_within_both(make_purchases):
    purchases = make_purchases(5, lines=6_000)
    scores = rfm_scores(purchases, as_of="2024-01-31", bins=3, method="nested")
    plain = reference_rfm(purchases, "2024-01-31", 3)
    assert scores["r_score"].tolist() == plain["r_score"].tolist()

    def within(group: pd.Series) -> pd.Series:
        return ((2 * group.rank(method="average") - 1).astype("int64") * 3) // (2 * len(group)) + 1

    frequency = scores.groupby("r_score")["frequency"].transform(within)
    assert scores["f_score"].tolist() == frequency.tolist()
    assert scores["m_score"].tolist() == scores.groupby(["r_score", "f_score"])["monetary"].transform(within).tolist()
    assert scores["f_score"].tolist() != plain["f_score"].tolist()


def test_the_date_of_analysis_may_be_written_in_many_ways(five):
    expected = rfm_scores(five, as_of="2024-03-31")
    moment = dt.datetime(2024, 3, 31, 12, 30)
    for as_of in (dt.date(2024, 3, 31), moment, pd.Timestamp(moment), np.datetime64(moment), "2024-03-31T12:30"):
        pd.testing.assert_frame_equal(rfm_scores(five, as_of=as_of), expected)


@pytest.mark.parametrize("as_of", ["31.03.2024", "tomorrow", None, pd.NaT, np.datetime64("NaT", "s"), 20240331, 3.5])
def test_what_is_no_date_is_refused(five, as_of):
    with pytest.raises(InputError, match="`as_of` can't be") as refusal:
        rfm_scores(five, as_of=as_of)
    assert refusal.value.problems[0].code == "not_a_date"


def test_nothing_left_is_said_with_the_counts(five):
    with pytest.raises(InputError) as refusal:
        rfm_scores(five[five["amount"] < 0], as_of="2024-03-31")
    assert "0 purchases are left" in str(refusal.value)
    assert "2 lines of returns" in str(refusal.value)
    with pytest.raises(InputError, match="12 lines after") as refusal:
        rfm_scores(five.dropna().head(12), as_of="2020-01-01")
    with pytest.raises(InputError, match="0 lines"):
        rfm_scores(five.head(0), as_of="2024-03-31")
    with pytest.raises(InputError, match="14 lines without a customer"):
        rfm_scores(five.assign(customer_id=None), as_of="2024-03-31")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda p: p.assign(amount=p["amount"].where(p["order_id"] != 3)), "unsound_amount"),
        (lambda p: p.assign(amount=p["amount"].where(p["order_id"] != 3, np.inf)), "unsound_amount"),
        (lambda p: p.assign(amount=p["amount"].where(p["order_id"] != 3, -np.inf)), "unsound_amount"),
        (lambda p: p.assign(amount=p["amount"] * 1e16), "too_large"),
        (lambda p: p.assign(amount=p["amount"].astype(str)), "wrong_kind"),
        (lambda p: p.assign(ordered_at=p["ordered_at"].astype(str)), "wrong_kind"),
        (lambda p: p.assign(ordered_at=p["ordered_at"].dt.tz_localize("UTC")), "wrong_kind"),
        (lambda p: p.assign(ordered_at=p["ordered_at"].where(p["order_id"] != 3)), "no_date"),
        (lambda p: p.assign(order_id=p["order_id"].where(p["order_id"] != 3)), "no_order"),
        (lambda p: p.assign(customer_id=p["customer_id"].where(p["order_id"] != 3, 17)), "mixed_kinds"),
        (lambda p: p.drop(columns="amount"), "missing_column"),
        (lambda p: pd.concat([p, p[["amount"]]], axis=1), "repeated_column"),
        (lambda p: p.to_dict(), "unknown_kind"),
    ],
)
def test_what_can_not_be_added_up_is_refused_and_named(five, change, code):
    with pytest.raises(InputError) as refusal:
        rfm_scores(change(five), as_of="2024-03-31")
    assert [problem.code for problem in refusal.value.problems] == [code]


def test_all_problems_come_in_one_letter(five):
    broken = five.assign(amount="1", ordered_at="2024")
    with pytest.raises(InputError) as refusal:
        rfm_scores(broken, as_of="2024-03-31")
    assert [problem.column for problem in refusal.value.problems] == ["amount", "ordered_at"]


@pytest.mark.parametrize(
    "options",
    [
        {"bins": 1},
        {"bins": 11},
        {"bins": 2.5},
        {"bins": True},
        {"method": "kmeans"},
        {"method": "cuts"},
        {"method": "cuts", "cuts": {"r": [30], "f": [2]}},
        {"method": "cuts", "cuts": {"r": [90, 30], "f": [2, 5], "m": [1, 2]}},
        {"method": "cuts", "cuts": {"r": [30], "f": [2, 5], "m": [1, 2]}},
        {"method": "cuts", "cuts": {"r": [30], "f": [2], "m": [float("nan")]}},
        {"method": "cuts", "cuts": {"r": [30], "f": [2], "m": ["a"]}},
        {"method": "cuts", "cuts": {"r": [30], "f": [2], "m": [5]}, "bins": 5},
        {"cuts": {"r": [30], "f": [2], "m": [5]}},
        {"minor_digits": -1},
    ],
)
def test_options_that_make_no_sense_are_refused(five, options):
    with pytest.raises(InputError):
        rfm_scores(five, as_of="2024-03-31", **options)


def test_a_currency_without_minor_units_and_one_with_three_digits_are_exact():
    purchases = from_values([1, 2], [1, 2], [0.125, 1000.004])
    assert rfm_scores(purchases, as_of="2024-12-31", minor_digits=3)["monetary"].tolist() == [0.125, 1000.004]
    assert rfm_scores(purchases, as_of="2024-12-31", minor_digits=0)["monetary"].tolist() == [0.0, 1000.0]


def test_half_a_cent_is_rounded_up_line_by_line():
    purchases = from_values([1, 2], [1, 2], [0.125, 0.375])  # both are exact in binary
    assert rfm_scores(purchases, as_of="2024-12-31")["monetary"].tolist() == [0.13, 0.38]
