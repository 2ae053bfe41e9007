"""From orders to points and tiers: the base is explicit, caps and thresholds hold to the point."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.firm.loyalty import (
    Burning,
    Earning,
    EventBonus,
    FamilyAccount,
    LoyaltyProgramme,
    Multiplier,
    PaidMembership,
    Referral,
    Tier,
    Tiers,
    bonus_events,
    earn_events,
    referral_events,
    replay,
    tier_history,
)


def rules(earning=None, **parts):
    return LoyaltyProgramme(name="n", earning=earning or Earning(per_unit=0.1), burning=Burning(), **parts)


def orders(*rows):
    frame = pd.DataFrame(rows, columns=["order_id", "member_id", "ordered_at", "amount_minor"])
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"]))


LINE = {"list_minor": 12_000, "tax_minor": 1_000, "delivery_minor": 500, "points_paid_minor": 2_000}
BASES = [
    (Earning(per_unit=1), 80), (Earning(per_unit=1, paid_with_points=True), 100),
    (Earning(per_unit=1, tax=False), 70), (Earning(per_unit=1, delivery=True), 85),
    (Earning(per_unit=1, base="gross"), 100), (Earning(per_unit=1, base="gross", paid_with_points=True), 120),
    (Earning(per_unit=1, base="gross", tax=False, delivery=True), 95),
]  # fmt: skip


@pytest.mark.parametrize(("earning", "points"), BASES)
def test_the_base_is_what_the_rule_says(earning, points):
    """Points were given for tax, delivery and the part paid with points, and nobody had said so."""
    one = orders((1, 1, "2026-03-01", 10_000)).assign(**LINE)
    events = earn_events(rules(earning), one)
    assert events[["points", "amount_minor"]].values.tolist() == [[points, points * 100]]


def test_a_column_that_the_rule_needs_is_asked_for():
    with pytest.raises(InputError, match="lacks 2 columns"):
        earn_events(rules(Earning(per_unit=1, tax=False, base="gross")), orders((1, 1, "2026-03-01", 100)))


def test_rounding_happens_once_an_order_not_once_a_line():
    lines = orders((1, 1, "2026-03-01", 999), (1, 1, "2026-03-01", 999), (2, 1, "2026-03-02", 999))
    points = {rounding: earn_events(rules(Earning(per_unit=0.1, rounding=rounding)), lines)["points"].tolist()
              for rounding in ("down", "nearest", "up")}  # fmt: skip
    assert points == {"down": [1, 0], "nearest": [2, 1], "up": [2, 1]}


@given(rate=st.integers(1, 10**7), amount=st.integers(0, 10**9))
@settings(max_examples=20, deadline=None)
def test_points_are_the_exact_product_cut_off(rate, amount):
    events = earn_events(rules(Earning(per_unit=rate / 1e6)), orders((1, 1, "2026-03-01", amount)))
    assert events["points"].tolist() == [amount * rate // 10**8]


def test_multipliers_act_where_their_conditions_hold():
    multipliers = (Multiplier(2, weekday=1), Multiplier(3, category="coffee"))
    lines = orders((1, 1, "2026-03-02", 1000), (2, 1, "2026-03-03", 1000), (3, 1, "2026-03-03", 1000))
    lines = lines.assign(category=["tea", "tea", "coffee"])
    for combine, points in (("product", [10, 20, 60]), ("highest", [10, 20, 30])):
        earning = Earning(per_unit=1, multipliers=multipliers, combine=combine)
        assert earn_events(rules(earning), lines)["points"].tolist() == points


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 1), st.integers(0, 5000)), min_size=1, max_size=25),
       st.integers(0, 60), st.integers(0, 90), st.integers(0, 120))  # fmt: skip
def test_no_cap_is_ever_passed_and_nothing_is_cut_without_one(rows, day, week, month):
    earning = Earning(per_unit=1, cap_day=day, cap_week=week, cap_month=month)
    lines = orders(*((number, member, pd.Timestamp("2026-03-01") + pd.Timedelta(days=days), amount)
                     for number, (days, member, amount) in enumerate(rows)))  # fmt: skip
    events = earn_events(rules(earning), lines)
    assert (events["points"] >= 0).all()
    assert (events["points"] <= events["uncapped"]).all()
    for cap, period in ((day, "D"), (week, "W-SUN"), (month, "M")):
        sums = events.groupby(["member_id", events["at"].dt.to_period(period)])["points"].sum()
        assert not cap or (sums <= cap).all()
    if not (day or week or month):
        assert (events["points"] == events["uncapped"]).all()


def test_fees_and_families_multiply():
    parts = {"membership": PaidMembership(100.0, multiplier=2.0), "family": FamilyAccount(4, 2, 5 / 3)}
    lines = orders((1, 1, "2026-03-01", 100_000), (2, 2, "2026-03-01", 100_000), (3, 3, "2026-03-01", 100_000))
    lines = lines.assign(paying=[False, True, False], relatives=[1, 1, 2])
    assert earn_events(rules(Earning(per_unit=0.03), **parts), lines)["points"].tolist() == [30, 60, 50]


def test_the_events_run_in_the_ledger():
    events = earn_events(rules(), orders((1, 1, "2026-03-01", 10_000), (2, 1, "2026-03-02", 5_000)))
    assert replay(events, rules()).balances["balance"].tolist() == [15]


def test_bonuses_know_their_events():
    bonus = rules(Earning(events=(EventBonus("birthday", 100),)))
    happened = pd.DataFrame({"member_id": [1], "at": pd.to_datetime(["2026-03-01"]), "event": ["birthday"]})
    assert replay(bonus_events(bonus, happened), bonus).balances["balance"].tolist() == [100]
    with pytest.raises(InputError) as letter:
        bonus_events(bonus, happened.assign(event="birhday"))
    assert letter.value.problems[0].advice == "Did you mean `birthday`?"


def test_referrals_pay_both_sides_within_the_cap_and_nobody_twice():
    one = rules(referral=Referral(10, 5, 2))
    brought = pd.DataFrame({
        "referrer_id": [1, 1, 1, 1, 2, 3], "friend_id": [4, 5, 6, 7, 4, 3],
        "at": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01", "2027-01-01", "2026-04-01", "2026-04-01"]),
    })  # fmt: skip
    sums = referral_events(one, brought).groupby("member_id")["points"].sum()
    assert sums.to_dict() == {1: 30, 4: 5, 5: 5, 6: 5, 7: 5}


STEPS = (Tier("base", 0), Tier("silver", 100, 1.5), Tier("gold", 300, 2.0))


def history(parts, *rows):
    made = tier_history(rules(tiers=Tiers(STEPS, **parts)), orders(*rows), until="2030-12-31")
    return [(str(at)[:10], tier) for at, tier in zip(made["at"], made["tier"], strict=True)]


SPEND = [(1, 1, "2026-02-01", 9_000), (2, 1, "2026-03-01", 1_000), (3, 1, "2026-04-01", 30_000),
         (4, 1, "2028-01-05", 12_000)]  # fmt: skip


@pytest.mark.parametrize(("downgrade", "falls"), [
    ("never", []), ("by_balance", [("2028-01-01", "base"), ("2028-01-05", "silver"), ("2030-01-01", "base")]),
    ("one_down", [("2028-01-01", "silver"), ("2030-01-01", "base")]),
])  # fmt: skip
def test_a_tier_of_a_calendar_year_lasts_to_the_end_of_the_next(downgrade, falls):
    rise = [("2026-02-01", "base"), ("2026-03-01", "silver"), ("2026-04-01", "gold")]
    assert history({"downgrade": downgrade}, *SPEND) == rise + falls


def test_grace_saves_a_level_that_is_earned_again_in_it():
    found = history(
        {"downgrade": "by_balance", "grace_days": 14}, (1, 1, "2026-03-01", 10_000), (2, 1, "2028-01-10", 10_000)
    )
    assert found == [("2026-03-01", "base"), ("2026-03-01", "silver"), ("2030-01-15", "base")]


def test_a_rolling_window_forgets_day_by_day():
    found = history({"window": "rolling", "window_days": 30}, (1, 1, "2026-03-01", 6_000), (2, 1, "2026-03-31", 5_000),
                    (3, 1, "2026-04-15", 5_000))  # fmt: skip
    assert found == [("2026-03-01", "base"), ("2026-04-15", "silver"), ("2026-05-01", "base")]


def test_an_order_counts_with_the_tier_before_it():
    events = earn_events(rules(Earning(per_unit=1), tiers=Tiers(STEPS)), orders(*SPEND[:3]))
    assert events["points"].tolist() == [90, 10, 450]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1200), st.integers(0, 3), st.integers(0, 30_000)), min_size=1, max_size=30),
       st.sampled_from(["calendar", "rolling"]))  # fmt: skip
def test_without_downgrades_the_tier_is_the_best_window_so_far(rows, window):
    start = pd.Timestamp("2026-01-01")
    lines = orders(*((number, member, start + pd.Timedelta(days=days), amount)
                     for number, (days, member, amount) in enumerate(rows)))  # fmt: skip
    lines = lines.sort_values("ordered_at", kind="stable")
    rule = Tiers(STEPS, window=window, window_days=100, downgrade="never")
    made = tier_history(rules(tiers=rule), lines)
    for member, own in lines.groupby("member_id"):
        best = 0
        for at in own["ordered_at"]:
            since = pd.Timestamp(at.year, 1, 1) if window == "calendar" else at - pd.Timedelta(days=100)
            inside = (own["ordered_at"] <= at) & (own["ordered_at"] >= since if window == "calendar" else
                                                  own["ordered_at"] > since)  # fmt: skip
            best = max(best, int(rule.level(np.array([own.loc[inside, "amount_minor"].sum() / 100]))[0]))
        assert made.loc[made["member_id"] == member, "level"].max() == best
