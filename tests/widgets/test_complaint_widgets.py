"""Inbox, incidents and the recovery bench: what is shown is what the functions say, in one language, with letters."""

import re

import pytest

from crm_toolkit.analysis.recovery_budget import recovery_budget
from crm_toolkit.errors import InputError
from crm_toolkit.exercises.inbox import moves_of, result_of
from crm_toolkit.texts import language
from crm_toolkit.widgets import code_incidents, explore_recovery, inbox_app, service_inbox
from crm_toolkit.widgets.models.recovery import _conclusion
from tests.widgets.conftest import walk


@pytest.fixture
def inbox():
    return service_inbox("A-1")


def items(inbox):
    return [one for one in walk(inbox._list) if type(one).__name__ == "Button"]


def test_the_inbox_lists_what_is_open_and_opens_what_is_pressed(inbox, html_of, words_of):
    assert len(items(inbox)) == len(inbox.standing.open)
    items(inbox)[1].click()
    assert inbox.chosen == inbox.standing.open[1]
    assert inbox.day[inbox.chosen].text in html_of(inbox.box).replace("&#x27;", "'").replace("&quot;", '"')
    assert "09:00, 480 working minutes left" in words_of(inbox.box)


def test_a_move_by_buttons_moves_the_clock_and_can_be_taken_back(inbox, press, words_of):
    items(inbox)[0].click()
    event = inbox.chosen
    inbox._answer.value = "reply"
    assert inbox._minutes.value == 12
    inbox._minutes.value = 15
    inbox._task.value = "intake"
    press(inbox.box, "Do it")
    assert (inbox.moves[0].event, inbox.moves[0].minutes, inbox.moves[0].task) == (event, 15, "intake")
    assert "09:15, 465 working minutes left" in words_of(inbox.box)
    press(inbox.box, "Wait for the next one")
    assert inbox.standing.minute > 15
    press(inbox.box, "Undo the last move")
    press(inbox.box, "Undo the last move")
    assert inbox.moves == []
    assert event in inbox.standing.open


def test_what_can_not_be_done_gets_a_letter_and_changes_nothing(inbox, press, html_of):
    items(inbox)[0].click()
    press(inbox.box, "Do it")
    assert inbox.moves == []
    assert "crm-letter" in html_of(inbox.box)
    assert "Choose what to do with it." in html_of(inbox.box)


def test_the_evening_shows_the_own_day_beside_the_rules(inbox, press, words_of):
    *inbox.moves, last = moves_of(inbox.day, "judgement")
    inbox.wait() if last.event == "wait" else inbox.do(last.event, last.answer, last.minutes, last.task)
    press(inbox.box, "End the day")
    own = result_of(inbox.day, moves_of(inbox.day, "judgement"))
    assert inbox.result.kept == own.kept == inbox.rules["judgement"].kept
    said = words_of(inbox.box)
    assert f"You kept {own.kept:.0%} of what was at stake; judgement keeps {own.kept:.0%}" in said
    assert f"You named the task of {own.named} events, of {own.named_rightly} rightly." in said
    for words in ("first come, first served", "the most valuable customer first", "Where most was lost"):
        assert words in said
    press(inbox.box, "Undo the last move")
    assert inbox.result is None


def test_the_static_copy_of_the_inbox_tells_the_morning_and_the_rules(monkeypatch):
    monkeypatch.setenv("CRM_STATIC", "1")
    inbox = service_inbox("A-1")
    parts = inbox.static_parts()
    assert inbox.box is None
    assert [type(part).__name__ for part in parts] == ["Sentence", "Sentence", "Table", "Table", "Sentence"]
    assert len(parts[2].rows) == len(inbox.standing.open)
    assert len(parts[3].rows) == 4
    with pytest.raises(InputError, match="no event"):
        inbox.do("nothing", "reply")


def test_incidents_are_coded_by_buttons_and_compared(press, words_of):
    coding = code_incidents("A-1", count=20)
    for reason in coding.made.key["reason"]:
        coding._kinds[reason].click()
    assert len(coding.codes) == 20
    press(coding.box, "Compare")
    assert "With the key: 100% alike, κ 1.00" in words_of(coding.box)
    assert "With a simulated second coder:" in words_of(coding.box)
    coding.code(1, next(kind for kind in coding._kinds if kind != coding.codes[1]))
    assert coding.result is None
    coding.compare()
    assert "Mixed up" in words_of(coding.box)


def test_too_few_codes_get_a_letter(press, html_of):
    coding = code_incidents("A-1")
    coding.code(1, "pricing")
    assert coding.place == 2
    coding.go(-1)
    assert coding.place == 1
    press(coding.box, "Compare")
    assert "Coded so far: 1; 20 are needed" in html_of(coding.box)
    with pytest.raises(InputError, match="`count` can't be 5"):
        code_incidents("A-1", count=5)


@pytest.mark.slow
def test_one_kind_for_everything_has_no_kappa_that_could_not_be_said():
    coding = code_incidents("A-1")
    for number in range(1, 25):
        coding.code(number, "pricing")
    assert coding.compare().with_key.kappa == pytest.approx(0.0, abs=0.1)


def test_the_recovery_bench_says_when_the_paradox_appears_and_vanishes():
    bench = explore_recovery()
    assert "With a budget of 20 there is no paradox" in bench.view.conclusion
    bench.controls["budget"].value = 60
    assert "the paradox appears after one failure and is gone after the second" in bench.view.conclusion
    assert f"The best budget is {bench.result.best}:" in bench.view.conclusion
    rows = bench.view.areas["outcomes"].rows
    assert [row[0] for row in rows] == ["nothing: 0", f"the best: {bench.result.best}", "yours: 60"]
    at = {name: control.value for name, control in bench.controls.items()} | {"blame": 1.0, "budget": 80}
    assert "even after two" in _conclusion(recovery_budget(**at))
    assert "assumption of the course" in bench.view.areas["origins"].text


def test_the_page_asks_who_is_there(press, html_of):
    page = inbox_app()
    press(page.box, "Begin")
    assert "Write your student number" in html_of(page.box)
    page.begin("A-1")
    assert page.inbox.day == service_inbox("а-1").day


@pytest.mark.parametrize("make", [
    lambda: explore_recovery().box, pytest.param(lambda: code_incidents("A-1").box, marks=pytest.mark.slow),
])  # fmt: skip
def test_the_russian_box_is_russian(make, words_of):
    with language("ru"):
        text = re.sub(r"&[a-z#0-9]+;", " ", words_of(make()))
    assert not re.findall(r"[A-Za-z]+(?: [A-Za-z]+){2,}", re.sub(r"base64,\S*", "", text))


def test_the_russian_inbox_is_russian_to_the_evening(words_of):
    with language("ru"):
        inbox = service_inbox("A-1")
        items(inbox)[0].click()
        text = words_of(inbox.box)
    inbox.moves = moves_of(inbox.day, "first_come")
    inbox.end()
    assert not re.findall("[A-Za-z]{3,}", re.sub(r"base64,\S*", "", text + words_of(inbox.box)))
