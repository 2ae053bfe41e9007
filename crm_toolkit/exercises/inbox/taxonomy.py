"""What a client relations department does, in eight tasks, and the six ways to answer what comes in.

The tasks are those of the course (discussion question 3 of the chapter): taking in, complaints, knowledge base,
feedback, retention, win-back, analytics, coordination of departments. An answer that is too small settles little; one
that is too large settles it and costs minutes that somebody else was waiting for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from crm_toolkit.firm import BusinessHours, ServiceLevel
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark

TASKS = {
    "intake": mark("taking in requests"),
    "complaints": mark("complaints"),
    "knowledge_base": mark("knowledge base"),
    "feedback": mark("feedback from customers"),
    "retention": mark("retention"),
    "win_back": mark("winning back"),
    "analytics": mark("analytics"),
    "coordination": mark("coordination of departments"),
}
KINDS = {
    "complaint": mark("complaint"),
    "question": mark("question"),
    "request": mark("request"),
    "praise": mark("praise"),
    "internal": mark("from colleagues"),
}


@dataclass(frozen=True)
class Answer:
    """A way to answer: what it is called and the minutes that it usually takes (an assumption)."""

    title: str
    minutes: int


ANSWERS = {
    "record": Answer(mark("only record it"), 3),
    "article": Answer(mark("send a ready article"), 5),
    "pass_on": Answer(mark("hand over to another department"), 8),
    "reply": Answer(mark("answer personally in writing"), 12),
    "call": Answer(mark("call and settle it"), 25),
    "work": Answer(mark("sit down and do it"), 30),
}
SETTLES = {
    "record": {"record": 1.0, "article": 1.0, "pass_on": 0.6, "reply": 1.0, "call": 1.0, "work": 0.8},
    "article": {"record": 0.1, "article": 1.0, "pass_on": 0.4, "reply": 1.0, "call": 1.0, "work": 0.4},
    "pass_on": {"record": 0.0, "article": 0.1, "pass_on": 1.0, "reply": 0.4, "call": 0.5, "work": 0.6},
    "reply": {"record": 0.1, "article": 0.4, "pass_on": 0.4, "reply": 1.0, "call": 1.0, "work": 0.4},
    "call": {"record": 0.0, "article": 0.1, "pass_on": 0.3, "reply": 0.5, "call": 1.0, "work": 0.3},
    "work": {"record": 0.0, "article": 0.0, "pass_on": 0.3, "reply": 0.2, "call": 0.3, "work": 1.0},
}
"""What is needed → what is done → the part that is settled; an assumption of the course."""

LATE = Knob("late", 0.4, 0.0, 1.0, 0.05, mark("Part that is still kept if it is settled late"), unit=mark("fraction"))
CARRIED = Knob(
    "carried", 0.9, 0.0, 1.0, 0.05, mark("Part that is kept if it is left for tomorrow in time"), unit=mark("fraction")
)

DAY_MINUTES = 480
HOURS = BusinessHours({weekday: ((time(9), time(13)), (time(14), time(18))) for weekday in range(5)})
URGENCIES = {
    "urgent": mark("within an hour"),
    "high": mark("within three hours"),
    "usual": mark("within a working day"),
    "later": mark("within three days"),
}
LEVELS = {
    "urgent": ServiceLevel("urgent", 30, 60, HOURS),
    "high": ServiceLevel("high", 120, 180, HOURS),
    "usual": ServiceLevel("usual", 480, 480, HOURS),
    "later": ServiceLevel("later", 960, 1440, HOURS),
}
"""What the department promises, in working minutes; a convention of this game."""
