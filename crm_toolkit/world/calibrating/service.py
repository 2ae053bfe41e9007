"""Figures of a calibration report on service: complaints, contacts, surveys, messages, points, debts, contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crm_toolkit.world.calibrating.evidence import FEWEST, Estimate, Evidence, Floats, Integers

if TYPE_CHECKING:
    import pandas as pd

DIGITAL = ("web", "app", "messenger", "email", "social")
REQUESTS = ("service_request", "information_request")
EARLY_WEEKS = 26.0
_HILLSTROM_WEEKS = 2.0
_FEWEST_MAILS = 500  # fewer say nothing about what happens to one mail in a hundred
_HALF_YEAR = np.timedelta64(180, "D")


# Complaints and contacts


def complaints_per_1000(seen: Evidence) -> Estimate | None:
    """Complaints for a thousand encounters."""
    contacts = seen.tables["contacts"]
    kind, person = contacts["kind"].to_numpy(), seen.person(contacts)
    found = seen.ratio((kind == "complaint") * 1000.0, np.isin(kind, ("purchase", "visit")), person)
    return found if seen.scenario.on("complaints") else None


def got_nothing(seen: Evidence) -> Estimate | None:
    """Share of complaints that ended with nothing: neither apology nor money."""
    complaints = seen.tables["complaints"]
    return seen.share((complaints["remedy"] == "none").to_numpy(), seen.person(complaints))


def digital_complaints(seen: Evidence) -> Estimate | None:
    """Share of complaints that came by web, messenger, app or e-mail."""
    contacts = seen.tables["contacts"]
    mine = contacts[(contacts["kind"] == "complaint").to_numpy()]
    return seen.share(mine["channel"].isin(DIGITAL).to_numpy(), seen.person(mine))


def first_contact_resolution(seen: Evidence) -> Estimate | None:
    """Share of requests settled at first contact; a second contact on the same request is no request of its own.

    Every request that was not settled at first contact has one more contact, so the requests are all contacts of
    these kinds less those that were not settled.
    """
    contacts = seen.tables["contacts"]
    mine = contacts[contacts["kind"].isin(REQUESTS).to_numpy()]
    settled = mine["resolved_first_contact"].to_numpy(bool)
    if len(mine) < FEWEST:
        return None
    return seen.ratio(np.where(settled, 1.0, -1.0), np.where(settled, 1.0, 0.0), seen.person(mine))


def wait_mean(seen: Evidence) -> Estimate | None:
    """Mean waiting time before a service, in minutes, over those who did not have to wait as well."""
    contacts = seen.tables["contacts"]
    mine = contacts[contacts["kind"].isin(("purchase", "visit")).to_numpy()]
    if not seen.scenario.on("satisfaction"):
        return None
    return seen.ratio(mine["wait_minutes"].to_numpy(), np.ones(len(mine)), seen.person(mine))


# Surveys


def _answers(seen: Evidence) -> pd.DataFrame:
    surveys = seen.tables["surveys"]
    return surveys[surveys["answered_at"].notna().to_numpy()]


def answer_rate(seen: Evidence) -> Estimate | None:
    """Share of surveys that were answered."""
    surveys = seen.tables["surveys"]
    return seen.share(surveys["answered_at"].notna().to_numpy(), seen.person(surveys))


def nps(seen: Evidence) -> Estimate | None:
    """Share of promoters (9, 10) less share of detractors (0 to 6)."""
    answers = _answers(seen)
    score = answers["nps"].to_numpy(np.float64)
    if len(answers) < FEWEST or not seen.scenario.on("satisfaction"):
        return None
    return seen.ratio((score >= 9).astype(float) - (score <= 6), np.ones(len(score)), seen.person(answers))


# Messages


def _mails(seen: Evidence, *, delivered: bool = True) -> pd.DataFrame:
    touches = seen.tables["touches"]
    mine = (touches["purpose"] == "campaign") & (touches["channel"] == "email")
    return touches[(mine & touches["delivered"] if delivered else mine).to_numpy(bool)]


def open_rate(seen: Evidence) -> Estimate | None:
    """Share of delivered e-mails that were opened."""
    return _of_mails(seen, "opened")


def click_rate(seen: Evidence) -> Estimate | None:
    """Share of delivered e-mails that were clicked."""
    return _of_mails(seen, "clicked")


def unsubscribe_rate(seen: Evidence) -> Estimate | None:
    """Share of delivered e-mails after which the customer unsubscribed."""
    return _of_mails(seen, "unsubscribed")


def bounce_rate(seen: Evidence) -> Estimate | None:
    """Share of e-mails that did not arrive."""
    mails = _mails(seen, delivered=False)
    return seen.share(~mails["delivered"].to_numpy(bool), seen.person(mails)) if len(mails) >= _FEWEST_MAILS else None


def _of_mails(seen: Evidence, what: str) -> Estimate | None:
    mails = _mails(seen)
    return seen.share(mails[what].to_numpy(bool), seen.person(mails)) if len(mails) >= _FEWEST_MAILS else None


def _randomised(seen: Evidence) -> pd.Series | None:
    campaigns = seen.tables["campaigns"]
    found = campaigns[(campaigns["design"] == "randomised").to_numpy()]
    return found.iloc[0] if len(found) else None


def _in_offer(seen: Evidence, campaign: pd.Series, weeks: float | None = None) -> Integers:
    """Number of every customer's orders with a campaign's offer; with ``weeks``, of all orders in its first weeks."""
    if weeks is None:
        orders = seen.tables["orders"]
        inside = (orders["campaign_id"] == campaign["campaign_id"]).fillna(False).to_numpy(bool)
    else:
        begin = float(seen.time(campaign["starts_on"].to_datetime64()))
        inside = (seen.order_time >= begin) & (seen.order_time < begin + weeks)
    return np.bincount(seen.order_person[inside], minlength=len(seen.ids))


def campaign_effect(seen: Evidence) -> Estimate | None:
    """Share who ordered within two weeks among the treated less that among the holdout, in the randomised campaign."""
    campaign = _randomised(seen)
    if campaign is None or seen.scenario.contractual:
        return None
    assigned = seen.tables["assignments"]
    mine = assigned[(assigned["campaign_id"] == campaign["campaign_id"]).to_numpy()]
    bought = _in_offer(seen, campaign, _HILLSTROM_WEEKS)[seen.person(mine)] > 0
    treated = (mine["arm"] == "treated").to_numpy()
    if min(treated.sum(), (~treated).sum()) < FEWEST:
        return None
    one, other = bought[treated].mean(), bought[~treated].mean()
    error = np.sqrt(one * (1 - one) / treated.sum() + other * (1 - other) / (~treated).sum())
    return Estimate(float(one - other), float(error))


def offer_used(seen: Evidence) -> Estimate | None:
    """Share of the treated of the randomised campaign who used its offer at least once."""
    campaign = _randomised(seen)
    if campaign is None:
        return None
    assigned = seen.tables["assignments"]
    mine = assigned[((assigned["campaign_id"] == campaign["campaign_id"]) & (assigned["arm"] == "treated")).to_numpy()]
    person = seen.person(mine)
    return seen.share(_in_offer(seen, campaign)[person] > 0, person)


# Points


def breakage(seen: Evidence) -> Estimate | None:
    """Share of points that expired unused, of those earned so long ago that all of them are used or expired by now."""
    ledger = seen.tables["loyalty_ledger"]
    kind, points = ledger["kind"].to_numpy(), ledger["points"].to_numpy(np.float64)
    end = (seen.start + seen.weeks * np.timedelta64(7 * 86_400, "s")).astype("datetime64[D]")
    old = (kind == "earn") & (ledger["expires_on"].to_numpy().astype("datetime64[D]") < end)
    if old.sum() < FEWEST:
        return None
    return seen.ratio(np.where(kind == "expire", -points, 0.0), np.where(old, points, 0.0), seen.person(ledger))


def points_redeemed(seen: Evidence) -> Estimate | None:
    """Points redeemed over points earned, all weeks together."""
    ledger = seen.tables["loyalty_ledger"]
    kind, points = ledger["kind"].to_numpy(), ledger["points"].to_numpy(np.float64)
    if len(ledger) < FEWEST:
        return None
    return seen.ratio(
        np.where(kind == "redeem", -points, 0.0), np.where(kind == "earn", points, 0.0), seen.person(ledger)
    )


# Debts


def overdue_share(seen: Evidence) -> Estimate | None:
    """Overdue over all receivables, summed over the ends of months."""
    debts = seen.tables["receivables"]
    if len(debts) < FEWEST:
        return None
    all_of_it = debts["outstanding"].to_numpy()
    return seen.ratio(all_of_it - debts["not_due"].to_numpy(), all_of_it, seen.person(debts))


def written_off(seen: Evidence) -> Estimate | None:
    """Written off over billed, of bills that were due more than 180 days before the end."""
    payments, debts = seen.tables["payments"], seen.tables["receivables"]
    if len(debts) < FEWEST:
        return None
    end = (seen.start + seen.weeks * np.timedelta64(7 * 86_400, "s")).astype("datetime64[D]")
    last = end - _HALF_YEAR
    billed = payments["method"].isin(("invoice", "instalment")).to_numpy() & (payments["kind"] == "payment").to_numpy()
    billed &= payments["due_on"].to_numpy().astype("datetime64[D]") < last
    lost = payments["paid_at"].isna().to_numpy()
    due = payments["due_amount"].to_numpy()
    return seen.ratio(np.where(billed & lost, due, 0.0), np.where(billed, due, 0.0), seen.person(payments))


# Contracts


def yearly_retention(seen: Evidence) -> Estimate | None:
    """Share of contracts that still run 52 weeks after their beginning, of those begun so long ago."""
    begun, ended = _contracts(seen)
    if not len(begun):
        return None
    old = np.flatnonzero(begun <= seen.weeks - 56)
    who = seen.person(seen.tables["contracts"])[old]
    return seen.share(~(ended[old] - begun[old] <= 52.5), who)


def early_to_late_churn(seen: Evidence) -> Estimate | None:
    """Rate of ending contracts in their first half-year over that afterwards; above 1 where newcomers leave sooner."""
    begun, ended = _contracts(seen)
    if not len(begun):
        return None
    who = seen.person(seen.tables["contracts"])
    lasted = np.where(np.isnan(ended), seen.weeks, ended) - begun
    gone = ~np.isnan(ended)
    early = seen.ratio(gone & (lasted <= EARLY_WEEKS), np.minimum(lasted, EARLY_WEEKS), who)
    late = seen.ratio(gone & (lasted > EARLY_WEEKS), np.maximum(lasted - EARLY_WEEKS, 0.0), who)
    if early is None or late is None or late.value == 0 or early.value == 0:
        return None
    value = early.value / late.value
    return Estimate(value, value * float(np.hypot(early.error / early.value, late.error / late.value)))


def _contracts(seen: Evidence) -> tuple[Floats, Floats]:
    contracts = seen.tables["contracts"]
    return seen.time(contracts["started_on"].to_numpy()), seen.time(contracts["ended_on"].to_numpy())
