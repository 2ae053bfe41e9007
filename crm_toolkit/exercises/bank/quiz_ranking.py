"""Quiz of lesson 04: ranking, ties, groups and totals, estimates. Misconceptions 1, 15, 21, 23 of the course."""

from __future__ import annotations

from crm_toolkit.exercises.quiz import Choice, Prediction, Quiz, QuizItem
from crm_toolkit.texts import mark

RANKING = Quiz(
    id="ranking",
    lesson="04",
    title=mark("Ranking and aggregation"),
    items=(
        QuizItem(
            "recency",
            mark("Anna came last 5 days ago, Boris 200 days ago. There are five classes. Who has the recency score 5?"),
            (
                Choice(
                    mark("Boris: 200 is more than 5."),
                    mark(
                        "Recency is turned round here: many days without a visit are bad news, and the score says so."
                    ),
                ),
                Choice(
                    mark("Anna."),
                    mark(
                        "Yes: the fewer days have passed, the higher the score, so that 5 is good in all three letters."
                    ),
                    right=True,
                ),
                Choice(
                    mark("Nobody: the best class is called 1."),
                    mark("Some books count so. In this course the best is the highest; say which convention you use."),
                ),
                Choice(
                    mark("That depends on how often they come."),
                    mark("Frequency has a score of its own. Recency looks at the last visit alone."),
                ),
            ),
        ),
        QuizItem(
            "ties",
            mark("Of 100 customers 70 ordered once. What is true of a frequency score from 1 to 5?"),
            (
                Choice(
                    mark("20 of the 70 get 1, the next 20 get 2, and so on."),
                    mark("Then the order of rows decides, and equal customers are treated differently."),
                ),
                Choice(
                    mark("It can't be computed: the classes are not equal in size."),
                    mark("Some programs do stop here. A rule that lets equal customers share a score always works."),
                ),
                Choice(
                    mark("All 70 get the same score."),
                    mark(
                        "Yes. Equal customers share a score, even if a class stays empty: equal sizes are only a wish."
                    ),
                    right=True,
                ),
                Choice(
                    mark("All 70 get 1, since one order is the least possible."),
                    mark("Their place is the middle of the equal ones, 35 of 100, and that lies in the second fifth."),
                ),
            ),
        ),
        QuizItem(
            "mix",
            mark("Retention rose in both branches, and fell in the chain as a whole. How can that be?"),
            (
                Choice(
                    mark("It can't: somebody miscounted."),
                    mark("A total may move against all of its parts: it also depends on how large each part is."),
                ),
                Choice(
                    mark("The total is what counts, so it fell in the branches too."),
                    mark("Conclusions about a group can't be read off the total. Look into the groups."),
                ),
                Choice(
                    mark("The weaker branch now has a larger share of customers."),
                    mark("Yes. The mix has changed; both rates rose, and the lower one got more weight."),
                    right=True,
                ),
                Choice(
                    mark("The total is wrong: the mean of the two rates has risen."),
                    mark(
                        "A mean of rates takes the branches for equal. The chain consists of customers, "
                        "not of branches."
                    ),
                ),
            ),
        ),
        QuizItem(
            "value",
            mark("A model says that a customer will bring 214.37 in three years. What is this number?"),
            (
                Choice(
                    mark("An estimate that holds under assumptions, with a margin of error."),
                    mark("Yes. Ask for the horizon, the margin, the discounting and the interval."),
                    right=True,
                ),
                Choice(
                    mark("A fact: it was computed from her own purchases."),
                    mark(
                        "The purchases are facts. What follows from them depends on the model: another "
                        "one says another."
                    ),
                ),
                Choice(
                    mark("The sum that she will spend."),
                    mark("It is a mean over customers like her. Some of them will bring nothing, some twice as much."),
                ),
                Choice(
                    mark("A number without use, since it is not certain."),
                    mark("Uncertain numbers rank customers well, if their margin of error is kept in mind."),
                ),
            ),
        ),
        QuizItem(
            "significance",
            mark(
                "A million customers drawn by lot got a letter; their mean receipt is 0.2% above that of the rest, "
                "p = 0.001. What now?"
            ),
            (
                Choice(
                    mark("Send it to everybody: the effect is highly significant."),
                    mark(
                        "Significant means: such a difference would be rare if there were no effect. Whether it is "
                        "important, money decides."
                    ),
                ),
                Choice(
                    mark("It pays with a probability of 99.9%."),
                    mark(
                        "The p-value says how rare such a difference is without an effect; it does not speak of profit."
                    ),
                ),
                Choice(
                    mark("The effect is so small that there is none."),
                    mark("With a million letters a small effect is seen well. It exists; is it worth its cost?"),
                ),
                Choice(
                    mark("Compare the gain with the cost of the letter: the effect is there, but it is small."),
                    mark("Yes. First “is it there?”, then “is it worth it?”: two questions, two answers."),
                    right=True,
                ),
            ),
        ),
        QuizItem(
            "champions",
            mark(
                "A voucher went to the best customers, 5-5-5. Next month they spent three times the mean. The voucher …"
            ),
            (
                Choice(
                    mark("… tripled their spending."),
                    mark(
                        "They spent more before the voucher too: that is why they were chosen. Selection "
                        "is taken for effect."
                    ),
                ),
                Choice(
                    mark("… works well with the best customers, and worse with others."),
                    mark("The others got none, so nothing is known about it. And the best may have come anyway."),
                ),
                Choice(
                    mark("… may have done nothing: compare with equally good customers who got none."),
                    mark("Yes. A score says who is valuable, not whose behaviour a voucher changes."),
                    right=True,
                ),
                Choice(
                    mark("… did nothing for certain: good customers need no vouchers."),
                    mark("That may be, but it is a guess as well. Only a comparison can tell."),
                ),
            ),
        ),
    ),
)

QUIZZES = (RANKING,)
PREDICTIONS = (
    Prediction(
        "top_fifth",
        "04",
        mark("What share of all the money comes from the fifth of households that spend most?"),
        unit="%",
    ),
)
