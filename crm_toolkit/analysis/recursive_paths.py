"""Path models without loops: equation by equation by least squares, and effects through others with their errors.

Each effect is a weighted sum of causes that come before it and of luck that the equations do not share; then least
squares of each equation by itself is the best there is. With W the weights among effects and V those of the inputs, the
total effects are (I − W)⁻¹V, direct and indirect together. Their errors follow by the delta method from those of the
weights, which are independent between equations.

Limits: that luck is not shared is an assumption no fit can check, and a cause that was left out breaks it; the
direction of an arrow is the analyst's. `behaviour.PathSystem` draws data for which it is true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.least_squares import LeastSquares, interval_columns, least_squares
from crm_toolkit.analysis.shares import LEVEL
from crm_toolkit.behaviour.howard_sheth import LIMITS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say


@dataclass(frozen=True, eq=False)
class PathModel:
    """A recursive path model, fitted.

    Parameters
    ----------
    coefficients : pandas.DataFrame
        ``effect``, ``cause``, ``coefficient``, ``standard_error``, ``low``, ``high``, ``p_value``, ``standardised``
        (in standard deviations of both). Intercepts are fitted and not listed.
    effects : pandas.DataFrame
        For each cause and each effect that it reaches: ``cause``, ``effect``, ``direct``, ``indirect``, ``total``,
        ``standard_error``, ``low``, ``high``, ``p_value`` (of the total).
    equations : pandas.DataFrame
        ``effect``, ``r_squared``, ``log_likelihood``.
    respondents, left_out : int
        Rows that are whole in all columns; the others.
    level : float
    """

    coefficients: pd.DataFrame
    effects: pd.DataFrame
    equations: pd.DataFrame
    respondents: int
    left_out: int
    level: float

    @property
    def limits(self) -> str:
        """What the model cannot tell, a sentence for beside the numbers."""
        return say(LIMITS)


def fit_recursive_paths(
    table: Any, equations: Mapping[str, Sequence[str]], *, level: float = LEVEL.default
) -> PathModel:
    """Fit a path model without loops.

    Parameters
    ----------
    table : frame, relation or path
        One row per person, columns of numbers. Rows with a missing value are left out.
    equations : mapping of str to sequence of str
        Effect → its causes, in causal order: a cause is an effect of an earlier equation, or no effect at all.
    level : float
        Level of the intervals, a fraction.

    Returns
    -------
    PathModel

    Raises
    ------
    InputError
        If an equation has no cause, a cause comes too late or is named twice, a column is missing or of the wrong
        kind, does not vary or follows from others, or there are too few whole rows.

    References
    ----------
    Sobel, M. E. (1982). Asymptotic Confidence Intervals for Indirect Effects in Structural Equation Models.
    Sociological Methodology 13, 290–312 (from memory).

    Examples
    --------
    >>> from crm_toolkit.behaviour.howard_sheth import draw_paths, howard_sheth_system
    >>> people = draw_paths(howard_sheth_system(), 2000, rng=np.random.default_rng(1))
    >>> found = fit_recursive_paths(
    ...     people, {"intention": ["attitude", "social"], "purchase": ["intention", "attitude"]}
    ... )
    >>> print(found.effects[["cause", "effect", "direct", "indirect", "total"]].round(2).to_string(index=False))
        cause    effect  direct  indirect  total
     attitude intention    0.60      0.00   0.60
       social intention    0.25      0.00   0.25
     attitude  purchase    0.10      0.30   0.40
       social  purchase    0.00      0.12   0.12
    intention  purchase    0.50      0.00   0.50
    """
    share = LEVEL.check(level)
    heading = say("`{function}` can't fit these equations.", function="fit_recursive_paths")
    causes = _checked(equations, heading)
    names = list(dict.fromkeys([*(cause for found in causes.values() for cause in found), *causes]))
    frame = brought_home(table, dict.fromkeys(names, "number"), asked_by="fit_recursive_paths")
    values = frame[names].to_numpy()
    whole = ~np.isnan(values).any(axis=1)
    people = frame[names][whole]
    still = [name for name in names if len(people) and np.ptp(people[name]) <= 1e-12 * people[name].abs().max()]
    if still:
        raise InputError(heading, [
            Problem("constant", say("`{name}` is the same in every row.", name=name), column=name) for name in still
        ])  # fmt: skip
    fits: dict[str, LeastSquares] = {}
    for effect, found in causes.items():
        design = np.column_stack([np.ones(len(people)), people[found].to_numpy()])
        fits[effect] = least_squares(design, people[effect].to_numpy(), ["intercept", *found], heading=heading)
    return PathModel(
        pd.concat([_equation(effect, fit, people, share) for effect, fit in fits.items()], ignore_index=True),
        _effects(fits, names, share),
        pd.DataFrame({"effect": list(fits), "r_squared": [fit.r_squared for fit in fits.values()],
                      "log_likelihood": [fit.log_likelihood for fit in fits.values()]}),
        len(people), int((~whole).sum()), share,
    )  # fmt: skip


def _equation(effect: str, fit: LeastSquares, people: pd.DataFrame, level: float) -> pd.DataFrame:
    table = fit.table(level).iloc[1:].rename(columns={"term": "cause"}).reset_index(drop=True)
    spread = people[table["cause"].tolist()].std().to_numpy() / people[effect].std()
    table.insert(0, "effect", effect)
    return table.assign(standardised=table["coefficient"] * spread)


def _effects(fits: Mapping[str, LeastSquares], names: list[str], level: float) -> pd.DataFrame:
    """Total effects T = (I − A)⁻¹ − I over all names; their slopes by A's weights are outer products of (I − A)⁻¹."""
    place = {name: number for number, name in enumerate(names)}
    direct = np.zeros((len(names), len(names)))
    for effect, fit in fits.items():
        for cause, weight in zip(fit.names[1:], fit.coefficients[1:], strict=True):
            direct[place[effect], place[cause]] = weight
    reached = np.linalg.inv(np.eye(len(names)) - direct)
    variance = np.zeros_like(direct)
    for effect, fit in fits.items():
        columns = [place[cause] for cause in fit.names[1:]]
        through = reached[columns]  # from every cause to the causes of this equation
        inner = np.einsum("kc,kl,lc->c", through, fit.covariance[1:, 1:], through)
        variance += reached[:, place[effect]][:, None] ** 2 * inner[None, :]
    reachable = (np.linalg.matrix_power(np.eye(len(names)) + (direct != 0), len(names)) > 0) & ~np.eye(
        len(names), dtype=bool
    )
    rows = [(cause, effect) for effect in fits for cause in names if reachable[place[effect], place[cause]]]
    where = ([place[effect] for _, effect in rows], [place[cause] for cause, _ in rows])
    total = (reached - np.eye(len(names)))[where]
    freedom = min(fit.freedom for fit in fits.values())
    columns_of = interval_columns(total, np.sqrt(np.maximum(variance[where], 0.0)), freedom, level)
    return pd.DataFrame({"cause": [cause for cause, _ in rows], "effect": [effect for _, effect in rows],
                         "direct": direct[where], "indirect": total - direct[where],
                         "total": columns_of.pop("estimate"), **columns_of})  # fmt: skip


def _checked(equations: Mapping[str, Sequence[str]], heading: str) -> dict[str, list[str]]:
    if not isinstance(equations, Mapping) or not equations:
        what = say("Equations are needed: each effect with its causes.")
        raise InputError(heading, [Problem("no_equations", what, column="equations")])
    found = {str(effect): [causes] if isinstance(causes, str) else [str(cause) for cause in causes]
             for effect, causes in equations.items()}  # fmt: skip
    problems, order = [], list(found)
    for number, (effect, causes) in enumerate(found.items()):
        if not causes:
            problems.append(Problem("no_causes", say("`{name}` has no cause.", name=effect), column=effect))
        for cause in causes:
            if causes.count(cause) > 1:
                what = say("`{cause}` is named twice as a cause of `{effect}`.", cause=cause, effect=effect)
                problems.append(Problem("repeated_name", what, column=effect))
            if cause in order[number:]:
                what = say("`{cause}` does not come before `{effect}`.", cause=cause, effect=effect)
                problems.append(Problem("not_recursive", what, advice=say("A recursive system has no loops."),
                                        column=effect))  # fmt: skip
    if problems:
        raise InputError(heading, problems)
    return found
