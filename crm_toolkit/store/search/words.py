"""Words as the search sees them: folded, and cut to their stem.

Two spellings of one word must meet: ``Пётр`` and ``Петр``, ``ЖАЛОБА`` and ``жалобе``, ``complaints`` and ``complaint``,
``8 (000) 123-45-67`` and ``+70001234567``. So a text and a question go through the same steps, here and not in the
database: Unicode form NFKC, small letters, ё as е; then Snowball's stemmer of Russian for Cyrillic and of English
for Latin letters (Porter 2001). Names keep their whole words beside the stems; telephone numbers become their digits.
A stemmer knows endings only: forms with a fleeting vowel (стрижка, стрижек) do not meet, nor do synonyms.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

MOST_LETTERS = 40  # of one word: what is longer is cut
MOST_TEXT = 100_000  # letters of one text that are read
_MOST_WORDS = 500_000  # that are remembered
STEM_OF_NAME = "¤"  # ends the stem of a name, so that it can't be taken for a whole name
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"(?<![\w+])\+?\(?\d[\d\s()\-–.\u00a0]{4,}\d(?!\w)")
_DIGIT = re.compile(r"\d")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_RUSSIAN, _ENGLISH = snowballstemmer.stemmer("russian"), snowballstemmer.stemmer("english")
_ONE_AT_A_TIME = threading.Lock()  # a stemmer keeps its word in itself


@lru_cache(maxsize=200_000)
def folded(word: str) -> str:
    """A word in small letters, in one Unicode form, ё as е; nothing if no letter or digit is left.

    >>> folded("ПЁТР"), folded("Straße"), folded("ﬁx")
    ('петр', 'strasse', 'fix')
    """
    plain = unicodedata.normalize("NFKC", word).casefold().replace("ё", "е")
    return "".join(_WORD.findall(unicodedata.normalize("NFKC", plain)))[:MOST_LETTERS]


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a folded word.

    >>> stem("жалобами"), stem("complaints"), stem("2026")
    ('жалоб', 'complaint', '2026')
    """
    if word.isdigit():
        return word
    with _ONE_AT_A_TIME:
        cut = (_RUSSIAN if _CYRILLIC.search(word) else _ENGLISH).stemWord(word)
    return "".join(_WORD.findall(cut)) or word


class _Cut(dict[str, str]):
    """Word as it is written → its stem; remembered, for the words of a language are few and its texts are many."""

    def __missing__(self, word: str) -> str:
        whole = folded(word)
        cut = stem(whole) if whole else ""
        if len(self) < _MOST_WORDS:
            self[word] = cut
        return cut


_STEMS = _Cut()


def shown(text: str) -> str:
    """A text in the form whose words are counted: composed letters, so that й is one sign."""
    return unicodedata.normalize("NFC", text[:MOST_TEXT])


def words(text: str) -> Iterator[tuple[int, int, str]]:
    """Every word of a text as `shown` gives it: begin, end, and the word folded."""
    for found in _WORD.finditer(text):
        word = folded(found.group())
        if word:
            yield found.start(), found.end(), word


def plain(text: str) -> list[str]:
    """The folded words of a text.

    >>> plain("ada.king@example.com")
    ['ada', 'king', 'example', 'com']
    """
    return [word for word in map(folded, _WORD.findall(shown(text))) if word]


def numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Every telephone number in a text, however it is written: begin, end, digits."""
    for found in _NUMBER.finditer(text) if _DIGIT.search(text) else ():
        digits = digits_of(found.group())
        if 7 <= len(digits) <= 15:
            yield found.start(), found.end(), digits


def digits_of(text: str) -> str:
    """The digits of a text, as ASCII.

    >>> digits_of("+7 (000) 123-45-67")
    '70001234567'
    """
    return "".join(str(unicodedata.digit(sign)) for sign in text if unicodedata.digit(sign, None) is not None)


def number_forms(digits: str) -> tuple[str, ...]:
    """Under which digits a telephone number is found: whole, without the country, the last seven, the last four.

    >>> number_forms("80001234567")
    ('70001234567', '0001234567', '1234567', '4567')
    """
    national = digits[1:] if len(digits) == 11 and digits[0] in "78" else digits
    whole = "7" + national if len(national) < len(digits) else digits
    return tuple(dict.fromkeys((whole, national, national[-7:], national[-4:])))


@lru_cache(maxsize=5_000)  # subjects repeat
def indexed(text: str, kind: str) -> str:
    """A field's text as words of the index, with blanks between.

    Parameters
    ----------
    text : str
        What stands in the field.
    kind : {"text", "name", "email", "phone"}
        How it is read: stems; whole names with stems behind them; whole words; digits.

    Examples
    --------
    >>> indexed("Жалоба на опоздание, тел. 8 000 123-45-67", "text")
    'жалоб на опоздан тел 8 000 123 45 67 70001234567 0001234567 1234567 4567'
    >>> indexed("Пётр Иванов", "name")
    'петр иванов петр¤ иван¤'
    """
    if kind == "phone":
        return " ".join(number_forms(digits_of(text))) if digits_of(text) else ""
    if kind == "email":
        return " ".join(plain(text))
    if kind == "name":
        found = plain(text)
        return " ".join([*found, *(stem(word) + STEM_OF_NAME for word in found)])
    text = shown(text)
    forms = [form for _, _, digits in numbers(text) for form in number_forms(digits)]
    return " ".join([*filter(None, map(_STEMS.__getitem__, _WORD.findall(text))), *forms])
