"""What values and headers mean: signs, statuses, totals, twin columns, stand-ins for nobody."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal


def cases(c) -> list:
    """All of them; ``c`` is the module `corpus`."""
    return [*signs(c), *statuses(c), *sums(c), *identifiers(c), *moments(c), *people(c), *languages(c)]


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
        simple(
            c, "no_header_no_numbers.csv", "C1;2024-01-13;10", "reject", (), r"customer_id=1", r"\b3\b", header_row=0
        ),
        simple(
            c,
            "no_header_bad_value.csv",
            "C1;2024-01-13;10|C2;2024-01-14;viele",
            "reject",
            (),
            r"(?i)column 3|столбец 3|3-й столбец",
            **{"header_row": 0, "customer_id": 1, "ordered_at": 2, "amount": 3},
        ),
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


def sums(c) -> list:
    two = sold(c, ("1", "C1", 13, 10), ("2", "C2", 14, 12))

    def ask(name, text, *says, **hints):
        return simple(c, name, text, "ask", (), *says, **hints)

    def rivals(name, one, other, taken=r"amount"):
        text = f"order,customer,day_,{one},{other}|1,C1,2024-01-13,10,11|2,C2,2024-01-14,12,14"
        return simple(c, name, text, "accept", two, taken, rf"amount='{other}'", ordered_at="day_")

    def total(name, text, left_out=True):
        says = r"(?i)1 row of totals|1 строка итогов|итог" if left_out else r"(?i)named like a total|похож"
        truth = sold(c, ("1", "C1", 13, 10), ("2", "C2", 14, 5))
        return simple(c, name, text, "accept", truth if left_out else (*truth, *sold(c, ("3", "Average", 31, 7))), says)

    lines = "order_no,customer,date,item,{0}|1,C1,2024-01-13,,100|1,C1,2024-01-13,,100|2,C2,2024-01-14,,50"
    same = sold(c, ("1", "C1", 13, 100), ("1", "C1", 13, 100), ("2", "C2", 14, 50))
    priced = (
        "Чек;Дата;Клиент;Кол-во;Цена;Сумма{0}|1;13.01.2024;C1;1;40;100|1;13.01.2024;C1;1;60;100|2;14.01.2024;C2;1;7;7"
    )
    return [
        ask("order_total.csv", lines.format("order_total"), r"(?i)total of the order|итог заказа", r"\b2, 3\b"),
        ask("summa_zakaza.csv", lines.format("Сумма заказа"), r"(?i)total of the order|итог заказа"),
        ask("summa_cheka_priced.csv", priced.format(" чека"), r"(?i)total of the order|итог заказа"),
        ask("summa_priced.csv", priced.format(""), r"(?i)total of the order|итог заказа", r"amount='Сумма'"),
        simple(c, "order_total_said.csv", lines.format("order_total"), "accept", same, amount="order_total"),
        simple(
            c,
            "same_sum_on_lines.csv",
            "order,customer,date,amount"
            + "".join(f"|{n},C{n},2024-01-1{n},{n}0|{n},C{n},2024-01-1{n},{n}0" for n in (1, 2, 3)),
            "accept",
            sold(c, *[(str(n), f"C{n}", 10 + n, 10 * n) for n in (1, 1, 2, 2, 3, 3)]),
            r"(?i)total of the order|итог заказа",
        ),
        ask("amount_beside_price.csv", "customer,date,item,amount,price|C1,2024-01-13,tea,2,20", r"quantity='amount'"),
        simple(
            c,
            "amount_is_pieces.csv",
            "customer,date,amount,price|C1,2024-01-13,2,20",
            "accept",
            sold(c, ("1", "C1", 13, 40, 2)),
            quantity="amount",
        ),
        simple(
            c,
            "amount_is_price.csv",
            "customer,date,amount,price|C1,2024-01-13,20,20",
            "accept",
            sold(c, ("1", "C1", 13, 20)),
        ),
        rivals("amount_and_total.csv", "Amount", "Total"),
        rivals("amount_and_revenue.csv", "amount", "revenue"),
        rivals("summa_i_itogo.csv", "Сумма", "Итого"),
        ask(
            "net_and_gross.csv",
            "order,customer,date,net_amount,gross_amount|1,C1,2024-01-13,10,12",
            r"(?i)ambiguous|неоднозначн",
        ),
        simple(
            c,
            "two_dates.csv",
            "order;customer;Дата оплаты;Дата отгрузки;amount|1;C1;11.01.2024;13.01.2024;10"
            "|2;C2;14.01.2024;14.01.2024;12",
            "accept",
            two,
            r"ordered_at='Дата оплаты'",
        ),
        total(
            "itogo_with_date.csv",
            "order,customer,date,amount|1,C1,2024-01-13,10|2,C2,2024-01-14,5|3,Итого,2024-01-31,15",
        ),
        total(
            "itogo_za.csv",
            "order,customer,date,amount|1,C1,2024-01-13,10|2,C2,2024-01-14,5|3,Итого за январь,2024-01-31,15",
        ),
        total(
            "grand_total.csv",
            "order,customer,date,amount|1,C1,2024-01-13,10|2,C2,2024-01-14,5|3,Grand Total,2024-01-31,15",
        ),
        total(
            "itogo_in_order.csv",
            "order,customer,date,amount|1,C1,2024-01-13,10|2,C2,2024-01-14,5|Итого:,,2024-01-31,15",
        ),
        total(
            "average.csv",
            "order,customer,date,amount|1,C1,2024-01-13,10|2,C2,2024-01-14,5|3,Average,2024-01-31,7",
            False,
        ),
    ]


def identifiers(c) -> list:
    def ids(name, first, second, came, *says):
        text = f"order;customer;date;amount|1;{first};2024-01-13;10|2;{second};2024-01-14;12"
        truth = sold(c, ("1", came[0], 13, 10), ("2", came[1], 14, 12))
        return simple(c, name, text, "accept", truth, *says)

    def bad(name, value, *says):
        return simple(c, name, f"customer;date;amount|{value};2024-01-13;10", "reject", (), *says, r"\b2\b")

    unseen, blanks, nobody = r"(?i)invisible|невидим", r"(?i)blanks|пробелами", r"(?i)for nobody|«никто»"
    return [
        ids("zero_width.csv", "C1", "C\u200b1", ("C1", "C1"), unseen, r"\b3\b"),
        ids("soft_hyphen.csv", "C1", "C\u00ad1", ("C1", "C1"), unseen),
        ids("left_to_right_mark.csv", "C1", "C1\u200e", ("C1", "C1"), unseen),
        ids("text_formula.csv", '"=""007"""', "007", ("007", "007"), r"(?i)form of Excel|виде для Excel"),
        ids("comma_zero.csv", "17850,0", "17850", ("17850", "17850"), r"17850,0"),
        ids("comma_groups_stay.csv", "17,000", "C2", ("17,000", "C2")),
        ids("blank_twins.csv", "C 1", "C1", ("C 1", "C1"), blanks),
        ids("blank_groups.csv", "17 850", "17850", ("17 850", "17850"), blanks),
        ids("dash_for_nobody.csv", "-", "C2", ("-", "C2"), nobody),
        ids("zero_for_nobody.csv", "0", "C2", ("0", "C2"), nobody),
        ids("guest.csv", "Guest", "C2", ("Guest", "C2"), nobody),
        ids("retail_buyer.csv", "Розничный покупатель", "C2", ("Розничный покупатель", "C2"), nobody),
        bad("error_ref.csv", "#REF!", r"#REF!"),
        bad("error_na.csv", "#N/A", r"#N/A"),
        bad("error_nd.csv", "#Н/Д", r"#Н/Д"),
    ]


