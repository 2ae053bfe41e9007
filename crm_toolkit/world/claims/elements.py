"""Remove one element: which part of a CRM system would be missed most, and by how much.

The organisation has everything: one base, a knowledge base, an index, access for the team. The same demand is served
again without one element each time. What the laboratory can't switch off has no row here; no row is no "no loss".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import mark, say
from crm_toolkit.world.claims.access import checked_setting
from crm_toolkit.world.claims.demand import make_demand
from crm_toolkit.world.claims.experiment import checked_replications, measured, paired_interval
from crm_toolkit.world.claims.setting import ClaimsSetting

if TYPE_CHECKING:
    import pandas as pd

WHOLE: Mapping[str, Any] = {
    "base": "one", "knowledge_base": True, "index": True, "row_scope": "team", "field_width": "wide",
}  # fmt: skip
ELEMENTS: dict[str, tuple[str, Mapping[str, Any]]] = {
    "single_base": (mark("One base for all departments"), {"base": "silos"}),
    "kept_knowledge": (mark("The knowledge base"), {"knowledge_base": False}),
    "search_index": (mark("The search index"), {"index": False}),
    "shared_access": (mark("Access beyond one's own customers"), {"row_scope": "own", "field_width": "narrow"}),
}
"""Element → its title, and the switches that remove it."""
_OUTCOMES = ("cost", "answer_minutes", "repeated_questions", "repeat_failures", "wrong_answers")


def remove_elements(setting: ClaimsSetting | None = None, *, replications: int = 30, seed: int = 7) -> pd.DataFrame:
    """Serve the same demand with everything, and without one element each time.

    Parameters
    ----------
    setting : ClaimsSetting, optional
        As `claims_setting` returns it; its switches do not matter here.
    replications : int
        Independent months, at least 2.
    seed : int
        Whose luck.

    Returns
    -------
    DataFrame
        One row for each element, the dearest loss first: ``element`` (a key of `ELEMENTS`), ``cost_loss`` (by how much
        a contact becomes dearer, currency units; negative where the element costs more than it brings), ``low``,
        ``high`` (95 % interval), and by how much other outcomes grow without it: ``answer_minutes``,
        ``repeated_questions``, ``repeat_failures``, ``wrong_answers`` (the last three per 100 contacts).

    Raises
    ------
    InputError
        If the setting or the number of replications can't be used.

    Examples
    --------
    >>> table = remove_elements(replications=5)
    >>> sorted(table["element"]) == sorted(ELEMENTS)
    True
    """
    import pandas as pd

    chosen = checked_setting(setting)
    problems: list[Problem] = []
    times = checked_replications(replications, problems)
    if problems:
        raise InputError(say("The elements can't be compared."), problems)
    demands = make_demand(chosen, times, seed)
    whole = measured(demands, chosen.switched(WHOLE))
    rows = []
    for element, (_, switches) in ELEMENTS.items():
        without = measured(demands, chosen.switched({**WHOLE, **switches}))
        loss, low, high = paired_interval((without["cost"] - whole["cost"]).to_numpy())
        others = {name: float((without[name] - whole[name]).mean()) for name in _OUTCOMES[1:]}
        rows.append({"element": element, "cost_loss": loss, "low": low, "high": high, **others})
    return pd.DataFrame(rows).sort_values("cost_loss", ascending=False, ignore_index=True)
