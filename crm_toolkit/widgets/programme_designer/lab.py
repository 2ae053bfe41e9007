"""What a designed programme does: functions of a design, each of which can be called without the page.

    known_before   what the organisation knows before the start
    ran            the world of the design, with its experiment
    planned        power and customers of the experiment
    estimated      every method beside what the programme costs, and what the committed rule says
    judged         the truth beside them; the quality of the decision
    booked         liability, breakage, cost, who got the money

A programme pays where the margin of what it brings covers what it costs. The effect per customer at which it does is
``needed = (rewards·κ + fixed cost) / margin of one unit of the outcome``. The cost is read off the ledger; only the
effect has to be estimated.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit import analysis
from crm_toolkit.analysis.experiments.power import ExperimentPlan
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_money, format_number, language, say, say_count
from crm_toolkit.widgets.programme_designer.plan import Belief, Conclusion, LabWorld, ProgrammeDesign
from crm_toolkit.world.loyalty_lab import (
    ABLATED,
    JOIN_WEEKS,
    PERIOD_WEEKS,
    ProgrammeRun,
    loyalty_laboratory,
    past_purchases,
    run_programme,
    value_of_mechanisms,
)
from crm_toolkit.world.setting import Scenario

LOTTERY = ("late", "itt", "cuped")
COVARIATES = {"spend": ("before_2", "before_1", "orders_before", "weeks_since"),
              "orders": ("orders_2", "orders_1", "before_2", "before_1", "weeks_since")}  # fmt: skip
BEFORE = {"spend": ("before_2", "before_1"), "orders": ("orders_2", "orders_1")}
AFTER = {"spend": ("after", "effect"), "orders": ("orders_after", "effect_orders")}
PILOT, PILOT_LUCK = 400, 7_000_000
WORDS_OF_A_REASON = 5
PUBLISHED_DRAWS = 300  # enough for one digit; a picture of ignorance needs no more


def told_scenario(world: LabWorld) -> Scenario:
    """The laboratory in which a design runs."""
    return loyalty_laboratory(world.scenario, locale=world.locale)


@dataclass(frozen=True)
class Known:
    """What the organisation knows before the programme starts, of customers who have bought.

    Parameters
    ----------
    customers : int
    spend : float
        Mean of a customer in the last 26 weeks, currency units.
    orders : float
        Mean in these weeks.
    typical_week : float
        Median spend of a week, of customers who bought in the last 26 weeks, currency units.
    sd, correlation : dict of str to float
        By outcome: spread between customers, and correlation of one period with the next.
    margin_rate : float
        Contribution margin, share of the spend.
    period_weeks : int
    currency : str
    """

    customers: int
    spend: float
    orders: float
    typical_week: float
    sd: dict[str, float]
    correlation: dict[str, float]
    margin_rate: float
    period_weeks: int
    currency: str

    def margin_of(self, outcome: str) -> float:
        """Margin of one unit of an outcome, currency units."""
        return self.margin_rate * (1.0 if outcome == "spend" else self.spend / max(self.orders, 1e-9))

    def weeks_to_reward(self, design: ProgrammeDesign) -> float:
        """Weeks that the typical customer needs for a reward; infinite without points."""
        weekly = self.typical_week * design.rules.points_per_unit
        return design.rules.threshold / weekly if weekly > 0 else float("inf")


@lru_cache(maxsize=8)
def _known(world: LabWorld, from_week: int) -> Known:
    told = told_scenario(world)
    table = past_purchases(told, customers=world.customers, weeks=from_week, seed=world.seed)
    if len(table) < 2:
        what = say("Nobody has bought before the start.")
        raise InputError(say("The programme can't be planned."), [Problem("empty", what, column="from_week")])
    spread = {name: float(table[columns[1]].std()) for name, columns in BEFORE.items()}
    same = {name: float(np.nan_to_num(np.corrcoef(table[columns[0]], table[columns[1]])[0, 1]))
            if min(table[columns[0]].std(), table[columns[1]].std()) > 0 else 0.0
            for name, columns in BEFORE.items()}  # fmt: skip
    length = min(PERIOD_WEEKS, from_week // 2)
    active = table[table["before_1"] > 0]
    weekly = (active["before_2"] + active["before_1"]) / (2 * length)
    whole = float(table["spend"].sum())
    return Known(
        len(table), float(table["before_1"].mean()), float(table["orders_1"].mean()),
        float(np.nan_to_num(weekly.median())), spread,
        {name: min(max(rho, 0.0), 0.95) for name, rho in same.items()},
        max(1 - float(table["cost"].sum()) / whole, 0.0) if whole else 0.0, length, told.currency,
    )  # fmt: skip


def known_before(design: ProgrammeDesign) -> Known:
    """What the organisation knows before the start; the same people as in the run."""
    _require_weeks(design)
    return _known(design.world, design.rules.from_week)


@lru_cache(maxsize=4)
def _ran(world: LabWorld, rules: Any) -> ProgrammeRun:
    return run_programme(told_scenario(world), rules, customers=world.customers, weeks=world.weeks, seed=world.seed)


def ran(design: ProgrammeDesign) -> ProgrammeRun:
    """The three worlds of the design; it must have been committed.

    Raises
    ------
    InputError
        If the experiment has not been committed.
    """
    if not design.ran:
        what = say("First commit the plan of the experiment.")
        raise InputError(say("Nothing has run yet."), [Problem("not_committed", what)])
    return _ran(design.world, design.weekly)


@lru_cache(maxsize=4)
def _pilot(world: LabWorld, rules: Any) -> ProgrammeRun:
    return run_programme(told_scenario(world), rules, customers=min(PILOT, world.customers), weeks=world.weeks,
                         seed=world.seed + PILOT_LUCK, service=False)  # fmt: skip


def piloted(design: ProgrammeDesign) -> ProgrammeRun:
    """Some other people under the same rules, all of them invited: for the eye of a member, not for effects."""
    _require_weeks(design)
    return _pilot(design.world, replace(design.weekly, invited_share=1.0))


def _require_weeks(design: ProgrammeDesign) -> None:
    if design.rules.from_week >= design.world.weeks:
        what = say("The programme begins in week {week}; the world ends with week {weeks}.",
                   week=design.rules.from_week, weeks=design.world.weeks)  # fmt: skip
        raise InputError(say("The programme can't be run."), [Problem("outside_range", what, column="from_week")])


def economics(design: ProgrammeDesign, known: Known) -> analysis.ProgrammeEconomics:
    """The programme in ten numbers, of a mean customer's year; all points are taken to be redeemed."""
    own, per_year = design.rules, 52 / known.period_weeks
    return analysis.ProgrammeEconomics(
        spend=max(known.spend * per_year, 0.01), margin_rate=min(known.margin_rate, 1.0),
        face_rate=min(design.weekly.face_rate, 1.0), redeemed_share=1.0, unit_cost=own.unit_cost,
        fixed_cost=own.fixed_cost,
    )  # fmt: skip


