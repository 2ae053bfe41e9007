"""The SLA clock: interval arithmetic beside a count minute by minute, laws of deadlines, letters on odd histories."""

import datetime as dt
import pickle
import random
import time as stopwatch
from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.firm import (
    BusinessHours,
    ServiceLevel,
    due_at,
    sla_status,
    sla_table,
    working_minutes,
)
from crm_toolkit.texts import language

MONDAY = datetime(2026, 3, 2)
OFFICE = BusinessHours({weekday: ((time(9), time(17)),) for weekday in range(5)})
LUNCH = ((time(9), time(13)), (time(14), time(18)))
WITH_LUNCH = BusinessHours(dict.fromkeys(range(5), LUNCH), holidays=(date(2026, 3, 9),))
DAYS = 12


def at(text):
    return datetime.fromisoformat(text)


# ---------------------------------------------------------------------------------------------- reference


def test_a_hold_over_the_night_does_not_extend_the_deadline():
    """ERPNext pull request 49414: hours 9–17, 8 hours from 09:00, hold 17:00 → 09:00 of the next day."""
    hold = (at("2026-03-02 17:00"), at("2026-03-03 09:00"))
    assert due_at(OFFICE, at("2026-03-02 09:00"), 480, holds=[hold]) == at("2026-03-02 17:00")
    level = ServiceLevel("usual", 60, 480, OFFICE)
    events = [("2026-03-02 09:20", "responded"), (hold[0], "paused"), (hold[1], "resumed")]
    status = sla_status(level, "2026-03-02 09:00", events, "2026-03-03 09:00")
    assert status.resolution_due_at == at("2026-03-02 17:00")
    assert (status.hold_working_minutes, status.hold_minutes) == (0.0, 960.0)


def test_half_of_a_hold_in_working_time_extends_by_that_half():
    hold = (at("2026-03-02 15:00"), at("2026-03-03 10:00"))  # 2 h of Monday, 1 h of Tuesday
    assert due_at(OFFICE, at("2026-03-02 09:00"), 480, holds=[hold]) == at("2026-03-03 12:00")


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-03-02 12:30", "2026-03-02 14:30", 60),  # lunch
        ("2026-03-06 17:00", "2026-03-10 09:30", 90),  # weekend and a holiday on Monday
        ("2026-03-07 10:00", "2026-03-08 20:00", 0),
        ("2026-03-02 09:00", "2026-03-02 09:00", 0),
        ("2026-03-02 09:00:30", "2026-03-02 09:01:15", 0.75),
        ("2026-01-01 00:00", "2026-12-31 23:59", (261 - 1) * 480),  # 261 weekdays in 2026, one of them free
    ],
)
def test_minutes_counted_by_hand(start, end, minutes):
    assert working_minutes(WITH_LUNCH, start, end) == minutes


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-03-02 12:30", 30, "2026-03-02 13:00"),  # the end of the morning, not the end of lunch
        ("2026-03-02 12:30", 31, "2026-03-02 14:01"),
        ("2026-03-02 13:10", 10, "2026-03-02 14:10"),
        ("2026-03-06 17:30", 60, "2026-03-10 09:30"),
        ("2026-03-07 10:00", 0, "2026-03-07 10:00"),
    ],
)
def test_deadlines_counted_by_hand(start, minutes, due):
    assert due_at(WITH_LUNCH, start, minutes) == at(due)


def test_a_special_day_goes_before_week_and_midnight_ends_a_day():
    hours = BusinessHours(
        {0: [(time(22), time(0))], 1: [(time(0), time(6))]}, special_days={date(2026, 3, 7): [(time(10), time(12))]}
    )
    assert working_minutes(hours, "2026-03-02 23:00", "2026-03-03 02:00") == 180
    assert working_minutes(hours, "2026-03-07 00:00", "2026-03-08 00:00") == 120
    assert due_at(hours, "2026-03-03 05:00", 61) == at("2026-03-07 10:01")


def test_a_clock_without_end_works_day_and_night():
    always = BusinessHours({weekday: [(time(0), time(0))] for weekday in range(7)})
    assert working_minutes(always, "2026-01-01 00:00", "2027-01-01 00:00") == 365 * 24 * 60
    assert due_at(always, "2026-03-01 23:59", 2) == at("2026-03-02 00:01")


