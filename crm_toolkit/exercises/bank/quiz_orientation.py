"""Quiz of lesson 01: client orientation. Misconception 19 of the course, and five on scales, gaps and profit."""

from __future__ import annotations

from crm_toolkit.exercises.quiz import Choice, Prediction, Quiz, QuizItem
from crm_toolkit.texts import mark

ORIENTATION = Quiz(
    id="orientation",
    lesson="01",
    title=mark("Client orientation"),
    items=(
        QuizItem(
            "do_what_they_ask",
            mark("A salon does whatever its clients ask for. Is it client-oriented?"),
            (
                Choice(mark("Yes: that is what the word means."),
                       mark("Clients ask for what they know, and loud ones ask most. Orientation knows more than was "
                            "said.")),
                Choice(mark("Yes, as long as the wishes are paid for."),
                       mark("Then it sells obedience. A wish may be paid for and still harm who has it.")),
                Choice(mark("Not by that: it reacts to words and need not know its clients."),
                       mark("Yes. It may have to refuse, and to offer what nobody has asked for."), right=True),
                Choice(mark("No: a client-oriented firm never does what clients ask, since they do not know it."),
                       mark("Too far the other way. Words are evidence, only not the whole of it.")),
            ),
        ),
        QuizItem(
            "low_alpha",
            mark("Cronbach's α of a scale with five items is 0.41. What first?"),
            (
                Choice(mark("Look whether an item is reversed and was not turned."),
                       mark("Yes: the commonest reason, and seen at once in the item's correlation."), right=True),
                Choice(mark("Ask more people, so that α rises."),
                       mark("More people make α more exact. It rises with more or better items.")),
                Choice(mark("Drop items until α is above 0.7, whatever they are about."),
                       mark("So one gets five wordings of one question, and the thing itself is lost.")),
                Choice(mark("Add the items up all the same: each was a good question."),
                       mark("A sum of things that do not go together has no meaning.")),
            ),
        ),
        QuizItem(
            "high_alpha",
            mark("α is 0.93. What does that show?"),
            (
                Choice(mark("That the organisation is client-oriented."),
                       mark("α says nothing about the height of the answers; all of them could be low.")),
                Choice(mark("That the items are answered alike."),
                       mark("Yes. By people who agree with everything, too; therefore reversed items."), right=True),
                Choice(mark("That the scale measures client orientation and nothing else besides."),
                       mark("That would be validity. Items about the weather can have a high α as well.")),
                Choice(mark("That 93% of the answers are true."),
                       mark("α is a share of variance and no share of truths.")),
            ),
        ),
        QuizItem(
            "gap",
            mark("“We help at once”: staff 6.1, clients 4.2. Who is right?"),
            (
                Choice(mark("The clients: they pay."),
                       mark("Paying gives a right and no better view. What do they see, and what not?")),
                Choice(mark("The staff: they know what they do."),
                       mark("They know what they mean. What arrives, they know least of all.")),
                Choice(mark("The truth lies in the middle, about 5.2: one takes the mean of both."),
                       mark("The mean of two different questions answers none of them.")),
                Choice(mark("Open: first look where help gets lost on its way."),
                       mark("Yes. The gap is a place to look at: a promise, a queue, an unanswered call."), right=True),
            ),
        ),
        QuizItem(
            "pays",
            mark("Does client orientation pay?"),
            (
                Choice(mark("Always: satisfied clients stay longer."),
                       mark("Where they cannot leave they stay anyhow, and the costs remain.")),
                Choice(mark("Never: it costs more than it brings."),
                       mark("Where clients leave easily, it brought far more than it cost in our world.")),
                Choice(mark("In services yes, in trade no, as has been shown by many studies."),
                       mark("Which studies? How easily clients leave differs within every trade, "
                            "and in our world that decides.")),
                Choice(mark("It depends, among other things on how easily clients can leave."),
                       mark("Yes; and on what it costs. Both are numbers that one can look for."), right=True),
            ),
        ),
        QuizItem(
            "declared",
            mark("“The client is our first concern” stands on the wall. What would prove that it is so?"),
            (
                Choice(mark("All employees know the sentence by heart."),
                       mark("They know the sentence. What do they decide by?")),
                Choice(mark("A decision that cost money and was made for clients, with its date."),
                       mark("Yes: something that would have been otherwise without the sentence."), right=True),
                Choice(mark("There is a department of customer care with a head and five employees."),
                       mark("A box in the plan. What did anybody else change because of it?")),
                Choice(mark("A satisfaction of 97% in the yearly report."),
                       mark("Who was asked, who answered, and whose pay depends on it?")),
            ),
        ),
    ),
)  # fmt: skip

QUIZZES = (ORIENTATION,)
PREDICTIONS = (
    Prediction(
        "clients_see",
        "01",
        mark("Staff give their own care for clients a mean of 5.9, from 1 to 7. Which mean do the clients give?"),
    ),
)
