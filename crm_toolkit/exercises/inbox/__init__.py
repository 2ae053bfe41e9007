"""A day at the inbox of a client relations department (discussion question 3 of the chapter), without any widget.

taxonomy   the eight tasks of the department, the ways to answer, what is promised
events     forty events of a student's own organisation
play       the clock, what was done, what it was worth
policies   the same day by a rule: first come, by value, by the label's deadline, by judgement

It stands in `exercises` and not in `world`: nothing of it is simulated from causes, it is a task with own numbers,
played and then judged by a key.
"""

from crm_toolkit.exercises.inbox.events import Event, InboxDay, clock_of, draw_day
from crm_toolkit.exercises.inbox.play import InboxResult, Move, Standing, needed, play, result_of
from crm_toolkit.exercises.inbox.policies import POLICIES, moves_of
from crm_toolkit.exercises.inbox.taxonomy import ANSWERS, KINDS, LEVELS, TASKS, URGENCIES

__all__ = [
    "ANSWERS",
    "KINDS",
    "LEVELS",
    "POLICIES",
    "TASKS",
    "URGENCIES",
    "Event",
    "InboxDay",
    "InboxResult",
    "Move",
    "Standing",
    "clock_of",
    "draw_day",
    "moves_of",
    "needed",
    "play",
    "result_of",
]
