"""Expectation, performance and satisfaction on a survey: Oliver's disconfirmation as a response surface.

In S = α + β₁E + β₂P + β₃(P − E) the third cause follows from the first two, so the three weights have no estimate: only
β₁ − β₃ and β₂ + β₃ do. The surface asks more and assumes less (Edwards and Parry 1993): with E and P measured from one
common middle of the scale,

S = b₀ + b₁E + b₂P + b₃E² + b₄EP + b₅P²

and it is read along two lines. Along P = E (expectation fulfilled at every level) it has the slope b₁ + b₂ and the
curvature b₃ + b₄ + b₅; along P = −E, from disappointment to surprise, the slope b₂ − b₁ and the curvature b₃ − b₄ + b₅.
A negative curvature along P = −E says that surprises please less than disappointments hurt. That only the difference
counts, S = f(P − E), is a restriction (b₁ = −b₂, b₃ = b₅, b₄ = −2b₅) and can be tested. The stationary point and its
errors come from the delta method; where the surface hardly bends, the point is anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.least_squares import LeastSquares, interval_columns, least_squares, student
from crm_toolkit.analysis.shares import LEVEL
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.behaviour.expectations import LIMITS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, join_names, say, say_count

Floats = NDArray[np.float64]
TERMS = ("intercept", "expectation", "performance", "expectation_squared", "product", "performance_squared")
SURFACES = ("quadratic", "linear")
LINES = ("fulfilled", "surprised")
_LINE_WEIGHTS = np.array([
    [0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1], [0, -1, 1, 0, 0, 0], [0, 0, 0, 1, -1, 1],
], dtype=np.float64)  # fmt: skip
_ONLY_DIFFERENCE = np.array([[0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 0, -1], [0, 0, 0, 0, 1, 2]], dtype=np.float64)
_FEW = 60


@dataclass(frozen=True, eq=False)
class Disconfirmation:
    """A response surface of satisfaction over expectation and performance.

    Parameters
    ----------
    coefficients : pandas.DataFrame
        ``term``, ``coefficient``, ``standard_error``, ``low``, ``high``, ``p_value``; E and P less ``centre``.
    covariance : pandas.DataFrame
        Of the coefficients, by term.
    lines : pandas.DataFrame
        Along which line (``line``: ``"fulfilled"`` is P = E, ``"surprised"`` is P = −E in the direction of P) which
        ``quantity`` (``"slope"``, ``"curvature"``), with ``estimate``, ``standard_error``, ``low``, ``high``,
        ``p_value``. No curvatures of a linear surface.
    stationary : pandas.DataFrame or None
        Where the surface is flat: ``axis`` (``"expectation"``, ``"performance"``; on the scale of the survey),
        ``estimate``, ``standard_error``, ``low``, ``high``. ``None`` of a linear surface.
    kind : {"maximum", "minimum", "saddle", "none"}
        What the stationary point is; ``"none"`` of a linear surface.
    bends : bool
        Whether the surface surely bends (F test of the three terms of second degree at 1 − level): only then may the
        stationary point be read.
    difference_p_value : float
        Of the restriction that only P − E counts; small speaks against difference scores.
    difference_slope : float
        Slope by P − E if only it counted (and the surface were straight).
    correlations : pandas.DataFrame
        Of ``expectation``, ``performance`` and ``satisfaction``.
    centre : float
        The middle from which E and P are measured.
    expectation_range, performance_range : tuple of float
        Smallest and largest answer seen.
    r_squared, log_likelihood : float
    respondents, left_out : int
    surface : {"quadratic", "linear"}
    robust : bool
    level : float
    """

    coefficients: pd.DataFrame
    covariance: pd.DataFrame
    lines: pd.DataFrame
    stationary: pd.DataFrame | None
    kind: str
    bends: bool
    difference_p_value: float
    difference_slope: float
    correlations: pd.DataFrame
    centre: float
    expectation_range: tuple[float, float]
    performance_range: tuple[float, float]
    r_squared: float
    log_likelihood: float
    respondents: int
    left_out: int
    surface: str
    robust: bool
    level: float

    @property
    def limits(self) -> str:
        """What the model cannot tell, a sentence for beside the numbers."""
        return say(LIMITS)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before believing the surface, in words."""
        told = []
        together = float(self.correlations.to_numpy()[0, 1])
        if abs(together) > 0.8:
            told.append(say("Expectation and performance go together ({value}): along the line of surprises there are "
                            "few answers.", value=format_number(together, 2)))  # fmt: skip
        if self.respondents < _FEW:
            few = say_count("{count} respondent is few for a surface.", "{count} respondents are few for a surface.",
                            self.respondents)  # fmt: skip
            told.append(few)
        if self.surface == "quadratic" and not self.bends:
            told.append(say("The surface does not surely bend, so its stationary point is not to be read."))
        return tuple(told)

    def predict(self, expectation: ArrayLike, performance: ArrayLike) -> pd.DataFrame:
        """Mean satisfaction of people who expected and experienced this.

        Parameters
        ----------
        expectation, performance : array
            On the scale of the survey, of one length.

        Returns
        -------
        pandas.DataFrame
            ``expectation``, ``performance``, ``satisfaction``, ``low``, ``high`` (of the mean), ``outside`` (flag:
            beyond the answers seen).

        Raises
        ------
        InputError
            If a number is missing, or the lengths differ.
        """
        from crm_toolkit.behaviour.checks import Given

        given = Given("predict")
        expected = given.array("expectation", expectation, dimensions=1)
        performed = given.array("performance", performance, dimensions=1)
        given.same_shape(expectation=expected, performance=performed)
        given.refuse_if_wrong()
        design = design_of(expected - self.centre, performed - self.centre, self.surface)
        mean = design @ self.coefficients["coefficient"].to_numpy()
        error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", design, self.covariance.to_numpy(), design), 0.0))
        reach = student(self.level, self.respondents - design.shape[1]) * error
        (e_low, e_high), (p_low, p_high) = self.expectation_range, self.performance_range
        outside = (expected < e_low) | (expected > e_high) | (performed < p_low) | (performed > p_high)
        return pd.DataFrame({"expectation": expected, "performance": performed, "satisfaction": mean,
                             "low": mean - reach, "high": mean + reach, "outside": outside})  # fmt: skip

    def grid(self, points: int = 41) -> pd.DataFrame:
        """`predict` over the ranges that were seen, ``points`` each way; rows of equal performance together."""
        e, p = (np.linspace(*ends, points) for ends in (self.expectation_range, self.performance_range))
        return self.predict(np.tile(e, points), np.repeat(p, points))

    def along(self, line: str, points: int = 41) -> pd.DataFrame:
        """`predict` along one of the two lines through the middle, as far as both answers were seen.

        Returns
        -------
        pandas.DataFrame
            As `predict`, with ``distance`` of P from the middle in front.
        """
        require_choice("line", line, LINES)
        sign = 1.0 if line == "fulfilled" else -1.0
        e_low, e_high = (end - self.centre for end in self.expectation_range)
        p_low, p_high = (end - self.centre for end in self.performance_range)
        low, high = (max(e_low, p_low), min(e_high, p_high)) if sign > 0 else (max(-e_high, p_low), min(-e_low, p_high))
        distance = np.linspace(min(low, high), max(low, high), points)
        found = self.predict(self.centre + sign * distance, self.centre + distance)
        found.insert(0, "distance", distance)
        return found


