"""Whatever the store shows is there in Russian: labels, hints, roles, columns, codes."""

import re

import pytest

from crm_toolkit.schema.store import SENSITIVITY, STORE_TABLES
from crm_toolkit.store import FORMS, READY
from crm_toolkit.store.filling import CAUSES, FURTHER_CAUSES
from crm_toolkit.store.roles import RIGHTS
from crm_toolkit.texts import language, say
from crm_toolkit.widgets.store_words import word

# said in Russian as they are, or shown in no list of choices
SAME = {"SQL", "NPS", "CSAT", "CES"}
NEVER_SHOWN = {
    ("articles", "language"),
    ("profile_values", "field"),
}  # names of languages and labels of fields stand for them


def _in_russian(text):
    with language("ru"):
        return text in SAME or bool(re.search("[а-яё]", say(text), re.IGNORECASE))


def _shown(column, code):
    with language("ru"):
        return bool(re.search("[а-яё]", word(column, code), re.IGNORECASE))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_form_speaks_russian(form):
    texts = [form.title, *(field.label for field in form.fields), *(field.hint for field in form.fields if field.hint)]
    assert [text for text in texts if not _in_russian(text)] == []


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_choice_of_a_form_has_words(form):
    missing = [(field.name, code) for field in form.fields for code in field.choices if not _shown(field.name, code)]
    assert [one for one in missing if (form.entity, one[0]) not in NEVER_SHOWN] == []


@pytest.mark.parametrize("entity", STORE_TABLES.values(), ids=STORE_TABLES)
def test_a_table_is_explained_in_russian(entity):
    texts = [entity.table.one_row_is, *(column.meaning for column in entity.table.columns)]
    units = [column.unit for column in entity.table.columns if column.unit]
    assert [text for text in texts + units if not _in_russian(text)] == []


@pytest.mark.parametrize("entity", STORE_TABLES.values(), ids=STORE_TABLES)
def test_every_code_of_a_table_has_words(entity):
    missing = [(column, code) for column, codes in entity.codes.items() for code in codes if not _shown(column, code)]
    assert [one for one in missing if (entity.name, one[0]) not in NEVER_SHOWN] == []


def test_roles_rights_classes_and_causes_speak_russian():
    texts = [*(role.title for role in READY.values()), *RIGHTS.values(), *SENSITIVITY.values()]
    texts += [*CAUSES.values(), *FURTHER_CAUSES.values()]
    assert [text for text in texts if not _in_russian(text)] == []


def test_a_russian_store_is_written_in_russian(store_ru, people):
    assert store_ru.row("requests", people.complaint)["subject"].startswith("Жалоба: ")
    assert store_ru.tables("causes")["title"].str.contains("[а-яё]", regex=True).all()


def test_letters_to_the_reader_are_in_the_reader_s_language(store, people):
    from crm_toolkit.errors import InputError

    with language("ru"), pytest.raises(InputError) as refusal:
        store.submit("customer", {"phone": "12", "email": "x", "sex": "f"})
    assert len(refusal.value.problems) == 4
    for problem in refusal.value.problems:
        assert re.search("[а-яё]", problem.what)
        assert not re.search("[a-z]{4,}", re.sub(r"«[^»]*»|`[^`]*`|\w+@\S+", "", str(problem))), str(problem)
