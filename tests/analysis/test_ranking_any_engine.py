"""Ranking, cohorts and churn rules give the same answer from every kind of table."""

from importlib.util import find_spec

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from crm_toolkit import analysis


def stacked(cohorts):
    return pd.concat([cohorts.customers.astype("float64"), cohorts.revenue])


def priced(lines):
    """Unit costs and quantities for the random purchases, from their order numbers."""
    sign = np.where(lines["amount"] < 0, -1, 1)
    return lines.assign(quantity=(lines["order_id"] % 3 + 1) * sign, unit_cost=(lines["order_id"] % 7 + 0.25) / 2)


QUESTIONS = {
    "cohorts": lambda t: stacked(analysis.retention_table(t, as_of="2024-01-31", unit="quarter")),
    "weeks": lambda t: stacked(analysis.retention_table(t, as_of="2023-03-31", unit="week", by="calendar")),
    "pauses": lambda t: analysis.pause_churn(t, as_of="2024-01-31").table,
    "own_pauses": lambda t: analysis.pause_churn(t, as_of="2024-01-31", of="customer", minimum_gaps=3).table,
    "abc_xyz": lambda t: analysis.abc_xyz_classes(t, as_of="2024-01-31"),
    "profit": lambda t: analysis.customer_profit(t, as_of="2024-01-31", minute_cost=0),
    "stability": lambda t: analysis.rank_stability(t, as_of="2024-01-31", replications=20).customers,
}


def as_pandas(table):
    if isinstance(table, pd.DataFrame):
        return table
    if isinstance(table, duckdb.DuckDBPyRelation):
        return table.to_arrow_table().to_pandas()
    if isinstance(table, pa.Table):
        return table.to_pandas()
    if hasattr(table, "to_arrow"):
        return table.to_arrow().to_pandas()
    return pd.DataFrame([row.asDict() for row in table.collect()], columns=table.columns)


def assert_identical(expected, found, name):
    found = as_pandas(found)
    assert list(found.columns) == list(expected.columns), name
    for column in expected.columns:
        one, other = (list(side[column].to_numpy(dtype=object, na_value=None)) for side in (expected, found))
        assert one == other, (name, column)


def other_kinds(frame, folder):
    arrow = pa.Table.from_pandas(frame, preserve_index=False)
    file = folder / "table.parquet"
    frame.to_parquet(file, index=False)
    kinds = {"pyarrow": arrow, "DuckDB": duckdb.connect().from_arrow(arrow), "Parquet": file}
    if find_spec("polars"):
        import polars

        kinds["polars"] = polars.from_arrow(arrow)
    return kinds


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_kind_of_table_gives_the_same_numbers(name, make_purchases, tmp_path):
    lines, ask = priced(make_purchases(1, lines=900, text_ids=True)), QUESTIONS[name]
    expected = ask(lines)
    for table in other_kinds(lines, tmp_path).values():
        assert_identical(expected, ask(table), name)


def test_small_tables_are_the_same_from_every_kind(make_purchases, tmp_path):
    profit = analysis.customer_profit(priced(make_purchases(2, lines=600)), as_of="2024-01-31", minute_cost=0)
    profit = profit.assign(profit=profit["profit"] + 100, half=profit.index % 2, kind=profit["customer_id"] % 3)
    for kind, table in other_kinds(profit, tmp_path).items():
        if kind == "Parquet":
            continue
        pd.testing.assert_frame_equal(analysis.decile_table(profit, "profit"), analysis.decile_table(table, "profit"))
        assert analysis.whale_curve(profit).coefficient == analysis.whale_curve(table).coefficient
        classes = as_pandas(analysis.abc_classes(table, "revenue")).sort_values("customer_id", ignore_index=True)
        expected = analysis.abc_classes(profit, "revenue")
        assert classes["abc"].tolist() == expected["abc"].tolist()
        assert classes["share_above"].tolist() == expected["share_above"].tolist()
        found = analysis.simpson_reversal(table, "contacts", "half", "kind").groups
        np.testing.assert_array_equal(
            found.to_numpy(), analysis.simpson_reversal(profit, "contacts", "half", "kind").groups.to_numpy()
        )
        pairs = [analysis.rank_changes(t, ["revenue", "profit"]).pairs for t in (profit, table)]
        pd.testing.assert_frame_equal(*pairs)


def test_contacts_join_purchases_of_their_own_kind(make_purchases, tmp_path):
    lines = priced(make_purchases(3, lines=500))
    contacts = pd.DataFrame(
        {
            "customer_id": lines["customer_id"],
            "opened_at": lines["ordered_at"],
            "kind": np.where(lines["order_id"] % 2, "call", "visit"),
            "handle_minutes": lines["order_id"] % 11 + 0.5,
        }
    )
    ask = {"as_of": "2024-01-31", "minute_cost": 0.7, "rates": {"call": 1.5}}
    expected = analysis.customer_profit(lines, contacts, **ask)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, two = other_kinds(lines, tmp_path / "a"), other_kinds(contacts, tmp_path / "b")
    for kind in one:
        if kind == "DuckDB":  # two relations join on one connection only
            connection = duckdb.connect()
            tables = [connection.from_arrow(side["pyarrow"]) for side in (one, two)]
        else:
            tables = [one[kind], two[kind]]
        assert_identical(expected, analysis.customer_profit(*tables, **ask), kind)
        costs = analysis.cost_to_serve_table(tables[1], **ask)
        pd.testing.assert_frame_equal(costs, analysis.cost_to_serve_table(contacts, **ask))


def test_contracts_are_counted_alike_from_every_kind(tmp_path):
    luck = np.random.default_rng(4)
    start = pd.Timestamp("2023-01-01") + pd.to_timedelta(luck.integers(0, 300, 200), unit="D")
    end = pd.Series(start + pd.to_timedelta(luck.integers(0, 200, 200), unit="D")).where(luck.random(200) < 0.6)
    frame = pd.DataFrame({"started_on": start.date, "ended_on": end.dt.date})
    expected = analysis.contract_churn(frame, as_of="2024-06-30")
    for table in other_kinds(frame, tmp_path).values():
        pd.testing.assert_frame_equal(expected, analysis.contract_churn(table, as_of="2024-06-30"))


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("name", ["cohorts", pytest.param("own_pauses", marks=pytest.mark.slow), "profit"])
def test_pyspark_gives_the_same_numbers(name, spark, make_purchases, tmp_path):
    lines, ask = priced(make_purchases(1, lines=300, text_ids=True)), QUESTIONS[name]
    file = tmp_path / "lines.parquet"
    lines.to_parquet(file, index=False)
    assert_identical(ask(lines), ask(spark.read.parquet(str(file))), name)
