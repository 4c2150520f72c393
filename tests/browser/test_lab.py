"""The panel in JupyterLab and in Notebook 7, in a real browser."""

import os
import re
import sys

import nbformat
import pytest
from pages import ink, served

pytestmark = pytest.mark.slow

SEVEN = [(0.28, 0.2), (0.72, 0.2), (0.6, 0.5), (0.45, 0.85)]
CELLS = {"panel": ["import digitkit\n\ndigitkit.Panel()"]}
CELLS["keys"] = [
    "import digitkit\n\ndigitkit.Panel()",
    'digitkit.Predict("Which is larger?", ["the first", "the second"])',
    "digitkit.ConvolutionStepper()",
]
CELLS["train"] = [
    "import digitkit\nfrom digitkit import plotting\n\nmodel, digits = digitkit.build_cnn(), digitkit.load_mnist().train",
    "digitkit.train(model, digits, watch=plotting.LiveTraining()).history['seen'][-1]",
    "'what stands below'",
]
CELLS["twice"] = ["import digitkit\n\npanel = digitkit.Panel()\npanel", "panel"]
CELLS["guess"] = ['import digitkit\n\nguess = digitkit.Predict("How many?")\nguess', "guess.compare(7877)"]
CELLS["busy"] = [*CELLS["panel"], "import time\n\ntime.sleep(8)"]

