"""Points in the accounts: which lot was used, how many come back, and a liability that rolls forward exactly."""

from collections import deque

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit import analysis
from crm_toolkit.errors import InputError

START = pd.Timestamp("2024-01-01")
BOOKINGS = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 40), st.integers(1, 90)), min_size=1, max_size=40)


def ledger_of(bookings):
    """An account book that is never overdrawn: what a customer can't redeem is not booked."""
    balance, day, rows = {}, 0, []
    for customer, pause, points in bookings:
        day += pause
        have = balance.get(customer, 0)
        if points % 2 and have >= points:
            rows.append((customer, day, "redeem" if points % 3 else "expire", -points))
        else:
            rows.append((customer, day, "earn", points))
        balance[customer] = have + rows[-1][3]
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "kind", "points"])
    return frame.assign(booked_at=START + pd.to_timedelta(frame.pop("day"), unit="D"))


def by_hand(ledger):
    """The same in plain Python, booking by booking."""
    lots, moved = {}, []
    for row, booking in enumerate(ledger.itertuples()):
        queue = lots.setdefault(booking.customer_id, deque())
        if booking.points > 0:
            queue.append([row, booking.points])
            moved.append((row, booking.kind, booking.points))
            continue
        owed = -booking.points
        while owed:
            part = min(owed, queue[0][1])
            moved.append((queue[0][0], booking.kind, -part))
            queue[0][1] -= part
            owed -= part
            if not queue[0][1]:
                queue.popleft()
    return sorted(moved)


@given(BOOKINGS)
@settings(max_examples=12, deadline=None)
def test_points_leave_the_oldest_lot_first(bookings):
    ledger = ledger_of(bookings)
    table = analysis.movements_by_fifo(ledger)
    mine = table[["lot_id", "kind", "points"]].itertuples(index=False, name=None)
    assert sorted(mine) == by_hand(ledger)
    assert table["points"].sum() == ledger["points"].sum()


@given(BOOKINGS, st.floats(0, 1), st.sampled_from([0.0, 0.01, 0.037, 1.5]))
@settings(max_examples=12, deadline=None)
def test_a_liability_rolls_forward_to_the_minor_unit(bookings, share, value):
    moves = analysis.movements_by_fifo(ledger_of(bookings))
    as_of = moves["at"].max() + pd.Timedelta(days=31)
    roll = analysis.liability_rollforward(moves, as_of=as_of, per_point=value, redeemed_share=share)
    assert (roll["opening_minor"] + roll["deferred_minor"] - roll["recognised_minor"] == roll["closing_minor"]).all()
    assert (roll["opening_minor"].to_numpy()[1:] == roll["closing_minor"].to_numpy()[:-1]).all()
    points = roll["points_opening"] + roll["given"] - roll["redeemed"] - roll["expired"] - roll["reversed"]
    assert (points == roll["points_closing"]).all()
    assert roll["points_closing"].iloc[-1] == moves["points"].sum()
    assert (roll["closing_minor"] >= 0).all()
    if moves["points"].sum() == 0:
        assert roll["closing_minor"].iloc[-1] == 0


def test_one_group_of_sales_is_recognised_as_ifrs_15_example_52():
    at = pd.to_datetime(["2024-01-15", "2024-06-01", "2025-06-01"])
    moves = pd.DataFrame(
        {"lot_id": 1, "at": at, "kind": ["earn", "redeem", "redeem"], "points": [10_000, -4500, -4000]}
    )
    roll = analysis.liability_rollforward(moves, as_of="2025-12-31", per_point=0.8676, minor_digits=0,
                                          redeemed_share={"2024-01": 0.95, "2025-01": 0.97})  # fmt: skip
    year = roll.groupby(roll["month"].dt.year)[["deferred_minor", "recognised_minor"]].sum()
    assert year.loc[2024].tolist() == [8_676, 4_110]
    assert year.loc[2025, "recognised_minor"] == 3_493
    assert roll["closing_minor"].iloc[-1] == 1_073
    january = roll.set_index("month").loc["2025-01-01"]
    assert january["recognised_minor"] == january["revised_minor"] == round(8676 * 4500 / 9700) - 4_110


