"""Roles: which rows of a table a person may see, what of each row, and what may be done.

Three questions, answered once for every table:

rows     none, own (those of whom the employee takes care), team (those of the branch), all, self (a customer's own)
fields   for every class of sensitivity: read, masked (a trace: a first letter, two last digits, a year), none
rights   what may be done beyond reading: create and edit rows of a table, export, import, merge, erase …

What a role does not mention is refused. `rights` applies these answers below every view.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.schema.store import SENSITIVITY, STORE_TABLES
from crm_toolkit.texts import join_names, mark, say

ROWS = ("none", "own", "team", "all", "self")
RULES = ("read", "masked", "none")
ACTIONS = ("create", "edit")
RIGHTS: dict[str, str] = {
    "export": mark("save tables to files"),
    "import": mark("bring in files"),
    "merge": mark("merge two records of one person, and undo it"),
    "moderate": mark("accept or reject what customers changed"),
    "erase": mark("erase a person and export a person's data"),
    "query": mark("ask with SQL"),
    "accounts": mark("give people access and change roles"),
}
_EVERYBODY = (
    "branches", "departments", "products", "prices", "campaigns", "causes", "pipeline_stages", "touchpoints",
)  # fmt: skip
_FACTS = ("orders", "order_lines", "contracts", "loyalty_members", "loyalty_ledger")
_MONEY = ("payments", "receivables")
_TALK = ("contacts", "requests", "request_events")
_ORGANISATION = ("capacity", "budgets", "kpi_months", "organisation_metrics")
_CONCLUSIONS = ("metrics", "insights", "decisions")
_KNOWLEDGE = ("articles", "article_versions", "article_uses")
_MARKETING = ("assignments", "touches")
_SURVEYS = ("surveys", "survey_items")
_PIPELINE = ("leads", "deals", "stage_moves")


@dataclass(frozen=True)
class Role:
    """What people of one kind of work may see and do.

    Parameters
    ----------
    name : str
        Code of the role.
    title : str
        English title; `texts.say` translates it.
    rows : mapping of str to str
        Table → ``"none"``, ``"own"``, ``"team"``, ``"all"`` or ``"self"``; a table that is not named is ``"none"``.
    fields : mapping of str to str
        Class of sensitivity, or ``"table.column"`` → ``"read"``, ``"masked"`` or ``"none"``. A class that is not
        named is ``"none"``; a column's own rule goes before its class.
    actions : mapping of str to tuple of str
        Table → what may be done with its rows: ``"create"``, ``"edit"``.
    rights : frozenset of str
        Keys of `RIGHTS`.

    Examples
    --------
    >>> READY["marketing"].rule("customers", "phone"), READY["marketing"].scope("customers")
    ('masked', 'all')
    """

    name: str
    title: str
    rows: Mapping[str, str]
    fields: Mapping[str, str]
    actions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rights: frozenset[str] = frozenset()

    def scope(self, entity: str) -> str:
        """Which rows of a table may be seen."""
        return self.rows.get(entity, "none")

    def rule(self, entity: str, column: str) -> str:
        """What of a column may be seen."""
        own = self.fields.get(f"{entity}.{column}")
        if own is not None:
            return own
        kind = STORE_TABLES[entity].classes.get(column)
        return "read" if kind is None else self.fields.get(kind, "none")

    def class_rule(self, kind: str) -> str:
        """What of a class of sensitivity may be seen."""
        return self.fields.get(kind, "none")

    def may(self, action: str, entity: str) -> bool:
        """Whether rows of a table may be created or edited."""
        return action in self.actions.get(entity, ())

    def as_json(self) -> str:
        """The rules as text, to be kept in the database."""
        return json.dumps(
            {"title": self.title, "rows": dict(self.rows), "fields": dict(self.fields),
             "actions": {name: list(words) for name, words in self.actions.items()}, "rights": sorted(self.rights)},
            ensure_ascii=False, sort_keys=True,
        )  # fmt: skip

    @classmethod
    def from_json(cls, name: str, text: str) -> Role:
        """The role whose rules were kept as text."""
        rules = json.loads(text)
        return checked_role(
            name, title=rules["title"], rows=rules["rows"], fields=rules["fields"], actions=rules["actions"],
            rights=rules["rights"],
        )  # fmt: skip


def checked_role(
    name: str,
    *,
    title: str = "",
    rows: Mapping[str, str],
    fields: Mapping[str, str],
    actions: Mapping[str, Iterable[str]] | None = None,
    rights: Iterable[str] = (),
) -> Role:
    """A role of one's own, with all problems of its rules in one letter.

    Raises
    ------
    InputError
        If a table, column, class, rule, action or right is not known.

    Examples
    --------
    >>> checked_role("trainee", rows={"customers": "own"}, fields={"name": "masked"}).scope("customers")
    'own'
    >>> checked_role("trainee", rows={"custmers": "own"}, fields={})
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: The role “trainee” has rules that can't hold.
    <BLANKLINE>
    1. There is no table `custmers`.
       Did you mean `customers`?
    """
    problems: list[Problem] = []

    def unknown(word: str, what: str, allowed: Iterable[str]) -> None:
        names, close = list(allowed), near_misses(str(word), allowed)
        advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
        if names and not close:
            advice = say("Allowed: {names}.", names=join_names(f"`{one}`" for one in names))
        problems.append(Problem("unknown_word", what, advice=advice, column=word))

    done = {table: tuple(words) for table, words in (actions or {}).items()}
    for table, word in rows.items():
        if table not in STORE_TABLES:
            unknown(table, say("There is no table `{name}`.", name=table), STORE_TABLES)
        if word not in ROWS:
            unknown(word, say("`{word}` is no choice of rows.", word=word), ROWS)
    for what, rule in fields.items():
        table, _, column = what.partition(".")
        if column and (table not in STORE_TABLES or column not in STORE_TABLES[table].table.column_names):
            unknown(what, say("There is no column `{name}`.", name=what), [])
        if not column and what not in SENSITIVITY:
            unknown(what, say("There is no class of sensitivity `{name}`.", name=what), SENSITIVITY)
        if rule not in RULES:
            unknown(rule, say("`{word}` is no rule for a field.", word=rule), RULES)
    for table, words in done.items():
        if table not in STORE_TABLES:
            unknown(table, say("There is no table `{name}`.", name=table), STORE_TABLES)
        for word in words:
            if word not in ACTIONS:
                unknown(word, say("`{word}` is no action.", word=word), ACTIONS)
    for right in rights:
        if right not in RIGHTS:
            unknown(right, say("There is no right `{name}`.", name=right), RIGHTS)
    if problems:
        raise InputError(say("The role “{name}” has rules that can't hold.", name=name), problems)
    return Role(name, title or name, dict(rows), dict(fields), done, frozenset(rights))


def _rows(**by_scope: Iterable[str]) -> dict[str, str]:
    return {table: scope for scope, tables in by_scope.items() for table in tables}


_BOTH = ("create", "edit")
_SEEN = ("name", "contact", "profile", "residence", "note", "money", "opinion")

READY: dict[str, Role] = {
    role.name: role
    for role in (
        Role(
            "marketing", mark("Marketing"),
            _rows(all=(*_EVERYBODY, "customers", *_FACTS, *_MARKETING, *_SURVEYS, "consents", "contacts",
                       "kpi_months", "budgets", *_CONCLUSIONS, "articles", "leads")),
            {"name": "masked", "contact": "masked", "birth": "masked", "income": "read", "profile": "read",
             "residence": "read", "money": "read", "cost": "read", "opinion": "read", "leads.full_name": "masked"},
            {"campaigns": _BOTH, "leads": ("create",), "metrics": _BOTH, "insights": ("create",),
             "decisions": _BOTH, "touchpoints": _BOTH},
            frozenset({"query", "export"}),
        ),
        Role(
            "sales", mark("Sales"),
            _rows(all=(*_EVERYBODY, "articles", "article_uses", "employees", *_CONCLUSIONS),
                  team=("customers", "profile_values", "consents", *_FACTS, *_MONEY, *_TALK, *_PIPELINE)),
            {**dict.fromkeys(_SEEN, "read"), "birth": "masked"},
            {"customers": _BOTH, "contacts": ("create",), "requests": ("create",), "request_events": ("create",),
             "leads": _BOTH, "deals": _BOTH, "stage_moves": ("create",), "orders": ("create",),
             "payments": ("create",), "consents": _BOTH, "insights": ("create",), "article_uses": ("create",)},
            frozenset({"query"}),
        ),
        Role(
            "service", mark("Service"),
            _rows(all=(*_EVERYBODY, *_KNOWLEDGE, "employees", *_CONCLUSIONS),
                  team=("customers", "profile_values", "consents", *_FACTS, *_TALK, "surveys")),
            {**dict.fromkeys(_SEEN, "read"), "birth": "masked"},
            {"customers": ("edit",), "contacts": ("create",), "requests": _BOTH, "request_events": ("create",),
             "articles": _BOTH, "article_uses": _BOTH, "causes": _BOTH, "consents": _BOTH, "insights": ("create",)},
            frozenset({"moderate", "query"}),
        ),
        Role(
            "finance", mark("Finance"),
            _rows(all=(*_EVERYBODY, "customers", *_FACTS, *_MONEY, "employees", *_ORGANISATION, *_CONCLUSIONS,
                       "articles")),
            {"name": "read", "contact": "masked", "money": "read", "cost": "read", "salary": "read"},
            {"payments": _BOTH, "organisation_metrics": _BOTH, "metrics": _BOTH, "insights": ("create",)},
            frozenset({"query", "export"}),
        ),
        Role(
            "manager", mark("Manager"),
            _rows(all=STORE_TABLES),
            dict.fromkeys((*_SEEN, "birth", "income", "cost", "salary", "token"), "read"),
            dict.fromkeys(STORE_TABLES, _BOTH),
            frozenset(RIGHTS),
        ),
        Role(
            "analyst", mark("Analyst"),
            _rows(all=(*_EVERYBODY, "customers", *_FACTS, *_MONEY, *_MARKETING, *_SURVEYS, *_ORGANISATION,
                       "contacts", "requests", "request_events", "consents", "deals", "stage_moves", *_CONCLUSIONS,
                       *_KNOWLEDGE)),
            {"birth": "masked", "income": "read", "profile": "read", "residence": "read", "money": "read",
             "cost": "read", "opinion": "read"},
            {"metrics": _BOTH, "insights": ("create",)},
            frozenset({"query", "export"}),
        ),
        Role(
            "customer", mark("Customer"),
            _rows(all=("branches", "departments", "products", "prices", "articles"),
                  self=("customers", "profile_values", "consents", *_FACTS, *_MONEY, *_TALK, "surveys",
                        "erasures")),
            {**dict.fromkeys(_SEEN, "read"), "birth": "read", "income": "read", "customers.note": "none"},
            {"customers": ("edit",), "requests": ("create",), "contacts": ("create",),
             "request_events": ("create",), "consents": _BOTH, "erasures": ("create",)},
            frozenset(),
        ),
    )
}  # fmt: skip
