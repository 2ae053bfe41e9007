"""Quiz and prediction of lesson 03: access, knowledge, speed. Misconceptions 11, 12, 20 of the course."""

from __future__ import annotations

from crm_toolkit.exercises.quiz import Choice, Prediction, Quiz, QuizItem
from crm_toolkit.texts import mark

ACCESS = Quiz(
    id="access",
    lesson="03",
    title=mark("Access, knowledge, speed"),
    items=(
        QuizItem("everybody", mark("“Everybody sees everything, so every question is answered at once.” What is "
                                   "missing in this plan?"), (
            Choice(mark("Nothing: the more access people have, the better and the quicker the organisation answers."),
                   mark("Time is counted, exposure is not. Each needless look at a personal field is a risk that "
                        "somebody else "
                        "bears.")),
            Choice(mark("Faster computers."), mark("Speed of the machine is not what changes with access.")),
            Choice(mark("A rule that nobody may see anything."),
                   mark("Then nobody can answer, and everybody asks the one who can. That has a price too.")),
            Choice(mark("The price: personal fields shown without need, and what an incident costs."),
                   mark("Yes. Between too narrow and too wide lies a point that can be computed and defended."),
                   right=True),
        )),
        QuizItem("masking", mark("A role sees telephones masked. Where else has the mask to hold?"), (
            Choice(mark("Only on the card: that is where people look."),
                   mark("Values escape through side doors: the history of changes, the search, an export, a message.")),
            Choice(mark("In search, history, export, messages and counts as well."),
                   mark("Yes. That is why it is applied in one place below all of them."), right=True),
            Choice(mark("Nowhere, if people have signed a promise."),
                   mark("A promise matters, but it does not hold against mistakes.")),
            Choice(mark("In the export only: files leave the house, everything else stays inside."),
                   mark("A search that finds a person by a hidden telephone has told the telephone.")),
        )),
        QuizItem("anonymous", mark("Names are deleted from a table; date of birth, town and profession stay. Is it "
                                   "anonymous?"), (
            Choice(mark("Not necessarily: rare combinations point to one person."),
                   mark("Yes. Count the smallest group of equal rows: if it is 1, somebody can be recognised."),
                   right=True),
            Choice(mark("Yes, there are no names."),
                   mark("No names is taken for anonymous. How many people share one date of birth, town and "
                        "profession?")),
            Choice(mark("Yes, if the telephones are replaced by their digests (SHA-256)."),
                   mark("There are so few telephone numbers that all digests can be computed. A key is needed.")),
            Choice(mark("No: a table about people can never be anonymous."),
                   mark("Groups can be made large enough. It costs accuracy, and how much can be measured.")),
        )),
        QuizItem("knowledge", mark("A knowledge base of 300 articles was written; repeated failures did not become "
                                   "fewer. Most likely:"), (
            Choice(mark("There are too few articles."),
                   mark("Before writing more, look whether the ones that are there are found and used.")),
            Choice(mark("What matters in service is experience, and that can't be written down."), mark("Some can't. "
                                                                                                        "But 300 "
                                                                                                        "articles "
                                                                                                        "without a "
                                                                                                        "single use "
                                                                  "prove nothing.")),
            Choice(mark("The articles are not found or not used."),
                   mark("Yes. Knowledge works when it is used; so count uses, not articles."), right=True),
            Choice(mark("The customers complain more."), mark("Repeated failures are counted here, not complaints.")),
        )),
        QuizItem("silos", mark("When does joining three departments' databases into one bring the least?"), (
            Choice(mark("When many customers deal with several departments."),
                   mark("Just there it brings most: these are the customers who are asked twice.")),
            Choice(mark("When almost every customer deals with one department only."),
                   mark("Yes. The costs of joining are there all the same: a claim about CRM has its "
                        "conditions."), right=True),
            Choice(mark("When the databases are exchanged once a week."), mark("The older the copy, the more "
                                                                               "joining brings.")),
            Choice(mark("Never: one base is always better."),
                   mark("Integration has a price. If few customers cross departments there is little to win.")),
        )),
        QuizItem("hold", mark("A request waits for the customer from 17:00 to 9:00; the desk works from 9:00 to "
                              "17:00. By how much does the "
                              "deadline move?"), (
            Choice(mark("Not at all."), mark("Yes. The hold holds no working minute."), right=True),
            Choice(mark("By 16 hours."), mark("At night the clock stands still anyway; it can't be stopped twice.")),
            Choice(mark("By one working day."), mark("Count the working minutes between 17:00 and 9:00.")),
            Choice(mark("By 8 hours."), mark("That would be the working time of a whole day. Was the desk open during "
                                             "the hold?")),
        )),
    ),
)  # fmt: skip

QUIZZES = (ACCESS,)
PREDICTIONS = (
    Prediction(
        "silo_minutes",
        "03",
        mark("By how many per cent does one common base shorten the time of work on a request?"),
        unit="%",
    ),
)
