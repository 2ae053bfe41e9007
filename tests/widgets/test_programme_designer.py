"""The loyalty designer: numbers are those of the functions, the truth waits for the commit, a saved run comes back."""

import html
import re
from dataclasses import replace

import pandas as pd
import pytest

from crm_toolkit import analysis
from crm_toolkit.errors import InputError
from crm_toolkit.texts import format_money, language
from crm_toolkit.widgets import design_programme, programme_report
from crm_toolkit.widgets.programme_designer import lab, load_design, new_design
from crm_toolkit.widgets.programme_designer.debrief import pictures
from crm_toolkit.widgets.programme_designer.ethics import ethics_flags
from crm_toolkit.widgets.programme_designer.plan import KEPT, STEPS, Belief
from crm_toolkit.widgets.programme_designer.told import follows
from crm_toolkit.world.loyalty_lab import loyalty_laboratory, run_programme

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
WHY = "Only the lottery makes both groups alike."
SIZE, WEEKS = 800, 88


@pytest.fixture(scope="module")
def start():
    return new_design(customers=SIZE, weeks=WEEKS)


@pytest.fixture(scope="module")
def committed(start):
    """A design whose experiment has run."""
    plan = replace(start.experiment, smallest=8.0, rule="sure", committed=True)
    return replace(start, experiment=plan)


