"""Faults that published open-source ledgers had: each is a test that names it."""

import datetime as dt

import pandas as pd
import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.firm.loyalty import Account, Burning, Earning, Event, Ledger, Life, LoyaltyProgramme, Returns, replay


def rules(**parts):
    return LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning(), **parts)


def day(number):
    return dt.datetime(2026, 1, 1) + dt.timedelta(days=number)


def booked(programme, *events):
    """The reference ledger and the replay after events: (day, member, kind, points, more columns)."""
    log = [Event(number, member, day(when), kind, points, **more)
           for number, (when, member, kind, points, more) in enumerate((*one, {})[:5] for one in events)]  # fmt: skip
    ledger = Ledger(programme)
    for event in log:
        ledger.take(event)
    ledger.close(day(400))
    frame = pd.DataFrame([vars(event) for event in log])
    frame["order_id"] = frame["order_id"].astype("str").where(frame["order_id"].notna())
    done = replay(frame, programme, as_of=day(400))
    for row in done.balances.itertuples():
        if row.member_id in ledger.accounts:
            assert row.balance == ledger.balance(row.member_id)
    return ledger, done


@pytest.mark.parametrize("order", ["invoice-7", "order-7", None])
def test_balance_59_redeem_50_earn_56_is_65_whatever_the_document(order):
    """A redemption booked with a document of another type was not counted, and 115 points stayed."""
    ledger, done = booked(
        rules(), (0, "ann", "earn", 59, {"order_id": "order-1", "amount_minor": 5900}),
        (1, "ann", "redeem", 50, {"order_id": order}),
        (1, "ann", "earn", 56, {"order_id": "order-7" if order != "order-7" else "order-8", "amount_minor": 5600}),
    )  # fmt: skip
    assert ledger.balance("ann") == 65
    assert done.balances["balance"].tolist() == [65]


@pytest.mark.parametrize("spent", ["negative", "debt", "forgive"])
def test_a_refund_after_the_points_were_spent_is_never_silent(spent):
    """The points of a refunded order were kept by who had used them quickly."""
    events = [(0, "ann", "earn", 100, {"order_id": "a", "amount_minor": 10_000}), (1, "ann", "redeem", 70),
              (2, "ann", "refund", 0, {"order_id": "a", "amount_minor": 10_000}),
              (3, "ann", "earn", 50, {"order_id": "b", "amount_minor": 5_000})]  # fmt: skip
    ledger, done = booked(rules(returns=Returns(spent=spent)), *events)
    account = done.balances.iloc[0]
    assert (account["balance"], account["owed"], account["debt"], account["forgiven"]) == {
        "negative": (-20, 20, 0, 0), "debt": (50, 0, 70, 0), "forgive": (50, 0, 0, 70),
    }[spent]  # fmt: skip
    told = done.movements[done.movements["event_id"] == 2]
    assert abs(told["points"].sum()) + told["unmoved"].sum() == 100
    assert ledger.balance("ann", day(2)) == {"negative": -70, "debt": 0, "forgive": 0}[spent]


def test_a_partial_refund_reverses_in_proportion_and_all_parts_make_the_whole():
    earned = (0, "ann", "earn", 10, {"order_id": "a", "amount_minor": 1000})
    thirds = [(number, "ann", "refund", 0, {"order_id": "a", "amount_minor": amount})
              for number, amount in ((1, 333), (2, 333), (3, 334))]  # fmt: skip
    _, done = booked(rules(), earned, *thirds)
    assert done.movements["points"].tolist() == [10, -3, -3, -4]
    assert done.lots["state"].tolist() == ["reversed"]


def test_points_that_paid_for_a_refunded_order_come_back_or_are_lost_as_the_rule_says():
    events = [(0, "ann", "earn", 100, {"order_id": "a", "amount_minor": 100}),
              (1, "ann", "earn", 0, {"order_id": "b", "amount_minor": 9000}),
              (1, "ann", "redeem", 60, {"order_id": "b"}),
              (2, "ann", "refund", 0, {"order_id": "b", "amount_minor": 4500})]  # fmt: skip
    assert booked(rules(returns=Returns(redeemed="new_lot")), *events)[1].balances["balance"].tolist() == [70]
    assert booked(rules(returns=Returns(redeemed="lost")), *events)[1].balances["balance"].tolist() == [40]


