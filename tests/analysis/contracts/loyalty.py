"""Contracts of loyalty: points in the accounts, breakage, gifts, returns, and what a programme did."""

from functools import cache

import numpy as np
import pandas as pd

from crm_toolkit.analysis.loyalty.breakage import breakage_table, redemption_curve, redemption_triangle
from crm_toolkit.analysis.loyalty.chain_ladder import chain_ladder
from crm_toolkit.analysis.loyalty.changes import difference_in_differences
from crm_toolkit.analysis.loyalty.deferral import points_revenue
from crm_toolkit.analysis.loyalty.gifts import gift_split
from crm_toolkit.analysis.loyalty.holdout import holdout_effect
from crm_toolkit.analysis.loyalty.liability import liability_rollforward
from crm_toolkit.analysis.loyalty.lots import movements_by_fifo
from crm_toolkit.analysis.loyalty.methods import evaluate_programme
from crm_toolkit.analysis.loyalty.panel import programme_panel
from crm_toolkit.analysis.loyalty.returns import programme_return
from crm_toolkit.analysis.loyalty.selection import selection_effect
from tests.analysis.contract import Contract


@cache
def ledger() -> pd.DataFrame:
    """Bookings of 30 accounts over a year: earned every few weeks, redeemed at 100 points."""
    luck = np.random.default_rng(3)
    rows = []
    for customer in range(1, 31):
        day, balance = 0, 0
        while (day := day + int(luck.integers(5, 40))) < 360:
            earned = int(luck.integers(10, 60))
            if balance >= 100 and luck.random() < 0.7:
                rows.append((customer, day, "redeem", -100))
                balance -= 100
            rows.append((customer, day, "earn", earned))
            balance += earned
    table = pd.DataFrame(rows, columns=["customer_id", "day", "kind", "points"])
    return table.assign(booked_at=pd.Timestamp("2025-01-01") + pd.to_timedelta(table.pop("day"), unit="D"))


@cache
def movements() -> pd.DataFrame:
    """The same by lot."""
    return movements_by_fifo(ledger())


@cache
def periods() -> pd.DataFrame:
    """Points redeemed and expected."""
    return pd.DataFrame({"redeemed": [4500, 4000, 700], "expected": [9500, 9700, 9600]})


@cache
def panel() -> pd.DataFrame:
    """200 customers around a start, a lottery, who joined, margin and cost."""
    luck = np.random.default_rng(4)
    n = 200
    usual = luck.gamma(4, 5, n)
    invited = luck.random(n) < 0.7
    member = (invited & (luck.random(n) < 1 / (1 + np.exp(-(usual - 20) / 15)))).astype(int)
    frame = pd.DataFrame({"customer_id": luck.permutation(n) + 1, "arm": np.where(invited, "invited", "holdout")})
    for name in ("before_2", "before_1", "after"):
        frame[name] = np.round(usual + luck.normal(0, 4, n) + (3 * member if name == "after" else 0), 2)
    frame["member"] = member
    frame["margin"] = np.round(frame["after"] * 0.4 + 5, 2)
    frame["programme_cost"] = np.round(member * luck.gamma(2, 1, n), 2)
    return frame


@cache
def invited() -> pd.DataFrame:
    """Those of them who could join."""
    return panel().loc[panel()["arm"] == "invited"].reset_index(drop=True)


@cache
def twins() -> pd.DataFrame:
    """Members with what they would have done without the programme."""
    luck = np.random.default_rng(5)
    return pd.DataFrame(
        {"member_id": np.arange(40), "reward_cost": luck.integers(0, 9, 40) * 1.5,
         "without": luck.integers(0, 20, 40) * 1.0}
    ).assign(**{"with": lambda t: t["without"] + luck.integers(0, 3, 40)})  # fmt: skip


