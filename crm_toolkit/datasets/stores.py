"""A learner's own customer database: made from a shipped world at the first use, opened again afterwards."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from crm_toolkit.datasets.worlds import load_world
from crm_toolkit.texts import language

if TYPE_CHECKING:
    from crm_toolkit.store import Store

FOLDER = "my_work"
_CURRENCIES = {"en": "USD", "ru": "RUB"}


def make_store(
    path: str | os.PathLike[str] = f"{FOLDER}/crm.db", *, scenario: str = "barbershop", fresh: bool = False
) -> Store:
    """Open your own customer database; at the first use it is made from the shipped world of a scenario.

    Parameters
    ----------
    path : str or path
        Where the file lies. A missing folder is made.
    scenario : str
        The organisation, if the file is new.
    fresh : bool
        Begin again: an old file is put aside under the same name with ``.old`` at its end, never deleted unseen.

    Returns
    -------
    Store
        Opened as a manager; `Store.as_role` shows it through other eyes.

    Raises
    ------
    InputError
        If the file is something else, or can't be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = make_store(f"{folder}/crm.db")
    ...     print(store.count("customers"))
    ...     store.close()
    199
    """
    from crm_toolkit.store import Store

    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    if fresh and file.exists():
        _put_aside(file)
    if file.exists():
        return Store.open(file)
    return Store.create(file, load_world(scenario), currency=_CURRENCIES[str(language())])


def _put_aside(file: Path) -> None:
    """Move a database out of the way; what stood aside before makes room."""
    for end in ("", "-wal", "-shm"):
        part = file.with_name(file.name + end)
        if part.exists():
            part.replace(file.with_name(file.name + ".old" + end))
