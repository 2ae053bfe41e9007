"""Which column is which, and on which line the header stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crm_toolkit.intake import aliases
from crm_toolkit.intake.findings import Findings, in_quotes, shown
from crm_toolkit.intake.forms import Form
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, say, say_count

_DECISIVE = ("ordered_at", "quantity", "unit_price", "amount", "consent")
_REFUSAL = re.compile(
    r"unsubscri|opt.?out|do.?not.?(?:call|mail|contact|email|disturb)|отказ от|отпис|не (?:звонить|писать|беспокоить)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Match:
    """Which positions (from 0) may stand for which field, best rank first."""

    candidates: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many fields of the form were found; helpers such as a status count less."""
        return len(self.candidates)


@dataclass(frozen=True)
class Header:
    """The header found: its first row (0-based), how many rows it takes, its names."""

    row: int
    height: int
    names: tuple[str, ...]
    match: Match


def match(names: Sequence[str], form: Form, hints: Mapping[str, object]) -> Match:
    """Compare the names in a line with the names that the form knows, hints first."""
    known = form.ranks
    found: dict[str, list[tuple[int, int]]] = {}
    for position, name in enumerate(names):
        if not str(name).strip():
            continue
        roles = known.get(aliases.squeezed(name)) or known.get(aliases.squeezed(aliases.without_unit(name)[0])) or []
        for role, rank in roles:
            found.setdefault(role, []).append((rank, position))
    for role, hint in hints.items():
        place = hinted_position(hint, names)
        if place is not None:
            found[role] = [(-1, place)]
    taken = {options[0][1] for role, options in found.items() if role in hints}
    result = {}
    for role, options in found.items():
        free = [option for option in options if role in hints or option[1] not in taken]
        if free:
            result[role] = sorted(free)
    return Match(result)


def hinted_position(hint: object, names: Sequence[str]) -> int | None:
    """The place of a column that the user named, or numbered from 1."""
    if isinstance(hint, bool):
        return None
    if isinstance(hint, int):
        return hint - 1 if 1 <= hint <= len(names) else None
    exact = [place for place, name in enumerate(names) if str(name) == hint]
    loose = [place for place, name in enumerate(names) if aliases.squeezed(name) == aliases.squeezed(hint)]
    return exact[0] if exact else loose[0] if len(loose) == 1 else None


def find_header(top: Sequence[Sequence[str]], form: Form, hints: Mapping[str, object]) -> Header | None:
    """The line (or two lines, under merged cells) with the most known names; None if none has two."""
    best: Header | None = None
    for row, names in enumerate(top):
        for height in (1, 2):
            if height == 2:
                if row + 1 >= len(top) or not any(str(name).strip() for name in top[row + 1]):
                    continue
                both = merged(names, top[row + 1])
                if both is None:
                    continue
                names = both
            here = match(names, form, hints)
            if here.count >= 2 and (best is None or here.count > best.match.count):
                best = Header(row, height, tuple(str(name) for name in names), here)
    return best


def merged(upper: Sequence[str], lower: Sequence[str]) -> list[str] | None:
    """Names out of two header lines, where the upper one has cells merged over several columns or rows.

    >>> merged(["Date", "Goods", ""], ["", "Name", "Price"])
    ['Date', 'Name', 'Price']
    """
    gaps = sum(not str(name).strip() for name in upper)
    if not gaps or not any(str(name).strip() for name in upper):
        return None
    width = max(len(upper), len(lower))
    pairs = [(upper[i] if i < len(upper) else "", lower[i] if i < len(lower) else "") for i in range(width)]
    if any(_looks_like_data(low) for _, low in pairs):
        return None
    return [str(low).strip() or str(high).strip() for high, low in pairs]


def _looks_like_data(cell: object) -> bool:
    return any(sign.isdigit() for sign in str(cell)) and not any(sign.isalpha() for sign in str(cell))


