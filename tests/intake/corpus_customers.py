"""Odd lists of customers."""

from __future__ import annotations

import datetime as dt

FIELDS = ("client_id", "full_name", "phone", "email", "birth_date", "consent")


def cases(c) -> list:
    """All of them; ``c`` is the module `corpus`."""

    def people(
        names,
        *,
        phone=lambda n: f"8900111223{n}",
        born=lambda n: f"1990-05-{n + 13}",
        yes=lambda n: "да",
        key=lambda n: f"K{n:03d}",
        header=FIELDS,
    ):
        rows = [list(header)]
        rows += [[key(n), name, phone(n), f"a{n}@example.org", born(n), yes(n)] for n, name in enumerate(names)]
        return rows

    def accept(name, rows, says=(), hints=None, **cells):
        wanted = {}
        for column, values in cells.items():
            wanted |= {(n, column): value for n, value in enumerate(values)}
        return c.Case(name, c.csv(rows), "accept", (), says, "customers", cells=wanted, hints=hints or {})

    def reject(name, rows, *says, outcome="reject"):
        return c.Case(name, c.csv(rows), outcome, (), says, "customers")

    plain = ["Анна", "Олег", "Zoë"]
    formulas = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1+1)", "\t=1+1", '=HYPERLINK("http://x","y")', "；=1"]
    strange = ["👩‍💻 Анна", "محمد علي", "\u202eгалфер", "Zoe\u0301", "Ник\u200bита", "Ро ман"]
    scripts = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", 'Анна & "Ко"', "';DROP TABLE x;--"]
    phones = ["+7 900 111-22-33", "8(900)1112233", "79001112233", "9001112233", "+79001112233 доб. 5"]
    answers = ["да", "нет", "TRUE", "0", "Yes", "", "согласен", "no"]
    meant = [True, False, True, False, True, None, True, False]
    long = ["я" * 5000, "b" * 20000]
    return [
        accept(
            "plain.csv",
            people(plain),
            full_name=plain,
            consent=[True] * 3,
            birth_date=[dt.date(1990, 5, 13 + n) for n in range(3)],
        ),
        accept("formulas.csv", people(formulas), full_name=formulas),
        accept("strange_signs.csv", people(strange), full_name=strange),
        accept("scripts.csv", people(scripts), full_name=scripts),
        accept("long_names.csv", people(long), full_name=long),
        accept("phones.csv", people(plain + plain[:2], phone=lambda n: phones[n]), phone=phones),
        accept("answers.csv", people(["x"] * 8, yes=lambda n: answers[n]), (r"(?i)unknown|неизвестно",), consent=meant),
        accept("guarded.csv", people(["'=1+1", "''x", "'обычный"]), full_name=["=1+1", "'x", "'обычный"]),
        accept(
            "russian_names.csv",
            people(plain, header=("Код клиента", "ФИО", "Телефон", "E-mail", "Дата рождения", "Согласие на рассылку")),
            full_name=plain,
        ),
        accept(
            "dotted_births.csv",
            people(plain, born=lambda n: f"0{n + 1}.02.1985"),
            birth_date=[dt.date(1985, 2, n + 1) for n in range(3)],
        ),
        accept(
            "blank_births.csv",
            people(plain, born=lambda n: "" if n == 1 else "1990-05-13"),
            birth_date=[dt.date(1990, 5, 13), None, dt.date(1990, 5, 13)],
        ),
        accept(
            "old_births.csv",
            people(plain, born=lambda n: f"13.02.{29 + n}"),
            birth_date=[dt.date(1929 + n, 2, 13) for n in range(3)],
        ),
        accept("only_ids.csv", [["client_id", "name"], ["1", "a"], ["2", "b"]], customer_id=["1", "2"]),
        accept("same_line_twice.csv", [*people(plain), people(plain)[1]], (r"(?i)duplicate|дубликат",)),
        accept("same_id_twice.csv", people(plain, key=lambda n: f"K{n // 2}"), (r"(?i)duplicate ids|повтор кода",)),
        accept("zeros_first.csv", people(plain, key=lambda n: f"00{n}"), customer_id=["000", "001", "002"]),
        reject(
            "consent_word.csv",
            people(plain, yes=lambda n: "может быть" if n == 2 else "да"),
            r"может быть",
            r"(?i)consent|соглас",
            r"\b4\b",
        ),
        reject("slashed_births.csv", people(plain, born=lambda n: f"0{n + 1}/02/1985"), r"day_first", outcome="ask"),
        reject("future_births.csv", people(plain, born=lambda n: "2150-01-01"), r"(?i)future|будущ"),
        reject("word_births.csv", people(plain, born=lambda n: "весной"), r"весной"),
        reject("no_id.csv", [["name", "phone"], ["a", "1"]], r"customer_id"),
        reject("blank_id.csv", people(plain, key=lambda n: "" if n == 1 else f"K{n}"), r"\b3\b"),
        reject("ruined_ids.csv", people(plain, key=lambda n: "9.00720E+16"), r"E\+16"),
    ]
