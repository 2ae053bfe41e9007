"""The clock works through a week all at once; customers live through it one encounter after another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from crm_toolkit.behaviour.satisfaction import HIGHEST, LOWEST, disconfirmed
from crm_toolkit.streams import Stream
from crm_toolkit.world.baskets import catalogue
from crm_toolkit.world.block import WorldSpec, block_ids, live
from crm_toolkit.world.events import Log
from crm_toolkit.world.setting import scenario
from crm_toolkit.world.state import forgiveness, usual_performance
from crm_toolkit.world.visits import FAILURE, WAIT, Visits

WEEKS = 6
CALM = {"acquisition_weeks": 0.0, "leave_after_failure": 0.0}


def life(name, customers=400, weeks=WEEKS, **changes):
    """Scenario and encounters, by customer and number."""
    told = scenario(name, locale="en_US", **CALM, **changes)
    spec = WorldSpec(told, told.policy, customers, weeks, 11)
    happened = live(spec, block_ids(spec, 0)).happened
    events = dict(happened.encounters.items())
    order = np.lexsort((events["number"], events["person"]))
    return told, {column: values[order] for column, values in events.items()}, happened


@pytest.mark.parametrize("changes", [{}, {"satisfaction_gain": 2.0, "failure_share": 0.3}], ids=["usual", "extreme"])
def test_satisfaction_is_what_one_encounter_after_another_makes_of_it(changes):
    """Replayed by the model of `behaviour`, customer by customer; kept values have the digits of a 32-bit float."""
    told, events, _ = life("fitness_club", recovery=False, **changes)
    forgiven, memory = forgiveness(told), told["satisfaction_memory"]
    weights = {"gain": told["satisfaction_gain"], "loss_weight": told["loss_weight"],
               "learning": told["expectation_learning"]}  # fmt: skip
    before, compared = -1, 0
    for person, week, performance, seen in zip(
        *(events[name] for name in ("person", "week", "performance", "satisfaction")), strict=True
    ):
        if person != before:
            satisfaction, expectation, last, before = np.zeros(1), np.full(1, usual_performance(told)), week, person
        satisfaction = satisfaction * memory ** float(week - last)
        satisfaction, expectation, _ = disconfirmed(
            satisfaction, expectation - forgiven, np.array([performance], dtype=np.float64), **weights
        )
        expectation, last = expectation + (1 - weights["learning"]) * forgiven, week
        assert abs(satisfaction[0] - seen) < 1e-5
        compared += 1
    assert compared > 2000
    at_the_ends = (events["satisfaction"] == LOWEST) | (events["satisfaction"] == HIGHEST)
    assert at_the_ends.any() == bool(changes)  # both ways of working through a week have been seen


def test_customers_come_several_times_a_week_in_the_order_of_their_numbers():
    _, events, _ = life("grocery")
    same = events["person"][1:] == events["person"][:-1]
    assert (np.diff(events["number"])[same] == 1).all()
    assert (np.diff(events["time"])[same] > 0).all()
    assert (np.floor(events["time"]) == events["week"]).all()
    number = np.unique(events["person"] * np.int64(1000) + events["week"], return_counts=True)[1]
    assert number.max() > 8  # more than thresholds are drawn ahead


def test_points_are_earned_and_redeemed_as_one_purchase_after_another_would():
    """A reward needs enough points at that very purchase, those of the same week's earlier ones included."""
    told, events, happened = life("grocery", weeks=12, redeem_share=1.0)
    rules = told.policy.loyalty
    columns = ("person", "earned", "redeemed", "points_value", "gross", "discount")
    rows = zip(*(events[name].tolist() for name in columns), strict=True)
    before, balance, rewards = -1, 0, 0
    for person, earned, redeemed, value, gross, discount in rows:
        balance = balance if person == before else 0
        wanted = balance >= rules.threshold
        assert (redeemed > 0) == wanted
        assert value == (min(round(rules.reward * 100), gross - discount) if wanted else 0)
        assert earned in (0, rules.earned(np.array([gross - discount - value]))[0])
        balance += earned - redeemed
        before, rewards = person, rewards + wanted
    assert rewards > 50
    assert not happened.expiries["points"].size  # nothing else has touched the accounts within twelve weeks


def test_nobody_comes_after_leaving_although_a_week_is_worked_through_at_once():
    told = scenario("grocery", locale="en_US", acquisition_weeks=0.0, failure_share=0.3, leave_after_failure=0.5)
    spec = WorldSpec(told, told.policy, 500, 8, 5)
    happened = live(spec, block_ids(spec, 0)).happened
    events = happened.encounters
    assert (events["time"] <= happened.left[events["person"]]).all()
    exits = events["reaction"] == 2
    assert exits.sum() > 100
    assert np.allclose(events["time"][exits], happened.left[events["person"][exits]])
    highest = np.zeros(500, dtype=np.int64)
    np.maximum.at(highest, events["person"], events["number"] + 1)
    assert (np.bincount(events["person"], minlength=500) == highest).all()  # numbered without gaps


@given(st.floats(0, 1), st.integers(0, 2**31))
def test_bits_below_a_chance_are_the_luck_below_it(chance, seed):
    ready = Stream(seed, "example").prepared(np.arange(1200))
    address = ready.addresses(3)
    halves = {row // 2: Stream(seed, "other").words(np.arange(1200), row) for row in (WAIT, FAILURE)}
    nobody = np.zeros(1200, dtype=np.int64)
    visits = Visits(0, nobody, nobody, nobody * 0.0, nobody, [], address, halves)
    for row in (WAIT, FAILURE):
        assert (visits.below(row, chance) == (visits.luck(row) < chance)).all()


@given(st.lists(st.integers(0, 20), unique=True, max_size=21))
def test_rows_that_a_log_takes_back_are_gone_and_the_others_are_all_there(gone):
    log = Log({"person": np.int32})
    log.add(person=np.arange(21))
    source, target = log.take_back(np.array(gone, dtype=np.int64))
    kept = log.columns()["person"]
    assert sorted(kept.tolist()) == sorted(set(range(21)) - set(gone))
    assert (kept[target] == source).all()


def test_every_basket_is_equally_likely():
    """The table of scores says what the normal distribution says."""
    wares = catalogue(scenario("barbershop"))
    score = np.concatenate([np.linspace(-6, 6, 100_001), [-20.0, 20.0]])
    expected = np.minimum((ndtr(score) * len(wares.lines)).astype(np.int64), len(wares.lines) - 1)
    assert (wares.take(score) == expected).all()
