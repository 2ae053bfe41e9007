"""Where a browser is on this computer, and how pages are opened in it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")


def find_chromium() -> str | None:
    """A Chromium, Chrome or Edge: ``CRM_CHROMIUM``, then the path, then the usual places of Windows and macOS."""
    named = os.environ.get("CRM_CHROMIUM")
    if named:
        return named if Path(named).exists() or shutil.which(named) else None
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    if on_path:
        return on_path
    places = [Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")]
    places.append(Path("/Applications/Chromium.app/Contents/MacOS/Chromium"))
    for folder in filter(None, map(os.environ.get, ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"))):
        places.append(Path(folder, "Google", "Chrome", "Application", "chrome.exe"))
        places.append(Path(folder, "Microsoft", "Edge", "Application", "msedge.exe"))
    return next((str(place) for place in places if place.exists()), None)


def free_port() -> int:
    """A port of this computer that nobody listens on now."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def group_options() -> dict:
    """Options of `subprocess.Popen` that put a server and its kernels into a group of their own."""
    import subprocess

    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def end_group(process) -> None:
    """End a server that was started with `group_options`, and the kernels it started."""
    import signal
    import subprocess

    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, sign)
                process.wait(timeout=10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
    process.wait(timeout=10)
