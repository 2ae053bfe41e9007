"""Uplift models: who is moved by a treatment, learned from an experiment.

A model of response says who will buy; uplift is the difference between buying with and without the treatment,
τ(x) = E[y|x, treated] − E[y|x, untreated]. Customers who buy anyhow have a high response and no uplift. Four ways to
learn τ with any classifier or regressor of scikit-learn's kind:

S-learner (single): one model with the treatment as a feature; τ is the difference of its two answers. Simple; a model
    that finds the treatment unimportant says 0 for everybody.
T-learner (two): a model for each arm (Künzel, Sekhon, Bickel and Yu 2019). Its errors add up where an arm is small.
X-learner (crossed): both models fill in what each customer would have done in the other arm, two more models learn
    these differences, and the propensity mixes them, τ = e·τ₀ + (1−e)·τ₁. Good where one arm is much smaller.
Class transformation (Jaskowski and Jaroszewicz 2012), only for 0/1: z = 1 for treated who answered and control who did
    not; with weights 1/e and 1/(1−e), τ = 2·P(z=1|x) − 1.

Where the propensity differs between customers, the models learn with the weights 1/e and 1/(1−e), so that a choice
that looked at something outside the features does no harm.

`uplift_scores` is for judging: each customer's score comes from models that have not seen that customer
(cross-fitting). `fit_uplift` is for using: one model that scores new customers.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.trial import numbers, probabilities, read_columns, treated_flag
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark, say, say_count

LEARNERS = ("s", "t", "x", "class_transformation")
FOLDS = Knob("folds", 5, 2, 50, 1, mark("Folds of cross-fitting"), origin="convention")
LEAST = Knob("least", 20, 2, 1_000_000, 1, mark("Customers in each arm below which no model is learned"),
             origin="convention", reference="fewer teach a model nothing")  # fmt: skip
MOST_LEVELS, SMALL = 50, 100_000


@dataclass(frozen=True, eq=False)
class UpliftModel:
    """A fitted uplift model.

    Parameters
    ----------
    learner : {"s", "t", "x", "class_transformation"}
    features : tuple of str
    models : dict
        The fitted estimators: ``both`` (S), ``treated`` and ``control`` (T, X), ``effect_treated`` and
        ``effect_control`` (X), ``class`` (class transformation).
    levels : dict
        Of each feature of words: the levels it was learned with; another level counts as none of them.
    binary : bool
        Whether the outcome is 0 or 1.
    propensity : float
        Share treated among those it learned from; the X-learner mixes with it.
    customers : int
        From how many it learned.
    """

    learner: str
    features: tuple[str, ...]
    models: dict[str, Any]
    levels: dict[str, tuple[Any, ...]]
    binary: bool
    propensity: float
    customers: int

    def predict(self, table: Any) -> np.ndarray:
        """The uplift of each row of a table with the features, in the outcome's unit, in the table's order.

        Raises
        ------
        InputError
            If a feature is missing or of the wrong kind, or the estimator refuses the values.
        """
        frame, problems = read_columns(table, self.features, asked_by="UpliftModel.predict")
        x = _design(frame, self.features, self.levels, problems)
        _refuse(problems, "UpliftModel.predict")
        with _one_thread(len(x)):
            return self._scores(x, "UpliftModel.predict")

    def _scores(self, x: np.ndarray, asked_by: str) -> np.ndarray:
        if not len(x):
            return np.empty(0)

        def answer(name: str, values: np.ndarray, binary: bool) -> np.ndarray:
            return _answer(self.models[name], values, binary, asked_by)

        if self.learner == "s":
            sides = [np.column_stack([x, np.full(len(x), arm)]) for arm in (1.0, 0.0)]
            one, other = (answer("both", side, self.binary) for side in sides)
            return one - other
        if self.learner == "t":
            return answer("treated", x, self.binary) - answer("control", x, self.binary)
        if self.learner == "x":
            e = self.propensity
            return e * answer("effect_control", x, False) + (1 - e) * answer("effect_treated", x, False)
        return 2 * answer("class", x, True) - 1


def fit_uplift(
    table: Any,
    features: Sequence[str],
    outcome: str = "outcome",
    treated: str = "treated",
    *,
    learner: str = "t",
    model: Any = None,
    effect_model: Any = None,
    propensity: str | None = None,
    seed: int = 0,
    customer: str = "customer_id",
) -> UpliftModel:
    """Learn from an experiment whom a treatment moves.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer of the experiment; it is brought into memory.
    features : sequence of str
        Columns known before the treatment: numbers, flags, or words with up to 50 different ones.
    outcome : str
        Column of 0 and 1 (then a classifier learns), or of numbers (a regressor).
    treated : str
        Column of 0 and 1, of flags, or of an arm with a control group (such as "treated" and "holdout").
    learner : {"s", "t", "x", "class_transformation"}
        How the uplift is learned, see the head of the module.
    model : estimator, optional
        Of scikit-learn's kind: a classifier for 0/1, a regressor for numbers; it is cloned. By default gradient boosted
        trees of depth 3 (``HistGradientBoosting``, which take missing features as they are).
    effect_model : estimator, optional
        A regressor for the second step of the X-learner.
    propensity : str, optional
        Column of the probability of being treated, where it differs between customers.
    seed : int
        Seed of the default estimators.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    UpliftModel
        The same whatever the order of the rows.

    Raises
    ------
    InputError
        If a column is missing or wrong, a group is empty or has fewer than 20 customers, the outcome does not fit the
        learner, or the estimator refuses the data.

    References
    ----------
    Künzel, S. R., Sekhon, J. S., Bickel, P. J., Yu, B. (2019). Metalearners for Estimating Heterogeneous Treatment
    Effects Using Machine Learning. PNAS 116, 4156–4165. Jaskowski, M., Jaroszewicz, S. (2012). Uplift Modeling for
    Clinical Trial Data. ICML Workshop on Clinical Data Analysis.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from sklearn.linear_model import LinearRegression
    >>> luck = np.random.default_rng(0)
    >>> table = pd.DataFrame({"visits": luck.integers(0, 10, 400), "treated": luck.integers(0, 2, 400)})
    >>> table["outcome"] = 2.0 * table["visits"] + 0.5 * table["visits"] * table["treated"]
    >>> model = fit_uplift(table, ["visits"], model=LinearRegression())
    >>> model.predict(pd.DataFrame({"visits": [0, 4]})).round(6).tolist()
    [0.0, 2.0]
    """
    asked_by = "fit_uplift"
    data = _read(table, features, outcome, treated, learner, model, effect_model, propensity, customer, asked_by)
    with _one_thread(len(data.y)):
        return _fitted(data, np.ones(len(data.y), dtype=bool), learner, model, effect_model, seed, asked_by)


def uplift_scores(
    table: Any,
    features: Sequence[str],
    outcome: str = "outcome",
    treated: str = "treated",
    *,
    learner: str = "t",
    model: Any = None,
    effect_model: Any = None,
    propensity: str | None = None,
    folds: int = int(FOLDS.default),
    seed: int = 0,
    customer: str = "customer_id",
) -> pd.DataFrame:
    """Score each customer of an experiment by models that have not seen that customer (cross-fitting).

    Parameters
    ----------
    table, features, outcome, treated, learner, model, effect_model, propensity
        As in `fit_uplift`.
    folds : int
        Into how many parts the customers of each arm are divided by chance, 2 to 50.
    seed : int
        Seed of the parts and of the default estimators.
    customer : str
        Column of the customer, one row for each. It decides the parts, so that the order of rows does not matter.

    Returns
    -------
    pandas.DataFrame
        In the table's order: the customer's column, ``uplift`` (in the outcome's unit), ``treated`` (0 or 1),
        ``outcome``, and ``propensity`` where it was given: what `qini_curve` and its neighbours take.

    Raises
    ------
    InputError
        As `fit_uplift`, and if a customer is missing or an arm has fewer than 20 customers for the folds.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> luck = np.random.default_rng(0)
    >>> table = pd.DataFrame({"customer_id": range(2000), "visits": luck.integers(0, 10, 2000)})
    >>> table["treated"] = luck.integers(0, 2, 2000)
    >>> table["outcome"] = (luck.random(2000) < 0.1 + 0.05 * table["visits"] * table["treated"]).astype(int)
    >>> scores = uplift_scores(table, ["visits"], model=LogisticRegression())
    >>> bool(np.corrcoef(scores["uplift"], table["visits"])[0, 1] > 0.9)
    True
    """
    asked_by = "uplift_scores"
    parts = int(FOLDS.check(folds))
    data = _read(
        table, features, outcome, treated, learner, model, effect_model, propensity, customer, asked_by, keyed=True
    )
    luck = np.random.default_rng([seed, 3])
    fold = np.empty(len(data.y), dtype=int)
    for arm in (1, 0):
        mine = data.t == arm
        fold[mine] = luck.permutation(int(mine.sum())) % parts
    scores = np.empty(len(data.y))
    with _one_thread(len(data.y)):
        for part in range(parts):
            held = fold == part
            if held.any():
                fitted = _fitted(data, ~held, learner, model, effect_model, seed, asked_by)
                scores[held] = fitted._scores(data.x[held], asked_by)
    back = np.empty(len(data.order), dtype=int)
    back[data.order] = np.arange(len(data.order))
    answer = {customer: data.key, "uplift": scores[back], "treated": data.t[back].astype("int64"),
              "outcome": data.y[back]}  # fmt: skip
    if propensity:
        answer["propensity"] = data.e[back]
    return pd.DataFrame(answer)


@dataclass(frozen=True)
class _Data:
    """What a learner needs, in an order that does not depend on the table's: arrays, and the way back."""

    x: np.ndarray
    y: np.ndarray
    t: np.ndarray
    e: np.ndarray
    weighted: bool
    binary: bool
    features: tuple[str, ...]
    levels: dict[str, tuple[Any, ...]]
    order: np.ndarray
    key: Any


def _read(
    table: Any, features: Sequence[str], outcome: str, treated: str, learner: str, model: Any, effect_model: Any,
    propensity: str | None, customer: str, asked_by: str, *, keyed: bool = False,
) -> _Data:  # fmt: skip
    require_choice("learner", learner, LEARNERS)
    names = tuple(dict.fromkeys([features] if isinstance(features, str) else features))
    wanted = [*names, outcome, treated, *([propensity] if propensity else []), *([customer] if keyed else [])]
    numeric = [outcome, *([propensity] if propensity else [])]
    frame, problems = read_columns(table, wanted, asked_by=asked_by, unit=customer, numeric=numeric)
    if not names:
        problems.append(Problem("empty", say("Name one or more features."), column="features"))
    for name in (outcome, treated):
        if name in names:
            what = say("`{name}` can't be a feature: it is what the experiment measures or does.", name=name)
            problems.append(Problem("leak", what, advice=say("Leave it out."), column=name))
    y, t = numbers(frame, outcome, problems), treated_flag(frame, treated, problems)
    e = probabilities(frame, propensity, problems) if propensity else np.full(len(y), t.mean() if len(t) else 0.5)
    if keyed and (nobody := int(frame[customer].isna().sum())):
        what = say_count("{count} line has no customer.", "{count} lines have no customer.", nobody)
        problems.append(Problem("no_customer", what, column=customer))
    levels = {name: _levels(frame, name, problems) for name in names if _of_words(frame[name])}
    x = _design(frame, names, levels, problems)
    binary = bool(((y == 0) | (y == 1)).all())
    if learner == "class_transformation" and not binary:
        what = say("Class transformation needs an outcome of 0 and 1.")
        problems.append(Problem("not_binary", what, advice=say("Take the learner “t” or “x”."), column=outcome))
    if not problems:
        for arm, name in ((1, say("treated")), (0, say("untreated"))):
            count = int((t == arm).sum())
            if count < LEAST.default:
                what = say_count(
                    "The arm “{name}” has {count} customer; a model needs {least} in each arm.",
                    "The arm “{name}” has {count} customers; a model needs {least} in each arm.",
                    count,
                    name=name,
                    least=LEAST.default,
                )
                problems.append(Problem("too_few", what, column=treated))
    if model is not None and not (hasattr(model, "fit") and hasattr(model, "get_params")):
        what = say("`{name}` can't be {value}.", name="model", value=repr(model))
        advice = say("Give an estimator of scikit-learn's kind, not yet fitted.")
        problems.append(Problem("no_estimator", what, advice=advice, column="model"))
    elif model is not None and not binary and hasattr(model, "predict_proba"):
        what = say("{name} is a classifier, and the outcome is not 0 or 1.", name=type(model).__name__)
        problems.append(Problem("not_binary", what, advice=say("Give a regressor."), column=outcome))
    elif learner == "class_transformation" and model is not None and not hasattr(model, "predict_proba"):
        what = say("Class transformation needs a classifier with probabilities, not {name}.", name=type(model).__name__)
        problems.append(Problem("no_classifier", what, column="model"))
    if effect_model is not None and not (hasattr(effect_model, "fit") and not hasattr(effect_model, "predict_proba")):
        what = say("`{name}` can't be {value}.", name="effect_model", value=repr(effect_model))
        problems.append(Problem("no_estimator", what, advice=say("Give a regressor."), column="effect_model"))
    _refuse(problems, asked_by)
    order = np.lexsort((*x.T, y, e, t))
    if keyed:
        by = frame[customer]
        order = np.argsort(by.astype(str).to_numpy() if by.dtype == object else by.to_numpy(), kind="stable")
    return _Data(x[order], y[order], t[order], e[order], propensity is not None, binary, names, levels, order,
                 frame[customer].to_numpy() if keyed else None)  # fmt: skip


def _of_words(column: pd.Series) -> bool:
    return not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column))


