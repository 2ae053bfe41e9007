"""Laws of the ledger, whatever happens in whatever order: a machine that plays random events and checks after each."""

import datetime as dt
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from loyalty_histories import COLUMNS, START, posted, programme, reference_tables, replayed_tables, table

from crm_toolkit.firm.loyalty import Event, Ledger, replay

PHASES = (Phase.explicit, Phase.generate)  # a failing history is shown as it is: shrinking takes minutes
MEMBERS, ORDERS = st.integers(0, 2), st.integers(0, 4)
POINTS = st.integers(1, 60)


class Accounts(RuleBasedStateMachine):
    """Three members, five orders, random rules; time only goes on."""

    @initialize(seed=st.integers(0, 10_000))
    def open(self, seed):
        self.rules = programme(np.random.default_rng(seed))
        self.ledger, self.at, self.log, self.seen = Ledger(self.rules), START, [], {}

    def event(self, kind, member, points=0, **more):
        values = {"event_id": len(self.log), "member_id": member, "at": self.at, "kind": kind, "points": points, **more}
        self.log.append({**dict.fromkeys(COLUMNS), "amount_minor": 0, **values})
        self.reason = self.ledger.take(Event(**values))

    @rule(days=st.integers(0, 40))
    def wait(self, days):
        self.at += dt.timedelta(days=days)

    @rule(member=MEMBERS, order=ORDERS, points=st.integers(0, 60), amount=st.integers(0, 5000))
    def earn(self, member, order, points, amount):
        self.event("earn", member, points, order_id=order, amount_minor=amount)

    @rule(member=MEMBERS, order=st.none() | ORDERS, points=POINTS)
    def redeem(self, member, order, points):
        self.ledger.close(self.at)
        before = self.ledger.balance(member)
        held = self.ledger.accounts[self.ledger._resolved(member)].held.get(order, 0) if order is not None else 0
        self.event("redeem", member, points, order_id=order)
        if not self.reason:  # whatever the document, a use takes its points
            assert self.ledger.balance(member) == before - max(points - held, 0)

    @rule(member=MEMBERS, order=ORDERS, amount=st.integers(1, 5000))
    def refund(self, member, order, amount):
        moved = len(self.ledger.movements)
        known = self.ledger._orders.get(order)
        before = (known.reversed, known.redeemed and known.restored) if known else (0, 0)
        self.event("refund", member, order_id=order, amount_minor=amount)
        if not self.reason:  # all that is to be reversed is moved or told
            own = [one for one in self.ledger.movements[moved:] if one.event_id == len(self.log) - 1]
            told = -sum(one.points for one in own if one.kind == "refund") + sum(one.unmoved for one in own)
            assert told == known.reversed - before[0]

    @rule(member=MEMBERS, order=ORDERS, kind=st.sampled_from(["activate", "release"]), points=st.integers(0, 10))
    def order(self, member, order, kind, points):
        self.event(kind, member, points if kind == "release" else 0, order_id=order)

    @rule(member=MEMBERS, order=ORDERS, points=POINTS)
    def reserve(self, member, order, points):
        self.event("reserve", member, points, order_id=order)

    @rule(member=MEMBERS, points=POINTS, sign=st.sampled_from([-1, 1]))
    def adjust(self, member, points, sign):
        self.event("adjust", member, sign * points)

    @rule(member=MEMBERS, other=MEMBERS, points=POINTS)
    def transfer(self, member, other, points):
        self.event("transfer", member, points, other_id=other)

    @rule(member=MEMBERS, kind=st.sampled_from(["enrol", "leave", "re_enrol", "tier"]))
    def membership(self, member, kind):
        self.event(kind, member)

    @rule(member=MEMBERS, other=MEMBERS, kind=st.sampled_from(["merge", "erase"]), chance=st.integers(0, 5))
    def rarely(self, member, other, kind, chance):
        if not chance:
            self.event(kind, member, other_id=other if kind == "merge" else None)

    @invariant()
    def the_laws_hold(self):
        laws(self.ledger)

    @invariant()
    def the_past_stays(self):
        """A balance of an earlier moment is never told otherwise later."""
        now = int((self.at - dt.datetime(1970, 1, 1)) / dt.timedelta(microseconds=1))
        if self.ledger.now == now:
            for member in range(3):
                self.seen[(member, self.at)] = self.ledger.balance(member, self.at)
        for (member, at), told in list(self.seen.items())[-12:]:
            if at < self.at:
                assert self.ledger.balance(member, at) == told

    def teardown(self):
        if getattr(self, "log", None):
            as_of = self.at + dt.timedelta(days=20)
            done = replay(table(self.log), self.rules, as_of=as_of)
            assert replayed_tables(done) == reference_tables(posted(table(self.log), self.rules, as_of))
            done.months()


def laws(ledger):
    """Every invariant of a state."""
    for lot in ledger.lots:
        parts = (lot.remaining, lot.reserved, lot.redeemed, lot.expired, lot.reversed, lot.transferred)
        assert lot.issued == sum(parts)
        assert min(parts) >= 0
    by_lot, by_member, outstanding = defaultdict(int), defaultdict(int), defaultdict(int)
    for one in ledger.movements:
        by_lot[one.lot_id] += one.points
        by_member[ledger._resolved(one.member_id)] += one.available
        outstanding[one.member_id] += one.points
    for lot in ledger.lots:
        assert by_lot[lot.lot_id] == lot.remaining + lot.reserved
    for name, account in ledger.accounts.items():
        assert account.balance == by_member[name]
        assert outstanding[name] == sum(lot.remaining + lot.reserved for lot in account.lots) - account.owed
        assert sum(account.held.values()) == sum(lot.reserved for lot in account.lots)
        assert account.owed >= 0
        assert account.balance >= 0 or account.owed
        if account.status == "erased":
            assert outstanding[name] == 0
    uses = defaultdict(int)
    for one in ledger.movements:
        if one.kind == "redeem":
            assert one.lot_id is not None
            uses[one.event_id] -= one.points
    refused = {event.event_id for event, _ in ledger.refused}
    for event in ledger._seen.values():
        if event.kind == "redeem" and event.event_id not in refused:
            assert uses[event.event_id] == event.points


def run(examples, steps):
    run_state_machine_as_test(
        Accounts, settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True,
                                    suppress_health_check=list(HealthCheck), phases=PHASES),
    )  # fmt: skip


def test_the_laws_hold_after_every_event():
    run(8, 22)


@pytest.mark.slow
def test_the_laws_hold_after_every_event_of_many_histories():
    run(400, 50)
