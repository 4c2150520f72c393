"""A real browser and a real server, for the tests in this folder."""

import os
import shutil
import sys

import nbformat
import pytest
from pages import served

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


@pytest.fixture(scope="module")
def visitor(browser):
    """Somebody whose browser keeps what it has loaded: the second page opens with a third of the work."""
    with browser.new_context(viewport={"width": 1200, "height": 1000}) as context:
        yield context


@pytest.fixture(scope="session")
def app_address(tmp_path_factory):
    """The panel as a web page, served as `python -m digitkit app` serves it."""
    with served([sys.executable, "-m", "digitkit", "app", "--no-browser"], tmp_path_factory.mktemp("voila")) as address:
        yield address


@pytest.fixture(scope="module")
def notebook_page(request, browser, tmp_path_factory):
    """A notebook with the cells that the test module names in CELLS, served by Voilà and opened.

    One page for all tests of the module, because opening it takes longer than they do.
    """
    folder = tmp_path_factory.mktemp("page")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [nbformat.v4.new_code_cell(cell) for cell in request.module.CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / "page.ipynb")
    with served([sys.executable, "-m", "voila", str(folder / "page.ipynb"), "--no-browser"], folder) as address:
        page = browser.new_page(viewport={"width": 1200, "height": 1400})
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address, timeout=60_000)
        yield page
        assert errors == []
        page.close()
