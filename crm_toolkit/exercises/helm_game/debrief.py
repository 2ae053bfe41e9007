"""Questions for the defence, made from the player's own decisions and what came of them.

A machine can ask them; whether the answers are good is for the teacher to say.
"""

from __future__ import annotations

from math import isnan

from crm_toolkit.exercises.helm_game.judged import AIM, forecast_quality, log_quality
from crm_toolkit.exercises.helm_game.played import REASONS, PlayedGame
from crm_toolkit.texts import format_number, format_percent, say
from crm_toolkit.world.helm import GROUPS, LEVERS, Attribution, attribution, twins
from crm_toolkit.world.helm.score import INCIDENTS

MOST_QUESTIONS = 8


def defence_questions(played: PlayedGame, shares: Attribution | None = None) -> tuple[str, ...]:
    """What a committee would ask this player, in the reader's language.

    Parameters
    ----------
    played : PlayedGame
        With at least one quarter.
    shares : Attribution, optional
        Of the score; worked out if it is not given.

    Returns
    -------
    tuple of str
        At most eight.

    Raises
    ------
    InputError
        If nothing was played yet.

    Examples
    --------
    >>> from crm_toolkit.exercises.helm_game import new_played_game
    >>> from crm_toolkit.world.helm import Decision
    >>> asked = defence_questions(new_played_game(people=300).play(Decision(staff=14)))
    >>> "Staff and training" in asked[0]
    True
    """
    game, asked = played.game, list[str]()
    found = attribution(game) if shares is None else shares
    if len(found.table):
        best, worst = found.table.iloc[0], found.table.iloc[-1]
        if best["lost_without"] > 0:
            points = format_number(best["lost_without"], 1)
            asked.append(say("Without your decisions on “{group}” the score would be {points} points lower. Which "
                             "figure told you so at the time, and which other explanation do you rule out?",
                             group=say(GROUPS[best["group"]]), points=points))  # fmt: skip
        if worst["lost_without"] < 0:
            asked.append(say("“{group}” cost you {points} points. What did you expect of it, and when could you have "
                             "noticed?", group=say(GROUPS[worst["group"]]),
                             points=format_number(-worst["lost_without"], 1)))  # fmt: skip
    else:
        asked.append(say("You changed nothing. What would have made you change something?"))
    simple = twins(game).effect("score", against="reference")
    if simple < 0:
        asked.append(say("A simple rule that only looks at the load would have scored {points} points more. Why was "
                         "your judgement worth less than the rule?", points=format_number(-simple, 1)))  # fmt: skip
    asked += _of_incidents(played)
    asked += _of_the_largest_step(played)
    blind = [quarter.number for quarter in game.quarters if quarter.figure("clients").value is None]
    if blind:
        asked.append(say("In quarter {number} you did not know how many clients you had. What was the saving on "
                         "records worth?", number=blind[0]))  # fmt: skip
    quality = forecast_quality(played)
    if not isnan(quality.coverage) and quality.coverage < AIM - 0.15:
        asked.append(say("Your intervals were meant to hold in {aim} of the cases and held in {share}. Where does the "
                         "certainty come from?", aim=format_percent(AIM, 0),
                         share=format_percent(quality.coverage, 0)))  # fmt: skip
    weak = [place for place, lacks in enumerate(log_quality(played).quarters, start=1) if "no_test" in lacks]
    if weak:
        asked.append(say("What would have shown you in quarter {number} that you were wrong?", number=weak[0]))
    return tuple(asked[:MOST_QUESTIONS])


def _of_incidents(played: PlayedGame) -> list[str]:
    first: dict[str, int] = {}
    for quarter in played.game.quarters:
        for code in quarter.incidents:
            first.setdefault(code, quarter.number)
    return [say("Quarter {number}: {incident}. Who bore the cost, and did they know of it?", number=number,
                incident=say(INCIDENTS[code])) for code, number in list(first.items())[:2]]  # fmt: skip


def _of_the_largest_step(played: PlayedGame) -> list[str]:
    """The lever that was moved furthest of its range."""
    before, largest = played.game.scenario.start, (0.0, 0, "")
    for number, one in enumerate(played.quarters, start=1):
        decision = one.levers
        for name in decision.changed(before):
            knob = LEVERS[name].knob
            step = abs(getattr(decision, name) - getattr(before, name)) / (knob.high - knob.low)
            largest = max(largest, (step, number, name))
        before = decision
    _, number, name = largest
    if not name:
        return []
    reason = played.quarters[number - 1].log.reason
    told = say(REASONS[reason]) if reason else say("none given")
    return [say("In quarter {number} you moved “{lever}” further than anything else; your reason: {reason}. Why so "
                "far, and why then?", number=number, lever=say(LEVERS[name].knob.label), reason=told)]  # fmt: skip
