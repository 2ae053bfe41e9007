"""Two policies on the same people with the same luck: turn what the firm does, and see what that changes, and for whom.

Policy A rests; policy B is what the organisation does now, changed by the controls. A mechanism of the world can be
switched off for both, to see what it contributes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import pandas as pd

from crm_toolkit import plots
from crm_toolkit.datasets.code_words import scenario_title
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm import Policy, pricing, service
from crm_toolkit.plots.style import axes_of_own, styled
from crm_toolkit.texts import format_money, format_number, format_percent, mark, say, say_count
from crm_toolkit.widgets.controls import choice_control, number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table
from crm_toolkit.world.comparison import MEASURES, EffectSpread, PolicyComparison, PolicyRun, compared, policy_run
from crm_toolkit.world.parameters import MECHANISMS
from crm_toolkit.world.setting import Scenario, scenario_names
from crm_toolkit.world.setting import scenario as open_scenario
from crm_toolkit.world.simulation import MOST_IN_MEMORY, checked_spec

AGAINST = {
    "nothing": mark("nothing special: list prices, no campaigns, no programme"),
    "now": mark("as the organisation does now"),
}
LOYALTY = {
    "now": mark("as now"),
    "none": mark("no programme"),
    "half": mark("rewards of half the value"),
    "double": mark("rewards of twice the value"),
}
CAMPAIGNS = {
    "now": mark("as now"),
    "none": mark("no campaigns"),
    "all": mark("the same, to all who may be written to"),
}
_REWARD_FACTORS = {"half": 0.5, "double": 2.0}
_WIDTH = 5.8  # inches of a picture: two of them beside each other on a page
_MONEY = ("amount", "margin", "profit")
_NUMBERS = {
    knob.name: knob
    for knob in (*pricing.KNOBS, *service.KNOBS)
    if knob.name in ("level", "discount", "staff", "recovery")
}
_ROWS = (
    ("scenario", "against", "without"),
    ("level", "discount", "staff"),
    ("recovery", "loyalty", "campaigns"),
    ("conclusion",),
    ("outcomes",),
    ("course", "effects"),
)


@dataclass(frozen=True)
class WorldView:
    """What is behind what `explore_world` shows.

    Parameters
    ----------
    scenario : world.Scenario
    policies : dict of str to Policy
        A and B, by the names that the pictures say.
    comparison : world.PolicyComparison
    spread : world.comparison.EffectSpread
        The effect of B on the margin of each customer.
    alike : int
        Customers in whom nothing differs.
    """

    scenario: Scenario
    policies: dict[str, Policy]
    comparison: PolicyComparison
    spread: EffectSpread
    alike: int


def explore_world(
    scenario: str = "barbershop",
    *,
    customers: int = 10_000,
    weeks: int = 104,
    seed: int = 1,
    locale: str | None = None,
) -> Explorer:
    """Turn prices, staff, programme and campaigns, and see what would have been otherwise, and for whom.

    Parameters
    ----------
    scenario : str
        Where the choice of the scenario starts: one of `world.scenario_names`.
    customers, weeks, seed : int
        As for `simulate`. A world of many visits (a fitness club, a language school, a grocery) takes some seconds
        where one of few takes a part of a second.
    locale : {"en_US", "ru_RU"}, optional
        Whose people and money; by default those of the reader's language.

    Returns
    -------
    Explorer
        A notebook shows controls, outcomes of both policies with the difference, the weeks, and the effect on each
        customer; ``.result`` has what is behind it (`WorldView`). With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    InputError
        If the scenario or a number can't be used; all problems at once.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = explore_world(customers=200, weeks=26)
    >>> explorer.controls["against"].value = "now"  # policy B is what the organisation does now: nothing differs
    >>> explorer.result.alike
    200
    """
    look = _looker(customers, weeks, seed, locale)
    now = open_scenario(scenario, locale=locale).policy
    numbers = {name: getattr(now.pricing if name in ("level", "discount") else now.service, name) for name in _NUMBERS}
    start = {"scenario": scenario, "against": "nothing", "without": "", "loyalty": "now", "campaigns": "now", **numbers}

    def controls() -> dict[str, Any]:
        names = [(scenario_title(name), name) for name in scenario_names()]
        mechanisms = [(say("nothing"), ""), *_choices(MECHANISMS)]
        return {
            "scenario": choice_control(say("Scenario"), names, value=scenario),
            "against": choice_control(say("Policy A"), _choices(AGAINST), value="nothing"),
            "without": choice_control(say("Switched off in the world"), mechanisms, value=""),
            **{name: number_control(knob, value=numbers[name]) for name, knob in _NUMBERS.items()},
            "loyalty": choice_control(say("Loyalty programme"), _choices(LOYALTY), value="now"),
            "campaigns": choice_control(say("Campaigns"), _choices(CAMPAIGNS), value="now"),
        }

    return Explorer(look, controls=controls, start=start, rows=_ROWS)


def _choices(texts: dict[str, str]) -> list[tuple[str, str]]:
    return [(say(text), code) for code, text in texts.items()]


def _looker(customers: int, weeks: int, seed: int, locale: str | None) -> Callable[..., View]:
    """The function behind the controls; what ran once is kept, so that turning a control costs one simulation."""

    def opened(name: str, without: str) -> Scenario:
        return open_scenario(name, locale=locale, **({without: False} if without else {}))

    @lru_cache(maxsize=8)
    def lived(name: str, without: str, policy: Policy) -> PolicyRun:
        numbers = {"customers": customers, "weeks": weeks, "seed": seed}
        return policy_run(checked_spec(opened(name, without), policy, most=MOST_IN_MEMORY, **numbers))

    @lru_cache(maxsize=8)
    def seen(name: str, without: str, against: str, changes: tuple[tuple[str, Any], ...]) -> View:
        world = opened(name, without)
        a, b = (say("A: as now"), world.policy) if against == "now" else (say("A: nothing special"), Policy())
        policies = {a: b, say("B: as set here"): _policy(world, **dict(changes))}
        runs = {title: lived(name, without, policy) for title, policy in policies.items()}
        comparison = compared([runs], currency=world.currency)
        title = comparison.names[1]
        result = WorldView(world, policies, comparison, comparison.spread(title), comparison.alike(title))
        return _view(result, without, open_scenario(name, locale=locale), weeks, seed)

    def look(*, scenario: str, against: str, without: str, **changes: Any) -> View:
        return seen(scenario, without, against, tuple(sorted(changes.items())))

    return look


def _policy(
    world: Scenario, *, level: float, discount: float, staff: float, recovery: float, loyalty: str, campaigns: str
) -> Policy:
    """What the organisation of a scenario does now, changed."""
    now = world.policy
    if (loyalty in _REWARD_FACTORS and now.loyalty is None) or (campaigns == "all" and not now.campaigns):
        missing = say("any campaign") if campaigns == "all" and not now.campaigns else say("a loyalty programme")
        raise InputError(
            say("In the scenario “{name}” there is nothing to change there.", name=scenario_title(world.name)),
            [Problem("nothing_to_change", say("This organisation has never had {what}.", what=missing),
                     advice=say("Choose “{now}”, or another scenario.", now=say(LOYALTY["now"])))],
        )  # fmt: skip
    rules, plans = now.loyalty, now.campaigns
    if rules is not None and loyalty in _REWARD_FACTORS:
        rules = replace(rules, reward=rules.reward * _REWARD_FACTORS[loyalty])
    if campaigns == "all":
        plans = tuple(replace(one, design="randomised", holdout_share=0.0) for one in plans)
    return replace(
        now,
        pricing=replace(now.pricing, level=level, discount=discount),
        service=replace(now.service, staff=staff, recovery=recovery),
        loyalty=None if loyalty == "none" else rules,
        campaigns=() if campaigns == "none" else plans,
    )


def _view(result: WorldView, without: str, plain: Scenario, weeks: int, seed: int) -> View:
    comparison = result.comparison
    with styled():
        ax = axes_of_own(_WIDTH, 4.4)
    areas: dict[str, plots.Picture | Table] = {
        "outcomes": _outcomes(result, weeks, seed),
        "course": plots.show(plots.policy_page(comparison, width=_WIDTH)),
        "effects": plots.show(plots.policy_effect_chart(comparison, comparison.names[1], ax=ax)),
    }
    notes = [_people(result)] if result.alike < result.spread.customers else []
    if without:
        off = say("Switched off in both worlds: {mechanism}.", mechanism=say(MECHANISMS[without]))
        notes.append(off if plain.on(without) else off + " " + say("In this scenario it was off already."))
    notes.append(_origins(plain))
    return View(_conclusion(result, weeks), areas, result, tuple(notes))


def _effects(result: WorldView) -> dict[str, dict[str, float]]:
    """Measure → value under A and under B, and the effect."""
    summary = result.comparison.summary
    a, b = (summary[summary["policy"] == name].set_index("measure") for name in result.comparison.names)
    return {
        name: {"a": float(a["value"][name]), "b": float(b["value"][name]), "effect": float(b["effect"][name])}
        for name in MEASURES
    }


def _conclusion(result: WorldView, weeks: int) -> str:
    if result.alike == result.spread.customers:
        return say_count(
            "Policies A and B are the same for {count} customer: the difference is exactly zero.",
            "Policies A and B are the same for each of {count} customers: the difference is exactly zero.",
            result.alike,
        )
    effects = {name: _signed(row["effect"], name, result) for name, row in _effects(result).items()}
    return say_count(
        "Policy B against policy A, {count} week: revenue {amount}, margin {margin}, profit {profit}; customers who "
        "have not left: {staying}.",
        "Policy B against policy A, {count} weeks: revenue {amount}, margin {margin}, profit {profit}; customers who "
        "have not left: {staying}.",
        weeks,
        **{name: effects[name] for name in ("amount", "margin", "profit", "staying")},
    )


def _people(result: WorldView) -> str:
    alike = say("Something differs for every customer.") if not result.alike else say_count(
        "For {count} customer of {all} nothing differs: the same orders, money and complaints, gone or still there "
        "alike.",
        "For {count} customers of {all} nothing differs: the same orders, money and complaints, gone or still there "
        "alike.",
        result.alike,
        all=format_number(result.spread.customers),
    )  # fmt: skip
    others = say("Customers who bring more margin: {more}; less: {less}.", more=format_number(result.spread.more),
                 less=format_number(result.spread.less))  # fmt: skip
    return f"{alike} {others}"


def _origins(plain: Scenario) -> str:
    kinds = pd.Series([plain.origin(name).kind for name in plain.numbers]).value_counts()
    return say(
        "Assumption, not fact: of the {all} numbers of this scenario, from sources: {source}; calibrated on published "
        "figures: {calibrated}; assumptions: {assumption}. They are listed by "
        '`crm.scenario("{name}").table()`.',
        all=format_number(int(kinds.sum())),
        name=plain.name,
        **{kind: format_number(int(kinds.get(kind, 0))) for kind in ("source", "calibrated", "assumption")},
    )


def _outcomes(result: WorldView, weeks: int, seed: int) -> Table:
    heads = (say("Outcome"), *result.comparison.names, say("Difference, B less A"), say("Difference, per cent"))
    rows = []
    for name, row in _effects(result).items():
        label = say(MEASURES[name])
        share = _plus(row["effect"], format_percent(row["effect"] / abs(row["a"]))) if row["a"] else "–"
        rows.append((label[:1].upper() + label[1:], _said(row["a"], name, result), _said(row["b"], name, result),
                     _signed(row["effect"], name, result), "–" if name == "satisfaction" else share))  # fmt: skip
    people = say_count("{count} customer", "{count} customers", result.spread.customers)
    caption = say_count("{world}, {people}, {count} week", "{world}, {people}, {count} weeks", weeks,
                        world=scenario_title(result.scenario.name), people=people)  # fmt: skip
    luck = say(
        "Both worlds have the same people and the same luck (seed {seed}), so what differs is caused by the policy. "
        "Other luck gives other numbers: `crm.compare(…, replications=20)` says how different.",
        seed=seed,
    )
    return Table(caption, heads, tuple(rows), luck)


def _said(value: float, measure: str, result: WorldView) -> str:
    if value != value:
        return "–"
    if measure in _MONEY:
        return format_money(value, result.scenario.currency, 0)
    return format_number(value, 3) if measure == "satisfaction" else format_number(round(value))


def _signed(value: float, measure: str, result: WorldView) -> str:
    return _plus(value, _said(value, measure, result))


def _plus(value: float, text: str) -> str:
    return f"+{text}" if value > 0 else text
