"""Quiz and prediction of lesson 11: complaints, recovery, the voice of the customer. Misconceptions 7, 8, 9, 22."""

from __future__ import annotations

from crm_toolkit.exercises.quiz import Choice, Prediction, Quiz, QuizItem
from crm_toolkit.texts import mark

COMPLAINTS = Quiz(
    id="complaints",
    lesson="11",
    title=mark("Complaints, recovery, the voice of the customer"),
    items=(
        QuizItem("fewer", mark("Complaints have fallen by a third since the form moved three clicks deeper. What "
                               "does this show?"), (
            Choice(mark("Service has become better: fewer complaints, fewer problems."),
                   mark("What is not complained of has not stopped happening. Did the share of the dissatisfied "
                        "fall, or only the share of them who speak up?")),
            Choice(mark("Nothing yet: ask how many of the dissatisfied still complain."),
                   mark("Yes. Complaints are failures times the share that is voiced, and the form moved the second."),
                   right=True),
            Choice(mark("Customers have become more loyal, since they put up with more than before."),
                   mark("Whoever is silent may be on the way out. In Hirschman's model loyalty speaks up.")),
            Choice(mark("The complaints department may be made smaller by a third."),
                   mark("Then even those who still come would be answered later. What is it that has become less?")),
        )),
        QuizItem("nps", mark("NPS rose from 31 to 34, with 200 answers each time. What do you tell the director?"), (
            Choice(mark("Progress: the measures of the last quarter have worked."),
                   mark("With 200 answers two surveys between which nothing happens often differ by more than 3 "
                        "points.")),
            Choice(mark("Progress, if next time it is 37: three in a row can't be chance."),
                   mark("Three points are as often luck as not; a row chosen afterwards proves little. Say "
                        "beforehand how many answers you need.")),
            Choice(mark("NPS is useless, we stop asking."),
                   mark("It is a noisy measure among others. Its interval says what it can tell.")),
            Choice(mark("No change is shown: the interval reaches from clearly worse to clearly better."),
                   mark("Yes. Some 15 points either way for the change; for 3 points thousands of answers are needed."),
                   right=True),
        )),
        QuizItem("satisfied", mark("Nine of ten customers are satisfied. Why did a fifth of them leave within the "
                                   "year?"), (
            Choice(mark("They were not honest in the survey."),
                   mark("Some perhaps. But honest satisfaction leaves the door open to a better offer "
                        "or a move.")),
            Choice(mark("The scale was too short, with ten points one would have seen it coming."),
                   mark("A finer scale measures the same thing more finely. Is it the thing that decides?")),
            Choice(mark("Satisfaction is one reason to stay among others, and no promise."),
                   mark("Yes. Price, place, others' offers and changed needs take satisfied customers too: look at "
                        "Keaveney's kinds."), right=True),
            Choice(mark("It can't be: satisfied customers stay."),
                   mark("Satisfied is taken for loyal. Count, of those who left, how many had been satisfied.")),
        )),
        QuizItem("paradox", mark("Who was put right excellently after a failure is more satisfied than who had none. "
                                 "What follows?"), (
            Choice(mark("Put failures right quickly, and prevent them all the same: returning does not rise with it."),
                   mark("Yes. The effect was found in satisfaction, after one failure; none in returning, and after "
                        "the second it is gone."), right=True),
            Choice(mark("Small failures on purpose, put right with a present, pay in the long run, since they create "
                        "loyalty."),
                   mark("The effect is there once, in satisfaction only; who said nothing was not put right at all.")),
            Choice(mark("The survey was wrong, such a thing is impossible."),
                   mark("It was found again and again in satisfaction. Look at what it was not found in.")),
            Choice(mark("The recovery budget should be as large as possible."),
                   mark("Money has diminishing returns: beyond the best budget each unit brings less than itself.")),
        )),
        QuizItem("kappa", mark("Two coders gave 85 per cent of the incidents the same kind, and κ is 0.1. How can "
                               "that be?"), (
            Choice(mark("One of the coders was careless."),
                   mark("Then fewer would be alike. Look how often each kind was used at all.")),
            Choice(mark("κ is wrong and should be left out of the report."),
                   mark("It answers another question than the share: how much of it chance would give.")),
            Choice(mark("Nearly all incidents were given one and the same kind, so chance agrees nearly as often."),
                   mark("Yes. Where one kind is that frequent, even two who draw lots agree; show the table, too."),
                   right=True),
            Choice(mark("There were too many kinds."), mark("With many kinds in use chance agrees seldom and κ is near "
                                                            "the share.")),
        )),
        QuizItem("inbox", mark("The inbox has a loud complaint about the music, marked urgent, and a polite question "
                               "about a swollen hand, marked usual. There is time for one."), (
            Choice(mark("The complaint: a label is there to be followed, and complaints go before questions."),
                   mark("The label was given by a sorter that reads words. Read the text: what happens if it waits?")),
            Choice(mark("The question: what it may cost to wait decides, and not how loud it is."),
                   mark("Yes. The text tells the real deadline and what is at stake; the label tells neither."),
                   right=True),
            Choice(mark("Whichever came first."),
                   mark("Fair and easy, and blind to both: see what first come, first served keeps of your day.")),
            Choice(mark("Whichever customer brings more."),
                   mark("A valuable customer with a trifle can wait. What is lost, by whom, if this one waits?")),
        )),
    ),
)  # fmt: skip

QUIZZES = (COMPLAINTS,)
PREDICTIONS = (
    Prediction(
        "paradox_returns",
        "11",
        mark(
            "Without a failure 70 per cent of the customers return. A failure happens and is put right excellently; "
            "they are now more satisfied than before. How many per cent return?"
        ),
        unit="%",
    ),
)
