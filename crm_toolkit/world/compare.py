"""Policies against each other on the same luck: the difference is what the policy does, not chance.

Every customer has the same traits and the same luck under every policy, and every draw moves in one direction
with its parameter, so a customer whom a policy does not reach lives exactly the same life, and the difference of
a policy from itself is exactly nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm import Policy
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark, say
from crm_toolkit.world.block import WorldSpec, block_ids, blocks_of, live
from crm_toolkit.world.outlook import outlook
from crm_toolkit.world.record.book import open_book, staff_places
from crm_toolkit.world.record.organisation import WAGE
from crm_toolkit.world.scenario import Scenario
from crm_toolkit.world.simulate import MOST_IN_MEMORY, checked_spec

if TYPE_CHECKING:
    import pandas as pd

MEASURES: dict[str, str] = {
    "orders": mark("orders"),
    "amount": mark("revenue"),
    "margin": mark("margin"),
    "profit": mark("margin less messages, staff and advertising"),
    "complaints": mark("complaints"),
    "staying": mark("customers who have not left"),
    "satisfaction": mark("mean satisfaction of those who stay"),
}
REPLICATIONS = Knob("replications", 1, 1, 1000, 1, mark("Replications"), origin="convention")
_WEEKS_PER_MONTH = 365.25 / 12 / 7


@dataclass(frozen=True, eq=False)
class PolicyComparison:
    """What policies do, against the first of them; made by `compare`.

    Parameters
    ----------
    names : tuple of str
        The policies; the first is the baseline.
    currency : str
    summary : DataFrame
        ``policy``, ``measure``, ``value`` (total of the world, mean over replications), ``effect`` (difference from
        the baseline), ``low``, ``high`` (95 % interval of the effect over replications; missing with one).
    customers : DataFrame
        ``policy``, ``customer_id``, ``orders``, ``amount``, ``margin``, ``complaints``, ``stays``,
        ``orders_effect``, ``amount_effect``, ``margin_effect``: everybody in the first replication.
    weekly : DataFrame
        ``policy``, ``week``, ``orders``, ``amount``, ``staying``: the first replication.
    replications : DataFrame
        ``replication``, ``seed``, ``policy`` and one column for every measure.
    """

    names: tuple[str, ...]
    currency: str
    summary: pd.DataFrame
    customers: pd.DataFrame
    weekly: pd.DataFrame
    replications: pd.DataFrame = field(repr=False)

    def effect(self, policy: str, measure: str = "margin") -> pd.Series:
        """The effect of a policy on every customer, by ``customer_id``.

        Parameters
        ----------
        policy : str
            One of ``names``.
        measure : {"orders", "amount", "margin"}
            What is compared; money in currency units.
        """
        mine = self.customers[self.customers["policy"] == policy]
        return mine.set_index("customer_id")[f"{measure}_effect"]


def compare(
    scenario: Scenario | str,
    policies: Mapping[str, Policy],
    *,
    customers: int = 1000,
    weeks: int = 104,
    seed: int = 1,
    replications: int = 1,
) -> PolicyComparison:
    """Simulate the same people with the same luck under several policies.

    Parameters
    ----------
    scenario : Scenario or str
        As `scenario` makes it, or its name.
    policies : mapping of str to Policy
        At least two; the first one is the baseline.
    customers, weeks, seed : int
        As for `simulate`.
    replications : int
        How many worlds; each has luck of its own, shared by all policies. More than one gives intervals.

    Returns
    -------
    PolicyComparison

    Raises
    ------
    InputError
        All problems at once.

    Examples
    --------
    >>> from crm_toolkit.firm import Policy, Pricing
    >>> both = compare(
    ...     "barbershop", {"list": Policy(), "cheaper": Policy(pricing=Pricing(discount=0.1))}, customers=200, weeks=26
    ... )
    >>> bool((both.effect("list", "amount") == 0).all())
    True
    """
    import pandas as pd

    specs = _specs(scenario, policies, customers=customers, weeks=weeks, seed=seed, replications=replications)
    rows: list[dict[str, Any]] = []
    people: list[pd.DataFrame] = []
    weekly: list[pd.DataFrame] = []
    for number in range(int(replications)):
        for name, spec in specs.items():
            run = _run(replace(spec, seed=replication_seed(seed, number)))
            rows.append({"replication": number, "seed": run.seed, "policy": name, **run.measures})
            if number == 0:
                people.append(run.people(name, people[0] if people else None))
                weekly.append(run.weekly(name))
    frame = pd.DataFrame(rows)
    first = next(iter(specs.values())).scenario
    return PolicyComparison(
        names=tuple(specs), currency=first.currency, summary=_summary(frame, tuple(specs)),
        customers=pd.concat(people, ignore_index=True), weekly=pd.concat(weekly, ignore_index=True), replications=frame,
    )  # fmt: skip


def replication_seed(seed: int, number: int) -> int:
    """The seed of a replication; the first one is the seed itself."""
    return seed if number == 0 else (seed * 1_000_003 + number * 7_919) % 2**61


def _specs(
    scenario: Scenario | str, policies: Mapping[str, Policy], *, replications: int, **numbers: Any
) -> dict[str, WorldSpec]:
    problems: list[Problem] = []
    specs: dict[str, WorldSpec] = {}
    if not isinstance(policies, Mapping) or len(policies) < 2:
        what = say("A comparison takes a dict of at least two policies.")
        example = '{"none": Policy(), "points": Policy(loyalty=LoyaltyProgramme())}'
        advice = say("For example: {example}", example=example)
        problems.append(Problem("too_few", what, advice=advice, column="policies"))
    try:
        REPLICATIONS.check(replications)
    except InputError as letter:
        whole = f"{letter.heading} {letter.problems[0].what}"
        problems.append(Problem("outside_range", whole, column="replications"))
    for name, policy in (policies if isinstance(policies, Mapping) else {"": Policy()}).items():
        try:
            specs[str(name)] = checked_spec(scenario, policy, most=MOST_IN_MEMORY, **numbers)
        except InputError as letter:
            problems += [one for one in letter.problems if one not in problems]
    if problems:
        raise InputError(say("The policies can't be compared."), problems)
    return specs


@dataclass(frozen=True)
class _Run:
    """One world in sums. Money in minor units, by customer in the order of their numbers."""

    seed: int
    ids: NDArray[np.int64]
    orders: NDArray[np.int64]
    amount: NDArray[np.int64]
    margin: NDArray[np.int64]
    complaints: NDArray[np.int64]
    stays: NDArray[np.bool_]
    week_orders: NDArray[np.int64]
    week_amount: NDArray[np.int64]
    week_staying: NDArray[np.int64]
    measures: dict[str, float]

    def people(self, policy: str, baseline: pd.DataFrame | None) -> pd.DataFrame:
        import pandas as pd

        frame = pd.DataFrame(
            {
                "policy": policy, "customer_id": self.ids, "orders": self.orders, "amount": self.amount / 100.0,
                "margin": self.margin / 100.0, "complaints": self.complaints, "stays": self.stays,
            }
        )  # fmt: skip
        for name in ("orders", "amount", "margin"):
            before = frame[name] if baseline is None else baseline[name]
            frame[f"{name}_effect"] = (frame[name] - before).round(2)
        return frame

    def weekly(self, policy: str) -> pd.DataFrame:
        import pandas as pd

        week = np.arange(len(self.week_orders))
        return pd.DataFrame({"policy": policy, "week": week, "orders": self.week_orders,
                             "amount": self.week_amount / 100.0, "staying": self.week_staying})  # fmt: skip


def _run(spec: WorldSpec) -> _Run:
    size = spec.customers
    orders, complaints = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    amount, cost, messages = (np.zeros(size, dtype=np.int64) for _ in range(3))
    stays, satisfaction = np.zeros(size, dtype=bool), np.zeros(size)
    week_orders, week_amount, change = (np.zeros(spec.weeks + 1, dtype=np.int64) for _ in range(3))
    prices = np.array([round(one.contact_cost * 100) for one in spec.policy.campaigns] or [0])
    for block in blocks_of(spec.customers):
        lived = live(spec, block_ids(spec, block))
        happened, ids = lived.happened, lived.traits.ids
        mine = lived.wanted
        place = np.where(mine, ids - 1, 0)
        events = happened.encounters
        if spec.scenario.contractual:
            sales = open_book(spec, lived).sales
            who, when, value = sales.customer - 1, sales.time, sales.amount
            basket_cost = _cost(spec, lived, events, sales.encounter)
        else:
            bought = np.flatnonzero(events["bought"] & mine[events["person"]])
            who, when, value = place[events["person"][bought]], events["time"][bought], events["amount"][bought]
            basket_cost = _cost(spec, lived, {name: events[name][bought] for name in ("basket", "gross")})
        orders += np.bincount(who, minlength=size)
        amount += _summed(who, value, size)
        cost += _summed(who, basket_cost, size)
        week = np.floor(when).astype(np.int64)
        week_orders += np.bincount(week, minlength=spec.weeks + 1)
        week_amount += _summed(week, value, spec.weeks + 1)
        voiced = np.flatnonzero((events["reaction"] == 1) & mine[events["person"]])
        complaints += np.bincount(place[events["person"][voiced]], minlength=size)
        sent = happened.assignments
        treated = np.flatnonzero(sent["treated"] & mine[sent["person"]])
        messages += _summed(place[sent["person"][treated]], prices[sent["campaign"][treated]], size)
        here = mine & (lived.traits.acquired < spec.weeks)
        gone = here & np.isfinite(happened.left) & (happened.left < spec.weeks)
        stays[place[here & ~gone]] = True
        satisfaction[place[here]] = happened.satisfaction[here]
        arrivals = np.floor(lived.traits.acquired[here]).astype(np.int64)
        change += np.bincount(arrivals, minlength=spec.weeks + 1)
        change -= np.bincount(np.floor(happened.left[gone]).astype(np.int64), minlength=spec.weeks + 1)
    margin = amount - cost - messages
    total = {
        "orders": int(orders.sum()), "amount": int(amount.sum()) / 100, "margin": int(margin.sum()) / 100,
        "profit": (int(margin.sum()) - _fixed(spec)) / 100, "complaints": int(complaints.sum()),
        "staying": int(stays.sum()),
        "satisfaction": float(np.round(satisfaction[stays].mean(), 6)) if stays.any() else float("nan"),
    }  # fmt: skip
    return _Run(spec.seed, np.arange(1, size + 1), orders, amount, margin, complaints, stays, week_orders[:-1],
                week_amount[:-1], np.cumsum(change)[:-1], total)  # fmt: skip


def _summed(where: NDArray, values: NDArray, size: int) -> NDArray[np.int64]:
    return np.rint(np.bincount(where, weights=values, minlength=size)).astype(np.int64)


def _cost(
    spec: WorldSpec, lived: Any, events: dict[str, NDArray], encounter: NDArray | None = None
) -> NDArray[np.int64]:
    """Variable cost of orders; a fee has none."""
    from crm_toolkit.world.baskets import catalogue

    wares = catalogue(spec.scenario)
    if spec.scenario.ticket == "gamma_gamma":
        return np.rint(events["gross"] * spec.scenario.lists["products"][0][4]).astype(np.int64)
    costs = wares.cost_of_basket()
    if encounter is None:
        return costs[events["basket"]]
    basket = open_book(spec, lived).events["basket"]
    return np.where(encounter >= 0, costs[basket[encounter]] if len(basket) else 0, 0)


def _fixed(spec: WorldSpec) -> int:
    """Wages, scaled by the policy's staff, and the advertising budget: minor units for all weeks."""
    staff = outlook(spec.scenario, spec.policy, spec.weeks).staff
    people = sum(number * WAGE[name] for name, (_, number) in staff_places(spec).items())
    branches = spec.customers / 2048
    wages = spec.scenario["wage"] * 100 * people * branches * float(staff.sum()) / _WEEKS_PER_MONTH
    advertising = spec.scenario["advertising_cost"] * 100 * spec.customers * (spec.policy.advertising - 1.0)
    return round(wages + advertising)


def _summary(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd
    from scipy.stats import t

    runs = frame["replication"].nunique()
    rows = []
    for name in names:
        for measure in MEASURES:
            values = frame[measure][frame["policy"] == name].to_numpy(dtype=np.float64)
            effect = values - frame[measure][frame["policy"] == names[0]].to_numpy(dtype=np.float64)
            half = t.ppf(0.975, runs - 1) * effect.std(ddof=1) / np.sqrt(runs) if runs > 1 else np.nan
            middle = effect.mean()
            rows.append({"policy": name, "measure": measure, "value": values.mean(), "effect": middle,
                         "low": middle - half, "high": middle + half})  # fmt: skip
    return pd.DataFrame(rows)
