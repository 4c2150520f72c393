"""The panel for a room, with real browsers and a real server: who is let in, who sees what, and when a place is free again."""

import asyncio
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
import tornado.websocket
from pages import served
from test_app import SEVEN, TOO_WIDE, choose, draw, open_page, says

from digitkit.data import data_dir
from digitkit.serving import ServingError, own_address

SAMPLES = data_dir() / "samples"
KERNEL = "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"
SERVE = "import sys; from digitkit import serving; from digitkit.serving import visitors; {}"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="session", autouse=True)
def _network():
    try:
        own_address()
    except ServingError as error:
        pytest.skip(str(error))


def served_link(folder, settings="", places=None):
    """A server for the room. Returns its context; the link stands in the folder's log.txt. settings: Python to run before it."""
    call = f"serving.serve(int(sys.argv[1].split('=')[1]), True, False, places={places})"
    return served([sys.executable, "-c", SERVE.format("; ".join(filter(None, [settings, call])))], folder)


def link_in(folder):
    return re.search(r"http://\S+", (folder / "log.txt").read_text(encoding="utf-8"))[0]


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """The link to a room for all."""
    folder = tmp_path_factory.mktemp("room")
    with served([sys.executable, "-m", "digitkit", "app", "--lan", "--no-browser"], folder):
        yield link_in(folder)