def published(design: ProgrammeDesign, known: Known) -> analysis.EconomicsMonteCarlo:
    """What published effects would bring by these rules: behaviour drawn from the library of findings.

    Parameters
    ----------
    design : ProgrammeDesign
        Its rules.
    known : Known
        What the organisation knows of its customers.

    Returns
    -------
    EconomicsMonteCarlo
    """
    return _published(economics(design, known))


@lru_cache(maxsize=8)
def _published(numbers: analysis.ProgrammeEconomics) -> analysis.EconomicsMonteCarlo:
    return analysis.economics_monte_carlo(numbers, draws=PUBLISHED_DRAWS, seed=1)


@dataclass(frozen=True)
class Planned:
    """The plan of an experiment by what is known before it."""

    customers: int
    power: ExperimentPlan | None
    wanted: ExperimentPlan | None
    findable: ExperimentPlan | None

    @property
    def enough(self) -> bool:
        """Whether there are customers enough for the power that is wanted."""
        return self.wanted is not None and self.wanted.customers <= self.customers


def planned(design: ProgrammeDesign, known: Known) -> Planned:
    """Power and customers of the experiment of a design; without a holdout there is nothing to plan."""
    one = design.experiment
    if one.invited_share >= 1 or known.sd[one.outcome] <= 0:
        return Planned(known.customers, None, None, None)
    told: dict[str, Any] = {"control_share": 1 - one.invited_share, "correlation": known.correlation[one.outcome]}
    sd, size = known.sd[one.outcome], known.customers
    findable = analysis.plan_means(sd, customers=size, power=one.power, **told) if size >= 4 else None
    if one.smallest is None or size < 4:
        return Planned(size, None, None, findable)
    return Planned(size, analysis.plan_means(sd, difference=one.smallest, customers=size, **told),
                   analysis.plan_means(sd, difference=one.smallest, power=one.power, **told), findable)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Estimated:
    """What every method says of the run, and what follows by the committed rule.

    Parameters
    ----------
    evaluation : analysis.ProgrammeEvaluation
    table : DataFrame
        Its table with ``cost`` (of the programme, per customer that the method speaks of, currency units), ``needed``
        (the effect at which it pays, the outcome's unit), ``net``, ``net_low``, ``net_high`` (currency units) and
        ``go`` (bool).
    """

    evaluation: analysis.ProgrammeEvaluation
    table: pd.DataFrame

    def row(self, method: str) -> dict[str, Any]:
        """One method."""
        rows: Any = self.table.set_index("method", drop=False)
        return dict(rows.loc[method])


