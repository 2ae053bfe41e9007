"""Odd files as people bring them, generated, each with what is owed: the table, a refusal, or a question.

The data is a flower shop's that never was. Every case is made by its own small function of the same twenty
lines, so the truth is known to the cent. `corpus_workbooks` and `corpus_customers` add theirs.
"""

from __future__ import annotations

import codecs
import datetime as dt
import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

FIELDS = ("order_id", "customer_id", "ordered_at", "item", "quantity", "unit_price")


@dataclass(frozen=True)
class Line:
    """One line of an order in the shop's own truth."""

    order: str
    customer: str
    at: dt.datetime
    item: str
    quantity: Decimal
    price: Decimal

    @property
    def amount(self) -> Decimal:
        """Money of the line."""
        return self.quantity * self.price


@dataclass(frozen=True)
class Case:
    """One odd file: its name, content, and what is owed.

    ``outcome`` is "accept" (the table equals ``truth``, every pattern of ``says`` is in the report), "reject"
    (every pattern of ``says`` is in the letter) or "ask" (refused by a letter that matches ``says``). Patterns
    hold in English and in Russian. Content that takes long to make is made when its turn comes: `written`.
    """

    name: str
    content: bytes | Callable[[], bytes]
    outcome: str
    truth: tuple[Line, ...] = ()
    says: tuple[str, ...] = ()
    kind: str = "purchases"
    ids: tuple[str, ...] = ()
    cells: dict[tuple[int, str], Any] = field(default_factory=dict)
    hints: dict[str, Any] = field(default_factory=dict)

    def written(self) -> bytes:
        """The content."""
        return self.content if isinstance(self.content, bytes) else self.content()


def shop() -> tuple[Line, ...]:
    """Twenty lines; days above 12, prices above and below a thousand, five customers."""
    items = ("Роза", "Тюльпан", "Ёлочка", "Букет полевой", "Peony")
    lines = []
    for number in range(20):
        day = dt.datetime(2023, 1 + number * 7 % 12, 1 + number * 11 % 28, 9 + number % 9, number * 13 % 60)
        price = Decimal(10000 + number * 7919 % 240000) / 100
        lines.append(
            Line(
                f"A{200 + number}", f"K{1 + number % 5:03d}", day, items[number % 5], Decimal(1 + number * 3 % 7), price
            )
        )
    return tuple(lines)


SHOP = shop()
EARLY = tuple(replace(line, at=dt.datetime(2023, 1 + n % 12, 1 + n * 5 % 12, 10)) for n, line in enumerate(SHOP))
"""The same with days up to 12 only, so that nothing proves the order of day and month."""
MIDNIGHT = tuple(replace(line, at=dt.datetime.combine(line.at.date(), dt.time())) for line in SHOP)


