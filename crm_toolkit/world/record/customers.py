"""Profiles of those who came, how they were found, and contracts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crm_toolkit.behaviour.diffusion import bass_share, word_of_mouth_share
from crm_toolkit.streams import Stream
from crm_toolkit.world.people.population import BRANCH_BITS
from crm_toolkit.world.record.book import FEE_WEEKS, Book, days, moments, money_column

Integers = NDArray[np.int64]
REFERRAL = "referral"
_TRIES = 4


def customers(book: Book) -> pa.Table:
    """One row for everybody who came, by number."""
    people, ids = book.lived.people, book.lived.people.ids
    acquired = by_number(book, book.lived.traits.acquired)
    came = by_number(book, book.came)
    channel, referrer = found_by(book)
    table = people.table()
    table = table.append_column("acquired_at", moments(book.calendar.moment(np.where(came, acquired, 0.0))))
    words = [*book.spec.scenario.lists["ad_channels"], REFERRAL]
    table = table.append_column(
        "acquisition_channel", pa.DictionaryArray.from_arrays(pa.array(channel.astype(np.int8)), pa.array(words))
    )
    table = table.append_column("referrer_id", pa.array(referrer, mask=referrer < 0))
    return table if len(ids) and came.all() else table.filter(pa.array(came))


def by_number(book: Book, values: NDArray) -> NDArray:
    """Values in the order of ``traits`` put into the order of customer numbers."""
    sorted_values = np.empty_like(values)
    sorted_values[book.lived.traits.ids - book.lived.people.ids[0]] = values
    return sorted_values


def found_by(book: Book) -> tuple[NDArray[np.int8], Integers]:
    """Acquisition channel (the last code is a recommendation) and who recommended, -1 for nobody, by number.

    Who recommends is somebody of the same branch with a smaller number who had come before, so that it is the
    same person in a world of any size; where four tries find nobody, it was an advertisement after all.
    """
    scenario, ids = book.spec.scenario, book.lived.people.ids
    acquired = by_number(book, book.lived.traits.acquired)
    luck = Stream(book.spec.seed, "found by").many(2 + _TRIES, ids)
    shares = np.cumsum(list(scenario.lists["ad_channels"].values()))
    channel = np.searchsorted(shares / shares[-1], luck[0], side="right").astype(np.int8)
    referrer = np.full(len(ids), -1, dtype=np.int64)
    if scenario.on("word_of_mouth") and scenario.on("staggered_acquisition"):
        p, q = scenario["innovation"], scenario["imitation"]
        known = bass_share(np.where(np.isfinite(acquired), acquired, 0.0), p=p, q=q)
        told = luck[1] < word_of_mouth_share(known, p=p, q=q)
        first = ((ids - 1) >> BRANCH_BITS << BRANCH_BITS) + 1
        for attempt in range(_TRIES):
            candidate = first + (luck[2 + attempt] * (ids - first)).astype(np.int64)
            place = np.minimum(candidate - ids[0], len(ids) - 1)
            fits = told & (referrer < 0) & (candidate < ids) & (acquired[place] < acquired)
            referrer[fits] = candidate[fits]
        channel[referrer >= 0] = len(shares)
    return channel, referrer


def contracts(book: Book) -> pa.Table:
    """One row for every membership; it runs to the end of the period in which the customer leaves."""
    spec, traits = book.spec, book.lived.traits
    members = np.flatnonzero(book.came) if spec.scenario.contractual else np.zeros(0, dtype=np.int64)
    members = members[np.argsort(traits.ids[members])]
    begun, left = traits.acquired[members], book.lived.happened.left[members]
    gone = np.isfinite(left)
    periods = np.maximum(np.ceil((np.where(gone, left, 0.0) - begun) / FEE_WEEKS), 1)
    end = begun + FEE_WEEKS * periods
    ended = gone & (end < spec.weeks)
    fee = np.full(len(members), round(spec.scenario["fee"] * 100))
    return pa.table(
        {
            "contract_id": pa.array(traits.ids[members] * 100 + 1),
            "customer_id": pa.array(traits.ids[members]),
            "started_on": days(book.calendar.moment(begun)),
            "ended_on": days(book.calendar.moment(np.where(ended, end, 0.0)), ~ended),
            "fee": money_column(fee),
        }
    )
