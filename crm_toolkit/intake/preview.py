"""A file before it is taken in: its headers, which field each would be, its first rows, and what stands in the way.

A preview never raises for a bad file: the letter that a reader would have raised is part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.intake import forms, limits
from crm_toolkit.intake.contacts import build_contacts
from crm_toolkit.intake.customers import build_customers
from crm_toolkit.intake.findings import Findings
from crm_toolkit.intake.hints import Hints
from crm_toolkit.intake.purchases import build_purchases
from crm_toolkit.intake.read import grid_of
from crm_toolkit.intake.report import Report
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, say

FORMS = {"customers": forms.CUSTOMERS, "contacts": forms.CONTACTS, "purchases": forms.PURCHASES}


@dataclass(frozen=True)
class Preview:
    """What a file looks like to the reader.

    Parameters
    ----------
    name : str
        How the file is called.
    kind : str
        What it was looked at as: customers, contacts or purchases.
    headers : tuple of str
        The names of its columns as they stand; empty where no header was found.
    mapping : dict of str to str
        Field → header of the column that would be read for it.
    fields : tuple of str
        Every field that could be read, the required ones first.
    required : tuple of str
        Fields that the file must have.
    first_rows : tuple of tuple of str
        The first rows below the header as they stand, all columns.
    problems : tuple of Problem
        What forbids the import; none if the file can be read.
    letter : str
        The same as one letter; empty if the file can be read.
    report : Report or None
        How the file would be read; None if it can't be.
    """

    name: str
    kind: str
    headers: tuple[str, ...]
    mapping: dict[str, str]
    fields: tuple[str, ...]
    required: tuple[str, ...]
    first_rows: tuple[tuple[str, ...], ...]
    problems: tuple[Problem, ...] = ()
    letter: str = ""
    report: Report | None = None

    @property
    def ready(self) -> bool:
        """Whether the file can be read as it is."""
        return self.report is not None

    def __str__(self) -> str:
        return str(self.report) if self.report is not None else self.letter


def preview(
    source: Any,
    kind: str = "customers",
    *,
    columns: Mapping[str, object] | None = None,
    hints: Hints | None = None,
    layout: Mapping[str, Any] | None = None,
    kinds: Mapping[str, str] | None = None,
    name: str = "",
) -> Preview:
    r"""Look at a file as a table of that kind, without refusing anything.

    Parameters
    ----------
    source : path, bytes, open binary file, or frame
        As for `datasets.read_customers`.
    kind : {"customers", "contacts", "purchases"}
        What the file ought to hold.
    columns : mapping of str to str or int, optional
        Field → header, or number from 1, as the user corrected the mapping.
    hints : Hints, optional
        What the user said about values.
    layout : mapping, optional
        ``encoding, delimiter, sheet, header_row``.
    kinds : mapping of str to str, optional
        For contacts, as in `datasets.read_contacts`.
    name : str
        How to call the input.

    Returns
    -------
    Preview

    Raises
    ------
    InputError
        Only if ``kind`` is none of the three or a corrected field is not known: that is a slip of the program.

    Examples
    --------
    >>> found = preview("Код;ФИО;Город\nK1;Анна;Тверь\n".encode("cp1251"), "customers", name="list.csv")
    >>> found.ready, found.mapping, found.first_rows
    (True, {'customer_id': 'Код', 'full_name': 'ФИО', 'city': 'Город'}, (('K1', 'Анна', 'Тверь'),))
    >>> preview(b"name,phone\nAnna,1\n", name="list.csv").problems[0].code
    'missing_column'
    """
    _refuse_unknown(kind, columns or {})
    form, hints = FORMS[kind], hints or Hints()
    watch: list[Findings] = []
    problems: tuple[Problem, ...] = ()
    letter, report = "", None
    try:
        grid, fields, used, findings = grid_of(source, form, columns or {}, hints, layout or {}, name, None, watch)
        if kind == "contacts":
            report = build_contacts(grid, fields, used, findings, kinds)[1]
        else:
            report = (build_customers if kind == "customers" else build_purchases)(grid, fields, used, findings)[1]
    except InputError as refusal:
        problems, letter = refusal.problems, str(refusal)
    seen = watch[0] if watch else Findings(str(name))
    width = max((len(row) for row in seen.top), default=0)
    headers = seen.header or tuple("" for _ in range(width))
    below = seen.top[seen.header_end :] if seen.header else seen.top
    rows = tuple(tuple(str(cell) for cell in row) for row in below if any(str(cell).strip() for cell in row))
    return Preview(
        name=seen.name,
        kind=kind,
        headers=headers,
        mapping={
            field: headers[place] or say("column {number}", number=place + 1)
            for field, place in sorted(seen.chosen.items(), key=lambda item: item[1])
        },
        fields=_fields(form),
        required=tuple(group[0][-1] for group in form.required),
        first_rows=rows[: limits.PREVIEW_ROWS],
        problems=problems,
        letter=letter,
        report=report,
    )


def _fields(form: forms.Form) -> tuple[str, ...]:
    needed = [field for group in form.required for option in group for field in option]
    return tuple(dict.fromkeys([*needed, *form.names]))


def _refuse_unknown(kind: str, columns: Mapping[str, object]) -> None:
    problems = []
    if kind not in FORMS:
        close = near_misses(str(kind), FORMS)
        advice = (
            say("Did you mean “{close}”?", close=close[0])
            if close
            else say("Available: {names}.", names=join_names(FORMS))
        )
        what = say("There is no kind of table “{name}”.", name=kind)
        problems.append(Problem("unknown_table", what, advice=advice, column="kind"))
    else:
        for field in columns:
            if field not in FORMS[kind].names:
                what = say("There is no field `{field}` in a table of that kind.", field=field)
                advice = say("Available: {names}.", names=join_names(_fields(FORMS[kind])))
                problems.append(Problem("unknown_field", what, advice=advice, column=str(field)))
    if problems:
        raise InputError(say("The file can't be looked at."), problems)
