"""Uplift metrics of one million customers: ours beside scikit-uplift (0.5, no longer kept).

``CONTESTANTS`` names for every question the functions of this module that answer it. Each takes the table of
`customers` and returns a callable that is timed; called, it returns a number or an array, and `assert_equal` refuses to
time contestants who do not answer the same. Run by ``benchmarks/analysis.py``; scikit-uplift wants an interpreter of
its own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

SEED, CUSTOMERS = 20240131, 1_000_000


def customers(count: int = CUSTOMERS) -> pd.DataFrame:
    """An experiment: a score, who was treated, who answered; the score is right about who is moved."""
    luck = np.random.default_rng(SEED)
    score, treated = luck.normal(size=count), luck.integers(0, 2, count)
    outcome = (luck.random(count) < 0.10 + 0.03 * treated * (score > 0)).astype("int64")
    return pd.DataFrame({"uplift": score, "treated": treated, "outcome": outcome})


def ours_qini(table):
    """qini_curve, without intervals."""
    from crm_toolkit.analysis.uplift.metrics import qini_curve

    return lambda: qini_curve(table, draws=0).coefficient


def ours_auuc(table):
    """uplift_curve, without intervals."""
    from crm_toolkit.analysis.uplift.metrics import uplift_curve

    return lambda: uplift_curve(table, draws=0).coefficient


def ours_at_k(table):
    """uplift_at_k, without intervals."""
    from crm_toolkit.analysis.uplift.metrics import uplift_at_k

    return lambda: uplift_at_k(table, k=0.3, draws=0).estimate


def ours_deciles(table):
    """uplift_by_decile, with intervals."""
    from crm_toolkit.analysis.uplift.metrics import uplift_by_decile

    return lambda: uplift_by_decile(table)["uplift"].to_numpy()


def ours_qini_interval(table):
    """qini_curve with 200 bootstrap draws."""
    from crm_toolkit.analysis.uplift.metrics import qini_curve

    return lambda: qini_curve(table, draws=200).coefficient


def _columns(table):
    return (table[name].to_numpy() for name in ("outcome", "uplift", "treated"))


def sklift_qini(table):
    """scikit-uplift, qini_auc_score."""
    from sklift.metrics import qini_auc_score

    y, score, treated = _columns(table)
    return lambda: qini_auc_score(y, score, treated)


def sklift_auuc(table):
    """scikit-uplift, uplift_auc_score."""
    from sklift.metrics import uplift_auc_score

    y, score, treated = _columns(table)
    return lambda: uplift_auc_score(y, score, treated)


def sklift_at_k(table):
    """scikit-uplift, uplift_at_k."""
    from sklift.metrics import uplift_at_k

    y, score, treated = _columns(table)
    return lambda: uplift_at_k(y, score, treated, strategy="overall", k=0.3)


def sklift_deciles(table):
    """scikit-uplift, uplift_by_percentile."""
    from sklift.metrics import uplift_by_percentile

    y, score, treated = _columns(table)
    return lambda: uplift_by_percentile(y, score, treated)["uplift"].to_numpy()


CONTESTANTS: dict[str, dict[str, str]] = {
    "Qini coefficient": {"ours": "ours_qini", "scikit-uplift": "sklift_qini"},
    "AUUC": {"ours": "ours_auuc", "scikit-uplift": "sklift_auuc"},
    "uplift at 30 %": {"ours": "ours_at_k", "scikit-uplift": "sklift_at_k"},
    "uplift by decile": {"ours": "ours_deciles", "scikit-uplift": "sklift_deciles"},
    "Qini coefficient with a bootstrap interval": {"ours": "ours_qini_interval"},
}


def assert_equal(answers: dict[str, object]) -> None:
    """Refuse to time contestants who do not answer the same question."""
    first, *others = answers.values()
    for other in others:
        np.testing.assert_allclose(np.asarray(other, dtype=float), np.asarray(first, dtype=float), rtol=1e-9, atol=1e-9)
