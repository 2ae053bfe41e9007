"""Quiz of lesson 09: loyalty programmes. Misconceptions 1, 2, 13 and 14 of the course, and two on tests and gifts."""

from __future__ import annotations

from crm_toolkit.exercises.quiz import Choice, Prediction, Quiz, QuizItem
from crm_toolkit.texts import mark

LOYALTY = Quiz(
    id="loyalty",
    lesson="09",
    title=mark("Loyalty programmes"),
    items=(
        QuizItem(
            "members_spend_more",
            mark("Members spend 170 more in half a year than other clients. What did the programme bring?"),
            (
                Choice(
                    mark("170 for each member: that is what the figures say."),
                    mark(
                        "The figures compare people who chose. Heavy buyers join, and bought more before they joined."
                    ),
                ),
                Choice(
                    mark("It can't be told from this: who joins chooses to."),
                    mark("Yes. Needed is a group that differs from the members by nothing but chance."),
                    right=True,
                ),
                Choice(
                    mark("Nothing: members would have spent as much without it."),
                    mark(
                        "That claims too much the other way. "
                        "A biased comparison does not make the effect zero: it is unknown."
                    ),
                ),
                Choice(
                    mark("170 less what the same members spent in the half-year before."),
                    mark(
                        "Then season, prices and a new hairdresser next door are counted as effects of the programme."
                    ),
                ),
            ),
        ),
        QuizItem(
            "breakage_profit",
            mark("A third of the points is never redeemed. “That third is pure profit”, says the owner."),
            (
                Choice(
                    mark("True: the points cost nothing and were paid for."),
                    mark(
                        "Not on the day of sale. And members who find their points worthless stop collecting, or leave."
                    ),
                ),
                Choice(
                    mark("True as soon as the points are six months old."),
                    mark(
                        "Age alone does not help: many are redeemed late. The estimate has to follow the older months."
                    ),
                ),
                Choice(
                    mark("It lowers what is deferred, as far as it can be estimated; members pay for it with trust."),
                    mark("Yes. It enters the stand-alone price of the points, and a rule that hides expiry is a debt."),
                    right=True,
                ),
                Choice(
                    mark("False: every point must stay in the books until somebody comes and uses it."),
                    mark("Then books would swell for ever. Expected breakage is recognised as others are redeemed."),
                ),
            ),
        ),
        QuizItem(
            "points_loyalty",
            mark("Eight of ten clients carry the card. Are eight of ten loyal?"),
            (
                Choice(
                    mark("Yes: the card shows an attitude."),
                    mark("It shows that a discount was not refused. Many carry the competitor's card as well."),
                ),
                Choice(
                    mark("Yes, if most of the points are redeemed."),
                    mark("Redeeming shows that people like rewards. Would they come without them, or recommend you?"),
                ),
                Choice(
                    mark("No: loyal clients need no card at all."),
                    mark("Loyal people take a card too; it only does not tell them from the others."),
                ),
                Choice(
                    mark("It can't be told: the card measures joining."),
                    mark("Yes. Loyalty would show in staying when something better is offered elsewhere."),
                    right=True,
                ),
            ),
        ),
        QuizItem(
            "demotion",
            mark("To save money, every fourth gold member falls back to silver. What does this cost?"),
            (
                Choice(
                    mark("More than the gold was worth to them: a loss weighs heavier than a gain."),
                    mark(
                        "Yes. Experiments found those who fell back less loyal than those who had never been promoted."
                    ),
                    right=True,
                ),
                Choice(
                    mark("Nothing: silver members are content as well."),
                    mark("They are because they have lost nothing. One compares with what one had."),
                ),
                Choice(
                    mark("Nothing, if they are told politely and are thanked for their loyalty."),
                    mark("A good letter softens it and does not undo it. A grace period may do more."),
                ),
                Choice(
                    mark("The value of the gold privileges, which is saved: it is a gain."),
                    mark("That is the saving. On the other side stand the visits that are lost; both must be counted."),
                ),
            ),
        ),
        QuizItem(
            "gift",
            mark(
                "Rewards for 100,000 were paid; the measured lift of members is 10%. What is “a gift without a cause”?"
            ),
            (
                Choice(
                    mark("10% of the rewards."),
                    mark("Turned round: that part of the spend is new. Rewards are paid on all of it."),
                ),
                Choice(
                    mark("Nothing: every reward was earned by a purchase."),
                    mark("Earned, yes. The question is which purchases would have been made anyhow."),
                ),
                Choice(
                    mark("About 91%: 100 of every 110 would have come anyhow."),
                    mark("Yes: 1 / 1.1. That is why a high reward rate needs a large lift."),
                    right=True,
                ),
                Choice(
                    mark("All of it, since rewards can never change what people do."),
                    mark("The lift of 10% says that something changed. It is small beside what is paid for it."),
                ),
            ),
        ),
        QuizItem(
            "peeking",
            mark("The plan asks for 3,000 clients an arm. After 400 the difference is significant. What do you do?"),
            (
                Choice(
                    mark("Stop: significant is significant, and every further week costs the holdout its rewards."),
                    mark("Who looks often finds chance significant sooner or later. The plan was for one look."),
                ),
                Choice(
                    mark("Go on to the planned end, and look then."),
                    mark("Yes; or plan for looking from the start, with a test that is made for it."),
                    right=True,
                ),
                Choice(
                    mark("Go on, and stop on the first day it is not significant."),
                    mark("The same game from the other side: the day of stopping is chosen by the result."),
                ),
                Choice(
                    mark("Invite the holdout too: it has been held back for long enough."),
                    mark("Then there is nothing left to compare with, and the question stays open for ever."),
                ),
            ),
        ),
    ),
)

QUIZZES = (LOYALTY,)
PREDICTIONS = (
    Prediction(
        "naive_over_truth",
        "09",
        mark(
            "How many times as large as the true effect is the plain difference between members and others? "
            "Commit to a number such as 2."
        ),
    ),
)