def _levels(frame: pd.DataFrame, name: str, problems: list[Problem]) -> tuple[Any, ...]:
    found = pd.unique(frame[name].dropna().astype(str))
    if pd.api.types.is_datetime64_any_dtype(frame[name]):
        what = say("The feature `{name}` holds dates.", name=name)
        problems.append(Problem("wrong_kind", what, advice=say("Turn it into a number, such as days since."),
                                column=name))  # fmt: skip
        return ()
    if len(found) > MOST_LEVELS:
        what = say_count("The feature `{name}` has {count} different word; {most} are allowed.",
                         "The feature `{name}` has {count} different words; {most} are allowed.", len(found),
                         name=name, most=MOST_LEVELS)  # fmt: skip
        advice = say("Bring them together into fewer, or leave it out.")
        problems.append(Problem("too_many", what, advice=advice, column=name))
        return ()
    return tuple(sorted(found))


def _design(
    frame: pd.DataFrame, names: tuple[str, ...], levels: dict[str, tuple[Any, ...]], problems: list[Problem]
) -> np.ndarray:
    """Features as numbers: words become one column of 0 and 1 for each level."""
    columns = []
    for name in names:
        if name in levels:
            words = frame[name].astype(str).where(frame[name].notna(), None).to_numpy(dtype=object)
            columns += [(words == level).astype("float64") for level in levels[name]]
            continue
        if _of_words(frame[name]):
            what = say("The column `{name}` must hold numbers.", name=name)
            problems.append(Problem("wrong_kind", what, column=name))
            continue
        values: np.ndarray = frame[name].to_numpy(dtype="float64", na_value=np.nan)
        endless = int(np.isinf(values).sum())
        if endless:
            what = say_count("{count} value of `{name}` is missing or infinite.",
                             "{count} values of `{name}` are missing or infinite.", endless, name=name)  # fmt: skip
            problems.append(Problem("unsound_number", what, column=name))
        columns.append(values)
    return np.column_stack(columns) if columns else np.zeros((len(frame), 0))


