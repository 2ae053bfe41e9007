"""What goes into the skeleton of a report on a designed programme."""

from __future__ import annotations

import pandas as pd

from crm_toolkit.errors import CRMError
from crm_toolkit.texts import format_number, mark, say
from crm_toolkit.widgets.models.model_diagram import Diagram
from crm_toolkit.widgets.programme_designer import lab
from crm_toolkit.widgets.programme_designer.debrief import mechanisms_told, pictures
from crm_toolkit.widgets.programme_designer.plan import STEPS, ProgrammeDesign
from crm_toolkit.widgets.programme_designer.told import follows, said
from crm_toolkit.widgets.skeleton import Block, Chapter, Skeleton

TO_WRITE = {
    1: mark("What shall members do that they don't do now, and why should these rules bring them to it?"),
    2: mark("Would you join? What does the member think on the day when points expire?"),
    3: mark("Why this holdout, this smallest effect, this rule? What would you have done with fewer customers?"),
    4: mark("Why do the methods disagree, and why do you believe this one?"),
    5: mark("By how much was each method wrong, and in which direction? Was the decision a good one?"),
    6: mark("What would you show the accountant, and what the owner?"),
    7: mark("What should the organisation do, and under which circumstances would you advise the opposite?"),
}


def programme_report(design: ProgrammeDesign, shares: pd.DataFrame | None = None) -> Skeleton:
    """The skeleton of a report on a programme, in the reader's language.

    Parameters
    ----------
    design : ProgrammeDesign
        As far as it has come: what is not committed is not in the report either.
    shares : DataFrame, optional
        What each mechanism contributed, as `shared_out` returns it.

    Returns
    -------
    Skeleton
        ``.html``, ``.docx``, ``.save("report.html")``; a PDF is printed by a browser of this computer.

    Examples
    --------
    >>> from crm_toolkit.widgets.programme_designer import new_design
    >>> len(programme_report(new_design(customers=300, weeks=60)).chapters)
    7
    """
    world = design.world
    origin = say("Made by scenario “{scenario}” ({locale}), customers {customers}, weeks {weeks}, seed {seed}, toolkit "
                 "{version}: the same numbers give the same run.", scenario=world.scenario, locale=world.locale,
                 customers=format_number(world.customers), weeks=format_number(world.weeks), seed=world.seed,
                 version=world.version)  # fmt: skip
    chapters, drawn = [], 2
    for step, label in STEPS.items():
        found: list[Block] = []
        try:
            found += [origin] if step == 1 else []
            found += follows(step, design)
            drawn = step if step in (4, 5) else drawn
            if step == 7 and shares is not None:
                found.append(mechanisms_told(shares, lab.ran(design).spec.scenario.currency))
        except CRMError as letter:
            found.append(" ".join(str(letter).split()))
        chapters.append(Chapter(f"{step}. {say(label)}", said(step, design), found, say(TO_WRITE[step])))
    shown = pictures(drawn, design)
    picture = Diagram("".join(one.html for one in shown), tuple(one.alt for one in shown),
                      tuple(one.png for one in shown))  # fmt: skip
    title = say("A loyalty programme: {scenario}", scenario=design.title)
    return Skeleton(title, tuple(chapters), say("In a picture"), picture, ())
