"""The dossier as one JSON file on this computer; `kept_files` holds how work is kept."""

from __future__ import annotations

from collections.abc import Callable

from crm_toolkit.exercises.kept_files import KeptWork
from crm_toolkit.exercises.organisation_dossier.work import Dossier
from crm_toolkit.texts import mark

KEPT = KeptWork(
    "crm_toolkit.organisation_dossier",
    1,
    Dossier,
    mark("The dossier can't be read."),
    mark("“{path}” can't be read as a dossier."),
    mark("The dossier was not saved."),
)
load_dossier: Callable[..., Dossier] = KEPT.load
save_dossier = KEPT.save
