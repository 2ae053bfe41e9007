"""A keyed pseudonym holds where a plain hash falls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.store.privacy import dictionary_attack, new_key, plain_hash, pseudonym
from crm_toolkit.texts import language

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
EXCHANGE = [f"7900111{number:04d}" for number in range(10_000)]
HELD = EXCHANGE[7:10_000:313]


def test_a_plain_hash_of_telephones_is_undone_by_enumeration():
    tokens = [plain_hash(phone, kind="phone") for phone in HELD]
    attack = dictionary_attack(tokens, EXCHANGE, lambda phone: plain_hash(phone, kind="phone"))
    assert attack.share == 1
    assert sorted(attack.recovered.values()) == sorted(HELD)


@pytest.mark.parametrize(
    "guess", [lambda p: plain_hash(p, kind="phone"), lambda p: pseudonym(p, key=OTHER_KEY, kind="phone")]
)
def test_a_keyed_hash_is_not_undone_without_its_key(guess):
    tokens = [pseudonym(phone, key=KEY, kind="phone") for phone in HELD]
    attack = dictionary_attack(tokens, EXCHANGE, guess)
    assert (attack.recovered, attack.tried) == ({}, 10_000)


def test_whoever_holds_the_key_can_undo_it():
    tokens = [pseudonym(phone, key=KEY, kind="phone") for phone in HELD]
    assert dictionary_attack(tokens, EXCHANGE, lambda p: pseudonym(p, key=KEY, kind="phone")).share == 1


def test_hmac_sha256_is_that_of_the_standard():
    import hashlib
    import hmac

    wanted = hmac.new(KEY, b"phone\x1f79001112233", hashlib.sha256).hexdigest()
    assert pseudonym("8 (900) 111-22-33", key=KEY, kind="phone") == wanted


@pytest.mark.parametrize(
    ("kind", "forms"),
    [
        ("phone", ["8 (900) 111-22-33", "+7 900 1112233", "79001112233", "8-900-111-22-33 доб. 12"]),
        ("email", ["Anna@Example.ORG", " anna@example.org ", "mailto:anna@example.org"]),
        ("name", ["СЕМЁНОВА  Анна", "семенова анна", "Семёнова Анна", "Семенова, Анна"]),
    ],
)
def test_accidents_of_writing_do_not_change_a_pseudonym(kind, forms):
    assert len({pseudonym(form, key=KEY, kind=kind) for form in forms}) == 1


@pytest.mark.parametrize("phone", ["+84 912 345 678", "+81 90 1234 5678", "+1 394 555 0123"])
def test_only_a_russian_trunk_code_becomes_seven(phone):
    digits = "".join(sign for sign in phone if sign.isdigit())
    assert pseudonym(phone, key=KEY, kind="phone") == pseudonym("+" + digits, key=KEY, kind="phone")
    assert pseudonym(phone, key=KEY, kind="phone") != pseudonym("7" + digits[1:], key=KEY, kind="phone")


@given(st.text(min_size=1).filter(lambda text: text.strip()), st.text(min_size=1).filter(lambda text: text.strip()))
def test_different_texts_have_different_pseudonyms(one, other):
    from crm_toolkit.intake.normal_forms import normal

    same = normal(one, "text") == normal(other, "text")
    assert (pseudonym(one, key=KEY) == pseudonym(other, key=KEY)) == same


@pytest.mark.parametrize("missing", [None, "", "  ", float("nan"), "н/д"])
def test_a_missing_value_has_no_pseudonym(missing):
    assert pseudonym(missing, key=KEY, kind="phone") == ""


@pytest.mark.parametrize("spoken", ["en", "ru"])
@pytest.mark.parametrize(
    ("key", "code"), [(b"secret", "short_key"), (b"\0" * 32, "weak_key"), ("k" * 32, "key_type"), (None, "key_type")]
)
def test_a_key_that_protects_nothing_is_refused(key, code, spoken):
    with language(spoken), pytest.raises(InputError) as letter:
        pseudonym("x", key=key)
    assert [problem.code for problem in letter.value.problems] == [code]
    assert "new_key()" in str(letter.value)


def test_new_keys_are_good_and_never_the_same():
    keys = {new_key() for _ in range(50)}
    assert len(keys) == 50
    assert all(pseudonym("x", key=key) for key in keys)


def test_an_unknown_kind_is_refused_with_the_list():
    with pytest.raises(InputError, match="phone, email, name, text"):
        pseudonym("x", key=KEY, kind="shoe size")
