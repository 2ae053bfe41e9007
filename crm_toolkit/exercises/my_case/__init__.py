"""«My case», the practical task P2: a purchase that a student really made, in ten steps after Hawkins, Best and Coney.

case       the ten steps as one frozen value, empty until something is said
worked     what follows from it: rules, flips, situations, satisfaction, feedback; or why not yet
review     gaps and contradictions step by step, never opinions
files      one readable JSON file on this computer, written whole, never over a stranger; rescue of a damaged one
redaction  own words, names, days withheld by choice
"""

from crm_toolkit.exercises.my_case.case import (
    RULES,
    SOURCES,
    STEPS,
    About,
    Alternative,
    Belief,
    Criterion,
    Encounter,
    Experience,
    Look,
    MyCase,
    Need,
    Preference,
    RealChoice,
    Reflection,
    Search,
    Switch,
)
from crm_toolkit.exercises.my_case.files import case_from_json, case_to_json, load_case, rescue_case, save_case
from crm_toolkit.exercises.my_case.redaction import HIDING, hidden_by_default, redacted
from crm_toolkit.exercises.my_case.review import review_case
from crm_toolkit.exercises.my_case.worked import Worked, stages_done, work_out

__all__ = [
    "HIDING",
    "RULES",
    "SOURCES",
    "STEPS",
    "About",
    "Alternative",
    "Belief",
    "Criterion",
    "Encounter",
    "Experience",
    "Look",
    "MyCase",
    "Need",
    "Preference",
    "RealChoice",
    "Reflection",
    "Search",
    "Switch",
    "Worked",
    "case_from_json",
    "case_to_json",
    "hidden_by_default",
    "load_case",
    "redacted",
    "rescue_case",
    "review_case",
    "save_case",
    "stages_done",
    "work_out",
]