def test_what_had_expired_before_the_refund_is_void_and_no_debt():
    life = Life(validity="days", validity_days=10)
    _, done = booked(rules(life=life), (0, "ann", "earn", 100, {"order_id": "a", "amount_minor": 1000}),
                     (1, "ann", "redeem", 30),
                     (20, "ann", "refund", 0, {"order_id": "a", "amount_minor": 1000}))  # fmt: skip
    assert done.balances[["balance", "owed"]].values.tolist() == [[-30, 30]]
    assert done.movements.loc[done.movements["kind"] == "void", "unmoved"].tolist() == [70]


def test_a_stored_balance_can_not_differ_from_the_log():
    """A balance stood beside the history of points, and the two went apart."""
    ledger, done = booked(rules(), (0, "ann", "earn", 30), (1, "ann", "redeem", 12), (2, "ann", "redeem", 19))
    assert [reason for _, reason in ledger.refused] == ["balance_too_small"]
    assert done.refused[["event_id", "reason"]].values.tolist() == [[2, "balance_too_small"]]
    for number in range(4):
        moved = done.movements[done.movements["at"] <= day(number)]
        at = done.balances_at(day(number))
        assert at["balance"].sum() == moved["available"].sum() == ledger.balance("ann", day(number))
    with pytest.raises(AttributeError):
        ledger.accounts["ann"].balance = 1000


def test_the_lot_that_expires_first_is_used_first_and_named():
    life = Life(validity="days", validity_days=30)
    log = pd.DataFrame({
        "event_id": ["old", "short", "use"], "member_id": 1, "at": [day(0), day(1), day(2)],
        "kind": ["earn", "earn", "redeem"], "points": [40, 40, 50], "expires_at": [None, day(5), None],
    })  # fmt: skip
    moved = replay(log, rules(life=life)).movements
    used = moved[moved["kind"] == "redeem"]
    assert sorted(zip(used["lot_id"], used["points"], strict=True)) == [("old", -10), ("short", -40)]
    ledger = Ledger(rules(life=life))
    for row in log.to_dict("records"):
        ledger.post(Event(**{**row, "at": row["at"].to_pydatetime(), "expires_at": None if pd.isna(row["expires_at"])
                             else row["expires_at"].to_pydatetime()}))  # fmt: skip
    drawn = sorted((one.lot_id, one.points) for one in ledger.movements if one.kind == "redeem")
    assert drawn == [("old", -10), ("short", -40)]


def test_replaying_the_log_twice_gives_the_same_state():
    log = pd.DataFrame({
        "event_id": [1, 2, 3], "member_id": [7, 7, 8], "at": [day(0), day(1), day(1)],
        "kind": ["earn", "redeem", "earn"], "points": [59, 50, 10],
    })  # fmt: skip
    once, twice = replay(log, rules()), replay(pd.concat([log, log]), rules())
    for name in ("balances", "lots", "movements", "refused"):
        pd.testing.assert_frame_equal(getattr(once, name), getattr(twice, name))
    assert twice.log.repeated == 3


def test_the_same_id_with_other_content_is_refused_in_both_ledgers():
    ledger = Ledger(rules())
    ledger.post(Event(1, "ann", day(0), "earn", 10))
    assert ledger.post(Event(1, "ann", day(0), "earn", 10)) == ()
    with pytest.raises(InputError, match="same id and different content"):
        ledger.post(Event(1, "ann", day(0), "earn", 11))
    log = pd.DataFrame({"event_id": [1, 1], "member_id": 7, "at": day(0), "kind": "earn", "points": [10, 11]})
    with pytest.raises(InputError, match="same id and different content"):
        replay(log, rules())


def test_held_points_are_not_for_use_and_do_not_expire():
    life = Life(validity="days", validity_days=10)
    events = [(0, "ann", "earn", 50), (1, "ann", "reserve", 30, {"order_id": "a"}), (2, "ann", "redeem", 21),
              (12, "ann", "redeem", 20, {"order_id": "a"}), (13, "ann", "release", 0, {"order_id": "a"})]  # fmt: skip
    ledger, done = booked(rules(life=life), *events)
    assert [reason for _, reason in ledger.refused] == ["balance_too_small"]
    lot = done.lots.iloc[0]
    assert (lot["redeemed"], lot["expired"], lot["reserved"], lot["remaining"]) == (20, 30, 0, 0)
    expired = done.movements[done.movements["kind"] == "expire"]
    assert list(zip(expired["at"], expired["points"], strict=True)) == [
        (pd.Timestamp(day(10)), -20), (pd.Timestamp(day(13)), -10)]  # fmt: skip


