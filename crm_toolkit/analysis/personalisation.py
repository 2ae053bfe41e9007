"""Does personalisation make service cheaper? Cost to serve before and after, and what the content costs.

"Personalisation minimises costs" can be put to the test. Some contacts are led to a cheaper channel: a customer who
always asks for the same appointment gets a link instead of a conversation.

before   channel's cost + minutes · cost of a minute
after    (1 − followed) · before + followed · (cheap channel's cost + returned · before)

``followed`` is the share of contacts that take the new way, ``returned`` the share of these that call all the same, so
that both ways are paid. Against the saving stands what does not depend on the number of customers: texts, pictures,
rules have to be written for every version and kept up to date. From how many customers on does it pay?

More versions fit better and cost more each. Of the saving that a version for every single customer would bring, v
versions reach v / (v + h): h of them reach half. So the net gain is N · S · v / (v + h) − v · C, and the best number of
versions is √(N S h / C) − h, whole numbers beside it compared: between one text for all and a segment of one. The form
and h are assumptions of the course.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_money, format_number, join_names, mark, say, say_count

KNOBS = {
    knob.name: knob
    for knob in (
        Knob("followed", 0.6, 0.0, 1.0, 0.05, mark("Share of contacts that take the new way"), unit=mark("fraction"),
             origin="assumption"),
        Knob("returned", 0.15, 0.0, 1.0, 0.05, mark("Share of these that call all the same"), unit=mark("fraction"),
             origin="assumption"),
        Knob("half", 3.0, 0.1, 100.0, 0.1, mark("Versions that reach half of the possible saving"),
             origin="assumption"),
    )
}  # fmt: skip
MOST_VERSIONS = 60


@dataclass(frozen=True, eq=False)
class PersonalisationCost:
    """Cost to serve before contacts are led to a cheaper channel, and after.

    Parameters
    ----------
    customers : pandas.DataFrame
        ``customer_id``, ``contacts``, ``moved`` (contacts that are offered the new way), ``cost_before``,
        ``cost_after``, ``saving`` (currency units).
    kinds : pandas.DataFrame
        The same by ``kind`` of contact, the largest saving first.
    content_cost : float
        What the content costs in the time of the table, currency units.
    to_channel : str
    """

    customers: pd.DataFrame
    kinds: pd.DataFrame
    content_cost: float
    to_channel: str

    @property
    def saving(self) -> float:
        """Of all customers, before the content is paid, currency units."""
        return float(self.customers["saving"].sum())

    @property
    def saving_per_customer(self) -> float:
        """Mean over all customers who were served, currency units."""
        return self.saving / len(self.customers)

    @property
    def net(self) -> float:
        """Saving less the content, currency units."""
        return self.saving - self.content_cost

    @property
    def break_even_customers(self) -> int | None:
        """Customers from which the saving pays for the content; None if nothing is saved."""
        each = self.saving_per_customer
        return math.ceil(round(self.content_cost / each, 9)) if each > 0 else None

    @property
    def verdict(self) -> str:
        """The result in a sentence, in the reader's language."""
        numbers = {
            "before": format_money(float(self.customers["cost_before"].sum())),
            "after": format_money(float(self.customers["cost_after"].sum())),
            "content": format_money(self.content_cost),
        }
        told = say("Cost to serve falls from {before} to {after}; the content costs {content}.", **numbers)
        if self.break_even_customers is None:
            return say("Cost to serve does not fall: {before} before, {after} after; the content costs {content}.",
                       **numbers)  # fmt: skip
        count = len(self.customers)
        end = say_count("It pays from {count} customer on", "It pays from {count} customers on",
                        self.break_even_customers)  # fmt: skip
        return f"{told} {end}; " + say("here there are {count}.", count=format_number(count))


