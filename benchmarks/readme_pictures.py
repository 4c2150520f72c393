"""Make the pictures in the README: python benchmarks/readme_pictures.py

Screenshots of the panel and of the exported page in a real browser (needs Chromium), and a picture from each notebook.
"""

import base64
import io
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
from page import FOUR, draw
from PIL import Image

import digitkit
from digitkit.data import data_dir

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "benchmarks" / "pictures"
# For each notebook, how the alternative text of the figure to show begins:
FIGURES = {
    "01": "Figure: ",
    "02": "Figure: ",
    "03": "Figure: 16 kernels",
    "04": "Figure: ",
    "05": "Figure: ",
    "06": "Figure: A picture with 10 digits",
}

BOLT = [[(170, 40), (90, 150), (160, 140), (110, 240)]]


def main():
    OUT.mkdir(exist_ok=True)
    for path in sorted((ROOT / "notebooks").glob("0*.ipynb")):
        save(best_figure(path), OUT / f"{path.stem}.png", width=560)
    panel, wall = screenshots()
    save(panel, OUT / "panel.png", width=1000)
    save(wall, OUT / "wall.png", width=900)
    save(exported_page(), OUT / "page.png", width=1000)
    save(fooled(), OUT / "fooled.png", width=760)
    save(a_slide(), OUT / "slide.png", width=760)


def best_figure(path):
    """The largest picture among the outputs whose text begins as given in FIGURES."""
    pictures = []
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data and data["text/plain"].startswith(FIGURES[path.stem[:2]]):
                pictures.append(Image.open(io.BytesIO(base64.b64decode(data["image/png"]))))
    return max(pictures, key=lambda picture: picture.width * picture.height)


def screenshots():
    """The panel's first screen with a photo of a sheet on a desk, and with that of a class sheet."""
    from playwright.sync_api import sync_playwright

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "digitkit", "app", f"--port={port}", "--no-browser"])
    try:
        wait_for(f"http://127.0.0.1:{port}/voila/static/")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
            )
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            page.goto(f"http://127.0.0.1:{port}/")
            with page.expect_file_chooser() as chooser:
                page.get_by_role("button", name="Choose a picture").click()
            chooser.value.set_files(data_dir() / "samples" / "desk_427.jpg")
            page.locator(".digitkit-strip li").first.wait_for()
            page.get_by_role("button", name="Right").click()
            page.get_by_text("3 of 3 read right").first.wait_for()
            page.wait_for_timeout(500)
            panel = page.screenshot()
            with page.expect_file_chooser() as chooser:
                page.get_by_role("button", name="Choose a picture").click()
            chooser.value.set_files(data_dir() / "samples" / "class_sheet.jpg")
            page.locator(".digitkit-wall button").nth(14).click()  # one digit is taken out, and shown step by step
            page.locator(".digitkit-wall .digitkit-out").wait_for()
            page.wait_for_timeout(500)
            wall = page.screenshot()
            browser.close()
    finally:
        server.terminate()
    return [Image.open(io.BytesIO(content)) for content in (panel, wall)]


def exported_page():
    """The page that a network goes home in, while a 4 is drawn: on a laptop in dark, and on a phone in light colours."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "my_reader.html"
        digitkit.export_page(None, path)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        shown = []
        for theme, width in (("dark", 1100), ("light", 380)):
            page = browser.new_page(viewport={"width": width, "height": 1180}, color_scheme=theme)
            page.goto(path.as_uri())
            page.locator("body[data-answers]").wait_for()
            draw(page, FOUR, steps=10)
            page.get_by_text("I read 4").wait_for()
            page.get_by_role("application", name=re.compile(r"^1\. Conv2D")).click(position={"x": 80, "y": 25})
            page.evaluate("scrollTo(0, 0)")
            page.wait_for_timeout(500)
            shown.append(Image.open(io.BytesIO(page.screenshot())))
        browser.close()
    both = Image.new("RGB", (sum(picture.width for picture in shown) + 20, 1180), "white")
    both.paste(shown[0], (0, 0))
    both.paste(shown[1], (shown[0].width + 20, 0))
    return both


def fooled():
    """The page with a lightning bolt, which it takes for a 4."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "my_reader.html"
        digitkit.export_page(None, path)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 520})
        page.goto(path.as_uri())
        page.locator("body[data-answers]").wait_for()
        draw(page, BOLT, steps=10)
        page.get_by_text("I read 4").wait_for()
        page.wait_for_timeout(500)
        picture = Image.open(io.BytesIO(page.screenshot()))
        browser.close()
    return picture


def a_slide():
    """The slide of lesson 02 with the kernels and their maps."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        subprocess.run([sys.executable, ROOT / "classroom" / "slides.py", folder], check=True)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto((Path(folder) / "02_what_a_convolution_does.html").as_uri())
        while not page.get_by_text("After the six feature maps").is_visible():
            page.keyboard.press("ArrowRight")
        picture = Image.open(io.BytesIO(page.screenshot()))
        browser.close()
    return picture


def wait_for(address, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=2)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.3)


def save(picture, path, width):
    picture = picture.convert("RGB")
    picture.thumbnail((width, 10_000), Image.Resampling.LANCZOS)
    picture.quantize(160).save(path, optimize=True)
    print(f"{path.name:32} {path.stat().st_size / 1000:6.1f} kB")


if __name__ == "__main__":
    main()
