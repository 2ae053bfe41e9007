"""A Chromium, a JupyterLab and a Voilà for the tests of this folder; nothing of them touches the checkout."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:  # where the package is installed and not the checkout
    sys.path.insert(0, str(ROOT))

import course  # noqa: E402
from tests import warm_kernels  # noqa: E402
from tests.browser.lab import LabPage  # noqa: E402
from tests.browser.places import FLAGS, end_group, find_chromium, free_port, group_options  # noqa: E402

SCHEMAS = ("share", "jupyter", "lab", "schemas")


def pytest_collection_modifyitems(items):
    """Everything in this folder carries the marker ``browser``."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Server:
    """A running server: its address, its token, the folder it shows."""

    url: str
    token: str
    folder: Path


@pytest.fixture(scope="session")
def chromium():
    """A browser, shared by the session; the tests are skipped where there is none."""
    pytest.importorskip("playwright.sync_api", reason="needs the package playwright (extra dev)")
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium, Chrome or Edge on this computer; CRM_CHROMIUM may name one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, request, tmp_path):
    """A page 1500 pixels wide; on failure its picture is kept and the test says where."""
    context = chromium.new_context(viewport={"width": 1500, "height": 1400})
    page = context.new_page()
    yield page
    if getattr(request.node, "failed", False):
        place = tmp_path / "page.png"
        page.screenshot(path=str(place), full_page=True)
        print(f"picture of the page: {place}", file=sys.stderr)
    context.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Tell the page's fixture whether its test failed."""
    outcome = yield
    if call.when == "call":
        item.failed = outcome.get_result().failed


def quiet_environment(folder: Path) -> dict[str, str]:
    """The environment of a server: this Python, this checkout, folders of its own, no news."""
    own = {f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    own |= {"IPYTHONDIR": str(folder / "ipython"), "MPLCONFIGDIR": str(folder / "matplotlib"), "CRM_STATIC": ""}
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, **own, "PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}


def write_settings(folder: Path) -> None:
    """Settings of JupyterLab: no question about news, and all cells of a notebook on the page, also out of sight."""
    settings = {
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        "notebook-extension/tracker": {"windowingMode": "none"},
        "shortcuts-extension/shortcuts": {"shortcuts": course.freed_shortcuts(Path(sys.prefix, *SCHEMAS))},
    }
    for name, values in settings.items():
        place = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(values), encoding="utf-8")


def install_kernel(folder: Path) -> None:
    """A kernel named python3 that is this very Python, forked from the nursery where there is one."""
    spec = folder / "data" / "kernels" / "python3"
    spec.mkdir(parents=True)
    command = [sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    if os.environ.get(warm_kernels.VARIABLE):
        command = warm_kernels.warm_argv(os.environ[warm_kernels.VARIABLE])
    kernel = {"argv": command, "display_name": "Python 3", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(kernel), encoding="utf-8")


def wait_for(url: str, process: subprocess.Popen, log: Path, seconds: float = 60) -> None:
    """Wait until a server answers; if it ends before that, say what it wrote."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the server at {url} does not answer:\n{log.read_text(encoding='utf-8', errors='replace')}")


@pytest.fixture(scope="session")
def lab_server(chromium, tmp_path_factory):
    """A JupyterLab over a copy of the notebooks."""
    pytest.importorskip("jupyterlab", reason="needs the package jupyterlab (extra course)")
    home, folder = tmp_path_factory.mktemp("jupyter"), tmp_path_factory.mktemp("course")
    for name in ("notebooks", "exercises"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
    install_kernel(home)
    write_settings(home)
    port, token, log = free_port(), secrets.token_hex(16), home / "server.log"
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"),
        *(f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}", "--LabApp.news_url="),
        *(f"--LabApp.user_settings_dir={home / 'settings'}", f"--LabApp.workspaces_dir={home / 'workspaces'}"),
    ]
    with log.open("w", encoding="utf-8") as written:
        process = subprocess.Popen(
            command, cwd=folder, env=quiet_environment(home), stdout=written, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, **group_options(),
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}/"
            wait_for(f"{url}api?token={token}", process, log)
            yield Server(url, token, folder)
        finally:
            end_group(process)


@pytest.fixture
def lab(page, lab_server):
    """A page of JupyterLab, no notebook open yet."""
    return LabPage(page, lab_server.url, lab_server.token)


@pytest.fixture(scope="session")
def serve_app(chromium, tmp_path_factory):
    """The address of an application of the course in a language, served by Voilà.

    One server, which takes seconds to begin, serves all applications of a language; one that is to be ``alone`` stands
    at the root of a server of its own, as `course.py app` serves it. A ``store`` gets a server of its own, too, and so
    does the folder of a ``board``.
    """
    pytest.importorskip("voila", reason="needs the package voila (extra course)")
    running, addresses = [], {}

    def begin(place: Path, language: str, store: str, board: str) -> str:
        home = tmp_path_factory.mktemp("voila")
        install_kernel(home)
        apps = home / "apps"
        apps.mkdir()
        for notebook in (ROOT / "notebooks" / "apps").glob("*.ipynb"):
            shutil.copy(notebook, apps)
        port, log = free_port(), home / "server.log"
        command = [sys.executable, "-m", "voila", str(apps / place), f"--port={port}", "--no-browser"]
        command.append(f"--VoilaExporter.language_code={language}")  # as course.py does
        settings = {"CRM_LANGUAGE": language} | ({"CRM_STORE": store} if store else {})
        settings |= {"CRM_BOARD": board} if board else {}
        with log.open("w", encoding="utf-8") as written:
            process = subprocess.Popen(
                [*command, "--Voila.ip=127.0.0.1"], cwd=home, env=quiet_environment(home) | settings, stdout=written,
                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, **group_options(),
            )  # fmt: skip
        running.append(process)
        url = f"http://127.0.0.1:{port}/"
        wait_for(url + "voila/static/", process, log)
        return url

    def serve(name: str, language: str, *, alone: bool = False, store: str = "", board: str = "") -> str:
        place = Path(f"{name}.ipynb" if alone else ".")
        key = place, language, store, board
        if key not in addresses:
            addresses[key] = begin(*key)
        return addresses[key] + ("" if alone else f"voila/render/{name}.ipynb")

    yield serve
    for process in running:
        end_group(process)
