"""Quiz of lesson 12: at the helm. Misconceptions 3, 11, 15 and 22 of the course, and two on luck and attribution."""

from __future__ import annotations

from crm_toolkit.exercises.quiz import Choice, Prediction, Quiz, QuizItem
from crm_toolkit.texts import mark

HELM = Quiz(
    id="helm",
    lesson="12",
    title=mark("At the helm"),
    items=(
        QuizItem(
            "result_is_quality",
            mark("Your game ended with the best score of the group. Were your decisions the best?"),
            (
                Choice(
                    mark("Yes: the score says so."),
                    mark("The score holds decisions and luck together. Who else had your luck?"),
                ),
                Choice(
                    mark("No: a score can only be luck."),
                    mark("Too far the other way: on the same luck the difference to a twin is no luck at all."),
                ),
                Choice(
                    mark("Yes, if the luck index is high."),
                    mark("A high luck index says that the world was kind, not that the decisions were good."),
                ),
                Choice(
                    mark("Not shown yet: compare with twins on the same luck, and with other worlds."),
                    mark("Yes. Twins tell what the decisions did, the luck index how kind the world was."),
                    right=True,
                ),
            ),
        ),
        QuizItem(
            "must_add_up",
            mark(
                "Without staff decisions the score lacks 6 points, without data decisions 3. All decisions brought 7. "
                "Is there an error?"
            ),
            (
                Choice(
                    mark("Yes: 6 and 3 make 9."),
                    mark("Contributions by switching off add up only if decisions do not touch each other."),
                ),
                Choice(
                    mark("No: each helps the other, so both are missed twice."),
                    mark("Yes. What they do together is lacking whichever of the two is switched off."),
                    right=True,
                ),
                Choice(
                    mark("Yes: then all the other decisions together must have cost exactly 2 points."),
                    mark("Perhaps they cost something; nothing says that it fills the gap to 9."),
                ),
                Choice(mark("No: it is rounding."), mark("Two points are no rounding.")),
            ),
        ),
        QuizItem(
            "no_complaints",
            mark("The dashboard shows “complaints recorded: 0”. In the same quarter you stopped paying for records."),
            (
                Choice(
                    mark("Service has become faultless."),
                    mark("Nobody wrote anything down. No record is not no failure."),
                ),
                Choice(
                    mark("At least it has not become worse."), mark("Neither better nor worse can be seen from it.")
                ),
                Choice(
                    mark("It means nothing: one has stopped looking."),
                    mark("Yes. A figure that nobody records should say so, and not be 0."),
                    right=True,
                ),
                Choice(
                    mark("Clients have become more content with the price."),
                    mark("A story for a number that is no number."),
                ),
            ),
        ),
        QuizItem(
            "more_access",
            mark("Access for everybody to everything saves minutes on every visit. What speaks against it?"),
            (
                Choice(
                    mark("Nothing: data that are used are useful."),
                    mark("Each minute saved is paid for by what can leak. How large is a leak then?"),
                ),
                Choice(
                    mark("Leaks become more likely and larger, and trust is slow to return."),
                    mark("Yes. The saving is seen every week, the cost on one day: so it is forgotten."),
                    right=True,
                ),
                Choice(
                    mark("Only a law on personal data, and here none has come into force yet."),
                    mark("Clients leave after a leak whether or not there is a fine."),
                ),
                Choice(mark("The price of the software."), mark("Wide access costs no money here; that is the trap.")),
            ),
        ),
        QuizItem(
            "eighty_per_cent",
            mark("Your 80% intervals held in all 24 cases. What follows?"),
            (
                Choice(
                    mark("They were too wide for what I claimed."),
                    mark("Yes. Eight of ten were asked for; who is always right claimed too little."),
                    right=True,
                ),
                Choice(mark("I foresee very well."), mark("Or your intervals are so wide that they say nothing.")),
                Choice(
                    mark("They should be made wider still, to be safe."), mark("They hold already more than promised.")
                ),
                Choice(
                    mark("Nothing: 24 cases are too few for any conclusion."),
                    mark("All of 24 at a chance of 0.8 happens once in about 200 times."),
                ),
            ),
        ),
        QuizItem(
            "cheap_retention",
            mark("Staff is at its limit. Should you send retention offers, since keeping is cheaper than winning?"),
            (
                Choice(
                    mark("Yes, always: retention is cheaper."),
                    mark("An offer brings visits. Who serves them, and what do failures cost?"),
                ),
                Choice(
                    mark("Yes, but only to those clients who are the most likely of all to leave."),
                    mark("High risk is not yet a high response; and some are only reminded."),
                ),
                Choice(
                    mark("First capacity: more visits on full staff mean more failures."),
                    mark("Yes. Retention and capacity hang together; in this world it shows."),
                    right=True,
                ),
                Choice(mark("No: offers never pay."), mark("With idle staff and the right people they do.")),
            ),
        ),
    ),
)

QUIZZES = (HELM,)
PREDICTIONS = (
    Prediction(
        "helm_advertising",
        "12",
        mark(
            "By how many clients does the organisation grow or shrink in twelve quarters, against changing nothing, "
            "if only its advertising is tripled? Commit to a number such as 100 or −50."
        ),
    ),
)
