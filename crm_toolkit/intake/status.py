"""What a status or an operation says about a line: a sale, a return, or a sale that never happened.

Only a value that is known as a whole acts. “Return window closed” holds a known word and means something else, so
every other value counts as a sale and is named in the report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake.findings import Findings, in_quotes
from crm_toolkit.intake.grid import Cells, plain_text
from crm_toolkit.texts import join_names, say, say_count


def _phrases(text: str) -> frozenset[str]:
    return frozenset(text.split(", "))


_SALE = _phrases(
    "completed, complete, paid, sale, sales, sold, purchase, purchased, order, ordered, done, delivered, shipped, "
    "fulfilled, closed, closed won, won, success, successful, succeeded, approved, confirmed, invoice, receipt, "
    "transaction, captured, settled, processed, продажа, продано, продан, реализация, реализация товаров, "
    "реализация товаров и услуг, выполнен, выполнено, выполнена, завершен, завершено, завершена, оплачен, оплачено, "
    "оплачена, доставлен, доставлено, отгружен, отгружено, выдан, выдано, получен, получено, закрыт, закрыто, "
    "успешно, успешная сделка, приход, покупка, чек, чек продажи, без возврата"
)
_RETURNED = _phrases(
    "return, returned, returns, refund, sales return, return receipt, credit note, возврат, возвращен, возвращено, "
    "возвращена, возврат товара, возврат товаров, возврат от покупателя, возврат покупателя, "
    "возврат товаров от покупателя, возврат товара от покупателя, возврат прихода, возврат продажи, чек возврата"
)
_CANCELLED = _phrases(
    "cancel, cancelled, canceled, cancellation, order cancelled, order canceled, void, voided, declined, failed, "
    "rejected, refunded, reversed, annulled, отмена, отмена заказа, отменен, отменено, отменена, заказ отменен, "
    "аннулирован, аннулировано, аннулирована, отказ, отказ клиента, отказ покупателя, отклонен, отклонено, удален, "
    "удалено, удалена, сторно, сторнирован, сторнировано, тестовый, тестовая, тестовый заказ"
)
_BY_SOMEBODY = re.compile(
    r"(?:cancell?ed|отмен[её]на?о?) (?:by [\w ]+|(?:клиентом|покупателем|магазином|продавцом|менеджером|системой))"
)
_NOT_BOUGHT = re.compile(
    r"view|product view|page view|click|add to cart|cart|remove from cart|wish ?list|favou?rite|search|"
    r"просмотр|корзина|добавление в корзину|избранное|поиск"
)
_STEMS = re.compile(
    r"cancel|void|refund|return|declin|fail|reject|chargeback|credit|unpaid|отмен|отказ|возвра|аннулир|сторн|удал|"
    r"не оплач|неоплач|тестов"
)
_YES = frozenset({"1", "1.0", "true", "t", "yes", "y", "x", "да", "истина", "+", "✓"})
_NO = frozenset({"", "0", "0.0", "false", "f", "no", "n", "нет", "ложь", "-"})
_MARKS = {"returned_mark": "returned", "cancelled_mark": "cancelled", "paid_mark": "sale"}
STATUS_FIELDS = ("status", "operation", *_MARKS)
"""Fields that may say that a line is no sale; the last ones are marks with yes and no."""


def meaning(value: str, field: str) -> str:
    """What one value means: sale, returned, cancelled, looked, "" (nothing) or "unclear".

    >>> meaning("Отменён", "status"), meaning("Return window closed", "status"), meaning("1", "returned_mark")
    ('cancelled', 'unclear', 'returned')
    """
    said = re.sub(r"[\s_\-]+", " ", value.casefold().replace("ё", "е")).strip(" .!") or value.strip()
    mark = _MARKS.get(field)
    if mark and said in _YES:
        return mark
    if said in _NO or (mark and re.fullmatch(r"0[.,]0+", said)):
        return "unclear" if mark == "sale" and said else ""
    for words, meant in ((_RETURNED, "returned"), (_CANCELLED, "cancelled"), (_SALE, "sale")):
        if said in words:
            return meant
    denied = re.sub(r"^(?:not|no|non|не|нет) ", "", said)
    if denied != said and (denied in _RETURNED or denied in _CANCELLED):
        return "sale"
    if _BY_SOMEBODY.fullmatch(said):
        return "cancelled"
    if _NOT_BOUGHT.fullmatch(said):
        return "looked"
    return "unclear" if field != "operation" or _STEMS.search(said) else ""


def read_status(
    fields: Mapping[str, Cells], findings: Findings, rows: np.ndarray, *, keep_cancelled: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Which lines are left out as cancelled or never bought, and which are returns, by the words in the columns."""
    found = {name: np.zeros(len(rows), bool) for name in ("returned", "cancelled", "looked")}
    names: dict[str, list[str]] = {name: [] for name in found}
    for field in STATUS_FIELDS:
        if field not in fields:
            continue
        words = plain_text(fields[field]).combine_chunks().dictionary_encode()
        codes, values = words.indices.to_numpy(), words.dictionary.to_pylist()
        meanings = np.array([meaning(value, field) for value in values], object)
        for name, mask in found.items():
            here = [code for code, meant in enumerate(meanings) if meant == name]
            mask |= np.isin(codes, here)
            names[name] += [_shown(values[code], fields[field].header, field) for code in here]
        _say_meanings(fields[field], field, codes, values, meanings, findings)
    cancelled, looked = found["cancelled"] & ~found["looked"], found["looked"]
    if looked.any():
        findings.counts["not_bought"] = int(looked.sum())
        findings.drop(
            "not_bought",
            say_count(
                "{count} line that is no purchase: {names}",
                "{count} lines that are no purchases: {names}",
                int(looked.sum()),
                names=join_names(names["looked"]),
            ),
            rows[looked],
        )
    if cancelled.any():
        _say_cancelled(cancelled, join_names(names["cancelled"]), findings, rows, keep_cancelled)
    return looked if keep_cancelled else looked | cancelled, found["returned"] & ~cancelled & ~looked


