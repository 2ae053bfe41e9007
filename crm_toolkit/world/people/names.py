"""Names of invented people, and the e-mail addresses and telephones that go with them.

A name is drawn from the kept lists (`crm_toolkit.world.people.words`): American ones by Faker's weights; Russian
lists have none, so `_COMMON` names are drawn ten times as often as the others (assumption). A Russian surname
is declined (the lists of both sexes stand in the same order) and a patronymic agrees with the sex: the male
twin of the female form in the list. Names don't follow fashions: age and name are independent (assumption).

Nobody owns what is invented here. Addresses end in a domain that is kept for examples (RFC 2606). American
telephones have an area code N9X, which the North American Numbering Plan keeps for its expansion; Russian ones
the code 000, which no region or operator has. A telephone is a one-to-one map of the customer's number, so it
is unique up to `UNIQUE_PHONES` customers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.streams import Integers, Stream
from crm_toolkit.world.people.luck import CELLS, quantile_cells, quarter
from crm_toolkit.world.people.words import load_words

Codes = NDArray[np.int16]

_COMMON_WEIGHT = 10.0  # assumption
_COMMON = {
    "first_names_female": "Александра Алина Алла Анастасия Анна Валентина Валерия Варвара Вера Вероника Виктория "
    "Галина Дарья Евгения Екатерина Елена Елизавета Ирина Ксения Лариса Любовь Людмила Маргарита Марина Мария Надежда "
    "Наталья Нина Оксана Ольга Полина Светлана София Тамара Татьяна Юлия",
    "first_names_male": "Александр Алексей Анатолий Андрей Артем Борис Вадим Валентин Валерий Василий Виктор Виталий "
    "Владимир Владислав Вячеслав Геннадий Георгий Григорий Денис Дмитрий Евгений Егор Иван Игорь Илья Кирилл "
    "Константин Леонид Максим Матвей Михаил Никита Николай Олег Павел Петр Роман Руслан Сергей Станислав Степан "
    "Тимофей Федор Юрий Ярослав",
    "middle_names_female": "Александровна Алексеевна Анатольевна Андреевна Борисовна Валентиновна Васильевна "
    "Викторовна Владимировна Вячеславовна Геннадьевна Григорьевна Дмитриевна Евгеньевна Ивановна Игоревна "
    "Константиновна Леонидовна Михайловна Николаевна Олеговна Павловна Петровна Сергеевна Степановна Федоровна Юрьевна",
}
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya".replace("-", "").split(" "),
        strict=True,
    )
)
_DOMAINS = pa.array(["@example.com", "@example.org", "@example.net"])
_STRIDE = 382_682_899  # shares no factor with either range, so the map is one-to-one; neighbours look unlike
_AREA_CODES = np.array([code for code in range(200, 1000) if code // 10 % 10 == 9])
UNIQUE_PHONES = {"en_US": 80 * 800 * 10_000, "ru_RU": 10_000_000}


class PersonNames(NamedTuple):
    """Sex and names of people, one element a key; names are dictionary arrays, ``middle`` is null in en_US."""

    female: NDArray[np.bool_]
    first: pa.DictionaryArray
    last: pa.DictionaryArray
    middle: pa.DictionaryArray


@dataclass(frozen=True)
class _Book:
    """One kind of name: its words, and which word each cell of luck means, by sex."""

    words: pa.Array
    cells: Codes


@cache
def _book(locale: str, part: str) -> _Book | None:
    lists = load_words(locale).lists
    female = lists[f"{part}_names_female"]
    if not female:
        return None
    male = {_his(word): weight for word, weight in female.items()} if part == "middle" else lists[f"{part}_names_male"]
    common = {sex: _COMMON.get(f"{part}_names_{sex}", "").split() for sex in ("female", "male")}
    if part == "middle":
        common["male"] = [_his(word) for word in common["female"]]
    words = list(dict.fromkeys([*female, *male]))
    code = {word: number for number, word in enumerate(words)}
    cells = np.empty((2, CELLS), dtype=np.int16)
    for row, (names, often) in enumerate(((male, common["male"]), (female, common["female"]))):
        weights = np.array(list(names.values())) * [_COMMON_WEIGHT if name in often else 1.0 for name in names]
        cells[row] = np.array([code[name] for name in names])[quantile_cells(weights)]
    return _Book(pa.array(words), cells)


def _his(patronymic: str) -> str:
    """The male twin of a female patronymic: Ивановна – Иванович, Ильинична – Ильич."""
    return patronymic[:-6] + "ич" if patronymic.endswith("инична") else patronymic[:-2] + "ич"


def _slug(word: str) -> str:
    return "".join(_LATIN.get(letter, letter) for letter in word.lower() if letter.isalpha())


def person_names(
    keys: ArrayLike,
    *,
    seed: int | str,
    purpose: str,
    locale: str,
    female: ArrayLike | None = None,
    families: ArrayLike | None = None,
    fathers: ArrayLike | None = None,
) -> PersonNames:
    """Draw a name for every key.

    Parameters
    ----------
    keys : array of int
        Who: customers, employees, a referee.
    seed : int or str
        The world's seed.
    purpose : str
        Whose names, such as ``"customer"`` or ``"employee"``: another purpose is other luck.
    locale : {"en_US", "ru_RU"}
        Language of the names.
    female : array of bool, optional
        Sex; without it half of the people are women.
    families, fathers : array of int, optional
        Keys of the surname's and of the patronymic's luck; people with one family key share the surname
        (declined). By default everybody's own.

    Returns
    -------
    PersonNames
        ``female`` (bool) and the dictionary arrays ``first``, ``last``, ``middle``.

    Raises
    ------
    ValueError
        If there are no names for the locale.

    Examples
    --------
    >>> names = person_names([1, 2, 1], seed=7, purpose="example", locale="en_US", female=[True, False, True])
    >>> names.first[0] == names.first[2], names.middle.null_count
    (True, 3)
    """
    keys = np.asarray(keys, dtype=np.int64)
    own = Stream(seed, f"{purpose} name").words(keys)
    women = (own >> np.uint64(63)).astype(bool) if female is None else np.asarray(female, dtype=bool)
    row = women.astype(np.int8)
    family = Stream(seed, f"{purpose} family").words(keys if families is None else families)
    father = quarter(own, 1)
    if fathers is not None:
        with_other = np.flatnonzero(np.asarray(fathers) != keys)
        father[with_other] = quarter(Stream(seed, f"{purpose} name").words(np.asarray(fathers)[with_other]), 1)
    return PersonNames(
        women,
        _drawn(locale, "first", row, quarter(own, 0)),
        _drawn(locale, "last", row, quarter(family, 0)),
        _drawn(locale, "middle", row, father),
    )


def _drawn(locale: str, part: str, row: NDArray[np.int8], cell: NDArray[np.uint16]) -> pa.DictionaryArray:
    book = _book(locale, part)
    if book is None:
        return pa.nulls(len(cell), pa.dictionary(pa.int16(), pa.string()))
    return pa.DictionaryArray.from_arrays(pa.array(book.cells.ravel()[row.astype(np.int32) * CELLS + cell]), book.words)


def _said(words: pa.Array, codes: pa.Array) -> pa.Array:
    return pc.take(words, codes, boundscheck=False)


def full_names(names: PersonNames, locale: str) -> pa.Array:
    """Names as one text: “Mary Smith”; in Russian the surname comes first: «Иванова Мария Петровна».

    >>> names = person_names([5], seed=7, purpose="example", locale="en_US")
    >>> full_names(names, "en_US")[0].as_py() == f"{names.first[0]} {names.last[0]}"
    True
    """
    order = (names.last, names.first, names.middle) if locale == "ru_RU" else (names.first, names.last)
    return pc.binary_join_element_wise(*(_said(part.dictionary, part.indices) for part in order), " ")


def emails(ids: Integers, names: PersonNames, domain: Integers, locale: str) -> pa.Array:
    """An address that fits the name and is unique through the customer's number.

    >>> names = person_names([5], seed=7, purpose="example", locale="ru_RU", female=[True])
    >>> emails(np.array([5]), names, np.array([0]), "ru_RU")[0].as_py().endswith("a5@example.com")
    True
    """
    first, last = _slugs(locale)
    return pc.binary_join_element_wise(
        _said(first, names.first.indices),
        _said(last, names.last.indices),
        pc.cast(pa.array(ids), pa.string()),
        _said(_DOMAINS, pa.array(domain)),
        "",
    )


@cache
def _slugs(locale: str) -> tuple[pa.Array, pa.Array]:
    """First names with a full stop, and surnames, as an address spells them."""
    first, last = (book.words.to_pylist() for part in ("first", "last") if (book := _book(locale, part)))
    return pa.array([_slug(word) + "." for word in first]), pa.array([_slug(word) for word in last])


def phones(ids: Integers, *, seed: int | str, locale: str) -> pa.Array:
    """A telephone that belongs to nobody, another one for every customer up to `UNIQUE_PHONES`.

    >>> phones(np.array([1, 2]), seed=7, locale="en_US")[0].as_py()
    '+1 ...'
    """
    size = UNIQUE_PHONES[locale]
    start = int(Stream(seed, "telephone").words(0)[()] % np.uint64(size))
    number = (ids % size * (_STRIDE % size) + start) % size
    if locale == "ru_RU":
        rest, three = number // 100, number // 10_000
        middle, pair = rest - 100 * three, number - 100 * rest
        return _pattern("+7 000 ___-__-__", {7: _digits(3)[three], 11: _digits(2)[middle], 14: _digits(2)[pair]})
    rest = number // 10_000
    area = rest // 800
    line, exchange = number - 10_000 * rest, rest - 800 * area
    code = _AREA_CODES[area]
    return _pattern("+1 ___ ___-____", {3: _digits(3)[code], 7: _digits(3)[200 + exchange], 11: _digits(4)[line]})


@cache
def _digits(width: int) -> NDArray[np.bytes_]:
    """Every number of that many digits as text."""
    return np.array([f"{number:0{width}d}" for number in range(10**width)], dtype="S")


def _pattern(text: str, places: dict[int, NDArray[np.bytes_]]) -> pa.Array:
    """Texts of one length: the pattern with digits put into their places, in one buffer, without a loop."""
    rows, width = len(next(iter(places.values()))), len(text)
    letters = np.full(rows, text.encode("ascii"), dtype=f"S{width}")
    formats = [digits.dtype for digits in places.values()]
    names = [f"at{place}" for place in places]
    fields = letters.view({"names": names, "formats": formats, "offsets": list(places), "itemsize": width})
    for name, digits in zip(names, places.values(), strict=True):
        fields[name] = digits
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(letters.view(np.uint8)))
