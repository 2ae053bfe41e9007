"""``crm-toolkit rfm``: rank the customers of a file by recency, frequency and money."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_toolkit.cli.progress import progress
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_date, format_money, format_number, format_percent, say, say_count

if TYPE_CHECKING:
    import pandas as pd

_COLUMN_HINTS = ("customer_id", "ordered_at", "order_id", "item", "quantity", "unit_price", "amount")


def add_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    rfm = commands.add_parser(
        "rfm",
        parents=[common],
        help=say("rank customers by recency, frequency and money"),
        description=say(
            "Reads a file of purchases, scores every customer by recency, frequency and money, names the segments, "
            "and says what was read, what was left out and why."
        ),
    )
    rfm.add_argument("file", nargs="?", metavar="FILE", help=say("CSV, TSV, Excel (.xlsx) or Parquet, also gzipped"))
    rfm.add_argument(
        "--demo", action="store_true", help=say("take Complete Journey, 1.5 million lines of real grocery receipts")
    )
    rfm.add_argument(
        "--as-of", metavar="DATE", help=say("date of analysis, YYYY-MM-DD; the last purchase's date without it")
    )
    rfm.add_argument(
        "--bins",
        type=int,
        default=5,
        metavar="N",
        help=say("number of classes for each score, from 2 to 10; 5 without it"),
    )
    rfm.add_argument("--method", choices=("quantile", "nested"), default="quantile", help=say("how the scores are cut"))
    rfm.add_argument(
        "--out", metavar="CSV", type=Path, help=say("write scores and segments of all customers to this file")
    )
    rfm.add_argument("--plot", metavar="PNG", type=Path, help=say("draw the picture to this file"))
    rfm.add_argument(
        "--currency", default="", metavar="CODE", help=say("currency of the amounts for display, such as EUR")
    )
    hints = rfm.add_argument_group(say("hints for a file that leaves something open"))
    for name in _COLUMN_HINTS:
        option = "--" + name.replace("_", "-")
        hints.add_argument(option, metavar="COLUMN", help=say("the column that holds `{name}`", name=name))
    hints.add_argument("--encoding", metavar="NAME", help=say("such as utf-8 or cp1251"))
    hints.add_argument("--delimiter", metavar="SIGN", help=say("the sign between columns"))
    hints.add_argument("--decimal", metavar="SIGN", help=say("the decimal sign: a point or a comma"))
    hints.add_argument("--day-first", choices=("yes", "no"), help=say("whether 03.04 is the third of April"))
    hints.add_argument("--sheet", metavar="NAME", help=say("the sheet of a workbook"))
    rfm.set_defaults(run=_rfm)


def _rfm(asked: argparse.Namespace) -> int:
    """Read, score, segment, say, write: the job of ``crm-toolkit rfm``."""
    from crm_toolkit import analysis, datasets

    _refuse_at_once(asked)
    began = time.perf_counter()
    with progress(say("Reading")) as tell:
        if asked.demo:
            purchases = datasets.fetch_complete_journey().purchases
            source = "Complete Journey"
        else:
            purchases, report = datasets.read_purchases(
                asked.file, progress=tell, currency=asked.currency, **_hints(asked)
            )
            source = Path(asked.file).name
    if not asked.demo:
        print(report, end="\n\n")

    as_of = asked.as_of or purchases["ordered_at"].max().date().isoformat()
    with progress(say("Scoring")):
        scores = analysis.rfm_scores(purchases, as_of=as_of, bins=asked.bins, method=asked.method)
        segmented = analysis.rfm_segments(scores, bins=asked.bins)
        coverage = analysis.purchase_coverage(purchases, as_of=as_of)
        table = analysis.segment_table(segmented)

    print(say("RFM of “{source}” as of {date}", source=source, date=format_date(as_of, "long")))
    for line in _summary(asked, purchases, scores, coverage):
        print("  " + line)
    print("\n" + "\n".join(_segment_lines(table, asked.currency)) + "\n")
    if asked.out:
        datasets.write_table(segmented, asked.out)
        print(say("Scores of all customers: {path}", path=asked.out))
    if asked.plot:
        _draw(asked.plot, scores, table, asked.bins)
        print(say("Picture: {path}", path=asked.plot))
    print(say("Done in {seconds} s.", seconds=format_number(time.perf_counter() - began, 1)))
    return 0


def _refuse_at_once(asked: argparse.Namespace) -> None:
    """Refuse what can be seen before a long file is read, all of it in one letter."""
    from crm_toolkit.analysis import BINS
    from crm_toolkit.analysis.lines import as_day

    problems: list[Problem] = []
    for check in (lambda: asked.as_of and as_day(asked.as_of, "--as-of"), lambda: BINS.check(asked.bins)):
        try:
            check()
        except InputError as letter:
            problems += [replace(problem, what=f"{letter.heading} {problem.what}") for problem in letter.problems]
    if asked.demo == bool(asked.file):
        what = say("Name one file, or take --demo.")
        problems.append(
            Problem("which_file", what, advice=say("For example: crm-toolkit rfm sales.csv --out segments.csv"))
        )
    for path in filter(None, (asked.out, asked.plot)):
        if not path.parent.is_dir():
            problems.append(Problem("no_folder", say("The folder of “{path}” does not exist.", path=path)))
        elif path.is_dir():
            problems.append(Problem("is_folder", say("“{path}” is a folder; name a file in it.", path=path)))
    if asked.out and asked.out.suffix.lower() not in _TABLES:
        what = say("“{path}” has no ending of a table.", path=asked.out)
        problems.append(Problem("table_kind", what, advice=say("Possible: {names}.", names=", ".join(_TABLES))))
    if asked.plot and asked.plot.suffix.lower() not in _PICTURES:
        what = say("“{path}” has no ending of a picture.", path=asked.plot)
        problems.append(Problem("picture_kind", what, advice=say("Possible: {names}.", names=", ".join(_PICTURES))))
    if asked.file and asked.out and Path(asked.file).resolve() == asked.out.resolve():
        problems.append(Problem("same_file", say("The result would overwrite the file that is read.")))
    if problems:
        raise InputError(say("The command can't be carried out."), problems)


_TABLES = (".csv", ".tsv", ".xlsx", ".parquet")
_PICTURES = (".png", ".svg", ".pdf", ".jpg")


def _hints(asked: argparse.Namespace) -> dict[str, Any]:
    given = {name: getattr(asked, name) for name in (*_COLUMN_HINTS, "encoding", "delimiter", "decimal", "sheet")}
    if asked.day_first:
        given["day_first"] = asked.day_first == "yes"
    return {name: value for name, value in given.items() if value is not None}


def _summary(asked: argparse.Namespace, purchases: pd.DataFrame, scores: pd.DataFrame, coverage: Any) -> Iterator[str]:
    """The lines under the heading: counts that add up, totals that reconcile."""
    from crm_toolkit import analysis

    total = float(purchases["amount"].sum())
    yield say_count("{count} line read, {money} in all", "{count} lines read, {money} in all", len(purchases),
                    money=format_money(total, asked.currency))  # fmt: skip
    if coverage.complete:
        yield say("every line has a customer and is not later than the date of analysis; nothing was left out")
    else:
        yield from str(coverage).splitlines()[1:]
    scored = float(scores["monetary"].sum())
    yield say_count("{count} customer scored, {money} in all", "{count} customers scored, {money} in all", len(scores),
                    money=format_money(scored, asked.currency))  # fmt: skip
    try:
        share = analysis.spend_concentration(scores).top_share(0.2)
        yield say("top fifth of the customers: {share} of the money", share=format_percent(share))
    except InputError as letter:
        yield from (problem.what for problem in letter.problems)


def _segment_lines(table: pd.DataFrame, currency: str) -> list[str]:
    """The segment table as aligned text."""
    from crm_toolkit import analysis

    heads = (say("segment"), say("customers"), say("share"), say("money"), say("share of money"))
    rows = [
        (
            analysis.segment_label(row["segment"]),
            format_number(row["customers"]),
            format_percent(row["customer_share"]),
            format_money(row["monetary"], currency),
            format_percent(row["money_share"]) if row["money_share"] == row["money_share"] else "—",
        )
        for row in table.to_dict("records")
    ]
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    return [
        "  " + "  ".join(text.rjust(width) if place else text.ljust(width)
                         for place, (text, width) in enumerate(zip(row, widths, strict=True)))
        for row in [heads, *rows]
    ]  # fmt: skip


def _draw(path: Path, scores: pd.DataFrame, table: pd.DataFrame, bins: int) -> None:
    from crm_toolkit import analysis, plots

    figure = plots.rfm_page(analysis.rfm_heatmap_table(scores, bins=bins), table)
    partial = path.with_name(f".{path.stem}.partial{path.suffix}")
    try:
        figure.savefig(partial, dpi=150)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        what = say("“{path}” can't be written: {reason}.", path=path, reason=error.strerror or error)
        raise InputError(say("The picture was not saved."), [Problem("not_writable", what)]) from error
