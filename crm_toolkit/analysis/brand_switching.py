"""Why do customers switch brands, and what is it worth to serve them better? (Rust, Lemon and Zeithaml 2004)

A sample of customers rates every brand of the market on drivers: quality and price (value equity), image (brand
equity), programmes and service (relationship equity), and says which brand was bought last and which will be next.
A customer i of brand j chooses k next with the probability of a multinomial logit

P_i(j → k) ∝ exp(β₀ [j = k] + Σ_m β_m x_ikm),

β₀ is inertia, x_ikm the rating of brand k on driver m. Maximum likelihood gives β; its standard errors are robust
(sandwich over customers), so stated shares may stand in place of one choice. With each customer's own switching matrix
B_i, f purchases a year and a contribution v the value to brand k is Σₜ (1 + d)^(−t/f) · v · (B_iᵗ)_jk; its mean over
the sample times the number of customers in the market is the brand's customer equity. Better ratings change B_i, and
so equity: that is the return to set against what the improvement costs.

β is what goes together in one survey, not what an improvement has been shown to cause.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.analysis.tables import collected, opened, require_sound
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import join_names, say, say_count

Floats = NDArray[np.float64]

MIN_RESPONDENTS = 30  # convention
_FARTHEST = 30.0  # a coefficient times the spread of its driver: beyond it choices are foretold without error


@dataclass(frozen=True, eq=False)
class BrandSwitching:
    """A logit model of the next brand, with the answers it comes from.

    Parameters
    ----------
    coefficients : pandas.DataFrame
        One row for ``inertia`` and each driver: ``driver``, ``estimate`` (logits per unit of rating),
        ``standard_error`` (robust), ``low``, ``high`` (95 %).
    log_likelihood, log_likelihood_null : float
        Of the model, and of equal chances for all brands.
    brands, drivers : tuple of str
        In the order of the arrays.
    respondents : int
        Customers of the sample.
    """

    coefficients: pd.DataFrame
    log_likelihood: float
    log_likelihood_null: float
    brands: tuple[Any, ...]
    drivers: tuple[str, ...]
    respondents: int
    _last: NDArray[np.intp] = field(repr=False)
    _ratings: Floats = field(repr=False)

    def matrix(self, improve: Mapping[tuple[Any, str], float] | None = None) -> pd.DataFrame:
        """The mean switching matrix of all respondents.

        Parameters
        ----------
        improve : mapping, optional
            ``{(brand, driver): points}``: added to every respondent's rating first.

        Returns
        -------
        pandas.DataFrame
            Row: the brand bought last, column: the next one; rows add up to 1.
        """
        return pd.DataFrame(self._matrices(improve).mean(axis=0), index=list(self.brands), columns=list(self.brands))

    def _matrices(self, improve: Mapping[tuple[Any, str], float] | None) -> Floats:
        beta = self.coefficients["estimate"].to_numpy()
        utility = (self._improved(improve) * beta[1:]).sum(axis=2)
        logits = utility[:, None, :] + beta[0] * np.eye(len(self.brands))
        chances = np.exp(logits - logits.max(axis=2, keepdims=True))
        return chances / chances.sum(axis=2, keepdims=True)

    def _improved(self, improve: Mapping[tuple[Any, str], float] | None) -> Floats:
        if not improve:
            return self._ratings
        problems, ratings = [], self._ratings.copy()
        for place, points in improve.items():
            known = isinstance(place, tuple) and len(place) == 2
            if not (known and place[0] in self.brands and place[1] in self.drivers):
                what = say("There is no {name} in the model.", name=repr(place))
                found = say("Brands: {brands}; drivers: {drivers}.", brands=join_names(self.brands),
                            drivers=join_names(self.drivers))  # fmt: skip
                problems.append(Problem("unknown_option", what, found, column="improve"))
            elif not math.isfinite(points):
                problems.append(Problem("outside_range", say("A finite number is needed."), column="improve"))
            else:
                ratings[:, self.brands.index(place[0]), self.drivers.index(place[1])] += points
        if problems:
            raise InputError(say("`{function}` can't use these numbers.", function="improve"), problems)
        return ratings


def fit_brand_switching(
    answers: Any,
    drivers: Sequence[str],
    *,
    customer: str = "customer_id",
    brand: str = "brand",
    last: str = "last",
    chosen: str = "chosen",
) -> BrandSwitching:
    """Estimate what makes customers choose their next brand.

    Parameters
    ----------
    answers : frame or relation
        One row per customer and brand, every customer with every brand: ``customer_id``, ``brand``, ``last`` (1 for the
        brand bought last, else 0), ``chosen`` (1 for the next one, else 0; or stated shares that add up to 1) and the
        drivers (ratings, numbers).
    drivers : sequence of str
        Columns with ratings.
    customer, brand, last, chosen : str
        Names of the columns.

    Returns
    -------
    BrandSwitching

    Raises
    ------
    InputError
        If a column is missing or not of numbers, a value is missing or infinite, a customer lacks a brand or rates it
        twice, ``last`` does not name one brand or ``chosen`` does not add up to 1, there are fewer than 30 customers, a
        driver does not differ between brands, or drivers foretell the choice without error.

    References
    ----------
    Rust, R. T., Lemon, K. N. and Zeithaml, V. A. (2004). Return on Marketing: Using Customer Equity to Focus Marketing
    Strategy. Journal of Marketing 68 (1), 109–127. McFadden, D. (1974). Conditional Logit Analysis of Qualitative
    Choice Behavior. In Zarembka (ed.), Frontiers in Econometrics, 105–142.

    Examples
    --------
    >>> luck = np.random.default_rng(1)
    >>> quality, last = luck.normal(0, 1, (500, 2)), luck.integers(0, 2, 500)
    >>> utility = 1.0 * quality + 1.5 * (last[:, None] == np.arange(2)) + luck.gumbel(size=(500, 2))
    >>> answers = pd.DataFrame({"customer_id": np.repeat(np.arange(500), 2), "brand": ["north", "south"] * 500})
    >>> answers["last"] = (last[:, None] == np.arange(2)).ravel() * 1
    >>> answers["chosen"] = (utility.argmax(axis=1)[:, None] == np.arange(2)).ravel() * 1
    >>> answers["quality"] = quality.ravel()
    >>> found = fit_brand_switching(answers, ["quality"]).coefficients
    >>> [low < true < high for low, true, high in zip(found["low"], [1.5, 1.0], found["high"])]
    [True, True]
    """
    asked_by = "fit_brand_switching"
    names = (drivers,) if isinstance(drivers, str) else tuple(dict.fromkeys(drivers))
    frame = opened(answers, (customer, brand, last, chosen, *names), asked_by=asked_by)
    heading = say("`{function}` can't be estimated.", function=asked_by)
    if not names:
        raise InputError(heading, [Problem("empty", say("Name at least one driver."), column="drivers")])
    require_sound(frame, (last, chosen, *names), asked_by=asked_by, heading=heading)
    table = collected(frame.select(customer, brand, last, chosen, *names))
    brands, bought, shares, ratings = _arrays(table, (customer, brand, last, chosen), names, heading)
    people, many = shares.shape
    features = np.concatenate([np.eye(many)[bought][:, :, None], ratings], axis=2)
    _require_variety(ratings, names, heading)
    beta, height, inverse, scores = _logit(features, shares, ("inertia", *names), heading)
    robust = inverse @ (scores.T @ scores) @ inverse
    error = np.sqrt(np.diag(robust))
    coefficients = pd.DataFrame(
        {
            "driver": ["inertia", *names],
            "estimate": beta,
            "standard_error": error,
            "low": beta - 1.959963984540054 * error,
            "high": beta + 1.959963984540054 * error,
        }
    )
    return BrandSwitching(coefficients, height, -people * math.log(many), tuple(brands), names, people, bought, ratings)


def brand_equity(
    model: BrandSwitching,
    *,
    purchases_per_year: float,
    annual_discount_rate: float,
    years: float,
    customers: float,
    contribution: float = 1.0,
    improve: Mapping[tuple[Any, str], float] | None = None,
) -> pd.DataFrame:
    """What the customers of a market will be worth to every brand.

    Parameters
    ----------
    model : BrandSwitching
        As `fit_brand_switching` returns it.
    purchases_per_year : float
        f, above 0.
    annual_discount_rate, years : float
        d, a fraction from 0; the horizon, above 0: ⌊f · years⌋ purchases, at most 10,000.
    customers : float
        Number of customers in the market, from 0.
    contribution : float
        v of a purchase, currency units.
    improve : mapping, optional
        ``{(brand, driver): points}``: what equity would be if every rating of that brand were so much higher.

    Returns
    -------
    pandas.DataFrame
        One row per brand: ``brand``, ``value`` (mean lifetime value of a customer of the market to the brand, currency
        units), ``customer_equity`` (times all customers) and ``share`` (fraction of the equity of all brands).

    Raises
    ------
    InputError
        If a number lies outside its range, or ``improve`` names no brand or driver of the model.

    References
    ----------
    Rust, Lemon and Zeithaml (2004), as for `fit_brand_switching`.
    """
    f, d, horizon, people, v = require_numbers(
        "brand_equity",
        purchases_per_year=(purchases_per_year, 1e-9, 1e6),
        annual_discount_rate=(annual_discount_rate, 0, math.inf),
        years=(years, 0, 1_000),
        customers=(customers, 0, math.inf),
        contribution=(contribution, -math.inf, math.inf),
    )
    require_numbers("brand_equity", purchases=(math.floor(f * horizon + 1e-9), 0, 10_000))
    matrices = model._matrices(improve)
    bought = np.eye(len(model.brands))[model._last]
    value = np.zeros(len(model.brands))
    for t in range(1, math.floor(f * horizon + 1e-9) + 1):
        bought = np.einsum("ij,ijk->ik", bought, matrices)
        value = value + (1 + d) ** (-t / f) * v * bought.mean(axis=0)
    total = float(value.sum())
    return pd.DataFrame(
        {
            "brand": list(model.brands),
            "value": value,
            "customer_equity": value * people,
            "share": value / total if total else 0.0,
        }
    )


def driver_elasticities(model: BrandSwitching, brand: Any, *, points: float = 0.1, **equity: Any) -> pd.DataFrame:
    """By how much a brand's customer equity grows when one of its ratings improves.

    Parameters
    ----------
    model : BrandSwitching
        As `fit_brand_switching` returns it.
    brand : object
        The brand that improves.
    points : float
        By how many points of the rating, above 0; a convention.
    **equity
        ``purchases_per_year``, ``annual_discount_rate``, ``years``, ``customers``, ``contribution`` as for
        `brand_equity`.

    Returns
    -------
    pandas.DataFrame
        One row per driver, the strongest first: ``driver``, ``gain`` (currency units of equity for ``points``),
        ``gain_share`` (fraction of today's equity), ``elasticity`` (per cent of equity per per cent of the mean rating;
        missing where the mean rating is not above 0).

    Raises
    ------
    InputError
        As `brand_equity`, or if the brand is unknown.
    """
    (step,) = require_numbers("driver_elasticities", points=(points, 1e-9, 1e9))
    if brand not in model.brands:
        what = say("There is no {name} in the model.", name=repr(brand))
        found = say("Brands: {brands}; drivers: {drivers}.", brands=join_names(model.brands),
                    drivers=join_names(model.drivers))  # fmt: skip
        heading = say("`{function}` can't use these numbers.", function="driver_elasticities")
        raise InputError(heading, [Problem("unknown_option", what, found, column="brand")])
    place = model.brands.index(brand)
    now = float(brand_equity(model, **equity)["customer_equity"].iloc[place])
    rows = []
    for number, driver in enumerate(model.drivers):
        then = brand_equity(model, **equity, improve={(brand, driver): step})["customer_equity"].iloc[place]
        share = float(then) / now - 1 if now else 0.0
        mean = float(model._ratings[:, place, number].mean())
        rows.append((driver, float(then) - now, share, share / (step / mean) if mean > 0 else math.nan))
    table = pd.DataFrame(rows, columns=["driver", "gain", "gain_share", "elasticity"])
    return table.sort_values(["gain", "driver"], ascending=[False, True], ignore_index=True)


def _arrays(
    table: pd.DataFrame, columns: tuple[str, str, str, str], names: tuple[str, ...], heading: str
) -> tuple[list[Any], NDArray[np.intp], Floats, Floats]:
    """Brands, the last brand of each customer, shares (customers, brands), ratings (customers, brands, drivers)."""
    customer, brand, last, chosen = columns
    problems = []
    for name in (customer, brand):
        count = int(table[name].isna().sum())
        if count:
            what = say_count("{count} row lacks a `{name}`.", "{count} rows lack a `{name}`.", count, name=name)
            problems.append(Problem("no_name", what, column=name))
    if problems:
        raise InputError(heading, problems)
    who, people = pd.factorize(table[customer], sort=True)
    which, brands = pd.factorize(table[brand], sort=True)
    many = len(brands)
    if many < 2 or len(people) < MIN_RESPONDENTS:
        what = say("There are {people} customers and {brands} brands; at least {least} and 2 are needed.",
                   people=len(people), brands=many, least=MIN_RESPONDENTS)  # fmt: skip
        raise InputError(heading, [Problem("too_few", what, column=customer)])
    cells = np.bincount(who * many + which, minlength=len(people) * many)
    broken = int((cells.reshape(-1, many) != 1).any(axis=1).sum())
    if broken:
        what = say_count("{count} customer does not rate every brand once.",
                         "{count} customers do not rate every brand once.", broken)  # fmt: skip
        raise InputError(heading, [Problem("not_square", what, column=brand)])
    order = np.lexsort((which, who))
    numbers = table[[last, chosen, *names]].to_numpy(dtype="float64")[order].reshape(len(people), many, -1)
    flags, shares = numbers[:, :, 0], numbers[:, :, 1]
    checks = (
        (last, ~(np.isin(flags, (0.0, 1.0)).all(axis=1) & (flags.sum(axis=1) == 1))),
        (chosen, ~((shares >= 0).all(axis=1) & (np.abs(shares.sum(axis=1) - 1) < 1e-6))),
    )
    for name, bad in checks:
        if bad.any():
            what = say_count("The `{name}` of {count} customer is not one brand.",
                             "The `{name}` of {count} customers is not one brand.",
                             int(bad.sum()), name=name)  # fmt: skip
            advice = say("Write 1 for one brand and 0 for the others; stated shares must add up to 1.")
            problems.append(Problem("no_choice", what, advice=advice, column=name))
    if problems:
        raise InputError(heading, problems)
    return list(brands), flags.argmax(axis=1), shares, numbers[:, :, 2:]


def _require_variety(ratings: Floats, names: tuple[str, ...], heading: str) -> None:
    spread = np.ptp(ratings, axis=1).max(axis=0)
    flat = [name for name, width in zip(names, spread, strict=True) if not width > 0]
    if flat:
        raise InputError(
            heading,
            [
                Problem(
                    "constant", say("`{name}` is the same for all brands of every customer.", name=name), column=name
                )
                for name in flat
            ],
        )


def _logit(
    features: Floats, shares: Floats, names: tuple[str, ...], heading: str
) -> tuple[Floats, float, Floats, Floats]:
    """Multinomial logit by Newton's steps: coefficients, log likelihood, inverse information, scores of customers."""
    scale = np.maximum(np.sqrt((features**2).mean(axis=(0, 1)) - features.mean(axis=(0, 1)) ** 2), 1e-12)
    x = features / scale
    beta = np.zeros(x.shape[2])

    def at(beta: Floats) -> tuple[float, Floats, Floats, Floats]:
        utility = (x * beta).sum(axis=2)
        top = utility.max(axis=1, keepdims=True)
        logs = utility - top - np.log(np.exp(utility - top).sum(axis=1, keepdims=True))
        chances = np.exp(logs)
        mean = np.einsum("ij,ijm->im", chances, x)
        scores = np.einsum("ij,ijm->im", shares, x) - mean
        bend = np.einsum("ij,ijm,ijl->ml", chances, x, x, optimize=True) - mean.T @ mean
        return float((shares * logs).sum()), scores.sum(axis=0), bend, scores

    height, slope, bend, scores = at(beta)
    for _ in range(60):
        bends, axes = np.linalg.eigh(bend)
        if bends[0] < 1e-9 * max(bends[-1], 1.0):
            alike = [names[place] for place in np.flatnonzero(np.abs(axes[:, 0]) > 0.1)]
            what = say("{names} can't be told apart in these answers.", names=join_names(f"`{one}`" for one in alike))
            raise InputError(heading, [Problem("collinear", what, column=alike[-1])])
        step = np.linalg.solve(bend, slope)
        step *= min(1.0, 3.0 / float(np.abs(step).max() or 1.0))
        while True:
            ahead = at(beta + step)
            if ahead[0] >= height - 1e-12 * abs(height) or np.abs(step).max() < 1e-10:
                break
            step = step / 2
        beta, (height, slope, bend, scores) = beta + step, ahead
        if (np.abs(beta) > _FARTHEST).any() or height > -1e-6 * len(shares):
            away = names[int(np.abs(beta).argmax())]
            what = say("`{name}` foretells the choice without error: its coefficient has no end.", name=away)
            advice = say("Leave it out, or look whether it was filled in after the choice.")
            raise InputError(heading, [Problem("separation", what, advice=advice, column=away)])
        if np.abs(step).max() < 1e-10:
            break
    return beta / scale, height, np.linalg.inv(bend) / scale[:, None] / scale, scores * scale
