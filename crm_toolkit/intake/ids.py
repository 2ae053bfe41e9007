"""Identifiers and texts: kept as they stand, with the harm that other programs do to them undone or named.

Leading zeros, 17 digits and customers called ``NA`` or ``null`` are kept. Blanks around an identifier go,
``17850.0`` becomes ``17850`` again, and ``9.00720E+16`` is refused, because many customers became one there.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake.findings import Findings, in_quotes, shown
from crm_toolkit.intake.grid import Cells, as_text
from crm_toolkit.intake.twins import note_twins
from crm_toolkit.texts import join_names, say, say_count

DANGEROUS = "=+-@\t\r\n'"
"""A cell that begins with one of these gets an apostrophe on export, which goes again on import."""

_GUARDED = r"^'[=+\-@\t\r\n']"
_RUINED = r"^\d[.,]\d+[eE]\+?\d{2}$"
_WHOLE_FLOAT = r"^\d+(?:\.0+|,0{1,2})$"
_TEXT_FORMULA = r'^="(.*)"$'
_INVISIBLE = r"[\x{00ad}\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}\x{feff}]"
_EXCEL_ERROR = (
    r"^#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|Н/Д|ССЫЛКА!|ЗНАЧ!|ИМЯ\?|ДЕЛ/0!|ПУСТО!|ЧИСЛО!)$"
)
_NOBODY = (
    r"(?i)^(?:[-—–?.0]|guest|anonymous|unknown|no name|walk-?in(?: customer)?|cash customer|retail customer|test|гость|"
    r"аноним|неизвестно|неизвестный|без имени|без карты|розничный покупатель|частное лицо|физ\.?\s?лицо|"
    r"физическое лицо|розница|тест)$"
)
_DIGITS = r"^\d+$"


def texts(cells: Cells) -> pa.ChunkedArray:
    """A column of texts as it stands: null for an empty cell, one guarding apostrophe taken off."""
    text = cells.text if cells.text is not None else as_text(cells.native)
    text = pc.if_else(pc.equal(pc.utf8_trim_whitespace(text), ""), pa.scalar(None, pa.large_string()), text)
    return unguarded(text)


def unguarded(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take off the one apostrophe that the export put before a dangerous sign."""
    guarded = pc.fill_null(pc.match_substring_regex(text, _GUARDED), False)
    if not pc.any(guarded, min_count=0).as_py():
        return text
    return pc.if_else(guarded, pc.utf8_slice_codeunits(text, start=1), text)


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> guarded("=1+1"), guarded("tea")
    ("'=1+1", 'tea')
    """
    return "'" + text if text[:1] in tuple(DANGEROUS) and text else text


def read_ids(cells: Cells, field: str, findings: Findings, rows: np.ndarray) -> pa.ChunkedArray:
    """A column of identifiers: integers of a typed column stay integers, all else is text; null where empty."""
    if cells.native is not None and pa.types.is_integer(cells.native.type):
        return cells.native
    if cells.native is not None and pa.types.is_floating(cells.native.type):
        whole = _whole_numbers(cells)
        if whole is not None:
            return whole
    raw = _without_invisible(_without_formula(cells, findings), cells, findings, rows)
    text = pc.utf8_trim_whitespace(raw)
    changed = pc.fill_null(pc.not_equal(raw, text), False).to_numpy(zero_copy_only=False)
    if changed.any():
        findings.warn(
            "trimmed",
            say_count(
                "Spaces around {count} value of “{column}” were trimmed ({where}).",
                "Spaces around {count} values of “{column}” were trimmed ({where}).",
                int(changed.sum()),
                column=shown(cells.header),
                where=findings.where(rows[changed]),
            ),
            rows=rows[changed],
            column=cells.header,
        )
    text = without_point_zero(text, cells, findings)
    refuse_ruined(text, cells, findings, rows)
    _refuse_errors(text, cells, findings, rows)
    if field == "customer_id":
        _note_nobody(text, cells, findings, rows)
    note_twins(text, cells, findings)
    return text


def _whole_numbers(cells: Cells) -> pa.ChunkedArray | None:
    assert cells.native is not None
    values = cells.native.to_numpy()
    known = values[~np.isnan(values)]
    if not len(known) or (known != np.floor(known)).any() or (np.abs(known) > 2**53).any():
        return None
    whole = np.where(np.isnan(values), 0, values).astype(np.int64)
    return pa.chunked_array([pa.array(whole, mask=np.isnan(values))])


def without_point_zero(text: pa.ChunkedArray, cells: Cells, findings: Findings) -> pa.ChunkedArray:
    filled = text.drop_null()
    floats = pc.match_substring_regex(filled, _WHOLE_FLOAT)
    if not pc.any(floats, min_count=0).as_py():
        return text
    if not pc.all(pc.or_(floats, pc.match_substring_regex(filled, _DIGITS)), min_count=0).as_py():
        return text
    findings.warn(
        "point_zero",
        say(
            "Values of “{column}” such as {example} were written as numbers; the “.0” was taken off.",
            column=shown(cells.header),
            example=shown(filled.filter(floats)[0].as_py()),
        ),
        column=cells.header,
    )
    return pc.replace_substring_regex(text, r"(?:\.0+|,0{1,2})$", "")


def refuse_ruined(text: pa.ChunkedArray, cells: Cells, findings: Findings, rows: np.ndarray) -> None:
    ruined = pc.fill_null(pc.match_substring_regex(text, _RUINED), False)
    if cells.exact is not None and cells.exact.any():
        long = pc.fill_null(pc.match_substring_regex(text, r"^\d{16,}$"), False)
        ruined = pc.or_(ruined, pc.and_(long, pa.chunked_array([pa.array(cells.exact)])))
    at = ruined.to_numpy(zero_copy_only=False)
    if at.any():
        findings.problem(
            "ruined_ids",
            say_count(
                "{count} value of “{column}” was ruined by Excel: {example} is a number in scientific notation "
                "(E+16), and its last digits are lost ({where}).",
                "{count} values of “{column}” were ruined by Excel: {example} is a number in scientific notation "
                "(E+16), and their last digits are lost ({where}).",
                int(at.sum()),
                column=shown(cells.header),
                example=shown(text.filter(pa.array(at))[0].as_py()),
                where=findings.where(rows[at]),
            ),
            advice=say("Export the file again and don't open it in Excel before, or format the column as text first."),
            rows=rows[at],
            column=cells.header,
        )


def _without_formula(cells: Cells, findings: Findings) -> pa.ChunkedArray:
    """Texts out of ``="007"``, the form in which programs hand digits to Excel."""
    if cells.text is not None:
        formulas = pc.fill_null(pc.match_substring_regex(cells.text, _TEXT_FORMULA), False)
        if pc.any(formulas, min_count=0).as_py():
            plain = pc.replace_substring_regex(cells.text, _TEXT_FORMULA, r"\1")
            findings.warn(
                "text_formula",
                say(
                    "Values of “{column}” such as {example} are texts in the form of Excel; the text itself was taken.",
                    column=shown(cells.header),
                    example=shown(cells.text.filter(formulas)[0].as_py()),
                ),
                column=cells.header,
            )
            return pc.if_else(formulas, plain, texts(cells))
    return texts(cells)


def _without_invisible(text: pa.ChunkedArray, cells: Cells, findings: Findings, rows: np.ndarray) -> pa.ChunkedArray:
    """Identifiers without signs that nobody sees and that would make one customer two."""
    marked = pc.fill_null(pc.match_substring_regex(text, _INVISIBLE), False).to_numpy(zero_copy_only=False)
    if not marked.any():
        return text
    findings.warn(
        "invisible",
        say_count(
            "Invisible signs were taken out of {count} value of “{column}” ({where}).",
            "Invisible signs were taken out of {count} values of “{column}” ({where}).",
            int(marked.sum()),
            column=shown(cells.header),
            where=findings.where(rows[marked]),
        ),
        rows=rows[marked],
        column=cells.header,
    )
    return pc.replace_substring_regex(text, _INVISIBLE, "")


def _refuse_errors(text: pa.ChunkedArray, cells: Cells, findings: Findings, rows: np.ndarray) -> None:
    at = pc.fill_null(pc.match_substring_regex(text, _EXCEL_ERROR), False).to_numpy(zero_copy_only=False)
    if at.any():
        findings.problem(
            "excel_error",
            say_count(
                "{count} value of “{column}” is an error of Excel, {example} ({where}).",
                "{count} values of “{column}” are errors of Excel, such as {example} ({where}).",
                int(at.sum()),
                column=shown(cells.header),
                example=shown(text.filter(pa.array(at))[0].as_py()),
                where=findings.where(rows[at]),
            ),
            advice=say("Mend or clear them in the file."),
            rows=rows[at],
            column=cells.header,
        )


def _note_nobody(text: pa.ChunkedArray, cells: Cells, findings: Findings, rows: np.ndarray) -> None:
    """Name identifiers that look like a word for no customer: many visitors would become one."""
    at = pc.fill_null(pc.match_substring_regex(text, _NOBODY), False).to_numpy(zero_copy_only=False)
    if at.any():
        findings.counts["perhaps_nobody"] = int(at.sum())
        findings.warn(
            "perhaps_nobody",
            say_count(
                "{count} line belongs to {names}, which looks like a word for nobody and counts as a customer; empty "
                "the cell if nobody is meant ({where}).",
                "{count} lines belong to {names}, which looks like a word for nobody and counts as a customer; empty "
                "the cells if nobody is meant ({where}).",
                int(at.sum()),
                names=join_names((in_quotes(word, 30) for word in text.filter(pa.array(at)).unique().to_pylist()), 5),
                where=findings.where(rows[at]),
            ),
            rows=rows[at],
            column=cells.header,
        )
