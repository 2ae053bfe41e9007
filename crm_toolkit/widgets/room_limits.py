"""Limits of one page in a shared room: how much memory it may take, and how long nobody may be at it.

CRM_KERNEL_MB      megabytes of memory; what needs more gets a MemoryError, and its neighbours nothing at all
CRM_IDLE_MINUTES   after so long without a key or a click the person is signed out

Both are set by ``python course.py app NAME --people 30``. Memory is held by the system under Linux; elsewhere there is
no such limit.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

KERNEL_MB, IDLE_MINUTES = "CRM_KERNEL_MB", "CRM_IDLE_MINUTES"
LOOK_SECONDS = 10.0
_now = time.monotonic
_last = [_now()]
_heard: list[Any] = []


def hold_memory() -> int:
    """Hold this program, as it stands now, to the memory that it may take in all.

    The system counts what is reserved, and libraries reserve far more than they use; so what is reserved now is left to
    the program, and it may add what it has not used yet of its share, 64 MB at least.

    Returns
    -------
    int
        The share in megabytes, 0 where there is no limit.
    """
    share = int(_number(KERNEL_MB) * 2**20)
    if not share or not sys.platform.startswith("linux"):
        return 0
    import resource

    pages = [int(word) * resource.getpagesize() for word in Path("/proc/self/statm").read_text().split()]
    used, reserved = pages[1], pages[5]
    limit = reserved + max(64 * 2**20, share - used)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    return share // 2**20


def idle_seconds() -> float:
    """How long nobody may be at a page; 0 for as long as they like."""
    return _number(IDLE_MINUTES) * 60


def silent_for() -> float:
    """Seconds since the browser last sent anything that a person did."""
    return _now() - _last[0]


def touched() -> None:
    """Somebody is there."""
    _last[0] = _now()


class Presence:
    """Looks every few seconds whether somebody is still there and may be; made with a loop running it asks by itself.

    Parameters
    ----------
    gone : callable
        Called once, with ``"idle"`` or ``"over"``.
    holds : callable
        Whether the person's session still holds.
    """

    def __init__(self, gone: Callable[[str], Any], holds: Callable[[], bool]):
        self._gone, self._holds = gone, holds
        self._timer: asyncio.TimerHandle | None = None
        touched()
        _listen()
        self._begin()

    def look(self) -> str:
        """Ask once: ``"idle"``, ``"over"``, or nothing while the person may stay."""
        limit = idle_seconds()
        why = "idle" if limit and silent_for() >= limit else "" if self._holds() else "over"
        if why:
            self.stop()
            self._gone(why)
        return why

    def stop(self) -> None:
        """Ask no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _begin(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no page is being served
            return
        self._timer = loop.call_later(LOOK_SECONDS, self._asked)

    def _asked(self) -> None:
        self._timer = None
        try:
            why = self.look()
        except Exception:  # the database does not answer: whoever works at the page will be told by its form
            why = ""
        if not why:
            self._begin()


def _listen() -> None:
    """Note every message that the browser sends to a control of this page."""
    if _heard:
        return
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return
    kernel = getattr(get_ipython(), "kernel", None)
    handlers = getattr(kernel, "shell_handlers", None)
    if not handlers or "comm_msg" not in handlers:
        return
    answer = handlers["comm_msg"]

    def noted(*arguments: Any, **options: Any) -> Any:
        touched()
        return answer(*arguments, **options)

    handlers["comm_msg"] = noted
    _heard.append(noted)


def _number(name: str) -> float:
    try:
        return max(0.0, float(os.environ.get(name, "") or 0))
    except ValueError:
        return 0.0
