"""Staying and leaving by hand: hazards from a table, Kaplan and Meier, a column that knows the answer.

The truth is that of `crm_toolkit.analysis`: `kaplan_meier`, and the definitions of `leakage_table`.
"""

from __future__ import annotations

import random

import pandas as pd

from crm_toolkit.analysis.survival import kaplan_meier
from crm_toolkit.exercises.bank.small_tables import small_table
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values
from crm_toolkit.texts import format_date, format_number, mark

_TWO = mark("half a unit of the second decimal")


def _draw_renewals(luck: random.Random) -> Data:
    start = luck.randrange(20, 60) * 10
    rows, there = [], start
    for month, share in enumerate((0.18, 0.12, 0.09, 0.07), start=1):
        left = round(there * share * luck.uniform(0.8, 1.25))
        censored = round(there * luck.uniform(0.08, 0.2))
        rows.append((month, left, censored))
        there -= left + censored
    return {"start": start, "months": pd.DataFrame(rows, columns=["month", "left", "still_running"])}


def _hazards(data: Data, *, removed: bool = True, all_of_start: bool = False, censored_left: bool = False) -> Values:
    there, found = float(data["start"]), {}
    for row in data["months"].itertuples():
        gone = row.left + row.still_running * censored_left
        found[str(row.month)] = 100 * gone / (data["start"] if all_of_start else there)
        there -= row.left + row.still_running * removed
    return {"hazard_percent": found}


