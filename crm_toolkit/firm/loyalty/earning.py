"""From orders to points: the base, the rate with its multipliers, rounding once an order, caps a day, week and month.

The base is what the rule says and nothing else: the price after discounts or the list price, with or without tax,
delivery and the part paid with points. The rate (points for a currency unit times all multipliers that hold) is kept to
a millionth, so the arithmetic is that of whole numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.loyalty import clock
from crm_toolkit.firm.loyalty.parts import Earning
from crm_toolkit.firm.loyalty.programme import LoyaltyProgramme
from crm_toolkit.schema import near_misses, require_frame
from crm_toolkit.texts import join_names, say

if TYPE_CHECKING:
    import pandas as pd

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_NEEDED = ("order_id", "member_id", "ordered_at", "amount_minor")
_WHOLE = 100_000_000  # millionths of a point for a currency unit, times minor units, in one point


def earn_events(
    programme: LoyaltyProgramme, orders: pd.DataFrame, *, tiers: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Events of the ledger for points that orders earn.

    Parameters
    ----------
    programme : LoyaltyProgramme
        With an earning rule.
    orders : DataFrame
        Lines of orders: ``order_id``, ``member_id``, ``ordered_at`` (the same in all lines of an order), and
        ``amount_minor``, the price after discounts with tax and without delivery, in minor units. Where the rule asks
        for them: ``list_minor``, ``tax_minor``, ``delivery_minor``; and, if there are such, ``points_paid_minor``,
        ``category``, ``paying`` (whether a fee is paid), ``relatives`` (who share the account).
    tiers : DataFrame, optional
        As `tier_history` gives them; made from these orders if the programme has tiers. The tier before the order
        counts.

    Returns
    -------
    DataFrame
        ``event_id`` (``earn:`` and the order's id), ``member_id``, ``at``, ``kind``, ``points``, ``amount_minor`` (the
        base, for refunds), ``order_id``, and ``uncapped``, the points before caps; in the order of time.

    Raises
    ------
    InputError
        If the programme has no earning rule, or a column is missing that the rule needs.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.firm.loyalty import Burning, Earning
    >>> rules = LoyaltyProgramme(name="n", earning=Earning(per_unit=0.05, cap_day=60), burning=Burning())
    >>> orders = pd.DataFrame(
    ...     {
    ...         "order_id": [1, 2],
    ...         "member_id": [7, 7],
    ...         "amount_minor": [100_000, 39_999],
    ...         "ordered_at": pd.to_datetime(["2026-03-01 10:00", "2026-03-01 19:00"]),
    ...     }
    ... )
    >>> earn_events(rules, orders)[["order_id", "points", "uncapped"]].values.tolist()
    [[1, 50, 50], [2, 10, 19]]
    """
    import pandas as pd

    rule = _rule(programme)
    require_frame(orders, [*_NEEDED, *_asked_for(rule)], asked_by="earn_events")
    if programme.tiers is not None and tiers is None:
        from crm_toolkit.firm.loyalty.tiering import tier_history

        tiers = tier_history(programme, orders)
    lines = _laid_out(orders)
    base = base_minor(rule, lines)
    factor, of_visit = _factors(rule, lines)
    personal = _personal(programme, lines, tiers)
    rate = np.rint(rule.per_unit * factor * personal * 1_000_000).astype(np.int64)
    parts = _product(base, rate)
    order = lines["order_id"].to_numpy()
    begin = np.flatnonzero(np.concatenate([[True], order[1:] != order[:-1]])) if len(order) else np.zeros(0, dtype=int)
    visit = np.rint(rule.per_visit * of_visit * personal * 1_000_000).astype(np.int64)[begin] * 100
    summed = (np.add.reduceat(parts, begin) if len(begin) else parts) + visit
    points = _rounded(summed, rule.rounding)
    heads = lines.iloc[begin]
    events = pd.DataFrame({
        "event_id": "earn:" + heads["order_id"].astype(str), "member_id": heads["member_id"].to_numpy(),
        "at": heads["ordered_at"].to_numpy(), "kind": "earn", "points": points,
        "amount_minor": np.add.reduceat(base, begin) if len(begin) else base, "order_id": heads["order_id"].to_numpy(),
        "uncapped": points,
    }).reset_index(drop=True)  # fmt: skip
    events = events.sort_values("at", kind="stable", ignore_index=True)
    return events.assign(points=_capped(rule, events))


