"""The skeleton of the student's report: own answers, what follows from them, what is left to write; HTML, DOCX, PDF.

What is withheld was withheld before: a report is made of a redacted case, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Collection

from crm_toolkit.exercises.my_case import STEPS, MyCase, Worked, review_case, stages_done, work_out
from crm_toolkit.texts import mark, say
from crm_toolkit.widgets.case_canvas.told import follows, said
from crm_toolkit.widgets.models.model_diagram import Diagram, model_diagram
from crm_toolkit.widgets.skeleton import Chapter, Skeleton

FEEDBACK_SCALE = 2.0
_OF_HIDDEN = {"words": ("thin", "repeated"), "days": ("no_day", "undated", "future", "search_after")}
TO_WRITE = {
    1: mark("Which purchase is it, and why is it worth a look? Name the situation."),
    2: mark("Which three influences were the strongest, and by what is that seen? Which did not manifest themselves?"),
    3: mark("What opened the gap: wanting more, or having less?"),
    4: mark("How far did you search, and why no further?"),
    5: mark("Do your stated weights and your choices agree? If not, which of them do you believe?"),
    6: mark("Which rule comes nearest, which other one does too, and what would have flipped the choice?"),
    7: mark("In which situation would you have chosen otherwise?"),
    8: mark("What did you expect, what did you get, and did you doubt afterwards?"),
    9: mark("What do you believe now that you did not believe before, and what will that do to the next purchase?"),
    10: mark("What does the model not explain here? What follows for the provider?"),
}


def case_report(case: MyCase, *, withheld: Collection[str] = ()) -> Skeleton:
    """The skeleton of a report on a case, in the reader's language; redact the case before.

    Parameters
    ----------
    case : MyCase
        What may be shown.
    withheld : collection of str
        What was hidden in it (codes of `HIDING`): of that no open point is made.

    Examples
    --------
    >>> len(case_report(MyCase()).chapters)
    10
    """
    found = work_out(case)
    chapters = tuple(Chapter(f"{step}. {say(label)}", said(step, case), follows(step, case, found), say(TO_WRITE[step]))
                     for step, label in STEPS.items())  # fmt: skip
    purchase = case.about.purchase.strip() or say("a purchase")
    quiet = {code for name in withheld for code in _OF_HIDDEN.get(name, ())}
    findings = tuple(f"{one.step}. {one.text} {one.advice}".strip() for one in review_case(case, worked=found).findings
                     if one.code not in quiet)  # fmt: skip
    title = say("My case: {purchase}", purchase=purchase)
    return Skeleton(title, chapters, say("The whole model"), diagram_of(case, found), findings)


def diagram_of(case: MyCase, found: Worked) -> Diagram:
    """The model in which what is filled in lights up."""
    names = "; ".join(found.in_force) or case.about.setting.strip()
    return model_diagram(case.canvas, stages=stages_done(case, found), situation=names, feedback=found.feedback,
                         feedback_scale=FEEDBACK_SCALE)  # fmt: skip
