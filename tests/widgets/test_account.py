"""The customer's account: one's own data only, what waits for an employee, consents one by one, and coming in."""

import base64
import io
import re
import zipfile

import pytest

import crm_toolkit as crm
from crm_toolkit import widgets
from crm_toolkit.errors import InputError
from crm_toolkit.schema.store import PURPOSES
from crm_toolkit.store import Store
from crm_toolkit.texts import language
from crm_toolkit.widgets.demonstration import VARIABLE, chosen_store, demonstration_store


@pytest.fixture
def own(store, customer):
    """The store as the customer sees it."""
    return store.as_role("customer", customer=customer)


@pytest.fixture
def account(own):
    """A customer's account."""
    return widgets.customer_account(own)


def test_some_changes_wait_for_an_employee_and_say_so(store, account, customer, html_of):
    before = store.row("customers", customer)["full_name"]
    account.profile.fill({"full_name": "Ada King", "city": "Newtown"})
    account.profile.submit()
    row = store.row("customers", customer)
    assert (row["full_name"], row["city"]) == (before, "Newtown")
    said = html_of(account.box)
    assert "Waits for an employee: Name." in said
    assert "waits for an employee" in said
    assert "Ada King" in said


def test_a_complaint_is_followed_and_answered(store, account, customer, html_of):
    account.choose("requests")
    account.new_request.fill({"kind": "complaint", "subject": "Blunt scissors", "body": "It hurt."})
    account.new_request.submit()
    key = account.new_request.submitted.key
    row = store.row("requests", key)
    assert (row["customer_id"], row["entered_kind"], row["priority"]) == (customer, "customer", "high")
    store.submit("request_step", {"event": "paused", "text": "Which day was it?"}, row=key, expected_version=1)
    account.refresh()
    account.open(key)
    assert "Which day was it?" in html_of(account.box)
    account.reply.fill({"text": "On Monday."})
    account.reply.submit()
    assert store.row("requests", key)["status"] == "assigned"
    said = html_of(account.box)
    assert "On Monday." in said
    assert "an employee" in said


def test_boxes_of_consent_are_empty_and_each_purpose_is_a_record(store, account, customer, press):
    account.choose("consents")
    given = {purpose for purpose, one in account.view.consents.items() if one.state == "given"}
    assert set(account.agree) == set(PURPOSES) - given
    assert not any(tick.value for tick in account.agree.values())
    before = store.count("consents", where={"customer_id": customer})
    account.give()
    assert store.count("consents", where={"customer_id": customer}) == before
    for purpose in ("phone", "analytics"):
        account.agree[purpose].value = True
    account.give()
    found = store.list("consents", where={"customer_id": customer}, order="-consent_id", limit=2)
    assert set(found["purpose"]) == {"phone", "analytics"}
    assert store.count("consents", where={"customer_id": customer}) == before + 2
    assert not {"phone", "analytics"} & set(account.agree)
    press(account.box, "Withdraw: telephone calls")
    assert "phone" in account.agree
    assert not account.agree["phone"].value
    phone = store.list("consents", where={"customer_id": customer, "purpose": "phone"})
    assert phone["withdrawn_at"].notna().all()


def test_purchases_and_what_is_owed_are_seen(store, account, customer, html_of):
    product = int(store.list("products")["product_id"].iloc[0])
    values = {"customer_id": customer, "product_id": product, "quantity": 3, "unit_price": 10, "method": "invoice"}
    store.submit("purchase", {**values, "due_on": "2030-01-31"})
    account.choose("purchases")
    account.refresh()
    said = html_of(account.box)
    assert "Jan 31, 2030" in said
    assert "$30.00" in said


def test_nothing_of_others_and_nothing_of_the_organisation_is_seen(store, account, customer, html_of):
    version = store.row("customers", customer)["version"]
    store.submit("profile", {"note": "Difficult person"}, row=customer, expected_version=version)
    others = store.list("customers", limit=None)
    names = set(others.loc[others["customer_id"] != customer, "full_name"])
    said = []
    account.refresh()
    for name in account._tabs:
        account.choose(name)
        said.append(html_of(account.box))
    said = " ".join(said)
    assert "Difficult person" not in said
    assert not [name for name in names if name in said]
    assert "Margin" not in said


def test_all_of_ones_own_data_can_be_taken_along(store, account, customer, html_of, press):
    account.choose("data")
    press(account.box, "Make a file of my data")
    href = re.search(r'href="data:application/zip;base64,([^"]*)"', html_of(account.box)).group(1)
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(href))) as archive:
        said = archive.read("data.json").decode("utf-8")
    assert store.row("customers", customer)["full_name"] in said
    others = store.list("customers", limit=None)
    assert not [name for name in others.loc[others["customer_id"] != customer, "full_name"] if name in said]
    assert store.count("exports") == 1