@pytest.fixture(scope="module")
def revealed(committed):
    return replace(committed, belief=Belief("cuped", WHY, True))


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One page for tests that only handle it; building its fields takes a while."""
    return design_programme(folder=tmp_path_factory.mktemp("work"), customers=SIZE, weeks=WEEKS)


@pytest.fixture
def book(shared, start, tmp_path):
    """The page at its first step, with a file of its own."""
    shared._file.path.value = str(tmp_path / "programme.json")
    shared.step = 1
    shared._file.put(start, start)
    return shared


@pytest.fixture
def undrawn(monkeypatch):
    """No pictures, for tests that look at words: drawing takes most of the time."""
    for module in ("book", "report"):
        monkeypatch.setattr(f"crm_toolkit.widgets.programme_designer.{module}.pictures", lambda *_: [])


def words(content):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content)).split())


def fill(book, part, **values):
    for name, value in values.items():
        getattr(book.form, part).entries[name].control.value = value


def shown(book):
    return words(book._follows.value)


def test_what_is_known_before_is_what_the_run_has_in_its_panel(start, committed):
    known, panel = lab.known_before(start), lab.ran(committed).panel
    assert known.customers == len(panel)
    assert known.spend == pytest.approx(panel["before_1"].mean())
    assert known.sd["orders"] == pytest.approx(panel["orders_1"].std())
    assert known.correlation["spend"] == pytest.approx(panel["before_1"].corr(panel["before_2"]))


def test_the_page_goes_from_rules_to_debrief_and_keeps_the_truth_for_the_commit(book, committed, tmp_path):
    run = lab.ran(committed)
    truth = format_money(run.panel.loc[run.panel["arm"] == "invited", "effect"].mean(), "USD")
    gain = format_money(run.arms.set_index("arm").loc["with", "profit"], "USD", 0)
    seen = []

    def look():
        seen.append(shown(book) + words(book._pictures.value) + book._pictures.value)

    for step in range(1, 8):
        book.choose(step)
        look()
    assert book.step == 3  # the others are closed
    assert [tab.disabled for tab in book.tabs.values()] == [False] * 3 + [True] * 4
    book.commit_plan()
    assert "Choose the rule" in words(book._file.said.value)
    assert "smallest effect" in words(book._file.said.value)
    assert not book.design.ran
    fill(book, "experiment", rule="sure", smallest="8")
    book.commit_plan()
    assert book.step == 4
    assert book.form.rules.entries["threshold"].control.disabled
    assert book.form.experiment.entries["rule"].control.disabled
    look()
    book.choose(5)
    assert book.step == 4
    book.commit_belief()
    assert "The truth stays hidden" in words(book._file.said.value)
    fill(book, "belief", method="cuped", why=WHY)
    look()
    assert not any(number in text for text in seen for number in (truth, gain))
    assert not any("Truth" in text or "holds the truth" in text for text in seen)
    book.save()
    assert load_design(tmp_path / "programme.json").belief == Belief("cuped", WHY, False)
    book.commit_belief()
    assert book.step == 5
    assert truth in shown(book)
    assert gain in shown(book)
    assert "holds the truth" in book._pictures.value
    for step in (6, 7):
        book.choose(step)
        assert "can't" not in shown(book)
        assert "<img" in book._pictures.value
    assert book.form.belief.entries["method"].control.disabled


def test_code_can_t_have_the_truth_before_the_commit_either(committed):
    for ask in (lab.judged, lab.booked, lab.moved, lab.shared_out, lab.members_economics):
        with pytest.raises(InputError, match="not shown yet"):
            ask(committed)
    with pytest.raises(InputError, match="Nothing has run"):
        lab.estimated(replace(committed, experiment=replace(committed.experiment, committed=False)))
    for step in (5, 6, 7):
        assert pictures(step, committed) == []
    text = programme_report(committed).html
    assert text.count("The truth is not shown yet") == 3


def test_estimates_are_those_of_the_analysis_and_cost_is_that_of_the_ledger(committed):
    run, found = lab.ran(committed), lab.estimated(committed)
    alone = analysis.evaluate_programme(
        run.panel, covariates=["before_2", "before_1", "orders_before", "weeks_since"], arm="arm", joined="joined",
        control="holdout", treated="invited",
    ).table  # fmt: skip
    pd.testing.assert_frame_equal(found.table[alone.columns], alone)
    invited = run.panel[run.panel["arm"] == "invited"]
    row, known = found.row("itt"), lab.known_before(committed)
    assert row["cost"] == pytest.approx(invited["rewards"].mean())
    assert row["needed"] == pytest.approx(invited["rewards"].mean() / known.margin_rate)
    assert row["net"] == pytest.approx(row["estimate"] * known.margin_rate - row["cost"])
    twice = replace(committed, rules=replace(committed.rules, unit_cost=2.0, fixed_cost=10.4))
    fixed = 10.4 / 2 * invited["joined"].mean()
    assert lab.estimated(twice).row("itt")["cost"] == pytest.approx(2 * row["cost"] + fixed)


@pytest.mark.parametrize(("rule", "wanted"), [("sure", "low"), ("point", "estimate"), ("positive", "low")])
def test_the_rule_that_was_committed_decides(committed, rule, wanted):
    told = replace(committed, experiment=replace(committed.experiment, rule=rule))
    table = lab.estimated(told).table
    limit = 0 if rule == "positive" else table["needed"]
    assert (table["go"] == (table[wanted] >= limit)).all()
    assert table["go"].nunique() == 2 or rule == "positive"


def test_the_truth_is_that_of_the_twins_and_the_score_asks_nothing_of_luck(revealed):
    run, found = lab.ran(revealed), lab.judged(revealed)
    invited = run.panel[run.panel["arm"] == "invited"]
    rows = found.table.set_index("method")
    assert rows.loc["itt", "truth"] == pytest.approx(invited["effect"].mean())
    assert rows.loc["late", "truth"] == pytest.approx(invited["effect"].sum() / invited["joined"].sum())
    assert rows.loc["naive", "truth"] == pytest.approx(invited.loc[invited["member"] == 1, "effect"].mean())
    assert (rows["error"] == rows["estimate"] - rows["truth"]).all()
    assert rows.loc["naive", "error"] > 5 * abs(rows.loc["cuped", "error"])
    assert found.go == rows.loc["cuped", "go"]
    assert found.pays == (rows.loc["cuped", "truth"] >= rows.loc["cuped", "needed"])
    arms = found.arms.set_index("arm")
    assert arms.loc["with", "gain"] == pytest.approx(run.effect())
    weak = replace(
        revealed, experiment=replace(revealed.experiment, rule="positive"), belief=Belief("naive", "so", True)
    )
    assert found.score == 2 + int(lab.planned(revealed, lab.known_before(revealed)).enough) + 1
    assert lab.judged(weak).score == found.score - 3


def test_the_books_add_up_and_the_gift_is_split_over_all_members(revealed):
    run, found = lab.ran(revealed), lab.booked(revealed)
    roll = found.rollforward
    assert (roll["opening_minor"] + roll["deferred_minor"] - roll["recognised_minor"] == roll["closing_minor"]).all()
    assert roll["given"].sum() == run.ledger.loc[run.ledger["kind"] == "earn", "points"].sum()
    assert found.gift.cost == pytest.approx(found.rewards)
    assert found.gift.table["members"].sum() == run.twins["member"].sum()


def test_mechanisms_share_out_the_whole_effect_of_their_world(revealed):
    some = ("points_pressure", "rewarded_behaviour")
    table = lab.shared_out(revealed, some, customers=300)
    told = loyalty_laboratory(locale="en_US")
    assert list(table["switch"]) == list(some)
    only = {name: told.on(name) for name in some}
    assert all(only.values())
    both = run_programme(told, revealed.weekly, customers=300, weeks=WEEKS, service=False).effect()
    off = run_programme(loyalty_laboratory(locale="en_US", **dict.fromkeys(some, False)), revealed.weekly,
                        customers=300, weeks=WEEKS, service=False).effect()  # fmt: skip
    assert table["shapley"].sum() == pytest.approx((both - off) * SIZE / 300)


def test_orders_can_be_the_outcome(revealed):
    told = replace(revealed, experiment=replace(revealed.experiment, outcome="orders"))
    found, panel = lab.judged(told), lab.ran(told).panel
    invited = panel[panel["arm"] == "invited"]
    row = found.table.set_index("method").loc["itt"]
    assert row["truth"] == pytest.approx(invited["effect_orders"].mean())
    assert row["needed"] < lab.judged(revealed).table.set_index("method").loc["itt", "needed"]  # an order is worth more


def test_without_a_holdout_no_method_of_the_lottery_is_offered(committed):
    told = replace(committed, experiment=replace(committed.experiment, invited_share=1.0))
    assert set(lab.estimated(told).table["method"]) == {"naive", "changes", "matching", "weighting"}
    assert lab.planned(told, lab.known_before(told)).wanted is None


def test_rules_are_flagged_for_a_reason_and_only_then(start):
    known = lab.known_before(start)
    week = known.typical_week

    def codes(design=start, **rules):
        changed = replace(design, rules=replace(design.rules, **rules))
        return [flag.code for flag in ethics_flags(changed, known)]

    fair = {"threshold": max(int(10 * week), 1), "valid_weeks": 20}
    assert codes(**fair) == []
    assert codes(**{**fair, "valid_weeks": 5}) == ["hidden_expiry"]
    assert codes(threshold=int(120 * week), valid_weeks=260) == ["far_reward"]
    assert codes(**fair, status_points=int(6 * 52 * week)) == ["unreachable_status"]
    later = replace(start, rules=replace(start.rules, **fair)).again()
    assert codes(later) == []
    assert codes(later, threshold=fair["threshold"] + 1) == ["moving_threshold"]
    assert codes(later, reward=start.rules.reward - 1) == ["smaller_reward"]
    assert codes(later, valid_weeks=19) == ["shorter_validity"]
    assert all(flag.reason for flag in ethics_flags(start, known))


def test_another_run_has_other_people_and_hides_the_truth_again(revealed):
    again = revealed.again()
    assert again.world.seed == revealed.world.seed + 1
    assert not again.ran
    assert not again.revealed
    assert again.belief == Belief()
    assert again.promises[-1].threshold == revealed.rules.threshold
    assert lab.known_before(again).spend != lab.known_before(revealed).spend


def test_published_effects_are_drawn_for_these_rules_before_the_run_and_not_after(start, committed):
    known = lab.known_before(start)
    found = lab.published(start, known)
    assert list(found.by_effect["effect"]) == ["coalition_sales", "salon_value", "salon_value_early"]
    assert (found.by_effect["low"] <= found.by_effect["value_change"]).all()
    assert (found.by_effect["value_change"] <= found.by_effect["high"]).all()
    free = replace(start, rules=replace(start.rules, unit_cost=0.0, fixed_cost=0.0))
    assert lab.published(free, known).loses == 0 < found.loses
    told = [block.caption for block in follows(3, start) if hasattr(block, "caption")]
    assert told == ["What published effects would bring by these rules"]
    assert not any(hasattr(block, "caption") for block in follows(3, committed))


def test_a_saved_run_comes_back_with_every_number(book, revealed, tmp_path, undrawn):
    place = tmp_path / "programme.json"
    assert KEPT.save(revealed, place) == place
    text = place.read_text(encoding="utf-8")
    assert all(word in text for word in ('"seed": 1', '"scenario": "barbershop"', '"version": "0.1.0"', WHY))
    book.open()
    assert book.design == revealed
    assert not book.unsaved
    lab._ran.cache_clear()
    book.choose(5)
    assert lab.sized(lab.judged(revealed).table["truth"].iloc[-1], "spend", "USD") in shown(book)
    place.write_text(text.replace('"threshold": 200', '"threshold": 0'), encoding="utf-8")
    with pytest.raises(InputError, match="threshold"):
        load_design(place)


def test_what_can_t_be_used_is_told_and_nothing_is_computed_from_it(book, undrawn):
    fill(book, "rules", threshold="many")
    assert "no number" in shown(book)
    assert "Break-even" not in shown(book)
    fill(book, "rules", threshold="200", from_week="88")
    assert "the world ends with week 88" in shown(book)
    fill(book, "rules", from_week="52")
    assert "Break-even" in shown(book)


def test_own_words_stay_text_on_the_page_and_in_the_report(revealed, undrawn):
    told = replace(revealed, rules=replace(revealed.rules, goal=HOSTILE), belief=Belief("itt", HOSTILE, True))
    report = programme_report(told)
    assert "<script>alert" not in report.html
    assert html.escape(HOSTILE) in report.html
    assert len(report.chapters) == len(STEPS)
    assert "seed 1" in report.chapters[0].found[0]


def test_the_static_copy_tells_as_much_as_was_committed(tmp_path, monkeypatch, undrawn):
    monkeypatch.setenv("CRM_STATIC", "1")
    book = design_programme(folder=tmp_path, customers=300, weeks=60)
    assert book.box is None
    content = book._repr_mimebundle_()
    assert "Break-even" in content["text/html"]
    assert "The truth is not shown yet" in content["text/plain"]
    assert "Three worlds" not in content["text/plain"]


def test_a_student_has_a_world_of_their_own():
    one, other = (new_design(student=name, customers=300).world.seed for name in ("A-1", "A-2"))
    assert one != other
    assert one == new_design(student=" a-1 ", customers=300).world.seed


def test_everything_is_said_in_russian_too(undrawn):
    with language("ru"):
        one = new_design(customers=SIZE, weeks=WEEKS)
        assert one.world.locale == "ru_RU"
        plan = replace(one.experiment, smallest=300.0, rule="point", committed=True)
        flawed = replace(one.again(), rules=replace(one.rules, threshold=900, reward=5.0, valid_weeks=26,
                                                    status_points=90_000))  # fmt: skip
        told = replace(flawed, experiment=plan, belief=Belief("late", "Жребий делает группы одинаковыми.", True))
        parts = [block for step in STEPS for block in follows(step, told)]
        text = " ".join(part if isinstance(part, str) else part.text for part in parts)
        assert len(ethics_flags(told, lab.known_before(told))) == 6
        assert programme_report(told).title == "Программа лояльности: Барбершоп"
    assert set(re.findall(r"[A-Za-z]{2,}", text)) <= {"ITT", "LATE", "CUPED"}
    assert "₽" in text