def assign(header: Header, form: Form, hints: Mapping[str, object], findings: Findings) -> dict[str, int]:
    """One position for each field, or problems: what is missing, what could be two.

    Columns of the same rank are a question; the caller has already left out equal twins.
    """
    names = header.names
    findings.header, findings.header_end = names, header.row + header.height
    findings.said |= set(hints)
    for role, hint in hints.items():
        if hinted_position(hint, names) is None:
            close = near_misses(str(hint), [str(name) for name in names if name])
            findings.problem(
                "unknown_hint",
                say("There is no column “{name}” that you named for `{field}`.", name=shown(hint), field=role),
                found=say("The columns are: {names}.", names=join_names((shown(n, 30) for n in names if n), 12)),
                advice=say("Did you mean “{close}”?", close=close[0]) if close else "",
                column=str(hint),
            )
    chosen: dict[str, int] = {}
    candidates = dict(header.match.candidates)
    used: set[int] = set()
    for role in sorted(candidates, key=lambda role: candidates[role][0]):
        options = [option for option in candidates[role] if option[1] not in used]
        if not options:
            continue
        best = [position for rank, position in options if rank == options[0][0]]
        if len(best) > 1:
            findings.problem(
                "two_columns",
                say(
                    "Ambiguous: {number} columns may be `{field}`: {names}.",
                    number=len(best),
                    field=role,
                    names=join_names(in_quotes(names[place], 40) + f" ({_letter(place)})" for place in best),
                ),
                advice=say(
                    "Say which one: {field}='{name}' or {field}={number}.",
                    field=role,
                    name=shown(names[best[0]], 40),
                    number=best[0] + 1,
                ),
                column=names[best[0]],
            )
        chosen[role] = best[0]
        used.add(best[0])
    findings.chosen = chosen
    _note_rivals(chosen, candidates, used, names, findings)
    _note_unused([name for place, name in enumerate(names) if place not in used], chosen, findings)
    return chosen


def _note_rivals(
    chosen: Mapping[str, int],
    candidates: Mapping[str, list[tuple[int, int]]],
    used: set[int],
    names: Sequence[str],
    findings: Findings,
) -> None:
    """Name the columns that could have been meant as well, for the fields where that changes sums and dates."""
    for role in _DECISIVE:
        others = [place for _, place in candidates.get(role, []) if place not in used]
        if role in findings.said or role not in chosen or not others:
            continue
        findings.warn(
            "rival_column",
            say(
                "`{field}` was read from {taken}; {others} could be meant as well. If so, say {field}='{name}'.",
                field=role,
                taken=in_quotes(names[chosen[role]], 40),
                others=join_names(in_quotes(names[place], 40) for place in others),
                name=shown(names[others[0]], 40),
            ),
            column=names[others[0]],
        )


def _note_unused(names: Sequence[str], chosen: Mapping[str, int], findings: Findings) -> None:
    """Say which columns were not needed, and warn of a discount that the amounts would have to know."""
    unused = [str(name).strip() for name in names if str(name).strip()]
    if unused and chosen:
        findings.fact(say("Columns not used"), join_names((shown(name, 40) for name in unused), 12))
    refusals = [name for name in unused if _REFUSAL.search(name)]
    if refusals and chosen:
        findings.warn(
            "refusals_not_used",
            say(
                "The column {column} speaks of customers who want no messages and is not read: look there before you "
                "write to anybody.",
                column=join_names(in_quotes(name, 40) for name in refusals),
            ),
            column=refusals[0],
        )
    discounts = [name for name in unused if re.search(r"discount|скидк", name, re.IGNORECASE)]
    if discounts and "unit_price" in chosen and "amount" not in chosen:
        findings.warn(
            "discount_not_used",
            say(
                "The column {column} is not used: the amount is quantity × price before that discount.",
                column=in_quotes(discounts[0]),
            ),
            column=discounts[0],
        )


def missing_fields(chosen: Mapping[str, int], header: Header, form: Form, findings: Findings) -> None:
    """A problem for each field that the form can't do without."""
    left = [name for place, name in enumerate(header.names) if name and place not in chosen.values()]
    nameless = not any(header.names)
    for group in form.required:
        if any(all(part in chosen for part in option) for option in group):
            continue
        wanted = group[0][-1]
        close = [near for option in group for part in option for near in near_misses(part, left)]
        findings.problem(
            "missing_column",
            say("The column with {what} (`{field}`) is missing.", what=say(form.words[wanted]), field=wanted),
            found=say_count("The table has {count} column.", "The table has {count} columns.", len(header.names))
            if nameless
            else say("The columns are: {names}.", names=join_names((shown(n, 30) for n in header.names if n), 12)),
            advice=say("Without a header, say which column it is by its number: {field}=1.", field=wanted)
            if nameless
            else say("Is it “{close}”? Then say {field}='{close}'.", close=shown(close[0], 40), field=wanted)
            if close
            else say("If it is there under another name, say {field}='its name'.", field=wanted),
            column=wanted,
        )


def _letter(position: int) -> str:
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
