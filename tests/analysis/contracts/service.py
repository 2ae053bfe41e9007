"""Contracts of service times and shares, complaint rates and recovery."""

from functools import cache

import numpy as np
import pandas as pd

from crm_toolkit.analysis.complaints.rates import complaint_rates
from crm_toolkit.analysis.complaints.voice import voiced_share
from crm_toolkit.analysis.service.recovery import recovery_cases, recovery_effect
from crm_toolkit.analysis.service.shares import first_contact_resolution, reopen_rate, sla_kept, sla_kept_judged
from crm_toolkit.analysis.service.times import requests_from_events, service_times
from tests.analysis.contract import AS_OF, Contract


@cache
def requests() -> pd.DataFrame:
    """80 requests of three channels; some are still open."""
    luck = np.random.default_rng(21)
    opened = pd.Timestamp("2024-01-02") + pd.to_timedelta(luck.integers(0, 28 * 1440, 80), unit="min")
    first = opened + pd.to_timedelta(np.round(luck.exponential(40, 80)), unit="min")
    solved = first + pd.to_timedelta(np.round(luck.exponential(900, 80)), unit="min")
    return pd.DataFrame(
        {
            "request_id": np.arange(80),
            "customer_id": luck.integers(0, 40, 80),
            "kind": luck.choice(["complaint", "service_request"], 80),
            "channel": luck.choice(["phone", "web", "app"], 80),
            "opened_at": opened,
            "first_response_at": pd.Series(first).where(luck.random(80) < 0.9),
            "resolved_at": pd.Series(solved).where(luck.random(80) < 0.8),
            "reopened": luck.integers(0, 2, 80).astype("float64"),
            "resolved_first_contact": luck.random(80) < 0.7,
            "response_met": luck.integers(0, 2, 80).astype("float64"),
            "resolution_met": luck.integers(0, 2, 80).astype("float64"),
        }
    )


def _events() -> pd.DataFrame:
    found = requests()
    pieces = [
        pd.DataFrame({"request_id": found["request_id"], "happened_at": found[column], "event": event})
        for event, column in (("opened", "opened_at"), ("responded", "first_response_at"), ("resolved", "resolved_at"))
    ]
    return pd.concat(pieces).dropna(subset=["happened_at"]).reset_index(drop=True)


@cache
def orders() -> pd.DataFrame:
    """400 orders of 60 customers in two branches."""
    luck = np.random.default_rng(22)
    return pd.DataFrame(
        {
            "order_id": np.arange(400),
            "customer_id": luck.integers(0, 60, 400),
            "ordered_at": pd.Timestamp("2023-03-01") + pd.to_timedelta(luck.integers(0, 300, 400), unit="D"),
            "branch": luck.choice(["north", "south"], 400),
            "csat": luck.integers(1, 6, 400).astype("float64"),
        }
    )


@cache
def complaints() -> pd.DataFrame:
    """Every eighth order complained about, two of three settled."""
    some = orders().iloc[::8].reset_index(drop=True)
    opened = some["ordered_at"] + pd.Timedelta(days=1)
    return pd.DataFrame(
        {
            "order_id": some["order_id"],
            "branch": some["branch"],
            "opened_at": opened,
            "resolved_at": (opened + pd.Timedelta(days=3)).where(some.index % 3 > 0),
            "remedy": np.where(some.index % 3 == 1, "refund", "none"),
        }
    )


def _cases() -> pd.DataFrame:
    return recovery_cases(orders(), complaints(), as_of=AS_OF, window_days=30)


_TIMES = ("opened_at", "first_response_at", "resolved_at")

CONTRACTS = [
    Contract("service_times", requests, lambda t: service_times(t, as_of=AS_OF, by="channel"), (*_TIMES, "channel"),
             missing=("minutes", "high", "low")),
    Contract("requests_from_events", _events, requests_from_events, ("request_id", "happened_at", "event")),
    Contract("sla_kept", requests, lambda t: sla_kept(t, as_of=AS_OF, first_response_minutes=60), _TIMES,
             missing=("share", "low", "high")),
    Contract("sla_kept_judged", requests, sla_kept_judged, ("response_met", "resolution_met"),
             numbers=("response_met", "resolution_met"), missing=("share", "low", "high")),
    Contract("first_contact_resolution", requests, first_contact_resolution, ("kind", "resolved_first_contact")),
    Contract(
        "first_contact_resolution: no repeat", requests,
        lambda t: first_contact_resolution(t, rule="no_repeat", as_of=AS_OF), ("customer_id", "opened_at", "kind"),
    ),
    Contract("reopen_rate", requests, reopen_rate, ("resolved_at", "reopened"), numbers=("reopened",)),
    Contract(
        "complaint_rates", complaints, lambda t: complaint_rates(t, orders(), per="order", as_of=AS_OF, by="branch"),
        ("opened_at", "branch"),
    ),
    Contract(
        "complaint_rates: base", orders,
        lambda t: complaint_rates(complaints(), t, per="order", as_of=AS_OF, by="branch", unit="month"),
        ("ordered_at", "branch"),
    ),
    Contract("voiced_share", orders, lambda t: voiced_share(t, complaints()), ("order_id", "csat"), numbers=("csat",),
             missing=("share", "low", "high")),
    Contract("recovery_cases", orders, lambda t: recovery_cases(t, complaints(), as_of=AS_OF, window_days=30),
             ("order_id", "customer_id", "ordered_at")),
    Contract("recovery_effect", _cases, recovery_effect, ("customer_id", "prior_orders", "state", "returned"),
             numbers=("prior_orders", "returned"),
             missing=("crude", "adjusted", "low", "high", "overlap", "standardised", "outcome")),
]  # fmt: skip
