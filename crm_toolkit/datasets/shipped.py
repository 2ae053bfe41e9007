"""The small tables in ``datasets/``: made by code, kept in the repository, rebuilt and compared by a test.

Each folder is one scenario's world (`crm_toolkit.datasets.worlds`). ``crm-toolkit data`` writes them anew.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from crm_toolkit.datasets.worlds import SIZES, world_files
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import join_names, say

FOLDER = Path(__file__).resolve().parent.parent.parent / "datasets"
MAKERS: dict[str, Callable[[], dict[str, bytes]]] = {name: partial(world_files, name) for name in SIZES}


def write_shipped(name: str, folder: str | Path = FOLDER) -> list[Path]:
    """Write a shipped data set into ``folder/name``; files that are the same already are left alone.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    InputError
        If there is no such data set, or the folder can't be written to.
    """
    if name not in MAKERS:
        raise InputError(
            say("There is no data set “{name}”.", name=name),
            [Problem("unknown_data_set", say("Available: {names}.", names=join_names(MAKERS, most=20)))],
        )
    target = Path(folder) / name
    written = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for file, content in MAKERS[name]().items():
            path = target / file
            if not path.exists() or path.read_bytes() != content:
                path.parent.mkdir(exist_ok=True)
                partial_file = path.with_name(path.name + ".partial")
                partial_file.write_bytes(content)
                partial_file.replace(path)
                written.append(path)
    except OSError as error:
        what = say("The folder “{path}” can't be written to: {reason}.", path=target, reason=error.strerror or error)
        raise InputError(say("The data were not written."), [Problem("not_writable", what)]) from error
    return written
