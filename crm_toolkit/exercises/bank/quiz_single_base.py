"""Quiz and prediction of lesson 02: one database, two doors. Misconceptions 11, 12, 20, 22 of the course."""

from __future__ import annotations

from crm_toolkit.exercises.quiz import Choice, Prediction, Quiz, QuizItem
from crm_toolkit.texts import mark

SINGLE_BASE = Quiz(
    id="single_base",
    lesson="02",
    title=mark("One database, two doors"),
    items=(
        QuizItem("elements", mark("A service writes down purchases, profiles and debts of its customers, and analyses "
                                  "them every "
                                  "month. Which element of a CRM system is missing?"), (
            Choice(mark("A programme that draws charts."),
                   mark("Charts show what comes out. Look at what goes in: what do customers say between two "
                        "purchases?")),
            Choice(mark("Segments of customers, named and described on one page each."),
                   mark("Segments are computed from the inputs. An output is taken for an input here.")),
            Choice(mark("The history of contacts: requests and complaints."),
                   mark("Yes. A table of purchases knows who has gone, and nothing of what was said before."),
                   right=True),
            Choice(mark("A larger database."),
                   mark("Size is not the question: one kind of information is not recorded at all.")),
        )),
        QuizItem("no_complaints", mark("In the new database one branch has no complaints for a year. What is the "
                                       "first thing to check?"), (
            Choice(mark("Whether complaints can be made and are written down there."),
                   mark("Yes. A touchpoint that nobody records looks exactly like a touchpoint without "
                        "trouble."), right=True),
            Choice(mark("How to reward the branch."),
                   mark("No complaints is taken for no problems. First one has to know whether complaints are "
                        "recorded there.")),
            Choice(mark("Whether the other branches complain too much."),
                   mark("The odd figure is the zero. Where does it come from?")),
            Choice(mark("Whether the customers of the branch are more loyal than those of the other branches."),
                   mark("Perhaps, but silence and loyalty can't be told apart from a zero.")),
        )),
        QuizItem("provenance", mark("The card says: income 90,000. Which additional fact makes this number usable?"), (
            Choice(mark("That the number is large."), mark("Its size does not tell whether it is true today.")),
            Choice(mark("That all the other fields of the card are filled in as well."),
                   mark("Completeness is taken for quality. A full card may be old and guessed.")),
            Choice(mark("That the manager can see it."), mark("Seeing it makes it neither true nor permitted.")),
            Choice(mark("Who entered it, when, and on which lawful basis."),
                   mark("Yes. A value without origin can be neither trusted, nor refreshed, nor lawfully used."),
                   right=True),
        )),
        QuizItem("consent", mark("A customer ticked “I agree to the rules of the club”. May the club send advertising "
                                 "by e-mail?"), (
            Choice(mark("Yes, the customer agreed."),
                   mark("Agreed to what? The rules of the club are one purpose, advertising is another.")),
            Choice(mark("No: advertising needs a consent of its own, given for that purpose."),
                   mark("Yes. One purpose, one record, withdrawn as easily as it was given. The law of your country "
                        "has details: "
                        "check the version in force."), right=True),
            Choice(mark("Yes, if every e-mail has a link by which one can unsubscribe with one click."),
                   mark("A way out does not replace the way in: the consent has to be there first.")),
            Choice(mark("Yes, if the customer has bought something."),
                   mark("A purchase is a contract about the purchase. For advertising the lawful basis has to be "
                        "checked "
                        "separately.")),
        )),
        QuizItem("duplicates", mark("Two records: “A. Smith, 555-0123” and “Ann Smith, 555-0123”. What do you do?"), (
            Choice(mark("Merge them, keep where every value came from, and be able to undo it."),
                   mark("Yes. They may still be a mother and a daughter with one telephone."), right=True),
            Choice(mark("Delete the shorter one."),
                   mark("Deleting loses the history that hangs on it: its contacts, purchases and consents.")),
            Choice(mark("Leave both: more records are more data."),
                   mark("Two half customers look like two rare customers; every count by customer is wrong then.")),
            Choice(mark("Merge all records with one surname."),
                   mark("A surname is shared by strangers. Several fields have to agree.")),
        )),
        QuizItem("conflict", mark("Two employees change one card at the same moment. What should the database do with "
                                  "the second change?"), (
            Choice(mark("Take it: the last one is right."),
                   mark("Then the first employee's work disappears, and nobody notices.")),
            Choice(mark("Lock the card for everybody else while somebody looks at it."),
                   mark("Then a forgotten screen stops the whole reception.")),
            Choice(mark("Refuse it, show what stands there now, and keep what was typed."),
                   mark("Yes. Nothing is lost, and a person decides."), right=True),
            Choice(mark("Keep two cards."), mark("Then there is no single card any more.")),
        )),
    ),
)  # fmt: skip

QUIZZES = (SINGLE_BASE,)
PREDICTIONS = (
    Prediction(
        "in_all_lists",
        "02",
        mark("Of every hundred customers who stand in at least one list, how many stand in all three?"),
        unit="%",
    ),
)
