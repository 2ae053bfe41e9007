"""A history of contacts is read right and said, or refused in a letter that names everything, in both languages."""

from __future__ import annotations

import codecs
import datetime as dt
import io
import re

import pandas as pd
import pytest

from crm_toolkit.datasets import read_contacts, read_customers, write_table
from crm_toolkit.errors import InputError
from crm_toolkit.intake.contacts import kind_of
from crm_toolkit.schema import CONTACTS, CUSTOMER_EXTRAS, CUSTOMERS
from crm_toolkit.schema.store import CONTACT_KINDS
from crm_toolkit.texts import language

HEADER = ["contact_id", "client_id", "date", "kind", "channel", "department", "employee", "subject", "text", "order_id"]
RUSSIAN = [
    *("Номер обращения", "Код клиента", "Дата и время", "Тип обращения", "Канал", "Отдел", "Сотрудник", "Тема"),
    *("Текст обращения", "Номер заказа"),
]
ROWS = [
    ["T-1", "007", "2024-03-15 10:05", "complaint", "phone", "Service", "Ann Lee", "Waiting", 'Waited "1 h"; left', ""],
    ["T-2", "008", "2024-03-16 11:00", "visit", "branch", "Sales", "", "", "", "1700003"],
    ["T-3", "007", "2024-12-31 23:59", "call", "phone", "Service", "Олег", "Ёлка", "=1+1\nвторая строка", ""],
]  # fmt: skip
WORDS = {"complaint": "Жалоба", "visit": "Визит", "call": "Входящий звонок"}


def csv(rows, delimiter=",", encoding="utf-8"):
    def quoted(cell):
        odd = any(sign in cell for sign in (delimiter, '"', "\n"))
        return '"' + cell.replace('"', '""') + '"' if odd else cell

    return "\n".join(delimiter.join(map(quoted, row)) for row in [*rows, []]).encode(encoding)


def russian(date="%d.%m.%Y %H:%M"):
    rows = [[*row[:2], dt.datetime.fromisoformat(row[2]).strftime(date), WORDS[row[3]], *row[4:]] for row in ROWS]
    return [RUSSIAN, *rows]


def workbook(rows, *, typed=True):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
        for cell in book.active[book.active.max_row]:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    if typed:
        for number, row in enumerate(ROWS, start=2):
            book.active.cell(number, 3).value = dt.datetime.fromisoformat(row[2])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


READABLE = {
    "plain.csv": lambda: csv([HEADER, *ROWS]),
    "bom.csv": lambda: codecs.BOM_UTF8 + csv([HEADER, *ROWS]),
    "semicolons.csv": lambda: csv([HEADER, *ROWS], ";"),
    "tabs.tsv": lambda: csv([HEADER, *ROWS], "\t"),
    "cp1251.csv": lambda: csv(russian(), ";", "cp1251"),
    "koi8.csv": lambda: csv(russian(), ";", "koi8-r"),
    "utf16.csv": lambda: csv(russian(), ";", "utf-16"),
    "russian_iso.csv": lambda: csv(russian("%Y-%m-%d %H:%M"), ","),
    "title.csv": lambda: csv([["Обращения за год"], [""], *russian()], ";"),
    "typed.xlsx": lambda: workbook([HEADER, *ROWS]),
    "texts.xlsx": lambda: workbook(russian(), typed=False),
}


@pytest.mark.parametrize("spoken", ["en", "ru"])
@pytest.mark.parametrize("name", READABLE)
def test_a_usual_file_is_read_right(name, spoken, tmp_path):
    path = tmp_path / name
    path.write_bytes(READABLE[name]())
    with language(spoken):
        contacts, report = read_contacts(path)
        letter = str(report)
    assert list(contacts.columns) == list(CONTACTS.column_names)
    assert contacts["customer_id"].tolist() == ["007", "008", "007"]
    assert contacts["opened_at"].tolist() == [pd.Timestamp(row[2]) for row in ROWS]
    assert contacts["kind"].tolist() == ["complaint", "visit", "call"]
    assert contacts["contact_id"].tolist() == ["T-1", "T-2", "T-3"]
    assert contacts["body"].tolist()[0::2] == [ROWS[0][8], ROWS[2][8]]
    assert contacts[["subject", "body", "employee"]].iloc[1].isna().all()
    assert contacts["order_id"].tolist()[1] == "1700003"
    assert report.totals["contacts"] == 3
    if spoken == "ru":
        assert re.search("3 контакта", letter)
        assert not re.search(r"contact\b.*\bread|Kinds of", letter)


def test_what_the_file_does_not_have_is_missing_and_rows_give_numbers():
    contacts, report = read_contacts(b"customer,date,type\nK1,2024-03-15,call\n,2024-03-16,visit\n")
    assert contacts["contact_id"].tolist() == ["row-2", "row-3"]
    assert contacts.drop(columns=["contact_id", "customer_id", "opened_at", "kind"]).isna().all(axis=None)
    assert {warning.code for warning in report.warnings} == {"no_contacts", "contacts_without_customer"}


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_unknown_kinds_are_named_all_at_once_and_never_guessed(spoken):
    rows = [
        ["client_id", "date", "kind"],
        *[["K1", "2024-03-15", kind] for kind in ("обход", "call", "обход", "барабан", "")],
    ]
    with language(spoken), pytest.raises(InputError) as letter:
        read_contacts(csv(rows))
    codes = {problem.code: problem for problem in letter.value.problems}
    assert set(codes) == {"unknown_kinds", "missing_kind"}
    assert all(word in str(letter.value) for word in ("обход", "барабан", "complaint", "kinds="))
    assert codes["unknown_kinds"].rows == (2, 4, 5)
    assert codes["missing_kind"].rows == (6,)


