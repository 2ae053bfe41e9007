"""Age, sex and family of invented people: who lives with whom, who is married, how many children.

**Age.** z is standard normal and read through a quantile function that meets three points, Tukey's g
distribution (1977): with a = median − young and b = old − median,

    age = median + a b / (b − a) · ((b / a)^(z / 1.96) − 1),

whose tails beyond the outer points bend smoothly towards `AGE_FLOOR` and `AGE_CEILING` (assumption).

**Households.** Only the customers 2j − 1 and 2j can live together. Their ages correlate by `_AGE_TOGETHER`; the
older the pair, the more likely it is a couple – both are married, mostly of opposite sex, with the same number
of children – otherwise brothers or sisters. The scenario's share of women holds over all: people outside couples
make up for the halves inside.

**Marital status and children** follow age by the tables below, which hold for people whose husband or wife
isn't a customer. All numbers of this module are assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from crm_toolkit.streams import Floats, Integers, Stream
from crm_toolkit.world.people.livelihood import by_year
from crm_toolkit.world.people.luck import halves, normal

SEXES = ("male", "female")
MARITAL = ("single", "married", "divorced", "widowed")
AGE_FLOOR, AGE_CEILING = 16.0, 100.0  # assumption
_OF_AGE = 18.0  # a married customer is at least that old
_AGE_TOGETHER = 0.9  # assumption: correlation of partners' ages
_COUPLES = ([19, 22, 27, 35], [0, 0.35, 0.8, 0.92])  # assumption: the pair's age, share of couples among pairs
_SAME_SEX = {"en_US": 0.015, "ru_RU": 0.0}  # assumption, share of couples; Russian law knows no such marriage
_EVER_MARRIED = {  # assumption: age, share
    "en_US": ([18, 22, 27, 32, 40, 60], [0, 0.08, 0.4, 0.62, 0.8, 0.9]),
    "ru_RU": ([18, 22, 27, 32, 40, 60], [0, 0.17, 0.55, 0.74, 0.86, 0.93]),
}
_DIVORCED = by_year(([20, 30, 45, 60, 80], [0, 0.09, 0.2, 0.2, 0.12]))  # assumption: age, share
_WIDOWS = by_year(([45, 60, 70, 85], [0, 0.08, 0.2, 0.45]))  # assumption: age, share among women
_WIDOWERS = 0.35  # assumption: widowers for one widow
_CHILDREN = by_year(([17, 22, 28, 36, 42, 50, 60], [0, 0.25, 0.9, 1.45, 1.25, 0.35, 0]))  # assumption: mean at home
_CHILDREN_BY_STATUS = np.array([0.25, 1.2, 0.8, 0.6])  # assumption: times the mean, by marital status
_MOST_CHILDREN = 5
_MIDDLES = (np.arange(2048) + 0.5) / 2048


@dataclass(frozen=True)
class AgeCurve:
    """The age in years of a standard normal number.

    Parameters
    ----------
    young, median, old : float
        Points of 2.5 %, 50 % and 97.5 %.

    Examples
    --------
    >>> AgeCurve(20, 40, 70)(ndtri([0.025, 0.5, 0.975])).round(6)
    array([20., 40., 70.])
    """

    young: float
    median: float
    old: float

    def __call__(self, z: Floats) -> Floats:
        below, above = self.median - self.young, self.old - self.median
        slope = np.log(above / below) / ndtri(0.975)
        if abs(slope) < 1e-6:
            age = self.median + below / ndtri(0.975) * np.asarray(z)
        else:
            age = self.median + below * above / (above - below) * np.expm1(slope * np.asarray(z))
        age = _bent(age, age < self.young, self.young, AGE_FLOOR)
        return _bent(age, age > self.old, self.old, AGE_CEILING)


def _bent(age: Floats, beyond: NDArray[np.bool_], point: float, limit: float) -> Floats:
    """Ages beyond a point, drawn towards a limit that they don't pass; the slope at the point stays."""
    room = limit - point
    age[beyond] = point + room * np.tanh((age[beyond] - point) / room) if room else point
    return age


@dataclass(frozen=True)
class FamilyPlan:
    """What `families` needs to know of a scenario, worked out once."""

    locale: str
    age: AgeCurve
    household_share: float
    couples: Floats  # chance that a pair is a couple, by the pair's full years
    women_outside: float  # share of women outside opposite-sex couples


