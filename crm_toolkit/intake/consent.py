"""Consent as people note it: yes, no, or unknown; any other word is refused, for consent may not be guessed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_toolkit.intake.findings import Findings, in_quotes, shown
from crm_toolkit.intake.grid import Cells, plain_text
from crm_toolkit.texts import say, say_count

YES = frozenset(
    {
        *("yes", "y", "true", "1", "1.0", "+", "да", "д", "истина", "согласен", "согласна", "есть", "подписан"),
        *("подписана", "agreed", "granted", "on", "ok", "ок", "subscribed", "✓", "✔", "ja", "sí", "oui"),
    }
)
NO = frozenset(
    {
        *("no", "n", "false", "0", "0.0", "нет", "н", "ложь", "не согласен", "не согласна", "отказ", "refused"),
        *("denied", "off", "withdrawn", "отозвано", "unsubscribed", "отписан", "отписана", "nein", "non", "✗", "✘"),
    }
)
UNKNOWN = frozenset({"", "n/a", "na", "unknown", "н/д", "неизвестно", "не указано", "нет данных"})
_MINUS = frozenset({"-", "−", "–", "—"})


def read_consent(cells: Cells | None, findings: Findings, rows: np.ndarray, count: int) -> pd.Series:
    """Yes, no, or unknown where the cell is empty; any other word is refused."""
    if cells is None:
        return pd.Series(pd.array([None] * count, dtype="boolean"))
    words = plain_text(cells).combine_chunks().dictionary_encode()
    codes, values = words.indices.to_numpy(), words.dictionary.to_pylist()
    minus_is_no = any(value.strip() == "+" for value in values)
    meanings = [_answer(value.casefold(), minus_is_no) for value in values]
    strange = np.array([meaning == "?" for meaning in meanings])[codes]
    if strange.any():
        odd = [value for value, meaning in zip(values, meanings, strict=True) if meaning == "?"]
        findings.problem(
            "consent",
            say_count(
                "{count} answer about consent (“{column}”) is neither yes nor no: {examples} ({where}).",
                "{count} answers about consent (“{column}”) are neither yes nor no: {examples} ({where}).",
                int(strange.sum()),
                column=shown(cells.header),
                examples=", ".join(in_quotes(word, 30) for word in odd[:3]),
                where=findings.where(rows[strange]),
            ),
            advice=say("Consent may not be guessed: write yes or no, or leave the cell empty where it is unknown."),
            rows=rows[strange],
            column=cells.header,
        )
        meanings = [None if meaning == "?" else meaning for meaning in meanings]
    blank = int(sum(1 for code in codes.tolist() if values[code].casefold() in UNKNOWN))
    if blank:
        findings.warn(
            "consent_unknown",
            say_count(
                "{count} customer did not answer about consent: unknown, not yes.",
                "{count} customers did not answer about consent: unknown, not yes.",
                blank,
            ),
        )
    return pd.Series(pd.array([meanings[code] for code in codes.tolist()], dtype="boolean"))


def _answer(value: str, minus_is_no: bool) -> bool | str | None:
    """What one answer means; a minus is a no only beside a plus, otherwise it may stand for nothing."""
    if value in UNKNOWN:
        return None
    if value in YES:
        return True
    return False if value in NO or (minus_is_no and value in _MINUS) else "?"
