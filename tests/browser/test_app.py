"""The panel in a real browser, as a web page of its own."""

import itertools
import re
import shutil

import pytest
from pages import ink

from digitkit import handwriting
from digitkit.data import data_dir

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SAMPLES = data_dir() / "samples"
SEVEN = [(0.28, 0.2), (0.72, 0.2), (0.45, 0.85)]
ONE = [(0.5, 0.15), (0.5, 0.85)]
# The edges of everything, as people see it; what only a screen reader finds, or what scrolls, does not count.
TOO_WIDE = """() => [...document.querySelectorAll(".digitkit-panel, .digitkit-panel *")]
    .filter((element) => !element.matches(".digitkit-spoken, .digitkit-strip *, .digitkit-history *"))
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => element.outerHTML.slice(0, 90))"""


def open_page(browser, address, width=1200, height=1000, **options):
    """The panel in a new page. browser: a browser, or a visitor. What goes wrong on the page is kept in its `errors`."""
    page = browser.new_page(**options)
    page.set_viewport_size({"width": width, "height": height})
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    own = ("data:", "blob:", address.split("?")[0])  # no other host may be asked for anything
    page.on("response", lambda response: response.url.startswith(own) or page.errors.append(response.url))
    page.goto(address, timeout=120_000)
    page.get_by_role("button", name="Choose a picture").wait_for(timeout=120_000)
    return page


@pytest.fixture
def page(visitor, app_address):
    page = open_page(visitor, app_address)
    yield page
    assert page.errors == []
    page.close()


def choose(page, path):
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a picture").click()
    chooser.value.set_files(path)


def says(page, text):
    page.locator(".digitkit-answer").filter(has_text=text).wait_for(timeout=30_000)


def corners(page, stroke):
    """The corners of a stroke on the sheet, in pixels of the page, with points between them."""
    page.locator(".digitkit-sheet canvas").scroll_into_view_if_needed()
    box = page.locator(".digitkit-sheet canvas").bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
    return [
        (x + (to_x - x) * step / 20, y + (to_y - y) * step / 20)
        for (x, y), (to_x, to_y) in itertools.pairwise(points)
        for step in range(21)
    ]


def draw(page, stroke):
    first, *rest = corners(page, stroke)
    page.mouse.move(*first)
    page.mouse.down()
    for point in rest:
        page.mouse.move(*point)
    page.mouse.up()


def test_a_drawing_and_a_chosen_picture_are_read(page):
    draw(page, SEVEN)
    says(page, "I read 7")
    page.locator(".digitkit-strip li").first.wait_for(timeout=30_000)
    choose(page, SAMPLES / "shadow_5.jpg")
    says(page, "I read 5")
    page.get_by_alt_text("shadow_5.jpg").wait_for(timeout=30_000)
    assert page.locator(".digitkit-box").count() == 1
    assert page.locator(".digitkit-bars tr").count() == 11
    assert page.locator(".digitkit-first th").inner_text() == "5"
    assert page.locator(".digitkit-strip li").count() == 9
    assert page.get_by_alt_text("28 by 28 pixels").count() == 1
    assert ink(page) == 0  # a picture wipes the sheet
    page.get_by_role("button", name="reading 1: 7").click()
    says(page, "I read 7")


TIMES = """() => {
    const sheet = document.querySelector(".digitkit-sheet");
    window.times = { moves: [], sent: {}, read: {} };
    sheet.addEventListener("pointermove", () => times.moves.push(performance.now()), true);
    new MutationObserver(() => {
        for (const what of ["sent", "read"]) if (sheet.dataset[what]) times[what][sheet.dataset[what]] ??= performance.now();
    }).observe(sheet, { attributes: true });
}"""


