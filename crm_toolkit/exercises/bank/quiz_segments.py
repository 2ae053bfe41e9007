"""Quiz of lesson 05: segments. Misconceptions 10 and 23 of the course, and four on units, luck, means and use."""

from __future__ import annotations

from crm_toolkit.exercises.quiz import Choice, Prediction, Quiz, QuizItem
from crm_toolkit.texts import mark

SEGMENTS = Quiz(
    id="segments",
    lesson="05",
    title=mark("Segments and personalisation"),
    items=(
        QuizItem(
            "clusters_exist",
            mark("k-means has found four clusters among the customers. What is shown by that?"),
            (
                Choice(mark("There are four groups of customers."),
                       mark("k-means finds as many parts as it is asked for, in every cloud.")),
                Choice(mark("Nothing yet: it was asked for four."),
                       mark("Yes. Compare with a cloud without groups that is cut in the same way."), right=True),
                Choice(mark("There are groups, but their number is open."),
                       mark("Not even that: one cloud without any group can be cut as well.")),
                Choice(mark("There are no groups: clusters are always made up."),
                       mark("Too far the other way. Some customers do fall into groups, and a test shows it.")),
            ),
        ),
        QuizItem(
            "stable_pays",
            mark("Every new draw of the customers gives the same three clusters (adjusted Rand index 0.99). Should "
                 "they be treated differently?"),
            (
                Choice(mark("Yes: stable clusters are real clusters, and real ones differ in what they want."),
                       mark("They differ in the features. Whether they differ in their answer to a treatment, no "
                            "clustering knows.")),
                Choice(mark("Yes, as soon as each has a good name."),
                       mark("A name makes them easy to talk about. It adds nothing to what they answer.")),
                Choice(mark("Only if a test by lot shows that different treatments bring more than they cost."),
                       mark("Yes. Stability says where to cut; profit says whether to."), right=True),
                Choice(mark("No: an index near 1 shows too few draws."),
                       mark("The index compares divisions; more draws make it more exact, not smaller.")),
            ),
        ),
        QuizItem(
            "units",
            mark("Clusters of visits (1 to 40 a year) and spend (500 to 90,000 a year), columns left as they are. What "
                 "comes out?"),
            (
                Choice(mark("Slices of spend: a unit of money counts as much as a visit."),
                       mark("Yes. Distances add up columns, so the one with large numbers decides alone."), right=True),
                Choice(mark("Slices of visits, since there are fewer different values."),
                       mark("The number of values does not matter; the size of the differences does.")),
                Choice(mark("Groups of both: the algorithm weighs columns by itself."),
                       mark("It has no idea of units. Weighing columns is what scaling does.")),
                Choice(mark("The same as with scaled columns: the units of a table never decide what clusters come "
                            "out."),
                       mark("Try it: measure money in thousands, and other customers become neighbours.")),
            ),
        ),
        QuizItem(
            "best_in_each",
            mark("In each of eight segments the treatment that did best there is chosen. In the same numbers this "
                 "would have brought 3.10 more per customer. What may be expected?"),
            (
                Choice(mark("3.10: that is what was measured."),
                       mark("It was measured and chosen in the same numbers; the best of several noisy means is too "
                            "good.")),
                Choice(mark("More than 3.10, since the rule will only be improved."),
                       mark("First it has to be shown at all, with customers who had no part in the choice.")),
                Choice(mark("Nothing: such gains are luck, always."),
                       mark("A part of it is. How large the rest is, other customers tell.")),
                Choice(mark("Less: it has to be measured with customers who had no part in the choice."),
                       mark("Yes. That is why `segment_policy` chooses on some customers and measures on others."),
                       right=True),
            ),
        ),
        QuizItem(
            "mean_person",
            mark("Segment 2 has index 209 for the receipt. Anna is in segment 2. What do you know of Anna?"),
            (
                Choice(mark("Her receipt is about twice as large as the mean, since her card says so."),
                       mark("That holds of the mean of the segment. Customers of one segment differ from each other.")),
                Choice(mark("Something of her chances; her own receipt stands in her own row."),
                       mark("Yes. A card describes a mean, and segments are no people."), right=True),
                Choice(mark("Nothing at all: segments say nothing of people."),
                       mark("Too little: chances in the segment are others than in the base.")),
                Choice(mark("She is a premium client, and wants to be called one."),
                       mark("The name was given by us. What she wants, she has not been asked.")),
            ),
        ),
        QuizItem(
            "significant",
            mark("Among 400,000 customers the mean age is 41.2 in one segment and 41.5 in another, p < 0.001. What "
                 "follows for the letters?"),
            (
                Choice(mark("Two letters: the difference is significant."),
                       mark("Significant means: hardly luck. A third of a year is nothing to write differently "
                            "about.")),
                Choice(mark("One letter, since p is still not zero."),
                       mark("p never is. The size of the difference is the question.")),
                Choice(mark("A larger sample is needed first."),
                       mark("The sample is so large that even this shows. More of it changes nothing.")),
                Choice(mark("Nothing: it is sure, and too small to matter."),
                       mark("Yes. Sure and important are two things; with many customers everything is sure."),
                       right=True),
            ),
        ),
    ),
)  # fmt: skip

QUIZZES = (SEGMENTS,)
PREDICTIONS = (
    Prediction(
        "null_explained",
        "05",
        mark("One cloud of customers without any group, three features. k-means cuts it into four parts. How many per "
             "cent of the squared distances do the four clusters “explain”?"),
        unit="%",
    ),
)  # fmt: skip
