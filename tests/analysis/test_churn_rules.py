"""Who has left: contracts counted, pauses measured, false alarms admitted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit import analysis
from crm_toolkit.errors import InputError


def visits(days_of):
    rows = [
        (name, pd.Timestamp("2024-01-01") + pd.Timedelta(days=day)) for name, days in days_of.items() for day in days
    ]
    return pd.DataFrame(rows, columns=["customer_id", "ordered_at"]).assign(amount=5.0)


REGULAR = {"weekly": range(0, 120, 7), "monthly": range(0, 120, 30), "once": [3], "gone": [0, 7, 14]}


def test_the_threshold_is_the_quantile_of_the_pauses():
    churn = analysis.pause_churn(visits(REGULAR), as_of="2024-04-30", quantile=0.8)
    pauses = sorted([7] * 17 + [30] * 3 + [7] * 2)
    assert churn.threshold_days == pauses[int(np.ceil(0.8 * len(pauses))) - 1] == 7
    table = churn.table.set_index("customer_id")
    assert table["pause_days"].to_dict() == {"weekly": 1, "monthly": 30, "once": 117, "gone": 106}
    assert table["lapsed"].to_dict() == {"weekly": False, "monthly": True, "once": True, "gone": True}
    assert (churn.customers, churn.lapsed, churn.pauses) == (4, 3, 22)


def test_a_customer_s_own_threshold_knows_the_monthly_one():
    churn = analysis.pause_churn(visits(REGULAR), as_of="2024-04-30", quantile=0.8, of="customer", minimum_gaps=3)
    table = churn.table.set_index("customer_id")
    assert table["threshold_days"].to_dict() == {"weekly": 7, "monthly": 30, "once": 7, "gone": 7}
    assert not table.loc["monthly", "lapsed"]


days_ = st.dictionaries(st.integers(0, 15), st.sets(st.integers(0, 200), min_size=1, max_size=15), min_size=1)


@settings(max_examples=8, deadline=None)
@given(days_, st.sampled_from([0.5, 0.75, 0.9]), st.randoms(use_true_random=False))
def test_the_rule_by_hand_on_random_visits_in_any_order(days_of, share, luck):
    pauses = sorted(gap for days in days_of.values() for gap in np.diff(sorted(days)).tolist())
    frame = visits(days_of)
    if not pauses:
        with pytest.raises(InputError, match="nobody on two days"):
            analysis.pause_churn(frame, as_of="2024-07-31")
        return
    churn = analysis.pause_churn(frame, as_of="2024-07-31", quantile=share)
    assert churn.threshold_days == np.quantile(pauses, share, method="inverted_cdf")
    end = (pd.Timestamp("2024-07-31") - pd.Timestamp("2024-01-01")).days
    lapsed = [end - max(days_of[name]) > churn.threshold_days for name in churn.table["customer_id"]]
    assert churn.table["lapsed"].tolist() == lapsed
    order = list(range(len(frame)))
    luck.shuffle(order)
    again = analysis.pause_churn(frame.iloc[order], as_of="2024-07-31", quantile=share)
    pd.testing.assert_frame_equal(again.table, churn.table)
    assert again.test == churn.test


def test_false_alarms_are_counted_on_what_happened_later():
    days_of = {"a": [0, 10, 20, 90], "b": [0, 10, 20], "c": [0, 10, 48], "d": [45, 50]}
    test = analysis.pause_churn(visits(days_of), as_of="2024-04-10", quantile=0.8, tested_on="2024-02-20").test
    assert test.threshold_days == 10
    assert (test.flagged, test.returned, test.unflagged, test.gone) == (2, 1, 2, 2)
    assert (test.false_alarm_rate, test.missed_rate) == (0.5, 1.0)


def test_customers_who_never_leave_raise_only_false_alarms():
    """Poisson visits every 20 days and nobody leaves: whoever is called lapsed comes back in the year after."""
    luck = np.random.default_rng(11)
    days_of = {n: set(np.cumsum(luck.exponential(20, 60)).astype(int).tolist()) for n in range(150)}
    test = analysis.pause_churn(visits(days_of), as_of="2025-12-31", tested_on="2024-12-31").test
    assert test.flagged > 5
    assert test.false_alarm_rate == 1.0
    assert test.flagged / 150 == pytest.approx(0.1, abs=0.08)  # memoryless: one in ten pauses longer than nine of ten


def test_there_is_no_test_where_nobody_had_come_back_yet():
    assert analysis.pause_churn(visits({1: [0, 90], 2: [5, 80]}), as_of="2024-04-30").test is None


def contracts(rows):
    frame = pd.DataFrame(rows, columns=["started_on", "ended_on"])
    return frame.assign(started_on=pd.to_datetime(frame["started_on"]), ended_on=pd.to_datetime(frame["ended_on"]))


def test_contracts_by_hand_with_a_gap_in_the_calendar():
    table = analysis.contract_churn(
        contracts([("2024-01-10", "2024-04-02"), ("2024-01-31", None), ("2024-04-05", "2024-04-06"),
                   ("2024-05-03", None)]),
        as_of="2024-05-20",
    ).set_index("period")  # fmt: skip
    assert list(table.index) == ["2024-01", "2024-02", "2024-03", "2024-04"]
    assert table["at_start"].tolist() == [0, 2, 2, 2]
    assert table["ended"].tolist() == [0, 0, 0, 1]
    assert table["ended_at_once"].tolist() == [0, 0, 0, 1]
    assert np.isnan(table["churn_rate"].iloc[0])
    assert table["churn_rate"].tolist()[1:] == [0, 0, 0.5]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.one_of(st.none(), st.integers(0, 300))), min_size=1, max_size=40))
def test_what_ran_less_what_ended_is_what_runs(spans):
    start = pd.Timestamp("2023-01-01")
    day = lambda n: start + pd.Timedelta(days=n)  # noqa: E731
    rows = [(day(s), pd.NaT if length is None else day(s + length)) for s, length in spans]
    table = analysis.contract_churn(contracts(rows), as_of="2024-12-31")
    running = (table["at_start"] + table["started"] - table["ended"] - table["ended_at_once"]).tolist()
    assert table["at_start"].tolist()[1:] == running[:-1]
    assert running[-1] == sum(length is None for _, length in spans)


def test_contracts_that_all_run_have_a_column_of_nothing():
    frame = contracts([("2024-01-10", None)]).assign(ended_on=None)
    assert analysis.contract_churn(frame, as_of="2024-02-29")["churn_rate"].tolist()[1] == 0.0


@pytest.mark.parametrize(
    ("frame", "letter"),
    [
        (contracts([("2024-01-10", "2024-01-01")]), "1 contract ends before it begins"),
        (contracts([(None, "2024-01-01")]), "1 contract has no first day"),
        (pd.DataFrame({"started_on": ["2024-01-10"], "ended_on": ["2024-01-11"]}), "`ended_on` is of kind"),
        (contracts([("2024-03-10", None)]), "No period is over"),
    ],
)
def test_contracts_that_can_not_be_counted_are_refused(frame, letter):
    with pytest.raises(InputError, match=letter):
        analysis.contract_churn(frame, as_of="2024-03-15")


@pytest.mark.parametrize(
    ("options", "letter"),
    [({"quantile": 0.2}, "quantile"), ({"of": "all"}, "'base'"), ({"tested_on": "2024-05-01"}, "before the date")],
)
def test_options_are_checked(options, letter):
    with pytest.raises(InputError, match=letter):
        analysis.pause_churn(visits(REGULAR), as_of="2024-04-30", **options)
