"""Gettext catalogues and the language that is spoken now.

The catalogues are read here: Babel's own reader, made to keep every comment and place, takes seconds at each start.
"""

from __future__ import annotations

import gettext
import locale
import os
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import TracebackType

from crm_toolkit.errors import InputError, Problem

LANGUAGES = ("en", "ru")
_HERE = Path(__file__).parent
_current: str | None = None


class Spoken(str):
    """The language code that `language` returns; as a context manager it puts the former one back."""

    _former: str | None

    def __enter__(self) -> Spoken:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        global _current
        _current = self._former


def language(code: str | None = None) -> Spoken:
    """Tell the language that is spoken now, or change it.

    Parameters
    ----------
    code : {"en", "ru"} or a locale such as "ru_RU", optional
        The language to speak from now on. Without it nothing changes.

    Returns
    -------
    Spoken
        The language code in force, a str. Used in a ``with`` statement it restores the former one at the end.

    Raises
    ------
    InputError
        If the language is not one of `LANGUAGES`.

    Examples
    --------
    >>> with language("ru"):
    ...     print(say("Available: {names}.", names="en, ru"))
    Доступны: en, ru.
    """
    global _current
    former = _current
    if code is not None:
        short = code.replace("-", "_").split("_")[0].strip().lower() if isinstance(code, str) else ""
        if short not in LANGUAGES:
            raise InputError(
                say("The language “{code}” is not available.", code=code),
                [Problem("unknown_language", say("Available: {names}.", names=", ".join(LANGUAGES)))],
            )
        _current = short
    spoken = Spoken(_current or language_of_system())
    spoken._former = former
    return spoken


def language_of_system() -> str:
    """The language of the computer: ``CRM_LANGUAGE``, then the locale's variables, then Windows' own setting."""
    names = [os.environ.get(name, "") for name in ("CRM_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    if sys.platform == "win32" and not any(names):
        import ctypes

        names.append(locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), ""))
    spoken = next((name for name in names if name), "en")
    return "ru" if spoken.lower().startswith("ru") else "en"


def catalogue_files(code: str) -> list[Path]:
    """The catalogues of one language, one file for each room."""
    return sorted((_HERE / code).glob("*.po"))


_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


def read_messages(path: Path) -> Iterator[dict[str, str]]:
    r"""The messages of a catalogue as they stand there: ``msgid``, ``msgstr`` or ``msgstr[0]``, ``msgid_plural``.

    The first one, without an id, is the head of the file. Messages that are marked as fuzzy, or commented out, are
    left out.

    >>> [one["msgstr"] for one in read_messages(catalogue_files("ru")[0]) if one["msgid"] == "Nobody says this."]
    []
    """
    message: dict[str, str] = {}
    name, fuzzy, doubtful = "", False, False
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("#,"):
            fuzzy = fuzzy or "fuzzy" in line
        if not line.strip() or line.startswith("#"):
            continue
        keyword, _, text = line.partition('"')
        if keyword.strip():
            name = keyword.strip()
            if name == "msgid":
                if message and not (doubtful and message["msgid"]):
                    yield message
                message, fuzzy, doubtful = {}, False, fuzzy
        text = text.rstrip()[:-1]
        if "\\" in text:
            text = re.sub(r"\\(.)", lambda found: _ESCAPED.get(found[1], found[1]), text)
        message[name] = message.get(name, "") + text
    if message and not doubtful:
        yield message


class _Catalogue(gettext.NullTranslations):
    """What one language says."""

    def __init__(self, files: list[Path]) -> None:
        super().__init__()
        self._single: dict[str, str] = {}
        self._forms: dict[str, dict[int, str]] = {}
        self._form_of: Callable[[int], int] = int
        for path in files:
            for message in read_messages(path):
                self._take(message)

    def _take(self, message: dict[str, str]) -> None:
        key = message["msgid"]
        if not key:
            found = re.search(r"plural=([^;\n]+)", message["msgstr"])
            self._form_of = gettext.c2py(found[1]) if found else self._form_of  # type: ignore[attr-defined]
        elif "msgid_plural" in message:
            forms = {int(name[7:-1]): text for name, text in message.items() if name.startswith("msgstr[") and text}
            self._forms.setdefault(key, forms)
            self._single.setdefault(key, forms.get(self._form_of(1), key))
        elif message["msgstr"]:
            self._single.setdefault(key, message["msgstr"])

    def gettext(self, message: str) -> str:
        """A sentence in this language, in English where the language lacks it."""
        return self._single.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form of a sentence that goes with a number."""
        found = self._forms.get(msgid1, {}).get(self._form_of(n))
        return found or super().ngettext(msgid1, msgid2, n)


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    return gettext.NullTranslations() if code == "en" else _Catalogue(catalogue_files(code))


def say(text: str, /, **values: object) -> str:
    """Say a sentence in the reader's language.

    Parameters
    ----------
    text : str
        The English sentence, written out where it is used: it is the catalogue's key. Places for values
        stand in braces, as in :meth:`str.format`.
    **values
        What stands in these places.

    Returns
    -------
    str

    Examples
    --------
    >>> say("Available: {names}.", names="en, ru")
    'Available: en, ru.'
    """
    said = _catalogue(_current or language_of_system()).gettext(text)
    return said.format(**values) if values else said


def say_count(one: str, many: str, count: int, /, **values: object) -> str:
    """Say a sentence about a number of things, with the plural form of the reader's language.

    Parameters
    ----------
    one, many : str
        The English sentence for one thing and for several. ``{count}`` stands for the formatted number.
    count : int
        How many.
    **values
        What stands in the other places.

    Examples
    --------
    >>> say_count("{count} problem", "{count} problems", 1200)
    '1,200 problems'
    """
    from crm_toolkit.texts.formats import format_number

    said = _catalogue(_current or language_of_system()).ngettext(one, many, count)
    return said.format(count=format_number(count), **values)


def mark(text: str, /) -> str:
    """Mark an English sentence for the catalogue where it is declared; `say` translates it where it is used.

    >>> mark("one customer")
    'one customer'
    """
    return text
