"""Contracts of the summary of purchases."""

from crm_toolkit import analysis
from tests.analysis.contract import AS_OF, LINES, Contract, purchases, summary

_SUMMARY = ("frequency", "recency", "T", "monetary")

CONTRACTS = [
    Contract(
        "purchase_summary", purchases, lambda t: analysis.purchase_summary(t, as_of=AS_OF), LINES, numbers=("amount",),
    ),
    Contract(
        "PurchaseSummary.from_frame", summary, analysis.PurchaseSummary.from_frame, ("customer_id", *_SUMMARY),
        numbers=_SUMMARY,
    ),
]  # fmt: skip
