"""The theory of planned behaviour on a survey: what an intention is made of, and whether it becomes behaviour.

BI = w₀ + w₁A + w₂SN + w₃PBC                    least squares
log(P / (1 − P)) = c₀ + c₁BI + c₂PBC           a logit, where the behaviour was observed

(Ajzen 1991). Weights are compared as standardised ones, β_j = w_j s_j / s_BI. Their errors are not those of w_j times a
constant, since the standard deviations are estimated too: here they come from the correlations by the delta method,
with nothing assumed of the distribution, as does the error of R² (its interval on the scale of Fisher's z of R).

In a meta-analysis the three explained 39 % of the variance of intentions and 27 % of behaviour, less where behaviour
was observed than where people told it (Armitage and Conner 2001); the subjective norm was the weakest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.least_squares import interval_columns, least_squares, student
from crm_toolkit.analysis.shares import LEVEL
from crm_toolkit.behaviour.attitudes import PLANNED_LIMITS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, join_names, say, say_count

Floats = NDArray[np.float64]
TERMS = ("attitude", "subjective_norm", "perceived_control")
_INFLATED, _FEW = 5.0, 30


@dataclass(frozen=True, eq=False)
class PlannedBehaviour:
    """The theory of planned behaviour, estimated.

    Parameters
    ----------
    intention : pandas.DataFrame
        ``term`` (``intercept``, ``attitude``, ``subjective_norm``, ``perceived_control``), ``coefficient``,
        ``standard_error``, ``low``, ``high``, ``p_value``.
    weights : pandas.DataFrame
        The three causes: ``term``, ``weight`` (standardised), ``standard_error``, ``low``, ``high``, ``p_value``,
        ``correlation`` (with the intention), ``variance_inflation``.
    r_squared, r_squared_low, r_squared_high, adjusted_r_squared : float
        Share of the variance of the intention that is explained, its interval, and the share corrected for three terms.
    behaviour : pandas.DataFrame or None
        Of the logit: ``term`` (``intercept``, ``intention``, ``perceived_control``), ``coefficient``,
        ``standard_error``, ``low``, ``high``, ``p_value``, ``odds_ratio``, ``odds_low``, ``odds_high`` (for one unit
        more). ``None`` where no behaviour was given.
    behaviour_r_squared : float or None
        McFadden's 1 − log L / log L₀ of the logit: no share of variance.
    log_likelihood, behaviour_log_likelihood : float, float or None
    respondents, left_out : int
        Whole rows; rows with a missing answer.
    behaviour_respondents : int
        Whole rows in which the behaviour is known as well.
    level : float
    """

    intention: pd.DataFrame
    weights: pd.DataFrame
    r_squared: float
    r_squared_low: float
    r_squared_high: float
    adjusted_r_squared: float
    behaviour: pd.DataFrame | None
    behaviour_r_squared: float | None
    log_likelihood: float
    behaviour_log_likelihood: float | None
    respondents: int
    left_out: int
    behaviour_respondents: int
    level: float

    @property
    def limits(self) -> str:
        """What the model cannot tell, a sentence for beside the numbers."""
        return say(PLANNED_LIMITS)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before believing the weights, in words."""
        told = []
        close = self.weights.loc[self.weights["variance_inflation"] >= _INFLATED, "term"].tolist()
        if close:
            told.append(say("These causes move together, so their weights say little each by itself: {names}.",
                            names=join_names(close)))  # fmt: skip
        if self.respondents < _FEW:
            few = say_count("{count} respondent is few: the intervals are rough.",
                            "{count} respondents are few: the intervals are rough.", self.respondents)  # fmt: skip
            told.append(few)
        return tuple(told)


