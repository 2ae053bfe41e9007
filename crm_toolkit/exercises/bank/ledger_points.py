"""A member's account by hand: an order is paid back, points expire, two accounts become one.

The rules are those of `crm_toolkit.firm.loyalty.Ledger`; the tests compare.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pandas as pd

from crm_toolkit.exercises.bank.small_tables import small_table
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values
from crm_toolkit.texts import format_number, mark

_WHOLE = mark("points are whole numbers")
_Lot = tuple[dt.date, dt.date, int]  # given, gone, points


def _draw_refund(luck: random.Random) -> Data:
    rows = []
    for name in ("kept", "spent"):
        paid, percent = luck.randrange(10, 60) * 100, luck.choice((5, 8, 10))
        earned = paid * percent // 100
        back = paid * luck.choice((20, 25, 40, 50, 60, 75)) // 100
        used = 0 if name == "kept" else earned - luck.randrange(1, max(2, earned * back // paid))
        rows.append((name, paid, earned, used, back))
    columns = ["member", "paid", "earned", "redeemed", "paid_back"]
    return {"orders": pd.DataFrame(rows, columns=columns)}


def _balances(data: Data, of_row: Callable[[Any], float]) -> Values:
    return {"balance": {row.member: float(of_row(row)) for row in data["orders"].itertuples()}}


def _after_refund(row: Any) -> int:
    return row.earned - row.redeemed - row.earned * row.paid_back // row.paid


def _refund_words(data: Data) -> dict[str, Any]:
    right, row = _balances(data, _after_refund)["balance"], next(data["orders"].itertuples())
    return {
        "paid": format_number(row.paid), "earned": format_number(row.earned), "back": format_number(row.paid_back),
        "taken": format_number(row.earned * row.paid_back // row.paid),
        "table": small_table("member", "balance", right, 0),
    }  # fmt: skip


REFUND_POINTS = Task(
    id="refund_points",
    lesson="09",
    topic="loyalty",
    key="member",
    title=mark("A part of the order is paid back"),
    statement=mark(
        "Two members each made one order (`orders`: money paid, points earned for it, points redeemed for something "
        "else since, money paid back now). The rules: points of an order are taken back in proportion to the money, "
        "parts of a point are cut off; if they were used meanwhile, the balance falls below zero.\n\n"
        "What is the balance of each after the refund? Hand in a table with `member` (`kept`, `spent`) and `balance`."
    ),
    generate=_draw_refund,
    answer=lambda data: _balances(data, _after_refund),
    misconceptions=(
        Misconception("POINTS_KEPT", lambda data: _balances(data, lambda row: row.earned - row.redeemed),
                      mark("The money went back, and the points of the order stayed. Order, return, order again: so "
                           "points are made from nothing."), credit=0.25),
        Misconception("ALL_TAKEN_BACK", lambda data: _balances(data, lambda row: -row.redeemed),
                      mark("All points of the order were taken back, though only a part of the money was."),
                      credit=0.25),
        Misconception("NEVER_NEGATIVE", lambda data: _balances(data, lambda row: max(_after_refund(row), 0)),
                      mark("The balance stops at zero, so points that were used already are let go in silence. What "
                           "does the rule say?"), credit=0.5),
        Misconception("SHARE_OF_BALANCE",
                      lambda data: _balances(data, lambda row: (row.earned - row.redeemed)
                                             - (row.earned - row.redeemed) * row.paid_back // row.paid),
                      mark("The share was taken of what is left. It is the points of the order that go back with its "
                           "money."), credit=0.25),
    ),
    words=_refund_words,
    hints=(
        mark("Points follow the money of their order, whatever became of them since."),
        mark("Taken back: points earned · money paid back / money paid, cut off to whole points. Then the balance."),
        mark('`back = orders["earned"] * orders["paid_back"] // orders["paid"]`'),
    ),
    solution=mark("First member: {earned} · {back} / {paid} = {taken} points go back. The second owes points now; "
                  "later "
                  "ones fill the gap.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=_WHOLE,
)  # fmt: skip


def _draw_expiry(luck: random.Random) -> Data:
    first, valid = dt.date(2026, 1, 5) + dt.timedelta(luck.randrange(20)), luck.choice((60, 75, 90, 120))
    days = [first + dt.timedelta(step) for step in (0, *sorted(luck.sample(range(10, 50), 2)))]
    earned = [luck.randrange(8, 30) * 10 for _ in days]
    used_on = days[-1] + dt.timedelta(luck.randrange(2, 8))
    used = luck.randrange(earned[0] // 10 + 1, (earned[0] + earned[1]) // 10) * 10
    log = [(day, "earn", points) for day, points in zip(days, earned, strict=True)] + [(used_on, "redeem", used)]
    asked = [days[0] + dt.timedelta(valid + 2), days[1] + dt.timedelta(valid + 1)]
    return {
        "log": pd.DataFrame(log, columns=["day", "kind", "points"]),
        "valid_days": valid,
        "asked": [day.isoformat() for day in asked],
    }


def _lots(data: Data) -> tuple[list[_Lot], int]:
    rows, valid = list(data["log"].itertuples()), dt.timedelta(data["valid_days"])
    lots = [(row.day, row.day + valid, row.points) for row in rows if row.kind == "earn"]
    return lots, sum(row.points for row in rows if row.kind == "redeem")


def _drawn(lots: list[Any], used: int) -> list[int]:
    """What is left of lots in the order in which they are used."""
    left = []
    for lot in lots:
        taken = min(lot[-1], used)
        used -= taken
        left.append(lot[-1] - taken)
    return left


def _at_days(data: Data, *, newest_first: bool = False, expires: bool = True) -> Values:
    lots, used = _lots(data)
    lots = lots[::-1] if newest_first else lots
    left = list(zip(lots, _drawn(lots, used), strict=True))
    return {"balance": {
        day: float(sum(points for lot, points in left if not expires or lot[1].isoformat() > day))
        for day in data["asked"]
    }}  # fmt: skip


def _whole_lots(data: Data, *, less_used: bool) -> Values:
    lots, used = _lots(data)
    return {"balance": {
        day: float(sum(lot[2] for lot in lots if lot[1].isoformat() > day) - used * less_used) for day in data["asked"]
    }}  # fmt: skip


def _expiry_words(data: Data) -> dict[str, Any]:
    lots, used = _lots(data)
    return {
        "valid": format_number(data["valid_days"]), "first": data["asked"][0], "second": data["asked"][1],
        "used": format_number(used),
        "lots": " + ".join(format_number(lot[2]) for lot in lots),
        "left": " + ".join(format_number(points) for points in _drawn(lots, used)),
        "table": small_table("day", "balance", _at_days(data)["balance"], 0),
    }  # fmt: skip


FIFO_EXPIRY = Task(
    id="fifo_expiry",
    lesson="09",
    topic="loyalty",
    key="day",
    title=mark("Which points expire"),
    statement=mark(
        "A member's account (`log`: day, kind, points). Points are valid for {valid} days from the day on which they "
        "were given (`valid_days`) and can't be used from the last of them on. Used first is what expires first.\n\n"
        "What is the balance at noon of {first} and of {second} (`asked`)? Hand in a table with `day` and `balance`."
    ),
    generate=_draw_expiry,
    answer=_at_days,
    misconceptions=(
        Misconception("NO_EXPIRY", lambda data: _at_days(data, expires=False),
                      mark("Nothing expires here. Look at the day on which each portion of points was given."),
                      credit=0.25),
        Misconception("NEWEST_FIRST", lambda data: _at_days(data, newest_first=True),
                      mark("It looks as if the newest points were used first, so that more of the old ones expire. "
                           "The rule says the opposite."), credit=0.5),
        Misconception("EXPIRED_TWICE", lambda data: _whole_lots(data, less_used=True),
                      mark("Points that were used are taken off, and then their portion expires as a whole: they are "
                           "lost twice. Only what is left of a portion can expire."), credit=0.25),
        Misconception("USE_IGNORED", lambda data: _whole_lots(data, less_used=False),
                      mark("The portions that are still valid stand there untouched. The redemption drew on some of "
                           "them."), credit=0.25),
    ),
    words=_expiry_words,
    hints=(
        mark("A balance is a heap of portions, each with its own last day. Keep them apart."),
        mark("Take the redemption off the oldest portion first, then off the next. Then cross out portions whose time "
             "is over: what is left of them expires."),
        mark('`lots = log[log["kind"] == "earn"].copy()`'),
    ),
    solution=mark("Given were {lots}. The redemption of {used} draws on the oldest: {left} are left, each until its "
                  "own day. The package agrees: `firm.loyalty.Ledger`.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=_WHOLE,
)  # fmt: skip


def _draw_merge(luck: random.Random) -> Data:
    start = dt.date(2026, 2, 1)
    rows: list[tuple[str, str, dt.date, dt.date, int]] = []
    for account in ("stays", "goes"):
        valid = 365 if account == "stays" else luck.choice((90, 120, 150))
        for number in (1, 2):
            given = start + dt.timedelta(luck.randrange(0, 50))
            if number == 2 and account == "stays":
                valid = luck.choice((60, 100, 365))
            rows.append(
                (f"{account}_{number}", account, given, given + dt.timedelta(valid), luck.randrange(5, 25) * 10)
            )
    if len({row[3] for row in rows}) < len(rows) or len({row[2] for row in rows}) < len(rows):
        return _draw_merge(luck)
    lots = pd.DataFrame(rows, columns=["lot", "account", "given", "expires", "points"])
    total = int(lots["points"].sum())
    return {"lots": lots, "redeemed": luck.randrange(total // 40, total // 14) * 10}


def _left(data: Data, order: list[str], ascending: list[bool] | bool = True) -> Values:
    lots = data["lots"].sort_values(order, ascending=ascending, kind="stable")
    rows = [(row.lot, row.points) for row in lots.itertuples()]
    left = dict(zip((lot for lot, _ in rows), _drawn(rows, data["redeemed"]), strict=True))
    return {"left": {lot: float(left[lot]) for lot in data["lots"]["lot"]}}


def _pro_rata(data: Data) -> Values:
    lots = data["lots"]
    share = 1 - data["redeemed"] / lots["points"].sum()
    return {"left": {row.lot: float(row.points * share) for row in lots.itertuples()}}


def _merge_words(data: Data) -> dict[str, Any]:
    lots = data["lots"]
    return {
        "redeemed": format_number(data["redeemed"]), "total": format_number(int(lots["points"].sum())),
        "order": ", ".join(f"`{lot}`" for lot in lots.sort_values("expires", kind="stable")["lot"]),
        "table": small_table("lot", "left", _left(data, ["expires"])["left"], 0),
    }  # fmt: skip


MERGE_ACCOUNTS = Task(
    id="merge_accounts",
    lesson="09",
    topic="loyalty",
    key="lot",
    title=mark("Two accounts become one"),
    statement=mark(
        "A person turned out to have two accounts; `goes` is merged into `stays` (`lots`: portions of points with the "
        "day on which they were given and the day from which they are gone). Points keep their days. Right after the "
        "merge {redeemed} points are redeemed (`redeemed`), by the usual rule: first what expires first.\n\n"
        "How many points are left of each portion? Hand in a table with `lot` and `left`."
    ),
    generate=_draw_merge,
    answer=lambda data: _left(data, ["expires"]),
    misconceptions=(
        Misconception("OWN_FIRST", lambda data: _left(data, ["account", "expires"], [False, True]),
                      mark("The points of the account that stays were used first. After a merge there is one heap: "
                           "where a portion comes from plays no part."), credit=0.5),
        Misconception("GIVEN_FIRST", lambda data: _left(data, ["given"]),
                      mark("The order is that of giving. Portions may be valid for different times; what counts is "
                           "which is gone first."), credit=0.5),
        Misconception("LAST_EXPIRY_FIRST", lambda data: _left(data, ["expires"], False),
                      mark("What would have lasted longest was used first, and what is about to expire is left: the "
                           "member loses."), credit=0.25),
        Misconception("PRO_RATA", _pro_rata,
                      mark("Every portion gave its share. The rule draws on one portion after the other."),
                      credit=0.25),
    ),
    words=_merge_words,
    hints=(
        mark("Put all four portions on one heap and forget whose they were."),
        mark("Sort by the day from which they are gone, and draw until the redemption is covered."),
        mark('`heap = lots.sort_values("expires")`'),
    ),
    solution=mark("There are {total} points; in the order {order} they give {redeemed}:\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=_WHOLE,
)  # fmt: skip

TASKS = (REFUND_POINTS, FIFO_EXPIRY, MERGE_ACCOUNTS)
