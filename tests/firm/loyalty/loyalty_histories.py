"""Random programmes and histories, and the reference ledger's answer as the tables of `replay`."""

import datetime as dt

import numpy as np
import pandas as pd

from crm_toolkit.firm.loyalty import Account, Burning, Earning, Event, Ledger, Life, LoyaltyProgramme, Returns

START = dt.datetime(2026, 1, 1)
COLUMNS = ("event_id", "member_id", "at", "kind", "points", "amount_minor", "order_id", "other_id", "active_from",
           "expires_at")  # fmt: skip
PLAIN = ("earn", "earn", "earn", "redeem", "redeem", "refund", "enrol", "adjust", "tier")
EVERY = (*PLAIN, "leave", "re_enrol", "activate", "reserve", "reserve", "release", "transfer", "merge", "erase")


def programme(luck):
    """A programme with random rules of life, burning, returns and accounts."""
    pending = str(luck.choice(["none", "none", "days", "action"]))
    mode = str(luck.choice(["continuous", "continuous", "threshold"]))
    return LoyaltyProgramme(
        name="random",
        earning=Earning(per_unit=1),
        burning=Burning(
            point_value=float(luck.choice([0.01, 0.5, 1.0])), mode=mode,
            threshold=int(luck.integers(2, 6)) if mode == "threshold" else 1, minimum=int(luck.choice([1, 1, 3])),
            max_share=float(luck.choice([1.0, 0.5])),
        ),
        life=Life(
            pending=pending, pending_days=int(luck.integers(1, 15)) if pending == "days" else 0,
            validity=str(luck.choice(["unlimited", "days", "days", "period_end"])),
            validity_days=int(luck.integers(1, 60)), more_periods=int(luck.integers(0, 2)),
            period=str(luck.choice(["day", "week", "month", "quarter", "year"])),
            rounding=str(luck.choice(["exact", "period_end"])),
        ),
        returns=Returns(str(luck.choice(["negative", "debt", "forgive"])), str(luck.choice(["new_lot", "lost"]))),
        account=Account(on_leave=str(luck.choice(["forfeit", "keep"])), transfers=bool(luck.random() < 0.8)),
    )  # fmt: skip


def history(luck, *, events=25, members=3, kinds=EVERY, overrides=False, hours=6):
    """A random log: many of its events make sense, some don't."""
    rows, at, orders = [], START, {}
    for number in range(events):
        at += dt.timedelta(hours=hours * int(luck.integers(0, 40))) if luck.random() < 0.8 else dt.timedelta()
        kind, member = str(luck.choice(kinds)), int(luck.integers(members))
        row = dict.fromkeys(COLUMNS) | {"event_id": number, "member_id": member, "at": at, "kind": kind, "points": 0,
                                        "amount_minor": 0}  # fmt: skip
        known = sorted(orders)
        if kind == "earn":
            row["points"], row["amount_minor"] = int(luck.integers(0, 60)), int(luck.integers(0, 9000))
            if luck.random() < 0.8:
                again = known and luck.random() < 0.15
                row["order_id"] = int(luck.choice(known)) if again else 1000 + number
                orders.setdefault(row["order_id"], row["amount_minor"])
            if overrides and luck.random() < 0.3:
                row["active_from"] = at + dt.timedelta(days=int(luck.integers(0, 10)))
            if overrides and luck.random() < 0.3:
                row["expires_at"] = (row["active_from"] or at) + dt.timedelta(days=int(luck.integers(1, 40)))
        elif kind in ("redeem", "reserve"):
            row["points"] = int(luck.integers(1, 50))
            row["amount_minor"] = int(luck.integers(0, 9000)) if luck.random() < 0.3 else 0
            if kind == "reserve" or luck.random() < 0.6:
                row["order_id"] = int(luck.choice(known)) if known and luck.random() < 0.6 else 1000 + number
        elif kind in ("refund", "release", "activate"):
            row["order_id"] = int(luck.choice(known)) if known and luck.random() < 0.95 else 1000 + number
            whole = orders.get(row["order_id"], 100)
            if kind == "refund":
                row["amount_minor"] = max(1, whole if luck.random() < 0.4 else int(whole * luck.random()))
            row["points"] = int(luck.integers(0, 20)) if kind == "release" and luck.random() < 0.5 else 0
            if luck.random() < 0.9:  # mostly by whom the order is
                owners = [one["member_id"] for one in rows if one["order_id"] == row["order_id"]]
                row["member_id"] = owners[0] if owners else member
        elif kind == "adjust":
            row["points"] = int(luck.integers(1, 40)) * int(luck.choice([-1, 1]))
        elif kind in ("transfer", "merge"):
            row["other_id"] = int(luck.integers(members))
            row["points"] = int(luck.integers(1, 40)) if kind == "transfer" else 0
        rows.append(row)
    return table(rows)


