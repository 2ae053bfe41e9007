"""Do customers of one kind buy more often, or leave sooner? Pareto/NBD and BG/NBD with covariates.

Facts z of a customer that do not change, such as the channel of acquisition, move the distributions over customers
(Fader and Hardie 2007, note on incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models):

Pareto/NBD   α_i = α exp(-γ₁'z), β_i = β exp(-γ₂'z)
BG/NBD       α_i = α exp(-γ₁'z), a_i = a exp(γ₂'z), b_i = b exp(γ₃'z)

A coefficient of 0.3 in γ₁ means purchases e^0.3 = 1.35 times as often. Coefficients bear names: ``buying_…`` for γ₁,
``leaving_…`` for γ₂ of Pareto/NBD, ``a_…`` and ``b_…`` for BG/NBD. For customers of one kind `model_for` gives the
plain model, with all its answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.analysis.btyd import count_dropout, pareto_nbd
from crm_toolkit.analysis.btyd.bgnbd import BGNBD, estimation_from, fit_bgnbd
from crm_toolkit.analysis.btyd.fitting import (
    Estimation,
    Maximum,
    covariance_of,
    customers_of,
    interval_of,
    log_likelihood_of,
    maximise,
    standard_errors_of,
)
from crm_toolkit.analysis.btyd.pareto_nbd import ParetoNBD, fit_pareto_nbd
from crm_toolkit.analysis.btyd.reading import HISTORY, Histories, compressed, read_columns, read_histories
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import join_names, say

Floats = NDArray[np.float64]

# which parameter a set of coefficients moves, its sign, its name
_SETS = {
    ParetoNBD: (("alpha", -1, "buying"), ("beta", -1, "leaving")),
    BGNBD: (("alpha", -1, "buying"), ("a", 1, "a"), ("b", 1, "b")),
}


@dataclass(frozen=True)
class CovariateModel:
    """A Pareto/NBD or BG/NBD model whose parameters depend on facts about the customer.

    Parameters
    ----------
    base : ParetoNBD or BGNBD
        The model of a customer whose covariates are all 0.
    covariates : tuple of str
        Names of the columns.
    coefficients : dict
        By name: ``buying_…`` and so on.
    estimation : Estimation
        How all was estimated.
    """

    base: ParetoNBD | BGNBD
    covariates: tuple[str, ...]
    coefficients: dict[str, float]
    estimation: Estimation = field(repr=False)

    log_likelihood = property(log_likelihood_of)
    covariance = property(covariance_of)
    standard_errors = property(standard_errors_of)
    customers = property(customers_of)
    interval = interval_of

    @property
    def parameters(self) -> dict[str, float]:
        """Parameters of the base model and the coefficients."""
        return self.base.parameters | self.coefficients

    def model_for(self, **values: float) -> ParetoNBD | BGNBD:
        """The plain model of customers with these values of all covariates.

        Raises
        ------
        InputError
            If a covariate is missing, unknown or not a number.
        """
        wrong = [name for name in {*self.covariates, *values} if name not in values or name not in self.covariates]
        if wrong or not all(np.isfinite(value) for value in values.values()):
            what = say("A number is needed for each covariate: {names}.", names=join_names(self.covariates))
            raise InputError(say("The model can't answer this."), [Problem("covariates", what)])
        moved = dict(self.base.parameters)
        for parameter, sign, label in _SETS[type(self.base)]:
            push = sum(self.coefficients[f"{label}_{name}"] * values[name] for name in self.covariates)
            moved[parameter] *= float(np.exp(sign * push))
        kind: Any = type(self.base)
        return kind(**moved, unit=self.base.unit)


def fit_pareto_nbd_covariates(summary: Any, covariates: Sequence[str]) -> CovariateModel:
    """Estimate Pareto/NBD with covariates: who buys more often, who leaves sooner?

    Parameters
    ----------
    summary : PurchaseSummary or frame
        ``frequency``, ``recency``, ``T`` and the covariates, numbers without gaps; code kinds as 0 and 1.
    covariates : sequence of str
        Names of the columns.

    Returns
    -------
    CovariateModel

    Raises
    ------
    InputError
        As `fit_pareto_nbd`, or if a covariate has gaps or does not vary.
    """
    return _fit(summary, covariates, fit_pareto_nbd, "fit_pareto_nbd_covariates")


def fit_bgnbd_covariates(summary: Any, covariates: Sequence[str]) -> CovariateModel:
    """Estimate BG/NBD with covariates: who buys more often, who leaves sooner?

    Parameters
    ----------
    summary : PurchaseSummary or frame
        ``frequency``, ``recency``, ``T`` and the covariates, numbers without gaps; code kinds as 0 and 1.
    covariates : sequence of str
        Names of the columns.

    Returns
    -------
    CovariateModel

    Raises
    ------
    InputError
        As `fit_bgnbd`, or if a covariate has gaps or does not vary.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> luck = np.random.default_rng(1)
    >>> rate, app = luck.gamma(1.0, 0.2, (600, 1)), luck.integers(0, 2, (600, 1))
    >>> moments = luck.exponential(1 / rate, (600, 100)).cumsum(axis=1)
    >>> made = (moments * np.exp(-app) <= 40) & (np.arange(100) < luck.geometric(luck.beta(1.0, 2.5, (600, 1))))
    >>> table = pd.DataFrame({"frequency": made.sum(axis=1), "T": 40.0, "app": app[:, 0]})
    >>> table["recency"] = (moments * np.exp(-app) * made).max(axis=1)
    >>> model = fit_bgnbd_covariates(table, ["app"])
    >>> list(model.coefficients), bool(model.coefficients["buying_app"] > 0)
    (['buying_app', 'a_app', 'b_app'], True)
    """
    return _fit(summary, covariates, fit_bgnbd, "fit_bgnbd_covariates")


def _fit(summary: Any, covariates: Sequence[str], fit: Callable[[Any], Any], asked_by: str) -> CovariateModel:
    names = (covariates,) if isinstance(covariates, str) else tuple(covariates)
    histories, z = _with_covariates(summary, names, asked_by)
    centre = (histories.weight[:, None] * z).sum(axis=0) / histories.customers
    spread = np.sqrt((histories.weight[:, None] * (z - centre) ** 2).sum(axis=0) / histories.customers)
    flat = [name for name, width in zip(names, spread, strict=True) if not width > 0]
    heading = say("`{function}` can't be estimated.", function=asked_by)
    if flat or not names:
        problems = [
            Problem("constant", say("The covariate `{name}` is the same for all customers.", name=name), column=name)
            for name in flat
        ]
        raise InputError(heading, problems or [Problem("empty", say("Name at least one covariate."))])
    plain = fit(summary)
    base, sets = list(plain.parameters), _SETS[type(plain)]
    labels = tuple(f"{label}_{name}" for _, _, label in sets for name in names)
    scaled, many = (z - centre) / spread, len(names)

    def objective(values: Floats) -> tuple[float, Floats]:
        at = dict(zip(base, values[: len(base)], strict=True))
        rows_at: dict[str, Any] = dict(at)
        for place, (parameter, sign, _) in enumerate(sets):
            push = values[len(base) + place * many :][:many]
            rows_at[parameter] = at[parameter] * np.exp(np.clip(sign * (scaled * push).sum(axis=1), -50, 50))
        rows, gradient = _rows(plain, histories, rows_at)
        weighed = {name: histories.weight * gradient[name] for name in base}
        slopes = [float((weighed[name] * (rows_at[name] / at[name])).sum()) for name in base]
        for parameter, sign, _ in sets:
            slopes += (sign * (weighed[parameter] * rows_at[parameter])[:, None] * scaled).sum(axis=0).tolist()
        return float((histories.weight * rows).sum()), np.array(slopes)

    everything = (*base, *labels)
    start = [*plain.parameters.values(), *([0.0] * len(labels))]
    found = maximise(objective, everything, start, asked_by=asked_by, scale=float(histories.customers), free=labels)
    found = _in_units_of_the_data(found, base, sets, centre, spread)
    values = dict(zip(everything, found.values.tolist(), strict=True))
    model = type(plain)(**{name: values[name] for name in base}, unit=histories.unit)
    estimation = estimation_from(found, everything, histories, {}, labels)
    return CovariateModel(model, names, {name: values[name] for name in labels}, estimation)


def _rows(plain: Any, histories: Histories, at: dict[str, Any]) -> tuple[Floats, dict[str, Floats]]:
    if isinstance(plain, ParetoNBD):
        return pareto_nbd.log_likelihood_rows(histories, **at)
    return count_dropout.log_likelihood_rows(histories, **at, family=count_dropout.Family())


def _in_units_of_the_data(found: Maximum, base: list[str], sets: Any, centre: Floats, spread: Floats) -> Maximum:
    """From centred and scaled covariates back to those of the data: linear in log parameters and coefficients."""
    size, many = len(found.values), len(centre)
    point = np.append(np.log(found.values[: len(base)]), found.values[len(base) :])
    change = np.eye(size)
    for place, (parameter, sign, _) in enumerate(sets):
        columns = len(base) + place * many + np.arange(many)
        change[columns, columns] = 1 / spread
        change[base.index(parameter), columns] = -sign * centre / spread
    point = (change * point).sum(axis=1)
    covariance = np.einsum("ij,jk,lk->il", change, found.log_covariance, change)
    return Maximum(np.append(np.exp(point[: len(base)]), point[len(base) :]), found.log_likelihood, covariance)


def _with_covariates(summary: Any, names: tuple[str, ...], asked_by: str) -> tuple[Histories, Floats]:
    numbers, weight = read_columns(summary, (*HISTORY, *names), asked_by=asked_by)
    gaps = [name for name, column in zip(names, numbers[3:], strict=True) if not np.isfinite(column).all()]
    if gaps:
        raise InputError(
            say("`{function}` can't be estimated.", function=asked_by),
            [Problem("bad_number", say("The covariate `{name}` has gaps.", name=name), column=name) for name in gaps],
        )
    plain = read_histories(summary, asked_by=asked_by)
    x, tx, T, *z, weight = compressed(numbers, weight)
    counts, which = np.unique(x, return_inverse=True)
    histories = Histories(
        x, tx, T, weight, which, counts, plain.customers, plain.customers_repeat, plain.customers_unobserved, plain.unit
    )
    return histories, np.stack(z, axis=1) if z else np.zeros((len(x), 0))
