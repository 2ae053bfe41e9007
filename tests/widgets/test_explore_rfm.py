"""explore_rfm shows what the functions of analysis return, whatever kind of table it is given."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit import analysis, widgets
from crm_toolkit.datasets.generated import make_purchases
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language
from crm_toolkit.widgets.rfm import _orders

pytestmark = pytest.mark.usefixtures("unpainted")


@pytest.fixture(scope="module")
def purchases():
    """A barbershop with returns."""
    return make_purchases(150, weeks=40, seed=11, return_share=0.1)


def said(explorer):
    """Everything that stands in the areas, without the picture's bytes."""
    return re.sub(r"base64,[^\"]*", "", " ".join(area.value for area in explorer._areas.values()))


def test_every_setting_shows_what_analysis_returns(purchases):
    explorer = widgets.explore_rfm(purchases, as_of="2025-09-01")
    for name, value in (("bins", 3), ("method", "nested"), ("as_of", dt.date(2025, 6, 30)), ("cells", "monetary")):
        explorer.controls[name].value = value
    scores = analysis.rfm_scores(purchases, as_of="2025-06-30", bins=3, method="nested")
    segmented = analysis.rfm_segments(scores, bins=3)
    result = explorer.result
    pd.testing.assert_frame_equal(result.scores, segmented)
    pd.testing.assert_frame_equal(result.segments, analysis.segment_table(segmented))
    pd.testing.assert_frame_equal(result.heatmap, analysis.rfm_heatmap_table(scores, "monetary", bins=3))
    assert "3 by 3 cells" in said(explorer)
    assert "June 30, 2025" in said(explorer)


def test_the_date_starts_at_the_last_purchase(purchases):
    assert widgets.explore_rfm(purchases).result.as_of == purchases["ordered_at"].max().date()


@settings(max_examples=6, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 8), st.integers(1, 5), st.integers(0, 200),
            st.floats(-50, 100).map(lambda amount: round(amount, 3)),
        ),
        min_size=1, max_size=60,
    )
)  # fmt: skip
def test_orders_added_up_score_exactly_like_the_lines(lines):
    orders, customers, days, amounts = zip(*lines, strict=True)
    table = pd.DataFrame({"order_id": orders, "customer_id": customers, "amount": amounts})
    table["ordered_at"] = pd.Timestamp("2024-01-01 10:30") + pd.to_timedelta(np.array(days), unit="D")
    small, _ = _orders(table, 2)
    assert len(small) <= len(table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *_, **__: None)
        try:
            expected = analysis.rfm_scores(table, as_of="2024-05-01")
        except InputError as refusal:
            with pytest.raises(InputError, match=re.escape(refusal.heading)):
                analysis.rfm_scores(small, as_of="2024-05-01")
            return
        pd.testing.assert_frame_equal(analysis.rfm_scores(small, as_of="2024-05-01"), expected, check_dtype=False)


def test_a_segment_is_picked_and_its_best_twenty_customers_are_shown(purchases):
    explorer = widgets.explore_rfm(purchases)
    explorer.controls["segment"].value = "hibernating"
    customers = explorer.result.customers
    assert set(customers["segment"]) == {"hibernating"}
    assert customers["monetary"].is_monotonic_decreasing
    assert len(customers) > 20
    assert f"Segment “Hibernating”: {len(customers)} customers" in said(explorer)
    assert explorer._areas["customers"].value.count("<tr>") == 21
    assert f"The first 20 of {len(customers)}" in said(explorer)


def test_a_segment_without_customers_says_so(purchases):
    explorer = widgets.explore_rfm(purchases.head(3))
    explorer.controls["segment"].value = "cant_lose"
    assert "Nobody is in this segment now." in said(explorer)


def test_a_date_before_all_purchases_is_refused_with_a_letter(purchases):
    explorer = widgets.explore_rfm(purchases)
    explorer.controls["as_of"].value = dt.date(1999, 1, 1)
    assert "`rfm_scores` found no purchase" in said(explorer)
    explorer.controls["as_of"].value = None
    assert "This is not a date" in said(explorer)
    explorer.controls["as_of"].value = dt.date(2025, 9, 1)
    assert explorer.result is not None


def test_equal_customers_are_a_remark_and_no_warning(recwarn):
    one = pd.DataFrame(
        {"order_id": [1], "customer_id": ["a"], "ordered_at": pd.to_datetime(["2024-01-02"]), "amount": [5.0]}
    )
    explorer = widgets.explore_rfm(one)
    assert "All customers are equal in recency_days, frequency, monetary" in said(explorer)
    assert not list(recwarn)


def test_lines_without_a_customer_are_counted(purchases):
    holes = purchases.assign(customer_id=purchases["customer_id"].where(purchases.index % 7 > 0))
    assert f"{int(holes['customer_id'].isna().sum())} lines without a customer are left out" in said(
        widgets.explore_rfm(holes)
    )


def test_other_engines_and_files_show_the_same(purchases, tmp_path):
    polars = pytest.importorskip("polars")
    purchases.to_parquet(tmp_path / "shop.parquet")
    expected = said(widgets.explore_rfm(purchases))
    assert said(widgets.explore_rfm(polars.from_pandas(purchases))) == expected
    assert said(widgets.explore_rfm(tmp_path / "shop.parquet")) == expected


def test_bad_purchases_are_refused_when_the_widget_is_made():
    with pytest.raises(InputError, match="lacks"):
        widgets.explore_rfm(pd.DataFrame({"customer_id": [1]}))
    with pytest.raises(InputError, match="`as_of` can't be"):
        widgets.explore_rfm(make_purchases(5, weeks=4, seed=1), as_of="yesterday")


def test_the_input_is_not_changed(purchases):
    kept = purchases.copy()
    widgets.explore_rfm(purchases).controls["bins"].value = 4
    pd.testing.assert_frame_equal(purchases, kept)


def test_the_russian_box_is_russian(purchases):
    with language("ru"):
        explorer = widgets.explore_rfm(purchases)
        words = " ".join(control.description for control in explorer.controls.values())
    explorer.controls["bins"].value = 4
    text = re.sub(r"<[^>]*>|`[^`]*`|\bC\d+\b", " ", said(explorer)) + words
    assert re.findall("[A-Za-z]{2,}", text) == []


def test_customers_with_markup_in_their_names_are_shown_as_text():
    table = make_purchases(3, weeks=8, seed=1).assign(customer_id="<img src=x onerror=alert(1)>")
    assert "<img src=x" not in said(widgets.explore_rfm(table))


def test_the_copy_for_exports_holds_picture_and_tables(purchases, monkeypatch, painted):
    monkeypatch.setenv("CRM_STATIC", "1")
    parts = widgets.explore_rfm(purchases).static_parts()
    assert [type(part).__name__ for part in parts] == ["Sentence", "Picture", "Table", "Table"]
    assert all(len(part.png) > 5_000 for part in parts if type(part).__name__ == "Picture")
