"""``crm-toolkit …``: one command is one public call; letters instead of tracebacks.

rfm         rank the customers of a file
world       generate a world and check its folder
dataset     write the data of a seminar
store       make a customer database, give access to it, check it
report      the CRM health of an organisation on one page
grading     hand in a workbook; grade a class; prepare an exam
exports     a workbook for another grader, points for Moodle
progress    a line that tells how far a long step is

Exit codes: 0 done; 1 the input can't be used, nothing could be written, or a check failed (the letter says why);
2 the command line itself is wrong; 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from crm_toolkit import __version__
from crm_toolkit.cli import dataset, exports, grading, report, rfm, store, tournament, world
from crm_toolkit.errors import CRMError
from crm_toolkit.texts import LANGUAGES, language, language_of_system, mark, say

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

    rfm.add_command(commands, common)
    world.add_command(commands, common)
    dataset.add_command(commands, common)
    store.add_command(commands, common)
    report.add_command(commands, common)
    tournament.add_command(commands, common)
    grading.add_commands(commands, common)
    exports.add_commands(commands, common)
    about_data = say("write the small tables that the course uses")
    data = commands.add_parser("data", parents=[common], help=about_data, description=about_data)
    data.add_argument("--out", metavar="FOLDER", type=Path, help=say("the folder; the course's own without it"))
    data.set_defaults(run=_data)
    return parser


def _data(asked: argparse.Namespace) -> int:
    """Write every shipped data set that is missing or differs."""
    from crm_toolkit.datasets import shipped

    for name in shipped.MAKERS:
        for path in shipped.write_shipped(name, asked.out or shipped.FOLDER):
            print(path)
    return 0
