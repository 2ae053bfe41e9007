"""Whose work the files of a folder are: the newest attempt of each student and lesson, older ones, and the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from crm_toolkit.exercises.grading.file_names import FileName, is_senders_folder, read_name

Attempt = tuple[FileName, Path, tuple[str, ...]]
"""What a file's name says, the file, and what is to be noted of it."""


def files_of(folder: Path) -> Iterator[Path]:
    """The files of a folder, and those in the folders that Moodle made for the senders."""
    for path in sorted(folder.iterdir()):
        if not path.is_dir() or path.is_symlink():
            yield path
        elif is_senders_folder(path.name):
            yield from (inner for inner in sorted(path.iterdir()) if not inner.is_dir() or inner.is_symlink())


def sorted_out(folder: Path) -> tuple[list[Attempt], list[str], list[str]]:
    """The newest attempt of every student and lesson, older ones, and files that are no submissions."""
    named: dict[tuple[str, str], list[tuple[FileName, Path]]] = {}
    unread = []
    for path in files_of(folder):
        name = read_name(path.name)
        if name is not None and path.parent != folder:
            name = replace(name, sender=path.parent.name.removesuffix("_"))
        if name is None:
            unread.append(path.name)
        else:
            named.setdefault((name.key, name.lesson), []).append((name, path))
    newest, older = [], []
    for files in named.values():
        files.sort(key=lambda pair: (pair[0], pair[1].name))
        *rest, (name, path) = files
        older += [one.name for _, one in rest]
        rivals = [other for other, _ in rest if _rivals(other, name)]
        newest.append((name, path, ("SEVERAL_FILES",) if rivals else ()))
    return sorted(newest, key=lambda each: each[0]), older, unread


def _rivals(one: FileName, other: FileName) -> bool:
    """Whether two files of one id claim the same attempt, or came from two senders."""
    senders = {one.sender, other.sender} - {""}
    return (one.attempt, one.copy) == (other.attempt, other.copy) or len(senders) > 1
