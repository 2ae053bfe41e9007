"""Quiz of lesson 07: forecasts. Misconception 16 of the course, and the commonest ones about leaving and staying."""

from __future__ import annotations

from crm_toolkit.exercises.quiz import Choice, Prediction, Quiz, QuizItem
from crm_toolkit.texts import mark

FORECAST = Quiz(
    id="forecast",
    lesson="07",
    title=mark("Forecasts"),
    items=(
        QuizItem(
            "last_year",
            mark("“We plan as last year, month by month. That is our forecast.” What is it?"),
            (
                Choice(
                    mark("Wrong: the past says nothing about the future."),
                    mark("It says a lot. The season comes again; what does not come again is the level."),
                ),
                Choice(
                    mark("The seasonal naive forecast: an opponent to be beaten."),
                    mark("Yes. Sometimes nothing beats it; then it is the forecast, and one says so."),
                    right=True,
                ),
                Choice(
                    mark("A good forecast, since every business has a season."),
                    mark(
                        "It keeps the season and last year's level. Where clients become fewer it is too high all year."
                    ),
                ),
                Choice(
                    mark("A good forecast if last year was a normal one without any unusual events in it."),
                    mark("Normal or not: growth and decline are not in it. A trial on the past tells what that costs."),
                ),
            ),
        ),
        QuizItem(
            "fit_and_trial",
            mark("Method A fits the past almost perfectly, method B worse. Which will forecast better?"),
            (
                Choice(
                    mark("A: who explains the past knows the future."),
                    mark("With enough parameters any past can be fitted, chance included. Chance does not come again."),
                ),
                Choice(
                    mark("B: simple methods are always better."),
                    mark("Often, not always. Always is what a trial is for."),
                ),
                Choice(
                    mark("The mean of both, whatever the data are."),
                    mark("Means of forecasts are often good. Whether this one is, a trial would tell as well."),
                ),
                Choice(
                    mark("Neither is known: let both forecast dates whose outcome they have not seen."),
                    mark("Yes. End the history earlier, forecast, compare, move on: that is a back-test."),
                    right=True,
                ),
            ),
        ),
        QuizItem(
            "interval_width",
            mark("Intervals meant to hold 80% of the months held all of 40. What does that say?"),
            (
                Choice(
                    mark("They are too wide: planning by their ends is too careful."),
                    mark("Yes. 80% of 40 would be 32. Rooms, staff and stock are ordered by the upper end."),
                    right=True,
                ),
                Choice(
                    mark("They are excellent: nothing fell outside."),
                    mark("An interval from zero to a million holds everything too. It must be right and narrow."),
                ),
                Choice(
                    mark("The forecast itself must be excellent as well."),
                    mark("Of the middle it says nothing: wide intervals hold the values of bad forecasts too."),
                ),
                Choice(
                    mark("Nothing: one can't judge intervals by what has happened in the past."),
                    mark("One can, by counting. With 40 months, 40 hits under a promise of 80% are hardly chance."),
                ),
            ),
        ),
        QuizItem(
            "censored",
            mark("“Members who left stayed nine months on average, so a membership lasts nine months.”"),
            (
                Choice(
                    mark("True: others have not left, so nothing is known of them."),
                    mark("It is known that they have stayed so long already, and that is much."),
                ),
                Choice(
                    mark("Nearly: with more members the mean comes closer to the truth."),
                    mark("More of the same leavers give the same error, only more precisely."),
                ),
                Choice(
                    mark("Too short: those still there are missing, and they are the longest."),
                    mark("Yes. Count them for as long as they were watched: Kaplan and Meier show how."),
                    right=True,
                ),
                Choice(
                    mark("Too long: those who left in their first days are always missing in such data."),
                    mark("They left, so they are in the data. Missing are those who have not left."),
                ),
            ),
        ),
        QuizItem(
            "leak",
            mark("A model of leaving reaches an AUC of 0.99 on old data. What do you do first?"),
            (
                Choice(
                    mark("Switch it on: so good a model is rare."),
                    mark("So rare that it should frighten. In practice the telling column will be empty."),
                ),
                Choice(
                    mark("Look for a column that was written after the leaving."),
                    mark("Yes. A reason code, a returned card, visits “until today”: the answer stands in the table."),
                    right=True,
                ),
                Choice(
                    mark("Take away columns at random until it is worse."),
                    mark("Then honest columns go too. Ask of each: when was it written?"),
                ),
                Choice(
                    mark("Take a larger sample, because a small one makes the AUC look too good."),
                    mark("The larger sample has the same column. It will say 0.99 again."),
                ),
            ),
        ),
        QuizItem(
            "calibration",
            mark("Of members to whom a model gives 10%, a quarter leaves. Its ranking is good. What is wrong?"),
            (
                Choice(
                    mark("Nothing, since the ranking is what counts."),
                    mark(
                        "For whom to call first, perhaps. Whether a call pays is computed from the probability itself."
                    ),
                ),
                Choice(
                    mark("The data: a good model can't be wrong about the share."),
                    mark("It can. Order and level are two things, and each has its own measure."),
                ),
                Choice(
                    mark("The AUC was computed wrongly, for a good ranking always means good probabilities."),
                    mark("The AUC looks at the order only. Halve all probabilities, and it stays the same."),
                ),
                Choice(
                    mark("Its probabilities are not calibrated: 10% should mean one in ten."),
                    mark("Yes. Compare foretold and counted shares group by group, and correct the level."),
                    right=True,
                ),
            ),
        ),
    ),
)

PREDICTIONS = (
    Prediction(
        "naive_beaten",
        "07",
        mark("By how many per cent does the best method lower the error of “as many as last month”?"),
        unit="%",
    ),
)

QUIZZES = (FORECAST,)
