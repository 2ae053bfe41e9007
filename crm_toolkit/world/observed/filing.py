"""Orders, contacts and everything else that happened, as departments filed it.

A department files under its own record of the customer: ``customer_id`` becomes ``sales_record_id`` in orders, their
lines and payments, debts, contracts, the loyalty programme and surveys, ``service_record_id`` in complaints, and
``marketing_record_id`` in campaigns' assignments and touches; it is empty where the department does not know the
customer. Contacts have two such columns: purchases and visits belong to sales, requests and complaints to service.
Service does not write down which order a complaint or a request is about, so that only the persons themselves
connect the lists. All numbers of orders, contacts and so on are new ones (`crm_toolkit.world.observed.record_keys`).

Orders and contacts (with their complaints) have ``entered_at``, the time of the entry: mostly minutes after the
event, sometimes days or weeks, so that who looks at an earlier day does not see them yet. Of a late order the
amount may stand as text in ``amount_text`` instead of ``amount``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.schema import WORLD_TABLES
from crm_toolkit.streams import Integers, Stream
from crm_toolkit.world.observed import slips
from crm_toolkit.world.observed.dirt import Dirt
from crm_toolkit.world.observed.record_keys import MOST_COPIES, record_ids, shuffled_key
from crm_toolkit.world.observed.sheet import Sheet
from crm_toolkit.world.observed.silos import SERVICE_KINDS, extra_records

FILED_AS = {
    "sales_customers": "sales_record_id",
    "service_customers": "service_record_id",
    "marketing_contacts": "marketing_record_id",
}
NEW_KEYS = ("order_id", "contact_id", "payment_id", "touch_id", "entry_id", "survey_id", "contract_id")
_OWNER = {"complaints": "service_customers", "assignments": "marketing_contacts", "touches": "marketing_contacts"}
_WHOLE_ACCOUNT = ("loyalty_ledger",)  # all entries stay with the first record, or balances would not add up
_ENTERED = {"orders": "ordered_at", "contacts": "opened_at", "complaints": "opened_at"}
_CODES = {"orders": "channel", "contacts": "channel", "payments": "method", "complaints": "failure"}

# assumptions
_LATER_COPY_SHARE = 0.5
_MINUTES_TO_ENTRY = 12.0
_DAYS_LATE, _MOST_DAYS_LATE = 10.0, 120.0
_IMPOSSIBLE_MINUTES = (-1.0, 9999.0)


@dataclass(frozen=True)
class Filing:
    """Whom each department knows, and which of a customer's records got each order and service contact (0: first)."""

    known: Mapping[str, Integers]
    orders: pd.Series
    contacts: pd.Series


def file_events(
    tables: Mapping[str, pd.DataFrame], known: Mapping[str, Integers], *, seed: int | str, duplicates: float
) -> Filing:
    """Spread orders and service contacts over the records of their customers; the earliest stays with the first."""
    contacts = tables["contacts"]
    served = contacts[contacts["kind"].isin(SERVICE_KINDS)]
    return Filing(
        known,
        _spread("sales_customers", tables["orders"], "order_id", "ordered_at", seed, duplicates),
        _spread("service_customers", served, "contact_id", "opened_at", seed, duplicates),
    )


def _spread(silo: str, events: pd.DataFrame, key: str, at: str, seed: int | str, duplicates: float) -> pd.Series:
    customer, ids = (events[name].to_numpy(dtype=np.int64) for name in ("customer_id", key))
    extra = extra_records(silo, customer, seed=seed, share=duplicates)
    copy = np.zeros(len(ids), dtype=np.int64)
    stream = Stream(seed, f"observe {silo} filing")
    for later in range(1, int(extra.max(initial=0)) + 1):
        copy[(extra >= later) & stream.happens(_LATER_COPY_SHARE, ids, k=later)] = later
    order = np.lexsort((ids, events[at].to_numpy(), customer))
    if len(order):
        copy[order[np.r_[True, np.diff(customer[order]) != 0]]] = 0
    return pd.Series(copy, index=ids)


