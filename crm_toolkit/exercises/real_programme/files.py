"""The work on a real programme as one JSON file on this computer; `kept_files` holds how work is kept."""

from __future__ import annotations

from collections.abc import Callable

from crm_toolkit.exercises.kept_files import KeptWork
from crm_toolkit.exercises.real_programme.work import ProgrammeWork
from crm_toolkit.texts import mark

KEPT = KeptWork(
    "crm_toolkit.real_programme",
    1,
    ProgrammeWork,
    mark("The work on a programme can't be read."),
    mark("“{path}” can't be read as work on a programme."),
    mark("The work on the programme was not saved."),
)
load_programme_work: Callable[..., ProgrammeWork] = KEPT.load
save_programme_work = KEPT.save
