"""Rules of a real programme that deserve a second look, each with its reason: what is lawful is not yet fair.

expiry_hidden      nothing was found on when points expire
returns_hidden     nothing was found on what a returned order does
leaving_hidden     nothing was found on what becomes of the points of who leaves
expires_first      points of the sample member expire before the first reward
no_reward          the sample member gets nothing in a year
two_answers        sources contradict each other
lost_points        points that paid for an order that is paid back are lost
demotion           a tier is lost at a review
shared_data        others see what a member buys: partners, a family
high_bar           a reward or the top tier takes more than the sample member does in a year
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_toolkit.exercises.real_programme.fields import LABELS
from crm_toolkit.texts import join_names, say, say_count

if TYPE_CHECKING:
    from crm_toolkit.exercises.real_programme.work import ProgrammeWork
    from crm_toolkit.exercises.real_programme.year import MemberYear
    from crm_toolkit.firm.loyalty import LoyaltyProgramme


@dataclass(frozen=True)
class Flag:
    """One remark on the rules of a programme.

    Parameters
    ----------
    code : str
        A stable word.
    text, reason : str
        What was found; why it matters. In the reader's language.
    """

    code: str
    text: str
    reason: str


def programme_flags(
    work: ProgrammeWork, programme: LoyaltyProgramme | None, year: MemberYear | None
) -> tuple[Flag, ...]:
    """What in the rules, and in how they are told, deserves a second look.

    Parameters
    ----------
    work : ProgrammeWork
        As it stands.
    programme : LoyaltyProgramme or None
        Once the rules run.
    year : MemberYear or None
        Once the sample member is there.

    Returns
    -------
    tuple of Flag
    """
    flags: list[Flag] = []

    def flag(code: str, text: str, reason: str) -> None:
        flags.append(Flag(code, text, reason))

    stated = work.stated
    silent = {path for path, one in stated.items() if one.not_stated}
    if "life.validity" in silent:
        flag("expiry_hidden", say("Hidden expiry: the organisation does not say when points expire."),
             say("A member who can't know the day can't plan for it; points that die unseen are a saving on trust.")
        )  # fmt: skip
    if {"returns.spent", "returns.redeemed"} & silent:
        flag("returns_hidden", say("The organisation does not say what a returned order does to points."),
             say("The rule exists in the till anyway; the member learns of it when it costs something."))  # fmt: skip
    if "account.on_leave" in silent:
        flag("leaving_hidden", say("The organisation does not say what becomes of the points of who leaves."),
             say("Leaving should be as easy as joining, and known beforehand."))  # fmt: skip
    contradicted = [say(LABELS[path]) for path, one in stated.items() if one.other.strip()]
    if contradicted:
        flag("two_answers", say("Sources contradict each other on: {names}.", names=join_names(contradicted)),
             say("A sign that promises more than the rules keep is an advertisement that misleads."))  # fmt: skip
    if programme is None:
        return tuple(flags)
    if programme.burning and programme.returns.redeemed == "lost":
        flag("lost_points", say("Points that paid for an order are lost when it is paid back."),
             say("The member gives the service back and pays for it all the same."))  # fmt: skip
    if programme.tiers and programme.tiers.downgrade != "never":
        flag("demotion", say("A tier is lost at a review."),
             say("The demoted intend less loyalty than those who were never promoted: a loss weighs more.")
        )  # fmt: skip
    if programme.coalition or programme.family:
        flag("shared_data", say("What a member buys is seen by others: partners, or relatives in one account."),
             say("Who sees it, on which consent, and can a member look into that?"))  # fmt: skip
    return (*flags, *(_of_the_year(programme, year) if year is not None else ()))


def _of_the_year(programme: LoyaltyProgramme, year: MemberYear) -> list[Flag]:
    flags = []
    expired = year.bookings[year.bookings["what"] == "expire"]
    first = expired["at"].min().date() if len(expired) else None
    if first is not None and (year.first_reward is None or first < year.first_reward):
        lost = say_count("{count} point", "{count} points", -int(expired["points"].sum()))
        flags.append(Flag("expires_first", say("The sample member loses {points} before the first reward.",
                                               points=lost), say(
            "The reward is promised to everybody, and somebody like this member never gets it.")))  # fmt: skip
    if programme.kinds and not year.given_back:
        flags.append(Flag("no_reward", say("The sample member gets nothing back in a year."), say(
            "A goal out of sight does not draw: it is for heavy buyers, who would have come anyhow.")))  # fmt: skip
    top = programme.tiers.steps[-1] if programme.tiers else None
    if programme.tiers and top and programme.tiers.measure in ("spend", "visits"):
        reached = year.spend if programme.tiers.measure == "spend" else year.visits
        if top.threshold > 5 * reached:
            flags.append(Flag("high_bar", say(
                "The tier “{tier}” takes more than five times what the sample member does.",
                                              tier=top.name), say(
                "A status that one sees and can't reach shames more than it draws.")))  # fmt: skip
    return flags