def fit_disconfirmation(
    answers: Any,
    *,
    expectation: str = "expectation",
    performance: str = "performance",
    satisfaction: str = "satisfaction",
    scale: tuple[float, float] | None = None,
    surface: str = "quadratic",
    robust: bool = False,
    level: float = LEVEL.default,
) -> Disconfirmation:
    """Fit a response surface of satisfaction over expectation and performance.

    Parameters
    ----------
    answers : frame, relation or path
        One row per person, columns of numbers. Rows with a missing answer are left out.
    expectation, performance, satisfaction : str
        Columns; the first two on one scale. Ask for the expectation before the encounter: afterwards people remember
        what they got.
    scale : tuple of two floats, optional
        Ends of the scale; E and P are measured from its middle. By default from the mean of both columns together.
    surface : {"quadratic", "linear"}
        With or without terms of second degree.
    robust : bool
        Whether the errors allow for a variance of its own in each row (HC3).
    level : float
        Level of the intervals, a fraction.

    Returns
    -------
    Disconfirmation

    Raises
    ------
    InputError
        If a column is missing, named twice or of the wrong kind, does not vary, lies outside the scale, follows from
        the others, or there are too few whole rows (fewer than 12, or 8 for a linear surface).

    References
    ----------
    Edwards, J. R., Parry, M. E. (1993). On the Use of Polynomial Regression Equations as an Alternative to Difference
    Scores in Organizational Research. Academy of Management Journal 36, 1577–1613 (from memory). Oliver, R. L. (1980),
    as in `behaviour.expectations`.

    Examples
    --------
    >>> luck = np.random.default_rng(1)
    >>> answers = pd.DataFrame(luck.normal(size=(400, 2)), columns=["expectation", "performance"])
    >>> surprise = answers["performance"] - answers["expectation"]
    >>> answers["satisfaction"] = 0.6 * surprise + 0.3 * answers["performance"] + luck.normal(0, 0.5, 400)
    >>> found = fit_disconfirmation(answers)
    >>> print(found.lines[["line", "quantity", "estimate", "low", "high"]].round(2).to_string(index=False))
         line  quantity  estimate   low  high
    fulfilled     slope      0.24  0.17  0.31
    fulfilled curvature     -0.02 -0.10  0.05
    surprised     slope      1.53  1.46  1.60
    surprised curvature     -0.00 -0.07  0.06
    """
    share = LEVEL.check(level)
    require_choice("surface", surface, SURFACES)
    heading = say("`{function}` can't use these answers.", function="fit_disconfirmation")
    names = [expectation, performance, satisfaction]
    if len(set(names)) < 3:
        twice = sorted({name for name in names if names.count(name) > 1})
        what = say("These columns are named more than once: {names}.", names=join_names(twice))
        raise InputError(heading, [Problem("repeated_name", what, column=twice[0])])
    frame = brought_home(answers, dict.fromkeys(names, "number"), asked_by="fit_disconfirmation")
    values = frame[names].to_numpy()
    whole = ~np.isnan(values).any(axis=1)
    values = values[whole]
    centre = _checked(values, names, scale, heading)
    e, p, s = values[:, 0] - centre, values[:, 1] - centre, values[:, 2]
    terms = TERMS if surface == "quadratic" else TERMS[:3]
    fit = least_squares(design_of(e, p, surface), s, terms, heading=heading, robust=robust)
    lines = _lines(fit, share)
    stationary, kind = (None, "none") if surface == "linear" else _stationary(fit, share, centre)
    second = np.eye(6)[3:] if surface == "quadratic" else np.zeros((0, 3))
    only = _ONLY_DIFFERENCE if surface == "quadratic" else _ONLY_DIFFERENCE[:1, :3]
    difference = p - e
    off = difference - difference.mean()
    slope = float(off @ s / max(off @ off, 1e-300))
    seen = np.corrcoef(values, rowvar=False)
    labels = ["expectation", "performance", "satisfaction"]
    return Disconfirmation(
        fit.table(share), pd.DataFrame(fit.covariance, index=terms, columns=terms), lines, stationary, kind,
        bool(len(second)) and _restricted(fit, second) < 1 - share, _restricted(fit, only), slope,
        pd.DataFrame(seen, index=labels, columns=labels), centre, _ends(values[:, 0]), _ends(values[:, 1]),
        fit.r_squared, fit.log_likelihood, len(s), int((~whole).sum()), surface, robust, share,
    )  # fmt: skip


