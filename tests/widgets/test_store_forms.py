"""A form of the store on the page: labels, all problems at once, nothing typed is lost, two people at one row."""

import re

import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.store.declared import FORMS
from crm_toolkit.texts import language
from crm_toolkit.widgets.forms import allowed, store_form

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_every_field_has_a_label_of_its_own_and_choices_are_words(store, customer):
    form = store_form(store, "request", fixed={"customer_id": customer})
    asked = {field.name for field in FORMS["request"].fields} - {"customer_id"}
    assert set(form.controls) == asked
    assert all(control.description for control in form.controls.values())
    options = dict(form.controls["kind"].options)
    assert options["Service request"] == "service_request"
    assert not any("_" in text for name in ("kind", "priority", "channel") for text, _ in form.controls[name].options)


def test_every_problem_stands_in_the_letter_and_at_its_field_and_what_was_typed_stays(store, html_of):
    form = store_form(store, "customer")
    form.fill({"phone": "12", "email": "nobody", "children": "many", "birth_date": "31.02.2000"})
    form.submit()
    assert {problem.column for problem in form.problems} == {"full_name", "phone", "email", "children", "birth_date"}
    said = html_of(form.box)
    assert said.count('role="alert"') == 1
    assert said.count("crm-problem") == 5
    assert form.controls["phone"].value == "12"
    assert "no telephone number" in form.controls["phone"].tooltip
    form.fill({"full_name": "Ada King", "phone": "", "email": "", "children": "", "birth_date": ""})
    form.submit()
    assert "crm-problem" not in html_of(form.box)
    assert store.row("customers", form.submitted.key)["full_name"] == "Ada King"


def test_a_form_that_changes_a_row_hands_in_only_what_was_changed(store, customer):
    form = store_form(store, "profile", row=customer)
    assert form.values() == {}
    form.submit()
    assert form.submitted is None
    form.fill({"children": "5"})
    assert form.values() == {"children": "5"}
    form.submit()
    assert store.row("customers", customer)["children"] == 5
    form.fill({"children": "6"})
    form.submit()
    assert store.row("customers", customer)["children"] == 6


def test_a_masked_field_is_shown_masked_and_never_handed_in(store, customer, words_of):
    desk = store.as_role("service")
    before = store.row("customers", customer)["birth_date"]
    form = store_form(desk, "profile", row=customer)
    assert "birth_date" not in form.controls
    assert "Hidden from the role “Service”" in words_of(form.box)
    assert str(before.year) + "-" not in str([one.value for one in form.controls.values()])
    form.fill({"children": "4"})
    form.submit()
    assert store.row("customers", customer)["birth_date"] == before


def test_two_people_at_one_row_see_what_stands_there_and_decide(store, customer, html_of, press):
    mine, theirs = store_form(store, "profile", row=customer), store_form(store, "profile", row=customer)
    theirs.fill({"city": "Theirtown", "children": "7"})
    theirs.submit()
    mine.fill({"city": "Mytown"})
    mine.submit()
    said = html_of(mine.box)
    assert "Theirtown" in said
    assert "Mytown" in said
    assert mine.controls["city"].value == "Mytown"
    press(mine.box, "Save mine again")
    row = store.row("customers", customer)
    assert (row["city"], row["children"]) == ("Mytown", 7)


def test_what_others_wrote_can_be_taken(store, customer, press):
    mine, theirs = store_form(store, "profile", row=customer), store_form(store, "profile", row=customer)
    theirs.fill({"city": "Theirtown"})
    theirs.submit()
    mine.fill({"city": "Mytown"})
    mine.submit()
    press(mine.box, "Take theirs")
    assert mine.controls["city"].value == "Theirtown"
    mine.fill({"region": "North"})
    mine.submit()
    row = store.row("customers", customer)
    assert (row["city"], row["region"]) == ("Theirtown", "North")


def test_a_failure_of_ours_is_a_sentence_without_its_text(store, customer, monkeypatch, html_of):
    def failing(*_, **__):
        raise RuntimeError("secret 123")

    form = store_form(store, "profile", row=customer)
    form.fill({"city": "Here"})
    monkeypatch.setattr(type(store), "submit", failing)
    form.submit()
    assert "RuntimeError" in html_of(form.box)
    assert "secret" not in html_of(form.box)
    assert form.controls["city"].value == "Here"


def test_script_in_a_letter_is_text(store, html_of):
    form = store_form(store, "customer")
    form.fill({"phone": HOSTILE})
    form.submit()
    assert "<script" not in html_of(form.box)
    assert "&lt;script" in html_of(form.box)


def test_a_form_of_the_other_door_is_refused(store, customer):
    account = store.as_role("customer", customer=customer)
    with pytest.raises(InputError):
        store_form(account, "purchase")
    assert not allowed(account, "purchase")
    assert allowed(account, "request")
    assert not allowed(store.as_role("analyst"), "request")
    assert not allowed(store.as_role("marketing"), "moderation")


@pytest.mark.parametrize("name", ["customer", "contact", "request", "purchase", "consent"])
def test_the_russian_form_is_russian(store_ru, name, words_of):
    with language("ru"):
        form = store_form(store_ru, name)
        form.submit()
    said = re.sub(r"\bE-mail\b|name@example\.com|example", "", words_of(form.box))
    assert re.findall("[A-Za-z]{2,}", said) == []
