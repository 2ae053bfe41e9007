"""What every public function of the room promises: pure, deterministic, clear about a missing column."""

import warnings

import pandas as pd
import pytest

from crm_toolkit import analysis
from crm_toolkit.errors import InputError

LINES = ("order_id", "customer_id", "ordered_at", "amount")
CONTRACT = {
    "rfm_scores": (lambda t: analysis.rfm_scores(t, as_of="2024-01-31"), LINES),
    "purchase_summary": (lambda t: analysis.purchase_summary(t, as_of="2024-01-31").table, LINES[1:]),
    "purchase_coverage": (lambda t: analysis.purchase_coverage(t, as_of="2024-01-31"), LINES[1:]),
    "rfm_segments": (analysis.rfm_segments, ("r_score", "f_score", "m_score")),
    "segment_table": (analysis.segment_table, ("segment", "recency_days", "frequency", "monetary")),
    "rfm_heatmap_table": (analysis.rfm_heatmap_table, ("r_score", "f_score", "monetary")),
    "score_ranges": (analysis.score_ranges, ("recency_days", "r_score", "frequency", "f_score", "monetary", "m_score")),
    "quantile_cuts": (analysis.quantile_cuts, ("recency_days", "frequency", "monetary")),
    "spend_concentration": (lambda t: analysis.spend_concentration(t).points, ("monetary",)),
    "PurchaseSummary.from_frame": (
        lambda t: analysis.PurchaseSummary.from_frame(t).table,
        ("customer_id", "frequency", "recency", "T", "monetary"),
    ),
    "retention_table": (lambda t: analysis.retention_table(t, as_of="2024-01-31").customers, LINES[1:]),
    "pause_churn": (lambda t: analysis.pause_churn(t, as_of="2024-01-31").table, LINES[1:]),
    "contract_churn": (lambda t: analysis.contract_churn(t, as_of="2024-01-31"), ("started_on", "ended_on")),
    "simpson_table": (
        lambda t: analysis.simpson_table(t, "monetary", "half", "segment"),
        ("monetary", "half", "segment"),
    ),
    "simpson_reversal": (
        lambda t: analysis.simpson_reversal(t, "monetary", "half", "segment").groups,
        ("monetary", "half", "segment"),
    ),
    "abc_classes": (analysis.abc_classes, ("monetary",)),
    "abc_xyz_classes": (lambda t: analysis.abc_xyz_classes(t, as_of="2024-01-31"), LINES[1:]),
    "abc_xyz_table": (analysis.abc_xyz_table, ("abc", "xyz", "monetary")),
    "decile_table": (analysis.decile_table, ("monetary",)),
    "whale_curve": (lambda t: analysis.whale_curve(t, "monetary").points, ("monetary",)),
    "customer_profit": (
        lambda t: analysis.customer_profit(t, as_of="2024-01-31", minute_cost=1),
        (*LINES[1:], "quantity", "unit_cost"),
    ),
    "cost_to_serve_table": (
        lambda t: analysis.cost_to_serve_table(t, as_of="2024-01-31", minute_cost=1),
        ("customer_id", "opened_at", "kind", "handle_minutes"),
    ),
    "rank_stability": (
        lambda t: analysis.rank_stability(t, as_of="2024-01-31", replications=20).customers,
        LINES,
    ),
    "rank_changes": (
        lambda t: analysis.rank_changes(t, ["frequency", "monetary"]).customers,
        ("customer_id", "frequency", "monetary"),
    ),
}


@pytest.fixture
def table_for(make_purchases):
    def make(name: str) -> pd.DataFrame:
        purchases = make_purchases(8, lines=600)
        if CONTRACT[name][1][-1] in ("ended_on", "handle_minutes", "unit_cost"):
            opened = purchases["ordered_at"]
            return purchases.assign(
                **{
                    "quantity": purchases["amount"].lt(0).map({True: -1, False: 1}),
                    "unit_cost": 2.5,
                    "kind": "call",
                    "handle_minutes": 7.0,
                    "opened_at": opened,
                },
                started_on=opened,
                ended_on=opened + pd.Timedelta(days=40),
            )
        if name in ("retention_table", "pause_churn", "abc_xyz_classes", "rank_stability"):
            return purchases
        if name == "abc_xyz_table":
            return analysis.abc_xyz_classes(purchases, as_of="2024-01-31")
        if name in ("rfm_scores", "purchase_summary", "purchase_coverage"):
            return purchases
        if name == "PurchaseSummary.from_frame":
            return analysis.purchase_summary(purchases, as_of="2024-01-31").table
        scores = analysis.rfm_scores(purchases, as_of="2024-01-31")
        table = analysis.rfm_segments(scores.assign(half=scores["customer_id"].to_numpy() % 2))
        return table.drop(columns=["segment"] if name == "rfm_segments" else [])

    return make


@pytest.mark.parametrize("name", CONTRACT)
def test_the_input_stays_and_the_answer_repeats(name, table_for):
    ask, _ = CONTRACT[name]
    table = table_for(name)
    table.index = [3] * len(table)
    before = table.copy(deep=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, second = ask(table), ask(table)
    pd.testing.assert_frame_equal(table, before)
    if isinstance(first, pd.DataFrame):
        pd.testing.assert_frame_equal(first, second)
    else:
        assert first == second


@pytest.mark.parametrize(("name", "column"), [(name, column) for name in CONTRACT for column in CONTRACT[name][1]])
def test_a_missing_column_is_named_with_the_likely_slip(name, column, table_for):
    ask, _ = CONTRACT[name]
    table = table_for(name).rename(columns={column: column + "x"})
    with pytest.raises(InputError) as refusal:
        ask(table)
    assert f"The column `{column}` is missing." in str(refusal.value)
    if column not in ("T",):
        assert f"Did you mean `{column}x`?" in str(refusal.value)
    assert name in refusal.value.heading


@pytest.mark.parametrize("name", CONTRACT)
def test_what_is_no_table_is_refused(name):
    with pytest.raises(InputError) as refusal:
        CONTRACT[name][0]([1, 2, 3])
    assert refusal.value.problems[0].code == "unknown_kind"