@cache
def lines() -> pd.DataFrame:
    """400 purchases of 30 customers over two years."""
    luck = np.random.default_rng(6)
    when = pd.Timestamp("2024-01-01") + pd.to_timedelta(luck.integers(0, 700, 400), unit="D")
    return pd.DataFrame({"customer_id": luck.integers(1, 31, 400), "ordered_at": when,
                         "amount": np.round(luck.gamma(2, 10, 400), 2)})  # fmt: skip


@cache
def enrolled() -> pd.DataFrame:
    """Ten of them joined."""
    return pd.DataFrame({"customer_id": np.arange(1, 11), "enrolled_at": pd.Timestamp("2025-01-20")})


_MOVES = ("lot_id", "at", "kind", "points")
_PERIODS = ["before_2", "before_1"]

CONTRACTS = [
    Contract(
        "points_revenue", periods, lambda t: points_revenue(t, 8676, minor_digits=0), ("redeemed", "expected"),
        order_free=False, numbers=("redeemed", "expected"), note="periods are in order of time",
    ),
    Contract(
        "movements_by_fifo", ledger, movements_by_fifo, ("customer_id", "booked_at", "kind", "points"),
        order_free=False, numbers=("points",), note="a lot is called by the number of its row",
    ),
    Contract(
        "redemption_triangle", movements, lambda t: redemption_triangle(t, as_of="2025-12-31"), _MOVES,
        numbers=("points",),
    ),
    Contract(
        "chain_ladder", lambda: redemption_triangle(movements(), as_of="2025-12-31").cumulative,
        lambda t: chain_ladder(t).factors, (), order_free=False, note="the index of a triangle names its cohorts",
    ),
    Contract(
        "redemption_curve", movements, lambda t: redemption_curve(t, as_of="2025-12-31", draws=0),
        (*_MOVES, "member_id"), numbers=("points",), missing=("low", "high"),
    ),
    Contract(
        "breakage_table", movements, lambda t: breakage_table(t, as_of="2025-12-31", draws=0), (*_MOVES, "member_id"),
        numbers=("points",), missing=("low", "high"),
    ),
    Contract(
        "liability_rollforward", movements,
        lambda t: liability_rollforward(t, as_of="2025-12-31", per_point=0.05, redeemed_share=0.8), _MOVES,
        numbers=("points",),
    ),
    Contract(
        "gift_split", twins, gift_split, ("reward_cost", "with", "without"), numbers=("reward_cost", "with", "without"),
    ),
    Contract(
        "programme_return", panel, programme_return, ("margin", "programme_cost", "arm"),
        numbers=("margin", "programme_cost"),
    ),
    Contract(
        "programme_panel", lines, lambda t: programme_panel(t, enrolled(), start="2025-01-06"),
        ("customer_id", "ordered_at", "amount"), numbers=("amount",),
    ),
    Contract(
        "difference_in_differences", panel, lambda t: difference_in_differences(t, _PERIODS, "after"),
        ("before_2", "before_1", "after", "member"), numbers=("before_2", "before_1", "after", "member"),
    ),
    Contract(
        "selection_effect", invited, lambda t: selection_effect(t, "after", _PERIODS).balance,
        ("before_2", "before_1", "after", "member"), numbers=("before_2", "before_1", "after", "member"),
    ),
    Contract(
        "selection_effect: matching", invited,
        lambda t: selection_effect(t, "after", _PERIODS, method="matching").estimate,
        ("before_2", "before_1", "after", "member"), numbers=("before_2", "before_1", "after", "member"),
    ),
    Contract(
        "holdout_effect", panel, lambda t: holdout_effect(t, "after", covariate="before_1"),
        ("after", "member", "arm", "before_1"), numbers=("after", "member", "before_1"),
    ),
    Contract(
        "evaluate_programme", panel, lambda t: evaluate_programme(t, arm="arm").table,
        ("before_2", "before_1", "after", "member", "arm"), numbers=("before_1", "after", "member"),
    ),
]  # fmt: skip
