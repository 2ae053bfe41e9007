"""Second quiz of lesson 04: charts that mislead, groups that came later, values and their conventions."""

from __future__ import annotations

from crm_toolkit.exercises.quiz import Choice, Prediction, Quiz, QuizItem
from crm_toolkit.texts import mark

VALUE = Quiz(
    id="value",
    lesson="04",
    title=mark("Value and its pictures"),
    items=(
        QuizItem(
            "axis",
            mark("The margin per visit went from 14.2 to 14.6. Which chart may go to the manager?"),
            (
                Choice(
                    mark("Two bars on an axis from 14.0 to 14.8: there the change is seen best."),
                    mark("The axis: a bar is read by its length. Cut off at 14.0, the second bar is three times as "
                         "long for a change of 3%."),
                ),
                Choice(
                    mark("A pie with two slices, one for each year."),
                    mark("The whole: slices are parts of one thing. Two years' margins per visit do not add up to "
                         "anything."),
                ),
                Choice(
                    mark("The margin on the left axis, visits on the right one, so that the lines cross."),
                    mark("Two axes: where the lines cross is decided by whoever draws the axes, not by the data."),
                ),
                Choice(
                    mark("A line over the months, with its interval."),
                    mark("Yes. A line is read by its slope and may leave out zero, if the axis says so; the interval "
                         "shows whether months differ that much anyway."),
                    right=True,
                ),
            ),
        ),
        QuizItem(
            "denominator",
            mark("Complaints rose from 40 to 60 a month; visits doubled meanwhile. Which chart answers “is it "
                 "getting worse”?"),
            (
                Choice(
                    mark("Complaints per 1,000 visits by month."),
                    mark("Yes: 40 of N became 60 of 2N, so a visit leads to a complaint less often than before. "
                         "(Whether "
                         "people still complain at all is another question.)"),
                    right=True,
                ),
                Choice(
                    mark("Bars of complaints by month."),
                    mark("The denominator is missing: more visits bring more complaints, with the same service."),
                ),
                Choice(
                    mark("Complaints per employee by month."),
                    mark("The denominator is another one: it shows the load on staff, not what happens to a visitor."),
                ),
                Choice(
                    mark("Complaints added up since January."),
                    mark("A sum added up can only rise. It would rise if every month were better than the last."),
                ),
            ),
        ),
        QuizItem(
            "cohort",
            mark("A chart shows mean spend by years as a customer: 90, 130, 170. “Customers learn to spend.” What is "
                 "wrong?"),
            (
                Choice(
                    mark("Nothing: the bars rise with every year."),
                    mark("The cohort: other people stand behind each bar. The third holds only those who stayed three "
                         "years."),
                ),
                Choice(
                    mark("Prices have risen."),
                    mark("That would lift all the bars of this year alike. The bars are compared with each other."),
                ),
                Choice(
                    mark("Only those who stayed are in the later bars."),
                    mark("Yes. Perhaps nobody ever changed, and those who spend little left. Follow one cohort "
                         "through its years."),
                    right=True,
                ),
                Choice(
                    mark("The mean should be a median, which a few large bills do not move."),
                    mark("A median of other people is still a median of other people."),
                ),
            ),
        ),
        QuizItem(
            "group_after",
            mark("A call after the first visit makes some rare guests regular ones. “Rare” and “regular” were noted "
                 "*after* the calls. Which comparison says what the call does?"),
            (
                Choice(
                    mark("Within the groups, as always: the whole misleads."),
                    mark("Here the call decides on the group. Whoever looks within groups removes the very effect that "
                         "is asked for."),
                ),
                Choice(
                    mark("The whole, if the calls were drawn by lot."),
                    mark("Yes. A group that the call itself has changed is no group to compare in."),
                    right=True,
                ),
                Choice(
                    mark("The whole says what happens in each group."),
                    mark("The trend of the whole need not be the trend of any group; it answers the question about the "
                         "call only because chance decided who was called."),
                ),
                Choice(
                    mark("Whichever difference is larger."),
                    mark("The table does not know why people are in it. What decided on what has to be asked outside "
                         "the table."),
                ),
            ),
        ),
        QuizItem(
            "conventions",
            mark("The same model, the same member: one report says 7.5 payments to come, the other 6.8. Who is wrong?"),
            (
                Choice(
                    mark("One of them: a model's number is unique."),
                    mark("The model is, the question is not: is the next renewal due, or has it just been paid? The "
                         "number needs its convention."),
                ),
                Choice(
                    mark("The higher one, out of caution."),
                    mark("Caution does not choose between answers to two different questions."),
                ),
                Choice(
                    mark("Both: take the mean, 7.15."),
                    mark("The mean of two conventions is the answer to no question at all."),
                ),
                Choice(
                    mark("Perhaps nobody."),
                    mark("Yes. Just before a renewal, just after it, with or without the payment of today: one model, "
                         "several values."),
                    right=True,
                ),
            ),
        ),
        QuizItem(
            "levers",
            mark("The elasticity of retention is 4, that of acquisition cost 0.1. What follows for the budget?"),
            (
                Choice(
                    mark("Put everything into retention: it works forty times better."),
                    mark("It says what a per cent brings, not what a per cent costs. The next per cent of retention "
                         "may "
                         "be the dearest thing in the house."),
                ),
                Choice(
                    mark("Nothing at all: elasticities are theory."),
                    mark("They say which number has to be known well, and which price for a per cent would still pay."),
                ),
                Choice(
                    mark("Find out what one per cent of each costs; then compare."),
                    mark("Yes. An elasticity is the gain of a lever; the decision needs its price as well."),
                    right=True,
                ),
                Choice(
                    mark("Stop acquiring: it has no effect."),
                    mark("The lever is the *cost* of a new customer, not whether there are new customers. Without them "
                         "equity runs out."),
                ),
            ),
        ),
    ),
)  # fmt: skip

QUIZZES = (VALUE,)
PREDICTIONS = (
    Prediction(
        "unprofitable_share",
        "04",
        mark("After what their service costs: which share of the barbershop's customers brings a loss?"),
        unit="%",
    ),
)