# ---------------------------------------------------------------------------------------------- laws


@st.composite
def intervals(draw):
    ends = draw(st.lists(st.integers(0, 47), unique=True, max_size=4).map(sorted))
    ends = ends[: len(ends) // 2 * 2]
    half = [time(end // 2, end % 2 * 30) for end in ends]
    return tuple(zip(half[::2], half[1::2], strict=True))


@st.composite
def all_hours(draw):
    week = {weekday: draw(intervals()) for weekday in range(7)}
    week[draw(st.integers(0, 6))] = ((time(9, 30), time(16)),)
    days = [MONDAY.date() + timedelta(days=day) for day in range(DAYS)]
    holidays = draw(st.lists(st.sampled_from(days), unique=True, max_size=3))
    special = draw(st.dictionaries(st.sampled_from([day for day in days if day not in holidays]), intervals(),
                                   max_size=2))  # fmt: skip
    return BusinessHours(week, holidays, special)


MINUTES = st.integers(0, DAYS * 24 * 60 - 1)


def moment(minute):
    return MONDAY + timedelta(minutes=minute)


def works(hours, when):
    """Whether the minute that begins then is worked, from the declaration alone."""
    special = dict(hours.special_days)
    if when.date() in special:
        today = special[when.date()]
    elif when.date() in hours.holidays:
        today = ()
    else:
        today = hours.week[when.weekday()]
    return any(one <= when.time() and (other == time(0) or when.time() < other) for one, other in today)


def counted(hours, start, end, holds=()):
    """Working minutes one by one; a minute in a hold does not count."""
    return sum(
        works(hours, moment(minute)) and not any(one <= minute < other for one, other in holds)
        for minute in range(start, end)
    )


@settings(max_examples=20, deadline=None)
@given(hours=all_hours(), ends=st.tuples(MINUTES, MINUTES).map(sorted))
def test_working_minutes_are_those_counted_one_by_one(hours, ends):
    assert working_minutes(hours, moment(ends[0]), moment(ends[1])) == counted(hours, *ends)


@settings(max_examples=20, deadline=None)
@given(hours=all_hours(), start=MINUTES, minutes=st.integers(1, 900), cuts=st.lists(MINUTES, max_size=4, unique=True))
def test_a_deadline_with_holds_is_the_minute_in_which_the_count_is_full(hours, start, minutes, cuts):
    cuts = sorted(cuts)[: len(cuts) // 2 * 2]
    holds = list(zip(cuts[::2], cuts[1::2], strict=True))
    due = due_at(hours, moment(start), minutes, holds=[(moment(one), moment(other)) for one, other in holds])
    minute = round((due - MONDAY) / timedelta(minutes=1))
    assert counted(hours, start, minute, holds) == minutes
    assert counted(hours, start, minute - 1, holds) == minutes - 1


@settings(max_examples=20, deadline=None)
@given(hours=all_hours(), ends=st.tuples(MINUTES, MINUTES, MINUTES).map(sorted))
def test_working_minutes_add_up(hours, ends):
    one, middle, other = map(moment, ends)
    parts = working_minutes(hours, one, middle) + working_minutes(hours, middle, other)
    assert working_minutes(hours, one, other) == parts


@settings(max_examples=20, deadline=None)
@given(hours=all_hours(), start=MINUTES, minutes=st.floats(0.001, 3000).map(lambda value: round(value, 3)))
def test_deadline_and_working_minutes_undo_each_other(hours, start, minutes):
    due = due_at(hours, moment(start), minutes)
    assert working_minutes(hours, moment(start), due) == pytest.approx(minutes, abs=1e-6)
    assert due_at(hours, moment(start), working_minutes(hours, moment(start), due)) == due


@settings(max_examples=20, deadline=None)
@given(hours=all_hours(), starts=st.tuples(MINUTES, MINUTES).map(sorted),
       amounts=st.tuples(st.integers(1, 2000), st.integers(1, 2000)).map(sorted))  # fmt: skip
def test_a_later_start_or_more_minutes_never_give_an_earlier_deadline(hours, starts, amounts):
    earlier = due_at(hours, moment(starts[0]), amounts[0])
    assert earlier <= due_at(hours, moment(starts[1]), amounts[0])
    assert earlier <= due_at(hours, moment(starts[0]), amounts[1])


@settings(max_examples=20, deadline=None)
@given(hours=all_hours(), start=MINUTES, minutes=st.integers(1, 900), cuts=st.tuples(MINUTES, MINUTES, MINUTES))
def test_a_hold_split_into_two_that_touch_is_the_same_hold(hours, start, minutes, cuts):
    one, middle, other = map(moment, sorted(cuts))
    whole = due_at(hours, moment(start), minutes, holds=[(one, other)])
    assert due_at(hours, moment(start), minutes, holds=[(one, middle), (middle, other)]) == whole
    assert due_at(hours, moment(start), minutes, holds=[(middle, other), (one, middle)]) == whole


@settings(max_examples=20, deadline=None)
@given(hours=all_hours(), start=MINUTES, minutes=st.integers(1, 900), cuts=st.tuples(MINUTES, MINUTES).map(sorted))
def test_a_hold_moves_a_deadline_only_by_working_time_in_it(hours, start, minutes, cuts):
    plain = due_at(hours, moment(start), minutes)
    held = due_at(hours, moment(start), minutes, holds=[tuple(map(moment, cuts))])
    assert held >= plain
    if counted(hours, *cuts) == 0:
        assert held == plain
    moved = working_minutes(hours, plain, held)
    assert moved <= counted(hours, *cuts)


@settings(max_examples=20, deadline=None)
@given(hours=all_hours(), start=MINUTES, minutes=st.integers(1, 900))
def test_one_more_holiday_never_brings_a_deadline_forward(hours, start, minutes):
    due = due_at(hours, moment(start), minutes)
    day = moment(start).date()
    special = [(other, worked) for other, worked in hours.special_days if other != day]
    if dict(hours.special_days).get(day) is None:
        more = BusinessHours(hours.week, (*hours.holidays, day), tuple(special))
        assert due_at(more, moment(start), minutes) >= due
        assert working_minutes(more, datetime.combine(day, time(0)), moment(start)) == 0


@settings(max_examples=20, deadline=None)
@given(hours=all_hours(), cuts=st.lists(MINUTES, min_size=1, max_size=20),
       minutes=st.lists(st.integers(0, 900), min_size=20, max_size=20))  # fmt: skip
def test_an_array_is_treated_as_each_of_its_members(hours, cuts, minutes):
    starts = [moment(minute) for minute in cuts]
    minutes = minutes[: len(starts)]
    due = due_at(hours, pd.Series(starts), np.array(minutes))
    assert [pd.Timestamp(one).to_pydatetime() for one in due] == [
        due_at(hours, one, many) for one, many in zip(starts, minutes, strict=True)
    ]
    many = working_minutes(hours, starts, MONDAY + timedelta(days=DAYS))
    assert list(many) == [working_minutes(hours, one, MONDAY + timedelta(days=DAYS)) for one in starts]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_status_is_that_of_a_clock_that_is_watched_minute_by_minute(seed):
    """Random lawful histories; the reference walks through the minutes and stops while paused or resolved."""
    luck = random.Random(seed)
    minute = luck.randrange(0, 2 * 1440)
    opened, events, paused, resolved = minute, [], False, False
    for _ in range(luck.randrange(0, 9)):
        minute += luck.randrange(0, 700)
        kinds = ["assigned", "responded"]
        kinds += ["reopened"] if resolved else (["resumed"] if paused else ["paused", "resolved"])
        kind = luck.choice(kinds)
        paused, resolved = {"paused": (True, resolved), "resumed": (False, resolved), "resolved": (paused, True),
                            "reopened": (paused, False)}.get(kind, (paused, resolved))  # fmt: skip
        events.append((minute, kind))
    now = minute + luck.randrange(0, 2000)
    level = ServiceLevel("any", 90, 600, WITH_LUNCH)
    status = sla_status(level, moment(opened), [(moment(when), kind) for when, kind in events], moment(now))

    used = {"response": 0, "resolution": 0}
    reached = {"response": None, "resolution": None}
    hold = [0, 0]
    answered, paused, resolved, place = None, False, None, 0
    for when in range(opened, now + 1):
        while place < len(events) and events[place][0] == when:
            kind = events[place][1]
            if kind in ("responded", "resolved") and answered is None:
                answered = when
            paused = {"paused": True, "resumed": False}.get(kind, paused)
            resolved = when if kind == "resolved" else None if kind == "reopened" else resolved
            place += 1
        if when == now:
            break
        work = works(WITH_LUNCH, moment(when))
        hold[0] += paused and work
        hold[1] += paused
        for name, running in (("response", answered is None), ("resolution", True)):
            if running and work and not paused and resolved is None:
                used[name] += 1
                limit = 90 if name == "response" else 600
                if used[name] == limit:
                    reached[name] = when + 1
    assert (status.response_minutes, status.resolution_minutes) == (used["response"], used["resolution"])
    assert (status.hold_working_minutes, status.hold_minutes) == tuple(hold)
    assert status.resolved_at == (None if resolved is None else moment(resolved))
    assert status.first_response_at == (None if answered is None else moment(answered))
    for name, done, due in (("response", answered, status.response_due_at),
                            ("resolution", resolved, status.resolution_due_at)):  # fmt: skip
        late = reached[name] is not None and reached[name] < (now if done is None else done)
        met = getattr(status, f"{name}_met")
        assert met == (False if late else None if done is None else True)
        if reached[name] is not None:
            assert due == moment(reached[name])
    missed = False in (status.response_met, status.resolution_met)
    expected = (
        "failed" if missed else "fulfilled" if resolved is not None else "paused" if paused
        else "first_response_due" if answered is None else "resolution_due"
    )  # fmt: skip
    assert status.state == expected


# ---------------------------------------------------------------------------------------------- states


LEVEL = ServiceLevel("usual", 60, 480, OFFICE)


@pytest.mark.parametrize(
    ("events", "now", "state", "met"),
    [
        ([], "09:30", "first_response_due", (None, None)),
        ([], "10:00", "first_response_due", (None, None)),  # on the deadline it is not missed yet
        ([], "10:01", "failed", (False, None)),
        ([("10:00", "responded")], "11:00", "resolution_due", (True, None)),
        ([("10:01", "responded")], "11:00", "failed", (False, None)),
        ([("09:10", "responded"), ("10:00", "paused")], "16:00", "paused", (True, None)),
        ([("09:10", "responded"), ("17:00", "resolved")], "20:00", "fulfilled", (True, True)),
        ([("09:10", "responded"), ("17:01", "resolved")], "20:00", "failed", (True, False)),
        ([("09:30", "resolved")], "20:00", "fulfilled", (True, True)),
        ([("09:30", "resolved"), ("15:00", "reopened")], "16:00", "resolution_due", (True, None)),
        ([("09:30", "opened")], "09:40", "letter", None),
    ],
)
def test_states(events, now, state, met):
    history = [(f"2026-03-02 {when}", kind) for when, kind in events]
    if state == "letter":
        with pytest.raises(InputError, match="opened already"):
            sla_status(LEVEL, "2026-03-02 09:00", history, f"2026-03-02 {now}")
        return
    status = sla_status(LEVEL, "2026-03-02 09:00", history, f"2026-03-02 {now}")
    assert status.state == state
    assert (status.response_met, status.resolution_met) == met


def test_a_reopened_request_goes_on_with_what_was_left():
    history = [("2026-03-02 12:00", "resolved"), ("2026-03-03 10:00", "reopened")]
    status = sla_status(LEVEL, "2026-03-02 09:00", history, "2026-03-03 11:00")
    assert status.resolution_due_at == at("2026-03-03 15:00")  # 3 h used, 5 h left at ten o'clock
    assert status.hold_minutes == 0
    assert status.resolved_at is None


def test_a_queue_is_judged_as_its_requests_one_by_one():
    levels = {"high": ServiceLevel("high", 30, 120, WITH_LUNCH), "low": ServiceLevel("low", 240, 4800, OFFICE)}
    starts = [MONDAY + timedelta(minutes=7 * number) for number in range(300)]
    requests = pd.DataFrame({"request_id": range(300), "priority": ["high", "low"] * 150, "opened_at": starts})
    told = [(number, start + timedelta(minutes=20 + number % 90), "responded") for number, start in enumerate(starts)]
    told += [(number, start + timedelta(minutes=120), "paused") for number, start in enumerate(starts) if number % 3]
    told += [(number, start + timedelta(days=1), "resumed") for number, start in enumerate(starts) if number % 3 == 1]
    events = pd.DataFrame(told, columns=["request_id", "at", "kind"])
    kept = events.copy()
    table = sla_table(levels, requests, events, now="2026-03-06 12:00")
    assert set(table["state"]) >= {"failed", "paused", "resolution_due"}
    for row in table.to_dict("records"):
        number = row.pop("request_id")
        own = [(when, kind) for one, when, kind in told if one == number]
        status = sla_status(levels[requests["priority"][number]], starts[number], own, "2026-03-06 12:00")
        for name, value in row.items():
            expected = getattr(status, name)
            assert (pd.isna(value) and expected is None) or value == expected, (number, name)
    assert events.equals(kept)


def test_a_queue_of_100_000_has_its_deadlines_in_a_moment():
    starts = np.datetime64("2025-01-01") + (np.arange(100_000) * 317).astype("timedelta64[s]")
    begin = stopwatch.perf_counter()
    due = due_at(WITH_LUNCH, starts, 480.0)
    assert (working_minutes(WITH_LUNCH, starts, due) == 480).all()
    assert stopwatch.perf_counter() - begin < 2.0  # 0.05 s here; twenty times that on a slow, busy machine


def test_hours_are_values_that_travel_between_processes():
    again = pickle.loads(pickle.dumps(WITH_LUNCH))
    assert again == WITH_LUNCH
    assert hash(again) == hash(WITH_LUNCH)
    assert due_at(again, "2026-03-02 09:00", 60) == at("2026-03-02 10:00")


def test_missing_times_in_a_column_give_missing_results_and_only_there():
    ends = pd.Series([pd.Timestamp("2026-03-02 10:00"), pd.NaT])
    minutes = working_minutes(OFFICE, "2026-03-02 09:00", ends)
    assert minutes[0] == 60
    assert np.isnan(minutes[1])
    assert np.isnat(due_at(OFFICE, ends, 60)[1])


# ---------------------------------------------------------------------------------------------- letters


def letter(make, code="en"):
    with language(code), pytest.raises(InputError) as caught:
        make()
    return caught.value


BAD_HOURS = {
    0: [(time(18), time(9))], 1: [(time(9), time(13)), (time(12), time(18))], 2: ["9-18"], 9: [(time(9), time(18))],
}  # fmt: skip


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_all_problems_of_hours_come_in_one_letter(spoken):
    found = letter(lambda: BusinessHours(BAD_HOURS, holidays=("9 March", date(2026, 3, 9)),
                                         special_days={date(2026, 3, 9): []}), spoken)  # fmt: skip
    assert [problem.code for problem in found.problems] == [
        "reversed_interval", "overlapping_intervals", "no_interval", "unknown_weekday", "no_date", "two_kinds",
    ]  # fmt: skip
    assert ("Monday" in str(found)) == (spoken == "en")


@pytest.mark.parametrize("week", [{}, {0: ()}, ((),) * 7])
def test_a_week_without_work_is_refused(week):
    assert [problem.code for problem in letter(lambda: BusinessHours(week)).problems] == ["empty_week"]


def test_years_without_working_time_are_refused_with_the_number():
    days = [date(2026, 1, 1) + timedelta(days=day) for day in range(12 * 366)]
    closed = BusinessHours(OFFICE.week, holidays=days)
    found = letter(lambda: due_at(closed, "2026-01-01 09:00", 5))
    assert "In the 10 years after 2026-01-01 09:00:00 there are fewer than 5 working minutes." in str(found)
    assert letter(lambda: due_at(OFFICE, ["2026-01-01 09:00"] * 2, [5, 1e8])).problems[0].rows == (2,)
    assert due_at(closed, "2025-12-31 16:00", 60) == at("2025-12-31 17:00")


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (lambda: working_minutes(OFFICE, "2026-03-03", "2026-03-02"), ["reversed"]),
        (lambda: working_minutes("9-17", "soon", MONDAY), ["no_hours", "no_time"]),
        (lambda: working_minutes(OFFICE, MONDAY.replace(tzinfo=dt.UTC), date(2026, 3, 2)), ["time_zone", "no_time"]),
        (lambda: working_minutes(OFFICE, MONDAY, None), ["no_time"]),
        (lambda: working_minutes(OFFICE, "1700-01-01", MONDAY), ["outside_calendar"]),
        (lambda: working_minutes(OFFICE, [MONDAY] * 3, [MONDAY] * 2), ["other_length"]),
        (lambda: due_at(OFFICE, MONDAY, -1), ["no_minutes"]),
        (lambda: due_at(OFFICE, MONDAY, float("nan")), ["no_minutes"]),
        (lambda: due_at(OFFICE, MONDAY, "60"), ["no_minutes"]),
        (lambda: due_at(OFFICE, MONDAY, 60, holds=[(MONDAY, None)]), ["hold_without_end"]),
        (lambda: due_at(OFFICE, MONDAY, 60, holds=[MONDAY]), ["no_hold"]),
        (lambda: due_at(OFFICE, MONDAY, 60, holds=[(at("2026-03-03"), MONDAY)]), ["reversed_hold"]),
        (lambda: due_at(OFFICE, MONDAY, 60, holds=[(MONDAY, at("2026-03-04")), (at("2026-03-03"), at("2026-03-05"))]),
         ["overlapping_holds"]),
        (lambda: due_at(OFFICE, [MONDAY, MONDAY], 60, holds=[(MONDAY, at("2026-03-04"))]), ["holds_of_many"]),
        (lambda: ServiceLevel("x", 600, 60, OFFICE), ["response_after_resolution"]),
        (lambda: ServiceLevel("x", -5, "soon", None), ["outside_range", "outside_range", "no_hours"]),
    ],
)  # fmt: skip
def test_what_cannot_be_counted_is_refused_with_all_its_problems(make, codes):
    assert [problem.code for problem in letter(make).problems] == codes
    assert [problem.code for problem in letter(make, "ru").problems] == codes


BAD_HISTORY = [
    ("2026-03-02 08:00", "responded"), ("2026-03-02 10:00", "resumed"), ("2026-03-02 11:00", "paused"),
    ("2026-03-02 10:30", "paused"), ("2026-03-02 12:00", "resolved"), ("2026-03-02 13:00", "resolved"),
    ("2026-03-02 14:00", "closed"), ("2026-03-02 15:00", "paused"), ("2026-03-02 16:00", "reopened"),
    ("2026-03-02 16:30", "reopened"), ("2026-03-05 09:00", "assigned"),
]  # fmt: skip


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_all_problems_of_a_history_come_in_one_letter(spoken):
    found = letter(lambda: sla_status(LEVEL, "2026-03-02 09:00", BAD_HISTORY, "2026-03-04 09:00"), spoken)
    assert [(problem.code, problem.rows) for problem in found.problems] == [
        ("out_of_order", (1,)), ("resume_without_pause", (2,)), ("out_of_order", (4,)), ("pause_without_end", (4,)),
        ("pause_without_end", (5,)), ("resolved_twice", (6,)), ("unknown_kind", (7,)), ("pause_of_resolved", (8,)),
        ("reopen_without_resolution", (10,)), ("after_now", (11,)),
    ]  # fmt: skip
    assert ("has no end" in str(found)) == (spoken == "en")


def test_a_slip_of_the_pen_in_a_kind_is_answered_by_the_likely_one():
    found = letter(lambda: sla_status(LEVEL, MONDAY, [(MONDAY, "resovled")], MONDAY))
    assert "Did you mean `resolved`?" in str(found)


def test_a_queue_tells_the_request_of_every_problem():
    requests = pd.DataFrame(
        {"request_id": [1, 2, 2], "priority": ["high", "usual", "usual"], "opened_at": [MONDAY] * 3}
    )
    events = pd.DataFrame({"request_id": [7], "at": [MONDAY], "kind": ["resolved"]})
    found = letter(lambda: sla_table({"usual": LEVEL}, requests, events, now=MONDAY))
    assert [problem.code for problem in found.problems] == ["unknown_priority", "request_twice", "unknown_request"]
    requests = requests.iloc[1:2]
    events = pd.DataFrame({"request_id": [2], "at": [MONDAY], "kind": ["resumed"]})
    found = letter(lambda: sla_table({"usual": LEVEL}, requests, events, now=MONDAY))
    assert "Request 2: Event 1, 2026-03-02 00:00:00: The request is resumed" in str(found)