def test_one_asks_to_be_erased_and_sees_by_when(store, account, customer, html_of):
    account.choose("data")
    account._own.erasure.submit()
    assert store.count("erasures", where={"customer_id": customer}) == 1
    assert "erasure asked for" in html_of(account.box)
    account._own.erasure.submit()
    assert 'role="alert"' in html_of(account.box)
    assert store.count("erasures", where={"customer_id": customer}) == 1


def test_typed_words_stay_when_the_rest_is_read_again(store, account, customer):
    account.choose("requests")
    account.new_request.fill({"subject": "half a sen"})
    store.submit("request", {"customer_id": customer, "kind": "complaint", "subject": "By phone"})
    assert account.watch.look()
    assert account.new_request.controls["subject"].value == "half a sen"


def test_the_desk_is_not_opened_as_an_account(store):
    with pytest.raises(InputError):
        widgets.customer_account(store)


def test_the_russian_account_is_russian(store_ru, words_of):
    customer = int(store_ru.list("orders", order="-ordered_at", limit=1)["customer_id"].iloc[0])
    with language("ru"):
        account = widgets.customer_account(store_ru.as_role("customer", customer=customer))
        account.profile.fill({"phone": "12"})
        account.profile.submit()
    said = [words_of(account.box)]
    for name in account._tabs:
        account.choose(name)
        said.append(words_of(account.box))
    text = re.sub(r"\S+@\S+|\bE-mail\b", "", " ".join(said))
    assert re.findall("[A-Za-z]{2,}", text) == []


def test_one_comes_in_and_goes_out(store, customer, press):
    page = widgets.desk_app(store.url)
    page._controls["role"].value = "service"
    page.enter()
    assert page.inside.store.role.name == "service"
    press(page.box, "Leave")
    assert page.inside is None
    page = widgets.account_app(store.url)
    page._controls["customer"].value = customer
    page.enter()
    assert page.inside.view.customer_id == customer


def test_where_there_are_accounts_one_signs_in_and_chooses_no_role(store, customer, html_of):
    pytest.importorskip("argon2")
    from crm_toolkit.store import accounts

    accounts.add(store, "oleg", "a long password", role="service")
    accounts.add(store, "anna", "another password", role="customer", customer=customer)
    desk, account = widgets.desk_app(store.url), widgets.account_app(store.url)
    assert set(desk._controls) == {"login", "password"}
    for page, login, password in (
        (desk, "oleg", "wrong password"), (desk, "anna", "another password"), (account, "oleg", "a long password"),
    ):  # fmt: skip
        page._controls["login"].value, page._controls["password"].value = login, password
        page.enter()
        assert page.inside is None
        assert "You are not signed in." in html_of(page.box)
        assert page._controls["password"].value == ""
    desk._controls["login"].value, desk._controls["password"].value = "oleg", "a long password"
    desk.enter()
    assert desk.inside.store.role.name == "service"
    account._controls["login"].value, account._controls["password"].value = "anna", "another password"
    account.enter()
    assert account.inside.view.customer_id == customer
    desk.leave()
    assert desk.inside is None


def test_a_store_that_is_not_there_is_a_letter_on_the_page(tmp_path, html_of):
    page = widgets.desk_app(str(tmp_path / "none.db"))
    assert 'role="alert"' in html_of(page.box)
    assert page.inside is None


def test_the_demonstration_is_made_once_for_each_language(tmp_path):
    first = demonstration_store(tmp_path)
    made = first.stat().st_mtime_ns
    assert demonstration_store(tmp_path) == first
    assert first.stat().st_mtime_ns == made
    with language("ru"):
        assert demonstration_store(tmp_path) != first
    opened = Store.open(first)
    assert opened.count("customers") > 100
    assert opened.info["currency"] == "USD"
    opened.close()


def test_the_variable_names_the_store(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "mine.db"))
    assert chosen_store() == (str(tmp_path / "mine.db"), False)


def test_without_a_kernel_a_sentence_stands_there(own, monkeypatch):
    monkeypatch.setenv("CRM_STATIC", "1")
    assert widgets.customer_account(own).box is None
    assert crm.widgets.account_app(own.url).box is None


def test_an_answer_being_written_stays_in_its_place_when_a_new_request_comes(store, customer):
    account = widgets.customer_account(store.as_role("customer", customer=customer))
    mine = store.submit("request", {"customer_id": customer, "kind": "complaint", "subject": "Mine"}).key
    account.refresh()
    account.choose("requests")
    account.open(mine)
    before = account._list.children
    place = before.index(account._opened)
    store.submit("request", {"customer_id": customer, "kind": "complaint", "subject": "Newer"})
    account.refresh()
    after = account._list.children
    assert len(after) == len(before) + 1
    assert all(old is new for old, new in zip(before[: place + 1], after, strict=False))
    account.open(mine)
    assert list(account._buttons) == account.view.requests["request_id"].head(12).tolist()
    assert "Newer" in " ".join(item.description for item in account._list.children)
