"""The ledger as tables where the log lives: DuckDB, polars, PySpark, Parquet; plain histories, written once.

The closed form of `lanes` in Narwhals expressions: uses and expiries of a member in one line of time, cumulative sums
over it, a running maximum for what expires. It holds for logs in which points are earned, used and adjusted, become
active and expire in the order of issue, and every use is covered; other logs are refused with what is in the way, and
`replay` does them in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw

from crm_toolkit.engines import Desk, laid_out
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.loyalty.programme import LoyaltyProgramme
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, join_names, say, say_count

_NEEDED = ("event_id", "member_id", "at", "kind", "points")
_KINDS = ("enrol", "earn", "redeem", "adjust", "tier")


@dataclass(frozen=True)
class LedgerTables:
    """Tables of the kind that the log was.

    Parameters
    ----------
    balances : frame
        ``member_id``, ``balance``, ``issued``, ``used``, ``expired``, in points.
    lots : frame
        ``lot_id``, ``member_id``, ``issued_at``, ``issued``, ``expired``, ``remaining``, ``used``.
    months : frame
        ``month`` (its first day), ``issued``, ``used``, ``expired``, ``closing``; months in which nothing happens have
        no row.
    """

    balances: Any
    lots: Any
    months: Any


def ledger_tables(events: Any, programme: LoyaltyProgramme, *, as_of: Any) -> LedgerTables:
    """Balances, lots and the points outstanding by month, computed where the log lives.

    Parameters
    ----------
    events : frame, relation or path
        Any table that `crm_toolkit.engines` knows, with ``event_id``, ``member_id``, ``at``, ``kind``, ``points``; each
        event once. Its kinds are enrol, earn, redeem, adjust and tier.
    programme : LoyaltyProgramme
        Points are active at once, and are unlimited or valid for whole days, to the second.
    as_of : date or datetime
        Nothing later is looked at.

    Returns
    -------
    LedgerTables

    Raises
    ------
    InputError
        If the log or the rules are not that plain, or a use is not covered: replay such a log in memory.

    Notes
    -----
    The numbers are those of `replay`, to the point.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.firm.loyalty import Burning, Earning, Life
    >>> rules = LoyaltyProgramme(
    ...     name="n", earning=Earning(per_unit=1), burning=Burning(), life=Life(validity="days", validity_days=30)
    ... )
    >>> days = pd.to_datetime(["2026-03-01", "2026-03-11", "2026-03-21"])
    >>> log = pd.DataFrame(
    ...     {
    ...         "event_id": [1, 2, 3],
    ...         "member_id": 7,
    ...         "at": days,
    ...         "kind": ["earn", "redeem", "earn"],
    ...         "points": [59, 50, 56],
    ...     }
    ... )
    >>> ledger_tables(log, rules, as_of="2026-04-01").balances.values.tolist()
    [[7, 56, 115, 50, 9]]
    """
    import pandas as pd

    _require_plain(programme)
    until = pd.Timestamp(as_of).to_pydatetime()
    with laid_out(events, _NEEDED, asked_by="ledger_tables") as desk:
        require_frame(desk, _NEEDED, asked_by="ledger_tables")
        lines = desk.lines.select(*_NEEDED).filter(nw.col("at") <= until)
        _require_kinds(desk, lines)
        line = desk.settle(_line_of_time(lines, programme, until))
        _require_covered(desk, line)
        return LedgerTables(*(desk.hand_back(made(line)) for made in (_balances, _lots, _months)))


def _line_of_time(lines: nw.LazyFrame, programme: LoyaltyProgramme, until: Any) -> nw.LazyFrame:
    """Issues, uses and expiries in one order, with what had been issued, used and expired after each."""
    import datetime as dt

    points = nw.col("points")
    gives = (nw.col("kind") == "earn") | ((nw.col("kind") == "adjust") & (points > 0))
    uses = (nw.col("kind") == "redeem") | ((nw.col("kind") == "adjust") & (points < 0))
    by_member = {"order_by": ("at", "event_id")}
    moved = lines.filter((gives | uses) & (points != 0)).with_columns(
        issued=nw.when(gives).then(points).otherwise(0).cast(nw.Int64()),
        used=nw.when(uses).then(points.abs()).otherwise(0).cast(nw.Int64()),
    )
    moved = moved.with_columns(end=nw.col("issued").cum_sum().over("member_id", **by_member))
    plain = moved.select("member_id", "at", "event_id", "issued", "used", "end", born=nw.col("at"),
                         turn=nw.lit(1).cast(nw.Int64()))  # fmt: skip
    if programme.life.validity == "unlimited":
        together = plain
    else:
        valid = dt.timedelta(days=programme.life.validity_days)
        zero = nw.lit(0).cast(nw.Int64())
        ticks = moved.filter((nw.col("issued") > 0) & (nw.col("at") <= until - valid)).select(
            "member_id", at=nw.col("at") + valid, event_id=nw.col("event_id"), issued=zero, used=zero,
            end=nw.col("end"), born=nw.col("at"), turn=zero,
        )  # fmt: skip
        together = nw.concat([plain, ticks.select(plain.collect_schema().names())])
    line = {"order_by": ("at", "turn", "born", "event_id")}
    together = together.with_columns(
        all_used=nw.col("used").cum_sum().over("member_id", **line),
        all_issued=nw.col("issued").cum_sum().over("member_id", **line),
    ).with_columns(standing=nw.when(nw.col("turn") == 0).then(nw.col("end") - nw.col("all_used")).otherwise(0))
    together = together.with_columns(standing=nw.when(nw.col("standing") > 0).then(nw.col("standing")).otherwise(0))
    return together.with_columns(all_expired=nw.col("standing").cum_max().over("member_id", **line)).with_columns(
        expired=nw.col("all_expired") - nw.col("all_expired").shift(1).over("member_id", **line).fill_null(0)
    )


def _balances(line: nw.LazyFrame) -> nw.LazyFrame:
    sums = line.group_by("member_id").agg(*(nw.col(name).sum() for name in ("issued", "used", "expired")))
    return sums.select("member_id", (nw.col("issued") - nw.col("used") - nw.col("expired")).alias("balance").cast(
        nw.Int64()), *(nw.col(name).cast(nw.Int64()) for name in ("issued", "used", "expired")))\
        .sort("member_id")  # fmt: skip


def _lots(line: nw.LazyFrame) -> nw.LazyFrame:
    gone = line.group_by("member_id").agg(all_gone=nw.col("used").sum() + nw.col("expired").sum())
    ticks = line.filter(nw.col("turn") == 0).select("event_id", ticked=nw.col("expired"))
    lots = line.filter((nw.col("turn") == 1) & (nw.col("issued") > 0)).select(
        "member_id", "event_id", "issued", "end", "at"
    )
    lots = lots.join(gone, on="member_id", how="left").join(ticks, on="event_id", how="left")
    begin = nw.col("end") - nw.col("issued")
    left = nw.col("all_gone") - begin
    left = nw.when(left < 0).then(0).otherwise(nw.when(left > nw.col("issued")).then(nw.col("issued")).otherwise(left))
    lots = lots.with_columns(remaining=nw.col("issued") - left, expired=nw.col("ticked").fill_null(0))
    return lots.select(
        "member_id", "issued", "expired", "remaining", lot_id=nw.col("event_id"), issued_at=nw.col("at"),
        used=nw.col("issued") - nw.col("expired") - nw.col("remaining"),
    ).select(
        "lot_id", "member_id", "issued_at",
        *(nw.col(name).cast(nw.Int64()) for name in ("issued", "expired", "remaining", "used")),
    ).sort("lot_id")  # fmt: skip


def _months(line: nw.LazyFrame) -> nw.LazyFrame:
    month = line.with_columns(month=nw.col("at").dt.truncate("1mo"))
    sums = month.group_by("month").agg(*(nw.col(name).sum() for name in ("issued", "used", "expired")))
    change = nw.col("issued") - nw.col("used") - nw.col("expired")
    sums = sums.with_columns(change=change).with_columns(closing=nw.col("change").cum_sum().over(order_by="month"))
    return sums.select(
        "month", *(nw.col(name).cast(nw.Int64()) for name in ("issued", "used", "expired", "closing"))
    ).sort("month")


def _require_plain(programme: LoyaltyProgramme) -> None:
    life = programme.life
    days = life.validity == "days" and life.rounding == "exact"
    if life.pending != "none" or not (days or life.validity == "unlimited"):
        what = say("Points of this programme wait, or expire at the end of a period.")
        raise _not_plain([Problem("rules", what)])


def _require_kinds(desk: Desk, lines: nw.LazyFrame) -> None:
    from crm_toolkit.engines import rows

    counts = rows(lines.group_by("kind").agg(count=nw.len()))
    odd = {str(row["kind"]): row["count"] for row in counts if row["kind"] not in _KINDS}
    if odd:
        what = say_count("{count} event is of a kind that needs more: {names}.",
                         "{count} events are of kinds that need more: {names}.", sum(odd.values()),
                         names=join_names(sorted(odd)))  # fmt: skip
        raise _not_plain([Problem("kinds", what, column="kind")])


def _require_covered(desk: Desk, line: nw.LazyFrame) -> None:
    left = nw.col("all_issued") - nw.col("all_used") - nw.col("all_expired")
    short = desk.row(line.filter((nw.col("used") > 0) & (left < 0)).select(count=nw.len()))["count"]
    if short:
        what = say("Uses beyond the balance: {count}.", count=format_number(short))
        raise _not_plain([Problem("balance_too_small", what, column="points")])


def _not_plain(problems: list[Problem]) -> InputError:
    advice = say("Use `replay`: it holds every rule.")
    return InputError(say("These tables can't be made where the log lives."),
                      [Problem(one.code, one.what, one.found, advice, one.rows, one.column)
                       for one in problems])  # fmt: skip
