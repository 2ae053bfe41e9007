"""Customer orientation measured: three scales, asked of those who serve and of those who are served.

culture        what decisions are made by: the client, the competitor, each other (three dimensions)
intelligence   what is found out about clients, passed on, and acted on (three dimensions)
selling        whether employees serve a need or push a sale

The constructs are those of market orientation as a culture (Narver and Slater 1990), as a process of intelligence
(Kohli and Jaworski 1990) and of customer-oriented selling (Saxe and Weitz 1982). Every item is the course's own and has
not been validated anywhere: a scale to practise with. Answers run from 1 (not at all) to 7 (wholly); reversed items are
turned (8 − answer) before anything is added up. Clients are asked only about what they can see.

Staff say how they mean it, clients say what reaches them. The gap between the two is the first thing to look at, and it
is neither side's truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.surveys.reliability import cronbach_alpha
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import mark, say

LOWEST, HIGHEST = 1, 7
RELIABLE = Knob("reliable", 0.7, 0.0, 1.0, 0.05, mark("Cronbach's alpha from which a scale may be added up"),
                origin="convention", reference="usual in textbooks")  # fmt: skip
SCALES = {
    "culture": mark("culture: what decisions are made by"),
    "intelligence": mark("intelligence: found out, passed on, acted on"),
    "selling": mark("selling: a need served or a sale pushed"),
}
DIMENSIONS = {
    "customer": mark("client"),
    "competitor": mark("competitor"),
    "coordination": mark("working together"),
    "generation": mark("found out"),
    "dissemination": mark("passed on"),
    "responsiveness": mark("acted on"),
    "selling": mark("honest selling"),
}


@dataclass(frozen=True)
class Item:
    """A statement to agree with: its wording for staff and for clients, marked English; clients may not be asked."""

    code: str
    scale: str
    dimension: str
    staff: str
    clients: str = ""
    reversed: bool = False


ITEMS = (
    Item("c1", "culture", "customer",
         mark("We decide by what a change does for the client, not by what is easier for us."),
         mark("Things are arranged here for clients and not for the convenience of the staff.")),
    Item("c2", "culture", "customer",
         mark("Everybody here can say what our clients value most."),
         mark("They know here what matters to me.")),
    Item("c3", "culture", "customer",
         mark("When a client's wish costs us effort, we talk them out of it."),
         mark("If my wish means effort for them, I am talked out of it."), reversed=True),
    Item("k1", "culture", "competitor",
         mark("We know what others do better than we do.")),
    Item("k2", "culture", "competitor",
         mark("When a competitor changes what clients notice, we discuss it within days.")),
    Item("o1", "culture", "coordination",
         mark("Departments tell each other what they have promised to a client."),
         mark("Whoever I speak to knows what others have promised me.")),
    Item("o2", "culture", "coordination",
         mark("A client with an unusual question is sent from one of us to another."),
         mark("With an unusual question I am sent from one to another."), reversed=True),
    Item("g1", "intelligence", "generation",
         mark("Every quarter we ask clients something whose answer may surprise us."),
         mark("They ask me what I think, and listen.")),
    Item("g2", "intelligence", "generation",
         mark("We ask those who have left why they left."),
         mark("When something went wrong, somebody asked me how it was.")),
    Item("d1", "intelligence", "dissemination",
         mark("What one of us hears from a client is written down where all find it.")),
    Item("d2", "intelligence", "dissemination",
         mark("Results of surveys stay with those who made them."), reversed=True),
    Item("r1", "intelligence", "responsiveness",
         mark("What clients complain about again and again is changed within weeks."),
         mark("What clients complain about does get changed.")),
    Item("r2", "intelligence", "responsiveness",
         mark("We have given up habits of ours because clients disliked them."),
         mark("I have seen them give something up that clients disliked.")),
    Item("s1", "selling", "selling",
         mark("I would rather sell nothing than something the client does not need."),
         mark("They would rather sell me nothing than something I do not need.")),
    Item("s2", "selling", "selling",
         mark("I ask before I offer."), mark("They ask before they offer.")),
    Item("s3", "selling", "selling",
         mark("I begin with the dearest and see how far the client goes."),
         mark("They begin with the dearest and see how far I go."), reversed=True),
)  # fmt: skip
ELEMENTS = {
    "culture": (mark("culture"), mark("Two decisions of the last year that cost money and were made for clients, with "
                                      "dates and minutes"), mark("a motto on the wall")),
    "people": (mark("people and their powers"), mark("An employee shows what may be decided without asking, and did "
                                                     "so last month"),
               mark("a training two years ago")),
    "process": (mark("process"), mark("A complaint of last month followed from the first word to the change it made"),
                mark("a complaint book")),
    "information": (mark("information"), mark("Anybody on duty opens the card of a client who just came and reads what "
                                              "was promised"), mark("a CRM program that was bought")),
    "structure": (mark("structure"), mark("A name for the whole way of a client, and a meeting at which departments "
                                          "settle what lies between them"), mark("a department of customer care")),
    "measures": (mark("measures"), mark("A figure of clients on which somebody's pay or budget depends, with its "
                                        "source"), mark("satisfaction of 97% in a report")),
}  # fmt: skip
"""Element of a client-oriented organisation → its name, what would prove that it is there, what often passes for it."""


@dataclass(frozen=True, eq=False)
class OrientationProfile:
    """Staff and clients beside each other, and how far the scales may be trusted.

    Parameters
    ----------
    dimensions : pandas.DataFrame
        ``dimension``, ``scale``, ``staff``, ``staff_low``, ``staff_high``, ``clients``, ``clients_low``,
        ``clients_high``, ``gap`` (staff less clients; missing where clients are not asked).
    reliability : pandas.DataFrame
        ``scale``, ``who`` ("staff", "clients"), ``alpha``, ``low``, ``high``, ``respondents``, ``enough`` (flag).
    turned : bool
        Whether reversed items were turned.
    """

    dimensions: pd.DataFrame
    reliability: pd.DataFrame
    turned: bool

    @property
    def largest_gap(self) -> pd.Series:
        """The dimension in which staff stand furthest above clients."""
        return self.dimensions.iloc[int(np.nanargmax(self.dimensions["gap"].to_numpy(dtype=float)))]


def asked(who: str) -> tuple[Item, ...]:
    """The items that staff or clients are asked.

    >>> len(asked("staff")), len(asked("clients"))
    (16, 12)
    """
    return tuple(item for item in ITEMS if getattr(item, who))


def turn_reversed(answers: pd.DataFrame, *, who: str = "staff") -> pd.DataFrame:
    """Turn the reversed items: 8 − answer; the others as they are.

    >>> turn_reversed(pd.DataFrame({"c1": [6], "c3": [2]}))[["c1", "c3"]].values.tolist()
    [[6, 6]]
    """
    turned = answers.copy()
    for item in asked(who):
        if item.reversed and item.code in turned.columns:
            turned[item.code] = LOWEST + HIGHEST - turned[item.code]
    return turned


def orientation_profile(
    staff: pd.DataFrame, clients: pd.DataFrame, *, turn: bool = True, level: float = 0.95
) -> OrientationProfile:
    """Compare how staff and clients see an organisation, and how reliable the scales are.

    Parameters
    ----------
    staff, clients : pandas.DataFrame
        A row per respondent, a column per item of `asked`, answers 1 to 7.
    turn : bool
        Whether reversed items are turned first; without it means and alpha are wrong, which is worth seeing once.
    level : float
        Level of the intervals, a fraction.

    Returns
    -------
    OrientationProfile

    Raises
    ------
    InputError
        If an item is missing, an answer is missing or outside 1 to 7, or fewer than three people answered.

    Examples
    --------
    >>> from crm_toolkit.datasets import make_orientation_survey
    >>> made = make_orientation_survey(seed=1)
    >>> found = orientation_profile(made.staff, made.clients)
    >>> found.largest_gap["dimension"], found.reliability["enough"].tolist()
    ('customer', [True, True, True, True, False, True])
    """
    from scipy.special import stdtrit

    (share,) = require_numbers("orientation_profile", level=(level, 0.5, 0.999))
    tables = {"staff": staff, "clients": clients}
    for who, table in tables.items():
        _require_answers(table, who)
    done = {who: turn_reversed(table, who=who) if turn else table for who, table in tables.items()}
    rows: list[dict[str, Any]] = []
    for dimension in DIMENSIONS:
        row: dict[str, Any] = {"dimension": dimension}
        for who, table in done.items():
            codes = [item.code for item in asked(who) if item.dimension == dimension]
            row["scale"] = next(item.scale for item in ITEMS if item.dimension == dimension)
            each = table[codes].mean(axis=1).to_numpy() if codes else np.array([])
            middle = float(each.mean()) if codes else np.nan
            half = (
                float(stdtrit(len(each) - 1, (1 + share) / 2) * each.std(ddof=1) / len(each) ** 0.5)
                if codes
                else np.nan
            )
            row |= {who: middle, f"{who}_low": middle - half, f"{who}_high": middle + half}
        row["gap"] = row["staff"] - row["clients"]
        rows.append(row)
    trusted = []
    for scale in SCALES:
        for who, table in done.items():
            codes = [item.code for item in asked(who) if item.scale == scale]
            found = cronbach_alpha(table, codes, level=share)
            trusted.append((scale, who, found.alpha, found.low, found.high, found.respondents,
                            found.alpha >= RELIABLE.default))  # fmt: skip
    columns = ["scale", "who", "alpha", "low", "high", "respondents", "enough"]
    return OrientationProfile(pd.DataFrame(rows), pd.DataFrame(trusted, columns=columns), turn)


def _require_answers(table: pd.DataFrame, who: str) -> None:
    codes = [item.code for item in asked(who)]
    require_columns(codes, list(table.columns), asked_by="orientation_profile")
    heading = say("`{function}` can't use these answers.", function="orientation_profile")
    problems = []
    for code in codes:
        values = pd.to_numeric(table[code], errors="coerce").to_numpy(dtype="float64")
        bad = int((~((values >= LOWEST) & (values <= HIGHEST))).sum())
        if bad:
            what = say("`{name}`: answers must be from {low} to {high}; {count} are not.", name=code, low=LOWEST,
                       high=HIGHEST, count=bad)  # fmt: skip
            problems.append(Problem("outside_scale", what, column=code))
    if len(table) < 3:
        problems.append(Problem("too_few", say("Three respondents are needed at least.")))
    if problems:
        raise InputError(heading, problems)
