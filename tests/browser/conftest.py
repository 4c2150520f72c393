"""A real browser and a real server, for the tests in this folder."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("no Chromium on this computer: install it to run the browser tests")
    assert CHROMIUM, "CI must have Chromium"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def app_address(tmp_path_factory):
    """The panel as a web page, served as `python -m digitkit app` serves it."""
    command = [sys.executable, "-m", "digitkit", "app", "--no-browser"]
    yield from _served(command, tmp_path_factory.mktemp("voila"))


@pytest.fixture(scope="session")
def explorers_address(tmp_path_factory):
    """A notebook with the explorers in it, as a web page."""
    folder = tmp_path_factory.mktemp("explorers")
    cells = [
        "import digitkit\ndigitkit.ConvolutionStepper()",
        "digitkit.NetworkExplorer(digitkit.load_network(), digitkit.load_mnist().train.images[15])",
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel}
    )
    nbformat.write(notebook, folder / "explorers.ipynb")
    command = [sys.executable, "-m", "voila", str(folder / "explorers.ipynb"), "--no-browser"]
    yield from _served(command, folder)


def _served(command, folder):
    """Start a server, wait until it answers, and end it afterwards. Yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "log.txt"
    with log.open("wb") as output:
        server = subprocess.Popen([*command, f"--port={port}"], stdout=output, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}/"
    try:
        deadline = time.monotonic() + 120
        while not _answers(address + "voila/static/"):
            assert server.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < deadline, log.read_text(errors="replace")
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _answers(address):
    try:
        urllib.request.urlopen(address, timeout=2).close()
    except urllib.error.HTTPError:
        return True  # it refuses the folder, so it is there
    except OSError:
        return False
    return True
