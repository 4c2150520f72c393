"""Servers to look at, and what can be asked of a page, for the tests in this folder."""

import contextlib
import socket
import subprocess
import time
import urllib.error
import urllib.request


@contextlib.contextmanager
def served(command, folder, path="voila/static/", environment=None):
    """Start a server, wait until it answers under this path, give its address, and end it. Its log is in the folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "log.txt"
    with log.open("wb") as output:
        server = subprocess.Popen([*command, f"--port={port}"], stdout=output, stderr=subprocess.STDOUT, env=environment)
    address = f"http://127.0.0.1:{port}/"
    try:
        deadline = time.monotonic() + 120
        while not answers(address + path):
            assert server.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < deadline, log.read_text(errors="replace")
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def answers(address):
    try:
        urllib.request.urlopen(address, timeout=2).close()
    except urllib.error.HTTPError:
        return True  # it refuses the folder, so it is there
    except OSError:
        return False
    return True


def ink(page):
    """How many dark pixels the panel's sheet shows."""
    return page.evaluate("""() => {
        const sheet = document.querySelector(".digitkit-sheet canvas");
        const { data } = sheet.getContext("2d").getImageData(0, 0, sheet.width, sheet.height);
        return data.filter((value, index) => index % 4 === 0 && value < 128).length;
    }""")


def draw(page, strokes, sheet=".digitkit-sheet canvas"):
    """Draw on a sheet. strokes: places on its 280×280 units."""
    sheet = page.locator(sheet)
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    for stroke in strokes:
        places = [(box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=5)
        page.mouse.up()
