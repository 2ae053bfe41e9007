"""Who will leave? A classifier, and a guard against columns that know the answer.

A column that was filled in after the customer had left (reason of cancelling, last invoice, days since the goodbye
letter) makes a model that is perfect on paper and blind in use: *leakage*. Two signs are looked for before anything is
learned: a date later than the day of the features, and a column that alone tells leavers from stayers almost
perfectly. Neither is proof; a column may be allowed by name.

The model is logistic regression on features that are softened (sign(x) log(1 + |x|)) and brought to one scale, with
the usual slight penalty (C = 1); gradient boosting, or any classifier with ``predict_proba``, on request. What the
coefficients say is what goes with leaving, not what would change it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.lines import as_day
from crm_toolkit.analysis.survival.reading import Floats, flags_of, numbers_of, read_frame
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.engines import laid_out, with_named_columns
from crm_toolkit.errors import InputError, MissingExtraError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import require_columns, require_single
from crm_toolkit.texts import format_date, format_number, join_names, mark, say, say_count

SUSPICIOUS_AUC = Knob("suspicious_auc", 0.97, 0.8, 1.0, 0.01,
                      mark("AUC of a single column from which it is suspected of knowing the answer"),
                      origin="assumption", reference="honest single features stay well below")  # fmt: skip
MIN_OF_EACH = 20  # assumption: fewer leavers or stayers say little about ten features
ESTIMATORS = ("logistic", "gradient_boosting")


@dataclass(frozen=True, eq=False)
class ChurnModel:
    """A classifier of churn, estimated.

    Parameters
    ----------
    features : tuple of str
        Columns that it reads.
    target : str
        Column that it was learned from.
    name : str
        ``"logistic"``, ``"gradient_boosting"`` or the class of the estimator that was given.
    estimator : object
        The fitted scikit-learn estimator.
    customers, churned : int
        Customers that it was learned from, and how many of them had left.
    coefficients : pandas.DataFrame
        For logistic regression ``feature``, ``coefficient`` (log odds per standard deviation of the softened feature);
        otherwise empty.
    """

    features: tuple[str, ...]
    target: str
    name: str
    estimator: Any
    customers: int
    churned: int
    coefficients: pd.DataFrame

    def probabilities(self, customers: Any) -> Floats:
        """The probability of leaving for each row.

        Raises
        ------
        InputError
            If a feature is missing or not of finite numbers.
        """
        frame = read_frame(customers, self.features, asked_by="probabilities")
        problems: list[Problem] = []
        columns = [numbers_of(frame, name, problems) for name in self.features]
        if problems:
            raise InputError(say("`{function}` can't use these customers.", function="probabilities"), problems)
        x = np.array(columns).T.reshape(len(frame), len(columns))
        return foretold(self.estimator, x)

    def score(self, customers: Any, *, key: str = "customer_id") -> pd.DataFrame:
        """A table with the probability of leaving, ready for the tables of evaluation.

        Parameters
        ----------
        customers : frame, relation or path
            The features; the key and the target come along if they are there.
        key : str
            Column that names the customer.

        Returns
        -------
        pandas.DataFrame
            The key (if given), ``probability`` (0 to 1) and the target (if given); rows as they came.
        """
        frame = whole_frame(customers, asked_by="score")
        kept = [name for name in (key, self.target) if name in frame.columns]
        found = frame[kept].reset_index(drop=True)
        found.insert(int(key in kept), "probability", self.probabilities(frame))
        return found


def leakage_table(
    customers: Any, *, target: str = "churned", as_of: Any = None, suspicious_auc: float = SUSPICIOUS_AUC.default
) -> pd.DataFrame:
    """Look at every column for signs that it knows the answer.

    Parameters
    ----------
    customers : frame, relation or path
        One row per customer with ``target`` and the columns.
    target : str
        Column of flags.
    as_of : date, datetime or str, optional
        Last day of the features; without it dates can't be judged.
    suspicious_auc : float
        From this AUC on a column alone is suspected.

    Returns
    -------
    pandas.DataFrame
        For every other column: ``column``, ``auc`` (of the column alone, either way round, 0.5 to 1; missing for what
        is no number), ``latest`` (last date, as text; empty for what is no date), ``verdict``: "usable", "constant",
        "almost_perfect", "after_as_of", "a_date" (no number, and nothing later), "no_number".

    Raises
    ------
    InputError
        If the target is missing or no flag, has one value only, or an option is not allowed.

    Examples
    --------
    >>> table = pd.DataFrame({"churned": [0, 0, 1, 1], "visits": [5, 2, 3, 1], "days_since_goodbye": [0, 0, 9, 4]})
    >>> table["last_call"] = pd.to_datetime(["2024-01-02", "2024-01-05", "2024-02-09", "2024-01-02"])
    >>> print(leakage_table(table, as_of="2024-01-31").to_string(index=False))
                column  auc     latest        verdict
                visits 0.75                    usable
    days_since_goodbye 1.00            almost_perfect
             last_call  NaN 2024-02-09    after_as_of
    """
    asked_by = "leakage_table"
    limit = SUSPICIOUS_AUC.check(suspicious_auc)
    day = None if as_of is None else as_day(as_of, "as_of")
    frame = whole_frame(customers, asked_by=asked_by)
    require_columns((target,), tuple(map(str, frame.columns)), asked_by=asked_by)
    left = _labels(frame, target, say("`{function}` can't use these customers.", function=asked_by), least=1)
    rows = [(str(name), *_looked_at(frame[name], left, day, limit)) for name in frame.columns if name != target]
    return pd.DataFrame(rows, columns=["column", "auc", "latest", "verdict"])


def fit_churn(
    customers: Any,
    features: Sequence[str] | None = None,
    *,
    target: str = "churned",
    estimator: Any = "logistic",
    as_of: Any = None,
    allow: Sequence[str] = (),
    suspicious_auc: float = SUSPICIOUS_AUC.default,
    seed: int = 0,
) -> ChurnModel:
    """Learn who leaves, after a look for columns that know it already.

    Parameters
    ----------
    customers : frame, relation or path
        One row per customer with the features and ``target``, such as `churn_features` returns.
    features : sequence of str, optional
        Columns of numbers, without gaps; by default all columns of numbers but the target and keys (``…_id``).
    target : str
        Column of flags: left (1, true) or stayed (0, false).
    estimator : {"logistic", "gradient_boosting"} or estimator
        Or any unfitted classifier of scikit-learn's kind with ``predict_proba``; a copy is fitted.
    as_of : date, datetime or str, optional
        Last day of the features: dates after it are refused.
    allow : sequence of str
        Columns that are taken although they look suspicious.
    suspicious_auc : float
        From this AUC on a column alone is suspected.
    seed : int
        Of the luck in gradient boosting.

    Returns
    -------
    ChurnModel

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a feature has gaps or is infinite, fewer than 20 customers left or
        stayed, a column is suspected of leakage, or the estimator is none.
    MissingExtraError
        If scikit-learn is not installed.

    Examples
    --------
    >>> luck = np.random.default_rng(1)
    >>> visits = luck.poisson(4, 400)
    >>> table = pd.DataFrame({"visits": visits, "churned": luck.random(400) < 1 / (1 + visits)})
    >>> model = fit_churn(table)
    >>> bool(model.coefficients["coefficient"][0] < 0), model.probabilities(pd.DataFrame({"visits": [0, 8]})).round(1)
    (True, array([0.6, 0.2]))
    """
    asked_by = "fit_churn"
    limit = SUSPICIOUS_AUC.check(suspicious_auc)
    day = None if as_of is None else as_day(as_of, "as_of")
    frame = whole_frame(customers, asked_by=asked_by)
    heading = say("`{function}` can't learn from these customers.", function=asked_by)
    given = None if features is None else ((features,) if isinstance(features, str) else tuple(features))
    require_columns((target, *(given or ())), tuple(map(str, frame.columns)), asked_by=asked_by)
    left = _labels(frame, target, heading, least=MIN_OF_EACH)
    names = _chosen(frame, target) if given is None else given
    x = _features(frame, names, target, heading)
    looked_at = frame.columns if given is None else list(names)
    _require_no_leak(frame, [name for name in looked_at if name != target], left, day, limit, tuple(allow), heading)
    order = np.lexsort((left, *x.T))  # the same rows in any order give the same model
    name, model = _estimator(estimator, seed)
    with _calmly(len(order)):
        model.fit(x[order], left[order])
    return ChurnModel(names, target, name, model, len(left), int(left.sum()), _coefficients(name, model, names))


def foretold(estimator: Any, x: Floats) -> Floats:
    """Probabilities of a fitted classifier for the rows of an array."""
    if not len(x):
        return np.zeros(0)
    with _calmly(len(x)):
        return np.asarray(estimator.predict_proba(x), dtype=np.float64)[:, 1]


@contextmanager
def _calmly(rows: int) -> Iterator[None]:
    """One thread for small tables: several wait for each other longer than they work."""
    if rows >= 50_000:
        yield
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


def whole_frame(table: Any, *, asked_by: str) -> pd.DataFrame:
    """All columns of any kind of table as a pandas frame in memory."""
    table = with_named_columns(table)
    if isinstance(table, pd.DataFrame):
        require_single(table.columns, table.columns, asked_by=asked_by)
        return table
    names = tuple(map(str, getattr(table, "column_names", None) or getattr(table, "columns", None) or ()))
    with laid_out(table, names, asked_by=asked_by) as desk:
        return desk.lines.collect("pyarrow").to_native().to_pandas()


def auc_of(left: Any, score: Floats) -> float:
    """Area under the curve of receiver operating characteristics; equal scores count half.

    >>> auc_of(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.4, 0.9]))
    0.875
    """
    from scipy.stats import rankdata

    left = np.asarray(left, dtype=bool)
    many = int(left.sum())
    ranks = rankdata(score)[left].sum()
    return float((ranks - many * (many + 1) / 2) / (many * (len(left) - many)))


def _looked_at(column: pd.Series, left: Any, day: dt.date | None, limit: float) -> tuple[float, str, str]:
    if pd.api.types.is_datetime64_any_dtype(column) or _only_dates(column):
        last = pd.to_datetime(column).max()
        latest = "" if pd.isna(last) else last.date().isoformat()
        late = day is not None and latest > day.isoformat()
        return float("nan"), latest, "after_as_of" if late else "a_date"
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        return float("nan"), "", "no_number"
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    values = np.where(np.isnan(values), -np.inf, values)  # that a value is missing may tell something too
    auc = auc_of(left, values)
    auc = max(auc, 1 - auc)
    if (values == values[0]).all():
        return auc, "", "constant"
    return auc, "", "almost_perfect" if auc >= limit else "usable"


def _only_dates(column: pd.Series) -> bool:
    known = column[column.notna()]
    return column.dtype == object and len(known) > 0 and all(isinstance(value, dt.date) for value in known)


def _require_no_leak(
    frame: pd.DataFrame, names: Sequence[str], left: Any, day: dt.date | None, limit: float, allow: tuple[str, ...],
    heading: str,
) -> None:  # fmt: skip
    problems = []
    for name in names:
        if name in allow or str(name).endswith("_id"):
            continue
        auc, latest, verdict = _looked_at(frame[name], left, day, limit)
        if verdict == "after_as_of":
            what = say("The column `{name}` goes up to {latest}, later than the day of the features.", name=name,
                       latest=format_date(latest))  # fmt: skip
            problems.append(
                Problem("after_as_of", what, advice=say("Leave it out, or cut it off at `as_of`."), column=name)
            )
        if verdict == "almost_perfect":
            what = say("The column `{name}` alone tells who left almost perfectly: its AUC is {auc}.", name=name,
                       auc=format_number(round(auc, 3)))  # fmt: skip
            found = say("Such a column usually came to be after they had left.")
            advice = say('Leave it out or, if it was known before, say so: `allow=["{name}"]`.', name=name)
            problems.append(Problem("almost_perfect", what, found=found, advice=advice, column=name))
    if problems:
        raise InputError(heading, problems)


def _labels(frame: pd.DataFrame, target: str, heading: str, *, least: int) -> Any:
    problems: list[Problem] = []
    left = flags_of(frame, target, problems)
    if not problems and not len(left):
        problems.append(Problem("no_customers", say("The table has 0 customers.")))
    elif not problems and min(left.sum(), (~left).sum()) < least:
        what = say_count("Of {count} customer {left} left; at least {least} must have left and as many stayed.",
                         "Of {count} customers {left} left; at least {least} must have left and as many stayed.",
                         len(left), left=format_number(int(left.sum())), least=least)  # fmt: skip
        problems.append(Problem("too_few", what, advice=say("Take more customers or a longer horizon."), column=target))
    if problems:
        raise InputError(heading, problems)
    return left


def _chosen(frame: pd.DataFrame, target: str) -> tuple[str, ...]:
    """Columns of numbers but the target and keys; numbers with a text among them are a slip and not passed over."""
    return tuple(
        str(name)
        for name in frame.columns
        if name != target and not str(name).endswith("_id")
        and (pd.api.types.is_numeric_dtype(frame[name]) or _spoilt(frame[name]))
    )  # fmt: skip


def _spoilt(column: pd.Series) -> bool:
    """Whether most values of a column of objects are numbers."""
    if column.dtype != object:
        return False
    numbers = sum(isinstance(value, (int, float, np.number)) for value in column)
    return numbers > len(column) / 2


def _features(frame: pd.DataFrame, names: tuple[str, ...], target: str, heading: str) -> Floats:
    problems: list[Problem] = []
    if target in names:
        what = say("`{name}` is what shall be foretold.", name=target)
        problems.append(Problem("target", what, column=target))
    columns = [numbers_of(frame, name, problems) for name in names]
    if not names:
        problems.append(Problem("empty", say("The table has no column of numbers to learn from.")))
    if problems:
        raise InputError(heading, problems)
    return np.array(columns).T


def _estimator(estimator: Any, seed: int) -> tuple[str, Any]:
    try:
        from sklearn.base import clone
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import FunctionTransformer, StandardScaler
    except ImportError as error:
        raise MissingExtraError(
            say("Classifiers need scikit-learn: {command}", command="pip install scikit-learn")
        ) from error
    if isinstance(estimator, str):
        require_choice("estimator", estimator, ESTIMATORS)
        if estimator == "logistic":
            regression = LogisticRegression(C=1.0, max_iter=2_000, tol=1e-9)
            return estimator, make_pipeline(FunctionTransformer(softened), StandardScaler(), regression)
        boosted = HistGradientBoostingClassifier(
            learning_rate=0.05, max_iter=150, max_leaf_nodes=15, min_samples_leaf=30, early_stopping=False,
            random_state=seed,
        )  # fmt: skip
        return estimator, boosted
    if not (hasattr(estimator, "fit") and hasattr(estimator, "predict_proba")):
        what = say("An estimator needs `fit` and `predict_proba`.")
        found = say("Allowed: {names}.", names=join_names(map(repr, ESTIMATORS)))
        heading = say("`{name}` can't be {value}.", name="estimator", value=repr(estimator))
        raise InputError(heading, [Problem("unknown_option", what, found=found, column="estimator")])
    return type(estimator).__name__, clone(estimator)


def softened(x: Floats) -> Floats:
    """sign(x) log(1 + |x|): money and counts with long tails become tame.

    >>> softened(np.array([-9.0, 0.0, 99.0])).round(1)
    array([-2.3,  0. ,  4.6])
    """
    return np.sign(x) * np.log1p(np.abs(x))


def _coefficients(name: str, model: Any, names: tuple[str, ...]) -> pd.DataFrame:
    slopes = model[-1].coef_[0] if name == "logistic" else np.zeros(0)
    return pd.DataFrame({"feature": list(names)[: len(slopes)], "coefficient": slopes})
