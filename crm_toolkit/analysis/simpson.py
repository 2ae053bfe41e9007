"""Simpson's paradox: a difference between two wholes that turns round in every part of them.

Treatment A may do better than B in each group and worse in all groups together, because A was given more often where
outcomes are bad. With the share w of a group within its treatment and the mean outcome m of the group under it,

aggregate difference = Σ w̄·(m₁ − m₀)  +  Σ (w₁ − w₀)·m̄,

bars are means of the two treatments (Kitagawa 1955). The first sum is the differences within groups, the second the
mix: that the treatments were given to different groups. Which of the numbers answers the manager's question is not in
the table: if the group decided on the treatment, look within groups; if the treatment changed the group, do not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.tables import collected, opened
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import join_names, say, say_count


@dataclass(frozen=True, eq=False)
class SimpsonReversal:
    """What the whole says, what the groups say, and the weights that explain the difference.

    Parameters
    ----------
    groups : pandas.DataFrame
        For each group with both treatments: ``group``, ``baseline_rows``, ``treated_rows``, ``baseline_mean``,
        ``treated_mean``, ``difference`` (treated less baseline), ``baseline_weight``, ``treated_weight`` (share of
        the group within its treatment, fractions), ``within_part``, ``mix_part`` (its terms of the two sums).
    aggregate : float
        Difference of all rows of these groups together, in the unit of the outcome.
    adjusted : float
        Difference within groups, weighted by the groups' shares of all rows: what equal weights would show.
    within_part, mix_part : float
        The two sums; they add up to ``aggregate``.
    reversal : {"full", "partial", "none"}
        ``"full"``: every group says the opposite of the whole. ``"partial"``: the adjusted difference does.
    baseline, treated : object
        The two treatments.
    left_out : int
        Rows of groups that have only one of the treatments, or with a missing value.
    """

    groups: pd.DataFrame
    aggregate: float
    adjusted: float
    within_part: float
    mix_part: float
    reversal: str
    baseline: Any
    treated: Any
    left_out: int


def simpson_table(frame: Any, outcome: str, treatment: str, group: str) -> pd.DataFrame:
    """Rows and mean outcome by group and treatment, and of all groups together.

    Parameters
    ----------
    frame : frame or relation
        One row per case.
    outcome, treatment, group : str
        Columns: of numbers or flags; of the treatment; of the group. Rows with a missing value are left out.

    Returns
    -------
    pandas.DataFrame
        ``group`` (missing for all together, the last rows), ``treatment``, ``rows``, ``mean``.

    Raises
    ------
    InputError
        If a column is missing, the outcome is not of numbers, a number is infinite, or no row is whole.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"size": list("sssl"), "call": [0, 1, 1, 1], "stays": [1, 1, 0, 0]})
    >>> print(simpson_table(frame, "stays", "call", "size").to_string(index=False))
    group  treatment  rows     mean
        l          1     1 0.000000
        s          0     1 1.000000
        s          1     2 0.500000
     None          0     1 1.000000
     None          1     3 0.333333
    """
    counted, _ = _counted(frame, outcome, treatment, group, asked_by="simpson_table")
    whole = counted.groupby("treatment", sort=True, as_index=False)[["rows", "total"]].sum()
    whole.insert(0, "group", None)
    table = pd.concat([counted.astype({"group": "object"}), whole.astype({"group": "object"})], ignore_index=True)
    table["mean"] = table["total"] / table["rows"]
    return table[["group", "treatment", "rows", "mean"]]


def simpson_reversal(frame: Any, outcome: str, treatment: str, group: str, *, treated: Any = None) -> SimpsonReversal:
    """Compare what two treatments do in all with what they do in each group.

    Parameters
    ----------
    frame : frame or relation
        One row per case.
    outcome, treatment, group : str
        Columns: of numbers or flags; of the treatment, with exactly two values; of the group. Rows with a missing
        value are left out.
    treated : optional
        Which of the two values is compared with the other; by default the later one when sorted.

    Returns
    -------
    SimpsonReversal

    Raises
    ------
    InputError
        If a column is missing, the outcome is not of numbers, a number is infinite, there are not two treatments, or no
        group has both.

    References
    ----------
    Simpson, E. H. (1951). The Interpretation of Interaction in Contingency Tables. Journal of the Royal Statistical
    Society B 13, 238–241. Kitagawa, E. M. (1955). Components of a Difference Between Two Rates. Journal of the
    American Statistical Association 50, 1168–1194.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = [("small", "a", 81, 87), ("large", "a", 192, 263), ("small", "b", 234, 270), ("large", "b", 55, 80)]
    >>> frame = pd.DataFrame(
    ...     [(g, t, int(k < won)) for g, t, won, n in cells for k in range(n)], columns=["stone", "way", "cured"]
    ... )
    >>> found = simpson_reversal(frame, "cured", "way", "stone", treated="a")
    >>> found.reversal, round(found.aggregate, 3), round(found.adjusted, 3)
    ('full', -0.046, 0.054)
    >>> print(
    ...     found.groups[["group", "difference", "treated_weight", "baseline_weight"]].round(3).to_string(index=False)
    ... )
    group  difference  treated_weight  baseline_weight
    large       0.043           0.751            0.229
    small       0.064           0.249            0.771
    """
    counted, missing = _counted(frame, outcome, treatment, group, asked_by="simpson_reversal")
    heading = say("`{function}` can't compare these treatments.", function="simpson_reversal")
    values = sorted(counted["treatment"].unique().tolist(), key=lambda one: (str(type(one)), one))
    if len(values) != 2:
        what = say_count(
            "`{name}` has {count} value; two are compared.",
            "`{name}` has {count} values; two are compared.",
            len(values),
            name=treatment,
        )
        found = say("Values: {names}.", names=join_names(map(repr, values)))
        raise InputError(heading, [Problem("not_two", what, found, column=treatment)])
    chosen = values[1] if treated is None else treated
    if chosen not in values:
        what = say("`{name}` can't be {value}.", name="treated", value=repr(chosen))
        found = say("Values: {names}.", names=join_names(map(repr, values)))
        raise InputError(heading, [Problem("unknown_option", what, found, column="treated")])
    other = values[0] if chosen == values[1] else values[1]
    sides = [
        counted[counted["treatment"] == value].set_index("group")[["rows", "total"]].add_prefix(prefix)
        for value, prefix in ((other, "baseline_"), (chosen, "treated_"))
    ]
    both = sides[0].join(sides[1], how="inner").sort_index().reset_index()
    if both.empty:
        what = say("No group has both treatments.")
        raise InputError(heading, [Problem("no_overlap", what, column=group)])
    used = int(both["baseline_rows"].sum() + both["treated_rows"].sum())
    return _reversal(both, other, chosen, missing + int(counted["rows"].sum()) - used)


def _reversal(both: pd.DataFrame, baseline: Any, treated: Any, left_out: int) -> SimpsonReversal:
    n0, n1 = (both[f"{side}_rows"].to_numpy(dtype="float64") for side in ("baseline", "treated"))
    m0, m1 = both["baseline_total"].to_numpy() / n0, both["treated_total"].to_numpy() / n1
    w0, w1 = n0 / n0.sum(), n1 / n1.sum()
    difference = m1 - m0
    within, mix = (w0 + w1) / 2 * difference, (w1 - w0) * (m0 + m1) / 2
    aggregate = float((w1 * m1).sum() - (w0 * m0).sum())
    adjusted = float(((n0 + n1) * difference).sum() / (n0 + n1).sum())
    small = 1e-12 * max(1.0, float(np.abs(np.concatenate([m0, m1])).max()))
    if abs(aggregate) > small and np.all(np.sign(aggregate) * difference < -small):
        reversal = "full"
    elif abs(aggregate) > small and np.sign(aggregate) * adjusted < -small:
        reversal = "partial"
    else:
        reversal = "none"
    groups = pd.DataFrame(
        {
            "group": both["group"],
            "baseline_rows": both["baseline_rows"].astype("int64"),
            "treated_rows": both["treated_rows"].astype("int64"),
            "baseline_mean": m0,
            "treated_mean": m1,
            "difference": difference,
            "baseline_weight": w0,
            "treated_weight": w1,
            "within_part": within,
            "mix_part": mix,
        }
    )
    return SimpsonReversal(groups, aggregate, adjusted, float(within.sum()), float(mix.sum()), reversal, baseline,
                           treated, left_out)  # fmt: skip


def _counted(frame: Any, outcome: str, treatment: str, group: str, *, asked_by: str) -> tuple[pd.DataFrame, int]:
    """Rows and sum of the outcome by group and treatment, and how many rows are not whole."""
    table = opened(frame, (outcome, treatment, group), asked_by=asked_by)
    kind = table.collect_schema()[outcome]
    heading = say("`{function}` can't measure this table.", function=asked_by)
    if not (kind.is_numeric() or kind == nw.Boolean):
        what = say("The column `{name}` must hold numbers.", name=outcome)
        raise InputError(heading, [Problem("wrong_kind", what, column=outcome)])
    number = nw.col(outcome).cast(nw.Int64).cast(nw.Float64) if kind == nw.Boolean else nw.col(outcome).cast(nw.Float64)
    schema = table.collect_schema()
    parts = table.select(group=nw.col(group), treatment=nw.col(treatment), number=number)
    columns = {"number": outcome, "treatment": treatment, "group": group}
    floats = {name: nw.col(name) for name, column in columns.items() if name == "number" or schema[column].is_float()}
    endless = {name: _where((value == math.inf) | (value == -math.inf)) for name, value in floats.items()}
    found = collected(parts.select(**endless, rows=nw.len())).iloc[0]
    problems = []
    for name in floats:
        count = 0 if pd.isna(found[name]) else int(found[name])
        if count:
            what = say_count("{count} value of `{name}` is infinite: no mean can be taken.",
                             "{count} values of `{name}` are infinite: no mean can be taken.",
                             count, name=columns[name])  # fmt: skip
            problems.append(Problem("infinite", what, column=columns[name]))
    if problems:
        raise InputError(heading, problems)
    sound = ~_absent(parts, "number") & ~_absent(parts, "group") & ~_absent(parts, "treatment")
    every = found["rows"]
    counted = collected(
        parts.filter(sound)
        .group_by("group", "treatment")
        .agg(rows=nw.len(), total=nw.col("number").sum())
        .sort("group", "treatment")
    )
    if counted.empty:
        raise InputError(heading, [Problem("empty", say("No row has all three values."))])
    counted = counted.astype({"rows": "int64", "total": "float64"})
    return counted, int(every) - int(counted["rows"].sum())


def _where(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition.fill_null(False)).then(nw.lit(1)).otherwise(nw.lit(0)).sum()


def _absent(parts: Any, name: str) -> nw.Expr:
    """Whether a value is missing, also a NaN among floats."""
    missing = nw.col(name).is_null()
    return missing | nw.col(name).is_nan().fill_null(True) if parts.collect_schema()[name].is_float() else missing
