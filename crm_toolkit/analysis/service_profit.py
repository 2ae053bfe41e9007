"""The service-profit chain as a path: each link a regression, the whole a product, and what that does not show.

internal quality → employees → value → satisfaction → loyalty → profit          Heskett et al. 1994 (from memory)

Every link is the slope of one measure on the one before it, both in standard deviations over branches (or months).
Along a pure chain the first measure moves the last by the product of the links; what it moves beyond that has gone by
another way. The product is the same when the chain is read backwards, so data of one moment can't tell which way it
runs: profitable branches may well afford better work. A path is correlation in order, not an effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.shares import LEVEL
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, join_names, mark, say, say_count

CHAIN = ("internal_quality", "employee_satisfaction", "value", "satisfaction", "loyalty", "profit")
LIMITS = mark("Correlation in order: read backwards, the same data give the same product of links.")
LEAST_UNITS = 10


@dataclass(frozen=True, eq=False)
class ServiceProfitPath:
    """Links of a chain of measures.

    Parameters
    ----------
    links : pandas.DataFrame
        ``cause``, ``outcome``, ``coefficient`` (standard deviations of the outcome for one of the cause, −1 to 1),
        ``low``, ``high`` (bootstrap over units), ``r_squared``.
    product, product_low, product_high : float
        Product of all links: how far the first moves the last along the chain.
    total : float
        Correlation of the first with the last.
    beyond, beyond_low, beyond_high : float
        total less product: what does not go along the chain.
    units, left_out : int
        Whole rows; rows with a missing value.
    level : float
    """

    links: pd.DataFrame
    product: float
    product_low: float
    product_high: float
    total: float
    beyond: float
    beyond_low: float
    beyond_high: float
    units: int
    left_out: int
    level: float

    def __str__(self) -> str:
        told = say_count(
            "{count} unit: along the chain {product} (from {low} to {high}), in all {total}.",
            "{count} units: along the chain {product} (from {low} to {high}), in all {total}.",
            self.units,
            product=format_number(self.product, 2),
            low=format_number(self.product_low, 2),
            high=format_number(self.product_high, 2),
            total=format_number(self.total, 2),
        )
        if self.beyond_low > 0 or self.beyond_high < 0:
            told += " " + say("Part of it goes by another way: {beyond} (from {low} to {high}).",
                              beyond=format_number(self.beyond, 2), low=format_number(self.beyond_low, 2),
                              high=format_number(self.beyond_high, 2))  # fmt: skip
        return f"{told} {say(LIMITS)}"


def service_profit_path(
    units: Any,
    chain: Sequence[str] = CHAIN,
    *,
    level: float = LEVEL.default,
    replications: int = 1_000,
    seed: int = 0,
) -> ServiceProfitPath:
    """Follow a chain of measures from internal quality to profit over branches.

    Parameters
    ----------
    units : frame, relation or path
        One row for each branch (or branch and month), with a column of numbers for each measure. Rows with a missing
        value are left out.
    chain : sequence of str
        Two or more of the columns, causes before outcomes.
    level : float
        Level of the intervals, a fraction.
    replications, seed : int
        Of the bootstrap over units, 100 to 100,000.

    Returns
    -------
    ServiceProfitPath

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, the chain has fewer than two measures, there are fewer than ten
        whole rows, or a measure is the same everywhere.

    References
    ----------
    Heskett, J. L. et al. (1994). Putting the Service-Profit Chain to Work. Harvard Business Review 72(2). After memory,
    not checked against the source.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(2)
    >>> branches = pd.DataFrame({"staff": rng.normal(size=200)})
    >>> branches["service"] = 0.8 * branches["staff"] + 0.6 * rng.normal(size=200)
    >>> branches["profit"] = 0.5 * branches["service"] + rng.normal(size=200)
    >>> path = service_profit_path(branches, ["staff", "service", "profit"])
    >>> path.links["coefficient"].round(1).tolist()
    [0.8, 0.5]
    >>> bool(path.beyond_low < 0 < path.beyond_high)
    True
    """
    share = LEVEL.check(level)
    names = [chain] if isinstance(chain, str) else list(chain)
    heading = say("`{function}` can't follow this chain.", function="service_profit_path")
    problems = []
    if len(names) < 2 or len(set(names)) < len(names):
        what = say("A chain needs two measures or more, each named once.")
        problems.append(Problem("too_few", what, say("Found: {value}.", value=repr(names)), column="chain"))
    if isinstance(replications, bool) or not isinstance(replications, int) or not 100 <= replications <= 100_000:
        what = say("`{name}` can't be {value}.", name="replications", value=repr(replications))
        allowed = say("A whole number from {low} to {high} is allowed.", low=100, high=format_number(100_000))
        problems.append(Problem("outside_range", what, advice=allowed, column="replications"))
    if problems:
        raise InputError(heading, problems)
    found = brought_home(units, dict.fromkeys(names, "number"), asked_by="service_profit_path")[names]
    values = found.dropna().to_numpy()
    values = values[np.lexsort(values.T)] if len(values) else values  # the same sums for every order of the rows
    if len(values) < LEAST_UNITS:
        what = say_count("{count} whole row; {least} are needed at least.", "{count} whole rows; {least} are needed at "
                         "least.", len(values), least=LEAST_UNITS)  # fmt: skip
        raise InputError(heading, [Problem("too_few", what)])
    flat = [name for name, spread in zip(names, np.ptp(values, axis=0), strict=True) if spread < 1e-12]
    if flat:
        what = say("These are the same everywhere: {names}.", names=join_names(flat))
        raise InputError(heading, [Problem("no_spread", what, column=flat[0])])
    size = len(values)
    picks = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=replications)
    whole, drawn = (_correlations(values, weight.astype("float64")) for weight in (np.ones((1, size)), picks))
    steps = np.arange(len(names) - 1)
    links, link_draws = whole[0, steps, steps + 1], drawn[:, steps, steps + 1]
    ends = [(1 - share) / 2, (1 + share) / 2]
    low, high = np.nanquantile(link_draws, ends, axis=0)
    product, total = float(links.prod()), float(whole[0, 0, -1])
    products = link_draws.prod(axis=1)
    product_ends = np.nanquantile(products, ends)
    beyond_ends = np.nanquantile(drawn[:, 0, -1] - products, ends)
    table = pd.DataFrame(
        {"cause": names[:-1], "outcome": names[1:], "coefficient": links, "low": low, "high": high,
         "r_squared": links**2}
    )  # fmt: skip
    return ServiceProfitPath(
        table, product, float(product_ends[0]), float(product_ends[1]), total, total - product, float(beyond_ends[0]),
        float(beyond_ends[1]), size, len(found) - size, share,
    )  # fmt: skip


def _correlations(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Correlation matrices, one for each row of weights."""
    middle = values - values.mean(axis=0)
    middle = middle / middle.std(axis=0)
    total = weights.sum(axis=1)
    mean = weights @ middle / total[:, None]
    k = values.shape[1]
    squares = (middle[:, :, None] * middle[:, None, :]).reshape(len(values), -1)
    covariance = (weights @ squares / total[:, None]).reshape(-1, k, k) - mean[:, :, None] * mean[:, None, :]
    spread = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 0.0))
    scale = spread[:, :, None] * spread[:, None, :]
    return np.divide(covariance, scale, out=np.full_like(covariance, np.nan), where=scale > 1e-9)
