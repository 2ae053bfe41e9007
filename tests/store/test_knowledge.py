"""Knowledge base: only what was checked and holds is suggested, every wording is kept, use and effect are counted."""

import datetime as dt

import pandas as pd
import pytest
import sqlalchemy as sa

import crm_toolkit as crm
from crm_toolkit.errors import InputError
from crm_toolkit.schema.store import ARTICLE_STATES
from crm_toolkit.store import ConflictError, database
from crm_toolkit.store.entering.generic import insert
from crm_toolkit.store.entering.knowledge import STATES_AFTER
from crm_toolkit.store.filling import CAUSES
from crm_toolkit.store.first_articles import FIRST_ARTICLES
from crm_toolkit.store.layout import TABLES
from crm_toolkit.texts import language

WORDS = {"title": "Broken kettle", "body": "Unplug the kettle. Offer cold water.", "language": "en"}


def made(store, **more):
    """A published article."""
    done = store.submit("article", WORDS | more)
    for state in ("review", "published"):
        done = store.submit("article_state", {"status": state}, row=done.key, expected_version=done.version)
    return done


def asked(store, people, **more):
    values = {"customer_id": people.customer, "kind": "complaint", "subject": "The kettle is broken"}
    return store.submit("request", values | more).key


def suggested(store, request, **more):
    return [one.article_id for one in store.suggest(request, **more)]


def test_every_cause_has_a_first_article_of_three_to_six_sentences_in_both_languages(store):
    assert set(FIRST_ARTICLES) == set(CAUSES)
    for texts in FIRST_ARTICLES.values():
        assert set(texts) == {"en", "ru"}
        for title, body in texts.values():
            assert len(title) < 60
            assert 3 <= sum(body.count(sign) for sign in ".!?") <= 6
    articles = store.list("articles", limit=None)
    assert articles.groupby("cause_id")["language"].apply(set).map(lambda its: its == {"en", "ru"}).all()
    assert len(articles) == 2 * len(CAUSES)
    assert set(articles["status"]) == {"published"}
    assert len(store.list("article_versions", limit=None)) == len(articles)


def test_a_new_article_is_a_draft_and_is_not_suggested_before_it_is_published(store, people):
    request = asked(store, people)
    done = store.submit("article", WORDS)
    assert store.article(done.key).status == "draft"
    assert done.key not in suggested(store, request)
    done = store.submit("article_state", {"status": "review"}, row=done.key, expected_version=done.version)
    assert done.key not in suggested(store, request)
    store.submit("article_state", {"status": "published"}, row=done.key, expected_version=done.version)
    assert suggested(store, request)[0] == done.key


@pytest.mark.parametrize("before", ARTICLE_STATES)
@pytest.mark.parametrize("after", ARTICLE_STATES)
def test_states_follow_each_other_as_declared(store, before, after):
    key = store.submit("article", WORDS).key
    with database.writing(store.engine) as connection:
        table = TABLES["articles"]
        connection.execute(sa.update(table).where(table.c.article_id == key).values(status=before))
    step = ("article_state", {"status": after})
    if after == before or after in STATES_AFTER[before]:
        store.submit(*step, row=key, expected_version=1)
        assert store.article(key).status == after
    else:
        with pytest.raises(InputError) as caught:
            store.submit(*step, row=key, expected_version=1)
        assert caught.value.problems[0].code == "wrong_step"
        assert store.article(key).status == before


def test_every_wording_is_kept_and_new_words_of_a_published_article_are_reviewed(store):
    done = made(store)
    done = store.submit("article_wording", {"body": "Take the blue kettle."}, row=done.key,
                        expected_version=done.version)  # fmt: skip
    assert store.article(done.key).status == "review"
    wordings = store.list("article_versions", where={"article_id": done.key}, order="version")
    assert wordings["version"].tolist() == [1, 2, 3, 4]
    assert wordings["status"].tolist() == ["draft", "review", "published", "review"]
    assert wordings["body"].iloc[0] == WORDS["body"]
    assert wordings["body"].iloc[-1] == "Take the blue kettle." == store.article(done.key).body


def test_a_longer_life_alone_needs_no_review(store):
    done = made(store)
    store.submit("article_wording", {"valid_to": "2099-12-31"}, row=done.key, expected_version=done.version)
    assert store.article(done.key).status == "published"


