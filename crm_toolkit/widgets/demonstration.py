"""A store to try things out in: made once from the small barbershop that is shipped, kept in the user's data folder."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from crm_toolkit.datasets import load_world
from crm_toolkit.errors import InputError
from crm_toolkit.store import Store
from crm_toolkit.texts import language

VARIABLE = "CRM_STORE"
_CURRENCIES = {"en": "USD", "ru": "RUB"}


def chosen_store() -> tuple[str, bool]:
    """The address of the store that is meant, and whether it is the demonstration.

    The variable ``CRM_STORE`` names it (``python course.py app desk --store FILE`` sets it); without it a
    demonstration is made on first use, one for each language.
    """
    named = os.environ.get(VARIABLE, "").strip()
    return (named, False) if named else (str(demonstration_store()), True)


def demonstration_store(folder: str | os.PathLike[str] | None = None) -> Path:
    """The file of the demonstration, made if it is not there.

    Parameters
    ----------
    folder : path, optional
        Where it is kept; by default `data_folder`.

    Returns
    -------
    Path
        Two pages that ask at once get the same file: the one that comes second takes what the first has made.
    """
    code = str(language())
    place = Path(folder) if folder is not None else data_folder()
    path = place / f"barbershop-{code}.db"
    if path.exists():
        return path
    tables = load_world("barbershop")
    tables.pop("purchases")  # order lines say the same
    try:
        Store.create(path, tables, currency=_CURRENCIES[code], language=code).close()
    except InputError:
        if not path.exists():
            raise
    return path


def data_folder() -> Path:
    """The folder for data of this program in the user's home, or in the temporary folder where there is none."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    for folder in (base / "crm-toolkit", Path(tempfile.gettempdir()) / "crm-toolkit"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="crm-toolkit-"))
