"""Waiting: Erlang's formula beside the sums that define it, printed values and a simulated queue."""

from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_toolkit.firm.service import FULLEST, mean_wait, waiting_share


def by_sums(servers, utilisation):
    """M/M/c by the definition: the chance of c or more in the system, from the stationary weights a^n / n!."""
    load = servers * utilisation
    fewer = sum(load**n / factorial(n) for n in range(servers))
    all_busy = load**servers / factorial(servers) / (1 - utilisation)
    return all_busy / (fewer + all_busy)


@pytest.mark.parametrize("servers", [1, 2, 3, 5, 12, 40])
def test_the_chance_to_wait_is_that_of_the_sums(servers):
    for utilisation in (0.05, 0.3, 0.75, 0.97):
        assert waiting_share(servers, utilisation) == pytest.approx(by_sums(servers, utilisation), rel=1e-10)


def test_the_chance_to_wait_is_that_of_a_birth_and_death_chain():
    """Weights of 2,000 states by the balance of flows, without Erlang's formula; 0.9^2000 is nothing."""
    servers, utilisation = 4, 0.9
    rates = np.minimum(np.arange(1, 2001), servers)
    weight = np.concatenate([[1.0], np.cumprod(servers * utilisation / rates)])
    weight /= weight.sum()
    assert waiting_share(servers, utilisation) == pytest.approx(weight[servers:].sum(), rel=1e-10)
    queue = (np.maximum(np.arange(2001) - servers, 0) * weight).sum()
    wait = queue / (servers * utilisation / 30.0)  # Little's law: arrivals a minute are c·ρ/30
    assert mean_wait(servers, utilisation, 30.0) == pytest.approx(wait, rel=1e-9)


def test_one_server_waits_as_the_textbook_says():
    """M/M/1: ρ/(1 − ρ) services."""
    assert mean_wait(1, np.array([0.5, 0.8, 0.9]), 10.0) == pytest.approx([10.0, 40.0, 90.0])


@given(servers=st.integers(1, 60), low=st.floats(0.01, 0.969), more=st.floats(0, 0.9))
def test_more_load_means_more_waiting_and_more_servers_at_the_same_load_less(servers, low, more):
    high = min(low + more, 0.969)
    assert 0 <= waiting_share(servers, low) <= waiting_share(servers, high) * (1 + 1e-12) <= 1 + 1e-12
    assert mean_wait(servers, low, 5.0) <= mean_wait(servers, high, 5.0) * (1 + 1e-12)
    assert waiting_share(servers + 1, high) <= waiting_share(servers, high) * (1 + 1e-12)


def test_load_without_end_is_counted_as_97_percent():
    assert mean_wait(3, 5.0, 30.0) == mean_wait(3, FULLEST, 30.0)
    assert np.isfinite(mean_wait(3, 1.0, 30.0))
