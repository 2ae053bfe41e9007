"""How two records compare, field by field: a level for each, from the same over one slip to different.

Names are compared word by word in any order: the same, a form of one given name, an initial, one slip of the hand
(optimal string alignment distance of 1; 2 in words of eight letters and more), or different. What the words say
together is the level of the name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.store.duplicates.records import WORDS, Integers, Records
from crm_toolkit.texts import mark

MISSING = -1
Levels = NDArray[np.int8]

LEVELS: dict[str, tuple[str, ...]] = {
    "name": ("same", "close", "initials", "given_only", "given_same", "patronymic", "surname_only", "different"),
    "phone": ("same", "close", "different"),
    "email": ("same", "close", "same_letters", "name_again", "different"),
    "birth_date": ("same", "swapped", "close", "different"),
    "city": ("same", "close", "different"),
}
"""Field → its levels, best first."""

WORDING: dict[tuple[str, str], str] = {
    ("name", "same"): mark("the name is the same"),
    ("name", "close"): mark("the name differs by a slip"),
    ("name", "initials"): mark("the name agrees with initials"),
    ("name", "given_only"): mark("only a given name is known, and it agrees"),
    ("name", "given_same"): mark("the given name agrees, the surname does not"),
    ("name", "patronymic"): mark("the patronymic differs"),
    ("name", "surname_only"): mark("the surname agrees, the given name does not"),
    ("name", "different"): mark("the names differ"),
    ("phone", "same"): mark("the telephone is the same"),
    ("phone", "close"): mark("the telephone differs by one digit"),
    ("phone", "different"): mark("the telephones differ"),
    ("email", "same"): mark("the e-mail address is the same"),
    ("email", "close"): mark("the e-mail address differs by a slip"),
    ("email", "same_letters"): mark("the e-mail addresses have the same letters before the @"),
    ("email", "name_again"): mark("the e-mail addresses say the name again, with other numbers"),
    ("email", "different"): mark("the e-mail addresses differ"),
    ("birth_date", "same"): mark("the date of birth is the same"),
    ("birth_date", "swapped"): mark("day and month of birth have changed places"),
    ("birth_date", "close"): mark("the date of birth differs by one digit"),
    ("birth_date", "different"): mark("the dates of birth differ"),
    ("city", "same"): mark("the town is the same"),
    ("city", "close"): mark("the town differs by a slip"),
    ("city", "different"): mark("the towns differ"),
}
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_SAME, _FORM, _INITIAL, _SLIP = 1.0, 0.99, 0.9, 0.95
_LONG_WORD = 8
# chance agreements, by assumption: forms of one name together, words within one slip of a word, words with one initial
_FORMS, _NEIGHBOURS, _INITIALS = 0.01, 3.0, 0.08


@dataclass(frozen=True)
class Comparison:
    """What pairs say, field by field.

    Parameters
    ----------
    levels : dict of str to array
        Field → level of each pair, `MISSING` where one of the two says nothing.
    chance : dict of str to array
        For ``name``, ``email`` and ``city``: the probability that a stranger agrees as well as this pair does, from how
        often words, letters and towns are met in the list; NaN where that says nothing.
    """

    levels: dict[str, Levels]
    chance: dict[str, NDArray[np.float64]]


def compare(records: Records, left: Integers, right: Integers) -> Comparison:
    """Compare pairs of rows in every field."""
    name, name_chance = _name_levels(records, left, right)
    email, email_chance = _email_levels(records.email, left, right)
    alone = name == LEVELS["name"].index("given_only")
    email_chance = np.where(alone, np.minimum(email_chance / np.where(alone, name_chance, 1.0), 1.0), email_chance)
    again = (email == LEVELS["email"].index("same_letters")) & (name >= 0) & ~alone
    email[again] = LEVELS["email"].index("name_again")
    city, city_chance = _city_levels(records.city, left, right)
    levels = {
        "name": name,
        "phone": _phone_levels(records.phone, left, right),
        "email": email,
        "birth_date": _birth_levels(records.birth, left, right),
        "city": city,
    }
    return Comparison(levels, {"name": name_chance, "email": email_chance, "city": city_chance})


def distances(one: list[str], other: list[str], most: int = 2) -> NDArray[np.int64]:
    """Optimal string alignment distances of pairs of texts: slips of the hand, neighbours swapped count one.

    >>> distances(["smith", "anna"], ["simth", "ann"]).tolist()
    [1, 1]
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cpdist

    if not one:
        return np.zeros(0, np.int64)
    return np.asarray(cpdist(one, other, scorer=OSA.distance, score_cutoff=most), dtype=np.int64)


