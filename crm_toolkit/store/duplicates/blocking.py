"""Which pairs are worth a look: those that share a block, out of n(n-1)/2 that there are.

A record stands in several blocks: its telephone, its e-mail, its date of birth, pairs of words of its name, and coarser
ones that survive one slip (half of a telephone with an initial, the letters of an e-mail). A block that is too large
says little and is left out; the result says how many were.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.store.duplicates.records import Records

Integers = NDArray[np.int64]
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_NOT_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True)
class Candidates:
    """Pairs of rows to be compared (left < right), each once; and how many blocks were too large to be looked into."""

    left: Integers
    right: Integers
    blocks: int
    too_large: int


def candidates(records: Records, *, largest_block: int = 60) -> Candidates:
    """Pairs of records that share a block.

    Parameters
    ----------
    records : Records
        A list made comparable.
    largest_block : int
        Blocks with more records are left out.

    Returns
    -------
    Candidates
        In ascending order of left and right.
    """
    count = len(records)
    found: list[Integers] = []
    blocks = too_large = 0
    for rows, keys in _keys(records):
        if not len(rows):
            continue
        codes, _ = pd.factorize(np.array(keys, dtype=object))
        places = np.asarray(rows, np.int64)
        order = np.lexsort((places, codes))
        rows_, codes_ = places[order], codes[order]
        fresh = np.ones(len(rows_), bool)
        fresh[1:] = (codes_[1:] != codes_[:-1]) | (rows_[1:] != rows_[:-1])
        rows_, codes_ = rows_[fresh], codes_[fresh]
        starts = np.flatnonzero(np.r_[True, codes_[1:] != codes_[:-1]])
        sizes = np.diff(np.r_[starts, len(codes_)])
        blocks += int((sizes > 1).sum())
        too_large += int((sizes > largest_block).sum())
        for size in np.unique(sizes[(sizes > 1) & (sizes <= largest_block)]).tolist():
            begin = starts[sizes == size]
            one, other = np.triu_indices(size, 1)
            left, right = rows_[begin[:, None] + one].ravel(), rows_[begin[:, None] + other].ravel()
            found.append(left * count + right)
    pairs = np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)
    return Candidates(pairs // max(count, 1), pairs % max(count, 1), blocks, too_large)


def _keys(records: Records) -> Iterator[tuple[list[int], list[str]]]:
    """For each kind of block: rows and their keys."""
    yield _of(records.phone)
    yield _of(records.email)
    yield _of(records.birth)
    yield _of([f"{day[:4]} {'-'.join(sorted((day[5:7], day[8:])))}" if day else "" for day in records.birth])
    yield _name_keys(records)
    yield _phone_halves(records)
    yield _mail_stems(records.email)


def _of(values: list[str]) -> tuple[list[int], list[str]]:
    rows = [row for row, value in enumerate(values) if value]
    return rows, [values[row] for row in rows]


def _name_keys(records: Records) -> tuple[list[int], list[str]]:
    """Any two words of a name, a given name also by what it is short for."""
    labels = [
        [word, *(f"#{number}" for number in sorted(group))]
        for word, group in zip(records.vocabulary, records.groups, strict=True)
    ]
    rows, keys = [], []
    for row, codes in enumerate(records.words.tolist()):
        known = [code for code in codes if code >= 0]
        for one, other in combinations(known, 2):
            for first in labels[one]:
                for second in labels[other]:
                    rows.append(row)
                    keys.append(f"{first} {second}" if first < second else f"{second} {first}")
    return rows, keys


def _phone_halves(records: Records) -> tuple[list[int], list[str]]:
    initials = [word[0] for word in records.vocabulary]
    rows, keys = [], []
    for row, phone in enumerate(records.phone):
        if len(phone) < 8:
            continue
        for code in records.words[row].tolist():
            if code >= 0:
                rows += [row, row]
                keys += [f"{initials[code]}>{phone[:5]}", f"{initials[code]}<{phone[-5:]}"]
    return rows, keys


def _mail_stems(emails: list[str]) -> tuple[list[int], list[str]]:
    rows, keys = [], []
    for row, email in enumerate(emails):
        local, at, domain = email.partition("@")
        if not at or not local:
            continue
        letters, digits = _NOT_LETTERS.sub("", local), _NOT_DIGITS.sub("", local)
        if len(letters) > 4:
            rows.append(row)
            keys.append(letters)
        if len(digits) > 1:
            rows.append(row)
            keys.append(f"{local[0]}{digits}@{domain}")
    return rows, keys
