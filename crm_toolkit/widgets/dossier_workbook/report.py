"""What goes into the skeleton of a report on an organisation."""

from __future__ import annotations

from crm_toolkit.exercises.organisation_dossier import STEPS, Dossier, review_dossier
from crm_toolkit.texts import mark, say
from crm_toolkit.widgets.dossier_workbook.drawing import funnel_drawing
from crm_toolkit.widgets.dossier_workbook.told import follows, said
from crm_toolkit.widgets.skeleton import Chapter, Skeleton

TO_WRITE = {
    1: mark("Which organisation is it, whom does it serve, and how good are your sources?"),
    2: mark("How does it attract, through what should that work, and what does the number say?"),
    3: mark("How does it serve, what happens when it goes wrong, and what does the number say?"),
    4: mark("How does it keep and win back, and what does the number say?"),
    5: mark("Where are people lost, and how sure is that? Which share is no conversion of the same people?"),
    6: mark("Where does the client's view part from the organisation's?"),
    7: mark("Where does value leak, why there, and what would prove you wrong?"),
    8: mark("What do you advise, at what price, and under which circumstances would you advise the opposite?"),
    9: mark("Where is your work weakest, and what would the next level take?"),
}


def dossier_report(dossier: Dossier) -> Skeleton:
    """The skeleton of a report on an organisation, in the reader's language.

    Parameters
    ----------
    dossier : Dossier
        As it stands.

    Returns
    -------
    Skeleton
        ``.html``, ``.docx``, ``.save("report.html")``; a PDF is printed by a browser of this computer.

    Examples
    --------
    >>> len(dossier_report(Dossier()).chapters)
    9
    """
    review = review_dossier(dossier)
    worked = review.worked
    chapters = tuple(
        Chapter(f"{step}. {say(label)}", said(step, dossier), follows(step, dossier, worked) if step != 6 else [],
                say(TO_WRITE[step])) for step, label in STEPS.items()
    )  # fmt: skip
    whose = dossier.organisation.name.strip() or say("an organisation")
    findings = tuple(f"{one.step}. {one.text} {one.advice}".strip() for one in review.findings)
    title = say("Attraction, service, retention: {organisation}", organisation=whose)
    return Skeleton(title, chapters, say("Funnel to retention"), funnel_drawing(worked), findings)
