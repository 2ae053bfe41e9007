"""The compiled replay gives what numpy and the readable ledger give; without numba its loops run as plain Python."""

import datetime as dt
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
from loyalty_histories import EVERY, PLAIN, START, history, posted, programme, reference_tables, replayed_tables

from crm_toolkit.errors import InputError, MissingExtraError
from crm_toolkit.firm.loyalty import Burning, Earning, Life, LoyaltyProgramme, compiled, replay, replaying
from crm_toolkit.texts import language

SIMPLE = ("earn",) * 9 + ("redeem", "adjust", "tier")
needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason='numba is missing: pip install "crm-toolkit[fast]"')


@pytest.fixture
def any_loop(monkeypatch):
    """Let the compiled way be taken with or without numba."""
    monkeypatch.setattr(replaying, "find_spec", lambda name: True)


def assert_same(events, rules, as_of):
    """Tables of both ways, to the point; how many accounts were replayed by the loop."""
    one, other = (replay(events, rules, as_of=as_of, engine=engine) for engine in ("numpy", "numba"))
    assert one._fast is None
    for name in ("balances", "lots", "movements", "refused"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    pd.testing.assert_series_equal(one.expired, other.expired)
    pd.testing.assert_frame_equal(one.months(), other.months())
    return other, 0 if other._fast is None else int(other._fast.done.sum())


def compare(seed):
    """A random programme and a random history of simple, plain or all kinds of events."""
    luck = np.random.default_rng(seed)
    rules, kinds = programme(luck), (SIMPLE, PLAIN, EVERY)[seed % 3]
    events = history(luck, events=int(luck.integers(1, 50)), members=int(luck.integers(1, 6)), kinds=kinds,
                     overrides=luck.random() < 0.1, hours=int(luck.choice([1, 6, 20])))  # fmt: skip
    as_of = START + dt.timedelta(days=int(luck.integers(1, 260)))
    done, number = assert_same(events, rules, as_of)
    assert replayed_tables(done) == reference_tables(posted(events, rules, as_of)), seed
    return number


def test_loops_are_numpy_and_the_readable_ledger(any_loop):
    assert sum(compare(seed) for seed in range(24)) > 8


@pytest.mark.slow
def test_loops_are_numpy_and_the_readable_ledger_for_thousands_of_histories(any_loop):
    assert sum(compare(seed) for seed in range(1_500)) > 400


def plain_log(luck, events, members):
    """Earned and used points without a refusal by hand: some uses are larger than the balance."""
    kind = luck.choice(["earn", "earn", "earn", "redeem", "adjust"], events)
    points = luck.integers(1, 60, events)
    return pd.DataFrame({
        "event_id": np.arange(events), "member_id": luck.integers(0, members, events) + 7,
        "at": np.datetime64("2024-01-01") + np.sort(luck.integers(0, 500 * 86_400, events)).astype("timedelta64[s]"),
        "kind": kind, "points": np.where((kind == "adjust") & (luck.random(events) < 0.3), -points, points),
    })  # fmt: skip


@needs_numba
@pytest.mark.parametrize("life", [
    Life(validity="days", validity_days=40), Life(pending="days", pending_days=3, validity="days", validity_days=30),
    Life(validity="period_end", period="quarter", more_periods=1), Life(validity="days", rounding="period_end"), Life(),
], ids=["days", "pending", "quarters", "rounded", "unlimited"])  # fmt: skip
def test_translated_loops_in_blocks_and_threads_are_numpy(life, monkeypatch):
    monkeypatch.setattr(compiled, "_BLOCK", 500)
    rules = LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning(), life=life)
    log = plain_log(np.random.default_rng(3), 20_000, 1_500)
    assert assert_same(log, rules, "2025-03-01")[1] > 100
    assert assert_same(log.sample(frac=1, random_state=1), rules, "2024-11-11T11:00")[1] > 100


def test_numba_is_taken_by_itself_from_a_million_events_on(any_loop, monkeypatch):
    rules = LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning())
    log = plain_log(np.random.default_rng(3), 300, 30)
    assert replay(log, rules)._fast is None
    monkeypatch.setattr(replaying, "_WORTH_LOADING", 300)
    assert replay(log, rules)._fast is not None
    assert replay(log, rules, engine="numpy")._fast is None


