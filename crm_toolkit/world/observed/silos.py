"""Three departments, three lists of customers: who meets whom, written down three times without a common key.

============================= ========================================= =====================================
``sales_customers``           ``service_customers``                     ``marketing_contacts``
============================= ========================================= =====================================
everybody with an order       everybody who asked or complained         everybody who agreed to e-mails
``record_id`` S-7K3M9Q        ``record_id`` 1734512098                  ``record_id`` mc7k3m9q
``client``, one field         ``given_name, patronymic, surname``       ``name``, the given name
``phone, email, city``        ``tel`` in national format                ``mail, town``
``first_order``, branch       ``born``, ``sex``                         a questionnaire, consents, ``source``
============================= ========================================= =====================================

All fields are text but ``branch_id`` and the consents, as in a list that people keep by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.streams import Integers, Stream
from crm_toolkit.world.observed import slips
from crm_toolkit.world.observed.record_keys import record_ids

SILOS = ("sales_customers", "service_customers", "marketing_contacts")
SERVICE_KINDS = ("service_request", "information_request", "complaint")
NEEDED = (
    *("customer_id", "branch_id", "sex", "last_name", "first_name", "middle_name", "birth_date", "marital_status"),
    *("children", "education", "profession", "income_month", "city", "residence_type", "email", "phone", "consent"),
    *("consent_email", "consent_sms", "acquired_at", "acquisition_channel"),
)

_MOST_EXTRA = 2

_HOUSE_PHONE = {"en_US": "({1}) {2}-{4}", "ru_RU": "8 ({1}) {2}-{3}-{5}"}
_HOUSE_DATE = {"en_US": "%m/%d/%Y", "ru_RU": "%d.%m.%Y"}

Texts = NDArray[np.object_]


@dataclass(frozen=True)
class Roster:
    """The records of one list: whose each is (row of ``customers`` and key), which copy, under what record id."""

    silo: str
    row: Integers
    customer: Integers
    copy: Integers
    record_id: Texts


def extra_records(silo: str, customer: Integers, *, seed: int | str, share: float) -> Integers:
    """How many records too many the list has of a customer: 0, 1 or 2."""
    stream, extra = Stream(seed, f"observe {silo} duplicates"), np.zeros(len(customer), dtype=np.int64)
    for copy in range(1, _MOST_EXTRA + 1):
        extra += (extra == copy - 1) & stream.happens(share, customer, copy)
    return extra


def members(tables: Mapping[str, pd.DataFrame]) -> dict[str, Integers]:
    """The keys of the customers whom each department knows."""
    customers, contacts = tables["customers"], tables["contacts"]
    served = contacts.loc[contacts["kind"].isin(SERVICE_KINDS), "customer_id"]
    known = {
        "sales_customers": customers["customer_id"].isin(tables["orders"]["customer_id"]),
        "service_customers": customers["customer_id"].isin(served),
        "marketing_contacts": customers["consent_email"].fillna(False).astype(bool),
    }
    return {silo: customers.loc[here, "customer_id"].to_numpy(dtype=np.int64) for silo, here in known.items()}


def roster(silo: str, customers: pd.DataFrame, known: Integers, *, seed: int | str, duplicates: float) -> Roster:
    """The records of one list, in the order of their ids."""
    everybody = customers["customer_id"].to_numpy(dtype=np.int64)
    row = np.flatnonzero(np.isin(everybody, known))
    records = 1 + extra_records(silo, everybody[row], seed=seed, share=duplicates)
    copy = np.arange(records.sum()) - np.repeat(np.cumsum(records) - records, records)
    row = np.repeat(row, records)
    ids = record_ids(silo, everybody[row], copy, seed=seed)
    order = np.argsort(ids)
    return Roster(silo, row[order], everybody[row[order]], copy[order], ids[order])


def clean_list(
    list_of: Roster, people: pd.DataFrame, *, locale: str, first_orders: tuple[pd.Series, pd.Series]
) -> tuple[pd.DataFrame, Texts | None]:
    """One department's list without a slip, and, for sales, each record's own first order.

    ``people`` has the customer of every record; ``first_orders`` are the first order of each customer, and of each
    record by (customer, copy).
    """
    twin = pd.DataFrame({"record_id": list_of.record_id} | _CLEAN[list_of.silo](people, locale))
    if list_of.silo != "sales_customers":
        return twin, None
    own = first_orders[1].reindex(pd.MultiIndex.from_arrays([list_of.customer, list_of.copy]))
    twin["first_order"] = _days(first_orders[0].reindex(list_of.customer), _HOUSE_DATE[locale])
    return twin, _days(own, _HOUSE_DATE[locale])


def texts_of(values: pd.Series) -> Texts:
    """Values as text, empty where they are missing."""
    texts = values.to_numpy(dtype=object)
    return np.where(pd.isna(texts), "", texts)


def _numbers(values: pd.Series) -> Texts:
    return np.array(["" if pd.isna(one) else f"{one:.2f}".removesuffix(".00") for one in values.tolist()], dtype=object)


def _days(values: pd.Series, pattern: str) -> Texts:
    return texts_of(pd.to_datetime(values).dt.strftime(pattern))


def full_names(surname: Texts, given: Texts, patronymic: Texts, locale: str) -> Texts:
    """Names as one text, in the order of the country; middle names are written where there are any."""
    parts = (surname, given, patronymic) if locale == "ru_RU" else (given, patronymic, surname)
    return np.array([" ".join(part for part in name if part) for name in zip(*parts, strict=True)], dtype=object)


def name_parts(people: pd.DataFrame) -> tuple[Texts, Texts, Texts]:
    """Surname, given name and patronymic."""
    return texts_of(people["last_name"]), texts_of(people["first_name"]), texts_of(people["middle_name"])


def _sales(people: pd.DataFrame, locale: str) -> dict[str, object]:
    return {
        "client": full_names(*name_parts(people), locale),
        "phone": texts_of(people["phone"]),
        "email": texts_of(people["email"]),
        "city": texts_of(people["city"]),
        "branch_id": people["branch_id"].to_numpy(),
    }


def _service(people: pd.DataFrame, locale: str) -> dict[str, object]:
    surname, given, patronymic = name_parts(people)
    return {
        "given_name": given,
        "patronymic": patronymic,
        "surname": surname,
        "tel": np.array([slips.format_phone(one, _HOUSE_PHONE[locale]) for one in texts_of(people["phone"])], object),
        "born": _days(people["birth_date"], "%Y-%m-%d"),
        "sex": texts_of(people["sex"]),
    }


def _marketing(people: pd.DataFrame, locale: str) -> dict[str, object]:
    born, joined = pd.to_datetime(people["birth_date"]).dt, pd.to_datetime(people["acquired_at"]).dt
    before_birthday = joined.month * 100 + joined.day < born.month * 100 + born.day
    plain = {"town": "city", "marital_status": "marital_status", "education": "education", "profession": "profession",
             "residence_type": "residence_type", "source": "acquisition_channel"}  # fmt: skip
    return {
        "mail": texts_of(people["email"]),
        "name": texts_of(people["first_name"]),
        "age": _numbers(joined.year - born.year - before_birthday),
        "children": _numbers(people["children"]),
        "income": _numbers(people["income_month"]),
        **{own: texts_of(people[column]) for own, column in plain.items()},
        **{flag: people[flag].to_numpy(dtype=bool) for flag in ("consent", "consent_email", "consent_sms")},
    }


_CLEAN = {"sales_customers": _sales, "service_customers": _service, "marketing_contacts": _marketing}
