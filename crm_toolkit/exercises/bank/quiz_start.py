"""Quiz of lesson 00: what CRM is, what goes in and what comes out. Misconceptions 11, 12, 19, 20, 22 of the course."""

from __future__ import annotations

from crm_toolkit.exercises.quiz import Choice, Prediction, Quiz, QuizItem
from crm_toolkit.texts import mark

START = Quiz(
    id="start",
    lesson="00",
    title=mark("What CRM is"),
    items=(
        QuizItem(
            "program",
            mark("A hotel bought a CRM program; a year later nothing has changed. What was most likely missing?"),
            (
                Choice(
                    mark("A better program."),
                    mark(
                        "CRM is taken for a program here. If nobody has decided which guests to attract and keep, "
                        "and how, a better tool records the same work."
                    ),
                ),
                Choice(
                    mark("A decision whom to keep, and work that follows it."),
                    mark("Yes. The program remembers and reminds; decisions and people change the business."),
                    right=True,
                ),
                Choice(
                    mark("More data about every guest."),
                    mark("Data answer only questions that somebody asks. First the decision, then the data it needs."),
                ),
                Choice(
                    mark("A course on the program's buttons for the whole staff, with a test at the end."),
                    mark("Then data are entered faster. What to do with them is still undecided."),
                ),
            ),
        ),
        QuizItem(
            "inputs",
            mark(
                "A CRM system takes in contact histories, profiles and purchase histories. "
                "Which group of inputs is still missing?"
            ),
            (
                Choice(
                    mark("Segments of customers."),
                    mark("Segments come out of the analysis: an output is taken for an input."),
                ),
                Choice(
                    mark("A forecast of churn."),
                    mark("A forecast is computed from the inputs: it is an output."),
                ),
                Choice(
                    mark("Data on the organisation itself: capacity, prices, sales."),
                    mark("Yes. Without them you can't tell a lost customer from a full schedule."),
                    right=True,
                ),
                Choice(
                    mark("Reviews of competitors, gathered from sites and social networks."),
                    mark("They help market research, but the relationship with one's own customers is not in them."),
                ),
            ),
        ),
        QuizItem(
            "orientation",
            mark("A member asks the fitness club to stay open all night. What does a customer-oriented club do?"),
            (
                Choice(
                    mark("It opens at night from Monday on: the customer is always right, and the club adapts."),
                    mark(
                        "Orientation is taken for obedience here. A wish is not yet a need, and one voice is not "
                        "demand: nights cost money that other members pay."
                    ),
                ),
                Choice(
                    mark("It declines: the rules are the same for everybody."),
                    mark("That is orientation towards one's own routine: the need behind the wish stays unknown."),
                ),
                Choice(
                    mark("It lets this one member in, so as not to lose him."),
                    mark(
                        "An exception is a promise to everybody who hears of it. First find out the need and its cost."
                    ),
                ),
                Choice(
                    mark("It finds out the need behind the wish and how many share it."),
                    mark("Yes. The point is to understand the need behind the words, and to stay in business."),
                    right=True,
                ),
            ),
        ),
        QuizItem(
            "silence",
            mark("No complaint reached the clinic this month. What follows from that?"),
            (
                Choice(
                    mark("The patients are satisfied."),
                    mark("Many dissatisfied people say nothing and leave. Silence looks the same in both cases."),
                ),
                Choice(
                    mark("Nothing yet: see who did not come back."),
                    mark("Yes. Complaints measure two things at once: trouble, and how easy it is to speak up."),
                    right=True,
                ),
                Choice(
                    mark("The patients are loyal."),
                    mark("Loyalty would show in returning and recommending. Leaving without a word is silent too."),
                ),
                Choice(
                    mark("The person who takes complaints is not needed any more."),
                    mark("Then next month will be silent for certain, and nobody will know why patients leave."),
                ),
            ),
        ),
        QuizItem(
            "access",
            mark("Who should see a customer's whole card?"),
            (
                Choice(
                    mark("All employees: the more they know, the better they serve."),
                    mark("More access is not better by itself: every extra look is a risk, and most bring no service."),
                ),
                Choice(
                    mark("Only the director."),
                    mark(
                        "Then the customer repeats everything to every employee. "
                        "Access that is too narrow has a price as well."
                    ),
                ),
                Choice(
                    mark("All employees, if the name is removed."),
                    mark("Age, street and date of visit often point to a person without any name."),
                ),
                Choice(
                    mark("Everybody sees the part that the work needs, and it is recorded who looked."),
                    mark("Yes. Access follows the task, and an audit trail shows who used it."),
                    right=True,
                ),
            ),
        ),
        QuizItem(
            "insight",
            mark("Which of these is an insight, and not a metric, a decision or an input?"),
            (
                Choice(
                    mark("“Revenue grew by 12% in a year.”"),
                    mark("This is a metric: a number without a claim about what stands behind it."),
                ),
                Choice(
                    mark("“Send a voucher to everybody who has not come for half a year.”"),
                    mark("This is a decision. On which claim does it rest, and what proves it?"),
                ),
                Choice(
                    mark("“Growth came from new guests; returning ones spend 4% less: query attached, 3 March, A. K.”"),
                    mark("Yes: a claim, its evidence, a date and an author. It can be checked and revised."),
                    right=True,
                ),
                Choice(
                    mark("The table of all purchases of the year."),
                    mark("This is an input. It says nothing until somebody asks it a question."),
                ),
            ),
        ),
    ),
)

QUIZZES = (START,)
PREDICTIONS = (
    Prediction(
        "one_time",
        "00",
        mark("How many of every hundred customers came only once during the year?"),
        unit="%",
    ),
)
