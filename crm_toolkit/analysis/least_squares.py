"""Ordinary least squares for models that are linear in a few named terms, with what a reader needs beside estimates.

y = Xβ + u, β̂ = (X'X)⁻¹X'y. Errors of the estimates take u as independent with one variance, s² = Σû²/(n − k), or, if
asked, with a variance of its own in each row (HC3 of MacKinnon and White 1985: each residual divided by one minus its
leverage). Intervals are Student's with n − k degrees of freedom.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import join_names, say, say_count

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """A fitted equation.

    Parameters
    ----------
    names : tuple of str
        Terms, in the order of the columns.
    coefficients, covariance : array
    residuals, leverage : array
        One of each row.
    freedom : int
        n − k.
    r_squared : float
    """

    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    residuals: Floats
    leverage: Floats
    freedom: int
    r_squared: float

    @property
    def log_likelihood(self) -> float:
        """Gaussian, at the largest likelihood's own variance."""
        count = len(self.residuals)
        squares = max(float(self.residuals @ self.residuals), 1e-300)
        return -0.5 * count * (math.log(2 * math.pi * squares / count) + 1)

    def combined(self, weights: Floats, level: float) -> dict[str, Floats]:
        """Linear combinations of the coefficients, a row of weights each, with errors, intervals and p-values."""
        return interval_columns(weights @ self.coefficients,
                                np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", weights, self.covariance, weights), 0.0)),
                                self.freedom, level)  # fmt: skip

    def table(self, level: float) -> pd.DataFrame:
        """``term``, ``coefficient``, ``standard_error``, ``low``, ``high``, ``p_value``."""
        found = self.combined(np.eye(len(self.names)), level)
        return pd.DataFrame({"term": self.names, "coefficient": found.pop("estimate"), **found})


def interval_columns(estimate: Floats, error: Floats, freedom: float, level: float) -> dict[str, Floats]:
    """``estimate``, ``standard_error``, ``low``, ``high``, ``p_value`` after Student; normal where freedom is infinite.

    >>> found = interval_columns(np.array([1.0]), np.array([0.5]), np.inf, 0.95)
    >>> {name: round(float(column[0]), 3) for name, column in found.items()}
    {'estimate': 1.0, 'standard_error': 0.5, 'low': 0.02, 'high': 1.98, 'p_value': 0.046}
    """
    reach = student(level, freedom) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.where(
            error > 0, np.abs(estimate) / np.where(error > 0, error, 1.0), np.where(estimate, np.inf, 0.0)
        )
    return {
        "estimate": estimate,
        "standard_error": error,
        "low": estimate - reach,
        "high": estimate + reach,
        "p_value": two_sided(distance, freedom),
    }


def student(level: float, freedom: float) -> float:
    """How many errors an interval reaches either way.

    >>> round(student(0.95, 10), 3), round(student(0.95, np.inf), 3)
    (2.228, 1.96)
    """
    from scipy.special import ndtri, stdtrit

    return float(ndtri((1 + level) / 2) if np.isinf(freedom) else stdtrit(freedom, (1 + level) / 2))


def two_sided(distance: Floats, freedom: float) -> Floats:
    """Two-sided p-values of distances in errors.

    >>> two_sided(np.array([0.0, 2.228]), 10).round(3)
    array([1.  , 0.05])
    """
    from scipy.special import ndtr, stdtr

    return 2 * (ndtr(-distance) if np.isinf(freedom) else stdtr(freedom, -np.minimum(distance, 1e150)))


def least_squares(
    x: Floats, y: Floats, names: Sequence[str], *, heading: str, robust: bool = False, at_least: int | None = None
) -> LeastSquares:
    """Fit an equation, or refuse it: too few rows, an outcome that does not vary, terms that follow from each other.

    Examples
    --------
    >>> x = np.column_stack([np.ones(5), np.arange(5.0)])
    >>> fit = least_squares(x, np.array([1.0, 2.0, 2.0, 4.0, 4.5]), ["intercept", "slope"], heading="No.")
    >>> fit.coefficients.round(2), round(fit.r_squared, 3)
    (array([0.9, 0.9]), 0.92)
    """
    rows, terms = x.shape
    least = terms + 3 if at_least is None else at_least
    if rows < least:
        what = say_count("{count} row is whole; at least {least} are needed.",
                         "{count} rows are whole; at least {least} are needed.", rows, least=least)  # fmt: skip
        raise InputError(heading, [Problem("too_few", what)])
    spread = y.std()
    if not spread > 1e-12 * max(np.abs(y).max(), 1e-300):
        raise InputError(heading, [Problem("constant", say("The outcome is the same in every row."))])
    size = np.sqrt((x**2).sum(axis=0))
    scaled = x / np.where(size > 0, size, 1.0)
    left, strengths, right = np.linalg.svd(scaled, full_matrices=False)
    if strengths[-1] < 1e-8 * strengths[0] or (size == 0).any():
        involved = [name for name, part in zip(names, right[-1], strict=True) if abs(part) > 1e-3]
        what = say("These follow from each other: {names}.", names=join_names(involved))
        raise InputError(heading, [Problem("dependent", what, advice=say("Leave one of them out."),
                                           column=involved[-1] if involved else "")])  # fmt: skip
    beta = right.T @ ((left.T @ y) / strengths)
    residuals = y - scaled @ beta
    inverse = (right.T / strengths**2) @ right
    leverage = (left**2).sum(axis=1)
    freedom = rows - terms
    if robust:
        pushed = scaled * (residuals / np.maximum(1 - leverage, 1e-6))[:, None]
        covariance = inverse @ (pushed.T @ pushed) @ inverse
    else:
        covariance = inverse * (residuals @ residuals) / freedom
    return LeastSquares(
        tuple(names), beta / size, covariance / np.outer(size, size), residuals, leverage, freedom,
        float(1 - (residuals @ residuals) / ((y - y.mean()) @ (y - y.mean()))),
    )  # fmt: skip
