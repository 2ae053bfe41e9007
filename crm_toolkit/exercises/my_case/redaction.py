"""A case without what its author does not want to show: own words, names, days; each by choice.

Numbers, directions, marks and the order of things stay, so that the work can still be followed. Names of alternatives
become letters, the same everywhere; criteria become numbers only together with the words, for they are words too.
"""

from __future__ import annotations

from dataclasses import replace

from crm_toolkit.exercises.my_case.case import MyCase
from crm_toolkit.texts import mark, say

HIDING = {
    "words": mark("my own words (evidence, reasons, what happened, criteria, notes)"),
    "names": mark("names of providers and alternatives, and what was bought"),
    "days": mark("all days and dates"),
}


def hidden_by_default(privacy: str) -> tuple[str, ...]:
    """What a privacy level hides unless its author chooses otherwise: everything, save where it is shared as it is.

    >>> hidden_by_default("share"), len(hidden_by_default("local"))
    ((), 3)
    """
    return () if privacy == "share" else tuple(HIDING)


def redacted(case: MyCase, *, words: bool = True, names: bool = True, days: bool = True) -> MyCase:
    """A case without some of its author's words, names or days.

    Own words may hold names and days; where only names are hidden, the words are searched for the names of alternatives
    and of the provider, no further.

    Examples
    --------
    >>> from crm_toolkit.exercises.my_case.case import About
    >>> redacted(MyCase(About("a haircut at Ann's", setting="before the exam"))).about.setting
    '(withheld)'
    """
    if names:
        case = _without_names(case)
    if words:
        case = _without_words(case)
    return _without_days(case) if days else case


def _hide(text: str) -> str:
    return say("(withheld)") if text.strip() else text


def _letter(place: int) -> str:
    return say("Alternative {letter}", letter=chr(ord("A") + place))


def _without_names(case: MyCase) -> MyCase:
    letters = {one.name.strip(): _letter(place) for place, one in enumerate(case.alternatives) if one.name.strip()}
    hidden = {**letters, case.choice.chosen.strip(): letters.get(case.choice.chosen.strip(), say("(withheld)"))}
    longest = sorted(filter(None, {*hidden, case.encounter.provider.strip()}), key=len, reverse=True)

    def clean(text: str) -> str:
        for name in longest:
            text = _replaced(text, name, hidden.get(name, say("(withheld)")))
        return text

    def named(name: str) -> str:
        return hidden.get(name.strip(), _hide(name)) if name.strip() else name

    return replace(
        case,
        about=replace(case.about, purchase=_hide(case.about.purchase), setting=clean(case.about.setting)),
        influences=tuple(replace(one, evidence=clean(one.evidence), not_manifest=clean(one.not_manifest))
                         for one in case.influences),
        need=replace(case.need, story=clean(case.need.story)),
        search=replace(case.search, looks=tuple(replace(one, learned=clean(one.learned)) for one in case.search.looks)),
        alternatives=tuple(replace(one, name=named(one.name)) for one in case.alternatives),
        preferences=tuple(replace(one, taken=named(one.taken), left=named(one.left)) for one in case.preferences),
        choice=replace(case.choice, chosen=named(case.choice.chosen), why=clean(case.choice.why)),
        situations=tuple(replace(one, name=clean(one.name)) for one in case.situations),
        encounter=replace(case.encounter, provider=_hide(case.encounter.provider),
                          happened=clean(case.encounter.happened)),
        experience=replace(case.experience, beliefs=tuple(replace(one, believed=clean(one.believed))
                                                          for one in case.experience.beliefs)),
        reflection=replace(case.reflection, not_explained=clean(case.reflection.not_explained),
                           for_provider=clean(case.reflection.for_provider), notes=clean(case.reflection.notes)),
    )  # fmt: skip


def _replaced(text: str, name: str, by: str) -> str:
    """The text with a name replaced, whatever its case."""
    found, low, sought = "", text.casefold(), name.casefold()
    if len(low) != len(text) or len(sought) != len(name):  # letters that fold to several: exact case only
        return text.replace(name, by)
    start = 0
    while (at := low.find(sought, start)) >= 0:
        found += text[start:at] + by
        start = at + len(name)
    return found + text[start:]


def _without_words(case: MyCase) -> MyCase:
    criteria = {one.name.strip(): say("Criterion {number}", number=place)
                for place, one in enumerate(case.criteria, start=1) if one.name.strip()}  # fmt: skip

    def criterion(name: str) -> str:
        return criteria.get(name.strip(), _hide(name)) if name.strip() else name

    return replace(
        case,
        about=replace(case.about, setting=_hide(case.about.setting)),
        influences=tuple(replace(one, evidence=_hide(one.evidence), not_manifest=_hide(one.not_manifest))
                         for one in case.influences),
        need=replace(case.need, story=_hide(case.need.story)),
        search=replace(case.search, looks=tuple(replace(one, learned=_hide(one.learned)) for one in case.search.looks)),
        criteria=tuple(replace(one, name=criterion(one.name)) for one in case.criteria),
        choice=replace(case.choice, why=_hide(case.choice.why)),
        situations=tuple(replace(one, name=_hide(one.name), criterion=criterion(one.criterion))
                         for one in case.situations),
        encounter=replace(case.encounter, happened=_hide(case.encounter.happened)),
        experience=replace(case.experience, beliefs=tuple(replace(one, believed=_hide(one.believed))
                                                          for one in case.experience.beliefs)),
        reflection=replace(case.reflection, not_explained=_hide(case.reflection.not_explained),
                           for_provider=_hide(case.reflection.for_provider), notes=_hide(case.reflection.notes)),
    )  # fmt: skip


def _without_days(case: MyCase) -> MyCase:
    return replace(
        case,
        about=replace(case.about, bought_on=None),
        influences=tuple(replace(one, date=None) for one in case.influences),
        search=replace(case.search, looks=tuple(replace(one, day=None) for one in case.search.looks)),
    )
