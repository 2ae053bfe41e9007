"""Kernels that begin in no time: each is forked from one process that has imported what the lessons import.

A kernel of a lesson spends half its time on imports. With this plug-in (``pytest -p tests.warm_kernels``) nbval, and
with `warm_argv` any other server of Jupyter, asks one process, the nursery, for a kernel. The nursery has imported the
packages and run nothing else; a kernel is a fork of it: a process of its own with an empty namespace, the folder,
variables and streams that were asked for, its own widgets. Only the state of modules straight after their import is
shared, so what a notebook shows is the same.

On Linux only: elsewhere, and with ``CRM_EVERY_NOTEBOOK=1``, every kernel is a new Python, as in the course.

The file is three programs: the plug-in, the nursery (``nursery ADDRESS``) and what stands for a kernel where a kernel
is started (``kernel ADDRESS FILE``), which takes no package but Python's own, so that it starts at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

VARIABLE = "CRM_KERNEL_NURSERY"
IMPORTED = (  # with a star: all modules of a room, which loads them when they are first asked for
    *("ipykernel.kernelapp", "ipykernel.zmqshell", "ipykernel.comm", "IPython.core.completer", "ipywidgets"),
    *("matplotlib.pyplot", "matplotlib.dates", "matplotlib.backends.backend_agg", "sklearn.cluster"),
    *("sklearn.linear_model", "sklearn.ensemble", "sklearn.pipeline", "sklearn.metrics", "scipy.stats"),
    *("scipy.optimize", "duckdb", "pyarrow.parquet", "narwhals", "sqlalchemy"),
    *(f"crm_toolkit.{room}.*" for room in ("analysis", "behaviour", "datasets", "exercises", "firm", "intake")),
    *(f"crm_toolkit.{room}.*" for room in ("plots", "store", "widgets", "world")),
)


def can_fork() -> bool:
    """Whether kernels are forked here."""
    return sys.platform == "linux" and os.environ.get("CRM_EVERY_NOTEBOOK") != "1"


def warm_argv(address: str) -> list[str]:
    """The command of a kernel for its ``kernel.json``."""
    return [sys.executable, "-I", "-S", str(Path(__file__).resolve()), "kernel", address, "{connection_file}"]


# --- the plug-in -----------------------------------------------------------------------------------------------------


def pytest_configure(config):
    """Start the nursery in the process that the user started; the workers of xdist find its address."""
    if can_fork() and not hasattr(config, "workerinput"):
        config.add_cleanup(begin_nursery())
    with contextlib.suppress(ImportError):
        teach_nbval(os.environ.get(VARIABLE))


def begin_nursery(imported=IMPORTED):
    """Start the nursery; return what ends it."""
    import tempfile

    folder = tempfile.TemporaryDirectory(prefix="crm-kernels-", ignore_cleanup_errors=True)
    address = str(Path(folder.name, "nursery"))
    paths = os.pathsep.join([str(Path(__file__).resolve().parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    settings = {**os.environ, "PYTHONPATH": paths, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    command = [sys.executable, __file__, "nursery", address, *imported]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env=settings, start_new_session=True)
    os.environ[VARIABLE] = address

    def end() -> None:
        os.environ.pop(VARIABLE, None)
        process.stdin.close()  # the nursery ends with its kernels
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()
        folder.cleanup()

    return end


def teach_nbval(address: str | None) -> None:
    """Let the kernel of the environment that runs the tests be a fork, and no message be laid out for a log."""
    from nbval import kernel

    class Kernels(kernel.NbvalKernelspecManager):
        def get_kernel_spec(self, kernel_name):
            spec = super().get_kernel_spec(kernel_name)
            if address and kernel_name == kernel.CURRENT_ENV_KERNEL_NAME:
                spec.argv = warm_argv(address)
            return spec

    kernel.NbvalKernelspecManager = Kernels
    kernel.pformat = lambda message: message  # pictures, laid out in lines for a log that nobody keeps


# --- what stands for a kernel ----------------------------------------------------------------------------------------


def stand_for_kernel(address: str, file: str) -> int:
    """Ask for a kernel, pass signals on to it, end with it."""
    line = reach(address)
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: None)  # none is lost before the kernel is there
    wanted = json.dumps({"file": file, "folder": os.getcwd(), "variables": dict(os.environ)}).encode()
    socket.send_fds(line, [len(wanted).to_bytes(8, "big") + wanted], [0, 1, 2])
    answers = line.makefile("r", encoding="utf-8")
    born = int(answers.readline() or 0)
    if not born:
        return 1
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda given, _: pass_on(born, given))
    return int(answers.readline() or 1)


def pass_on(process: int, sign: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, sign)


def reach(address: str) -> socket.socket:
    """A connection to the nursery, which may still be importing."""
    import time

    line = socket.socket(socket.AF_UNIX)
    for _ in range(600):
        try:
            line.connect(address)
            return line
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the nursery of kernels does not answer")


# --- the nursery -----------------------------------------------------------------------------------------------------


def keep_nursery(address: str, imported: list[str]) -> None:
    """Import, then fork a kernel for whoever asks, until the one who started it is gone."""
    import builtins
    import gc
    from importlib import import_module
    from pkgutil import walk_packages
    from types import SimpleNamespace

    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)  # pandas asks at its import whether it is in a kernel
    for name in imported:
        with contextlib.suppress(ImportError):
            room = import_module(name.removesuffix(".*"))
            for one in walk_packages(room.__path__, f"{room.__name__}.") if name.endswith(".*") else ():
                with contextlib.suppress(ImportError):
                    import_module(one.name)
    del builtins.get_ipython
    gc.collect()
    gc.freeze()
    door = socket.socket(socket.AF_UNIX)
    door.bind(address)
    door.listen(16)
    kernels: dict[socket.socket, int] = {}
    while True:
        ready, _, _ = select.select([sys.stdin, door, *kernels], [], [], 0.05 if kernels else None)
        for line in ready:
            if line is sys.stdin:
                for process in kernels.values():
                    pass_on(process, signal.SIGKILL)
                return
            if line is door:
                new, _ = door.accept()
                born = bear(new, [door, *kernels])
                if born:
                    kernels[new] = born
            else:  # nobody stands for the kernel any longer
                pass_on(kernels[line], signal.SIGKILL)
        bury(kernels)


def bury(kernels: dict[socket.socket, int]) -> None:
    """Tell of the kernels that have ended."""
    for line, process in list(kernels.items()):
        gone, status = os.waitpid(process, os.WNOHANG)
        if gone:
            with contextlib.suppress(OSError):
                line.sendall(f"{abs(os.waitstatus_to_exitcode(status))}\n".encode())
            line.close()
            del kernels[line]


def bear(line: socket.socket, others: list[socket.socket]) -> int:
    """Fork a kernel; zero if who asked is gone."""
    said, streams, _, _ = socket.recv_fds(line, 65536, 3)
    while len(said) >= 8 and len(said) < 8 + int.from_bytes(said[:8], "big"):
        more = line.recv(65536)
        if not more:
            break
        said += more
    try:
        wanted = json.loads(said[8:])
    except ValueError:
        line.close()
        return 0
    process = os.fork()
    if process:
        for stream in streams:
            os.close(stream)
        line.sendall(f"{process}\n".encode())
        return process
    code = 1
    try:
        for other in (line, *others):
            other.close()
        become_kernel(wanted, streams)
        code = 0
    finally:
        os._exit(code)  # nothing of the nursery is tidied up here


def become_kernel(wanted: dict, streams: list[int]) -> None:
    """Be a kernel from here on."""
    os.setsid()
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    os.environ.clear()
    os.environ.update(wanted["variables"])
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    os.chdir(wanted["folder"])
    sys.path[0] = ""
    import ipywidgets
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance(parent_handle=os.getppid())  # the nursery: without it the kernel ends
    app.initialize(["-f", wanted["file"]])
    ipywidgets.register_comm_target()
    app.start()


if __name__ == "__main__":
    if sys.argv[1] == "nursery":
        keep_nursery(sys.argv[2], sys.argv[3:])
        os._exit(0)  # libraries that are taken down here tell of what their kernels still hold
    else:
        raise SystemExit(stand_for_kernel(*sys.argv[2:]))