@pytest.mark.slow
def test_the_bars_move_while_the_pen_moves_and_no_queue_grows(page, capsys):
    page.evaluate(TIMES)
    for _ in range(3):
        draw(page, SEVEN)
        says(page, "I read 7")
        page.get_by_role("button", name="Clear").click()
        says(page, "Show me a digit")
    times = page.evaluate("times")
    sent, read = (
        {int(number): time for number, time in times[what].items() if number != "undefined"} for what in ("sent", "read")
    )
    assert set(read) == set(sent)
    for number in sorted(sent)[1:]:
        assert sent[number] >= read[number - 1] - 5  # both are noted at the end of the same task
    waits = []
    for move in times["moves"]:
        number = min((number for number, time in sent.items() if time >= move), default=None)
        if number is not None:
            waits.append(read[number] - move)
    waits.sort()
    trips = sorted(read[number] - sent[number] for number in sent)
    with capsys.disabled():
        print(
            f"\npen to answer: median {waits[len(waits) // 2]:.0f} ms, 95 of 100 under {waits[len(waits) * 95 // 100]:.0f} ms; "
            f"one update takes {trips[len(trips) // 2]:.0f} ms, {1000 / trips[len(trips) // 2]:.0f} a second"
        )
    assert len(read) >= 9
    assert waits[len(waits) // 2] < 3000


@pytest.mark.slow
def test_a_finger_draws_and_the_page_does_not_scroll(browser, app_address):
    page = open_page(browser, app_address, 360, 740, has_touch=True, is_mobile=True)
    points = corners(page, SEVEN)
    touch = page.context.new_cdp_session(page)
    for kind, point in [("Start", points[0]), *[("Move", point) for point in points]]:
        x, y = point
        touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    says(page, "I read 7")
    assert corners(page, SEVEN)[0] == points[0]
    assert page.evaluate(TOO_WIDE) == []
    assert page.errors == []
    page.close()


@pytest.mark.slow
def test_strokes_can_be_taken_back_and_the_pen_changed(page):
    draw(page, ONE)
    says(page, "I read 1")
    thin = ink(page)
    draw(page, [(0.1, 0.5), (0.9, 0.5)])
    assert ink(page) > 1.5 * thin
    page.get_by_role("button", name="Undo").click()
    says(page, "I read 1")
    assert ink(page) == thin
    page.get_by_role("button", name="Clear").press("Enter")
    says(page, "Show me a digit")
    assert ink(page) == 0
    page.get_by_role("combobox", name="Pen").select_option("thick")
    draw(page, ONE)
    assert ink(page) > 1.3 * thin


@pytest.mark.slow
@pytest.mark.parametrize("width", [1200, 360])
def test_nothing_moves_when_an_answer_comes(visitor, app_address, tmp_path, width):
    page = open_page(visitor, app_address, width)
    places = [".digitkit-sheet", ".digitkit-bars", ".digitkit-seen img", ".digitkit-truth button >> nth=0"]
    places += ["text=Your last readings", "text=Fool it", "text=Why?", "text=Written and read"]

    def all_places():
        tops = [page.locator(place).first.evaluate("(e) => e.getBoundingClientRect().top + scrollY") for place in places]
        return dict(zip(places, map(round, tops), strict=True))

    before = all_places()
    draw(page, SEVEN)
    says(page, "I read 7")
    page.locator(".digitkit-strip li").first.wait_for(timeout=30_000)
    page.wait_for_timeout(500)
    assert all_places() == before
    choose(page, SAMPLES / "row_2026.jpg")
    page.locator(".digitkit-box").nth(3).wait_for(timeout=30_000)
    page.wait_for_timeout(500)
    assert all_places() == before
    for number in range(3, 13):  # more than fit into one row
        page.get_by_role("combobox", name="Or a sample").select_option(["pen 7", "chalk 9"][number % 2])
        page.get_by_role("button", name=f"reading {number}:").wait_for(timeout=30_000)
    assert all_places() == before
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear diary")
    choose(page, letter)
    page.locator(".digitkit-problem").wait_for(timeout=30_000)
    page.wait_for_timeout(500)
    assert all_places() == before
    page.close()


DROP = """([name, type, bytes, kind]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
    const options = { bubbles: true, cancelable: true };
    const event = kind === "drop"
        ? new DragEvent("drop", { ...options, dataTransfer: transfer })
        : new ClipboardEvent("paste", { ...options, clipboardData: transfer });
    document.querySelector(".digitkit-drop button").focus();
    (kind === "drop" ? document.querySelector(".digitkit-sheet") : document.activeElement).dispatchEvent(event);
}"""


# Whether a part of the panel is on the screen, as a whole, without scrolling.
IN_SIGHT = """(element) => {
    const { top, bottom, left, right } = element.getBoundingClientRect();
    return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth && bottom > top;
}"""


def in_sight(page, *places):
    return {place: page.locator(place).first.evaluate(IN_SIGHT) for place in places}


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720)])
def test_a_photo_with_its_boxes_steps_and_bars_is_on_the_first_screen(visitor, app_address, width, height):
    page = open_page(visitor, app_address, width, height)
    choose(page, SAMPLES / "row_2026.jpg")
    page.locator(".digitkit-box").nth(3).wait_for(timeout=30_000)
    page.locator(".digitkit-strip li").nth(8).wait_for(timeout=30_000)
    places = [
        ".digitkit-picture img",
        ".digitkit-answer",
        ".digitkit-tokens",
        ".digitkit-strip",
        ".digitkit-bars",
        ".digitkit-truth",
    ]
    assert in_sight(page, *places) == dict.fromkeys(places, True)
    sheet, photo = (page.locator(place).bounding_box() for place in (".digitkit-sheet", ".digitkit-picture img"))
    assert sheet["y"] <= photo["y"]
    assert photo["y"] + photo["height"] <= sheet["y"] + sheet["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Draw instead").click()
    says(page, "Show me a digit")
    draw(page, SEVEN)
    says(page, "I read 7")
    choose(page, SAMPLES / "class_sheet.jpg")
    page.locator(".digitkit-wall button").nth(77).wait_for(timeout=30_000)
    page.locator(".digitkit-box").nth(77).wait_for(timeout=30_000)
    assert page.locator(".digitkit-picture img").bounding_box()["width"] > 300
    places = [".digitkit-picture img", ".digitkit-answer", ".digitkit-wall", ".digitkit-bars"]
    assert in_sight(page, *places) == dict.fromkeys(places, True)
    page.close()


