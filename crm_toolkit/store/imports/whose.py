"""Rows of contacts and purchases: whose they are, and customers whom only such a file knows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_toolkit.store.imports.job import Job, new_keys, write_outside_keys, write_rows
from crm_toolkit.store.imports.matching import people, words
from crm_toolkit.texts import say, say_count

NOBODY, UNKNOWN = -1, -2


def customers_of(job: Job) -> tuple[np.ndarray, pd.Series, dict[int, int | None], list[str]]:
    """Key of each row's customer (`NOBODY` without one, `UNKNOWN` for somebody to be brought in); the file's numbers;
    the branch of each customer; and the numbers of those who are brought in.
    """
    found = people(job.connection, job.store.rights, job.key, job.system, ["branch_id", "kind", "acquired_at"])
    names = pd.Series(words(job.frame["customer_id"]))
    open_ones = {name: one for name, one in found.by_key.items() if one in found.open}
    keys = names.map(open_ones).fillna(UNKNOWN).astype("int64").to_numpy()
    keys = np.where(names == "", NOBODY, keys)
    nobody = int((keys == NOBODY).sum())
    if nobody:
        job.notes.append(say_count("{count} row names no customer and is left out.",
                                   "{count} rows name no customer and are left out.", nobody))  # fmt: skip
    strange = keys == UNKNOWN
    shut = set(found.by_key) - set(open_ones)
    brought = job.add_customers and job.key == "outside"
    for place in np.flatnonzero(strange):
        if names[place] in shut:
            what = found.closed.get(found.by_key[names[place]], say("There is no such customer whom you can see."))
            job.trouble(int(place), "customer_id", names[place], "closed", what)
        elif not brought:
            what = say(
                "There is no customer of that number here. Import the customers first, or say add_customers=True."
            )
            job.trouble(int(place), "customer_id", names[place], "no_such_customer", what)
    new = list(dict.fromkeys(names[strange & ~names.isin(shut).to_numpy()])) if brought else []
    return keys, names, {one: row["branch_id"] for one, row in found.open.items()}, new


def bring_in(job: Job, new: list[str]) -> dict[str, int]:
    """Customers of whom nothing but a number is known; number in the file → key."""
    keys = new_keys(job.connection, "customers", len(new))
    write_rows(job.connection, "customers", {
        "customer_id": keys, "kind": "client", "version": 1, "branch_id": job.store.actor.branch_id,
    }, len(new))  # fmt: skip
    write_rows(job.connection, "audit", {
        "happened_at": job.at, "actor": job.store.actor.label, "entity": "customers", "entity_id": keys,
        "customer_id": keys, "action": "import",
    }, len(new))  # fmt: skip
    write_outside_keys(job.connection, job, "customers", new, keys, keys)
    return dict(zip(new, keys.tolist(), strict=True))
