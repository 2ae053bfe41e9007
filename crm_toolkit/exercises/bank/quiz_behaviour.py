"""Quiz of lesson 06: the model, satisfaction, services, rules of choice. Misconceptions 8, 17, 18 of the course."""

from __future__ import annotations

from crm_toolkit.exercises.quiz import Choice, Prediction, Quiz, QuizItem
from crm_toolkit.texts import mark

BEHAVIOUR = Quiz(
    id="behaviour",
    lesson="06",
    title=mark("Consumer behaviour"),
    items=(
        QuizItem(
            "model",
            mark(
                "A student has filled in all fields of the model of Hawkins, Best and Coney. What can be done with it?"
            ),
            (
                Choice(
                    mark("Compute which hotel this person will book next year."),
                    mark(
                        "The model has no equation. It names what may matter, and does not foresee a single purchase."
                    ),
                ),
                Choice(
                    mark("Prove that the reference group caused the purchase."),
                    mark("A filled field is a reading of one story. A cause needs a comparison: the same without it."),
                ),
                Choice(
                    mark("Ask better questions about a purchase."),
                    mark(
                        "Yes. It is a map of what to look for; numbers come from other models, with their own limits."
                    ),
                    right=True,
                ),
                Choice(
                    mark("Nothing: what can't predict is useless."),
                    mark("A map predicts no journey either, and yet it shows where one has not looked."),
                ),
            ),
        ),
        QuizItem(
            "satisfied",
            mark(
                "92% of a garage's customers say that they are satisfied, and a third of them never come back. Why not?"
            ),
            (
                Choice(
                    mark("Satisfaction is one cause of return among several."),
                    mark("Yes. Alternatives, habit, switching costs and need decide too; count who returns."),
                    right=True,
                ),
                Choice(
                    mark("The survey is forged: satisfied customers are loyal."),
                    mark("Satisfied is not loyal. One can be content and still move house, forget or find it dearer."),
                ),
                Choice(
                    mark("The third must have been the dissatisfied ones, who did not dare to say so."),
                    mark(
                        "Only 8% said so; even if all of them left, most of those who left had said they were content."
                    ),
                ),
                Choice(
                    mark("92% is too little: at 100% nobody would leave."),
                    mark(
                        "Even full marks don't bring back a customer who has sold the car. The link is far from sure."
                    ),
                ),
            ),
        ),
        QuizItem(
            "services",
            mark("“Services are always riskier and harder to judge than goods.” What is right about it?"),
            (
                Choice(
                    mark("All of it: services can't be touched."),
                    mark("A haircut can be judged in a mirror at once, the engine of a used car not in a year."),
                ),
                Choice(
                    mark("Nothing: all that can be bought is judged alike."),
                    mark("It is not alike: what can be seen before, only after, or never, differs a great deal."),
                ),
                Choice(
                    mark("It holds for expensive services and not for cheap ones."),
                    mark("The price raises what is at stake, but not how much can be seen before buying."),
                ),
                Choice(
                    mark("It depends on the qualities: search, experience, credence."),
                    mark("Yes. Studies found services that are no harder to judge than goods; look at the qualities."),
                    right=True,
                ),
            ),
        ),
        QuizItem(
            "compensatory",
            mark(
                "A clinic is excellent, but has no evening hours. Under which rule can its excellence make up for that?"
            ),
            (
                Choice(
                    mark("Conjunctive: it passes on most criteria."),
                    mark("Most is not enough there: one minimum missed, and the alternative is out."),
                ),
                Choice(
                    mark("Compensatory."),
                    mark("Yes. Only where points are added up can a good mark pay for a bad one."),
                    right=True,
                ),
                Choice(
                    mark("Elimination by aspects, if the hours are most important."),
                    mark("Then it goes out at the first step, however good the rest may be."),
                ),
                Choice(
                    mark("Lexicographic, if the hours are most important."),
                    mark("Then the best on hours wins, and the rest is not even looked at unless there is a tie."),
                ),
            ),
        ),
        QuizItem(
            "twin",
            mark(
                "Half of the guests take the tram, half the red bus. A blue bus, the same otherwise, is added. What "
                "does the logit say, and what do people do?"
            ),
            (
                Choice(
                    mark("Both say: a third each."),
                    mark("The logit does. But people who prefer the tram have no reason to leave it for a new colour."),
                ),
                Choice(
                    mark("The logit says one half and two quarters, people choose a third each."),
                    mark("The other way round: it is the logit that takes from all in proportion."),
                ),
                Choice(
                    mark("The logit says a third each; people split the buses' half."),
                    mark("Yes. A copy takes from its twin; elimination by aspects and nests allow for it."),
                    right=True,
                ),
                Choice(
                    mark("Nothing can be said: nobody was asked about the blue bus."),
                    mark("A model says something about new offers too; that is its use, and here its weakness."),
                ),
            ),
        ),
        QuizItem(
            "kano",
            mark("Of 100 guests, 50 find a late check-out attractive and 50 take it for granted. What do you report?"),
            (
                Choice(
                    mark("Must-be or attractive: toss a coin."),
                    mark("A tie is a finding. A coin would hide that there are two kinds of guests."),
                ),
                Choice(
                    mark("Both halves, and the two coefficients."),
                    mark("Yes. Better 0.5 and worse −0.5 say it all; a single letter would hide the split."),
                    right=True,
                ),
                Choice(
                    mark("One-dimensional, since it is between the two."),
                    mark("Nobody answered so. One-dimensional is a pair of answers of its own, not a mean of letters."),
                ),
                Choice(
                    mark("Indifferent: the two halves cancel out."),
                    mark("Nobody is indifferent here: each guest would notice. Opposite reasons don't cancel out."),
                ),
            ),
        ),
    ),
)

QUIZZES = (BEHAVIOUR,)
PREDICTIONS = (
    Prediction(
        "rules_agree",
        "06",
        mark(
            "Five rules are applied to one table of six laptops. How many of the laptops does at least one rule pick?"
        ),
    ),
)
