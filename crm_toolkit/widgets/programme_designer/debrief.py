"""Why it came out so: mechanisms, sensitivity, the money elsewhere. In words and tables; pictures of all steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from crm_toolkit import plots
from crm_toolkit.analysis.loyalty.economics import NUMBERS
from crm_toolkit.errors import CRMError
from crm_toolkit.plots.style import axes_of_own, styled
from crm_toolkit.texts import format_money, format_number, format_percent, say
from crm_toolkit.widgets.programme_designer import lab
from crm_toolkit.widgets.programme_designer.plan import OUTCOMES, ProgrammeDesign
from crm_toolkit.widgets.skeleton import Block
from crm_toolkit.widgets.tables import Table
from crm_toolkit.world.parameters import MECHANISMS


def debriefed(design: ProgrammeDesign) -> Iterator[Block]:
    """Sensitivity around the true lift, and what the money would have done in service."""
    found, currency = lab.judged(design), lab.ran(design).spec.scenario.currency
    arms: Any = found.arms.set_index("arm")
    programme, service = (float(arms.loc[name, "gain"]) for name in ("with", "service"))
    yield say("Against a world without a programme, profit changed by {programme} with it, and by {service} with the "
              "cost of its rewards put into staff. Complaints: {before} without it, {with_} with it, {after} with more "
              "staff.",
              programme=signed(programme, currency), service=signed(service, currency),
              before=format_number(int(arms.loc["without", "complaints"])),
              with_=format_number(int(arms.loc["with", "complaints"])),
              after=format_number(int(arms.loc["service", "complaints"])))  # fmt: skip
    one = lab.members_economics(design)
    yield say("Those who joined spent {lift} more than they would have; {used} of their points were redeemed in these "
              "weeks. In a year that is {gain} a member.", lift=format_percent(one.lift),
              used=format_percent(one.redeemed_share, 0), gain=signed(one.profit_change, currency, 2))  # fmt: skip
    table = lab.moved(design)
    rows = tuple((say(NUMBERS[row["number"]].label), _number(row["number"], row["low"], currency),
                  _number(row["number"], row["high"], currency), signed(row["at_low"], currency, 2),
                  signed(row["at_high"], currency, 2)) for row in table.to_dict("records"))  # fmt: skip
    yield Table(say("What a member's yearly gain hangs on, around the true lift"),
                (say("What moves"), say("Low"), say("High"), say("Gain at low"), say("Gain at high")), rows,
                say("One number moves, the others stay: by a fifth of itself, the lift by five percentage points "
                    "(assumptions)."))  # fmt: skip


def mechanisms_told(table: pd.DataFrame, currency: str) -> Table:
    """What each mechanism contributed to the effect on profit."""
    rows = tuple((mechanism(row["switch"]), signed(row["shapley"], currency), signed(row["alone"], currency),
                  signed(row["lost_without"], currency)) for row in table.to_dict("records"))  # fmt: skip
    return Table(say("The true effect on profit, shared out over mechanisms"),
                 (say("Mechanism"), say("Shapley value"), say("Alone"), say("Lost without it")), rows,
                 say("From a smaller world, scaled up: need not add up to the effect of the whole one."))  # fmt: skip


def mechanism(code: str) -> str:
    """A mechanism in words, with a capital."""
    text = say(MECHANISMS[code])
    return text[:1].upper() + text[1:]


def pictures(step: int, design: ProgrammeDesign, shares: pd.DataFrame | None = None) -> list[plots.Picture]:
    """The pictures of a step; what can't be drawn is left out."""
    made: list[plots.Picture] = []
    for draw in _PICTURES.get(step, ()):
        try:
            made.append(plots.show(draw(design)))
        except CRMError:
            continue
    if step == 7 and shares is not None and design.revealed:
        labels = {code: mechanism(code) for code in shares["switch"]}
        made.append(plots.show(plots.mechanisms_chart(shares, labels=labels, unit=_currency(design))))
    return made


def _currency(design: ProgrammeDesign) -> str:
    return lab.told_scenario(design.world).currency


def _account(design: ProgrammeDesign) -> Any:
    year = lab.piloted(design).member_year()
    return plots.member_account_chart(year, design.rules.threshold, name=year.attrs["name"])


def _power(design: ProgrammeDesign) -> Any:
    from crm_toolkit import analysis

    known, one = lab.known_before(design), design.experiment
    smallest = one.smallest
    if smallest is None:
        plan = lab.planned(design, known).findable
        if plan is None:
            raise CRMError("")
        smallest = plan.effect
    sizes = [max(round(known.customers * share), 4) for share in (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)]
    table = analysis.power_table(
        sorted(set(sizes)), [round(0.5 * smallest, 4), smallest, 2 * smallest], sd=known.sd[one.outcome],
        control_share=1 - one.invited_share, correlation=known.correlation[one.outcome],
    )  # fmt: skip
    return plots.power_chart(table, unit=known.currency if one.outcome == "spend" else say("orders"))


def _published(design: ProgrammeDesign) -> Any:
    if design.ran:
        raise CRMError("")
    return plots.effect_draws_chart(lab.published(design, lab.known_before(design)), currency=_currency(design))


def _methods(design: ProgrammeDesign) -> Any:
    found, one = lab.estimated(design), design.experiment
    told = replace(found.evaluation, outcome=say(OUTCOMES[one.outcome]))
    return plots.programme_methods_chart(told, unit=_currency(design) if one.outcome == "spend" else say("orders"))


def _beside_truth(design: ProgrammeDesign) -> Any:
    found, one = lab.judged(design), design.experiment
    table = found.table.assign(about=found.table["method"])
    told = replace(lab.estimated(design).evaluation, table=table, outcome=say(OUTCOMES[one.outcome]))
    truth = dict(zip(table["method"], table["truth"], strict=True))
    unit = _currency(design) if one.outcome == "spend" else say("orders")
    return plots.programme_methods_chart(told, truth=truth, unit=unit)


def _liability(design: ProgrammeDesign) -> Any:
    found = lab.booked(design)
    with styled():
        ax = axes_of_own(9.6, 4.2)
    return plots.liability_chart(found.rollforward, currency=found.currency, ax=ax)


def _gift(design: ProgrammeDesign) -> Any:
    found = lab.booked(design)
    return plots.gift_chart(found.gift, currency=found.currency)


def _tornado(design: ProgrammeDesign) -> Any:
    with styled():
        ax = axes_of_own(8.4, 4.2)
    return plots.tornado_chart(lab.moved(design), measure="profit_change", currency=_currency(design), ax=ax)


_PICTURES = {2: (_account,), 3: (_power, _published), 4: (_methods,), 5: (_beside_truth,), 6: (_liability, _gift),
             7: (_tornado,)}  # fmt: skip


def signed(value: float, currency: str, digits: int = 0) -> str:
    """Money with its sign."""
    text = format_money(abs(value), currency, digits)
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else text


def _number(name: str, value: float, currency: str) -> str:
    return format_money(value, currency) if name == "fixed_cost" else (
        format_number(value, 2) if name == "unit_cost" else format_percent(value))  # fmt: skip
