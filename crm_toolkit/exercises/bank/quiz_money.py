"""Quiz of lesson 08: acquisition, service, retention. Misconceptions 3, 4, 5, 6, 15 and 23 of the course."""

from __future__ import annotations

from crm_toolkit.exercises.quiz import Choice, Prediction, Quiz, QuizItem
from crm_toolkit.texts import mark

MONEY = Quiz(
    id="money",
    lesson="08",
    title=mark("Acquisition, service, retention: the money"),
    items=(
        QuizItem(
            "retention_cheaper",
            mark("“Acquiring a client costs five times as much as keeping one, so the budget goes to keeping.”"),
            (
                Choice(
                    mark("True: five to one is a law of the trade."),
                    mark("It is a slogan of unknown origin. Firms differ, and it speaks of averages anyhow."),
                ),
                Choice(
                    mark("False: acquisition is always the better investment."),
                    mark("That turns the slogan round and keeps its fault: no side always wins."),
                ),
                Choice(
                    mark("It does not follow: the next coin asks for the next client's cost."),
                    mark("Yes. Both marginal costs are compared with what a client is worth, and either may be lower."),
                    right=True,
                ),
                Choice(
                    mark("True as long as clients are satisfied and the market grows no more."),
                    mark("Satisfaction and growth move the curves; the rule stays: compare what the next coin brings."),
                ),
            ),
        ),
        QuizItem(
            "average_marginal",
            mark("A channel brings clients at 40 each, a client is worth 100. Should its budget be doubled?"),
            (
                Choice(
                    mark("Yes: every client earns 60."),
                    mark("Those who came did, on average. The doubled money meets those who are harder to win."),
                ),
                Choice(
                    mark("It can't be told from the average."),
                    mark("Yes. Needed is what the last step up in spending brought, or a trial of the next one."),
                    right=True,
                ),
                Choice(
                    mark("Yes, for 100 to 40 is close to the rule of three to one."),
                    mark("The rule of thumb divides by an average too, and nobody has proved the three."),
                ),
                Choice(
                    mark("No: 40 is dear."),
                    mark("Dear or cheap is told by what a client is worth, and here by the next one, not the average."),
                ),
            ),
        ),
        QuizItem(
            "risk_target",
            mark("A model finds the 500 members most likely to leave. Whom to call?"),
            (
                Choice(
                    mark("These 500: where the fire is, there goes the water."),
                    mark("Some of them have decided, and a call only reminds them. The fire is not where water helps."),
                ),
                Choice(
                    mark("The 500 with the highest risk times value."),
                    mark("That says what is at stake. It still does not say what a call changes."),
                ),
                Choice(
                    mark("Nobody: models of leaving are useless."),
                    mark("They tell how many leave and where. They only don't tell whom a call keeps."),
                ),
                Choice(
                    mark("Those whom a call moves; an experiment tells."),
                    mark("Yes. Call a part by lot, learn whose leaving it changed, and pay only for that."),
                    right=True,
                ),
            ),
        ),
        QuizItem(
            "attribution_effect",
            mark("Shapley's values credit the e-mail with 300 orders. What if the e-mail is switched off?"),
            (
                Choice(
                    mark("Nobody knows: credits share out orders, they don't cause them."),
                    mark("Yes. Only a group without the e-mail, drawn by lot, tells what is lost."),
                    right=True,
                ),
                Choice(
                    mark("300 orders fewer: Shapley's method is fair."),
                    mark("It is fair in sharing out what happened. Many of these orders would have come anyway."),
                ),
                Choice(
                    mark("Fewer, but the Markov chain would tell the exact number."),
                    mark(
                        "It removes a channel from a picture of paths. Buyers are not removed from the world with it."
                    ),
                ),
                Choice(
                    mark("Nothing changes, because people who want something find it without e-mails anyway."),
                    mark("That is another guess. Some come because of it, some in spite of it; a test counts them."),
                ),
            ),
        ),
        QuizItem(
            "value_fact",
            mark("“Her lifetime value is 1,240”, says the system. What is this number?"),
            (
                Choice(
                    mark("A fact: it is computed from her own purchases."),
                    mark("Her past is a fact. The number speaks of the future, through a model and conventions."),
                ),
                Choice(
                    mark("A forecast under a margin, a horizon and a discount rate; it has an interval."),
                    mark("Yes. Change a convention, and it changes; for one person the interval is very wide."),
                    right=True,
                ),
                Choice(
                    mark("What she has paid so far."),
                    mark("That is her revenue. Value is margin to come, less what serving her costs."),
                ),
                Choice(
                    mark("The highest price at which it pays to win her back if she leaves us next month."),
                    mark("For winning back her second life counts, and it is usually shorter than the first."),
                ),
            ),
        ),
        QuizItem(
            "significance",
            mark("A test with 200,000 clients: one percentage point more visits, p below 0.001. Roll it out?"),
            (
                Choice(
                    mark("Yes: p could hardly be smaller."),
                    mark("It says that the difference is not luck. It does not say that it is large, or that it pays."),
                ),
                Choice(
                    mark("No: one percentage point is nothing."),
                    mark("On a million clients it may be a fortune. Multiply before you judge."),
                ),
                Choice(
                    mark("Only if margin times the lift exceeds the cost; take the interval's lower end too."),
                    mark("Yes. Significance asks about luck, importance asks about money."),
                    right=True,
                ),
                Choice(
                    mark("Only after a second test shows the same p, since one test alone can never prove anything."),
                    mark("A repetition is good against luck, and luck is not the question any more."),
                ),
            ),
        ),
    ),
)

PREDICTIONS = (
    Prediction(
        "riskiest_profit",
        "08",
        mark(
            "A club calls the riskiest 30% of 3,000 members. A call costs 6, a member who stays is worth about 220. "
            "What "
            "profit do the calls bring, in thousands?"
        ),
    ),
)

QUIZZES = (MONEY,)
