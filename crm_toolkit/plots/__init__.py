"""Results as pictures: every chart takes a result of `analysis` or `world`, computes nothing, and returns Axes.

rfm             heat map of recency and frequency, distribution of money, the two on one page with segments
segments        segments side by side: customers and money
concentration   the Lorenz curve
calibration     a world beside published figures
claims          a claim put to the test; what access answers and exposes
world           policies against each other: their weeks, what one brings more, and to whom
picture         a picture with an alternative text: `show`, `alt_text`
style           colours, sizes and number formats; nothing of it leaks into your own charts

Labels are in the reader's language at the moment of drawing. Axes stand on figures of their own, outside
pyplot, so that no window and no memory stays behind; pass ``ax=`` to draw into a figure of yours.
"""

from crm_toolkit.plots.calibration import calibration_chart
from crm_toolkit.plots.claims import access_frontier_chart, claim_chart
from crm_toolkit.plots.concentration import lorenz_chart
from crm_toolkit.plots.picture import Picture, alt_text, show
from crm_toolkit.plots.rfm import monetary_chart, rfm_heatmap_chart, rfm_page
from crm_toolkit.plots.segments import segment_chart
from crm_toolkit.plots.world import (
    policy_course_chart,
    policy_effect_chart,
    policy_gain_chart,
    policy_page,
    policy_summary_chart,
)

__all__ = [
    "Picture",
    "access_frontier_chart",
    "alt_text",
    "calibration_chart",
    "claim_chart",
    "lorenz_chart",
    "monetary_chart",
    "policy_course_chart",
    "policy_effect_chart",
    "policy_gain_chart",
    "policy_page",
    "policy_summary_chart",
    "rfm_heatmap_chart",
    "rfm_page",
    "segment_chart",
    "show",
]
