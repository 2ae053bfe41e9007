"""Service times and shares: order statistics, requests that are still open, working time, first contact."""

from datetime import time
from importlib.util import find_spec
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.complaints.rates import complaint_rates
from crm_toolkit.analysis.service.quantiles import time_quantiles
from crm_toolkit.analysis.service.recovery import recovery_cases
from crm_toolkit.analysis.service.shares import first_contact_resolution, reopen_rate, sla_kept, sla_kept_judged
from crm_toolkit.analysis.service.times import requests_from_events, service_times
from crm_toolkit.errors import InputError
from crm_toolkit.firm import BusinessHours, ServiceLevel, sla_table
from tests.analysis.contracts.service import requests

DATASETS = Path(__file__).parents[2] / "datasets"
HOURS = BusinessHours({weekday: ((time(9), time(17)),) for weekday in range(5)})


@pytest.mark.parametrize(("n", "ranks"), [(10, (2, 9)), (20, (6, 15)), (50, (18, 33)), (100, (40, 61))])
def test_the_interval_of_a_median_has_the_tabled_ranks(n, ranks):
    """The ranks of printed tables for a 95 % interval of the median (Conover 1999, sign test)."""
    minutes = np.arange(1.0, n + 1)
    (found,) = time_quantiles(minutes, np.ones(n, dtype=bool), [0.5], 0.95)
    assert (found.low, found.high) == ranks


def test_intervals_of_percentiles_cover_at_least_as_often_as_stated():
    luck, truth = np.random.default_rng(1), {0.5: np.log(2.0), 0.9: np.log(10.0)}
    held = dict.fromkeys(truth, 0)
    for sample in luck.exponential(size=(1000, 60)):
        for found in time_quantiles(sample, np.ones(60, dtype=bool), list(truth), 0.95):
            held[found.quantile] += found.low <= truth[found.quantile] and not found.high <= truth[found.quantile]
    assert all(0.94 < count / 1000 < 0.99 for count in held.values())


def test_open_requests_are_counted_and_the_interval_still_covers():
    """Requests watched for a limited time; leaving the open ones out would halve the median."""
    luck, held, naive = np.random.default_rng(2), 0, []
    for _ in range(500):
        true, watched = luck.exponential(60, 100), luck.uniform(0, 120, 100)
        over = true <= watched
        (found,) = time_quantiles(np.minimum(true, watched), over, [0.5], 0.95)
        held += bool(found.low <= 60 * np.log(2) and not found.high < 60 * np.log(2))
        naive.append(np.median(true[over]))
    assert 0.92 < held / 500 < 0.98
    assert np.mean(naive) < 30  # the truth is 41.6


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=1, max_size=60), st.sampled_from([0.25, 0.5, 0.9]))
def test_kaplan_and_meier_agree_with_order_statistics_where_all_is_over(minutes, share):
    times = np.array(minutes, dtype=float)
    (plain,) = time_quantiles(times, np.ones(len(times), dtype=bool), [share], 0.95)
    later = np.append(times, 10_000.0)  # one that is still open, and beyond all others
    (curve,) = time_quantiles(later, later < 10_000, [share * len(times) / len(later)], 0.95)
    assert curve.value == pytest.approx(plain.value)
    assert curve.low <= curve.value


def test_minutes_are_those_of_the_wall_clock_or_of_working_time():
    friday = pd.Timestamp("2026-03-06 16:00")
    table = pd.DataFrame(
        {"opened_at": [friday], "first_response_at": [friday + pd.Timedelta(days=2, hours=18)], "resolved_at": [pd.NaT]}
    )
    wall = service_times(table, as_of="2026-03-10").table.iloc[0]
    assert wall["minutes"] == 66 * 60
    working = service_times(table, as_of="2026-03-10", hours=HOURS)
    assert working.table["minutes"][0] == 120
    assert working.working_time
    open_ = working.table[working.table["measure"] == "resolution"].iloc[0]
    assert (open_["done"], open_["open"], bool(open_["reached"])) == (0, 1, False)


