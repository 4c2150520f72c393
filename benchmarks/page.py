"""How fast the exported page is in Chromium: frames while ink is drawn, answers a second, from pen to answer, and its size.

    python benchmarks/page.py

Draws a 4, again and again, on the shipped network's page; then the same with the processor slowed six times.
"""

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

import digitkit

FOUR = [[(150, 40), (80, 170), (210, 170)], [(165, 110), (160, 240)]]
WATCH = """() => {
    window.frames_ = [];
    window.inks = [];
    window.answers_ = [];
    let last = performance.now();
    const tick = (now) => { frames_.push(now - last); last = now; requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
    const sheet = document.querySelector(".digitkit-sheet canvas");
    sheet.addEventListener("pointermove", (event) => inks.push(performance.now() - event.timeStamp));
    new MutationObserver(() => answers_.push(performance.now())).observe(document.body, { attributeFilter: ["data-answers"] });
}"""


def draw(page, strokes, steps):
    """Draw on the sheet of an opened page. strokes: places on its 280×280 units. steps: of the mouse, from each to the next."""
    box = page.locator(".digitkit-sheet canvas").bounding_box()
    for stroke in strokes:
        places = [(box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=steps)
        page.mouse.up()


def measure(browser, address, slowed):
    """One page: draw for ten seconds, and give the lines of the table."""
    page = browser.new_context(bypass_csp=True, viewport={"width": 1366, "height": 768}).new_page()
    page.goto(address)
    page.locator("body[data-answers]").wait_for()
    if slowed > 1:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    page.evaluate(WATCH)
    start = time.monotonic()
    while time.monotonic() - start < 10:
        draw(page, FOUR, steps=25)
        page.get_by_role("button", name="Clear").click()
    frames, inks, answers = page.evaluate("() => [frames_, inks, answers_]")
    page.context.close()
    seconds = (answers[-1] - answers[0]) / 1000
    return [
        f"{1000 / statistics.mean(frames):.0f} frames a second, median {statistics.median(frames):.1f} ms",
        f"a piece of ink painted {statistics.median(inks):.1f} ms after the pen moved (median), "
        f"{statistics.quantiles(inks, n=20)[-1]:.1f} ms (95 of 100)",
        f"{len(answers) / seconds:.0f} answers a second while drawing",
    ]


def main():
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "reader.html"
        digitkit.export_page(None, path)
        print(f"size: {path.stat().st_size / 1e6:.2f} MB")
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for slowed in (1, 6):
            print("at full speed" if slowed == 1 else f"slowed {slowed} times")
            for line in measure(browser, path.as_uri(), slowed):
                print(f"  {line}")
        browser.close()


if __name__ == "__main__":
    main()
