"""Real purchases: 1,469,307 lines of 2,469 households, every one read, all money found again."""

import math
from decimal import Decimal

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from crm_toolkit import analysis

pytestmark = pytest.mark.data
AS_OF = "2018-01-01"


def in_cents(money: pd.Series) -> Decimal:
    """The exact sum of money written with two digits."""
    return Decimal(int((money * 100).round().astype("int64").sum())) / 100


@pytest.fixture(scope="module")
def scores(complete_journey):
    return analysis.rfm_scores(complete_journey, as_of=AS_OF)


def test_every_household_is_scored_and_the_money_reconciles_to_the_cent(complete_journey, scores):
    counts = analysis.purchase_coverage(complete_journey, as_of=AS_OF)
    own = in_cents(complete_journey["amount"])
    assert abs(Decimal(math.fsum(complete_journey["amount"])) - own) < Decimal("0.000001")  # lines hold whole cents
    assert counts.complete
    assert (counts.lines, counts.lines_used, counts.customers) == (1_469_307, 1_469_307, 2_469)
    assert len(scores) == complete_journey["customer_id"].nunique() == 2_469
    assert in_cents(scores["monetary"]) == own == Decimal("4596039.58")
    assert Decimal(repr(counts.amount)) == own
    segments = analysis.segment_table(analysis.rfm_segments(scores))
    assert in_cents(segments["monetary"]) == own


def test_scores_equal_plain_pandas(complete_journey, scores):
    lines = complete_journey.assign(
        day=complete_journey["ordered_at"].dt.normalize(),
        cents=(complete_journey["amount"] * 100).round().astype("int64"),
    )
    homes = lines.groupby("customer_id")
    assert scores["customer_id"].tolist() == sorted(lines["customer_id"].unique())
    assert scores["recency_days"].tolist() == (pd.Timestamp(AS_OF) - homes["day"].max()).dt.days.tolist()
    assert scores["frequency"].tolist() == homes["order_id"].nunique().tolist()
    assert scores["monetary"].tolist() == (homes["cents"].sum() / 100).tolist()
    for measure, score in (("recency_days", "r_score"), ("frequency", "f_score"), ("monetary", "m_score")):
        rank = scores[measure].rank(method="average", ascending=measure != "recency_days")
        assert scores[score].tolist() == (((2 * rank - 1) * 5) // (2 * len(scores)) + 1).tolist()


@pytest.mark.parametrize(("unit", "length"), [("day", 1.0), ("week", 7.0), ("month", 365.25 / 12)])
def test_summary_equals_plain_pandas(complete_journey, unit, length):
    table = analysis.purchase_summary(complete_journey, as_of=AS_OF, unit=unit).table
    lines = complete_journey.assign(
        day=complete_journey["ordered_at"].dt.normalize(),
        cents=(complete_journey["amount"] * 100).round().astype("int64"),
    )
    days = lines.groupby(["customer_id", "day"], as_index=False)["cents"].sum()
    homes = days.groupby("customer_id")
    frequency = homes.size() - 1
    later = homes["cents"].sum() - homes["cents"].first()
    monetary = (later / (100 * frequency).where(frequency > 0)).fillna(0.0)
    assert table["frequency"].tolist() == frequency.tolist()
    assert table["recency"].tolist() == ((homes["day"].max() - homes["day"].min()).dt.days / length).tolist()
    assert table["T"].tolist() == ((pd.Timestamp(AS_OF) - homes["day"].min()).dt.days / length).tolist()
    assert table["monetary"].tolist() == monetary.tolist()


def test_every_engine_gives_the_same(complete_journey, scores, tmp_path):
    polars = pytest.importorskip("polars")
    arrow = pa.Table.from_pandas(complete_journey, preserve_index=False)
    file = tmp_path / "lines.parquet"
    complete_journey.to_parquet(file, index=False)
    summary = analysis.purchase_summary(complete_journey, as_of=AS_OF).table
    connection = duckdb.connect()

    def as_pandas(answer):
        return (answer.to_arrow() if isinstance(answer, polars.DataFrame) else answer.to_arrow_table()).to_pandas()

    for table in (file, polars.from_arrow(arrow), connection.from_arrow(arrow)):
        for expected, answer in (
            (scores, analysis.rfm_scores(table, as_of=AS_OF)),
            (summary, analysis.purchase_summary(table, as_of=AS_OF).table),
        ):
            found = answer if isinstance(answer, pd.DataFrame) else as_pandas(answer)
            for name in expected.columns:
                assert found[name].tolist() == expected[name].tolist(), name
