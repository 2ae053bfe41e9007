"""The orientation scales: turned before they are added up, compared side by side, trusted by alpha."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit.analysis import cronbach_alpha
from crm_toolkit.analysis.orientation import DIMENSIONS, ELEMENTS, ITEMS, SCALES, asked, orientation_profile
from crm_toolkit.datasets import make_orientation_survey
from crm_toolkit.errors import InputError

MADE = make_orientation_survey()
FOUND = orientation_profile(MADE.staff, MADE.clients)


def test_every_dimension_has_items_and_every_scale_a_reversed_one():
    assert {item.dimension for item in ITEMS} == set(DIMENSIONS)
    assert {item.scale for item in ITEMS if item.reversed} == set(SCALES)
    assert (
        len({item.staff for item in ITEMS} | {item.clients for item in ITEMS}) == len(ITEMS) + len(asked("clients")) + 1
    )
    assert len(ELEMENTS) == 6


def test_means_and_gap_are_those_of_turned_items():
    row = FOUND.dimensions.set_index("dimension").loc["customer"]
    by_hand = {who: table.assign(c3=8 - table["c3"])[["c1", "c2", "c3"]].to_numpy().mean()
               for who, table in (("staff", MADE.staff), ("clients", MADE.clients))}  # fmt: skip
    assert row["staff"] == pytest.approx(by_hand["staff"])
    assert row["gap"] == pytest.approx(by_hand["staff"] - by_hand["clients"])
    assert FOUND.dimensions.set_index("dimension").loc[["competitor", "dissemination"], "gap"].isna().all()


def test_alpha_is_cronbachs_of_the_scale():
    codes = [item.code for item in asked("clients") if item.scale == "culture"]
    right = cronbach_alpha(MADE.clients, codes, reversed_items=["c3", "o2"], scale=(1, 7)).alpha
    row = FOUND.reliability.query("scale == 'culture' and who == 'clients'").iloc[0]
    assert row["alpha"] == pytest.approx(right)
    raw = orientation_profile(MADE.staff, MADE.clients, turn=False).reliability
    assert raw["alpha"].min() < 0 < FOUND.reliability["alpha"].min()


def test_what_was_put_in_comes_out():
    made = make_orientation_survey(staff_level=5, client_level=3, consistency=0.8, staff_count=400, client_count=1000)
    found = orientation_profile(made.staff, made.clients)
    assert 1.2 < found.dimensions["gap"].mean() < 2.8
    assert found.reliability["enough"].all()
    loose = make_orientation_survey(consistency=0.1)
    assert not orientation_profile(loose.staff, loose.clients).reliability["enough"].any()


def test_answers_that_cant_be_are_refused_together():
    bad = MADE.staff.assign(c1=9, k1=np.nan)
    with pytest.raises(InputError) as caught:
        orientation_profile(bad, MADE.clients)
    assert [one.column for one in caught.value.problems] == ["c1", "k1"]
    with pytest.raises(InputError, match="lacks 1 column"):
        orientation_profile(MADE.staff.drop(columns="s3"), MADE.clients)
    with pytest.raises(InputError, match="Three respondents"):
        orientation_profile(MADE.staff, pd.DataFrame(MADE.clients.head(2)))
