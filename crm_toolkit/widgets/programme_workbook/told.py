"""What the work on a real programme says and what follows from it, in words and small tables: for page and report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from crm_toolkit.analysis.loyalty.economics import NUMBERS
from crm_toolkit.exercises import real_programme as room
from crm_toolkit.exercises.dated_sources import source_line
from crm_toolkit.exercises.real_programme.fields import default_of, told_value
from crm_toolkit.exercises.real_programme.review import open_fields
from crm_toolkit.exercises.real_programme.worked import needed_lift
from crm_toolkit.texts import format_date, format_number, format_percent, mark, say, say_count
from crm_toolkit.widgets.dated_sources import sources_table
from crm_toolkit.widgets.self_grade import grades_told
from crm_toolkit.widgets.skeleton import Block, Words
from crm_toolkit.widgets.tables import Table

MOST_BOOKINGS = 24
WHAT = {"earn": mark("earned"), "redeem": mark("used"), "expire": mark("expired"), "refund": mark("taken back")}
FROM = {
    "source": mark("stated by a source"),
    "assumption": mark("own assumption"),
    "rules": mark("from the rules"),
    "year": mark("from the sample member's year"),
    "course": mark("assumption of the course"),
}
SHARES = ("margin_rate", "face_rate", "redeemed_share", "lift", "retention", "retention_gain", "discount")


def said(step: int, work: room.ProgrammeWork) -> list[Block]:
    """The author's answers of a step."""
    told = _SAID[step](work) if step in _SAID else ()
    return [block for block in told if not isinstance(block, Words) or block.text.strip()]


def follows(step: int, work: room.ProgrammeWork, worked: room.Worked) -> list[Block]:
    """What is worked out at a step."""
    return list(_FOLLOWS[step](work, worked)) if step in _FOLLOWS else []


def money(value: float) -> str:
    """An amount in currency units."""
    return format_number(round(value, 2), None if float(value).is_integer() else 2)


def _number(name: str, value: float) -> str:
    return format_percent(value) if name in SHARES else format_number(round(value, 4))


def _description(work: room.ProgrammeWork) -> Iterator[Block]:
    about = work.about
    yield Words(say("Organisation"), about.organisation)
    yield Words(say("Its service"), about.service)
    yield Words(say("Name of the programme"), about.programme)
    yield Words(say("What it is for"), about.purpose)
    if any(one.what.strip() for one in work.sources):
        yield sources_table(work.sources)
    if work.stated:
        rows = tuple(
            (say(room.LABELS[path]), say("not stated by the organisation") if one.not_stated
             else told_value(path, one.value) or "–", source_line(work.sources, one.source), one.other.strip() or "–")
            for path, one in work.stated.items()
        )  # fmt: skip
        heads = (say("Field"), say("Value"), say("Source"), say("Another source says"))
        yield Table(say("The programme as the organisation states it"), heads, rows)


def _assumed(work: room.ProgrammeWork) -> Iterator[Block]:
    yield Words(say("Assumed where the organisation is silent"), work.assumed.words)


def _member(work: room.ProgrammeWork) -> Iterator[Block]:
    one = work.member
    yield Words(say("The sample member"), one.who)
    if one.first_day and one.every_days and one.visits and one.amount:
        yield say("Visits: {visits}, every {days} days from {first} on, {amount} each.", visits=one.visits,
                  days=one.every_days, first=format_date(one.first_day), amount=money(one.amount))  # fmt: skip
    yield Words(say("Edge case"), one.edge)


def _given(work: room.ProgrammeWork) -> Iterator[Block]:
    rows = tuple((say(room.FIGURES[name]), _number(name, one.value or 0),
                  say(room.ORIGINS[one.origin]) if one.origin else "–", one.why.strip() or "–")
                 for name, one in work.numbers.items())  # fmt: skip
    if rows:
        heads = (say("Which number"), say("Value"), say("Where from"), say("Reason"))
        yield Table(say("Numbers given"), heads, rows)


def _plan(work: room.ProgrammeWork) -> Iterator[Block]:
    one = work.plan
    if one.outcome:
        yield say("Looked at: {outcome}.", outcome=say(room.OUTCOMES[one.outcome]))
    if one.holdout and one.weeks:
        yield say("Held out by lottery: {share}; counted over {weeks} weeks.", share=format_percent(one.holdout, 0),
                  weeks=one.weeks)  # fmt: skip
    if one.rule:
        yield say("Rule of the decision: {rule}.", rule=say(room.DECISIONS[one.rule]))
    yield Words(say("Why"), one.why)
    yield Words(say("If there are too few clients"), one.too_small)


