"""Rules that deserve a second look, each with its reason: what is lawful is not yet fair to the member.

hidden_expiry       points expire before a typical customer can have a reward
far_reward          a typical customer needs more than two years for a reward
moving_threshold    a reward takes more points than members were promised when they began to save
smaller_reward      a reward is worth less than it was when they began to save
shorter_validity    points are valid for a shorter time than they were
unreachable_status  hardly anybody can reach the status
"""

from __future__ import annotations

from crm_toolkit.exercises.real_programme import Flag
from crm_toolkit.texts import format_money, format_number, say, say_count
from crm_toolkit.widgets.programme_designer.lab import Known
from crm_toolkit.widgets.programme_designer.plan import ProgrammeDesign

FAR_WEEKS = 104  # assumption
STATUS_TIMES = 5.0  # a status at more than so many times the points of a typical customer; assumption


def ethics_flags(design: ProgrammeDesign, known: Known) -> tuple[Flag, ...]:
    """What in the rules deserves a second look.

    Parameters
    ----------
    design : ProgrammeDesign
        Its rules, and what was promised before.
    known : Known
        What the organisation knows of its customers.

    Returns
    -------
    tuple of Flag
    """
    own, flags = design.rules, []
    needs = known.weeks_to_reward(design)
    weeks = _weeks(needs)
    if own.valid_weeks < needs:
        flags.append(Flag("hidden_expiry", say(
            "Hidden expiry: a typical customer needs {needs} for a reward, and points are valid for {valid}.",
            needs=weeks, valid=_weeks(own.valid_weeks)), say(
            "The reward is advertised to everybody, and most can't get it: their points expire on the way. Expiry that "
            "binds drives customers away, and a saving on it is no gain of theirs.")))  # fmt: skip
    if needs > FAR_WEEKS:
        flags.append(
            Flag(
                "far_reward",
                say("A reward far away: a typical customer needs {needs}.", needs=weeks),
                say("A goal out of sight does not draw. It is for heavy buyers, who would have come anyhow."),
            )
        )
    if design.promises:
        flags += _broken(design, known)
    if own.status_points and known.typical_week > 0:
        earned = known.typical_week * own.points_per_unit * own.status_weeks
        if own.status_points > STATUS_TIMES * earned:
            flags.append(Flag("unreachable_status", say(
                "A status for hardly anybody: it takes {points} points in {weeks}, a typical customer earns {earned}.",
                points=format_number(own.status_points), weeks=_weeks(own.status_weeks),
                earned=format_number(round(earned))), say(
                "A status that one sees and can't reach shames more than it draws.")))  # fmt: skip
    return tuple(flags)


def _broken(design: ProgrammeDesign, known: Known) -> list[Flag]:
    """Promises of earlier runs that the rules no longer keep."""
    own, flags = design.rules, []
    threshold = min(one.threshold for one in design.promises)
    reward = max(one.reward for one in design.promises)
    valid = max(one.valid_weeks for one in design.promises)
    if own.threshold > threshold:
        flags.append(Flag("moving_threshold", say(
            "Moving threshold: members began to save for {before} points, now a reward takes {now}.",
            before=format_number(threshold), now=format_number(own.threshold)), say(
            "Points saved are a promise. Who was nearly there is put back, and remembers it: keep the old price for "
            "points that were earned under it.")))  # fmt: skip
    if own.reward < reward:
        flags.append(Flag("smaller_reward", say(
            "Smaller reward: members began to save for {before}, now it is worth {now}.",
            before=format_money(reward, known.currency), now=format_money(own.reward, known.currency)), say(
            "It takes value from balances that are there already: a devaluation by another name.")))  # fmt: skip
    if own.valid_weeks < valid:
        flags.append(Flag("shorter_validity", say(
            "Shorter validity: points were valid for {before}, now for {now}.", before=_weeks(valid),
            now=_weeks(own.valid_weeks)), say("Members planned with the old day. Let points that were earned under the "
                                              "old rules keep it.")))  # fmt: skip
    return flags


def _weeks(number: float) -> str:
    if number == float("inf"):
        return say("forever")
    return say_count("{count} calendar week", "{count} calendar weeks", round(number))
