"""Practice of lesson 02: which records of two departments are one person; true pairs are planted and known."""

from __future__ import annotations

import random
from typing import Any

from crm_toolkit.exercises.practice import Practice, Requirement, Words
from crm_toolkit.exercises.tasks import Data
from crm_toolkit.texts import format_percent, language, mark

ENOUGH = 0.8  # of all true pairs found, and of all pairs handed in true; convention
_LEFT, _RIGHT = "sales_record", "service_record"


def _draw(luck: random.Random) -> Data:
    from crm_toolkit.world.observation import observe
    from crm_toolkit.world.setting import scenario
    from crm_toolkit.world.simulation import simulate

    locale = {"en": "en_US", "ru": "ru_RU"}[str(language())]
    seed = luck.randrange(1, 1_000_000)
    world = simulate(scenario("barbershop", locale=locale), customers=120, weeks=40, seed=seed)
    seen = observe(world.tables, seed=seed, locale=locale)
    matches = seen.matches[["silo", "record_id", "customer_id"]]
    sales, service = (matches[matches["silo"] == f"{name}_customers"] for name in ("sales", "service"))
    true = sales.merge(service, on="customer_id", suffixes=("_left", "_right"))
    pairs = {
        (str(left), str(right)) for left, right in zip(true["record_id_left"], true["record_id_right"], strict=True)
    }
    return {
        "sales": seen.tables["sales_customers"], "service": seen.tables["service_customers"], "_pairs": pairs,
    }  # fmt: skip


def _handed_in(work: Any) -> set[tuple[str, str]]:
    return {(str(left), str(right)) for left, right in zip(work[_LEFT], work[_RIGHT], strict=True)}


def _no_columns(work: Any, data: Data) -> Words | None:
    return None if {_LEFT, _RIGHT} <= set(work.columns) else {}


def _strangers(work: Any, data: Data) -> Words | None:
    if _no_columns(work, data) is not None:
        return {"count": len(work)}
    known = set(data["sales"]["record_id"].astype(str)), set(data["service"]["record_id"].astype(str))
    strange = [pair for pair in _handed_in(work) if pair[0] not in known[0] or pair[1] not in known[1]]
    return {"count": len(strange)} if strange else None


def _share(work: Any, data: Data, of: str) -> float:
    given, true = _handed_in(work), data["_pairs"]
    base = len(true) if of == "true" else len(given)
    return len(given & true) / base if base else 0.0


def _few(work: Any, data: Data) -> Words | None:
    if _no_columns(work, data) is not None:
        return {"share": format_percent(0.0)}
    share = _share(work, data, "true")
    return None if share >= ENOUGH else {"share": format_percent(share)}


def _false(work: Any, data: Data) -> Words | None:
    if _no_columns(work, data) is not None:
        return {"share": format_percent(0.0)}
    share = _share(work, data, "given")
    return None if share >= ENOUGH else {"share": format_percent(share)}


ONE_PERSON = Practice(
    id="one_person",
    lesson="02",
    topic="store",
    title=mark("Which records are one person"),
    statement=mark(
        "The sales department (`sales`) and the service department (`service`) kept lists of their own. Find the "
        "records that "
        "belong to **one person** and hand in a table of pairs with the columns `sales_record` and `service_record`. "
        "Names are "
        "shortened or misspelt, telephones are written in several ways, some are missing. You need at least {enough} "
        "of the true "
        "pairs, and at least {enough} of your pairs have to be true: who joins everybody with everybody finds "
        "every pair."
    ),
    works_on="DataFrame",
    generate=_draw,
    words=lambda data: {"enough": format_percent(ENOUGH)},
    requirements=(
        Requirement("COLUMNS", mark("the columns `sales_record` and `service_record`"),
                    mark("The table needs the columns `sales_record` and `service_record`."), _no_columns),
        Requirement("UNKNOWN_RECORDS", mark("only records of the two lists"),
                    mark("In {count} pairs a record stands that is in neither list."), _strangers),
        Requirement("MISSED", mark("at least {enough} of the true pairs (recall)"),
                    mark("Only {share} of the true pairs are found (recall). People are missed who wrote their name "
                         "or telephone "
                         "in another way: compare after bringing both into one form."), _few),
        Requirement("FALSE_PAIRS", mark("at least {enough} of your pairs true (precision)"),
                    mark("Only {share} of your pairs are true (precision). Two people may share a surname: let "
                         "several fields "
                         "agree."), _false),
    ),
    hints=(
        mark("A telephone identifies better than a name, but only in one form: digits alone, without the code of the "
             "country."),
        mark("Bring telephones into one form, join on them, then look at what is left: surname and given name."),
        mark('`digits = sales["phone"].str.replace(r"\\D", "", regex=True).str[-10:]`'),
    ),
    solution=mark(
        "Joining on the last ten digits of the telephone finds most pairs. The package weighs every field and adds "
        "the rest: "
        "`store.duplicates.find_duplicates`."
    ),
)  # fmt: skip

PRACTICES = (ONE_PERSON,)
