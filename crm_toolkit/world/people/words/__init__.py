"""Names of people, kept with a version: the same names whatever else is installed.

The lists come from the package Faker (MIT licence), written by ``python -m crm_toolkit.world.people.words.harvest``
into one file a locale, with Faker's version, its licence and a digest. Faker itself isn't needed to read them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LOCALES = ("en_US", "ru_RU")


@dataclass(frozen=True)
class Words:
    """The name lists of one locale; every list maps a name to its weight.

    Parameters
    ----------
    locale : str
        ``"en_US"`` or ``"ru_RU"``.
    version : str
        The Faker whose lists these are.
    licence : str
        Under which they come, and whose they are.
    digest : str
        SHA-256 of the lists: another digest means other names.
    lists : dict
        ``last_names_female``, ``last_names_male``, ``first_names_female``, ``first_names_male``,
        ``middle_names_female`` (empty where there are no patronymics), in Faker's order.
    """

    locale: str
    version: str
    licence: str
    digest: str
    lists: dict[str, dict[str, float]]


@cache
def load_words(locale: str) -> Words:
    """The kept lists of one locale.

    Parameters
    ----------
    locale : {"en_US", "ru_RU"}
        Whose names.

    Returns
    -------
    Words
        Lists with weights, and where they come from.

    Raises
    ------
    ValueError
        If there is no such list.

    Examples
    --------
    >>> load_words("ru_RU").lists["last_names_female"]["Борисова"]
    1.0
    """
    if locale not in LOCALES:
        raise ValueError(f"no names for the locale {locale!r}; there are: {', '.join(LOCALES)}")
    kept = json.loads(files(__package__).joinpath(f"{locale}.json").read_text(encoding="utf-8"))
    return Words(locale, kept["faker_version"], kept["licence"], kept["digest"], kept["lists"])


def digest_of(lists: dict[str, dict[str, float]]) -> str:
    """SHA-256 of the lists with their order and weights.

    >>> digest_of({"first_names_male": {"Adam": 1.0}})[:8]
    '93494c51'
    """
    return hashlib.sha256(json.dumps(lists, ensure_ascii=False).encode("utf-8")).hexdigest()
