"""The inner state of a block of customers: everything that changes from week to week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.streams import Prepared, Stream
from crm_toolkit.world.baskets import Catalogue, catalogue
from crm_toolkit.world.events import ASSIGNMENT, EXPIRY, PURCHASE, VISIT, Log
from crm_toolkit.world.membership import Membership, invited, membership
from crm_toolkit.world.outlook import Outlook, strain
from crm_toolkit.world.people.population import branch_of
from crm_toolkit.world.visits import Thresholds, thresholds_of

if TYPE_CHECKING:
    from crm_toolkit.firm import Policy, WeeklyPoints
    from crm_toolkit.world.encounter import Failures
    from crm_toolkit.world.setting import Scenario
    from crm_toolkit.world.traits import Traits

Floats = NDArray[np.float64]
NEVER = np.inf
ON_BILL = ("invoice", "instalment")
WORST_WAIT = 4.0


@dataclass
class State:
    """The block while the clock runs. Arrays have one value for each customer unless something else is said."""

    scenario: Scenario
    policy: Policy
    traits: Traits
    outlook: Outlook
    baskets: Catalogue
    encounter_luck: Prepared
    branch: NDArray[np.int64]
    skill: Floats
    """(branches, employees of service)."""
    steadiness: Floats
    """Employees' factors on the risk of a failure, laid out as ``skill``."""
    desk: NDArray[np.int64]
    """Where the employees of the customer's branch begin in ``skill``, read row by row."""
    preferred_method: NDArray[np.int8]
    method_shares: Floats
    """Cumulative shares of the ways of paying."""
    billed: NDArray[np.bool_]
    """Way of paying → whether a bill is sent."""
    discounts: Floats
    """Number of a campaign → discount of its offer; the last one, for -1, is 0."""
    severities: Floats
    standing: Floats
    """What a customer's own level of spending adds to the score of a basket."""
    owing: bool
    """Whether bills that are open drive anybody away."""
    forgiven: float
    """How much below their expectation an experience may lie, so that nobody grows unhappy of the usual."""
    consents: dict[str, NDArray[np.bool_]]

    rate: Floats
    """Base purchase rate; 0 before the first order and after leaving."""
    hazard: Floats
    life: Floats
    """What is left of the exponential lifetime; the hazard eats it."""
    thresholds: Thresholds
    need: Floats
    """What is missing to the next purchase."""
    ends: Floats
    """Where in the current week the customer's time ends: 1, or the moment of leaving."""
    number: NDArray[np.int64]
    satisfaction: Floats
    expectation: Floats
    habit: Floats
    fatigue: Floats
    recent: Floats
    """Weight of recent orders, fading: what a marketing department sees."""
    orders: NDArray[np.int64]
    last_failure: NDArray[np.int64]
    debt_until: NDArray[np.int64]
    effect: Floats
    offer: NDArray[np.int8]
    member: NDArray[np.bool_]
    joining: NDArray[np.bool_]
    """Members who have not bought yet since the programme began."""
    enrolled: Floats
    membership: Membership | None
    """What the programme does to its members, where more is on than points pressure."""
    earned: NDArray[np.int64]
    """Points so far."""
    used: NDArray[np.int64]
    """Points redeemed or expired so far; the rest of those earned is the balance."""
    near: Floats
    """How much a reward that is near adds to the log purchase rate."""
    left: Floats
    left_because: NDArray[np.int8]
    unsubscribed: NDArray[np.bool_]
    felt: Floats
    """Load of every branch last week, for crowding."""
    all_felt: list[Floats]
    """The same of every week so far; empty without crowding."""
    served: NDArray[np.int64]
    encounters: Log
    purchases: Log
    bought_at: list[NDArray[np.int64]]
    """Which encounters the purchases belong to, in pieces; none where something is bought at all of them."""
    failures: list[Failures]
    """The encounters with a failure, by their rows in the log, in pieces."""
    gone: list[NDArray[np.int64]]
    """Which encounters in the log did not take place, because the customer had left by then; in pieces."""
    assignments: Log
    expiries: Log
    marks: NDArray[np.int64]
    """Scratch paper of `firsts`."""

    def firsts(self, who: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of some indexes of customers stand there for the first time."""
        place = np.arange(len(who))
        self.marks[who[::-1]] = place[::-1]  # where one stands several times, the last assignment counts
        return self.marks[who] == place


def started(
    scenario: Scenario, policy: Policy, traits: Traits, weeks: Outlook, *, seed: int, consents: dict[str, Any]
) -> State:
    """The state before the first week."""
    n, room = len(traits.ids), _room(traits, weeks.weeks)
    nothing, zeros = np.zeros(n), np.zeros(n, dtype=np.int64)
    first, luck = Stream(seed, "first").many(2, traits.ids), Stream(seed, "encounter").prepared(traits.ids)
    branch = branch_of(traits.ids)
    branches = branch - branch.min() if n else branch
    staff = scenario.lists["staff"]["service"]
    numbers = np.arange(branches.max() + 1) + (branch.min() if n else 0)
    skill = Stream(seed, "skill").normal(0.0, scenario["skill_sd"], numbers[:, None], 0, np.arange(staff))
    billed = np.array([name in ON_BILL for name in scenario.lists["methods"]])
    unsure = scenario["enrol_by_need"] if scenario.on("enrolment_selection") else 0.0
    leaning = (traits.score["enrolment"] + unsure * traits.score["need"]) / np.sqrt(1 + unsure**2)
    member = leaning > _cut(scenario["enrol_share"])
    if policy.loyalty is not None:
        member &= invited(scenario, policy.loyalty, traits.ids, seed=seed)
    return State(
        scenario=scenario, policy=policy, traits=traits, outlook=weeks, baskets=catalogue(scenario),
        encounter_luck=luck, branch=branches, skill=skill,
        steadiness=np.exp(-0.5 * skill), desk=branches * staff,
        preferred_method=_preferred(scenario, traits.score["method"]),
        method_shares=_method_shares(scenario),
        billed=billed,
        discounts=np.array([*(one.discount for one in policy.campaigns), 0.0]),
        severities=np.cumsum(scenario.lists["severities"])[:2],
        standing=scenario["basket_spread"] * traits.score["spend"],
        owing=bool(billed.any()) and scenario.on("payment_behaviour") and scenario["debt_to_churn"] > 0,
        forgiven=forgiveness(scenario), consents=consents,
        rate=nothing.copy(), hazard=nothing.copy(), life=-np.log1p(-first[0]),
        thresholds=thresholds_of(scenario, luck), need=np.ones(n), ends=np.ones(n), number=zeros.copy(),
        satisfaction=nothing.copy(), expectation=np.full(n, usual_performance(scenario)),
        habit=nothing.copy(), fatigue=nothing.copy(), recent=nothing.copy(), orders=zeros.copy(),
        last_failure=np.full(n, -10_000), debt_until=np.full(n, -1),
        effect=nothing.copy(), offer=np.full(n, -1, dtype=np.int8), member=member,
        joining=member.copy(),
        enrolled=np.full(n, NEVER),
        membership=membership(scenario, policy.loyalty, traits, member, seed=seed),
        earned=zeros.copy(), used=zeros.copy(), near=nothing.copy(),
        left=np.full(n, NEVER), left_because=np.zeros(n, dtype=np.int8), unsubscribed=np.zeros(n, dtype=bool),
        felt=np.full(len(numbers), scenario["utilisation"]), all_felt=[], served=np.zeros(len(numbers), dtype=np.int64),
        encounters=Log(VISIT, room), purchases=Log(PURCHASE, int(room * scenario["extras_share"])),
        bought_at=[], failures=[], gone=[],
        assignments=Log(ASSIGNMENT), expiries=Log(EXPIRY), marks=zeros.copy(),
    )  # fmt: skip


def _room(traits: Traits, weeks: int) -> int:
    """About how many encounters there will be at most: those of customers at their base rates who never leave."""
    come = traits.acquired < weeks
    return int((1 + 1.1 * traits.need_rate[come] * (weeks - traits.acquired[come])).sum())


def _cut(share: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(1 - share))


def _preferred(scenario: Scenario, score: Floats) -> NDArray[np.int8]:
    """The way of paying that a customer likes, by their place on the list of ways."""
    from scipy.special import ndtr

    shares = _method_shares(scenario)
    return np.searchsorted(shares, ndtr(score), side="right").clip(0, len(shares) - 1).astype(np.int8)


def _method_shares(scenario: Scenario) -> Floats:
    shares = np.cumsum(list(scenario.lists["methods"].values()))
    return shares / shares[-1]


def forgiveness(scenario: Scenario) -> float:
    """The margin by which the usual experience would be a disappointment, if losses weigh more than gains.

    A disappointment weighs more than a pleasant surprise, so with an expectation that is right on average
    satisfaction would fall without end. People forgive a little: the margin is the one at which the usual course of
    things, failures and waiting included, leaves satisfaction where it is. Found on 4,096 experiences.
    """
    from scipy.special import ndtri

    luck = Stream(0, "usual experience").many(4, np.arange(4096))
    waits, mean, failure = strain(scenario, np.full(1, scenario["utilisation"]))
    first, second = np.cumsum(scenario.lists["severities"])[:2]
    severity = np.where(luck[0] < failure, 1 + (luck[1] > first) + (luck[1] > second), 0)
    wait = np.maximum(np.log(waits / luck[2]), 0.0) * mean
    skill_and_chance = np.hypot(scenario["performance_sd"], scenario["skill_sd"]) * ndtri(luck[3])
    experience = skill_and_chance + performed(scenario, severity, wait)
    difference = np.sort(experience - experience.mean())
    low, high = 0.0, 5.0
    for _ in range(50):
        middle = (low + high) / 2
        moved = difference + middle
        weighed = np.where(moved < 0, scenario["loss_weight"] * moved, moved)
        low, high = (middle, high) if weighed.mean() < 0 else (low, middle)
    return round((low + high) / 2, 9)


def performed(scenario: Scenario, severity: NDArray, wait: Floats) -> Floats:
    """What failures and waiting take from performance."""
    too_long = wait / scenario["wait_tolerance"]
    too_long -= 1
    np.maximum(too_long, 0, out=too_long)
    np.minimum(too_long, WORST_WAIT, out=too_long)
    too_long *= scenario["wait_weight"]
    return -scenario["failure_weight"] * severity - too_long


def usual_performance(scenario: Scenario) -> float:
    """Mean performance at the planned load: what newcomers expect."""
    waits, mean, failure = strain(scenario, np.full(1, scenario["utilisation"]))
    share = np.asarray(scenario.lists["severities"], dtype=np.float64)
    severity = float((share * np.arange(1, 4)).sum() / share.sum())
    grid = (np.arange(2000) + 0.5) / 2000
    wait = np.maximum(np.log(waits / grid), 0.0) * mean
    return round(float(performed(scenario, failure * severity, wait).mean()), 9)


def draw_near(state: State, rules: WeeklyPoints, who: NDArray[np.int64]) -> None:
    """Work out anew how near a reward is for those whose points have changed."""
    balance = state.earned.take(who)
    balance -= state.used.take(who)
    state.near[who] = state.scenario["points_to_rate"] * rules.progress(balance)


def leave(state: State, who: NDArray[np.int64], when: Floats, because: int) -> None:
    """Let customers leave for good."""
    state.rate[who] = 0.0
    state.hazard[who] = 0.0
    state.life[who] = NEVER
    state.left[who] = when
    state.left_because[who] = because
