"""A JupyterLab page, driven as a reader drives it: open a notebook, run it, look at outputs, type and press keys."""

from __future__ import annotations

import os
import time
from pathlib import Path

BOXES = ".crm-box"
PATIENCE = 120_000


class LabPage:
    """A notebook open in JupyterLab.

    Parameters
    ----------
    page : playwright Page
    url : str
        The server's address, with a slash at its end.
    token : str
    """

    def __init__(self, page, url: str, token: str):
        self.page, self.url, self.token = page, url, token

    def open(self, path: str) -> None:
        """Open a notebook, alone in a new workspace, and wait until its kernel is idle."""
        workspace = "t" + "".join(sign if sign.isalnum() else "-" for sign in path)
        self.page.goto(f"{self.url}lab/workspaces/{workspace}/tree/{path}?token={self.token}&reset")
        self.page.locator(".jp-NotebookPanel:visible .jp-Notebook").wait_for(timeout=PATIENCE)
        self.idle()

    def idle(self) -> None:
        """Wait until the notebook's kernel is connected and idle."""
        self.page.wait_for_function(
            """() => { const panel = window.jupyterapp?.shell.currentWidget;
                       const kernel = panel?.sessionContext?.session?.kernel;
                       return kernel?.connectionStatus === 'connected' && kernel.status === 'idle'; }""",
            timeout=PATIENCE,
        )

    def cells(self) -> list[dict]:
        """Every code cell of the open notebook: its number of execution and its outputs.

        JupyterLab keeps cells out of the page that are out of sight, so this asks its model.
        """
        return self.page.evaluate(
            """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
                     .filter(cell => cell.type === 'code')
                     .map(cell => ({count: cell.executionCount, outputs: cell.outputs.toJSON()}))"""
        )

    def run_all(self, seconds: float = 180) -> None:
        """Run all cells and wait until every code cell has run and the kernel rests."""
        self.command("notebook:run-all-cells")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if all(cell["count"] for cell in self.cells()):
                self.idle()
                return
            self.page.wait_for_timeout(200)
        counts = [cell["count"] for cell in self.cells()]
        raise AssertionError(f"cells did not finish in {seconds} s: {counts}")

    def command(self, name: str) -> None:
        """Run a command of JupyterLab."""
        self.page.evaluate("name => { window.jupyterapp.commands.execute(name); }", name)

    def errors(self) -> list[str]:
        """What any cell wrote as an error or to the stream of errors, warnings among it."""
        return [
            output.get("evalue") or str(output.get("text"))
            for cell in self.cells()
            for output in cell["outputs"]
            if output["output_type"] == "error" or output.get("name") == "stderr"
        ]

    def box(self, text: str):
        """The widget box that holds this text, with fields in it."""
        return self.page.locator(BOXES).filter(has_text=text).filter(has=self.page.locator("input")).first

    def keep(self, name: str, selector: str = BOXES) -> None:
        """Keep a picture of the first such element, if ``CRM_PICTURES`` names a folder for people to look at."""
        folder = os.environ.get("CRM_PICTURES")
        if folder:
            self.page.locator(selector).first.screenshot(path=str(Path(folder) / f"{name}.png"))

    def violations(self, selector: str = BOXES) -> list[str]:
        """What axe-core finds wrong inside the widget boxes."""
        return violations(self.page, selector)


def axe_script() -> str:
    """The program of axe-core, to be run inside a page."""
    import axe_core_python

    return Path(axe_core_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


def violations(page, selector: str, *, impacts: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds wrong inside the elements of a selector, one line for each element.

    Of these ``impacts`` only, if any are named; elements ``without`` are not looked at.
    """
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(axe_script())
    found = page.evaluate(
        """([selector, without]) => axe.run({include: [[selector]], exclude: without.map(one => [one])},
                                           {resultTypes: ['violations']})""",
        [selector, list(without)],
    )
    return [
        f"{rule['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for rule in found["violations"]
        if not impacts or rule["impact"] in impacts
        for node in rule["nodes"]
    ]
