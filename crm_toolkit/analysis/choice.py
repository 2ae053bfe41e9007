"""Discrete choice: what drives which offer people take, from choices among several (multinomial logit).

    P(j | task) = exp(β·x_j) / Σ_i exp(β·x_i)         log L = Σ over tasks of log P(chosen)

The likelihood is concave, so Newton's steps with the exact gradient and Hessian find its only maximum; standard errors
come from the Hessian there, or, where people answer several tasks, from sums by person (clustered), since one person's
answers are alike.

What choices can't tell is said, not guessed: a column that is the same for all offers of every task, a column that
others add up to, and a combination that predicts every choice (separation: its coefficient would be infinite).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.choice_tasks import Tasks, learnable_columns, read_columns, read_tasks, separated_columns
from crm_toolkit.analysis.shares import LEVEL
from crm_toolkit.behaviour.part_worths import profile_utilities
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import format_number, join_names, say, say_count

MOST_STEPS = 60
_STILL = 1e-9  # the gradient of a maximum, per task and standard deviation of a column
_SUSPICIOUS = 12.0  # a span of utilities within a task from which separation is looked for


@dataclass(frozen=True, eq=False)
class MNLFit:
    """A fitted multinomial logit.

    Parameters
    ----------
    coefficients : pandas.DataFrame
        ``name``, ``estimate`` (utility per unit), ``standard_error``, ``low``, ``high``, ``z``. A category's level is
        named ``column: level``, its utility is that beyond the reference level.
    covariance : numpy.ndarray
        Of the estimates.
    log_likelihood, null_log_likelihood : float
        At the estimates, and where all offers of a task are equally likely.
    mcfadden_r2 : float
        1 − log_likelihood / null_log_likelihood; 0.2 to 0.4 is already a good fit, it is no share of variance.
    tasks, rows, people : int
        Choice tasks, offers in all of them, people (0 where they were not named).
    left_out : int
        Tasks with a missing value.
    errors : {"information", "clustered"}
        Where the standard errors come from.
    references : dict
        Category → its reference level.
    levels : dict
        Category → all its levels, the reference among them.
    iterations : int
        Newton's steps.
    warnings : tuple of str
        What to know before reading, as sentences.
    level : float
    """

    coefficients: pd.DataFrame
    covariance: np.ndarray
    log_likelihood: float
    null_log_likelihood: float
    mcfadden_r2: float
    tasks: int
    rows: int
    people: int
    left_out: int
    errors: str
    references: Mapping[str, Any]
    levels: Mapping[str, tuple[Any, ...]]
    iterations: int
    warnings: tuple[str, ...]
    level: float
    _plan: tuple[tuple[str, Any], ...] = field(repr=False)

    def __str__(self) -> str:
        head = say_count(
            "Logit of {count} choice: McFadden's R² {r2}.",
            "Logit of {count} choices: McFadden's R² {r2}.",
            self.tasks,
            r2=format_number(self.mcfadden_r2, 3),
        )
        told = [
            say("{name}: {estimate} (from {low} to {high}).", name=row["name"],
                estimate=format_number(row["estimate"], 3), low=format_number(row["low"], 3),
                high=format_number(row["high"], 3))
            for _, row in self.coefficients.iterrows()
        ]  # fmt: skip
        return "\n".join([head, *told, *self.warnings])

    @property
    def part_worths(self) -> dict[str, Any]:
        """Attribute → {level: utility beyond the reference} or → utility per unit, as `profile_utilities` takes it."""
        worths: dict[str, Any] = {
            name: {level: 0.0 for level in every if level == self.references[name]}
            for name, every in self.levels.items()
        }
        for (column, level), estimate in zip(self._plan, self.coefficients["estimate"], strict=True):
            if column in self.levels:
                worths[column][level] = float(estimate)
            else:
                worths[column] = float(estimate)
        return worths

    def predict(self, offers: Any, *, task: str | None = None) -> pd.DataFrame:
        """Utilities and chances of offers, within each task.

        Parameters
        ----------
        offers : pandas.DataFrame
            One row for each offer, with the attributes of the fit.
        task : str, optional
            Column that tells tasks apart; by default all rows are one task.

        Returns
        -------
        pandas.DataFrame
            A copy with the columns ``utility`` and ``share``.

        Raises
        ------
        InputError
            If a column is missing, a level unknown, or a number missing.
        """
        if not isinstance(offers, pd.DataFrame) or offers.empty:
            what = say("A table with a row for each offer is needed.")
            raise InputError(say("`{function}` can't predict.", function="predict"), [Problem("unknown_kind", what)])
        if task is not None:
            require_columns([task], offers.columns, asked_by="predict")
        utility = profile_utilities(offers.reset_index(drop=True), self.part_worths)
        codes = np.zeros(len(offers), dtype="int64") if task is None else pd.factorize(offers[task])[0]
        top = np.full(codes.max() + 1, -np.inf)
        np.maximum.at(top, codes, utility)
        weight = np.exp(utility - top[codes])
        return offers.assign(utility=utility, share=weight / np.bincount(codes, weights=weight)[codes])


def fit_mnl(
    choices: Any,
    attributes: Sequence[str],
    *,
    categories: Sequence[str] = (),
    reference: Mapping[str, Any] | None = None,
    task: str = "task_id",
    chosen: str = "chosen",
    person: str | None = None,
    missing: str = "refuse",
    level: float = LEVEL.default,
) -> MNLFit:
    """Fit a multinomial (conditional) logit to choices among offers.

    Parameters
    ----------
    choices : frame, relation or path
        Long format, one row for each offer of each task: ``task``, ``chosen`` (flag, one in each task), the attributes.
    attributes : sequence of str
        Columns of numbers: the utility is linear in them.
    categories : sequence of str
        Columns of labels, such as the brand: one coefficient for each level but the reference.
    reference : mapping, optional
        Category → its reference level; by default the first in order.
    task, chosen : str
        Names of these columns.
    person : str, optional
        Column of people who answer several tasks: standard errors are then clustered by person.
    missing : {"refuse", "leave_out"}
        What to do with tasks in which a value is missing.
    level : float
        Level of the intervals, a fraction.

    Returns
    -------
    MNLFit

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind; a task has not exactly one chosen offer or only one offer; an
        attribute is the same for all offers of every task, or others add up to it; choices are separated; or there are
        too few tasks.

    References
    ----------
    McFadden, D. (1974). Conditional Logit Analysis of Qualitative Choice Behavior. In: Zarembka, P. (ed.), Frontiers in
    Econometrics, 105–142.

    Examples
    --------
    >>> import pandas as pd
    >>> choices = pd.DataFrame(
    ...     {
    ...         "task_id": [1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
    ...         "price": [10, 12, 9, 12, 11, 10, 12, 10, 9, 10],
    ...         "chosen": [1, 0, 1, 0, 0, 1, 1, 0, 0, 1],
    ...     }
    ... )
    >>> print(fit_mnl(choices, ["price"]))
    Logit of 5 choices: McFadden's R² 0.070.
    price: -0.333 (from -1.307 to 0.641).
    5 choices, 1 to be estimated: fewer than ten for each.
    """
    share = LEVEL.check(level)
    columns, keys = read_columns(choices, attributes, categories, reference, task, chosen, person, "fit_mnl")
    tasks = read_tasks(columns, keys, missing, "fit_mnl")
    if not tasks.names:
        what = say("No attribute is left to learn from.")
        raise InputError(_heading(), [Problem("too_few", what, column="attributes")])
    X, scale = learnable_columns(tasks, _heading())
    beta, likelihood, gradient, information, steps = _climb(X, tasks)
    if _span(X @ beta, tasks) > _SUSPICIOUS or np.abs(gradient).max() > 1e-6 * tasks.count:
        _refuse_separated(tasks, X)
    covariance, errors = _covariance(X, beta, information, tasks)
    beta, covariance = beta / scale, covariance / np.outer(scale, scale)
    null = -float(np.log(tasks.sizes).sum())
    error = np.sqrt(np.diagonal(covariance))
    z = NormalDist().inv_cdf((1 + share) / 2)
    table = pd.DataFrame(
        {
            "name": tasks.names,
            "estimate": beta,
            "standard_error": error,
            "low": beta - z * error,
            "high": beta + z * error,
            "z": beta / error,
        }
    )
    return MNLFit(
        table, covariance, likelihood, null, 1 - likelihood / null, tasks.count, len(X), tasks.people, tasks.left_out,
        errors, tasks.references, tasks.levels, steps, _warnings(tasks, person), share, tasks.plan,
    )  # fmt: skip


def _heading() -> str:
    return say("`{function}` can't fit these choices.", function="fit_mnl")


def _state(X: np.ndarray, beta: np.ndarray, tasks: Tasks) -> tuple[float, np.ndarray, np.ndarray]:
    """Log-likelihood, the columns times the offers' chances, and the sums of these in each task: its mean offer."""
    utility = X @ beta
    utility -= tasks.spread_out(tasks.highest(utility))
    chance = np.exp(utility)
    total = tasks.sums(chance)
    likelihood = float((utility[tasks.taken] - np.log(total)).sum())
    chance /= tasks.spread_out(total)
    weighted = chance[:, None] * X
    return likelihood, weighted, tasks.sums(weighted)


def _climb(X: np.ndarray, tasks: Tasks) -> tuple[np.ndarray, float, np.ndarray, np.ndarray, int]:
    """Newton's steps from 0, halved where the likelihood would fall."""
    beta, taken = np.zeros(X.shape[1]), X[tasks.taken].sum(axis=0)
    likelihood, weighted, mean = _state(X, beta, tasks)
    steps = 0
    while True:
        gradient = taken - mean.sum(axis=0)
        information = X.T @ weighted - mean.T @ mean
        if np.abs(gradient).max() <= _STILL * tasks.count or steps == MOST_STEPS:
            return beta, likelihood, gradient, information, steps
        step = np.linalg.lstsq(information, gradient, rcond=1e-14)[0]
        length = 1.0
        for _ in range(30):
            found = _state(X, beta + length * step, tasks)
            if found[0] >= likelihood - 1e-12 * abs(likelihood):
                break
            length /= 2
        else:
            return beta, likelihood, gradient, information, steps
        beta, (likelihood, weighted, mean) = beta + length * step, found
        steps += 1


def _span(utility: np.ndarray, tasks: Tasks) -> float:
    return float((tasks.highest(utility) + tasks.highest(-utility)).max())


def _covariance(X: np.ndarray, beta: np.ndarray, information: np.ndarray, tasks: Tasks) -> tuple[np.ndarray, str]:
    bread = np.linalg.inv(information)
    if not tasks.people:
        return bread, "information"
    away = X[tasks.taken] - _state(X, beta, tasks)[2]
    scores = np.zeros((tasks.people, X.shape[1]))
    np.add.at(scores, tasks.person, away)
    meat = scores.T @ scores * tasks.people / max(tasks.people - 1, 1)
    return bread @ meat @ bread, "clustered"


def _refuse_separated(tasks: Tasks, X: np.ndarray) -> None:
    names = separated_columns(tasks, X)
    if names:
        what = say("Every choice goes along with: {names}. Their coefficients would be infinite.",
                   names=join_names(names))  # fmt: skip
        advice = say("Leave one out, join levels, or collect choices in which it loses.")
        raise InputError(_heading(), [Problem("separated", what, advice=advice, column=names[0])])


def _warnings(tasks: Tasks, person: str | None) -> tuple[str, ...]:
    said = []
    if tasks.count < 10 * len(tasks.names):
        said.append(say_count("{count} choice, {coefficients} to be estimated: fewer than ten for each.",
                              "{count} choices, {coefficients} to be estimated: fewer than ten for each.", tasks.count,
                              coefficients=len(tasks.names)))  # fmt: skip
    if person is not None and tasks.people < 30:
        said.append(say_count("Clustered errors of {count} person are too small; 30 are needed at least.",
                              "Clustered errors of {count} people are too small; 30 are needed at least.",
                              tasks.people))  # fmt: skip
    return tuple(said)