def test_points_that_wait_for_an_action_are_not_for_use_before_it():
    life = Life(pending="action", validity="days", validity_days=10)
    stay = {"order_id": "stay", "amount_minor": 100}
    ledger, done = booked(rules(life=life), (0, "ann", "earn", 50, stay), (1, "ann", "redeem", 10),
                          (5, "ann", "activate", 0, {"order_id": "stay"}), (6, "ann", "redeem", 10))  # fmt: skip
    assert [reason for _, reason in ledger.refused] == ["balance_too_small"]
    assert done.lots["active_from"].tolist() == [day(5)]
    assert done.lots["expires_at"].tolist() == [day(15)]
    assert ledger.balance("ann", day(7)) == 40


def test_a_merge_takes_points_debts_and_later_events_to_the_account_that_stays():
    events = [(0, "ann", "earn", 50, {"order_id": "a", "amount_minor": 500}), (0, "old", "earn", 30),
              (1, "old", "merge", 0, {"other_id": "ann"}), (2, "old", "redeem", 70),
              (3, "old", "refund", 0, {"order_id": "a", "amount_minor": 500})]  # fmt: skip
    ledger, done = booked(rules(), *events)
    assert done.balances[["member_id", "balance"]].values.tolist() == [["ann", -40]]
    assert ledger.balance("old") == ledger.balance("ann") == -40


def test_erasure_takes_the_name_and_leaves_the_sums():
    events = [(0, "ann", "earn", 50, {"order_id": "a", "amount_minor": 500}), (0, "bob", "earn", 30),
              (1, "ann", "redeem", 20), (2, "ann", "erase", 0), (3, "ann", "earn", 5)]  # fmt: skip
    _, done = booked(rules(), *events)
    assert done.refused["reason"].tolist() == ["erased"]
    for table in (done.balances, done.lots, done.movements, done.refused):
        assert "ann" not in table.to_csv()
    assert done.lots["order_id"].isna().all()
    assert done.lots[["issued", "redeemed", "expired", "remaining"]].sum().tolist() == [80, 20, 30, 30]
    assert done.months()["closing"].iloc[-1] == 30


@pytest.mark.parametrize(("on_leave", "balance"), [("forfeit", 0), ("keep", 50)])
def test_leaving_and_coming_back_follow_the_rule(on_leave, balance):
    events = [(0, "ann", "earn", 50), (1, "ann", "leave", 0), (2, "ann", "redeem", 10), (3, "ann", "earn", 10),
              (4, "ann", "re_enrol", 0)]  # fmt: skip
    ledger, done = booked(rules(account=Account(on_leave=on_leave)), *events)
    assert [reason for _, reason in ledger.refused] == ["not_a_member"] * 2
    assert done.balances["balance"].tolist() == [balance]


def test_a_transfer_keeps_the_earliest_end():
    life = Life(validity="days", validity_days=30)
    _, done = booked(rules(life=life), (0, "ann", "earn", 50), (10, "ann", "earn", 50),
                     (20, "ann", "transfer", 60, {"other_id": "bob"}))  # fmt: skip
    given = done.lots[done.lots["kind"] == "transfer"].iloc[0]
    assert (given["member_id"], given["issued"], given["expires_at"]) == ("bob", 60, day(30))
    assert done.months()[["issued", "expired", "closing"]].sum().tolist()[:2] == [100, 100]


def test_a_refused_event_is_a_letter_with_the_balance():
    ledger = Ledger(rules())
    ledger.post(Event(1, "ann", day(0), "earn", 10))
    with pytest.raises(InputError) as letter:
        ledger.post(Event(2, "ann", day(1), "redeem", 11))
    assert str(letter.value) == "Event 2 is refused.\n\n1. The balance is too small.\n   Balance: 10, points: 11."
    with pytest.raises(InputError) as late:
        ledger.post(Event(3, "ann", day(0), "earn", 1))
    assert [problem.code for problem in late.value.problems] == ["out_of_order"]
