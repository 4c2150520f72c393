"""Where the panel is found: the port, this computer's address in the room, and the link as a QR code."""

import errno
import ipaddress
import secrets
import socket

import cv2
import numpy as np
import psutil
from tornado.netutil import bind_sockets

from digitkit.errors import KitError

QUIET = 4  # the light border that a QR code needs, in its own squares
BLOCKS = " ▄▀█"  # light nowhere, below, above, in both rows: as on a dark terminal
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that is taken for another when it is typed from the projector


class ServingError(KitError):
    """The panel cannot be served. The message says why and what to do."""


def ports(port: int, everywhere: bool) -> list[socket.socket]:
    """Take a port, of all networks or of this computer alone; 0 is any that is free. Returns the listening sockets.

    Raises ServingError if it is in use, forbidden or no port.
    """
    if not 0 <= port < 65536:
        raise ServingError(f"There is no port {port}: choose one from 1024 to 65535, such as --port 8866.")
    try:
        return bind_sockets(port, "0.0.0.0" if everywhere else "localhost")
    except OSError as error:
        used = error.errno == errno.EADDRINUSE
        why = "is in use, perhaps by another panel" if used else f"cannot be used ({error.strerror or error})"
        other = port + 1 if 1024 <= port < 65535 else 8866
        end = "End that one with Ctrl+C, or choose another port" if used else "Choose another one"
        raise ServingError(f"Port {port} {why}. {end}: --port {other}") from error


def own_address() -> str:
    """This computer's address in the room's network, such as 192.168.0.7. Nothing is sent and no internet is needed.

    Raises ServingError if it is in no network.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ask:
        try:
            ask.connect(("192.0.2.1", 9))  # an address of nobody: the system only says where it would send from
            found = [ask.getsockname()[0]]
        except OSError:  # without a way out, as where this computer makes the network itself
            found = []
    running = {name for name, state in psutil.net_if_stats().items() if state.isup}
    for name, addresses in psutil.net_if_addrs().items():
        found += [one.address for one in addresses if name in running and one.family == socket.AF_INET]
    address = next(filter(_can_be_reached, found), None)
    if address is None:
        raise ServingError(
            "This computer is in no network, so no phone can reach it. Join the room's Wi-Fi and start again, or leave out --lan."
        )
    return address


def _can_be_reached(address):
    known = ipaddress.ip_address(address)
    return not (known.is_loopback or known.is_link_local or known.is_unspecified)


def token() -> str:
    """A secret for the link: eight letters and digits (40 bits), short enough to be typed from the projector.

    >>> len(token())
    8
    """
    return "".join(secrets.choice(LETTERS) for _ in range(8))


def link(host: str, port: int, secret: str = "") -> str:
    """The address to open.

    >>> link("192.168.0.7", 8866, "abcd2345"), link("localhost", 8866)
    ('http://192.168.0.7:8866/?token=abcd2345', 'http://localhost:8866/')
    """
    return f"http://{host}:{port}/" + (f"?token={secret}" if secret else "")


def code(text: str) -> np.ndarray:
    """A text as a QR code with its border: (n, n) bool, True where it is dark, one for each square.

    >>> code("http://localhost:8866/").shape
    (33, 33)
    """
    drawn = cv2.QRCodeEncoder.create().encode(text) == 0
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    return np.pad(drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], QUIET)


def in_half_blocks(dark: np.ndarray) -> str:
    """A QR code as lines of text: two rows of it in each, light where a letter has ink.

    dark: (n, n) bool, see `code`.

    >>> print(in_half_blocks(np.array([[True, False, False], [True, True, False]])))
     ▀█
    """
    light = np.pad(~dark, ((0, len(dark) % 2), (0, 0))).astype(int)
    pairs = 2 * light[::2] + light[1::2]
    return "\n".join("".join(BLOCKS[pair] for pair in line) for line in pairs)
