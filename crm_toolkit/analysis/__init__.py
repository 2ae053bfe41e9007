"""Questions of a CRM analyst: tables in, tables out.

rfm             scores of recency, frequency and money; `rfm_tables` shows them at a glance
segments        names for scores, and segments compared
concentration   how much of the money comes from how few customers
purchases       frequency, recency, T and monetary value for the models of customer lifetime
coverage        what of the purchases takes part and what was left out; `lines` says which lines count

Every function takes a pandas, polars or PySpark frame, a pyarrow table, a DuckDB relation or the path of Parquet
files with the columns of `crm_toolkit.schema.PURCHASES`, and leaves it untouched.
"""

from crm_toolkit.analysis.concentration import SpendConcentration, spend_concentration
from crm_toolkit.analysis.coverage import PurchaseCoverage, purchase_coverage
from crm_toolkit.analysis.lines import MINOR_DIGITS
from crm_toolkit.analysis.purchases import PurchaseSummary, purchase_summary
from crm_toolkit.analysis.rfm import BINS, rfm_scores
from crm_toolkit.analysis.rfm_tables import quantile_cuts, rfm_heatmap_table, score_ranges
from crm_toolkit.analysis.segment_grid import DEFAULT_GRID, Segment, SegmentGrid
from crm_toolkit.analysis.segments import rfm_segments, segment_label, segment_table

__all__ = [
    "BINS",
    "DEFAULT_GRID",
    "MINOR_DIGITS",
    "PurchaseCoverage",
    "PurchaseSummary",
    "Segment",
    "SegmentGrid",
    "SpendConcentration",
    "purchase_coverage",
    "purchase_summary",
    "quantile_cuts",
    "rfm_heatmap_table",
    "rfm_scores",
    "rfm_segments",
    "score_ranges",
    "segment_label",
    "segment_table",
    "spend_concentration",
]
