"""Survival on a million customers: ours beside lifelines.

`CONTESTANTS` names for each question the functions of this module that answer it; each takes the frame of lives and the
file that it came from, and returns what is timed. `make_data` writes the file, `assert_equal` compares the answers.

Times are whole days (many customers leave on the same one) or continuous (nobody does). lifelines pins pandas below 3,
so it runs with an interpreter of its own.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 20231231
COVARIATES = ["a", "b", "c", "d", "e"]
PLANTED = np.array([0.5, -0.3, 0.2, 0.0, 0.1])
CURVE_TOLERANCE = 1e-9
COX_TOLERANCE = 1e-4  # lifelines ends its climb a little earlier


def make_data(file: Path, customers: int = 1_000_000) -> None:
    """Lives with five covariates, three fifths of them seen to the end; ``days`` are whole, ``duration`` is not."""
    luck = np.random.default_rng(SEED)
    x = luck.normal(size=(customers, len(COVARIATES)))
    left, end = luck.exponential(30 * np.exp(-x @ PLANTED)), luck.uniform(5, 60, customers)
    frame = pd.DataFrame(x, columns=COVARIATES)
    duration = np.minimum(left, end)
    frame.assign(days=np.ceil(duration * 7), duration=duration, event=left <= end).to_parquet(file, index=False)


def ours_curve_days(frame, _path):
    """kaplan_meier with its intervals, whole days."""
    return _our_curve(frame, "days")


def ours_curve_continuous(frame, _path):
    """kaplan_meier with its intervals, continuous time."""
    return _our_curve(frame, "duration")


def lifelines_curve_days(frame, _path):
    """lifelines, KaplanMeierFitter with its intervals, whole days."""
    return _their_curve(frame, "days")


def lifelines_curve_continuous(frame, _path):
    """lifelines, KaplanMeierFitter with its intervals, continuous time."""
    return _their_curve(frame, "duration")


def ours_cox_days(frame, _path):
    """fit_cox, ties after Efron, whole days."""
    return _our_cox(frame, "days")


def ours_cox_continuous(frame, _path):
    """fit_cox, continuous time."""
    return _our_cox(frame, "duration")


def lifelines_cox_days(frame, _path):
    """lifelines, CoxPHFitter, ties after Efron, whole days."""
    return _their_cox(frame, "days")


def lifelines_cox_continuous(frame, _path):
    """lifelines, CoxPHFitter, continuous time."""
    return _their_cox(frame, "duration")


def _our_curve(frame, time):
    import scipy.special  # noqa: F401  libraries are imported before the clock starts

    from crm_toolkit.analysis.survival.kaplan_meier import kaplan_meier

    return lambda: kaplan_meier(frame, duration=time).table[["survival", "low", "high"]]


def _their_curve(frame, time):
    from lifelines import KaplanMeierFitter

    def run():
        fitter = KaplanMeierFitter().fit(frame[time], frame["event"])
        table = pd.concat([fitter.survival_function_, fitter.confidence_interval_], axis=1)
        return table.set_axis(["survival", "low", "high"], axis=1).iloc[1:].reset_index(drop=True)

    return run


def _our_cox(frame, time):
    import scipy.special  # noqa: F401

    from crm_toolkit.analysis.survival.cox import fit_cox

    return lambda: fit_cox(frame, COVARIATES, duration=time).coefficients[["coefficient", "standard_error"]]


def _their_cox(frame, time):
    from lifelines import CoxPHFitter

    def run():
        fitter = CoxPHFitter().fit(frame[[*COVARIATES, time, "event"]], time, "event")
        return pd.DataFrame({"coefficient": fitter.params_.array, "standard_error": fitter.standard_errors_.array})

    return run


CONTESTANTS = {
    f"{question}, {kind}": {"crm_toolkit": f"ours_{question}_{kind}", "lifelines": f"lifelines_{question}_{kind}"}
    for question in ("curve", "cox")
    for kind in ("days", "continuous")
}


def assert_equal(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    """Refuse to time answers that differ; where a curve is 0 or 1 the two have other conventions for its limits."""
    if len(ours) != len(theirs):
        raise AssertionError(f"{len(ours)} rows and {len(theirs)}")
    inner = np.ones(len(ours), dtype=bool)
    tolerance = COX_TOLERANCE
    if "survival" in ours:
        inner = (ours["survival"] > 0) & (ours["survival"] < 1)
        tolerance = CURVE_TOLERANCE
    np.testing.assert_allclose(ours.to_numpy()[inner], theirs.to_numpy()[inner], rtol=0, atol=tolerance)
