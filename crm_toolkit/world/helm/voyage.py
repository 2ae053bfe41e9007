"""The weeks of a voyage: needs, visits, load, failures, voice and exit, leaving, coming.

Every draw stands at the address (seed, purpose, person, week), so twins share their luck, and a decision that changes
nothing has an effect of exactly 0. Within a week:

visits → load against capacity → waiting and failures → voice or exit → recovery → disconfirmation, expectation
→ leaving of others → recommendations and advertising bring new people → employees tire, learn, leave

`behaviour` gives the curves of disconfirmation and of price; the strengths are those of `parameters`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import exp, log, pi, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from crm_toolkit.behaviour.response import price_multiplier
from crm_toolkit.behaviour.satisfaction import disconfirmed, within_scale
from crm_toolkit.streams import Stream
from crm_toolkit.world.helm.books import Books
from crm_toolkit.world.helm.levers import Decision
from crm_toolkit.world.helm.parameters import MARKET, WEEKS
from crm_toolkit.world.helm.people import market
from crm_toolkit.world.helm.rounds import retention_round, win_back_round
from crm_toolkit.world.helm.scenarios import HelmScenario
from crm_toolkit.world.helm.staff import REFILL, Team
from crm_toolkit.world.helm.tally import CHANNELS, REASONS, noted_of, settle, truth_of

Floats = NDArray[np.float64]
Indexes = NDArray[np.int64]
PROSPECT, CLIENT, GONE = 0, 1, 2
REWARD = 1000  # minor units at which points are redeemed
AGAIN_AFTER = 26  # weeks after which somebody who left can be reached anew
ACCESS_LEAK, ACCESS_SHARE = (0.35, 1.0, 2.5), (0.15, 0.4, 1.0)
FULL = 1.1  # load above which people are turned away
MOST_FAILURES = 4


@dataclass(frozen=True)
class Passage:
    """What happened in a quarter.

    Parameters
    ----------
    quarter : int
        From 1.
    decision : Decision
    books : Books
    truth : dict of str to float
        What only the game knows.
    noted : dict of str to float
        What the organisation has written down.
    incidents : tuple of str
        Leaks, dark patterns and fines, by code.
    """

    quarter: int
    decision: Decision
    books: Books
    truth: dict[str, float] = field(repr=False)
    noted: dict[str, Any] = field(repr=False)
    incidents: tuple[str, ...] = ()


def sail(scenario: HelmScenario, decisions: Sequence[Decision], *, seed: int, people: int = MARKET) -> list[Passage]:
    """Carry out the decisions of some quarters, one after the other.

    Examples
    --------
    >>> from crm_toolkit.world.helm.scenarios import helm_scenario
    >>> told = helm_scenario()
    >>> [passage.quarter for passage in sail(told, [told.start] * 2, seed=7, people=300)]
    [1, 2]
    """
    return sail_by(scenario, lambda before: decisions[len(before)], seed=seed, people=people, quarters=len(decisions))


def sail_by(
    scenario: HelmScenario, rule: Callable[[list[Passage]], Decision], *, seed: int, people: int, quarters: int
) -> list[Passage]:
    """As `sail`, with a rule that decides each quarter from what has passed."""
    ship, passed = Ship(scenario, seed, people), list[Passage]()
    for number in range(1, quarters + 1):
        passed.append(ship.quarter(number, rule(passed)))
    return passed


def failure_exit_chance(number: Any, recovered: Any, *, at_failure: float, blame: float) -> Any:
    """Chance to leave at once after the n-th failure; ``recovered`` is 0 (nothing) to 1 (all that can be done).

    >>> float(failure_exit_chance(1, 0.0, at_failure=0.16, blame=1.5))
    0.16
    >>> bool(
    ...     failure_exit_chance(2, 0.9, at_failure=0.16, blame=1.5)
    ...     > failure_exit_chance(1, 0.9, at_failure=0.16, blame=1.5)
    ... )
    True
    """
    worse = np.power(blame, np.minimum(number, MOST_FAILURES) - 1.0)
    return np.minimum(at_failure * worse * (1 - 0.8 * np.asarray(recovered) / worse), 0.9)


class Ship:
    """The state of a voyage."""

    def __init__(self, scenario: HelmScenario, seed: int, people: int):
        self.told, self.given, self.seed = scenario, scenario.numbers, seed
        self.scale, self.people = people / MARKET, people
        self.folk = market(seed, people, self.given)
        who = np.arange(people)
        self.weekly, self.event = (Stream(seed, f"helm {name}").prepared(who) for name in ("week", "visit"))
        self.rare = Stream(seed, "helm rare")
        begins = scenario.beginning
        self.team = Team(seed, self.given, scenario.start.staff, begins["skill"], begins["fatigue"])
        self.status = np.where(self.folk.client, CLIENT, PROSPECT).astype(np.int8)
        self.client = self.folk.client.copy()
        self.mood = np.where(self.client, self.folk.mood, 0.0)
        self.expected, self.boost = np.zeros(people), np.zeros(people)
        self.habit = np.where(self.client, 0.5, 0.0)
        self.failures, self.reason = np.zeros(people, np.int64), np.zeros(people, np.int8)
        early = self.rare.many(3, who)
        self.points = np.where(self.client & (early[0] < 0.7), np.rint(200 * begins["points"] * early[1]), 0.0)
        self.points = self.points.astype(np.int64)
        self.on_file = self.client & (early[2] < begins["data"])
        self.last_seen = np.where(self.on_file, -6, -999)
        self.last_visit = np.where(self.client, -4, -999)
        self.since = np.full(people, -999)
        self.seen_spend = np.where(self.on_file, self.folk.ticket * np.rint(13 * self.folk.rate), 0.0).astype(np.int64)
        self.threshold, self.exposure = self.folk.threshold.copy(), np.zeros(people)
        self.platform = np.zeros(people, bool)
        self.left_in: dict[int, Indexes] = {}
        self.part = np.empty(people)
        self.cash = round(100 * begins["cash"])
        self.trust, self.data, self.reference, self.reputation = begins["trust"], begins["data"], 1.0, 0.0
        self.search, self.social = float(scenario.start.search), float(scenario.start.social)
        self.capital = 11 * float(scenario.start.self_service)
        self.informed = 0.0
        self.complaints_before = 0
        self.before = scenario.start
        self.week = 0

    def quarter(self, number: int, decision: Decision) -> Passage:
        """Thirteen weeks under one decision."""
        now = self.told.circumstances(number)
        self.lines: dict[str, int] = {}
        self.sums: dict[str, float] = {}
        self.noted: dict[str, Any] = {}
        self.incidents: list[str] = []
        opening, begin = self.cash, self.week
        self.clients_before = self.client.copy()
        self.seen_now = np.zeros(self.people, np.int64)
        self.visits_now = np.zeros(self.people, np.int64)
        self._begin(decision, now)
        for week in range(WEEKS):
            if week in REFILL:
                self.pay("hiring", self.team.fill(decision.staff))
            if week == 2 and decision.rule:
                retention_round(self, decision, number)
            if week == 3 and decision.win_back:
                win_back_round(self, decision, number)
            if week == 4 and now["leak"]:
                self._leak(1.0, now)
            self._week(decision, now)
            self.week += 1
        settle(self, decision)
        self.noted |= noted_of(self, decision, now, begin=begin, number=number)
        books = Books(opening, dict(self.lines))
        self.cash = books.closing
        self.before = decision
        return Passage(number, decision, books, truth_of(self, decision), self.noted, tuple(self.incidents))

    def pay(self, line: str, minor: int) -> None:
        """Add minor units to a line of the books."""
        self.lines[line] = self.lines.get(line, 0) + minor

    def _budget(self, line: str, units: float) -> None:
        self.pay(line, round(100 * units * self.scale))

    def count(self, name: str, value: float) -> None:
        """Add to a sum of the quarter."""
        self.sums[name] = self.sums.get(name, 0.0) + value

    def _begin(self, decision: Decision, now: dict[str, float]) -> None:
        given, before = self.given, self.before
        for name in ("search", "social", "self_service", "data"):
            self._budget(name, getattr(decision, name))
        self._budget("reports", 1200 * decision.survey + 2000 * decision.market + 500 * (decision.holdout > 0))
        if decision.reward > 0:
            self._budget("programme", 600)
            if decision.validity < 26:
                self.incidents.append("hidden_expiry")
                self.trust -= 0.03
                if now["law"]:
                    self.incidents.append("fine_expiry")
                    self._budget("leaks", 3000)
        if now["law"] and decision.access == 2:
            self.incidents.append("fine_access")
            self._budget("leaks", 5000)
        if decision.price > before.price + 0.1 + 1e-9:
            self.incidents.append("price_jump")
            self.trust -= 0.03
        if decision.rule and decision.contacted > 0.4 + 1e-9:
            self.incidents.append("nuisance")
            self.trust -= 0.05 * (decision.contacted - 0.4)
        if before.reward > 0 and decision.reward == 0 and decision.ending == 1:
            holders = self.client & (self.points > 0)
            self.incidents.append("points_cancelled")
            self.trust -= 0.25 * float(np.count_nonzero(holders)) / max(int(np.count_nonzero(self.client)), 1)
            self.mood[holders] = within_scale(self.mood[holders] - 0.9)
            self.points[:] = 0
        self.paid = decision.price * (1 - decision.discount)
        folk = self.folk
        self.by_price = price_multiplier(self.paid, given["elasticity"] * folk.elasticity) * folk.rate
        pull = given["price_to_exit"] * (self.paid / now["rival_price"] - 1)
        own = min(decision.reward * 10, 1.0)
        pull_of_rival = 0.7 * now["rival_programme"] * (1 - 0.6 * own)
        learnt = 0.004 * decision.win_back  # who leaves is paid
        self.by_rival = np.maximum(folk.elasticity * pull, -0.8) + pull_of_rival + learnt
        self.base_exit = given["base_exit"] * np.exp(self.by_rival)
        self.amount = np.rint(folk.ticket * self.paid).astype(np.int64)
        self.material = np.rint(folk.ticket * given["material_share"] * (0.6 + 0.4 * decision.standard))
        self.material = self.material.astype(np.int64)
        self.round: Any = None
        self.leak_luck = self.rare.uniform(0, self.week + np.arange(WEEKS), 9)
        self.team.prepare(self.week)
        self.boost_until, self.offers = self.week, np.zeros(self.people, bool)

    def _week(self, decision: Decision, now: dict[str, float]) -> None:
        given, _folk, week, team = self.given, self.folk, self.week, self.team
        skill, fatigue = team.means()
        season = 1 + given["season"] * sin(2 * pi * (week - 6) / 52)
        felt = exp(-0.7 * log(self.paid / self.reference))
        self.reference += given["reference_memory"] * (self.paid - self.reference)
        helped = given["self_service_most"] * (1 - exp(-self.capital / given["self_service_half"]))
        self.capital = 0.985 * self.capital + decision.self_service / WEEKS
        self.data += 0.07 * (1 - exp(-decision.data / given["data_half"]) - self.data)
        luck = self.weekly.many(2, week)
        wish = given["satisfaction_to_visits"] * self.mood
        self.saving = decision.reward > 0 or bool(self.points.any())
        if self.saving:
            wish += given["points_pressure"] * np.minimum(self.points / REWARD, 1.0)
        if week < self.boost_until:
            wish += self.boost
        rate = np.exp(wish, out=wish)
        rate *= self.by_price
        rate *= -season * felt
        who = (self.client & (luck[0] < -np.expm1(rate, out=rate))).nonzero()[0]
        minutes = decision.standard * (1 - helped) + given["entry_load"] * self.data
        minutes += given["access_load"] * (decision.access == 0) - 0.3 * given["access_load"] * (decision.access == 2)
        minutes += 0.02 * (decision.reward > 0)
        room = team.capacity(decision.training) * given["visits_per_staff"] * self.scale
        load = (len(who) * minutes + 0.5 * self.complaints_before) / room
        mine = self.event.many(7, week, who)
        self.count("load", load)
        self.count("wished", len(who))
        if load > FULL:
            turned = mine[0] < 1 - FULL / load
            away, who, mine = who[turned], who[~turned], mine[:, ~turned]
            self.mood[away] = within_scale(self.mood[away] - 0.35)
            self.count("turned", len(away))
        wait = min(8 * max(min(load, FULL) - 0.7, 0.0) ** 2, 3.0)
        self.count("wait", wait)
        self._served(decision, who, mine, wait=wait, load=load, skill=skill, fatigue=fatigue, helped=helped)
        self._leave(luck[1], now)
        self._come(decision, now)
        team.live(week, load, decision.training, poaching=now["poaching"] / now["wages"])
        self.pay("wages", round(100 * given["wage"] * now["wages"] * team.count * self.scale))
        self.pay("rent", round(100 * given["rent"] * self.scale))
        self.pay("training", round(1200 * decision.training * team.count / WEEKS * self.scale))
        self.trust = min(max(self.trust + 0.006 * (0.85 - self.trust), 0.0), 1.0)
        hazard = given["leak_rate"] * ACCESS_LEAK[decision.access] * self.data
        if self.leak_luck[week % WEEKS] < 1 - exp(-hazard):
            self._leak(ACCESS_SHARE[decision.access], now)

    def _served(self, decision: Decision, who: Indexes, mine: Floats, *, wait: float, load: float, skill: float,
                fatigue: float, helped: float) -> None:  # fmt: skip
        given, folk = self.given, self.folk
        calm = given["base_failure"] * exp(given["load_to_failure"] * max(min(load, 1.4) - 0.8, 0.0))
        chance = min(calm * (1 + 0.8 * fatigue) / skill**1.5 / decision.standard**1.2, 0.6)
        self.count("failing", chance)
        quality = given["skill_to_performance"] * (skill - 1) + given["standard_to_performance"] * log(
            decision.standard
        )
        quality -= given["wait_weight"] * wait + 0.3 * fatigue
        performed = quality + given["noise"] * ndtri(mine[4]) - given["person_taste"] * helped * folk.wants_person[who]
        performed += given["known_to_performance"] * self.data * self.on_file[who]
        mood, expected, _ = disconfirmed(self.mood[who], self.expected[who], performed, gain=given["gain"],
                                         loss_weight=given["loss_weight"], learning=given["learning"])  # fmt: skip
        failed = mine[1] < chance
        self.expected[who] = expected
        leaving = who[:0]
        if failed.any():
            hit = np.flatnonzero(failed)
            people = who[hit]
            self.failures[people] += 1
            number = self.failures[people]
            effort = 1 - exp(-given["recovery_speed"] * decision.recovery)
            told = mine[2][hit] < np.minimum((given["voice"] + 0.35 * effort) * folk.outspoken[people], 0.95)
            worse = np.power(given["blame"], np.minimum(number, MOST_FAILURES) - 1.0)
            back = np.where(told, effort, 0.0)
            mood[hit] -= 0.6 * given["severity"] * worse
            mood[hit] += given["recovery_lift"] * back * np.where(number == 1, 1.0, 0.6)
            gone = mine[3][hit] < failure_exit_chance(number, back, at_failure=given["exit_at_failure"],
                                                      blame=given["blame"])  # fmt: skip
            leaving = people[gone]
            complaints = int(np.count_nonzero(told))
            self.pay("recovery", complaints * round(100 * decision.recovery))
            self.count("failures", len(people))
            self.count("complaints", complaints)
            self.count("complaints_noted", int(np.count_nonzero(told & (mine[5][hit] < self.data))))
            self.complaints_before = complaints
        else:
            self.complaints_before = 0
        self.mood[who] = within_scale(mood)
        self.habit[who] += 0.12 * (1 - self.habit[who])
        self.visits_now[who] += 1
        self.last_visit[who] = self.week
        self.count("visits", len(who))
        if len(who):
            self.reputation += 0.08 * (float(self.mood[who].mean()) - self.reputation)
        self._money(decision, who, mine)
        seen = who[mine[5] < self.data]
        self.on_file[seen] = True
        self.last_seen[seen] = self.week
        self.seen_now[seen] += 1
        self.seen_spend[seen] += self.amount[seen]
        self._go(leaving, 0)

    def _money(self, decision: Decision, who: Indexes, mine: Floats) -> None:
        amount = self.amount[who]
        self.pay("revenue", int(amount.sum()))
        self.pay("material", int(self.material[who].sum()))
        if self.saving:
            held = self.points[who]
            redeemed = np.where(held >= REWARD, np.minimum(held, amount), 0)
            joins = (self.folk.joins[who] < 0.7) | (held > 0)
            earned = np.where(joins, np.rint(decision.reward * (amount - redeemed)), 0.0).astype(np.int64)
            self.points[who] = held - redeemed + earned
            self.pay("points", int(redeemed.sum()))
            self.count("points_given", float(earned.sum()))
        taken = who[self.offers[who]]
        if len(taken):
            self.pay("retention", len(taken) * round(100 * self.given["offer_value"]))
            self.offers[taken] = False
        owned = who[self.platform[who] & ~self.on_file[who]]
        if len(owned):
            self.pay("commission", int(np.rint(self.commission * self.amount[owned]).sum()))

    def _leave(self, luck: Floats, now: dict[str, float]) -> None:
        given = self.given
        self.habit *= 0.985
        part = np.multiply(self.expected, 0.6, out=self.part)
        part -= self.mood
        part *= given["drift"]
        self.mood += part
        lost = given["trust_to_exit"] * (0.8 - self.trust)
        wish = self.mood * -given["satisfaction_to_exit"]
        wish -= np.multiply(self.habit, given["habit_to_exit"], out=part)
        if self.saving:
            wish -= given["reward_to_exit"] * np.minimum(self.points / REWARD, 1.0)
        if self.week < self.boost_until:
            wish -= given["offer_to_exit"] * self.boost
        hazard = np.exp(wish, out=wish)
        hazard *= self.base_exit
        gone = (self.client & (luck < hazard * exp(lost))).nonzero()[0]
        unhappy = -given["satisfaction_to_exit"] * self.mood[gone] + max(lost, 0.0)
        dear = self.by_rival[gone]
        code = np.where((dear > 0.15) & (dear >= unhappy), 1, np.where(unhappy > 0.3, 2, 3))
        self._go(gone, code)

    def _go(self, who: Indexes, code: Any) -> None:
        if not len(who):
            return
        self.client[who], self.status[who], self.reason[who] = False, GONE, code
        self.since[who], self.habit[who], self.offers[who] = self.week, 0.0, False
        before = self.left_in.get(self.week)
        self.left_in[self.week] = who if before is None else np.concatenate([before, who])
        for number, count in enumerate(np.bincount(self.reason[who], minlength=len(REASONS))):
            self.count(f"left_{REASONS[number]}", int(count))

    def _come(self, decision: Decision, now: dict[str, float]) -> None:
        given, folk = self.given, self.folk
        self.search += 0.25 * (decision.search - self.search)
        self.social += 0.08 * (decision.social - self.social)
        clients = int(np.count_nonzero(self.client))
        content = int(np.count_nonzero(self.client & (self.mood > 0.0))) / max(clients, 1)
        bonus = decision.referral / (decision.referral + 30)
        talk = given["word_of_mouth"] * content * (clients / self.people) / 0.4 * (1 + bonus)
        search = given["reach_search"] * (1 - exp(-self.search / given["half_search"]))
        search *= 1 + 0.6 * now["aggregator"]
        social = given["reach_social"] * (1 - exp(-self.social / given["half_social"]))
        drawn = now["demand"] * exp(-1.2 * (self.paid / now["rival_price"] - 1) - 2 * (0.8 - self.trust)
                                    + 0.4 * self.reputation + 1.5 * decision.discount)  # fmt: skip
        back = self.left_in.pop(self.week - AGAIN_AFTER, None)
        if back is not None:
            back = back[(self.status[back] == GONE) & (self.since[back] == self.week - AGAIN_AFTER)]
            self.status[back], self.exposure[back], self.threshold[back] = PROSPECT, 0.0, 1.5 * folk.threshold[back]
        exposure, part = self.exposure, self.part  # that of clients and of those who left counts for nothing
        for weight, channel in ((search, folk.search), (social, folk.social), (talk, folk.talk)):
            exposure += np.multiply(channel, drawn * weight, out=part)
        new = ((exposure >= self.threshold) & (self.status == PROSPECT)).nonzero()[0]
        if not len(new):
            return
        self.client[new], self.status[new] = True, CLIENT
        self.mood[new], self.expected[new], self.habit[new] = 0.0, 0.3 * self.reputation, 0.0
        self.last_visit[new] = self.week
        shares = np.stack([search * folk.search[new], social * folk.social[new], talk * folk.talk[new]])
        luck = folk.channel[new] * (shares[0] + shares[1] + shares[2])
        came = (luck > shares[0]).astype(np.int8) + (luck > shares[0] + shares[1])
        self.platform[new] = (came < 2) & (folk.platform[new] < now["aggregator"])
        self.commission = now["commission"]
        spoken = int(np.count_nonzero(came == 2))
        self.pay("referral", spoken * 100 * decision.referral)
        for number, name in enumerate(CHANNELS):
            self.count(f"new_{name}", int(np.count_nonzero(came == number)))

    commission, saving = 0.25, False

    def _leak(self, share: float, now: dict[str, float]) -> None:
        """A part of the clients on file stands on the net."""
        hit = self.on_file & (self.rare.uniform(np.arange(self.people), self.week, 2) < share * 0.8)
        clients = hit & self.client
        self.mood[clients] = within_scale(self.mood[clients] - 0.5)
        self.trust = max(self.trust - 0.25 * float(np.count_nonzero(clients)) / max(int(self.client.sum()), 1), 0.0)
        self.pay("leaks", round(100 * self.given["leak_cost"] * np.count_nonzero(hit) * (1 + now["law"])))
        self.incidents.append("leak")
        self.count("leaked", int(np.count_nonzero(hit)))
