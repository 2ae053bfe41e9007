"""The tables that rooms hand to each other: columns, keys, units. The only contract between rooms.

Column names are English and snake_case in every language. Money stands in currency units rounded to the
minor unit, rates are fractions, times are local to the organisation.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import join_names, mark, say, say_count


@dataclass(frozen=True)
class Column:
    """One column: its name, kind, unit and meaning.

    Parameters
    ----------
    name : str
    kind : {"id", "text", "integer", "number", "money", "datetime", "date", "flag"}
    meaning : str
        What one value says, in English; `texts.say` translates it.
    unit : str
        Marked English text: "days", "currency units" …; empty where the value has none.
    nullable : bool
        Whether a value may be missing.
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """A table by name: what one row is, its columns, its key."""

    name: str
    one_row_is: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


PURCHASES = Table(
    "purchases",
    mark("one line of an order"),
    (
        Column("order_id", "id", mark("the order that the line belongs to")),
        Column("customer_id", "id", mark("who bought; missing where the organisation does not know"), nullable=True),
        Column("ordered_at", "datetime", mark("when the order was placed, in local time")),
        Column("item", "text", mark("what was bought"), nullable=True),
        Column("quantity", "number", mark("how many; negative on a return"), mark("pieces")),
        Column("unit_price", "money", mark("price of one piece"), mark("currency units")),
        Column("amount", "money", mark("money of the line; negative on a return"), mark("currency units")),
    ),
)

CUSTOMERS = Table(
    "customers",
    mark("one customer"),
    (
        Column("customer_id", "id", mark("the customer's own key")),
        Column("full_name", "text", mark("name as the customer gave it"), nullable=True),
        Column("phone", "text", mark("telephone number"), nullable=True),
        Column("email", "text", mark("e-mail address"), nullable=True),
        Column("birth_date", "date", mark("date of birth"), nullable=True),
        Column("consent", "flag", mark("whether the customer agreed to the use of the data"), nullable=True),
    ),
    key=("customer_id",),
)

CUSTOMER_EXTRAS: tuple[Column, ...] = (
    Column("sex", "text", mark("female or male"), nullable=True),
    Column("marital_status", "text", mark("marital status"), nullable=True),
    Column("children", "integer", mark("number of children"), nullable=True),
    Column("education", "text", mark("education"), nullable=True),
    Column("profession", "text", mark("profession or occupation"), nullable=True),
    Column("income_month", "money", mark("income of a month as stated"), mark("currency units"), nullable=True),
    Column("city", "text", mark("place of residence"), nullable=True),
    Column("region", "text", mark("region of residence"), nullable=True),
    Column("consent_email", "flag", mark("whether the customer agreed to e-mails"), nullable=True),
    Column("consent_sms", "flag", mark("whether the customer agreed to text messages"), nullable=True),
)
"""Columns of a list of customers that are there only where the file has them, behind those of `CUSTOMERS`."""

CONTACTS = Table(
    "contacts",
    mark("one contact of a customer with the organisation"),
    (
        Column("contact_id", "id", mark("the contact; its row in the file where the file has no numbers")),
        Column("customer_id", "id", mark("the customer; missing where the organisation does not know"), nullable=True),
        Column("opened_at", "datetime", mark("when it began, in local time")),
        Column("kind", "text", mark("one of the store's kinds of contact, such as visit, call or complaint")),
        Column("channel", "text", mark("channel, as in the file"), nullable=True),
        Column("department", "text", mark("name of the department"), nullable=True),
        Column("employee", "text", mark("name of the employee"), nullable=True),
        Column("order_id", "id", mark("the order it is about"), nullable=True),
        Column("subject", "text", mark("what it is about, one line"), nullable=True),
        Column("body", "text", mark("what was said or written"), nullable=True),
    ),
    key=("contact_id",),
)

PURCHASE_SUMMARY = Table(
    "purchase_summary",
    mark("one customer with at least one purchase"),
    (
        Column("customer_id", "id", mark("who bought")),
        Column("frequency", "integer", mark("repeat purchases: purchase days after the first one")),
        Column("recency", "number", mark("time from the first purchase to the last one"), mark("the summary's unit")),
        Column(
            "T", "number", mark("time from the first purchase to the end of observation"), mark("the summary's unit")
        ),
        Column("monetary", "money", mark("mean money of a repeat purchase; 0 without one"), mark("currency units")),
    ),
    key=("customer_id",),
)

