"""Erlang's formulas: known values, closed forms, a simulated queue."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.service.queues import agents_required, erlang_a, erlang_c, waiting_table
from crm_toolkit.errors import InputError


@pytest.mark.parametrize(("agents", "waiting", "level"), [(13, 0.285, 0.796), (14, 0.174, 0.888), (15, 0.102, 0.942)])
def test_the_textbook_call_centre_comes_out(agents, waiting, level):
    """200 calls an hour of 3 minutes, 10 erlangs, 20 seconds: the values of published Erlang C tables."""
    found = erlang_c(200, 3, agents)
    assert (found.wait_probability, found.service_level) == pytest.approx((waiting, level), abs=6e-4)


def test_one_server_is_the_queue_of_the_first_lecture():
    """M/M/1: P(wait) = ρ, mean wait = ρ·s/(1−ρ), P(wait ≤ t) = 1 − ρ·exp(−(1−ρ)t/s)."""
    found = erlang_c(12, 4, 1, target_seconds=120)
    assert (found.wait_probability, found.mean_wait_minutes) == pytest.approx((0.8, 16))
    assert found.service_level == pytest.approx(1 - 0.8 * math.exp(-0.2 * 2 / 4))
    assert found.queue_length == pytest.approx(0.8 * 4)


def test_three_servers_at_eighty_per_cent():
    """C(3, 2.4) = .6472 (Gross and others, Fundamentals of Queueing Theory, by the sum of Poisson terms)."""
    terms = [2.4**k / math.factorial(k) for k in range(3)]
    last = 2.4**3 / 6 / (1 - 0.8)
    assert erlang_c(48, 3, 3).wait_probability == pytest.approx(last / (sum(terms) + last))


def served_in_order(arrivals, service, agents):
    free = np.zeros(agents)
    waits = np.empty(len(arrivals))
    for place, (at, needed) in enumerate(zip(arrivals, service, strict=True)):
        soonest = free.argmin()
        start = max(at, free[soonest])
        waits[place] = start - at
        free[soonest] = start + needed
    return waits


def test_a_simulated_queue_waits_as_the_formula_says():
    luck, size = np.random.default_rng(4), 60_000
    arrivals = np.cumsum(luck.exponential(1.25, size))  # 48 an hour
    waits = served_in_order(arrivals, luck.exponential(3, size), 3)[2000:]
    found = erlang_c(48, 3, 3, target_seconds=60)
    assert (waits > 1e-9).mean() == pytest.approx(found.wait_probability, abs=0.03)
    assert waits.mean() == pytest.approx(found.mean_wait_minutes, rel=0.12)
    assert (waits <= 1).mean() == pytest.approx(found.service_level, abs=0.03)


def test_a_simulated_queue_of_impatient_customers_loses_as_many():
    luck, size, agents = np.random.default_rng(5), 60_000, 10
    free, lost, waited = np.zeros(agents), 0, 0.0
    arrivals, service, patience = (
        np.cumsum(luck.exponential(0.3, size)), luck.exponential(3, size), luck.exponential(2, size)
    )  # fmt: skip
    for at, needed, patient in zip(arrivals, service, patience, strict=True):
        soonest = free.argmin()
        wait = max(free[soonest] - at, 0.0)
        if wait > patient:
            lost, waited = lost + 1, waited + patient
        else:
            waited += wait
            free[soonest] = at + wait + needed
    found = erlang_a(200, 3, 10, patience_minutes=2)
    assert lost / size == pytest.approx(found.abandoned, abs=0.008)
    assert waited / size == pytest.approx(found.mean_wait_minutes, rel=0.06)


def test_boundless_patience_is_erlang_c_and_none_is_erlang_b():
    patient, plain = erlang_a(200, 3, 14, patience_minutes=1e4), erlang_c(200, 3, 14)
    assert patient.wait_probability == pytest.approx(plain.wait_probability, rel=2e-3)
    assert patient.mean_wait_minutes == pytest.approx(plain.mean_wait_minutes, rel=5e-3)
    blocked = 1.0
    for n in range(1, 15):
        blocked = 10 * blocked / (n + 10 * blocked)
    assert erlang_a(200, 3, 14, patience_minutes=1e-6).abandoned == pytest.approx(blocked, rel=1e-3)


def test_an_overrun_service_says_so_and_gives_no_number():
    found = erlang_c(200, 3, 9)
    assert not found.stable
    assert found.mean_wait_minutes is None
    assert str(found) == "9 agents: utilisation 111.1%, the queue grows without end."
    table = waiting_table(200, 3, [9, 11])
    assert table["stable"].tolist() == [False, True]
    assert table["mean_wait_minutes"].isna().tolist() == [True, False]


@settings(max_examples=40, deadline=None)
@given(st.floats(1, 500), st.floats(0.2, 30), st.floats(0.5, 0.99), st.floats(0, 600))
def test_the_required_number_is_the_smallest_that_keeps_the_promise(rate, minutes, level, seconds):
    found = agents_required(rate, minutes, service_level=level, target_seconds=seconds)
    assert found.service_level >= level
    if found.agents > 1:
        one_less = erlang_c(rate, minutes, found.agents - 1, target_seconds=seconds)
        assert not one_less.stable or one_less.service_level < level
    more = erlang_c(rate, minutes, found.agents + 1, target_seconds=seconds)
    assert more.mean_wait_minutes <= found.mean_wait_minutes


@pytest.mark.parametrize(
    ("ask", "name"),
    [
        (lambda: erlang_c(-1, 3, 2), "arrivals_per_hour"),
        (lambda: erlang_c(10, float("nan"), 2), "service_minutes"),
        (lambda: erlang_c(10, 3, 2.5), "agents"),
        (lambda: erlang_c(10, 3, 0), "agents"),
        (lambda: erlang_a(10, 3, 2, patience_minutes=0), "patience_minutes"),
        (lambda: agents_required(1e8, 3), "arrivals_per_hour"),
        (lambda: agents_required(100, 3, service_level=1.0), "service_level"),
        (lambda: waiting_table(10, 3, []), "agents"),
    ],
)
def test_numbers_that_make_no_service_are_refused_by_name(ask, name):
    with pytest.raises(InputError) as refusal:
        ask()
    assert refusal.value.problems[0].column == name