def estimated(design: ProgrammeDesign) -> Estimated:
    """Every method on what the organisation has after the run.

    Raises
    ------
    InputError
        If nothing has run, or too few have joined for any method.
    """
    ran(design)
    return _estimated(replace(design, belief=Belief(), conclusion=Conclusion(), promises=()), str(language()))


@lru_cache(maxsize=8)
def _estimated(design: ProgrammeDesign, _language: str) -> Estimated:
    panel, one, known = ran(design).panel, design.experiment, known_before(design)
    outcome, before = AFTER[one.outcome][0], BEFORE[one.outcome]
    seen = panel.drop(columns=[name for _, name in AFTER.values()])
    lottery: dict[str, Any] = {"arm": "arm", "joined": "joined", "control": "holdout", "treated": "invited"}
    found = analysis.evaluate_programme(
        seen, outcome, before, covariates=COVARIATES[one.outcome],
        **(lottery if one.invited_share < 1 else {}),
    )  # fmt: skip
    table: Any = found.table.copy()
    unit = max(known.margin_of(one.outcome), 1e-12)
    share = {name: group["joined"].mean() for name, group in _groups(panel).items()}
    weeks = _outcome_weeks(design)
    paid = {name: group["rewards"].mean() for name, group in _groups(panel).items()}
    about = table["method"].map(_GROUP_OF)
    table["cost"] = [paid[name] * design.rules.unit_cost + design.rules.fixed_cost * weeks / 52 * share[name]
                     for name in about]  # fmt: skip
    table["needed"] = table["cost"] / unit
    for name, source in (("net", "estimate"), ("net_low", "low"), ("net_high", "high")):
        table[name] = table[source] * unit - table["cost"]
    table["go"] = _goes(one.rule, table["estimate"], table["low"], table["needed"])
    return Estimated(found, table)


_GROUP_OF = {"naive": "members", "changes": "members", "matching": "members", "weighting": "members",
             "late": "joined", "itt": "invited", "cuped": "invited"}  # fmt: skip


def _groups(panel: Any) -> dict[str, Any]:
    invited = panel[panel["arm"] == "invited"]
    return {"members": invited[invited["member"] == 1], "joined": invited[invited["joined"] == 1], "invited": invited}


def _goes(rule: str, estimate: Any, low: Any, needed: Any) -> Any:
    if rule == "positive":
        return low > 0
    return estimate >= needed if rule == "point" else low >= needed