def test_no_more_is_expected_than_is_still_there():
    at = pd.to_datetime(["2024-01-15", "2024-02-01", "2024-02-02"])
    moves = pd.DataFrame({"lot_id": 1, "at": at, "kind": ["earn", "redeem", "expire"], "points": [100, -30, -50]})
    roll = analysis.liability_rollforward(moves, as_of="2024-02-29", per_point=0.1, redeemed_share=0.8)
    assert roll["recognised_minor"].tolist() == [0, 1000 * 30 // 50]
    assert roll["for_redemption_minor"].tolist() == [0, 1000 * 30 // 80]


def test_points_taken_back_leave_the_liability_with_what_was_deferred_for_them():
    at = pd.to_datetime(["2024-01-15", "2024-02-01"])
    moves = pd.DataFrame({"lot_id": 1, "at": at, "kind": ["earn", "refund"], "points": [100, -100]})
    roll = analysis.liability_rollforward(moves, as_of="2024-02-29", per_point=0.1, redeemed_share=0.8)
    assert roll["deferred_minor"].tolist() == [1000, -1000]
    assert roll["recognised_minor"].tolist() == [0, 0]


def lots(seed, *, members=300, months=30, lost=0.3, validity=365, growth=0.06):
    """Lots of a growing programme: a share is never redeemed, the rest within the validity; and its true breakage."""
    luck = np.random.default_rng(seed)
    rows = []
    number = 0
    for month in range(months):
        for _ in range(int(members * np.exp(growth * month) / 30)):
            number += 1
            born = START + pd.Timedelta(days=30 * month + int(luck.integers(0, 30)))
            points, member = int(luck.integers(20, 200)), int(luck.integers(0, members))
            rows.append((number, member, born, "earn", points))
            if luck.random() < lost:
                rows.append((number, member, born + pd.Timedelta(days=validity), "expire", -points))
            else:
                age = int(validity * luck.beta(1.2, 2.0))
                rows.append((number, member, born + pd.Timedelta(days=age), "redeem", -points))
    return pd.DataFrame(rows, columns=["lot_id", "member_id", "at", "kind", "points"])


AS_OF = START + pd.Timedelta(days=900)


def breakages(seeds, draws, *, period="month", **programme):
    found = [
        analysis.breakage_table(lots(seed, **programme), as_of=AS_OF, period=period, draws=draws, seed=seed)
        for seed in seeds
    ]
    return pd.concat(found).groupby("method"), found


def test_two_ways_find_the_breakage_that_was_planted_and_the_naive_one_overstates_it():
    by, _ = breakages(range(3), draws=0)
    mean = by["breakage"].mean()
    assert mean["naive"] > 0.42
    assert mean["chain_ladder"] == pytest.approx(0.3, abs=0.02)
    assert mean["survival"] == pytest.approx(0.3, abs=0.02)


@pytest.mark.slow
def test_intervals_of_breakage_hold_the_truth():
    """Over 100 programmes: at least 88 of 100 at a level of 95 % (binomial, one in a thousand)."""
    _, found = breakages(range(100), draws=200, period="quarter", members=900)
    for method in ("chain_ladder", "survival"):
        rows = pd.concat(found).query("method == @method")
        held = ((rows["low"] <= 0.3) & (rows["high"] >= 0.3)).mean()
        assert held >= 0.88, (method, held)


def test_the_curve_of_points_is_the_share_redeemed_where_all_is_known():
    moves = lots(3)
    later = moves["at"].max() + pd.Timedelta(days=1)
    curve = analysis.redemption_curve(moves, as_of=later, draws=0)
    redeemed = (
        -moves.loc[moves["kind"] == "redeem", "points"].sum() / moves.loc[moves["kind"] == "earn", "points"].sum()
    )
    assert curve.redeemed_share == pytest.approx(redeemed)
    assert curve.open_share == pytest.approx(0, abs=1e-12)
    total = curve.table[["redeemed", "expired", "outstanding"]].sum(axis=1)
    assert np.allclose(total, 1)


def test_where_nothing_was_redeemed_yet_the_chain_ladder_says_why_it_is_silent():
    moves = pd.DataFrame({"lot_id": [1, 2], "member_id": [1, 2], "at": pd.to_datetime(["2024-01-15", "2024-06-15"])})
    table = analysis.breakage_table(moves.assign(kind="earn", points=10), as_of="2024-12-31", draws=0)
    assert table["breakage"].tolist()[::2] == [1, 1]
    assert np.isnan(table["breakage"][1])
    assert table["note"][1] == "At age 0 no cohort has anything to grow from."


def test_a_short_history_gives_no_negative_breakage_and_says_what_is_wrong():
    """The older cohort began slowly and sped up; the younger one, carried on like it, would redeem more than it has."""
    rows = [(1, "2024-01-15", "earn", 100), (1, "2024-01-20", "redeem", -2), (1, "2024-05-20", "redeem", -60),
            (2, "2024-04-15", "earn", 100), (2, "2024-05-20", "redeem", -40)]  # fmt: skip
    moves = pd.DataFrame(rows, columns=["lot_id", "at", "kind", "points"]).assign(member_id=3)
    table = analysis.breakage_table(moves.assign(at=pd.to_datetime(moves["at"])), as_of="2024-06-30", draws=0)
    ladder = table.set_index("method").loc["chain_ladder"]
    assert ladder[["breakage", "low", "high"]].isna().all()
    assert ladder["note"].startswith("impossible as a share: carried on, 651.0% of the points given would be redeemed")
    others = table.loc[table["method"] != "chain_ladder", "breakage"]
    assert others.between(0, 1).all()


def test_a_lot_that_gives_out_more_than_it_had_is_refused():
    moves = pd.DataFrame({"lot_id": 7, "at": START, "kind": ["earn", "redeem"], "points": [10, -11]})
    with pytest.raises(InputError, match="more points than it had"):
        analysis.redemption_triangle(moves, as_of="2024-12-31")


def test_a_share_is_needed_from_the_first_points_on():
    moves = pd.DataFrame({"lot_id": [7], "at": [START], "kind": ["earn"], "points": [10]})
    with pytest.raises(InputError, match="No share is named for 2024-01"):
        analysis.liability_rollforward(moves, as_of="2024-12-31", per_point=1, redeemed_share={"2024-02": 0.5})
    with pytest.raises(InputError, match="no month"):
        analysis.liability_rollforward(moves, as_of="2024-12-31", per_point=1, redeemed_share={"spring": 0.5})


def test_a_triangle_that_is_no_triangle_is_refused_with_all_reasons():
    rows = [[1, 2, float("nan")], [float("nan"), 3, 4]]
    with pytest.raises(InputError) as refusal:
        analysis.chain_ladder(pd.DataFrame(rows))
    assert {problem.code for problem in refusal.value.problems} == {"hole", "not_sorted"}


def test_a_completed_triangle_ends_in_the_ultimates():
    triangle = analysis.redemption_triangle(lots(1), as_of=AS_OF, period="quarter")
    ladder = analysis.chain_ladder(triangle.cumulative)
    assert np.allclose(ladder.completed().iloc[:, -1], ladder.table["ultimate"])
    assert (ladder.table["ultimate"] <= triangle.given.to_numpy() * 1.1).all()
