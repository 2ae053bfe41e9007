"""Hierarchies of effects (AIDA and its kin) as an absorbing chain.

Attention → interest → desire → action: at every stage a person goes on, stays as they are for now, or is lost. With
the chances of one step the chain is complete: N = (I − Q)⁻¹ counts visits, B = NR says where it ends. The matrix is
made here and solved by `analysis.absorbing_chain`; from records of moves `analysis.funnel_chain` estimates it.

Where nobody stays, the chance of the end is the product of the steps: a hierarchy multiplies losses.

Limits: the order is not universal (people buy first and like later, or feel before they know); the chain has no memory;
the hierarchy is from memory of textbooks (AIDA is ascribed to E. St. Elmo Lewis, 1898; the six steps to Lavidge and
Steiner, 1961).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from crm_toolkit.behaviour.checks import Given
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import join_names, mark, say

LIMITS = mark("The order of the stages is not universal: people also buy first and like later.")
AIDA = ("attention", "interest", "desire", "action")
LAVIDGE_STEINER = ("awareness", "knowledge", "liking", "preference", "conviction", "purchase")


@with_kinds_told
def hierarchy_transitions(
    onward: Mapping[str, float],
    *,
    stages: Sequence[str] = AIDA,
    stay: Mapping[str, float] | None = None,
    lost: str = "lost",
) -> pd.DataFrame:
    """The matrix of a hierarchy of effects, ready for `analysis.absorbing_chain`.

    Parameters
    ----------
    onward : mapping of str to float
        Stage → chance of going on to the next one in a step; of every stage but the last, which is the goal.
    stages : sequence of str
        Names in order; by default AIDA.
    stay : mapping of str to float, optional
        Stage → chance of being there still after a step; by default 0.
    lost : str
        Name of the end as lost.

    Returns
    -------
    pandas.DataFrame
        A row for each stage but the goal, a column for each stage and the end as lost; rows add up to 1.

    Raises
    ------
    InputError
        If a stage has no chance, a name is unknown or repeated, a chance lies outside 0 to 1, onward and stay together
        are more than 1, or a stage is never left.

    Examples
    --------
    >>> matrix = hierarchy_transitions({"attention": 0.5, "interest": 0.4, "desire": 0.25})
    >>> print(matrix.loc["interest"].to_dict())
    {'attention': 0.0, 'interest': 0.0, 'desire': 0.4, 'action': 0.0, 'lost': 0.6}
    >>> from crm_toolkit.analysis import absorbing_chain
    >>> round(float(absorbing_chain(matrix).absorption.loc["attention", "action"]), 4)
    0.05
    """
    given = Given("hierarchy_transitions")
    names = [str(stage) for stage in stages]
    waits = dict(stay or {})
    repeated = sorted({name for name in [*names, lost] if [*names, lost].count(name) > 1})
    if repeated or len(names) < 2:
        what = say("A hierarchy needs two stages or more, each named once.")
        given.add("wrong_stages", what, found=say("Found: {value}.", value=join_names([*names, lost])), column="stages")
        given.refuse_if_wrong()
    given.names("onward", onward, names[:-1])
    given.names("stay", waits, names[:-1])
    absent = [name for name in names[:-1] if name not in onward]
    if absent:
        given.add("no_chance", say("These stages have no chance of going on: {names}.", names=join_names(absent)),
                  column="onward")  # fmt: skip
    goes = [given.number(name, onward.get(name, 0.0), low=0.0, high=1.0) for name in names[:-1]]
    rests = [given.number(name, waits.get(name, 0.0), low=0.0, high=1.0) for name in names[:-1]]
    for name, go, rest in zip(names, goes, rests, strict=False):
        if go + rest > 1 + 1e-12:
            what = say("At `{name}` the chances of going on and of staying are more than 1 together.", name=name)
            given.add("more_than_one", what, column=name)
        elif rest > 1 - 1e-12:
            given.add("never_left", say("The stage `{name}` is never left.", name=name), column=name)
    given.refuse_if_wrong()
    matrix = np.zeros((len(names) - 1, len(names) + 1))
    for row, (go, rest) in enumerate(zip(goes, rests, strict=True)):
        matrix[row, row], matrix[row, row + 1] = rest, go
        matrix[row, -1] = max(1.0 - rest - go, 0.0)
    return pd.DataFrame(matrix, index=names[:-1], columns=[*names, lost])