def _require_revealed(design: ProgrammeDesign) -> None:
    if not design.revealed:
        what = say("First choose which method you believe, say why, and commit.")
        raise InputError(say("The truth is not shown yet."), [Problem("not_committed", what)])


@dataclass(frozen=True, eq=False)
class Judged:
    """The truth beside the estimates, and the decision.

    Parameters
    ----------
    table : DataFrame
        `Estimated.table` with ``truth``, ``error`` (estimate less truth), ``holds`` (the interval holds the truth),
        ``pays`` (the true effect pays for the programme).
    go, pays, right : bool
        By the believed method and the committed rule; by the truth; whether both agree.
    quality : tuple of (str, bool)
        What can be asked of a decision whatever comes out, and whether it was so.
    arms : DataFrame
        The three worlds, with ``gain``: profit less that of the world without a programme, after κ and fixed cost.
    """

    table: pd.DataFrame
    go: bool
    pays: bool
    quality: tuple[tuple[str, bool], ...]
    arms: pd.DataFrame

    @property
    def right(self) -> bool:
        """Whether the decision is the one that the truth would have asked for."""
        return self.go == self.pays

    @property
    def score(self) -> int:
        """How many demands on the decision were met; luck has no part in it."""
        return sum(met for _, met in self.quality)


def judged(design: ProgrammeDesign) -> Judged:
    """Lay the truth beside the estimates; only after the belief was committed.

    Raises
    ------
    InputError
        If it was not.
    """
    _require_revealed(design)
    run, found, one = ran(design), estimated(design), design.experiment
    effect = AFTER[one.outcome][1]
    truth = {name: group[effect].mean() for name, group in _groups(run.panel).items()}
    joined = _groups(run.panel)["invited"]
    truth["joined"] = joined[effect].sum() / max(int(joined["joined"].sum()), 1)
    table: Any = found.table.copy()
    table["truth"] = [truth[_GROUP_OF[name]] for name in table["method"]]
    table["error"] = table["estimate"] - table["truth"]
    table["holds"] = (table["low"] <= table["truth"]) & (table["truth"] <= table["high"])
    table["pays"] = table["truth"] >= table["needed"]
    own = table.set_index("method").loc[design.belief.method]
    quality = (
        (say("customers enough to find the smallest effect worth knowing, planned before"),
         planned(design, known_before(design)).enough),
        (say("a rule that asks whether the programme pays, not only whether it moves something"),
         one.rule != "positive"),
        (say("an estimate that rests on the lottery"), design.belief.method in LOTTERY),
        (say("a reason in a whole sentence"), len(design.belief.why.split()) >= WORDS_OF_A_REASON),
    )  # fmt: skip
    return Judged(table, bool(own["go"]), bool(own["pays"]), quality, _arms(design, run))


def _arms(design: ProgrammeDesign, run: ProgrammeRun) -> pd.DataFrame:
    arms: Any = run.arms.copy()
    years = (design.world.weeks - design.rules.from_week) / 52
    extra = arms["rewards"] * (1 - design.rules.unit_cost) - arms["members"] * design.rules.fixed_cost * years
    arms["profit"] += extra
    base = arms.set_index("arm").loc["without", "profit"]
    return arms.assign(gain=arms["profit"] - base)


@dataclass(frozen=True, eq=False)
class Booked:
    """The books of the programme at the end of the world."""

    rollforward: pd.DataFrame
    breakage: pd.DataFrame
    gift: analysis.GiftSplit
    rewards: float
    cost: float
    currency: str


def booked(design: ProgrammeDesign) -> Booked:
    """Liability month by month, breakage, cost, and who got the money.

    Raises
    ------
    InputError
        If the truth is not to be seen yet, or there are no points.
    """
    _require_revealed(design)
    return _booked(replace(design, conclusion=Conclusion(), promises=()), str(language()))


