"""The page that a network goes home in, opened from a file: it reads what is drawn, as the kit does, and asks for nothing."""

import base64
import re
from pathlib import Path

import cv2
import numpy as np
import pages
import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import draw

import digitkit
from digitkit.network import Network
from digitkit.preprocessing.mnist_form import mnist_steps, stroke_width
from digitkit.reading import in_words, read
from digitkit.simulate.penmanship import any_writer

pytestmark = pytest.mark.slow
QUESTIONS = Path(__file__).with_name("exported_page.js")
FOUR = [[(150, 40), (80, 170), (210, 170)], [(165, 110), (160, 240)]]
FORTY_TWO = [
    [(90, 40), (30, 170), (120, 170)],
    [(95, 110), (90, 240)],
    [(160, 90), (180, 50), (220, 50), (235, 90), (200, 150), (150, 225), (250, 225)],
]
TOUCHING = [
    [(20, 80), (60, 60), (80, 110), (40, 160), (85, 155), (150, 150)],
    [(140, 60), (110, 110), (190, 112)],
    [(160, 80), (155, 190)],
]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The shipped network's page, in a folder whose name is not plain ASCII."""
    path = tmp_path_factory.mktemp("Zoës Stick") / "my reader é.html"
    digitkit.export_page(None, path)
    return path.as_uri()


@pytest.fixture
def page(browser, address):
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened(page, address)
    yield page
    assert errors == []
    context.close()


