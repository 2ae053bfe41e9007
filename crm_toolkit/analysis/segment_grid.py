"""Segments with names: what an RFM score of 155 means and what to do about it.

A grid divides the square of recency and frequency scores among a dozen names. The names and limits of
`DEFAULT_GRID` are a convention of practice that many shops and programs share with small differences; no theory
stands behind them. Declare your own `SegmentGrid` where your trade has another rhythm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from crm_toolkit.analysis.rfm import BINS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import join_names, mark, say, say_count


@dataclass(frozen=True)
class Segment:
    """A name for a block of RFM cells.

    Parameters
    ----------
    code : str
        Name in data, snake_case.
    label : str
        English label, marked for the catalogue; `segment_label` says it in the reader's language.
    r, f : pair of int
        Lowest and highest score of recency and of frequency, both included.
    m : pair of int, optional
        The same for money; every score if it is left out.
    meaning, action : str
        Who these customers are and what is usually done, English, marked for the catalogue.
    """

    code: str
    label: str
    r: tuple[int, int]
    f: tuple[int, int]
    m: tuple[int, int] | None = None
    meaning: str = ""
    action: str = ""


@dataclass(frozen=True)
class SegmentGrid:
    """A division of all RFM cells among segments: every cell belongs to exactly one.

    Parameters
    ----------
    segments : tuple of Segment
        In the order in which tables and pictures show them.
    bins : int
        Number of classes of each score that the limits are written for.

    Raises
    ------
    InputError
        If a cell belongs to no segment or to several, a limit lies outside the scores, or a code repeats; all
        cells are listed.

    Examples
    --------
    >>> SegmentGrid((Segment("new", "New", r=(2, 2), f=(1, 1)), Segment("old", "Old", r=(1, 1), f=(1, 2))), bins=2)
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: This grid does not divide the customers.
    <BLANKLINE>
    1. 1 cell belongs to no segment.
       Recency–frequency: 2–2.
    """

    segments: tuple[Segment, ...]
    bins: int = 5

    def __post_init__(self) -> None:
        object.__setattr__(self, "segments", tuple(self.segments))
        BINS.check(self.bins)
        problems = [*_bad_limits(self), *_repeated_codes(self)]
        if not problems:
            problems = _gaps_and_overlaps(self)
        if problems:
            raise InputError(say("This grid does not divide the customers."), problems)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes, in order."""
        return tuple(segment.code for segment in self.segments)

    def segment(self, code: str) -> Segment:
        """The segment of that code.

        Raises
        ------
        InputError
            If there is none.
        """
        for segment in self.segments:
            if segment.code == code:
                return segment
        raise InputError(
            say("`{name}` can't be {value}.", name="code", value=repr(code)),
            [Problem("unknown_option", say("Allowed: {names}.", names=join_names(map(repr, self.codes), most=20)))],
        )


def _cells(grid: SegmentGrid) -> Iterator[tuple[tuple[int, ...], list[str]]]:
    scores = range(1, grid.bins + 1)
    by_money = any(segment.m is not None for segment in grid.segments)
    for cell in product(scores, scores, scores if by_money else (1,)):
        owners = [
            segment.code
            for segment in grid.segments
            if all(
                limits is None or limits[0] <= score <= limits[1]
                for score, limits in zip(cell, (segment.r, segment.f, segment.m), strict=True)
            )
        ]
        yield (cell if by_money else cell[:2]), owners


def _gaps_and_overlaps(grid: SegmentGrid) -> list[Problem]:
    cells = list(_cells(grid))
    gaps = ["–".join(map(str, cell)) for cell, owners in cells if not owners]
    overlaps = [f"{'–'.join(map(str, cell))} ({', '.join(owners)})" for cell, owners in cells if len(owners) > 1]
    by_money = any(len(cell) == 3 for cell, _ in cells)
    say_cells = _cells_with_money if by_money else _cells_without_money
    problems = []
    if gaps:
        what = say_count("{count} cell belongs to no segment.", "{count} cells belong to no segment.", len(gaps))
        problems.append(Problem("gap", what, found=say_cells(gaps)))
    if overlaps:
        what = say_count(
            "{count} cell belongs to several segments.", "{count} cells belong to several segments.", len(overlaps)
        )
        problems.append(Problem("overlap", what, found=say_cells(overlaps)))
    return problems


