"""Uplift metrics of a million customers: ours, without intervals, beside scikit-uplift, which is no longer kept.

scikit-uplift wants an interpreter of its own. The last question has no peer: a bootstrap interval by 200 draws.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 20240131
SIZES = {"1,000,000 customers": 1_000_000}
SMALL = {"20,000 customers": 20_000}
AT_LEAST = 0.5  # seconds


def make_data(file: Path, customers: int) -> None:
    """An experiment: a score, who was treated, who answered; the score is right about who is moved."""
    luck = np.random.default_rng(SEED)
    score, treated = luck.normal(size=customers), luck.integers(0, 2, customers)
    outcome = (luck.random(customers) < 0.10 + 0.03 * treated * (score > 0)).astype("int64")
    with file.open("wb") as out:
        np.savez(out, uplift=score, treated=treated, outcome=outcome)


def read(file: Path) -> pd.DataFrame:
    """The experiment's table; every interpreter reads numpy's files."""
    with np.load(file) as columns:
        return pd.DataFrame({name: columns[name] for name in columns.files})


def ours_qini(table, _path):
    """qini_curve, without intervals."""
    from crm_toolkit.analysis.uplift.metrics import qini_curve

    return lambda: qini_curve(table, draws=0).coefficient


def ours_auuc(table, _path):
    """uplift_curve, without intervals."""
    from crm_toolkit.analysis.uplift.metrics import uplift_curve

    return lambda: uplift_curve(table, draws=0).coefficient


def ours_at_k(table, _path):
    """uplift_at_k, without intervals."""
    from crm_toolkit.analysis.uplift.metrics import uplift_at_k

    return lambda: uplift_at_k(table, k=0.3, draws=0).estimate


def ours_deciles(table, _path):
    """uplift_by_decile, with intervals."""
    from crm_toolkit.analysis.uplift.metrics import uplift_by_decile

    return lambda: uplift_by_decile(table)["uplift"].to_numpy()


def ours_qini_interval(table, _path):
    """qini_curve with 200 bootstrap draws."""
    from crm_toolkit.analysis.uplift.metrics import qini_curve

    return lambda: qini_curve(table, draws=200).coefficient


def _columns(table):
    return (table[name].to_numpy() for name in ("outcome", "uplift", "treated"))


def sklift_qini(table, _path):
    """scikit-uplift, qini_auc_score."""
    from sklift.metrics import qini_auc_score

    y, score, treated = _columns(table)
    return lambda: qini_auc_score(y, score, treated)


def sklift_auuc(table, _path):
    """scikit-uplift, uplift_auc_score."""
    from sklift.metrics import uplift_auc_score

    y, score, treated = _columns(table)
    return lambda: uplift_auc_score(y, score, treated)


def sklift_at_k(table, _path):
    """scikit-uplift, uplift_at_k."""
    from sklift.metrics import uplift_at_k

    y, score, treated = _columns(table)
    return lambda: uplift_at_k(y, score, treated, strategy="overall", k=0.3)


def sklift_deciles(table, _path):
    """scikit-uplift, uplift_by_percentile."""
    from sklift.metrics import uplift_by_percentile

    y, score, treated = _columns(table)
    return lambda: uplift_by_percentile(y, score, treated)["uplift"].to_numpy()


CONTESTANTS = {
    "Qini coefficient": {"crm_toolkit": "ours_qini", "scikit-uplift": "sklift_qini"},
    "AUUC": {"crm_toolkit": "ours_auuc", "scikit-uplift": "sklift_auuc"},
    "uplift at 30 %": {"crm_toolkit": "ours_at_k", "scikit-uplift": "sklift_at_k"},
    "uplift by decile": {"crm_toolkit": "ours_deciles", "scikit-uplift": "sklift_deciles"},
    "Qini coefficient with a bootstrap interval": {"crm_toolkit": "ours_qini_interval"},
}


def assert_equal(ours: object, other: object) -> None:
    """Refuse to time contestants who do not answer the same question."""
    np.testing.assert_allclose(np.asarray(other, dtype=float), np.asarray(ours, dtype=float), rtol=1e-9, atol=1e-9)
