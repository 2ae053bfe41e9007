"""Invented people: coherent, the same in any size of list, and nobody's real telephone or address."""

import re

import pandas as pd
import pytest

from crm_toolkit.datasets import make_customers, make_purchases
from crm_toolkit.errors import InputError
from crm_toolkit.schema import CUSTOMERS
from crm_toolkit.texts import language


@pytest.mark.parametrize("locale", ["en_US", "ru_RU"])
def test_customer_17_is_the_same_person_in_a_longer_list(locale):
    pd.testing.assert_frame_equal(
        make_customers(20, seed=3, locale=locale), make_customers(200, seed=3, locale=locale)[:20]
    )


def test_every_buyer_of_the_generated_shop_is_in_the_list():
    people = make_customers(300, seed=2026, locale="en_US")
    assert tuple(people.columns) == CUSTOMERS.column_names
    assert set(make_purchases(300, seed=2026)["customer_id"]) == set(people["customer_id"])


def test_russian_names_agree_in_sex():
    names = make_customers(400, seed=1, locale="ru_RU")["full_name"].str.split()
    assert (names.str.len() == 3).all()
    for surname, _, patronymic in names:
        if patronymic.endswith("на"):
            assert re.search("(а|я)$", surname), surname
        else:
            assert patronymic.endswith("ич")


def test_telephones_and_addresses_belong_to_nobody():
    people = make_customers(500, seed=1, locale="en_US")
    assert people["phone"].str.fullmatch(r"\+1 212 555 01\d\d").all()
    assert people["email"].str.endswith("@example.com").all()
    assert people["email"].is_unique


def test_names_are_those_of_the_readers_language():
    with language("ru"):
        assert re.search("[а-я]", make_customers(1)["full_name"][0])
    assert not re.search("[а-я]", make_customers(1)["full_name"][0])


def test_an_unknown_locale_is_refused_with_the_list():
    with pytest.raises(InputError, match="Available: en_US, ru_RU"):
        make_customers(5, locale="de_DE")
