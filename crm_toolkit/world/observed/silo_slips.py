"""The slips in a department's list of customers: who is in it under an old name, and what the hand did to the rest.

A second record of a customer comes about because something had changed: the surname of a woman, the telephone, the
e-mail, or because the name was written in short. The same happens to a first record, less often. Then come the
slips of the pen, from single letters up to fields left empty.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.world.observed import slips
from crm_toolkit.world.observed.dirt import Dirt
from crm_toolkit.world.observed.sheet import Sheet
from crm_toolkit.world.observed.short_names import FORMER_SURNAMES, SHORT_NAMES
from crm_toolkit.world.observed.silos import Roster, clean_list, full_names, name_parts, texts_of

# what had changed when a second record was made, and how a short name is written: assumptions
_CHANGED = {"surname": 0.3, "phone": 0.4, "mail": 0.4, "given_name": 0.3}
_INITIAL_SHARE = 0.35
_IMPOSSIBLE_BIRTHS, _IMPOSSIBLE_AGES = ("1900-01-01", "1899-12-30"), ("0", "199")
_PHONE = {"sales_customers": "phone", "service_customers": "tel"}
_MAIL = {"sales_customers": "email", "marketing_contacts": "mail"}
_OPTIONAL = {
    "sales_customers": ("phone", "email", "city"),
    "service_customers": ("patronymic", "tel", "born"),
    "marketing_contacts": (
        *("name", "town", "age", "children", "income", "marital_status", "education", "profession"),
        *("residence_type", "source"),
    ),
}


def fill_sheet(
    list_of: Roster,
    customers: pd.DataFrame,
    *,
    seed: int | str,
    dirt: Dirt,
    locale: str,
    first_orders: tuple[pd.Series, pd.Series],
) -> Sheet:
    """Write one department's list, clean first and then with its slips; see `silos.clean_list`."""
    people = customers.take(list_of.row)
    twin, own_days = clean_list(list_of, people, locale=locale, first_orders=first_orders)
    sheet = Sheet(list_of.silo, seed, twin, "record_id", list_of.customer, list_of.copy)
    _change_identity(sheet, people, dirt, locale)
    if own_days is not None:
        split = np.flatnonzero(own_days != sheet.clean("first_order"))
        sheet.put("first_order", "split_history", split, own_days[split])
    _slip(sheet, dirt, locale)
    return sheet


def _change_identity(sheet: Sheet, people: pd.DataFrame, dirt: Dirt, locale: str) -> None:
    """Old surnames, telephones and e-mails, short names; in a second record more often than in the first one."""

    def share(of_first: float, part: str) -> NDArray[np.float64]:
        return np.where(sheet.copy > 0, max(of_first, _CHANGED[part]), of_first)

    surname, given, patronymic = name_parts(people)
    in_one_field = sheet.name == "sales_customers"
    woman = texts_of(people["sex"].astype("str").str.lower().str[:1].isin(["f", "ж"]))
    if sheet.name != "marketing_contacts":
        rows = sheet.struck("surname", "former_surname", share(dirt.outdated, "surname"))
        rows = rows[woman[rows].astype(bool)]
        words = sheet.luck("surname", "former_surname").words(sheet.who[rows], sheet.copy[rows], 1).tolist()
        former = slips.one_of(FORMER_SURNAMES[locale])
        surname[rows] = [former(surname[row], luck) for row, luck in zip(rows.tolist(), words, strict=True)]
        sheet.note("client" if in_one_field else "surname", "former_surname", rows)
    stream = sheet.luck("given_name", "short_name")
    rows = sheet.struck("given_name", "short_name", share(dirt.short_names, "given_name"))
    initial = stream.happens(_INITIAL_SHARE if sheet.name != "marketing_contacts" else 0, sheet.who, sheet.copy, 1)
    picks = stream.words(sheet.who, sheet.copy, 2)
    known = SHORT_NAMES[locale]
    column = {"sales_customers": "client", "service_customers": "given_name"}.get(sheet.name, "name")
    as_initials = rows[initial[rows] & (given[rows] != "")]
    as_short = rows[~initial[rows] & np.array([name in known for name in given[rows]], dtype=bool)]
    sheet.note(column, "initials", as_initials)
    sheet.note(column, "short_name", as_short)
    if column == "given_name":
        sheet.note("patronymic", "initials", as_initials[patronymic[as_initials] != ""])
    for row in as_initials.tolist():
        given[row] = given[row][0] + "."
        patronymic[row] = patronymic[row][:1] + "." if patronymic[row] else ""
    for row in as_short.tolist():
        forms = known[given[row]]
        given[row] = forms[int(picks[row]) % len(forms)]
    if in_one_field:
        sheet.now("client")[:] = full_names(surname, given, patronymic, locale)
    else:
        written = {"given_name": given, "patronymic": patronymic, "surname": surname, "name": given}
        for name in written.keys() & set(sheet.twin.columns):
            sheet.now(name)[:] = written[name]
    if sheet.name in _PHONE:
        sheet.write(_PHONE[sheet.name], "former_phone", share(dirt.outdated, "phone"), slips.FORMER_PHONE)
    if sheet.name in _MAIL:
        sheet.write(_MAIL[sheet.name], "former_email", share(dirt.outdated, "mail"), slips.FORMER_MAIL)


