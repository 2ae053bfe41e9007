"""What a design says and what follows from it, in words and small tables: for the page and for the report.

`said` gives back the author's own choices, `follows` what is worked out from them. What must not be seen yet is not
worked out here either: `lab` refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from crm_toolkit.analysis.loyalty import EconomicsMonteCarlo
from crm_toolkit.analysis.loyalty.effects import EFFECTS, STANDINGS
from crm_toolkit.analysis.loyalty.methods import METHODS
from crm_toolkit.texts import format_date, format_money, format_number, format_percent, say, say_count
from crm_toolkit.widgets.programme_designer import lab
from crm_toolkit.widgets.programme_designer.debrief import debriefed, signed
from crm_toolkit.widgets.programme_designer.ethics import ethics_flags
from crm_toolkit.widgets.programme_designer.plan import OUTCOMES, RULES, ProgrammeDesign
from crm_toolkit.widgets.skeleton import Block, Words
from crm_toolkit.widgets.tables import Table
from crm_toolkit.world.loyalty_lab import ARMS

MOST_BOOKINGS = 16


def said(step: int, design: ProgrammeDesign) -> list[Block]:
    """The author's own words and choices of a step."""
    own = design.experiment
    if step == 1:
        return _words(say("Goal"), design.rules.goal)
    if step == 3:
        return [say(RULES[own.rule])[:1].upper() + say(RULES[own.rule])[1:] + "."] if own.rule else []
    if step == 4 and design.belief.method:
        return [say("Believed: {method}.", method=say(METHODS[design.belief.method])),
                *_words(say("Why"), design.belief.why)]  # fmt: skip
    return _words(say("Conclusion"), design.conclusion.sentence) if step == 7 else []


def follows(step: int, design: ProgrammeDesign) -> list[Block]:
    """What is worked out at a step.

    Raises
    ------
    InputError
        If it can't be, or must not be yet.
    """
    return list(_FOLLOWS[step](design))


def _words(heading: str, text: str) -> list[Block]:
    return [Words(heading, text)] if text.strip() else []


def _weeks(number: float) -> str:
    return say_count("{count} calendar week", "{count} calendar weeks", round(number))


def rules_told(design: ProgrammeDesign) -> list[str]:
    """The rules in sentences.

    Examples
    --------
    >>> from crm_toolkit.widgets.programme_designer.plan import new_design
    >>> rules_told(new_design(customers=500))[0]
    'One currency unit paid gives 1 point; parts of a point are cut off.'
    """
    own, currency = design.rules, lab.told_scenario(design.world).currency
    rate = own.points_per_unit
    whole = float(rate).is_integer()
    points = (say_count("{count} point", "{count} points", int(rate)) if whole
              else say("{number} of a point", number=format_number(rate)))  # fmt: skip
    taken = say_count("{count} point", "{count} points", own.threshold)
    lines = [
        say("One currency unit paid gives {points}; parts of a point are cut off.", points=points),
        say("{points} give a reward of {money} off an order: {rate} of what was spent for it.", points=taken,
            money=format_money(own.reward, currency), rate=format_percent(design.weekly.face_rate)),
        say("Points expire {weeks} after they were earned; the oldest are used first.", weeks=_weeks(own.valid_weeks)),
    ]  # fmt: skip
    if own.status_points:
        lines.append(say("{points} within {weeks} give the status, and fewer take it away.",
                         points=say_count("{count} point", "{count} points", own.status_points),
                         weeks=_weeks(own.status_weeks)))  # fmt: skip
    lines.append(say("The programme starts in week {week} of {weeks}.", week=format_number(own.from_week),
                     weeks=format_number(design.world.weeks)))  # fmt: skip
    return lines


def _rules(design: ProgrammeDesign) -> Iterator[Block]:
    yield from rules_told(design)
    known = lab.known_before(design)
    numbers = lab.economics(design, known)
    least = numbers.break_even_lift
    yield say("Known before the start: {people} bought; on average {spend} in {weeks}; the margin is {margin} of the "
              "spend.", people=say_count("{count} customer", "{count} customers", known.customers),
              spend=format_money(known.spend, known.currency), weeks=_weeks(known.period_weeks),
              margin=format_percent(known.margin_rate, 0))  # fmt: skip
    cost = format_percent(numbers.cost_rate, 2)
    if least is None:
        yield say("Break-even: rewards cost {cost} of the spend, all of the margin or more: no lift pays for them.",
                  cost=cost)  # fmt: skip
    else:
        yield say("Break-even: rewards cost {cost} of the spend if every point is redeemed; members must spend {lift} "
                  "more than they would have anyhow, only to earn that back.", cost=cost,
                  lift=format_percent(least))  # fmt: skip
    flags = ethics_flags(design, known)
    if flags:
        yield Table(say("To think over"), (say("What is found"), say("Why it matters")),
                    tuple((one.text, one.reason) for one in flags))  # fmt: skip
    else:
        yield say("Nothing is found in these rules that deceives members.")


