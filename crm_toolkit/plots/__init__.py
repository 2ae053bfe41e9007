"""Results as pictures: every chart takes a result of `analysis` or `world`, computes nothing, and returns Axes.

rfm             heat map of recency and frequency, distribution of money, the two on one page with segments
segments        segments side by side: customers and money
concentration   the Lorenz curve
calibration     a world beside published figures
claims          a claim put to the test; what access answers and exposes
world           policies against each other: their weeks, what one brings more, and to whom
cohorts         who comes back: the heat map of cohorts, curves of retention
ranking         the whale curve, ABC and XYZ, customers who change place
value_formulas  the optimum of acquisition and retention spending
btyd            models of purchases beside what happened, and what they say of a history
picture         a picture with an alternative text: `show`, `alt_text`
style           colours, sizes and number formats; nothing of it leaks into your own charts

Labels are in the reader's language at the moment of drawing. Axes stand on figures of their own, outside
pyplot, so that no window and no memory stays behind; pass ``ax=`` to draw into a figure of yours.
"""

from crm_toolkit.plots.btyd import (
    conditional_expectation_chart,
    frequency_histogram_chart,
    history_matrix_chart,
    tracking_chart,
)
from crm_toolkit.plots.calibration import calibration_chart
from crm_toolkit.plots.claims import access_frontier_chart, claim_chart
from crm_toolkit.plots.cohorts import retention_chart, retention_curve_chart
from crm_toolkit.plots.concentration import lorenz_chart
from crm_toolkit.plots.picture import Picture, alt_text, show
from crm_toolkit.plots.ranking import abc_xyz_chart, rank_change_chart, whale_chart
from crm_toolkit.plots.rfm import monetary_chart, rfm_heatmap_chart, rfm_page
from crm_toolkit.plots.segments import segment_chart
from crm_toolkit.plots.value_formulas import budget_page, equity_contour_chart, response_chart
from crm_toolkit.plots.world import (
    policy_course_chart,
    policy_effect_chart,
    policy_gain_chart,
    policy_page,
    policy_summary_chart,
)

__all__ = [
    "Picture",
    "abc_xyz_chart",
    "access_frontier_chart",
    "alt_text",
    "budget_page",
    "calibration_chart",
    "claim_chart",
    "conditional_expectation_chart",
    "equity_contour_chart",
    "frequency_histogram_chart",
    "history_matrix_chart",
    "lorenz_chart",
    "monetary_chart",
    "policy_course_chart",
    "policy_effect_chart",
    "policy_gain_chart",
    "policy_page",
    "policy_summary_chart",
    "rank_change_chart",
    "response_chart",
    "retention_chart",
    "retention_curve_chart",
    "rfm_heatmap_chart",
    "rfm_page",
    "segment_chart",
    "show",
    "tracking_chart",
    "whale_chart",
]
