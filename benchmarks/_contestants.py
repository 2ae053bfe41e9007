"""One contestant, one run, in a fresh process of any interpreter: prints CPU, wall and peak memory as JSON.

Started by ``benchmarks.rfm``; needs numpy, pandas, pyarrow and only the library that it measures.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

AS_OF = "2023-12-31"


def ours_frame(frame, _path):
    """purchase_summary on a pandas frame."""
    from crm_toolkit.analysis import purchase_summary

    return lambda: purchase_summary(frame, as_of=AS_OF).table


def ours_parquet(_frame, path):
    """purchase_summary on a Parquet file."""
    from crm_toolkit.analysis import purchase_summary

    return lambda: purchase_summary(path, as_of=AS_OF).table


def ours_polars(_frame, path):
    """purchase_summary on a polars frame."""
    import polars

    from crm_toolkit.analysis import purchase_summary

    frame = polars.read_parquet(path)
    return lambda: purchase_summary(frame, as_of=AS_OF).table.to_pandas()


def plain_pandas(frame, _path):
    """Plain pandas, the usual way: group by customer and day, then by customer."""
    end = pd.Timestamp(AS_OF)

    def run():
        lines = frame[["customer_id", "amount"]].assign(day=frame["ordered_at"].dt.normalize())
        lines = lines[lines["day"] <= end]
        days = lines.groupby(["customer_id", "day"], as_index=False)["amount"].sum()  # sorted by customer and day
        people = days.groupby("customer_id")
        table = people.agg(
            first=("day", "first"), last=("day", "last"), visits=("day", "size"), money=("amount", "sum")
        )
        frequency = table["visits"] - 1
        later = table["money"] - people["amount"].first()
        return pd.DataFrame(
            {
                "frequency": frequency,
                "recency": (table["last"] - table["first"]).dt.days / 7,
                "T": (end - table["first"]).dt.days / 7,
                "monetary": (later / frequency.where(frequency > 0)).fillna(0.0),
            }
        ).reset_index()

    return run


def fast_pandas(frame, _path):
    """Plain pandas at its best: one whole-number key for customer and day, numpy on the sorted days."""
    last = int(np.datetime64(AS_OF, "D").astype("int64"))

    def run():
        day = frame["ordered_at"].to_numpy().astype("datetime64[D]").astype("int64")
        code, names = pd.factorize(frame["customer_id"], sort=True)
        inside = day <= last
        span = 200_000
        key = (code * span + day)[inside]
        days = pd.Series(frame["amount"].to_numpy()[inside]).groupby(key).sum()
        person, moment = np.divmod(days.index.to_numpy(), span)
        starts = np.flatnonzero(np.r_[True, person[1:] != person[:-1]])
        ends = np.r_[starts[1:], len(person)] - 1
        money = days.to_numpy()
        frequency = ends - starts
        later = np.add.reduceat(money, starts) - money[starts]
        return pd.DataFrame(
            {
                "customer_id": names[person[starts]],
                "frequency": frequency,
                "recency": (moment[ends] - moment[starts]) / 7,
                "T": (last - moment[starts]) / 7,
                "monetary": np.where(frequency > 0, later / np.maximum(frequency, 1), 0.0),
            }
        )

    return run


SUMMARY_SQL = """
    select customer_id, count(*) - 1 as frequency, (max(day) - min(day)) / 7 as recency,
           (date '{as_of}' - min(day)) / 7 as "T",
           case when count(*) > 1 then (sum(money) - arg_min(money, day)) / (count(*) - 1) else 0 end as monetary
    from (select customer_id, cast(ordered_at as date) as day, sum(amount) as money
          from {source} where ordered_at < timestamp '{as_of}' + interval 1 day and customer_id is not null
          group by all)
    group by customer_id order by customer_id
