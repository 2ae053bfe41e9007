"""A shared room: so many pages and no more, so much memory a page, and nobody stays signed in at an empty chair."""

import asyncio
import subprocess
import sys
from types import SimpleNamespace

import pytest

from crm_toolkit.store import accounts
from crm_toolkit.texts import language
from crm_toolkit.widgets import desk_app, room_limits

pytest.importorskip("jupyter_server", reason="needs the extra course")
from tornado.web import Finish, HTTPError

from crm_toolkit.widgets.room_server import MOST_PAGES, RoomKernels, full_page


class Answer(SimpleNamespace):
    """What a request is answered with."""

    def set_status(self, code):
        self.code = code

    def set_header(self, *_):
        pass

    def finish(self, html):
        self.html = html


@pytest.fixture
def room(monkeypatch):
    """A room of two places in which kernels begin at once and are names only."""
    monkeypatch.setenv(MOST_PAGES, "2")
    kernels, here = RoomKernels(), []

    async def begin(self, *, kernel_id=None, **_):
        if kernel_id == "broken":
            raise OSError
        here.append(kernel_id)
        return kernel_id

    monkeypatch.setattr(RoomKernels.__mro__[1], "start_kernel", begin)
    monkeypatch.setattr(kernels, "list_kernel_ids", lambda: list(here))
    kernels.here = here
    return kernels


def test_the_third_page_of_two_is_answered_that_the_room_is_full(room):
    for _ in range(2):
        room.reserve(Answer())
        asyncio.run(room.start_kernel())
    asked = Answer()
    with pytest.raises(Finish):
        room.reserve(asked)
    assert asked.code == 503
    assert "2 pages may be open" in asked.html
    with pytest.raises(HTTPError, match="503"):
        asyncio.run(room.start_kernel())
    room.here.pop()
    room.reserve(Answer())


def test_many_who_come_at_once_get_no_more_places_than_there_are(room):
    room.reserve(Answer())
    room.reserve(Answer())  # both are still waiting for their kernels
    with pytest.raises(Finish):
        room.reserve(Answer())
    asyncio.run(room.start_kernel())
    assert room.taken == 2


def test_a_page_that_fails_gives_its_place_back(room, monkeypatch):
    room.reserve(Answer())
    with pytest.raises(OSError):  # noqa: PT011 - the kind is the point
        asyncio.run(room.start_kernel(kernel_id="broken"))
    assert room.taken == 0
    room.reserve(Answer())
    monkeypatch.setattr("crm_toolkit.widgets.room_server.RESERVED_SECONDS", 0)
    assert room.taken == 0


def test_a_full_room_speaks_russian_too():
    with language("ru"):
        page = full_page(30)
    assert 'lang="ru"' in page
    assert "не больше 30 страниц" in page


MEMORY = """
import os
from crm_toolkit.widgets import room_limits
assert room_limits.hold_memory() == int(os.environ["CRM_KERNEL_MB"])
bytearray(50 * 2**20)
try:
    bytearray(1500 * 2**20)
except MemoryError:
    print("held")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux holds memory so")
def test_a_page_that_takes_too_much_memory_gets_an_error_and_goes_on(monkeypatch):
    monkeypatch.setenv(room_limits.KERNEL_MB, "200")
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("held", 0), done.stderr


@pytest.mark.parametrize("value", ["", "0", "much", "-5"])
def test_without_a_number_there_is_no_limit(monkeypatch, value):
    monkeypatch.setenv(room_limits.KERNEL_MB, value)
    monkeypatch.setenv(room_limits.IDLE_MINUTES, value)
    assert (room_limits.hold_memory(), room_limits.idle_seconds()) == (0, 0)


@pytest.fixture
def inside(store, monkeypatch):
    """Somebody who has signed in at a desk that signs out after twenty minutes."""
    monkeypatch.setenv(room_limits.IDLE_MINUTES, "20")
    accounts.add(store, "anna", "Long-enough-1", role="manager")

    def sign_in():
        page = desk_app(store.url)
        page._controls["login"].value = "anna"
        page._controls["password"].value = "Long-enough-1"
        page.enter()
        assert page.inside is not None
        return page

    return sign_in


@pytest.mark.parametrize("code", ["en", "ru"])
def test_nobody_stays_signed_in_at_an_empty_chair(inside, html_of, monkeypatch, code):
    with language(code):
        page = inside()
    token, manager = page._session, page._manager
    assert page._presence.look() == ""
    now = room_limits._now()
    monkeypatch.setattr(room_limits, "_now", lambda: now + 19 * 60)
    assert page._presence.look() == ""
    monkeypatch.setattr(room_limits, "_now", lambda: now + 21 * 60)
    assert page._presence.look() == "idle"
    assert page.inside is None
    assert not accounts.Gate(manager).is_open(token)
    said = {"en": "has signed you out", "ru": "вышли автоматически"}[code]
    assert said in html_of(page.box)


def test_a_click_is_a_sign_of_life(inside, monkeypatch):
    page = inside()
    now = room_limits._now()
    monkeypatch.setattr(room_limits, "_now", lambda: now + 19 * 60)
    room_limits.touched()
    monkeypatch.setattr(room_limits, "_now", lambda: now + 30 * 60)
    assert page._presence.look() == ""


def test_who_is_put_out_by_the_instructor_is_out_of_an_open_page_too(inside, html_of, store):
    page = inside()
    accounts.disable(store, "anna")
    assert page._presence.look() == "over"
    assert page.inside is None
    assert "The session is over" in html_of(page.box)


def test_messages_of_the_browser_are_heard_and_passed_on(monkeypatch):
    heard = []
    kernel = SimpleNamespace(shell_handlers={"comm_msg": lambda *told: heard.append(told)})
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: SimpleNamespace(kernel=kernel))
    monkeypatch.setattr(room_limits, "_heard", [])
    monkeypatch.setattr(room_limits, "_last", [0.0])
    room_limits._listen()
    room_limits._listen()  # once is enough
    kernel.shell_handlers["comm_msg"]("stream", "ident", "message")
    assert heard == [("stream", "ident", "message")]
    assert room_limits.silent_for() < 60
