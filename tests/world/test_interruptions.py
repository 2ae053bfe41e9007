"""Many processes and sudden ends: the same files, no orphan, no half file."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.world.writing import write_world

HERE = Path(__file__).parent
if str(HERE) not in sys.path:
    sys.path.append(str(HERE))  # so that worker processes find the stand-in by its name

import tiny_world  # noqa: E402

SPEC = tiny_world.Spec()
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs signals and limits of POSIX")


def write(folder, **options):
    return write_world(SPEC, folder, **{"block_size": 2_048, "truth": True, "make": tiny_world.make, **options})


def files(folder):
    """SHA-256 of every file by its name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The files of a world that was written in one go by one hand."""
    folder = tmp_path_factory.mktemp("undisturbed")
    write(folder)
    return folder


def outside(folder, workers=1, maker="make_slowly"):
    """A process that writes the same world."""
    words = [sys.executable, HERE / "tiny_world.py", folder, str(workers), maker]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent.parent)])}
    return subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


@pytest.mark.parametrize("workers", [2, pytest.param(7, marks=pytest.mark.slow)])
def test_any_number_of_workers_writes_the_same_bytes(workers, undisturbed, tmp_path):
    write(tmp_path, workers=workers)
    assert files(tmp_path) == files(undisturbed)


def test_a_worker_that_is_lost_is_a_letter(tmp_path):
    with pytest.raises(InputError, match="A worker ended before its block"):
        write(tmp_path, workers=2, make=tiny_world.make_and_lose_a_worker)


def killed_and_resumed(folder, moment, workers):
    """Kill a writing process with -9 at a moment after its first file, and go on; tells how far it had come."""
    process = outside(folder, workers)
    while not (folder / "_spec.json").exists() and process.poll() is None:
        time.sleep(0.002)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stderr.close()
    reached = len(list((folder / "_blocks").glob("0*.json"))) if (folder / "_blocks").exists() else 0
    deadline = time.monotonic() + 10
    while True:  # a worker that outlives its parent by a moment is harmless
        try:
            write(folder)
            return reached
        except InputError:
            if time.monotonic() > deadline:
                raise


@POSIX
@pytest.mark.parametrize("moment", [0.0, 0.15, 0.45])  # any moment is behind `slow`
def test_a_killed_run_goes_on_to_the_same_bytes(moment, undisturbed, tmp_path):
    killed_and_resumed(tmp_path, moment, workers=1)
    assert files(tmp_path) == files(undisturbed)


@POSIX
@pytest.mark.slow
@pytest.mark.parametrize("trial", range(20))
def test_a_killed_run_goes_on_to_the_same_bytes_at_any_moment(trial, undisturbed, tmp_path):
    luck = random.Random(trial)
    killed_and_resumed(tmp_path, luck.uniform(0, 1.2 if trial % 2 else 5), workers=1 if trial % 2 else 3)
    time.sleep(0.2)
    assert files(tmp_path) == files(undisturbed)


@POSIX
def test_workers_do_not_outlive_a_killed_parent(tmp_path):
    process = outside(tmp_path, workers=2)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("_blocks/0*.json")) and time.monotonic() < deadline:
        time.sleep(0.01)
    if not Path(f"/proc/{process.pid}/task/{process.pid}/children").exists():
        process.kill()
        pytest.skip("this system does not list a process's children")
    while len(mine := descendants(process.pid)) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)  # one worker, the server that it is forked from, and Python's tracker of resources
    process.kill()
    process.wait()
    process.stdout.close()
    process.stderr.close()
    assert len(mine) >= 2
    deadline = time.monotonic() + 10
    while any(alive(one) for one in mine) and time.monotonic() < deadline:
        time.sleep(0.05)
    orphans = [one for one in mine if alive(one)]
    for one in orphans:
        os.kill(one, signal.SIGKILL)
    assert not orphans


def descendants(process):
    """Children, their children and so on."""
    found = []
    with suppress(OSError):  # it may end meanwhile
        for threads in Path(f"/proc/{process}/task").glob("*/children"):
            for child in map(int, threads.read_text().split()):
                found += [child, *descendants(child)]
    return found


def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


@POSIX
@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_ctrl_c_leaves_a_folder_that_can_be_gone_on_with(workers, undisturbed, tmp_path):
    process = outside(tmp_path, workers)
    while not list(tmp_path.glob("_blocks/0*.json")) and process.poll() is None:
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: all processes hear it
    process.communicate(timeout=30)
    assert process.returncode != 0
    assert not list(tmp_path.rglob("*.partial"))
    assert not (tmp_path / "manifest.json").exists()
    write(tmp_path)
    assert files(tmp_path) == files(undisturbed)


@POSIX
def test_a_full_disk_is_a_letter_and_leaves_no_half_file(undisturbed, tmp_path):
    process = outside(tmp_path, maker="make_until_the_disk_is_full")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "not written to its end" in said
    assert "3 of 10 blocks are done" in said
    assert "Free space and run the same command again." in said
    assert "Traceback" not in said
    assert not list(tmp_path.rglob("*.partial"))
    for path in tmp_path.rglob("*.parquet"):
        pq.read_table(path)
    write(tmp_path)
    assert files(tmp_path) == files(undisturbed)
