"""The seminar board as HTML: one piece of code for `grade`'s static page and for the page of a running Voilà.

Every check has a bar for what was handed in and one for the way there, its numbers in words beside it, and the
commonest slips with what stands behind them. Colours are those of the charts (Okabe and Ito); dark and light take
turns, each part has its number, and the legend says it again in words, so nothing hangs on a colour. No script, no
picture, nothing fetched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from crm_toolkit.exercises.grading.board_counts import (
    FEWEST,
    CheckCounts,
    HandedIn,
    LessonCounts,
    OnTheWay,
    board_counts,
)
from crm_toolkit.exercises.grading.page_parts import check_title, diagnosis, lesson_title, words
from crm_toolkit.exercises.grading.results import SubmissionResult
from crm_toolkit.plots.style import BLUE, ORANGE, VERMILLION
from crm_toolkit.texts import NO_FORMULAS, format_number, format_percent, say, say_count

SKY, PALE = "#9BD0F0", "#E3E8EC"
MOST_SLIPS = 3
STYLE = """
.crm-board { font: clamp(16px, 1.05vw + 7px, 30px)/1.4 system-ui, "Segoe UI", "Noto Sans", sans-serif; color: #1d2730; }
.crm-board h2 { font-size: 1.35em; margin: .9em 0 .1em; line-height: 1.2; }
.crm-board h3 { font-size: 1.1em; margin: 0 0 .4em; line-height: 1.25; }
.crm-board h4 { font-size: .9em; margin: 0; font-weight: 600; color: #3d4853; line-height: 1.4; }
.crm-board p { margin: .2em 0; line-height: 1.4; }
.crm-board .crm-quiet { color: #55606a; font-size: .85em; }
.crm-board .crm-check { border-top: 2px solid #1d2730; padding: .6em 0 1em; margin: .7em 0 0; break-inside: avoid; }
.crm-board .crm-halves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17em, 100%), 1fr));
  gap: .4em 1.6em; align-items: start; }
.crm-board .crm-bar { display: flex; height: 1.9em; border: 1px solid #1d2730; margin: .15em 0; overflow: hidden;
  forced-color-adjust: none; }