def fit_planned_behaviour(
    answers: Any,
    *,
    attitude: str = "attitude",
    subjective_norm: str = "subjective_norm",
    perceived_control: str = "perceived_control",
    intention: str = "intention",
    behaviour: str | None = None,
    level: float = LEVEL.default,
) -> PlannedBehaviour:
    """Estimate how attitude, norm and control make an intention, and intention and control a behaviour.

    Parameters
    ----------
    answers : frame, relation or path
        One row per person. Rows with a missing answer are left out.
    attitude, subjective_norm, perceived_control, intention : str
        Columns of numbers: sums of products (`behaviour.expectancy_value`) or means of items.
    behaviour : str, optional
        Column of yes and no (flags, or 0 and 1), observed after the survey if it is to mean anything.
    level : float
        Level of the intervals, a fraction.

    Returns
    -------
    PlannedBehaviour

    Raises
    ------
    InputError
        If a column is missing, named twice or of the wrong kind, does not vary, or follows from the others; if there
        are fewer than 10 whole rows; if everybody or nobody acted, or something parts those who acted from the others
        without exception.

    References
    ----------
    Ajzen, I. (1991). The Theory of Planned Behavior. Organizational Behavior and Human Decision Processes 50, 179–211.
    Yuan, K.-H., Chan, W. (2011). Biases and Standard Errors of Standardized Regression Coefficients. Psychometrika 76,
    670–690 (from memory).

    Examples
    --------
    >>> luck = np.random.default_rng(1)
    >>> answers = pd.DataFrame(luck.normal(size=(500, 3)), columns=list(TERMS))
    >>> answers["intention"] = answers @ [0.6, 0.2, 0.4] + luck.normal(size=500)
    >>> found = fit_planned_behaviour(answers)
    >>> print(found.weights[["term", "weight", "low", "high"]].round(2).to_string(index=False))
                 term  weight  low  high
             attitude    0.48 0.42  0.54
      subjective_norm    0.08 0.01  0.15
    perceived_control    0.42 0.35  0.48
    """
    share = LEVEL.check(level)
    heading = say("`{function}` can't use these answers.", function="fit_planned_behaviour")
    columns = [attitude, subjective_norm, perceived_control, intention]
    asked = [*columns, *([] if behaviour is None else [behaviour])]
    if len(set(asked)) < len(asked):
        twice = sorted({name for name in asked if asked.count(name) > 1})
        what = say("These columns are named more than once: {names}.", names=join_names(twice))
        raise InputError(heading, [Problem("repeated_name", what, column=twice[0])])
    wanted = {**dict.fromkeys(columns, "number"), **({} if behaviour is None else {behaviour: "flag"})}
    frame = brought_home(answers, wanted, asked_by="fit_planned_behaviour")
    values = frame[columns].to_numpy()
    whole = ~np.isnan(values).any(axis=1)
    values = values[whole]
    _require_varying(values, columns, heading)
    x, y = values[:, :3], values[:, 3]
    fit = least_squares(np.column_stack([np.ones(len(x)), x]), y, ("intercept", *TERMS), heading=heading, at_least=10)
    weights, explained = standardised(x, y, share)
    table = pd.DataFrame({"term": TERMS, **weights})
    acted = None if behaviour is None else _acted(values, frame[behaviour].to_numpy()[whole], share, heading)
    count = len(y)
    return PlannedBehaviour(
        fit.table(share), table, *explained, 1 - (1 - explained[0]) * (count - 1) / (count - 4),
        None if acted is None else acted[0], None if acted is None else acted[1], fit.log_likelihood,
        None if acted is None else acted[2], count, int((~whole).sum()), 0 if acted is None else acted[3], share,
    )  # fmt: skip


def standardised(x: Floats, y: Floats, level: float) -> tuple[dict[str, Floats], tuple[float, float, float]]:
    """Standardised weights with intervals, and R² with its own, from the correlations by the delta method.

    A correlation's influence in a row is z_i z_j − r_ij (z_i² + z_j²)/2; weights are R⁻¹r and R² is r'R⁻¹r, so their
    influences follow, and the variance of a mean of influences is that of the estimate.

    Examples
    --------
    >>> luck = np.random.default_rng(2)
    >>> x = luck.normal(size=(200, 1))
    >>> weights, explained = standardised(x, x[:, 0] + luck.normal(size=200), 0.95)
    >>> weights["weight"].round(2), bool(explained[1] < 0.5 < explained[2])
    (array([0.68]), True)
    """
    count, causes = x.shape
    z = np.column_stack([x, y])
    z = (z - z.mean(axis=0)) / z.std(axis=0)
    correlation = z.T @ z / count
    inner, outer = correlation[:-1, :-1], correlation[:-1, -1]
    inverse = np.linalg.inv(inner)
    beta = inverse @ outer
    square = z**2
    pushed = z[:, :-1] * (z[:, -1] - z[:, :-1] @ beta)[:, None]  # influence of r − Rβ before the deviations' own part
    own = square[:, :-1]
    pushed -= 0.5 * outer * (own + square[:, -1:]) - 0.5 * (own * (inner @ beta) + (own * beta) @ inner)
    influence = pushed @ inverse
    on_r_squared = 2 * (z[:, :-1] * z[:, -1:] - 0.5 * outer * (own + square[:, -1:])) @ beta
    fitted = z[:, :-1] @ beta
    on_r_squared -= fitted**2 - (own * beta) @ (inner @ beta)
    freedom = count - causes - 1
    error = np.sqrt((influence**2).sum(axis=0) / count / freedom)
    columns = interval_columns(beta, error, freedom, level)
    explained = float(np.clip(outer @ beta, 0.0, 1.0))
    spread = float(np.sqrt((on_r_squared**2).sum() / count / freedom))
    found = {
        "weight": columns.pop("estimate"),
        **columns,
        "correlation": outer,
        "variance_inflation": np.diagonal(inverse),
    }
    return found, (explained, *_square_interval(explained, spread, freedom, level))


