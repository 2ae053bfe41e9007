"""The rules of a programme as sentences that a member, a cashier and a lawyer can read, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_toolkit.firm.loyalty.parts import Burning, Earning, Life, Multiplier
from crm_toolkit.texts import format_date, format_money, format_number, format_percent, join_names, mark, say, say_count

if TYPE_CHECKING:
    from crm_toolkit.firm.loyalty.programme import LoyaltyProgramme

_WEEKDAYS = (mark("on Mondays"), mark("on Tuesdays"), mark("on Wednesdays"), mark("on Thursdays"), mark("on Fridays"),
             mark("on Saturdays"), mark("on Sundays"))  # fmt: skip
_ORIGINS = {
    "source": mark("The numbers come from a source."), "calibrated": mark("The numbers were fitted to data."),
    "assumption": mark("The numbers are assumptions."), "convention": mark("The numbers are conventions."),
}  # fmt: skip
_ROUNDING = {
    "down": mark("Parts of a point are cut off."), "nearest": mark("Parts of a point are rounded to the nearest."),
    "up": mark("Parts of a point are rounded up."),
}  # fmt: skip
_AT_END = {
    "day": mark("at the end of the day"), "week": mark("at the end of the week"),
    "month": mark("at the end of the month"), "quarter": mark("at the end of the quarter"),
    "year": mark("at the end of the year"),
}  # fmt: skip
_AFTER_END = {
    "day": mark("after the end of the day"), "week": mark("after the end of the week"),
    "month": mark("after the end of the month"), "quarter": mark("after the end of the quarter"),
    "year": mark("after the end of the year"),
}  # fmt: skip
_SPENT = {
    "negative": mark("If they were used already, the balance falls below zero and later points fill it."),
    "debt": mark("If they were used already, the member owes their value in money."),
    "forgive": mark("If they were used already, they are let go, and that is written down."),
}  # fmt: skip
_DOWNGRADE = {
    "one_down": mark("Whoever gathers less falls by one level at a review."),
    "by_balance": mark("Whoever gathers less falls to the level that the window supports."),
    "never": mark("A level is never lost."),
}  # fmt: skip


def described(one: LoyaltyProgramme) -> str:
    """All rules of a programme, a line for each part."""
    kinds = join_names([say(_kinds()[kind]) for kind in one.kinds])
    lines = [say("“{name}”: {kinds}.", name=say(one.name), kinds=kinds) if kinds else f"“{say(one.name)}”."]
    if one.earning:
        lines += _earning(one.earning)
    if one.burning:
        lines += [_burning(one.burning, one.currency), *_life(one.life)]
        back = (say("Points that paid for it come back as new ones.") if one.returns.redeemed == "new_lot"
                else say("Points that paid for it are lost."))  # fmt: skip
        lines.append(" ".join([say("When an order is paid back, its points go in proportion."),
                               say(_SPENT[one.returns.spent]), back]))  # fmt: skip
        lines.append(_account(one))
    lines += _extras(one)
    reference = say(one.reference) if one.reference else ""
    lines.append(" ".join([say(_ORIGINS[one.origin]), reference[:1].upper() + reference[1:]]).strip())
    return "\n".join(lines)


def _kinds() -> dict[str, str]:
    from crm_toolkit.firm.loyalty.programme import KINDS

    return KINDS


def _points(number: int) -> str:
    return say_count("{count} point", "{count} points", number)


def _earning(rule: Earning) -> list[str]:
    lines = []
    counts = [
        say("the price after discounts") if rule.base == "net" else say("the list price"),
        say("with tax") if rule.tax else say("without tax"),
        say("with delivery") if rule.delivery else say("without delivery"),
        say("with the part paid with points") if rule.paid_with_points else say("without the part paid with points"),
    ]
    if rule.per_unit:
        lines.append(" ".join([
            say("One currency unit paid gives {number} points; what counts is {base}.",
                number=format_number(rule.per_unit), base=", ".join(counts)),
            say(_ROUNDING[rule.rounding]),
        ]))  # fmt: skip
    if rule.per_visit:
        lines.append(say("Every order gives {points}.", points=_points(rule.per_visit)))
    lines += [say("“{event}” gives {points}.", event=say(bonus.event), points=_points(bonus.points))
              for bonus in rule.events]  # fmt: skip
    lines += [_multiplier(bonus) for bonus in rule.multipliers]
    if len(rule.multipliers) > 1:
        lines.append(say("Of several multipliers the highest counts.") if rule.combine == "highest"
                     else say("Several multipliers act together."))  # fmt: skip
    for number, sentence in (
        (rule.cap_day, mark("At most {points} a day.")), (rule.cap_week, mark("At most {points} a week.")),
        (rule.cap_month, mark("At most {points} a month.")),
    ):  # fmt: skip
        if number:
            lines.append(say(sentence, points=_points(number)))
    return lines


def _multiplier(bonus: Multiplier) -> str:
    when = [say(_WEEKDAYS[bonus.weekday])] if bonus.weekday is not None else []
    when += [say("for “{category}”", category=say(bonus.category))] if bonus.category else []
    when += [say("from {day}", day=format_date(bonus.start))] if bonus.start else []
    when += [say("until {day}", day=format_date(bonus.end))] if bonus.end else []
    return say("Points times {factor}: {when}.", factor=format_number(bonus.factor),
               when=", ".join(when) or say("always"))  # fmt: skip


def _burning(rule: Burning, currency: str) -> str:
    money = format_money(rule.reward, currency)
    if rule.mode == "threshold":
        told = [say("{points} give a reward of {money}.", points=_points(rule.threshold), money=money)]
    else:
        told = [say("One point takes {money} off an order.", money=money)]
    if rule.minimum > 1:
        told.append(say("At least {points} are used at once.", points=_points(rule.minimum)))
    if rule.max_share < 1:
        told.append(say("Points pay at most {share} of an order.", share=format_percent(rule.max_share, 0)))
    return " ".join(told)


def _life(rule: Life) -> list[str]:
    days = say_count("{count} day", "{count} days", rule.pending_days)
    pending = {"none": say("Points can be used at once."), "days": say("Points can be used after {days}.", days=days),
               "action": say("Points can be used when the order is fulfilled.")}[rule.pending]  # fmt: skip
    end = say(_AT_END[rule.period])
    if rule.validity == "unlimited":
        return [pending + " " + say("They never expire.")]
    if rule.validity == "days":
        days = say_count("{count} day", "{count} days", rule.validity_days)
        told = (say("They expire {days} later, {end}.", days=days, end=end) if rule.rounding == "period_end"
                else say("They expire {days} later.", days=days))  # fmt: skip
    elif rule.more_periods:
        told = say("They expire {more} {end}.", end=say(_AFTER_END[rule.period]),
                   more=_more(rule.period, rule.more_periods))  # fmt: skip
    else:
        told = say("They expire {end}.", end=end)
    return [f"{pending} {told} " + say("What expires first is used first.")]


def _more(period: str, number: int) -> str:
    if period == "day":
        return say_count("{count} day", "{count} days", number)
    if period == "week":
        return say_count("{count} week", "{count} weeks", number)
    if period == "month":
        return say_count("{count} month", "{count} months", number)
    if period == "quarter":
        return say_count("{count} quarter", "{count} quarters", number)
    return say_count("{count} year", "{count} years", number)


def _account(one: LoyaltyProgramme) -> str:
    told = []
    if one.account.welcome_points:
        told.append(say("Joining gives {points}.", points=_points(one.account.welcome_points)))
    told.append(say("Whoever leaves loses the points.") if one.account.on_leave == "forfeit"
                else say("Whoever leaves keeps the points until they expire."))  # fmt: skip
    told.append(say("Members may give points to each other.") if one.account.transfers
                else say("Members may not give points to each other."))  # fmt: skip
    return " ".join(told)


def _extras(one: LoyaltyProgramme) -> list[str]:
    lines = []

    def money(amount: float) -> str:
        return format_money(amount, one.currency)

    if one.tiers:
        measure = {"spend": say("by spend"), "visits": say("by visits"), "points": say("by points")}[one.tiers.measure]
        days = say_count("{count} day", "{count} days", one.tiers.window_days)
        window = say("in a calendar year") if one.tiers.window == "calendar" else say("in the last {days}", days=days)
        steps = join_names([say("“{name}” from {threshold} (points times {factor})", name=say(step.name),
                                threshold=format_number(step.threshold), factor=format_number(step.multiplier))
                            for step in one.tiers.steps])  # fmt: skip
        lines.append(say("Tiers {measure} {window}: {steps}.", measure=measure, window=window, steps=steps))
        grace = say_count("{count} day of grace.", "{count} days of grace.", one.tiers.grace_days)
        lines.append(say(_DOWNGRADE[one.tiers.downgrade]) + (" " + grace if one.tiers.grace_days else ""))
    if one.ladder:
        steps = join_names([say("{discount} from {money}", discount=format_percent(step.discount, 0),
                                money=money(step.spend)) for step in one.ladder.steps])  # fmt: skip
        lines.append(say("Discount by spend since joining: {steps}.", steps=steps))
    if one.punch_card:
        lines.append(say(
            "A full card gives a reward of {money}: {stamps} stamps, of which {start} are there at the start.",
            stamps=one.punch_card.stamps, start=one.punch_card.head_start,
                         money=money(one.punch_card.reward)))  # fmt: skip
    if one.coalition:
        lines.append(say("Partners: {names}. A point is settled between them at {money}.",
                         names=join_names([say(partner.name) for partner in one.coalition.partners]),
                         money=money(one.coalition.settlement_price)))  # fmt: skip
    if one.membership:
        months = say_count("{count} month", "{count} months", one.membership.period_months)
        told = say("Membership costs {money} for {months}.", money=money(one.membership.fee), months=months)
        if one.membership.trial_days:
            days = say_count("{count} day", "{count} days", one.membership.trial_days)
            told += " " + say("The first {days} are free.", days=days)
        if one.membership.multiplier != 1:
            told += " " + say("Its points count {factor} times.", factor=format_number(one.membership.multiplier))
        lines.append(told)
    if one.family:
        told = say("Up to {number} relatives share an account.", number=one.family.most_members)
        if one.family.bonus_from:
            told += " " + say("From {number} on, points count {factor} times.", number=one.family.bonus_from,
                              factor=format_number(one.family.bonus_factor))  # fmt: skip
        lines.append(told)
    for privilege in one.privileges:
        whom = say("from the tier “{tier}”", tier=say(privilege.tier)) if privilege.tier else say("for everybody")
        lines.append(say("Privilege “{name}”, {whom}: costs {cost} and is worth {value} a member and year.",
                         name=say(privilege.name), whom=whom, cost=money(privilege.cost),
                         value=money(privilege.value)))  # fmt: skip
    if one.referral:
        told = say("Who brings a friend gets {mine}, the friend {theirs}.", mine=_points(one.referral.referrer_points),
                   theirs=_points(one.referral.friend_points))  # fmt: skip
        if one.referral.cap_year:
            told += " " + say("At most {number} friends a year.", number=one.referral.cap_year)
        lines.append(told)
    return lines
