"""The explorers in a real browser, under Voilà: by mouse, and by keyboard alone."""

import re

import pytest

pytestmark = pytest.mark.slow
CELLS = [
    "import digitkit\ndigitkit.ConvolutionStepper()",
    "digitkit.NetworkExplorer(digitkit.load_network(), digitkit.load_mnist().train.images[15])",
]


@pytest.fixture(scope="module")
def page(notebook_page):
    """Each test goes to its own starting place."""
    notebook_page.get_by_role("radiogroup", name="Layers of the network").wait_for(timeout=120_000)
    return notebook_page


def click(page, grid, row, column):
    """Click on a place in a grid."""
    grid = page.locator(f"[data-pick={grid}]")
    size, rows, columns = grid.bounding_box(), int(grid.get_attribute("data-rows")), int(grid.get_attribute("data-columns"))
    grid.click(position={"x": size["width"] * (column + 0.5) / columns, "y": size["height"] * (row + 0.5) / rows})


def says(page, text):
    page.get_by_role("status").filter(has_text=re.compile(text)).wait_for(timeout=30_000)


def focused(page):
    """Which grid or button has the keyboard now."""
    return page.evaluate("document.activeElement.dataset.pick ?? document.activeElement.dataset.choose")


def test_a_click_on_a_value_goes_there(page):
    click(page, "Convolution", 3, 5)
    says(page, "Step 30 of 64, row 3, column 5 of the feature map")
    click(page, "Pooling", 1, 0)
    says(page, "Step 5 of 16, row 1, column 0 of the pooled map")


def test_the_stepper_works_by_keyboard_alone(page):
    click(page, "Convolution", 0, 0)
    says(page, "Step 1 of 64")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    says(page, "Step 12 of 64, row 1, column 3")
    assert focused(page) == "Convolution"
    page.get_by_role("button", name="Step ▶").press("Enter")
    says(page, "Step 13 of 64")
    page.get_by_role("slider", name="step").press("ArrowRight")
    says(page, "Step 14 of 64")
    weight = page.get_by_label("kernel row 2 column 1")
    weight.fill("100")
    weight.press("Enter")
    says(page, "Step 14 of 64.*nine products add up to [1-9]")


def test_play_steps_by_itself(page):
    click(page, "Convolution", 0, 0)
    says(page, "Step 1 of 64")
    play = page.get_by_role("button", name="Play")
    play.press("Enter")
    says(page, "Step 3 of 64")
    play.press("Enter")


def test_a_network_is_explored_by_keyboard_alone(page):
    page.get_by_role("radio", name="Input").click()
    says(page, "It comes from one pixel")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.get_by_role("radio", checked=True, name="MaxPooling2D").wait_for(timeout=30_000)
    assert focused(page) == "layer 2"
    page.keyboard.press("Tab")
    assert focused(page) == "map"
    for _ in range(8):
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowLeft")
    says(page, "Map 0, row")
    page.keyboard.press("ArrowRight")
    says(page, "Map 1, row")
    page.keyboard.press("Tab")
    assert focused(page) == "value"
    for _ in range(30):
        page.keyboard.press("ArrowUp")
    says(page, "Map 1, row 0, column .*: rows 0 to")
    assert focused(page) == "value"


def test_a_click_on_a_map_chooses_it(page):
    page.get_by_role("radio", name="Input").click()
    says(page, "It comes from one pixel")
    page.get_by_role("radio", name="Conv2D").first.click()
    says(page, "pixels of the digit")
    click(page, "map", 0, 2)
    says(page, "Map 2, row")
