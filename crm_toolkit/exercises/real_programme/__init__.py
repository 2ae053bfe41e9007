"""The work on the programme of a real organisation, the practical task P3: from its description to the critique.

work    the seven steps as one frozen value, empty until something is said
fields  the fields of the form in words, and typed text as values
year    a sample member's year, run through the ledger
worked  rules, year, money, size of a test: what follows
flags   rules that deserve a second look
review  gaps and contradictions step by step
files   one readable JSON file on this computer

The toolkit knows no real programme: what the organisation does not state is marked, never filled in.
"""

from crm_toolkit.exercises.real_programme.fields import LABELS, OPTIONS, PARTS
from crm_toolkit.exercises.real_programme.files import load_programme_work, save_programme_work
from crm_toolkit.exercises.real_programme.flags import Flag, programme_flags
from crm_toolkit.exercises.real_programme.review import ProgrammeReview, parts_answered, review_programme
from crm_toolkit.exercises.real_programme.work import (
    DECISIONS,
    FIGURES,
    NEEDED,
    ORIGINS,
    OUTCOMES,
    RUBRIC,
    STEPS,
    USES,
    About,
    Assumed,
    Critique,
    EvaluationPlan,
    FieldStated,
    Figure,
    ProgrammeWork,
    SampleMember,
)
from crm_toolkit.exercises.real_programme.worked import Money, NumberUsed, Worked, work_out_programme
from crm_toolkit.exercises.real_programme.year import MemberYear, member_year

__all__ = [
    "DECISIONS",
    "FIGURES",
    "LABELS",
    "NEEDED",
    "OPTIONS",
    "ORIGINS",
    "OUTCOMES",
    "PARTS",
    "RUBRIC",
    "STEPS",
    "USES",
    "About",
    "Assumed",
    "Critique",
    "EvaluationPlan",
    "FieldStated",
    "Figure",
    "Flag",
    "MemberYear",
    "Money",
    "NumberUsed",
    "ProgrammeReview",
    "ProgrammeWork",
    "SampleMember",
    "Worked",
    "load_programme_work",
    "member_year",
    "parts_answered",
    "programme_flags",
    "review_programme",
    "save_programme_work",
    "work_out_programme",
]
