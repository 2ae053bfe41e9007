"""One analysis, any table: pandas, polars, pyarrow, DuckDB, Parquet and PySpark give identical results."""

from decimal import Decimal
from functools import cache
from importlib.util import find_spec

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from crm_toolkit import analysis
from tests.analysis.conftest import random_purchases

QUESTIONS = {
    "scores": lambda table: analysis.rfm_scores(table, as_of="2024-01-31"),
    "nested": lambda table: analysis.rfm_scores(table, as_of="2024-01-31", bins=4, method="nested"),
    "cuts": lambda table: analysis.rfm_scores(
        table, as_of="2024-01-31", method="cuts", cuts={"r": [30, 90], "f": [2, 5], "m": [49.95, 200]}
    ),
    "ten_bins": lambda table: analysis.rfm_scores(table, as_of="2023-12-01", bins=10),
    "summary": lambda table: analysis.purchase_summary(table, as_of="2024-01-31").table,
    "split": lambda table: (
        analysis.purchase_summary(
            table, as_of="2024-01-31", unit="month", calibration_end="2023-06-30", returns="net"
        ).table
    ),
}


def as_pandas(table) -> pd.DataFrame:
    """Whatever came back, as a pandas frame."""
    if isinstance(table, pd.DataFrame):
        return table
    if isinstance(table, duckdb.DuckDBPyRelation):
        return table.to_arrow_table().to_pandas()
    if isinstance(table, pa.Table):
        return table.to_pandas()
    if hasattr(table, "to_arrow") or hasattr(table, "lazy"):
        return (table.collect() if hasattr(table, "collect") else table).to_arrow().to_pandas()
    return pd.DataFrame([row.asDict() for row in table.collect()], columns=table.columns)


def assert_identical(expected: pd.DataFrame, found: pd.DataFrame) -> None:
    """The same columns, rows, order and values, to the last bit."""
    assert list(found.columns) == list(expected.columns)
    for name in expected.columns:
        assert found[name].tolist() == expected[name].tolist(), name


@pytest.fixture(params=[pytest.param((0, False), marks=pytest.mark.slow), (1, True)], ids=["integer ids", "text ids"])
def purchases(request, make_purchases):
    seed, text_ids = request.param
    return make_purchases(seed, text_ids=text_ids)


@pytest.mark.parametrize("question", QUESTIONS)
def test_polars_pyarrow_duckdb_and_parquet_equal_pandas(question, purchases, tmp_path):
    ask, expected = QUESTIONS[question], QUESTIONS[question](purchases)
    arrow = pa.Table.from_pandas(purchases, preserve_index=False)
    file = tmp_path / "покупки.parquet"
    purchases.to_parquet(file, index=False)
    connection = duckdb.connect()
    answers = {
        "pyarrow": ask(arrow),
        "DuckDB": ask(connection.from_arrow(arrow)),
        "Parquet path": ask(file),
    }
    if question == "scores":  # how files are named is the same for all
        answers |= {
            "DuckDB over Parquet": ask(connection.read_parquet(str(file))),
            "Parquet text": ask(str(file)),
            "Parquet pattern": ask(str(tmp_path / "*.parquet")),
            "Parquet folder": ask(tmp_path),
        }
    if find_spec("polars"):
        import polars

        frame = polars.from_arrow(arrow)
        answers |= {"polars": ask(frame), "polars lazy": ask(frame.lazy())}
        assert isinstance(answers["polars"], polars.DataFrame)
        assert isinstance(answers["polars lazy"], polars.LazyFrame)
    assert isinstance(answers["pyarrow"], pa.Table)
    assert isinstance(answers["DuckDB"], duckdb.DuckDBPyRelation)
    assert isinstance(answers["Parquet path"], pd.DataFrame)
    for answer in answers.values():
        assert_identical(expected, as_pandas(answer))


def test_small_tables_are_the_same_from_every_kind(purchases):
    pytest.importorskip("polars")
    import polars

    scores = analysis.rfm_scores(purchases, as_of="2024-01-31")
    connection = duckdb.connect()
    for table in (polars.from_pandas(scores), connection.from_arrow(pa.Table.from_pandas(scores))):
        assert_small_tables_equal(scores, table)


def assert_small_tables_equal(scores, table):
    segmented, other = analysis.rfm_segments(scores), analysis.rfm_segments(table)
    assert_identical(analysis.segment_table(segmented), analysis.segment_table(other))
    assert_identical(analysis.score_ranges(scores), analysis.score_ranges(table))
    pd.testing.assert_frame_equal(analysis.rfm_heatmap_table(scores), analysis.rfm_heatmap_table(table))
    assert analysis.spend_concentration(scores).gini == analysis.spend_concentration(table).gini


def test_days_are_those_of_the_clock_for_a_date_column_too(purchases):
    dates = purchases.assign(ordered_at=purchases["ordered_at"].dt.date)
    for ask in (QUESTIONS["scores"], QUESTIONS["split"]):  # the others read lines by the same code
        assert_identical(ask(purchases), ask(dates))