@lru_cache(maxsize=4)
def _booked(design: ProgrammeDesign, _language: str) -> Booked:
    run = ran(design)
    moves = analysis.movements_by_fifo(run.ledger)
    end = pd.Timestamp(run.spec.scenario.start) + pd.Timedelta(weeks=design.world.weeks)
    day: dt.date = (end - pd.Timedelta(days=1)).date()
    breakage = analysis.breakage_table(moves, as_of=day, draws=0)
    lost = dict(zip(breakage["method"], breakage["breakage"], strict=True))["survival"]
    roll = analysis.liability_rollforward(moves, as_of=day, per_point=design.rules.reward / design.rules.threshold,
                                          redeemed_share=float(np.clip(1 - lost, 0.0, 1.0)))  # fmt: skip
    members = run.twins[run.twins["member"]]
    gift = analysis.gift_split(members, cost="rewards", after="spend_with", before="spend_without")
    arms: Any = _arms(design, run).set_index("arm")
    cost = float(arms.loc["with", "rewards"])
    years = (design.world.weeks - design.rules.from_week) / 52
    total = cost * design.rules.unit_cost + float(len(members)) * design.rules.fixed_cost * years
    return Booked(roll, breakage, gift, cost, total, run.spec.scenario.currency)


def shared_out(
    design: ProgrammeDesign, mechanisms: tuple[str, ...] = ABLATED, *, customers: int = 1000
) -> pd.DataFrame:
    """Share the true effect on profit out over mechanisms (Shapley), in a smaller world; some seconds.

    Raises
    ------
    InputError
        If the truth is not to be seen yet.
    """
    _require_revealed(design)
    value = value_of_mechanisms(ran(design), mechanisms, customers=customers)
    return analysis.shapley_of_switches(value, mechanisms)


def moved(design: ProgrammeDesign) -> pd.DataFrame:
    """Which number moves a member's yearly gain most, around the true lift of those who joined.

    Raises
    ------
    InputError
        If the truth is not to be seen yet.
    """
    middle = members_economics(design)
    names = ("margin_rate", "face_rate", "unit_cost", "redeemed_share", "fixed_cost")
    ranges = {name: (0.8 * getattr(middle, name), 1.2 * getattr(middle, name)) for name in names}
    for name in ("margin_rate", "face_rate", "redeemed_share"):
        ranges[name] = (ranges[name][0], min(ranges[name][1], 1.0))
    ranges["lift"] = (max(middle.lift - 0.05, -0.9), min(middle.lift + 0.05, 5.0))
    ranges = {name: ends for name, ends in ranges.items() if ends[0] < ends[1]}
    return analysis.tornado_table(middle, ranges, measure="profit_change")


def members_economics(design: ProgrammeDesign) -> analysis.ProgrammeEconomics:
    """The programme in ten numbers, of those who joined, with what they really did.

    Raises
    ------
    InputError
        If the truth is not to be seen yet.
    """
    _require_revealed(design)
    known, joined = known_before(design), _groups(ran(design).panel)["joined"]
    base = float((joined["after"] - joined["effect"]).sum())
    earned = float(joined["after"].sum()) * design.weekly.face_rate
    used = float(joined["rewards"].sum()) / earned if earned > 0 else 0.0
    return replace(
        economics(design, known), spend=max(base / len(joined) * 52 / _outcome_weeks(design), 0.01),
        redeemed_share=min(used, 1.0), lift=float(np.clip(joined["effect"].sum() / max(base, 0.01), -0.9, 5.0)),
    )  # fmt: skip


def _outcome_weeks(design: ProgrammeDesign) -> int:
    """Weeks in which the outcome is counted."""
    after = design.world.weeks - design.rules.from_week
    return max(min(PERIOD_WEEKS, after - min(JOIN_WEEKS, max(after - 1, 0))), 1)


def sized(value: float, outcome: str, currency: str) -> str:
    """An amount of an outcome with its unit, in the reader's language."""
    if value != value:
        return "–"
    if outcome == "spend":
        return format_money(value, currency)
    return say_count("{number} order", "{number} orders", round(abs(value)), number=format_number(value, 2))