@pytest.mark.slow
def test_on_a_phone_sheet_and_answer_are_on_the_first_screen_and_it_follows_the_dark_theme(browser, app_address):
    page = open_page(browser, app_address, 360, 740, color_scheme="dark")
    places = [".digitkit-sheet", ".digitkit-answer", ".digitkit-input > .digitkit-tools", ".digitkit-bars"]
    assert in_sight(page, *places) == dict.fromkeys(places, True)
    draw(page, SEVEN)
    says(page, "I read 7")
    assert in_sight(page, *places) == dict.fromkeys(places, True)
    assert page.locator(".digitkit-first .digitkit-bar").bounding_box()["height"] > 40  # the bars stand upright
    colours = page.evaluate("['color', 'backgroundColor'].map((name) => getComputedStyle(document.body)[name])")
    choose(page, SAMPLES / "class_sheet.jpg")  # with a button below the first screen
    page.locator(".digitkit-wall").wait_for(timeout=30_000)
    read = [".digitkit-answer", ".digitkit-picture img"]
    for _ in range(20):  # until the page has come back to the sheet by itself
        if all(in_sight(page, *read).values()):
            break
        page.wait_for_timeout(500)
    assert in_sight(page, *read) == dict.fromkeys(read, True)
    ink, paper = (max(map(int, re.findall(r"\d+", colour)[:3])) for colour in colours)
    assert ink > 200
    assert paper < 60
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.close()


@pytest.mark.slow
def test_a_digit_is_followed_through_the_network_while_it_is_drawn(page):
    page.get_by_role("button", name="Follow it through the network").click()
    page.get_by_role("heading", name="Conv2D 5×5").wait_for(timeout=60_000)
    painted = """() => [...document.querySelectorAll(".digitkit-layer canvas")].map((canvas) => canvas.toDataURL().length)"""
    page.wait_for_timeout(1000)
    blank = page.evaluate(painted)
    draw(page, SEVEN)
    says(page, "I read 7")
    page.wait_for_timeout(1000)
    assert page.evaluate(painted) != blank
    assert page.locator(".digitkit-strip").is_hidden()
    page.get_by_role("button", name="Back to the steps").click()
    page.locator(".digitkit-strip li").first.wait_for(timeout=30_000)
    assert page.get_by_role("heading", name="Conv2D 5×5").is_hidden()


