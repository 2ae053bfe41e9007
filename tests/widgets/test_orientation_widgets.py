"""Benches of lesson 01 show what the functions return, name every confusion, and speak Russian."""

import re

import pytest

pytest.importorskip("ipywidgets")

from crm_toolkit.datasets import make_orientation_survey
from crm_toolkit.errors import InputError
from crm_toolkit.exercises.orientation_vignettes import CONFUSIONS
from crm_toolkit.texts import language
from crm_toolkit.widgets import element_table, orientation_profile, sort_orientations

pytestmark = pytest.mark.usefixtures("unpainted")


def said(explorer):
    return re.sub(r"base64,[^\"]*|<[^>]*>", " ", " ".join(area.value for area in explorer._areas.values()))


def test_a_low_alpha_is_warned_of_and_the_element_has_its_proof():
    explorer = orientation_profile()
    assert "Warning: 1 of the α lies under 0.7." in explorer.view.conclusion
    assert "under 0.7: do not add up" in said(explorer)
    explorer.controls["consistency"].value = 0.9
    assert "Warning" not in explorer.view.conclusion
    assert "a motto on the wall" in said(explorer)
    explorer.controls["element"].value = "measures"
    assert "a motto on the wall" not in said(explorer)
    explorer.controls["turn"].value = False
    assert "means and α are wrong" in explorer.view.conclusion


def test_own_answers_take_the_place_of_the_simulated():
    made = make_orientation_survey(staff_level=3, staff_count=10, client_count=10, seed=4)
    explorer = orientation_profile(made.staff, made.clients)
    assert set(explorer.controls) == {"turn", "element"}
    assert explorer.result.dimensions["staff"].max() < 4.5
    with pytest.raises(InputError, match="needed together"):
        orientation_profile(made.staff)


def test_a_wrong_kind_names_the_confusion_and_the_first_choice_counts():
    sorting = sort_orientations("A-1")
    shown = sorting.vignettes[0]
    wrong = next(kind for kind, right in CONFUSIONS if right == shown.kind)
    assert CONFUSIONS[wrong, shown.kind] in sorting.choose(wrong)
    assert sorting.choose(shown.kind).startswith("Yes")
    assert sorting.right == 0
    sorting.go(1)
    sorting.choose(sorting.vignettes[1].kind)
    assert (sorting.right, len(sorting.chosen)) == (1, 2)
    assert "right at first try: 1 of 2" in sorting._text.value


def test_the_pages_are_russian():
    with language("ru"):
        sorting, explorer = sort_orientations("A-1"), orientation_profile()
        sorting.choose("sales")
        words = said(explorer) + element_table().text + " ".join(part.html for part in sorting.static_parts())
        words += sorting._text.value + sorting._told.value
    assert not re.findall(r"[A-Za-z]{3,} [A-Za-z]{3,} [A-Za-z]{3,}", re.sub(r"<[^>]*>", " ", words))