HAZARD_TABLE = Task(
    id="hazard_table",
    lesson="07",
    topic="survival",
    key="month",
    title=mark("The hazard of every month"),
    statement=mark(
        "{start} people joined a language school (`start`). For each month of membership (`months`): how many of them "
        "`left` in it, and how many are `still_running`: they joined so lately that nothing is known of them after "
        "this "
        "month (count them as there until its end).\n\n"
        "What is the hazard of each month, in per cent: the share of those who were there at its beginning and left "
        "in it? "
        "Hand in a table with `month` and `hazard_percent`, two decimals."
    ),
    generate=_draw_renewals,
    answer=_hazards,
    misconceptions=(
        Misconception("OF_ALL_WHO_JOINED", lambda data: _hazards(data, all_of_start=True),
                      mark("Divided by all who joined. In the third month only those can leave who are still there and "
                           "watched."), credit=0.25),
        Misconception("STILL_RUNNING_KEPT", lambda data: _hazards(data, removed=False),
                      mark("Those of whom nothing more is known were kept among the people at risk; nobody can see "
                           "them "
                           "leave any more."), credit=0.5),
        Misconception("STILL_RUNNING_LEFT", lambda data: _hazards(data, censored_left=True),
                      mark("Those who are still members were counted as leavers. That their story is not over does "
                           "not mean "
                           "that it ended."), credit=0.25),
    ),
    words=lambda data: {"start": format_number(data["start"]),
                        "table": small_table("month", "hazard_percent", _hazards(data)["hazard_percent"])},
    hints=(
        mark("First find who was there and watched at the beginning of each month."),
        mark("At risk next month = at risk − left − still running. Hazard = left / at risk."),
        mark("`gone = months[\"left\"] + months[\"still_running\"]`"),
    ),
    solution=mark("People at risk become fewer by those who left and by those who can't be watched "
                  "further.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=_TWO,
)  # fmt: skip


def _draw_lives(luck: random.Random) -> Data:
    while True:
        months = sorted(luck.sample(range(1, 24), 6)) + [luck.randrange(2, 24) for _ in range(4)]
        left = [1, 1, 1, 0, 0, 1, 0, 1, 0, 0]
        luck.shuffle(left)
        members = pd.DataFrame({"member": [f"M{n}" for n in range(1, 11)], "months": months, "left": left})
        members = members.sort_values("months", kind="stable", ignore_index=True)
        ends = members[members["left"] == 1]["months"]
        last = int(members["months"].iloc[-1])
        if ends.nunique() == 5 and int(ends.max()) < last and members["left"].iloc[0] == 0:
            return {"members": members}


def _survival(data: Data) -> Values:
    members = data["members"].rename(columns={"months": "duration", "left": "event"})
    table = kaplan_meier(members).table
    table = table[table["events"] > 0]
    pairs = zip(table["time"].to_numpy(dtype=float), table["survival"].to_numpy(dtype=float), strict=True)
    return {"staying_percent": {str(round(time)): 100 * float(share) for time, share in pairs}}


def _times(data: Data) -> list[int]:
    members = data["members"]
    return sorted(members.loc[members["left"] == 1, "months"].unique().tolist())


def _among_leavers(data: Data) -> Values:
    ends = data["members"].loc[data["members"]["left"] == 1, "months"]
    return {"staying_percent": {str(time): 100 * float((ends > time).mean()) for time in _times(data)}}


def _all_left(data: Data) -> Values:
    months = data["members"]["months"]
    return {"staying_percent": {str(time): 100 * float((months > time).mean()) for time in _times(data)}}


def _summed(data: Data) -> Values:
    members, left, total = data["members"], {}, 0.0
    for time in _times(data):
        there = int((members["months"] >= time).sum())
        total += int(((members["months"] == time) & (members["left"] == 1)).sum()) / there
        left[str(time)] = 100 * (1 - total)
    return {"staying_percent": left}


KAPLAN_MEIER_BY_HAND = Task(
    id="kaplan_meier_by_hand",
    lesson="07",
    topic="survival",
    key="month",
    title=mark("Who is still there: Kaplan and Meier by hand"),
    statement=mark(
        "Ten members of a club (`members`): for how many `months` each has been watched, and whether the membership "
        "ended "
        "then (`left` is 1) or still runs (0). Who is watched up to a month counts as there in it.\n\n"
        "For every month in which somebody left: what share of the members stays longer than that? Hand in a table "
        "with "
        "`month` and `staying_percent`, two decimals."
    ),
    generate=_draw_lives,
    answer=_survival,
    misconceptions=(
        Misconception("SURVIVORS_LEFT_OUT", _among_leavers,
                      mark("Only those who left were counted. The most faithful members are missing, so people seem "
                           "to leave "
                           "too soon."), credit=0.25),
        Misconception("STILL_RUNNING_LEFT", _all_left,
                      mark("The end of watching was taken for the end of membership."), credit=0.25),
        Misconception("SUM_NOT_PRODUCT", _summed,
                      mark("The shares that leave were added up. A share of those who are left is a share of a share: "
                           "multiply what stays."), credit=0.5),
    ),
    words=lambda data: {"table": small_table("month", "staying_percent", _survival(data)["staying_percent"])},
    hints=(
        mark("Go through the months in which somebody left. Who is there, and how many of them leave?"),
        mark("Staying = product of (1 − left / there) over these months. Who still runs leaves the count after the "
             "last "
             "month of watching."),
        mark("`there = (members[\"months\"] >= month).sum()`"),
    ),
    solution=mark("In every month of a leaving: what stayed before, times (1 − left / there). The package agrees: "
                  "`analysis.kaplan_meier`.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=_TWO,
)  # fmt: skip

_COLUMNS = ("visits_last_month", "months_since_joining", "complaints", "fee", "last_discount", "reason_code",
            "card_returned", "calls_by_service", "trainer_hours", "late_payments")  # fmt: skip


def _draw_columns(luck: random.Random) -> Data:
    as_of = pd.Timestamp(2025, luck.randrange(3, 10), luck.randrange(10, 28))
    rows = []
    late = set(luck.sample(range(len(_COLUMNS)), luck.randrange(3, 6)))
    strong = set(luck.sample(sorted(set(range(len(_COLUMNS))) - late), 1)) | set(luck.sample(sorted(late), 2))
    same = luck.choice(sorted(set(range(len(_COLUMNS))) - late - strong))
    for place, name in enumerate(_COLUMNS):
        shift = luck.randrange(4, 60) if place in late else 0 if place == same else -luck.randrange(1, 80)
        auc = luck.randrange(91, 100) / 100 if place in strong else luck.randrange(52, 84) / 100
        rows.append((name, as_of + pd.Timedelta(days=shift), auc))
    return {"columns": pd.DataFrame(rows, columns=["column", "last_written", "auc_alone"]), "as_of": as_of}


def _leaks(data: Data, rule: str = "late") -> Values:
    table, day = data["columns"], data["as_of"]
    late = table["last_written"] > day
    strong = table["auc_alone"] >= 0.9
    flags = {"late": late, "strong": strong, "both": late & strong, "same_day": table["last_written"] >= day}[rule]
    return {"leaks": dict(zip(table["column"], flags.astype(float).tolist(), strict=True))}


LEAKAGE_SPOTTED = Task(
    id="leakage_spotted",
    lesson="07",
    topic="churn",
    key="column",
    title=mark("Which columns know the answer?"),
    statement=mark(
        "A model shall say on {as_of} (`as_of`, the whole day is known) who leaves in the following three months. The "
        "table of members was drawn later. For each column (`columns`): when a value was `last_written`, and the AUC "
        "of "
        "this column alone (`auc_alone`).\n\n"
        "Which columns leak, that is: hold what was not known on that day? Hand in a table with `column` and "
        "`leaks`, 1 for "
        "yes and 0 for no."
    ),
    generate=_draw_columns,
    answer=_leaks,
    misconceptions=(
        Misconception("STRONG_IS_LEAK", lambda data: _leaks(data, "strong"),
                      mark("Columns with a high AUC were taken for leaks. That is a reason to look; the proof is the "
                           "date. An "
                           "honest column may be strong, and a leak weak."), credit=0.25),
        Misconception("WEAK_LEAKS_MISSED", lambda data: _leaks(data, "both"),
                      mark("Only strong columns among the late ones were named. A weak leak is a leak: in practice "
                           "it will not "
                           "be there."), credit=0.5),
        Misconception("SAME_DAY", lambda data: _leaks(data, "same_day"),
                      mark("A column written on the day itself was named. That day is still known."), credit=0.5),
    ),
    words=lambda data: {"as_of": format_date(data["as_of"].date(), "long"),
                        "table": small_table("column", "leaks", _leaks(data)["leaks"], 0)},
    hints=(
        mark("One question for each column: was it known on that day?"),
        mark("Leak: written after the day. The AUC only says where to look first."),
        mark("`late = columns[\"last_written\"] > as_of`"),
    ),
    solution=mark("What was written after the day was not known on it, however little it seems to tell.\n\n{table}"),
    tolerance=0.01,
    tolerance_reason=mark("yes or no"),
)  # fmt: skip

TASKS = (HAZARD_TABLE, KAPLAN_MEIER_BY_HAND, LEAKAGE_SPOTTED)
