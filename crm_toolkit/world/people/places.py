"""Where invented people live: real cities and towns with their regions, and villages that are nowhere.

The weights within a type of residence are rounded populations in thousands (assumption: census figures from
memory, good for an order of size and for nothing else). A village has no name of its own, it is called by its
region, so no real place of a few hundred people is meant. How many people live in each *type* of place is the
scenario's number (`Demographics.residence`), not this table's.

A customer lives in the city of the branch that serves them (`local_share`) or anywhere; a branch stands in a
metropolis or a city.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.streams import Floats, Stream
from crm_toolkit.world.people.luck import quantile_cells
from crm_toolkit.world.people.words import LOCALES

Codes = NDArray[np.int16]

RESIDENCES = ("metropolis", "city", "town", "village")

# type: "City, Region weight; …"; assumption: rounded thousands of people
_PLACES = {
    "en_US": {
        "metropolis": "New York, New York 8300; Los Angeles, California 3800; Chicago, Illinois 2700; "
        "Houston, Texas 2300; Phoenix, Arizona 1600; Philadelphia, Pennsylvania 1600; San Antonio, Texas 1500; "
        "San Diego, California 1400; Dallas, Texas 1300",
        "city": "Columbus, Ohio 910; Charlotte, North Carolina 900; Seattle, Washington 750; Denver, Colorado 710; "
        "Nashville, Tennessee 690; Boston, Massachusetts 650; Portland, Oregon 640; Milwaukee, Wisconsin 560; "
        "Omaha, Nebraska 480; Minneapolis, Minnesota 430; Boise, Idaho 240; Des Moines, Iowa 210",
        "town": "Santa Fe, New Mexico 89; Flagstaff, Arizona 77; Ames, Iowa 66; Corvallis, Oregon 60; "
        "Dubuque, Iowa 59; Bozeman, Montana 56; Burlington, Vermont 45; Ithaca, New York 32; Bangor, Maine 32; "
        "Oxford, Mississippi 26; Athens, Ohio 24; Traverse City, Michigan 16",
        "village": "Ohio 30; Texas 45; North Carolina 35; Georgia 27; Kentucky 18; Iowa 12; Kansas 8; Maine 8",
    },
    "ru_RU": {
        "metropolis": "Москва, Москва 13100; Санкт-Петербург, Санкт-Петербург 5600; "
        "Новосибирск, Новосибирская область 1630; Екатеринбург, Свердловская область 1540; "
        "Казань, Республика Татарстан 1310; Нижний Новгород, Нижегородская область 1200; "
        "Красноярск, Красноярский край 1200; Челябинск, Челябинская область 1180; Самара, Самарская область 1160; "
        "Ростов-на-Дону, Ростовская область 1140",
        "city": "Саратов, Саратовская область 890; Тюмень, Тюменская область 850; "
        "Ижевск, Удмуртская Республика 620; Барнаул, Алтайский край 620; Хабаровск, Хабаровский край 615; "
        "Иркутск, Иркутская область 610; Владивосток, Приморский край 600; Ярославль, Ярославская область 570; "
        "Томск, Томская область 550; Рязань, Рязанская область 520; Калининград, Калининградская область 490; "
        "Тула, Тульская область 470; Вологда, Вологодская область 310; Смоленск, Смоленская область 315",
        "town": "Кинешма, Ивановская область 75; Елабуга, Республика Татарстан 73; Выборг, Ленинградская область 70; "
        "Минусинск, Красноярский край 65; Кунгур, Пермский край 62; Ржев, Тверская область 57; "
        "Гусь-Хрустальный, Владимирская область 50; Тихвин, Ленинградская область 55; Углич, Ярославская область 30; "
        "Кириши, Ленинградская область 50; Суздаль, Владимирская область 9",
        "village": "Краснодарский край 26; Ростовская область 13; Республика Дагестан 17; Алтайский край 9; "
        "Тульская область 4; Рязанская область 3; Вологодская область 3; Омская область 5",
    },
}
_VILLAGE = {"en_US": "Rural {region}", "ru_RU": "Сельская местность, {region}"}


@dataclass(frozen=True)
class Gazetteer:
    """The places of one locale, a row each.

    Parameters
    ----------
    cities : tuple of str
        Names; unique.
    regions : tuple of str
        All regions, unique.
    region_of : array of int16
        The region of every city.
    residence_of : array of int8
        The type of every city, an index into `RESIDENCES`.
    weights : array of float64
        How many live there, within its type.
    """

    cities: tuple[str, ...]
    regions: tuple[str, ...]
    region_of: Codes
    residence_of: NDArray[np.int8]
    weights: Floats


@cache
def gazetteer(locale: str) -> Gazetteer:
    """The places of one locale.

    >>> places = gazetteer("en_US")
    >>> RESIDENCES[places.residence_of[places.cities.index("Ithaca")]]
    'town'
    """
    if locale not in LOCALES:
        raise ValueError(f"no places for the locale {locale!r}; there are: {', '.join(LOCALES)}")
    rows: list[tuple[str, str, int, float]] = []
    for kind, listed in _PLACES[locale].items():
        for entry in listed.split("; "):
            place, weight = entry.rsplit(" ", 1)
            name, _, region = place.partition(", ")
            if kind == "village":
                name, region = _VILLAGE[locale].format(region=place), place
            rows.append((name, region, RESIDENCES.index(kind), float(weight)))
    cities, region_names, kinds, weights = zip(*rows, strict=True)
    regions = tuple(dict.fromkeys(region_names))
    return Gazetteer(
        cities,
        regions,
        np.array([regions.index(one) for one in region_names], dtype=np.int16),
        np.array(kinds, dtype=np.int8),
        np.array(weights),
    )


@cache
def _cells(locale: str, residence: tuple[float, float, float, float]) -> Codes:
    """Which city each cell of luck means when the types of residence have these shares."""
    places = gazetteer(locale)
    within = places.weights / np.bincount(places.residence_of, places.weights)[places.residence_of]
    return quantile_cells(within * np.asarray(residence)[places.residence_of]).astype(np.int16)


def anywhere(luck: NDArray[np.uint16], locale: str, residence: tuple[float, float, float, float]) -> Codes:
    """The city that 16 bits of luck mean.

    >>> village = anywhere(np.arange(3, dtype=np.uint16), "en_US", (0, 0, 0, 1))
    >>> gazetteer("en_US").cities[village[0]]
    'Rural Ohio'
    """
    return _cells(locale, tuple(residence))[luck]


def branch_shares(locale: str) -> Floats:
    """The chance that a branch stands in each city: by population, metropolises and cities only.

    >>> bool(branch_shares("ru_RU").sum().round(9) == 1)
    True
    """
    places = gazetteer(locale)
    weights = np.where(places.residence_of <= 1, places.weights, 0.0)
    return weights / weights.sum()


def branch_city_codes(branches: ArrayLike, *, seed: int | str, locale: str) -> Codes:
    """The city of every branch, an index into `gazetteer`.

    >>> branch_city_codes([1, 1], seed=7, locale="en_US").shape
    (2,)
    """
    return Stream(seed, "branch city").choose(branch_shares(locale), branches).astype(np.int16)


def branch_cities(branches: ArrayLike, *, seed: int | str, locale: str) -> tuple[NDArray, NDArray]:
    """Where the branches stand.

    Parameters
    ----------
    branches : array of int
        Numbers of branches, from 1.
    seed : int or str
        The world's seed.
    locale : {"en_US", "ru_RU"}
        Country.

    Returns
    -------
    tuple of arrays of str
        City and region, one element a branch.

    Examples
    --------
    >>> cities, regions = branch_cities([1, 2, 3], seed=7, locale="en_US")
    >>> len(cities), len(regions)
    (3, 3)
    """
    places = gazetteer(locale)
    code = branch_city_codes(branches, seed=seed, locale=locale)
    return np.array(places.cities, dtype=object)[code], np.array(places.regions, dtype=object)[places.region_of[code]]
