"""JupyterHub for one classroom on one Linux computer: everybody signs in and has lessons and work of their own.

    CRM_HUB_COURSE=/srv/crm_toolkit CRM_HUB_HOMES=/srv/homes CRM_HUB_USERS=/srv/users.txt \
        jupyterhub -f docs/classroom/jupyterhub_config.py

CRM_HUB_COURSE        the folder of the course (this one without it)
CRM_HUB_HOMES         where the folders of the students are; needed
CRM_HUB_USERS         a text file, one name a line; only these may sign in; needed
CRM_HUB_AUTHENTICATOR how people sign in: "pam" without it (accounts of this computer); any that JupyterHub has
CRM_HUB_MB            megabytes of memory of each program of a student, 2000 without it
CRM_HUB_PEOPLE        servers at once, 40 without it

Each server runs in bubblewrap: the computer is there to be read, the folders of all others are not there at all, the
own folder is there to be written. The package `bubblewrap` is needed; without it nothing starts. Lessons are copied at
the first start; a file that a student has is never written over, also when the course is renewed.
"""

import os
import re
import shutil
import sys
from pathlib import Path

from jupyterhub.spawner import SimpleLocalProcessSpawner

c = get_config()  # noqa: F821 - JupyterHub gives it


def wanted(name, default=""):
    """A variable, or a word on what is missing."""
    value = os.environ.get(name, default)
    if not value:
        sys.exit(f"{name} is not set; see the beginning of {__file__}")
    return value


COURSE = Path(wanted("CRM_HUB_COURSE", str(Path(__file__).resolve().parents[2]))).resolve()
HOMES = Path(wanted("CRM_HUB_HOMES")).resolve()
USERS = {line.strip() for line in Path(wanted("CRM_HUB_USERS")).read_text(encoding="utf-8").split("\n") if line.strip()}
MEGABYTES = int(wanted("CRM_HUB_MB", "2000"))
LESSONS = ("notebooks/en", "notebooks/ru", "exercises/en", "exercises/ru", "exercises/rubrics")
BWRAP = shutil.which("bwrap") or sys.exit("bubblewrap is needed (Debian, Ubuntu: apt install bubblewrap)")


def home_of(name):
    """The folder of a student; a name that could lead elsewhere has none."""
    if not re.fullmatch(r"[\w][\w.@-]{0,60}", name):
        raise ValueError(f"no folder for {name!r}")
    return HOMES / name


def hand_out(spawner):
    """Copy the lessons that are not there yet; what a student has is never touched."""
    home = home_of(spawner.user.name)
    (home / "my_work").mkdir(parents=True, exist_ok=True)
    os.chmod(home, 0o700)
    for folder in LESSONS:
        for path in sorted((COURSE / folder).glob("*")):
            place = home / folder / path.name
            if path.is_file() and not os.path.lexists(place):
                place.parent.mkdir(parents=True, exist_ok=True)
                part = place.with_name(place.name + ".part")
                shutil.copyfile(path, part)
                part.replace(place)


class RoomSpawner(SimpleLocalProcessSpawner):
    """A server of one student behind a wall of its own."""

    def make_preexec_fn(self, name):
        """Hold the memory of every program of the student."""
        inherited = super().make_preexec_fn(name)

        def before():
            import resource

            inherited()
            resource.setrlimit(resource.RLIMIT_DATA, (MEGABYTES * 2**20,) * 2)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        return before

    @property
    def cmd(self):
        """The server, started inside bubblewrap."""
        home = home_of(self.user.name)
        walls = [BWRAP, "--die-with-parent", "--unshare-pid", "--unshare-ipc", "--cap-drop", "ALL", "--new-session"]
        walls += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
        for folder in (HOMES, "/tmp"):
            walls += ["--tmpfs", str(folder)]
        for folder in (COURSE, Path(sys.prefix)):  # they may lie in /tmp
            walls += ["--ro-bind", str(folder), str(folder)]
        walls += ["--bind", str(home), str(home), "--chdir", str(home)]
        hidden = [one for one in (Path(os.environ["CRM_HUB_USERS"]), Path.cwd() / "jupyterhub.sqlite",
                                  Path.cwd() / "jupyterhub_cookie_secret") if one.exists()]  # fmt: skip
        for file in hidden:
            walls += ["--ro-bind", "/dev/null", str(file.resolve())]
        return [*walls, "--", str(Path(sys.executable).with_name("jupyterhub-singleuser"))]


c.JupyterHub.spawner_class = RoomSpawner
c.JupyterHub.authenticator_class = os.environ.get("CRM_HUB_AUTHENTICATOR", "pam")
c.Authenticator.allowed_users = USERS
c.Spawner.pre_spawn_hook = hand_out
c.SimpleLocalProcessSpawner.home_dir_template = str(HOMES / "{username}")
c.Spawner.default_url = "/lab/tree/notebooks/en/00_start.ipynb"
c.Spawner.environment = {
    "CRM_PROGRESS": lambda spawner: str(home_of(spawner.user.name) / "my_work" / "progress.jsonl"),
    "PYTHONPATH": os.pathsep.join([str(COURSE), *filter(None, [os.environ.get("PYTHONPATH")])]),
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=1800",  # kernels at which nothing happens for half an hour
    "--MappingKernelManager.cull_interval=120",
    "--ServerApp.shutdown_no_activity_timeout=3600",  # servers for an hour
    "--LabApp.news_url=",
    "--LabApp.extension_manager=readonly",
    "--allow-root",  # inside the walls; the wall has no rights to give
]
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 180
c.JupyterHub.active_server_limit = int(wanted("CRM_HUB_PEOPLE", "40"))
c.JupyterHub.concurrent_spawn_limit = 4  # a class that comes at once is let in four by four
c.JupyterHub.cleanup_servers = True