def _critique(work: room.ProgrammeWork) -> Iterator[Block]:
    one = work.critique
    answers = {say("Who wins, who pays"): one.winners, say("What is fair, what is not"): one.fairness,
               say("On the remarks"): one.flags, say("Proposal"): one.proposal,
               say("Its cost and whom it harms"): one.cost,
               say("The same money in service"): one.instead}  # fmt: skip
    yield from (Words(heading, text) for heading, text in answers.items())


def _grades(work: room.ProgrammeWork) -> Iterator[Block]:
    yield from grades_told(room.RUBRIC, work.grades)


def _form(work: room.ProgrammeWork, worked: room.Worked) -> Iterator[Block]:
    stated = work.stated
    silent = sum(one.not_stated for one in stated.values())
    valued = sum(bool(one.value.strip()) and not one.not_stated for one in stated.values())
    if stated:
        yield say("{stated} stated, {silent} not stated by the organisation, {left} of the parts begun still open.",
                  stated=say_count("{count} field", "{count} fields", valued), silent=silent,
                  left=say_count("{count} field", "{count} fields", len(open_fields(work))))  # fmt: skip


def _rules(work: room.ProgrammeWork, worked: room.Worked) -> Iterator[Block]:
    if worked.programme is None:
        heads = (say("What is missing or does not fit"), say("What to do"))
        rows = tuple((" ".join(filter(None, (one.what, one.found))), one.advice or "–") for one in worked.problems)
        yield Table(say("The rules do not run yet"), heads, rows)
        return
    yield say("The rules run. Read aloud from what you entered:")
    yield from worked.programme.describe().splitlines()
    silent = [path for path, one in work.stated.items() if one.not_stated]
    left = [path for path in open_fields(work) if path not in silent]
    if silent or left:
        rows = tuple((say(room.LABELS[path]), default_of(path)) for path in (*silent, *left))
        note = say("Each of these is an assumption; name those that matter.")
        heads = (say("Field"), say("What the toolkit takes"))
        yield Table(say("What the organisation does not say"), heads, rows, note)


def _year(work: room.ProgrammeWork, worked: room.Worked) -> Iterator[Block]:
    year = worked.year
    if year is None:
        yield worked.missing["year"]
        return
    if len(year.bookings):
        rows = tuple((format_date(row["at"].date()), say(WHAT[row["what"]]), _signed(row["points"]),
                      format_number(row["balance"])) for row in year.bookings.head(MOST_BOOKINGS).to_dict("records")
        )  # fmt: skip
        left = len(year.bookings) - len(rows)
        more = say_count("{count} more booking is not shown.", "{count} more bookings are not shown.", left)
        heads = (say("Day"), say("What"), say("Points"), say("Balance"))
        yield Table(say("The account of the sample member"), heads, rows, more if left else "")
        yield say("Earned {earned}, used {redeemed}, expired {expired}; the balance at the end of the year is "
                  "{closing}.",
                  earned=_points(year.earned), redeemed=_points(year.redeemed), expired=_points(year.expired),
                  closing=_points(year.closing))  # fmt: skip
        if year.waiting:
            yield say("Not active yet: {points}.", points=_points(year.waiting))
        first = format_date(year.first_reward) if year.first_reward else ""
        yield (say("On {day} points are used for the first time.", day=first) if first
               else say("No points are used in this year."))  # fmt: skip
    if year.discounts:
        yield say("Discounts of the year: {money}.", money=money(year.discounts))
    if worked.programme is not None and worked.programme.punch_card is not None:
        yield say_count("{count} card is filled.", "{count} cards are filled.", year.full_cards)
    if worked.programme is not None and worked.programme.membership is not None:
        yield say("A fee of {fee} is paid for {months} months.", fee=money(worked.programme.membership.fee),
                  months=worked.programme.membership.period_months)  # fmt: skip
    share = format_percent(year.given_back / year.spend, 2) if year.spend else "–"
    yield say("The member spends {spend} and gets back {back}: {share} of it.", spend=money(year.spend),
              back=money(year.given_back), share=share)  # fmt: skip


def _points(number: int) -> str:
    return say_count("{count} point", "{count} points", number)


def _signed(value: float) -> str:
    text = format_number(abs(value))
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else text


