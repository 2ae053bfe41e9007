"""One record out of several: which value survives, where it came from, and what was lost.

most_recent    the value of the record that was changed last
most_complete  the value of the record with the fewest gaps
most_trusted   the value of the source that stands first in a declared order
longest        the longest text
declared       the value of the record that stands first in a declared order of keys

A missing value never survives a present one. Ties are settled by the other criteria and at last by the key, so the
order in which records arrive does not matter. Nothing is lost silently: every value that did not survive is listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.intake.normal_forms import plain
from crm_toolkit.schema.contract import near_misses, require_frame
from crm_toolkit.texts import join_names, mark, say, say_count

RULES: dict[str, str] = {
    "most_recent": mark("the most recent"),
    "most_complete": mark("of the most complete record"),
    "most_trusted": mark("of the most trusted source"),
    "longest": mark("the longest"),
    "declared": mark("the first in the declared order"),
}
"""Code of a rule → its name for the reader, marked."""


@dataclass(frozen=True, kw_only=True)
class Survivorship:
    """Which value survives, field by field.

    Parameters
    ----------
    default : str
        Rule of the fields that are not named; one of `RULES`.
    fields : mapping of str to str
        Field → rule.
    trust : sequence of str
        Sources, the most trusted first; unknown ones come last.
    order : sequence
        Keys of records, the first one wins; unknown ones come last.
    key, updated_at, source : str
        Columns with the record's key, the moment of its last change, and its source.

    Raises
    ------
    InputError
        If there is no such rule; all of them at once.

    Examples
    --------
    >>> Survivorship(fields={"phone": "newest"})
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: These rules of survivorship can't be used.
    <BLANKLINE>
    1. There is no rule “newest” (for `phone`).
       Available: most_recent, most_complete, most_trusted, longest, declared.
    """

    default: str = "most_complete"
    fields: Mapping[str, str] = field(default_factory=dict)
    trust: Sequence[str] = ()
    order: Sequence[Any] = ()
    key: str = "customer_id"
    updated_at: str = "updated_at"
    source: str = "source"

    def __post_init__(self) -> None:
        problems = []
        for name, rule in [("default", self.default), *self.fields.items()]:
            if rule not in RULES:
                close = near_misses(str(rule), RULES)
                advice = (
                    say("Did you mean “{close}”?", close=close[0])
                    if close
                    else say("Available: {names}.", names=join_names(RULES))
                )
                what = say("There is no rule “{rule}” (for `{field}`).", rule=rule, field=name)
                problems.append(Problem("unknown_rule", what, advice=advice, column=name))
        if problems:
            raise InputError(say("These rules of survivorship can't be used."), problems)

    def rule_of(self, name: str) -> str:
        """The rule of a field."""
        return self.fields.get(name, self.default)


@dataclass(frozen=True)
class Merged:
    """One record out of several.

    Parameters
    ----------
    record : dict
        Field → surviving value; None where no record has one.
    provenance : DataFrame
        ``field, value, record, rule``: which record each surviving value came from, and by which rule; one row for
        every field that has a value.
    lost : DataFrame
        ``field, record, value``: every other value that differs from the surviving one.
    merged_keys : tuple
        Keys of the records that went into it, the surviving key first.
    """

    record: dict[str, Any]
    provenance: pd.DataFrame
    lost: pd.DataFrame
    merged_keys: tuple[Any, ...]

    def __str__(self) -> str:
        lines = [say_count("One record out of {count}.", "One record out of {count}.", len(self.merged_keys))]
        for row in self.provenance.itertuples():
            lines.append(
                say(
                    "{field}: {value} (record {record}, {rule})",
                    field=row.field,
                    value=row.value,
                    record=row.record,
                    rule=say(RULES[str(row.rule)]),
                )
            )
        if len(self.lost):
            lines.append(say_count("{count} value was lost.", "{count} values were lost.", len(self.lost)))
        return "\n".join(lines)


def merge_records(records: pd.DataFrame, rules: Survivorship | None = None) -> Merged:
    """Merge the records of one customer.

    Parameters
    ----------
    records : DataFrame
        One row is one record; a column with keys (each once), and for some rules ``updated_at`` or ``source``.
    rules : Survivorship, optional
        Without it every field takes the value of the most complete record.

    Returns
    -------
    Merged
        The same whatever the order of rows.

    Raises
    ------
    InputError
        If there is no record, a key is missing or met twice, or a rule needs a column that is not there.

    Examples
    --------
    >>> records = pd.DataFrame(
    ...     {
    ...         "customer_id": ["S-1", "M-7"],
    ...         "phone": [None, "8 900 111-22-33"],
    ...         "full_name": ["Анна Ким", "Аня"],
    ...     }
    ... )
    >>> merged = merge_records(records, Survivorship(default="longest", order=["S-1"]))
    >>> merged.record
    {'customer_id': 'S-1', 'phone': '8 900 111-22-33', 'full_name': 'Анна Ким'}
    >>> merged.lost.values.tolist()
    [['full_name', 'M-7', 'Аня']]
    """
    rules = rules or Survivorship()
    _refuse_unfit(records, rules)
    rows: list[dict[Any, Any]] = records.to_dict("records")
    ranks = {name: _ranks(rows, rules, name) for name in RULES if name != "longest"}
    rows = sorted(rows, key=lambda row: _text_key(row[rules.key]))
    keys = sorted((row[rules.key] for row in rows), key=lambda key: (ranks["declared"][key], _text_key(key)))
    result: dict[str, Any] = {rules.key: keys[0]}
    kept: list[tuple[str, Any, Any, str]] = []
    lost: list[tuple[str, Any, Any]] = []
    for name in records.columns:
        if name == rules.key:
            continue
        known = [row for row in rows if plain(row[name])]
        if not known:
            result[name] = None
            continue
        rule = rules.rule_of(name)
        best = min(known, key=lambda row: _order(row, name, rule, ranks, rules))
        result[name] = best[name]
        kept.append((name, best[name], best[rules.key], rule))
        lost += [(name, row[rules.key], row[name]) for row in known if plain(row[name]) != plain(best[name])]
    return Merged(
        {name: result[name] for name in records.columns},
        pd.DataFrame(kept, columns=["field", "value", "record", "rule"]),
        pd.DataFrame(lost, columns=["field", "record", "value"]),
        tuple(keys),
    )


def _order(row: dict[Any, Any], name: str, rule: str, ranks: dict[str, dict[Any, Any]], rules: Survivorship) -> tuple:
    """What to sort values by, best first: the rule, then the other criteria, then the key."""
    key = row[rules.key]
    length = -len(plain(row[name]))
    first = length if rule == "longest" else ranks[rule][key]
    others = [ranks[other][key] for other in ("declared", "most_trusted", "most_recent", "most_complete")]
    return (first, *others, length, _text_key(key))


def _ranks(rows: list[dict[Any, Any]], rules: Survivorship, rule: str) -> dict[Any, Any]:
    """A number for each record, smaller is better; equal where the rule has nothing to say."""
    if rule == "declared":
        place = {key: number for number, key in enumerate(rules.order)}
        return {row[rules.key]: place.get(row[rules.key], len(place)) for row in rows}
    if rule == "most_trusted":
        place = {name: number for number, name in enumerate(rules.trust)}
        return {row[rules.key]: place.get(row.get(rules.source), len(place)) for row in rows}
    if rule == "most_recent":
        found = pd.to_datetime(pd.Series([row.get(rules.updated_at) for row in rows], dtype=object), errors="coerce")
        ages = [float("inf") if pd.isna(at) else -at.timestamp() for at in found]
        return {row[rules.key]: age for row, age in zip(rows, ages, strict=True)}
    return {row[rules.key]: -sum(bool(plain(value)) for value in row.values()) for row in rows}


def _text_key(key: Any) -> tuple[int, str]:
    return (len(str(key)), str(key)) if isinstance(key, int) else (0, str(key))


def _refuse_unfit(records: pd.DataFrame, rules: Survivorship) -> None:
    used = {rules.default, *rules.fields.values()}
    needed = [rules.key]
    needed += [rules.updated_at] if "most_recent" in used else []
    needed += [rules.source] if "most_trusted" in used else []
    require_frame(records, needed, asked_by="merge_records")
    problems = []
    if not len(records):
        problems.append(Problem("no_records", say("There are no records to merge.")))
    missing, twice = int(records[rules.key].isna().sum()), int(records[rules.key].dropna().duplicated().sum())
    if missing:
        what = say_count("{count} record has no key.", "{count} records have no key.", missing)
        problems.append(Problem("missing_id", what, column=rules.key))
    if twice:
        what = say_count("{count} key stands there more than once.", "{count} keys stand there more than once.", twice)
        problems.append(Problem("key_twice", what, column=rules.key))
    if "most_trusted" in used and not rules.trust:
        what = say("The rule “{rule}” needs the order of sources.", rule="most_trusted")
        advice = say("Say it: {code}.", code="trust=['service', 'sales']")
        problems.append(Problem("no_trust", what, advice=advice, column=rules.source))
    unknown = [name for name in rules.fields if name not in records.columns]
    if unknown:
        what = say("These fields have a rule and are not in the records: {names}.", names=join_names(unknown))
        problems.append(Problem("unknown_field", what))
    if problems:
        raise InputError(say("The records can't be merged."), problems)
