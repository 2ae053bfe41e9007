"""The two pages that lie beside the data of a seminar: questions for students, a key for the instructor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_toolkit.datasets.code_words import scenario_title
from crm_toolkit.texts import format_date, format_number, say, say_count

if TYPE_CHECKING:
    from crm_toolkit.world.observation import Observed
    from crm_toolkit.world.simulation import World


def students_page(world: World, seen: Observed) -> bytes:
    """What the students' folder is and what one can ask of it, in the reader's language."""
    spec, told = world.spec, world.spec.scenario
    blocks = [
        scenario_title(told.name),
        say_count(
            "This is what an invented organisation has written down about its customers in {count} week, "
            "beginning on {start}. The organisation and the people do not exist. The currency is {currency}.",
            "This is what an invented organisation has written down about its customers in {count} weeks, "
            "beginning on {start}. The organisation and the people do not exist. The currency is {currency}.",
            spec.weeks, start=format_date(told.start, "long"), currency=told.currency,
        ),
        say(
            "Three departments keep a list of customers each: sales_customers.csv, service_customers.csv and "
            "marketing_contacts.csv. The lists have no key in common. The same person may be in several of them, and "
            "more than once in one. Orders and payments belong to records of sales, complaints and requests to "
            "records of service, campaigns to records of marketing."
        ),
        say(
            "People type by hand: there are typing errors, empty fields, old addresses, several ways of writing a "
            "date, and entries that came late. dictionary.{code}.csv explains every column.", code=told.locale[:2],
        ),
        say("Questions"),
        "\n".join(f"{number}. {question}" for number, question in enumerate(_questions(world), 1)),
    ]  # fmt: skip
    return _page(blocks)


def _questions(world: World) -> list[str]:
    tables = world.tables
    return [
        say("How many customers does the organisation have? Which records are one person, and how sure are you?"),
        say("Which values are missing or can't be right, and what will you do with each kind of them?"),
        say("Who are the best customers by recency, frequency and money? What changes when records are joined?"),
        say("Who has left, and from which day on could the organisation have known?"),
        say("Which channels bring customers who are worth what they cost?"),
        *([say("What did the campaigns change? Compare those treated with the holdout.")]
          if len(tables["campaigns"]) else []),
        *([say("What do customers do after a complaint, and does it matter how it was settled?")]
          if len(tables["complaints"]) else []),
        say("How satisfied are the customers, and who does not answer the surveys?"),
        say("What would a single database have to record so that all this is easy to answer?"),
    ]  # fmt: skip


def instructors_page(world: World, seen: Observed, command: str) -> bytes:
    """What the instructor's folder holds, in the reader's language."""
    people = len(world.tables["customers"])
    blocks = [
        say("{title}: for the instructor", title=scenario_title(world.spec.scenario.name)),
        say("Keep this folder to yourself until the seminar is over: it holds the answers."),
        "\n".join(
            [
                say("clean/: the tables as they truly are, with one list of customers"),
                say("twins/: the students' tables without a slip, row by row"),
                say("truth/: what no organisation sees: traits, states, effects of campaigns"),
                say("matches.csv: which customer each record of the three lists is"),
                say("slips.csv: every slip that was planted, with the right value"),
                say("manifest.json: how the data were made, and a digest of every file"),
            ]
        ),
        say(
            "{people} customers stand in {records} records of three lists; {slips} slips were planted.",
            people=format_number(people), records=format_number(len(seen.matches)),
            slips=format_number(len(seen.changes)),
        ),
        say("The same command makes the same files: {command}", command=command),
    ]  # fmt: skip
    return _page(blocks)


def _page(blocks: list[str]) -> bytes:
    return ("\n\n".join(blocks) + "\n").replace("\n", "\r\n").encode("utf-8-sig")