def _shown(value: str, header: str, field: str) -> str:
    return f"{header} = {value}" if field in _MARKS else in_quotes(value, 40)


def _say_meanings(
    cells: Cells, field: str, codes: np.ndarray, values: list[str], meanings: np.ndarray, findings: Findings
) -> None:
    """Name the values that count as sales; those that are not known with their number of lines, as a warning."""
    sales = [in_quotes(value, 40) for value, meant in zip(values, meanings, strict=True) if meant == "sale"]
    if sales and field not in _MARKS:
        findings.fact(
            say("Values of {column} that count as sales", column=in_quotes(cells.header)), join_names(sales, 8)
        )
    unclear = np.array([meant == "unclear" for meant in meanings])
    if not unclear.any():
        return
    counts = np.bincount(codes, minlength=len(values))
    order = sorted(
        np.flatnonzero(unclear).tolist(), key=lambda code: (not _STEMS.search(values[code].casefold()), -counts[code])
    )
    findings.counts["unclear_status"] = findings.counts.get("unclear_status", 0) + int(counts[unclear].sum())
    findings.warn(
        "unclear_status",
        say_count(
            "{count} line counts as a sale, although “{column}” holds a value that is not known: {values}. If it is "
            "none, delete the line or write a known word, such as Cancelled or Return.",
            "{count} lines count as sales, although “{column}” holds values that are not known: {values}. If they are "
            "none, delete the lines or write known words, such as Cancelled or Return.",
            int(counts[unclear].sum()),
            column=cells.header,
            values=join_names((f"{in_quotes(values[code], 40)} ({counts[code]})" for code in order), 8),
        ),
        column=cells.header,
    )


def _say_cancelled(
    cancelled: np.ndarray, names: str, findings: Findings, rows: np.ndarray, keep_cancelled: bool
) -> None:
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
    return numbers if pc.sum(plain).as_py() >= numbers.sum() else none
