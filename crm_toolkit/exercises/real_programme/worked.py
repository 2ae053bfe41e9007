"""What follows from the work on a real programme: the rules, a member's year, the money, the size of a test, the flags.

Nothing is guessed: what can't be worked out says what it lacks. A number of the economics that the author did not give
stays at the course's default and is called an assumption of the course, except those without which nothing follows.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pandas as pd

from crm_toolkit import analysis
from crm_toolkit.analysis.loyalty import ProgrammeEconomics, liability_rollforward, price_allocation, tornado_table
from crm_toolkit.analysis.loyalty.deferral import PriceAllocation
from crm_toolkit.analysis.loyalty.economics import NUMBERS
from crm_toolkit.errors import CRMError, InputError, Problem
from crm_toolkit.exercises.dated_sources import named
from crm_toolkit.exercises.real_programme.fields import LABELS, value_of
from crm_toolkit.exercises.real_programme.flags import Flag, programme_flags
from crm_toolkit.exercises.real_programme.work import FIGURES, NEEDED, EvaluationPlan, ProgrammeWork
from crm_toolkit.exercises.real_programme.year import MemberYear, member_year
from crm_toolkit.firm.loyalty import LoyaltyProgramme, ProgrammeForm, Stated
from crm_toolkit.texts import join_names, language, mark, say


@dataclass(frozen=True)
class NumberUsed:
    """A number of the economics as it is used.

    Parameters
    ----------
    name : str
    value : float
    origin : {"source", "assumption", "rules", "year", "course"}
        Stated by a source, the author's own assumption, from the rules, from the sample member's year, or the course's.
    why : str
        The author's words.
    """

    name: str
    value: float
    origin: str
    why: str = ""


@dataclass(frozen=True, eq=False)
class Money:
    """The economics of the programme.

    Parameters
    ----------
    used : tuple of NumberUsed
    economics : ProgrammeEconomics
    members : float
    reward_cost : float
        Of all members in a year, currency units.
    whole_cost : float
        With the fixed cost.
    tornado : DataFrame
        What the yearly gain of a member hangs on most.
    split : PriceAllocation or None
        Of one visit, between service and points.
    rollforward : DataFrame or None
        Liability of the sample member month by month.
    liability : float or None
        Of all members at the end of the year, if all were as the sample member; currency units.
    gift : float or None
        Share of the rewards for what would have been bought anyhow, at the assumed lift.
    """

    used: tuple[NumberUsed, ...]
    economics: ProgrammeEconomics
    members: float
    reward_cost: float
    whole_cost: float
    tornado: pd.DataFrame
    split: PriceAllocation | None
    rollforward: pd.DataFrame | None
    liability: float | None
    gift: float | None


@dataclass(frozen=True, eq=False)
class Worked:
    """What follows from the work.

    Parameters
    ----------
    form : ProgrammeForm or None
        Every field with its source.
    problems : tuple of Problem
        What stands between the form and a programme that runs; all at once.
    programme : LoyaltyProgramme or None
    year : MemberYear or None
    money : Money or None
    plan : ExperimentPlan or None
        Of the smallest effect.
    least : ExperimentPlan or None
        The smallest effect that the clients there are can show.
    flags : tuple of Flag
    missing : dict of str to str
        By ``"programme"``, ``"year"``, ``"money"``, ``"plan"``: what it lacks.
    """

    form: ProgrammeForm | None
    problems: tuple[Problem, ...]
    programme: LoyaltyProgramme | None
    year: MemberYear | None
    money: Money | None
    plan: Any
    least: Any
    flags: tuple[Flag, ...]
    missing: dict[str, str] = field(default_factory=dict)


def work_out_programme(work: ProgrammeWork) -> Worked:
    """Work out everything that follows.

    Parameters
    ----------
    work : ProgrammeWork
        As it stands.

    Returns
    -------
    Worked

    Examples
    --------
    >>> work_out_programme(ProgrammeWork()).missing["year"]
    'The rules do not run yet: see step 2.'
    """
    silent = dataclasses.replace(work, critique=type(work.critique)(), assumed=type(work.assumed)(), grades=())
    return _worked(silent, str(language()))


@lru_cache(maxsize=8)
def _worked(work: ProgrammeWork, _language: str) -> Worked:
    missing: dict[str, str] = {}
    form, programme, problems = _rules(work)
    if programme is None:
        missing["programme"] = say("The rules do not run yet.")
    year = money = None
    lacks = [say(label) for name, label in _MEMBER.items() if getattr(work.member, name) is None]
    if programme is None:
        missing["year"] = say("The rules do not run yet: see step 2.")
    elif lacks:
        missing["year"] = say("Still needed for a year: {names}.", names=join_names(lacks))
    else:
        try:
            year = member_year(programme, work.member)
        except CRMError as letter:
            missing["year"] = _flat(letter)
    try:
        money = _money(work, programme, year)
    except CRMError as letter:
        missing["money"] = _flat(letter)
    plan = least = None
    try:
        plan, least = _planned(work.plan)
    except CRMError as letter:
        missing["plan"] = _flat(letter)
    return Worked(form, problems, programme, year, money, plan, least, programme_flags(work, programme, year), missing)


_MEMBER = {
    "first_day": mark("First visit"), "every_days": mark("Days between visits"), "visits": mark("Visits"),
    "amount": mark("Amount of a visit, currency units"),
}  # fmt: skip


def _flat(letter: CRMError) -> str:
    """A letter on one line."""
    return " ".join(str(letter).split())


def _rules(work: ProgrammeWork) -> tuple[ProgrammeForm | None, LoyaltyProgramme | None, tuple[Problem, ...]]:
    problems, entries = [], {}
    sources = named(work.sources)
    if not work.about.organisation.strip():
        problems.append(Problem("no_name", say("The organisation is not named."), column="organisation"))
    for path, one in work.stated.items():
        source = sources.get(one.source or 0)
        words, day = (source.what.strip(), source.read_on) if source else ("", None)
        value, wrong = value_of(path, "" if one.not_stated else one.value)
        if wrong:
            problems.append(Problem("bad_value", f"{say(LABELS[path])}: {wrong}", column=path))
        elif value is not None or one.not_stated:
            entries[path] = Stated(value, words, day)
    if not any(not one.not_stated for one in entries.values()):
        problems.append(Problem("empty", say("No rule is stated yet."), advice=say(
            "Begin with what gives points, or with the steps of the discount.")))  # fmt: skip
    if problems:
        return None, None, tuple(problems)
    form = ProgrammeForm(work.about.organisation.strip(), entries)
    try:
        return form, form.programme(), ()
    except InputError as letter:
        return form, None, letter.problems


def _money(work: ProgrammeWork, programme: LoyaltyProgramme | None, year: MemberYear | None) -> Money:
    given, used = work.numbers, []
    lacks = [say(FIGURES[name]) for name in NEEDED if name not in given]
    if programme is None:
        raise InputError(say("The rules do not run yet: see step 2."), [])
    rate, rate_from = programme.face_rate, "rules"
    if not rate and year is not None and year.spend:
        rate, rate_from = year.given_back / year.spend, "year"
    if "spend" not in given and year is None:
        lacks.append(say(FIGURES["spend"]))
    if lacks:
        raise InputError(say("Still needed: {names}.", names=join_names(lacks)), [])
    numbers: dict[str, float] = {}
    for name, knob in NUMBERS.items():
        if name in given and given[name].value is not None:
            one = NumberUsed(name, float(given[name].value or 0), given[name].origin or "assumption", given[name].why)
        elif name == "face_rate":
            one = NumberUsed(name, rate, rate_from)
        elif name == "spend" and year is not None:
            one = NumberUsed(name, year.spend, "year")
        else:
            one = NumberUsed(name, float(knob.default), "course")
        used.append(one)
        numbers[name] = one.value
    members = given["members"]
    used.insert(0, NumberUsed("members", float(members.value or 0), members.origin or "assumption", members.why))
    economics = ProgrammeEconomics(**numbers)
    spend = economics.spend * (1 + economics.lift)
    reward_cost = economics.cost_rate * spend * used[0].value
    split, roll, liability = _points(programme, year, work, numbers["redeemed_share"], used[0].value)
    gift = 1 / (1 + economics.lift) if economics.lift > 0 else 1.0
    table = tornado_table(economics, measure="profit_change")
    return Money(tuple(used), economics, used[0].value, reward_cost, reward_cost + economics.fixed_cost * used[0].value,
                 table, split, roll, liability, gift)  # fmt: skip


def _points(
    programme: LoyaltyProgramme, year: MemberYear | None, work: ProgrammeWork, share: float, members: float
) -> tuple[PriceAllocation | None, pd.DataFrame | None, float | None]:
    """What points defer: of a visit, month by month, of all members."""
    if programme.burning is None or year is None or not len(year.movements) or not work.member.amount:
        return None, None, None
    earned = year.bookings.loc[year.bookings["what"] == "earn", "points"]
    points = float(earned.iloc[-1]) if len(earned) else 0.0
    split = price_allocation(work.member.amount, points, programme.burning.point_value, redeemed_share=share)
    roll = liability_rollforward(year.movements, as_of=year.end, per_point=split.per_point, redeemed_share=share)
    return split, roll, float(roll["closing_minor"].iloc[-1]) / 100 * members


def _planned(plan: EvaluationPlan) -> tuple[Any, Any]:
    """The experiment for the smallest effect, and what the clients there are can show."""
    if not plan.outcome:
        raise InputError(say("Choose what is looked at."), [])
    share, power = plan.holdout or 0.5, plan.power or 0.8
    if plan.outcome == "retention":
        lacks = [say("share that comes back without the programme")] * (plan.base is None)
        lacks += [say("smallest effect worth knowing")] * (plan.smallest is None)
        if lacks:
            raise InputError(say("Still needed: {names}.", names=join_names(lacks)), [])
        base, rise = float(plan.base or 0), float(plan.smallest or 0)
        wanted = analysis.plan_rates(base, treated_rate=base + rise, power=power, control_share=share)
        least = None
        if plan.clients:
            least = analysis.plan_rates(base, customers=plan.clients, power=power, control_share=share)
        return wanted, least
    lacks = [say("standard deviation between clients")] * (plan.sd is None)
    lacks += [say("smallest effect worth knowing")] * (plan.smallest is None)
    if lacks:
        raise InputError(say("Still needed: {names}.", names=join_names(lacks)), [])
    sd = float(plan.sd or 0)
    wanted = analysis.plan_means(sd, difference=plan.smallest, power=power, control_share=share)
    least = analysis.plan_means(sd, customers=plan.clients, power=power, control_share=share) if plan.clients else None
    return wanted, least


def needed_lift(work: ProgrammeWork, money: Money | None) -> float | None:
    """The effect per client in the weeks of the plan at which the programme pays; only of spend.

    Parameters
    ----------
    work : ProgrammeWork
        With outcome and weeks of the plan.
    money : Money or None
        The economics, once they are worked out.

    Returns
    -------
    float or None
        Currency units; nothing where it can't be told or no lift is enough.
    """
    if money is None or work.plan.outcome != "spend" or not work.plan.weeks:
        return None
    least = money.economics.break_even_lift
    return None if least is None else least * money.economics.spend * work.plan.weeks / 52
