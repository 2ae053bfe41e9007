"""Your own tables: purchases, customers and contacts out of any usual file or frame, with a report or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from crm_toolkit.intake import Hints, Report, contacts_from, customers_from, purchases_from

ColumnHint = str | int | None


def read_purchases(
    source: Any,
    *,
    order_id: ColumnHint = None,
    customer_id: ColumnHint = None,
    ordered_at: ColumnHint = None,
    item: ColumnHint = None,
    quantity: ColumnHint = None,
    unit_price: ColumnHint = None,
    amount: ColumnHint = None,
    status: ColumnHint = None,
    encoding: str = "",
    delimiter: str = "",
    decimal: str = "",
    day_first: bool | None = None,
    sheet: str | int | None = None,
    header_row: int | None = None,
    currency: str = "",
    timezone: str = "",
    keep_cancelled: bool = False,
    name: str = "",
    progress: Callable[[float, str], object] | None = None,
) -> tuple[pd.DataFrame, Report]:
    r"""What was bought, by whom, when and for how much: purchases out of a file as people bring it.

    CSV and other delimited text in any usual encoding, Excel (.xlsx, .xls), Parquet, also gzipped or alone in
    a zip archive, whatever the file's name says; or a frame that Narwhals takes (pandas, polars, Arrow,
    DuckDB). What is recognised is decided from the whole file; what stays ambiguous is refused with a
    question, and the options below answer it.

    Parameters
    ----------
    source : path, bytes, open binary file, or frame
        What to read.
    order_id, customer_id, ordered_at, item, quantity, unit_price, amount, status : str or int, optional
        The column that holds the field: its header, or its number from 1.
    encoding : str
        Such as ``"cp1251"``.
    delimiter : str
        One sign, such as ``";"``.
    decimal : {"", ".", ","}
        The decimal sign.
    day_first : bool, optional
        Whether 03/04/2024 is the third of April.
    sheet : str or int, optional
        The sheet of a workbook, by name or by number from 1.
    header_row : int, optional
        The line or row of the header as your program counts it; 0 if there is none.
    currency : str
        ISO 4217 code, where the file names none or several.
    timezone : str
        The organisation's time zone, such as ``"Europe/Moscow"``: times with an offset become local.
    keep_cancelled : bool
        Keep lines whose status says that they were cancelled; they are left out otherwise.
    name : str
        How to call the input in letters, for bytes and frames.
    progress : callable, optional
        Called with a fraction from 0 to 1 and a word.

    Returns
    -------
    purchases : pandas.DataFrame
        ``order_id, customer_id, ordered_at, item, quantity, unit_price, amount`` (`schema.PURCHASES`); one row
        is one line of an order, returns are negative. Identifiers are text, except integer columns of Parquet
        files and frames. A line without a customer is kept, with a missing ``customer_id``. Without an amount
        in the file it is quantity × price, rounded half to even to the minor unit; without prices the price
        is the amount divided by the quantity.
    report : Report
        What was recognised, left out and noticed; ``str(report)`` is a letter.

    Raises
    ------
    InputError
        With everything that is wrong, in the reader's language; nothing is imported then.

    Examples
    --------
    >>> data = b"Customer ID;Date;Amount\nC1;03.04.2024;1 200,50\nC1;05.04.2024;-100,00\n"
    >>> purchases, report = read_purchases(data, name="shop.csv")
    >>> purchases[["customer_id", "ordered_at", "amount"]]
      customer_id ordered_at  amount
    0          C1 2024-04-03  1200.5
    1          C1 2024-04-05  -100.0
    >>> report.counts["returns"]
    1
    """
    columns = {
        "order_id": order_id,
        "customer_id": customer_id,
        "ordered_at": ordered_at,
        "item": item,
        "quantity": quantity,
        "unit_price": unit_price,
        "amount": amount,
        "status": status,
    }
    return purchases_from(
        source,
        columns={field: hint for field, hint in columns.items() if hint is not None},
        hints=Hints(decimal, day_first, timezone, currency, keep_cancelled),
        layout={"encoding": encoding, "delimiter": delimiter, "sheet": sheet, "header_row": header_row},
        name=name,
        progress=progress,
    )


def read_customers(
    source: Any,
    *,
    customer_id: ColumnHint = None,
    full_name: ColumnHint = None,
    phone: ColumnHint = None,
    email: ColumnHint = None,
    birth_date: ColumnHint = None,
    consent: ColumnHint = None,
    consent_email: ColumnHint = None,
    consent_sms: ColumnHint = None,
    sex: ColumnHint = None,
    marital_status: ColumnHint = None,
    children: ColumnHint = None,
    education: ColumnHint = None,
    profession: ColumnHint = None,
    income_month: ColumnHint = None,
    city: ColumnHint = None,
    region: ColumnHint = None,
    encoding: str = "",
    delimiter: str = "",
    decimal: str = "",
    day_first: bool | None = None,
    sheet: str | int | None = None,
    header_row: int | None = None,
    name: str = "",
    progress: Callable[[float, str], object] | None = None,
) -> tuple[pd.DataFrame, Report]:
    r"""Who the customers are: a client list out of a file as people bring it.

    Parameters
    ----------
    source : path, bytes, open binary file, or frame
        As for `read_purchases`.
    customer_id, full_name, phone, email, birth_date, consent : str or int, optional
        The column that holds the field: its header, or its number from 1.
    consent_email, consent_sms, sex, marital_status, children, education, profession, income_month, city, region
        The same, for what some lists have and others don't.
    encoding, delimiter, decimal, day_first, sheet, header_row, name, progress
        As for `read_purchases`.

    Returns
    -------
    customers : pandas.DataFrame
        ``customer_id, full_name, phone, email, birth_date, consent`` (`schema.CUSTOMERS`). Texts stand as in
        the file; ``consent`` is true, false, or missing where the file does not say. Behind them those columns of
        `schema.CUSTOMER_EXTRAS` that the file has: sex becomes ``female`` or ``male``, income stands in currency units.
    report : Report

    Raises
    ------
    InputError
        With everything that is wrong; a word for consent that is neither yes nor no is refused, not guessed.

    Examples
    --------
    >>> customers, report = read_customers(b"client_id,full_name,consent\nK1,Ada,yes\nK2,Bob,\n", name="c.csv")
    >>> customers[["customer_id", "full_name", "consent"]]
      customer_id full_name  consent
    0          K1       Ada     True
    1          K2       Bob     <NA>
    """
    columns = {
        "customer_id": customer_id,
        "full_name": full_name,
        "phone": phone,
        "email": email,
        "birth_date": birth_date,
        "consent": consent,
        "consent_email": consent_email,
        "consent_sms": consent_sms,
        "sex": sex,
        "marital_status": marital_status,
        "children": children,
        "education": education,
        "profession": profession,
        "income_month": income_month,
        "city": city,
        "region": region,
    }
    return customers_from(
        source,
        columns={field: hint for field, hint in columns.items() if hint is not None},
        hints=Hints(decimal, day_first),
        layout={"encoding": encoding, "delimiter": delimiter, "sheet": sheet, "header_row": header_row},
        name=name,
        progress=progress,
    )


def read_contacts(
    source: Any,
    *,
    contact_id: ColumnHint = None,
    customer_id: ColumnHint = None,
    opened_at: ColumnHint = None,
    kind: ColumnHint = None,
    channel: ColumnHint = None,
    department: ColumnHint = None,
    employee: ColumnHint = None,
    order_id: ColumnHint = None,
    subject: ColumnHint = None,
    body: ColumnHint = None,
    kinds: Mapping[str, str] | None = None,
    encoding: str = "",
    delimiter: str = "",
    day_first: bool | None = None,
    sheet: str | int | None = None,
    header_row: int | None = None,
    timezone: str = "",
    name: str = "",
    progress: Callable[[float, str], object] | None = None,
) -> tuple[pd.DataFrame, Report]:
    r"""Who came when, through what and about what: a history of contacts out of a file as people bring it.

    Parameters
    ----------
    source : path, bytes, open binary file, or frame
        As for `read_purchases`.
    contact_id, customer_id, opened_at, kind, channel, department, employee, order_id, subject, body : optional
        The column that holds the field, str or int: its header, or its number from 1.
    kinds : mapping of str to str, optional
        What words of the file mean that are not known: ``{"обход": "visit"}``, a kind of
        `schema.store.CONTACT_KINDS`.
    encoding, delimiter, day_first, sheet, header_row, timezone, name, progress
        As for `read_purchases`.

    Returns
    -------
    contacts : pandas.DataFrame
        `schema.CONTACTS`: ``contact_id, customer_id, opened_at, kind, channel, department, employee, order_id,
        subject, body``. What the file does not have is missing; without numbers of contacts a row's own number
        stands for them (``row-2``). A contact without a customer is kept.
    report : Report

    Raises
    ------
    InputError
        With everything that is wrong; unknown kinds are named all at once, none is guessed.

    Examples
    --------
    >>> data = "Клиент;Дата;Тип обращения;Текст\nK1;13.04.2024 10:15;Жалоба;Долго ждал\n".encode("cp1251")
    >>> contacts, report = read_contacts(data, name="contacts.csv")
    >>> contacts[["customer_id", "opened_at", "kind", "body"]]
      customer_id           opened_at       kind        body
    0          K1 2024-04-13 10:15:00  complaint  Долго ждал
    """
    columns = {
        "contact_id": contact_id,
        "customer_id": customer_id,
        "opened_at": opened_at,
        "kind": kind,
        "channel": channel,
        "department": department,
        "employee": employee,
        "order_id": order_id,
        "subject": subject,
        "body": body,
    }
    return contacts_from(
        source,
        columns={field: hint for field, hint in columns.items() if hint is not None},
        hints=Hints(day_first=day_first, timezone=timezone),
        layout={"encoding": encoding, "delimiter": delimiter, "sheet": sheet, "header_row": header_row},
        kinds=kinds,
        name=name,
        progress=progress,
    )
