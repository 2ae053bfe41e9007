"""What the user said about the file, checked before it is opened: a slip there is a letter, never a surprise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.intake.hints import Hints
from crm_toolkit.texts import say

_TEXTS = ("encoding", "delimiter", "decimal", "timezone", "currency")


def checked(hints: Hints, layout: Mapping[str, Any], findings: Findings) -> Hints:
    """The hints with the currency in capitals; a refusal that names every option that can't be meant."""
    given = {**vars(hints), **layout}
    for name in _TEXTS:
        if not isinstance(given.get(name) or "", str):
            _refuse(
                name,
                given[name],
                say("Text in quotes is needed, such as {example}.", example=_EXAMPLES[name]),
                findings,
            )
    if hints.day_first not in (None, True, False):
        _refuse("day_first", hints.day_first, say("It is True, False, or left out."), findings)
    row = layout.get("header_row")
    if row is not None and (isinstance(row, bool) or not isinstance(row, int) or row < 0):
        _refuse(
            "header_row", row, say("A whole number is needed: the line of the header from 1, or 0 for none."), findings
        )
    sheet = layout.get("sheet")
    if sheet is not None and (isinstance(sheet, bool) or not isinstance(sheet, (str, int))):
        _refuse("sheet", sheet, say("The name of a sheet is needed, or its number from 1."), findings)
    code = hints.currency if isinstance(hints.currency, str) else ""
    if code and not re.fullmatch(r"[A-Za-z]{3}", code):
        _refuse("currency", code, say("A code of three letters is needed, such as RUB, USD or EUR."), findings)
    findings.stop_if_wrong()
    return replace(hints, currency=code.upper())


_EXAMPLES = {
    "encoding": "encoding='cp1251'",
    "delimiter": "delimiter=';'",
    "decimal": "decimal=','",
    "timezone": "timezone='Europe/Moscow'",
    "currency": "currency='RUB'",
}


def _refuse(name: str, value: object, advice: str, findings: Findings) -> None:
    findings.problem(
        "bad_option", say("{option} can't be used.", option=f"{name}={shown(repr(value), 40)}"), advice=advice
    )


def note_unused(kind: str, layout: Mapping[str, Any], findings: Findings) -> None:
    """Say that an option was given which this kind of file has no use for."""
    foreign: tuple[str, ...] = ("sheet",) if kind == "text" else ("encoding", "delimiter")
    if kind in ("parquet", "frame"):
        foreign = ("sheet", "header_row", "encoding", "delimiter")
    for name in foreign:
        if layout.get(name) not in (None, ""):
            findings.warn(
                "option_not_used",
                say(
                    "{option} was not used: this kind of file has no such thing.",
                    option=f"{name}={shown(repr(layout[name]), 40)}",
                ),
            )