def _ends(values: Floats) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def design_of(e: Floats, p: Floats, surface: str) -> Floats:
    """One row for each person, one column for each term.

    >>> design_of(np.array([1.0]), np.array([2.0]), "quadratic")
    array([[1., 1., 2., 1., 2., 4.]])
    """
    linear = [np.ones(len(e)), e, p]
    return np.column_stack(linear + ([e**2, e * p, p**2] if surface == "quadratic" else []))


def _lines(fit: LeastSquares, level: float) -> pd.DataFrame:
    quadratic = len(fit.names) == 6
    weights = _LINE_WEIGHTS if quadratic else _LINE_WEIGHTS[[0, 2], :3]
    quantity = ["slope", "curvature"] * 2 if quadratic else ["slope"] * 2
    line = np.repeat(LINES, 2 if quadratic else 1)
    return pd.DataFrame({"line": line.astype(object), "quantity": quantity, **fit.combined(weights, level)})


def _restricted(fit: LeastSquares, rows: Floats) -> float:
    """p-value of rows · b = 0, Wald's F."""
    from scipy.special import fdtrc

    off = rows @ fit.coefficients
    spread = rows @ fit.covariance @ rows.T
    size = np.sqrt(np.maximum(np.diagonal(spread), 1e-300))
    value = float((off / size) @ np.linalg.pinv(spread / np.outer(size, size), hermitian=True) @ (off / size)) / len(
        rows
    )
    return float(fdtrc(len(rows), fit.freedom, max(min(value, 1e300), 0.0)))


