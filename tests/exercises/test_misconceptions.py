"""The misconceptions of the course: all of them named, and each trigger really there, with something to say."""

import pytest

from crm_toolkit.exercises import bank
from crm_toolkit.exercises.misconceptions import MISCONCEPTIONS
from crm_toolkit.texts import language, say

TRIGGERS = [(one.number, trigger) for one in MISCONCEPTIONS.values() for trigger in one.triggers]


def test_there_are_twenty_four_and_each_is_met_somewhere():
    assert list(MISCONCEPTIONS) == list(range(1, 25))
    assert all(one.triggers for one in MISCONCEPTIONS.values())


def test_their_names_are_there_in_both_languages():
    for one in MISCONCEPTIONS.values():
        with language("ru"):
            assert say(one.name) != one.name


@pytest.mark.parametrize(("number", "trigger"), TRIGGERS, ids=lambda value: getattr(value, "code", str(value)))
def test_each_trigger_is_in_the_bank_and_has_a_diagnosis(number, trigger):
    held = {"quiz": bank.every_quiz, "task": bank.every_task, "practice": bank.every_practice}[trigger.kind]()
    found = held[trigger.id]
    assert found.lesson == trigger.lesson
    if trigger.kind == "quiz":
        item = next(one for one in found.items if one.id == trigger.code)
        diagnoses = [choice.diagnosis for choice in item.choices if not choice.right]
    elif trigger.kind == "task":
        diagnoses = [slip.diagnosis for slip in found.misconceptions if slip.code == trigger.code]
    else:
        diagnoses = [one.missing for one in found.requirements if one.code == trigger.code]
    assert diagnoses
    assert all(diagnoses)
