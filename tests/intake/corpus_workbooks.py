"""Odd Excel workbooks, written as XML by hand, because no honest library writes them."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from dataclasses import replace
from xml.sax.saxutils import escape

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


class Raw(str):
    """A cell given as XML, with ``@`` for its address."""


def column(number: int) -> str:
    return chr(65 + number)


def cell(value, place: str) -> str:
    if isinstance(value, Raw):
        return str(value).replace("@", place)
    if value is None or value == "":
        return f'<c r="{place}" s="1"/>'
    if isinstance(value, dt.datetime):
        return f'<c r="{place}" s="1"><v>{(value - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)!r}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def sheet(rows, *, start=1, extra="", doctype="") -> str:
    lines = []
    for number, row in enumerate(rows, start):
        cells = "".join(cell(value, f"{column(place)}{number}") for place, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    return f"{HEAD}{doctype}<worksheet {MAIN}><sheetData>{''.join(lines)}</sheetData>{extra}</worksheet>"


def book(sheets: dict[str, str], *, states=None, properties="", more=None) -> bytes:
    """An .xlsx file of these sheets, name → XML."""
    states = states or {}
    names = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"{states.get(name, "")}/>'
        for n, name in enumerate(sheets, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook {MAIN} xmlns:r="{OFFICE}">{properties}<sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{relations}'
        f'<Relationship Id="rId99" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'{HEAD}<styleSheet {MAIN}><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": xml for n, xml in enumerate(sheets.values(), 1)}
    parts |= more or {}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2023, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def typed(lines) -> list[list]:
    return [[x.order, x.customer, x.at, x.item, float(x.quantity), float(x.price)] for x in lines]


def cases(c) -> list:
    """All of them; ``c`` is the module `corpus`."""
    case, shop = c.Case, c.SHOP
    header = list(c.FIELDS)
    rows = [header, *typed(shop)]
    good = sheet(rows)
    cover = sheet([["Курс CRM"], ["2023"]])

    def one(xml: str, **more) -> bytes:
        return book({"Лист1": xml}, **more)

    def with_cell(place: int, value) -> bytes:
        changed = [list(row) for row in rows]
        changed[5][place] = value
        return one(sheet(changed))

    def texts(write, date) -> bytes:
        return one(
            sheet(
                [
                    header,
                    *(
                        [x.order, x.customer, x.at.strftime(date), x.item, str(x.quantity), write(x.price)]
                        for x in shop
                    ),
                ]
            )
        )

    epoch = dt.timedelta(days=1462)
    early = [[x.order, x.customer, x.at - epoch, x.item, float(x.quantity), float(x.price)] for x in shop]
    bare = [
        [
            x.order,
            x.customer,
            (x.at - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1),
            x.item,
            float(x.quantity),
            float(x.price),
        ]
        for x in shop
    ]
    numbers = tuple(replace(x, customer="" if n == 3 else str(17000 + n % 5)) for n, x in enumerate(shop))
    ruined = [[r[0], 90071992547409900.0 + 1000 * n, *r[2:]] for n, r in enumerate(typed(shop))]
    half = [
        [r[0], r[1], x.at.strftime("%d/%m/%Y") if x.at.day > 12 else r[2], *r[3:]]
        for r, x in zip(typed(shop), shop, strict=True)
    ]
    shared = [[Raw(f'<c r="@" t="s"><v>{n}</v></c>') for n in range(6)], *typed(shop)]
    strings = f"{HEAD}<sst {MAIN}>" + "".join(f"<si><t>{name}</t></si>" for name in header) + "</sst>"
    relation = f'<Relationship Id="rId98" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    with_strings = book(
        {"Лист1": sheet(shared)},
        more={
            "xl/sharedStrings.xml": strings,
            "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>{relation}'
            f'<Relationship Id="rId99" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        },
    )

    def repeated() -> bytes:
        cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 80_000))
        return book(
            {"Лист1": sheet([header]).replace("</sheetData>", cells + "</sheetData>")},
            more={"xl/sharedStrings.xml": f"{HEAD}<sst {MAIN}><si><t>{'я' * 30_000}</t></si></sst>"},
        )

    def big() -> bytes:
        return one(sheet([header]).replace("</sheetData>", "<row><c/></row>" * 8_000_000 + "</sheetData>"))

    entity = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    far = sheet([*rows, []]).replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    same = tuple(replace(x, quantity=x.quantity) for x in shop)
    return [
        case("good.xlsx", one(good), "accept", shop),
        case("good_named_csv.csv", one(good), "accept", shop, (r"xlsx",)),
        case("shared_strings.xlsx", with_strings, "accept", shop),
        case(
            "titles.xlsx", one(sheet([["Отчёт по продажам"], [], ["за 2023 год"], *rows])), "accept", shop, (r"Отчёт",)
        ),
        case("first_row_blank.xlsx", one(sheet(rows, start=4)), "accept", shop),
        case(
            "merged_header.xlsx",
            one(
                sheet(
                    [["Заказ", "", "", "Товар", "", ""], *rows],
                    extra='<mergeCells count="1"><mergeCell ref="A1:C1"/></mergeCells>',
                )
            ),
            "accept",
            shop,
        ),
        case(
            "merged_down.xlsx",
            one(
                sheet(
                    [
                        ["Номер заказа", "Клиент", "Дата", "Покупка", "", ""],
                        ["", "", "", "Товар", "Количество", "Цена"],
                        *rows[1:],
                    ]
                )
            ),
            "accept",
            shop,
        ),
        case("second_sheet.xlsx", book({"Обложка": cover, "Данные": good}), "accept", shop, (r"Данные", r"Обложка")),
        case("two_sheets.xlsx", book({"Январь": good, "Февраль": good}), "ask", (), (r"Январь", r"Февраль", r"sheet=")),
        case(
            "two_sheets_settled.xlsx",
            book({"Январь": good, "Февраль": sheet([header])}),
            "accept",
            shop,
            hints={"sheet": "Январь"},
        ),
        case(
            "hidden_twin.xlsx",
            book({"Продажи": good, "Старое": good}, states={"Старое": ' state="hidden"'}),
            "accept",
            shop,
            (r"(?i)hidden|скрыт", r"Старое"),
        ),
        case(
            "only_hidden.xlsx",
            book({"Обложка": cover, "Тайна": good}, states={"Тайна": ' state="veryHidden"'}),
            "accept",
            shop,
            (r"(?i)hidden|скрыт",),
        ),
        case("text_numbers.xlsx", texts(c.grouped("\u00a0", ","), "%d.%m.%Y"), "accept", c.MIDNIGHT),
        case(
            "text_ambiguous_dates.xlsx",
            one(
                sheet([header, *([x.order, x.customer, x.at.strftime("%d/%m/%Y"), x.item, 1.0, 2.5] for x in c.EARLY)])
            ),
            "ask",
            (),
            (r"day_first",),
        ),
        case("bare_serials.xlsx", one(sheet([header, *bare])), "accept", shop, (r"Excel",)),
        case("dates_1904.xlsx", one(sheet([header, *early]), properties='<workbookPr date1904="1"/>'), "accept", shop),
        case("half_ruined_dates.xlsx", one(sheet([header, *half])), "reject", (), (r"Excel", r"ordered_at")),
        case("error_cell.xlsx", with_cell(5, Raw('<c r="@" t="e"><v>#N/A</v></c>')), "reject", (), (r"F6", r"#N/A")),
        case(
            "error_in_customer.xlsx",
            with_cell(1, Raw('<c r="@" t="e"><f>VLOOKUP(1,2,3)</f><v>#REF!</v></c>')),
            "reject",
            (),
            (r"B6", r"#REF!"),
        ),
        case(
            "formula_bare.xlsx",
            with_cell(5, Raw('<c r="@"><f>2*3</f></c>')),
            "reject",
            (),
            (r"F6", r"(?i)formula|формул"),
        ),
        case(
            "formula_cached.xlsx",
            with_cell(5, Raw(f'<c r="@"><f>1*1</f><v>{float(shop[4].price)!r}</v></c>')),
            "accept",
            shop,
        ),
        case(
            "formula_error_elsewhere.xlsx",
            one(
                sheet(
                    [
                        [*header, "note"],
                        *(
                            [*r, Raw('<c r="@" t="e"><v>#DIV/0!</v></c>') if n == 2 else "x"]
                            for n, r in enumerate(typed(shop))
                        ),
                    ]
                )
            ),
            "accept",
            shop,
        ),
        case("blank_tail.xlsx", one(sheet([*rows, *([""] * 6 for _ in range(5000))])), "accept", shop),
        case("total_row.xlsx", one(sheet([*rows, ["Итого", "", "", "", 70.0, 999.0]])), "accept", shop, (r"22",)),
        case(
            "numeric_ids.xlsx",
            one(
                sheet(
                    [
                        header,
                        *(
                            [
                                x.order,
                                float(x.customer) if x.customer else "",
                                x.at,
                                x.item,
                                float(x.quantity),
                                float(x.price),
                            ]
                            for x in numbers
                        ),
                    ]
                )
            ),
            "accept",
            numbers,
            (r"(?i)missing|пропущ",),
            ids=("17002",),
        ),
        case(
            "zeros_first.xlsx",
            one(sheet([header, *([r[0], f"00{n % 5}", *r[2:]] for n, r in enumerate(typed(shop)))])),
            "accept",
            tuple(replace(x, customer=f"00{n % 5}") for n, x in enumerate(shop)),
        ),
        case("numeric_ids_17_digits.xlsx", one(sheet([header, *ruined])), "reject", (), (r"customer_id", r"(?i)excel")),
        case("macros.xlsm", one(good, more={"xl/vbaProject.bin": "not run"}), "accept", shop, (r"(?i)macro|макрос",)),
        case("entity.xlsx", one(sheet(rows, doctype=entity)), "reject", (), (r"DOCTYPE",)),
        case("laughs.xlsx", one(sheet(rows, doctype=laughs)), "reject", (), (r"DOCTYPE",)),
        case("bomb.xlsx", big, "reject", (), (r"(?i)too large|велик",)),
        case("far_cell.xlsx", one(far), "reject", (), (r"(?i)too large|велик",)),
        case(
            "far_two_letters.xlsx", one(far.replace("XFD1048576", "ZZ900000")), "reject", (), (r"(?i)too large|велик",)
        ),
        case(
            "far_in_odd_spelling.xlsx",
            one(far.replace('<c r="XFD', '<c  r = "XFD')),
            "reject",
            (),
            (r"(?i)too large|велик",),
        ),
        case("repeated_text.xlsx", repeated, "reject", (), (r"(?i)too large|велик",)),
        case("cells_without_names.xlsx", one(re.sub(r' r="[A-Z]+\d+"', "", good)), "accept", shop),
        case("truncated.xlsx", one(good)[:900], "reject", (), (r"(?i)corrupt|повреж",)),
        case("flipped.xlsx", _flipped(one(good)), "reject", (), (r"(?i)corrupt|повреж",)),
        case("not_xml.xlsx", one("not a sheet"), "reject"),
        case("empty.xlsx", one(sheet([])), "reject", (), (r"(?i)empty|пуст",)),
        case("no_sheets.xlsx", book({}), "reject"),
        case("prose.xlsx", one(sheet([["Только слова"]])), "reject", (), (r"(?i)header|заголов",)),
        case("header_only.xlsx", one(sheet([header])), "reject", (), (r"(?i)no rows|строк нет",)),
        case(
            "times_apart.xlsx",
            one(
                sheet(
                    [
                        ["order_id", "customer_id", "date", "time", "item", "quantity", "unit_price"],
                        *(
                            [
                                x.order,
                                x.customer,
                                dt.datetime.combine(x.at.date(), dt.time()),
                                x.at.strftime("%H:%M"),
                                x.item,
                                float(x.quantity),
                                float(x.price),
                            ]
                            for x in same
                        ),
                    ]
                )
            ),
            "accept",
            shop,
        ),
    ]


def _flipped(data: bytes) -> bytes:
    place = data.index(b"xl/worksheets/sheet1.xml") + 60
    return data[:place] + bytes(255 - byte for byte in data[place : place + 8]) + data[place + 8 :]
