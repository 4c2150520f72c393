"""The server of the panel: Voilà, silent, with the visitors' places counted, and behind a link where others can reach it."""

import contextlib
import os
import shutil
import signal
import sys
import threading
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import tornado.httpserver
import tornado.ioloop
import tornado.web
from jupyter_core.utils import run_sync
from jupyter_server.auth.identity import IdentityProvider
from voila.app import Voila
from voila.tornado.handler import TornadoVoilaHandler

from digitkit import doctor
from digitkit.files import own_places
from digitkit.serving import visitors
from digitkit.serving.address import code, in_half_blocks, link, own_address, ports, token
from digitkit.serving.visitors import RoomFull, Visitors
from digitkit.widgets.views.notice import notice

PAGE = Path(__file__).parent.parent / "app.ipynb"
FULL = "As many are here as this computer has memory for. Try again when somebody has left and closed the page."
NO_LINK = "This page opens with its whole link: scan the code that your teacher shows, or type all of the address."
# Voilà's template requests icons, unused here, from another host: the browser may connect only to this server.
POLICY = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: ws: wss:; frame-ancestors 'self'"


def serve(port: int, lan: bool, browser: bool, places: int | None = None) -> None:
    """Serve the panel until Ctrl+C, which ends in KeyboardInterrupt, or until the process is told to end.

    lan: for all in the network, who need the link, or else for this computer alone. browser: open one, here. places: visitors
    at once with lan; if None, as many as the free memory has room for.
    Raises ServingError if the port or the network cannot be used, FolderError if nothing can be written anywhere.
    """
    os.environ.update(own_places())
    host, secret = (own_address(), token()) if lan else ("localhost", "")
    sockets = ports(port, lan)
    address = link(host, sockets[0].getsockname()[1], secret)
    if lan:
        Visitors.places = places or visitors.room_for(min(doctor.free_bytes(), psutil.virtual_memory().available))
        Visitors.idle = visitors.IDLE
    with _silence():
        room = _Room(notebook_path=str(PAGE), token=secret, identity_provider_class=_Guests, config_file_paths=[])
        room.sockets = sockets
        room.initialize([])
    print(f"{_drawn(address) if lan else ''}The panel is at {address}\nCtrl+C stops it.", flush=True)
    with _silence():
        if browser:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        room.start()
    if room.interrupted:
        raise KeyboardInterrupt


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Nothing in here reaches the terminal: neither Voilà's log nor what kernels and browsers, started meanwhile, say."""
    for stream in filter(None, (sys.stdout, sys.stderr)):  # pythonw has none
        stream.flush()
    kept = [os.dup(number) for number in (1, 2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for number in (1, 2):
            os.dup2(nowhere, number)
        yield
    finally:
        for number, old in zip((1, 2), kept, strict=True):
            os.dup2(old, number)
            os.close(old)
        os.close(nowhere)


def _drawn(address):
    """The link as a QR code for the terminal, dark on light whatever the terminal's colours; nothing if it cannot show one."""
    blocks = in_half_blocks(code(address))
    try:
        blocks.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        return ""
    old_windows = sys.platform == "win32" and "WT_SESSION" not in os.environ  # a terminal without colours, but a dark one
    paint = "{}" if old_windows or not sys.stdout.isatty() else "\033[38;5;231;48;5;16m{}\033[0m"
    return "".join(f"{paint.format(line)}\n" for line in blocks.splitlines())


class _Room(Voila):
    """Voilà on ports that are taken already, which ends without a word."""

    interrupted = False

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.tornado_settings = {
            "websocket_max_message_size": 100 << 20,  # uploads up to 100 MB
            "ws_ping_interval": 10_000,  # milliseconds; a phone out of reach is noticed after three of them
            "headers": {"Content-Security-Policy": POLICY},
        }
        self.config.VoilaConfiguration.multi_kernel_manager_class = Visitors
        self.config.Visitors.cull_idle_timeout = visitors.GONE  # Visitors itself decides whom this is for
        self.config.Visitors.cull_interval = visitors.SWEEP

    def init_handlers(self) -> list:
        handlers = super().init_handlers()
        return [(path, _Door if handler is TornadoVoilaHandler else handler, *rest) for path, handler, *rest in handlers]

    def listen(self) -> None:
        server = tornado.httpserver.HTTPServer(self.app)
        server.add_sockets(self.sockets)
        self.ioloop = tornado.ioloop.IOLoop.current()
        signal.signal(signal.SIGINT, self._handle_signal_stop)
        tornado.ioloop.PeriodicCallback(lambda: None, 1000).start()  # Windows notices Ctrl+C only when something happens
        try:
            self.ioloop.start()
        finally:
            self.stop()

    def _handle_signal_stop(self, number, frame):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl+C, while the kernels end, changes nothing
        self.interrupted = number == signal.SIGINT
        self.ioloop.add_callback_from_signal(self.ioloop.stop)

    def stop(self) -> None:
        shutil.rmtree(self.connection_dir, ignore_errors=True)
        run_sync(self.kernel_manager.shutdown_all)(now=True)


class _Door(TornadoVoilaHandler):
    """The page itself, or that there is no place."""

    async def get(self, path=None):
        try:
            await super().get(path)
        except RoomFull:
            self.set_status(503)
            self.finish(notice("The room is full", FULL, again=True))


class _Doorstep(tornado.web.RequestHandler):
    """Where those are sent who come without the link."""

    def get(self):
        self.set_status(403)
        self.finish(notice("The link is missing", NO_LINK))


class _Guests(IdentityProvider):
    """Whoever has the link is a guest, and stays one by a cookie; without a link, everybody is."""

    @property
    def auth_enabled(self) -> bool:
        return bool(self.token)

    def get_handlers(self) -> list:
        return [("/login", _Doorstep)]