def bonus_events(programme: LoyaltyProgramme, happened: pd.DataFrame) -> pd.DataFrame:
    """Events of the ledger for what gives points beside orders.

    Parameters
    ----------
    programme : LoyaltyProgramme
        With an earning rule.
    happened : DataFrame
        ``member_id``, ``at``, ``event``: a code of `EventBonus`.

    Raises
    ------
    InputError
        If a code is none of the programme.
    """
    import pandas as pd

    require_frame(happened, ["member_id", "at", "event"], asked_by="bonus_events")
    points = {bonus.event: bonus.points for bonus in _rule(programme).events}
    unknown = sorted(set(happened["event"].astype(str)) - set(points))
    problems = []
    for name in unknown:
        close = near_misses(name, points)
        advice = (say("Did you mean `{close}`?", close=close[0]) if close
                  else say("Known: {names}.", names=join_names(points)))  # fmt: skip
        what = say("The programme gives nothing for the event “{event}”.", event=name)
        problems.append(Problem("unknown_event", what, advice=advice, column="event"))
    if problems:
        raise InputError(say("Points for these events can't be told."), problems)
    number = np.arange(len(happened))
    return pd.DataFrame({
        "event_id": [f"bonus:{one}" for one in number], "member_id": happened["member_id"].to_numpy(),
        "at": happened["at"].to_numpy(), "kind": "earn", "points": happened["event"].map(points).astype("int64"),
        "amount_minor": 0,
    })  # fmt: skip


def referral_events(programme: LoyaltyProgramme, referrals: pd.DataFrame) -> pd.DataFrame:
    """Events of the ledger for members who were brought: points for both sides, within the cap of a year.

    Parameters
    ----------
    programme : LoyaltyProgramme
        With a part `referral`.
    referrals : DataFrame
        ``referrer_id``, ``friend_id``, ``at``. A friend counts once, and nobody brings himself or herself.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.firm.loyalty import load_programme
    >>> brought = pd.DataFrame({"referrer_id": [1, 1], "friend_id": [2, 1], "at": pd.to_datetime(["2026-03-01"] * 2)})
    >>> referral_events(load_programme("barbershop_b"), brought)[["member_id", "points"]].values.tolist()
    [[1, 2], [2, 1]]
    """
    import pandas as pd

    require_frame(referrals, ["referrer_id", "friend_id", "at"], asked_by="referral_events")
    rule = programme.referral
    if rule is None:
        problem = Problem("no_referral", say("The programme “{name}” has no part `referral`.", name=programme.name))
        raise InputError(say("Points for these events can't be told."), [problem])
    rows = referrals[referrals["referrer_id"] != referrals["friend_id"]].sort_values("at", kind="stable")
    rows = rows.drop_duplicates("friend_id")
    place = rows.groupby(["referrer_id", rows["at"].dt.year]).cumcount()
    within = (place < rule.cap_year) if rule.cap_year else place >= 0
    sides = [(rows[within], "referrer_id", rule.referrer_points), (rows, "friend_id", rule.friend_points)]
    return pd.concat([
        pd.DataFrame({"event_id": [f"{name}:{one}" for one in side["friend_id"]], "member_id": side[name].to_numpy(),
                      "at": side["at"].to_numpy(), "kind": "earn", "points": points, "amount_minor": 0})
        for side, name, points in sides
    ], ignore_index=True)  # fmt: skip


def base_minor(rule: Earning, lines: pd.DataFrame) -> Integers:
    """What counts of every line, in minor units, never below 0."""
    found = _column(lines, "list_minor" if rule.base == "gross" else "amount_minor")
    if not rule.tax:
        found = found - _column(lines, "tax_minor")
    if rule.delivery:
        found = found + _column(lines, "delivery_minor")
    if not rule.paid_with_points:
        found = found - _column(lines, "points_paid_minor")
    return np.maximum(found, 0)


def qualifying(programme: LoyaltyProgramme, lines: pd.DataFrame, measure: str) -> Integers:
    """What a line adds to the window of a tier: minor units, or points before a tier multiplies them; 0 for visits."""
    rule = _rule(programme) if measure == "points" else programme.earning or Earning(per_visit=1)
    base = base_minor(rule, lines)
    if measure == "spend":
        return base
    factor, _ = _factors(rule, lines)
    return _product(base, np.rint(rule.per_unit * factor * 1_000_000).astype(np.int64))


def _rule(programme: LoyaltyProgramme) -> Earning:
    if programme.earning is None:
        problem = Problem("no_earning", say("The programme “{name}” has no part `earning`.", name=programme.name))
        raise InputError(say("Points for these orders can't be told."), [problem])
    return programme.earning


