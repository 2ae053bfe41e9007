"""The generated barbershop: the same everywhere, sound as a table, and the process that it claims to be."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from scipy import special

from crm_toolkit.datasets.generated import make_purchases
from crm_toolkit.errors import InputError
from crm_toolkit.schema import PURCHASES


def test_customer_17_is_the_same_person_in_a_larger_world():
    small, large = make_purchases(50, seed=3), make_purchases(500, seed=3)
    kept = large[large.customer_id.isin(small.customer_id)].reset_index(drop=True)
    pd.testing.assert_frame_equal(small, kept)


def test_golden_digest_does_not_move():
    """Money and minutes are rounded, so the bytes are the same on every machine and numpy version."""
    text = make_purchases(200, seed=7).to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d %H:%M")
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "66595eb7e8a366a8"


def test_table_is_sound():
    purchases = make_purchases(400, weeks=40, seed=5)
    assert tuple(purchases.columns) == PURCHASES.column_names
    assert purchases.customer_id.nunique() == 400
    assert purchases.ordered_at.is_monotonic_increasing
    assert (purchases.ordered_at < pd.Timestamp("2025-01-06") + pd.Timedelta(weeks=40)).all()
    assert np.allclose(purchases.amount, purchases.quantity * purchases.unit_price)
    assert (purchases.groupby("order_id").customer_id.nunique() == 1).all()
    assert not purchases.duplicated().any()
    returned = purchases.amount < 0
    assert 0 < returned.mean() < 0.05
    assert (returned == purchases.order_id.str.endswith("-R")).all()


def test_share_of_one_time_buyers_is_what_the_process_says():
    """With a very long observation a customer comes once only by leaving after the first visit: E[p] = a / (a + b)."""
    purchases = make_purchases(4000, weeks=1040, seed=11, weeks_between=1.0, r=5.0, return_share=0.0)
    visits = purchases.groupby("customer_id").order_id.nunique()
    expected = 0.793 / (0.793 + 2.426)
    error = 4 * np.sqrt(expected * (1 - expected) / 4000)
    assert abs((visits == 1).mean() - expected) < error
    second = np.exp(special.betaln(0.793 + 1, 2.426 + 1) - special.betaln(0.793, 2.426))
    assert abs((visits == 2).mean() - second) < error


def test_wrong_numbers_are_refused():
    with pytest.raises(InputError, match="`weeks` can't be 1"):
        make_purchases(10, weeks=1)