KERNEL_STATUS = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status"
WATCH = """() => {
    window.places = [];  // of the last cell, since there is a picture above it
    window.told = [];  // what each picture says
    const look = () => {
        const output = jupyterapp.shell.currentWidget.content.widgets[1].outputArea.model.toJSON()[0];
        const text = output?.data?.['text/plain'];
        const picture = document.querySelector('.jp-OutputArea-output img');
        const place = [...document.querySelectorAll('.jp-Cell')].at(-1).getBoundingClientRect().top;
        if (picture?.complete && places.at(-1) !== place) places.push(place);
        if (text && told.at(-1) !== text) told.push(text);
        requestAnimationFrame(look);
    };
    look();
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """JupyterLab, which serves Notebook 7 as well. Yields its address."""
    folder = tmp_path_factory.mktemp("lab")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for name, cells in CELLS.items():
        cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / f"{name}.ipynb")
    options = ["--no-browser", "--allow-root", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    options += ["--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True"]
    own = {f"JUPYTER_{kind}_DIR": str(folder / kind) for kind in ("CONFIG", "RUNTIME")}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces")}
    with served([sys.executable, "-m", "jupyterlab", *options], folder, "api", os.environ | own) as address:
        yield address.rstrip("/")


def open_notebook(visitor, address, width=1400, height=1100):
    page = visitor.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address, timeout=120_000)
    page.wait_for_function(f"{KERNEL_STATUS} == 'idle'", timeout=120_000)
    return page


def run(visitor, address):
    """Open a notebook and run its first cell, which shows the panel."""
    page = open_notebook(visitor, address)
    run_next(page)
    page.get_by_role("button", name="Choose a picture").wait_for(timeout=120_000)
    return page


def run_next(page):
    page.evaluate("void jupyterapp.commands.execute('notebook:run-cell-and-select-next')")  # which waits for the cell's end


def draw(page):
    page.locator(".digitkit-sheet canvas").scroll_into_view_if_needed()
    box = page.locator(".digitkit-sheet canvas").bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=15)
    page.mouse.up()


def says(page, text):
    page.locator(".digitkit-answer").filter(has_text=text).wait_for(timeout=60_000)


@pytest.mark.parametrize("place", ["lab/workspaces/live/tree", "notebooks"])
def test_the_live_panel_is_shown_and_not_its_picture(visitor, server, place):
    page = run(visitor, f"{server}/{place}/panel.ipynb")
    page.locator(".digitkit-sheet canvas").wait_for(timeout=60_000)
    [output] = page.evaluate("jupyterapp.shell.currentWidget.content.widgets[0].outputArea.model.toJSON()")
    assert output["data"]["image/png"]  # which the notebook keeps
    assert page.locator(".jp-RenderedImage").count() == 0
    page.close()


@pytest.mark.parametrize("place", ["lab/workspaces/draw/tree", "notebooks"])
def test_it_draws_and_works_by_keyboard_in_a_notebook(visitor, server, place):
    page = run(visitor, f"{server}/{place}/panel.ipynb")
    draw(page)
    says(page, "I read 7")
    with page.expect_file_chooser():  # the notebook must not take the key for itself
        page.get_by_role("button", name="Choose a picture").press("Enter")
    page.get_by_role("button", name="Clear").press("Enter")
    says(page, "Show me a digit")
    page.get_by_role("combobox", name="Or a sample").select_option("chalk 9")
    says(page, "I read 9")
    page.locator("button:enabled", has_text="Why?").press("Enter")
    page.get_by_text("Why 9?").wait_for(timeout=60_000)
    page.close()


def test_ink_appears_at_once_while_the_kernel_is_busy_and_is_read_afterwards(visitor, server):
    page = run(visitor, f"{server}/lab/workspaces/busy/tree/busy.ipynb")
    run_next(page)
    page.locator(".jp-InputPrompt", has_text="[*]").wait_for(timeout=30_000)
    draw(page)
    assert ink(page) > 1000
    page.get_by_text("The computer is busy").wait_for(timeout=20_000)
    before = int(page.locator(".digitkit-sheet").get_attribute("data-sent"))
    assert page.locator(".digitkit-answer").inner_text() == "Show me a digit."
    says(page, "I read 7")
    page.locator(".digitkit-strip li").first.wait_for(timeout=30_000)
    after = int(page.locator(".digitkit-sheet").get_attribute("data-sent"))
    assert (before, after) == (1, 2)  # the first point, and all that came meanwhile in one
    page.close()


def test_after_a_restart_the_panel_says_so_and_no_old_answer_stays(visitor, server):
    page = run(visitor, f"{server}/lab/workspaces/restart/tree/panel.ipynb")
    draw(page)
    says(page, "I read 7")
    page.evaluate("void jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.locator(".digitkit-status").filter(has_text="run this cell again").wait_for(timeout=60_000)
    assert page.locator(".digitkit-answer").is_visible()  # it still belongs to what is on the sheet
    draw(page)
    assert not page.locator(".digitkit-answer").is_visible()
    page.close()


def test_what_is_shown_in_two_cells_is_saved_once(visitor, server):
    page = run(visitor, f"{server}/lab/workspaces/twice/tree/twice.ipynb")
    run_next(page)
    page.locator(".digitkit-sheet").nth(1).wait_for(timeout=60_000)
    page.get_by_role("combobox", name="Or a sample").first.select_option("chalk 9")
    page.get_by_role("button", name="Right").first.click()
    page.get_by_text("1 of 1 read right").first.wait_for(timeout=60_000)
    downloads = []
    page.on("download", lambda download: downloads.append(download))
    page.get_by_role("button", name="Save my digits").first.click()
    page.get_by_text("1 digit saved").first.wait_for(timeout=60_000)
    page.wait_for_timeout(1500)
    assert len(downloads) == 1
    page.close()


def test_the_dark_theme_is_legible(visitor, server):
    from axe_playwright_python.sync_playwright import Axe

    page = run(visitor, f"{server}/lab/workspaces/dark/tree/panel.ipynb")
    page.evaluate("jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' })")
    page.locator("body[data-jp-theme-light=false]").wait_for(state="attached", timeout=60_000)
    page.get_by_role("combobox", name="Or a sample").select_option("row 2026")
    page.locator(".digitkit-box").nth(3).wait_for(timeout=60_000)
    page.wait_for_timeout(500)
    colour = page.evaluate("getComputedStyle(document.querySelector('.digitkit-panel')).color")
    assert min(map(int, re.findall(r"\d+", colour)[:3])) > 128
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = Axe().run(page, context=".digitkit-panel", options=rules).response["violations"]
    assert [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == []
    page.close()


def test_the_notebook_leaves_the_arrow_keys_to_the_control_that_has_them(visitor, server):
    page = run(visitor, f"{server}/lab/workspaces/keys/tree/keys.ipynb")
    run_next(page)
    run_next(page)
    page.get_by_role("slider", name="step").wait_for(timeout=60_000)
    page.wait_for_function("jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'")
    page.wait_for_timeout(1000)  # then the notebook has moved the focus for the last time
    page.get_by_role("combobox", name="Or a sample").focus()
    page.keyboard.press("ArrowDown")
    says(page, "I see no digit here")  # the first sample is a blank sheet
    page.get_by_role("radio", name="the first").focus()
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("radio", name="the second").is_checked()
    page.get_by_role("slider", name="step").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("status").filter(has_text="Step 2 of 64").wait_for(timeout=30_000)
    page.close()


def test_after_run_all_a_guess_uncovers_its_result_and_the_notebook_keeps_both(visitor, server):
    page = open_notebook(visitor, f"{server}/lab/workspaces/guess/tree/guess.ipynb", 1366, 768)
    page.evaluate("void jupyterapp.commands.execute('runmenu:run-all')")
    page.locator("summary", has_text="Show me").wait_for(timeout=120_000)
    assert not page.get_by_text("It is 7,877.").is_visible()
    field = page.get_by_role("textbox", name="Your guess:")
    field.fill("8000")
    page.wait_for_timeout(500)
    assert page.locator("summary", has_text="Show me").count() == 1  # nothing is entered yet
    field.press("Enter")
    page.get_by_text("You guessed 8,000, it is 7,877: close.").wait_for(timeout=30_000)
    assert page.locator("summary", has_text="Show me").count() == 0
    [output] = page.evaluate("jupyterapp.shell.currentWidget.content.widgets[1].outputArea.model.toJSON()")
    assert output["data"]["application/vnd.digitkit.guess+json"]["guess"] == 8000
    page.close()


def test_a_training_is_watched_live_and_nothing_below_it_moves(visitor, server):
    page = open_notebook(visitor, f"{server}/lab/workspaces/train/tree/train.ipynb")
    page.evaluate(WATCH)
    for _ in range(2):
        run_next(page)
    page.get_by_text("110000", exact=True).wait_for(timeout=120_000)
    first, *between, last = page.evaluate("told")
    assert re.match(r"Figure: Training begins: \d+\.\d % of the validation digits", first)
    assert between
    for told in between:
        assert re.match(r"Figure: \d\d? % of the training is done, about \d+ seconds? left", told)
    assert re.match(r"Figure: 100 % of the training is done, \d+ seconds in all: 9\d\.\d % of the validation digits", last)
    # The number with which the cell ends comes below the picture when all is over. Until then nothing has moved.
    start, *others, end = page.evaluate("places")
    assert end > start
    assert all(abs(place - start) < 2 for place in others)
    page.close()