def family_plan(locale: str, age: AgeCurve, female_share: float, household_share: float) -> FamilyPlan:
    """Work out the share of women that is left for people outside couples.

    Couples are rarer where the sexes are too unequal for them.

    >>> family_plan("ru_RU", AgeCurve(20, 40, 70), female_share=0.5, household_share=0.2).women_outside
    0.5
    """
    couples = by_year(_COUPLES)
    by_chance = couples[age(ndtri(_MIDDLES)).astype(np.int16)]
    inside = float(household_share * (1 - _SAME_SEX[locale]) * by_chance.mean())
    most = 2 * min(female_share, 1 - female_share)
    if inside > most:
        couples, inside = couples * (most / inside), most
    outside = (female_share - inside / 2) / (1 - inside) if inside < 1 else 0.5
    return FamilyPlan(locale, age, household_share, couples, float(np.clip(outside, 0, 1)))


@dataclass(frozen=True)
class Families:
    """Age, sex and family of people, an element a person."""

    age: Floats
    age_score: Floats
    female: NDArray[np.bool_]
    household: Integers
    siblings: NDArray[np.bool_]
    marital: NDArray[np.int8]
    children: NDArray[np.int8]


def families(ids: Integers, *, seed: int | str, plan: FamilyPlan) -> Families:
    """Age, sex, household, marital status and children of some customers.

    Parameters
    ----------
    ids : array of int64
        Customers.
    seed : int or str
        The world's seed.
    plan : FamilyPlan
        From `family_plan`.

    Examples
    --------
    >>> plan = family_plan("en_US", AgeCurve(20, 40, 70), female_share=0.5, household_share=1.0)
    >>> families(np.array([1, 2, 3, 4]), seed=7, plan=plan).household
    array([1, 1, 3, 3])
    """
    own = halves(Stream(seed, "family"), ids, 2)  # age, sex, marital status, children
    z = normal(own[0])
    together = halves(Stream(seed, "together"), (ids + 1) >> 1, 1)[0] < plan.household_share
    household = np.where(together, (ids - 1) | 1, ids)
    near = np.flatnonzero(together)
    pair = halves(Stream(seed, "pair"), (ids[near] + 1) >> 1, 3)  # age, couple, same sex, sex, children
    z_pair = normal(pair[0])
    pair_year = plan.age(z_pair).astype(np.int16)
    couple = pair[1] < plan.couples[pair_year]
    z[near] = np.sqrt(_AGE_TOGETHER) * z_pair + np.sqrt(1 - _AGE_TOGETHER) * z[near]

    age = plan.age(z)
    wed, pair, pair_year = near[couple], pair[:, couple], pair_year[couple]
    age[wed] = np.maximum(age[wed], _OF_AGE)
    year = age.astype(np.int16)
    female = own[1] < plan.women_outside
    mixed = pair[2] >= _SAME_SEX[plan.locale]
    female[wed] = np.where(mixed, (pair[3] < 0.5) ^ (ids[wed] & 1 == 0), pair[3] < plan.women_outside)

    widowed = 1 - _WIDOWS[year] * np.where(female, 1.0, _WIDOWERS)
    luck, never = own[2], 1 - by_year(_EVER_MARRIED[plan.locale])[year]
    marital = (luck >= never).astype(np.int8)
    marital += (luck >= np.maximum(widowed - _DIVORCED[year], never)).astype(np.int8)
    marital += (luck >= np.maximum(widowed, never)).astype(np.int8)
    siblings = together
    siblings[wed] = False
    marital[siblings & (marital == 1)] = 0
    marital[wed] = 1

    year[wed], luck = pair_year, own[3]
    luck[wed] = pair[4]
    mean = _CHILDREN[year] * _CHILDREN_BY_STATUS[marital]
    return Families(
        age=age,
        age_score=z,
        female=female,
        household=household,
        siblings=siblings,
        marital=marital,
        children=_few(luck, mean),
    )


def _few(luck: Floats, mean: Floats) -> NDArray[np.int8]:
    """Poisson counts, cut off at `_MOST_CHILDREN`: how many of the distribution function's steps the luck passes."""
    count = np.zeros(len(luck), dtype=np.int8)
    term = np.exp(-mean)
    reached = term.copy()
    for number in range(1, _MOST_CHILDREN + 1):
        count += luck > reached
        term *= mean / number
        reached += term
    return count
