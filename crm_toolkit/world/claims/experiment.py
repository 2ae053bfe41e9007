"""A claim, tried many times: both arms meet the same demand, and the difference is taken pair by pair.

The interval is that of the mean of paired differences (Student's t with n - 1 degrees of freedom): n replications are n
independent months, of which the two arms share the luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, say
from crm_toolkit.world.claims.access import exposure
from crm_toolkit.world.claims.catalogue import CLAIMS, OUTCOMES, Claim
from crm_toolkit.world.claims.demand import Demand, make_demand
from crm_toolkit.world.claims.organisation import serve
from crm_toolkit.world.claims.parameters import REPLICATIONS
from crm_toolkit.world.claims.setting import ClaimsSetting, claims_setting

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
_PER_100 = ("repeated_questions", "duplicate_contacts", "contradictory_answers", "repeat_failures", "article_uses",
            "wrong_answers", "handovers")  # fmt: skip


@dataclass(frozen=True, eq=False)
class ClaimResult:
    """What a claim comes to; made by `run_claim`.

    Parameters
    ----------
    claim : Claim
    setting : ClaimsSetting
    replications, seed : int
    level : float
        Confidence level of the intervals.
    table : DataFrame
        ``outcome``, ``mean_without``, ``mean_with``, ``difference`` (with less without), ``low``, ``high`` (interval of
        the mean difference), ``finding``: ``as_claimed`` (falls, and the interval excludes zero), ``opposite`` (rises,
        the same), ``open`` (the interval holds zero), ``aside`` (the claim is silent about it).
    replicated : DataFrame
        ``replication``, ``arm`` (``without``, ``with``) and a column for every outcome.
    """

    claim: Claim
    setting: ClaimsSetting
    replications: int
    seed: int
    level: float
    table: pd.DataFrame
    replicated: pd.DataFrame = field(repr=False)

    @property
    def verdict(self) -> str:
        """``holds``: every outcome of the claim falls, with an interval below zero; ``fails``: one of them rises;
        ``open``: none rises, but for one or more nothing was found, which refutes nothing.
        """
        return "fails" if self.against else "open" if self.unproven else "holds"

    @property
    def holds(self) -> bool:
        """Whether the verdict is ``holds``."""
        return self.verdict == "holds"

    @property
    def against(self) -> tuple[str, ...]:
        """Outcomes of the claim that rise."""
        return tuple(self.table["outcome"][self.table["finding"] == "opposite"])

    @property
    def unproven(self) -> tuple[str, ...]:
        """Outcomes of the claim for which nothing was found."""
        return tuple(self.table["outcome"][self.table["finding"] == "open"])


def run_claim(
    claim: str | Claim, setting: ClaimsSetting | None = None, *, replications: int = 30, seed: int = 7
) -> ClaimResult:
    """Test a claim: the same demand, served without and with what it speaks of.

    Parameters
    ----------
    claim : str or Claim
        A code of `CLAIMS`, or a claim of your own making (``dataclasses.replace`` of one of them).
    setting : ClaimsSetting, optional
        As `claims_setting` returns it; by default everything at rest. The claim turns its own switches itself.
    replications : int
        Independent months, at least 2.
    seed : int
        Whose luck.

    Returns
    -------
    ClaimResult

    Raises
    ------
    InputError
        All problems at once: an unknown claim, a setting that is none, too few or too many replications.

    Examples
    --------
    >>> result = run_claim("kept_knowledge", claims_setting(use_share=0.0), replications=5)
    >>> result.table.set_index("outcome").loc["repeat_failures", ["difference", "low", "high"]].tolist()
    [0.0, 0.0, 0.0]
    >>> result.holds
    False
    """
    import pandas as pd

    problems: list[Problem] = []
    chosen = _chosen(claim, problems)
    setting = claims_setting() if setting is None else setting
    if not isinstance(setting, ClaimsSetting):
        what = say("`setting` must be made by `claims_setting`, not {value}.", value=repr(setting))
        problems.append(Problem("no_setting", what, advice=say("Write `claims_setting(multi_share=0.1)`."),
                                column="setting"))  # fmt: skip
    replications = checked_replications(replications, problems)
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        what = say("`{name}` can't be {value}.", name="seed", value=repr(seed))
        problems.append(Problem("no_seed", what, advice=say("A whole number is needed."), column="seed"))
    if problems or chosen is None:
        raise InputError(say("The claim can't be run."), problems)

    demands = make_demand(setting, replications, int(seed))
    codes = [one.code for one in chosen.outcomes]
    arms = {}
    for arm, switches in (("without", chosen.without), ("with", chosen.with_it)):
        frame = measured(demands, setting.switched(switches))[codes]
        frame.insert(0, "replication", range(replications))
        frame.insert(1, "arm", arm)
        arms[arm] = frame
    table = _compared(chosen, arms["without"], arms["with"])
    return ClaimResult(chosen, setting, replications, int(seed), LEVEL, table,
                       pd.concat(list(arms.values()), ignore_index=True))  # fmt: skip


def measured(demands: list[Demand], setting: ClaimsSetting) -> pd.DataFrame:
    """Serve every demand and measure all outcomes: one row for each."""
    import pandas as pd

    exposed = exposure(setting)
    running = setting["base_cost_per_day"] * setting["days"] if setting["base"] == "one" else 0.0
    fixed = running + exposed["incident_cost"] * setting["days"] / setting["year_days"]
    rows = []
    for demand in demands:
        count = serve(demand, setting)
        contacts = max(len(demand.at), 1)
        row: dict[str, float] = {name: count[name] / contacts for name in ("handling_minutes", "answer_minutes")}
        row |= {name: 100 * count[name] / contacts for name in _PER_100}
        row["search_seconds"] = count["search_seconds"] / max(count["searches"], 1)
        row |= exposed
        row["cost"] = (count["handling_minutes"] * setting["minute_cost"] + fixed) / contacts
        rows.append(row)
    return pd.DataFrame(rows, columns=list(OUTCOMES))


def paired_interval(differences: np.ndarray, level: float = LEVEL) -> tuple[float, float, float]:
    """Mean of paired differences and the ends of its interval.

    >>> tuple(round(value, 3) for value in paired_interval(np.array([1.0, 2.0, 3.0])))
    (2.0, -0.484, 4.484)
    """
    from scipy.stats import t

    runs = len(differences)
    middle = float(differences.mean())
    half = float(t.ppf((1 + level) / 2, runs - 1) * differences.std(ddof=1) / np.sqrt(runs))
    return middle, middle - half, middle + half


def _compared(claim: Claim, without: pd.DataFrame, with_it: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    rows: list[Mapping[str, Any]] = []
    for outcome in claim.outcomes:
        one, other = (arm[outcome.code].to_numpy(dtype=np.float64) for arm in (without, with_it))
        middle, low, high = paired_interval(other - one)
        finding = "as_claimed" if high < 0 else "opposite" if low > 0 else "open"
        finding = "aside" if outcome.code in claim.aside else finding
        rows.append({"outcome": outcome.code, "mean_without": one.mean(), "mean_with": other.mean(),
                     "difference": middle, "low": low, "high": high, "finding": finding})  # fmt: skip
    return pd.DataFrame(rows)


def _chosen(claim: Any, problems: list[Problem]) -> Claim | None:
    if isinstance(claim, Claim):
        return claim
    if isinstance(claim, str) and claim in CLAIMS:
        return CLAIMS[claim]
    close = near_misses(str(claim), CLAIMS)
    advice = (say("Did you mean `{close}`?", close=close[0]) if close
              else say("Possible: {names}.", names=join_names(CLAIMS)))  # fmt: skip
    problems.append(Problem("unknown_claim", say("There is no claim {name}.", name=repr(claim)), advice=advice,
                            column="claim"))  # fmt: skip
    return None


def checked_replications(replications: Any, problems: list[Problem]) -> int:
    """The number of replications; what is wrong with it goes to ``problems``."""
    try:
        return int(REPLICATIONS.check(replications))
    except InputError as letter:
        problems += [Problem(one.code, f"{letter.heading} {one.what}", column="replications")
                     for one in letter.problems]  # fmt: skip
        return 2