def _square_interval(explained: float, error: float, freedom: int, level: float) -> tuple[float, float]:
    """Interval of R² on the scale of Fisher's z of R."""
    root = np.sqrt(explained)
    if not 1e-9 < root < 1 - 1e-12:
        return (0.0, float(min(student(level, freedom) * error, 1.0))) if root < 0.5 else (explained, explained)
    reach = student(level, freedom) * error / (2 * root * (1 - explained))
    middle = np.arctanh(root)
    return float(np.tanh(max(middle - reach, 0.0)) ** 2), float(np.tanh(middle + reach) ** 2)


def _require_varying(values: Floats, columns: list[str], heading: str) -> None:
    if len(values) < 10:
        what = say_count("{count} row is whole; at least {least} are needed.",
                         "{count} rows are whole; at least {least} are needed.", len(values), least=10)  # fmt: skip
        raise InputError(heading, [Problem("too_few", what)])
    scale = np.maximum(np.abs(values).max(axis=0), 1e-300)
    still = values.std(axis=0) <= 1e-12 * scale
    problems = [
        Problem("constant", say("`{name}` is the same in every row.", name=name), column=name)
        for name, same in zip(columns, still, strict=True)
        if same
    ]
    if problems:
        raise InputError(heading, problems)


def _acted(values: Floats, flags: Floats, level: float, heading: str) -> tuple[pd.DataFrame, float, float, int]:
    """The logit of behaviour on intention and control."""
    from crm_toolkit.analysis.survival.hazard_scoring import scored

    known = ~np.isnan(flags)
    did, n = flags[known], int(known.sum())
    terms = ("intercept", "intention", "perceived_control")
    if n < 10 or did.min() == did.max():
        what = say("Behaviour is known of {count}, and {acted} of them acted: both must occur, among ten at least.",
                   count=n, acted=int(did.sum()))  # fmt: skip
        raise InputError(heading, [Problem("no_contrast", what)])
    causes = values[known][:, [3, 2]]
    middle, spread = causes.mean(axis=0), causes.std(axis=0)
    if (spread <= 1e-12 * np.maximum(np.abs(causes).max(axis=0), 1e-300)).any():
        what = say("Intention or control is the same for all whose behaviour is known.")
        raise InputError(heading, [Problem("constant", what)])
    design = np.column_stack([np.ones(n), (causes - middle) / spread])
    beta, information, value = scored(design, np.ones(n), did, "logit")
    strength = np.linalg.eigvalsh(information)
    if strength[0] < 1e-6 * n or np.abs(beta[1:]).max() > 15:
        what = say(
            "Intention or control parts those who acted from the others without exception, or both say the same."
        )
        found = say("The climb was stopped at {values}.", values=join_names(format_number(one) for one in beta))
        raise InputError(heading, [Problem("separation", what, found)])
    back = np.array([[1.0, *(-middle / spread)], [0, 1 / spread[0], 0], [0, 0, 1 / spread[1]]])
    covariance = back @ np.linalg.inv(information) @ back.T
    columns = interval_columns(back @ beta, np.sqrt(np.diagonal(covariance)), np.inf, level)
    rate = did.mean()
    alone = n * (rate * np.log(rate) + (1 - rate) * np.log1p(-rate))
    ends = {name: np.exp(np.clip(columns[name], -700, 700)) for name in ("estimate", "low", "high")}
    odds = {"odds_ratio": ends["estimate"], "odds_low": ends["low"], "odds_high": ends["high"]}
    table = pd.DataFrame({"term": terms, "coefficient": columns.pop("estimate"), **columns, **odds})
    return table, float(1 - value / alone), value, n
