"""Looking again when somebody else has changed something: a small question every few seconds, answered by a number."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from crm_toolkit.store import Store

EVERY_SECONDS = 3.0


class Watch:
    """Call something whenever the store's log has grown; made with a loop running it asks by itself.

    Parameters
    ----------
    store : Store
    call : callable
        Called after somebody, also this page, has changed something.
    every : float
        Seconds between two questions.

    Attributes
    ----------
    on : bool
        Whether it asks; may be switched off and on.
    """

    def __init__(self, store: Store, call: Callable[[], Any], *, every: float = EVERY_SECONDS):
        self.store, self._call, self._every = store, call, every
        self.on = True
        self._seen = store.last_change()
        self._timer: asyncio.TimerHandle | None = None
        self._begin()

    def look(self) -> bool:
        """Ask once; whether something had changed."""
        now = self.store.last_change()
        if now == self._seen:
            return False
        self._seen = now
        self._call()
        return True

    def stop(self) -> None:
        """Ask no more."""
        self.on = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _begin(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no page is being served: a script or a test looks when it wants to
            return
        self._timer = loop.call_later(self._every, self._asked)

    def _asked(self) -> None:
        self._timer = None
        if not self.on:
            return
        try:
            self.look()
        except Exception:  # the file was closed or taken away: whoever works at the page will be told by its form
            return
        self._begin()