@pytest.fixture(scope="module")
def inside(browser, address):
    """The same page for tests that call its functions, which its own rules forbid."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    opened(page, address)
    page.add_script_tag(path=QUESTIONS)
    yield page
    context.close()


def opened(page, address):
    page.goto(address)
    page.locator("body[data-answers]").wait_for(timeout=30_000)


def says(page, text):
    page.locator(".digitkit-answer").filter(has_text=re.compile(text)).wait_for(timeout=30_000)


def bars(page):
    """The bars by their names: {"4": "over 99.9 %"}."""
    rows = page.locator(".digitkit-bars tr").evaluate_all(
        "rows => rows.map((row) => [...row.children].map((cell) => cell.textContent))"
    )
    return {name: share for name, _, share in rows}


# ── A visit ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_whole_visit_asks_for_nothing_and_keeps_nothing(browser, address):
    context = browser.new_context()
    page = context.new_page()
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    opened(page, address)
    draw(page, FOUR)
    says(page, "I read 4, .* sure")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Clear").click()
    says(page, "Draw a digit")
    others = [url for url in requests if url != address and not url.startswith(("blob:", "data:"))]
    assert others == []
    state = context.storage_state(indexed_db=True)
    assert state["cookies"] == []
    assert state["origins"] == []
    context.close()


def test_several_digits_are_read_and_each_can_be_looked_at(page):
    draw(page, FORTY_TWO)
    says(page, "I read 42, 2 digits")
    assert bars(page)["2"] > "9"
    page.get_by_role("button", name="digit 1: 4").click()
    page.locator(".digitkit-first th", has_text="4").wait_for()
    assert page.get_by_role("button", name="digit 1: 4").get_attribute("aria-pressed") == "true"


def test_digits_that_touch_are_cut(page):
    draw(page, TOUCHING)
    says(page, "I read 24")


def test_what_is_no_digit_is_refused_with_a_bar_of_its_own(page):
    spiral = [(140 + r * np.cos(r / 6), 140 + r * np.sin(r / 6)) for r in np.linspace(0, 110, 60)]
    draw(page, [spiral])
    says(page, "I see no digit here")
    page.get_by_text("There is a mark, but it does not look like a digit.").wait_for()
    page.locator(".digitkit-first th", has_text="no digit").wait_for()


def test_a_finger_draws(browser, address):
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    opened(page, address)
    box = page.locator(".digitkit-sheet canvas").bounding_box()
    touch = context.new_cdp_session(page)
    for stroke in FOUR:
        for index, (x, y) in enumerate(stroke):
            point = {"x": box["x"] + x * box["width"] / 280, "y": box["y"] + y * box["width"] / 280}
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove" if index else "touchStart", "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    says(page, "I read 4")
    assert page.evaluate("document.scrollingElement.scrollTop") == 0
    context.close()


def test_the_keyboard_draws_and_looks_inside(page):
    sheet = page.get_by_role("application", name="Drawing sheet")
    sheet.focus()
    for key in ["ArrowUp"] * 7 + ["Space"] + ["ArrowDown"] * 14 + ["Space"]:
        page.keyboard.press(key)
    says(page, "I read 1")
    page.keyboard.press("Backspace")
    says(page, "Draw a digit")
    page.get_by_role("application", name=re.compile("^1\\. Conv2D")).focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("Map 1, row").wait_for()
    page.get_by_role("application", name="One map").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_text(re.compile("Map 1, row 1, column 0: .*25 products")).wait_for()


def test_clearing_does_not_wait_for_a_reading_and_shows_none_of_what_is_gone(page):
    draw(page, [[(20 + 28 * n % 240, 20 + 30 * (n // 8)), (40 + 28 * n % 240, 25 + 30 * (n // 8))] for n in range(48)])  # dashes
    page.get_by_role("button", name="Clear").click()
    assert page.locator(".digitkit-answer").inner_text() == "Draw a digit."
    draw(page, FOUR)
    says(page, "I read 4")


def test_a_sheet_of_scribbles_is_not_cut_for_ever(inside):
    sheet = np.full((320, 320), 255, np.uint8)
    for row, column in np.ndindex(6, 5):
        left, top = 24 + 60 * column, 30 + 50 * row
        points = [[left, top + 12], [left + 12, top], [left + 22, top + 14], [left + 34, top + 2], [left + 26, top + 16]]
        cv2.polylines(sheet, [np.array(points)], False, 17, 4, cv2.LINE_AA)
    asked = inside.evaluate("(drawing) => networksRunFor(drawing)", as_text(sheet))
    assert 30 <= asked < 100  # more than 2,000 if each of them were cut


def test_what_is_being_drawn_is_looked_at(page):
    draw(page, [[(x + 90, y) for x, y in stroke] for stroke in [[(110, 60), (80, 150), (160, 150)], [(140, 110), (135, 230)]]])
    says(page, "I read 4")
    draw(page, [[(20, 70), (110, 70), (60, 220)]])
    says(page, "I read 74")
    page.locator(".digitkit-first th", has_text="7").wait_for()


def test_a_stroke_that_is_taken_back_while_it_is_drawn_does_not_go_on(page):
    draw(page, [[(100, 60), (100, 220)]])
    says(page, "I read 1")
    before = pages.ink(page)
    box = page.locator(".digitkit-sheet canvas").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 160, steps=4)
    page.keyboard.press("Backspace")
    page.mouse.move(box["x"] + 300, box["y"] + 200, steps=4)
    page.mouse.up()
    assert pages.ink(page) == before


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1366])
def test_everybody_can_use_it(browser, address, theme, width):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme, bypass_csp=True)
    page = context.new_page()
    opened(page, address)
    draw(page, FORTY_TWO)
    says(page, "I read 42")
    page.get_by_role("application", name=re.compile("^1\\. Conv2D")).click(position={"x": 40, "y": 20})
    page.get_by_text(re.compile("25 products")).wait_for()
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


# ── The same as in Python ───────────────────────────────────────────────────────────────────────────────────────────


def as_text(array):
    return base64.b64encode(array.astype(np.uint8).tobytes()).decode()


def as_array(text, *shape):
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(shape)


def test_every_step_of_a_hundred_drawings_is_that_of_python(inside):
    rng = np.random.default_rng(17)
    inks = [np.pad(any_writer(rng).draw(n % 10, rng, height=int(rng.integers(30, 300))), 2) for n in range(100)]
    masks = [{"width": ink.shape[1], "height": ink.shape[0], "data": as_text(ink)} for ink in inks]
    for ink, found in zip(inks, inside.evaluate("(masks) => stepsOf(masks)", masks), strict=True):
        wanted = mnist_steps(ink)
        assert found["stroke"] == pytest.approx(stroke_width(wanted["crop"]), abs=1e-3)
        for name, array in wanted.items():
            height, width, data = found[name]
            assert (height, width) == array.shape, name
            step = as_array(data, height, width)
            if array.dtype == bool:
                assert (step != array).sum() <= 3, name  # OpenCV rounds a few edges otherwise
            else:
                assert np.abs(step.astype(int) - array).max() <= 16, name


def drawing(rng):
    """One to four digits by one hand on a drawing sheet, near each other, some touching: (320, 320) uint8."""
    page = np.full((320, 320), 255, np.uint8)
    writer, count, x = any_writer(rng), int(rng.integers(1, 5)), 14
    for _ in range(count):
        ink = writer.draw(int(rng.integers(10)), rng, height=int(rng.integers(60, 230)))
        factor = min(1, 290 / count / ink.shape[1], 290 / ink.shape[0])
        grey = cv2.resize(ink.astype(np.uint8) * 255, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        if x + grey.shape[1] > 306:
            break
        y = int(rng.integers(14, 307 - grey.shape[0]))
        part = page[y : y + grey.shape[0], x : x + grey.shape[1]]
        part[:] = np.minimum(part, 255 - grey.astype(int) * 238 // 255)
        x += grey.shape[1] + int(rng.integers(-4, 12))
    return page


def test_a_hundred_drawings_are_read_as_python_reads_them(inside):
    rng = np.random.default_rng(18)
    drawings, several = [drawing(rng) for _ in range(100)], 0
    here = inside.evaluate("(drawings) => readingsOf(drawings)", [as_text(one) for one in drawings])
    for page, found in zip(drawings, here, strict=True):
        wanted = read(page)
        several += len(wanted.digits) > 1
        assert np.array_equal(as_array(found["ink"], 320, 320), wanted.steps["threshold"])
        assert found["words"] == in_words(wanted)
        assert found["boxes"] == [list(digit.box) for digit in wanted.digits]
        assert found["sure"] == pytest.approx([digit.confidence for digit in wanted.digits], abs=0.03)
        if wanted.digits:
            assert found["remarks"].lower().rstrip(".") == (wanted.reason or "").lower()
    assert several > 30


def learners_networks():
    """Three networks of learners: other kernels, strides, padding, activations and pooling than the shipped one's."""
    from keras import Sequential, layers

    from digitkit.conversion import to_network
    from digitkit.model import set_seed

    set_seed(3)
    stacks = [
        [
            layers.Conv2D(8, 5, strides=2, padding="same", activation="tanh"),
            layers.AveragePooling2D(2, padding="same"),
            layers.Conv2D(6, (1, 3), activation="sigmoid"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ],
        [
            layers.Rescaling(2, offset=-1),
            layers.Conv2D(12, 3),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.2),
            layers.MaxPooling2D(3, strides=2, padding="same"),
            layers.Conv2D(9, 4, strides=3, padding="same", activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10),
        ],
        [layers.Flatten(), layers.Dense(20, activation="relu"), layers.Dropout(0.5), layers.Dense(10, activation="softmax")],
    ]
    for stack in stacks:
        yield to_network(Sequential([layers.Input((28, 28, 1)), *stack]))