def _member(design: ProgrammeDesign) -> Iterator[Block]:
    run = lab.piloted(design)
    year = run.member_year()
    arms: Any = run.arms.set_index("arm")
    joined = int(arms.loc["with", "members"])
    yield say("A pilot of {people}, all of them invited; {share} joined. {name} is the member with the middle number "
              "of bookings.", people=say_count("{count} other customer", "{count} other customers", len(run.twins)),
              share=format_percent(joined / len(run.twins), 0), name=year.attrs["name"])  # fmt: skip
    kinds = {"earn": say("earned"), "redeem": say("reward taken"), "expire": say("expired")}
    rows = tuple((format_date(row["at"].date()), kinds[row["what"]], _signed(row["points"]),
                  format_number(row["balance"]), format_number(row["to_reward"]))
                 for row in year.head(MOST_BOOKINGS).to_dict("records"))  # fmt: skip
    left = len(year) - len(rows)
    more = say_count("{count} more booking is not shown.", "{count} more bookings are not shown.", left) if left else ""
    heads = (say("Day"), say("What"), say("Points"), say("Balance"), say("Missing to the reward"))
    yield Table(say("The account of {name}", name=year.attrs["name"]), heads, rows, more)
    ledger = run.ledger
    sums = ledger["points"].abs().groupby(ledger["kind"].astype(str)).sum()
    earned = max(float(sums.get("earn", 0)), 1.0)
    takers = ledger.loc[ledger["kind"] == "redeem", "customer_id"].nunique()
    yield say("Of all points in the pilot {redeemed} were redeemed and {expired} expired so far; {takers} of the "
              "members have had a reward.", redeemed=format_percent(float(sums.get("redeem", 0)) / earned, 0),
              expired=format_percent(float(sums.get("expire", 0)) / earned, 0),
              takers=format_percent(takers / max(joined, 1), 0))  # fmt: skip


def _signed(value: float) -> str:
    text = format_number(abs(value))
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else text


def _planner(design: ProgrammeDesign) -> Iterator[Block]:
    known, one = lab.known_before(design), design.experiment
    plan = lab.planned(design, known)
    size = {"spend": known.currency, "orders": ""}[one.outcome]
    yield say("Take part, having bought before the start: {people}. {outcome}: standard deviation {sd}, correlation "
              "with the period before {rho} (used by CUPED).",
              people=say_count("{count} customer", "{count} customers", plan.customers),
              outcome=_capital(say(OUTCOMES[one.outcome])), sd=lab.sized(known.sd[one.outcome], one.outcome, size),
              rho=format_number(round(known.correlation[one.outcome], 2)))  # fmt: skip
    if one.invited_share >= 1:
        yield say("Nobody is held out: there will be no lottery to rely on, and every estimate will rest on what it "
                  "takes for granted.")  # fmt: skip
    for part in (plan.findable, plan.power, plan.wanted):
        if part is not None:
            yield part.reading()
    if plan.wanted is not None and not plan.enough:
        yield say("There are too few customers for this: take a larger smallest effect, a lower power, or more held "
                  "out; or say beforehand that the answer may be open.")  # fmt: skip
    if not one.committed:
        yield from _published(lab.published(design, known), known.currency)
    if one.rule == "positive":
        yield say("Caution: an effect above zero may still cost more than it brings.")
    if one.committed:
        yield say("Committed. Rules and plan can't be changed any more; another run begins with other people.")


def _published(found: EconomicsMonteCarlo, currency: str) -> Iterator[Block]:
    """What findings from elsewhere would bring here: how large an effect is worth looking for."""
    library = {effect.code: effect for effect in EFFECTS}
    rows = tuple(
        (_capital(say(library[row["effect"]].finding)), library[row["effect"]].source,
         say(STANDINGS[library[row["effect"]].standing]), format_percent(row["lift"]),
         say("{points} percentage points", points=signed_points(100 * row["retention_gain"])),
         signed(row["value_change"], currency), format_percent(row["loses"], 0))
        for row in found.by_effect.to_dict("records")
    )  # fmt: skip
    heads = (say("Published finding"), say("Source"), say("How far it can be trusted"), say("Lift"),
             say("Retention"), say("Lifetime value of a member"), say("Loses"))  # fmt: skip
    note = say("Drawn {draws} times, each finding with half to one and a half of its size (an assumption). None of "
               "these programmes is this one.", draws=format_number(found.draws))  # fmt: skip
    yield Table(say("What published effects would bring by these rules"), heads, rows, note)
    yield found.reading()


def signed_points(value: float) -> str:
    """Percentage points with their sign."""
    text = format_number(abs(round(value, 1)), 1)
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _interval(row: dict[Any, Any], design: ProgrammeDesign, currency: str) -> str:
    one = design.experiment.outcome
    if row["low"] != row["low"]:
        return "–"
    return say("{low} to {high}", low=lab.sized(row["low"], one, currency), high=lab.sized(row["high"], one, currency))


def _go(value: bool) -> str:
    return say("go") if value else say("no go")


