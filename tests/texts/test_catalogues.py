"""The words of the toolkit: complete, consistent and formatted in both languages."""

import string

import pytest
from babel.messages.pofile import read_po

from crm_toolkit.errors import InputError
from crm_toolkit.texts import catalogues, language, say, say_count, upkeep


def test_every_sentence_of_the_code_has_a_russian_one():
    found = upkeep.upkeep("ru")
    assert not found.missing
    assert not found.stale
    assert not found.contradictions


def test_upkeep_notices_a_sentence_without_translation(tmp_path, monkeypatch):
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "rfm.py").write_text(
        "x = say(\"Nobody translated this {name}.\", name=1)\ny = f\"{texts.say_count('one', 'many', 2)}\"",
        encoding="utf-8",
    )
    monkeypatch.setattr(upkeep, "PACKAGE", tmp_path)
    assert upkeep.upkeep("ru").missing == {"analysis": ["Nobody translated this {name}.", ("one", "many")]}


@pytest.mark.parametrize("path", catalogues.catalogue_files("ru"), ids=lambda path: path.stem)
def test_catalogues_are_read_as_babel_reads_them_and_keep_the_places_for_values(path):
    def places(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    with path.open("rb") as source:
        messages = [message for message in read_po(source, locale="ru") if message.id]
    ours = {one["msgid"]: list(one.values()) for one in catalogues.read_messages(path) if one["msgid"]}
    assert len(ours) == len(messages) > 0
    for message in messages:
        keys = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        assert ours[keys[0]] == [*keys, *texts]
        wanted = places(keys[-1])
        for text in texts:
            assert places(text) <= wanted, (keys, text)
            assert places(text) | {"count"} >= wanted, (keys, text)


def test_doubtful_and_forgotten_translations_are_left_out(tmp_path):
    file = tmp_path / "x.po"
    file.write_text(
        '#, fuzzy\nmsgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n!=1);\\n"\n\n#, fuzzy\nmsgid "a"\n'
        'msgstr "A"\n\n#~ msgid "b"\n#~ msgstr "B"\n\nmsgid "c \\"d\\"\\n"\n"\\\\e"\nmsgstr ""\n"C"\n',
        encoding="utf-8",
    )
    head, *rest = catalogues.read_messages(file)
    assert head["msgstr"] == "Plural-Forms: nplurals=2; plural=(n!=1);\n"
    assert rest == [{"msgid": 'c "d"\n\\e', "msgstr": "C"}]


@pytest.mark.parametrize(
    ("count", "ending"), [(1, "столбца"), (2, "столбцов"), (5, "столбцов"), (21, "столбца"), (111, "столбцов")]
)
def test_russian_plural_forms(count, ending):
    with language("ru"):
        said = say_count(
            "`{function}` lacks {count} column.", "`{function}` lacks {count} columns.", count, function="f"
        )
    assert said == f"Функции `f` не хватает {count} {ending}."


def test_language_returns_to_the_former_one():
    with language("ru"):
        assert say("Available: {names}.", names="x") == "Доступны: x."
    assert language() == "en"


def test_unknown_language_is_refused_with_the_list():
    with pytest.raises(InputError, match=r"(?s)“de” is not available.*en, ru"):
        language("de")


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "ru_RU.UTF-8"}, "en"),
        ({"CRM_LANGUAGE": "ru", "LC_ALL": "C"}, "ru"),
        ({}, "en"),
    ],
)
def test_the_computer_speaks_first(variables, expected, monkeypatch):
    for name in ("CRM_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert catalogues.language_of_system() == expected
