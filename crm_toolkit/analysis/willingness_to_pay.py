"""What people would pay for an attribute, from a fitted logit: a ratio of two estimates, with its interval.

The delta method takes the ratio as nearly linear; Krinsky and Robb draw both coefficients from their joint normal
distribution and take quantiles. Where the price's own interval reaches 0 the ratio may be anything, and neither holds.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd

from crm_toolkit.analysis.choice import MNLFit
from crm_toolkit.analysis.shares import LEVEL
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, join_names, say


def willingness_to_pay_table(
    fit: MNLFit,
    *,
    price: str,
    method: str = "delta",
    draws: int = 10_000,
    seed: int = 0,
    level: float | None = None,
) -> pd.DataFrame:
    """What people would pay for one unit more of each attribute, with intervals.

    Parameters
    ----------
    fit : MNLFit
        From `fit_mnl`.
    price : str
        Name of the price's coefficient.
    method : {"delta", "krinsky_robb"}
        The interval by the delta method, or by quantiles of draws from the estimates' normal distribution.
    draws, seed : int
        Of the draws, 100 to 1,000,000.
    level : float, optional
        Level of the intervals; by default the fit's.

    Returns
    -------
    pandas.DataFrame
        ``name``, ``estimate`` (−β/β_price, units of money per unit), ``low``, ``high``, ``sure`` (flag: the price's own
        interval lies below 0; where it does not, no interval of a ratio is to be trusted).

    Raises
    ------
    InputError
        If the price is no coefficient of the fit, its estimate is not below 0, or an option is not allowed.

    References
    ----------
    Krinsky, I., Robb, A. L. (1986). On Approximating the Statistical Properties of Elasticities. Review of Economics
    and Statistics 68, 715–719. After memory, not checked against the source.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.choice import fit_mnl
    >>> rng = np.random.default_rng(3)
    >>> offers = pd.DataFrame({"task_id": np.repeat(range(800), 2), "price": rng.uniform(5, 15, 1600)})
    >>> offers["trainer"] = rng.integers(0, 2, 1600)
    >>> worth = 1.2 * offers["trainer"] - 0.4 * offers["price"] + rng.gumbel(size=1600)
    >>> offers["chosen"] = worth == worth.groupby(offers["task_id"]).transform("max")
    >>> fit = fit_mnl(offers, ["trainer", "price"])
    >>> print(willingness_to_pay_table(fit, price="price").round(2).to_string(index=False))
       name  estimate  low  high  sure
    trainer      2.82 2.12  3.51  True
    """
    names = fit.coefficients["name"].tolist()
    heading = say("`{function}` can't weigh in money.", function="willingness_to_pay_table")
    problems = []
    if price not in names:
        what = say("`{name}` can't be {value}.", name="price", value=repr(price))
        found = say("Coefficients: {names}.", names=join_names(names))
        problems.append(Problem("unknown_option", what, found, column="price"))
    if method not in ("delta", "krinsky_robb"):
        what = say("`{name}` can't be {value}.", name="method", value=repr(method))
        found = say("Allowed: {names}.", names="'delta', 'krinsky_robb'")
        problems.append(Problem("unknown_option", what, found, column="method"))
    if isinstance(draws, bool) or not isinstance(draws, int) or not 100 <= draws <= 1_000_000:
        what = say("`{name}` can't be {value}.", name="draws", value=repr(draws))
        allowed = say("A whole number from {low} to {high} is allowed.", low=100, high=format_number(1_000_000))
        problems.append(Problem("outside_range", what, advice=allowed, column="draws"))
    share = fit.level if level is None else LEVEL.check(level)
    if not problems:
        place = names.index(price)
        estimate = fit.coefficients["estimate"].to_numpy()
        if estimate[place] >= 0:
            what = say("The coefficient of `{name}` is {value}.", name=price, value=format_number(estimate[place], 4))
            why = say("It is not below 0: a higher price would repel nobody, so nothing can be weighed in money.")
            problems.append(Problem("outside_range", what, why, column="price"))
    if problems:
        raise InputError(heading, problems)
    others = np.array([k for k in range(len(names)) if k != place], dtype="int64")
    worth = -estimate[others] / estimate[place]
    z = NormalDist().inv_cdf((1 + share) / 2)
    if method == "delta":
        slope = np.zeros((len(others), len(names)))
        slope[np.arange(len(others)), others] = -1 / estimate[place]
        slope[:, place] = estimate[others] / estimate[place] ** 2
        half = z * np.sqrt(np.einsum("ij,jk,ik->i", slope, fit.covariance, slope))
        low, high = worth - half, worth + half
    else:
        root = np.linalg.cholesky(fit.covariance)
        drawn = estimate + np.random.default_rng(seed).normal(size=(draws, len(names))) @ root.T
        ratio = -drawn[:, others] / drawn[:, [place]]
        low, high = np.quantile(ratio, [(1 - share) / 2, (1 + share) / 2], axis=0)
    sure = estimate[place] + z * float(np.sqrt(fit.covariance[place, place])) < 0
    return pd.DataFrame(
        {"name": [names[k] for k in others], "estimate": worth, "low": low, "high": high,
         "sure": np.full(len(others), bool(sure))}
    )  # fmt: skip