def _cells_without_money(cells: list[str]) -> str:
    return say("Recency–frequency: {names}.", names=join_names(cells, most=len(cells)))


def _cells_with_money(cells: list[str]) -> str:
    return say("Recency–frequency–money: {names}.", names=join_names(cells, most=len(cells)))


def _bad_limits(grid: SegmentGrid) -> list[Problem]:
    return [
        Problem(
            "bad_limits",
            say(
                "The limits {limits} of “{code}” do not lie between 1 and {bins} in ascending order.",
                limits=limits,
                code=segment.code,
                bins=grid.bins,
            ),
        )
        for segment in grid.segments
        for limits in (segment.r, segment.f, segment.m)
        if limits is not None and not 1 <= limits[0] <= limits[1] <= grid.bins
    ]


def _repeated_codes(grid: SegmentGrid) -> list[Problem]:
    repeated = sorted({code for code in grid.codes if grid.codes.count(code) > 1})
    return [
        Problem("repeated_code", say("The code “{code}” stands in the grid twice.", code=code)) for code in repeated
    ]


DEFAULT_GRID = SegmentGrid(
    (
        Segment(
            "champions",
            mark("Champions"),
            (5, 5),
            (4, 5),
            meaning=mark("Bought lately and buy most often."),
            action=mark("Thank them, show them what is new first, ask their opinion; do not buy them with discounts."),
        ),
        Segment(
            "loyal",
            mark("Loyal customers"),
            (3, 4),
            (4, 5),
            meaning=mark("Buy often and were here not long ago."),
            action=mark("Offer the loyalty programme's next tier and goods that go with what they buy."),
        ),
        Segment(
            "potential_loyalist",
            mark("Potential loyalists"),
            (4, 5),
            (2, 3),
            meaning=mark("Bought lately and moderately often."),
            action=mark("Help the habit grow: membership, reminders, advice on use."),
        ),
        Segment(
            "new",
            mark("New customers"),
            (5, 5),
            (1, 1),
            meaning=mark("Bought lately, and less often than most: newcomers or rare guests."),
            action=mark("Welcome them and give a reason for the second purchase."),
        ),
        Segment(
            "promising",
            mark("Promising customers"),
            (4, 4),
            (1, 1),
            meaning=mark("Bought rather lately, seldom so far."),
            action=mark("Make the organisation known: useful content, a small test offer."),
        ),
        Segment(
            "need_attention",
            mark("Need attention"),
            (3, 3),
            (3, 3),
            meaning=mark("Average in everything: may go either way."),
            action=mark("Remind them with an offer limited in time, based on what they bought."),
        ),
        Segment(
            "about_to_sleep",
            mark("About to sleep"),
            (3, 3),
            (1, 2),
            meaning=mark("Bought seldom and a while ago."),
            action=mark("Remind them of what is popular; ask what was missing."),
        ),
        Segment(
            "at_risk",
            mark("At risk"),
            (1, 2),
            (3, 4),
            meaning=mark("Bought often, but not seen for longer than most."),
            action=mark("Write in person, find out the reason, offer to come back."),
        ),
        Segment(
            "cant_lose",
            mark("Can't lose them"),
            (1, 2),
            (5, 5),
            meaning=mark("Among the most frequent buyers, but not seen for longer than most."),
            action=mark("Call them, repair what went wrong, win them back before a competitor keeps them."),
        ),
        Segment(
            "hibernating",
            mark("Hibernating"),
            (1, 2),
            (1, 2),
            meaning=mark("Bought less often and longer ago than most; some are lost."),
            action=mark("Spend little: a rare mailing at a seasonal occasion; clean the list."),
        ),
    )
)
