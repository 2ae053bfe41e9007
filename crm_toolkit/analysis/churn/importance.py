"""What is each column worth to a model of churn? Shuffle it and see how much worse the model foretells.

Shuffled, a column says nothing, while its values stay what they were. The loss is the importance (Breiman 2001); the
shuffles differ, and so do the losses: their spread says whether a small importance is more than nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.churn.evaluation import one_sided
from crm_toolkit.analysis.churn.model import ChurnModel, auc_of, foretold
from crm_toolkit.analysis.survival.reading import Floats, flags_of, numbers_of, read_frame
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

MEASURES = ("auc", "brier")


def churn_importance_table(
    model: ChurnModel, customers: Any, *, measure: str = "auc", repeats: int = 20, seed: int = 0
) -> pd.DataFrame:
    """How much worse the model foretells if a column is shuffled, so that it says nothing.

    Columns that say the same stand in for each other: each alone looks unimportant then. And what helps to foretell
    leaving need not cause it.

    Parameters
    ----------
    model : ChurnModel
        As `fit_churn` returns it.
    customers : frame, relation or path
        The features and the target, best of customers that the model has not seen.
    measure : {"auc", "brier"}
        What gets worse: the order, or the probabilities.
    repeats, seed : int
        Shuffles of each column, 2 to 1,000, and the seed of their luck.

    Returns
    -------
    pandas.DataFrame
        The most important first: ``feature``, ``importance`` (mean loss of AUC, or gain of Brier score), ``spread``
        (standard deviation over the shuffles), ``low``, ``high`` (their 5 % and 95 % quantiles).

    Raises
    ------
    InputError
        If the model is none, a column is missing or of the wrong kind, or all left or all stayed.

    References
    ----------
    Breiman, L. (2001). Random Forests. Machine Learning 45, 5–32.

    Examples
    --------
    >>> from crm_toolkit.analysis.churn.model import fit_churn
    >>> luck = np.random.default_rng(1)
    >>> table = pd.DataFrame({"visits": luck.poisson(4, 400), "shoe_size": luck.integers(36, 46, 400)})
    >>> table["churned"] = luck.random(400) < 1 / (1 + table["visits"])
    >>> churn_importance_table(fit_churn(table), table)["feature"].tolist()
    ['visits', 'shoe_size']
    """
    asked_by = "churn_importance_table"
    require_choice("measure", measure, MEASURES)
    (times,) = require_numbers(asked_by, repeats=(repeats, 2, 1_000))
    if not isinstance(model, ChurnModel):
        what = say("A value of kind `{kind}` was given.", kind=type(model).__name__)
        raise InputError(say("`{function}` needs a `ChurnModel`.", function=asked_by), [Problem("unknown_kind", what)])
    frame = read_frame(customers, [*model.features, model.target], asked_by=asked_by)
    problems: list[Problem] = []
    left = flags_of(frame, model.target, problems)
    columns = [numbers_of(frame, name, problems) for name in model.features]
    problems += [] if problems else one_sided(left, model.target)
    if problems:
        raise InputError(say("`{function}` can't use these customers.", function=asked_by), problems)
    x = np.array(columns).T
    order = np.lexsort((left, *x.T))
    x, left = x[order], left[order]

    def loss(rows: Floats) -> float:
        p = foretold(model.estimator, rows)
        return -auc_of(left, p) if measure == "auc" else float(((p - left) ** 2).mean())

    usual, luck = loss(x), np.random.default_rng(seed)
    found = []
    for k, name in enumerate(model.features):
        shuffled, losses = x.copy(), np.empty(int(times))
        for turn in range(int(times)):
            shuffled[:, k] = luck.permutation(x[:, k])
            losses[turn] = loss(shuffled) - usual
        found.append((name, losses.mean(), losses.std(ddof=1), *np.quantile(losses, [0.05, 0.95])))
    table = pd.DataFrame(found, columns=["feature", "importance", "spread", "low", "high"])
    return table.sort_values(["importance", "feature"], ascending=[False, True], ignore_index=True)