def status(address, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def refused(browser, address):
    """A phone that is not let in: its page, and the HTTP status."""
    page = browser.new_page(viewport={"width": 360, "height": 740})
    answer = page.goto(address)
    return page, answer.status


def test_without_the_link_nobody_comes_in_and_with_it_a_cookie_is_enough(browser, room):
    plain = room.split("?")[0]
    page, code = refused(browser, plain)
    assert code == 403
    assert page.get_by_role("heading").inner_text() == "The link is missing"
    page.close()
    assert status(f"{plain}?token=abcd2345") == 403
    page = open_page(browser, room)
    kernel = f"{plain}api/kernels/{page.evaluate(KERNEL)}"
    socket = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    assert status(kernel) == 403
    assert status(f"{kernel}/channels", **socket) == 403
    page.goto(plain)
    page.get_by_role("button", name="Choose a picture").wait_for(timeout=60_000)
    assert page.errors == []
    page.close()


HIDDEN = [
    *["api/contents", "api/kernels", "api/sessions", "api/terminals", "api/config", "lab", "tree", "files/app.ipynb"],
    *["app.ipynb", "voila/files/app.ipynb", "voila/files/../__main__.py", "voila/static/../../app.ipynb"],
]


def test_a_visitor_gets_no_code_and_no_files(browser, room):
    page = open_page(browser, room)
    assert "import digitkit" not in page.content()
    plain, secret = room.split("?")
    server = urllib.parse.urlsplit(plain)
    for path in HIDDEN:
        connection = http.client.HTTPConnection(server.hostname, server.port, timeout=20)
        connection.request("GET", f"/{path}?{secret}")  # a client that leaves dots and redirections as they are
        answer = connection.getresponse()
        assert answer.status != 200, path
        assert b"digitkit" not in answer.read(), path
        connection.close()
    channels = f"{plain}api/kernels/{page.evaluate(KERNEL)}/channels?{secret}"
    with ThreadPoolExecutor(1) as aside:  # Playwright has a loop of its own here
        assert "kernel_info_reply" in aside.submit(lambda: asyncio.run(types_of_answers(channels))).result()
    page.close()


async def types_of_answers(address):
    """What a kernel answers to somebody who first asks it to run code, and then who it is; running code must not be answered."""
    socket = await tornado.websocket.websocket_connect(address.replace("http", "ws"))
    for kind, content in {"execute_request": {"code": "print(7)", "silent": False}, "kernel_info_request": {}}.items():
        header = {"msg_id": kind, "msg_type": kind, "username": "", "session": "a", "date": "", "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}
        await socket.write_message(json.dumps(message))
    types = set()
    while "kernel_info_reply" not in types:
        answer = json.loads(await asyncio.wait_for(socket.read_message(), 30))
        assert answer["parent_header"].get("msg_id") != "execute_request", answer
        types.add(answer["msg_type"])
    socket.close()
    return types


def test_two_visitors_see_only_their_own(browser, room):
    first, second = (open_page(browser, room) for _ in range(2))
    assert first.evaluate(KERNEL) != second.evaluate(KERNEL)
    draw(first, SEVEN)
    choose(second, SAMPLES / "shadow_5.jpg")
    says(first, "I read 7")
    says(second, "I read 5")
    first.get_by_role("button", name="reading 1: 7").wait_for(timeout=30_000)
    second.get_by_role("button", name="reading 1: 5").wait_for(timeout=30_000)
    for page in (first, second):
        assert page.get_by_role("button", name=re.compile(r"^reading \d")).count() == 1
    first.reload()
    first.get_by_role("button", name="Choose a picture").wait_for(timeout=60_000)
    assert first.get_by_role("button", name=re.compile(r"^reading \d")).count() == 0
    for page in (first, second):
        assert page.errors == []
        page.close()


def test_a_full_room_says_so_and_a_closed_page_makes_place(browser, tmp_path):
    with served_link(tmp_path, places=1):
        link = link_in(tmp_path)
        first = open_page(browser, link)
        second, code = refused(browser, link)
        assert code == 503
        assert second.get_by_role("heading").inner_text() == "The room is full"
        assert second.evaluate("document.documentElement.scrollWidth <= innerWidth")
        first.reload()  # whoever is there keeps the place
        first.get_by_role("button", name="Choose a picture").wait_for(timeout=60_000)
        second.get_by_role("link", name="Try again").click()
        assert second.get_by_role("heading").inner_text() == "The room is full"
        first.close()  # without a word to the server, as when a phone is switched off
        time.sleep(1)
        second.get_by_role("link", name="Try again").click()
        second.get_by_role("button", name="Choose a picture").wait_for(timeout=60_000)
        second.close()


def test_of_six_who_come_at_once_two_find_room_for_two(tmp_path):
    with served_link(tmp_path, places=2), ThreadPoolExecutor(6) as phones:
        assert sorted(phones.map(status, [link_in(tmp_path)] * 6)) == [200, 200, 503, 503, 503, 503]


def test_kernels_end_when_nobody_uses_them_and_the_page_can_be_loaded_again(browser, tmp_path):
    with served_link(tmp_path, "visitors.GONE, visitors.IDLE = 3, 12"):
        link = link_in(tmp_path)
        other, page = open_page(browser, link), open_page(browser, link)
        idle, closed = (f"{link.split('?')[0]}api/kernels/{one.evaluate(KERNEL)}?{link.split('?')[1]}" for one in (page, other))
        other.close()
        wait_until(lambda: status(closed) == 404)
        assert status(idle) == 200  # it was used as recently, but its page is open
        with page.expect_response(lambda answer: "/api/kernels/" in answer.url and answer.status == 404, timeout=60_000):
            pass  # the open page is not left waiting: its connection ends, and it asks what has become of its kernel
        draw(page, SEVEN)
        page.locator(".digitkit-status").filter(has_text=re.compile("no connection|has ended")).wait_for(timeout=30_000)
        choose(page, SAMPLES / "pen_7.jpg")
        page.wait_for_timeout(2500)
        assert re.search("no connection|has ended", page.locator(".digitkit-status").inner_text())
        assert "I read" not in page.locator(".digitkit-answer").inner_text()
        page.reload()
        page.get_by_role("button", name="Choose a picture").wait_for(timeout=60_000)
        draw(page, SEVEN)
        says(page, "I read 7")
        assert page.evaluate(TOO_WIDE) == []
        page.close()


def wait_until(holds):
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.5)


@pytest.mark.skipif(sys.platform == "win32", reason="a signal as Ctrl+C sends it exists elsewhere")
@pytest.mark.parametrize(("lan", "encoding"), [(False, "utf-8"), (True, "utf-8"), (True, "cp1252")])
def test_the_terminal_shows_the_address_and_nothing_else(browser, lan, encoding):
    command = [sys.executable, "-X", "dev", "-m", "digitkit", "app", "--no-browser", "--port=0", *(["--lan"] if lan else [])]
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": encoding}
    with subprocess.Popen(command, **pipes, env=environment) as server:
        lines = []
        while "Ctrl+C" not in "".join(lines):
            lines.append(server.stdout.readline())
            assert lines[-1], server.stderr.read()
        *code, address, stop = lines
        assert re.fullmatch(r"The panel is at http://[\w.]+:\d+/(\?token=\w{8})?\n", address)
        assert ("token" in address) == lan
        assert stop == "Ctrl+C stops it.\n"
        assert bool(code) == (lan and encoding == "utf-8")
        assert not set("".join(code)) - set(" ▀▄█\n")
        page = open_page(browser, address.split()[-1])
        choose(page, SAMPLES / "pen_7.jpg")
        says(page, "I read 7")
        page.goto(f"{address.split()[-1].split('?')[0]}nothing.html")
        page.close()
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=30)
        assert (out, err.strip(), server.returncode) == ("", "Stopped.", 130)