def iso(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")


def point(number: Decimal) -> str:
    return f"{number:f}"


def comma(number: Decimal) -> str:
    return f"{number:f}".replace(".", ",")


def grouped(group: str, decimal: str):
    def write(number: Decimal) -> str:
        return f"{number:,.2f}".replace(",", "\0").replace(".", decimal).replace("\0", group)

    return write


def table(lines=SHOP, *, date=iso, money=point, count=None, header=FIELDS) -> list[list[str]]:
    """Rows of text, header first."""
    count = count or (lambda quantity: money(quantity) if quantity % 1 else f"{quantity:.0f}")
    rows = [list(header)] if header else []
    for line in lines:
        rows.append([line.order, line.customer, date(line.at), line.item, count(line.quantity), money(line.price)])
    return rows


def quoted(cell: str, delimiter: str) -> str:
    if any(sign in cell for sign in (delimiter, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def joined(rows, delimiter=",", eol="\n", always=False) -> str:
    write = (lambda c: '"' + c.replace('"', '""') + '"') if always else (lambda c: quoted(c, delimiter))
    return eol.join(delimiter.join(write(cell) for cell in row) for row in rows) + eol


def csv(rows=None, delimiter=",", encoding="utf-8", eol="\n", always=False) -> bytes:
    return joined(table() if rows is None else rows, delimiter, eol, always).encode(encoding)


def changed(column: int, change, lines=SHOP, rows=None, **style) -> list[list[str]]:
    """The table with one column changed by a function of (row number from 0, cell)."""
    result = rows or table(lines, **style)
    for number, row in enumerate(result[1:]):
        row[column] = change(number, row[column])
    return result


def encodings() -> list[Case]:
    text = joined(table())
    russian = joined(table(money=comma, date=lambda at: at.strftime("%d.%m.%Y")), ";")
    late = (*(replace(line, item="rose") for line in SHOP[:-1]), replace(SHOP[-1], item="Тюльпан"))
    western = tuple(replace(line, item="Crème £ brûlée") for line in SHOP)
    cases = [
        Case("utf8.csv", text.encode(), "accept", SHOP, (r"UTF-8",)),
        Case("utf8_bom.csv", codecs.BOM_UTF8 + text.encode(), "accept", SHOP),
        Case("utf16_le_bom.csv", codecs.BOM_UTF16_LE + text.encode("utf-16-le"), "accept", SHOP, (r"UTF-16",)),
        Case("utf16_be_bom.csv", codecs.BOM_UTF16_BE + text.encode("utf-16-be"), "accept", SHOP),
        Case("utf16_le_bare.csv", text.encode("utf-16-le"), "accept", SHOP),
        Case("utf16_be_bare.csv", text.encode("utf-16-be"), "accept", SHOP),
        Case("utf32_le_bom.csv", codecs.BOM_UTF32_LE + text.encode("utf-32-le"), "accept", SHOP, (r"UTF-32",)),
        Case("cp1252.csv", csv(table(western), encoding="cp1252"), "accept", western, (r"cp1252",)),
        Case(
            "cp1252_quotes.csv",
            csv(table(tuple(replace(line, item="Mum’s “best” café – 5 €") for line in SHOP)), encoding="cp1252"),
            "accept",
            tuple(replace(line, item="Mum’s “best” café – 5 €") for line in SHOP),
        ),
        Case("late_letters.csv", csv(table(late), encoding="cp1251"), "accept", late, (r"cp1251",)),
        Case(
            "mixed_encodings.csv",
            "".join(joined([row]) for row in table()[:11]).encode()
            + "".join(joined([row]) for row in table()[11:]).encode("cp1251"),
            "reject",
            (),
            (r"(?i)encod|кодиров", r"\b12\b"),
        ),
        Case(
            "one_bad_byte.csv",
            text.encode().replace("Роза".encode(), "Роз".encode() + b"\xd0", 1),
            "reject",
            (),
            (r"(?i)encod|кодиров", r"\b2\b"),
        ),
        Case(
            "mojibake_1251.csv",
            text.encode().decode("cp1251", "replace").encode(),
            "accept",
            tuple(replace(x, item=x.item.encode().decode("cp1251", "replace")) for x in SHOP),
            (r"(?i)mojibake|кодировк",),
        ),
        Case(
            "mojibake_latin.csv",
            text.encode().decode("latin-1").encode(),
            "accept",
            tuple(replace(x, item=x.item.encode().decode("latin-1")) for x in SHOP),
            (r"(?i)mojibake|кодировк",),
        ),
        Case(
            "question_marks.csv",
            joined(table(tuple(replace(x, item="??????") for x in SHOP))).encode(),
            "accept",
            tuple(replace(x, item="??????") for x in SHOP),
            (r"(?i)mojibake|кодировк",),
        ),
        Case(
            "replacement_signs.csv",
            joined(table(tuple(replace(x, item="Ро\ufffdа") for x in SHOP))).encode(),
            "accept",
            tuple(replace(x, item="Ро\ufffdа") for x in SHOP),
            (r"(?i)mojibake|кодировк",),
        ),
        Case(
            "cut_inside_a_letter.csv",
            text.encode()[:-1] + "Ё".encode()[:1],
            "reject",
            (),
            (r"cut off|обрыв", r"\b21\b"),
        ),
        Case("nul_inside.csv", text.replace("K003", "K0\x0003").encode(), "accept", SHOP, (r"NUL|0x00",)),
    ]
    for codec in ("cp1251", "cp866", "koi8-r", "mac-cyrillic", "iso8859-5"):
        cases.append(Case(f"{codec}.csv", russian.encode(codec), "accept", MIDNIGHT, (codec,)))
    return cases


def habits() -> list[Case]:
    """What programs and people leave in good files: a sep line that lies, Ctrl-Z, single quotes, a readme."""
    text = joined(table())
    semicolons = joined(table(money=comma), ";")
    single = "\n".join(",".join("'" + cell.replace("'", "''") + "'" for cell in row) for row in table()) + "\n"
    bare_header = joined(table()[:1]) + single.split("\n", 1)[1]
    firm = tuple(replace(line, item='"Роза" ООО') for line in SHOP)
    two = (replace(SHOP[0], item='"Роза" и "Мак"'), *SHOP[1:])
    raw = [",".join(row) for row in table(firm)]
    raw_two = "\n".join(",".join(row) for row in table(two)) + "\n"
    inch = (replace(SHOP[0], item="5' x 3\" pot"), *SHOP[1:])
    return [
        Case("sep_lies.csv", ("sep=,\n" + semicolons).encode(), "accept", SHOP, (r"sep=",)),
        Case("ctrl_z.csv", text.encode() + b"\x1a", "accept", SHOP),
        Case("ctrl_z_line.csv", text.encode() + b"\x1a\r\n", "accept", SHOP),
        Case("single_quotes.csv", single.encode(), "accept", SHOP),
        Case("single_quotes_below.csv", bare_header.encode(), "accept", SHOP),
        Case("foot_and_inch.csv", "\n".join(",".join(row) for row in table(inch)).encode(), "accept", inch),
        Case("quoted_word_first.csv", ("\n".join(raw) + "\n").encode(), "accept", firm, (r"\b2\b",)),
        Case("quoted_words.csv", raw_two.encode(), "accept", two, (r"\b2\b",)),
        Case("zip_readme.zip", zipped(**{"sales.csv": text, "README.txt": "hello"}), "accept", SHOP, (r"README",)),
        Case(
            "zip_two_texts.zip",
            zipped(**{"sales.csv": text, "more.txt": text}),
            "reject",
            (),
            (r"sales\.csv", r"more\.txt"),
        ),
    ]


def zipped(**files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2023, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def few_letters() -> list[Case]:
    """One word decides the encoding: the usual reading is taken and said, with the other one where there is one."""
    said = (r"encoding=",)
    few = [
        ("Сыр", "cp1251", ()),
        ("Сыр", "cp866", ()),
        ("Сыр", "koi8-r", ()),
        ("ЧАЙ", "cp1251", ()),
        ("чай", "cp1251", ()),
        ("Чай № 5 — «Улун»", "cp1251", ()),
        ("5 €", "cp1252", ()),
        ("5 €", "cp1251", ()),
        ("£5", "cp1252", ()),
        ("naïve", "cp1252", ()),
        ("façade – “x”", "cp1252", ()),
        ("José Müller", "cp1252", ()),
    ]
    other = [
        ("сыр", "cp866", "бла", r"сыр.*cp866"),
        ("чай", "koi8-r", "ЮБК", r"чай.*koi8-r"),
        ("Сыр", "mac-cyrillic", "‘ыр", r"Сыр.*mac-cyrillic"),
        ("ё", "koi8-r", "£", r"£"),
        ("שלום", "cp1255", "щмен", r"щмен"),
    ]
    cases = []
    for number, (word, codec, _) in enumerate(few):
        lines = (replace(SHOP[0], item=word), *(replace(x, item="tea") for x in SHOP[1:]))
        cases.append(Case(f"few_{number}_{codec}.csv", csv(table(lines), encoding=codec), "accept", lines, said))
    for number, (word, codec, read, says) in enumerate(other):
        lines = (replace(SHOP[0], item=word), *(replace(x, item="tea") for x in SHOP[1:]))
        truth = (replace(lines[0], item=read), *lines[1:])
        content = csv(table(lines), encoding=codec)
        cases.append(Case(f"few_other_{number}_{codec}.csv", content, "accept", truth, (says, *said)))
        hints = {"encoding": codec}
        cases.append(Case(f"few_named_{number}_{codec}.csv", content, "accept", lines, (codec,), hints=hints))
    for number, (word, codec) in enumerate((("Łódź Żółw", "cp1250"), ("Київ їжак", "koi8-u"), ("中文字", "big5"))):
        lines = (replace(SHOP[0], item=word), *(replace(x, item="tea") for x in SHOP[1:]))
        content = csv(table(lines), encoding=codec)
        cases.append(Case(f"few_foreign_{number}_{codec}.csv", content, "ask", (), (r"encoding=", r"\b2\b")))
    return cases


def dialects() -> list[Case]:
    rows = table()
    text = joined(rows)
    semicolons = joined(table(money=comma), ";")
    odd_item = 'Rose "Queen", 5\nstems; big'
    odd = (replace(SHOP[0], item=odd_item), *SHOP[1:])
    inch = (replace(SHOP[0], item='Pot 5" wide'), *SHOP[1:])
    short = [row[:4] if n == 7 else row for n, row in enumerate(rows)]
    long = [[*row, "x"] if n == 5 else row for n, row in enumerate(rows)]
    blank_tail = [[*row, ""] if n else row for n, row in enumerate(rows)]
    total = [*rows, ["Итого", "", "", "", "70", "1234.50"]]
    amounts = ",".join
    return [
        *[
            Case(f"delimiter_{name}.csv", csv(delimiter=sign), "accept", SHOP)
            for name, sign in (("tab", "\t"), ("bar", "|"), ("caret", "^"), ("semicolon", ";"), ("tilde", "~"))
        ],
        Case("sep_line.csv", b"sep=;\r\n" + semicolons.encode(), "accept", SHOP),
        Case("all_quoted.csv", csv(always=True), "accept", SHOP),
        Case("single_quoted.csv", "\n".join(",".join(f"'{c}'" for c in row) for row in rows).encode(), "accept", SHOP),
        Case("crlf.csv", csv(eol="\r\n"), "accept", SHOP),
        Case("cr_only.csv", csv(eol="\r"), "accept", SHOP),
        Case("mixed_eol.csv", csv(rows[:9], eol="\r\n") + csv(rows[9:]), "accept", SHOP),
        Case("no_last_eol.csv", csv()[:-1], "accept", SHOP),
        Case(
            "blanks_before_quotes.csv",
            "\n".join(", ".join(f'"{c}"' for c in row) for row in rows).encode(),
            "accept",
            SHOP,
        ),
        Case("trailing_delimiter.csv", csv(blank_tail), "accept", SHOP),
        Case("trailing_delimiter_everywhere.csv", text.replace("\n", ",\n").encode(), "accept", SHOP),
        Case(
            "title_rows.csv",
            "Продажи за год;;;;;\n;;;;;\n".encode() + semicolons.encode(),
            "accept",
            SHOP,
            (r"(?i)title|название",),
        ),
        Case("title_text.csv", b"Report of sales\n\n" + text.encode(), "accept", SHOP),
        Case("comments_above.csv", b"# exported by the till\n# second remark\n" + text.encode(), "accept", SHOP),
        Case(
            "blank_lines.csv",
            csv([*rows[:4], ["", "", "", "", "", ""], *rows[4:9], [""], *rows[9:]]),
            "accept",
            SHOP,
            (r"(?i)blank|пуст",),
        ),
        Case(
            "whitespace_lines.csv",
            "\n".join([*text.split("\n")[:6], "   ", *text.split("\n")[6:]]).encode(),
            "accept",
            SHOP,
        ),
        Case("total_row.csv", csv(total), "accept", SHOP, (r"(?i)total|итог", r"\b22\b")),
        Case("total_word_in_date.csv", csv([*rows, ["", "", "Total", "", "70", "1234.50"]]), "accept", SHOP),
        Case(
            "customer_named_total.csv",
            csv(changed(1, lambda n, c: "Total Ltd" if n == 3 else c)),
            "accept",
            tuple(replace(x, customer="Total Ltd") if n == 3 else x for n, x in enumerate(SHOP)),
        ),
        Case("remark_below.csv", text.encode() + "Отчёт составлен 5 июня\n".encode(), "accept", SHOP, (r"22",)),
        Case("header_again.csv", csv([*rows[:9], rows[0], *rows[9:]]), "accept", SHOP, (r"(?i)header|заголов",)),
        Case("newline_inside.csv", csv(table(odd)), "accept", odd),
        Case(
            "backslash_quote.csv",
            csv().replace("Роза".encode(), rb'"Ro\"za"'),
            "accept",
            tuple(replace(x, item='Ro"za') if x.item == "Роза" else x for x in SHOP),
        ),
        Case("inch.csv", csv(rows).replace("Роза".encode(), b'Pot 5" wide', 1), "accept", inch),
        Case("too_few.csv", csv(short), "reject", (), (r"(?i)(line|строк)\D{0,12}8\b", r"quantity", r"unit_price")),
        Case("too_many.csv", csv(long), "reject", (), (r"(?i)(line|строк)\D{0,12}6\b",)),
        Case("cut_off.csv", text.encode()[:-14], "reject", (), (r"21",)),
        Case("cut_after_id.csv", text.encode() + b"A220", "reject", (), (r"22",)),
        Case(
            "unclosed_quote.csv",
            text.replace("Тюльпан", '"Тюльпан', 1).encode(),
            "reject",
            (),
            (r"(?i)quote|кавыч", r"\b3\b"),
        ),
        Case(
            "text_after_quote.csv",
            text.replace("Тюльпан", '"Тюль"пан', 1).encode(),
            "reject",
            (),
            (r"(?i)quote|кавыч", r"\b3\b"),
        ),
        Case(
            "decimal_comma_in_commas.csv",
            "\n".join(
                amounts([x.order, x.customer, iso(x.at), x.item, "1", comma(x.price)]) if n else amounts(FIELDS)
                for n, x in enumerate((SHOP[0], *SHOP))
            ).encode(),
            "ask",
            (),
            (r"(?i)decimal|десятичн", r"\b3\b"),
        ),
        Case("decimal_comma_quoted.csv", csv(table(money=comma)), "accept", SHOP),
        Case(
            "long_field.csv",
            csv(changed(3, lambda n, c: "я" * 300_000 if n == 2 else c)),
            "accept",
            tuple(replace(x, item="я" * 300_000) if n == 2 else x for n, x in enumerate(SHOP)),
        ),
        Case("many_columns.csv", csv([[*row, *(str(i) for i in range(700))] for row in rows]), "accept", SHOP),
    ]


def headers() -> list[Case]:
    rows = table()
    body = rows[1:]

    def named(*names: str) -> bytes:
        return csv([list(names), *body])

    amounts = [[x.order, x.customer, iso(x.at), x.item, point(x.amount)] for x in SHOP]
    return [
        Case("russian_names.csv", named("Номер заказа", "Клиент", "Дата", "Товар", "Кол-во", "Цена"), "accept", SHOP),
        Case(
            "accounting_names.csv",
            named("Документ", "Контрагент", "Дата продажи", "Номенклатура", "Количество", "Цена, руб."),
            "accept",
            SHOP,
            (r"RUB",),
        ),
        Case(
            "check_names.csv",
            named("№ чека", "Код клиента", "Дата и время", "Услуга", "Кол-во, шт.", "Цена за шт."),
            "accept",
            SHOP,
        ),
        Case(
            "online_retail.csv",
            named("InvoiceNo", "CustomerID", "InvoiceDate", "Description", "Quantity", "UnitPrice"),
            "accept",
            SHOP,
        ),
        Case(
            "online_retail_2.csv",
            named("Invoice", "Customer ID", "InvoiceDate", "Description", "Quantity", "Price"),
            "accept",
            SHOP,
        ),
        Case(
            "upper_and_blanks.csv",
            named(*(f" {name.upper().replace('_', chr(160))} " for name in FIELDS)),
            "accept",
            SHOP,
        ),
        Case(
            "camel_case.csv",
            named("orderId", "customerId", "orderedAt", "item", "quantity", "unitPrice"),
            "accept",
            SHOP,
        ),
        Case("reversed.csv", csv([row[::-1] for row in rows]), "accept", SHOP),
        Case("extra_columns.csv", csv([[*row, "note", "x"] for row in rows]), "accept", SHOP),
        Case(
            "price_and_amount.csv",
            csv([["order_id", "customer_id", "ordered_at", "item", "amount"], *amounts]),
            "accept",
            tuple(replace(x, quantity=Decimal(1), price=x.amount) for x in SHOP),
            (r"(?i)quantit|количеств",),
        ),
        Case(
            "two_line_header.csv",
            csv([["Order", "Customer", "Date", "Goods", "", ""], ["", "", "", "Item", "Quantity", "Price"], *body]),
            "accept",
            SHOP,
        ),
        Case("no_header.csv", csv(body), "reject", (), (r"(?i)header|заголов",)),
        Case(
            "no_header_numbered.csv",
            csv(body),
            "accept",
            SHOP,
            (),
            hints=dict(zip(FIELDS, range(1, 7), strict=True)) | {"header_row": 0},
        ),
        Case(
            "foreign_names.csv",
            named("Zamówienie", "Odbiorca", "Dzień", "Towar", "Ilość", "Cena"),
            "reject",
            (),
            (r"(?i)header|заголов",),
        ),
        Case(
            "foreign_names_hinted.csv",
            named("Zamówienie", "Odbiorca", "Dzień", "Towar", "Ilość", "Cena"),
            "accept",
            SHOP,
            hints=dict(zip(FIELDS, ("Zamówienie", "Odbiorca", "Dzień", "Towar", "Ilość", "Cena"), strict=True)),
        ),
        Case("no_customer.csv", csv([[row[0], *row[2:]] for row in rows]), "reject", (), (r"customer_id",)),
        Case(
            "no_date.csv", csv([[*row[:2], *row[3:]] for row in rows]), "reject", (), (r"ordered_at", r"(?i)date|дат")
        ),
        Case("no_money.csv", csv([row[:5] for row in rows]), "reject", (), (r"amount",)),
        Case(
            "misspelt.csv",
            named("order_id", "custmer_id", "ordered_at", "item", "quantity", "unit_price"),
            "reject",
            (),
            (r"custmer_id", r"customer_id"),
        ),
        Case(
            "two_customers.csv",
            csv(
                [
                    [*row, row[0] if n else "client_id"]
                    for n, row in enumerate(
                        [[*r[:1], r[1] if k else "Client code", *r[2:]] for k, r in enumerate(rows)]
                    )
                ]
            ),
            "ask",
            (),
            (r"(?i)ambiguous|неоднозначно", r"client_id"),
        ),
        Case(
            "same_name_twice.csv",
            csv([[*row, "2023-01-01" if n else "ordered_at"] for n, row in enumerate(rows)]),
            "ask",
            (),
            (r"ordered_at",),
        ),
        Case(
            "exact_beats_alias.csv",
            csv([[*row, "zzz" if n else "client"] for n, row in enumerate(rows)]),
            "accept",
            SHOP,
        ),
        Case("header_only.csv", csv(rows[:1]), "reject", (), (r"(?i)empty|no rows|пуст|строк нет",)),
        Case("header_and_blanks.csv", csv([rows[0], [""] * 6]), "reject", (), (r"(?i)empty|no rows|пуст|строк нет",)),
    ]


def containers() -> list[Case]:
    text = csv()
    packed = gzip.compress(text, mtime=0)

    def zipped(**members: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name.replace("__", "."), content)
        return out.getvalue()

    page = "<html><body><table><tr><td>order_id</td></tr></table></body></html>"
    pickle = b"\x80\x04\x95\x1c\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R."
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + bytes(range(256))
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    return [
        Case("zero_bytes.csv", b"", "reject", (), (r"(?i)empty|пуст",)),
        Case("only_bom.csv", codecs.BOM_UTF8, "reject", (), (r"(?i)empty|пуст",)),
        Case("only_blanks.csv", b" \n\t\r\n  \n", "reject", (), (r"(?i)empty|пуст",)),
        Case("gzip.csv.gz", packed, "accept", SHOP, (r"gzip",)),
        Case(
            "gzip_two_members.csv.gz",
            gzip.compress(text[:500], mtime=0) + gzip.compress(text[500:], mtime=0),
            "accept",
            SHOP,
        ),
        Case("gzip_truncated.csv.gz", packed[:-30], "reject", (), (r"(?i)truncat|corrupt|обрезан|повреж",)),
        Case(
            "gzip_flipped.csv.gz",
            packed[:200] + bytes([packed[200] ^ 255]) + packed[201:],
            "reject",
            (),
            (r"(?i)corrupt|повреж",),
        ),
        Case("gzip_bomb.csv.gz", _bomb, "reject", (), (r"(?i)too large|велик",)),
        Case("gzip_in_gzip.csv.gz", gzip.compress(packed, mtime=0), "reject", (), (r"(?i)archive|архив",)),
        Case("gzip_of_nothing.csv.gz", gzip.compress(b"", mtime=0), "reject", (), (r"(?i)empty|пуст",)),
        Case("gzip_named_csv.csv", packed, "accept", SHOP),
        Case("zip_one.zip", zipped(sales__csv=text), "accept", SHOP, (r"zip",)),
        Case("zip_two.zip", zipped(a__csv=text, b__csv=text), "reject", (), (r"a\.csv", r"b\.csv")),
        Case("zip_bomb.zip", lambda: zipped(a__csv=bytes(120_000_000)), "reject", (), (r"(?i)too large|велик",)),
        Case("zip_empty.zip", zipped(), "reject", (), (r"(?i)empty|пуст",)),
        Case("zip_broken.zip", zipped(a__csv=text)[:-40], "reject", (), (r"(?i)corrupt|повреж",)),
        Case("zip_slip.zip", zipped(**{"../../evil__csv": text}), "accept", SHOP),
        Case(
            "word.docx",
            zipped(word__xml=b"", **{"[Content_Types]__xml": b"<x/>", "word/document__xml": b"<x/>"}),
            "reject",
            (),
            (r"Word",),
        ),
        Case("picture.csv", png, "reject", (), (r"(?i)not a table|не таблица", r"PNG")),
        Case("portable.csv", b"%PDF-1.7\n" + bytes(range(256)), "reject", (), (r"PDF",)),
        Case("page.xls", page.encode(), "reject", (), (r"HTML",)),
        Case("page.csv", b"\n  <!DOCTYPE html>\n" + page.encode(), "reject", (), (r"HTML",)),
        Case("document.csv", json.dumps([{"order_id": 1, "amount": 2}]).encode(), "reject", (), (r"JSON",)),
        Case("tree.csv", b'<?xml version="1.0"?><a><b/></a>', "reject", (), (r"XML",)),
        Case("pickle.csv", pickle, "reject", (), (r"(?i)pickle",)),
        Case("database.csv", b"SQLite format 3\x00" + bytes(200), "reject", (), (r"SQLite",)),
        Case("locked.xlsx", ole, "reject", (), (r"(?i)encrypted|зашифрован",)),
        Case("noise.csv", zlib.compress(bytes(i * 37 % 251 for i in range(4000))) + bytes(range(256)), "reject"),
        Case("program.csv", b"MZ\x90\x00" + bytes(600), "reject", (), (r"(?i)program|программ",)),
        Case(
            "prose.csv",
            "Просто письмо, без всякой таблицы.\nОно, однако, длинное.\n".encode(),
            "reject",
            (),
            (r"(?i)header|заголов",),
        ),
        Case("csv_named_xlsx.xlsx", text, "accept", SHOP),
    ]


def _bomb() -> bytes:
    """400 MB of zeros: after a full flush, the same megabyte is packed to the same bytes again."""
    packer = zlib.compressobj(9, wbits=-15)
    block, times, check = bytes(1 << 20), 400, 0
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(times):
        check = zlib.crc32(block, check)
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    return head + packed * times + packer.flush() + struct.pack("<II", check, times << 20)
