"""A world's orders and complaints as one log of events, as rules of automation read it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crm_toolkit.datasets.worlds import load_world


@dataclass(frozen=True, eq=False)
class EventLog:
    """Who did what when, and what was known of the customers before.

    Parameters
    ----------
    events : pandas.DataFrame
        ``customer_id``, ``at``, ``kind`` ("purchase", "complaint"), ``amount`` (currency units, 0 for a complaint).
    customers : pandas.DataFrame
        ``customer_id``, ``consent`` (agreed to messages: flag), ``acquisition_channel``.
    first_day, last_day : pandas.Timestamp
        Of the log.
    """

    events: pd.DataFrame
    customers: pd.DataFrame
    first_day: pd.Timestamp
    last_day: pd.Timestamp


def load_event_log(name: str = "barbershop", *, locale: str | None = None) -> EventLog:
    """Open a shipped world as a log of events for `firm.run_rules`.

    Parameters
    ----------
    name : str
        A scenario, as for `load_world`.
    locale : {"en_US", "ru_RU"}, optional
        Whose money; by default that of the reader's language.

    Returns
    -------
    EventLog
        Consent is that to e-mails.

    Raises
    ------
    InputError
        As `load_world`.

    Examples
    --------
    >>> log = load_event_log(locale="en_US")
    >>> log.events["kind"].value_counts().to_dict()
    {'purchase': 1112, 'complaint': 24}
    """
    tables = load_world(name, locale=locale)
    orders = tables["orders"][["customer_id", "ordered_at", "amount"]].rename(columns={"ordered_at": "at"})
    contacts = tables["contacts"]
    complaints = contacts.loc[contacts["kind"] == "complaint", ["customer_id", "opened_at"]]
    complaints = complaints.rename(columns={"opened_at": "at"})
    events = pd.concat([orders.assign(kind="purchase"), complaints.assign(kind="complaint", amount=0.0)])
    events = events.sort_values(["at", "customer_id"], kind="stable", ignore_index=True)
    events["at"] = pd.to_datetime(events["at"])
    people = tables["customers"]
    customers = people[["customer_id", "consent_email", "acquisition_channel"]].rename(
        columns={"consent_email": "consent"}
    )
    days = events["at"].dt.normalize()
    return EventLog(events[["customer_id", "at", "kind", "amount"]], customers, days.min(), days.max())
