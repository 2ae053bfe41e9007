"""Practice of lesson 02: twelve definitions of CRM are coded, and one's own has to stand on three legs.

There is no definition that everybody accepts. Each of the twelve (in the words of this course, nobody's quotation) puts
one thing first: a strategy, a process, a technology or a philosophy. Whether two people read that out of them alike is
measured by Cohen's κ with the key. Whoever says "CRM is a program" meets the fourth requirement.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pandas as pd

from crm_toolkit.exercises.practice import Practice, Requirement, Words
from crm_toolkit.exercises.tasks import Data
from crm_toolkit.texts import format_number, join_names, mark, say

VIEWS = {
    "strategy": mark("whom to win and to keep, and how the firm becomes worth more by it"),
    "process": mark("what is done step by step, by whom, from the first contact on"),
    "technology": mark("programs, databases, channels"),
    "philosophy": mark("an attitude: how one thinks of customers"),
}
FACETS = (*VIEWS, "goal", "object", "time")
LEAST_KAPPA, LEAST_FACETS = 0.6, 3

DEFINITIONS: tuple[tuple[str, str], ...] = (
    ("strategy", mark("A choice of the customers for whom the firm exists, made so that its value grows over years.")),
    ("strategy", mark("A plan by which an organisation decides in whom to invest its effort, and in whom not.")),
    ("strategy", mark("A way to compete: the firm gives up deals that pay today for customers who pay for longer.")),
    ("process", mark("The chain of steps from the first enquiry to the last invoice, with a person responsible for "
                     "each.")),
    ("process", mark("The daily work of recording contacts, passing them on, answering them and following them up.")),
    ("process", mark("A cycle: learn about customers, act, measure what came of it, and begin again.")),
    ("technology", mark("A database with screens on which every employee sees the history of a customer.")),
    ("technology", mark("A set of programs that join the till, the telephone, the mailbox and the site.")),
    ("technology", mark("A system that sends the right message by itself when a rule fires.")),
    ("philosophy", mark("The conviction that nobody in the house does anything that doesn't serve a customer in the "
                        "end.")),
    ("philosophy", mark("An attitude: one sees a person with a history, where others see a transaction.")),
    ("philosophy", mark("A culture in which the customer's view is asked for before every decision.")),
)  # fmt: skip


def _draw(luck: random.Random) -> Data:
    order = list(range(len(DEFINITIONS)))
    luck.shuffle(order)
    numbers = list(range(1, len(order) + 1))
    return {
        "definitions": pd.DataFrame({"number": numbers, "definition": [say(DEFINITIONS[at][1]) for at in order]}),
        "_order": order,
    }


def _words(data: Data) -> Words:
    listed = [f"{number}. {say(DEFINITIONS[at][1])}" for number, at in enumerate(data["_order"], 1)]
    views = [f"- `{code}`: {say(text)}" for code, text in VIEWS.items()]
    key = [f"{number} `{DEFINITIONS[at][0]}`" for number, at in enumerate(data["_order"], 1)]
    return {"list": "\n".join(listed), "views": "\n".join(views), "key": ", ".join(key),
            "kappa_wanted": format_number(LEAST_KAPPA, 1)}  # fmt: skip


def _key(data: Data) -> dict[int, str]:
    return {number: DEFINITIONS[at][0] for number, at in enumerate(data["_order"], 1)}


def _coded(work: Mapping[str, Any], data: Data) -> dict[int, str]:
    views = work.get("views")
    given = views if isinstance(views, Mapping) else {}
    return {number: str(given[number]) for number in _key(data) if given.get(number) in VIEWS}


def _not_all_coded(work: Any, data: Data) -> Words | None:
    found = _coded(work, data)
    if len(found) == len(DEFINITIONS):
        return None
    return {"found": format_number(len(found)), "names": join_names(f"`{code}`" for code in VIEWS),
            "none": not work}  # fmt: skip


def _low_kappa(work: Any, data: Data) -> Words | None:
    from crm_toolkit.analysis.incidents import coder_agreement

    own, key = _coded(work, data), _key(data)
    if len(own) < len(DEFINITIONS):
        return {"kappa": "–", "mixed": "–", "none": not work}
    rows = [(number, who, code) for who, codes in (("1", own), ("2", key)) for number, code in codes.items()]
    agreement = coder_agreement(pd.DataFrame(rows, columns=["incident_id", "coder", "reason"]), replications=100)
    if agreement.kappa >= LEAST_KAPPA:
        return None
    mixed = [format_number(number) for number in key if own[number] != key[number]]
    return {"kappa": format_number(agreement.kappa, 2), "mixed": join_names(mixed, most=12)}


def _shown_facets(work: Mapping[str, Any]) -> list[str]:
    """Facets for which words of the own definition are given that do stand in it."""
    own, told = work.get("own"), work.get("facets")
    if not isinstance(own, str) or not isinstance(told, Mapping):
        return []
    text = " ".join(own.casefold().split())
    return [name for name in FACETS
            if isinstance(told.get(name), str) and told[name].strip()
            and " ".join(told[name].casefold().split()) in text]  # fmt: skip


def _too_few_facets(work: Any, data: Data) -> Words | None:
    shown = _shown_facets(work)
    if len(shown) >= LEAST_FACETS:
        return None
    return {"found": format_number(len(shown)), "names": join_names(f"`{name}`" for name in FACETS), "none": not work}


def _technology_alone(work: Any, data: Data) -> Words | None:
    shown = set(_shown_facets(work)) & set(VIEWS)
    return None if shown - {"technology"} else {"none": not work}


DEFINITION_WORKBENCH = Practice(
    id="definition_workbench",
    lesson="02",
    topic="store",
    title=mark("Twelve definitions and your own"),
    statement=mark(
        "What does each of these definitions of CRM put first?\n\n{list}\n\nFour codes:\n\n{views}\n\n"
        "Then write a definition of your own and show which facets it names, in words that stand in it: one of the "
        "four above, a `goal` (what for), an `object` (whom or what it deals with), `time` (how long). Hand in a "
        '`dict`: `{{"views": {{1: "strategy", …}}, "own": "…", "facets": {{"goal": "words of your definition", …}}}}`.'
    ),
    works_on="dict",
    generate=_draw,
    words=_words,
    requirements=(
        Requirement("NOT_ALL_CODED", mark("all twelve definitions are coded"),
                    mark("Coded so far: {found} of 12. The codes are {names}."), _not_all_coded),
        Requirement("LOW_KAPPA", mark("the coding agrees with the key: κ of {kappa_wanted} or more"),
                    mark("Cohen's κ with the key: {kappa}. Read these again: {mixed}. What stands first, and what is "
                         "only mentioned?"), _low_kappa),
        Requirement("FEW_FACETS", mark("your own definition shows three facets or more"),
                    mark("Facets shown in your own definition: {found}; three are needed of {names}. Copy the words "
                         "exactly as they stand in it."), _too_few_facets),
        Requirement("CRM_IS_PROGRAM", mark("your own definition is more than a program"),
                    mark("Your definition names no strategy, process or philosophy. A program can be bought and left "
                         "unused: who does what differently because of it?"), _technology_alone),
    ),
    hints=(
        mark("Ask each definition: if it were taken away, would one miss a choice, a sequence of steps, a machine or "
             "an attitude?"),
        mark("For your own: who (object), what for (goal), how long (time), and by what (one of the four)."),
        mark('`my_definition = {{"views": {{}}, "own": "", "facets": {{}}}}`'),
    ),
    solution=mark(
        "The key: {key}. An own definition may run: “To choose the customers with whom the firm wants to live for "
        "years, and to organise its work so that both sides gain.” It shows strategy (choose the customers), process "
        "(organise its work), object (customers), time (for years), goal (both sides gain)."
    ),
)  # fmt: skip

PRACTICES = (DEFINITION_WORKBENCH,)