def _asked_for(rule: Earning) -> list[str]:
    asked = [("list_minor", rule.base == "gross"), ("tax_minor", not rule.tax), ("delivery_minor", rule.delivery),
             ("category", any(bonus.category for bonus in rule.multipliers))]  # fmt: skip
    return [name for name, needed in asked if needed]


def _laid_out(orders: pd.DataFrame) -> pd.DataFrame:
    """Lines of one order together."""
    return orders.sort_values(["ordered_at", "order_id"], kind="stable", ignore_index=True)


def _column(lines: pd.DataFrame, name: str) -> Integers:
    if name not in lines:
        return np.zeros(len(lines), dtype=np.int64)
    return lines[name].fillna(0).to_numpy().astype(np.int64)


def _factors(rule: Earning, lines: pd.DataFrame) -> tuple[Floats, Floats]:
    """Multipliers of every line, and those of its visit: without a category."""
    count = len(lines)
    of_line, of_visit = np.ones(count), np.ones(count)
    if not rule.multipliers:
        return of_line, of_visit
    days = lines["ordered_at"].to_numpy().astype("datetime64[D]")
    weekday = (days.astype(np.int64) + 3) % 7
    found: tuple[list[Any], list[Any]] = ([], [])
    for bonus in rule.multipliers:
        holds = np.ones(count, dtype=bool) if bonus.weekday is None else weekday == bonus.weekday
        holds &= (days >= np.datetime64(bonus.start)) if bonus.start else True
        holds &= (days <= np.datetime64(bonus.end)) if bonus.end else True
        if bonus.category:
            found[0].append(np.where(holds & (lines["category"] == bonus.category).to_numpy(), bonus.factor, np.nan))
        else:
            factor = np.where(holds, bonus.factor, np.nan)
            found[0].append(factor)
            found[1].append(factor)
    together = []
    for several in found:
        table = np.array(several).reshape(len(several), count)
        if rule.combine == "product":
            together.append(np.where(np.isnan(table), 1.0, table).prod(axis=0))
        else:
            together.append(
                np.where(np.isnan(table).all(axis=0), 1.0, np.nan_to_num(table, nan=0.0).max(axis=0, initial=0))
            )
    return together[0], together[1]


def _personal(programme: LoyaltyProgramme, lines: pd.DataFrame, tiers: pd.DataFrame | None) -> Floats:
    """Multipliers of the person: tier, fee, family."""
    import pandas as pd

    factor = np.ones(len(lines))
    if programme.tiers is not None and tiers is not None:
        one = pd.DataFrame({"member_id": lines["member_id"], "at": lines["ordered_at"], "row": np.arange(len(lines))})
        known = tiers[["member_id", "at", "tier"]].sort_values("at", kind="stable")
        held = pd.merge_asof(one, known, on="at", by="member_id", allow_exact_matches=False).sort_values("row")
        values = {step.name: step.multiplier for step in programme.tiers.steps}
        base = programme.tiers.steps[0].multiplier
        factor *= held["tier"].astype(object).map(values).fillna(base).to_numpy(dtype=np.float64)
    if programme.membership is not None and "paying" in lines:
        factor *= np.where(lines["paying"].to_numpy(dtype=bool), programme.membership.multiplier, 1.0)
    family = programme.family
    if family is not None and family.bonus_from and "relatives" in lines:
        factor *= np.where(lines["relatives"].to_numpy() >= family.bonus_from, family.bonus_factor, 1.0)
    return factor


def _product(base: Integers, rate: Integers) -> Integers:
    """Base times rate, in whole parts; exact however large."""
    if len(base) and float(base.max()) * float(rate.max()) >= 2.0**62:
        what = say("Amounts or rates are so large that points can't be counted exactly.")
        raise InputError(say("Points for these orders can't be told."), [Problem("too_large", what)])
    return base * rate


def _rounded(parts: Integers, rounding: str) -> Integers:
    if rounding == "up":
        return -(-parts // _WHOLE)
    return (parts + (_WHOLE // 2 if rounding == "nearest" else 0)) // _WHOLE


def _capped(rule: Earning, events: pd.DataFrame) -> Integers:
    """Points within the caps of a day, then a week, then a month; events are in the order of time."""
    import pandas as pd

    points = events["points"].to_numpy()
    at = events["at"].to_numpy().astype("datetime64[us]").astype(np.int64)
    for cap, period in ((rule.cap_day, "day"), (rule.cap_week, "week"), (rule.cap_month, "month")):
        if cap:
            group = [events["member_id"], pd.Series(clock.period_number(at, period), name="period")]
            after = pd.Series(points).groupby(group).cumsum().to_numpy()
            points = np.minimum(after, cap) - np.minimum(after - points, cap)
    return points
