"""Gettext catalogues, read with Babel, and the language that is spoken now."""

from __future__ import annotations

import gettext
import io
import locale
import os
import sys
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
        short = code.replace("-", "_").split("_")[0].strip().lower()
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


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    whole = Catalog(locale=code)
    for path in catalogue_files(code):
        with path.open("rb") as source:
            for message in read_po(source, locale=code):
                if message.id:
                    whole[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


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
    said = _catalogue(str(language())).gettext(text)
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

    said = _catalogue(str(language())).ngettext(one, many, count)
    return said.format(count=format_number(count), **values)


def mark(text: str, /) -> str:
    """Mark an English sentence for the catalogue where it is declared; `say` translates it where it is used.

    >>> mark("one customer")
    'one customer'
    """
    return text