def moments(c) -> list:
    two = sold(c, ("1", "C1", 13, 10), ("2", "C2", 14, 12))

    def dates(name, first, second, outcome, *says, **hints):
        text = f"order;customer;date;amount|1;C1;{first};10|2;C2;{second};12"
        return simple(c, name, text, outcome, two if outcome == "accept" else (), *says, **hints)

    none = r"(?i)no such day|такого дня"
    return [
        dates("one_impossible_dotted.csv", "29.02.2023", "13.01.2024", "reject", none, r"29\.02\.2023", r"\b2\b"),
        simple(c, "only_impossible_dotted.csv", "customer;date;amount|C1;29.02.2023;1", "reject", (), none, r"\b2\b"),
        simple(
            c,
            "impossible_birth.csv",
            "client_id;birth_date|K1;29.02.1990",
            "reject",
            (),
            none,
            kind="customers",
        ),
        dates("blanks_ambiguous.csv", "03 04 2024", "05 06 2024", "ask", r"day_first"),
        dates("blanks_proved.csv", "13 01 2024", "14 01 2024", "accept"),
        dates("blanks_year_first.csv", "2024 01 13", "2024 01 14", "accept"),
        dates("years.csv", "2024", "2023", "reject", r"(?i)only years|только годы"),
        dates("named_zone.csv", "2024-01-13 00:00 EST", "2024-01-14 00:00 EST", "accept", r"EST"),
        dates("named_zones.csv", "2024-01-13 10:00 EST", "2024-01-14 10:00 PST", "ask", r"EST", r"PST"),
        dates("narrow_column.csv", "########", "2024-01-14", "reject", r"(?i)narrow|узкий"),
        dates("word_for_date.csv", "2024-01-13 24:00", "2024-01-14", "reject", r"2024-06-19"),
        simple(
            c,
            "positive_cancelled_invoice.csv",
            "InvoiceNo,CustomerID,InvoiceDate,Quantity,UnitPrice|536378,C1,2024-01-13,1,10|C536379,C2,2024-01-14,1,12",
            "accept",
            sold(c, ("536378", "C1", 13, 10), ("C536379", "C2", 14, 12)),
            r"(?i)is positive|положительна",
        ),
    ]


