"""The explorers in a real browser, under Voilà: by mouse, and by keyboard alone."""

import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import draw

import digitkit
from digitkit.colours import blue_white_red
from digitkit.data import data_dir
from digitkit.words import number

pytestmark = pytest.mark.slow
CELLS = [
    "import digitkit\ndigitkit.ConvolutionStepper()",
    "digitkit.NetworkExplorer(digitkit.load_network(), digitkit.load_mnist().train.images[15])",
    """
import ipywidgets
import numpy as np
from digitkit.network import Network
from digitkit.widgets.base import Frame
from digitkit.widgets.live_layers import LiveLayers

weights = {"kernel": np.zeros((784, 10), np.float32), "bias": np.arange(10, dtype=np.float32)}
layers = LiveLayers({"Shipped network": digitkit.load_network(), "always a nine": Network([("Flatten", {}), ("Dense", weights)])})
layers.image = digitkit.load_mnist().train.images[15].tobytes()
box = ipywidgets.VBox([layers, Frame()])
box.add_class("digitkit-panel")
box
""",
]
FOUR = [[(150, 40), (80, 170), (210, 170)], [(165, 110), (160, 240)]]


@pytest.fixture(scope="module")
def page(notebook_page):
    """Each test goes to its own starting place."""
    card(notebook_page, "1. Conv2D").wait_for(timeout=120_000)
    return notebook_page


def click(page, grid, row, column):
    """Click on a place in a grid."""
    grid = page.locator(f"[data-pick={grid}]")
    size, rows, columns = grid.bounding_box(), int(grid.get_attribute("data-rows")), int(grid.get_attribute("data-columns"))
    grid.click(position={"x": size["width"] * (column + 0.5) / columns, "y": size["height"] * (row + 0.5) / rows})


def card(page, name, within=".digitkit-follow"):
    """The maps of one layer, in the explorer or in one of the networks beside each other."""
    return page.locator(within).get_by_role("application", name=re.compile(f"^{re.escape(name)}")).first


def painted(page, name, within=".digitkit-follow"):
    """The pixels of a layer's maps, one for each value: (rows, columns, 4) uint8."""
    height, width, pixels = (
        card(page, name, within)
        .locator("canvas")
        .evaluate("""(canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return [canvas.height, canvas.width, Array.from(data)];
    }""")
    )
    return np.array(pixels, np.uint8).reshape(height, width, 4)


