"""Bass models: ours beside scipy's ``curve_fit`` alone, on a thousand histories of adoption.

`CONTESTANTS` names for each question the functions of this module that answer it; each takes the histories (a frame, a
column for each) and the file that they came from, and returns what is timed. `make_data` writes the file,
`assert_equal` compares the answers.

Both minimise the squares of the periods (Srinivasan and Mason 1986), so the optimum is the same, and so are the errors.
``curve_fit`` must be told where to begin: it gets a usual guess, p = 0.01, q = 0.3 and twice what came, and takes the
slopes by differences. Where it does not arrive, its sum of squares says so: a history counts as equal if ours is not
larger. "curve_fit, told the truth" begins at the planted values, which no analyst has.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 20231231
SIZES = {"1,000 histories of 20 periods": 1_000}
SMALL = {"50 histories of 20 periods": 50}
PERIODS = 20
TOLERANCE = 1e-4  # relative, of p, q, m and their errors; curve_fit stops its climb a little earlier
CONTESTANTS = {
    "fit_bass, least squares": {
        "crm_toolkit": "ours_least_squares",
        "scipy curve_fit": "curve_fit_usual_start",
        "scipy curve_fit, told the truth": "curve_fit_true_start",
    },
    "fit_bass, largest likelihood": {
        "crm_toolkit": "ours_likelihood",
        "scipy minimize": "minimize_likelihood",
    },
}


def make_data(file: Path, histories: int = 1_000) -> None:
    """Histories with planted p, q and m that have passed their peak; people come one by one."""
    luck = np.random.default_rng(SEED)
    p, q = np.exp(luck.uniform(np.log(0.005), np.log(0.03), histories)), luck.uniform(0.3, 0.6, histories)
    m = np.round(np.exp(luck.uniform(np.log(2_000), np.log(200_000), histories)))
    columns = {}
    for place in range(histories):
        shares = np.diff(_share(np.arange(PERIODS + 1.0), p[place], q[place]))
        seen = luck.multinomial(int(m[place]), np.r_[shares, max(1 - shares.sum(), 0.0)])[:-1]
        columns[f"{p[place]:.17g} {q[place]:.17g} {m[place]:.17g}"] = seen.astype("float64")
    pd.DataFrame(columns).to_parquet(file, index=False)


def _share(t, p, q):
    fallen = np.exp(-(p + q) * t)
    return (1 - fallen) / (1 + q / p * fallen)


def _adopters(t, p, q, m):
    return m * (_share(t, p, q) - _share(t - 1, p, q))


def ours_least_squares(frame, _path):
    """fit_bass by least squares, with errors, intervals and peak."""
    return _ours(frame, "nls")


def ours_likelihood(frame, _path):
    """fit_bass by largest likelihood, with errors, intervals and peak."""
    return _ours(frame, "mle")


def curve_fit_usual_start(frame, _path):
    """scipy.optimize.curve_fit from a usual guess, with errors."""
    return _theirs(frame, lambda _name, seen: (0.01, 0.3, 2 * seen.sum()))


def curve_fit_true_start(frame, _path):
    """scipy.optimize.curve_fit from the planted values, with errors."""
    return _theirs(frame, lambda name, _seen: tuple(float(part) for part in name.split()))


def minimize_likelihood(frame, _path):
    """scipy.optimize.minimize (BFGS) of the profile likelihood of counts in log p and log q, without errors."""
    from scipy.optimize import minimize

    ends, histories = np.arange(PERIODS + 1.0), _histories(frame)

    def run():
        rows = []
        for _, seen in histories:
            total = seen.sum()

            def miss(z, seen=seen, total=total):
                shares = np.maximum(np.diff(_share(ends, *np.exp(z))), 1e-300)
                return float(total * np.log(shares.sum()) - seen @ np.log(shares)) / total

            p, q = np.exp(minimize(miss, np.log([0.01, 0.3]), method="BFGS", options={"gtol": 1e-9}).x)
            rows.append((p, q, total / _share(float(PERIODS), p, q)))
        return pd.DataFrame(rows, columns=["p", "q", "potential"])

    return run


def _histories(frame):
    return [(name, frame[name].to_numpy()) for name in frame.columns]


def _ours(frame, method):
    from crm_toolkit.analysis.diffusion import fit_bass

    histories = _histories(frame)
    fit_bass(histories[0][1], method=method)  # libraries are imported before the clock starts

    def run():
        rows = []
        for _, seen in histories:
            fit = fit_bass(seen, method=method)
            table = [fit.p, fit.q, fit.potential]
            if method == "nls":
                table += [*fit.parameters["standard_error"], float((fit.history["residual"] ** 2).sum())]
            rows.append(table)
        names = ["p", "q", "potential"]
        return pd.DataFrame(rows, columns=[*names, *(["p_error", "q_error", "m_error", "squares"] * (method == "nls"))])

    return run


def _theirs(frame, start):
    from scipy.optimize import curve_fit

    t, histories = np.arange(1.0, PERIODS + 1), _histories(frame)

    def run():
        rows = []
        for name, seen in histories:
            guess = start(name, seen)
            try:
                with np.errstate(all="ignore"):
                    found, spread = curve_fit(_adopters, t, seen, p0=guess, xtol=1e-10, ftol=1e-10, maxfev=5_000)
            except RuntimeError:  # it did not arrive
                rows.append((np.nan,) * 7)
                continue
            errors = np.sqrt(np.diag(spread))
            rows.append((*found, *errors, float(((seen - _adopters(t, *found)) ** 2).sum())))
        return pd.DataFrame(rows, columns=["p", "q", "potential", "p_error", "q_error", "m_error", "squares"])

    return run


def assert_equal(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    """Refuse to time answers that differ, where the other one arrived at an optimum that is as good as ours."""
    if len(ours) != len(theirs):
        raise AssertionError(f"{len(ours)} rows and {len(theirs)}")
    arrived = np.ones(len(ours), dtype=bool)
    if "squares" in ours:
        if (ours["squares"] > theirs["squares"].fillna(np.inf) * (1 + 1e-6)).any():
            raise AssertionError("the other one found a smaller sum of squares")
        arrived = (theirs["squares"] <= ours["squares"] * (1 + 1e-6)).to_numpy()
    if arrived.mean() < 0.5:
        raise AssertionError(f"only {arrived.mean():.0%} of the histories can be compared")
    names = [name for name in ours.columns if name != "squares"]
    np.testing.assert_allclose(
        ours[names].to_numpy()[arrived], theirs[names].to_numpy()[arrived], rtol=TOLERANCE, atol=1e-12
    )
