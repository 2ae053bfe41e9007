"""The folder of a written world: one writer at a time, one world, no half file under a final name.

``<table>/part-000003.parquet``   the rows of block 3; tables of truth stand in ``truth/<table>/``
``_blocks/000003.json``           written last: block 3 is complete, with rows, digests, bytes and SHA-256
``_spec.json``                    written first: which world it is
``manifest.json``                 written at the end: the world is complete
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say
from crm_toolkit.world.files.manifest import written

SPEC = "_spec.json"
BLOCKS = "_blocks"
_PARTIAL = ".partial"
_FAR_BYTE = 1 << 30


def put(path: Path, content: bytes | memoryview) -> None:
    """Write a file whole or not at all: beside its place, to the disk, then under its name."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}{_PARTIAL}")
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)
        raise


def begun_with(folder: Path) -> int | None:
    """The block size of the world that lies in a folder; ``None`` where none is known."""
    try:
        found = json.loads((folder / SPEC).read_bytes())["block_size"]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return found if isinstance(found, int) and found > 0 else None


@contextmanager
def opened(folder: Path, facts: Mapping[str, Any]) -> Iterator[None]:
    """Hold the folder for the world of these facts: made if it is missing, cleared of what an interrupted run left.

    Raises
    ------
    InputError
        If another world or something else lies there, or another run is writing to it now.
    OSError
        If the folder can't be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    spec = folder / SPEC
    if not spec.exists():
        others = sorted(path.name for path in folder.iterdir() if not path.name.endswith(_PARTIAL))
        if others:
            what = say("“{folder}” holds something else: “{name}”.", folder=folder, name=others[0])
            raise _refused(Problem("not_empty", what, advice=say("Name an empty or a new folder.")))
        put(spec, written(facts).encode())
    with open(spec, "r+b") as file:
        if not _locked(file):
            what = say("Another run is writing to “{folder}” now.", folder=folder)
            raise _refused(Problem("in_use", what, advice=say("Wait for its end, or stop it first.")))
        _refuse_another_world(folder, file.read(), facts)
        for left in [
            *folder.glob(f".*{_PARTIAL}"),
            *folder.glob(f"*/.*{_PARTIAL}"),
            *folder.glob(f"truth/*/.*{_PARTIAL}"),
        ]:
            left.unlink(missing_ok=True)
        (folder / BLOCKS).mkdir(exist_ok=True)
        yield


def _refused(*problems: Problem) -> InputError:
    return InputError(say("The world can't be written to this folder."), problems)


def _refuse_another_world(folder: Path, text: bytes, facts: Mapping[str, Any]) -> None:
    try:
        found = _flat(dict(json.loads(text)))
    except ValueError as error:
        what = say("“{path}” can't be understood.", path=folder / SPEC)
        raise _refused(
            Problem("bad_spec", what, found=str(error), advice=say("Name an empty or a new folder."))
        ) from error
    asked = _flat(facts)
    differing = [name for name in {**asked, **found} if found.get(name) != asked.get(name)]
    if len(differing) > 1:  # what differs in the scenario is told by name, and its fingerprint tells nothing more
        differing = [name for name in differing if name != "scenario_fingerprint"]
    if differing:
        advice = say("Name another folder, or ask for the same world to go on with it.")
        raise _refused(
            *(
                Problem(
                    "another_world",
                    say("Another world lies in “{folder}”: `{name}` differs.", folder=folder, name=name),
                    say(
                        "It is {found} there, and {asked} was asked for.",
                        found=_shown(found.get(name)),
                        asked=_shown(asked.get(name)),
                    ),
                    advice if name == differing[-1] else "",
                    column=name,
                )
                for name in differing
            )
        )


def _flat(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers and mechanisms of a scenario under names of their own."""
    flat = {name: value for name, value in facts.items() if not isinstance(value, dict)}
    inner = {
        f"{name}.{key}": one for name, value in facts.items() if isinstance(value, dict) for key, one in value.items()
    }
    return flat | inner


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:119] + "…"


def _locked(file: IO[bytes]) -> bool:
    """Take the file for this process until it is closed; a file system without locks is trusted."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(_FAR_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(0)
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
