"""What a status or an operation says about a line: a sale, a return, or a sale that never happened."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake.findings import Findings, in_quotes
from crm_toolkit.intake.grid import Cells, plain_text
from crm_toolkit.texts import join_names, say_count

_CANCELLED = re.compile(
    r"\b(cancel|void|refund|declined|failed|rejected|аннулир|отмен|отказ|не оплачен|удал[её]н|сторно|тестов)",
    re.IGNORECASE,
)
_RETURNED = re.compile(r"\b(return|возврат|возвращ)", re.IGNORECASE)
_NOT_BOUGHT = re.compile(
    r"^(view|product_?view|page_?view|click|add_?to_?cart|cart|remove_?from_?cart|wish_?list|favou?rite|search|"
    r"просмотр|корзина|добавление в корзину|избранное|поиск)$",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(not|non|no|partially|нет|не|частично|without|без)\b", re.IGNORECASE)
_YES = {"1", "true", "yes", "y", "да", "истина", "+"}


def read_status(
    cells: Cells, findings: Findings, rows: np.ndarray, *, keep_cancelled: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Which lines are left out as cancelled or never bought, and which are returns, by the words in the column."""
    text = plain_text(cells)
    words = text.combine_chunks().dictionary_encode()
    codes = words.indices.to_numpy()
    values = words.dictionary.to_pylist()
    cancelled_codes, returned_codes, looked_codes = [], [], []
    header = cells.header
    for code, value in enumerate(values):
        said = f"{header} {value}" if value.casefold() in _YES else value
        if _NOT_BOUGHT.match(value.strip().replace(" ", "_")) or _NOT_BOUGHT.match(value.strip()):
            looked_codes.append(code)
            continue
        if _NOT.search(said):
            continue
        if _RETURNED.search(said):
            returned_codes.append(code)
        elif _CANCELLED.search(said):
            cancelled_codes.append(code)
    cancelled, returned = np.isin(codes, cancelled_codes), np.isin(codes, returned_codes)
    looked = np.isin(codes, looked_codes)
    if looked.any():
        findings.counts["not_bought"] = int(looked.sum())
        findings.drop(
            "not_bought",
            say_count(
                "{count} line that is no purchase: {names}",
                "{count} lines that are no purchases: {names}",
                int(looked.sum()),
                names=join_names(in_quotes(values[code]) for code in looked_codes),
            ),
            rows[looked],
        )
    if cancelled.any():
        names = join_names(in_quotes(values[code]) for code in cancelled_codes)
        findings.counts["cancelled"] = int(cancelled.sum())
        if keep_cancelled:
            findings.warn(
                "cancelled_kept",
                say_count(
                    "{count} line is marked as cancelled ({names}) and kept, as you said ({where}).",
                    "{count} lines are marked as cancelled ({names}) and kept, as you said ({where}).",
                    int(cancelled.sum()),
                    names=names,
                    where=findings.where(rows[cancelled]),
                ),
                rows=rows[cancelled],
                column=header,
            )
        else:
            findings.drop(
                "cancelled",
                say_count(
                    "{count} line marked as cancelled: {names}",
                    "{count} lines marked as cancelled: {names}",
                    int(cancelled.sum()),
                    names=names,
                ),
                rows[cancelled],
            )
    return looked if keep_cancelled else looked | cancelled, returned


def cancelled_invoices(orders: pa.ChunkedArray) -> np.ndarray:
    """Invoices such as C536379 among numbers: the usual mark of a cancellation in Online Retail."""
    none = np.zeros(len(orders), bool)
    if not (pa.types.is_large_string(orders.type) or pa.types.is_string(orders.type)):
        return none
    marked = pc.fill_null(pc.match_substring_regex(orders, r"^[CcСс]\d{3,}$"), False)
    if not pc.any(marked, min_count=0).as_py():
        return none
    plain = pc.fill_null(pc.match_substring_regex(orders, r"^\d{3,}$"), False)
    numbers = marked.to_numpy(zero_copy_only=False)
    return numbers if pc.sum(plain).as_py() > numbers.sum() else none
