"""The fast replay gives what the readable ledger gives, for every programme and every history."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from loyalty_histories import EVERY, PLAIN, START, history, posted, programme, reference_tables, replayed_tables, table

from crm_toolkit.errors import InputError
from crm_toolkit.firm.loyalty import Burning, Earning, Life, LoyaltyProgramme, replay
from crm_toolkit.texts import language

POINTS = LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning())


def compare(seed):
    """One random programme, one random history, both ledgers; how many members went through lanes."""
    luck = np.random.default_rng(seed)
    rules = programme(luck)
    kinds = PLAIN if luck.random() < 0.4 else EVERY
    events = history(luck, events=int(luck.integers(1, 40)), members=int(luck.integers(1, 5)), kinds=kinds,
                     overrides=luck.random() < 0.2, hours=int(luck.choice([1, 6, 6])))  # fmt: skip
    as_of = START + dt.timedelta(days=int(luck.integers(1, 260)))
    done = replay(events, rules, as_of=as_of)
    assert replayed_tables(done) == reference_tables(posted(events, rules, as_of)), seed
    months = done.months()
    assert (months["opening"].iloc[1:].to_numpy() == months["closing"].iloc[:-1].to_numpy()).all()
    assert (months["opening"] + months["issued"] - months["redeemed"] - months["expired"] - months["reversed"]
            == months["closing"]).all()  # fmt: skip
    return int((~done._in_waves).sum())


def test_replay_is_the_readable_ledger():
    for seed in range(10):
        compare(seed)


@pytest.mark.slow
def test_replay_is_the_readable_ledger_for_ten_thousand_programmes_and_histories():
    assert sum(compare(seed) for seed in range(10_000)) > 1000


def sensible(luck, members=30, events=300, life=None):
    """A log without refusals of many members, mostly plain: what the closed form is for."""
    rules = LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning(),
                             life=life or Life(validity="days", validity_days=90))  # fmt: skip
    rows = history(luck, events=events, members=members, kinds=("earn",) * 7 + ("redeem", "redeem", "refund", "adjust"),
                   hours=1)  # fmt: skip
    refused = posted(rows, rules, "2030-01-01").refused
    return rules, rows[~rows["event_id"].isin([event.event_id for event, _ in refused])].reset_index(drop=True)


@pytest.mark.parametrize("life", [
    Life(validity="days", validity_days=20), Life(pending="days", pending_days=3, validity="days", validity_days=15),
    Life(validity="period_end", period="month"), Life(),
], ids=["days", "pending", "month ends", "unlimited"])  # fmt: skip
def test_plain_histories_need_no_waves_and_are_right(life):
    rules, rows = sensible(np.random.default_rng(5), life=life)
    done = replay(rows, rules, as_of="2028-01-01")
    assert (~done._in_waves).mean() > 0.2
    assert replayed_tables(done) == reference_tables(posted(rows, rules, "2028-01-01"))


def test_the_order_of_rows_and_the_kind_of_ids_do_not_matter():
    luck = np.random.default_rng(7)
    rows = history(luck, events=60, hours=7).drop_duplicates("at")
    plain = replay(rows, POINTS, as_of="2027-01-01")
    mixed = replay(rows.sample(frac=1, random_state=3), POINTS, as_of="2027-01-01")
    pd.testing.assert_frame_equal(plain.movements, mixed.movements)
    named = rows.assign(member_id="m" + rows["member_id"].astype(str), kind=rows["kind"].astype("category"),
                        other_id=("m" + rows["other_id"].astype("str")).where(rows["other_id"].notna()),
                        order_id=("o" + rows["order_id"].astype("str")).where(rows["order_id"].notna()))  # fmt: skip
    texts = replay(named, POINTS, as_of="2027-01-01")
    assert sorted(texts.balances["balance"]) == sorted(plain.balances["balance"])
    assert texts.movements["points"].tolist() == plain.movements["points"].tolist()


def test_balances_of_the_past_are_those_of_a_replay_up_to_then():
    luck = np.random.default_rng(11)
    rows = history(luck, events=50)
    rows = rows[~rows["kind"].isin(["erase", "merge"])]
    whole = replay(rows, POINTS, as_of="2027-01-01")
    for moment in rows["at"].iloc[[3, 10, 25, 40]]:
        then = replay(rows, POINTS, as_of=moment).balances.set_index("member_id")["balance"]
        now = whole.balances_at(moment).set_index("member_id")["balance"]
        assert now.reindex(then.index, fill_value=0).tolist() == then.tolist()


def test_an_empty_log_is_an_empty_ledger():
    done = replay(table([]), POINTS, as_of="2026-03-15")
    assert [len(frame) for frame in (done.balances, done.lots, done.movements, done.refused)] == [0, 0, 0, 0]
    assert done.months()["closing"].tolist() == [0]


def test_large_sums_are_exact():
    rows = table([{"event_id": number, "member_id": 1, "at": START + dt.timedelta(days=number), "kind": "earn",
                   "points": 10**12, "amount_minor": 10**12, "order_id": number} for number in range(4)]
                 + [{"event_id": 9, "member_id": 1, "at": START + dt.timedelta(days=9), "kind": "refund", "points": 0,
                     "amount_minor": 333_333_333_333, "order_id": 0}])  # fmt: skip
    assert replay(rows, POINTS).balances["balance"].tolist() == [4 * 10**12 - 333_333_333_333]


SLIPS = {
    "kind": ["earn", "expire", "redem", "redeem", "refund", "transfer", "adjust"],
    "points": [5, -5, 5, 0, 0, 3, 0],
}


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_a_log_tells_all_its_problems_at_once(spoken):
    at = [START] * 6 + [None]
    log = pd.DataFrame({"event_id": range(7), "member_id": [1, 1, 1, 1, 1, 1, None], "at": at, **SLIPS})
    with language(spoken), pytest.raises(InputError) as first:
        replay(log, POINTS)
    codes = [problem.code for problem in first.value.problems]
    assert codes == ["unknown_kind", "unknown_kind", "no_time", "no_member"]
    assert ("leave these rows out" in str(first.value)) == (spoken == "en")
    assert "redeem" in str(first.value)
    mended = log.assign(kind=log["kind"].replace({"expire": "earn", "redem": "reserve"}), at=START, member_id=1)
    with language(spoken), pytest.raises(InputError) as second:
        replay(mended, POINTS)
    codes = [problem.code for problem in second.value.problems]
    assert codes == ["no_points", "no_points", "negative", "no_amount", "no_order", "no_other"]


@pytest.mark.parametrize(("column", "value", "code"), [
    ("points", 1.5, "not_whole"), ("points", "many", "not_whole"), ("points", 10**13, "too_large"),
    ("points", float("inf"), "not_whole"), ("at", "yesterday", "no_time"),
    ("at", pd.Timestamp("2026-01-01", tz="UTC"), "time_zone"), ("amount_minor", -1, "negative"),
    ("expires_at", pd.Timestamp("2025-01-01"), "expires_before"),
])  # fmt: skip
def test_a_value_that_can_not_be_is_refused_by_name(column, value, code):
    log = pd.DataFrame({"event_id": [1], "member_id": [1], "at": [START], "kind": ["earn"], "points": [5]})
    with pytest.raises(InputError) as letter:
        replay(log.assign(**{column: [value]}), POINTS)
    assert [(problem.code, problem.column) for problem in letter.value.problems] == [(code, column)]


def test_a_missing_column_is_named():
    with pytest.raises(InputError, match="lacks 1 column"):
        replay(pd.DataFrame({"event_id": [], "member_id": [], "at": [], "kind": []}), POINTS)


def test_a_later_moment_than_the_replay_is_refused():
    done = replay(table([]), POINTS, as_of="2026-03-15")
    with pytest.raises(InputError, match="can't be told"):
        done.balances_at("2026-04-01")
