"""A monthly cohort table of ten million purchases: ours beside the usual recipe in pandas and SQL in DuckDB.

The usual recipe is the one of many tutorials: month of each purchase, first month by `transform`, number of different
customers by cohort and age. It leaves out empty cohorts and ages, so the answers are compared cell by cell where there
is one; ours has the money of every cell, too, which the others are not asked for.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 20231231
SIZES = {"10,000,000 purchases": 10_000_000}
SMALL = {"100,000 purchases": 100_000}
CONTESTANTS = {
    "retention_table, months": {
        "crm_toolkit": "ours_frame",
        "crm_toolkit, Parquet": "ours_parquet",
        "pandas, the usual recipe": "pandas_recipe",
        "DuckDB SQL on the frame": "sql_frame",
        "DuckDB SQL, Parquet": "sql_parquet",
    }
}
_SQL = """
    with buyers as (
        select distinct customer_id, date_diff('month', date '2022-01-01', ordered_at) as month
        from lines where amount >= 0
    ), begun as (select customer_id, min(month) as cohort from buyers group by customer_id)
    select cohort, month - cohort as age, count(*) as customers
    from buyers join begun using (customer_id) group by cohort, age
"""


def make_data(file: Path, purchases: int) -> None:
    """Two years of purchases; customers differ in how often they come (gamma)."""
    luck = np.random.default_rng(SEED)
    weight = np.cumsum(luck.gamma(1.0, 1.0, max(purchases // 10, 1)))
    moment = luck.integers(0, 730 * 86_400, purchases).astype("timedelta64[s]")
    frame = pd.DataFrame(
        {
            "customer_id": np.searchsorted(weight, luck.random(purchases) * weight[-1]),
            "ordered_at": (np.datetime64("2022-01-01") + moment).astype("datetime64[us]"),
            "amount": np.round(luck.gamma(2.0, 15.0, purchases) + 0.01, 2),
        }
    )
    frame.to_parquet(file, index=False)


def ours_frame(frame, _path):
    """retention_table on a pandas frame, with the money of every cell."""
    from crm_toolkit.analysis import retention_table

    return lambda: _cells(retention_table(frame, as_of="2023-12-31").customers)


def ours_parquet(_frame, path):
    """retention_table on a Parquet file, with the money of every cell."""
    from crm_toolkit.analysis import retention_table

    return lambda: _cells(retention_table(path, as_of="2023-12-31").customers)


def _cells(table: pd.DataFrame) -> dict[tuple[int, int], int]:
    values = table.to_numpy(dtype="float64", na_value=np.nan)
    return {(int(i), int(j)): int(values[i, j]) for i, j in np.argwhere(values > 0)}


def pandas_recipe(frame, _path):
    """pandas, the usual recipe: to_period, transform, nunique."""

    def run():
        month = frame["ordered_at"].dt.to_period("M")
        first = month.groupby(frame["customer_id"]).transform("min")
        age = (month.dt.year - first.dt.year) * 12 + month.dt.month - first.dt.month
        table = frame.assign(cohort=first, age=age).groupby(["cohort", "age"])["customer_id"].nunique()
        start = pd.Period("2022-01", "M")
        return {((cohort - start).n, int(age)): int(count) for (cohort, age), count in table.items()}

    return run


def sql_frame(frame, _path):
    """DuckDB SQL by hand on the frame."""
    import duckdb

    def run():
        connection = duckdb.connect()
        connection.register("lines", frame)
        return {(int(c), int(a)): int(n) for c, a, n in connection.sql(_SQL).fetchall()}

    return run


def sql_parquet(_frame, path):
    """DuckDB SQL by hand on the Parquet file."""
    import duckdb

    query = _SQL.replace("from lines", f"from '{path}'")
    return lambda: {(int(c), int(a)): int(n) for c, a, n in duckdb.connect().sql(query).fetchall()}


def assert_equal(ours: dict, other: dict) -> None:
    """Refuse to time tables of which a cell differs."""
    assert ours == other, f"{len(ours.items() ^ other.items())} cells differ"
