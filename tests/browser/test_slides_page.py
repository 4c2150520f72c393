"""The slides, and what the lesson for tomorrow promises, in a real browser."""

import math
import sys
from pathlib import Path

import pytest
from pages import draw

import digitkit

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "classroom"))

import slides  # noqa: E402

pytestmark = pytest.mark.slow

LESSONS = [path.stem for path in slides.LESSONS]
SHOWN = "document.querySelector('section.shown')"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slides")
    assert slides.main([str(folder)]) == 0
    return folder


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: message.type == "error" and problems.append(message.text))
    page.on("request", lambda request: request.url.startswith(("file:", "data:", "blob:")) or problems.append(request.url))
    yield page
    assert problems == []
    page.close()


@pytest.mark.parametrize("lesson", LESSONS)
def test_everything_on_a_slide_is_seen_and_legible_from_the_back(page, folder, lesson):
    page.goto((folder / f"{lesson}.html").as_uri())
    for number in range(1, page.locator("section").count() + 1):
        assert page.locator("#place").inner_text().startswith(f"{number} / ")
        assert page.evaluate(f"{SHOWN}.scrollHeight - {SHOWN}.clientHeight") <= 1, number
        assert page.evaluate(f"{SHOWN}.scrollWidth - {SHOWN}.clientWidth") <= 1, number
        assert page.evaluate(f"[...{SHOWN}.querySelectorAll('img')].every((img) => img.getBoundingClientRect().height > 140)")
        smallest = f"Math.min(...[...{SHOWN}.querySelectorAll('*')].map((part) => parseFloat(getComputedStyle(part).fontSize)))"
        assert page.evaluate(smallest) >= 20, number
        page.keyboard.press("ArrowRight")


def test_keys_clicks_and_the_address_turn_the_pages(page, folder):
    address = (folder / f"{LESSONS[0]}.html").as_uri()
    page.goto(address)
    place = page.locator("#place")
    last = page.locator("section").count()
    page.keyboard.press("PageUp")
    assert place.inner_text() == f"1 / {last}", "there is nothing before the first"
    page.mouse.click(600, 400)
    page.keyboard.press(" ")
    assert place.inner_text() == f"3 / {last}"
    assert page.url.endswith("#3")
    page.keyboard.press("ArrowLeft")
    assert place.inner_text() == f"2 / {last}"
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    assert place.inner_text() == f"{last} / {last}"
    page.goto("about:blank")
    page.goto(f"{address}#4")
    assert place.inner_text() == f"4 / {last}"
    assert page.locator("section:visible").count() == 1
    page.emulate_media(media="print")
    assert page.locator("section:visible").count() == last, "printed, each slide is a sheet"


def circle(x, y, radius):
    return [(x + radius * math.cos(turn / 2), y + radius * math.sin(turn / 2)) for turn in range(14)]


# What pupils draw tomorrow, and what the guide says the network answers.
STAR = [[(140 + 100 * math.sin(0.8 * math.pi * k), 140 - 100 * math.cos(0.8 * math.pi * k)) for k in range(6)]]
DRAWINGS = {
    "a tiny 7 in a corner": ([[(20, 20), (60, 20), (35, 70)]], "I read 7"),
    "a lightning bolt": ([[(170, 40), (90, 150), (160, 140), (110, 240)]], "I read 4"),
    "the letter b": ([[(90, 40), (90, 220)], [(90, 160), (140, 140), (180, 170), (170, 215), (90, 220)]], "I read 6"),
    "the letter Z": ([[(70, 60), (210, 60), (70, 220), (210, 220)]], "I read 2"),
    "the letter S": ([[(200, 80), (150, 50), (90, 70), (90, 120), (180, 160), (190, 210), (140, 235), (80, 215)]], "I read 5"),
    "a snowman": ([circle(140, 90, 45), circle(140, 190, 55)], "I read 8"),
    "a 1 with a long level flag": ([[(50, 62), (160, 55), (155, 235)]], "I read 7"),
    "a 0 with a dot": ([circle(140, 140, 80), [(138, 138), (142, 142)]], "I see no digit"),
    "a star": (STAR, "I see no digit"),
    "an X": ([[(70, 60), (210, 220)], [(210, 60), (70, 220)]], "I see no digit"),
}


@pytest.mark.slow
def test_what_the_lesson_for_tomorrow_promises_is_what_the_page_answers(page, tmp_path):
    digitkit.export_page(None, tmp_path / "my_reader.html")
    page.goto((tmp_path / "my_reader.html").as_uri())
    page.locator("body[data-answers]").wait_for()
    for strokes, answer in DRAWINGS.values():
        draw(page, strokes)
        page.locator("#answer", has_text=answer).wait_for()
        page.get_by_role("button", name="Clear").click()
        page.locator("#answer", has_text=answer).wait_for(state="hidden")
