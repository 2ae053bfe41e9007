"""Coding incidents: what the eight kinds mean, a second coder who is simulated, and what an own coding is worth.

A coder reads why somebody left and chooses one kind: what decided it, not what is mentioned besides. The coding is
compared with the key (how valid it is) and with a second coder who worked alone (how reliable it is). Where the two
of a pair of kinds are mixed up again and again the definitions are to blame, not the reader.

The second coder is simulated: as careful as `CARE` says, drawn to the smaller grievance where there is one, and else to
the neighbour with which people mix a kind up. These numbers are assumptions.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from crm_toolkit.analysis.complaints import tag_complaints
from crm_toolkit.analysis.incidents import REASONS, CoderAgreement, coder_agreement
from crm_toolkit.datasets.switching_incidents import SwitchingIncidents, make_switching_incidents
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.variants import variant_luck
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, mark, say

DEFINITIONS = {
    "pricing": mark("high, raised, unfair or told too late"),
    "inconvenience": mark("place, hours, queue, waiting for an appointment"),
    "core_service_failure": mark("the service itself went wrong: a mistake, a defect, a wrong bill"),
    "failed_encounter": mark("how people behaved: careless, rude, ignorant, in a hurry"),
    "response_to_failure": mark("something had gone wrong, and what was done about it decided: late, none, unwilling"),
    "competition": mark("nothing was wrong; others are better"),
    "ethical_problem": mark("dishonesty, pressure, danger, somebody's own interest"),
    "involuntary": mark("nobody chose it: a move, a closure, changed needs"),
}
NEIGHBOURS = {
    "pricing": "ethical_problem",
    "inconvenience": "core_service_failure",
    "core_service_failure": "inconvenience",
    "failed_encounter": "response_to_failure",
    "response_to_failure": "failed_encounter",
    "competition": "pricing",
    "ethical_problem": "core_service_failure",
    "involuntary": "inconvenience",
}
"""Kind → the one with which the simulated coder mixes it up; an assumption."""
LEAST = 20
CARE = Knob("care", 0.8, 0.0, 1.0, 0.05, mark("Share of incidents that the second coder codes with care"),
            unit=mark("fraction"))  # fmt: skip


@dataclass(frozen=True, eq=False)
class CodingResult:
    """What a coding is worth.

    Parameters
    ----------
    with_key, with_second : analysis.CoderAgreement
        Agreement with the planted reasons, and with the simulated second coder; in the tables of confusion rows are the
        own codes.
    mixed_up : pandas.DataFrame
        ``own``, ``key``, ``incidents``: pairs of kinds that were mixed up, the commonest first.
    tags : pandas.DataFrame
        ``incident_id``, ``own``, ``key``, ``tags``: what a list of words (`analysis.tag_complaints`) found in each
        text.
    tagged : float
        Share of the texts in which the list of words found anything, a fraction.
    """

    with_key: CoderAgreement
    with_second: CoderAgreement
    mixed_up: pd.DataFrame
    tags: pd.DataFrame
    tagged: float


def incidents_of(student: object, *, count: int = 24, salt: str = "") -> SwitchingIncidents:
    """The incidents that one student codes, in the language spoken now.

    Examples
    --------
    >>> incidents_of("A-1").texts["incident_id"].tolist() == list(range(1, 25))
    True
    """
    return make_switching_incidents(count, seed=variant_luck("code_incidents", student, salt).randrange(1, 10**9))


def second_coder(made: SwitchingIncidents, *, seed: int = 1, care: float = CARE.default) -> pd.Series:
    """What a simulated second coder wrote down: reasons by ``incident_id``.

    Examples
    --------
    >>> made = incidents_of("A-1")
    >>> key = made.key.set_index("incident_id")["reason"]
    >>> (second_coder(made, care=1.0) == key).all(), (second_coder(made, care=0.0) == key).any()
    (np.True_, np.False_)
    """
    share = CARE.check(care)
    codes = {}
    for row in made.key.to_dict("records"):
        luck = random.Random(f"second coder|{seed}|{row['incident_id']}")
        careful = luck.random() < share
        other = row["also"] if isinstance(row["also"], str) else NEIGHBOURS[row["reason"]]
        codes[row["incident_id"]] = row["reason"] if careful else other
    return pd.Series(codes, name="reason").rename_axis("incident_id")


def check_coding(codes: Mapping[int, str], made: SwitchingIncidents, *, seed: int = 1) -> CodingResult:
    """Compare a coding with the key, with a second coder and with a list of words.

    Parameters
    ----------
    codes : mapping of int to str
        Incident → kind (`analysis.incidents.REASONS`); at least 20 of the incidents.
    made : SwitchingIncidents
        What was coded, with its key.
    seed : int
        Of the second coder.

    Raises
    ------
    InputError
        If an incident or a kind is unknown, or fewer than 20 incidents are coded.

    Examples
    --------
    >>> made = incidents_of("A-1")
    >>> own = dict.fromkeys(range(1, 25), "pricing") | {3: "competition"}
    >>> found = check_coding(own, made)
    >>> bool(found.with_key.kappa < 0.2)
    True
    """
    key = made.key.set_index("incident_id")["reason"]
    problems: list[Problem] = []
    strange = sorted(map(str, set(codes) - set(key.index)))
    if strange:
        problems.append(Problem("unknown_incident", say("These incidents are not there: {names}.",
                                                        names=join_names(strange, most=5))))  # fmt: skip
    for code in sorted({str(code) for code in codes.values()} - set(REASONS)):
        close = near_misses(code, REASONS)
        advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
        problems.append(Problem("unknown_reason", say("There is no kind `{code}`.", code=code), advice=advice))
    if len(codes) < LEAST:
        what = say("Coded so far: {found}; {least} are needed for an agreement that says anything.",
                   found=len(codes), least=LEAST)  # fmt: skip
        problems.append(Problem("too_few", what))
    if problems:
        raise InputError(say("This coding can't be compared yet."), problems)
    own = pd.Series(dict(codes), name="own").rename_axis("incident_id").sort_index()
    table = own.to_frame().join(key.rename("key"))
    wrong = table[table["own"] != table["key"]]
    mixed = wrong.groupby(["own", "key"], sort=True).size().rename("incidents").reset_index()
    chosen = made.texts[made.texts["incident_id"].isin(own.index)]
    tagged = tag_complaints(chosen, key="incident_id")
    tags = tagged.complaints.set_index("incident_id")["tags"]
    return CodingResult(
        with_key=_agreement(own, key), with_second=_agreement(own, second_coder(made, seed=seed)),
        mixed_up=mixed.sort_values("incidents", ascending=False, kind="stable", ignore_index=True),
        tags=table.join(tags).reset_index(), tagged=tagged.coverage,
    )  # fmt: skip


def _agreement(own: pd.Series, other: pd.Series) -> CoderAgreement:
    """Agreement of two codings on the incidents of the first; "1" is the own coder, so that it gives the rows."""
    rows = [(place, who, code) for who, codes in (("1", own), ("2", other.loc[own.index]))
            for place, code in codes.items()]  # fmt: skip
    return coder_agreement(pd.DataFrame(rows, columns=["incident_id", "coder", "reason"]))
