"""What invented people have learned, do for a living, and earn: one Gaussian copula.

Three standard normal numbers of a person – education e, income i, profession p – depend on each other through what
income has beyond education, the standard normal number j:

    i = ρ e + sqrt(1 − ρ²) j,    p = r j + sqrt(1 − r²) own,    ρ = EDUCATION_AND_INCOME,  r = PROFESSION_AND_INCOME.

Each is then read through its own distribution. Education: shares of four levels, cut off by age (nobody has a
master's degree at 19). Profession: the weights of `PROFESSIONS` within a level and a sex, in order of pay, so
better paid people have better paid professions. Income: log income has the scenario's median and standard
deviation; students and pensioners earn less, big places pay more. The score is standardised over all of that.

All numbers here are assumptions: shares, weights and pay say who is usually better paid than whom in both
countries, and are not estimates of a labour market. Sex has no influence on income beyond the profession.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from crm_toolkit.streams import Floats
from crm_toolkit.world.people.luck import normal

EDUCATIONS = ("school", "vocational", "bachelor", "master")
EDUCATION_AND_INCOME = 0.55  # assumption
PROFESSION_AND_INCOME = 0.6  # assumption
_EDUCATION_SHARES = {"en_US": (0.37, 0.25, 0.24, 0.14), "ru_RU": (0.27, 0.42, 0.12, 0.19)}  # assumption
_YOUNGEST = (20, 22, 24)  # assumption: nobody is a skilled worker, bachelor, master below this age
OLDEST = 120
_STUDENTS = ([16, 17, 18, 20, 22, 24, 27, 32], [1, 0.95, 0.75, 0.6, 0.45, 0.2, 0.05, 0])  # assumption: age, share
_PENSIONERS = {  # assumption: age of men, share
    "en_US": ([58, 62, 65, 67, 70, 80], [0, 0.15, 0.45, 0.65, 0.8, 0.98]),
    "ru_RU": ([56, 60, 62, 65, 70, 80], [0, 0.2, 0.55, 0.75, 0.9, 0.99]),
}
_WOMEN_RETIRE_EARLIER = {"en_US": 0, "ru_RU": 5}  # years; assumption after the law
_STUDENT_SHIFT, _PENSIONER_SHIFT = -1.0, -0.6  # assumption: standard deviations of log income
_RESIDENCE_SHIFT = np.array([0.25, 0.0, -0.15, -0.35])  # assumption: metropolis, city, town, village
_CELLS, _REACH = 4096, 4.0  # the table of professions has 4,096 cells from -4 to 4 standard deviations


class Profession(NamedTuple):
    """A profession: its code, the education it asks for, relative pay, and its weights among women and men."""

    code: str
    education: str
    pay: float
    women: float
    men: float


PROFESSIONS = tuple(
    Profession(code, education, *numbers)
    for education, rows in {
        "school": {
            "unemployed": (0.25, 1.5, 1.5),
            "homemaker": (0.3, 3, 0.2),
            "cleaner": (0.5, 3, 0.6),
            "farm_worker": (0.6, 1, 2),
            "waiter": (0.6, 2, 1),
            "shop_assistant": (0.65, 5, 2),
            "security_guard": (0.7, 0.5, 3),
            "courier": (0.75, 0.5, 2),
            "factory_worker": (0.85, 2, 4),
        },
        "vocational": {
            "hairdresser": (0.7, 2.5, 0.3),
            "cook": (0.7, 2.5, 1),
            "secretary": (0.75, 2.5, 0.2),
            "nurse": (0.85, 4, 0.4),
            "bookkeeper": (0.9, 3, 0.3),
            "driver": (0.95, 0.3, 5),
            "builder": (1.0, 0.2, 3),
            "technician": (1.0, 0.7, 2),
            "electrician": (1.05, 0.1, 3),
            "police_officer": (1.1, 0.5, 1.5),
        },
        "bachelor": {
            "social_worker": (0.75, 1.5, 0.3),
            "teacher": (0.9, 4, 1),
            "journalist": (1.0, 0.6, 0.5),
            "designer": (1.1, 1.5, 1),
            "accountant": (1.15, 3, 1),
            "marketing_specialist": (1.2, 1.5, 0.8),
            "sales_manager": (1.3, 2, 3),
            "engineer": (1.35, 1, 3),
            "entrepreneur": (1.7, 0.8, 1.6),
            "programmer": (2.0, 0.8, 3),
        },
        "master": {
            "university_lecturer": (1.0, 1.2, 1),
            "psychologist": (1.05, 1.2, 0.3),
            "scientist": (1.2, 1, 1.2),
            "architect": (1.3, 0.6, 0.6),
            "doctor": (1.6, 2, 1.5),
            "financial_analyst": (1.7, 1, 1.2),
            "lawyer": (1.8, 1.5, 1.3),
            "executive": (2.6, 0.7, 1.6),
        },
    }.items()
    for code, numbers in rows.items()
)
STUDENT, PENSIONER = len(PROFESSIONS), len(PROFESSIONS) + 1
PROFESSION_CODES = (*(one.code for one in PROFESSIONS), "student", "pensioner")


def by_year(points: tuple[Sequence[float], Sequence[float]]) -> Floats:
    """A broken line over age as a table with one value a full year.

    >>> by_year(([20, 22], [0, 1]))[19:24]
    array([0. , 0. , 0.5, 1. , 1. ])
    """
    return np.interp(np.arange(OLDEST + 1), *points)


@dataclass(frozen=True)
class Livelihood:
    """Codes of education and profession, and the standardised score of log income."""

    education: NDArray[np.int8]
    profession: NDArray[np.int16]
    score: Floats


@cache
def status_by_year(locale: str) -> Floats:
    """Shares of students and pensioners by full years of age: [sex (0 men, 1 women), status, years].

    >>> bool(status_by_year("ru_RU")[1, 1, 58] > status_by_year("ru_RU")[0, 1, 58])
    True
    """
    ages, shares = _PENSIONERS[locale]
    earlier = [age - _WOMEN_RETIRE_EARLIER[locale] for age in ages]
    students = by_year(_STUDENTS)
    return np.array([[students, by_year((ages, shares))], [students, by_year((earlier, shares))]])


@cache
def _profession_cells() -> NDArray[np.int16]:
    """The profession by sex, education and cell of luck, paid better from cell to cell."""
    luck = ndtr(((np.arange(_CELLS) + 0.5) / _CELLS * 2 - 1) * _REACH)
    cells = np.empty((2, len(EDUCATIONS), _CELLS), dtype=np.int16)
    for level, name in enumerate(EDUCATIONS):
        codes = sorted(
            (code for code, one in enumerate(PROFESSIONS) if one.education == name), key=lambda c: PROFESSIONS[c].pay
        )
        for sex in range(2):
            weights = [PROFESSIONS[code].women if sex else PROFESSIONS[code].men for code in codes]
            cells[sex, level] = np.array(codes)[
                np.searchsorted(np.cumsum(weights) / np.sum(weights), luck, side="right")
            ]
    return cells


def livelihood(
    luck: Floats,
    *,
    female: NDArray[np.bool_],
    years: NDArray[np.int16],
    residence: NDArray[np.int8],
    locale: str,
    shift: tuple[float, float],
) -> Livelihood:
    """Read education, profession and the income score out of four uniform numbers a person.

    Parameters
    ----------
    luck : array, 4 rows
        Uniform numbers: education, income beyond it, profession, status (student or pensioner).
    female : array of bool
        Sex.
    years : array of int
        Full years of age.
    residence : array of int
        Code of the type of residence.
    locale : str
        Country.
    shift : tuple of float
        Mean and standard deviation of the income score before it is standardised, from `income_shift`.

    Returns
    -------
    Livelihood
        Codes and score, an element a person.

    Examples
    --------
    >>> one = livelihood(
    ...     np.full((4, 1), 0.5),
    ...     female=np.array([True]),
    ...     years=np.array([40]),
    ...     residence=np.array([1]),
    ...     locale="en_US",
    ...     shift=(0.0, 1.0),
    ... )
    >>> PROFESSION_CODES[one.profession[0]]
    'nurse'
    """
    schooling, beyond, trade = normal(luck[0]), normal(luck[1]), normal(luck[2])
    income = EDUCATION_AND_INCOME * schooling + np.sqrt(1 - EDUCATION_AND_INCOME**2) * beyond
    education = np.zeros(len(income), dtype=np.int8)
    for level, bound in enumerate(ndtri(np.cumsum(_EDUCATION_SHARES[locale][:-1]))):
        education += (schooling > bound) & (years >= _YOUNGEST[level])
    sex = female.astype(np.int32)
    status = status_by_year(locale).ravel()
    place = sex * (2 * (OLDEST + 1)) + years
    student = luck[3] < status[place]
    pensioner = luck[3] < status[place + (OLDEST + 1)]
    rank = PROFESSION_AND_INCOME * beyond + np.sqrt(1 - PROFESSION_AND_INCOME**2) * trade
    cell = np.clip((rank + _REACH) * (_CELLS / (2 * _REACH)), 0, _CELLS - 1).astype(np.int32)
    cell += (sex * len(EDUCATIONS) + education) * _CELLS
    profession = _profession_cells().ravel()[cell]
    profession[student] = STUDENT
    profession[pensioner] = PENSIONER
    mean, sd = shift
    score = income + _STUDENT_SHIFT * student + _PENSIONER_SHIFT * pensioner + _RESIDENCE_SHIFT[residence]
    return Livelihood(education, profession, (score - mean) / sd)


def income_shift(years: NDArray[np.int16], female_share: float, residence: Floats, locale: str) -> tuple[float, float]:
    """Mean and standard deviation of the income score before standardising.

    Parameters
    ----------
    years : array of int
        Full years of age of equally likely people.
    female_share : float
        Share of women.
    residence : array, 4 values
        Shares of the types of residence.
    locale : str
        Country.

    Examples
    --------
    >>> mean, sd = income_shift(np.array([40]), 0.5, np.array([0, 1, 0, 0]), "en_US")
    >>> mean, sd
    (0.0, 1.0)
    """
    men, women = status_by_year(locale)
    share = ((1 - female_share) * men + female_share * women)[:, years].mean(axis=1)
    status = np.array([_STUDENT_SHIFT, _PENSIONER_SHIFT])
    mean_status, mean_place = float(share @ status), float(residence @ _RESIDENCE_SHIFT)
    variance = 1 + share @ status**2 - mean_status**2 + residence @ _RESIDENCE_SHIFT**2 - mean_place**2
    return mean_status + mean_place, float(np.sqrt(variance))
