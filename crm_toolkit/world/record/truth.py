"""The truth behind a block: hidden traits, weekly states, what every order really was, the skill of employees."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from crm_toolkit.behaviour.response import RESPONSE_TYPES, response_type
from crm_toolkit.behaviour.switching import REACTIONS
from crm_toolkit.streams import Stream
from crm_toolkit.world.events import LEFT_BECAUSE
from crm_toolkit.world.people.population import branch_of
from crm_toolkit.world.record.book import Book, coded, liked_channel, staff_places

_DIGITS = 6


def truth(book: Book) -> dict[str, pa.Table]:
    """The tables of truth that need no second world: ``customers``, ``orders``, ``employees``."""
    return {"customers": _customers(book), "orders": _orders(book), "employees": _employees(book)}


def states(book: Book) -> pa.Table:
    """Weekly states of everybody who came, by customer and week; the clock must have kept them."""
    kept, traits = book.lived.happened.states, book.lived.traits
    who = np.flatnonzero(book.came)
    who = who[np.argsort(traits.ids[who])]
    weeks = book.spec.weeks
    ids = np.repeat(traits.ids[who], weeks)
    columns = {"customer_id": pa.array(ids), "week": pa.array(np.tile(np.arange(weeks), len(who)))}
    for name, values in kept.items():
        column = values[:, who].T.ravel()
        columns[name] = pa.array(column > 0) if name == "alive" else pa.array(np.round(column.astype(np.float64), 4))
    return pa.table(columns)


def _customers(book: Book) -> pa.Table:
    traits, happened, scenario = book.lived.traits, book.lived.happened, book.spec.scenario
    who = np.flatnonzero(book.came)
    who = who[np.argsort(traits.ids[who])]
    channels = list(scenario.lists["order_channels"])
    shares = np.cumsum(list(scenario.lists["order_channels"].values()))
    liked = np.searchsorted(shares / shares[-1], liked_channel(traits), side="right").clip(0, len(channels) - 1)
    typical = scenario["r"] / scenario["alpha"]
    kinds = response_type(traits.response, traits.need_rate, typical)
    left = happened.left[who]
    stays = ~np.isfinite(left)
    because = happened.left_because[who].astype(np.int64)

    def rounded(values: np.ndarray) -> pa.Array:
        return pa.array(np.round(values[who], _DIGITS))

    return pa.table(
        {
            "customer_id": pa.array(traits.ids[who]),
            "need_rate": rounded(traits.need_rate),
            "dropout_probability": rounded(traits.dropout),
            "base_hazard": rounded(traits.hazard),
            "spend_level": rounded(traits.score["spend"]),
            "price_sensitivity": rounded(traits.elasticity),
            "complaint_propensity": rounded(traits.score["complaint"]),
            "channel_taste": coded(liked[who], channels),
            "payment_discipline": rounded(traits.score["discipline"]),
            "treatment_response": rounded(traits.response),
            "response_type": coded(kinds[who], RESPONSE_TYPES),
            "survey_bias": rounded(traits.score["bias"]),
            "acquired_week": rounded(traits.acquired),
            "left_week": pa.array(np.round(np.where(stays, 0.0, left), _DIGITS), mask=stays),
            "left_because": coded(because - 1, LEFT_BECAUSE[1:]),
        }
    )


def _orders(book: Book) -> pa.Table:
    events = book.events
    bought = np.flatnonzero(events["bought"])
    return pa.table(
        {
            "order_id": pa.array(book.sales.key[book.order_of[bought]]),
            "customer_id": pa.array(book.customer[bought]),
            **{
                name: pa.array(np.round(events.at(name, bought).astype(np.float64), 4))
                for name in ("performance", "disconfirmation", "satisfaction")
            },
            "failed": pa.array(events.at("failed", bought)),
            "reaction": coded(events.at("reaction", bought), REACTIONS),
            "repaired": pa.array(events.at("repaired", bought)),
        }
    )


def _employees(book: Book) -> pa.Table:
    spec = book.spec
    branches = np.unique(branch_of(book.lived.people.ids[book.lived.people.ids <= spec.customers]))
    first, number = staff_places(spec)["service"]
    skill = Stream(spec.seed, "skill").normal(0.0, spec.scenario["skill_sd"], branches[:, None], 0, np.arange(number))
    ids = branches[:, None] * 100 + first + np.arange(number)
    return pa.table({"employee_id": pa.array(ids.ravel()), "skill": pa.array(np.round(skill.ravel(), _DIGITS))})
