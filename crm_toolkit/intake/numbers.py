"""Numbers as people write them, the decimal sign decided from whole columns.

One value says little: ``1.234`` is a thousand or a little more than one. A column says more: ``1411,91`` beside
it proves the comma. What no column of the file proves is a question to the reader, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake.findings import Findings, in_quotes, shown
from crm_toolkit.intake.grid import Cells, is_text, plain_text
from crm_toolkit.intake.spelling import Written, written
from crm_toolkit.texts import say, say_count

_PLAIN = r"^[+-]?\d+(\.\d+)?$"
_PROVES_POINT = r"^[+-]?(\d+\.\d{1,2}|\d+\.\d{4,}|\d{4,}\.\d+|0\d*\.\d+)$"
_AMBIGUOUS = r"^[+-]?[1-9]\d{0,2}\.\d{3}$"


@dataclass
class NumberColumn:
    """One numeric column, looked through but not yet decided."""

    name: str
    cells: Cells
    values: np.ndarray | None = None
    blank: np.ndarray | None = None
    text: pa.ChunkedArray | None = None
    plain: bool = False
    unique: list[Written] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    codes: np.ndarray | None = None
    proofs: dict[str, str] = field(default_factory=dict)
    example: str = ""

    @property
    def is_open(self) -> bool:
        """Whether some value may be read in two ways."""
        return bool(self.example)

    @property
    def currencies(self) -> set[str]:
        """Currency signs in the cells."""
        return {number.currency for number in self.unique if number.currency}


def survey(field_name: str, cells: Cells) -> NumberColumn:
    """Look through a column: what is blank, which decimal sign is proved, what is open."""
    column = NumberColumn(field_name, cells)
    if cells.native is not None and not is_text(cells.native.type):
        try:
            column.values = cells.native.cast(pa.float64(), safe=False).to_numpy().astype(float)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            column.values = np.full(len(cells.native), np.nan)
        column.blank = np.isnan(column.values)
        return column
    text = plain_text(cells)
    column.text = text
    column.blank = pc.equal(text, "").to_numpy(zero_copy_only=False)
    free = text if cells.exact is None else text.filter(pa.array(~cells.exact))
    filled = free.filter(pc.not_equal(free, ""))
    if pc.all(pc.match_substring_regex(text.filter(pc.not_equal(text, "")), _PLAIN), min_count=0).as_py():
        column.plain = True
        proved = filled.filter(pc.match_substring_regex(filled, _PROVES_POINT))
        if len(proved):
            column.proofs["."] = proved[0].as_py()
        in_doubt = filled.filter(pc.match_substring_regex(filled, _AMBIGUOUS))
        column.example = in_doubt[0].as_py() if len(in_doubt) else ""
        return column
    dictionary = text.combine_chunks().dictionary_encode()
    column.words = dictionary.dictionary.to_pylist()
    column.codes = dictionary.indices.to_numpy()
    column.unique = [written(_bare(word)) for word in column.words]
    free_codes = np.unique(column.codes if cells.exact is None else column.codes[~cells.exact])
    for code in free_codes.tolist():
        number = column.unique[code]
        if number.proves and not number.wrong:
            column.proofs.setdefault(number.proves, column.words[code])
        if number.open and not column.example:
            column.example = column.words[code]
    return column


def _bare(word: str) -> str:
    return word[1:] if word.startswith("'") and len(word) > 1 else word


def decide(columns: Iterable[NumberColumn], findings: Findings, rows: np.ndarray, hint: str = "") -> None:
    """Settle the decimal sign of every column from the whole file and compute the values, or ask."""
    columns = [column for column in columns if column.values is None]
    if hint and hint not in (".", ","):
        findings.problem("bad_decimal", say("The decimal sign is “.” or “,”, not “{sign}”.", sign=shown(hint)))
        return
    proved = {sign for column in columns for sign in column.proofs}
    settled: set[str] = set()
    for column in columns:
        decimal = hint
        if not decimal:
            if len(column.proofs) > 1:
                _two_signs(column, findings, rows)
                continue
            decimal = next(iter(column.proofs), "")
        if not decimal and column.is_open:
            if len(proved) != 1:
                _ask(column, findings)
                continue
            decimal = next(iter(proved))
            findings.warn(
                "decimal_from_another_column",
                say(
                    "Numbers such as {example} in “{column}” were ambiguous; the decimal sign “{sign}” was taken from "
                    "another column.",
                    example=shown(column.example),
                    column=shown(column.cells.header),
                    sign=decimal,
                ),
                column=column.cells.header,
            )
        settled |= {decimal} if decimal and (column.proofs or column.is_open) else set()
        _compute(column, decimal or ".", findings, rows)
    if settled:
        findings.fact(say("Decimal sign"), " ".join(sorted(settled)))


def _two_signs(column: NumberColumn, findings: Findings, rows: np.ndarray) -> None:
    assert column.codes is not None
    first = {sign: column.words.index(example) for sign, example in column.proofs.items()}
    fewer = min(
        column.proofs,
        key=lambda sign: sum(number.proves == sign for number in column.unique),
    )
    at = np.isin(column.codes, [code for code, number in enumerate(column.unique) if number.proves == fewer])
    findings.problem(
        "two_decimal_signs",
        say(
            "“{column}” has two decimal signs: {one} and {two}; the sign “{sign}” stands in {where}.",
            column=shown(column.cells.header),
            one=shown(column.words[first["."]]),
            two=shown(column.words[first[","]]),
            sign=fewer,
            where=findings.where(rows[at]),
        ),
        advice=say("Make them equal in the file, or say which one is decimal: decimal='.' or decimal=','."),
        rows=rows[at],
        column=column.cells.header,
    )


def _ask(column: NumberColumn, findings: Findings) -> None:
    sign = "." if "." in column.example else ","
    digits = column.example.replace(sign, "")
    findings.problem(
        "ambiguous_number",
        say(
            "Ambiguous numbers in “{column}”: is “{sign}” in {example} a decimal sign or a thousands separator?",
            column=shown(column.cells.header),
            sign=sign,
            example=shown(column.example),
        ),
        found=say(
            "It may be {small} or {large}, and no other value in the file decides.",
            small=column.example.replace(sign, "."),
            large=digits,
        ),
        advice=say(
            "Say which: decimal='{sign}' if it is decimal, decimal='{other}' if it separates thousands.",
            sign=sign,
            other="," if sign == "." else ".",
        ),
        column=column.cells.header,
    )


def _compute(column: NumberColumn, decimal: str, findings: Findings, rows: np.ndarray) -> None:
    text, blank, exact = column.text, column.blank, column.cells.exact
    assert text is not None
    assert blank is not None
    if column.plain and (decimal == "." or (not column.is_open and not column.proofs)):
        filled = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.large_string()), text)
        column.values = pc.cast(filled, pa.float64()).to_numpy().astype(float)
        return
    if column.codes is None:
        dictionary = text.combine_chunks().dictionary_encode()
        column.words = dictionary.dictionary.to_pylist()
        column.codes = dictionary.indices.to_numpy()
        column.unique = [written(_bare(word)) for word in column.words]
    wrong = [_wrong(number, decimal) if word else "" for number, word in zip(column.unique, column.words, strict=True)]
    values = np.array(
        [
            np.nan if bad or not word else _value(number, decimal)
            for number, word, bad in zip(column.unique, column.words, wrong, strict=True)
        ],
        dtype=float,
    )
    result = values[column.codes]
    bad = np.array([bool(reason) for reason in wrong])[column.codes]
    if exact is not None and exact.any():
        result[exact] = _exact_values(column, exact)
        bad &= ~exact
        bad |= exact & np.isnan(result) & ~blank
    column.values = result
    if bad.any():
        reasons = {wrong[code] or "not_a_number" for code in np.unique(column.codes[bad]).tolist()}
        _name_wrong(column, bad, reasons, findings, rows)


def _exact_values(column: NumberColumn, exact: np.ndarray) -> np.ndarray:
    assert column.codes is not None
    out = []
    for code in column.codes[exact].tolist():
        try:
            out.append(float(column.words[code]))
        except ValueError:
            out.append(np.nan)
    return np.array(out)


def _wrong(number: Written, decimal: str) -> str:
    if number.wrong:
        return number.wrong
    return "other_decimal" if number.proves and number.proves != decimal else ""


def _value(number: Written, decimal: str) -> float:
    other = "," if decimal == "." else "."
    value = float(number.core.replace(other, "").replace(decimal, ".").rstrip("."))
    return -value if number.negative else value


def _name_wrong(column: NumberColumn, bad: np.ndarray, reasons: set[str], findings: Findings, rows: np.ndarray) -> None:
    assert column.codes is not None
    words = list(dict.fromkeys(column.words[code] for code in column.codes[bad][:1000].tolist()))
    examples = ", ".join(in_quotes(word, 30) for word in words[:3])
    advice = say("Write numbers in digits, such as 1234.50, with one minus sign at most.")
    if any(set(word) == {"#"} for word in words):
        advice = say("Excel writes ##### where a column is too narrow; make it wider and save again.")
    elif "percent" in reasons:
        advice = say("Per cent is no amount of money; keep the amounts themselves.")
    elif "bad_groups" in reasons:
        advice = say("Thousands are separated in groups of three digits.")
    elif "other_decimal" in reasons:
        advice = say("These values use another decimal sign than the one that was said.")
    findings.problem(
        "not_a_number",
        say_count(
            "{count} value of “{column}” is not a number: {examples} ({where}).",
            "{count} values of “{column}” are not numbers: {examples} ({where}).",
            int(bad.sum()),
            column=shown(column.cells.header),
            examples=examples,
            where=findings.where(rows[bad]),
        ),
        advice=advice,
        rows=rows[bad],
        column=column.cells.header,
    )
