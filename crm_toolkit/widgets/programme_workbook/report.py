"""What goes into the skeleton of a report on a real programme; its card for machines; the picture of the year."""

from __future__ import annotations

from functools import lru_cache

from crm_toolkit import plots
from crm_toolkit.errors import CRMError, InputError
from crm_toolkit.exercises.real_programme import (
    STEPS,
    ProgrammeWork,
    SampleMember,
    review_programme,
    work_out_programme,
)
from crm_toolkit.exercises.real_programme.year import member_year
from crm_toolkit.firm.loyalty import LoyaltyProgramme
from crm_toolkit.texts import language, mark, say
from crm_toolkit.widgets.models.model_diagram import Diagram
from crm_toolkit.widgets.programme_workbook.told import follows, said
from crm_toolkit.widgets.skeleton import Chapter, Skeleton

TO_WRITE = {
    1: mark("Which organisation, which programme, and how well is it told? Where do sources contradict each other?"),
    2: mark("Which rules had to be assumed, and which of them matters?"),
    3: mark("What does the year look like from the member's side? When does it pay to be a member?"),
    4: mark("From which lift on does it pay, what does that hang on, and who gets a gift without a cause?"),
    5: mark("What exactly is compared, for how long, and what will you do at which result?"),
    6: mark("Judge: who wins, what deceives, what would you change, and at what cost?"),
    7: mark("Where is your work weakest, and what would the next level take?"),
}


def real_programme_report(work: ProgrammeWork) -> Skeleton:
    """The skeleton of a report on a real programme, in the reader's language.

    Parameters
    ----------
    work : ProgrammeWork
        As it stands.

    Returns
    -------
    Skeleton
        ``.html``, ``.docx``, ``.save("report.html")``; a PDF is printed by a browser of this computer.

    Examples
    --------
    >>> len(real_programme_report(ProgrammeWork()).chapters)
    7
    """
    review = review_programme(work)
    chapters = tuple(Chapter(f"{step}. {say(label)}", said(step, work), follows(step, work, review.worked),
                             say(TO_WRITE[step])) for step, label in STEPS.items())  # fmt: skip
    name = work.about.programme.strip() or say("Loyalty programme")
    whose = work.about.organisation.strip() or say("an organisation")
    findings = tuple(f"{one.step}. {one.text} {one.advice}".strip() for one in review.findings)
    title = say("{programme}: {organisation}", programme=name, organisation=whose)
    return Skeleton(title, chapters, say("The sample member's year"), year_picture(work), findings)


def programme_card(work: ProgrammeWork) -> str:
    """The programme with its dated sources for machines, as TOML; `ProgrammeForm.from_toml` reads it.

    Raises
    ------
    InputError
        If what was entered can't be read yet; all problems at once.
    """
    worked = work_out_programme(work)
    if worked.form is None:
        raise InputError(say("There is no card of the programme yet."), worked.problems)
    return worked.form.to_toml()


def year_picture(work: ProgrammeWork) -> Diagram:
    """The account of the sample member as a picture and in words."""
    programme = work_out_programme(work).programme
    nothing = say("There is no account of points to draw yet.")
    if programme is None or programme.burning is None:
        return Diagram("", (nothing,))
    drawn = _drawn(programme, work.member, str(language()))
    return drawn or Diagram("", (nothing,))


@lru_cache(maxsize=4)
def _drawn(programme: LoyaltyProgramme, member: SampleMember, _language: str) -> Diagram | None:
    assert programme.burning is not None
    if not (member.first_day and member.every_days and member.visits and member.amount):
        return None
    try:
        year = member_year(programme, member)
        chart = plots.member_account_chart(year.bookings, max(programme.burning.threshold, programme.burning.minimum))
        picture = plots.show(chart)
    except CRMError:
        return None
    return Diagram(picture.html, (picture.alt,), (picture.png,))