def first_orders(orders: pd.DataFrame, filing: Filing) -> tuple[pd.Series, pd.Series]:
    """The first order of each customer, and of each of their records in the list of sales."""
    customer = orders["customer_id"].to_numpy(dtype=np.int64)
    at = orders["ordered_at"].reset_index(drop=True)
    return at.groupby(customer).min(), at.groupby([customer, filing.orders.to_numpy()]).min()


def event_sheet(
    name: str, clean: pd.DataFrame, filing: Filing, *, seed: int | str, dirt: Dirt, locale: str
) -> Sheet | None:
    """A table of events as it was filed, with its slips; None for a table that knows no customer."""
    if "customer_id" not in clean:
        return None
    filed = _filed(name, clean, filing, seed)
    key = next((column for column in (*_keys_of(name), *clean.columns) if column in NEW_KEYS), "")
    who = clean[key].to_numpy(dtype=np.int64) if key else np.arange(len(clean))
    if name in _ENTERED:
        minutes = 1 + Stream(seed, f"observe entry {key}").exponential(_MINUTES_TO_ENTRY, who)
        filed["entered_at"] = filed[_ENTERED[name]].to_numpy() + np.rint(minutes).astype("timedelta64[m]")
    if name == "orders":
        filed["amount_text"] = np.full(len(filed), "", dtype=object)
    order = _order(name, filed)
    filed = filed.take(order).reset_index(drop=True)
    sheet = Sheet(name, seed, filed, key or str(filed.columns[0]), who[order], np.zeros(len(who), dtype=np.int64))
    if name in _ENTERED:
        _enter_late(sheet, key, dirt, locale)
    _slip(sheet, dirt, locale)
    return sheet


def _keys_of(name: str) -> tuple[str, ...]:
    return WORLD_TABLES[name].key if name in WORLD_TABLES else ()


def _filed(name: str, clean: pd.DataFrame, filing: Filing, seed: int | str) -> pd.DataFrame:
    """The table with the departments' records in place of customers, and with new numbers."""
    columns: dict[str, Any] = {}
    service = clean["kind"].isin(SERVICE_KINDS).to_numpy() if name == "contacts" else np.zeros(len(clean), dtype=bool)
    for column in clean.columns:
        if column == "customer_id":
            columns |= _records(name, clean, filing, seed, service)
        elif column == "referrer_id" or (column == "order_id" and name == "complaints"):
            continue
        elif column in NEW_KEYS:
            columns[column] = _new_keys(clean[column], column, seed, service & (column == "order_id"))
        else:
            columns[column] = clean[column].reset_index(drop=True)
    return pd.DataFrame(columns)


def _new_keys(values: pd.Series, purpose: str, seed: int | str, hidden: NDArray[np.bool_]) -> Any:
    if values.dtype == np.int64 and not hidden.any():
        return shuffled_key(values.to_numpy(), seed=seed, purpose=purpose)
    missing = values.isna().to_numpy() | hidden
    keys = np.zeros(len(values), dtype=np.int64)
    keys[~missing] = shuffled_key(values[~missing].to_numpy(dtype=np.int64), seed=seed, purpose=purpose)
    return pd.arrays.IntegerArray(keys, missing)


def _records(
    name: str, clean: pd.DataFrame, filing: Filing, seed: int | str, service: NDArray[np.bool_]
) -> dict[str, Any]:
    """The columns that stand in place of ``customer_id``."""
    customer = clean["customer_id"].to_numpy(dtype=np.int64)
    if name == "contacts":
        parts = {"sales_customers": ~service, "service_customers": service}
    else:
        parts = {_OWNER.get(name, "sales_customers"): np.ones(len(clean), dtype=bool)}
    made = {}
    for silo, rows in parts.items():
        rows = rows & np.isin(customer, filing.known[silo])
        key, copies = ("contact_id", filing.contacts) if silo == "service_customers" else ("order_id", filing.orders)
        copy = np.zeros(len(clean), dtype=np.int64)
        if key in clean and silo != "marketing_contacts" and name not in _WHOLE_ACCOUNT:
            copy = copies.reindex(clean[key]).fillna(0).to_numpy(dtype=np.int64)
        made[FILED_AS[silo]] = _record_column(silo, customer, copy, rows, seed)
    return made