def _stationary(fit: LeastSquares, level: float, centre: float) -> tuple[pd.DataFrame | None, str]:
    """Where both slopes are 0, with errors by the delta method: H z = −g, so dz = −H⁻¹(dg + dH z)."""
    _, b1, b2, b3, b4, b5 = fit.coefficients
    bent = np.array([[2 * b3, b4], [b4, 2 * b5]])
    size = np.abs(bent).max()
    if not size > 0 or abs(np.linalg.det(bent / size)) < 1e-9:
        return None, "none"
    inverse = np.linalg.inv(bent)
    e0, p0 = point = -inverse @ np.array([b1, b2])
    pulled = np.array([[0, 1, 0, 2 * e0, p0, 0], [0, 0, 1, 0, e0, 2 * p0]])
    slope = -inverse @ pulled
    error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", slope, fit.covariance, slope), 0.0))
    columns = interval_columns(point + centre, error, fit.freedom, level)
    columns.pop("p_value")
    first, second = np.linalg.eigvalsh(bent)
    kind = "maximum" if second < 0 else "minimum" if first > 0 else "saddle"
    return pd.DataFrame({"axis": ["expectation", "performance"], **columns}), kind


def _checked(values: Floats, names: list[str], scale: Any, heading: str) -> float:
    """The middle from which E and P are measured; refuses what can't be fitted."""
    problems = []
    if not len(values):
        raise InputError(heading, [Problem("too_few", say("No row is whole."))])
    size = np.maximum(np.abs(values).max(axis=0), 1e-300)
    for name, same in zip(names, values.std(axis=0) <= 1e-12 * size, strict=True):
        if same:
            problems.append(Problem("constant", say("`{name}` is the same in every row.", name=name), column=name))
    centre = float(values[:, :2].mean())
    if scale is not None:
        try:
            low, high = (float(end) for end in scale)
        except (TypeError, ValueError):
            low = high = np.nan
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            what = say("`{name}` can't be {value}.", name="scale", value=repr(scale))
            raise InputError(heading, [Problem("wrong_scale", what, advice=say("Its two ends are needed: (1, 7)."),
                                               column="scale")])  # fmt: skip
        centre = (low + high) / 2
        for place, name in enumerate(names[:2]):
            outside = int(((values[:, place] < low) | (values[:, place] > high)).sum())
            if outside:
                what = say_count("{count} value of `{name}` lies outside the scale from {low} to {high}.",
                                 "{count} values of `{name}` lie outside the scale from {low} to {high}.", outside,
                                 name=name, low=format_number(low), high=format_number(high))  # fmt: skip
                problems.append(Problem("outside_scale", what, column=name))
    if problems:
        raise InputError(heading, problems)
    return centre
