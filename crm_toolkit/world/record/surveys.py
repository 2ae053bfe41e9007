"""Surveys after orders: who was asked, who answered, and what.

An answer comes from satisfaction after the order, the person's leaning and the mood of the moment; who is very
pleased or very annoyed answers more readily. Items on service quality follow the five dimensions that
Parasuraman, Zeithaml and Berry (1988) named; the items are our own.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import ndtri

from crm_toolkit.behaviour.service_quality import answer_chance, cut_points, ordinal_answer
from crm_toolkit.streams import Stream
from crm_toolkit.world.record.book import Book, coded, keys, moments

Floats = NDArray[np.float64]

DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")
_ITEMS_EACH = 2
_LEANING, _MOOD = 0.5, 0.6  # weights beside satisfaction (its weight is 1), assumptions
_BY_STRENGTH = 0.35  # assumption
_DAY = 1 / 7
# expectations are high and alike, perceptions follow satisfaction: means and weights on a scale of 1 to 7, assumptions
_EXPECTED, _EXPECTED_SD = 6.1, 0.6
_PERCEIVED, _BY_SATISFACTION, _PERCEIVED_SD = 5.2, 0.7, 0.9
_DIMENSION_SHIFT = np.array([0.15, -0.25, -0.1, 0.1, 0.0])


def surveys(book: Book) -> dict[str, pa.Table]:
    """The tables ``surveys`` and ``survey_items``."""
    spec, scenario, lists = book.spec, book.spec.scenario, book.spec.scenario.lists
    bought = np.flatnonzero(book.events["bought"])
    asked = bought[book.luck("survey", 1, bought)[0] < scenario["survey_share"]]
    asked = asked[book.time[asked] + 1.0 * _DAY < spec.weeks]
    luck = book.luck("answer", 6, asked)
    customer = book.customer[asked]
    bias = book.lived.traits.score["bias"][book.events.at("person", asked)]
    satisfaction = book.events.at("satisfaction", asked).astype(np.float64)
    feeling = satisfaction + _LEANING * bias

    def felt(place: int) -> Floats:
        return feeling + _MOOD * ndtri(luck[place])

    answers = luck[0] < answer_chance(feeling, usual=scenario["answer_share"], by_strength=_BY_STRENGTH)
    sent = book.time[asked] + 1.0 * _DAY
    answered = sent - np.log(luck[1]) * 1.5 * _DAY
    answers &= answered < spec.weeks
    effort = felt(4) - 0.3 * np.minimum(book.events.at("wait", asked) / scenario["wait_tolerance"], 3.0)
    order_id = book.sales.key[book.order_of[asked]]
    key = keys(customer)
    table = pa.table(
        {
            "survey_id": pa.array(key),
            "customer_id": pa.array(customer),
            "order_id": pa.array(order_id),
            "sent_at": moments(book.calendar.moment(sent)),
            "answered_at": moments(book.calendar.moment(np.where(answers, answered, 0.0)), ~answers),
            "nps": _scale(felt(2), lists["nps_shares"], 0, ~answers),
            "csat": _scale(felt(3), lists["csat_shares"], 1, ~answers),
            "ces": _scale(effort, lists["ces_shares"], 1, ~answers),
        }
    )
    chosen = np.flatnonzero(answers & (luck[5] < scenario["servqual_share"]))
    return {"surveys": table, "survey_items": _items(book, customer[chosen], key[chosen], satisfaction[chosen])}


def _scale(feeling: Floats, shares: list[float], lowest: int, missing: NDArray) -> pa.Array:
    spread = np.sqrt(1.0 + _LEANING**2 + _MOOD**2)  # so that a feeling of usual spread gives the usual shares
    return pa.array(ordinal_answer(feeling / spread, cut_points(shares), lowest).astype(np.int64), mask=missing)


def _items(book: Book, customer: NDArray, survey: NDArray, satisfaction: Floats) -> pa.Table:
    each = len(DIMENSIONS) * _ITEMS_EACH
    row = np.repeat(np.arange(len(survey)), each)
    item = np.tile(np.arange(each), len(survey))
    dimension = item // _ITEMS_EACH
    luck = Stream(book.spec.seed, "quality items")
    first = ndtri(luck.uniform(customer[row], survey[row], item))
    second = ndtri(luck.uniform(customer[row], survey[row], item + each))
    expected = np.clip(np.rint(_EXPECTED + _EXPECTED_SD * first), 1, 7).astype(np.int64)
    level = _PERCEIVED + _BY_SATISFACTION * satisfaction[row] + _DIMENSION_SHIFT[dimension]
    perceived = np.clip(np.rint(level + _PERCEIVED_SD * second), 1, 7).astype(np.int64)
    return pa.table(
        {
            "survey_id": pa.array(survey[row]),
            "customer_id": pa.array(customer[row]),
            "dimension": coded(dimension, DIMENSIONS),
            "item": pa.array(item + 1),
            "expectation": pa.array(expected),
            "perception": pa.array(perceived),
        }
    )
