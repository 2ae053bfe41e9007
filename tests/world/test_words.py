"""The kept name lists: Faker's, with a version, and good for a declined Russian name."""

from importlib import metadata

import pytest

from crm_toolkit.world.people.words import LOCALES, digest_of, load_words


@pytest.mark.parametrize("locale", LOCALES)
def test_the_file_knows_its_version_licence_and_digest(locale):
    words = load_words(locale)
    assert words.version.split(".")[0].isdigit()
    assert words.licence.startswith("Copyright (c) 2012 Daniele Faraglia")
    assert words.digest == digest_of(words.lists)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_lists_are_those_of_the_recorded_faker(locale):
    words = load_words(locale)
    try:
        installed = metadata.version("faker")
    except metadata.PackageNotFoundError:
        installed = "no Faker"
    if installed != words.version:
        pytest.skip(f"the lists are of Faker {words.version}, installed is {installed}")
    from crm_toolkit.world.people.words.harvest import harvested

    assert harvested(locale)["lists"] == words.lists


def test_russian_surnames_stand_in_pairs():
    lists = load_words("ru_RU").lists
    assert [name + "а" for name in lists["last_names_male"]] == list(lists["last_names_female"])


def test_an_unknown_locale_is_refused_with_the_list():
    with pytest.raises(ValueError, match="en_US, ru_RU"):
        load_words("de_DE")
