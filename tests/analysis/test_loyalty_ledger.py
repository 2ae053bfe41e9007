"""The months of a programme's ledger and the roll-forward of its liability are the same points."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import analysis

loyalty = pytest.importorskip("crm_toolkit.firm.loyalty.replaying", reason="needs the ledger of lots")


def events(seed):
    """Two years of 40 members: orders, refunds, redemptions."""
    luck = np.random.default_rng(seed)
    rows, number = [], 0
    for member in range(1, 41):
        at, balance = pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(luck.integers(0, 30))), 0
        rows.append((f"e{member}", member, at, "enrol", 0, 0, None))
        while (at := at + pd.Timedelta(days=int(luck.integers(10, 60)))) < pd.Timestamp("2025-12-20"):
            number, points = number + 1, int(luck.integers(20, 200))
            rows.append((f"o{number}", member, at, "earn", points, points * 100, number))
            balance += points
            if luck.random() < 0.1:
                rows.append((f"r{number}", member, at + pd.Timedelta(days=3), "refund", 0, points * 50, number))
            elif balance > 300 and luck.random() < 0.6:
                rows.append((f"d{number}", member, at + pd.Timedelta(days=4), "redeem", 200, 0, None))
                balance -= 200
    frame = pd.DataFrame(rows, columns=["event_id", "member_id", "at", "kind", "points", "amount_minor", "order_id"])
    return frame.assign(other_id=None).sort_values(["at", "event_id"], ignore_index=True)


@pytest.mark.parametrize("name", ["clinic_k", "language_school_l", "barbershop_b"])
def test_every_month_of_the_ledger_is_a_month_of_the_liability(name):
    from crm_toolkit.firm.loyalty import load_programme

    done = loyalty.replay(events(4), load_programme(name), as_of="2026-01-01")
    roll = analysis.liability_rollforward(done.movements, as_of="2025-12-31", per_point=0.05, redeemed_share=0.8)
    months = done.months().set_index("month").reindex(roll["month"])
    pairs = [("given", "issued"), ("redeemed", "redeemed"), ("expired", "expired"), ("reversed", "reversed"),
             ("points_closing", "closing")]  # fmt: skip
    for mine, theirs in pairs:
        assert (roll[mine].to_numpy() == months[theirs].to_numpy()).all(), mine
    assert roll["given"].sum() > 0
    table = analysis.breakage_table(done.movements, as_of="2025-12-31", draws=0)
    assert table["breakage"].dropna().between(0, 1).all()
