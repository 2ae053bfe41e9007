"""What a hand does to a text: typing errors, look-alike letters, the wrong layout, another format.

A slip is a pure function of the text and 64 bits of luck. It says to which texts it applies, and it always
changes a text to which it applies.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

MISSING_WORDS = {"en_US": ("", "-", "n/a", ""), "ru_RU": ("", "-", "н/д", "")}
PHONE_FORMATS = {
    "en_US": ("({1}) {2}-{4}", "{1}-{2}-{4}", "{1}{2}{4}", "+1 {1} {2} {4}", "{1}.{2}.{4}", "+1{1}{2}{4}"),
    "ru_RU": (
        *("8 ({1}) {2}-{3}-{5}", "8{1}{2}{3}{5}", "+7{1}{2}{3}{5}", "+7 {1} {2} {3} {5}"),
        *("8-{1}-{2}-{3}-{5}", "{1}{2}{3}{5}", "+7 ({1}) {2}-{3}-{5}"),
    ),
}
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_NEIGHBOURS = {
    sign: row[max(0, place - 1) : place] + row[place + 1 : place + 2] for row in _ROWS for place, sign in enumerate(row)
}
_LATIN_LOOKS, _CYRILLIC_LOOKS = "ABEKMHOPCTXaeopcyx", "АВЕКМНОРСТХаеорсух"
_LOOK_ALIKE = dict(zip(_LATIN_LOOKS + _CYRILLIC_LOOKS, _CYRILLIC_LOOKS + _LATIN_LOOKS, strict=True))
_LAYOUT = str.maketrans(
    "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~",
)
_NO_DIGIT = re.compile(r"\D")
_DATE = re.compile(r"(?:(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)|(?P<d2>\d\d)\.(?P<m2>\d\d)\.(?P<y2>\d{4})"
                   r"|(?P<m3>\d\d)/(?P<d3>\d\d)/(?P<y3>\d{4}))$")  # fmt: skip


# names and towns that are met both with ё and with е: the last е of the match is the one
_YE = re.compile(
    r"\b(?:Петр\b|Артем\b|Федор(?=\b|ов)|Семен(?=\b|ов)|Ален(?=а\b)|Орел\b|(?:Королев|Киселев|Ковалев|Воробьев|Соловьев|"
    r"Муравьев|Журавлев|Рублев|Лихачев|Пугачев|Горбачев|Хрущев|Ткачев|Щеголев|Пономарев|Дегтярев|Калачев|Грачев|Рогачев|"
    r"Толмачев)(?=а?\b))"
)


@dataclass(frozen=True)
class Slip:
    """One kind of slip: to which texts it applies, and what it makes of them with that luck."""

    applies: Callable[[str], bool]
    write: Callable[[str, int], str]


def _spots(text: str, first: int = 0) -> list[int]:
    return [place for place, sign in enumerate(text) if sign.isalnum()][first:]


def _mistyped(text: str, luck: int, spots: list[int]) -> str:
    """One typing error at one of the places: neighbour key, two keys in the wrong order, one lost, one doubled."""
    kind, luck = luck % 4, luck // 4
    place, luck = spots[luck % len(spots)], luck // len(spots)
    sign = text[place]
    if kind == 0 and (keys := _NEIGHBOURS.get(sign.lower())):
        near = keys[luck % len(keys)]
        return text[:place] + (near.upper() if sign.isupper() else near) + text[place + 1 :]
    if kind == 1 and place - 1 in spots and text[place - 1] != sign:
        return text[: place - 1] + sign + text[place - 1] + text[place + 1 :]
    return text[:place] + (sign * 2 if kind == 3 else "") + text[place + 1 :]


def _typo(text: str, luck: int) -> str:
    """A typing error behind the first letter.

    >>> [_typo("Smith", luck) for luck in (5, 2, 3, 16)]
    ['Simth', 'Sith', 'Smmith', 'Snith']
    """
    return _mistyped(text, luck, _spots(text, 1))


def _mail_typo(text: str, luck: int) -> str:
    """Before the @ only: the domain stays one that is kept for examples."""
    return _mistyped(text, luck, _spots(text[: text.index("@")], 1))


def _phone_typo(text: str, luck: int) -> str:
    """Behind the country and area codes, which are kept for fiction."""
    return _mistyped(text, luck, _spots(text, 4)[1:])


def _homoglyph(text: str, luck: int) -> str:
    spots = [place for place, sign in enumerate(text) if sign in _LOOK_ALIKE]
    place = spots[luck % len(spots)]
    return text[:place] + _LOOK_ALIKE[text[place]] + text[place + 1 :]


def _yo(text: str, luck: int) -> str:
    """Russian ё written as е; in a name spelt with е the ё put in.

    >>> _yo("Пётр Семёнов", 0), _yo("Петр Петрович", 0), _yo("Королева", 0)
    ('Петр Семенов', 'Пётр Петрович', 'Королёва')
    """
    if "ё" in text or "Ё" in text:
        return text.replace("ё", "е").replace("Ё", "Е")
    return _YE.sub(lambda found: "ё".join(found[0].rsplit("е", 1)), text)


def _other_case(text: str, luck: int) -> str:
    forms = [form for form in (text.upper(), text.lower()) if form != text]
    return forms[luck % len(forms)]


def _blank(text: str, luck: int) -> str:
    inner = text.replace(" ", "  ", 1) if " " in text.strip() else text + "\N{NO-BREAK SPACE}"
    return (" " + text, text + " ", inner)[luck % 3]


def _wrong_layout(text: str, luck: int) -> str:
    """Russian typed on an English layout; an English text with Caps Lock on.

    >>> _wrong_layout("Привет", 0), _wrong_layout("Smith", 0)
    ('Ghbdtn', 'sMITH')
    """
    other = text.translate(_LAYOUT)
    return other if other != text else text.swapcase()


def _surname_last(text: str, luck: int) -> str:
    """The first word put last, or with two words the two swapped."""
    first, rest = text.split(" ", 1)
    return f"{rest} {first}"


def _digits(text: str) -> str:
    return _NO_DIGIT.sub("", text)


def format_phone(text: str, pattern: str) -> str:
    """A telephone of eleven digits (or ten, without the country's) in another format; others stay as they are.

    >>> format_phone("+7 000 123-45-67", "8 ({1}) {2}-{3}-{5}")
    '8 (000) 123-45-67'
    """
    digits = _digits(text)[-10:]
    if len(digits) < 10:
        return text
    return pattern.format("", digits[:3], digits[3:6], digits[6:8], digits[6:], digits[8:])


def other_phone(locale: str) -> Slip:
    """The same telephone in another format of the country."""

    def write(text: str, luck: int) -> str:
        forms = [form for pattern in PHONE_FORMATS[locale] if (form := format_phone(text, pattern)) != text]
        return forms[luck % len(forms)]

    return Slip(lambda text: len(_digits(text)) in (10, 11), write)


def _other_date(text: str, luck: int) -> str:
    """The same day in one of the other two formats.

    >>> _other_date("2024-02-29", 0), _other_date("29.02.2024", 1)
    ('29.02.2024', '02/29/2024')
    """
    found = _DATE.match(text)
    assert found is not None, "only dates come here"
    year, month, day = (found[part] or found[part + "2"] or found[part + "3"] for part in "ymd")
    forms = [f"{day}.{month}.{year}", f"{year}-{month}-{day}", f"{month}/{day}/{year}"]
    forms.remove(text)
    return forms[luck % 2]


def _former_phone(text: str, luck: int) -> str:
    """Another number: the last four digits differ."""
    tail = (int(_digits(text)[-4:]) + 1 + luck % 9_998) % 10_000
    signs = list(text)
    for place, digit in zip(_spots(text)[-4:], f"{tail:04d}", strict=True):
        signs[place] = digit
    return "".join(signs)


def _former_mail(text: str, luck: int) -> str:
    """Another address: the number in it and the domain differ, the name stays."""
    name, domain = text.split("@", 1)
    stem = name.rstrip("0123456789") or "mail"
    domains = [other for other in ("example.com", "example.org", "example.net") if other != domain]
    return f"{stem}{40 + luck // 2 % 960}@{domains[luck % 2]}"


def one_of(words: tuple[str, ...]) -> Callable[[str, int], str]:
    """Write one of the words that is not there yet."""

    def write(text: str, luck: int) -> str:
        others = [word for word in words if word != text]
        return others[luck % len(others)]

    return write


def _has_letters(text: str) -> bool:
    return text.upper() != text.lower()


TYPO = Slip(lambda text: len(_spots(text)) >= 4, _typo)
MAIL_TYPO = Slip(lambda text: "@" in text and len(_spots(text[: text.index("@")])) >= 4, _mail_typo)
PHONE_TYPO = Slip(lambda text: len(_digits(text)) >= 10, _phone_typo)
YO = Slip(lambda text: "ё" in text or "Ё" in text or bool(_YE.search(text)), _yo)
HOMOGLYPH = Slip(lambda text: any(sign in _LOOK_ALIKE for sign in text), _homoglyph)
LETTER_CASE = Slip(_has_letters, _other_case)
BLANK = Slip(lambda text: bool(text.strip()), _blank)
WRONG_LAYOUT = Slip(_has_letters, _wrong_layout)
SURNAME_LAST = Slip(lambda text: len(set(text.casefold().split())) >= 2, _surname_last)
OTHER_DATE = Slip(lambda text: bool(_DATE.match(text)), _other_date)
FORMER_PHONE = Slip(lambda text: len(_digits(text)) >= 10, _former_phone)
FORMER_MAIL = Slip(lambda text: text.count("@") == 1, _former_mail)
