"""After the last quarter: score, twins, attribution, luck, calibration, truth, questions for the defence."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from math import isnan

import pandas as pd

from crm_toolkit import plots
from crm_toolkit.analysis.loyalty.ablation import shapley_of_switches
from crm_toolkit.errors import CRMError
from crm_toolkit.exercises.helm_game import (
    PlayedGame,
    defence_questions,
    forecast_quality,
    log_quality,
    total_score,
)
from crm_toolkit.exercises.helm_game.judged import AIM, LACKS, TOTAL_PARTS, TOTAL_WEIGHTS
from crm_toolkit.texts import format_number, format_percent, say
from crm_toolkit.widgets.helm_game.told import value_told
from crm_toolkit.widgets.skeleton import Block
from crm_toolkit.widgets.tables import Table
from crm_toolkit.world.helm import GROUPS, WEIGHTS, Attribution, LuckIndex, Twins, attribution, score_of, twins
from crm_toolkit.world.helm.score import PARTS
from crm_toolkit.world.helm.twins import FAMILIES, FAMILY_NAMES, TWINS, value_of_groups


@lru_cache(maxsize=4)
def twins_of(played: PlayedGame) -> Twins:
    """The twins of a game, worked out once."""
    return twins(played.game)


@lru_cache(maxsize=4)
def attribution_of(played: PlayedGame) -> Attribution:
    """The attribution of a game's score, worked out once."""
    return attribution(played.game)


def shared_out(played: PlayedGame) -> pd.DataFrame:
    """Shapley values of the families of levers."""
    return shapley_of_switches(value_of_groups(played.game), list(FAMILIES))


def signed(value: float, digits: int = 1) -> str:
    """A number with its sign."""
    return ("+" if value >= 0 else "−") + format_number(abs(value), digits)


def debriefed(played: PlayedGame, shares: pd.DataFrame | None = None, luck: LuckIndex | None = None) -> Iterator[Block]:
    """Everything that is told after the last quarter."""
    yield from _score(played)
    found = twins_of(played)
    rows = tuple((_capital(say(TWINS[row["who"]])), format_number(row["score"], 1),
                  *(format_number(row[f"{name}_points"], 1) for name in WEIGHTS),
                  format_number(round(row["equity"])), format_number(round(row["cash"])), format_number(row["clients"]))
                 for row in found.table.to_dict("records"))  # fmt: skip
    yield Table(say("Twins: the same people, the same luck"),
                (say("Who decides"), say("Score of the result"), *(say(PARTS[name]) for name in WEIGHTS),
                 say("Customer equity, units of money"), say("Cash, units of money"), say("Clients")), rows,
                say("The difference to a twin is the effect of your decisions; luck is the same."))  # fmt: skip
    yield from _attributed(played, shares)
    if luck is not None:
        yield say("The same decisions in {count} other worlds: {share} of them score lower. Around a half is usual "
                  "luck; near 100% fortune helped, near 0% it did not.", count=len(luck.others),
                  share=format_percent(luck.percentile, 0))  # fmt: skip
    yield from _foreseen(played)
    yield _truth(played)
    yield Table(say("Questions for the defence"), (say("No."), say("Question")), tuple(
        (str(number), question) for number, question in enumerate(defence_questions(played, attribution_of(played)), 1)
    ))  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _score(played: PlayedGame) -> Iterator[Block]:
    total, inner = total_score(played), score_of(played.game.passages, people=played.game.people)
    rows = [(say(PARTS[name]), format_percent(weight * TOTAL_WEIGHTS["result"], 0),
             format_number(getattr(inner, name), 1)) for name, weight in WEIGHTS.items()]  # fmt: skip
    rows += [(say(TOTAL_PARTS[name]), format_percent(TOTAL_WEIGHTS[name], 0), format_number(total[name], 1))
             for name in ("forecasts", "log")]  # fmt: skip
    yield say("Your score: {total} of 100.", total=format_number(total["total"], 1))
    yield Table(say("Score"), (say("Part"), say("Weight"), say("Points of 100")), tuple(rows))


