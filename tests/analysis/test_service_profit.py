"""The service-profit chain: planted links found, nothing beyond a pure chain, the same product backwards."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit.analysis.service_profit import CHAIN, service_profit_path
from crm_toolkit.errors import InputError

LINKS = (0.7, 0.6, 0.8, 0.7, 0.5)


def branches(seed, size=120, shortcut=0.0):
    """Branches with exactly these links, in standard deviations; with a shortcut from the first to the last."""
    rng = np.random.default_rng(seed)
    columns = [rng.normal(size=size)]
    for link in LINKS:
        columns.append(link * columns[-1] + np.sqrt(1 - link**2) * rng.normal(size=size))
    columns[-1] = columns[-1] + shortcut * columns[0]
    return pd.DataFrame(dict(zip(CHAIN, columns, strict=True)))


def test_planted_links_and_their_product_are_covered_at_their_level():
    held, whole = [], []
    for seed in range(20):
        path = service_profit_path(branches(seed), replications=200)
        held += ((path.links["low"].to_numpy() <= LINKS) & (path.links["high"].to_numpy() >= LINKS)).tolist()
        whole.append(path.product_low <= np.prod(LINKS) <= path.product_high)
    assert np.mean(held) >= 0.85  # 100 intervals of level 0.95
    assert np.mean(whole) >= 0.75


def test_a_pure_chain_has_nothing_beyond_and_a_shortcut_is_told():
    pure = service_profit_path(branches(3, size=2000), replications=200)
    assert pure.beyond_low < 0 < pure.beyond_high
    assert "another way" not in str(pure)
    short = service_profit_path(branches(3, size=2000, shortcut=0.6), replications=200)
    assert short.beyond_low > 0.2
    assert "Part of it goes by another way" in str(short)
    assert short.product + short.beyond == pytest.approx(short.total)


def test_read_backwards_the_same_data_give_the_same_product():
    frame = branches(4)
    forwards = service_profit_path(frame, replications=100)
    backwards = service_profit_path(frame, CHAIN[::-1], replications=100)
    assert backwards.product == pytest.approx(forwards.product)
    assert backwards.total == pytest.approx(forwards.total)


def test_the_unit_of_a_measure_does_not_matter():
    frame = branches(5)
    one = service_profit_path(frame, replications=100)
    two = service_profit_path(frame.assign(profit=frame["profit"] * 1e6 + 5), replications=100)
    assert two.links["coefficient"].to_numpy() == pytest.approx(one.links["coefficient"].to_numpy())


@pytest.mark.parametrize(
    ("change", "chain", "letter"),
    [
        (lambda t: t.head(9), CHAIN, "9 whole rows; 10 are needed"),
        (lambda t: t.assign(value=3.0), CHAIN, "same everywhere: value"),
        (lambda t: t, ["value"], "two measures or more"),
        (lambda t: t, ["value", "profits"], "The column `profits` is missing"),
    ],
)
def test_chains_that_can_t_be_followed_are_refused(change, chain, letter):
    with pytest.raises(InputError) as refusal:
        service_profit_path(change(branches(1)), chain)
    assert letter in str(refusal.value)
    with pytest.raises(InputError, match="`replications`"):
        service_profit_path(branches(1), replications=1)