def _record_column(silo: str, customer: Integers, copy: Integers, rows: NDArray[np.bool_], seed: int | str) -> Any:
    """Record ids in these rows, missing values in the others; every id is made once."""
    codes, whole = pd.factorize(customer[rows] * MOST_COPIES + copy[rows])
    ids = record_ids(silo, whole // MOST_COPIES, whole % MOST_COPIES, seed=seed)
    every = np.full(len(rows), -1, dtype=np.int64)
    every[rows] = codes
    return pd.Series(ids, dtype=None if len(ids) else object).array.take(every, allow_fill=True)


def _order(name: str, filed: pd.DataFrame) -> Integers:
    """Rows by time, then by the new keys: the order of the clean rows would betray who is who."""
    times = [str(column) for column in filed.select_dtypes("datetime").columns]
    wanted = dict.fromkeys([*times[:1], *_keys_of(name), *NEW_KEYS, *FILED_AS.values()])
    by = [column for column in wanted if column in filed]
    by = [column for column in by if column not in FILED_AS.values()] or by
    ranks = [
        values.to_numpy() if values.dtype.kind in "iM" else values.rank().to_numpy() for _, values in filed[by].items()
    ]
    return np.lexsort(ranks[::-1])


def _enter_late(sheet: Sheet, key: str, dirt: Dirt, locale: str) -> None:
    """Entries that come late; a complaint is entered together with its contact."""
    stream = Stream(sheet.seed, f"observe entry {key} late")
    rows = np.flatnonzero(stream.happens(dirt.late_entry, sheet.who))
    days = np.minimum(1 + stream.exponential(_DAYS_LATE, sheet.who[rows], k=1), _MOST_DAYS_LATE)
    late = sheet.clean("entered_at")[rows] + np.rint(days * 24 * 60).astype("timedelta64[m]")
    sheet.put("entered_at", "late_entry", rows, late)
    if sheet.name == "orders":
        amounts = sheet.clean("amount")
        rows = rows[stream.happens(dirt.text_amounts, sheet.who[rows], k=2) & ~np.isnan(amounts[rows])]
        typed = np.array([_as_text(amount, locale) for amount in amounts[rows].tolist()], dtype=object)
        sheet.put("amount_text", "text_amounts", rows, typed)
        sheet.put("amount", "text_amounts", rows, np.nan)


def _as_text(amount: float, locale: str) -> str:
    """An amount as people type it.

    >>> _as_text(1234.5, "ru_RU"), _as_text(1234.5, "en_US")
    ('1 234,50', '$1,234.50')
    """
    text = f"{amount:,.2f}"
    return text.replace(",", " ").replace(".", ",") if locale == "ru_RU" else f"${text}"


def _slip(sheet: Sheet, dirt: Dirt, locale: str) -> None:
    if sheet.name in _CODES and _CODES[sheet.name] in sheet.twin:
        code = _CODES[sheet.name]
        sheet.write(code, "letter_case", dirt.letter_case, slips.LETTER_CASE)
        sheet.write(code, "stray_blanks", dirt.stray_blanks, slips.BLANK)
        sheet.leave_empty((code,), dirt.missing, slips.MISSING_WORDS[locale])
    if sheet.name == "contacts":
        minutes = sheet.clean("handle_minutes")
        rows = sheet.struck("handle_minutes", "wrong_values", dirt.wrong_values)
        rows = rows[~np.isnan(minutes[rows])]
        wrong = sheet.luck("handle_minutes", "wrong_values").choose([1, 1], sheet.who[rows], k=1)
        sheet.put("handle_minutes", "wrong_values", rows, np.array(_IMPOSSIBLE_MINUTES)[wrong])
        rows = sheet.struck("handle_minutes", "missing", dirt.missing)
        sheet.put("handle_minutes", "missing", rows[~np.isnan(minutes[rows])], np.nan)
