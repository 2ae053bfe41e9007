"""The price of access on both sides: the same demand under every row scope and field width.

Narrow access costs handovers and queues, wide access the expected damage of incidents; the sum is least in between,
unless one of the two hardly matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say
from crm_toolkit.world.claims.access import checked_setting
from crm_toolkit.world.claims.demand import make_demand
from crm_toolkit.world.claims.experiment import checked_replications, measured, paired_interval
from crm_toolkit.world.claims.questions import SCOPES, WIDTHS
from crm_toolkit.world.claims.setting import ClaimsSetting

if TYPE_CHECKING:
    import pandas as pd


def access_levels(setting: ClaimsSetting | None = None, *, replications: int = 30, seed: int = 7) -> pd.DataFrame:
    """Serve the same demand under every scope and width: the price of access on both sides.

    Parameters
    ----------
    setting : ClaimsSetting, optional
        As `claims_setting` returns it; its row scope and field width do not matter here.
    replications : int
        Independent months, at least 2.
    seed : int
        Whose luck.

    Returns
    -------
    DataFrame
        One row for each row scope and field width, from narrow to wide: ``row_scope``, ``field_width``,
        ``answer_minutes``, ``handovers`` (per 100 contacts), ``incident_cost`` (expected, currency units a year),
        ``cost`` (of one contact, all together), ``cost_low``, ``cost_high`` (95 % interval), ``cheapest`` (whether
        its mean cost is the lowest).

    Examples
    --------
    >>> levels = access_levels(replications=5)
    >>> levels["cheapest"].tolist().index(True) in (1, 2, 3, 4)  # neither end
    True
    """
    import pandas as pd

    setting = checked_setting(setting)
    problems: list[Problem] = []
    replications = checked_replications(replications, problems)
    if problems:
        raise InputError(say("The levels of access can't be compared."), problems)
    demands = make_demand(setting, replications, seed)
    rows = []
    for scope in SCOPES:
        for width in WIDTHS:
            level = {"row_scope": scope, "field_width": width}
            frame = measured(demands, setting.switched(level))
            middle, low, high = paired_interval(frame["cost"].to_numpy())
            means: dict[str, object] = {
                name: frame[name].mean() for name in ("answer_minutes", "handovers", "incident_cost")
            }
            rows.append({**level, **means, "cost": middle, "cost_low": low, "cost_high": high})
    table = pd.DataFrame(rows)
    table["cheapest"] = table["cost"] == table["cost"].min()
    return table
