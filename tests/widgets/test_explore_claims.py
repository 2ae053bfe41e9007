"""explore_claims shows what `run_claim` returns, says where a claim fails, and refuses with letters."""

import re

import pytest

from crm_toolkit import widgets
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language
from crm_toolkit.widgets import claims as room
from crm_toolkit.world.claims import CLAIMS, claims_setting, run_claim
from crm_toolkit.world.claims.parameters import KNOBS

pytestmark = pytest.mark.usefixtures("unpainted")

FEW = {"replications": 8}


@pytest.fixture(scope="module")
def explorer():
    """The widget with few replications; every test turns its controls back."""
    return widgets.explore_claims(**FEW)


@pytest.fixture
def turn(explorer):
    """Turn controls for one test."""
    rest = {name: control.value for name, control in explorer.controls.items()}

    def turned(**values):
        for name, value in values.items():
            explorer.controls[name].value = value
        return explorer

    yield turned
    turned(**rest)


def said(explorer):
    """Everything that stands in the areas, without the pictures' bytes."""
    return re.sub(r"base64,[^\"]*", "", " ".join(area.value for area in explorer._areas.values()))


def test_it_shows_what_run_claim_returns(turn):
    explorer = turn(claim="search_index", tagging=0.7, notice_share=0.25)
    numbers = {name: explorer.controls[name].value for name in explorer.controls if name != "claim"}
    expected = run_claim("search_index", claims_setting(**numbers), **FEW)
    assert explorer.result.table.equals(expected.table)
    assert explorer.result.replicated.equals(expected.replicated)
    row = expected.table.set_index("outcome").loc["wrong_answers"]
    assert f"{row['mean_with']:.1f}" in said(explorer)


@pytest.mark.parametrize("code", CLAIMS)
def test_every_claim_tells_its_finding_where_it_holds_and_where_it_fails(turn, code):
    claim = CLAIMS[code]
    at_rest = turn(claim=code)
    assert f"{claim.statement} Here this holds: " in at_rest.view.conclusion
    failing = turn(**claim.fails_at)
    assert f"{claim.statement} Here this fails; " in failing.view.conclusion
    assert ("against it: " in failing.view.conclusion) == bool(failing.result.against)
    assert ("no difference found: " in failing.view.conclusion) == bool(failing.result.unproven)
    assert claim.trap in said(failing)
    assert all(KNOBS[name].label in said(failing) for name in claim.fails_at)
    assert "Assumption, not fact" in said(failing)


def test_nothing_found_is_not_told_as_a_refutation():
    explorer = widgets.explore_claims("search_index", replications=2)
    explorer.controls["tagging"].value = 0.9
    assert explorer.result.verdict == "open"
    assert "Here this is not decided; no difference found: wrong answers" in explorer.view.conclusion


def test_every_number_in_which_a_claim_fails_has_a_control(explorer):
    for claim in CLAIMS.values():
        assert set(claim.fails_at) <= set(explorer.controls)
        assert set(claim.drivers) <= set(explorer.controls)


def test_ranges_and_labels_are_those_of_the_declared_knobs(explorer):
    for name, control in explorer.controls.items():
        if name != "claim":
            knob = KNOBS[name]
            assert (control.min, control.max, control.step, control.value) == (
                knob.low, knob.high, knob.step, knob.default,
            )  # fmt: skip
            assert control.description.startswith(knob.label)


def test_access_shows_its_frontier_too(turn):
    explorer = turn(claim="open_access")
    assert "answered alone against damage expected" in explorer.view.areas["picture"].alt
    assert "answered alone" not in turn(claim="single_base").view.areas["picture"].alt


def test_a_setting_runs_once(monkeypatch):
    runs = []
    usual = room.run_claim
    monkeypatch.setattr(room, "run_claim", lambda *args, **options: runs.append(args) or usual(*args, **options))
    explorer = widgets.explore_claims(replications=2)
    for share in (0.3, 0.4, 0.3):
        explorer.controls["multi_share"].value = share
    assert len(runs) == 3


@pytest.mark.parametrize(
    ("options", "letter"),
    [
        ({"claim": "single_bass"}, "Did you mean `single_base`"),
        ({"replications": 1}, "`replications` can't be 1"),
        ({"seed": None}, "`seed` can't be None"),
    ],
)
def test_bad_beginnings_are_refused_with_a_letter(options, letter):
    with pytest.raises(InputError, match=letter):
        widgets.explore_claims(**{**FEW, **options})


def test_the_russian_box_is_russian():
    with language("ru"):
        explorer = widgets.explore_claims(**FEW)
    words = " ".join(control.description for control in explorer.controls.values())
    look = room._looker(2, 7)
    with language("ru"):
        for code, claim in CLAIMS.items():
            view = look(claim=code, **claim.fails_at)
            words += " ".join([view.conclusion, *view.notes, view.areas["outcomes"].html, view.areas["picture"].alt])
    words += " ".join(text for text, _ in explorer.controls["claim"].options)
    text = re.sub(r"<[^>]*>|`[^`]*`|&[a-z]+;|claims_setting\(\)\.table\(\)", " ", words)
    assert re.findall("[A-Za-z]{2,}", text) == []


def test_the_copy_for_exports_holds_table_and_picture(monkeypatch, painted):
    monkeypatch.setenv("CRM_STATIC", "1")
    parts = widgets.explore_claims("open_access", **FEW).static_parts()
    assert [type(part).__name__ for part in parts] == ["Sentence"] * 5 + ["Table", "Picture"]
    assert all(len(part.png) > 5_000 for part in parts if type(part).__name__ == "Picture")
