"""Rates of going from stage to stage, from a log: how fast each stage is left, whereto, and what goes with more speed.

A stay at a stage ends with a move or is cut off by the end of observation. With a rate λ that does not change while one
stays, moves in a total time of stay T are Poisson's with the mean λT, so λ̂ = moves / T, with Garwood's exact interval;
stays that are cut off count with their time. Several ways out are competing rates and are estimated apart. With
covariates, λ exp(β'x): exponential regression by Newton's steps, exp(β) a ratio of rates.

The chain of moves without time is `funnel_chain`; rates that change with the length of the stay are `fit_cox`'s and
`fit_discrete_hazard`'s. A constant rate is an assumption.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.least_squares import Floats, interval_columns
from crm_toolkit.analysis.lines import as_day
from crm_toolkit.analysis.rates import poisson_interval
from crm_toolkit.analysis.shares import LEVEL
from crm_toolkit.behaviour.staged_decision import LIMITS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import join_names, say, say_count

DAY = pd.Timedelta(days=1)


@dataclass(frozen=True, eq=False)
class StageRates:
    """Rates of every way out of every stage.

    Parameters
    ----------
    table : pandas.DataFrame
        ``stage``, ``next``, ``stays`` (at the stage), ``moves`` (this way), ``time`` (of all stays together), ``rate``
        (moves per unit of time, all people together), ``low``, ``high`` (exact interval), ``share`` (of the moves out
        of the stage).
    coefficients : pandas.DataFrame
        ``stage``, ``next``, ``term`` (``intercept``: the logarithm of the rate where all covariates are 0; then the
        covariates), ``coefficient``, ``standard_error``, ``low``, ``high``, ``p_value``, ``ratio`` (exp of it).
    log_likelihood : float
        Of all ways out together.
    stays, open_stays : int
        All stays; those that were cut off.
    level : float
    """

    table: pd.DataFrame
    coefficients: pd.DataFrame
    log_likelihood: float
    stays: int
    open_stays: int
    level: float

    @property
    def limits(self) -> str:
        """What the model cannot tell, a sentence for beside the numbers."""
        return say(LIMITS)


def stage_stays(
    log: Any, *, as_of: Any, person: str = "person_id", stage: str = "stage", moment: str = "entered_at"
) -> pd.DataFrame:
    """Turn a log of entries into stays, the last of each person open.

    Parameters
    ----------
    log : frame, relation or path
        One row per entry: who, which stage (text), when (local time). Two entries to the same stage in a row are one
        stay. Rows without a person, stage or time are left out, and so are rows after ``as_of``.
    as_of : date, datetime or str
        Date of analysis; the whole day takes part.
    person, stage, moment : str
        Names of the columns.

    Returns
    -------
    pandas.DataFrame
        By person and time: ``person`` (under the column's own name), ``stage``, ``entered_at``, ``duration`` (days),
        ``next`` (missing if the stay is open). Entries of one moment keep the order of the stages' names.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, or no row is left.

    Examples
    --------
    >>> log = pd.DataFrame(
    ...     {
    ...         "person_id": [1, 1, 2],
    ...         "stage": ["search", "evaluation", "search"],
    ...         "entered_at": pd.to_datetime(["2024-03-01", "2024-03-05", "2024-03-30"]),
    ...     }
    ... )
    >>> print(stage_stays(log, as_of="2024-03-31")[["person_id", "stage", "duration", "next"]].to_string(index=False))
     person_id      stage  duration       next
             1     search       4.0 evaluation
             1 evaluation      27.0       <NA>
             2     search       2.0       <NA>
    """
    day = as_day(as_of, "as_of")
    frame = brought_home(log, {person: "label", stage: "text", moment: "when"}, asked_by="stage_stays")
    end = pd.Timestamp(day) + DAY
    frame = frame.dropna()[[person, stage, moment]]
    frame = frame[frame[moment] < end].sort_values([person, moment, stage], ignore_index=True)
    if not len(frame):
        what = say("No row is whole and before the date of analysis.")
        raise InputError(say("`{function}` can't read this table.", function="stage_stays"), [Problem("empty", what)])
    names = frame[stage].astype("string")
    again = (frame[person] == frame[person].shift()) & (names == names.shift())
    frame = frame[~again].reset_index(drop=True)
    goes_on = frame[person] == frame[person].shift(-1)
    left = frame[moment].shift(-1).where(goes_on, end)
    return pd.DataFrame(
        {
            person: frame[person],
            "stage": frame[stage].astype("string"),
            "entered_at": frame[moment],
            "duration": (left - frame[moment]).dt.total_seconds() / 86_400,
            "next": frame[stage].astype("string").shift(-1).where(goes_on),
        }
    )


def fit_stage_rates(stays: Any, covariates: Sequence[str] = (), *, level: float = LEVEL.default) -> StageRates:
    """Estimate the rates of leaving each stage by each way out.

    Parameters
    ----------
    stays : frame, relation or path
        One row per stay: ``stage`` (text), ``duration`` (0 or more, any unit of time), ``next`` (text; missing if the
        stay was cut off), and the covariates; as `stage_stays` and `behaviour.draw_journeys` return them.
    covariates : sequence of str
        Columns of numbers; code kinds as 0 and 1.
    level : float
        Level of the intervals, a fraction.

    Returns
    -------
    StageRates

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a stage, duration or covariate is missing or can't be, no stay has
        ended, or a covariate does not vary at a stage, follows from others or parts the stays without exception.

    References
    ----------
    Kalbfleisch, J. D., Prentice, R. L. (2002). The Statistical Analysis of Failure Time Data, 2nd ed. Wiley, chapter 3.

    Examples
    --------
    >>> stays = pd.DataFrame(
    ...     {
    ...         "stage": ["search"] * 4,
    ...         "duration": [2.0, 1.0, 3.0, 4.0],
    ...         "next": ["evaluation", "evaluation", "given_up", None],
    ...     }
    ... )
    >>> print(
    ...     fit_stage_rates(stays)
    ...     .table[["next", "moves", "time", "rate", "low", "high"]]
    ...     .round(2)
    ...     .to_string(index=False)
    ... )
          next  moves  time  rate  low  high
    evaluation      2  10.0   0.2 0.02  0.72
      given_up      1  10.0   0.1 0.00  0.56
    """
    share = LEVEL.check(level)
    names = [covariates] if isinstance(covariates, str) else list(covariates)
    heading = say("`{function}` can't use these stays.", function="fit_stage_rates")
    wanted = {"stage": "text", "duration": "number", "next": "text", **dict.fromkeys(names, "number")}
    frame = brought_home(stays, wanted, asked_by="fit_stage_rates")
    _check(frame, names, heading)
    rows: list[dict[str, Any]] = []
    parts: list[pd.DataFrame] = []
    total = 0.0
    for stage, at in frame.groupby(frame["stage"].astype(str), sort=True):
        went = at["next"].dropna().astype(str)
        time, x = at["duration"].to_numpy(), at[names].to_numpy()
        for way in sorted(set(went)):
            moved = (at["next"].astype("string") == way).fillna(False).to_numpy(dtype=bool)
            moves = int(moved.sum())
            low, high = poisson_interval(moves, time.sum(), share)
            rows.append({"stage": stage, "next": way, "stays": len(at), "moves": moves, "time": float(time.sum()),
                         "rate": moves / float(time.sum()), "low": float(low), "high": float(high),
                         "share": moves / len(went)})  # fmt: skip
            found, value = _regression(x, time, moved, names, share, heading, f"{stage} → {way}")
            found.insert(0, "next", way)
            found.insert(0, "stage", stage)
            parts.append(found)
            total += value
    return StageRates(pd.DataFrame(rows), pd.concat(parts, ignore_index=True), total, len(frame),
                      int(frame["next"].isna().sum()), share)  # fmt: skip


def _regression(
    x: Floats, time: Floats, moved: np.ndarray, names: list[str], level: float, heading: str, where: str
) -> tuple[pd.DataFrame, float]:
    """Newton's steps for log λ = a + β'x with moves Poisson(λ time)."""
    middle = x.mean(axis=0) if names else np.zeros(0)
    spread = x.std(axis=0) if names else np.zeros(0)
    still = [name for name, width in zip(names, spread, strict=True) if not width > 0]
    if still:
        raise InputError(heading, [
            Problem("constant", say("At “{place}” `{name}` is the same for all.", place=where, name=name), column=name)
            for name in still
        ])  # fmt: skip
    design = np.column_stack([np.ones(len(time)), (x - middle) / spread]) if names else np.ones((len(time), 1))
    beta = np.zeros(design.shape[1])
    beta[0] = np.log(moved.sum() / time.sum())

    def likelihood(b: Floats) -> tuple[float, Floats]:
        linear = np.clip(design @ b, -700, 700)
        expected = time * np.exp(linear)
        return float(linear[moved].sum() - expected.sum()), expected

    value, expected = likelihood(beta)
    information = (design * expected[:, None]).T @ design
    if np.linalg.matrix_rank(design.T @ design, tol=1e-8 * len(design)) < design.shape[1]:
        what = say("These follow from each other: {names}.", names=join_names(names))
        raise InputError(heading, [Problem("dependent", what, advice=say("Leave one of them out."), column=names[-1])])
    for _ in range(100):
        gradient = design.T @ (moved - expected)
        step = np.linalg.lstsq(information, gradient, rcond=1e-12)[0]
        if float(gradient @ step) < 1e-10 or np.abs(beta[1:]).max(initial=0.0) > 20:
            break
        length = 1.0
        while length > 1e-6 and likelihood(beta + length * step)[0] < value:
            length /= 2
        beta = beta + length * step
        value, expected = likelihood(beta)
        information = (design * expected[:, None]).T @ design
    errors = np.linalg.pinv(information, hermitian=True)
    if np.abs(beta[1:]).max(initial=0.0) > 15 or np.sqrt(np.diagonal(errors)).max() > 100:
        name = names[int(np.abs(beta[1:]).argmax())]
        what = say("At “{place}” `{name}` parts those who moved from the others without exception: its coefficient has "
                   "no finite estimate.", place=where, name=name)  # fmt: skip
        raise InputError(heading, [Problem("separation", what, advice=say("Leave `{name}` out.", name=name),
                                           column=name)])  # fmt: skip
    back = np.eye(len(beta))
    if names:
        back[0, 1:] = -middle / spread
        back[1:, 1:] = np.diag(1 / spread)
    columns = interval_columns(back @ beta, np.sqrt(np.diagonal(back @ errors @ back.T)), np.inf, level)
    table = pd.DataFrame({"term": ["intercept", *names], "coefficient": columns.pop("estimate"), **columns})
    return table.assign(ratio=np.exp(np.clip(table["coefficient"], -700, 700))), value


def _check(frame: pd.DataFrame, names: list[str], heading: str) -> None:
    problems = []
    taken = sorted({name for name in names if names.count(name) > 1 or name in ("stage", "duration", "next")})
    if taken:
        what = say("These columns are named more than once: {names}.", names=join_names(taken))
        raise InputError(heading, [Problem("repeated_name", what, column=taken[0])])
    for name in ("stage", "duration", *names):
        absent = int(frame[name].isna().sum())
        if absent:
            what = say_count("{count} value of `{name}` is missing.", "{count} values of `{name}` are missing.", absent,
                             name=name)  # fmt: skip
            problems.append(Problem("missing_value", what, column=name))
    negative = int((frame["duration"] < 0).sum())
    if negative:
        what = say_count("{count} stay lasts less than 0.", "{count} stays last less than 0.", negative)
        problems.append(Problem("negative", what, column="duration"))
    if not problems and not frame["next"].notna().any():
        problems.append(Problem("no_moves", say("No stay has ended: there is no move to count."), column="next"))
    if not problems:
        lasted = frame.groupby(frame["stage"].astype(str))["duration"].sum()
        for stage in lasted.index[lasted <= 0]:
            what = say("All stays at “{place}” last 0: a rate needs time.", place=stage)
            problems.append(Problem("no_time", what, column="duration"))
    if problems:
        raise InputError(heading, problems)
