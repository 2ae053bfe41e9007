"""Records made comparable: names as sets of words in one alphabet, telephones as digits, dates as days.

A word of a name is compared after these steps, none of which changes what the caller sees: one Unicode form, small
letters, ё as е; look-alike letters of the other alphabet turned back; a word typed with the wrong keyboard layout
turned back where that makes it a word known in the same list («ghbdtn»); Cyrillic written in Latin letters, so that
Иванов and Ivanov are one word.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.intake.normal_forms import NOTHING, normal_email, normal_name, normal_phone, plain
from crm_toolkit.store.duplicates.nicknames import GROUPS

Integers = NDArray[np.int64]
WORDS = 3
# a word of a name is met in one record of 200, as far as a short list can't tell better (an assumption)
_PRIOR, _PRIOR_WEIGHT = 0.005, 100
_PLACEHOLDERS = frozenset({dt.date(1899, 12, 30), dt.date(1900, 1, 1), dt.date(1970, 1, 1)})
_CYRILLIC, _LATIN = re.compile(r"[а-я]"), re.compile(r"[a-z]")
_LOOKS = str.maketrans("abekmhopctxy", "авекмнорстху")
_BACK = str.maketrans("авекмнорстху", "abekmhopctxy")
_KEYS = str.maketrans("qwertyuiop[]asdfghjkl;'zxcvbnm,.`{}:\"<>~", "йцукенгшщзхъфывапролджэячсмитьбюёхъжэбюё")
_SOUNDS = {
    **dict(zip("абвгдезийклмнопрстуфхцыэ", "abvgdezijklmnoprstufhcie", strict=True)),
    **{"ж": "zh", "ч": "ch", "ш": "sh", "щ": "sh", "ю": "iu", "я": "ia", "ъ": "", "ь": ""},
}
_LETTERS = str.maketrans({**_SOUNDS, "й": "i"})
_SPELLINGS = (("shch", "sh"), ("sch", "sh"), ("kh", "h"), ("ts", "c"), ("ks", "x"), ("y", "i"), ("j", "i"), ("w", "v"))
_PATRONYMIC = re.compile(
    r"(?:[oe]vich|[oei]vna|ichna|(?:^il|[^aeiou]{2}|m)ich)$"
)  # as they sound: petrovich, ilinichna, ilich


@dataclass(frozen=True)
class Records:
    """A list of customers, column by column, ready to be compared.

    Parameters
    ----------
    words : array (records, 3)
        Codes of the words of the name in ``vocabulary``, -1 where there is none.
    vocabulary : list of str
    frequency : array
        How often each word is met in other records with a name, as a share, drawn towards what is usual in short lists.
    groups : list of frozenset of int
        For each word of the vocabulary: given names that it may stand for.
    given : array of bool
        For each word: whether it is rather a given name (or a patronymic) than a surname.
    patronymic : array of bool
        For each word: whether it is a Russian patronymic.
    phone, email, city : list of str
        Normal forms, empty where missing.
    birth : list of str
        ISO dates, empty where missing or a placeholder.
    """

    words: Integers
    vocabulary: list[str]
    frequency: NDArray[np.float64]
    groups: list[frozenset[int]]
    given: NDArray[np.bool_]
    patronymic: NDArray[np.bool_]
    phone: list[str]
    email: list[str]
    birth: list[str]
    city: list[str]

    def __len__(self) -> int:
        return len(self.words)


def records_of(frame: pd.DataFrame) -> Records:
    """Make a list of customers comparable.

    Parameters
    ----------
    frame : DataFrame
        Any of ``full_name`` (or ``last_name, first_name, middle_name``), ``phone``, ``email``, ``birth_date``,
        ``city``.

    Returns
    -------
    Records

    Examples
    --------
    >>> found = records_of(
    ...     pd.DataFrame({"full_name": ["Пётр Иванов", "ИВАНОВ П."], "phone": ["8 900 111-22-33", None]})
    ... )
    >>> [found.vocabulary[code] for code in found.words[1] if code >= 0], found.phone
    (['ivanov', 'p'], ['9001112233', ''])
    """
    names = name_words(_names(frame))
    vocabulary = sorted({word for words in names for word in words})
    code = {word: place for place, word in enumerate(vocabulary)}
    words = np.full((len(frame), WORDS), -1, dtype=np.int64)
    for row, found in enumerate(names):
        for place, word in enumerate(found):
            words[row, place] = code[word]
    met = np.bincount(words[words >= 0], minlength=len(vocabulary)).astype(float)
    return Records(
        words=words,
        vocabulary=vocabulary,
        frequency=(np.maximum(met - 1, 0) + _PRIOR_WEIGHT * _PRIOR) / (int((words[:, 0] >= 0).sum()) + _PRIOR_WEIGHT),
        groups=[_GROUPS_BY_SOUND.get(word, frozenset()) for word in vocabulary],
        given=_given(words, vocabulary),
        patronymic=np.array([bool(_PATRONYMIC.search(word)) for word in vocabulary], bool),
        phone=[national(value) for value in _column(frame, "phone")],
        email=[normal_email(value) for value in _column(frame, "email")],
        birth=[_day(value) for value in _column(frame, "birth_date")],
        city=[in_latin(_one_alphabet(normal_name(value).replace(" ", ""))) for value in _column(frame, "city")],
    )


def national(value: object) -> str:
    """The digits of a telephone without the code of Russia or North America, so that +7 900…, 8 900… and 900… agree.

    >>> national("+7 900 111-22-33"), national("8(900)1112233"), national("(394) 555-0123"), national("+1 394 555 0123")
    ('9001112233', '9001112233', '3945550123', '3945550123')
    """
    digits = normal_phone(value)
    return digits[1:] if digits[:1] in ("1", "7") and (len(digits) > 10 or plain(value).startswith("+")) else digits


def in_latin(word: str) -> str:
    """A Russian word in Latin letters, near to how it sounds.

    >>> in_latin("щукин"), in_latin("юлия"), in_latin("smith")
    ('shukin', 'iuliia', 'smith')
    """
    return word if word.isascii() else word.translate(_LETTERS)


def name_words(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """The words of each name, at most three, in one alphabet.

    >>> name_words(["Иванов Пётр", "Bdfyjd Gtnh", "Ivanov, P."])
    [('ivanov', 'petr'), ('ivanov', 'petr'), ('ivanov', 'p')]
    """
    plain_words = [tuple(_one_alphabet(word) for word in normal_name(text).split()) for text in texts]
    known = Counter(word for words in plain_words for word in set(words) if _CYRILLIC.search(word))
    if not known:
        return [words[:WORDS] for words in plain_words]
    result = []
    for text, words in zip(texts, plain_words, strict=True):
        if words and not any(_CYRILLIC.search(word) for word in words):
            other = tuple(normal_name(text.lower().translate(_KEYS)).split())
            if any(word in known and len(word) > 2 for word in other):
                words = other
        result.append(tuple(_by_sound(word) for word in words[:WORDS]))
    return result


def _by_sound(word: str) -> str:
    word = in_latin(word)
    for one, other in _SPELLINGS:
        word = word.replace(one, other)
    return word


def _one_alphabet(word: str) -> str:
    """A word that mixes alphabets, with the look-alike letters of the rarer one turned back."""
    if word.isascii() or not _LATIN.search(word):
        return word
    cyrillic = len(_CYRILLIC.findall(word))
    return word.translate(_LOOKS) if 2 * cyrillic >= len(word) else word.translate(_BACK)


_GROUPS_BY_SOUND: dict[str, frozenset[int]] = {}
for _word, _numbers in GROUPS.items():
    for _form in {_word, _by_sound(_word)}:
        _GROUPS_BY_SOUND[_form] = _GROUPS_BY_SOUND.get(_form, frozenset()) | _numbers


def _names(frame: pd.DataFrame) -> list[str]:
    """Whole names; those that come in several columns are joined in the order of the others."""
    whole = [plain(value) for value in _column(frame, "full_name")]
    if any(name in frame.columns for name in ("last_name", "first_name", "middle_name")):
        order = ["first_name", "middle_name", "last_name"] if _given_first(whole) else _SURNAME_FIRST
        columns = [[_said(value) for value in _column(frame, name)] for name in order]
        joined = [" ".join(word for word in words if word) for words in zip(*columns, strict=True)]
        whole = [text or other for text, other in zip(whole, joined, strict=True)]
    return whole


_SURNAME_FIRST = ["last_name", "first_name", "middle_name"]


def _given_first(names: list[str]) -> bool:
    """Whether known given names stand rather before than behind another word."""
    split = [normal_name(name).split() for name in names]
    first = sum(words[0] in GROUPS for words in split if len(words) > 1)
    return first > sum(words[1] in GROUPS for words in split if len(words) > 1)


def _said(value: object) -> str:
    text = plain(value)
    return "" if text.casefold() in NOTHING else text


def _column(frame: pd.DataFrame, name: str) -> Iterable[object]:
    return frame[name].tolist() if name in frame.columns else [None] * len(frame)


def _given(words: Integers, vocabulary: list[str]) -> NDArray[np.bool_]:
    """Words that are rather given names: known forms, patronymics, and words where known forms usually stand."""
    size = len(vocabulary)
    known = np.array([word in _GROUPS_BY_SOUND or bool(_PATRONYMIC.search(word)) for word in vocabulary], bool)
    if not size:
        return known
    full = words[(words[:, 0] >= 0) & (words[:, 1] >= 0)]
    if not len(full):
        return known
    at = [int(known[full[:, place]].sum()) for place in (0, 1)]
    place = int(at[1] > at[0])
    here = np.bincount(full[:, place], minlength=size)
    there = np.bincount(full[:, 1 - place], minlength=size)
    return known | (here > 2 * there)


def _day(value: object) -> str:
    """A date of birth in ISO form, empty where it is missing, unreadable or a placeholder."""
    if isinstance(value, dt.datetime):
        value = None if value != value else value.date()
    if isinstance(value, dt.date):
        return "" if value in _PLACEHOLDERS else value.isoformat()
    text = plain(value)
    for pattern, order in _DATES:
        found = pattern.fullmatch(text)
        if found:
            try:
                day = dt.date(*(int(found[part]) for part in order))
            except ValueError:
                return ""
            return "" if day in _PLACEHOLDERS else day.isoformat()
    return ""


_DATES = (
    (re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[ T].*)?"), (1, 2, 3)),
    (re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})"), (3, 2, 1)),
    (re.compile(r"(\d\d?)/(\d\d?)/(\d{4})"), (3, 1, 2)),
)