def _estimates(design: ProgrammeDesign) -> Iterator[Block]:
    found, one = lab.estimated(design), design.experiment
    currency = lab.ran(design).spec.scenario.currency
    rows = tuple(
        (row["name"], lab.sized(row["estimate"], one.outcome, currency), _interval(row, design, currency),
         lab.sized(row["needed"], one.outcome, currency), _go(row["go"]), row["takes"], row["caution"] or "–")
        for row in found.table.to_dict("records")
    )  # fmt: skip
    heads = (say("Method"), say("Estimate"), say("Interval"), say("Needed to pay"), say("By your rule"),
             say("Takes for granted"), say("Caution"))  # fmt: skip
    note = say("All but ITT and CUPED are about one member, those two about one invited customer. “Needed to pay” is "
               "what the programme cost in these weeks, divided by the margin of the outcome.")  # fmt: skip
    yield Table(_capital(say(OUTCOMES[one.outcome])), heads, rows, note)


def _truth(design: ProgrammeDesign) -> Iterator[Block]:
    found, one = lab.judged(design), design.experiment
    currency = lab.ran(design).spec.scenario.currency
    money = lambda value: lab.sized(value, one.outcome, currency)  # noqa: E731
    yield _verdict(found)
    rows = tuple(
        (row["name"] + (" ◀" if row["method"] == design.belief.method else ""), money(row["estimate"]),
         money(row["truth"]), money(row["error"]), say("yes") if row["holds"] else say("no"), money(row["needed"]),
         _go(row["go"]), say("pays") if row["pays"] else say("does not pay"))
        for row in found.table.to_dict("records")
    )  # fmt: skip
    heads = (say("Method"), say("Estimate"), say("True effect"), say("Error"), say("Interval holds the truth"),
             say("Needed to pay"), say("By your rule"), say("In truth it"))  # fmt: skip
    yield Table(say("Estimates and the truth"), heads, rows, say("◀ the method that you believed."))
    yield Table(say("Quality of the decision: {score} of {all}", score=found.score, all=len(found.quality)),
                (say("Asked of a decision, whatever comes out"), say("Met")),
                tuple((_capital(text), say("yes") if met else say("no")) for text, met in found.quality))  # fmt: skip
    arms = tuple((_capital(say(ARMS[row["arm"]])), format_number(row["orders"]),
                  format_money(row["spend"], currency, 0), format_money(row["rewards"], currency, 0),
                  format_money(row["profit"], currency, 0), signed(row["gain"], currency),
                  format_number(row["staying"])) for row in found.arms.to_dict("records"))  # fmt: skip
    yield Table(say("Three worlds, the same people, the same luck"),
                (say("World"), say("Orders"), say("Spend"), say("Rewards"), say("Profit"), say("Against no programme"),
                 say("Customers who stay")), arms, say("Over all weeks; profit after κ and fixed cost."))  # fmt: skip


def _verdict(found: lab.Judged) -> str:
    if found.right:
        told = (say("The decision is go, and in truth the programme pays: right.") if found.go
                else say("The decision is no go, and in truth the programme does not pay: right."))  # fmt: skip
    else:
        told = (say("The decision is go, and in truth the programme does not pay: wrong.") if found.go
                else say("The decision is no go, and in truth the programme pays: wrong."))  # fmt: skip
    return told + " " + say("A good decision can come out badly, and a bad one well: what counts is its quality.")


def _books(design: ProgrammeDesign) -> Iterator[Block]:
    found = lab.booked(design)
    yield say("Rewards took {rewards} off the bills; with κ and fixed cost the programme cost {cost}.",
              rewards=format_money(found.rewards, found.currency),
              cost=format_money(found.cost, found.currency))  # fmt: skip
    yield found.gift.reading()
    minor = lambda value: format_money(value / 100, found.currency)  # noqa: E731
    rows = tuple((row["month"].strftime("%m.%Y"), *(minor(row[f"{name}_minor"])
                  for name in ("opening", "deferred", "recognised", "closing")))
                 for row in found.rollforward.to_dict("records"))  # fmt: skip
    yield Table(say("Liability for points, month by month"),
                (say("Month"), say("Opening"), say("Deferred"), say("Recognised as revenue"), say("Closing")), rows,
                say("Opening plus deferred less recognised is closing, to the minor unit."))  # fmt: skip
    methods = {"naive": say("naive"), "chain_ladder": say("chain ladder"), "survival": say("survival")}
    yield Table(say("Breakage: points that are never redeemed"), (say("Method"), say("Share"), say("Remark")), tuple(
        (methods[row["method"]], "–" if row["breakage"] != row["breakage"] else format_percent(row["breakage"]),
         row["note"]) for row in found.breakage.to_dict("records")))  # fmt: skip


_FOLLOWS: dict[int, Callable[[ProgrammeDesign], Iterator[Block]]] = {
    1: _rules, 2: _member, 3: _planner, 4: _estimates, 5: _truth, 6: _books, 7: debriefed,
}  # fmt: skip
