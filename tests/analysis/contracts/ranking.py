"""Contracts of scores, classes, shares, profit and stability."""

import pandas as pd

from crm_toolkit import analysis
from tests.analysis.contract import AS_OF, LINES, Contract, purchases, scores


def _costs() -> pd.DataFrame:
    lines = purchases()
    quantity = lines["amount"].lt(0).map({True: -1, False: 1})
    return lines.assign(quantity=quantity, unit_cost=2.5)


def _service() -> pd.DataFrame:
    lines = purchases()
    return lines[["customer_id"]].assign(opened_at=lines["ordered_at"], kind="call", handle_minutes=7.0)


def _classes() -> pd.DataFrame:
    return analysis.abc_xyz_classes(purchases(), as_of=AS_OF)


def _unnamed() -> pd.DataFrame:
    return scores().drop(columns="segment")


CONTRACTS = [
    Contract(
        "rfm_scores", purchases, lambda t: analysis.rfm_scores(t, as_of=AS_OF), ("order_id", *LINES),
        numbers=("amount",), warns=True,
    ),
    Contract(
        "rfm_scores: nested", purchases, lambda t: analysis.rfm_scores(t, as_of=AS_OF, method="nested"),
        ("order_id", *LINES), warns=True,
    ),
    Contract(
        "purchase_coverage", purchases, lambda t: analysis.purchase_coverage(t, as_of=AS_OF), LINES,
        numbers=("amount",),
    ),
    Contract(
        "rfm_segments", _unnamed, analysis.rfm_segments, ("r_score", "f_score", "m_score"),
        numbers=("r_score", "f_score", "m_score"), warns=True,
    ),
    Contract(
        "segment_table", scores, analysis.segment_table, ("segment", "recency_days", "frequency", "monetary"),
        numbers=("recency_days", "frequency", "monetary"),
    ),
    Contract(
        "rfm_heatmap_table", scores, analysis.rfm_heatmap_table, ("r_score", "f_score", "monetary"),
        numbers=("r_score", "f_score", "monetary"),
    ),
    Contract(
        "score_ranges", scores, analysis.score_ranges,
        ("recency_days", "r_score", "frequency", "f_score", "monetary", "m_score"),
        numbers=("recency_days", "r_score", "frequency", "f_score", "monetary", "m_score"),
    ),
    Contract(
        "quantile_cuts", scores, analysis.quantile_cuts, ("recency_days", "frequency", "monetary"),
        numbers=("recency_days", "frequency", "monetary"),
    ),
    Contract("spend_concentration", scores, analysis.spend_concentration, ("monetary",), numbers=("monetary",)),
    Contract("abc_classes", scores, analysis.abc_classes, ("monetary",), numbers=("monetary",)),
    Contract(
        "abc_xyz_classes", purchases, lambda t: analysis.abc_xyz_classes(t, as_of=AS_OF), LINES,
        numbers=("amount",), missing=("variation",),
    ),
    Contract(
        "abc_xyz_table", _classes, analysis.abc_xyz_table, ("abc", "xyz", "monetary"), numbers=("monetary",),
    ),
    Contract("decile_table", scores, analysis.decile_table, ("monetary",), numbers=("monetary",)),
    Contract(
        "whale_curve", scores, lambda t: analysis.whale_curve(t, "monetary"), ("monetary",), numbers=("monetary",),
    ),
    Contract(
        "customer_profit", _costs, lambda t: analysis.customer_profit(t, as_of=AS_OF, minute_cost=1),
        (*LINES, "quantity", "unit_cost"), numbers=("amount", "quantity", "unit_cost"),
    ),
    Contract(
        "cost_to_serve_table", _service, lambda t: analysis.cost_to_serve_table(t, as_of=AS_OF, minute_cost=1),
        ("customer_id", "opened_at", "kind", "handle_minutes"), numbers=("handle_minutes",),
    ),
    Contract(
        "rank_stability", purchases, lambda t: analysis.rank_stability(t, as_of=AS_OF, replications=20),
        ("order_id", *LINES), numbers=("amount",),
    ),
    Contract(
        "rank_changes", scores, lambda t: analysis.rank_changes(t, ["frequency", "monetary"]),
        ("customer_id", "frequency", "monetary"), numbers=("frequency", "monetary"),
    ),
]  # fmt: skip
