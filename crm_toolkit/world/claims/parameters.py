"""The numbers of the laboratory and the switches of its organisation, declared once.

Almost all are assumptions, chosen so that a small service organisation results: six employees who are busy for a bit
more than half of their time. They are not measurements; what the laboratory teaches is on what an effect depends.
"""

from __future__ import annotations

from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark

DAY, FRACTION, MINUTE, SECOND, MONEY = (
    mark("days"), mark("fraction"), mark("minutes"), mark("seconds"), mark("currency units"),
)  # fmt: skip

SWITCHES: dict[str, tuple[object, ...]] = {
    "base": ("silos", "one"),
    "knowledge_base": (False, True),
    "index": (False, True),
    "row_scope": ("own", "team", "all"),
    "field_width": ("narrow", "wide"),
}
SWITCHES_AT_REST: dict[str, object] = {
    "base": "silos", "knowledge_base": False, "index": False, "row_scope": "team", "field_width": "narrow",
}  # fmt: skip


def _knob(name: str, default: float, low: float, high: float, step: float, label: str, unit: str = "",
          origin: str = "assumption", reference: str = "") -> Knob:  # fmt: skip
    return Knob(name, default, low, high, step, label, unit, origin, reference)


_DECLARED = (
    _knob("days", 20, 2, 120, 1, mark("Working days"), DAY, "convention", "a month"),
    _knob("day_minutes", 480, 60, 1440, 10, mark("Length of a working day"), MINUTE, "convention", "eight hours"),
    _knob("cases_per_day", 10.0, 0.5, 60.0, 0.5, mark("New customers' cases in a day")),
    _knob("contacts_per_case", 2.2, 1.0, 5.0, 0.1, mark("Contacts of a case, mean")),
    _knob("gap_days", 1.0, 0.05, 20.0, 0.05, mark("Time between the contacts of a case, mean"), DAY),
    _knob("multi_share", 0.5, 0.0, 1.0, 0.05, mark("Share of customers who use several departments"), FRACTION),
    _knob("staff", 2, 1, 10, 1, mark("Employees of a department")),
    _knob("solve_minutes", 42.0, 1.0, 240.0, 1.0, mark("Time to settle a matter, mean"), MINUTE),
    _knob("short_minutes", 10.0, 0.0, 120.0, 1.0, mark("Time of a duplicate contact or a correction, mean"), MINUTE),
    _knob("return_days", 1.5, 0.05, 20.0, 0.05, mark("Time until a customer comes back, mean"), DAY),
    _knob("minute_cost", 0.5, 0.0, 1000.0, 0.05, mark("Cost of a minute of work"), MONEY),
    _knob("sync_lag_days", 3.0, 0.0, 7.0, 0.5, mark("Delay between the bases of the departments"), DAY),
    _knob("reask_minutes", 10.0, 0.0, 60.0, 0.5, mark("Time to ask again what another department knows"), MINUTE),
    _knob("contradiction_share", 0.2, 0.0, 1.0, 0.05, mark("Contradictory answers where the history is not seen"),
          FRACTION),
    _knob("duplicate_share", 0.3, 0.0, 1.0, 0.05, mark("Duplicate contacts where the history is not seen"), FRACTION),
    _knob("entry_minutes", 0.75, 0.0, 20.0, 0.25, mark("More time to enter a contact into one base"), MINUTE),
    _knob("base_cost_per_day", 10.0, 0.0, 10_000.0, 5.0, mark("Running cost of one base in a day"), MONEY),
    _knob("causes", 25, 1, 500, 1, mark("Different causes of requests")),
    _knob("repeat_share", 0.3, 0.0, 0.9, 0.05, mark("Share of solutions that do not last"), FRACTION),
    _knob("use_share", 0.7, 0.0, 1.0, 0.05, mark("Share of cases in which the knowledge base is searched"), FRACTION),
    _knob("findability", 0.8, 0.0, 1.0, 0.05, mark("Share of searches that find the article there is"), FRACTION),
    _knob("article_cure", 0.5, 0.0, 1.0, 0.05, mark("Part of the repeats that an article prevents"), FRACTION),
    _knob("article_saving", 0.2, 0.0, 1.0, 0.05, mark("Part of the time that an article saves"), FRACTION),
    _knob("lookup_minutes", 1.5, 0.0, 30.0, 0.5, mark("Time to look into the knowledge base"), MINUTE),
    _knob("write_share", 0.5, 0.0, 1.0, 0.05, mark("Share of new solutions that are written down"), FRACTION),
    _knob("write_minutes", 15.0, 0.0, 240.0, 1.0, mark("Time to write an article"), MINUTE),
    _knob("browse_seconds", 240.0, 0.0, 3600.0, 10.0, mark("Time to find a record by leafing, mean"), SECOND),
    _knob("index_seconds", 30.0, 0.0, 3600.0, 5.0, mark("Time to find a record by the index, mean"), SECOND),
    _knob("tagging", 0.95, 0.0, 1.0, 0.05, mark("Share of records that are tagged properly"), FRACTION),
    _knob("tag_seconds", 20.0, 0.0, 600.0, 5.0, mark("Time to tag a record properly"), SECOND),
    _knob("browse_wrong", 0.08, 0.0, 0.9, 0.01, mark("Wrong record found by leafing"), FRACTION),
    _knob("index_wrong", 0.02, 0.0, 0.9, 0.01, mark("Wrong record found by the index, properly tagged"), FRACTION),
    _knob("notice_share", 0.5, 0.0, 1.0, 0.05, mark("Share of badly tagged records at which the slip is noticed"),
          FRACTION),
    _knob("own_share", 0.5, 0.0, 1.0, 0.05, mark("Share of questions from the employee's own customers"), FRACTION),
    _knob("team_share", 0.6, 0.0, 1.0, 0.05, mark("Share of the other questions from the team's customers"), FRACTION),
    _knob("handover_minutes", 6.0, 0.0, 60.0, 0.5, mark("Time to hand a question over"), MINUTE),
    _knob("clients_on_file", 5000, 1, 10_000_000, 100, mark("Customers on file")),
    _knob("incident_rate", 0.02, 0.0, 5.0, 0.01, mark("Incidents with data for one employee in a year")),
    _knob("field_cost", 1.25, 0.0, 1000.0, 0.05, mark("Damage for one personal field of one customer"), MONEY),
    _knob("year_days", 250, 1, 366, 1, mark("Working days in a year"), DAY, "convention", "five-day week, holidays"),
)  # fmt: skip

KNOBS: dict[str, Knob] = {knob.name: knob for knob in _DECLARED}
REPLICATIONS = Knob("replications", 30, 2, 1000, 1, mark("Replications"), origin="convention")
