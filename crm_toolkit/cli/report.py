"""``crm-toolkit report``: the CRM health of an organisation on one page, as HTML, PDF or a notebook."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from crm_toolkit.cli.progress import progress
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, say, say_count

_HINTS = ("customer_id", "ordered_at", "order_id", "amount")
_ENDINGS = (".html", ".htm", ".pdf")


def add_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    report = commands.add_parser(
        "report",
        parents=[common],
        help=say("put the CRM health of an organisation on one page"),
        description=say(
            "Reads purchases out of a file, a folder of tables or a customer database and writes one page for a "
            "manager: key figures, segments, cohorts, value, churn, forecast, service, and what is wrong with the "
            "data. The page holds no names."
        ),
    )
    about = say("a file of purchases, a folder with `purchases.csv`, a database such as crm.db, or postgresql://…")
    report.add_argument("source", nargs="?", metavar="FILE|FOLDER|DATABASE", help=about)
    report.add_argument(
        "--demo", action="store_true", help=say("take Complete Journey, 1.5 million lines of real grocery receipts")
    )
    report.add_argument(
        "--out", metavar="FILE", type=Path, default=Path("report.html"),
        help=say("the page, .html or .pdf (printed by Chromium, Chrome or Edge); report.html without it"),
    )  # fmt: skip
    report.add_argument(
        "--notebook", metavar="IPYNB", type=Path, help=say("write a notebook with the same calls as well")
    )
    report.add_argument(
        "--as-of", metavar="DATE", help=say("date of analysis, YYYY-MM-DD; the last purchase's date without it")
    )
    report.add_argument("--name", default="", help=say("what the organisation is called on the page"))
    report.add_argument(
        "--currency", default="", metavar="CODE", help=say("currency of the amounts for display, such as EUR")
    )
    report.add_argument(
        "--margin", type=float, metavar="SHARE", help=say("contribution margin as a fraction of the money, such as 0.4")
    )
    report.add_argument(
        "--role",
        default="analyst",
        metavar="ROLE",
        help=say("through whose eyes a database is read; analyst without it"),
    )
    hints = report.add_argument_group(say("hints for a file that leaves something open"))
    for name in _HINTS:
        option = "--" + name.replace("_", "-")
        hints.add_argument(option, metavar="COLUMN", help=say("the column that holds `{name}`", name=name))
    hints.add_argument("--encoding", metavar="NAME", help=say("such as utf-8 or cp1251"))
    hints.add_argument("--delimiter", metavar="SIGN", help=say("the sign between columns"))
    hints.add_argument("--decimal", metavar="SIGN", help=say("the decimal sign: a point or a comma"))
    hints.add_argument("--day-first", choices=("yes", "no"), help=say("whether 03.04 is the third of April"))
    hints.add_argument("--sheet", metavar="NAME", help=say("the sheet of a workbook"))
    report.set_defaults(run=_report)


def _report(asked: argparse.Namespace) -> int:
    """Read, compute, write: the job of ``crm-toolkit report``."""
    from crm_toolkit.widgets.health import health_report
    from crm_toolkit.widgets.health.sources import demo_source, open_source

    _refuse_at_once(asked)
    began = time.perf_counter()
    with progress(say("Reading"), log=True) as tell:
        if asked.demo:
            source = demo_source()
        else:
            source = open_source(
                asked.source, role=asked.role, currency=asked.currency, hints=_hints(asked), progress=tell
            )
    if source.letter:
        print(source.letter, end="\n\n")
    name = asked.name or source.name
    with progress(say("Computing"), log=True) as tell:
        report = health_report(
            source.purchases, name=name, as_of=asked.as_of, currency=asked.currency or source.currency,
            margin=asked.margin, tables=source.tables, noticed=source.noticed, progress=tell,
        )  # fmt: skip
    with progress(say("Writing")):
        report.save(asked.out)
    for caution in report.cautions:
        print("• " + caution)
    for section, reason in ((section.title, section.missing) for section in report.sections if section.missing):
        print("• " + say("“{section}” is missing: {reason}", section=section, reason=reason))
    print(say("Report: {path}", path=asked.out))
    if asked.notebook:
        from crm_toolkit.widgets.health.notebook import write_notebook

        write_notebook(source, asked.notebook, name=name, as_of=asked.as_of, margin=asked.margin,
                       currency=asked.currency)  # fmt: skip
        print(say("Notebook: {path}", path=asked.notebook))
    lines = say_count("{count} line", "{count} lines", len(source.purchases))
    print(say("{lines}, done in {seconds} s.", lines=lines, seconds=format_number(time.perf_counter() - began, 1)))
    return 0


def _refuse_at_once(asked: argparse.Namespace) -> None:
    """Refuse what can be seen before a long file is read, all of it in one letter."""
    from crm_toolkit.analysis.lines import as_day

    problems: list[Problem] = []
    try:
        if asked.as_of:
            as_day(asked.as_of, "--as-of")
    except InputError as letter:
        problems += [replace(problem, what=f"{letter.heading} {problem.what}") for problem in letter.problems]
    if asked.demo == bool(asked.source):
        what = say("Name one source, or take --demo.")
        problems.append(
            Problem("which_source", what, advice=say("For example: crm-toolkit report sales.csv --out report.html"))
        )
    if asked.margin is not None and not 0 < asked.margin <= 1:
        problems.append(Problem("outside_range", say("A margin is a fraction of the money, above 0 up to 1.")))
    for path, endings in ((asked.out, _ENDINGS), (asked.notebook, (".ipynb",))):
        if path is None:
            continue
        if not path.parent.is_dir():
            problems.append(Problem("no_folder", say("The folder of “{path}” does not exist.", path=path)))
        elif path.is_dir():
            problems.append(Problem("is_folder", say("“{path}” is a folder; name a file in it.", path=path)))
        if path.suffix.lower() not in endings:
            what = say("“{path}” ends in none of these: {names}.", path=path, names=", ".join(endings))
            problems.append(Problem("wrong_ending", what))
        if asked.source and "://" not in asked.source and path.exists() and path.samefile(asked.source):
            problems.append(Problem("same_file", say("The result would overwrite the file that is read.")))
    if asked.out.suffix.lower() == ".pdf":
        from crm_toolkit.widgets.health.printing import require_browser

        try:
            require_browser()
        except InputError as letter:
            problems += letter.problems
    if problems:
        raise InputError(say("The command can't be carried out."), problems)


def _hints(asked: argparse.Namespace) -> dict[str, Any]:
    given = {name: getattr(asked, name) for name in (*_HINTS, "encoding", "delimiter", "decimal", "sheet")}
    if asked.day_first:
        given["day_first"] = asked.day_first == "yes"
    return {name: value for name, value in given.items() if value is not None}