def _coded(values: list[str]) -> tuple[Integers, NDArray[np.object_]]:
    words, codes = np.unique(np.array(values, dtype=object).astype(str), return_inverse=True)
    return codes.reshape(-1).astype(np.int64), words.astype(object)


def _pairs(values: list[str], left: Integers, right: Integers) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Texts of both sides, and where they are missing and equal."""
    codes, words = _coded(values)
    one, other = codes[left], codes[right]
    empty = np.array([not word for word in words], bool)
    return words[one], words[other], empty[one] | empty[other], one == other


def _phone_levels(phones: list[str], left: Integers, right: Integers) -> Levels:
    one, other, missing, same = _pairs(phones, left, right)
    levels = np.full(len(left), 2, np.int8)
    unsure = np.flatnonzero(~missing & ~same)
    near = distances(one[unsure].tolist(), other[unsure].tolist(), 1) <= 1
    long = np.array([min(len(a), len(b)) > 6 for a, b in zip(one[unsure], other[unsure], strict=True)], bool)
    levels[unsure[near & long]] = 1
    levels[same] = 0
    levels[missing] = MISSING
    return levels


def _email_levels(emails: list[str], left: Integers, right: Integers) -> tuple[Levels, NDArray[np.float64]]:
    one, other, missing, same = _pairs(emails, left, right)
    letters, stems = _coded([_NOT_LETTERS.sub("", email.partition("@")[0]) for email in emails])
    digits, _ = _coded([re.sub(r"\D", "", email.partition("@")[0]) for email in emails])
    alike = (letters[left] == letters[right]) & np.array([len(a.partition("@")[0]) > 4 for a in one], bool)
    levels = np.full(len(left), 4, np.int8)
    levels[alike] = 2
    unsure = np.flatnonzero(~missing & ~same)
    near = distances(one[unsure].tolist(), other[unsure].tolist(), 1) <= 1
    numbers = alike[unsure] & (digits[left] != digits[right])[unsure]
    levels[unsure[near & ~numbers]] = 1
    levels[same] = 0
    levels[missing] = MISSING
    met = np.bincount(letters, minlength=len(stems)) - 1
    share = met / max(1, sum(bool(email) for email in emails))
    return levels, np.where(levels == 2, share[letters[left]], np.nan)


def _birth_levels(births: list[str], left: Integers, right: Integers) -> Levels:
    one, other, missing, same = _pairs(births, left, right)
    levels = np.full(len(left), 3, np.int8)
    unsure = np.flatnonzero(~missing & ~same)
    near = distances(one[unsure].tolist(), other[unsure].tolist(), 1) <= 1
    levels[unsure[near]] = 2
    turned = [a == f"{b[:4]}-{b[8:]}-{b[5:7]}" for a, b in zip(one[unsure], other[unsure], strict=True)]
    levels[unsure[np.array(turned, bool)]] = 1
    levels[same] = 0
    levels[missing] = MISSING
    return levels


def _city_levels(cities: list[str], left: Integers, right: Integers) -> tuple[Levels, NDArray[np.float64]]:
    codes, words = _coded(cities)
    one, other, missing, same = _pairs(cities, left, right)
    levels = np.full(len(left), 2, np.int8)
    unsure = np.flatnonzero(~missing & ~same)
    levels[unsure[distances(one[unsure].tolist(), other[unsure].tolist(), 1) <= 1]] = 1
    levels[same] = 0
    levels[missing] = MISSING
    met = np.bincount(codes, minlength=len(words)) * np.array([bool(word) for word in words], bool)
    share = met / max(1, met.sum())
    chance = np.where((levels == 0) | (levels == 1), np.maximum(share[codes[left]], share[codes[right]]), np.nan)
    return levels, chance


def _name_levels(records: Records, left: Integers, right: Integers) -> tuple[Levels, NDArray[np.float64]]:
    one, other = records.words[left], records.words[right]
    ours, theirs = (one >= 0).sum(axis=1), (other >= 0).sum(axis=1)
    alike = np.zeros((len(left), WORDS, WORDS))
    for a in range(WORDS):
        for b in range(WORDS):
            alike[:, a, b] = _word_likeness(records, one[:, a], other[:, b])
    best, total = np.zeros(len(left), np.int64), np.full(len(left), -1.0)
    orders = list(permutations(range(WORDS)))
    for number, order in enumerate(orders):
        here = alike[:, range(WORDS), order].sum(axis=1)
        best[here > total + 1e-9] = number
        total = np.maximum(total, here)
    chosen = np.array(orders)[best]
    rows = np.arange(len(left))[:, None]
    likeness = alike[rows, np.arange(WORDS)[None, :], chosen]
    matched = likeness > 0
    count, least = matched.sum(axis=1), np.minimum(ours, theirs)
    given = np.zeros(len(records.vocabulary) + 1, bool)
    given[:-1] = records.given
    given_matched = (matched & (given[one] | given[other[rows, chosen]])).any(axis=1)
    surname_matched = (matched & ~(given[one] | given[other[rows, chosen]])).any(axis=1)
    whole = (count == least) & (count >= 2)
    initials = (matched & (likeness == _INITIAL)).any(axis=1)
    slips = (matched & (likeness == _SLIP)).any(axis=1)
    fathers = np.append(records.patronymic, False)
    father = (fathers[one] & ~matched).any(axis=1) & (fathers[other[rows, chosen]] & ~matched).any(axis=1)
    levels = np.full(len(left), 7, np.int8)
    levels[(count >= 1) & surname_matched] = 6
    levels[(count >= 1) & given_matched] = 4
    levels[(count >= 1) & father] = 5
    levels[(least == 1) & (count == 1)] = 3
    levels[whole & initials] = 2
    levels[whole & slips & ~initials] = 1
    levels[whole & ~slips & ~initials] = 0
    levels[least == 0] = MISSING
    met = np.append(records.frequency, 0.0)
    often = np.maximum(met[one], met[other[rows, chosen]])
    often = np.where(likeness == _FORM, np.maximum(often, _FORMS), often)
    often = np.where(likeness == _SLIP, np.minimum(often * _NEIGHBOURS, 1.0), often)
    often = np.where(likeness == _INITIAL, _INITIALS, often)
    chance = np.where(matched, often, 1.0).prod(axis=1)
    return levels, np.where(count > 0, chance, np.nan)


def _word_likeness(records: Records, one: Integers, other: Integers) -> NDArray[np.float64]:
    """How alike two words are: 0 for different ones."""
    likeness = np.zeros(len(one))
    there = np.flatnonzero((one >= 0) & (other >= 0))
    size = len(records.vocabulary)
    keys, back = np.unique(one[there] * size + other[there], return_inverse=True)
    first, second = keys // max(size, 1), keys % max(size, 1)
    words = np.array(records.vocabulary, dtype=object)
    a, b = words[first], words[second]
    lengths = np.array([len(word) for word in records.vocabulary], np.int64)
    shorter = np.minimum(lengths[first], lengths[second]) if size else np.zeros(0, np.int64)
    allowed = np.where(shorter >= _LONG_WORD, 2, np.where(shorter >= 4, 1, 0))
    value = np.where(distances(a.tolist(), b.tolist()) <= allowed, _SLIP, 0.0)
    initial = shorter == 1
    value[initial] = [_INITIAL if x[0] == y[0] else 0.0 for x, y in zip(a[initial], b[initial], strict=True)]
    named = np.array([bool(group) for group in records.groups], bool)
    for place in np.flatnonzero(named[first] & named[second]).tolist() if size else []:
        if records.groups[first[place]] & records.groups[second[place]]:
            value[place] = _FORM
    value[first == second] = _SAME
    likeness[there] = value[back.reshape(-1)]
    return likeness
