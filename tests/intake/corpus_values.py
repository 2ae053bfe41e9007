"""Odd numbers, identifiers, dates and tables: the second half of the corpus of text files."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal


def cases(c) -> list:
    """All of them; ``c`` is the module `corpus`."""
    return [*numbers(c), *identifiers(c), *dates(c), *tables(c)]


def numbers(c) -> list:
    case, shop, csv, table, changed = c.Case, c.SHOP, c.csv, c.table, c.changed
    whole = tuple(replace(x, price=Decimal(1000 + 7 * n)) for n, x in enumerate(shop))
    weights = tuple(replace(x, quantity=Decimal("1.5"), price=x.price.quantize(Decimal("1")) + 2) for x in shop)

    def money(name, write, *says, delimiter=";", lines=shop):
        return case(name, csv(table(lines, money=write), delimiter), "accept", lines, says)

    def bad(name, value, *says, column=5, outcome="reject", delimiter=","):
        rows = changed(column, lambda n, cell: value if n == 4 else cell)
        return case(name, csv(rows, delimiter), outcome, (), says)

    def signed(name, write):
        back = tuple(replace(x, quantity=-x.quantity) if n == 4 else x for n, x in enumerate(shop))
        rows = changed(4, lambda n, cell: write(cell) if n == 4 else cell)
        return case(name, csv(rows), "accept", back, (r"(?i)return|возврат",))

    digits = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
    return [
        money("decimal_comma.csv", c.comma),
        money("groups_space.csv", c.grouped(" ", ",")),
        money("groups_nbsp.csv", c.grouped("\u00a0", ",")),
        money("groups_narrow_nbsp.csv", c.grouped("\u202f", ",")),
        money("groups_thin.csv", c.grouped("\u2009", ",")),
        money("groups_apostrophe.csv", c.grouped("'", ".")),
        money("groups_curly_apostrophe.csv", c.grouped("’", ".")),
        money("groups_comma_point.csv", c.grouped(",", ".")),
        money("groups_point_comma.csv", c.grouped(".", ",")),
        money("ruble_sign.csv", lambda d: c.grouped(" ", ",")(d) + " ₽", r"RUB"),
        money("ruble_word.csv", lambda d: c.comma(d) + " руб.", r"RUB"),
        money("dollar.csv", lambda d: "$" + c.point(d), r"USD"),
        money("euro.csv", lambda d: c.comma(d) + " €", r"EUR"),
        money("hryvnia.csv", lambda d: c.comma(d) + " грн", r"UAH"),
        money("iso_code.csv", lambda d: "KZT " + c.point(d), r"KZT"),
        money("arabic_digits.csv", lambda d: c.point(d).translate(digits)),
        money("wide_digits.csv", lambda d: c.point(d).translate(wide)),
        money("plus_signs.csv", lambda d: "+" + c.point(d)),
        money("apostrophe_first.csv", lambda d: "'" + c.point(d)),
        money("scientific.csv", lambda d: f"{d:e}"),
        money("many_decimals.csv", lambda d: f"{d:.6f}"),
        signed("minus.csv", lambda t: "-" + t),
        signed("minus_after.csv", lambda t: t + "-"),
        signed("minus_unicode.csv", lambda t: "−" + t),
        signed("minus_dash.csv", lambda t: "–" + t),
        signed("parentheses.csv", lambda t: f"({t})"),
        case("weights.csv", csv(table(weights, money=c.comma), ";"), "accept", weights),
        case(
            "negative_price.csv",
            csv(changed(5, lambda n, t: "-" + t if n == 4 else t)),
            "accept",
            tuple(replace(x, price=-x.price) if n == 4 else x for n, x in enumerate(shop)),
            (r"(?i)negative|отрицательн",),
        ),
        case(
            "zero_lines.csv",
            csv(changed(4, lambda n, t: "0" if n in (3, 9) else t)),
            "accept",
            tuple(replace(x, quantity=Decimal(0)) if n in (3, 9) else x for n, x in enumerate(shop)),
            (r"(?i)zero|нулев",),
        ),
        case(
            "ambiguous_point.csv",
            csv(table(whole, money=lambda d: f"{d / 1000:.3f}"), ";"),
            "ask",
            (),
            (r"(?i)ambiguous|неоднозначн", r"decimal="),
        ),
        case(
            "ambiguous_comma.csv",
            csv(table(whole, money=lambda d: f"{d:,.0f}"), ";"),
            "ask",
            (),
            (r"(?i)ambiguous|неоднозначн", r"decimal="),
        ),
        case(
            "ambiguous_settled.csv",
            csv(table(whole, money=lambda d: f"{d:,.0f}"), ";"),
            "accept",
            whole,
            hints={"decimal": "."},
        ),
        case(
            "ambiguous_beside_proof.csv",
            csv(table(shop, money=c.comma, count=lambda q: f"{q:.3f}".replace(".", ",")), ";"),
            "accept",
            shop,
            (r"(?i)another column|другому столбцу",),
        ),
        bad("two_decimal_signs.csv", "77,5", r"(?i)decimal|десятичн", r"\b6\b", delimiter=";"),
        bad("percent.csv", "15%", r"15%", r"\b6\b"),
        bad("word.csv", "нет данных", r"нет данных", r"\b6\b"),
        bad("infinite.csv", "inf", r"inf", r"\b6\b"),
        bad("nan_word.csv", "NaN", r"NaN", r"\b6\b"),
        bad("null_word.csv", "NULL", r"NULL", r"\b6\b"),
        bad("dash.csv", "-", r"\b6\b"),
        bad("overflow.csv", "1e400", r"\b6\b", r"(?i)large|велик|number|число"),
        bad("overflow_digits.csv", "9" * 400, r"\b6\b"),
        bad("superscript.csv", "5²", r"5²", r"\b6\b", column=4),
        bad("fraction_sign.csv", "½", r"½", column=4),
        bad("two_numbers.csv", "5 6", r"5 6", column=4),
        bad("hex.csv", "0x1F", r"0x1F"),
        bad("broken_groups.csv", "1,23,456.78", r"1,23,456\.78", delimiter=";"),
        bad("blank_price.csv", "", r"(?i)empty|missing|пуст|пропущ", r"\b6\b"),
        bad("blank_quantity.csv", "", r"(?i)empty|missing|пуст|пропущ", r"\b6\b", column=4),
        bad("huge_quantity.csv", "9" * 30, r"quantity", r"\b6\b", column=4),
        case(
            "two_currencies.csv",
            csv(changed(5, lambda n, t: t + (" $" if n % 2 else " €"))),
            "reject",
            (),
            (r"USD", r"EUR"),
        ),
        case(
            "currency_column.csv",
            csv([[*row, "RUB" if n else "currency"] for n, row in enumerate(table())]),
            "accept",
            shop,
            (r"RUB",),
        ),
        case(
            "amount_disagrees.csv",
            csv(
                [
                    [*row, c.point(x.amount - (5 if n == 2 else 0)) if n else "amount"]
                    for n, (row, x) in enumerate(zip(table(), (shop[0], *shop), strict=True))
                ]
            ),
            "accept",
            tuple(replace(x, price=x.price) for x in shop),
            (r"quantity × price|произведению количества и цены", r"\b3\b"),
            cells={(1, "amount"): float(shop[1].amount - 5)},
        ),
    ]


def identifiers(c) -> list:
    case, shop, csv, changed = c.Case, c.SHOP, c.csv, c.changed

    def ids(name, new, *says, written=None, sample=(), eol="\n"):
        truth = tuple(replace(x, customer=new(n, x.customer)) for n, x in enumerate(shop))
        rows = changed(1, written or (lambda n, old: new(n, old)))
        return case(name, csv(rows, eol=eol), "accept", truth, says, ids=sample)

    words = ("NA", "None", "null", "nan", "N/A")
    return [
        ids("leading_zeros.csv", lambda n, x: f"{n % 5:06d}", sample=("000003",)),
        ids("long_numbers.csv", lambda n, x: f"9007199254740{9930 + n % 5}", sample=("90071992547409931",)),
        ids("words_for_nothing.csv", lambda n, x: words[n % 5], sample=words),
        ids("blanks_around.csv", lambda n, x: x, r"(?i)trim|пробел", written=lambda n, x: f" {x}\u00a0"),
        ids(
            "cyrillic_twins.csv",
            lambda n, x: x.replace("K", "К") if n % 5 == 2 else x,
            r"(?i)cyril|кирилл",
            sample=("К003",),
        ),
        ids("case_twins.csv", lambda n, x: x.lower() if n in (3, 4) else x, r"(?i)case|регистр", sample=("k004",)),
        ids(
            "point_zero.csv",
            lambda n, x: str(17000 + n % 5),
            r"\.0",
            written=lambda n, x: f"{17000 + n % 5}.0",
            sample=("17003",),
        ),
        ids(
            "point_zero_gaps.csv",
            lambda n, x: "" if n == 6 else str(17000 + n % 5),
            r"(?i)missing|без клиента",
            written=lambda n, x: "" if n == 6 else f"{17000 + n % 5}.0",
        ),
        ids("blank_customers.csv", lambda n, x: "" if n in (2, 8) else x, r"(?i)missing|пропущ", r"\b4, 10\b"),
        ids("all_blank_customers.csv", lambda n, x: "", r"(?i)missing|пропущ"),
        ids(
            "blank_is_blanks.csv",
            lambda n, x: "" if n == 2 else x,
            r"(?i)missing|пропущ",
            written=lambda n, x: "   " if n == 2 else x,
        ),
        ids("strange_signs.csv", lambda n, x: f'{x},"{n % 5}"'),
        ids("guarded.csv", lambda n, x: f"={x}", written=lambda n, x: f"'={x}", sample=("=K001",)),
        ids("plus_phones.csv", lambda n, x: f"+7900000000{n % 5}", sample=("+79000000003",)),
        case("ruined.csv", csv(changed(1, lambda n, x: "9.00720E+16")), "reject", (), (r"E\+16", r"(?i)excel")),
        case("ruined_comma.csv", csv(changed(1, lambda n, x: "9,0072E+16"), ";"), "reject", (), (r"E\+16",)),
        case(
            "ruined_orders.csv",
            csv(changed(0, lambda n, x: "1.23457E+12" if n == 3 else x)),
            "reject",
            (),
            (r"E\+12", r"\b5\b"),
        ),
        case(
            "cancelled_invoices.csv",
            csv(
                changed(
                    4,
                    lambda n, t: "-" + t if n == 7 else t,
                    rows=changed(0, lambda n, x: f"C{536000 + n}" if n == 7 else str(536000 + n)),
                )
            ),
            "accept",
            tuple(
                replace(
                    x,
                    order=f"C{536000 + n}" if n == 7 else str(536000 + n),
                    quantity=-x.quantity if n == 7 else x.quantity,
                )
                for n, x in enumerate(shop)
            ),
            (r"(?i)cancel|отмен[её]нн", r"\b9\b"),
        ),
        case(
            "status_cancelled.csv",
            csv(
                [
                    [*row, ("Отменён" if n in (4, 5) else "Выполнен") if n else "Статус"]
                    for n, row in enumerate(c.table())
                ]
            ),
            "accept",
            tuple(x for n, x in enumerate(shop, 1) if n not in (4, 5)),
            (r"(?i)cancel|отмен[её]нн", r"5, 6"),
        ),
        case(
            "status_not_cancelled.csv",
            csv([[*row, "not cancelled" if n else "status"] for n, row in enumerate(c.table())]),
            "accept",
            shop,
        ),
        case(
            "events.csv",
            csv(
                [
                    [*row, ("view" if n in (3, 9) else "purchase") if n else "event_type"]
                    for n, row in enumerate(c.table())
                ]
            ),
            "accept",
            tuple(x for n, x in enumerate(shop, 1) if n not in (3, 9)),
            (r"“view”|«view»", r"4, 10"),
        ),
        case(
            "discount_column.csv",
            csv([[*row, "10" if n else "Скидка, %"] for n, row in enumerate(c.table())]),
            "accept",
            shop,
            (r"(?i)discount|скидк",),
        ),
        case(
            "operation_return.csv",
            csv(
                [
                    [*row, ("Возврат" if n == 4 else "Продажа") if n else "Вид операции"]
                    for n, row in enumerate(c.table())
                ]
            ),
            "accept",
            tuple(replace(x, quantity=-x.quantity) if n == 4 else x for n, x in enumerate(shop, 1)),
            (r"(?i)return|возврат",),
        ),
        case(
            "order_of_two_customers.csv",
            csv(changed(0, lambda n, x: "A200" if n == 1 else x)),
            "accept",
            tuple(replace(x, order="A200") if n == 1 else x for n, x in enumerate(shop)),
            (r"(?i)several customers|нескольким клиентам",),
        ),
        case(
            "blank_orders.csv",
            csv(changed(0, lambda n, x: "" if n == 1 else x)),
            "accept",
            tuple(replace(x, order="row-3") if n == 1 else x for n, x in enumerate(shop)),
            (r"\b3\b",),
        ),
        case(
            "no_orders.csv",
            csv([row[1:] for row in c.table()]),
            "accept",
            tuple(replace(x, order=str(n)) for n, x in enumerate(shop, 1)),
            (r"(?i)order number|номерами заказов",),
        ),
        case(
            "no_items.csv",
            csv([[*row[:3], *row[4:]] for row in c.table()]),
            "accept",
            tuple(replace(x, item="") for x in shop),
        ),
        case(
            "guid.csv",
            csv(changed(1, lambda n, x: f"{n % 5}f2504e0-4f89-11d3-9a0c-0305e82c3301")),
            "accept",
            tuple(replace(x, customer=f"{n % 5}f2504e0-4f89-11d3-9a0c-0305e82c3301") for n, x in enumerate(shop)),
        ),
    ]


def dates(c) -> list:
    case, shop, midnight, early, csv, table, changed = c.Case, c.SHOP, c.MIDNIGHT, c.EARLY, c.csv, c.table, c.changed
    minute = tuple(replace(x, at=x.at.replace(second=0)) for x in shop)
    genitive = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()  # noqa: SIM905

    def form(name, write, *says, lines=midnight, delimiter=",", outcome="accept", **hints):
        truth = lines if outcome == "accept" else ()
        return case(name, csv(table(lines, date=write), delimiter), outcome, truth, says, hints=hints)

    def strf(pattern):
        return lambda at: at.strftime(pattern)

    def bad(name, value, *says):
        return case(name, csv(changed(2, lambda n, cell: value if n == 4 else cell)), "reject", (), (*says, r"\b6\b"))

    def slim(at, order):
        return order.format(d=at.day, m=at.month, y=at.year)

    epoch = dt.datetime(1970, 1, 1)
    serial = dt.datetime(1899, 12, 30)
    utc3 = tuple(replace(x, at=x.at + dt.timedelta(hours=3)) for x in minute)
    return [
        form("iso.csv", strf("%Y-%m-%d")),
        form("iso_t.csv", strf("%Y-%m-%dT%H:%M:%S"), lines=minute),
        form("iso_fraction.csv", strf("%Y-%m-%d %H:%M:%S.000"), lines=minute),
        form("iso_z.csv", strf("%Y-%m-%dT%H:%M:%SZ"), r"UTC", lines=minute),
        form("iso_offset.csv", strf("%Y-%m-%dT%H:%M:%S+03:00"), r"\+03:00", lines=minute),
        form("year_slashes.csv", strf("%Y/%m/%d")),
        form("compact.csv", strf("%Y%m%d")),
        form("dotted.csv", strf("%d.%m.%Y"), r"(?i)day\.month|день\.месяц"),
        form("dotted_time.csv", strf("%d.%m.%Y %H:%M"), lines=minute),
        form("dotted_years_g.csv", strf("%d.%m.%Y г."), delimiter=";"),
        form(
            "dotted_early.csv",
            strf("%d.%m.%Y"),
            r"(?i)convention|обычаю",
            lines=tuple(replace(x, at=x.at.replace(hour=0)) for x in early),
        ),
        form("dotted_month_first.csv", strf("%m.%d.%Y"), r"(?i)month\.day|месяц\.день"),
        form("slashes_day_first.csv", strf("%d/%m/%Y")),
        form("slashes_month_first.csv", lambda at: slim(at, "{m}/{d}/{y}")),
        form("slashes_am_pm.csv", strf("%m/%d/%Y %I:%M %p"), lines=minute),
        form("dashes_day_first.csv", strf("%d-%m-%Y")),
        form(
            "slashes_ambiguous.csv",
            strf("%d/%m/%Y"),
            r"(?i)ambiguous|неоднозначн",
            r"day_first",
            lines=early,
            outcome="ask",
        ),
        form("dashes_ambiguous.csv", strf("%m-%d-%Y"), r"(?i)ambiguous|неоднозначн", lines=early, outcome="ask"),
        form(
            "slashes_settled.csv",
            strf("%m/%d/%Y"),
            day_first=False,
            lines=tuple(replace(x, at=x.at.replace(hour=0)) for x in early),
        ),
        form("two_digits_dotted.csv", strf("%d.%m.%y"), r"(?i)two-digit|двух цифр"),
        form("two_digits_slashes.csv", strf("%d/%m/%y"), r"(?i)ambiguous|неоднозначн", lines=early, outcome="ask"),
        form("russian_months.csv", lambda at: f"{at.day} {genitive[at.month - 1]} {at.year} г.", delimiter=";"),
        form("russian_short.csv", lambda at: f"{at.day:02d} {genitive[at.month - 1][:3]} {at.year}", delimiter=";"),
        form("english_months.csv", strf("%B %d, %Y"), delimiter=";"),
        form("english_short.csv", strf("%d-%b-%Y")),
        form("weekdays.csv", strf("%a, %d %b %Y %H:%M:%S +0300"), delimiter=";", lines=minute),
        form("serial.csv", lambda at: str((at - serial).days), r"Excel"),
        form("serial_fraction.csv", lambda at: f"{(at - serial) / dt.timedelta(days=1):.8f}", r"Excel", lines=minute),
        form("epoch_seconds.csv", lambda at: str(int((at - epoch).total_seconds())), r"1970", lines=minute),
        form("epoch_milliseconds.csv", lambda at: str(int((at - epoch).total_seconds()) * 1000), r"1970", lines=minute),
        case(
            "zone_hint.csv",
            csv(table(minute, date=strf("%Y-%m-%dT%H:%M:%SZ"))),
            "accept",
            utc3,
            hints={"timezone": "Europe/Moscow"},
        ),
        case(
            "offsets_mixed.csv",
            csv(changed(2, lambda n, t: t.replace(" ", "T") + ("+03:00" if n % 2 else "+05:00"))),
            "ask",
            (),
            (r"timezone=", r"\+05:00"),
        ),
        case(
            "offsets_summer.csv",
            csv(changed(2, lambda n, t: t + ("+02:00" if t[5:7] in ("06", "07", "08") else "+01:00"))),
            "ask",
            (),
            (r"timezone=",),
        ),
        case(
            "time_column.csv",
            csv(
                [
                    ["order_id", "customer_id", "date", "time", "item", "quantity", "unit_price"],
                    *[
                        [
                            x.order,
                            x.customer,
                            x.at.strftime("%d.%m.%Y"),
                            x.at.strftime("%H:%M"),
                            x.item,
                            str(x.quantity),
                            c.point(x.price),
                        ]
                        for x in shop
                    ],
                ]
            ),
            "accept",
            minute,
        ),
        case(
            "iso_and_dotted.csv",
            csv(changed(2, lambda n, t: shop[n].at.strftime("%d.%m.%Y %H:%M") if n > 9 else t)),
            "accept",
            shop,
            (r"(?i)several forms|по-разному",),
        ),
        case(
            "serial_and_text.csv",
            csv(changed(2, lambda n, t: "45291" if n == 4 else t)),
            "reject",
            (),
            (r"45291", r"\b6\b"),
        ),
        case(
            "contradiction.csv",
            csv(changed(2, lambda n, t: "25/03/2023" if n == 4 else "03/25/2023" if n == 5 else "01/02/2023")),
            "reject",
            (),
            (r"25/03/2023", r"03/25/2023"),
        ),
        case(
            "placeholder_1900.csv",
            csv(changed(2, lambda n, t: "1900-01-01 00:00" if n == 4 else t)),
            "accept",
            tuple(replace(x, at=dt.datetime(1900, 1, 1)) if n == 4 else x for n, x in enumerate(shop)),
            (r"1900",),
        ),
        case(
            "future.csv",
            csv(changed(2, lambda n, t: "2151-05-05 00:00" if n == 4 else t)),
            "accept",
            tuple(replace(x, at=dt.datetime(2151, 5, 5)) if n == 4 else x for n, x in enumerate(shop)),
            (r"(?i)future|будущ",),
        ),
        bad("zero_date.csv", "0000-00-00", r"0000-00-00"),
        bad("open_date.csv", "9999-12-31", r"9999-12-31"),
        bad("date_word.csv", "вчера", r"вчера"),
        bad("no_leap_year.csv", "2023-02-29", r"2023-02-29"),
        bad("month_13.csv", "2023-13-01", r"2023-13-01"),
        bad("hour_25.csv", "2023-05-05 25:00", r"25:00"),
        bad("blank_date.csv", "", r"(?i)missing|пропущ", r"(?i)date|дат"),
        case(
            "dotted_impossible.csv",
            csv(changed(2, lambda n, t: "31.02.2023" if n == 4 else t, rows=table(midnight, date=strf("%d.%m.%Y")))),
            "reject",
            (),
            (r"31\.02\.2023", r"\b6\b"),
        ),
    ]


def tables(c) -> list:
    case, shop, csv, table = c.Case, c.SHOP, c.csv, c.table
    same_day = tuple(replace(x, at=dt.datetime(2023, 5, 5, 10)) for x in shop)
    returns = tuple(replace(x, quantity=-x.quantity) for x in shop)
    alike = tuple(replace(x, quantity=Decimal(1), price=Decimal(100)) for x in shop)
    return [
        case("one_row.csv", csv(table(shop[:1])), "accept", shop[:1]),
        case(
            "one_customer.csv",
            csv(table(tuple(replace(x, customer="K1") for x in shop))),
            "accept",
            tuple(replace(x, customer="K1") for x in shop),
        ),
        case("one_day.csv", csv(table(same_day)), "accept", same_day),
        case("constant.csv", csv(table(alike)), "accept", alike),
        case("only_returns.csv", csv(table(returns)), "accept", returns, (r"(?i)return|возврат",)),
        case(
            "duplicates.csv",
            csv(table((*shop, *shop[:4]))),
            "accept",
            (*shop, *shop[:4]),
            (r"(?i)duplicate|дубликат", r"22, 23, 24, 25"),
        ),
        case(
            "near_duplicates.csv",
            csv(table((*shop, replace(shop[3], item="роза")))),
            "accept",
            (*shop, replace(shop[3], item="роза")),
        ),
        case(
            "everything_wrong.csv",
            csv(
                [
                    ["order_id", "customer_id", "ordered_at", "item", "quantity", "unit_price"],
                    ["1", "9.00720E+16", "someday", "x", "many", "5"],
                    ["2", "K2", "2023-01-01", "x", "1", ""],
                ]
            ),
            "reject",
            (),
            (r"E\+16", r"someday", r"many", r"(?i)empty|пуст", r"\b2\b", r"\b3\b"),
        ),
    ]
