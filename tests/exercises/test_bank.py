"""Every task of the bank keeps the promises of a task, for many students and in both languages."""

import random
import re
import subprocess
import sys
import warnings
from collections import Counter

import pandas as pd
import pytest

from crm_toolkit.analysis import rfm_scores
from crm_toolkit.exercises import bank, exercise, task_table
from crm_toolkit.exercises.tasks import Text, one_number
from crm_toolkit.texts import language

TASKS = bank.every_task()
STUDENTS = [f"ИВТ-21-{number:03}" for number in range(200)]
MANY, FEW = 12, 3  # students, and of a task with tables, which takes as long as many numbers; 200 are behind `slow`
every_task = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)


@pytest.fixture(scope="module")
def variants():
    """All students' exercises of a task, made once."""
    made = {}

    def of(task):
        if task.id not in made:
            first, *rest = STUDENTS[: MANY if task.own_numbers else 2]
            own = exercise(task.id, student=first)
            tables = own.columns or any(isinstance(value, pd.DataFrame) for value in own.data.values())
            rest = rest[: FEW - 1] if tables else rest
            made[task.id] = [own, *(exercise(task.id, student=student) for student in rest)]
        return made[task.id]

    return of


@pytest.mark.slow
@every_task
def test_two_hundred_students_hear_what_they_did(task):
    exercises = [exercise(task.id, student=student) for student in STUDENTS]
    for own in exercises:
        assert own.check(handed_in(own.case.right, own.task.key)).code == "RIGHT", own
        for slip, values in zip(task.misconceptions, own.case.slips, strict=True):
            assert own.check(handed_in(values, task.key)).code == slip.code, own
    assert len({repr(own.case.right) for own in exercises}) >= (150 if task.own_numbers else 1)


def test_rfm_tasks_agree_with_the_function_of_the_package():
    for student in STUDENTS[:4]:
        own = exercise("rfm_by_hand", student=student)
        scores = rfm_scores(own.data["purchases"], as_of=own.data["as_of"])
        assert own.check(scores).right
    faded = exercise("rfm_faded", student="A-1")
    assert faded.check(rfm_scores(faded.data["purchases"], as_of="2025-06-30")).right


