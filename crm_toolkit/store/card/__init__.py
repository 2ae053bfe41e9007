"""The 360° card: everything that a role may know of one customer, on one page, and what nobody knows.

card          the card itself, put together in one reading transaction
identity      fields with their rule, where each value comes from, and consents
timeline      one line of time over contacts, orders, payments, requests, touches and surveys
value         revenue, margin, cost to serve, expected value and churn risk, each with its definition
base_rates    what the base of customers tells about customers like this one
standing      open requests with their SLA clock, debts with ageing, points, household
gaps          what we do not know
"""

from crm_toolkit.store.card.card import Card, card_of, timeline_page
from crm_toolkit.store.card.gaps import Gaps
from crm_toolkit.store.card.identity import CardField, ConsentState
from crm_toolkit.store.card.standing import Debts, OpenRequest, Points
from crm_toolkit.store.card.timeline import Event, Timeline
from crm_toolkit.store.card.value import ValueStrip, ValueTerm

__all__ = [
    "Card",
    "CardField",
    "ConsentState",
    "Debts",
    "Event",
    "Gaps",
    "OpenRequest",
    "Points",
    "Timeline",
    "ValueStrip",
    "ValueTerm",
    "card_of",
    "timeline_page",
]