def test_the_user_says_what_a_word_means():
    rows = csv([["client_id", "date", "kind"], ["K1", "2024-03-15", "Обход"]])
    assert read_contacts(rows, kinds={"обход": "visit"})[0]["kind"].tolist() == ["visit"]
    with pytest.raises(InputError, match=r"(?s)“stroll”.*purchase"):
        read_contacts(rows, kinds={"обход": "stroll"})


def test_every_kind_of_the_store_is_known_in_both_languages():
    for kind in CONTACT_KINDS:
        assert kind_of(kind) == kind_of(kind.replace("_", " ").upper()) == kind
    russian_words = {
        "Покупка": "purchase", "приём": "visit", "Заявка": "service_request", "консультация": "information_request",
        "ПРЕТЕНЗИЯ": "complaint", "Звонок исходящий": "call", "смс": "message", "Рассылка": "campaign",
        "отзыв": "feedback", "заметка": "note",
    }  # fmt: skip
    assert {word: kind_of(word) for word in russian_words} == russian_words


@pytest.mark.parametrize("spoken", ["en", "ru"])
@pytest.mark.parametrize(
    ("rows", "codes", "says"),
    [
        ([["client_id", "date"], ["K1", "2024-03-15"]], ["missing_column"], r"`kind`"),
        ([["kind", "date", "text"], ["call", "2024-03-15", "x"]], ["missing_column"], r"customer_id"),
        ([["client_id", "kind", "date"], ["K1", "call", ""]], ["missing_date"], r"\b2\b"),
        ([["client_id", "kind", "date"], ["K1", "call", "весной"]], ["not_a_date"], r"весной"),
        ([["client_id", "kind", "date"], ["K1", "call", "03/04/2024"]], ["day_or_month"], r"day_first"),
        (
            [["contact_id", "client_id", "kind", "date"], *[["1", "K1", "call", "2024-03-15"]] * 2],
            ["contact_id_twice"],
            r"\b2, 3\b",
        ),
        ([["client_id", "kind", "date"]], ["no_rows"], r"0"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) and isinstance(value[0], str) else "",
)
def test_what_cant_be_read_is_refused_with_a_letter(rows, codes, says, spoken):
    with language(spoken), pytest.raises(InputError) as letter:
        read_contacts(csv(rows))
    found = [problem.code for problem in letter.value.problems]
    assert found == codes or (codes[0] in ("not_a_date", "day_or_month") and len(found) == 1)
    assert re.search(says, str(letter.value))
    if spoken == "ru":
        assert re.search("[а-я]", letter.value.heading)


def test_a_date_and_a_time_in_two_columns_become_one_moment():
    contacts, _ = read_contacts(csv([["client_id", "Дата", "Время", "kind"], ["K1", "13.03.2024", "10:15", "call"]]))
    assert contacts["opened_at"].tolist() == [pd.Timestamp("2024-03-13 10:15")]


@pytest.mark.parametrize("ending", ["csv", "tsv", "xlsx", "parquet"])
def test_contacts_that_were_written_read_back_equal_and_hold_no_formula(ending, tmp_path):
    contacts, _ = read_contacts(csv([HEADER, *ROWS]))
    contacts.loc[1, "body"] = "'@SUM(1)"
    path = write_table(contacts, tmp_path / f"c.{ending}")
    back, _ = read_contacts(path)
    pd.testing.assert_frame_equal(back, contacts)
    if ending in ("csv", "tsv"):
        assert "'=1+1" in path.read_text(encoding="utf-8-sig")


PROFILE = [
    ["Код", "ФИО", "Пол", "Дети", "Доход", "Город", "Профессия", "Согласие на e-mail", "Согласие на смс"],
    ["K1", "Анна", "ж", "2", "45 000,50", "Тверь", "врач", "да", "нет"],
    ["K2", "Олег", "Мужской", "", "н/д", "", "-", "", "да"],
]


def test_a_wider_list_of_customers_keeps_what_it_has():
    customers, _ = read_customers(csv(PROFILE, ";"))
    base, extras = list(CUSTOMERS.column_names), [column.name for column in CUSTOMER_EXTRAS]
    assert list(customers.columns) == base + [name for name in extras if name in customers]
    assert customers["sex"].tolist() == ["female", "male"]
    assert customers["children"].fillna(-1).tolist() == [2, -1]
    assert customers["income_month"].fillna(-1).tolist() == [45000.5, -1]
    assert customers["city"].fillna("").tolist() == ["Тверь", ""]
    assert customers["consent_email"].tolist() == [True, pd.NA]
    assert customers["consent_sms"].tolist() == [False, True]
    assert customers["consent"].isna().all()


def test_a_narrow_list_of_customers_is_as_narrow_as_before():
    customers, _ = read_customers(csv([["id", "name"], ["1", "a"]]))
    assert list(customers.columns) == list(CUSTOMERS.column_names)


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_impossible_profiles_are_refused_at_once(spoken):
    rows = [
        ["id", "пол", "дети", "доход", "согласие на смс"],
        ["1", "кот", "2.5", "-5", "возможно"],
        ["2", "ж", "99", "7", "да"],
    ]
    with language(spoken), pytest.raises(InputError) as letter:
        read_customers(csv(rows, ";"))
    assert [problem.code for problem in letter.value.problems].count("impossible_number") == 2
    assert {problem.code for problem in letter.value.problems} == {"unknown_sex", "impossible_number", "consent"}
    assert "кот" in str(letter.value)
