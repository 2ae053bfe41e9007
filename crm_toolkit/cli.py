"""``crm-toolkit …``: one command is one public call; letters instead of tracebacks.

Exit codes: 0 done; 1 the input can't be used or nothing could be written (the letter says why); 2 the command
line itself is wrong; 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from crm_toolkit import __version__
from crm_toolkit.errors import CRMError, InputError, Problem
from crm_toolkit.texts import (
    LANGUAGES,
    format_date,
    format_money,
    format_number,
    format_percent,
    language,
    language_of_system,
    mark,
    say,
    say_count,
)

if TYPE_CHECKING:
    import pandas as pd

# what argparse itself says
_ARGPARSE = (
    mark("usage: "),
    mark("options"),
    mark("positional arguments"),
    mark("show this help message and exit"),
    mark("show program's version number and exit"),
    mark("%(prog)s: error: %(message)s\n"),
    mark("the following arguments are required: %s"),
    mark("unrecognized arguments: %s"),
    mark("argument %(argument_name)s: %(message)s"),
    mark("expected one argument"),
    mark("invalid choice: %(value)r (choose from %(choices)s)"),
    mark("invalid %(type)s value: %(value)r"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after ``crm-toolkit``; the process's own without it.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    with language(_language_asked(words)), mock.patch.object(argparse, "_", say, create=True):
        asked = _parser().parse_args(words)
        try:
            with _warnings_as_notes():
                return asked.run(asked)
        except CRMError as letter:
            print(f"\n{letter}", file=sys.stderr)
            return 1
        except BrokenPipeError:
            sys.stderr.close()
            return 0
        except KeyboardInterrupt:
            print("\n" + say("Stopped before the end."), file=sys.stderr)
            return 130


@contextmanager
def _warnings_as_notes() -> Iterator[None]:
    """Show a warning as a sentence, without file and line, each once."""
    shown: set[str] = set()

    def note(message: Warning | str, category: type[Warning], *_place: object, **_more: object) -> None:
        for_people = issubclass(category, UserWarning) and not issubclass(category, DeprecationWarning)
        if for_people and str(message) not in shown:
            shown.add(str(message))
            print(f"• {message}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.simplefilter("default", UserWarning)
        warnings.showwarning = note
        yield


def _language_asked(words: Sequence[str]) -> str:
    """The language on the command line, needed before the command line is read, or the computer's own."""
    for word, after in zip(words, [*words[1:], ""], strict=True):
        code = after if word == "--language" else word.removeprefix("--language=") if "--language=" in word else ""
        if code in LANGUAGES:
            return code
    return language_of_system()


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--language",
        choices=LANGUAGES,
        default=argparse.SUPPRESS,
        help=say("language of what is said; the computer's own without it"),
    )
    parser = argparse.ArgumentParser(
        prog="crm-toolkit",
        description=say("Customer relationship management from the command line."),
        parents=[common],
    )
    parser.add_argument("--version", action="version", version=f"crm-toolkit {__version__}")
    commands = parser.add_subparsers(title=say("commands"), metavar="COMMAND", required=True)

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

    about_data = say("write the small tables that the course uses")
    data = commands.add_parser("data", parents=[common], help=about_data, description=about_data)
    data.add_argument("--out", metavar="FOLDER", type=Path, help=say("the folder; the course's own without it"))
    data.set_defaults(run=_data)
    return parser


_COLUMN_HINTS = ("customer_id", "ordered_at", "order_id", "item", "quantity", "unit_price", "amount")


def _rfm(asked: argparse.Namespace) -> int:
    """Read, score, segment, say, write: the job of ``crm-toolkit rfm``."""
    from crm_toolkit import analysis, datasets

    _refuse_at_once(asked)
    began = time.perf_counter()
    with _progress(say("Reading")) as tell:
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
    with _progress(say("Scoring")):
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


def _data(asked: argparse.Namespace) -> int:
    """Write every shipped data set that is missing or differs."""
    from crm_toolkit.datasets import shipped

    for name in shipped.MAKERS:
        for path in shipped.write_shipped(name, asked.out or shipped.FOLDER):
            print(path)
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


@contextmanager
def _progress(word: str) -> Iterator[Any]:
    """A line that tells how far a long step is; on a terminal only, and gone when the step is over."""
    shown = sys.stderr.isatty()
    began = time.perf_counter()

    def tell(fraction: float, step: str = "") -> None:
        if shown and time.perf_counter() - began > 0.3:
            bar = "█" * round(20 * fraction)
            print(f"\r{step or word:<28} {bar:<20} {fraction:>4.0%}", end="", file=sys.stderr, flush=True)

    if shown:
        print(f"\r{word} …", end="", file=sys.stderr, flush=True)
    try:
        yield tell
    finally:
        if shown:
            print("\r" + " " * 60 + "\r", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
