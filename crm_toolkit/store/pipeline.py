"""The pipeline as it stands and as it went: the board, how long deals stay at each stage, how many get through.

board        per stage: deals, their value, and the value weighted by the stage's chance of winning
durations    how long deals stayed at a stage before they moved on, and how long those there have been waiting
conversion   of the deals that came to a stage, how many moved on, were won, were lost
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.store import database
from crm_toolkit.store.layout import TABLES
from crm_toolkit.store.shares import jeffreys
from crm_toolkit.texts import join_names, say

if TYPE_CHECKING:
    import pandas as pd

    from crm_toolkit.store.door import Store


def pipelines(store: Store) -> list[str]:
    """Names of the pipelines."""
    table = TABLES["pipeline_stages"]
    store.rights.require_rows("pipeline_stages")
    with database.reading(store.engine) as connection:
        wanted = sa.select(table.c.pipeline).where(store.rights.rows("pipeline_stages")).distinct()
        return sorted(connection.execute(wanted).scalars())


def board(store: Store, pipeline: str = "sales") -> pd.DataFrame:
    """The board of a pipeline as this person sees it.

    Parameters
    ----------
    store : Store
        Opened for the person.
    pipeline : str
        Name of the pipeline.

    Returns
    -------
    DataFrame
        ``stage``, ``outcome``, ``probability`` (fraction), ``deals``, and, if the role reads the money of deals,
        ``value`` and ``weighted_value`` (value × probability, the expected money; currency units).

    Raises
    ------
    InputError
        If there is no such pipeline, or the role does not see deals.
    """
    import pandas as pd

    deals = TABLES["deals"]
    store.rights.require_rows("deals")
    with database.reading(store.engine) as connection:
        stages = _stages(connection, store, pipeline)
        found = connection.execute(
            sa.select(deals.c.stage, sa.func.count(), sa.func.coalesce(sa.func.sum(deals.c.value_minor), 0))
            .where(store.rights.rows("deals"), deals.c.pipeline == pipeline).group_by(deals.c.stage)
        ).all()  # fmt: skip
    counts = {stage: (int(number), int(value)) for stage, number, value in found}
    made = pd.DataFrame(stages, columns=["stage", "outcome", "probability"])
    made["deals"] = [counts.get(stage, (0, 0))[0] for stage in made["stage"]]
    if store.role.rule("deals", "value") == "read":
        made["value"] = [counts.get(stage, (0, 0))[1] / 100 for stage in made["stage"]]
        made["weighted_value"] = (made["value"] * made["probability"]).round(2)
    return made


def durations(store: Store, pipeline: str = "sales") -> pd.DataFrame:
    """How long deals stay at each open stage.

    Parameters
    ----------
    store : Store
        Opened for the person.
    pipeline : str
        Name of the pipeline.

    Returns
    -------
    DataFrame
        ``stage``, ``left`` (stays that ended), ``median_days`` of these, ``there`` (stays that last), and
        ``median_days_so_far`` of those. The median of the ended alone is too short while slow deals still wait.
    """
    import pandas as pd

    with database.reading(store.engine) as connection:
        stages = _stages(connection, store, pipeline)
        stays = _stays(connection, store, pipeline)
    rows = []
    for stage, outcome, _ in stages:
        if outcome == "open":
            ended = [days for name, days, after in stays if name == stage and after is not None]
            there = [days for name, days, after in stays if name == stage and after is None]
            rows.append((stage, len(ended), _median(ended), len(there), _median(there)))
    return pd.DataFrame(rows, columns=["stage", "left", "median_days", "there", "median_days_so_far"])


def conversion(store: Store, pipeline: str = "sales") -> pd.DataFrame:
    """How many of the deals that ever came to an open stage got through.

    Parameters
    ----------
    store : Store
        Opened for the person.
    pipeline : str
        Name of the pipeline.

    Returns
    -------
    DataFrame
        ``stage``, ``deals`` that came there, ``moved_on`` to a later stage, ``won``, ``lost``, ``open``; and
        ``share_won`` of the closed ones with its 95 % interval ``low``, ``high`` (Jeffreys).
    """
    import pandas as pd

    with database.reading(store.engine) as connection:
        stages = _stages(connection, store, pipeline)
        visits = _visits(connection, store, pipeline)
    place = {stage: number for number, (stage, _, _) in enumerate(stages)}
    outcome = {stage: kind for stage, kind, _ in stages}
    rows = []
    for stage, kind, _ in stages:
        if kind != "open":
            continue
        here = [path for path in visits.values() if stage in path]
        ends = [outcome.get(path[-1], "open") for path in here]
        moved = sum(any(place.get(other, -1) > place[stage] and outcome[other] != "lost"
                        for other in path[path.index(stage):]) for path in here)  # fmt: skip
        won, lost = ends.count("won"), ends.count("lost")
        low, high = jeffreys(won, won + lost) if won + lost else (float("nan"), float("nan"))
        rows.append((stage, len(here), moved, won, lost, ends.count("open"),
                     won / (won + lost) if won + lost else float("nan"), low, high))  # fmt: skip
    return pd.DataFrame(rows, columns=["stage", "deals", "moved_on", "won", "lost", "open", "share_won", "low", "high"])


def _stages(connection: sa.Connection, store: Store, pipeline: str) -> list[tuple[str, str, float]]:
    store.rights.require_rows("pipeline_stages")
    table = TABLES["pipeline_stages"]
    allowed = store.rights.rows("pipeline_stages")
    found = connection.execute(
        sa.select(table.c.stage, table.c.outcome, table.c.probability)
        .where(allowed, table.c.pipeline == pipeline).order_by(table.c.position)
    ).all()  # fmt: skip
    if not found:
        names = connection.execute(sa.select(table.c.pipeline).where(allowed).distinct()).scalars()
        what = say("There is no pipeline `{name}`.", name=pipeline)
        advice = say("Allowed: {names}.", names=join_names(f"`{name}`" for name in sorted(names)))
        raise InputError(say("Nothing can be shown."), [Problem("unknown_pipeline", what, advice=advice)])
    return [(stage, outcome, float(probability)) for stage, outcome, probability in found]


def _moves(connection: sa.Connection, store: Store, pipeline: str) -> list[Any]:
    """Deal, stage, moment of every move, in the order of time."""
    store.rights.require_rows("deals")
    store.rights.require_rows("stage_moves")
    moves, deals = TABLES["stage_moves"], TABLES["deals"]
    return list(connection.execute(
        sa.select(moves.c.deal_id, moves.c.to_stage, moves.c.moved_at)
        .join_from(moves, deals, moves.c.deal_id == deals.c.deal_id)
        .where(store.rights.rows("stage_moves"), store.rights.rows("deals"), deals.c.pipeline == pipeline)
        .order_by(moves.c.deal_id, moves.c.moved_at, moves.c.move_id)
    ).all())  # fmt: skip


def _visits(connection: sa.Connection, store: Store, pipeline: str) -> dict[int, list[str]]:
    paths: dict[int, list[str]] = {}
    for deal, stage, _ in _moves(connection, store, pipeline):
        paths.setdefault(deal, []).append(stage)
    return paths


def _stays(connection: sa.Connection, store: Store, pipeline: str) -> list[tuple[str, float, str | None]]:
    """Stage, days, and the stage after it (None while the deal is there)."""
    moves = _moves(connection, store, pipeline)
    now = np.datetime64(store.now(), "s")
    stays = []
    for this, after in zip(moves, [*moves[1:], None], strict=True):
        same = after is not None and after[0] == this[0]
        end = np.datetime64(after[2]) if same else now
        days = float((end - np.datetime64(this[2])) / np.timedelta64(1, "D"))
        stays.append((this[1], days, after[1] if same else None))
    return stays


def _median(days: list[float]) -> float:
    return round(float(np.median(days)), 2) if days else float("nan")
