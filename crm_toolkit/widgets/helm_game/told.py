"""What the organisation sees of a game, in words and tables: start, news, dashboard, books, log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crm_toolkit.exercises.helm_game import TOTAL_WEIGHTS, PlayedGame
from crm_toolkit.exercises.helm_game.judged import BUSY, TOTAL_PARTS, outcomes_of
from crm_toolkit.exercises.helm_game.played import REASONS, Forecast
from crm_toolkit.texts import format_number, format_percent, say
from crm_toolkit.widgets.skeleton import Block
from crm_toolkit.widgets.tables import Table
from crm_toolkit.world.helm import LEVERS, WEIGHTS, Decision, Game, HelmScenario, Quarter
from crm_toolkit.world.helm.books import LINES
from crm_toolkit.world.helm.levers import LIMITS
from crm_toolkit.world.helm.parameters import QUARTERS
from crm_toolkit.world.helm.score import INCIDENTS, PARTS
from crm_toolkit.world.helm.sight import Figure


def value_told(value: float | None, kind: str) -> str:
    """A figure as people read it."""
    if value is None:
        return "–"
    if kind == "share":
        return format_percent(value, 0)
    return format_number(round(value, 2)) if kind == "number" else format_number(round(value))


def opening(told: HelmScenario) -> Iterator[Block]:
    """What a scenario is about, and by what the game is judged."""
    yield told.story
    yield say("You decide for {count} quarters. You see what your organisation records and what you buy; the truth "
              "comes at the end, with three twins on the same luck.", count=QUARTERS)  # fmt: skip
    begins = told.beginning
    rows = [(say("Cash, units of money"), format_number(round(begins["cash"]))),
            (say("Employees"), format_number(told.start.staff)),
            (say("Share of visits recorded"), format_percent(begins["data"], 0))]  # fmt: skip
    yield Table(say("How you take over"), (say("What"), say("Value")), tuple(rows))
    yield weights_told()
    yield say(LIMITS)


def weights_told() -> Table:
    """The weights of the score."""
    inner = tuple((say(PARTS[name]), format_percent(weight * TOTAL_WEIGHTS["result"], 0))
                  for name, weight in WEIGHTS.items())  # fmt: skip
    outer = tuple((say(TOTAL_PARTS[name]), format_percent(TOTAL_WEIGHTS[name], 0)) for name in ("forecasts", "log"))
    return Table(say("By what you are judged"), (say("Part"), say("Weight")), (*inner, *outer),
                 say("Weights and yardsticks are assumptions of the game."))  # fmt: skip


def dashboard_told(game: Game) -> Iterator[Block]:
    """The report of the last quarter beside the one before."""
    quarters = game.quarters
    if not quarters:
        yield say("No quarter was played yet.")
        return
    last, before = quarters[-1], quarters[-2] if len(quarters) > 1 else None
    if last.incidents:
        yield say("Of note: {incidents}.", incidents="; ".join(say(INCIDENTS[code]) for code in last.incidents))
    rows = tuple(
        (one.label, _with_margin(one), "–" if before is None else value_told(before.figure(one.name).value, one.kind),
         one.note)
        for one in last.figures
    )  # fmt: skip
    yield Table(say("What the organisation knows of quarter {number}", number=last.number),
                (say("Figure"), say("This quarter"), say("The quarter before"), say("Remark")), rows,
                say("“–” is not 0: nobody knows it."))  # fmt: skip
    yield books_told(last, before)


def _with_margin(one: Figure) -> str:
    text = value_told(one.value, one.kind)
    return text if one.margin is None else f"{text} ± {format_number(round(one.margin, 2))}"


def books_told(last: Quarter, before: Quarter | None) -> Table:
    """Money line by line; opening + revenue − costs is closing."""
    rows = [
        (say("Cash at the start"), _money(last.books.opening), "" if before is None else _money(before.books.opening))
    ]
    for name, label in LINES.items():
        value, old = last.books.lines.get(name, 0), 0 if before is None else before.books.lines.get(name, 0)
        if value or old:
            sign = 1 if name == "revenue" else -1
            rows.append((say(label), _money(sign * value), "" if before is None else _money(sign * old)))
    rows.append((say("Cash at the end"), _money(last.books.closing),
                 "" if before is None else _money(before.books.closing)))  # fmt: skip
    return Table(say("The books, units of money"), (say("Line"), say("This quarter"), say("The quarter before")),
                 tuple(rows))  # fmt: skip


def _money(minor: int) -> str:
    text = format_number(abs(minor) / 100, 2)
    return f"−{text}" if minor < 0 else text


def lever_told(name: str, value: float) -> str:
    """A lever's position in words."""
    words = LEVERS[name].words
    return say(words[int(value)]) if words else format_number(value)


def changes_told(decision: Decision, before: Decision) -> str:
    """What was moved."""
    moved = [say("{lever}: {old} → {new}", lever=say(LEVERS[name].knob.label),
                 old=lever_told(name, getattr(before, name)), new=lever_told(name, getattr(decision, name)))
             for name in decision.changed(before)]  # fmt: skip
    return "; ".join(moved) or say("nothing")


def logbook(played: PlayedGame) -> Iterator[Block]:
    """Every quarter: what was moved and why, what was foreseen and what came."""
    if not played.quarters:
        yield say("No quarter was played yet.")
        return
    rows: list[tuple[str, ...]] = []
    foreseen: list[tuple[str, ...]] = []
    before = played.game.scenario.start
    for one, quarter in zip(played.quarters, played.game.quarters, strict=True):
        decision, entry = one.levers, one.log
        rows.append((str(quarter.number), changes_told(decision, before), say(REASONS[entry.reason]) if entry.reason
                     else "–", entry.why.strip() or "–", entry.wrong_if.strip() or "–"))  # fmt: skip
        foreseen.append((str(quarter.number), *_against(one.forecast, outcomes_of(quarter))))
        before = decision
    yield Table(say("Decisions"), (say("Quarter"), say("Moved"), say("Rests on"), say("Why"),
                                   say("Wrong if")), tuple(rows))  # fmt: skip
    yield Table(say("Forecasts and what came"), (say("Quarter"), say("Profit above 0"), say("Load above 90%"),
                                                 say("Cash at the end"), say("Visits at the till")),
                tuple(foreseen))  # fmt: skip


def _against(said: Forecast, now: Any) -> Iterator[str]:
    for chance, came in ((said.profit, now["profit"] > 0), (said.busy, now["load"] > BUSY)):
        yes = say("yes") if came else say("no")
        yield yes if chance is None else say("{chance} → {came}", chance=format_percent(chance, 0), came=yes)
    for name in ("cash", "visits"):
        low, high, value = getattr(said, f"{name}_low"), getattr(said, f"{name}_high"), now[name]
        shown = format_number(round(value))
        if low is None or high is None:
            yield shown
        else:
            holds = say("held") if low <= value <= high else say("missed")
            yield say("{low} to {high} → {came}, {holds}", low=format_number(round(low)),
                      high=format_number(round(high)), came=shown, holds=holds)  # fmt: skip
