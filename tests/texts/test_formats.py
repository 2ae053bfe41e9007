"""Numbers, money and dates look as each language writes them."""

import datetime

from crm_toolkit.texts import format_date, format_money, format_number, format_percent, language

NBSP = "\N{NO-BREAK SPACE}"


def test_english_forms():
    assert format_number(1469307) == "1,469,307"
    assert format_number(0.1 + 0.2) == "0.3"
    assert format_money(-1234.5, "USD") == "-$1,234.50"
    assert format_money(1234567.891) == "1,234,567.89"
    assert format_percent(0.125) == "12.5%"
    assert format_date(datetime.date(2024, 4, 3)) == "Apr 3, 2024"


def test_russian_forms():
    with language("ru"):
        assert format_number(1469307) == f"1{NBSP}469{NBSP}307"
        assert format_money(1234.5, "RUB") == f"1{NBSP}234,50{NBSP}₽"
        assert format_percent(0.125) == f"12,5{NBSP}%"
        assert format_date("2024-04-03", "long").startswith("3 апреля 2024")
