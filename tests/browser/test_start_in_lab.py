"""`python -m digitkit start`, with a real JupyterLab in a real browser."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal for Ctrl+C that reaches one process alone"),
]


@contextlib.contextmanager
def started(folder):
    """JupyterLab as a learner starts it, for whom `folder` is all there is. Gives its address and what was said before."""
    own = {f"JUPYTER_{kind}_DIR": str(folder / "jupyter" / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    environment = os.environ | own | {"HOME": str(folder), "DIGITKIT_HOME": "own", "BROWSER": "true", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "digitkit", "start"]
    lab = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # who runs the tests in the background ignores Ctrl+C
    )
    said = ""
    try:
        while not (address := re.search(r"http://127\.0\.0\.1:\d+/lab\S+", said)):
            line = lab.stdout.readline()
            assert line, said
            said += line
        yield address[0], said
    finally:
        lab.send_signal(signal.SIGINT)
        rest, _ = lab.communicate(timeout=60)
    assert lab.returncode in {0, 130}, rest
    assert "Traceback" not in said + rest


def lesson(page, address, name):
    """Open JupyterLab and wait until this lesson is there, with a kernel at rest."""
    page.goto(address, timeout=120_000)
    page.wait_for_function(
        "name => { const shown = window.jupyterapp?.shell.currentWidget;"
        " return shown?.context?.path === name && shown.sessionContext.session?.kernel?.status === 'idle'; }",
        arg=name,
        timeout=120_000,
    )


def test_the_first_lesson_opens_runs_and_is_still_there_next_time(browser, tmp_path):
    (tmp_path / "jupyter" / "CONFIG").mkdir(parents=True)
    expose = {"LabApp": {"expose_app_in_browser": True}}
    (tmp_path / "jupyter" / "CONFIG" / "jupyter_lab_config.json").write_text(json.dumps(expose))
    copy = tmp_path / "own" / "lessons" / "01_meet_the_digits.ipynb"
    with started(tmp_path) as (address, said):
        assert f"The lessons are in {copy.parent}: " in said
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        lesson(page, address, "lessons/01_meet_the_digits.ipynb")
        page.evaluate("jupyterapp.shell.currentWidget.content.widgets.find(cell => cell.model.type === 'code').activate()")
        page.evaluate("jupyterapp.commands.execute('notebook:insert-cell-below')")
        text = "import digitkit, os, shutil; where = [os.getcwd(), shutil.which('python')]\n"
        text += "(digitkit.home_dir() / 'mine.txt').write_text('\\n'.join(where))"
        page.evaluate("text => jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.setSource(text)", text)
        page.evaluate("jupyterapp.commands.execute('notebook:run-cell')")
        page.get_by_text("Jupyter news").wait_for(state="detached", timeout=1000)
        page.get_by_role("link", name="glossary").first.click()
        page.get_by_text("the share of digits that are read right").first.wait_for(timeout=60_000)
        page.evaluate("jupyterapp.commands.execute('docmanager:save-all')")
        page.locator(".jp-BreadCrumbs-home").click()
        page.locator(".jp-DirListing-item", has_text="mine.txt").wait_for(timeout=60_000)  # in the folder of the learner
        page.close()
    assert (tmp_path / "own" / "mine.txt").read_text().splitlines() == [
        str(copy.parent),
        str(Path(sys.executable).parent / "python"),
    ]
    assert "mine.txt" in copy.read_text(encoding="utf-8")
    before = copy.read_bytes()
    with started(tmp_path) as (_, said):
        assert f"The lessons are in {copy.parent}, as you left them.\n" in said
    assert copy.read_bytes() == before
