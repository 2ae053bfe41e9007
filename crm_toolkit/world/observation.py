"""What an organisation knows: the clean tables of a world through the hands of three departments.

Departments that act apart keep lists of their own. The last layer over a simulated world makes three lists of
customers out of one (`observed.silos`), files orders and contacts under them (`observed.filing`) and plants slips
(`observed.dirt`). The clean tables, the true match of every record and a note of every slip stay in reach, so that
cleaning and matching have a known answer.

Everything is a function of the seed and the key of the row: a customer has the same slips whatever other customers
there are, and a higher level of dirt only adds to a lower one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import WORLD_TABLES, require_columns
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import join_names, say
from crm_toolkit.world.observed.dirt import Dirt
from crm_toolkit.world.observed.filing import event_sheet, file_events, first_orders
from crm_toolkit.world.observed.sheet import Sheet, changes_of
from crm_toolkit.world.observed.silo_slips import fill_sheet
from crm_toolkit.world.observed.silos import NEEDED, SILOS, Roster, members, roster

LOCALES = ("en_US", "ru_RU")
_NEEDED = {
    "customers": NEEDED,
    "orders": ("order_id", "customer_id", "ordered_at", "channel", "amount"),
    "contacts": ("contact_id", "customer_id", "opened_at", "kind", "channel", "handle_minutes"),
}


@dataclass(frozen=True, repr=False)
class Observed:
    """An organisation's records, and what they ought to be.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The analyst's view: `silos.SILOS` in place of ``customers``, the other tables as they were filed.
    clean : dict of str to DataFrame
        The clean tables that came in.
    twins : dict of str to DataFrame
        The view without a slip: the same rows, records and columns as ``tables``.
    matches : DataFrame
        ``silo, record_id, customer_id, is_duplicate``: who each record is; a duplicate is a second or third record
        of a customer in one list.
    changes : DataFrame
        ``table, key, column, kind, clean, observed``: one row for each slip; ``key`` is the record id or the new
        number as text, ``clean`` the value in ``twins``, ``observed`` that in ``tables``. Two slips in one cell are
        two rows with the same values.
    """

    tables: dict[str, pd.DataFrame]
    clean: dict[str, pd.DataFrame]
    twins: dict[str, pd.DataFrame]
    matches: pd.DataFrame
    changes: pd.DataFrame

    def __repr__(self) -> str:
        return f"Observed({', '.join(self.tables)}; {len(self.matches)} records, {len(self.changes)} slips)"


@with_kinds_told
def observe(
    tables: Mapping[str, pd.DataFrame], *, seed: int | str, dirt: Dirt | str = "normal", locale: str = "en_US"
) -> Observed:
    """Turn the clean tables of a world into what its departments have written down.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        `schema.WORLD_TABLES` by name, at least ``customers``, ``orders`` and ``contacts``; left untouched.
    seed : int or str
        Seed of the slips.
    dirt : Dirt or {"none", "easy", "normal", "hard"}
        How many slips. At "none" every list is complete and right, with one record a customer.
    locale : {"en_US", "ru_RU"}
        Habits of writing: keyboards, telephones, dates, short names.

    Returns
    -------
    Observed

    Raises
    ------
    InputError
        If a table, a column or a locale is missing, a key is used twice or too large (customers up to
        ``2**28 - 1``), or there is no such level.

    Examples
    --------
    >>> customers = pd.DataFrame(
    ...     {
    ...         "customer_id": [17],
    ...         "branch_id": [1],
    ...         "sex": ["female"],
    ...         "last_name": ["Smith"],
    ...         "first_name": ["Ann"],
    ...         "middle_name": [None],
    ...         "birth_date": pd.to_datetime(["1980-05-01"]),
    ...         "marital_status": ["single"],
    ...         "children": [0],
    ...         "education": ["higher"],
    ...         "profession": ["nurse"],
    ...         "income_month": [4000.0],
    ...         "city": ["Salem"],
    ...         "residence_type": ["town"],
    ...         "email": ["ann.smith17@example.com"],
    ...         "phone": ["+1 394 555 0123"],
    ...         "consent": [True],
    ...         "consent_email": [True],
    ...         "consent_sms": [False],
    ...         "acquired_at": pd.to_datetime(["2025-03-01 10:00"]),
    ...         "acquisition_channel": ["search"],
    ...     }
    ... )
    >>> orders = pd.DataFrame(
    ...     {
    ...         "order_id": [1700001],
    ...         "customer_id": [17],
    ...         "ordered_at": pd.to_datetime(["2025-03-01 10:00"]),
    ...         "channel": ["web"],
    ...         "amount": [50.0],
    ...     }
    ... )
    >>> contacts = pd.DataFrame(
    ...     {
    ...         "contact_id": [1700001],
    ...         "customer_id": [17],
    ...         "opened_at": pd.to_datetime(["2025-03-02 12:00"]),
    ...         "kind": ["complaint"],
    ...         "channel": ["phone"],
    ...         "handle_minutes": [5.0],
    ...     }
    ... )
    >>> seen = observe({"customers": customers, "orders": orders, "contacts": contacts}, seed=7, dirt="none")
    >>> seen
    Observed(sales_customers, service_customers, marketing_contacts, orders, contacts; 3 records, 0 slips)
    >>> seen.tables["sales_customers"].loc[0, ["client", "phone", "first_order"]].tolist()
    ['Ann Smith', '+1 394 555 0123', '03/01/2025']
    >>> seen.tables["service_customers"].loc[0, ["surname", "tel", "born"]].tolist()
    ['Smith', '(394) 555-0123', '1980-05-01']
    """
    _refuse_unfit(tables, locale)
    level = Dirt.level(dirt) if isinstance(dirt, str) else dirt
    known = members(tables)
    filing = file_events(tables, known, seed=seed, duplicates=level.duplicates)
    firsts = first_orders(tables["orders"], filing)
    rosters: list[Roster] = []
    sheets: dict[str, Sheet] = {}
    for silo in SILOS:
        rosters.append(roster(silo, tables["customers"], known[silo], seed=seed, duplicates=level.duplicates))
        sheets[silo] = fill_sheet(
            rosters[-1], tables["customers"], seed=seed, dirt=level, locale=locale, first_orders=firsts
        )
    twins = {silo: sheet.twin for silo, sheet in sheets.items()}
    for name, clean in tables.items():
        if name == "customers":
            continue
        sheet = event_sheet(name, clean, filing, seed=seed, dirt=level, locale=locale)
        if sheet is not None:
            sheets[name] = sheet
        twins[name] = clean.copy() if sheet is None else sheet.twin
    return Observed(
        tables={name: sheets[name].observed() if name in sheets else twin.copy() for name, twin in twins.items()},
        clean=dict(tables),
        twins=twins,
        matches=_matches(rosters),
        changes=changes_of(sheets.values()),
    )


observe_world = observe  # under this name in the room's face, where `observe` is this module


def _matches(rosters: list[Roster]) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {"silo": one.silo, "record_id": one.record_id, "customer_id": one.customer, "is_duplicate": one.copy > 0}
        )
        for one in rosters
    ]
    return pd.concat(parts, ignore_index=True)


def _refuse_unfit(tables: Mapping[str, pd.DataFrame], locale: str) -> None:
    problems = []
    if locale not in LOCALES:
        what = say("There are no habits of writing for the locale “{name}”.", name=locale)
        advice = say("Available: {names}.", names=join_names(LOCALES))
        problems.append(Problem("unknown_locale", what, advice=advice))
    for name, columns in _NEEDED.items():
        if name not in tables:
            problems.append(Problem("missing_table", say("The table `{name}` is missing.", name=name)))
            continue
        try:
            require_columns(columns, tables[name].columns, asked_by="observe")
        except InputError as letter:
            problems += [Problem(one.code, f"`{name}`: {one.what}", one.found, one.advice, column=one.column)
                         for one in letter.problems]  # fmt: skip
            continue
        key = WORLD_TABLES[name].key[0]
        twice = int(tables[name][key].duplicated().sum())
        if twice:
            what = say("`{table}`: the key `{column}` is there more than once.", table=name, column=key)
            problems.append(Problem("key_twice", what, column=key))
    if problems:
        raise InputError(say("These tables can't be observed."), problems)