def wait_until(page, holds):
    """Until something holds that only Python can tell."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it has not come")


def wait_for_digit(page, image):
    """Until the explorer follows the digit with these pixels."""
    wait_until(page, lambda: np.array_equal(painted(page, "The digit")[..., 0], image))


def score(page):
    """Which score of the last layer is the highest: the reddest square."""
    red, _, blue, _ = painted(page, "14. Dense")[0].astype(int).T
    return int((red - blue).argmax())


def says(page, text):
    page.get_by_role("status").filter(has_text=re.compile(text)).wait_for(timeout=30_000)


def focused(page):
    """Which grid or button has the keyboard now."""
    return page.evaluate("document.activeElement.dataset.pick ?? document.activeElement.dataset.choose")


def test_a_click_on_a_value_goes_there(page):
    click(page, "Convolution", 3, 5)
    says(page, "Step 30 of 64, row 3, column 5 of the feature map")


def test_stride_padding_relu_and_pooling_are_opened_by_keyboard(page):
    stride = page.get_by_label("Stride:")
    assert not stride.is_visible()
    page.get_by_role("button", name="More: padding, stride, ReLU, pooling").press("Enter")
    stride.wait_for()
    page.get_by_role("button", name="Pooling", exact=True).press("Enter")
    click(page, "Pooling", 1, 0)
    says(page, "Step 5 of 16, row 1, column 0 of the pooled map")
    page.get_by_role("button", name="Convolution").press("Enter")
    says(page, "of the feature map")
    page.get_by_role("button", name="Hide padding, stride, ReLU, pooling").press("Enter")
    stride.wait_for(state="hidden")


def box_of(page, place):
    found = place.bounding_box()
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


@pytest.mark.parametrize("size", [(964, 645), (1100, 645)])  # JupyterLab on 1366×768 beside its list of files, and a page
def test_the_whole_stepper_is_on_one_screen(page, size):
    page.set_viewport_size(dict(zip(["width", "height"], size, strict=True)))
    stepper = page.locator(".digitkit-explorers:has(.digitkit-kernel)")
    stepper.evaluate("(element) => element.scrollIntoView()")
    parts = [page.get_by_role("button", name=name) for name in ("◀ Back", "Step ▶", "Play")]
    parts += [page.get_by_role("slider", name="step"), page.get_by_label("kernel row 2 column 2"), page.get_by_text("More:")]
    parts += [page.get_by_role("img", name=re.compile(name)) for name in ("^Input, 10×10", "^The feature map", "^products: ")]
    parts += [page.get_by_role("img", name=re.compile("^sum: ")), page.locator(".digitkit-sum")]
    for part in parts:
        left, top, right, bottom = box_of(page, part)
        assert 0 <= left <= right <= size[0]
        assert 0 <= top <= bottom <= size[1]
    page.set_viewport_size({"width": 1200, "height": 1400})


def test_on_a_phone_the_arrow_stands_before_the_map_that_it_points_at(page):
    page.set_viewport_size({"width": 360, "height": 740})
    arrow = box_of(page, page.locator(".digitkit-sign").first)
    picture, result = (
        box_of(page, page.get_by_role("img", name=re.compile(name))) for name in ("^Input, 10×10", "^The feature map")
    )
    assert result[1] > picture[3]  # there is no room beside it
    assert arrow[1] > picture[3]
    assert arrow[2] <= result[0]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1200, "height": 1400})


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
    says(page, r"Step ([3-9]|\d\d) of 64")  # on a busy computer, a step may have gone by before anyone looks
    play.press("Enter")


# ── A network at work ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def digit():
    return digitkit.load_mnist().train.images[15]


def test_the_maps_are_those_of_the_network(page, digit):
    page.get_by_role("button", name="Clear").scroll_into_view_if_needed()
    wait_for_digit(page, digit)
    first, *_, last = digitkit.load_network().activations(digit[np.newaxis])
    maps, reach = first[0], np.abs(first).max()
    sheet = painted(page, "1. Conv2D")
    for unit in range(24):
        top, left = 25 * (unit // 8), 25 * (unit % 8)
        wanted = blue_white_red(maps[..., unit], reach).astype(int)
        assert np.abs(sheet[top : top + 24, left : left + 24] - wanted).max() <= 1
    card(page, "14. Dense").scroll_into_view_if_needed()
    wanted = blue_white_red(last, np.abs(last).max()).astype(int)
    assert np.abs(painted(page, "14. Dense") - wanted).max() <= 1


def test_a_map_and_a_value_of_it_are_looked_at_by_keyboard_alone(page, digit):
    card(page, "1. Conv2D").focus()
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    says(page, "^Map 1, row")
    page.keyboard.press("Tab")
    values = digitkit.load_network().activations(digit[np.newaxis])[0][0, :, :, 1]
    row, column = map(int, np.unravel_index(values.argmin(), values.shape))
    for key, times in [("ArrowUp", 24), ("ArrowLeft", 24), ("ArrowDown", row), ("ArrowRight", column)]:
        for _ in range(times):
            page.keyboard.press(key)
    says(page, f"^Map 1, row {row}, column {column}: {number(values[row, column])}[.] 25 products")


def test_a_click_on_a_score_says_its_share(page):
    card(page, "14. Dense").click(position={"x": 28 * 7 + 14, "y": 14})
    says(page, "^The score of the digit 7: .*704 products.*Softmax makes shares")


def test_a_drawing_goes_through_all_layers_and_clearing_brings_the_digit_back(page, digit):
    wait_for_digit(page, digit)
    draw(page, FOUR, ".digitkit-follow .digitkit-sheet canvas")
    page.get_by_text("You follow the digit of your drawing.").first.wait_for(timeout=30_000)
    card(page, "14. Dense").scroll_into_view_if_needed()
    wait_until(page, lambda: score(page) == 4)
    page.get_by_role("button", name="Clear").click()
    wait_for_digit(page, digit)


def test_a_photo_is_followed_and_what_is_no_picture_is_said(page, digit, tmp_path):
    samples = data_dir() / "samples"
    chooser = page.locator(".digitkit-follow input[type=file]").first
    chooser.set_input_files(samples / "row_2026.jpg")
    page.get_by_text("You follow the largest of 4 digits of your picture.").first.wait_for(timeout=30_000)
    assert not np.array_equal(painted(page, "The digit")[..., 0], digit)
    none = tmp_path / "none.jpg"
    none.write_text("no picture")
    chooser.set_input_files(none)
    page.locator(".digitkit-follow .digitkit-problem").wait_for(timeout=30_000)


def test_two_networks_stand_side_by_side_and_below_each_other_where_it_is_narrow(page):
    names = page.locator(".digitkit-network h2")
    names.first.scroll_into_view_if_needed()
    assert names.all_inner_texts() == ["Shipped network", "always a nine"]
    first, second = (names.nth(place).bounding_box() for place in (0, 1))
    assert first["y"] == second["y"]
    assert first["x"] < second["x"]
    sections = page.locator(".digitkit-network").all()
    assert len(sections) == 3  # the explorer has one, too
    own = page.get_by_role("region", name="Layer by layer: always a nine")
    own.get_by_role("application", name=re.compile("^2\\. Dense")).click(position={"x": 9 * 28 + 14, "y": 14})
    says(page, "^The score of the digit 9: 9[.]")
    page.set_viewport_size({"width": 700, "height": 1000})
    first, second = (names.nth(place).bounding_box() for place in (0, 1))
    assert first["x"] == second["x"]
    assert first["y"] < second["y"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1200, "height": 1400})


def test_everybody_can_use_it(page):
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    for part in (".digitkit-explorers:has(.digitkit-kernel)", ".digitkit-follow", ".digitkit-network:has(h2)"):
        found = Axe().run(page, context=part, options=rules).response["violations"]
        assert [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == []
