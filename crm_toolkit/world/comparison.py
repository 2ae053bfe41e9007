"""Policies against each other on the same luck: the difference is what the policy does, not chance.

Every customer has the same traits and the same luck under every policy, and every draw moves in one direction
with its parameter, so a customer whom a policy does not reach lives exactly the same life, and the difference of
a policy from itself is exactly nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm import Policy
from crm_toolkit.knobs import Knob
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import mark, say
from crm_toolkit.world.block import Lived, WorldSpec, block_ids, blocks_of, live
from crm_toolkit.world.outlook import outlook
from crm_toolkit.world.record.book import Book, Reordered, Sales, staff_places
from crm_toolkit.world.record.organisation import WAGE
from crm_toolkit.world.setting import Scenario
from crm_toolkit.world.simulation import MOST_IN_MEMORY, checked_spec

if TYPE_CHECKING:
    import pandas as pd

MEASURES: dict[str, str] = {
    "orders": mark("orders"),
    "amount": mark("revenue"),
    "margin": mark("margin less the cost of messages"),
    "profit": mark("margin less staff and additional advertising"),
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
        ``policy``, ``week``, ``orders``, ``amount``, ``staying`` at the end of the week; ``orders_gained``,
        ``amount_gained``, ``staying_gained``: more than under the baseline, all weeks up to this one together
        (``staying``: at the end of it). The first replication.
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

    def spread(self, policy: str, measure: str = "margin") -> EffectSpread:
        """How the effect of a policy is spread over the customers.

        Parameters
        ----------
        policy : str
            One of ``names``.
        measure : {"orders", "amount", "margin"}
            Whose effect.
        """
        effects = self.effect(policy, measure).to_numpy(dtype=np.float64)
        changed = effects[effects != 0]
        low, high = np.quantile(changed, [0.01, 0.99]) if len(changed) else (0.0, 0.0)
        return EffectSpread(
            policy=policy, measure=measure, customers=len(effects), less=int((effects < 0).sum()),
            more=int((effects > 0).sum()), mean=float(effects.mean()), low=float(low), high=float(high),
            effects=changed,
        )  # fmt: skip

    def alike(self, policy: str) -> int:
        """Customers in whom a policy shows in nothing: orders, money, complaints and staying as under the baseline."""
        names = ["orders", "amount", "margin", "complaints", "stays"]
        mine, usual = (
            self.customers.loc[self.customers["policy"] == name, names].to_numpy(dtype=np.float64)
            for name in (policy, self.names[0])
        )
        return int((mine == usual).all(axis=1).sum())


@dataclass(frozen=True, eq=False)
class EffectSpread:
    """The effect of a policy over customers; made by `PolicyComparison.spread`.

    Parameters
    ----------
    policy, measure : str
    customers : int
        All of them.
    less, more : int
        Those with a negative effect, and with a positive one.
    mean : float
        Over all customers.
    low, high : float
        Between them lie 98 % of the effects that are not zero.
    effects : array
        The effects that are not zero, in the order of ``customer_id``.
    """

    policy: str
    measure: str
    customers: int
    less: int
    more: int
    mean: float
    low: float
    high: float
    effects: NDArray[np.float64] = field(repr=False)

    @property
    def changed(self) -> int:
        """Customers with an effect that is not zero."""
        return self.less + self.more

    @property
    def unchanged_share(self) -> float:
        """Fraction of customers with an effect of exactly zero."""
        return 1 - self.changed / self.customers


@with_kinds_told
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
    specs = _specs(scenario, policies, customers=customers, weeks=weeks, seed=seed, replications=replications)
    worlds = []
    for number in range(int(replications)):
        luck = replication_seed(seed, number)
        worlds.append({name: policy_run(replace(spec, seed=luck)) for name, spec in specs.items()})
    return compared(worlds, currency=next(iter(specs.values())).scenario.currency)


def compared(worlds: Sequence[Mapping[str, PolicyRun]], *, currency: str) -> PolicyComparison:
    """Set policies beside each other that have run already; `compare` runs them first.

    Parameters
    ----------
    worlds : sequence of mapping of str to PolicyRun
        One a replication: the same policies in the same order, on one luck; the first policy is the baseline.
    currency : str
        ISO 4217 code of the money.

    Returns
    -------
    PolicyComparison

    Examples
    --------
    >>> from crm_toolkit.world.simulation import checked_spec
    >>> run = policy_run(checked_spec("barbershop", None, customers=200, weeks=26, seed=1))
    >>> compared([{"now": run, "the same": run}], currency="USD").spread("the same").changed
    0
    """
    import pandas as pd

    rows = [
        {"replication": number, "seed": run.seed, "policy": name, **run.measures}
        for number, runs in enumerate(worlds) for name, run in runs.items()
    ]  # fmt: skip
    names = tuple(worlds[0])
    people: list[pd.DataFrame] = []
    weekly: list[pd.DataFrame] = []
    for name, run in worlds[0].items():
        people.append(run.people(name, people[0] if people else None))
        weekly.append(run.weekly(name, weekly[0] if weekly else None))
    frame = pd.DataFrame(rows)
    return PolicyComparison(
        names=names, currency=currency, summary=_summary(frame, names), customers=pd.concat(people, ignore_index=True),
        weekly=pd.concat(weekly, ignore_index=True), replications=frame,
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
        example = '{"none": Policy(), "points": Policy(loyalty=WeeklyPoints())}'
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
class PolicyRun:
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

    def weekly(self, policy: str, baseline: pd.DataFrame | None) -> pd.DataFrame:
        import pandas as pd

        week = np.arange(len(self.week_orders))
        frame = pd.DataFrame({"policy": policy, "week": week, "orders": self.week_orders,
                              "amount": self.week_amount / 100.0, "staying": self.week_staying})  # fmt: skip
        for name in ("orders", "amount", "staying"):
            more = frame[name] - (frame if baseline is None else baseline)[name]
            frame[f"{name}_gained"] = (more if name == "staying" else more.cumsum()).round(2)
        return frame


def policy_run(spec: WorldSpec) -> PolicyRun:
    """One policy in one world, in sums: what `compare` makes of every policy and `compared` takes.

    Examples
    --------
    >>> run = policy_run(checked_spec("barbershop", None, customers=200, weeks=26, seed=1))
    >>> int(run.orders.sum()) == run.measures["orders"]
    True
    """
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
        bought = np.flatnonzero(events["bought"] & mine[events["person"]])
        basket_cost = cost_of_orders(spec, {name: events[name][bought] for name in ("basket", "gross")})
        who, when, value = place[events["person"][bought]], events["time"][bought], events["amount"][bought]
        if spec.scenario.contractual:
            fees = fees_of(spec, lived)
            who, when = np.concatenate([who, fees.customer - 1]), np.concatenate([when, fees.time])
            value = np.concatenate([value, fees.amount])
            basket_cost = np.concatenate([basket_cost, np.zeros_like(fees.amount)])
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
        "profit": (int(margin.sum()) - fixed_cost(spec)) / 100, "complaints": int(complaints.sum()),
        "staying": int(stays.sum()),
        "satisfaction": float(np.round(satisfaction[stays].mean(), 6)) if stays.any() else float("nan"),
    }  # fmt: skip
    return PolicyRun(spec.seed, np.arange(1, size + 1), orders, amount, margin, complaints, stays, week_orders[:-1],
                week_amount[:-1], np.cumsum(change)[:-1], total)  # fmt: skip


def _summed(where: NDArray, values: NDArray, size: int) -> NDArray[np.int64]:
    return np.rint(np.bincount(where, weights=values, minlength=size)).astype(np.int64)


def cost_of_orders(spec: WorldSpec, orders: dict[str, NDArray]) -> NDArray[np.int64]:
    """Variable cost of orders, minor units."""
    from crm_toolkit.world.baskets import catalogue

    if spec.scenario.ticket == "gamma_gamma":
        return np.rint(orders["gross"] * spec.scenario.lists["products"][0][4]).astype(np.int64)
    return catalogue(spec.scenario).cost_of_basket()[orders["basket"]]


def fees_of(spec: WorldSpec, lived: Lived) -> Sales:
    """The fees of memberships: the orders in a book without encounters, which spares sorting the encounters."""
    none = Reordered(lived.happened.encounters, np.zeros(0, dtype=np.int64))
    return Book(spec, lived, spec.calendar, none, lived.traits.ids[:0]).sales


def fixed_cost(spec: WorldSpec) -> int:
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