def _attributed(played: PlayedGame, shares: pd.DataFrame | None) -> Iterator[Block]:
    found = attribution_of(played)
    rows = tuple((say(GROUPS[row["group"]]), str(row["quarters"]), signed(row["lost_without"]))
                 for row in found.table.to_dict("records"))  # fmt: skip
    if rows:
        yield Table(say("Attribution: you, but without this decision"),
                    (say("Decision"), say("Quarters"), say("Points that would be missing")), rows,
                    say("These need not add up to the whole, {total}: decisions help or hinder each other.",
                        total=signed(found.total)))  # fmt: skip
    else:
        yield say("You changed nothing, so there is nothing to attribute.")
    if shares is not None:
        shared = tuple((say(FAMILY_NAMES[row["switch"]]), signed(row["shapley"]), signed(row["alone"]),
                        signed(row["lost_without"])) for row in shares.to_dict("records"))  # fmt: skip
        heads = (say("Family"), say("Share by Shapley"), say("Alone"), say("Missing without it"))
        yield Table(say("Shapley values of four families of levers: these add up"), heads, shared)


def _foreseen(played: PlayedGame) -> Iterator[Block]:
    found, log = forecast_quality(played), log_quality(played)
    if isnan(found.brier):
        yield say("You gave no probabilities.")
    else:
        yield say("Brier score of your probabilities: {brier} ({answered} of {asked} questions). 0 is best; 0.25 is "
                  "what “one half” to everything gives.", brier=format_number(found.brier, 3), answered=found.answered,
                  asked=found.asked)  # fmt: skip
    if isnan(found.coverage):
        yield say("You gave no intervals.")
    else:
        yield say("Your intervals held in {share}; they were meant to hold in {aim}.",
                  share=format_percent(found.coverage, 0), aim=format_percent(AIM, 0))  # fmt: skip
    lacking: list[tuple[str, str]] = []
    for lacks, run in groupby(enumerate(log.quarters, start=1), key=lambda pair: pair[1]):
        numbers = [number for number, _ in run]
        if lacks:
            span = str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"
            lacking.append((span, "; ".join(say(LACKS[code]) for code in lacks)))
    if lacking:
        yield Table(say("What the log lacks"), (say("Quarter"), say("What")), tuple(lacking))
    else:
        yield say("Every entry of your log has a reason that could be seen, a sentence, and a test.")


def _truth(played: PlayedGame) -> Table:
    rows = tuple(
        (str(int(row["quarter"])), *(value_told(row[name], kind) for name, kind in _TRUTH))
        for row in played.game.truth.to_dict("records")
    )  # fmt: skip
    heads = (say("Quarter"), say("Clients"), say("New"), say("Left"), say("Left for a failure"), say("Failures"),
             say("Load"), say("Satisfaction, s.d."), say("Fatigue of the staff"), say("Trust"))  # fmt: skip
    return Table(say("The truth, which nobody saw"), heads, rows)


_TRUTH = (("clients", "count"), ("new", "count"), ("left", "count"), ("left_failure", "count"), ("failures", "count"),
          ("load", "share"), ("satisfaction", "number"), ("fatigue", "share"), ("trust", "share"))  # fmt: skip


def debrief_pictures(played: PlayedGame, luck: LuckIndex | None = None) -> list[plots.Picture]:
    """Twins, attribution, luck."""
    found = twins_of(played)
    made = [plots.show(plots.helm_twins_chart(found.quarterly, measure=name)) for name in ("equity", "cash")]
    try:
        labels = {code: say(label) for code, label in GROUPS.items()}
        made.append(plots.show(plots.helm_attribution_chart(attribution_of(played).table, labels=labels)))
    except CRMError:
        pass
    if luck is not None:
        made.append(plots.show(plots.luck_chart(luck.own, luck.others, luck.percentile)))
    return made


def report_pictures(played: PlayedGame) -> list[plots.Picture]:
    """Four figures of the dashboard, with gaps; what was foreseen for the last quarter."""
    quarters, said = played.game.quarters, played.quarters[-1].forecast
    made = []
    for name, expected in (("cash", ("cash_low", "cash_high")), ("till_visits", ("visits_low", "visits_high")),
                           ("load", None), ("clients", None)):  # fmt: skip
        figures = [one.figure(name) for one in quarters]
        ends = None if expected is None else tuple(getattr(said, end) for end in expected)
        units = {"money": say("units of money"), "count": say("number"), "share": say("share")}
        made.append(plots.show(plots.quarters_chart(
            [one.value for one in figures], title=figures[0].label, unit=units[figures[0].kind],
            percent=figures[0].kind == "share", expected=None if ends is None or None in ends else ends,  # type: ignore[arg-type]
        )))  # fmt: skip
    return made