def test_tied_scores_agree_with_the_function_of_the_package():
    for student in STUDENTS[:4]:
        own = exercise("rfm_scores_with_ties", student=student)
        as_of = pd.Timestamp(2025, 1, 1)
        rows = [
            {
                "order_id": f"{row.customer_id}-{order}",
                "customer_id": row.customer_id,
                "ordered_at": as_of - pd.Timedelta(days=row.recency_days),
                "amount": 1.0,
            }
            for row in own.data["customers"].itertuples()
            for order in range(row.frequency)
        ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            scores = rfm_scores(pd.DataFrame(rows), as_of=as_of, bins=own.data["bins"])
        assert own.check(scores).right, own


@every_task
def test_the_expected_answer_passes(task, variants):
    assert all(own.check(own.expected).right for own in variants(task)[:8])


def handed_in(values, key="customer_id"):
    """Values as a student would pass them."""
    return values[""][""] if "" in values else pd.DataFrame(values).rename_axis(key)


def texts_of(own):
    task = own.task
    texts = {"title": own.title, "statement": own.statement, "solution": own.solution()}
    texts |= {f"hint {level}": own.hint(level) for level in (1, 2, 3)}
    texts |= {slip.code: own._text(slip.diagnosis) for slip in task.misconceptions}
    return texts


@every_task
def test_the_right_answer_passes(task, variants):
    for own in variants(task):
        verdict = own.check(handed_in(own.case.right, own.task.key))
        assert (verdict.status, verdict.score, verdict.code) == ("right", 1.0, "RIGHT"), own


@every_task
def test_each_misconception_gets_its_own_code(task, variants):
    for own in variants(task):
        for slip, values in zip(task.misconceptions, own.case.slips, strict=True):
            verdict = own.check(handed_in(values, task.key))
            assert (verdict.status, verdict.code) == ("misconception", slip.code), own
            assert verdict.score < 1


@every_task
def test_no_two_values_lie_within_the_tolerance(task, variants):
    for own in variants(task):
        values = [own.case.right, *own.case.slips]
        for column in own.case.right:
            tables = [table[column] for table in values if column in table]
            for index, one in enumerate(tables):
                for other in tables[index + 1 :]:
                    assert max(abs(one[key] - other[key]) for key in one) > 2 * task.tolerance, own


@every_task
def test_students_have_different_answers(task, variants):
    answers = {repr(own.case.right) for own in variants(task)}
    assert len(answers) >= (0.7 * len(variants(task)) if task.own_numbers else 1)


@every_task
def test_numbers_are_understood_as_people_write_them(task, variants):
    for own in variants(task)[:8]:
        if own.columns:
            for form in (
                lambda value: f"{value:.2f}".replace(".", ","),
                lambda value: f" {value:,.2f} ₽ ".replace(",", "\N{NO-BREAK SPACE}").replace(".", ","),
                lambda value: f"${value:,.2f}",
            ):
                table = {
                    column: {f" {key} ": form(value) for key, value in cells.items()}
                    for column, cells in own.case.right.items()
                }
                assert own.check(table).right, table
            continue
        value = own.case.right[""][""]
        decimals = 3 if task.unit == "fraction" else 2
        text = f"{value:.{decimals}f}"
        for form in (text, text.replace(".", ","), f" {text} ", f"{text}\N{NO-BREAK SPACE}", float(text)):
            assert own.check(form).right, (own, form)
        if task.unit == "fraction":
            for form in (f"{100 * value:.1f} %", f"{100 * value:.1f}%".replace(".", ",")):
                assert own.check(form).right, (own, form)
            assert own.check(round(100 * value, 1)).code == "PERCENT"


@every_task
def test_blanks_are_not_attempted_and_not_wrong(task):
    own = exercise(task.id, student="A-1")
    for blank in (None, ..., "", "  ", "…", "?", {}, [], pd.DataFrame(), NotImplemented):
        verdict = own.check(blank)
        assert (verdict.status, verdict.score, verdict.code) == ("not_attempted", 0, "NOT_ATTEMPTED"), blank


@every_task
def test_texts_exist_in_both_languages(task):
    own = exercise(task.id, student="A-1")
    with language("en"):
        english = texts_of(own)
    with language("ru"):
        russian = texts_of(own)
    for name in english:
        assert not re.search("[а-яё]", english[name], re.IGNORECASE), english[name]
        prose = re.sub(r"`[^`]*`|^\|.*$", "", russian[name], flags=re.MULTILINE)
        letters = re.findall("[a-zа-яё]", prose, re.IGNORECASE)
        cyrillic = [letter for letter in letters if re.match("[а-яё]", letter, re.IGNORECASE)]
        assert len(cyrillic) >= 0.9 * len(letters), russian[name]
        assert not re.search(r"(?<!\.)\.\.(?!\.)", english[name] + russian[name]), russian[name]
        assert "{" not in re.sub(r"`[^`]*`", "", russian[name] + english[name])


@every_task
def test_a_number_is_named_beside_itself_and_not_in_its_place(task):
    """A box shows tables and no single numbers: what has only its name in the statement can't be known there."""
    for code in ("en", "ru"):
        with language(code):
            own = exercise(task.id, student="demo-01")
            prose = re.sub(r"\([^()]*\)", "", str(own.statement))
            told = [line for line in prose.splitlines() if not line.lstrip().startswith(("-", "*"))]
        single = [name for name, value in own.data.items() if isinstance(value, (int, float))]
        assert [name for name in single if f"`{name}`" in "\n".join(told)] == []


@every_task
def test_three_different_hints_and_no_answer_in_them(task, variants):
    for own in variants(task)[:5]:
        hints = [own.hint(level) for level in (1, 2, 3)]
        assert len(set(hints)) == 3
        if not own.columns:
            solution = own.solution()
            bold = re.findall(r"\*\*(.+?)\*\*", solution)
            assert own.check(bold[-1]).right, solution
            for text in (*hints, *(own._text(slip.diagnosis) for slip in task.misconceptions)):
                assert bold[-1] not in text
                assert bold[-1] not in own.statement


@every_task
def test_the_table_of_the_solution_is_the_answer(task, variants):
    for own in variants(task)[:5]:
        if own.columns:
            rows = [line.strip("| ").split(" | ") for line in own.solution().split("\n") if line.startswith("|")]
            table = pd.DataFrame(rows[2:], columns=rows[0])
            assert own.check(table).right


@every_task
def test_order_and_index_of_rows_do_not_matter(task):
    own = exercise(task.id, student="A-1")
    if own.columns:
        table = handed_in(own.case.right, own.task.key).sample(frac=1, random_state=1)
        for form in (table, table.reset_index(), table.to_dict("index"), table.to_dict(), table[::-1].astype(str)):
            assert own.check(form).right
        several = own.columns if len(own.columns) > 1 else ()
        columns = {name: own.check(table[[name]]) for name in several}
        for name, verdict in columns.items():
            assert verdict.code == "INCOMPLETE", name
            assert verdict.score == pytest.approx(1 / len(own.columns), abs=1e-3)


@every_task
def test_wrong_customers_are_counted_and_one_is_named(task):
    own = exercise(task.id, student="A-1")
    if own.columns:
        table = handed_in(own.case.right, own.task.key)
        table.iloc[0, 0] += 77
        verdict = own.check(table)
        assert verdict.status == "wrong"
        noun = "customer" if task.key == "customer_id" else "row"
        assert f"1 {noun} of {len(table)} is off, for example {table.index[0]}." in verdict.message
        assert verdict.score < 1


@every_task
def test_a_slip_in_some_rows_is_recognised(task, variants):
    """A student who handled some customers rightly still hears what went wrong with the others."""
    for own in variants(task)[:5]:
        for slip, values in zip(task.misconceptions, own.case.slips, strict=True):
            for column in values:
                if not column:
                    continue
                right = own.case.right[column]
                off = [key for key in right if abs(right[key] - values[column][key]) > task.tolerance]
                mixed = {**right, off[0]: values[column][off[0]]}
                codes = own.check({column: mixed}).codes
                assert set(codes) - {"RIGHT", "NOT_ATTEMPTED"} <= {one.code for one in task.misconceptions}
                assert not any(code == "RIGHT" for code in codes), slip.code


@every_task
def test_data_are_copies(task):
    own = exercise(task.id, student="A-1")
    first = own.data
    for value in first.values():
        if isinstance(value, pd.DataFrame):
            value.iloc[:, -1] = 0
        elif isinstance(value, list):
            value.clear()
    again = own.data
    assert own.check(handed_in(own.case.right, own.task.key)).right
    for name, value in exercise(task.id, student="A-1").data.items():
        assert value.equals(again[name]) if isinstance(value, pd.DataFrame) else value == again[name]


@every_task
def test_what_is_hidden_stays_hidden(task):
    assert not any(name.startswith("_") for name in exercise(task.id, student="A-1").data)


@every_task
def test_declared_credits_and_reasons(task):
    assert all(0 <= slip.credit < 1 for slip in task.misconceptions)
    assert len({slip.code for slip in task.misconceptions}) == len(task.misconceptions) >= 3
    assert task.tolerance_reason
    assert len(task.hints) == 3


def test_a_task_that_cannot_tell_its_slips_apart_is_refused():
    from dataclasses import replace

    task = TASKS["retention_rate"]
    twin = replace(task.misconceptions[0], code="TWIN", value=task.answer)
    with pytest.raises(RuntimeError, match="none tells its misconceptions apart"):
        replace(task, misconceptions=(twin,)).draw(random.Random(1))


def test_a_slip_a_hundred_times_the_answer_is_redrawn():
    from dataclasses import replace

    task = TASKS["retention_rate"]
    hundredfold = replace(
        task.misconceptions[0], value=lambda data: one_number(100 * task.answer(data)[""][""]), code="HUNDRED"
    )
    with pytest.raises(RuntimeError):
        replace(task, misconceptions=(hundredfold,)).draw(random.Random(1))


# Two students a task, as all supported versions of Python draw them: change VERSION in variants.py with them.
GOLDEN = {
    "retention_rate": (0.739, 0.876),
    "alpha_faded": (10.667, 10.667),
    "cronbach_alpha": (0.89, 0.907),
    "reversed_item": (-0.906, -0.841),
    "orientation_gap": (3.36, 4.975),
    "orientation_kinds": (31.0, 32.0),
    "client_wishes": (3790.0, 1920.0),
    "retention_over_periods": (0.402, 0.465),
    "rfm_faded": (728.0, 728.0),
    "rfm_by_hand": (1288.5, 1282.5),
    "rfm_scores_with_ties": (46.0, 46.0),
    "spend_share_top": (0.499, 0.507),
    "average_receipt": (23.837, 30.779),
    "whale_peak": (1.164, 1.153),
    "simpson_calls": (3.372, 3.252),
    "sbg_renewal": (0.848, 0.896),
    "berger_nasr": (708.376, 942.161),
    "equity_elasticity": (2.941, 4.452),
    "multiple_conventions": (5.231, 10.357),
    "debt_ageing": (1880.0, 1185.0),
    "consent_coverage": (0.091, 0.254),
    "sla_overnight": (414.0, 194.0),
    "exposure": (491.0, 698.0),
    "standardised_distance": (2.794, 3.117),
    "segment_plan_faded": (9250.45, 9250.45),
    "adjusted_rand_index": (0.251, 0.399),
    "null_data": (3.95, 4.05),
    "segment_break_even": (41.0, 134.0),
    "segment_policy_gain": (721.0, 853.0),
    "rule_reach": (7.0, 7.0),
    "five_rules": (10.0, 10.0),
    "eba_chances": (0.182, 0.383),
    "fishbein_attitude": (0.0, -8.0),
    "servqual_weighted": (-0.494, -0.866),
    "kano_better_worse": (0.692, -0.165),
    "mnl_shares": (0.439, 0.221),
    "willingness_to_pay": (1.111, 3.375),
    "claim_types": (17.0, 17.0),
    "claim_tests": (23.0, 20.0),
    "article_recount": (1.538, 2.625),
    "claim_kappa": (1.875, 1.623),
    "kappa_faded": (1.879, 1.879),
    "significant_important": (1.889, 1.957),
    "keaveney_kappa": (0.677, 0.784),
    "nps_two_waves": (91.217, 73.585),
    "best_recovery": (52.218, 48.609),
    "failure_on_purpose": (-46216.0, -89622.0),
    "exit_voice_shares": (2.0, 2.0),
    "complaint_rate": (506.628, 341.781),
    "mase_by_hand": (0.781, 0.273),
    "forecast_value_added": (0.618, 0.661),
    "interval_coverage": (136.786, 149.929),
    "brier_by_hand": (100.903, 35.274),
    "forecast_faded": (186.503, 186.503),
    "hazard_table": (51.709, 40.885),
    "kaplan_meier_by_hand": (330.556, 326.25),
    "leakage_spotted": (4.0, 3.0),
    "attribution_credits": (280.0, 260.0),
    "contact_choice": (3000.0, 3070.0),
    "uplift_at_share": (0.121, 0.123),
    "break_even_saved": (0.062, 0.064),
    "significant_loss": (-72.484, -17.106),
    "win_back_profit": (6551.6, 828.0),
    "marginal_cac": (116.091, 94.333),
    "spending_faded": (263.514, 263.514),
    "optimal_spending": (646.391, 818.218),
    "next_coin": (4.565, 3.009),
    "refund_points": (12.0, -15.0),
    "fifo_expiry": (590.0, 170.0),
    "merge_accounts": (260.0, 410.0),
    "break_even_lift": (0.067, 0.093),
    "break_even_faded": (115.159, 115.159),
    "ifrs_split": (59.402, 154.467),
    "liability_rollforward": (1483.249, 1505.324),
    "chain_ladder": (2233.648, 2065.913),
    "points_breakage": (0.242, 0.269),
    "customers_per_arm": (735.0, 1899.0),
    "programme_effect": (21.042, 22.701),
    "bass_peak": (7.633, 8.133),
    "helm_brier": (0.115, 0.189),
    "helm_switch_off": (1.08, 3.16),
    "helm_equity": (411425.0, 247866.667),
    "luck_percentile": (0.294, 0.534),
}


def fingerprint(own):
    right = own.case.right
    return round(sum(sum(cells.values()) for cells in right.values()), 3)


@every_task
def test_variants_are_the_same_for_ever(task):
    found = tuple(fingerprint(exercise(task.id, student=student)) for student in ("ИВТ-21-05", "demo"))
    assert found == pytest.approx(GOLDEN[task.id], abs=2e-3)


def test_variants_are_the_same_in_another_process():
    code = (
        "from crm_toolkit.exercises import exercise, bank\n"
        "print([repr(exercise(t, student='A-1').case.right) for t in bank.every_task()])"
    )
    here = str([repr(exercise(task_id, student="a–1").case.right) for task_id in TASKS])
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


def test_the_table_of_tasks_lists_all_in_the_order_of_lessons():
    table = task_table()
    assert sorted(table["id"]) == sorted([*TASKS, *bank.every_practice()])
    assert table["lesson"].is_monotonic_increasing
    assert Counter(table["id"]).most_common(1)[0][1] == 1


def test_texts_render_as_markdown_and_stay_strings():
    statement = exercise("retention_rate", student="A-1").statement
    assert isinstance(statement, Text)
    assert statement._repr_markdown_() == str(statement)
