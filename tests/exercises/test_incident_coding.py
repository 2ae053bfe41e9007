"""Coding incidents: the key agrees with itself, a careless coder does not, and the letter says what is missing."""

import pandas as pd
import pytest

from crm_toolkit.analysis import coder_agreement
from crm_toolkit.analysis.incidents import REASONS
from crm_toolkit.datasets import make_switching_incidents
from crm_toolkit.errors import InputError
from crm_toolkit.exercises.incident_coding import (
    DEFINITIONS,
    NEIGHBOURS,
    check_coding,
    incidents_of,
    second_coder,
)
from crm_toolkit.texts import language


@pytest.fixture(scope="module")
def made():
    return incidents_of("A-1")


@pytest.fixture(scope="module")
def key(made):
    return dict(made.key[["incident_id", "reason"]].itertuples(index=False))


def test_every_kind_has_a_definition_and_a_neighbour():
    assert set(DEFINITIONS) == set(NEIGHBOURS) == set(REASONS)
    assert all(one != other for one, other in NEIGHBOURS.items())


def test_students_code_different_incidents_and_the_same_ones_again(made):
    assert incidents_of(" а-1").texts.equals(made.texts)
    assert not incidents_of("B-2").texts["text"].equals(made.texts["text"])
    with language("ru"):
        russian = incidents_of("A-1")
    assert russian.key.equals(made.key)
    assert not russian.texts["text"].equals(made.texts["text"])


def test_the_key_agrees_wholly_with_itself_and_not_with_the_second_coder(made, key):
    found = check_coding(key, made)
    assert found.with_key.kappa == 1.0
    assert found.mixed_up.empty
    assert 0 < found.with_second.kappa < 1
    assert found.tags["key"].equals(found.tags["own"])


def test_pairs_that_are_mixed_up_are_counted_by_own_kind_and_key(made, key):
    swapped = {incident: "pricing" if kind == "competition" else kind for incident, kind in key.items()}
    found = check_coding(swapped, made)
    times = sum(kind == "competition" for kind in key.values())
    assert times > 0
    assert found.mixed_up.to_dict("records") == [{"own": "pricing", "key": "competition", "incidents": times}]
    assert found.with_key.confusion.loc["pricing", "competition"] == times


def test_the_second_coder_is_as_careful_as_asked_and_follows_the_smaller_grievance():
    many = make_switching_incidents(2_000, seed=4)
    truth = many.key.set_index("incident_id")
    codes = second_coder(many, seed=3, care=0.8)
    assert (codes == truth["reason"]).mean() == pytest.approx(0.8, abs=0.03)  # four standard errors
    assert codes.equals(second_coder(many, seed=3, care=0.8))
    careless = second_coder(many, care=0.0)
    mixed = truth["also"].notna()
    assert (careless[mixed] == truth.loc[mixed, "also"]).all()
    assert (careless[~mixed] == truth.loc[~mixed, "reason"].map(NEIGHBOURS)).all()
    pair = pd.DataFrame({"key": truth["reason"], "second": codes}).stack().reset_index()
    pair.columns = ["incident_id", "coder", "reason"]
    assert 0.7 < coder_agreement(pair).kappa < 0.8


def test_a_coding_that_can_not_be_compared_gets_one_letter(made, key):
    with pytest.raises(InputError) as caught:
        check_coding({1: "prcing", 99: "pricing"}, made)
    assert [problem.code for problem in caught.value.problems] == ["unknown_incident", "unknown_reason", "too_few"]
    assert "Did you mean `pricing`" in str(caught.value)
    with pytest.raises(InputError, match="Coded so far: 19; 20 are needed"):
        check_coding(dict(list(key.items())[:19]), made)
