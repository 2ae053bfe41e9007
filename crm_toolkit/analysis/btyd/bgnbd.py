"""BG/NBD and its kin: customers buy at a rate of their own and may leave after each purchase.

BG/NBD      leave after a repeat purchase (Fader, Hardie and Lee 2005)
MBG/NBD     leave after any purchase, also the first one (Batislam et al. 2007; Hoppe and Wagner 2007)
BG/CNBD-k   the same with purchases more regular than chance: Erlang-k times between them (Platzer and Reutterer 2016)

One class holds all of them: ``regularity`` is k, ``leaves_at_first`` says whether one may leave right after the first
purchase. `count_dropout` has the formulas.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.analysis.btyd.count_dropout import (
    Family,
    alive,
    count_probability,
    log_likelihood_sums,
    purchases_if_alive,
)
from crm_toolkit.analysis.btyd.fitting import (
    Estimation,
    LogPrior,
    Maximum,
    Priors,
    checked_priors,
    covariance_of,
    customers_of,
    interval_of,
    log_likelihood_of,
    maximise_curved,
    require_positive,
    standard_errors_of,
)
from crm_toolkit.analysis.btyd.reading import MIN_REPEAT_CUSTOMERS, Histories, read_histories
from crm_toolkit.analysis.btyd.times import checked_history, checked_times
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

Floats = NDArray[np.float64]

NAMES = ("r", "alpha", "a", "b")
FIRST_ROWS = 4_000  # histories that the first, rough climb takes


@dataclass(frozen=True)
class BGNBD:
    """A BG/NBD model with its parameters, estimated or given.

    Parameters
    ----------
    r, alpha : float
        Purchase rates over customers: gamma with shape ``r`` and rate ``alpha`` (units of time).
    a, b : float
        Dropout probabilities over customers: beta.
    unit : str or None
        Unit of time.
    regularity : int
        k: 1 for BG/NBD and MBG/NBD.
    leaves_at_first : bool
        Whether a customer may leave right after the first purchase: MBG/NBD.
    estimation : Estimation or None
        How the parameters were estimated; ``None`` if they were given.

    Examples
    --------
    >>> model = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> print(model.conditional_expected_purchases(39, 2, 30.43, 38.86).round(3))
    1.226
    >>> print(model.probability_alive(2, 30.43, 38.86).round(3))
    0.727
    """

    r: float
    alpha: float
    a: float
    b: float
    unit: str | None = None
    regularity: int = 1
    leaves_at_first: bool = False
    estimation: Estimation | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        require_positive(self, **self.parameters)

    log_likelihood = property(log_likelihood_of)
    covariance = property(covariance_of)
    standard_errors = property(standard_errors_of)
    customers = property(customers_of)
    interval = interval_of

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by the paper's names."""
        return {"r": self.r, "alpha": self.alpha, "a": self.a, "b": self.b}

    @property
    def _family(self) -> Family:
        return Family(self.regularity, int(self.leaves_at_first))

    def expected_purchases(self, time: ArrayLike) -> Floats:
        """Expected repeat purchases of a new customer in a time.

        Parameters
        ----------
        time : float or array
            From the first purchase on, in units; 0 or more.
        """
        (t,) = checked_times(time=time)
        zero = np.zeros_like(t)
        p, family = self.parameters, self._family
        stays = alive(zero, zero, zero, **p, family=family)
        return stays * purchases_if_alive(t, zero, zero, zero, **p, family=family)

    def count_probability(self, count: ArrayLike, time: ArrayLike) -> Floats:
        """Chance that a new customer makes exactly ``count`` repeat purchases in a time."""
        n, t = checked_times(count=count, time=time)
        return count_probability(n, t, **self.parameters, family=self._family)

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Floats:
        """Chance that a customer of that history has not left by the end of observation.

        Parameters
        ----------
        frequency, recency, T : floats or arrays
            As in a `PurchaseSummary`, in its unit.
        """
        x, tx, age = checked_history(frequency, recency, T)
        return alive(x, tx, age, **self.parameters, family=self._family)

    def conditional_expected_purchases(
        self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Expected purchases in the time ``horizon`` after T of a customer with that history.

        Parameters
        ----------
        horizon : float or array
            In units; 0 or more.
        frequency, recency, T : floats or arrays
            As in a `PurchaseSummary`, in its unit.
        """
        return self.probability_alive(frequency, recency, T) * self.purchases_if_alive(horizon, frequency, recency, T)

    def purchases_if_alive(self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Floats:
        """Expected purchases in the time after T of a customer who has not left by T."""
        x, tx, age = checked_history(frequency, recency, T)
        (t,) = checked_times(horizon=horizon)
        t, x, tx, age = np.broadcast_arrays(t, x, tx, age)
        return purchases_if_alive(t, x, tx, age, **self.parameters, family=self._family)


def fit_bgnbd(summary: Any, *, priors: Priors = None) -> BGNBD:
    """Estimate BG/NBD: how often do customers buy, and how soon do they leave?

    Parameters
    ----------
    summary : PurchaseSummary or frame
        ``frequency``, ``recency``, ``T``. Customers with T = 0 take part and say nothing;
        ``estimation.customers_unobserved`` counts them.
    priors : mapping of names to LogPrior, or "weak", optional
        For small data: the result is then the posterior mode. ``"weak"`` has medians of 1 and of the mean T (for
        ``alpha``), each within a factor of 4.5 in two of three cases: an assumption of this toolkit.

    Returns
    -------
    BGNBD
        With ``r, alpha, a, b``, ``log_likelihood``, ``standard_errors``, ``interval(level)``.

    Raises
    ------
    InputError
        If a column is missing, a history can't be, all T are 0, fewer than 30 customers came back (without
        priors), or the likelihood has no maximum at finite parameters.

    References
    ----------
    Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). "Counting Your Customers" the Easy Way. Marketing
    Science 24 (2), 275–284.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> luck = np.random.default_rng(1)
    >>> rate, dropout = luck.gamma(1.0, 0.2, (500, 1)), luck.beta(1.0, 2.5, (500, 1))
    >>> moments = luck.exponential(1 / rate, (500, 100)).cumsum(axis=1)
    >>> made = (moments <= 40) & (np.arange(100) < luck.geometric(dropout))
    >>> table = pd.DataFrame({"frequency": made.sum(axis=1), "recency": (moments * made).max(axis=1), "T": 40.0})
    >>> model = fit_bgnbd(table)
    >>> model.customers, model.interval().columns.tolist()
    (500, ['estimate', 'standard_error', 'low', 'high'])
    """
    return _fit(summary, Family(1, 0), priors, "fit_bgnbd")


def fit_mbgnbd(summary: Any, *, priors: Priors = None) -> BGNBD:
    """Estimate MBG/NBD: as BG/NBD, but a customer may leave right after the first purchase, too.

    Parameters
    ----------
    summary, priors
        As for `fit_bgnbd`.

    Returns
    -------
    BGNBD
        With ``leaves_at_first=True``.

    Raises
    ------
    InputError
        As `fit_bgnbd`.

    References
    ----------
    Batislam, E. P., Denizel, M. and Filiztekin, A. (2007). Empirical validation and comparison of models for
    customer base analysis. International Journal of Research in Marketing 24 (3), 201–209.
    """
    return _fit(summary, Family(1, 1), priors, "fit_mbgnbd")


def fit_bgcnbd(summary: Any, *, regularity: int, leaves_at_first: bool = False, priors: Priors = None) -> BGNBD:
    """Estimate BG/CNBD-k or MBG/CNBD-k: purchases come more regularly than by chance.

    Parameters
    ----------
    summary, priors
        As for `fit_bgnbd`.
    regularity : int
        k: number of exponential stages between purchases, from 1; the mean time between purchases of a customer
        is k / λ.
    leaves_at_first : bool
        Whether a customer may leave right after the first purchase.

    Returns
    -------
    BGNBD
        Its ``log_likelihood`` leaves out the times between single purchases, which a summary does not hold: compare
        it between models of the same ``regularity`` only; `regularity.regularity_profile` compares different ones.

    Raises
    ------
    InputError
        As `fit_bgnbd`, or if ``regularity`` is not a whole number from 1 to 20.

    References
    ----------
    Platzer, M. and Reutterer, T. (2016). Ticking Away the Moments. Marketing Science 35 (5), 779–799.
    """
    if isinstance(regularity, bool) or not isinstance(regularity, (int, np.integer)) or not 1 <= regularity <= 20:
        heading = say("`{name}` can't be {value}.", name="regularity", value=repr(regularity))
        what = say("A whole number from {low} to {high} is allowed.", low=1, high=20)
        raise InputError(heading, [Problem("outside_range", what, column="regularity")])
    return _fit(summary, Family(int(regularity), int(leaves_at_first)), priors, "fit_bgcnbd")


def weak_priors(mean_time: float, shapes: tuple[str, ...], rates: tuple[str, ...]) -> dict[str, LogPrior]:
    """Priors that hold a small base in sensible bounds: medians 1 for shapes, the mean T for rates, factor e^±1.5."""
    return {name: LogPrior(1.0, 1.5) for name in shapes} | {name: LogPrior(mean_time, 1.5) for name in rates}


def _fit(summary: Any, family: Family, priors: Priors, asked_by: str) -> BGNBD:
    histories, chosen = prepared(summary, priors, ("r", "a", "b"), ("alpha",), asked_by=asked_by)

    def curved(histories: Histories, values: Floats) -> tuple[float, Floats, Floats]:
        r, alpha, a, b = values.tolist()
        return log_likelihood_sums(histories, r, alpha, a, b, family)

    found = climb(histories, curved, NAMES, first_guess(histories, family.k), priors=chosen, asked_by=asked_by)
    return estimated(BGNBD, found, NAMES, histories, chosen, regularity=family.k, leaves_at_first=bool(family.z))


def first_guess(histories: Histories, k: int = 1) -> list[float]:
    """Where the climb starts: half the customers differ, the mean rate is right, one in four leaves."""
    time = float((histories.weight * histories.T).sum())
    bought = max(float((histories.weight * histories.x).sum()), 0.5)
    r = 0.5 * k
    return [r, r * time / (1.5 * k * bought), 0.8, 2.5]


def prepared(
    summary: Any, priors: Priors, shapes: tuple[str, ...], rates: tuple[str, ...], *, asked_by: str
) -> tuple[Histories, dict[str, LogPrior]]:
    """The histories of a summary that can be estimated from, and the priors asked for."""
    histories = read_histories(summary, asked_by=asked_by, least_repeat=MIN_REPEAT_CUSTOMERS if priors is None else 0)
    mean_time = float((histories.weight * histories.T).sum() / histories.customers)
    return histories, checked_priors(priors, weak_priors(mean_time, shapes, rates), asked_by=asked_by)


def estimated(
    kind: type[Any], found: Maximum, names: tuple[str, ...], histories: Histories, priors: Mapping[str, LogPrior],
    **more: Any,
) -> Any:  # fmt: skip
    """A model of this kind with the parameters found and what it remembers of its estimation."""
    values = dict(zip(names, found.values.tolist(), strict=True))
    return kind(**values, unit=histories.unit, estimation=estimation_from(found, names, histories, priors), **more)


def estimation_from(
    found: Maximum,
    names: tuple[str, ...],
    histories: Histories,
    priors: Mapping[str, LogPrior],
    free: tuple[str, ...] = (),
) -> Estimation:
    """What a model remembers of its estimation."""
    return Estimation(
        log_likelihood=found.log_likelihood,
        customers=histories.customers,
        customers_repeat=histories.customers_repeat,
        customers_unobserved=histories.customers_unobserved,
        rows=len(histories.x),
        priors=tuple(priors.items()),
        prior_driven=histories.customers_repeat < MIN_REPEAT_CUSTOMERS,
        covariance=found.covariance(names, free),
        log_covariance=found.log_covariance,
        free=free,
    )


def climb(
    histories: Histories,
    curved: Callable[[Histories, Floats], tuple[float, Floats, Floats]],
    names: tuple[str, ...],
    start: list[float],
    *,
    priors: Mapping[str, LogPrior],
    asked_by: str,
) -> Maximum:
    """The maximum over the histories; of many, a part of them says where to start."""
    if len(histories.x) > 3 * FIRST_ROWS:
        thin = histories.thinned(FIRST_ROWS)
        with contextlib.suppress(InputError):
            rough = maximise_curved(lambda values: curved(thin, values), names, start, asked_by=asked_by,
                                    scale=float(thin.weight.sum()), priors=priors)  # fmt: skip
            start = rough.values.tolist()
    return maximise_curved(lambda values: curved(histories, values), names, start, asked_by=asked_by,
                           scale=float(histories.weight.sum()), priors=priors)  # fmt: skip
