"""All benches of consumer behaviour on one page: each opens, keeps its settings, and speaks the reader's language."""

import re

import pytest

pytest.importorskip("ipywidgets")

from crm_toolkit import widgets
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language
from crm_toolkit.widgets.explorer import Explorer
from crm_toolkit.widgets.models.benches import BENCHES

pytestmark = pytest.mark.usefixtures("unpainted")


def test_every_bench_opens_by_its_choice_and_stays_as_it_was():
    with language("ru"):
        page = widgets.explore_models("nps")
    for name in BENCHES:
        page.choice.value = name
        assert isinstance(page.open[name], Explorer)
        assert page._place.children == (page.open[name].box,)
        assert re.search("[а-яё]", page.open[name].view.conclusion), name
    before = page.open["nps"]
    page.choose("nps")
    assert page.open["nps"] is before
    assert list(page.open) == ["nps", *(name for name in BENCHES if name != "nps")]


@pytest.mark.parametrize("name", [name for name in BENCHES if name != "decision_rules"])
def test_controls_stand_at_the_left_of_the_picture_and_all_are_on_the_page(name):
    page = widgets.explore_models(name)
    bench = page.open[name].box.children[1]
    left, right = bench.children
    assert right is page.open[name]._areas["picture"]
    placed = [control for row in left.children for control in row.children]
    assert sorted(map(id, placed)) == sorted(map(id, page.open[name].controls.values()))


def test_without_controls_the_first_bench_shows_its_copy(monkeypatch, capsys):
    monkeypatch.setenv("CRM_STATIC", "1")
    page = widgets.explore_models("kano")
    assert page.box is None
    page._ipython_display_()
    assert page.open["kano"].first.conclusion.split()[0] in capsys.readouterr().out


def test_a_model_that_does_not_exist_is_refused_with_the_likely_slip():
    with pytest.raises(InputError, match=r"Did you mean `kano`\?"):
        widgets.explore_models("kanoo")