RFM_SCORES = Table(
    "rfm_scores",
    mark("one customer with at least one purchase"),
    (
        Column("customer_id", "id", mark("who bought")),
        Column("recency_days", "integer", mark("days from the last purchase to the date of analysis"), mark("days")),
        Column("frequency", "integer", mark("number of orders")),
        Column("monetary", "money", mark("money of all orders, returns subtracted"), mark("currency units")),
        Column("r_score", "integer", mark("score of recency; the highest is the most recent")),
        Column("f_score", "integer", mark("score of frequency; the highest buys most often")),
        Column("m_score", "integer", mark("score of money; the highest spends most")),
        Column("rfm", "text", mark("the three scores side by side, such as 543")),
    ),
    key=("customer_id",),
)


def near_misses(wanted: str, found: Iterable[str]) -> list[str]:
    """Names among ``found`` that look like a slip of the pen for ``wanted``.

    >>> near_misses("amount", ["customer_id", "amuont"])
    ['amuont']
    """
    lowered = {str(name).lower().strip(): str(name) for name in found}
    close = difflib.get_close_matches(str(wanted).lower(), lowered, n=2, cutoff=0.7)
    return [lowered[name] for name in close]


def require_columns(needed: Iterable[str], found: Iterable[str], *, asked_by: str) -> None:
    """Refuse a table that lacks a column, in a letter that names what is there and the likely slip; or has one twice.

    Parameters
    ----------
    needed, found : iterable of str
        Column names that the function needs and that the table has.
    asked_by : str
        The public function that asks.

    Raises
    ------
    InputError
        With one problem for each missing column (code ``"missing_column"``), or else for each that stands there several
        times (``"repeated_column"``).

    Examples
    --------
    >>> require_columns(["amount"], ["customer_id", "amuont"], asked_by="rfm_scores")
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: `rfm_scores` lacks 1 column.
    <BLANKLINE>
    1. The column `amount` is missing.
       The table has: `customer_id`, `amuont`.
       Did you mean `amuont`? Rename it to `amount`.
    """
    needed, present = list(needed), list(found)
    missing = [name for name in needed if name not in present]
    if not missing:
        require_single(needed, present, asked_by=asked_by)
        return
    there = say("The table has: {names}.", names=join_names(f"`{other}`" for other in present))
    counted = bool(present) and list(map(str, present)) == list(map(str, range(len(present))))
    nameless = say("Give the columns their names: `pd.DataFrame(rows, columns=[…])`.") if counted else ""
    problems = []
    for name in missing:
        close = near_misses(name, (other for other in present if other not in needed))
        problems.append(
            Problem(
                "missing_column",
                say("The column `{name}` is missing.", name=name),
                found=there if present else say("The table has no columns."),
                advice=say("Did you mean `{close}`? Rename it to `{name}`.", close=close[0], name=name)
                if close
                else nameless,
                column=name,
            )
        )
    raise InputError(
        say_count(
            "`{function}` lacks {count} column.", "`{function}` lacks {count} columns.", len(missing), function=asked_by
        ),
        problems,
    )


def require_single(needed: Iterable[str], found: Iterable[object], *, asked_by: str) -> None:
    """Refuse a table in which a column that is needed stands several times.

    >>> require_single(["amount"], ["amount", "amount"], asked_by="rfm_scores")
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: `rfm_scores` can't read this table.
    <BLANKLINE>
    1. The column `amount` stands in the table several times.
    """
    names = list(found)
    problems = [
        Problem(
            "repeated_column", say("The column `{name}` stands in the table several times.", name=name), column=name
        )
        for name in dict.fromkeys(needed)
        if names.count(name) > 1
    ]
    if problems:
        raise InputError(say("`{function}` can't read this table.", function=asked_by), problems)


def require_frame(table: object, needed: Iterable[str], *, asked_by: str) -> None:
    """Refuse what is no frame, or a frame that `require_columns` refuses.

    >>> require_frame([1, 2], ["amount"], asked_by="tier_history")
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: `tier_history` can't read this table.
    <BLANKLINE>
    1. A table of kind `list` was given.
       Give a pandas frame.
    """
    columns = getattr(table, "columns", None)
    if columns is None:
        what = say("A table of kind `{kind}` was given.", kind=type(table).__name__)
        problem = Problem("unknown_kind", what, advice=say("Give a pandas frame."))
        raise InputError(say("`{function}` can't read this table.", function=asked_by), [problem])
    require_columns(needed, columns, asked_by=asked_by)