def _fitted(
    data: _Data, used: np.ndarray, learner: str, model: Any, effect_model: Any, seed: int, asked_by: str
) -> UpliftModel:
    x, y, t, e = data.x[used], data.y[used], data.t[used], data.e[used]
    w = np.where(t == 1, 1 / e, 1 / (1 - e)) if data.weighted or learner == "class_transformation" else None
    outcome_model = _outcome_model(model, data.binary, seed)
    one, other = t == 1, t == 0

    def learned(estimator: Any, values: np.ndarray, target: np.ndarray, mask: np.ndarray | None = None) -> Any:
        rows = np.ones(len(target), dtype=bool) if mask is None else mask
        weights = None if w is None else w[rows]
        if weights is not None and np.ptp(weights) <= 1e-12 * weights.max():
            weights = None
        return _learned(estimator, values[rows], target[rows], weights, asked_by)

    models: dict[str, Any] = {}
    if learner == "s":
        models["both"] = learned(outcome_model, np.column_stack([x, t]), y)
    elif learner == "class_transformation":
        z = (t == y).astype("float64")
        models["class"] = learned(outcome_model, x, z)
    else:
        models["treated"] = learned(outcome_model, x, y, one)
        models["control"] = learned(outcome_model, x, y, other)
    if learner == "x":
        second = _default(False, seed) if effect_model is None else effect_model
        filled = np.where(one, y - _answer(models["control"], x, data.binary, asked_by),
                          _answer(models["treated"], x, data.binary, asked_by) - y)  # fmt: skip
        models["effect_treated"] = learned(second, x, filled, one)
        models["effect_control"] = learned(second, x, filled, other)
    return UpliftModel(learner, data.features, models, data.levels, data.binary, float(t.mean()), len(y))


