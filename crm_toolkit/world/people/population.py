"""The people of simulated worlds: coherent in themselves, and the same person in every world.

Every value is a function of (seed, purpose, customer number) alone, so customer 17 doesn't depend on how many
people are asked for, in which order, or in which block. A branch is 2,048 neighbouring numbers, and only the
numbers 2j − 1 and 2j can live in one household, so neither reaches over a block's edge.

What belongs together is drawn together: sex, age, household, marital status and children in `family`;
education, profession and income in `livelihood`; city, region and type of residence in `places`; names,
telephones and addresses in `names`. Members of a household share surname and city. Each room names its
assumptions.

Consent is given by the scenario's share; consent to e-mail and to text messages only by people who consent at
all (`consent_email` and `consent_sms` are shares among them). All three are independent of everything else
(assumption).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from crm_toolkit.streams import Floats, Integers, Stream
from crm_toolkit.world.people.family import (
    AGE_CEILING,
    AGE_FLOOR,
    MARITAL,
    SEXES,
    AgeCurve,
    FamilyPlan,
    families,
    family_plan,
)
from crm_toolkit.world.people.livelihood import EDUCATIONS, PROFESSION_CODES, income_shift, livelihood
from crm_toolkit.world.people.luck import CELLS, halves, quarter
from crm_toolkit.world.people.names import emails, full_names, person_names, phones
from crm_toolkit.world.people.places import (
    RESIDENCES,
    anywhere,
    branch_cities,
    branch_city_codes,
    branch_shares,
    gazetteer,
)

__all__ = ["BRANCH_BITS", "Demographics", "People", "branch_cities", "branch_of", "people", "person_names"]

BRANCH_BITS = 11
DAYS_A_YEAR = 365.25
_STATED_TO = {"en_US": 100, "ru_RU": 1000}  # people state their income to a hundred dollars, a thousand roubles
_MIDDLES = (np.arange(2048) + 0.5) / 2048


@dataclass(frozen=True)
class Demographics:
    """Who the customers of a scenario are, in numbers.

    Parameters
    ----------
    locale : {"en_US", "ru_RU"}
        Country and language of names and places.
    female_share : float
        Share of women.
    age_young, age_median, age_old : float
        Ages in years below which 2.5 %, 50 % and 97.5 % of the people are.
    income_median : float
        Income a month, currency units of the country.
    income_sigma : float
        Standard deviation of log income.
    residence : tuple of float
        Shares of metropolis, city, town, village.
    household_share : float
        Chance that the customers 2j − 1 and 2j live in one household.
    consent : float
        Share of people who consent to being contacted.
    consent_email, consent_sms : float
        Among those who consent, shares that allow e-mail, text messages.
    local_share : float
        Share of customers who live in the city of their branch; the others live anywhere.

    Raises
    ------
    ValueError
        If the numbers contradict themselves; all of them are named.

    Examples
    --------
    >>> club = Demographics("en_US", 0.55, 19, 38, 70, 4200, 0.5, (0.4, 0.3, 0.2, 0.1), 0.2, 0.7, 0.8, 0.5, 0.6)
    >>> club.age_median
    38
    """

    locale: str
    female_share: float
    age_young: float
    age_median: float
    age_old: float
    income_median: float
    income_sigma: float
    residence: tuple[float, float, float, float]
    household_share: float
    consent: float
    consent_email: float
    consent_sms: float
    local_share: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "residence", tuple(self.residence))
        shares = ("female_share", "household_share", "consent", "consent_email", "consent_sms", "local_share")
        wrong = [f"{name} is a share from 0 to 1" for name in shares if not 0 <= getattr(self, name) <= 1]
        if self.locale not in _STATED_TO:
            wrong.append(f"locale is one of {', '.join(_STATED_TO)}")
        if not AGE_FLOOR <= self.age_young < self.age_median < self.age_old <= AGE_CEILING:
            wrong.append(f"{AGE_FLOOR:g} <= age_young < age_median < age_old <= {AGE_CEILING:g}")
        if not (self.income_median > 0 and self.income_sigma >= 0):
            wrong.append("income_median is positive and income_sigma is not negative")
        if len(self.residence) != len(RESIDENCES) or min(self.residence) < 0 or not abs(sum(self.residence) - 1) < 1e-6:
            wrong.append("residence has four shares that sum to 1")
        if wrong:
            raise ValueError("demographics: " + "; ".join(wrong))


@dataclass(frozen=True, eq=False)
class People:
    """People as arrays of one length, in the order in which they were asked for; codes index the words named.

    Parameters
    ----------
    ids : array of int64
        Customers.
    female : array of bool
        Sex.
    age : array of float64
        Years on the day ``on``.
    birth_date : array of datetime64[D]
        Birthday.
    education, profession, marital, residence : array of int
        Codes: `EDUCATIONS`, `PROFESSION_CODES`, `MARITAL`, `RESIDENCES`.
    income : array of int64
        Currency units a month.
    children : array of int8
        Children at home.
    city : array of int16
        Code of a city in `places.gazetteer`.
    household : array of int64
        Number of the household, that of its first member.
    age_score, income_score : array of float64
        Mean about 0 and standard deviation about 1, for traits that depend on age and income.
    siblings : array of bool
        Whether the person lives with a brother or sister who is a customer too.
    seed : int or str
        The world's seed.
    demographics : Demographics
        The scenario's numbers.
    """

    ids: Integers
    female: NDArray[np.bool_]
    age: Floats
    birth_date: NDArray[np.datetime64]
    education: NDArray[np.int8]
    profession: NDArray[np.int16]
    income: Integers
    children: NDArray[np.int8]
    marital: NDArray[np.int8]
    residence: NDArray[np.int8]
    city: NDArray[np.int16]
    household: Integers
    age_score: Floats
    income_score: Floats
    siblings: NDArray[np.bool_]
    seed: int | str
    demographics: Demographics

    def table(self) -> pa.Table:
        """The people as the customers table, with names, contacts and consent.

        Returns
        -------
        pyarrow.Table
            ``customer_id``, ``household_id``, ``branch_id`` (int64); ``sex``, ``full_name``, ``last_name``,
            ``first_name``, ``middle_name`` (patronymic, null in en_US), ``birth_date``, ``marital_status``,
            ``children``, ``education``, ``profession``, ``income_month`` (as people state it: to 100 dollars,
            1000 roubles), ``city``, ``region``, ``residence_type``, ``email``, ``phone`` and the bools
            ``consent``, ``consent_email``, ``consent_sms``.

        Examples
        --------
        >>> numbers = (0.55, 19, 38, 70, 4200, 0.5, (0.4, 0.3, 0.2, 0.1), 0.2, 0.7, 0.8, 0.5, 0.6)
        >>> some = people(
        ...     [17, 18], seed=7, demographics=Demographics("en_US", *numbers), on=np.datetime64("2025-01-01")
        ... )
        >>> some.table().column("customer_id").to_pylist()
        [17, 18]
        """
        numbers, locale = self.demographics, self.demographics.locale
        names = person_names(
            self.ids,
            seed=self.seed,
            purpose="customer",
            locale=locale,
            female=self.female,
            families=self.household,
            fathers=np.where(self.siblings, self.household, self.ids),
        )
        luck = Stream(self.seed, "consent").words(self.ids)
        consent, by_email, by_sms = consents_of(self.ids, seed=self.seed, demographics=numbers)
        places, step = gazetteer(locale), _STATED_TO[locale]
        stated = np.maximum((self.income + step // 2) // step, 1) * step
        columns = {
            "customer_id": pa.array(self.ids),
            "household_id": pa.array(self.household),
            "branch_id": pa.array(branch_of(self.ids)),
            "sex": _coded(self.female.astype(np.int8), SEXES),
            "full_name": full_names(names, locale),
            "last_name": names.last,
            "first_name": names.first,
            "middle_name": names.middle,
            "birth_date": pa.array(self.birth_date),
            "marital_status": _coded(self.marital, MARITAL),
            "children": pa.array(self.children.astype(np.int64)),
            "education": _coded(self.education, EDUCATIONS),
            "profession": _coded(self.profession, PROFESSION_CODES),
            "income_month": pa.array(stated.astype(np.float64)),
            "city": _coded(self.city, places.cities),
            "region": _coded(places.region_of[self.city], places.regions),
            "residence_type": _coded(self.residence, RESIDENCES),
            "email": emails(self.ids, names, (quarter(luck, 3) % 3).astype(np.int64), locale),
            "phone": phones(self.ids, seed=self.seed, locale=locale),
            "consent": pa.array(consent),
            "consent_email": pa.array(by_email),
            "consent_sms": pa.array(by_sms),
        }
        return pa.table(columns)


def _coded(codes: NDArray, words: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(words), safe=False)


def consents_of(ids: Integers, *, seed: int | str, demographics: Demographics) -> tuple[NDArray[np.bool_], ...]:
    """Who consents to being contacted, to e-mail, to text messages; the last two imply the first."""
    luck = Stream(seed, "consent").words(ids)
    consent, by_email, by_sms = (
        quarter(luck, place) < round(share * CELLS)
        for place, share in enumerate((demographics.consent, demographics.consent_email, demographics.consent_sms))
    )
    return consent, consent & by_email, consent & by_sms


def branch_of(ids: ArrayLike) -> NDArray[np.int64]:
    """The branch that serves a customer: 2,048 neighbouring numbers each, counted from 1.

    >>> branch_of([1, 2048, 2049])
    array([1, 1, 2])
    """
    return ((np.asarray(ids, dtype=np.int64) - 1) >> BRANCH_BITS) + 1


def people(ids: ArrayLike, *, seed: int | str, demographics: Demographics, on: np.datetime64) -> People:
    """Make the people behind some customer numbers.

    Parameters
    ----------
    ids : array of int
        Customer numbers from 1, in any order.
    seed : int or str
        The world's seed.
    demographics : Demographics
        The scenario's numbers.
    on : datetime64
        The day on which ages count.

    Returns
    -------
    People
        An element for every number; `People.table` makes the table.

    Raises
    ------
    ValueError
        If a customer number is below 1.

    Examples
    --------
    >>> numbers = (0.55, 19, 38, 70, 4200, 0.5, (0.4, 0.3, 0.2, 0.1), 0.2, 0.7, 0.8, 0.5, 0.6)
    >>> club, day = Demographics("en_US", *numbers), np.datetime64("2025-01-01")
    >>> alone = people([17], seed=7, demographics=club, on=day)
    >>> among = people(np.arange(1, 100), seed=7, demographics=club, on=day)
    >>> bool(alone.birth_date[0] == among.birth_date[16])
    True
    """
    ids = np.asarray(ids, dtype=np.int64)
    if ids.size and ids.min() < 1:
        raise ValueError("customer numbers start at 1")
    locale, plan = demographics.locale, _prepared(demographics)
    family = families(ids, seed=seed, plan=plan.family)
    days = np.floor(DAYS_A_YEAR * family.age).astype(np.int64)

    home = Stream(seed, "home").words(family.household)
    city = anywhere(quarter(home, 0), locale, demographics.residence)
    local = (home >> np.uint64(32)).astype(np.float64) * 2.0**-32 < demographics.local_share
    at_branch = np.flatnonzero(local)
    city[at_branch] = branch_city_codes(branch_of(ids[at_branch]), seed=seed, locale=locale)
    residence = gazetteer(locale).residence_of[city]

    living = livelihood(
        halves(Stream(seed, "livelihood"), ids, 2),
        female=family.female,
        years=family.age.astype(np.int16),
        residence=residence,
        locale=locale,
        shift=plan.income_shift,
    )
    income = demographics.income_median * np.exp(demographics.income_sigma * living.score)
    return People(
        ids=ids,
        female=family.female,
        age=days / DAYS_A_YEAR,
        birth_date=on.astype("datetime64[D]") - days,
        education=living.education,
        profession=living.profession,
        income=np.rint(income).astype(np.int64),
        children=family.children,
        marital=family.marital,
        residence=residence,
        city=city,
        household=family.household,
        age_score=np.rint(family.age_score * 1e6) / 1e6,
        income_score=np.rint(living.score * 1e6) / 1e6,
        siblings=family.siblings,
        seed=seed,
        demographics=demographics,
    )


@dataclass(frozen=True)
class _Prepared:
    family: FamilyPlan
    income_shift: tuple[float, float]


@cache
def _prepared(demographics: Demographics) -> _Prepared:
    """What is the same for all people of a scenario."""
    d = demographics
    age = AgeCurve(d.age_young, d.age_median, d.age_old)
    years = age(ndtri(_MIDDLES)).astype(np.int16)
    at_branch = np.bincount(gazetteer(d.locale).residence_of, branch_shares(d.locale), minlength=len(RESIDENCES))
    residence = (1 - d.local_share) * np.array(d.residence) + d.local_share * at_branch
    return _Prepared(
        family_plan(d.locale, age, d.female_share, d.household_share),
        income_shift(years, d.female_share, residence, d.locale),
    )
