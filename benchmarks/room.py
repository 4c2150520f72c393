"""Ten visitors in the room: how fast the panel answers when all draw and choose pictures at once, and who gets whose answer.

    python benchmarks/room.py [SECONDS]

Starts `python -m digitkit app --lan` and ten pages of one Chromium on the same computer, each with a digit to draw and a picture
to choose that no other has. A visitor draws for about a second, waits for the answer, looks at it for a second, chooses the
picture, waits and looks again, and so on for SECONDS (60). A wait begins when the pen is lifted or the file is chosen, and ends
when the answer to just that is on the page. Lost: no answer within 10 seconds. Swapped: what another visitor asked for.
"""

import asyncio
import itertools
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter

import psutil
from playwright.async_api import TimeoutError, async_playwright

from digitkit.data import data_dir

DIGITS = {  # strokes as places on the sheet, from 0 to 1
    "0": [
        [(0.5, 0.15), (0.3, 0.3), (0.27, 0.55), (0.38, 0.82), (0.56, 0.85), (0.7, 0.65), (0.7, 0.35), (0.58, 0.17), (0.5, 0.15)]
    ],
    "1": [[(0.5, 0.15), (0.5, 0.85)]],
    "2": [[(0.3, 0.3), (0.4, 0.17), (0.58, 0.17), (0.68, 0.32), (0.6, 0.5), (0.3, 0.82), (0.72, 0.82)]],
    "3": [
        [
            (0.32, 0.2),
            (0.52, 0.15),
            (0.66, 0.28),
            (0.62, 0.42),
            (0.47, 0.48),
            (0.66, 0.56),
            (0.68, 0.72),
            (0.52, 0.85),
            (0.3, 0.78),
        ]
    ],
    "4": [[(0.42, 0.15), (0.26, 0.56), (0.74, 0.56)], [(0.6, 0.35), (0.58, 0.88)]],
    "5": [[(0.66, 0.17), (0.36, 0.17), (0.34, 0.45), (0.54, 0.42), (0.68, 0.55), (0.66, 0.74), (0.5, 0.85), (0.3, 0.78)]],
    "6": [
        [(0.6, 0.15), (0.4, 0.35), (0.31, 0.62), (0.4, 0.83), (0.58, 0.83), (0.67, 0.68), (0.57, 0.54), (0.4, 0.56), (0.33, 0.66)]
    ],
    "7": [[(0.28, 0.2), (0.72, 0.2), (0.45, 0.85)]],
    "8": [
        [(0.64, 0.26), (0.5, 0.15), (0.36, 0.28), (0.5, 0.48), (0.65, 0.7), (0.5, 0.86), (0.35, 0.7), (0.5, 0.48), (0.64, 0.26)]
    ],
    "9": [[(0.66, 0.32), (0.52, 0.17), (0.36, 0.27), (0.38, 0.44), (0.54, 0.48), (0.66, 0.32), (0.65, 0.55), (0.58, 0.86)]],
}
PICTURES = {"9": "chalk_9", "352": "column_352", "427": "desk_427", "4": "marker_4", "7": "pen_7", "3": "pencil_3"}
PICTURES |= {"2026": "row_2026", "2": "ruled_2", "5": "screen_5", "6": "small_6"}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 10_000  # milliseconds
WATCH = """() => {
    const sheet = document.querySelector(".digitkit-sheet");
    const note = (event) => { window.asked = event.timeStamp; };
    sheet.addEventListener("pointerup", note, true);
    document.addEventListener("change", (event) => event.target.type === "file" && note(event), true);
    window.asked = null;
    window.said = () => document.querySelector(".digitkit-answer").textContent.match(/I read (\\d+)/)?.[1];
    window.answered = (before) => {
        const drawn = sheet.dataset.read === sheet.dataset.sent;  // and nothing newer is on its way
        return asked !== null && drawn && said() && said() !== before ? [said(), performance.now() - asked] : null;
    };
}"""