def personalisation_cost(
    contacts: Any,
    *,
    minute_cost: float,
    channel_costs: Mapping[str, float],
    kinds: Sequence[str],
    to_channel: str,
    content_cost: float,
    followed: float = KNOBS["followed"].default,
    returned: float = KNOBS["returned"].default,
) -> PersonalisationCost:
    """Compare the cost to serve before and after some kinds of contacts are led to a cheaper channel.

    Parameters
    ----------
    contacts : frame, relation or path
        One row per contact: ``customer_id``, ``kind``, ``channel`` and ``handle_minutes`` (minutes of an employee;
        missing counts as 0). Contacts without a customer, a kind or a channel are left out.
    minute_cost : float
        Cost of a minute of an employee, currency units.
    channel_costs : mapping of str to float
        What a contact costs by channel besides the minutes, currency units; a channel that is not named costs nothing.
    kinds : sequence of str
        Kinds of contacts that are led to ``to_channel``; in that channel nobody's minutes are needed.
    to_channel : str
        The cheaper channel, one of ``channel_costs``.
    content_cost : float
        What the content costs in the same time, currency units.
    followed, returned : float
        Share of contacts that take the new way, and share of these that come back by the old one, fractions.

    Returns
    -------
    PersonalisationCost
        Costs after are expected values; nobody is drawn.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, minutes are negative, no contact is left, or a number or the
        channel is not allowed.

    Examples
    --------
    >>> import pandas as pd
    >>> contacts = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 1, 2],
    ...         "kind": ["booking", "complaint", "booking"],
    ...         "channel": "phone",
    ...         "handle_minutes": [6.0, 20.0, 4.0],
    ...     }
    ... )
    >>> found = personalisation_cost(
    ...     contacts,
    ...     minute_cost=0.5,
    ...     channel_costs={"phone": 1.0, "app": 0.2},
    ...     kinds=["booking"],
    ...     to_channel="app",
    ...     content_cost=60,
    ...     followed=0.5,
    ...     returned=0.0,
    ... )
    >>> print(found.customers[["customer_id", "cost_before", "cost_after"]].round(2).to_string(index=False))
     customer_id  cost_before  cost_after
               1         15.0        13.1
               2          3.0         1.6
    >>> found.break_even_customers
    37
    """
    minute, content, share, back = require_numbers(
        "personalisation_cost", minute_cost=(minute_cost, 0, 1e9), content_cost=(content_cost, 0, 1e15),
        followed=(followed, 0, 1), returned=(returned, 0, 1),
    )  # fmt: skip
    prices = require_numbers("personalisation_cost",
                             **{str(name): (cost, 0, 1e9) for name, cost in channel_costs.items()})  # fmt: skip
    cost_of = dict(zip(map(str, channel_costs), prices, strict=True))
    heading = say("`{function}` can't compare these costs.", function="personalisation_cost")
    if to_channel not in cost_of:
        what = say("`{name}` can't be {value}.", name="to_channel", value=repr(to_channel))
        advice = say("Allowed: {names}.", names=join_names(map(repr, cost_of)))
        raise InputError(heading, [Problem("unknown_option", what, advice=advice, column="to_channel")])
    wanted = {"customer_id": "label", "kind": "text", "channel": "text", "handle_minutes": "number"}
    found = brought_home(contacts, wanted, asked_by="personalisation_cost")
    found = found[found[["customer_id", "kind", "channel"]].notna().all(axis=1)]
    negative = int((found["handle_minutes"] < 0).sum())
    if negative or found.empty:
        what = (
            say_count("{count} value of `{name}` is negative.", "{count} values of `{name}` are negative.", negative,
                      name="handle_minutes")
            if negative
            else say("The table has no rows.")
        )  # fmt: skip
        raise InputError(heading, [Problem("negative" if negative else "empty", what)])
    found = found.sort_values(["customer_id", "kind", "channel", "handle_minutes"], ignore_index=True)
    before = found["channel"].map(lambda name: cost_of.get(str(name), 0.0)) + minute * found["handle_minutes"].fillna(0)
    moved = found["kind"].isin(list(kinds)) & (found["channel"] != to_channel)
    led = (1 - share) * before + share * (cost_of[to_channel] + back * before)
    lines = found.assign(contacts=1, moved=moved.astype("int64"), cost_before=before,
                         cost_after=np.where(moved, led, before))  # fmt: skip
    lines["saving"] = lines["cost_before"] - lines["cost_after"]
    sums = ["contacts", "moved", "cost_before", "cost_after", "saving"]
    people = lines.groupby("customer_id", sort=True)[sums].sum().reset_index()
    by_kind = lines.groupby("kind", sort=True)[sums].sum().reset_index()
    by_kind = by_kind.sort_values(["saving", "kind"], ascending=[False, True], ignore_index=True,
                                  key=lambda c: c.round(9) if c.name == "saving" else c)  # fmt: skip
    return PersonalisationCost(people, by_kind, content, to_channel)


@dataclass(frozen=True, eq=False)
class ContentVersions:
    """What it comes to with each number of versions.

    Parameters
    ----------
    table : pandas.DataFrame
        From 0 versions on: ``versions``, ``reached`` (share of the possible saving), ``saving``, ``content_cost``,
        ``net`` (currency units), ``break_even_customers`` (not whole; missing for 0 versions).
    best : int
        The number of versions with the highest net; of equal ones the smaller.
    customers : int
    """

    table: pd.DataFrame
    best: int
    customers: int

    @property
    def verdict(self) -> str:
        """The result in a sentence, in the reader's language."""
        if not self.best:
            return say("No personalisation pays: even one version costs more than it saves.")
        row = self.table.iloc[self.best]
        count = say_count("{count} version is the best", "{count} versions are the best", self.best)
        return f"{count}: " + say("{net} net; it pays from {customers} customers on.", net=format_money(row["net"]),
                                  customers=format_number(math.ceil(row["break_even_customers"])))  # fmt: skip


def content_versions(
    customers: int,
    *,
    saving: float,
    content_cost: float,
    half: float = KNOBS["half"].default,
    most: int = 20,
) -> ContentVersions:
    """Find the number of versions at which personalisation pays most.

    Parameters
    ----------
    customers : int
        Who would get it.
    saving : float
        Saving (or gain) of one customer, if there were a version for each, currency units.
    content_cost : float
        Of one version in the same time, currency units.
    half : float
        Versions that reach half of the possible saving.
    most : int
        Versions that are tried, 1 to 60.

    Returns
    -------
    ContentVersions

    Raises
    ------
    InputError
        If a number is out of range.

    Examples
    --------
    >>> found = content_versions(1000, saving=2.0, content_cost=100.0, half=3.0)
    >>> found.best, round(found.table["net"].max()), round((1000 * 2 * 3 / 100) ** 0.5 - 3, 2)
    (5, 750, 4.75)
    """
    people, each, cost, middle, tried = require_numbers(
        "content_versions", customers=(customers, 1, 1e9), saving=(saving, 0, 1e9),
        content_cost=(content_cost, 0, 1e12),
        half=(half, KNOBS["half"].low, KNOBS["half"].high), most=(most, 1, MOST_VERSIONS),
    )  # fmt: skip
    versions = np.arange(int(tried) + 1)
    reached = versions / (versions + middle)
    table = pd.DataFrame({"versions": versions, "reached": reached, "saving": people * each * reached,
                          "content_cost": versions * cost})  # fmt: skip
    table["net"] = table["saving"] - table["content_cost"]
    possible = each * reached
    table["break_even_customers"] = np.where(possible > 0, table["content_cost"] / np.where(possible > 0, possible, 1),
                                             np.nan)  # fmt: skip
    return ContentVersions(table, int(table["net"].round(9).to_numpy().argmax()), int(people))