def test_two_who_reword_at_once_do_not_overwrite_each_other(store):
    done = store.submit("article", WORDS)
    store.submit("article_wording", {"title": "First"}, row=done.key, expected_version=1)
    with pytest.raises(ConflictError):
        store.submit("article_wording", {"title": "Second"}, row=done.key, expected_version=1)
    assert store.article(done.key).title == "First"
    assert len(store.list("article_versions", where={"article_id": done.key})) == 2


@pytest.mark.parametrize(("values", "column"), [({"title": ""}, "title"), ({"body": " "}, "body")])
def test_an_article_can_not_lose_its_words(store, values, column):
    done = store.submit("article", WORDS)
    with pytest.raises(InputError) as caught:
        store.submit("article_wording", values, row=done.key, expected_version=1)
    assert [problem.column for problem in caught.value.problems] == [column]


def test_an_article_can_not_end_before_it_begins(store):
    with pytest.raises(InputError) as caught:
        store.submit("article", WORDS | {"valid_from": "2026-02-02", "valid_to": "2026-02-01"})
    assert caught.value.problems[0].column == "valid_to"
    done = store.submit("article", WORDS | {"valid_from": "2026-02-02"})
    with pytest.raises(InputError):
        store.submit("article_wording", {"valid_to": "2026-02-01"}, row=done.key, expected_version=1)


def test_only_what_holds_today_is_suggested(store, people):
    today = store.now().date()
    request = asked(store, people)
    day = dt.timedelta(days=1)
    holds = made(store, valid_from=today, valid_to=today).key
    over, later = made(store, valid_to=today - day).key, made(store, valid_from=today + day).key
    found = suggested(store, request, limit=50)
    assert holds in found
    assert not {over, later} & set(found)


def test_articles_of_the_cause_come_first_and_in_the_readers_language(store, people):
    cause = int(store.list("causes", where={"cause": "wrong_bill"})["cause_id"].iloc[0])
    request = asked(store, people)
    store.submit("request_step", {"event": "assigned", "cause_id": cause}, row=request, expected_version=1)
    by_words = made(store).key
    for spoken in ("en", "ru"):
        with language(spoken):
            found = store.suggest(request, limit=5)
        assert (found[0].why, found[0].language) == ("cause", spoken)
        assert store.article(found[0].article_id).cause_id == cause
        assert by_words in [one.article_id for one in found[1:]]
        told = [one.article_id for one in found]
        assert len(told) == len(set(told))
        assert [one.language for one in found if one.why == "cause"] == [spoken]


@pytest.mark.parametrize(
    ("subject", "body", "title"),
    [("Мастер опоздал", "Ждал сорок минут", "Услуга начинается с опозданием"),
     ("Неверный счёт", "Взяли лишнее, верните переплату", "Ошибка в счёте"),
     ("Нет шампуня", "Просил шампунь, когда он появится?", "Нет того, о чём просит клиент")],
)  # fmt: skip
def test_a_request_in_whole_sentences_finds_the_article_by_other_forms_of_its_words(
    store_ru, people, subject, body, title
):
    with language("ru"):
        found = store_ru.suggest(asked(store_ru, people, subject=subject, body=body))
    assert found[0].title == title


def test_a_subject_that_says_nothing_gets_no_suggestion(store, people):
    assert suggested(store, asked(store, people, subject="Request for service")) == []


def test_words_that_a_role_does_not_read_are_not_used(store, people):
    request = asked(store, people)
    key = made(store).key
    assert key in suggested(store, request)
    assert key not in suggested(store.as_role("analyst"), request)


def test_a_customer_gets_help_for_their_own_request_only(store, people):
    request = asked(store, people)
    key = made(store).key
    assert key in suggested(store.as_role("customer", customer=people.customer), request)
    with pytest.raises(InputError) as stranger:
        store.as_role("customer", customer=people.stranger).suggest(request)
    with pytest.raises(InputError) as missing:
        store.as_role("customer", customer=people.stranger).suggest(10**9)
    assert str(stranger.value) == str(missing.value).replace(str(10**9), str(request))