def test_an_engine_that_is_missing_or_unknown_gets_a_letter(monkeypatch):
    rules = LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning())
    log = plain_log(np.random.default_rng(3), 10, 3)
    monkeypatch.setattr(replaying, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"needs numba: pip install \"crm-toolkit\[fast\]\""):
        replay(log, rules, engine="numba")
    with language("ru"), pytest.raises(MissingExtraError, match="нужна библиотека numba"):
        replay(log, rules, engine="numba")
    with pytest.raises(InputError, match="Allowed: 'numba'"):
        replay(log, rules, engine="gpu")


def test_points_are_gone_at_the_moment_of_expiry_and_there_at_that_of_activation(any_loop):
    """The second account's use comes a second before the expiry, the third's with the activation."""
    life = Life(pending="days", pending_days=3, validity="days", validity_days=30)
    rules = LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning(), life=life)
    begin, used = pd.Timestamp("2026-01-01"), ["33 days", "32 days 23:59:59", "3 days", "2 days 23:59:59"]
    log = pd.DataFrame({
        "event_id": range(8), "member_id": [0, 1, 2, 3] * 2, "kind": ["earn"] * 4 + ["redeem"] * 4, "points": 10,
        "at": [begin] * 4 + [begin + pd.Timedelta(after) for after in used],
    })  # fmt: skip
    done, _ = assert_same(log, rules, "2026-04-01")
    assert done.refused["member_id"].tolist() == [3, 0]
    assert done.expired.to_dict() == {0: 10, 3: 10}
    assert replay(log, rules, as_of=begin + pd.Timedelta("33 days"), engine="numba").expired.to_dict() == {0: 10, 3: 10}


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_use_may_take_the_last_point_and_not_one_more(any_loop, more):
    rules = LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning(), life=Life())
    log = pd.DataFrame({
        "event_id": range(4), "member_id": [0, 1, 0, 0], "kind": ["earn", "earn", "redeem", "earn"],
        "points": [10, 10, 10 + more, 5], "at": pd.date_range("2026-01-01", periods=4),
    })  # fmt: skip
    done, replayed = assert_same(log, rules, "2026-02-01")
    assert len(done.refused) == (more > 0)
    assert replayed == (1 if more > 0 else 2), "the account that asks for too much is left to the slower way"


@pytest.mark.parametrize("first_member", [-3, 0, 7, 10**15])
@pytest.mark.parametrize("ticks", [0, 1], ids=["whole seconds", "a microsecond more"])
@pytest.mark.parametrize("size", [1, 10**10], ids=["few points", "many points"])
def test_wide_and_narrow_numbers_are_the_same(any_loop, first_member, ticks, size):
    """Whole seconds and few points are kept in half of the memory."""
    rules = LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning(),
                             life=Life(validity="days", validity_days=40))  # fmt: skip
    log = plain_log(np.random.default_rng(11), 300, 100)
    log["member_id"] += first_member - 7
    log["points"] *= size
    log["at"] = log["at"].astype("datetime64[us]") + pd.to_timedelta(np.arange(len(log)) * ticks, unit="us")
    assert assert_same(log, rules, "2025-06-01")[1] > 0


def test_an_account_may_be_older_than_a_half_of_the_seconds_that_fit(any_loop):
    rules = LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning(), life=Life())
    at = pd.to_datetime(["1900-01-01 00:00:00", "1968-01-19 03:14:06", "1968-01-19 03:14:08", "2030-01-01 00:00:00"])
    log = pd.DataFrame({"event_id": range(4), "member_id": 1, "kind": "earn", "points": 2**31 - 1, "at": at})
    assert assert_same(log, rules, "2031-01-01")[0].balances["balance"].tolist() == [4 * (2**31 - 1)]


@pytest.mark.parametrize("ticks", [0, 1], ids=["whole seconds", "a microsecond more"])
def test_the_clock_of_an_account_that_only_earns_stops_at_the_very_moment(any_loop, ticks):
    life = Life(validity="days", validity_days=40)
    rules = LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning(), life=life)
    at = pd.to_datetime(["2026-01-01 10:00:00", "2026-01-05 10:00:00"]).astype("datetime64[us]")
    at += pd.to_timedelta([0, ticks], unit="us")
    log = pd.DataFrame({"event_id": [0, 1], "member_id": [0, 1], "kind": "earn", "points": 10, "at": at})
    for late, gone in ((pd.Timedelta(0), {0: 10, 1: 10}), (pd.Timedelta(-1, "us"), {0: 10})):
        done, replayed = assert_same(log, rules, at[1] + pd.Timedelta(40, "D") + late)
        assert replayed == 2
        assert done.expired.to_dict() == gone
