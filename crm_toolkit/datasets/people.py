"""Invented people for invented customers: name, sex, telephone, e-mail, birth date, consent.

Names are those of `crm_toolkit.world.people.names`; which person stands behind a customer is drawn by the course's own
streams. Telephones lie in a range that is kept
for fiction, e-mail addresses in a domain that is kept for examples (RFC 2606).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import CUSTOMERS
from crm_toolkit.streams import Stream
from crm_toolkit.texts import join_names, language, say
from crm_toolkit.world.people.names import full_names, person_names

LOCALES = {"en": "en_US", "ru": "ru_RU"}
# 555-0100 … 555-0199 is kept for fiction in North America; 900 000-00-00 … is our own choice of an unused block
_PHONES = {"en_US": "+1 212 555 01{:02d}", "ru_RU": "+7 900 000 00 {:02d}"}
_CONSENT_SHARE = 0.7  # assumption
_YOUNGEST, _OLDEST = 16, 75  # assumption


def make_customers(customers: int = 1000, *, seed: int = 1, locale: str | None = None) -> pd.DataFrame:
    """Generate the list of customers that goes with `make_purchases` of the same size and seed.

    Parameters
    ----------
    customers : int
        How many. Customer 17 is the same person whatever this number is.
    seed : int
        Seed.
    locale : {"en_US", "ru_RU"}, optional
        Whose names; by default those of the reader's language.

    Returns
    -------
    DataFrame
        `schema.CUSTOMERS`: ``customer_id``, ``full_name`` (Russian: surname, name and patronymic, in agreement),
        ``phone``, ``email``, ``birth_date``, ``consent``.

    Raises
    ------
    InputError
        If the locale is not available.

    Examples
    --------
    >>> people = make_customers(3, seed=7, locale="ru_RU")
    >>> people["customer_id"].tolist()
    ['C00001', 'C00002', 'C00003']
    >>> people["email"].str.endswith("@example.com").all()
    np.True_
    """
    chosen = LOCALES[str(language())] if locale is None else locale
    if chosen not in _PHONES:
        raise InputError(
            say("There are no names for the locale “{name}”.", name=chosen),
            [Problem("unknown_locale", say("Available: {names}.", names=join_names(_PHONES)))],
        )
    number = np.arange(1, customers + 1)
    female = Stream(seed, "sex").happens(0.5, number)
    age_days = 365.25 * (_YOUNGEST + (_OLDEST - _YOUNGEST) * Stream(seed, "age").uniform(number))
    born = np.datetime64("2025-01-01") - np.floor(age_days).astype("timedelta64[D]")
    names = person_names(number, seed=seed, purpose="customer", locale=chosen, female=female)
    phone = np.floor(100 * Stream(seed, "phone").uniform(number)).astype(int)
    table = pd.DataFrame(
        {
            "customer_id": pd.Series(number).astype(str).str.zfill(5).radd("C"),
            "full_name": full_names(names, chosen).to_pylist(),
            "phone": [_PHONES[chosen].format(line) for line in phone],
            "email": [f"customer{one}@example.com" for one in number],
            "birth_date": born.astype("datetime64[s]"),
            "consent": Stream(seed, "consent").happens(_CONSENT_SHARE, number),
        }
    )
    return table[list(CUSTOMERS.column_names)]