def test_a_customer_sees_published_articles_only(store, people):
    draft = store.submit("article", WORDS).key
    own = store.as_role("customer", customer=people.customer)
    with pytest.raises(InputError):
        own.article(draft)
    assert not own.search("kettle").hits
    assert own.article(made(store).key).uses is None


def test_uses_are_counted_with_whether_they_helped(store, people):
    key, request = made(store).key, asked(store, people)
    for helpful in (True, True, False, None):
        store.submit("article_use", {"article_id": key, "request_id": request, "helpful": helpful})
    row = store.article_statistics().set_index("article_id").loc[key]
    assert (row["uses"], row["requests"], row["rated"], row["helpful"]) == (4, 1, 3, 2)
    assert row["helpful_share"] == pytest.approx(2 / 3)
    assert store.article_statistics()["article_id"].iloc[0] == key
    unused = store.article_statistics().set_index("article_id").iloc[1]
    assert unused["uses"] == 0
    assert pd.isna(unused["helpful_share"])
    seen = store.article(key)
    assert (seen.uses, seen.rated, seen.helpful) == (4, 3, 2)


def test_an_article_that_is_not_published_can_not_be_used(store):
    draft = store.submit("article", WORDS).key
    with pytest.raises(InputError) as caught:
        store.submit("article_use", {"article_id": draft})
    assert caught.value.problems[0].code == "not_published"


def test_a_cause_has_a_code_of_its_own(store):
    key = store.submit("cause", {"cause": "broken_kettle", "title": "The kettle broke"}).key
    assert store.row("causes", key)["title"] == "The kettle broke"
    with pytest.raises(InputError) as caught:
        store.submit("cause", {"cause": "broken_kettle", "title": "Again"})
    assert caught.value.problems[0].code == "known_code"


@pytest.mark.parametrize("role", ["sales", "marketing", "finance", "analyst"])
def test_who_may_not_write_articles_can_not(store, role):
    with pytest.raises(InputError) as caught:
        store.as_role(role).submit("article", WORDS)
    assert caught.value.problems[0].code == "not_allowed"


def test_repeated_failures_before_and_since_are_counted_by_hand(store, people):
    cause = store.submit("cause", {"cause": "broken_kettle", "title": "The kettle broke"}).key
    now = store.now()
    held = (now - dt.timedelta(days=100)).date()
    key = made(store, cause_id=cause, valid_from=held).key

    def request(connection, customer, days_ago):
        insert(connection, "requests", {
            "customer_id": customer, "kind": "complaint", "priority": "high", "status": "resolved", "reopened": 0,
            "opened_at": (now - dt.timedelta(days=days_ago)).strftime("%Y-%m-%d %H:%M:%S"), "cause_id": cause,
            "entered_kind": "employee", "version": 1,
        })  # fmt: skip

    with database.writing(store.engine) as connection:
        for customer, days_ago in (
            (people.customer, 300), (people.customer, 290),  # repeated after ten days, then not
            (people.other, 250), (people.other, 190),  # sixty days: too late to count
            (people.stranger, 110),  # its follow-up would cross the day on which the article begins
            (people.customer, 90), (people.other, 60), (people.other, 55),  # since: one of three repeated
            (people.stranger, 10),  # its follow-up is not over
        ):  # fmt: skip
            request(connection, customer, days_ago)
    found = store.repeat_failures(key, within_days=30)
    assert (found.before, found.before_repeated, found.since, found.since_repeated) == (4, 1, 3, 1)
    assert (found.before_rate, found.since_rate) == (1 / 4, 1 / 3)
    assert store.repeat_failures(key, within_days=400).before_rate is None


def test_an_article_without_cause_or_first_day_has_no_before_and_since(store):
    key = store.submit("article", WORDS).key
    with pytest.raises(InputError) as caught:
        store.repeat_failures(key, within_days=0)
    assert [problem.code for problem in caught.value.problems] == ["no_cause", "no_begin", "bad_days"]


def test_a_store_that_is_created_in_one_language_keeps_articles_in_both(tmp_path, tables_ru):
    store = crm.Store.create(tmp_path / "ru.db", tables_ru, language="ru")
    articles = store.list("articles", limit=None)
    store.close()
    assert articles["language"].value_counts().to_dict() == {"en": len(CAUSES), "ru": len(CAUSES)}
