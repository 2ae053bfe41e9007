"""Named data: the verbs promise the cost.

``make_`` generates on your machine, ``load_`` opens what is shipped, ``fetch_`` opens real data from an
installed package, ``read_`` reads your own file with a report, ``write_`` saves: a table so that no spreadsheet
runs it, or the data of a seminar.
"""

# ruff: noqa: F401
from typing import TYPE_CHECKING

from crm_toolkit._rooms import on_first_use
from crm_toolkit.schema.arguments import with_kinds_told

if TYPE_CHECKING:
    from crm_toolkit.datasets.complete_journey import CompleteJourney, complete_journey_file, fetch_complete_journey
    from crm_toolkit.datasets.event_log import load_event_log
    from crm_toolkit.datasets.generated import make_purchases
    from crm_toolkit.datasets.orientation_survey import make_orientation_survey
    from crm_toolkit.datasets.people import make_customers
    from crm_toolkit.datasets.reading import read_contacts, read_customers, read_purchases
    from crm_toolkit.datasets.segment_customers import make_segment_customers
    from crm_toolkit.datasets.seminar import write_seminar
    from crm_toolkit.datasets.stores import make_store
    from crm_toolkit.datasets.switching_incidents import make_switching_incidents
    from crm_toolkit.datasets.worlds import load_world
    from crm_toolkit.intake.writing import write_table

_TOPICS = {
    "complete_journey": "CompleteJourney complete_journey_file fetch_complete_journey",
    "event_log": "load_event_log",
    "generated": "make_purchases",
    "orientation_survey": "make_orientation_survey",
    "people": "make_customers",
    "reading": "read_contacts read_customers read_purchases",
    "segment_customers": "make_segment_customers",
    "seminar": "write_seminar",
    "stores": "make_store",
    "switching_incidents": "make_switching_incidents",
    "worlds": "load_world",
    "crm_toolkit.intake.writing": "write_table",
}

__all__ = on_first_use(__name__, _TOPICS, with_kinds_told)
