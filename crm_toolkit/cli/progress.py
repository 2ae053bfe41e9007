"""A line that tells how far a long step is: a bar on a terminal, a plain line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_WIDTH = 100
_LOG_SECONDS = 10.0


@contextmanager
def progress(word: str, *, log: bool = False) -> Iterator[Any]:
    """A line that tells how far a long step is, and gone when the step is over.

    Parameters
    ----------
    word : str
        What is being done.
    log : bool
        Where there is no terminal, print a plain line every ten seconds instead of nothing.

    Yields
    ------
    callable
        ``tell(fraction, step="", after="")``: the bar's length, another word for this step, and what stands behind it.
    """
    shown = sys.stderr.isatty()
    began = last = time.perf_counter()

    def tell(fraction: float, step: str = "", after: str = "") -> None:
        nonlocal last
        now = time.perf_counter()
        if shown and now - began > 0.3:
            bar = "█" * round(20 * fraction)
            line = f"{step or word:<28} {bar:<20} {fraction:>4.0%} {after}"
            print("\r" + line[: _WIDTH - 1].ljust(_WIDTH - 1), end="", file=sys.stderr, flush=True)
        elif log and not shown and now - last > _LOG_SECONDS:
            last = now
            print(f"{step or word} {fraction:.0%} {after}".rstrip(), file=sys.stderr, flush=True)

    if shown:
        print(f"\r{word} …", end="", file=sys.stderr, flush=True)
    try:
        yield tell
    finally:
        if shown:
            print("\r" + " " * (_WIDTH - 1) + "\r", end="", file=sys.stderr, flush=True)
