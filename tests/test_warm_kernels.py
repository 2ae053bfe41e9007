"""Forked kernels are kernels of their own: nothing is in them yet, they stand where they were asked for, they end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # where the package is installed and not the checkout
    sys.path.insert(0, str(ROOT))

from tests import warm_kernels  # noqa: E402

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


@pytest.fixture(scope="module")
def address():
    """A nursery that has imported little."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CRM_EVERY_NOTEBOOK", raising=False)
        patch.delenv(warm_kernels.VARIABLE, raising=False)
        end = warm_kernels.begin_nursery(["ipykernel.kernelapp", "ipywidgets"])
        yield os.environ[warm_kernels.VARIABLE]
        end()


@pytest.fixture
def start(address, tmp_path):
    """Start a kernel in a folder and with variables of its own."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import KernelManager

    begun = []

    def started(**variables):
        manager = KernelManager()
        manager._kernel_spec = KernelSpec(argv=warm_kernels.warm_argv(address), display_name="", language="python")
        manager.start_kernel(cwd=str(tmp_path), env={**os.environ, **variables})
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        begun.append((manager, client))
        return manager, client

    yield started
    for manager, client in begun:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def told(client, code):
    """What a kernel prints."""
    said = []
    client.execute_interactive(code, timeout=60, output_hook=lambda one: said.append(one["content"].get("text", "")))
    return "".join(said).strip()


def alive(process):
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


def test_two_kernels_share_no_name_no_folder_and_no_variable(start, tmp_path):
    (_, one), (_, two) = start(CRM_OWN="first"), start(CRM_OWN="second")
    told(one, "planted = 1; import json; json.seen = 1")
    asked = "import json, os; print('planted' in globals(), hasattr(json, 'seen'), os.getcwd(), os.environ['CRM_OWN'])"
    assert told(two, asked) == f"False False {tmp_path} second"
    assert told(one, asked) == f"True True {tmp_path} first"


def test_a_kernel_has_its_own_luck_and_ids_of_its_own(start):
    drawn = "import random, uuid; print(random.random(), uuid.uuid4())"
    assert told(start()[1], drawn) != told(start()[1], drawn)


def test_a_kernel_can_be_interrupted_and_ends_when_it_is_told_to_or_when_its_stand_is_killed(start):
    manager, client = start()
    born = int(told(client, "import os; print(os.getpid())"))
    # in short naps: a signal between Python's last look for one and the system's sleep waits until that sleep is over
    waiting = client.execute("import time; print('begun', flush=True)\nfor nap in range(1200): time.sleep(0.05)")
    while "begun" not in client.get_iopub_msg(timeout=60)["content"].get("text", ""):
        pass
    manager.interrupt_kernel()
    while (reply := client.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != waiting:
        pass
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    manager.shutdown_kernel()
    assert not alive(born)
    manager, client = start()
    born = int(told(client, "import os; print(os.getpid())"))
    manager.shutdown_kernel(now=True)
    for _ in range(200):
        if not alive(born):
            break
        subprocess.run(["sleep", "0.05"], check=True)
    assert not alive(born)


def test_elsewhere_and_when_every_notebook_is_asked_for_kernels_are_new_pythons(monkeypatch):
    monkeypatch.delenv("CRM_EVERY_NOTEBOOK", raising=False)
    assert warm_kernels.can_fork()
    monkeypatch.setenv("CRM_EVERY_NOTEBOOK", "1")
    assert not warm_kernels.can_fork()
    monkeypatch.delenv("CRM_EVERY_NOTEBOOK")
    monkeypatch.setattr(sys, "platform", "win32")
    assert not warm_kernels.can_fork()
