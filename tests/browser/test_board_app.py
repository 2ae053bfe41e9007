"""The seminar board, served by Voilà: it shows a class without names, sees what arrives, and has names by a switch."""

from __future__ import annotations

import pytest

from crm_toolkit.exercises.grading.judging import TaskResult
from crm_toolkit.exercises.grading.results import SubmissionResult, report_json
from crm_toolkit.exercises.grading.shared_record import Tried
from crm_toolkit.texts import language as spoken
from crm_toolkit.texts import say
from tests.browser.lab import violations
from tests.browser.test_my_case import HOSTILE, keep

CODES = ("CHURN", "CHURN", "NET_LOSS", "WRONG")


def write(folder, count):
    """The results of a class in which somebody's id is hostile."""
    results = []
    for place in range(count):
        code = CODES[place % 4] if place % 2 else "RIGHT"
        status = {"RIGHT": "right", "WRONG": "wrong"}.get(code, "misconception")
        task = TaskResult("retention_rate", "", status, float(code == "RIGHT"), code, "", "", "", True, "")
        way = (Tried("task", "retention_rate", 1 + place % 3, 1 + place % 3, (("CHURN", 2),), (1, 2)[: place % 3]),)
        name = f"ИВТ-{place}{HOSTILE if not place else ''}"
        results.append(SubmissionResult(name, "00_start", 1, "ru", tasks=(task,), record=way if place % 3 else None))
    results.append(SubmissionResult("X-1", "00_start", 1, "en", refused="NO_JSON"))
    data = report_json(results, isolation="bubblewrap", package="1", unread=["essay.docx"], older=[])
    part = folder / "report.part"
    part.write_bytes(data)
    part.replace(folder / "report.json")


@pytest.mark.parametrize("code", ["ru", pytest.param("en", marks=pytest.mark.slow)])
def test_a_class_is_shown_without_names_seen_anew_and_with_names_by_a_switch(page, serve_app, tmp_path, code):
    write(tmp_path, 11)
    page.set_viewport_size({"width": 1280, "height": 720})
    with spoken(code):
        page.goto(serve_app("board", code, board=str(tmp_path)), timeout=120_000)
        page.locator(".crm-check").first.wait_for(timeout=120_000)
        shown = page.locator(".crm-board-app")
        assert "ИВТ" not in shown.inner_text()
        assert violations(page, ".crm-board-app") == []
        keep(page, f"board_{code}")
        assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
        write(tmp_path, 15)
        page.get_by_text("15").first.wait_for(timeout=20_000)  # by itself
        page.get_by_label(say("Instructor's view: with names, not for the projector")).press("Space")
        page.get_by_text(say("Names are visible. Not for the projector.")).wait_for(timeout=20_000)
        assert "ИВТ-0<" in shown.inner_text()
        assert page.evaluate("() => window.pwned") is None
        page.locator("details summary").first.press("Enter")
        assert violations(page, ".crm-board-app") == []
        keep(page, f"board_names_{code}")
        page.set_viewport_size({"width": 420, "height": 900})
        page.get_by_label(say("Instructor's view: with names, not for the projector")).press("Space")
        page.locator(".crm-check").first.wait_for(timeout=20_000)
        assert "ИВТ" not in shown.inner_text()
        keep(page, f"board_narrow_{code}")
        assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