def test_nothing_after_the_date_of_analysis_is_known():
    opened = pd.to_datetime(["2024-01-01 10:00", "2024-01-05 10:00"])
    table = pd.DataFrame(
        {"opened_at": opened, "first_response_at": opened + pd.Timedelta(days=2), "resolved_at": pd.NaT}
    )
    found = service_times(table, as_of="2024-01-02")
    assert found.left_out == 1
    assert found.table["done"].tolist() == [0] * 4
    assert service_times(table, as_of="2024-01-03", quantiles=0.5).table["minutes"][0] == 2 * 1440


def test_a_solution_without_an_answer_is_the_answer_too():
    opened = pd.Timestamp("2024-01-01 10:00")
    table = pd.DataFrame(
        {"opened_at": [opened], "first_response_at": pd.NaT, "resolved_at": opened + pd.Timedelta("1h")}
    )
    assert service_times(table, as_of="2024-01-02").table["minutes"].tolist() == [60.0] * 4


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("opened_at", None, "no_date"), ("first_response_at", pd.Timestamp("2020-01-01"), "reversed")],
)
def test_times_that_can_t_be_are_refused_with_their_count(column, value, code):
    table = requests().copy()
    table.loc[3, column] = value
    with pytest.raises(InputError) as refusal:
        service_times(table, as_of="2024-01-31")
    assert refusal.value.problems[0].code == code
    assert "1 request" in refusal.value.problems[0].what


def test_the_share_kept_counts_only_what_is_due():
    opened = pd.Timestamp("2024-01-01 10:00") + pd.to_timedelta([0, 0, 0, 13 * 60 + 30, 13 * 60 + 30], unit="min")
    answered = [
        opened[0] + pd.Timedelta("30min"),
        opened[1] + pd.Timedelta("2h"),
        None,
        opened[3] + pd.Timedelta("5min"),
    ]
    table = pd.DataFrame({"opened_at": opened, "first_response_at": [*answered, None], "resolved_at": pd.NaT})
    found = sla_kept(table, as_of="2024-01-01", first_response_minutes=60, resolution_minutes=300).set_index("target")
    assert found.loc["first_response", ["due", "kept", "running"]].tolist() == [3, 1, 2]
    assert found.loc["resolution", "kept"] == 0
    with pytest.raises(InputError, match="No target is given"):
        sla_kept(table, as_of="2024-01-01")


def test_without_pauses_the_share_is_that_of_the_service_level_s_clock():
    table = requests().assign(priority="usual").sort_values("request_id", ignore_index=True)
    level = ServiceLevel("usual", 60, 480, HOURS)
    pieces = [
        pd.DataFrame({"request_id": table["request_id"], "at": table[column], "kind": kind})
        for column, kind in (("first_response_at", "responded"), ("resolved_at", "resolved"))
    ]
    events = pd.concat(pieces).dropna().sort_values(["request_id", "at"], kind="stable")
    judged = sla_table({"usual": level}, table, events, now="2024-03-10 00:00")
    expected = sla_kept_judged(judged)
    found = sla_kept(table, as_of="2024-03-09", first_response_minutes=60, resolution_minutes=480, hours=HOURS)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert 0 < found["share"][0] < 1


def test_events_put_together_are_the_requests_they_came_from():
    events = pd.DataFrame(
        [
            (2, "2024-01-02 10:00", "opened"), (2, "2024-01-02 11:00", "resolved"), (2, "2024-01-03 09:00", "reopened"),
            (1, "2024-01-01 10:00", "opened"), (1, "2024-01-01 10:30", "responded"),
            (1, "2024-01-01 12:00", "resolved"),
            (1, "2024-01-02 12:00", "reopened"), (1, "2024-01-04 12:00", "resolved"),
            (3, "2024-01-05 08:00", "assigned"),
            (3, "2024-01-05 09:00", "rejected"),
        ],
        columns=["request_id", "happened_at", "event"],
    )  # fmt: skip
    found = requests_from_events(events.assign(happened_at=pd.to_datetime(events["happened_at"])))
    assert found["request_id"].tolist() == [1, 2, 3]
    assert found["reopened"].tolist() == [1, 1, 0]
    assert found["rejected"].tolist() == [False, False, True]
    assert found["resolved_at"].tolist()[0] == pd.Timestamp("2024-01-04 12:00")
    assert found["resolved_at"].isna().tolist() == [False, True, True]
    assert found["first_response_at"].tolist()[:2] == [
        pd.Timestamp("2024-01-01 10:30"),
        pd.Timestamp("2024-01-02 11:00"),
    ]
    assert reopen_rate(found)[["settled", "reopened"]].to_numpy().tolist() == [[2, 2]]
    with pytest.raises(InputError, match="1 event is of an unknown kind"):
        requests_from_events(
            events.assign(happened_at=pd.to_datetime(events["happened_at"])).replace("assigned", "lost")
        )


