"""Time: the one place where people and the firm meet, week after week.

A week: newcomers arrive; campaigns go out; need fills at each customer's rate of the week and brings encounters
at the very moment when it is full; the hazard of the week eats the lifetime and ends it at the very moment when
nothing is left; then states relax. Within a week rates are constant, so with every inner mechanism off the
process is exactly Pareto/NBD or BG/NBD in continuous time. A block asks nothing of other blocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.behaviour.response import message_effect, price_multiplier
from crm_toolkit.streams import Stream
from crm_toolkit.world.encounter import serve
from crm_toolkit.world.events import Columns, Encounters, Happened
from crm_toolkit.world.outlook import outlook, strain
from crm_toolkit.world.state import NEVER, State, draw_near, leave, started
from crm_toolkit.world.takings import Takings
from crm_toolkit.world.visits import visits_of
from crm_toolkit.world.waits import Waits

if TYPE_CHECKING:
    from crm_toolkit.firm import Policy
    from crm_toolkit.world.setting import Scenario
    from crm_toolkit.world.traits import Traits

Floats = NDArray[np.float64]
Force = Literal["all", "none"]
RECENT_KEPT = 0.93  # of the weight of recent orders a week later: half in ten weeks; convention
ELIGIBLE_RECENT = 0.05  # the last order lies less than about a year back; convention
STRATA = ("one", "two_three", "four_more")


def run(
    scenario: Scenario,
    policy: Policy,
    traits: Traits,
    *,
    weeks: int,
    seed: int,
    consents: dict[str, NDArray[np.bool_]],
    force: dict[int, Force] | None = None,
    keep_states: bool = False,
) -> Happened:
    """Let a block of customers live.

    Parameters
    ----------
    scenario : Scenario
        Numbers and mechanisms.
    policy : Policy
        What the organisation does.
    traits : Traits
        Who the customers are, in the order in which they come.
    weeks : int
        How long.
    seed : int
        The world's luck.
    consents : dict
        Channel → whether the customer may be written to.
    force : dict, optional
        Number of a campaign → "all" or "none": treat every eligible customer, or nobody, whatever its design says.
        The luck stays the same, which is what makes potential outcomes.
    keep_states : bool
        Whether to keep the weekly states.

    Returns
    -------
    Happened
    """
    course = outlook(scenario, policy, weeks)
    if np.any(np.diff(traits.acquired[np.isfinite(traits.acquired)]) < 0):
        raise ValueError("traits must stand in the order of acquisition")
    state = started(scenario, policy, traits, course, seed=seed, consents=consents)
    arrived = np.searchsorted(traits.acquired, np.arange(weeks + 1), side="left")
    ring = _Ring(state)
    states: dict[str, list[NDArray]] = {}
    prices: dict[float, Floats | None] = {1.0: None}  # the usual price changes nothing
    gross: dict[float, NDArray] = {}
    for week in range(weeks):
        price, factor = float(course.price[week]), float(course.list_factor[week])
        if price not in prices:
            prices[price] = price_multiplier(price, traits.elasticity)
        if factor not in gross:
            gross[factor] = state.baskets.gross_minor(factor)
        _campaigns(state, week, seed, force or {})
        if scenario.on("crowding"):
            state.all_felt.append(state.felt)
        _live(state, week, arrived[week], arrived[week + 1], prices[price], gross[factor])
        _rest(state, week, arrived[week + 1], ring)
        if keep_states:
            _keep(states, state)
    return Happened(
        encounters=_encounters(state),
        assignments=state.assignments.columns(),
        expiries=state.expiries.columns(),
        left=state.left,
        left_because=state.left_because,
        enrolled=state.enrolled,
        satisfaction=state.satisfaction,
        states={name: np.stack(kept) for name, kept in states.items()},
    )


def _encounters(state: State) -> Encounters:
    """The encounters that took place, and what was bought at them."""
    if state.failures:
        places, *told = (
            np.concatenate([getattr(one, name) for one in state.failures])
            for name in ("place", "severity", "reaction", "repaired", "repeated")
        )
        severity, reaction, repaired, repeated = told
        state.encounters.put(places, failed=True, severity=severity, reaction=reaction, repaired=repaired,
                             repeated=repeated)  # fmt: skip
    gone = np.concatenate([*state.gone, np.zeros(0, dtype=np.int64)])
    source, target = state.encounters.take_back(gone)
    rows = None
    if state.scenario["extras_share"] < 1:
        rows = np.concatenate([*state.bought_at, np.zeros(0, dtype=np.int64)])
        place = np.searchsorted(rows, source)  # what is not bought at one that has moved is another's
        mine = np.flatnonzero(rows[np.minimum(place, len(rows) - 1)] == source) if len(rows) else place[:0]
        rows[place[mine]] = target[mine]
    else:
        state.purchases.take_back(gone)
    visits = state.encounters.columns()
    person, number, week = (
        visits[name] if rows is None else visits[name][rows] for name in ("person", "number", "week")
    )
    takings = Takings(
        scenario=state.scenario, policy=state.policy, outlook=state.outlook, traits=state.traits,
        baskets=state.baskets, luck=state.encounter_luck, member=state.member,
        points_factor=None if state.membership is None else state.membership.factor,
        preferred_method=state.preferred_method, method_shares=state.method_shares, billed=state.billed,
        discounts=state.discounts, kept=state.purchases.columns(), person=person, number=number, week=week,
    )  # fmt: skip
    return Encounters(visits, takings, rows, _waits(state, visits))


def _waits(state: State, visits: Columns) -> Waits:
    chance, mean = state.outlook.waits, state.outlook.wait
    if not state.scenario.on("satisfaction"):
        chance = mean = np.zeros(0)
    elif state.scenario.on("crowding"):
        chance, mean, _ = strain(state.scenario, np.stack(state.all_felt) / state.outlook.staff[:, None])
    return Waits(state.encounter_luck, visits, chance, mean, state.branch)


def _live(state: State, week: int, before: int, here: int, price: Floats | None, gross: NDArray) -> None:
    """One week of everybody who is there: the first ``here``, of whom those from ``before`` on are newcomers."""
    scenario, course = state.scenario, state.outlook
    began = state.traits.acquired[before:here] - week
    state.rate[before:here] = state.traits.need_rate[before:here]
    state.hazard[before:here] = state.traits.hazard[before:here]
    rate = state.rate[:here] * (course.season[week] if price is None else price[:here] * course.season[week])
    hazard, life, need, ends = state.hazard[:here], state.life[:here], state.need[:here], state.ends[:here]
    drive, strain = _drives(state, week, here)
    if drive is not None:
        rate *= np.exp(drive, out=drive)
    if scenario.contractual and price is not None:
        hazard = hazard / price[:here]
    if strain is not None:
        hazard = hazard * np.exp(strain, out=strain)
    life -= hazard
    life[before:] += hazard[before:] * began
    dying = (life < 0).nonzero()[0]
    if dying.size:
        ends[dying] = 1.0 + life[dying] / hazard[dying]
        ends[before:] = np.maximum(ends[before:], began)
        need -= rate * ends
    else:
        need -= rate
    need[before:] = NEVER
    old = (need < 0).nonzero()[0]
    if old.size or here > before:
        who = np.concatenate([old, np.arange(before, here)])
        fast, until = rate.take(who), ends.take(who)
        when = need.take(old)
        when /= fast[: len(old)]
        when += until[: len(old)]
        when = np.concatenate([np.maximum(when, 0.0, out=when), began])
        until -= when
        until *= fast
        serve(state, visits_of(state, week, who, when, until, rate), gross)
    if dying.size:
        gone = dying[state.rate[dying] > 0]
        leave(state, gone, week + ends[gone], because=1)
        ends[:] = 1.0


def _drives(state: State, week: int, here: int) -> tuple[Floats | None, Floats | None]:
    """Changes of the log purchase rate and of the log leaving rate; ``None`` where nothing can change."""
    scenario, rules = state.scenario, state.policy.loyalty
    drive: Floats | None = None
    strain: Floats | None = None
    if scenario.on("satisfaction"):
        drive = scenario["satisfaction_to_rate"] * state.satisfaction[:here]
        strain = -scenario["satisfaction_to_churn"] * state.satisfaction[:here]
    if scenario.on("loyalty_habit"):
        drive = _added(drive, scenario["habit_to_rate"] * state.habit[:here])
        strain = _added(strain, -scenario["habit_to_churn"] * state.habit[:here])
    if state.outlook.offers[week]:
        drive = _added(drive, state.effect[:here])
    if scenario.on("fatigue") and state.outlook.messages[week]:
        strain = _added(strain, scenario["fatigue_to_churn"] * state.fatigue[:here])
    if state.owing:
        owing = (state.debt_until[:here] >= week).nonzero()[0]
        if owing.size:  # a few
            strain = np.zeros(here) if strain is None else strain
            strain[owing] += scenario["debt_to_churn"]
    if rules is not None and scenario.on("points_pressure") and week >= rules.from_week:
        near = state.near[:here]
        drive = _added(drive, near if state.membership is None else near * state.membership.weight[:here])
    if state.membership is not None:
        drive, strain = state.membership.moved(week, state.earned[:here], state.used[:here], drive, strain)
    return drive, strain


def _added(before: Floats | None, more: Floats) -> Floats:
    return more.copy() if before is None else np.add(before, more, out=before)


def _campaigns(state: State, week: int, seed: int, force: dict[int, Force]) -> None:
    """Send what is due, and end what is over."""
    for place, campaign in enumerate(state.policy.campaigns):
        if week == campaign.start_week + campaign.weeks:
            over = state.offer == place
            state.offer[over] = -1
            state.effect[over] = 0.0
        if week != campaign.start_week:
            continue
        known = (state.orders > 0) & (state.recent >= ELIGIBLE_RECENT) & ~state.unsubscribed
        who = np.flatnonzero(known & state.consents[campaign.channel])
        ids = state.traits.ids[who]
        propensity = campaign.propensity(state.recent[who])
        luck = Stream(seed, f"campaign {campaign.name}").many(4, ids)
        treated = luck[0] < propensity
        if place in force:
            treated = np.full(len(who), force[place] == "all")
        opened = treated & (luck[1] < state.scenario["open_share"])
        clicked = opened & (luck[2] < state.scenario["click_share"])
        unsubscribed = opened & (luck[3] < state.scenario["unsubscribe_share"])
        effect = message_effect(
            state.traits.response[who], opened, state.fatigue[who], strength=campaign.strength,
            by_fatigue=state.scenario["fatigue_to_response"] if state.scenario.on("fatigue") else 0.0,
        )  # fmt: skip
        state.effect[who] = np.where(opened, effect, state.effect[who])
        state.offer[who] = np.where(opened, place, state.offer[who])
        state.fatigue[who] += treated
        state.unsubscribed[who] |= unsubscribed
        state.assignments.add(
            campaign=np.full(len(who), place), person=who, treated=treated,
            stratum=np.searchsorted([1, 3], state.orders[who]), propensity=propensity, opened=opened,
            clicked=clicked, unsubscribed=unsubscribed,
        )  # fmt: skip


class _Ring:
    """What every member had earned by the end of each of the last weeks, for the expiry of points."""

    def __init__(self, state: State):
        rules = state.policy.loyalty
        self.size = rules.valid_weeks + 1 if rules else 0
        self.members = state.member.nonzero()[0] if rules else np.zeros(0, dtype=np.int64)
        self.kept = np.zeros((self.size, len(self.members)), dtype=np.int64)


def _rest(state: State, week: int, here: int, ring: _Ring) -> None:
    """The end of a week: states relax, points expire, the load of the week becomes next week's."""
    scenario, rules = state.scenario, state.policy.loyalty
    if scenario.on("satisfaction"):
        state.satisfaction[:here] *= scenario["satisfaction_memory"]
    if scenario.on("loyalty_habit"):
        state.habit[:here] *= 1 - scenario["habit_decay"]
    if state.policy.campaigns:
        state.fatigue[:here] *= 1 - scenario["fatigue_decay"]
        state.recent[:here] *= RECENT_KEPT
    if scenario.on("crowding"):
        _crowd(state, week)
    if rules is not None and week >= rules.from_week:
        members = ring.members[: ring.members.searchsorted(here)]
        ring.kept[week % ring.size, : len(members)] = state.earned.take(members)
        if week - rules.from_week >= rules.valid_weeks:
            then = ring.kept[(week - rules.valid_weeks) % ring.size, : len(members)]
            losing = (then > state.used.take(members)).nonzero()[0]
            if losing.size:
                who, then = members.take(losing), then.take(losing)
                state.expiries.add(person=who, week=week, points=then - state.used.take(who))
                state.used[who] = then
                draw_near(state, rules, who)
                if state.membership is not None:
                    state.membership.expired(who)
        if state.membership is not None:
            state.membership.week_over(week, state.earned[:here])


def _crowd(state: State, week: int) -> None:
    """Load of every branch: encounters of the week over what the staff can take on a usual week."""
    total = np.bincount(state.branch, weights=state.number, minlength=len(state.served)).astype(np.int64)
    this_week = total - state.served
    state.served = total
    usual = np.bincount(state.branch, weights=state.traits.need_rate, minlength=len(state.served))
    capacity = np.maximum(usual, 1e-9) * 0.5 / state.scenario["utilisation"]
    state.felt = this_week / capacity


def _keep(states: dict[str, list[NDArray]], state: State) -> None:
    last = np.maximum(state.number - 1, 0)
    place = state.thresholds.places(np.arange(len(last)), last)
    threshold = np.where(state.number > 0, state.thresholds.kept[place], 1.0)
    filled = np.where(state.rate > 0, 1 - state.need / threshold, 0.0)
    for name, value in (
        ("need", filled), ("satisfaction", state.satisfaction), ("expectation", state.expectation),
        ("loyalty", state.habit), ("fatigue", state.fatigue), ("alive", state.rate > 0),
    ):  # fmt: skip
        states.setdefault(name, []).append(np.asarray(value, dtype=np.float32))


__all__ = ["NEVER", "STRATA", "Force", "run"]
