"""A ledger of ten million events replayed: ours beside plain Python, the usual code in pandas and SQL for DuckDB.

Points are earned and used; they are valid for a year, used first is what expires first. The question: the balance and
the expired points of every member, and what was issued, used, expired and outstanding in every month, as of a day after
the last event. Every use is covered, so that all contestants book the same. Ours keeps, beside that, which lot each use
drew from; the others are not asked for it. All begin with the same pandas frame.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path

import numpy as np
import pandas as pd

SEED = 20260301
SIZES = {"10,000,000 events": 10_000_000}
SMALL = {"200,000 events": 200_000}
DAYS, AS_OF = 365, "2026-01-01"
CONTESTANTS = {
    "balances, expiries, outstanding by month": {
        "crm_toolkit, numba": "ours_numba",
        "crm_toolkit, numpy": "ours",
        "pandas, cumulative sums by hand": "pandas_code",
        "DuckDB SQL on the frame": "sql",
        "plain Python, a deque of lots": "plain_python",
    },
}


def make_data(file: Path, events: int) -> None:
    """Two years of events; members differ in how often they come (gamma), one event in five is a use."""
    from crm_toolkit.firm.loyalty import replay

    luck = np.random.default_rng(SEED)
    wanted = int(events * 1.1)  # what has no points, or is not covered because it expired, is left out
    weight = np.cumsum(luck.gamma(1.0, 1.0, max(events // 20, 20)))
    use = luck.random(wanted) < 0.2
    seconds = np.sort(luck.integers(0, 729 * 86_400, wanted)).astype("timedelta64[s]")
    frame = pd.DataFrame({
        "event_id": np.arange(wanted), "member_id": np.searchsorted(weight, luck.random(wanted) * weight[-1]),
        "at": (np.datetime64("2024-01-01") + seconds).astype("datetime64[us]"),
        "kind": pd.Categorical.from_codes(use.astype(np.int8), ["earn", "redeem"]),
        "points": np.where(use, 0, luck.integers(1, 150, wanted)),
    })  # fmt: skip
    # a use takes a part of what was earned since the use before
    turn = pd.Series(use).groupby(frame["member_id"]).cumsum()
    since = frame.groupby(["member_id", turn - use])["points"].cumsum().to_numpy()
    frame["points"] = np.where(use, (since * luck.random(wanted)).astype(np.int64), frame["points"])
    frame = frame[frame["points"] > 0].reset_index(drop=True)
    refused = replay(frame, _rules(), as_of=AS_OF).refused["event_id"].to_numpy()
    frame[~frame["event_id"].isin(refused)].head(events).to_parquet(file, index=False)


def _rules():
    from crm_toolkit.firm.loyalty import Burning, Earning, Life, LoyaltyProgramme

    life = Life(validity="days", validity_days=DAYS)
    return LoyaltyProgramme(name="benchmark", earning=Earning(per_unit=1), burning=Burning(), life=life)


def _replayed(frame: pd.DataFrame, engine: str) -> dict:
    from crm_toolkit.firm.loyalty import replay

    done = replay(frame, _rules(), as_of=AS_OF, engine=engine)
    months = done.months().set_index("month")[["issued", "redeemed", "expired", "closing"]]
    return _answer(done.balances.set_index("member_id")["balance"], done.expired, months.iloc[:24])


def _answer(balance: pd.Series, expired: pd.Series, months: pd.DataFrame) -> dict:
    """Comparable at once: sums and hashes of what belongs to every member, and the months."""
    balance, expired = balance.sort_index(), expired.reindex(balance.index, fill_value=0).sort_index()
    weight = np.arange(1, len(balance) + 1)
    return {"members": len(balance), "balance": int(balance.sum()),
            "by member": int((balance.to_numpy() * weight).sum()),
            "expired by member": int((expired.to_numpy() * weight).sum()),
            "months": [[int(one) for one in row] for row in months.to_numpy()]}  # fmt: skip


def ours(frame, _path):
    """Replay on a pandas frame, by numpy."""
    import crm_toolkit.firm.loyalty  # noqa: F401

    return lambda: _replayed(frame, "numpy")


def ours_numba(frame, _path):
    """Replay on a pandas frame, by loops that numba has translated before the clock starts."""
    import numba  # noqa: F401

    _replayed(frame.head(1_000), "numba")
    return lambda: _replayed(frame, "numba")


def _months(sums: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(np.column_stack([sums, np.cumsum(sums[:, 0] - sums[:, 1] - sums[:, 2])]))


def plain_python(frame, _path):
    """A deque of lots for each member, event by event."""
    borders = pd.date_range("2024-01-01", periods=25, freq="MS").astype("datetime64[s]").astype("int64").tolist()
    until = borders[24]

    def run():
        from bisect import bisect_right

        lots: dict[int, deque] = {}
        balance: dict[int, int] = {}
        expired: dict[int, int] = {}
        sums = [[0, 0, 0] for _ in range(24)]

        def clock(member, now):
            line = lots[member]
            while line and line[0][0] <= now:
                ends, left = line.popleft()
                balance[member] -= left
                expired[member] += left
                if left:
                    sums[bisect_right(borders, ends) - 1][2] += left

        rows = zip(frame["member_id"].tolist(), (frame["at"].astype("int64") // 1_000_000).tolist(),
                   (frame["kind"] == "earn").tolist(), frame["points"].tolist(), strict=True)  # fmt: skip
        for member, at, gives, points in rows:
            if member not in lots:
                lots[member], balance[member], expired[member] = deque(), 0, 0
            clock(member, at)
            month = sums[bisect_right(borders, at) - 1]
            if gives:
                lots[member].append([at + DAYS * 86_400, points])
                balance[member] += points
                month[0] += points
                continue
            if points > balance[member]:
                raise AssertionError("a use is not covered")
            balance[member] -= points
            month[1] += points
            line = lots[member]
            while points:
                taken = min(points, line[0][1])
                line[0][1] -= taken
                points -= taken
                if not line[0][1]:
                    line.popleft()
        for member in lots:
            clock(member, until - 1)
        return _answer(pd.Series(balance), pd.Series(expired), _months(np.array(sums)))

    return run


def pandas_code(frame, _path):
    """Cumulative sums by group, uses and expiries in one table."""

    def run():
        gives = frame["kind"] == "earn"
        line = pd.DataFrame({
            "member_id": frame["member_id"], "at": frame["at"], "tick": False,
            "issued": frame["points"].where(gives, 0), "used": frame["points"].where(~gives, 0),
        })  # fmt: skip
        line["end"] = line.groupby("member_id")["issued"].cumsum()
        ticks = line[gives & (line["at"] <= pd.Timestamp(AS_OF) - pd.Timedelta(days=DAYS))].copy()
        ticks["at"] += pd.Timedelta(days=DAYS)
        ticks["tick"], ticks["issued"], ticks["used"] = True, 0, 0
        line = pd.concat([ticks, line], ignore_index=True).sort_values(["member_id", "at"], kind="stable")
        used = line.groupby("member_id")["used"].cumsum()
        standing = (line["end"] - used).where(line["tick"], 0).clip(lower=0)
        gone = standing.groupby(line["member_id"]).cummax()
        line["expired"] = (gone - gone.groupby(line["member_id"]).shift(fill_value=0)).astype("int64")
        sums = line.groupby("member_id")[["issued", "used", "expired"]].sum()
        months = line.groupby(line["at"].dt.to_period("M"))[["issued", "used", "expired"]].sum().sort_index().iloc[:24]
        return _answer(sums["issued"] - sums["used"] - sums["expired"], sums["expired"], _months(months.to_numpy()))

    return run


def sql(frame, _path):
    """The same in SQL by hand."""
    import duckdb

    query = f"""
        create temp table line as with moved as (
            select member_id, "at", event_id, 1 as turn, case when kind = 'earn' then points else 0 end as issued,
                   case when kind = 'redeem' then points else 0 end as used from log
        ), ended as (
            select *, sum(issued) over (partition by member_id order by "at", event_id) as stop from moved
        ), together as (
            select member_id, "at", event_id, turn, issued, used, 0 as stop from ended
            union all select member_id, "at" + interval {DAYS} day, event_id, 0, 0, 0, stop from ended
            where issued > 0 and "at" <= timestamp '{AS_OF}' - interval {DAYS} day
        ), standing as (
            select *, case when turn = 0 then greatest(stop - sum(used) over w, 0) else 0 end as standing
            from together window w as (partition by member_id order by "at", turn, event_id)
        ), gone as (
            select *, max(standing) over (partition by member_id order by "at", turn, event_id) as gone from standing
        ) select member_id, "at", issued, used,
                 gone - lag(gone, 1, 0) over (partition by member_id order by "at", turn, event_id) as expired from gone
    """

    def run():
        connection = duckdb.connect()
        connection.register("log", frame)
        connection.execute(query)
        members = connection.sql("select member_id, sum(issued)::bigint as issued, sum(used)::bigint as used, "
                                 "sum(expired)::bigint as expired from line group by 1").df()  # fmt: skip
        members = members.set_index("member_id")
        months = connection.sql("select sum(issued)::bigint, sum(used)::bigint, sum(expired)::bigint from line "
                                "group by date_trunc('month', \"at\") "
                                "order by date_trunc('month', \"at\")").df()  # fmt: skip
        return _answer(members["issued"] - members["used"] - members["expired"], members["expired"],
                       _months(months.to_numpy()[:24].astype(np.int64)))  # fmt: skip

    return run


def assert_equal(ours: dict, other: dict) -> None:
    """Refuse to time answers that differ."""
    for name, value in ours.items():
        assert value == other[name], f"{name}: {value} and {other[name]}"