def test_first_contact_by_repeats_finds_the_planted_share():
    """2,000 first contacts, a fifth of them unresolved and back within a week."""
    luck = np.random.default_rng(9)
    opened = pd.Timestamp("2024-01-01") + pd.to_timedelta(luck.integers(0, 60 * 1440, 2000), unit="min")
    back = luck.random(2000) < 0.2
    again = opened[back] + pd.to_timedelta(luck.integers(60, 6 * 1440, back.sum()), unit="min")
    contacts = pd.DataFrame(
        {"customer_id": [*range(2000), *np.flatnonzero(back)], "opened_at": [*opened, *again], "kind": "complaint"}
    )
    found = first_contact_resolution(contacts, rule="no_repeat", as_of="2024-03-31").iloc[0]
    assert found["requests"] == 2000
    assert found["resolved"] == 2000 - back.sum()
    assert found["low"] < 0.8 < found["high"]


def test_every_kind_of_table_gives_the_same_answers(tmp_path):
    frame = requests()
    arrow = pa.Table.from_pandas(frame, preserve_index=False)
    frame.to_parquet(tmp_path / "t.parquet", index=False)
    kinds = [arrow, duckdb.connect().from_arrow(arrow), tmp_path / "t.parquet"]
    if find_spec("polars"):
        import polars

        kinds.append(polars.from_arrow(arrow))
    ask = {
        "times": lambda t: service_times(t, as_of="2024-01-31", by="channel").table,
        "kept": lambda t: sla_kept(t, as_of="2024-01-31", resolution_minutes=600, by="kind"),
        "first": lambda t: first_contact_resolution(t, by="channel"),
    }
    for question in ask.values():
        expected = question(frame)
        for table in kinds:
            pd.testing.assert_frame_equal(question(table), expected)


def test_the_tables_of_a_shipped_world_can_be_read():
    """Repeats are counted from the same contacts that carry the employees' own flag; the two agree within noise."""
    folder = DATASETS / "clinic"
    contacts = pd.read_csv(folder / "contacts.csv", parse_dates=["opened_at"])
    asked = contacts[contacts["kind"] == "service_request"]
    by_flag = first_contact_resolution(contacts, kinds=["service_request"]).iloc[0]
    assert by_flag["requests"] == len(asked)
    assert by_flag["share"] == pytest.approx(asked["resolved_first_contact"].mean())
    by_repeat = first_contact_resolution(
        contacts, rule="no_repeat", kinds=["service_request"], as_of=contacts["opened_at"].max()
    ).iloc[0]
    assert by_repeat["share"] == pytest.approx(asked["resolved_first_contact"].mean(), abs=0.1)
    sold = pd.read_csv(folder / "orders.csv", parse_dates=["ordered_at"])
    told = pd.read_csv(folder / "complaints.csv", parse_dates=["opened_at", "resolved_at"])
    rates = complaint_rates(told, sold, per="order", as_of="2026-12-31").table.iloc[0]
    assert (rates["complaints"], rates["exposure"]) == (len(told), len(sold))
    states = recovery_cases(sold, told, as_of="2026-12-31")["state"].value_counts()
    right = told["resolved_at"].notna() & (told["remedy"] != "none") & told["order_id"].isin(sold["order_id"])
    assert states["recovered"] == told.loc[right, "order_id"].nunique()