def test_a_network_gives_the_same_scores_as_in_python(browser, tmp_path):
    digits = digitkit.load_mnist().train.images[:1000]
    context = browser.new_context(bypass_csp=True)
    for number, network in enumerate([digitkit.load_network(), *learners_networks()]):
        digitkit.export_page(network, tmp_path / f"{number}.html")
        page = context.new_page()
        opened(page, (tmp_path / f"{number}.html").as_uri())
        page.add_script_tag(path=QUESTIONS)
        here = page.evaluate("(images) => logitsOf(images)", [as_text(digit) for digit in digits])
        assert np.abs(np.array(here) - network.logits(digits)).max() < 1e-4
        for value, added_up, sentence in page.evaluate("(image) => toldOf(image)", as_text(digits[7])):
            assert value in sentence
            assert added_up == pytest.approx(float(value.replace("−", "-")), abs=0.006), sentence
        page.close()
    context.close()


def test_a_network_that_never_learned_no_digit_says_that_it_is_not_calibrated(browser, tmp_path):
    shipped = digitkit.load_network()
    name, last = shipped.layers[-1]
    ten = {key: value[..., :10] for key, value in last.items()}
    digitkit.export_page(Network([*shipped.layers[:-1], (name, ten)]), tmp_path / "ten.html", title="Zoë’s network")
    page = browser.new_page()
    opened(page, (tmp_path / "ten.html").as_uri())
    page.get_by_role("heading", name="Zoë’s network").wait_for()
    draw(page, FOUR)
    says(page, "I read 4")
    page.get_by_text("Not calibrated").wait_for()
    assert list(bars(page)) == [str(digit) for digit in range(10)]
    page.close()
