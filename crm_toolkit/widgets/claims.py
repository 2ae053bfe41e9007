"""Claims of textbooks to be tested by hand: choose one, turn what it depends on, and see where it fails.

The same demand is served without and with what the claim speaks of; each row of controls belongs to one claim, so that
the learner sees which numbers carry it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from crm_toolkit import plots
from crm_toolkit.plots.claims import FINDINGS
from crm_toolkit.plots.style import styled
from crm_toolkit.texts import format_number, join_names, say, say_count
from crm_toolkit.widgets.controls import choice_control, number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table
from crm_toolkit.world.claims.access import access_frontier
from crm_toolkit.world.claims.catalogue import CLAIMS, OUTCOMES
from crm_toolkit.world.claims.experiment import ClaimResult, run_claim
from crm_toolkit.world.claims.parameters import KNOBS
from crm_toolkit.world.claims.setting import claims_setting

_ROWS = (
    ("claim",),
    *(claim.drivers for claim in CLAIMS.values()),
    ("conclusion",),
    ("outcomes",),
    ("picture",),
)
_TURNED = tuple(name for claim in CLAIMS.values() for name in claim.drivers)


def explore_claims(claim: str = "single_base", *, replications: int = 30, seed: int = 7) -> Explorer:
    """Choose a claim, turn the numbers that carry it, and see whether it still holds.

    Parameters
    ----------
    claim : str
        Where the choice starts: a code of `world.claims.CLAIMS`.
    replications, seed : int
        As for `world.claims.run_claim`; 30 replications take a part of a second.

    Returns
    -------
    Explorer
        A notebook shows controls, the finding, a table of outcomes without and with, and the differences with their
        intervals; for access, what it answers and exposes too. ``.result`` is the `ClaimResult`. With ``CRM_STATIC=1``
        there is only the static copy.

    Raises
    ------
    InputError
        If claim, replications or seed can't be used; all problems at once.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = explore_claims("kept_knowledge", replications=5)
    >>> explorer.controls["use_share"].value = 0.0  # a knowledge base that nobody searches
    >>> explorer.result.holds
    False
    """
    start = {"claim": claim, **{name: KNOBS[name].default for name in _TURNED}}

    def controls() -> dict[str, Any]:
        choices = [(say(one.title), code) for code, one in CLAIMS.items()]
        return {
            "claim": choice_control(say("Claim"), choices, value=claim),
            **{name: number_control(KNOBS[name]) for name in _TURNED},
        }

    return Explorer(_looker(replications, seed), controls=controls, start=start, rows=_ROWS)


def _looker(replications: int, seed: int) -> Callable[..., View]:
    """The function behind the controls; what ran once is kept."""

    @lru_cache(maxsize=16)
    def seen(claim: str, numbers: tuple[tuple[str, float], ...]) -> View:
        setting = claims_setting(**dict(numbers))
        return _view(run_claim(claim, setting, replications=replications, seed=seed))

    def look(*, claim: str, **numbers: float) -> View:
        return seen(claim, tuple(sorted(numbers.items())))

    return look


def _view(result: ClaimResult) -> View:
    claim = result.claim
    turned = [say("{label}: {value}", label=say(KNOBS[name].label), value=format_number(value))
              for name, value in claim.fails_at.items()]  # fmt: skip
    own = join_names(say(KNOBS[name].label) for name in claim.drivers)
    notes = (
        say("What it teaches: {trap}", trap=say(claim.trap)),
        say("It depends most on: {names}.", names=own),
        say("One place where it fails: {numbers}.", numbers="; ".join(turned)),
        say(
            "Assumption, not fact: the numbers of this organisation are chosen, not measured; "
            "claims_setting().table() lists them with their origins."
        ),
    )
    return View(_conclusion(result), {"outcomes": _outcomes(result), "picture": _picture(result)}, result, notes)


def _conclusion(result: ClaimResult) -> str:
    statement = say(result.claim.statement)
    if result.holds:
        listed = _listed(result, "as_claimed")
        return say("{claim} Here this holds: {list}.", claim=statement, list=listed)
    parts = []
    if result.against:
        parts.append(say("against it: {list}", list=_listed(result, "opposite")))
    if result.unproven:
        parts.append(say("no difference found: {list}", list=_listed(result, "open")))
    if (result.table["finding"] == "as_claimed").any():
        parts.append(say("as claimed: {list}", list=_listed(result, "as_claimed")))
    if result.verdict == "fails":
        return say("{claim} Here this fails; {list}.", claim=statement, list="; ".join(parts))
    return say("{claim} Here this is not decided; {list}. That nothing was found refutes nothing: more replications "
               "would show more.", claim=statement, list="; ".join(parts))  # fmt: skip


def _listed(result: ClaimResult, finding: str) -> str:
    said = []
    for row in result.table[result.table["finding"] == finding].to_dict("records"):
        outcome = OUTCOMES[row["outcome"]]
        difference = outcome.signed(row["difference"], (row["high"] - row["low"]) / 2)
        said.append(say("{outcome} {difference} ({unit})", outcome=_lower(say(outcome.label)), difference=difference,
                        unit=say(outcome.unit)))  # fmt: skip
    return ", ".join(said)


def _outcomes(result: ClaimResult) -> Table:
    heads = (say("Outcome"), say("Without"), say("With"), say("Difference"), say("95% interval"), say("Finding"))
    rows = []
    for row in result.table.to_dict("records"):
        one = OUTCOMES[row["outcome"]]
        half = (row["high"] - row["low"]) / 2
        difference, low, high = (one.signed(row[name], half) for name in ("difference", "low", "high"))
        interval = say("from {low} to {high}", low=low, high=high) if half > 1e-9 else say("always the same")
        rows.append((f"{say(one.label)}, {say(one.unit)}", format_number(row["mean_without"], one.decimals),
                     format_number(row["mean_with"], one.decimals), difference, interval,
                     say(FINDINGS[row["finding"]])))  # fmt: skip
    caption = say_count("{claim}: {count} replication", "{claim}: {count} replications", result.replications,
                        claim=say(result.claim.title))  # fmt: skip
    note = say(
        "Both times the same customers come with the same luck (seed {seed}); the interval is that of the mean of "
        "paired differences.",
        seed=result.seed,
    )
    return Table(caption, heads, tuple(rows), note)


def _picture(result: ClaimResult) -> plots.Picture:
    if result.claim.code != "open_access":
        return plots.show(plots.claim_chart(result))
    with styled():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(14.5, 5.6), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2, width_ratios=[1.25, 1])
    plots.claim_chart(result, ax=left)
    plots.access_frontier_chart(access_frontier(result.setting), ax=right)
    return plots.show(figure)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