"""


def sql_frame(frame, _path):
    """DuckDB SQL by hand on the pandas frame."""
    import duckdb

    connection = duckdb.connect()
    connection.register("lines", frame)
    return lambda: connection.sql(SUMMARY_SQL.format(as_of=AS_OF, source="lines")).df()


def sql_parquet(_frame, path):
    """DuckDB SQL by hand on the Parquet file."""
    import duckdb

    connection = duckdb.connect()
    return lambda: connection.sql(SUMMARY_SQL.format(as_of=AS_OF, source=f"'{path}'")).df()


def lifetimes(frame, _path):
    """lifetimes, summary_data_from_transaction_data."""
    from lifetimes.utils import summary_data_from_transaction_data

    options = {"observation_period_end": AS_OF, "freq": "D", "freq_multiplier": 7}
    columns = ("customer_id", "ordered_at", "amount")
    return lambda: summary_data_from_transaction_data(frame, *columns, **options).reset_index()


def pymc_marketing(frame, _path):
    """pymc-marketing, rfm_summary."""
    from pymc_marketing.clv.utils import rfm_summary

    options = {"observation_period_end": AS_OF, "time_unit": "D", "time_scaler": 7}
    columns = ("customer_id", "ordered_at", "amount")
    return lambda: rfm_summary(frame, *columns, **options)


def ours_scores_frame(frame, _path):
    """rfm_scores on a pandas frame."""
    from crm_toolkit.analysis import rfm_scores

    return lambda: rfm_scores(frame, as_of=AS_OF)


def ours_scores_parquet(_frame, path):
    """rfm_scores on a Parquet file."""
    from crm_toolkit.analysis import rfm_scores

    return lambda: rfm_scores(path, as_of=AS_OF)


def pandas_scores(frame, _path):
    """Plain pandas: distinct orders, last day, money, scores from mean ranks."""
    end = pd.Timestamp(AS_OF)

    def run():
        lines = frame.assign(day=frame["ordered_at"].dt.normalize())
        lines = lines[lines["day"] <= end]
        people = lines.groupby("customer_id")
        table = pd.DataFrame(
            {
                "recency_days": (end - people["day"].max()).dt.days,
                "frequency": people["order_id"].nunique(),
                "monetary": people["amount"].sum().round(2),
            }
        )
        for column, score in (("recency_days", "r_score"), ("frequency", "f_score"), ("monetary", "m_score")):
            rank = table[column].rank(ascending=column != "recency_days")
            table[score] = np.floor((rank - 0.5) * 5 / len(table)).astype("int64") + 1
        table["rfm"] = (table["r_score"] * 100 + table["f_score"] * 10 + table["m_score"]).astype(str)
        return table.reset_index()

    return run


SCORES_SQL = """
    with people as (
        select customer_id, date '{as_of}' - max(day) as recency_days, count(*) as frequency,
               round(sum(money), 2) as monetary
        from (select customer_id, order_id, max(cast(ordered_at as date)) as day, sum(amount) as money
              from {source} where ordered_at < timestamp '{as_of}' + interval 1 day and customer_id is not null
              group by customer_id, order_id)
        group by customer_id),
    places as (
        select *, count(*) over () as n,
            rank() over (order by recency_days desc) - 1 as r, count(*) over (partition by recency_days) as r_equal,
            rank() over (order by frequency) - 1 as f, count(*) over (partition by frequency) as f_equal,
            rank() over (order by monetary) - 1 as m, count(*) over (partition by monetary) as m_equal
        from people)
    select customer_id, recency_days, frequency, monetary,
        5 * (2 * r + r_equal) // (2 * n) + 1 as r_score, 5 * (2 * f + f_equal) // (2 * n) + 1 as f_score,
        5 * (2 * m + m_equal) // (2 * n) + 1 as m_score, concat(r_score, f_score, m_score) as rfm
    from places order by customer_id
"""


def sql_scores_frame(frame, _path):
    """DuckDB SQL by hand on the pandas frame."""
    import duckdb

    connection = duckdb.connect()
    connection.register("lines", frame)
    return lambda: connection.sql(SCORES_SQL.format(as_of=AS_OF, source="lines")).df()


def sql_scores_parquet(_frame, path):
    """DuckDB SQL by hand on the Parquet file."""
    import duckdb

    connection = duckdb.connect()
    return lambda: connection.sql(SCORES_SQL.format(as_of=AS_OF, source=f"'{path}'")).df()


SUMMARIES = (
    ours_frame,
    ours_parquet,
    ours_polars,
    plain_pandas,
    fast_pandas,
    sql_frame,
    sql_parquet,
    lifetimes,
    pymc_marketing,
)
SCORES = (ours_scores_frame, ours_scores_parquet, pandas_scores, sql_scores_frame, sql_scores_parquet)
CONTESTANTS = {contestant.__name__: contestant for contestant in (*SUMMARIES, *SCORES)}
FROM_FILE = {"ours_parquet", "ours_polars", "sql_parquet", "ours_scores_parquet", "sql_scores_parquet"}
PEERS = ("lifetimes", "pymc_marketing")


def peak_bytes() -> int | None:
    """Most memory that this process has held so far."""
    try:
        import resource
    except ImportError:  # Windows
        try:
            import psutil
        except ImportError:
            return None
        return int(psutil.Process().memory_info().peak_wset)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main() -> None:
    """Run one contestant once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(CONTESTANTS))
    parser.add_argument("data", type=Path)
    parser.add_argument("--save", type=Path, help="where to write the result, to be compared")
    asked = parser.parse_args()
    frame = None if asked.name in FROM_FILE else pd.read_parquet(asked.data)
    try:
        run = CONTESTANTS[asked.name](frame, str(asked.data))
    except ImportError as missing:
        print(json.dumps({"missing": str(missing)}))
        return
    before = peak_bytes()
    cpu, wall = time.process_time(), time.perf_counter()
    table = run()
    spent = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    spent |= {"peak": peak_bytes(), "before": before, "rows": len(table), "pandas": pd.__version__}
    if asked.save:
        table = table.rename(columns={"monetary_value": "monetary"})
        numbers = {
            name: table[name].to_numpy(dtype="float64") for name in table.columns if name not in ("customer_id", "rfm")
        }
        np.savez(asked.save, customer_id=table["customer_id"].to_numpy().astype(str), **numbers)
    print(json.dumps(spent))


if __name__ == "__main__":
    main()
