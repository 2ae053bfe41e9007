"""A sample member's year: visits in a fixed rhythm, run through the ledger by the rules of the programme."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.exercises.real_programme.work import SampleMember
from crm_toolkit.firm.loyalty import Event, Ledger, LoyaltyProgramme, earn_events

DAYS = 365
_MEMBER, _MINOR = "member", 100
_MICRO = dt.timedelta(microseconds=1)
_WHAT = {"earn": "earn", "restore": "earn", "adjust": "earn", "redeem": "redeem", "expire": "expire",
         "forfeit": "expire", "refund": "refund"}  # fmt: skip


@dataclass(frozen=True, eq=False)
class MemberYear:
    """What happened to one member in a year.

    Parameters
    ----------
    bookings : DataFrame
        ``at`` (datetime), ``what`` (``"earn"``, ``"redeem"``, ``"expire"``, ``"refund"``), ``points`` (signed),
        ``balance``.
    movements : DataFrame
        By lot, as `analysis.loyalty` takes them.
    visits : int
        That lie within the year.
    spend : float
        Of them, currency units, before anything is taken off.
    given_back : float
        Points used at their value, discounts and rewards of a card, currency units.
    discounts : float
        Of these, by a ladder.
    full_cards : int
        Punch cards filled.
    earned, redeemed, expired, closing, waiting : int
        Points; at the end of the year those that can be used, and those that are not active yet.
    first_reward : date or None
        Day of the first redemption.
    end : date
        Last day of the year.
    """

    bookings: pd.DataFrame
    movements: pd.DataFrame
    visits: int
    spend: float
    given_back: float
    discounts: float
    full_cards: int
    earned: int
    redeemed: int
    expired: int
    closing: int
    waiting: int
    first_reward: dt.date | None
    end: dt.date


def member_year(programme: LoyaltyProgramme, member: SampleMember) -> MemberYear:
    """Run a year of one member.

    Parameters
    ----------
    programme : LoyaltyProgramme
        Its rules.
    member : SampleMember
        With first day, rhythm, number and amount of visits.

    Returns
    -------
    MemberYear
        Visits after a year are left out. An order that is paid back is so two days after the visit; where points wait
        for an event, it comes one day after. Welcome points are active at once.

    Raises
    ------
    InputError
        If the rules need something that a visit does not have.

    Examples
    --------
    >>> from crm_toolkit.firm.loyalty import load_programme
    >>> ann = SampleMember("ann", dt.date(2026, 1, 10), every_days=21, visits=20, amount=1500, uses="soon")
    >>> year = member_year(load_programme("clinic_k"), ann)
    >>> year.visits, year.earned, year.redeemed
    (18, 776, 733)
    """
    assert member.first_day
    assert member.every_days
    assert member.visits
    assert member.amount
    start = dt.datetime.combine(member.first_day, dt.time(12))
    end = start.date() + dt.timedelta(days=DAYS - 1)
    moments = [start + dt.timedelta(days=member.every_days * one) for one in range(member.visits)]
    moments = [at for at in moments if at.date() <= end]
    amount = round(member.amount * _MINOR)
    orders = pd.DataFrame({"order_id": range(len(moments)), "member_id": _MEMBER, "ordered_at": moments,
                           "amount_minor": amount, "list_minor": amount, "tax_minor": 0, "delivery_minor": 0,
                           "points_paid_minor": 0})  # fmt: skip
    ladder = programme.ladder
    off = np.zeros(len(moments))
    if ladder is not None:
        off = np.asarray(ladder.discount(member.amount * np.arange(len(moments))), dtype=float)
        orders["amount_minor"] = np.rint(amount * (1 - off)).astype("int64")
    ledger, redeemed_minor = Ledger(programme), 0
    first: dt.date | None = None
    earned = _earned(programme, orders)
    number = iter(range(10_000))

    def post(at: dt.datetime, kind: str, points: int = 0, money: int = 0, order: int | None = None) -> str:
        return ledger.take(Event(next(number), _MEMBER, at, kind, points, money, order_id=order))

    post(start - dt.timedelta(hours=1), "enrol")
    if programme.account.welcome_points:
        joined = start - dt.timedelta(hours=1)
        ledger.take(Event(next(number), _MEMBER, joined, "earn", programme.account.welcome_points, active_from=joined))
    for at, kind, place in _plan(programme, member, moments):
        if kind == "activate":
            post(at, "activate", order=place)
        elif kind == "refund":
            post(at, "refund", money=int(orders.loc[place, "amount_minor"]), order=place)
        else:
            burnt = _burnt(programme, member, ledger, at, int(orders.loc[place, "amount_minor"]))
            if burnt and not post(at, "redeem", burnt, int(orders.loc[place, "amount_minor"]), place):
                worth = int(programme.points_minor(burnt))
                redeemed_minor += worth
                first = first or at.date()
                orders.loc[place, "points_paid_minor"] = min(worth, int(orders.loc[place, "amount_minor"]))
                earned = _earned(programme, orders)
            points, base = earned.get(place, (0, 0))
            if points:
                post(at + _MICRO, "earn", points, base, place)
    ledger.close(dt.datetime.combine(end, dt.time(23, 59, 59)))
    cards = int(programme.punch_card.rewards(len(moments))) if programme.punch_card else 0
    card_value = cards * programme.punch_card.reward if programme.punch_card else 0.0
    discounts = float((off * member.amount).sum())
    bookings = _bookings(ledger)
    total = bookings.groupby("what")["points"].sum()
    return MemberYear(
        bookings, _movements(ledger), len(moments), member.amount * len(moments),
        redeemed_minor / _MINOR + discounts + card_value, discounts, cards, int(total.get("earn", 0)),
        -int(total.get("redeem", 0)), -int(total.get("expire", 0)), ledger.balance(_MEMBER),
        int(total.sum()) - ledger.balance(_MEMBER), first, end,
    )  # fmt: skip


def _plan(programme: LoyaltyProgramme, member: SampleMember, moments: list[dt.datetime]) -> list[Any]:
    """What happens when: visits, points that become active after their event, an order that is paid back."""
    happens: list[Any] = [(at, "visit", place) for place, at in enumerate(moments)]
    if programme.life.pending == "action":
        happens += [(at + dt.timedelta(days=1), "activate", place) for place, at in enumerate(moments)]
    if member.paid_back and member.paid_back <= len(moments) and programme.earning:
        place = member.paid_back - 1
        happens.append((moments[place] + dt.timedelta(days=2), "refund", place))
    return sorted(happens)


def _earned(programme: LoyaltyProgramme, orders: pd.DataFrame) -> dict[int, tuple[int, int]]:
    """Points and base by order."""
    if programme.earning is None:
        return {}
    events: Any = earn_events(programme, orders.assign(category="", paying=programme.membership is not None))
    return {int(row["order_id"]): (int(row["points"]), int(row["amount_minor"])) for row in events.to_dict("records")}


def _burnt(programme: LoyaltyProgramme, member: SampleMember, ledger: Ledger, at: dt.datetime, money: int) -> int:
    """Points that this member uses at a visit: as many as the rules allow, in whole steps."""
    burning = programme.burning
    if burning is None or member.uses != "soon":
        return 0
    ledger.close(at)
    most = ledger.balance(_MEMBER)
    if burning.point_value > 0:
        most = min(most, int(money * burning.max_share / (burning.point_value * _MINOR) + 1e-9))
    points = most // burning.step * burning.step
    return points if points >= max(burning.minimum, 1) else 0


def _bookings(ledger: Ledger) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    balance = 0
    for one in ledger.movements:
        balance += one.available
        moved = one.points if one.kind in _WHAT else 0
        if not moved:
            continue
        what, at = _WHAT[one.kind], pd.Timestamp(one.at, unit="us")
        if rows and (rows[-1]["at"], rows[-1]["what"]) == (at, what):
            rows[-1]["points"] += moved
            rows[-1]["balance"] = balance
        else:
            rows.append({"at": at, "what": what, "points": moved, "balance": balance})
    return pd.DataFrame(rows, columns=["at", "what", "points", "balance"])


def _movements(ledger: Ledger) -> pd.DataFrame:
    rows = [(one.lot_id, one.member_id, pd.Timestamp(one.at, unit="us"), one.kind, one.points)
            for one in ledger.movements if one.points and one.lot_id is not None]  # fmt: skip
    return pd.DataFrame(rows, columns=["lot_id", "member_id", "at", "kind", "points"])
