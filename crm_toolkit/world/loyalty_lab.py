"""A laboratory of loyalty programmes: one world with a programme, without it, and with its money put into service.

`loyalty_laboratory` makes a scenario in which all mechanisms of `membership` have a strength. The directions come from
the literature that every number names; the strengths are set so that members who are compared with non-members look
several times as valuable as the programme made them, as in Leenheer et al. (2007). `run_programme` lets the same people
with the same luck live three times. What the organisation would see (`panel`, `ledger`, `movements`) stands apart from
what only the laboratory knows (`twins`, `arms`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm import Policy, Service, WeeklyPoints
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, mark, say
from crm_toolkit.world import clock
from crm_toolkit.world.block import Lived, WorldSpec, block_ids, blocks_of, consents
from crm_toolkit.world.comparison import cost_of_orders, fees_of, fixed_cost
from crm_toolkit.world.membership import STRENGTHS
from crm_toolkit.world.outlook import outlook
from crm_toolkit.world.parameters import MECHANISMS
from crm_toolkit.world.people.population import people
from crm_toolkit.world.setting import Origin, Scenario, scenario
from crm_toolkit.world.simulation import MOST_IN_MEMORY, checked_spec
from crm_toolkit.world.traits import traits

if TYPE_CHECKING:
    import pandas as pd

Integers = NDArray[np.int64]

ARMS: dict[str, str] = {
    "without": mark("without a programme"),
    "with": mark("with the programme"),
    "service": mark("its money put into service"),
}
LABORATORY: dict[str, tuple[float, str, str]] = {
    "points_to_rate": (0.25, "calibrated", "with enrol_by_need: direction after Kivetz, Urminsky, Zheng (2006)"),
    "enrol_by_need": (0.7, "calibrated", "naive comparison 4 to 10 times the truth; Leenheer et al. (2007): 7 times"),
    "reset_to_rate": (0.12, "assumption", "direction after Kivetz, Urminsky, Zheng (2006)"),
    "reset_to_churn": (0.2, "assumption", "direction after Kivetz, Urminsky, Zheng (2006)"),
    "momentum_to_rate": (0.08, "assumption", "direction after Dorotic et al. (2014)"),
    "reward_to_satisfaction": (0.4, "assumption", "direction after Taylor, Neslin (2005)"),
    "expiry_to_churn": (0.4, "assumption", "direction after Dorotic et al. (2014): binding expiry does harm"),
    "tier_to_rate": (0.15, "assumption", "direction after goal gradients; acts where the programme has a status"),
    "demotion_to_churn": (0.5, "assumption", "direction after Wagner et al. (2009)"),
    "light_response": (0.5, "assumption", "direction after Liu (2007): light and moderate buyers respond"),
}
"""Number of a scenario → its value in the laboratory, the kind of its origin, and why."""

ABLATED = ("points_pressure", "post_reward_reset", "redemption_momentum", "rewarded_behaviour", "expiry_churn",
           "light_buyers_respond")  # fmt: skip
PROGRAMME = WeeklyPoints(points_per_unit=1.0, threshold=200, reward=10.0, valid_weeks=52, from_week=52)
PERIOD_WEEKS, JOIN_WEEKS = 26, 8  # of the panel; conventions of `analysis.programme_panel`


def loyalty_laboratory(name: str = "barbershop", /, *, locale: str | None = None, **changes: Any) -> Scenario:
    """Open a scenario in which programmes move their members by every mechanism.

    Parameters
    ----------
    name : str
        One of `scenario_names`.
    locale : {"en_US", "ru_RU"}, optional
        As for `scenario`.
    **changes
        As for `scenario`: a number by its name or a mechanism switched by True or False.

    Returns
    -------
    Scenario

    Examples
    --------
    >>> told = loyalty_laboratory("clinic", post_reward_reset=False)
    >>> told["points_to_rate"], told.origin("points_to_rate").kind, told.on("post_reward_reset")
    (0.25, 'calibrated', False)
    """
    told = scenario(name, locale=locale, **{**{key: value for key, (value, _, _) in LABORATORY.items()}, **changes})
    origins = {key: Origin(kind, why) for key, (_, kind, why) in LABORATORY.items() if key not in changes}
    return replace(told, origins={**told.origins, **origins})


def programme_for(told: Scenario, **rules: Any) -> WeeklyPoints:
    """A programme in the scenario's money: the laboratory's own, with some of its rules changed.

    Examples
    --------
    >>> programme_for(scenario("barbershop", locale="en_US"), threshold=300).face_rate
    0.03333333333333333
    """
    own = told.policy.loyalty
    if own is None:
        own = PROGRAMME
    return replace(own, **{"from_week": PROGRAMME.from_week, **rules})


@dataclass(frozen=True, eq=False)
class ProgrammeRun:
    """A programme in a laboratory world; made by `run_programme`. Money in currency units.

    Parameters
    ----------
    spec : WorldSpec
        The world with the programme: its policy holds the rules.
    arms : DataFrame
        ``arm`` (by `ARMS`), ``orders``, ``spend`` (before rewards), ``rewards`` (their value), ``margin`` (spend less
        rewards and variable cost), ``profit`` (margin less staff above the usual), ``complaints``, ``staying``,
        ``members``, ``staff`` (factor from the start of the programme).
    twins : DataFrame
        The truth: ``customer_id``, ``invited``, ``member``, ``rewards`` (their value), and for each arm (``_without``,
        ``_with``, ``_service``) ``orders``, ``spend``, ``margin``, ``stays``.
    weekly : DataFrame
        ``arm``, ``week``, ``orders``, ``spend``, ``staying``.
    panel : DataFrame
        What the organisation knows at the end, one row for everybody who had bought before the start:
        ``customer_id``, ``arm`` (``"invited"`` or ``"holdout"``), ``before_2``, ``before_1``, ``after`` (spend before
        rewards, of 26 weeks each), ``orders_2``, ``orders_1`` (orders of the two periods before), ``orders_before``,
        ``weeks_since``, ``orders_after``, ``member`` (joined within 8 weeks), ``joined``, ``rewards`` and ``margin`` of
        the period after. And ``effect``, ``effect_orders``: the truth about ``after`` and ``orders_after``, to be
        looked at last.
    """

    spec: WorldSpec
    arms: pd.DataFrame
    twins: pd.DataFrame = field(repr=False)
    weekly: pd.DataFrame = field(repr=False)
    panel: pd.DataFrame = field(repr=False)
    _with: list[Lived] = field(repr=False)

    @property
    def rules(self) -> WeeklyPoints:
        """The programme."""
        rules = self.spec.policy.loyalty
        assert rules is not None
        return rules

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """The table ``loyalty_ledger`` of the world with the programme."""
        import pandas as pd

        from crm_toolkit.world.record.book import open_book
        from crm_toolkit.world.record.loyalty import loyalty

        parts = [loyalty(open_book(self.spec, lived))["loyalty_ledger"].to_pandas() for lived in self._with]
        return pd.concat(parts, ignore_index=True)

    def effect(self, measure: str = "profit", arm: str = "with") -> float:
        """The true effect of an arm against the world without a programme.

        >>> run = run_programme(loyalty_laboratory(), customers=500, weeks=104)
        >>> run.effect("orders", "without")
        0.0
        """
        values = self.arms.set_index("arm")[measure].astype("float64")
        return float(values[arm]) - float(values["without"])

    def member_year(self, customer_id: int | None = None) -> pd.DataFrame:
        """What one member lived through since the programme began.

        Parameters
        ----------
        customer_id : int, optional
            A member; by default the one with the median number of bookings.

        Returns
        -------
        DataFrame
            ``at`` (datetime), ``what`` (``"earn"``, ``"redeem"``, ``"expire"``), ``points``, ``balance``,
            ``to_reward`` (points that are missing); ``attrs`` hold ``customer_id`` and ``name``.

        Raises
        ------
        InputError
            If this customer has no bookings.
        """
        counts = self.ledger.groupby("customer_id").size()
        if customer_id is None:
            if counts.empty:
                raise InputError(say("There is no member to look at."), [Problem("empty", say("Nobody has joined."))])
            among = counts.sort_values(kind="stable")
            customer_id = int(among.index[len(among) // 2])
        if customer_id not in counts.index:
            what = say("Customer {number} has no account.", number=customer_id)
            raise InputError(say("There is no member to look at."), [Problem("unknown", what, column="customer_id")])
        mine = self.ledger[self.ledger["customer_id"] == customer_id]
        table = mine[["booked_at", "kind", "points", "balance"]].rename(columns={"booked_at": "at", "kind": "what"})
        table = table.astype({"what": "str"}).reset_index(drop=True)
        table["to_reward"] = np.maximum(self.rules.threshold - table["balance"], 0)
        table.attrs = {"customer_id": customer_id, "name": name_of(self.spec, customer_id)}
        return table


def name_of(spec: WorldSpec, customer_id: int) -> str:
    """The full name of a customer of a world."""
    who = people(np.array([customer_id]), seed=spec.seed, demographics=spec.scenario.demographics,
                 on=np.datetime64(spec.scenario.start))  # fmt: skip
    return str(who.table()["full_name"][0].as_py())


def run_programme(
    told: Scenario | str | None = None,
    rules: WeeklyPoints | None = None,
    *,
    customers: int = 10_000,
    weeks: int = 104,
    seed: int = 1,
    service: bool = True,
) -> ProgrammeRun:
    """Let a world live with a programme, without it, and with the programme's money put into service.

    Parameters
    ----------
    told : Scenario or str, optional
        As `loyalty_laboratory` makes it, or the name of a scenario for it.
    rules : WeeklyPoints, optional
        By default those of `programme_for`. ``invited_share`` below 1 makes an experiment.
    customers, weeks, seed : int
        As for `simulate`; the programme must begin after 2 weeks or more and before the last one.
    service : bool
        Whether to run the third world: staff, from the start of the programme on, for as much as its rewards cost.

    Returns
    -------
    ProgrammeRun

    Raises
    ------
    InputError
        All problems at once.

    Examples
    --------
    >>> run = run_programme(loyalty_laboratory(), customers=500, weeks=104)
    >>> list(run.arms["arm"])
    ['without', 'with', 'service']
    """
    import pandas as pd

    if told is None or isinstance(told, str):
        told = loyalty_laboratory(told or "barbershop")
    rules = programme_for(told) if rules is None else rules
    spec = checked_spec(told, Policy(loyalty=rules), customers=customers, weeks=weeks, seed=seed, most=MOST_IN_MEMORY)
    if not 2 <= rules.from_week < spec.weeks:
        what = say("The programme begins in week {week}; there must be 2 weeks before it, and it must begin before "
                   "week {weeks}.", week=rules.from_week, weeks=spec.weeks)  # fmt: skip
        heading = say("The programme can't be run.")
        raise InputError(heading, [Problem("outside_range", what, column="from_week")])
    blocks = [_People(spec, block) for block in blocks_of(spec.customers)]
    runs = {"without": _Arm(replace(spec, policy=Policy()), blocks), "with": _Arm(spec, blocks)}
    if service:
        staff = _staff_for(spec, int(runs["with"].rewards.sum()))
        better = Policy(service=Service(staff=staff, from_week=rules.from_week))
        runs["service"] = _Arm(replace(spec, policy=better), blocks)
    with_ = runs["with"]
    twins = {"customer_id": np.arange(1, spec.customers + 1), "invited": with_.invited, "member": with_.member}
    twins["rewards"] = with_.rewards / 100
    for name, one in runs.items():
        twins |= {f"orders_{name}": one.orders, f"spend_{name}": one.spend / 100, f"margin_{name}": one.margin / 100,
                  f"stays_{name}": one.stays}  # fmt: skip
    return ProgrammeRun(
        spec, pd.DataFrame([one.row(name) for name, one in runs.items()]), pd.DataFrame(twins),
        pd.concat([one.weekly(name) for name, one in runs.items()], ignore_index=True),
        _panel(spec, runs["without"], with_), with_.lived,
    )  # fmt: skip


def past_purchases(told: Scenario, *, customers: int = 10_000, weeks: int = 52, seed: int = 1) -> pd.DataFrame:
    """What an organisation knows of its customers before a programme starts: the people and the luck of a run.

    Parameters
    ----------
    told : Scenario
        As for `run_programme`.
    customers, seed : int
        As for `run_programme`.
    weeks : int
        Weeks before the start, 2 or more.

    Returns
    -------
    DataFrame
        A row for everybody who has bought: ``customer_id``, ``before_2``, ``before_1`` (spend of the last two periods,
        26 weeks each or half of the time), ``orders_2``, ``orders_1``, ``spend`` and ``cost`` (variable, of all the
        time); currency units.

    Raises
    ------
    InputError
        All problems at once.

    Examples
    --------
    >>> table = past_purchases(loyalty_laboratory(), customers=200)
    >>> run = run_programme(loyalty_laboratory(), customers=200, service=False)
    >>> bool((table["before_1"].to_numpy() == run.panel["before_1"].to_numpy()).all())
    True
    """
    import pandas as pd

    spec = checked_spec(told, Policy(), customers=customers, weeks=weeks, seed=seed, most=MOST_IN_MEMORY)
    if spec.weeks < 2:
        what = say("There must be 2 weeks before the start; asked for: {weeks}.", weeks=weeks)
        raise InputError(say("The programme can't be run."), [Problem("outside_range", what, column="weeks")])
    arm = _Arm(spec, [_People(spec, block) for block in blocks_of(spec.customers)])
    length = min(PERIOD_WEEKS, spec.weeks // 2)
    early, late, end = spec.weeks - 2 * length, spec.weeks - length, spec.weeks
    frame = pd.DataFrame({
        "customer_id": np.arange(1, spec.customers + 1), "before_2": arm.total("spend", early, late) / 100,
        "before_1": arm.total("spend", late, end) / 100, "orders_2": arm.count(early, late),
        "orders_1": arm.count(late, end), "spend": arm.spend / 100, "cost": arm.cost / 100,
    })  # fmt: skip
    return frame.loc[arm.orders > 0].reset_index(drop=True)


def value_of_mechanisms(
    run: ProgrammeRun, mechanisms: Sequence[str] = ABLATED, *, measure: str = "profit", customers: int = 2000
) -> Callable[[frozenset[str]], float]:
    """The programme's true effect when only some of the mechanisms act, for `analysis.shapley_of_switches`.

    Parameters
    ----------
    run : ProgrammeRun
        Whose scenario, rules and luck are meant.
    mechanisms : sequence of str
        Those that are switched, by names of `parameters.MECHANISMS`; the others stay as they are.
    measure : {"profit", "margin", "spend", "orders", "staying"}
        Whose effect.
    customers : int
        Size of the worlds: smaller ones are quicker, and the effect is given as if there were as many as in ``run``.

    Returns
    -------
    callable
        From a frozenset of mechanisms that are on to the effect.
    """
    known = ["points_pressure", *STRENGTHS]
    problems = [
        Problem("unknown_name", say("“{name}” is no mechanism of a programme.", name=name),
                advice=say("Possible: {names}.", names=join_names(near_misses(name, known) or known)))
        for name in mechanisms if name not in known
    ]  # fmt: skip
    if problems:
        raise InputError(say("These mechanisms can't be switched."), problems)
    size = min(customers, run.spec.customers)
    small = replace(run.spec, customers=size)
    blocks = [_People(small, block) for block in blocks_of(size)]

    alone: dict[bool, float] = {}  # without a programme only a competitor's can act

    def value(on: frozenset[str]) -> float:
        switches = {name: run.spec.scenario.on(name) and name in on for name in mechanisms}
        told = replace(small.scenario, mechanisms={**small.scenario.mechanisms, **switches})
        spec = replace(small, scenario=told)
        rival = told.on("competitor_programme")
        if rival not in alone:
            alone[rival] = _Arm(replace(spec, policy=Policy()), blocks).row("")[measure]
        return (_Arm(spec, blocks).row("")[measure] - alone[rival]) * run.spec.customers / size

    return value


class _People:
    """The people of a block, who are the same under every policy."""

    def __init__(self, spec: WorldSpec, block: int):
        self.ids = block_ids(spec, block)
        told = spec.scenario
        self.people = people(self.ids, seed=spec.seed, demographics=told.demographics, on=np.datetime64(told.start))
        self.traits = traits(self.ids, self.people, told, seed=spec.seed, advertising=1.0).in_order_of_coming()
        self.consents = consents(spec, self.traits.ids)

    def live(self, spec: WorldSpec) -> Lived:
        happened = clock.run(spec.scenario, spec.policy, self.traits, weeks=spec.weeks, seed=spec.seed,
                             consents=self.consents)  # fmt: skip
        return Lived(self.people, self.traits, happened, self.traits.ids <= spec.customers)


class _Arm:
    """One policy in one world, in sums by customer; money in minor units."""

    def __init__(self, spec: WorldSpec, blocks: Sequence[_People]):
        self.spec, self.lived = spec, [block.live(spec) for block in blocks]
        size = spec.customers
        self.orders, self.spend, self.rewards, self.cost = (np.zeros(size, dtype=np.int64) for _ in range(4))
        self.stays, self.member, self.invited = (np.zeros(size, dtype=bool) for _ in range(3))
        self.enrolled, self.acquired = np.full(size, np.inf), np.full(size, np.inf)
        self.complaints = 0
        self.gone = np.full(size, np.inf)
        who, time, spend, rewards, cost = ([] for _ in range(5))
        fees: list[tuple[Integers, NDArray[np.float64], Integers]] = []
        for lived in self.lived:
            mine, events = lived.wanted, lived.happened.encounters
            place = np.where(mine, lived.traits.ids - 1, 0)
            bought = np.flatnonzero(events["bought"] & mine[events["person"]])
            who.append(place[events["person"][bought]])
            time.append(events["time"][bought])
            value = events["points_value"][bought].astype(np.int64)
            rewards.append(value)
            spend.append(events["amount"][bought] + value)
            cost.append(cost_of_orders(spec, {name: events[name][bought] for name in ("basket", "gross")}))
            if spec.scenario.contractual:
                paid = fees_of(spec, lived)
                fees.append((paid.customer - 1, paid.time, paid.amount))
            self.complaints += int(np.count_nonzero((events["reaction"] == 1) & mine[events["person"]]))
            here = mine & (lived.traits.acquired < spec.weeks)
            self.acquired[place[here]] = lived.traits.acquired[here]
            self.gone[place[here]] = lived.happened.left[here]
            self.enrolled[place[here]] = lived.happened.enrolled[here]
            self.stays[place[here]] = ~(lived.happened.left[here] < spec.weeks)
            self.invited[place[mine]] = _invited(spec, lived.traits.ids[mine])
        self.who, self.time = np.concatenate(who), np.concatenate(time)  # orders; fees of memberships are none
        self.payer = np.concatenate([self.who, *(one[0] for one in fees)])
        self.paid_at = np.concatenate([self.time, *(one[1] for one in fees)])
        nothing = [np.zeros(sum(len(one[0]) for one in fees), dtype=np.int64)]
        self.each = {"spend": np.concatenate([*spend, *(one[2] for one in fees)]),
                     "rewards": np.concatenate(rewards + nothing), "cost": np.concatenate(cost + nothing)}  # fmt: skip
        self.orders = np.bincount(self.who, minlength=size)
        self.spend, self.rewards, self.cost = (self.total(name) for name in ("spend", "rewards", "cost"))
        self.margin = self.spend - self.rewards - self.cost
        self.member = np.isfinite(self.enrolled)

    def total(self, name: str, begin: float = 0.0, end: float = np.inf) -> Integers:
        """A sum by customer over some weeks."""
        who, paid = self.payer, self.each[name]
        if begin > 0.0 or end < np.inf:
            inside = np.flatnonzero((self.paid_at >= begin) & (self.paid_at < end))
            who, paid = who[inside], paid[inside]
        sums = np.bincount(who, weights=paid, minlength=self.spec.customers)
        return np.rint(sums).astype(np.int64)

    def count(self, begin: float, end: float) -> Integers:
        """Orders by customer over some weeks."""
        return np.bincount(self.who[(self.time >= begin) & (self.time < end)], minlength=self.spec.customers)

    def row(self, name: str) -> dict[str, Any]:
        staff = float(outlook(self.spec.scenario, self.spec.policy, self.spec.weeks).staff[-1])
        usual = fixed_cost(replace(self.spec, policy=Policy()))
        profit = int(self.margin.sum()) - (fixed_cost(self.spec) - usual)
        return {
            "arm": name, "orders": int(self.orders.sum()), "spend": int(self.spend.sum()) / 100,
            "rewards": int(self.rewards.sum()) / 100, "margin": int(self.margin.sum()) / 100, "profit": profit / 100,
            "complaints": self.complaints, "staying": int(self.stays.sum()), "members": int(self.member.sum()),
            "staff": staff,
        }  # fmt: skip

    def weekly(self, name: str) -> pd.DataFrame:
        import pandas as pd

        week, weeks = self.time.astype(np.int64), self.spec.weeks
        paid = self.paid_at.astype(np.int64)
        spend = np.bincount(paid, weights=self.each["spend"], minlength=weeks + 1)[:weeks]
        came = np.bincount(self.acquired[self.acquired < weeks].astype(np.int64), minlength=weeks)
        left = np.bincount(self.gone[self.gone < weeks].astype(np.int64), minlength=weeks)
        return pd.DataFrame({
            "arm": name, "week": np.arange(weeks), "orders": np.bincount(week, minlength=weeks + 1)[:weeks],
            "spend": np.rint(spend) / 100, "staying": np.cumsum(came - left),
        })  # fmt: skip


def _invited(spec: WorldSpec, ids: Integers) -> NDArray[np.bool_]:
    from crm_toolkit.world.membership import invited

    rules = spec.policy.loyalty
    return np.zeros(len(ids), dtype=bool) if rules is None else invited(spec.scenario, rules, ids, seed=spec.seed)


def _staff_for(spec: WorldSpec, budget: int) -> float:
    """The factor on staff, from the start of the programme on, that costs so many minor units more."""
    rules = spec.policy.loyalty
    assert rules is not None
    more = replace(spec, policy=Policy(service=Service(staff=2.0, from_week=rules.from_week)))
    doubled = fixed_cost(more) - fixed_cost(replace(spec, policy=Policy()))
    return min(1.0 + budget / doubled, 3.0) if doubled else 1.0


def _panel(spec: WorldSpec, without: _Arm, with_: _Arm) -> pd.DataFrame:
    import pandas as pd

    rules = spec.policy.loyalty
    assert rules is not None
    start = rules.from_week
    length = min(PERIOD_WEEKS, start // 2)
    late = min(JOIN_WEEKS, max(spec.weeks - start - 1, 0))
    end = min(start + late + PERIOD_WEEKS, spec.weeks)
    known = with_.count(0.0, start) > 0
    last = np.full(spec.customers, -np.inf)
    before = with_.time < start
    np.maximum.at(last, with_.who[before], with_.time[before])
    spend = {
        "before_2": with_.total("spend", start - 2 * length, start - length),
        "before_1": with_.total("spend", start - length, start),
        "after": with_.total("spend", start + late, end),
        "rewards": with_.total("rewards", start + late, end),
    }
    spend["margin"] = spend["after"] - spend["rewards"] - with_.total("cost", start + late, end)
    spend["effect"] = spend["after"] - without.total("spend", start + late, end)
    after = with_.count(start + late, end)
    frame = pd.DataFrame(
        {
            "customer_id": np.arange(1, spec.customers + 1), "arm": np.where(with_.invited, "invited", "holdout"),
            **{name: values / 100 for name, values in spend.items()},
            "orders_2": with_.count(start - 2 * length, start - length), "orders_1": with_.count(start - length, start),
            "orders_before": with_.count(start - 2 * length, start), "weeks_since": np.round(start - last, 4),
            "orders_after": after, "effect_orders": after - without.count(start + late, end),
            "member": (with_.enrolled < start + late).astype(np.int64), "joined": with_.member.astype(np.int64),
        }
    )  # fmt: skip
    names = ["customer_id", "arm", "before_2", "before_1", "orders_2", "orders_1", "orders_before", "weeks_since",
             "after", "orders_after", "member", "joined", "rewards", "margin", "effect", "effect_orders"]  # fmt: skip
    return frame.loc[known, names].reset_index(drop=True)


__all__ = [
    "ABLATED", "ARMS", "LABORATORY", "MECHANISMS", "PROGRAMME", "ProgrammeRun", "loyalty_laboratory", "name_of",
    "past_purchases", "programme_for", "run_programme", "value_of_mechanisms",
]  # fmt: skip