def table(rows):
    """Events as a table with the right kinds of columns."""
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    for name in ("order_id", "other_id"):
        frame[name] = frame[name].astype("Int64")
    for name in ("at", "active_from", "expires_at"):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def posted(events, rules, as_of):
    """The reference ledger after all events up to a moment."""
    ledger = Ledger(rules)
    for row in events.sort_values("at", kind="stable").itertuples(index=False):
        if row.at <= pd.Timestamp(as_of):
            plain = {name: None if pd.isna(getattr(row, name)) else getattr(row, name) for name in COLUMNS}
            times = {name: plain[name].to_pydatetime() for name in ("at", "active_from", "expires_at")
                     if plain[name] is not None}  # fmt: skip
            ledger.take(Event(**{**plain, **times}))
    ledger.close(pd.Timestamp(as_of).to_pydatetime())
    return ledger


def reference_tables(ledger):
    """Lots, movements, balances and refusals of the reference, as sets of rows that can be compared."""
    lots = sorted(
        (
            one.lot_id,
            one.kind,
            one.issued_at,
            one.active_from,
            one.expires_at,
            one.issued,
            one.remaining,
            one.reserved,
            one.redeemed,
            one.expired,
            one.reversed,
            one.transferred,
        )
        for one in ledger.lots
    )
    erased = {name for name, one in ledger.accounts.items() if one.status == "erased"}
    sums = {}
    for one in ledger.movements:
        member = None if ledger._resolved(one.member_id) in erased else one.member_id
        key = (one.event_id, one.lot_id, member, one.at, one.kind)
        sums[key] = tuple(
            map(sum, zip(sums.get(key, (0, 0, 0)), (one.points, one.available, one.unmoved), strict=True))
        )
    owners = sorted((one.lot_id, -9 if one.member_id in erased else one.member_id) for one in ledger.lots)
    accounts = sorted(
        (
            -9 if name in erased else name,
            one.balance,
            sum(lot.remaining for lot in one.lots if not lot.activated),
            sum(lot.reserved for lot in one.lots),
            one.owed,
            one.debt,
            one.forgiven,
        )
        for name, one in ledger.accounts.items()
    )
    return lots, owners, sums, accounts, sorted((event.event_id, reason) for event, reason in ledger.refused)


def replayed_tables(done):
    """The same of a replay."""
    never = np.iinfo(np.int64).max

    def micros(column):
        values = column.to_numpy().astype("datetime64[us]").astype(np.int64)
        return np.where(column.isna(), never, values).tolist()

    lot, moved, balance = done.lots, done.movements, done.balances
    lots = sorted(zip(lot["lot_id"].tolist(), lot["kind"].tolist(), micros(lot["issued_at"]),
                      micros(lot["active_from"]),
                      micros(lot["expires_at"]), *(lot[name].tolist() for name in
                      ("issued", "remaining", "reserved", "redeemed", "expired", "reversed", "transferred")),
                      strict=True))  # fmt: skip
    plain = {name: [None if pd.isna(one) else one for one in moved[name].tolist()]
             for name in ("event_id", "lot_id", "member_id")}  # fmt: skip
    sums = {}
    for *key, points, available, unmoved in zip(
        plain["event_id"], plain["lot_id"], plain["member_id"], micros(moved["at"]), moved["kind"].tolist(),
        moved["points"].tolist(), moved["available"].tolist(), moved["unmoved"].tolist(), strict=True,
    ):  # fmt: skip
        sums[tuple(key)] = tuple(map(sum, zip(sums.get(tuple(key), (0, 0, 0)), (points, available, unmoved),
                                              strict=True)))  # fmt: skip
    owners = sorted(zip(lot["lot_id"].tolist(), lot["member_id"].fillna(-9).tolist(), strict=True))
    names = ("balance", "pending", "reserved", "owed", "debt", "forgiven")
    accounts = sorted(zip(balance["member_id"].fillna(-9).tolist(), *(balance[name].tolist() for name in names),
                          strict=True))  # fmt: skip
    refused = sorted(zip(done.refused["event_id"].tolist(), done.refused["reason"].tolist(), strict=True))
    return lots, owners, sums, accounts, refused
