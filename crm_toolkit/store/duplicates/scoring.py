"""Which records may be one customer: pairs with a score in bits and the evidence for it in words.

Every pair that shares a block is compared field by field, each level has its weight (`rule`), and the score is their
sum on top of the odds before anything is known: in a list of n records one stranger in n or so is the customer again,
−log2(n) bits. So the score is a log of odds: 0 bits are even odds, 3 bits eight to one, as far as fields are
independent, which they never quite are. The threshold chooses between two errors: a higher one joins fewer strangers
and leaves more customers in several pieces.

How right it is: on three lists of generated worlds with the usual dirt, 300 customers a world, five scenarios
(barbershop, hotel, fitness club, clinic, car service) in both locales and seeds 11 to 14, none of which had a part in
choosing weights or threshold, pairs had a precision of 0.97 to 1.00, a recall of 0.84 to 0.92 and an F1 of 0.90 to
0.96 (mean 0.93). What is missed are mostly records with neither a telephone nor an address in common. Precision falls
as lists grow and names repeat: of a barbershop with 3,000 customers (5,300 records, seed 11) it was 0.93 with English
names and 0.99 with Russian ones, F1 0.90 and 0.95. These worlds are our own, and cleaner than life: on real lists
expect less, and look at pairs near the threshold yourself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema.contract import require_frame
from crm_toolkit.store.duplicates.blocking import candidates
from crm_toolkit.store.duplicates.clusters import Score, cluster_rows, pairs_of
from crm_toolkit.store.duplicates.comparison import LEVELS, MISSING, WORDING, compare
from crm_toolkit.store.duplicates.records import Integers, Records, records_of
from crm_toolkit.store.duplicates.rule import DECLARED_RULE, LinkageRule
from crm_toolkit.texts import format_number, join_names, mark, say, say_count

THRESHOLD = Knob(
    "threshold", 0.0, -20.0, 60.0, 0.5, mark("Score from which two records are one customer"), unit=mark("bits"),
    origin="assumption", reference="measured on the three lists of generated worlds; a choice between two errors",
)  # fmt: skip
LARGEST_BLOCK = Knob(
    "largest_block", 60, 2, 5_000, 1, mark("Largest block that is looked into"), unit=mark("records"),
    origin="convention", reference="a block of b records costs b(b-1)/2 comparisons",
)  # fmt: skip
CONTRADICTION = -6.0
"""Two records whose fields sum up to less bits are never put into one cluster (an assumption)."""
_COMPARED = ("full_name", "last_name", "first_name", "phone", "email", "birth_date")


@dataclass(frozen=True, repr=False)
class Matches:
    """Records that may be one customer.

    Parameters
    ----------
    pairs : DataFrame
        One row is one pair above the threshold, best first: ``left_id, right_id, score_bits``, the level of every field
        of `comparison.LEVELS` (empty where one side says nothing), and its weight, ``name_bits`` and so on.
    clusters : DataFrame
        ``customer_id, cluster``: one row for every record of the list; records with the same cluster are one customer.
    threshold : float
        In bits.
    rule : LinkageRule
        The weights that were used.
    records, compared, blocks_left_out : int
        Records of the list, pairs compared, and blocks that were too large to be looked into.
    """

    pairs: pd.DataFrame
    clusters: pd.DataFrame
    threshold: float
    rule: LinkageRule = field(repr=False)
    records: int = 0
    compared: int = 0
    blocks_left_out: int = 0

    @property
    def prior_bits(self) -> float:
        """The score of a pair of which nothing is known, in bits."""
        return -float(np.log2(max(self.records, 2)))

    @property
    def cluster_pairs(self) -> pd.DataFrame:
        """Every pair of records of one cluster: ``left_id, right_id``."""
        return pairs_of(self.clusters)

    def explain(self, row: int) -> str:
        """The evidence for one pair in words, with the weight of each.

        Parameters
        ----------
        row : int
            Row of ``pairs``.
        """
        pair = self.pairs.iloc[row]
        start = format_number(abs(self.prior_bits), 1)
        lines = [
            say(
                "{left} and {right}: {score} bits",
                left=pair["left_id"],
                right=pair["right_id"],
                score=format_number(float(pair["score_bits"]), 1),
            ),
            f"  −{start}  " + say("before anything is known"),
        ]
        for name in LEVELS:
            level = pair[name]
            if level:
                weight = float(pair[f"{name}_bits"])
                sign = "+" if weight >= 0 else "−"
                lines.append(f"  {sign}{format_number(abs(weight), 1)}  {say(WORDING[name, level])}")
        return "\n".join(lines)

    def __str__(self) -> str:
        several = self.clusters["cluster"].duplicated(keep=False)
        customers = int(self.clusters.loc[several, "cluster"].nunique())
        lines = [
            say_count(
                "{count} pair of records may be one customer (of {compared} compared).",
                "{count} pairs of records may be one customer (of {compared} compared).",
                len(self.pairs),
                compared=format_number(self.compared),
            ),
            say_count("{count} customer has several records.", "{count} customers have several records.", customers),
        ]
        if self.blocks_left_out:
            lines.append(
                say_count(
                    "{count} block was too large to be looked into.",
                    "{count} blocks were too large to be looked into.",
                    self.blocks_left_out,
                )
            )
        return "\n".join(lines)

    __repr__ = __str__


def find_duplicates(
    frame: pd.DataFrame,
    *,
    threshold: float = THRESHOLD.default,
    rule: LinkageRule = DECLARED_RULE,
    largest_block: int = int(LARGEST_BLOCK.default),
) -> Matches:
    """Find records that may be one customer.

    Parameters
    ----------
    frame : DataFrame
        ``customer_id`` (the key of the record, each once), and at least one of ``full_name`` (or ``last_name,
        first_name, middle_name``), ``phone``, ``email``, ``birth_date``; ``city`` is used where it is there.
    threshold : float
        Least score of a match, in bits.
    rule : LinkageRule
        Weights, declared or estimated.
    largest_block : int
        Blocks with more records are not looked into.

    Returns
    -------
    Matches
        A function of the records: neither their order nor the machine matters.

    Raises
    ------
    InputError
        If ``customer_id`` is missing, empty or met twice, there is nothing to compare, or an option is outside its
        range; all at once.

    Examples
    --------
    >>> people = pd.DataFrame(
    ...     {
    ...         "customer_id": ["S-1", "S-2", "S-3"],
    ...         "full_name": ["Пётр Семёнов", "Семенов П.", "Анна Ким"],
    ...         "phone": ["+7 900 111-22-33", "8 (900) 111-22-33", "+7 900 444-55-66"],
    ...     }
    ... )
    >>> found = find_duplicates(people)
    >>> print(found.explain(0))
    S-1 and S-2: 16.5 bits
      −1.6  before anything is known
      +5.1  the name agrees with initials
      +13.0  the telephone is the same
    """
    limit, largest = float(THRESHOLD.check(threshold)), int(LARGEST_BLOCK.check(largest_block))
    _refuse_unfit(frame)
    frame = frame.sort_values("customer_id", key=lambda ids: ids.astype(str), kind="stable", ignore_index=True)
    records = records_of(frame)
    near = candidates(records, largest_block=largest)
    prior = -float(np.log2(max(len(frame), 2)))  # as Matches.prior_bits
    compared = compare(records, near.left, near.right)
    bits = rule.field_scores(compared)
    scores: NDArray[np.float64] = prior + np.sum(list(bits.values()), axis=0)
    kept = np.flatnonzero(scores >= limit)
    kept = kept[np.lexsort((near.right[kept], near.left[kept], -scores[kept]))]
    ids = frame["customer_id"]
    pairs = pd.DataFrame(
        {
            "left_id": ids.take(near.left[kept]).to_numpy(),
            "right_id": ids.take(near.right[kept]).to_numpy(),
            "score_bits": np.round(scores[kept], 2),
        }
    )
    for name, found in compared.levels.items():
        words = np.array([*LEVELS[name], ""], dtype=object)
        pairs[name] = words[np.where(found[kept] == MISSING, len(words) - 1, found[kept])]
    for name in compared.levels:
        pairs[f"{name}_bits"] = np.round(bits[name][kept], 2)
    cluster = cluster_rows(
        len(frame), near.left[kept], near.right[kept], scores[kept], _scorer(records, rule), CONTRADICTION
    )
    clusters = pd.DataFrame({"customer_id": ids, "cluster": cluster})
    return Matches(pairs, clusters, limit, rule, len(frame), len(near.left), near.too_large)


def _scorer(records: Records, rule: LinkageRule) -> Score:
    def score(left: Integers, right: Integers) -> NDArray[np.float64]:
        return np.sum(list(rule.field_scores(compare(records, left, right)).values()), axis=0)

    return score


def _refuse_unfit(frame: pd.DataFrame) -> None:
    require_frame(frame, ["customer_id"], asked_by="find_duplicates")
    problems = []
    ids = frame["customer_id"]
    missing, twice = int(ids.isna().sum()), int(ids.dropna().duplicated().sum())
    if missing:
        what = say_count("{count} record has no key.", "{count} records have no key.", missing)
        problems.append(Problem("missing_id", what, column="customer_id"))
    if twice:
        what = say_count("{count} key stands there more than once.", "{count} keys stand there more than once.", twice)
        advice = say("Give every record a key of its own, such as its number in the list.")
        problems.append(Problem("key_twice", what, advice=advice, column="customer_id"))
    if not any(name in frame.columns for name in _COMPARED):
        what = say("There is nothing to compare records by.")
        advice = say("At least one of these columns is needed: {names}.", names=join_names(f"`{n}`" for n in _COMPARED))
        problems.append(Problem("nothing_to_compare", what, advice=advice))
    if problems:
        raise InputError(say("Duplicates can't be looked for in this list."), problems)
