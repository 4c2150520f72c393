"""The exported page in WebKit, the engine of Safari and of the browsers on iPhones: Debian's webkit2gtk-driver, by Selenium."""

import contextlib
import itertools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import digitkit

pytestmark = pytest.mark.slow
DRIVER = shutil.which("WebKitWebDriver")
BROWSERS = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
FOUR = [[(150, 40), (80, 170), (210, 170)], [(165, 110), (160, 240)]]


@contextlib.contextmanager
def screen():
    """A screen that nobody sees, and its name."""
    told, tell = os.pipe()
    command = ["Xvfb", "-displayfd", str(tell), "-screen", "0", "1366x1000x24"]
    server = subprocess.Popen(command, pass_fds=[tell], stderr=subprocess.DEVNULL)
    try:
        yield ":" + os.read(told, 16).decode().strip()
    finally:
        server.terminate()
        server.wait(10)
        os.close(told)
        os.close(tell)


@pytest.fixture
def webkit(monkeypatch):
    there = DRIVER and BROWSERS and shutil.which("Xvfb")
    if not there and not os.environ.get("CI"):
        pytest.skip("no WebKit on this computer: install webkit2gtk-driver and xvfb to run this test")
    assert there, "CI must have WebKit"
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.service import Service

    options = webdriver.WebKitGTKOptions()
    options.binary_location = str(BROWSERS[-1])
    options.add_argument("--automation")
    with screen() as name:
        monkeypatch.setenv("DISPLAY", name)
        monkeypatch.setenv("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1")  # the sandbox wants rights that a container has not
        driver = webdriver.WebKitGTK(options=options, service=Service(DRIVER))
        try:
            yield driver
        finally:
            driver.quit()


def draw(driver, strokes):
    from selenium.webdriver import ActionChains

    sheet = driver.find_element("css selector", ".digitkit-sheet canvas")
    side = sheet.size["width"]
    for stroke in strokes:
        # Places are counted from the middle of the element. WebKit's mouse jumps, so some stand between the corners.
        corners = [((x / 280 - 0.5) * side, (y / 280 - 0.5) * side) for x, y in stroke]
        hand = ActionChains(driver, duration=20).move_to_element_with_offset(sheet, *map(int, corners[0])).click_and_hold()
        for (x, y), (next_x, next_y) in itertools.pairwise(corners):
            for share in (0.25, 0.5, 0.75, 1):
                hand.move_to_element_with_offset(sheet, int(x + share * (next_x - x)), int(y + share * (next_y - y)))
        hand.release().perform()


def test_it_reads_and_looks_inside(webkit, tmp_path):
    from selenium.webdriver.support.wait import WebDriverWait

    (tmp_path / "Zoës Stick").mkdir()
    path = tmp_path / "Zoës Stick" / "my reader é.html"
    digitkit.export_page(None, path)
    webkit.set_window_size(1200, 900)
    webkit.get(path.as_uri())
    wait = WebDriverWait(webkit, 30)
    wait.until(lambda driver: driver.find_elements("css selector", "body[data-answers]"))
    draw(webkit, FOUR)
    wait.until(lambda driver: "I read 4" in driver.find_element("css selector", ".digitkit-answer").text)
    assert webkit.find_element("css selector", ".digitkit-first th").text == "4"
    webkit.execute_script("document.querySelectorAll('.digitkit-layer .digitkit-numbers')[1].click()")
    wait.until(lambda driver: "25 products" in driver.find_element("css selector", ".digitkit-sentence").text)
