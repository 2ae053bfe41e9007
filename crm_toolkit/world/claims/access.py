"""Who may see what: what a role answers alone, against the personal data that lie open to it.

A scope of rows says whose customers a role may open (its own, the team's, all), a width of fields what it sees of them.
Exposure is what an incident would find: records open to one employee times personal fields in each. Its expected damage
is that exposure × incidents of an employee in a year × damage for one field, an expectation and not an event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say
from crm_toolkit.world.claims.questions import (
    DEPARTMENTS,
    RELATIONS,
    ROLES,
    SCOPES,
    SUBJECTS,
    WIDTHS,
    covers,
    opens,
    view,
)
from crm_toolkit.world.claims.setting import ClaimsSetting, claims_setting

if TYPE_CHECKING:
    import pandas as pd


def access_frontier(setting: ClaimsSetting | None = None) -> pd.DataFrame:
    """What every role can answer alone under every scope, and what it costs in exposure.

    Parameters
    ----------
    setting : ClaimsSetting, optional
        As `claims_setting` returns it: customers on file, incidents, damage, shares of questions.

    Returns
    -------
    DataFrame
        One row for each role (and ``everyone``, their mean), row scope and field width: ``role``, ``row_scope``,
        ``field_width``, ``answered_alone`` (share of the 60 question types), ``answered_alone_weighted`` (the same,
        weighted by how often own, team's and others' customers ask), ``fields_exposed`` (personal fields on the screen
        for a question, mean over the 60; nothing where the record does not open), ``fields_unneeded`` (those of them
        that the answer does not take), ``records_exposed`` (open to one employee), ``incident_cost`` (expected,
        currency units a year, for one employee), ``efficient`` (whether no other level of the role answers as much
        at less damage, or more at no more).

    Examples
    --------
    >>> frontier = access_frontier().set_index(["role", "row_scope", "field_width"])
    >>> float(frontier.loc[("sales", "all", "wide"), "answered_alone"])
    1.0
    """
    import pandas as pd

    setting = checked_setting(setting)
    rows = [_role_row(setting, role, scope, width) for role in ROLES for scope in SCOPES for width in WIDTHS]
    frame = pd.DataFrame(rows)
    keys = ["row_scope", "field_width"]
    everyone = frame.drop(columns="role").groupby(keys, sort=False).mean().reset_index()
    everyone.insert(0, "role", "everyone")
    frame = pd.concat([everyone, frame], ignore_index=True)
    frame["efficient"] = [_efficient(frame[frame["role"] == row.role], row) for row in frame.itertuples()]
    return frame


def _efficient(levels: pd.DataFrame, row: Any) -> bool:
    more = levels["answered_alone"] >= row.answered_alone
    safer = levels["incident_cost"] <= row.incident_cost
    better = (levels["answered_alone"] > row.answered_alone) | (levels["incident_cost"] < row.incident_cost)
    return not bool((more & safer & better).any())


def _role_row(setting: ClaimsSetting, role: str, scope: str, width: str) -> dict[str, Any]:
    seen = view(role, width)
    alone, weighted, shown, unneeded = 0, 0.0, 0, 0
    weights = _relation_weights(setting)
    for subject, fields in SUBJECTS.items():
        for relation in RELATIONS:
            opened = opens(scope, relation)
            answers = opened and covers(role, width, subject)
            alone += answers
            weighted += answers * weights[relation] / len(SUBJECTS)
            shown += len(seen) if opened else 0
            unneeded += len(seen.difference(fields)) if opened else 0
    types = len(SUBJECTS) * len(RELATIONS)
    records = records_open(setting, scope)
    damage = setting["incident_rate"] * records * len(seen) * setting["field_cost"]
    return {
        "role": role, "row_scope": scope, "field_width": width, "answered_alone": alone / types,
        "answered_alone_weighted": weighted, "fields_exposed": shown / types, "fields_unneeded": unneeded / types,
        "records_exposed": records, "incident_cost": damage,
    }  # fmt: skip


def _relation_weights(setting: ClaimsSetting) -> dict[str, float]:
    own = setting["own_share"]
    team = (1 - own) * setting["team_share"]
    return {"own": own, "team": team, "other": 1 - own - team}


def records_open(setting: ClaimsSetting, scope: str) -> float:
    """Records that one employee may open; customers are shared evenly among employees.

    >>> records_open(claims_setting(clients_on_file=6000), "own")
    1000.0
    """
    owners = {"own": setting["staff"] * len(DEPARTMENTS), "team": len(DEPARTMENTS), "all": 1}
    return setting["clients_on_file"] / owners[scope]


def exposure(setting: ClaimsSetting) -> dict[str, float]:
    """Exposure of the organisation as its switches stand: records, fields, expected damage in a year."""
    records = records_open(setting, setting["row_scope"])
    fields = float(np.mean([len(view(name, setting["field_width"])) for name in DEPARTMENTS]))
    employees = setting["staff"] * len(DEPARTMENTS)
    damage = employees * setting["incident_rate"] * records * fields * setting["field_cost"]
    return {"records_exposed": records, "fields_exposed": fields, "incident_cost": damage}


def checked_setting(setting: Any) -> ClaimsSetting:
    """The setting, everything at rest without one; anything else is refused."""
    if setting is None:
        return claims_setting()
    if isinstance(setting, ClaimsSetting):
        return setting
    what = say("`setting` must be made by `claims_setting`, not {value}.", value=repr(setting))
    advice = say("Write `claims_setting(multi_share=0.1)`.")
    raise InputError(say("The laboratory can't be set like this."), [Problem("no_setting", what, advice=advice)])
