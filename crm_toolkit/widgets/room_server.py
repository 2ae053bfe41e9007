"""One Voilà for a room: so many pages and no more, and a page in words for whoever comes when it is full.

Every page that is open is a program of its own on the server. `RoomKernels` takes the place of Jupyter's manager of
kernels when ``python course.py app NAME --people 30`` starts Voilà; it reads two variables:

CRM_MOST_PAGES   how many pages may be open at once
CRM_KERNEL_MB    how much memory a page may take (held in the page itself, see `room_limits`)
"""

from __future__ import annotations

import os
import time
import uuid
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import Finish, HTTPError

from crm_toolkit.texts import language, say, say_count
from crm_toolkit.widgets.html import tag

MOST_PAGES = "CRM_MOST_PAGES"
RESERVED_SECONDS = 60  # from the request for a page until its kernel begins; a page that failed between gives it back
_PAGE = """<!doctype html><html lang="{code}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>body {{ font: 1.1rem/1.5 system-ui, "Segoe UI", "Noto Sans", sans-serif; color: #1d2730; max-width: 40rem;
margin: 4rem auto; padding: 0 1rem; }}</style></head><body><main>{body}</main></body></html>
"""


class RoomKernels(AsyncMappingKernelManager):  # type: ignore[misc]
    """Jupyter's manager of kernels with a number of places."""

    def __init__(self, **options: Any):
        super().__init__(**options)
        self._reserved: list[float] = []
        self._beginning: set[str] = set()
        configuration = getattr(self.parent, "voila_configuration", None)
        if configuration is not None:
            configuration.prelaunch_hook = self.reserve

    @property
    def most(self) -> int:
        """How many pages may be open."""
        return int(os.environ.get(MOST_PAGES, "") or 1_000)

    @property
    def taken(self) -> int:
        """How many places are taken: pages that are open, that begin, or that were promised a place."""
        now = time.monotonic()
        self._reserved = [one for one in self._reserved if now - one < RESERVED_SECONDS]
        return len(set(self.list_kernel_ids()) | self._beginning) + len(self._reserved)

    def reserve(self, handler: Any, notebook: Any = None, cwd: str | None = None) -> None:
        """Promise a place to a page that is asked for, or answer that the room is full."""
        if self.taken >= self.most:
            handler.set_status(503)
            handler.set_header("Retry-After", "30")
            handler.finish(full_page(self.most))
            raise Finish()
        self._reserved.append(time.monotonic())

    async def start_kernel(  # type: ignore[override]
        self, *, kernel_id: str | None = None, **options: Any
    ) -> str:
        """Begin a kernel in a place that was promised."""
        if self._reserved:
            self._reserved.pop(0)
        elif self.taken >= self.most:
            raise HTTPError(503, reason="The room is full")
        name = kernel_id or str(uuid.uuid4())
        self._beginning.add(name)
        try:
            return str(await super().start_kernel(kernel_id=name, **options))
        finally:
            self._beginning.discard(name)


def full_page(most: int) -> str:
    """What stands there when all places are taken, in the language of the room.

    >>> "30 pages" in full_page(30)
    True
    """
    title = say("The room is full")
    what = say_count("{count} page may be open here at once, and it is.", "{count} pages may be open here at once, and "
                     "all of them are.", most)  # fmt: skip
    advice = say("Close a page that you don't need, wait a minute, and load this one again.")
    return _PAGE.format(code=language(), title=title, body=tag("h1", title) + tag("p", what) + tag("p", advice))
