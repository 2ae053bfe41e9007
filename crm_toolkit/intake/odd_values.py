"""Values of frames that are no plain texts, numbers or dates: named in words, refused with what to do."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.texts import mark, say

PERIODS = mark("periods, not dates")
DURATIONS = mark("durations, not plain values")
BYTES = mark("bytes that are no text in UTF-8")
OBJECTS = mark("objects such as lists, not plain values")
SURROGATES = mark("broken text with half characters (lone surrogates)")
_PLAIN = (str, bool, int, float, complex, Decimal, dt.date, dt.time, uuid.UUID)
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Odd:
    """A column whose values are no plain texts, numbers or dates."""

    name: str
    kind: str
    rows: tuple[int, ...] = ()

    def refuse(self, findings: Findings, code: str = "odd_values") -> None:
        """Note the problem, with the advice that fits the kind."""
        advice = say("Make text, numbers or dates of it before reading.")
        if self.kind == PERIODS:
            advice = say(
                "Make dates of it: {code}.", code=f"frame[{self.name!r}] = frame[{self.name!r}].dt.to_timestamp()"
            )
        what = say("“{column}” holds {kind}.", column=shown(self.name), kind=say(self.kind))
        if self.rows:
            what = say(
                "“{column}” holds {kind} ({where}).",
                column=shown(self.name),
                kind=say(self.kind),
                where=findings.where(self.rows),
            )
        findings.problem(code, what, advice=advice, rows=self.rows, column=self.name)


def oddity(value: Any) -> str:
    """How to call a value that can't stand in a table; empty for a plain one."""
    if isinstance(value, str):
        return "" if value.isascii() or not _HALF.search(value) else SURROGATES
    if isinstance(value, bytes):
        return BYTES
    if isinstance(value, pd.Period):
        return PERIODS
    if isinstance(value, dt.timedelta):
        return DURATIONS
    return "" if isinstance(value, _PLAIN) and not (isinstance(value, int) and value.bit_length() > 1000) else OBJECTS
