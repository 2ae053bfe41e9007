"""Whether a loyalty programme can pay, by formula: cost of rewards, break-even lift, value with retention.

S  spend of a member in a period, currency units         F  fixed cost of a member in a period, currency units
m  contribution margin, share of the spend               δ  lift: incremental spend, share of S
ρ  face rate: value of the points for one unit spent     r  retention, share that stays on each period
u  share of the points that is redeemed in the end       i  discount rate of a period
κ  what one unit of face value costs the firm: 1 for money off, less for a service at its own variable cost

    reward cost rate    c  = ρ·u·κ
    margin without      M₀ = m·S
    margin with         M₁ = (m − c)·S·(1 + δ) − F
    break-even lift     δ* = (c + F/S) / (m − c),   from M₁ = M₀
    change of value     M₁·r₁/(1 + i − r₁) − M₀·r₀/(1 + i − r₀)   (first margin at the end of the first period)

Rewards are paid on *all* the spend of a member, also on what would have been spent anyhow: that is why δ* grows so fast
with ρ. Three things the formulas do not see: a reward that would have been bought costs its margin too; points that are
not redeemed (1 − u) are no gain if customers learn that points are worthless; r is the same for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from crm_toolkit.analysis.experiments.trial import figure
from crm_toolkit.analysis.value_formulas import margin_multiple, require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.declared import refuse_outside
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_percent, mark, say

KNOBS = (
    Knob("spend", 400.0, 0.01, 1e9, 10.0, mark("Spend of a member in a year"), mark("currency units")),
    Knob("margin_rate", 0.45, 0.0, 1.0, 0.01, mark("Contribution margin, share of the spend"), mark("fraction")),
    Knob("face_rate", 0.05, 0.0, 1.0, 0.005, mark("Value of the points for one unit spent"), mark("fraction")),
    Knob("redeemed_share", 0.75, 0.0, 1.0, 0.01, mark("Share of the points that is redeemed in the end"),
         mark("fraction")),
    Knob("unit_cost", 1.0, 0.0, 2.0, 0.05, mark("What one unit of reward costs the firm"), mark("fraction")),
    Knob("fixed_cost", 0.0, 0.0, 1e9, 0.5, mark("Fixed cost of a member in a year"), mark("currency units")),
    Knob("lift", 0.0, -0.9, 5.0, 0.005, mark("Lift: incremental spend, share of the spend"), mark("fraction")),
    Knob("retention", 0.8, 0.0, 0.995, 0.005, mark("Retention of a year without the programme"), mark("fraction")),
    Knob("retention_gain", 0.0, -0.5, 0.5, 0.005, mark("Retention gained by the programme"), mark("fraction")),
    Knob("discount", 0.1, 0.0, 2.0, 0.01, mark("Discount rate of a year"), mark("fraction")),
)  # fmt: skip
NUMBERS = {knob.name: knob for knob in KNOBS}
MEASURES = {
    "profit_change": mark("margin gained by a member in a year"),
    "value_change": mark("lifetime value gained by a member"),
    "break_even_lift": mark("break-even lift"),
}


def reward_cost_rate(face_rate: float, *, redeemed_share: float, unit_cost: float) -> float:
    """What rewards cost for one unit of spend: c = ρ·u·κ.

    Parameters
    ----------
    face_rate : float
        Value of the points for one currency unit spent (ρ), a fraction.
    redeemed_share : float
        Share of the points that is redeemed in the end (u), 0 to 1: one less breakage.
    unit_cost : float
        Cost to the firm of one unit of face value (κ): 1 for money off.

    Returns
    -------
    float
        Fraction of the spend.

    Raises
    ------
    InputError
        If a number lies outside its range.

    Examples
    --------
    >>> round(reward_cost_rate(0.05, redeemed_share=0.75, unit_cost=0.45), 4)
    0.0169
    """
    given = {"face_rate": face_rate, "redeemed_share": redeemed_share, "unit_cost": unit_cost}
    ranges = {name: (value, NUMBERS[name].low, NUMBERS[name].high) for name, value in given.items()}
    rho, u, kappa = require_numbers("reward_cost_rate", **ranges)
    return rho * u * kappa


def break_even_lift(
    margin_rate: float, cost_rate: float, *, fixed_cost: float = 0.0, spend: float = 1.0
) -> float | None:
    """The lift of spend at which a programme earns back its rewards: δ* = (c + F/S) / (m − c).

    Parameters
    ----------
    margin_rate, cost_rate : float
        Contribution margin (m) and reward cost rate (c, see `reward_cost_rate`), fractions of the spend.
    fixed_cost, spend : float
        Fixed cost and spend of a member in the same period, currency units.

    Returns
    -------
    float or None
        Fraction of the spend; ``None`` where rewards eat the whole margin and no lift is enough.

    Raises
    ------
    InputError
        If a number lies outside its range.

    Examples
    --------
    >>> round(break_even_lift(0.45, 0.05 * 0.75), 3)
    0.091
    >>> print(break_even_lift(0.05, 0.05))
    None
    """
    m, c, fixed, spent = require_numbers(
        "break_even_lift", margin_rate=(margin_rate, 0, 1), cost_rate=(cost_rate, 0, 2),
        fixed_cost=(fixed_cost, 0, 1e9), spend=(spend, 1e-9, 1e12),
    )  # fmt: skip
    return (c + fixed / spent) / (m - c) if m > c else None


@dataclass(frozen=True)
class ProgrammeEconomics:
    """A programme in ten numbers, and what follows from them; the head of this module has the formulas.

    Parameters
    ----------
    spend : float
        Spend of a member in a year without the programme, currency units.
    margin_rate, face_rate, redeemed_share, unit_cost : float
        m, ρ, u and κ, fractions.
    fixed_cost : float
        F: cards, software, messages of a member in a year, currency units.
    lift : float
        δ, a fraction of the spend; may be negative.
    retention, retention_gain : float
        r₀ of a year, and r₁ − r₀.
    discount : float
        Discount rate of a year.

    Raises
    ------
    InputError
        All problems at once.

    Examples
    --------
    >>> salon = ProgrammeEconomics(spend=400, face_rate=0.05, redeemed_share=0.75, unit_cost=1, lift=0.05)
    >>> round(salon.cost_rate, 4), round(salon.break_even_lift, 3), round(salon.profit_change, 2)
    (0.0375, 0.091, -6.75)
    >>> round(replace(salon, retention_gain=0.02).value_change, 2)
    27.38
    """

    spend: float = NUMBERS["spend"].default
    margin_rate: float = NUMBERS["margin_rate"].default
    face_rate: float = NUMBERS["face_rate"].default
    redeemed_share: float = NUMBERS["redeemed_share"].default
    unit_cost: float = NUMBERS["unit_cost"].default
    fixed_cost: float = NUMBERS["fixed_cost"].default
    lift: float = NUMBERS["lift"].default
    retention: float = NUMBERS["retention"].default
    retention_gain: float = NUMBERS["retention_gain"].default
    discount: float = NUMBERS["discount"].default

    def __post_init__(self) -> None:
        refuse_outside(self, KNOBS)
        if not 0 <= self.retention_with <= 0.9999:
            what = say("Retention with the programme would be {value}; it must lie from 0 to below 1.",
                       value=format_percent(self.retention_with))  # fmt: skip
            heading = say("`{kind}` can't be made.", kind="ProgrammeEconomics")
            raise InputError(heading, [Problem("outside_range", what, column="retention_gain")])

    @property
    def cost_rate(self) -> float:
        """c, reward cost for one unit of spend."""
        return self.face_rate * self.redeemed_share * self.unit_cost

    @property
    def break_even_lift(self) -> float | None:
        """δ*, without any gain of retention; ``None`` where no lift is enough."""
        return break_even_lift(self.margin_rate, self.cost_rate, fixed_cost=self.fixed_cost, spend=self.spend)

    @property
    def retention_with(self) -> float:
        """r₁."""
        return self.retention + self.retention_gain

    @property
    def margin_without(self) -> float:
        """M₀, currency units a year."""
        return self.margin_rate * self.spend

    @property
    def margin_with(self) -> float:
        """M₁, currency units a year."""
        return (self.margin_rate - self.cost_rate) * self.spend * (1 + self.lift) - self.fixed_cost

    @property
    def profit_change(self) -> float:
        """M₁ − M₀, currency units a year."""
        return self.margin_with - self.margin_without

    @property
    def value_without(self) -> float:
        """Lifetime value without the programme, currency units."""
        return self.margin_without * margin_multiple(self.retention, self.discount)

    @property
    def value_with(self) -> float:
        """Lifetime value with the programme, currency units."""
        return self.margin_with * margin_multiple(self.retention_with, self.discount)

    @property
    def value_change(self) -> float:
        """ΔCLV, currency units."""
        return self.value_with - self.value_without

    def measure(self, name: str) -> float:
        """One of `MEASURES` as a number; NaN where there is no break-even.

        Parameters
        ----------
        name : {"profit_change", "value_change", "break_even_lift"}
            Which one.
        """
        value = getattr(self, name)
        return float("nan") if value is None else float(value)

    def changed(self, **numbers: Any) -> ProgrammeEconomics:
        """The same programme with other numbers."""
        return replace(self, **numbers)

    def verdict(self, low: float, high: float) -> str:
        """What an estimated lift says of the break-even: ``"pays"``, ``"loses"`` or ``"open"``.

        Parameters
        ----------
        low, high : float
            Interval of the estimated lift, fractions of the spend without the programme.

        Examples
        --------
        >>> ProgrammeEconomics().verdict(0.02, 0.06), ProgrammeEconomics().verdict(0.05, 0.15)
        ('loses', 'open')
        """
        least = self.break_even_lift
        if least is None or high < least:
            return "loses"
        return "pays" if low >= least else "open"

    def reading(self) -> str:
        """The economics in words, in the reader's language."""
        told = say("Rewards cost {cost} of the spend.", cost=format_percent(self.cost_rate, 2))
        least = self.break_even_lift
        if least is None:
            told += " " + say("They eat the whole margin: no lift of spend pays for them.")
        else:
            told += " " + say("The programme pays from a lift of {least} on; assumed is {lift}.",
                              least=format_percent(least), lift=format_percent(self.lift))  # fmt: skip
        return told + " " + say("A member brings {profit} more in a year and {value} more in a lifetime.",
                                profit=figure(self.profit_change), value=figure(self.value_change))  # fmt: skip
