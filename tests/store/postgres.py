"""A private server of PostgreSQL for the tests: started in a temporary folder, gone afterwards.

It speaks through a socket in its folder only, so nothing outside can meet it and no port is taken. PostgreSQL refuses
to run as root; then the server runs as another user of the machine. Where there is no PostgreSQL the tests say so.
"""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ABSENT = "PostgreSQL is not installed (Debian: apt-get install postgresql); what runs on it is skipped"
NO_DRIVER = "psycopg is not installed (pip install crm-toolkit[postgres]); what runs on PostgreSQL is skipped"


@dataclass(frozen=True)
class Server:
    """A server at work.

    Attributes
    ----------
    folder : Path
        Where it keeps everything.
    """

    folder: Path

    def url(self, base: str) -> str:
        """Address of a database."""
        return f"postgresql://crm@/{base}?host={self.folder}"

    def do(self, order: str) -> None:
        """Carry out an order of the administrator's."""
        import psycopg

        with psycopg.connect(f"user=crm dbname=postgres host={self.folder}", autocommit=True) as connection:
            connection.execute(order)

    def new(self, template: str = "template1") -> str:
        """Address of a new database, empty or a copy of another to which nobody is connected."""
        name = f"crm_{secrets.token_hex(6)}"
        self.do(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database."""
        name = url.partition("@/")[2].partition("?")[0]
        self.do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def programs() -> Path | None:
    """Folder of PostgreSQL's programs, of the newest version; nothing where there are none."""
    found = shutil.which("initdb")
    if found and shutil.which("postgres", path=str(Path(found).parent)):
        return Path(found).parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(folders, key=lambda path: int(path.parent.parent.name) if path.parent.parent.name.isdigit() else 0)
    return newest[-1].parent if newest else None


def _somebody_else() -> dict[str, int | list[int]]:
    """As whom the server runs: options of `subprocess`."""
    if os.name != "posix" or os.getuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            person = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
    return {}


@contextmanager
def running(*, careful: bool = False) -> Iterator[Server]:
    """A server; a careful one waits for the disk, as one at work does."""
    bin_ = programs()
    if bin_ is None:
        pytest.skip(ABSENT)
    try:
        import psycopg
    except ImportError:
        pytest.skip(NO_DRIVER)
    folder = Path(tempfile.mkdtemp(prefix="crm-pg-"))
    person = _somebody_else()
    if person:
        os.chown(folder, person["user"], person["group"])
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "cwd": folder, **person}
    data = folder / "data"
    made = subprocess.run(
        [bin_ / "initdb", "-D", data, "-U", "crm", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        stderr=subprocess.PIPE, **quiet,
    )  # fmt: skip
    if made.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL can't be set up here: {made.stderr.decode(errors='replace').strip()[-300:]}")
    options = {
        "listen_addresses": "", "unix_socket_directories": str(folder), "fsync": "on" if careful else "off",
        "max_connections": "60", "shared_buffers": "32MB",
    }  # fmt: skip
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    log = (folder / "log").open("wb")
    server = subprocess.Popen([bin_ / "postgres", "-D", data, *words], stderr=log, **quiet)
    try:
        for _ in range(300):
            try:
                psycopg.connect(f"user=crm dbname=postgres host={folder}").close()
                break
            except psycopg.OperationalError:
                if server.poll() is not None:
                    pytest.skip(f"PostgreSQL does not start here: {(folder / 'log').read_text()[-300:]}")
                time.sleep(0.1)
        yield Server(folder)
    finally:
        server.send_signal(
            signal.SIGINT if os.name == "posix" else signal.CTRL_C_EVENT
        )  # "fast": ends connections and stops
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)
