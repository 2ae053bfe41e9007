"""JupyterHub as `docs/classroom` sets it up: two students sign in, open a lesson, and neither sees the other's work.

Run with ``-m hub``. Needed: JupyterHub (extra `hub`) in this Python or in the one that ``CRM_HUB_PYTHON`` names,
`configurable-http-proxy` (npm) on the path or in ``CRM_HUB_PROXY``, and bubblewrap.
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

import pytest

pytestmark = [pytest.mark.hub, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "docs" / "classroom" / "jupyterhub_config.py"
LESSON = "notebooks/en/00_start.ipynb"
PATIENCE = 240


def tools():
    """Python with JupyterHub, the proxy; the test is skipped with what is missing."""
    python = os.environ.get("CRM_HUB_PYTHON", sys.executable)
    there = subprocess.run([python, "-c", "import jupyterhub, jupyterlab"], capture_output=True)
    if there.returncode:
        pytest.skip("needs JupyterHub: pip install crm-toolkit[hub], or CRM_HUB_PYTHON")
    proxy = os.environ.get("CRM_HUB_PROXY") or shutil.which("configurable-http-proxy")
    if not proxy:
        pytest.skip("needs configurable-http-proxy: npm install configurable-http-proxy, or CRM_HUB_PROXY")
    if not shutil.which("bwrap"):
        pytest.skip("needs bubblewrap")
    return python, proxy


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Browser:
    """As much of a browser as signing in needs: cookies and forms."""

    def __init__(self, address):
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path, data=None, method=None, headers=None):
        """Status, final address and text of an answer."""
        sent = urllib.request.Request(self.address + path, data=data, method=method, headers=headers or {})
        try:
            with self.opener.open(sent, timeout=PATIENCE) as answer:
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.url, refusal.read().decode(errors="replace")
        except urllib.error.URLError as trouble:  # nobody listens yet
            return 0, "", str(trouble)

    def token(self, path):
        """The word against forged requests that belongs to a path."""
        named = [one for one in self.cookies if one.name == "_xsrf" and path.startswith(one.path)]
        return max(named, key=lambda one: len(one.path)).value

    def sign_in(self, name, password):
        self.get("/hub/login")
        form = {"username": name, "password": password, "_xsrf": self.token("/hub/")}
        return self.get("/hub/login?next=%2Fhub%2Fspawn", urllib.parse.urlencode(form).encode())

    def at_home(self, name):
        """Wait until the own server answers."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            status, address, _ = self.get(f"/user/{name}/lab")
            if status == 200 and f"/user/{name}/lab" in address:
                return
            time.sleep(1)
        raise AssertionError(f"the server of {name} does not answer: {status} {address}")

    def run(self, name, code):
        """Run code in a kernel of the own server; what it prints."""
        import websocket

        base = f"/user/{name}/api/kernels"
        head = {"X-XSRFToken": self.token(base), "Content-Type": "application/json"}
        status, _, text = self.get(base, b'{"name": "python3"}', "POST", head)
        assert status == 201, text
        kernel = json.loads(text)["id"]
        cookie = "; ".join(f"{one.name}={one.value}" for one in self.cookies if base.startswith(one.path))
        line = websocket.create_connection(
            self.address.replace("http", "ws") + f"{base}/{kernel}/channels", cookie=cookie, timeout=PATIENCE
        )
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "username": name,
                  "session": uuid.uuid4().hex, "version": "5.3", "date": "2026-01-01T00:00:00Z"}  # fmt: skip
        content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False,
                   "stop_on_error": True}  # fmt: skip
        line.send(json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content,
                              "channel": "shell", "buffers": []}))  # fmt: skip
        said = ""
        while True:
            told = json.loads(line.recv())
            if told.get("parent_header", {}).get("msg_id") != header["msg_id"]:
                continue
            if told["msg_type"] == "stream":
                said += told["content"]["text"]
            if told["msg_type"] == "error":
                said += told["content"]["ename"]
            if told["msg_type"] == "status" and told["content"]["execution_state"] == "idle":  # after all it printed
                line.close()
                return said.strip()


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub at work; its address and the folder of the homes."""
    python, proxy = tools()
    folder = tmp_path_factory.mktemp("класс")
    homes, users = folder / "homes", folder / "users.txt"
    homes.mkdir()
    users.write_text("anna\nboris\n", encoding="utf-8")
    ports = [free_port() for _ in range(3)]
    settings = {
        "CRM_HUB_COURSE": str(ROOT), "CRM_HUB_HOMES": str(homes), "CRM_HUB_USERS": str(users), "CRM_HUB_MB": "2000",
        "CRM_HUB_AUTHENTICATOR": "dummy", "PATH": f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    words = [
        python, "-m", "jupyterhub", "-f", CONFIG, f"--JupyterHub.bind_url=http://127.0.0.1:{ports[0]}",
        f"--JupyterHub.hub_port={ports[1]}", f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{ports[2]}",
        f"--ConfigurableHTTPProxy.command={proxy}", "--DummyAuthenticator.password=only for a test",
    ]  # fmt: skip
    log = folder / "hub.log"
    with log.open("w", encoding="utf-8") as written:
        process = subprocess.Popen(
            words, cwd=folder, env={**os.environ, **settings}, stdout=written, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    address = f"http://127.0.0.1:{ports[0]}"
    try:
        end = time.monotonic() + PATIENCE
        while Browser(address).get("/hub/login")[0] != 200:
            assert process.poll() is None, log.read_text(encoding="utf-8")[-3000:]
            assert time.monotonic() < end, log.read_text(encoding="utf-8")[-3000:]
            time.sleep(1)
        yield address, homes, log
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        if os.environ.get("CRM_HUB_LOG"):
            shutil.copy(log, os.environ["CRM_HUB_LOG"])
        shutil.rmtree(homes, ignore_errors=True)


@pytest.fixture(scope="module")
def two(hub):
    """Anna and Boris, each at home."""
    address, homes, log = hub
    made = {}
    for name in ("anna", "boris"):
        made[name] = Browser(address)
        made[name].sign_in(name, "only for a test")
        try:
            made[name].at_home(name)
        except AssertionError:
            print(log.read_text(encoding="utf-8")[-4000:])
            raise
    (homes / "boris" / "my_work" / "secret.txt").write_text("what Boris wrote", encoding="utf-8")
    return made


def refused(answer):
    return answer[0] in (403, 404) or "/user/" not in answer[1]


def test_who_is_not_in_the_list_or_has_another_password_stays_outside(hub):
    for name, password in (("vera", "only for a test"), ("anna", "a guess")):
        person = Browser(hub[0])
        person.sign_in(name, password)
        assert refused(person.get(f"/user/{name}/lab"))


def test_neither_sees_the_others_server_through_the_hub(two):
    assert refused(two["anna"].get("/user/boris/api/contents/my_work/secret.txt"))
    assert refused(two["boris"].get("/user/anna/lab"))


def test_neither_sees_the_others_files_from_a_cell(two, hub):
    secret = hub[1] / "boris" / "my_work" / "secret.txt"
    assert two["boris"].run("boris", f"print(open({str(secret)!r}).read())") == "what Boris wrote"
    assert two["anna"].run("anna", f"print(open({str(secret)!r}).read())") == "FileNotFoundError"
    look = f"import os; print(sorted(os.listdir({str(hub[1])!r})))"
    assert two["anna"].run("anna", look) == "['anna']"
    users = str(hub[1].parent / "users.txt")
    assert two["anna"].run("anna", f"print(open({users!r}).read())") in ("", "PermissionError", "FileNotFoundError")


def test_a_cell_runs_the_course_cannot_write_into_it_and_gets_an_error_for_too_much_memory(two):
    code = "import crm_toolkit as crm; print(crm.exercise('retention_rate', student='A-1').check(0.1).code)"
    assert two["boris"].run("boris", code).split("\n")[-1] in ("WRONG", "CHURN", "NET_LOSS")
    assert two["boris"].run("boris", f"open({str(ROOT / 'README.md')!r}, 'a')") == "OSError"
    assert two["boris"].run("boris", "bytearray(3000 * 2**20)") == "MemoryError"


def test_both_open_a_lesson_of_their_own_and_what_they_write_is_kept(two, hub):
    for name, person in two.items():
        status, _, text = person.get(f"/user/{name}/api/contents/{LESSON}")
        assert status == 200
        assert json.loads(text)["content"]["cells"]
    mine = hub[1] / "anna" / LESSON
    mine.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', encoding="utf-8")
    two["anna"].get("/hub/home")
    head = {"X-XSRFToken": two["anna"].token("/hub/")}
    assert two["anna"].get("/hub/api/users/anna/server", method="DELETE", headers=head)[0] in (202, 204)
    (hub[1] / "anna" / "exercises" / "en" / "04_ranking.ipynb").unlink()
    end = time.monotonic() + PATIENCE
    while not (hub[1] / "anna" / "exercises" / "en" / "04_ranking.ipynb").exists():  # handed out by the next start
        assert time.monotonic() < end
        two["anna"].get("/hub/spawn")
        time.sleep(1)
    two["anna"].at_home("anna")
    assert '"cells": []' in mine.read_text(encoding="utf-8")
