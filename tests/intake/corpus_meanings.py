"""What values and headers mean: signs, statuses, totals, twin columns, stand-ins for nobody."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal


def cases(c) -> list:
    """All of them; ``c`` is the module `corpus`."""
    return [*signs(c), *statuses(c)]


def sold(c, *lines) -> tuple:
    """Truth out of (order, customer, day of January 2024, amount), one piece each unless a quantity follows."""
    return tuple(
        c.Line(
            order,
            customer,
            dt.datetime(2024, 1, day),
            "",
            Decimal(more[0] if more else 1),
            Decimal(amount) / abs(Decimal(more[0] if more else 1)),
        )
        for order, customer, day, amount, *more in lines
    )


def simple(c, name, text, outcome, truth=(), *says, kind="purchases", cells=None, **hints):
    """A case out of a text with ``|`` between lines."""
    content = ("\n".join(text.split("|")) + "\n").encode()
    return c.Case(name, content, outcome, truth, says, kind, hints=hints, cells=cells or {})


def signs(c) -> list:
    def money(name, value, amount):
        text = f"customer;date;amount|C1;2024-01-13;10|C2;2024-01-14;{value}"
        if amount is None:
            return simple(c, name, text, "reject", (), r"\b3\b", r"(?i)not a number|не числ")
        truth = sold(c, ("1", "C1", 13, 10), ("2", "C2", 14, abs(amount)))
        return simple(c, name, text, "accept", truth, r"(?i)return|возврат", cells={(1, "amount"): amount})

    return [
        money("minus_in_brackets.csv", "(-5)", None),
        money("two_minuses.csv", "--5", None),
        money("minus_on_both_sides.csv", "-5-", None),
        money("underscore.csv", "1_000", None),
        money("price_with_dash.csv", "5.-", None),
        money("minus_and_blank.csv", "- 25.50", -25.5),
        money("minus_before_sign.csv", "-$5", -5),
        simple(
            c,
            "sixty_thousand_blanks.csv",
            "customer,date,amount|C1,2024-01-13,1|C" + " " * 60_000 + "x,2024-01-14,2",
            "accept",
            sold(c, ("1", "C1", 13, 1), ("2", "C" + " " * 60_000 + "x", 14, 2)),
        ),
    ]


def statuses(c) -> list:
    both = sold(c, ("1", "C1", 13, 10), ("2", "C2", 14, 5))

    def second(name, header, value, meant, first=""):
        """The second line has this value: a sale, a return, a sale that was left out, or one that is asked about."""
        text = f"order,customer,date,amount,{header}|1,C1,2024-01-13,10,{first}|2,C2,2024-01-14,5,{value}"
        truth = both[:1] if meant == "left out" else both
        says = {
            "return": (r"(?i)marked as a return|помечена как возврат|отмечена как возврат",),
            "left out": (r"(?i)marked as cancelled|отмен[её]нн",),
            "unclear": (r"(?i)1 line counts as a sale|1 строка считается продажей", value),
            "sale": (),
        }[meant]
        cells = {(1, "amount"): -5.0} if meant == "return" else {}
        quantity = Decimal(-1) if meant == "return" else Decimal(1)
        if meant == "return":
            truth = (both[0], c.Line("2", "C2", both[1].at, "", quantity, Decimal(5)))
        return simple(c, name, text, "accept", truth, *says, cells=cells)

    return [
        second("mark_is_return.csv", "is_return", "1", "return", "0"),
        second("mark_IsReturn.csv", "IsReturn", "true", "return", "false"),
        second("mark_return_flag.csv", "return_flag", "Y", "return", "N"),
        second("mark_refunded.csv", "is_refunded", "true", "return", "false"),
        second("mark_vozvrat.csv", "Возврат", "1", "return", "0"),
        second("mark_is_cancelled.csv", "is_cancelled", "1", "left out", "0"),
        second("mark_cancelled.csv", "Cancelled", "1", "left out", "0"),
        second("mark_deleted.csv", "deleted", "true", "left out", "false"),
        second("mark_otmenen.csv", "Отменён", "да", "left out", "нет"),
        second("mark_unknown.csv", "Возврат", "250 руб.", "unclear"),
        second("mark_paid.csv", "paid", "no", "unclear", "yes"),
        second("type_return.csv", "type", "Return", "return", "Sale"),
        second("tip_vozvrat.csv", "Тип", "Возврат", "return", "Продажа"),
        second("type_refund.csv", "transaction_type", "refund", "return", "sale"),
        second("type_credit_note.csv", "Document type", "Credit note", "return", "Invoice"),
        second("type_of_shop.csv", "type", "online", "sale", "shop"),
        second("cancelled_by.csv", "status", "Cancelled by customer", "left out", "Completed"),
        second("otmenen_klientom.csv", "Статус", "Отменён клиентом", "left out", "Выполнен"),
        second("not_returned.csv", "status", "Not returned", "sale", "Completed"),
        *[
            second(f"status_{number}.csv", "status", value, "unclear", "Completed")
            for number, value in enumerate(
                (
                    "pending",
                    "unpaid",
                    "Черновик",
                    "Не оплачен",
                    "expired",
                    "chargeback",
                    "partially refunded",
                    "Returning customer",
                    "Return window closed",
                    "Возвратная тара",
                    "частичный возврат",
                    "Удалённый заказ",
                    "Отмена отклонена",
                    "refund denied",
                    "Отказ от звонка",
                    "void check ok",
                    "Failed payment and retried OK",
                    "Cancellation requested",
                )
            )
        ],
    ]
