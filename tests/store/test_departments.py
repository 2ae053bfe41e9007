"""Department views: made from questions, shown through roles, compared with a peer's and seen through others' eyes."""

from dataclasses import replace

import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store import READY, Role
from crm_toolkit.store import departments as dep
from crm_toolkit.texts import language


@pytest.mark.parametrize("name", list(dep.READY_VIEWS))
@pytest.mark.parametrize("role", [role for role in READY if role != "customer"])
def test_a_view_shows_exactly_what_the_role_may_see(read_only, name, role):
    rules = READY[role]
    view = dep.READY_VIEWS[name]
    bare = replace(view, panels=tuple(replace(panel, metrics=()) for panel in view.panels))
    for shown in read_only.as_role(role).view(bare).panels:
        panel = shown.panel
        if rules.scope(panel.entity) == "none":
            assert shown.frame is None
            assert shown.withheld
            continue
        by_rule = {one: rules.rule(panel.entity, one) for one in panel.columns}
        assert list(shown.frame.columns) == [one for one in panel.columns if by_rule[one] != "none"]
        assert shown.hidden == tuple(one for one in panel.columns if by_rule[one] == "none")
        assert shown.masked == tuple(one for one in panel.columns if by_rule[one] == "masked")


def test_metrics_are_what_their_definitions_say(read_only, tables):
    measured = [
        one for name in dep.READY_VIEWS for panel in read_only.view(name).panels for one in panel.metrics
    ]  # fmt: skip
    assert not any(one.withheld for one in measured)
    found = {one.metric.name: one.value for one in measured}
    orders, touches = tables["orders"], tables["touches"]
    assert found["reachable"] == pytest.approx(tables["customers"]["consent_email"].mean())
    spent = touches.loc[touches["purpose"] == "acquisition", "cost"].sum()
    assert found["acquisition_cost"] == pytest.approx(spent / len(tables["customers"]))
    assert found["complaints_per_1000"] == pytest.approx(1000 * len(tables["complaints"]) / len(orders))
    months = tables["kpi_months"]
    assert found["margin_share"] == pytest.approx(months["margin"].sum() / months["revenue"].sum())


def test_a_metric_that_the_role_may_not_read_is_withheld_and_said(read_only):
    panels = read_only.as_role("sales").view("finance").panels
    margin = next(panel for panel in panels if panel.panel.code == "margin").metrics[0]
    assert margin.value is None
    assert margin.withheld == "“Margin as a share of revenue” is not for the role “Sales”."


def test_declared_questions_fit_the_tables():
    for panel in dep.QUESTIONS:
        names = STORE_TABLES[panel.entity].table.column_names
        ordered = [one.removeprefix("-") for one in panel.order]
        assert {*panel.columns, *panel.where, *ordered} <= set(names), panel.code
        for metric in panel.metrics:
            for need in metric.needs:
                table, _, column = need.partition(".")
                assert not column or column in STORE_TABLES[table].table.column_names


def test_a_view_of_ones_own_is_checked_with_all_problems_at_once():
    with pytest.raises(InputError) as letter:
        dep.make_view("sales", questions=["dels", "leads"], columns={"leads": ["fone", "full_name"]})
    assert [one.code for one in letter.value.problems] == ["unknown_word", "unknown_word"]
    with pytest.raises(InputError, match="can't be made"):
        dep.make_view("salez")


def test_a_view_travels_as_text_and_two_views_can_be_compared():
    mine = dep.make_view("service", questions=["requests", "articles"], words={"customer_id": "patient"}, name="mine")
    again = dep.View.from_json(mine.as_json())
    assert again == mine
    both = dep.compare_views(mine, dep.READY_VIEWS["service"])
    assert both.loc[both["name"] == "requests", ["mine", "other"]].values.tolist() == [[True, True]]
    assert both.loc[both["name"] == "complaints", ["mine", "other"]].values.tolist() == [[False, True]]
    assert ("word", "customer_id: patient") in set(zip(both["what"], both["name"], strict=True))
    for text in ("{", "[]", '{"panels": 1}', "null", mine.as_json().replace("requests", "reqests")):
        with pytest.raises(InputError):
            dep.View.from_json(text)


def test_questions_speak_the_readers_language():
    with language("ru"):
        russian = dep.questions_of("marketing")
    english = dep.questions_of("marketing")
    assert russian.keys() == english.keys()
    assert all(russian[code] != english[code] for code in english)


def test_a_filter_on_a_hidden_column_tells_nothing_about_it(read_only):
    """A list that leaves out rows by a masked value would tell the value."""
    blind = Role("blind", "Blind", {"customers": "all"}, {"profile": "none"})
    panel = dep.make_view("sales", questions=["customers"]).panels[0]
    narrowed = type(panel)(**{**vars(panel), "where": {"sex": "female"}, "limit": 10_000})
    assert len(narrowed.rows(read_only.as_role(blind))) == read_only.count("customers")


def test_the_mirror_shows_each_roles_card_side_by_side(read_only, people):
    seen = read_only.mirror(people.customer)
    assert list(seen.columns) == [*READY, "differs"]
    phone = read_only.row("customers", people.customer)["phone"]
    assert seen.loc["phone", "manager"] == phone
    assert seen.loc["phone", "marketing"] == "•••" + phone[-2:]
    assert seen.loc["phone", "analyst"] == "–"
    assert seen.loc["phone", "differs"]
    same = read_only.mirror(people.customer, roles=["manager", "manager"])
    assert not same["differs"].any()


def test_the_mirror_takes_views_and_roles_of_ones_own(read_only, people):
    own = Role("trainee", "Trainee", {"deals": "all"}, {"money": "none"})
    seen = read_only.mirror("sales", roles=["sales", own])
    assert seen.loc["deals.value"].tolist() == ["seen", "–", True]
    card = read_only.mirror(people.customer, roles=[own])
    assert card.index.tolist() == ["customer"]


def test_only_who_gives_access_may_look_into_the_mirror(read_only, people):
    with pytest.raises(InputError) as letter:
        read_only.as_role("sales").mirror(people.customer, roles=["manager"])
    assert letter.value.problems[0].code == "not_allowed"
