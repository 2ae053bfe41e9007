"""Why customers switch: incidents told by customers, coded by reason, and how far two coders agree.

Keaveney (1995) asked more than 500 people for the incident after which they left a service, found more than 800
critical behaviours and sorted them into eight categories (`REASONS`). One incident may have several. A coding is worth
as much as the agreement of people who code without seeing each other:

    κ = (agreed − by chance) / (1 − by chance)           Cohen 1960, two coders who code every incident
    α = 1 − disagreement seen / expected                 Krippendorff, any number of coders, gaps allowed

Both are 1 for perfect agreement and 0 for chance; both fall where nearly all incidents belong to one category, although
coders agree on most. What customers tell is told afterwards: it is their reason, not a cause that was measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.shares import LEVEL, SMALLEST, require_few_groups, share_columns, sorting_key
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count

REASONS = {
    "pricing": mark("pricing"),
    "inconvenience": mark("inconvenience"),
    "core_service_failure": mark("core service failure"),
    "failed_encounter": mark("failed service encounter"),
    "response_to_failure": mark("response to a failure"),
    "competition": mark("attraction by competitors"),
    "ethical_problem": mark("ethical problem"),
    "involuntary": mark("involuntary switching"),
}
PUBLISHED = {
    "core_service_failure": 0.44, "failed_encounter": 0.34, "pricing": 0.30, "inconvenience": 0.21,
    "response_to_failure": 0.17, "competition": 0.10, "ethical_problem": 0.07, "involuntary": 0.06,
}  # fmt: skip
"""Share of respondents who named each reason (Keaveney 1995); from memory, not checked against the source."""
REPLICATIONS = 2_000


@dataclass(frozen=True, eq=False)
class CoderAgreement:
    """How far coders agree.

    Parameters
    ----------
    kappa, kappa_low, kappa_high : float
        Cohen's κ of two coders on the incidents that both coded, with a bootstrap interval; missing for more coders,
        and where chance alone would agree on everything.
    alpha, alpha_low, alpha_high : float
        Krippendorff's α for nominal codes, all coders; missing where only one code was ever used.
    agreed : float
        Share of pairs of codes of one incident that are equal.
    confusion : pandas.DataFrame
        Incidents by the first coder's code (rows) and the second's (columns); empty for more than two coders.
    by_code : pandas.DataFrame
        ``code``, ``used`` (times), ``agreed`` (of the pairs in which it was used, the share that are equal).
    incidents, coders : int
        Incidents with two codes or more; coders.
    left_out : int
        Incidents with a single code.
    level : float
    """

    kappa: float
    kappa_low: float
    kappa_high: float
    alpha: float
    alpha_low: float
    alpha_high: float
    agreed: float
    confusion: pd.DataFrame
    by_code: pd.DataFrame
    incidents: int
    coders: int
    left_out: int
    level: float

    def __str__(self) -> str:
        told = say_count(
            "{count} incident coded by {coders}: {agreed} of the pairs of codes are equal.",
            "{count} incidents coded by {coders}: {agreed} of the pairs of codes are equal.",
            self.incidents,
            coders=self.coders,
            agreed=format_percent(self.agreed, 0),
        )
        for name, value, low, high in (("κ", self.kappa, self.kappa_low, self.kappa_high),
                                       ("α", self.alpha, self.alpha_low, self.alpha_high)):  # fmt: skip
            if not np.isnan(value):
                told += " " + say("{name} {value} (from {low} to {high}).", name=name, value=format_number(value, 2),
                                  low=format_number(low, 2), high=format_number(high, 2))  # fmt: skip
        return told


def incident_reasons(
    incidents: Any,
    *,
    incident: str = "incident_id",
    reason: str = "reason",
    level: float = LEVEL.default,
    smallest: int = int(SMALLEST.default),
) -> pd.DataFrame:
    """In which share of the incidents each reason was named.

    Parameters
    ----------
    incidents : frame, relation or path
        One row for each incident and reason; an incident may have several. Rows with a missing value are left out.
    incident, reason : str
        Names of these columns.
    level : float
        Level of the intervals, a fraction.
    smallest : int
        Incidents from which a share is read by itself.

    Returns
    -------
    pandas.DataFrame
        ``reason``, ``incidents``, ``share`` (fraction of all incidents; together more than 1 where reasons meet),
        ``low``, ``high`` (Wilson's interval), ``enough``, ``alone`` (share of these incidents that have no other
        reason). The commonest stands first.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, or nothing is left.

    References
    ----------
    Keaveney, S. M. (1995). Customer Switching Behavior in Service Industries: An Exploratory Study. Journal of
    Marketing 59(2), 71–82.

    Examples
    --------
    >>> import pandas as pd
    >>> told = pd.DataFrame(
    ...     {"incident_id": [1, 1, 2, 3], "reason": ["pricing", "competition", "pricing", "involuntary"]}
    ... )
    >>> print(incident_reasons(told)[["reason", "incidents", "share", "alone"]].round(2).to_string(index=False))
         reason  incidents  share  alone
        pricing          2   0.67    0.5
    competition          1   0.33    0.0
    involuntary          1   0.33    1.0
    """
    share, least = LEVEL.check(level), int(SMALLEST.check(smallest))
    found = brought_home(incidents, {incident: "label", reason: "label"}, asked_by="incident_reasons")
    whole = found.dropna().drop_duplicates()
    if whole.empty:
        what = say_count("{count} row, and none of them whole.", "{count} rows, and none of them whole.", len(found))
        raise InputError(say("`{function}` can't count these incidents.", function="incident_reasons"),
                         [Problem("empty", what)])  # fmt: skip
    names = sorted(whole[reason].unique().tolist(), key=sorting_key)
    require_few_groups(names, reason, asked_by="incident_reasons")
    number = whole.groupby(incident)[reason].transform("size")
    counted = whole.assign(alone=number == 1).groupby(reason)["alone"].agg(["size", "sum"]).loc[names]
    total = whole[incident].nunique()
    counts = counted["size"].to_numpy()
    table = pd.DataFrame(
        {"reason": names, "incidents": counts}
        | share_columns(counts, np.full(len(names), total), level=share, smallest=least)
        | {"alone": counted["sum"].to_numpy() / counts}
    )
    return table.sort_values("incidents", ascending=False, kind="stable", ignore_index=True)


def coder_agreement(
    codes: Any,
    *,
    incident: str = "incident_id",
    coder: str = "coder",
    code: str = "reason",
    level: float = LEVEL.default,
    replications: int = REPLICATIONS,
    seed: int = 0,
) -> CoderAgreement:
    """Measure how far people agree who coded the same incidents.

    Parameters
    ----------
    codes : frame, relation or path
        One row for each incident and coder, with one code. Rows with a missing value are left out.
    incident, coder, code : str
        Names of these columns.
    level : float
        Level of the intervals, a fraction.
    replications, seed : int
        Of the bootstrap over incidents, 100 to 100,000.

    Returns
    -------
    CoderAgreement

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a coder coded an incident twice, there is one coder only, or fewer
        than two incidents have two codes.

    References
    ----------
    Cohen, J. (1960). A Coefficient of Agreement for Nominal Scales. Educational and Psychological Measurement 20,
    37–46.
    Krippendorff, K. (2004). Content Analysis.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    >>> rows = [(k, who, one) for k, pair in enumerate(pairs) for who, one in zip(("ann", "bob"), pair)]
    >>> found = coder_agreement(pd.DataFrame(rows, columns=["incident_id", "coder", "reason"]))
    >>> round(found.kappa, 3), found.agreed
    (0.4, 0.7)
    """
    share = LEVEL.check(level)
    heading = say("`{function}` can't compare these codes.", function="coder_agreement")
    if isinstance(replications, bool) or not isinstance(replications, int) or not 100 <= replications <= 100_000:
        what = say("`{name}` can't be {value}.", name="replications", value=repr(replications))
        allowed = say("A whole number from {low} to {high} is allowed.", low=100, high=format_number(100_000))
        raise InputError(heading, [Problem("outside_range", what, advice=allowed, column="replications")])
    wanted = {incident: "label", coder: "label", code: "label"}
    found = brought_home(codes, wanted, asked_by="coder_agreement").dropna()
    twice = int(found.duplicated([incident, coder]).sum())
    if twice:
        what = say_count("{count} code comes from a coder who had coded the incident already.",
                         "{count} codes come from coders who had coded the incident already.", twice)  # fmt: skip
        raise InputError(heading, [Problem("coded_twice", what, column=coder)])
    names = sorted(found[code].unique().tolist(), key=sorting_key)
    require_few_groups(names, code, asked_by="coder_agreement")
    coders = sorted(found[coder].unique().tolist(), key=sorting_key)
    place = {name: number for number, name in enumerate(names)}
    matrix = found.assign(_code=found[code].map(place)).pivot(index=incident, columns=coder, values="_code")
    matrix = matrix.reindex(columns=coders)
    values = matrix.to_numpy(dtype="float64") if len(matrix) else np.zeros((0, len(coders)))
    number = (~np.isnan(values)).sum(axis=1)
    both = values[number >= 2]
    if len(both) < 2 or len(coders) < 2:
        what = say_count("{count} incident was coded by two people or more; two such incidents are needed.",
                         "{count} incidents were coded by two people or more; two such are needed.",
                         len(both))  # fmt: skip
        raise InputError(heading, [Problem("too_few", what, column=coder)])
    patterns, times = np.unique(np.nan_to_num(both, nan=-1.0), axis=0, return_counts=True)
    counts = np.stack([(patterns == k).sum(axis=1) for k in range(len(names))], axis=1).astype("float64")
    picks = np.random.default_rng(seed).multinomial(len(both), times / len(both), size=replications)
    alpha = _alpha(counts, times[None])[0]
    alphas = _alpha(counts, picks)
    kappa, kappas, confusion = np.nan, np.full(1, np.nan), pd.DataFrame()
    if len(coders) == 2:
        cell = patterns[:, 0].astype(int) * len(names) + patterns[:, 1].astype(int)
        onto = np.zeros((len(patterns), len(names) ** 2))
        onto[np.arange(len(patterns)), cell] = 1.0
        table = times @ onto
        kappa = float(_kappa(table[None])[0])
        kappas = _kappa(picks @ onto)
        confusion = pd.DataFrame(table.reshape(len(names), -1).astype("int64"), index=names, columns=names)
    ends = [(1 - share) / 2, (1 + share) / 2]
    bounds = [_ends(drawn, value, ends) for drawn, value in ((kappas, kappa), (alphas, alpha))]
    size = counts.sum(axis=1)
    pairs, equal = times @ (size * (size - 1)), times @ (counts * (counts - 1))
    met = 2 * (times @ (counts * (size - 1)[:, None])) - equal
    by_code = pd.DataFrame(
        {
            "code": names,
            "used": (times @ counts).astype("int64"),
            "agreed": np.divide(equal, met, out=np.full(len(names), np.nan), where=met > 0),
        }
    )
    return CoderAgreement(kappa, *bounds[0], float(alpha), *bounds[1], float(equal.sum() / pairs), confusion,
                          by_code, len(both), len(coders), int((number < 2).sum()), share)  # fmt: skip


def _ends(drawn: np.ndarray, value: float, ends: list[float]) -> tuple[float, float]:
    known = drawn[~np.isnan(drawn)]
    if np.isnan(value) or not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, ends)
    return min(float(low), value), max(float(high), value)


def _kappa(tables: np.ndarray) -> np.ndarray:
    """κ of flattened square tables, one in each row."""
    size = round(tables.shape[1] ** 0.5)
    square = tables.reshape(-1, size, size) / tables.sum(axis=1)[:, None, None]
    agreed = np.trace(square, axis1=1, axis2=2)
    chance = (square.sum(axis=1) * square.sum(axis=2)).sum(axis=1)
    known = chance < 1 - 1e-12
    return np.where(known, (agreed - chance) / np.where(known, 1 - chance, 1.0), np.nan)


def _alpha(counts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Nominal α from codes by incident and category, each incident counted so often as the row of weights says."""
    size = counts.sum(axis=1)
    apart = (size**2 - (counts**2).sum(axis=1)) / (size - 1)
    seen = weights @ apart
    totals, codes = weights @ counts, weights @ size
    expected = (codes**2 - (totals**2).sum(axis=1)) / (codes - 1)
    known = expected > 1e-12
    return np.where(known, 1 - seen / np.where(known, expected, 1.0), np.nan)