.crm-board .crm-bar span { display: flex; align-items: center; justify-content: center; min-width: 1.5em;
  font-weight: 650; font-variant-numeric: tabular-nums; border-left: 1px solid #1d2730; }
.crm-board .crm-bar span:first-child { border-left: 0; }
.crm-board .crm-legend { list-style: none; margin: 0 0 .5em; padding: 0; display: flex; flex-wrap: wrap;
  gap: 0 1em; font-size: .85em; }
.crm-board .crm-legend li { margin: 0; line-height: 1.5; white-space: nowrap; }
.crm-board .crm-legend i { display: inline-block; width: .8em; height: .8em; border: 1px solid #1d2730;
  margin-right: .35em; forced-color-adjust: none; }
.crm-board .crm-slips { margin: .1em 0 0; padding: 0; list-style: none; }
.crm-board .crm-slips li { margin: 0 0 .45em; line-height: 1.35; }
.crm-board code { font: .8em ui-monospace, "DejaVu Sans Mono", monospace; background: #eef1f4; padding: 0 .3em;
  overflow-wrap: anywhere; color: inherit; }
"""
_DARK = {BLUE, VERMILLION}
_CODE = re.compile(r"`([^`]*)`")


def board_html(results: Iterable[SubmissionResult]) -> str:
    """The board for a projector: no name, no id, no count of fewer than three people.

    Parameters
    ----------
    results : iterable of SubmissionResult
        Of several attempts the newest.

    Returns
    -------
    str
        HTML without its style, which is `STYLE`.
    """
    lessons = board_counts(results)
    body = "".join(_lesson(one) for one in lessons) or f"<p>{words(say('Nothing was graded yet.'))}</p>"
    return f'<div class="crm-board {NO_FORMULAS}">{body}</div>'


def _lesson(one: LessonCounts) -> str:
    told = [say_count("{count} submission", "{count} submissions", one.submissions)]
    if one.refused:
        told.append(say_count("{count} could not be graded", "{count} could not be graded", one.refused))
    if one.shared:
        told.append(say_count("{count} shared a record of the way there", "{count} shared a record of the way there",
                              one.shared))  # fmt: skip
    else:
        told.append(say("the way there: not shared"))
    head = f'<h2>{words(lesson_title(one.lesson))}</h2><p class="crm-quiet">{words(" · ".join(told))}</p>'
    if one.too_few:
        few = say("Fewer than {count} submissions are not shown here: a count would name a person.", count=FEWEST)
        return f"{head}<p>{words(few)}</p>"
    checks = "".join(_check(check, one) for check in one.checks if check.handed_in or not one.too_few_shared)
    return head + checks


def _check(check: CheckCounts, lesson: LessonCounts) -> str:
    way = None if lesson.too_few_shared else check.on_the_way
    left = [_handed_in(check.handed_in)] if check.handed_in else []
    if way:
        left.append(_way(check, way, lesson.shared))
    elif check.handed_in:
        why = say("not shared") if not lesson.shared else say("shared by fewer than {count}", count=FEWEST)
        left.append(f"<h4>{words(say('On the way'))}</h4><p>{words(why)}</p>")
    kind = f'<span class="crm-quiet">{words(say("Question"))}</span> ' if check.kind == "quiz" else ""
    return (
        f'<article class="crm-check"><h3>{kind}{words(check_title(check.kind, check.id))}</h3>'
        f'<div class="crm-halves"><div>{"".join(left)}</div><div>{_slips(check, way)}</div></div></article>'
    )


def _handed_in(one: HandedIn) -> str:
    parts = [
        (one.right, say("right"), BLUE),
        (one.slip, say("known slip"), ORANGE),
        (one.other, say("other answer"), VERMILLION),
        (one.untouched, say("not tried"), PALE),
    ]
    title = say("Handed in") if one.counts else say("Handed in (judged by the teacher)")
    return _bar(title, parts)


def _way(check: CheckCounts, one: OnTheWay, shared: int) -> str:
    parts = [
        (one.at_first, say("right at the first try"), BLUE),
        (one.later, say("right later"), SKY),
        (one.never, say("not right yet"), VERMILLION),
        (shared - one.tried, say("no try in the record"), PALE),
    ]
    told = []
    if one.tried:
        rate = format_percent(one.at_first / one.tried, 0)
        told.append(say("First-try success: {rate} of those who tried.", rate=rate))
        told.append(say("Tries: median {median}, at most {most}.", median=format_number(one.median_tries),
                        most=one.most_tries))  # fmt: skip
    if check.kind != "quiz":
        first, second, third = one.hints
        told.append(
            say("Hints: opened by {hinted} of {shared} (the idea {first}, the step {second}, the first line {third}).",
                hinted=one.hinted, shared=shared, first=first, second=second, third=third)
            if one.hinted else say("Hints: opened by nobody of {shared}.", shared=shared)
        )  # fmt: skip
    return _bar(say("On the way, {count} who shared it", count=shared), parts) + f"<p>{words(' '.join(told))}</p>"


def _bar(title: str, parts: list[tuple[int, str, str]]) -> str:
    """A bar whose parts have their numbers in them, and a legend in words."""
    shown = [(count, name, colour) for count, name, colour in parts if count]
    spans = "".join(
        f'<span style="flex: {count} 1 0; background: {colour}; color: {"#fff" if colour in _DARK else "#1d2730"}">'
        f"{count}</span>"
        for count, _, colour in shown
    )
    legend = "".join(
        f'<li><i style="background: {colour}"></i>{words(name)}: {count}</li>' for count, name, colour in shown
    )
    spoken = f"{title}: " + ", ".join(f"{name} {count}" for count, name, _ in shown)
    return (
        f'<h4>{words(title)}</h4><div class="crm-bar" role="img" aria-label="{words(spoken)}">{spans}</div>'
        f'<ul class="crm-legend">{legend}</ul>'
    )


def _slips(check: CheckCounts, way: OnTheWay | None) -> str:
    """The commonest slips, handed in or on the way, each with what stands behind it."""
    handed_in = dict(check.handed_in.slips) if check.handed_in else {}
    on_the_way = dict(way.slips) if way else {}
    both = Counter(handed_in)
    both.update(on_the_way)
    title = f"<h4>{words(say('Commonest slips'))}</h4>"
    if not both:
        return f"{title}<p>{words(say('none'))}</p>"
    order = sorted(both, key=lambda code: (-both[code], code))
    lines = []
    for code in order[:MOST_SLIPS]:
        counts = [say("handed in {count}", count=handed_in[code])] if code in handed_in else []
        if code in on_the_way:
            counts.append(say_count("on the way {count} try", "on the way {count} tries", on_the_way[code]))
        behind = _CODE.sub(r"<code>\1</code>", words(diagnosis(check.kind, check.id, code)))
        lines.append(f"<li><b>{words(', '.join(counts))}</b> <code>{words(code)}</code> {behind}</li>")
    more = len(order) - MOST_SLIPS
    rest = say_count("and {count} rarer one", "and {count} rarer ones", more) if more > 0 else ""
    return f'{title}<ul class="crm-slips">{"".join(lines)}</ul>' + (
        f'<p class="crm-quiet">{words(rest)}</p>' if rest else ""
    )