def people(c) -> list:
    def one(name, headers, values, says=(), outcome="accept", **cells):
        text = f"client_id;{headers}|K1;{values}"
        wanted = {(0, column): value for column, value in cells.items()}
        return simple(c, name, text, outcome, (), *says, kind="customers", cells=wanted)

    joined = (r"(?i)joined|составлены",)
    consents = [
        one(f"consent_{number}.csv", "Согласие", value, consent=meant)
        for number, (value, meant) in enumerate(
            [("1.0", True), ("0.0", False), ("ok", True), ("подписан", True), ("✓", True), ("n/a", None), ("н/д", None)]
        )
    ]
    refusal = (r"(?i)want no messages|не хотят",)
    return [
        *consents,
        one("consent_minus.csv", "Согласие", "-", (r"\b2\b",), "reject"),
        simple(
            c,
            "consent_plus_and_minus.csv",
            "client_id;consent|K1;+|K2;-",
            "accept",
            kind="customers",
            cells={(0, "consent"): True, (1, "consent"): False},
        ),
        one("two_consents.csv", "consent;Рассылка", "да;нет", (r"consent='Рассылка'",), consent=True),
        one("familia_imya.csv", "Фамилия;Имя", "Иванова;Анна", joined, full_name="Иванова Анна"),
        one("fio_parts.csv", "Фамилия;Имя;Отчество", "Иванова;Анна;", joined, full_name="Иванова Анна"),
        one(
            "first_last.csv", "first_name,last_name".replace(",", ";"), "Anna;Ivanova", joined, full_name="Anna Ivanova"
        ),
        one("full_and_last.csv", "ФИО;Фамилия", "Иванова Анна;Иванова", full_name="Иванова Анна"),
        one("unsubscribed.csv", "name;unsubscribed", "A;1", refusal),
        one("otkaz_ot_rassylki.csv", "name;Отказ от рассылки", "A;да", refusal),
        one("do_not_call.csv", "name;do_not_call", "A;1", refusal),
        one("phone_ruined.csv", "phone", "7.9001E+10", (r"E\+1",), "reject"),
        one("phone_ruined_comma.csv", "phone", "8,9001E+10", (r"E\+1",), "reject"),
        one("phone_point_zero.csv", "phone", "9001112233.0", phone="9001112233"),
        one("born_1900.csv", "birth_date", "01.01.1900", (r"(?i)placeholder|заглушк",), birth_date=dt.date(1900, 1, 1)),
        one("born_30.csv", "birth_date", "13.01.30", (r"(?i)two-digit|двух цифр",), birth_date=dt.date(1930, 1, 13)),
    ]


def languages(c) -> list:
    truth = (
        c.Line("1", "C1", dt.datetime(2024, 1, 13), "tea", Decimal(2), Decimal(20)),
        c.Line("2", "C2", dt.datetime(2024, 1, 14), "bun", Decimal(3), Decimal(5)),
    )
    lines = "|1;C1;13.01.2024;tea;2;20|2;C2;14.01.2024;bun;3;5"
    return [
        simple(c, name, header + lines, "accept", truth)
        for name, header in (
            ("german.csv", "Bestellnummer;Kundennummer;Bestelldatum;Artikel;Menge;Einzelpreis"),
            ("spanish.csv", "Número de pedido;Cliente;Fecha;Producto;Cantidad;Precio unitario"),
            ("french.csv", "N° de commande;Client;Date;Produit;Quantité;Prix unitaire"),
        )
    ] + [
        simple(
            c,
            "header_again_in_capitals.csv",
            "order,customer,date,item,quantity,price|1,C1,2024-01-13,tea,2,20|ORDER,CUSTOMER,DATE,ITEM,QUANTITY,PRICE"
            "|2,C2,2024-01-14,bun,3,5",
            "accept",
            truth,
            r"(?i)header again|заголовок",
        )
    ]