def test_not_a_number_is_nobody_on_every_engine(make_purchases):
    """A missing number of pandas; polars and DuckDB keep it apart from null."""
    purchases = make_purchases(0).astype({"customer_id": "float64"})
    arrow = pa.table({name: pa.array(purchases[name], from_pandas=False) for name in purchases.columns})
    assert arrow["customer_id"].null_count == 0
    connection = duckdb.connect()
    tables = [arrow, connection.from_arrow(arrow)]
    if find_spec("polars"):
        import polars

        tables.append(polars.from_arrow(arrow))
    for table in tables:
        counts = analysis.purchase_coverage(table, as_of="2024-01-31")
        assert counts.lines_without_customer == purchases["customer_id"].isna().sum() > 0
    for name in ("scores", "summary"):  # the others read lines by the same code
        expected = QUESTIONS[name](purchases)
        for table in tables:
            assert_identical(expected, as_pandas(QUESTIONS[name](table)))


AMOUNTS = {
    "float32": lambda amount: amount.astype("float32"),
    "Float64": lambda amount: amount.astype("Float64"),
    "decimal objects": lambda amount: amount.map(lambda money: Decimal(f"{money:.2f}")),
    "arrow decimals": lambda amount: amount.map(lambda money: Decimal(f"{money:.2f}")).astype(
        pd.ArrowDtype(pa.decimal128(12, 2))
    ),
}
MOMENTS = {
    "seconds": lambda moment: moment.astype("datetime64[s]"),
    "nanoseconds": lambda moment: moment.astype("datetime64[ns]"),
    "arrow": lambda moment: moment.astype(pd.ArrowDtype(pa.timestamp("us"))),
}
IDS = {
    "float": lambda ids: ids.astype("float64"),
    "category": lambda ids: ids.astype("category"),
    "arrow text": lambda ids: ids.astype("string").astype(pd.ArrowDtype(pa.string())),
}


@cache
def of_integer_ids(question):
    """The answer for the purchases as they are; do not change it."""
    return QUESTIONS[question](random_purchases(0))


@pytest.mark.parametrize(
    ("column", "change"),
    [("amount", change) for change in AMOUNTS.values()]
    + [("ordered_at", change) for change in MOMENTS.values()]
    + [("customer_id", change) for change in IDS.values()],
    ids=[*AMOUNTS, *MOMENTS, *IDS],
)
def test_the_kind_of_a_column_does_not_change_the_numbers(make_purchases, column, change):
    purchases = make_purchases(0)
    other = purchases.assign(**{column: change(purchases[column])})
    for question in ("scores", "summary"):
        expected, found = of_integer_ids(question), QUESTIONS[question](other)
        if column == "customer_id":
            assert found["customer_id"].dtype == other["customer_id"].dtype
            order = found["customer_id"].astype("float64").argsort(kind="stable")  # text is sorted as text
            found = found.iloc[order.to_numpy()].assign(customer_id=expected["customer_id"].to_numpy())
        assert_identical(expected, found)


@pytest.fixture
def on_spark(spark, purchases, tmp_path):
    """The purchases as a table of Spark, in five parts."""
    file = tmp_path / "purchases.parquet"
    purchases.to_parquet(file, index=False)
    return spark.read.parquet(str(file)).repartition(5)


ON_SPARK = ("nested", "summary")  # the others, whose plans are of the same parts, take a minute and are slow


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize(
    "question", [pytest.param(name, marks=() if name in ON_SPARK else pytest.mark.slow) for name in QUESTIONS]
)
def test_pyspark_equals_pandas_and_stays_a_plan(question, on_spark, purchases):
    from pyspark.sql import functions

    ask = QUESTIONS[question]
    answer = ask(on_spark)
    assert type(answer).__module__.startswith("pyspark")
    assert_identical(ask(purchases), as_pandas(answer))
    if question == "summary":  # a timestamp of Spark is told by the session's clock
        zoned = on_spark.withColumn("ordered_at", functions.col("ordered_at").cast("timestamp"))
        assert_identical(ask(purchases), as_pandas(ask(zoned)))


@pytest.mark.slow
@pytest.mark.spark
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_small_tables_of_pyspark_equal_those_of_pandas(on_spark, purchases):
    scores = analysis.rfm_scores(purchases, as_of="2024-01-31")
    assert_small_tables_equal(scores, analysis.rfm_scores(on_spark, as_of="2024-01-31"))


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_pyspark_tells_its_coverage_and_makes_a_summary_that_stays_there(on_spark, purchases):
    assert analysis.purchase_coverage(on_spark, as_of="2023-06-30") == analysis.purchase_coverage(
        purchases, as_of="2023-06-30"
    )
    ready = analysis.purchase_summary(on_spark, as_of="2024-01-31")
    assert analysis.PurchaseSummary.from_frame(ready.table, unit="week").table is ready.table


@pytest.mark.slow
@pytest.mark.spark
@pytest.mark.data
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_pyspark_equals_pandas_on_complete_journey(spark, complete_journey, tmp_path):
    file = tmp_path / "purchases.parquet"
    complete_journey.to_parquet(file, index=False)
    table = spark.read.parquet(str(file))
    for ask in (
        lambda lines: analysis.rfm_scores(lines, as_of="2018-01-01"),
        lambda lines: analysis.purchase_summary(lines, as_of="2018-01-01").table,
    ):
        assert_identical(ask(complete_journey), as_pandas(ask(table)))
