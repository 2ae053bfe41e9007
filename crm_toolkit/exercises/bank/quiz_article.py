"""Quiz of lesson 10: reading an article. Misconceptions 17, 18, 23 of the course, and some that articles invite."""

from __future__ import annotations

from crm_toolkit.exercises.quiz import Choice, Prediction, Quiz, QuizItem
from crm_toolkit.texts import mark

ARTICLE = Quiz(
    id="article",
    lesson="10",
    title=mark("Reading an article"),
    items=(
        QuizItem(
            "demand",
            mark("“The figures prove that no guest may be kept waiting for more than ten minutes.” What is this?"),
            (
                Choice(
                    mark("An empirical claim: figures prove it."),
                    mark("Take “the figures prove” away, and a demand is left. Figures tell what is, not what may be."),
                ),
                Choice(
                    mark("A definition of waiting."),
                    mark("It fixes no word. Somebody could share the word “waiting” and reject the demand."),
                ),
                Choice(
                    mark("A normative claim, dressed up."),
                    mark("Yes. It needs a goal besides figures: what for, for whom, and at what cost?"),
                    right=True,
                ),
                Choice(
                    mark("A false claim: ten minutes are too strict."),
                    mark("That is the reader's own demand. First the type, then what it rests on, then one's opinion."),
                ),
            ),
        ),
        QuizItem(
            "significant",
            mark(
                "12,000 answers: services 3.42, goods 3.36 on a scale from 1 to 7, the difference is significant. "
                "What follows for a manager?"
            ),
            (
                Choice(
                    mark("Risk is decisive: significant means important."),
                    mark("Significant means: hardly chance alone. Nobody has said that 0.06 points change a purchase."),
                ),
                Choice(
                    mark("Hardly chance, and hardly noticeable."),
                    mark("Yes. Lay the interval beside the smallest difference that would matter; here it is tiny."),
                    right=True,
                ),
                Choice(
                    mark("Nothing: with so many answers everything is significant, so the study is worthless."),
                    mark("Many answers are a merit: the size is known precisely. It is only small."),
                ),
                Choice(
                    mark("Each service is a little riskier than each good."),
                    mark("Means of groups say nothing of each one: a car wash may well lie below a used car."),
                ),
            ),
        ),
        QuizItem(
            "classic",
            mark(
                "An article writes “services are riskier and harder to judge than goods” and cites a work of 1981. "
                "What do you do?"
            ),
            (
                Choice(
                    mark("Accept it: the work is a classic, and everybody who writes on services cites it."),
                    mark("Being cited is no evidence. In that work these are hypotheses and not findings."),
                ),
                Choice(
                    mark("Reject it: it is too old."),
                    mark("Age alone refutes nothing. Ask what has been tested since, and whether things have changed."),
                ),
                Choice(
                    mark("Ask ten friends whether they agree."),
                    mark("Ten friends are a sample of your friends, and agreeing is not judging a service."),
                ),
                Choice(
                    mark("Look what it reports, and search for tests of it."),
                    mark("Yes. Studies of 1995 and 2007 did not find it in general; it depends on the qualities."),
                    right=True,
                ),
            ),
        ),
        QuizItem(
            "fits",
            mark("A decision model was filled in for 40 guests after their purchase and fitted all 40. What is shown?"),
            (
                Choice(
                    mark("That it can be filled in afterwards."),
                    mark("Yes. A model that fits everything has risked nothing: let it say the purchase beforehand."),
                    right=True,
                ),
                Choice(
                    mark("That it foresees purchases: 40 hits of 40, not a single miss."),
                    mark("These are no hits: the purchase was known when the fields were filled in."),
                ),
                Choice(
                    mark("That the constructs of the model cause purchases."),
                    mark("A story that is well told has no comparison: the same guest without the cause."),
                ),
                Choice(
                    mark("That 40 is too few; with 400 it would be proved."),
                    mark("Ten times as many stories told afterwards are still told afterwards."),
                ),
            ),
        ),
        QuizItem(
            "drives",
            mark(
                "Guests who waited longer came back less often; most long waits were on Saturdays. “Waiting drives "
                "guests away”: what is missing?"
            ),
            (
                Choice(
                    mark("A larger sample."),
                    mark("It would give the same difference more precisely, with Saturday still inside."),
                ),
                Choice(
                    mark("A test of significance of the difference between the three rows of the table."),
                    mark("It would say that the difference is hardly chance, and not that waiting makes it."),
                ),
                Choice(
                    mark("A comparison of like guests who waited differently."),
                    mark("Yes. Saturday guests may live elsewhere: vary the wait by lot, or compare within one day."),
                    right=True,
                ),
                Choice(
                    mark("Nothing: first the wait, then the staying away."),
                    mark("After is not because. The day came before both."),
                ),
            ),
        ),
        QuizItem(
            "lamp",
            mark("In the workshop the lamp of a claim says: without support. What follows?"),
            (
                Choice(
                    mark("The claim is false."),
                    mark("Without support is not refuted. Nobody has looked yet, or the article gives no reason."),
                ),
                Choice(
                    mark("The claim must be left out of the report."),
                    mark("On the contrary: that a claim hangs in the air is a finding of yours, worth a sentence."),
                ),
                Choice(
                    mark("The claim is new: nobody in the world has studied it so far."),
                    mark("The bank holds twenty-odd entries. What is missing in it may fill a library."),
                ),
                Choice(
                    mark("Look for evidence on both sides, or report that there is none."),
                    mark("Yes. The lamp counts links; what they are worth is for the reader to judge."),
                    right=True,
                ),
            ),
        ),
    ),
)

QUIZZES = (ARTICLE,)
PREDICTIONS = (
    Prediction(
        "claims_borne_out",
        "10",
        mark(
            "“Ten minutes” makes six empirical claims. How many of them do the text's own numbers bear out as they "
            "are worded?"
        ),
    ),
)