@contextmanager
def _one_thread(rows: int) -> Iterator[None]:
    """Small data are learned in one thread: threads that wait for each other cost many times more on a busy machine."""
    if rows > SMALL:
        yield
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield


def _outcome_model(model: Any, binary: bool, seed: int) -> Any:
    return _default(binary, seed) if model is None else model


def _default(binary: bool, seed: int) -> Any:
    """Gradient boosted trees, small and steady."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if binary else HistGradientBoostingRegressor
    return kind(max_depth=3, max_iter=60, learning_rate=0.1, early_stopping=False, random_state=seed)


@dataclass(frozen=True)
class _Constant:
    """What is learned from outcomes that are all the same."""

    value: float


def _learned(estimator: Any, x: np.ndarray, y: np.ndarray, weights: np.ndarray | None, asked_by: str) -> Any:
    """A fitted clone; outcomes that are all alike need no estimator, and most classifiers refuse them."""
    from sklearn.base import clone

    if np.ptp(y) == 0:
        return _Constant(float(y[0]))
    fresh = clone(estimator)
    classifier = hasattr(fresh, "predict_proba")
    options: dict[str, Any] = {}
    if weights is not None:
        if "sample_weight" not in inspect.signature(fresh.fit).parameters:
            what = say("The estimator {name} takes no weights, and the propensities differ.",
                       name=type(estimator).__name__)  # fmt: skip
            problem = Problem("no_weights", what, advice=say("Choose one whose `fit` has `sample_weight`."),
                              column="model")  # fmt: skip
            raise InputError(say("`{function}` can't learn from these customers.", function=asked_by), [problem])
        options["sample_weight"] = weights
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="sklearn")
        try:
            return fresh.fit(x, y.astype("int64") if classifier else y, **options)
        except (ValueError, TypeError) as reason:
            raise _refused(estimator, reason, asked_by) from reason


def _answer(model: Any, x: np.ndarray, binary: bool, asked_by: str) -> np.ndarray:
    if isinstance(model, _Constant):
        return np.full(len(x), model.value)
    try:
        found = model.predict_proba(x)[:, 1] if binary and hasattr(model, "predict_proba") else model.predict(x)
    except (ValueError, TypeError) as reason:
        raise _refused(model, reason, asked_by) from reason
    return np.asarray(found, dtype="float64").reshape(len(x))


def _refused(estimator: Any, reason: Exception, asked_by: str) -> InputError:
    what = say("The estimator {name} refuses these values.", name=type(estimator).__name__)
    advice = say("Fill in missing features, or leave out `model`: the default takes them as they are.")
    found = str(reason).strip().splitlines()[0] if str(reason).strip() else type(reason).__name__
    heading = say("`{function}` can't learn from these customers.", function=asked_by)
    return InputError(heading, [Problem("estimator_refuses", what, found, advice, column="model")])


def _refuse(problems: list[Problem], asked_by: str) -> None:
    if problems:
        raise InputError(say("`{function}` can't learn from these customers.", function=asked_by), problems)