def _slip(sheet: Sheet, dirt: Dirt, locale: str) -> None:
    """Slips of the pen, from the letters up to whole fields."""
    columns = set(sheet.twin.columns)
    if "client" in columns:
        sheet.write("client", "swapped_names", dirt.swapped_names, slips.SURNAME_LAST)
    for column in sorted(columns & {"client", "given_name", "patronymic", "surname", "name", "city", "town"}):
        sheet.write(column, "e_for_yo", dirt.e_for_yo, slips.YO)
        sheet.write(column, "homoglyphs", dirt.homoglyphs, slips.HOMOGLYPH)
        sheet.write(column, "letter_case", dirt.letter_case, slips.LETTER_CASE)
        sheet.write(column, "typos", dirt.typos, slips.TYPO)
        if column not in ("city", "town"):
            sheet.write(column, "wrong_layout", dirt.wrong_layout, slips.WRONG_LAYOUT)
        sheet.write(column, "stray_blanks", dirt.stray_blanks, slips.BLANK)
    for column in sorted(columns & {"email", "mail"}):
        sheet.write(column, "letter_case", dirt.letter_case, slips.LETTER_CASE)
        sheet.write(column, "typos", dirt.typos, slips.MAIL_TYPO)
        sheet.write(column, "stray_blanks", dirt.stray_blanks, slips.BLANK)
    for column in sorted(columns & {"phone", "tel"}):
        sheet.write(column, "mixed_formats", dirt.mixed_formats, slips.other_phone(locale))
        sheet.write(column, "typos", dirt.typos, slips.PHONE_TYPO)
    for column, impossible in (("born", _IMPOSSIBLE_BIRTHS), ("age", _IMPOSSIBLE_AGES)):
        if column in columns:
            slip = slips.Slip(bool, slips.one_of(impossible))
            sheet.write(column, "wrong_values", dirt.wrong_values, slip)
    for column in sorted(columns & {"born", "first_order"}):
        sheet.write(column, "mixed_formats", dirt.mixed_formats, slips.OTHER_DATE)
    if "given_name" in columns:
        surname, given = sheet.clean("surname"), sheet.clean("given_name")
        rows = sheet.struck("surname", "swapped_names", dirt.swapped_names)
        rows = rows[[surname[row].casefold() != given[row].casefold() for row in rows.tolist()]] if len(rows) else rows
        written = sheet.now("surname")[rows].copy()
        sheet.put("surname", "swapped_names", rows, sheet.now("given_name")[rows])
        sheet.put("given_name", "swapped_names", rows, written)
    sheet.leave_empty(_OPTIONAL[sheet.name], dirt.missing, slips.MISSING_WORDS[locale])
