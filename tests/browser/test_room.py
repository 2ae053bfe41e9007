"""A room at one Voilà over one PostgreSQL: several sign in, see each other, and one page too many is told so."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import course
import crm_toolkit as crm
from crm_toolkit.store import accounts
from crm_toolkit.texts import language as spoken
from crm_toolkit.texts import say
from tests.browser.conftest import ROOT, install_kernel, quiet_environment, wait_for
from tests.browser.places import end_group, free_port, group_options

pytestmark = pytest.mark.slow
PATIENCE = 240_000
PEOPLE = 4


@pytest.fixture(scope="module")
def postgres():
    """A private server of PostgreSQL; without PostgreSQL the test is skipped with a message."""
    spec = importlib.util.spec_from_file_location("_room_postgres", ROOT / "tests" / "store" / "postgres.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    with module.running() as server:
        yield server


@pytest.fixture(scope="module")
def room(postgres, chromium, tmp_path_factory):
    """The address of the room, and the people who may come in."""
    url, home = postgres.new(), tmp_path_factory.mktemp("room")
    store = crm.Store.create(url, crm.simulate("barbershop", customers=40, weeks=40, seed=7).tables)
    issued = accounts.add_class(store, [{"login": f"anna{one}", "role": "manager"} for one in range(PEOPLE)])
    install_kernel(home)
    port, log = free_port(), home / "server.log"
    words = [f"--port={port}", "--no-browser", "--Voila.token=room"]
    command = course.app_command(Path(ROOT, "notebooks", "apps", "desk.ipynb"), words, room=True)
    settings = course.room_settings(str(PEOPLE)) | {"CRM_STORE": url, "CRM_LANGUAGE": "ru"}
    with log.open("w", encoding="utf-8") as written:
        process = subprocess.Popen(
            [sys.executable, *command[1:]], cwd=home, env=quiet_environment(home) | settings, stdout=written,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, **group_options(),
        )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/voila/static/", process, log)
        yield f"http://127.0.0.1:{port}/", issued, store
    finally:
        end_group(process)
        store.close()


def test_several_work_at_once_see_each_other_and_one_too_many_is_told(room, chromium):
    address, issued, store = room
    contexts = [chromium.new_context(viewport={"width": 1280, "height": 1400}) for _ in range(PEOPLE + 1)]
    pages = [context.new_page() for context in contexts]
    with spoken("ru"):
        for page in pages:
            page.set_default_timeout(PATIENCE)
            page.goto(f"{address}?token=room", wait_until="commit", timeout=PATIENCE)
        pages[-1].get_by_role("heading", name=say("The room is full")).wait_for()
        assert say("The room is full") in pages[-1].title()
        for page, one in zip(pages, issued, strict=False):
            page.get_by_label(say("Login")).fill(one.login)
            page.get_by_label(say("Password")).fill(one.password)
            page.get_by_role("button", name=say("Come in"), exact=True).click()
        for page in pages[:PEOPLE]:
            page.locator(".crm-desk").wait_for()
        customer = int(store.list("customers", limit=1)["customer_id"].iloc[0])
        asked = {"customer_id": customer, "kind": "complaint", "subject": "Ждал целый час"}
        store.submit("request", asked | {"priority": "high"})
        for page in pages[:PEOPLE]:
            page.locator(".crm-item", has_text="Ждал целый час").first.wait_for()
        if os.environ.get("CRM_PICTURES"):
            pages[0].screenshot(path=os.path.join(os.environ["CRM_PICTURES"], "room.png"))
        accounts.disable(store, issued[0].login)
        pages[0].get_by_text(say("The session is over. Sign in again.")).wait_for()
        assert pages[0].locator(".crm-desk").count() == 0
    for context in contexts:
        context.close()