@pytest.mark.slow
def test_what_is_no_digit_is_said_at_once_and_shown(page):
    draw(page, [(0.2, 0.2), (0.8, 0.8)])
    draw(page, [(0.8, 0.2), (0.2, 0.8)])
    page.locator(".digitkit-first").filter(has_text="no digit").wait_for(timeout=30_000)
    page.get_by_alt_text("a mark that is no digit as the network sees it").wait_for(timeout=30_000)
    says(page, "I see no digit here.")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_picture_can_be_dropped_or_pasted(page, kind):
    path = SAMPLES / "row_2026.jpg"
    page.evaluate(DROP, [path.name, "image/jpeg", list(path.read_bytes()), kind])
    says(page, "I read 2026, 4 digits.")
    page.locator(".digitkit-box").nth(3).wait_for(timeout=30_000)
    page.get_by_role("button", name="digit 4: 6").click()
    page.get_by_alt_text("digit 4 of 4").wait_for(timeout=30_000)


@pytest.mark.slow
def test_a_huge_photo_is_shrunk_in_the_browser_and_turned_upright(page, tmp_path):
    import numpy as np
    from PIL import Image

    sideways = Image.open(SAMPLES / "sideways_4.jpg").resize((6000, 8000))
    noisy = np.asarray(sideways).astype(np.int16) + np.random.default_rng(0).integers(-40, 41, (8000, 6000, 3), dtype=np.int16)
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = tmp_path / "photo.jpg"
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(photo, quality=94, exif=exif)
    assert photo.stat().st_size > 30_000_000
    choose(page, photo)
    page.locator(".digitkit-answer").filter(has_text="I read 4").wait_for(timeout=90_000)


@pytest.mark.slow
def test_a_class_sheet_becomes_a_wall_for_mouse_and_keyboard(page):
    choose(page, SAMPLES / "class_sheet.jpg")
    says(page, "Sheet 7")
    wall = page.locator(".digitkit-wall button")
    wall.nth(77).wait_for(timeout=30_000)  # the sentence above may be shown a moment before the wall
    assert wall.count() == 78
    wall.nth(9).click()  # row by row: the second 1
    page.locator(".digitkit-wall button[aria-pressed=false]").wait_for()
    says(page, "of 77 digits")
    page.keyboard.press("ArrowRight")  # goes to the next digit and takes nothing out
    page.keyboard.press("Enter")
    says(page, "of 76 digits")
    page.locator(".digitkit-wall button[aria-pressed=false]").nth(1).wait_for()  # here, too, the sentence may come first
    assert wall.nth(10).get_attribute("aria-pressed") == "false"
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this sheet").click()
    assert download.value.suggested_filename == "sheet_07.npz"
    assert len(handwriting.load_digits(download.value.path())) == 76