async def draw(page, strokes):
    back = page.get_by_role("button", name="Draw instead")
    if await back.is_visible():  # a picture lies on the sheet
        await back.click()
    box = await page.locator(".digitkit-sheet canvas").bounding_box()
    for stroke in strokes:
        places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        await page.mouse.move(*places[0])
        await page.mouse.down()
        for (x, y), (to_x, to_y) in itertools.pairwise(places):
            for step in range(1, 9):
                await page.mouse.move(x + (to_x - x) * step / 8, y + (to_y - y) * step / 8)
                await asyncio.sleep(0.015)
        await page.mouse.up()


async def enter(browser, link):
    """Open the panel as a phone. Returns the page and the seconds until it could be used."""
    page = await (await browser.new_context(viewport={"width": 390, "height": 844})).new_page()
    start = time.monotonic()
    await page.goto(link, timeout=120_000)
    await page.get_by_role("button", name="Choose a picture").wait_for(timeout=120_000)
    opened = time.monotonic() - start
    await page.evaluate(WATCH)
    await page.locator(".digitkit-sheet canvas").scroll_into_view_if_needed()
    return page, opened


async def visit(page, digit, number, end):
    """What a visitor asked and got: for each answer what was to be read, what was said (None if nothing), and the seconds."""
    [picture] = (data_dir() / "samples").glob(f"{PICTURES[number]}.*")
    answers = []
    while time.monotonic() < end:
        for expected in (digit, number):
            before = await page.evaluate("() => { asked = null; return said() ?? null; }")
            if expected is digit:
                await draw(page, DIGITS[digit])
                before = None
            else:
                await page.locator(".digitkit-drop input").first.set_input_files(picture)
            try:
                found = await page.wait_for_function("(before) => answered(before)", arg=before, timeout=PATIENCE, polling=20)
                said, milliseconds = await found.json_value()
                answers.append((expected, said, milliseconds / 1000))
            except TimeoutError:
                answers.append((expected, None, PATIENCE / 1000))
            await asyncio.sleep(1)
    return answers


async def all_at_once(link, seconds, server):
    """Ten visitors. Returns the seconds until each could start, the answers of each, and the bytes that each kernel has alone."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        entered = await asyncio.gather(*[enter(browser, link) for _ in DIGITS])
        end = time.monotonic() + seconds
        pages = [page for page, _ in entered]
        answers = await asyncio.gather(*map(visit, pages, DIGITS, PICTURES, [end] * len(pages)))
        memory = [kernel.memory_full_info().uss for kernel in psutil.Process(server).children()]
        await browser.close()
    return [opened for _, opened in entered], answers, memory


def row(name, answers):
    waits = [seconds for _, _, seconds in answers]
    soon, lost = sum(wait <= 2 for wait in waits), sum(said is None for _, said, _ in answers)
    theirs = {*DIGITS, *PICTURES}
    swapped = sum(said != expected and said in theirs for expected, said, _ in answers)
    p95 = statistics.quantiles(waits, n=20)[-1]
    print(
        f"| {name} | {len(answers)} | {100 * soon / len(answers):.1f} % | {statistics.median(waits):.2f} s | {p95:.2f} s "
        f"| {lost} | {swapped} |"
    )


def main(seconds=60):
    with socket.socket() as free:
        free.bind(("", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "digitkit", "app", "--lan", "--no-browser", f"--port={port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as server:
        try:
            link = next(line.split()[-1] for line in server.stdout if "http://" in line)
            opened, answers, memory = asyncio.run(all_at_once(link, seconds, server.pid))
        finally:
            server.terminate()
    drawings, pictures = [[answer for one in answers for answer in one[kind::2]] for kind in (0, 1)]
    print("| answers to | how many | within 2 s | median | 95 of 100 | lost | swapped |\n|---|---|---|---|---|---|---|")
    for name, those in [("drawings", drawings), ("pictures", pictures), ("both", drawings + pictures)]:
        row(name, those)
    print(f"\nTen came at once: the first could start after {min(opened):.1f} s, the last after {max(opened):.1f} s.")
    print(f"Memory of one kernel, of its own: {statistics.mean(memory) / 1e6:.0f} MB, at most {max(memory) / 1e6:.0f} MB.")
    for (expected, said), times in Counter(answer[:2] for one in answers for answer in one if answer[0] != answer[1]).items():
        print(f"{expected} was answered by {said or 'nothing'}: {times} times")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