def _money(work: room.ProgrammeWork, worked: room.Worked) -> Iterator[Block]:
    found = worked.money
    if found is None:
        yield worked.missing["money"]
        yield from _given(work)
        return
    rows = tuple((say(room.FIGURES[one.name]) if one.name in room.FIGURES else say(NUMBERS[one.name].label),
                  _number(one.name, one.value), say(FROM[one.origin]), one.why.strip() or "–") for one in found.used
    )  # fmt: skip
    heads = (say("Which number"), say("Value"), say("Where from"), say("Reason"))
    note = say("What is an assumption stays one in every result below.")
    yield Table(say("Numbers that the results rest on"), heads, rows, note)
    yield found.economics.reading()
    yield say("Rewards of all {members} members cost {rewards} a year, with the fixed cost {whole}.",
              members=format_number(round(found.members)), rewards=money(found.reward_cost),
              whole=money(found.whole_cost))  # fmt: skip
    if found.gift is not None:
        yield say("A gift without a cause: at the assumed lift, {share} of the rewards go to what would have been "
                  "bought anyhow.", share=format_percent(found.gift, 0))  # fmt: skip
    moved = [row for row in found.tornado.head(4).to_dict("records") if row["swing"] > 0]
    if moved:
        titles = (say("Which number"), say("From"), say("To"), say("Gain of a member in a year, at the first"),
                  say("At the second"))  # fmt: skip
        found_most = tuple(
            (
                say(NUMBERS[row["number"]].label),
                _number(row["number"], row["low"]),
                _number(row["number"], row["high"]),
                money(row["at_low"]),
                money(row["at_high"]),
            )
            for row in moved
        )
        yield Table(say("What the result hangs on most"), titles, found_most,
                    say("Each number a quarter down and up, the others stay: a convention."))  # fmt: skip
    yield from _liability(found)


def _liability(found: room.Money) -> Iterator[Block]:
    if found.split is None or found.rollforward is None or found.liability is None:
        yield say("No liability for points is worked out: there are no points, or the year does not run.")
        return
    yield say("Of a visit paid with {price}, {service} are revenue of the service and {points} wait for the points "
              "(IFRS 15).", price=money(found.split.price), service=money(found.split.goods),
              points=money(found.split.points))  # fmt: skip
    rows = tuple(
        (row["month"].strftime("%m.%Y"), *(money(row[f"{name}_minor"] / 100)
                                           for name in ("opening", "deferred", "recognised", "closing")))
        for row in found.rollforward.to_dict("records")
    )  # fmt: skip
    yield Table(say("Liability for the sample member's points"),
                (say("Month"), say("Opening"), say("Deferred"), say("Recognised as revenue"), say("Closing")), rows,
                say("Opening plus deferred less recognised is closing, to the minor unit."))  # fmt: skip
    yield say("If all {members} members were like this one, {liability} would stand in the books at the end of the "
              "year.",
              members=format_number(round(found.members)), liability=money(found.liability))  # fmt: skip


def _sized(work: room.ProgrammeWork, worked: room.Worked) -> Iterator[Block]:
    if worked.plan is None:
        yield worked.missing["plan"]
    else:
        yield worked.plan.reading()
    if worked.least is not None:
        yield worked.least.reading()
    least = needed_lift(work, worked.money)
    if least is not None:
        yield say("By the numbers of step 4 the programme pays from {least} more spend per member on, in {weeks} "
                  "weeks.",
                  least=money(least), weeks=work.plan.weeks)  # fmt: skip


def _flagged(work: room.ProgrammeWork, worked: room.Worked) -> Iterator[Block]:
    if worked.flags:
        yield Table(say("To think over"), (say("What is found"), say("Why it matters")),
                    tuple((one.text, one.reason) for one in worked.flags),
                    say("A remark is no verdict: whether it is meant so is for you to say."))  # fmt: skip
    else:
        yield say("Nothing is found in these rules that deceives members; that is no proof that there is nothing.")


_SAID: dict[int, Callable[[room.ProgrammeWork], Iterator[Block]]] = {
    1: _description, 2: _assumed, 3: _member, 5: _plan, 6: _critique, 7: _grades,
}  # fmt: skip
_FOLLOWS: dict[int, Callable[[room.ProgrammeWork, room.Worked], Any]] = {
    1: _form, 2: _rules, 3: _year, 4: _money, 5: _sized, 6: _flagged,
}  # fmt: skip