@pytest.mark.slow
def test_what_is_no_picture_gets_a_sentence_and_the_panel_lives(page, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear diary")
    choose(page, letter)
    page.locator(".digitkit-problem").filter(has_text="not a picture that can be read").wait_for(timeout=30_000)
    huge = tmp_path / "film.mov"
    huge.write_bytes(bytes(12_000_000))
    choose(page, huge)
    page.get_by_text("at 12 MB it is too big to send").wait_for(timeout=30_000)
    choose(page, SAMPLES / "blank.jpg")
    says(page, "I see no digit here.")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Plain upload").click()
    chooser.value.set_files(huge)
    page.get_by_text("has 12 MB, and a plain upload takes 8 at most").wait_for(timeout=30_000)
    choose(page, SAMPLES / "pen_7.jpg")
    says(page, "I read 7")


@pytest.mark.slow
def test_everything_but_drawing_works_by_keyboard(page):
    page.get_by_role("combobox", name="Or a sample").select_option("chalk 9")
    says(page, "I read 9")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Plain upload").press("Enter")
    chooser.value.set_files(SAMPLES / "row_2026.jpg")
    says(page, "I read 2026")
    page.get_by_role("radio", name="digit 1: 2").focus()
    for number in (2, 3, 4):
        page.keyboard.press("ArrowRight")
        page.get_by_alt_text(f"digit {number} of 4").wait_for(timeout=30_000)
    page.get_by_role("button", name="leave out: Paper").press("Enter")
    page.locator(".digitkit-note").filter(has_text="With all steps: 2026.").wait_for(timeout=30_000)
    page.get_by_role("button", name="leave out: Paper").press("Enter")
    page.locator(".digitkit-note").filter(has_text="With all steps: 2026.").wait_for(state="hidden", timeout=30_000)
    page.get_by_role("radio", name="digit 4: 6").press("Enter")
    page.get_by_alt_text("digit 4 of 4").wait_for(timeout=30_000)
    page.locator("button:enabled", has_text="Why?").press("Enter")
    page.get_by_text("Why 6?").wait_for(timeout=60_000)
    page.get_by_role("status").filter(has_text="covered").wait_for(timeout=30_000)  # and it is read out
    page.locator("button:enabled", has_text="Right").press("Enter")
    page.get_by_text("Your handwriting: 4 of 4 read right.").first.wait_for(timeout=30_000)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my digits").press("Enter")
    assert handwriting.load_digits(download.value.path()).labels.tolist() == [2, 0, 2, 6]
    page.get_by_role("button", name="reading 1: 9").press("Enter")
    says(page, "I read 9")


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "width"), [("light", 1200), ("dark", 1600), ("light", 360)])
def test_it_fits_and_is_accessible(visitor, app_address, theme, width):
    from axe_playwright_python.sync_playwright import Axe

    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}

    def violations():
        found = Axe().run(page, context=".digitkit-panel", options=rules).response["violations"]
        return [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]

    page = open_page(visitor, f"{app_address}?theme={theme}", width)
    assert violations() == []
    choose(page, SAMPLES / "row_2026.jpg")
    page.locator(".digitkit-box").nth(3).wait_for(timeout=30_000)
    page.get_by_role("button", name="Right").click()
    page.get_by_role("button", name="Nearest training digits").click()
    page.get_by_alt_text("from the training digits").nth(2).wait_for(timeout=60_000)
    page.locator(".digitkit-confusion").wait_for(timeout=30_000)
    page.wait_for_timeout(300)
    assert violations() == []
    assert page.evaluate(TOO_WIDE) == []
    page.get_by_role("button", name="leave out: Paper").click()
    page.locator(".digitkit-note").filter(has_text="With all steps: 2026.").wait_for(timeout=30_000)
    page.get_by_role("button", name="Fool it").click()
    page.get_by_text("Round 1 of 5").first.wait_for(timeout=30_000)
    page.get_by_role("button", name="Follow it through the network").click()
    page.get_by_role("heading", name="Conv2D 5×5").wait_for(timeout=60_000)
    page.wait_for_timeout(1000)
    assert violations() == []
    assert page.evaluate(TOO_WIDE) == []
    choose(page, SAMPLES / "class_sheet.jpg")
    page.locator(".digitkit-wall button").nth(77).wait_for(timeout=30_000)
    page.locator(".digitkit-waiting").wait_for(state="detached", timeout=30_000)  # pale letters mean: not yet
    assert violations() == []
    assert page.evaluate(TOO_WIDE) == []
    dark = page.evaluate("getComputedStyle(document.querySelector('.digitkit-panel')).color")
    assert (min(map(int, re.findall(r"\d+", dark)[:3])) > 128) == (theme == "dark")
    page.close()


@pytest.mark.slow
def test_the_camera_runs_only_until_the_picture_is_taken(browser, app_address, tmp_path):
    from PIL import Image

    film = tmp_path / "film.mjpeg"  # what Chromium shows in place of a camera's picture
    Image.open(SAMPLES / "pen_7.jpg").convert("RGB").resize((800, 600)).save(film, "JPEG", quality=95)
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
    with_camera = browser.browser_type.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", *flags])
    page = open_page(with_camera, app_address)
    assert page.evaluate("document.querySelector('.digitkit-camera video').srcObject") is None
    page.get_by_role("button", name="Take a photo").click()
    page.get_by_role("button", name="Take the picture").wait_for(timeout=30_000)
    page.evaluate("window.track = document.querySelector('.digitkit-camera video').srcObject.getTracks()[0]")
    assert page.evaluate("track.readyState") == "live"
    page.wait_for_function("document.querySelector('.digitkit-camera video').videoWidth > 0")
    page.get_by_role("button", name="Take the picture").click()
    says(page, "I read 7")
    assert page.evaluate("track.readyState") == "ended"
    assert page.get_by_role("button", name="Take the picture").count() == 0
    page.get_by_role("button", name="Take a photo").click()
    page.get_by_role("button", name="Cancel").click()
    assert page.evaluate("document.querySelector('.digitkit-camera video').srcObject") is None
    with_camera.close()
