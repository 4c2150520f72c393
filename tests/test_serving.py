"""The panel as a web page: address, QR code, how many fit in. What visitors see is tested in browser/test_room.py."""

import socket
from types import SimpleNamespace

import cv2
import numpy as np
import psutil
import pytest

from digitkit.__main__ import main
from digitkit.serving import ServingError, code, in_half_blocks, link, own_address, ports, token
from digitkit.serving.visitors import room_for

LINK = "http://192.168.178.145:8866/?token=abcd2345"


def photographed(lines, light=255):
    """A printout of half blocks as a phone's camera sees it: (h, w) uint8, each half block 6 by 6 pixels."""
    lit = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    rows = [[lit[letter][half] for letter in line] for line in lines for half in (0, 1)]
    return np.kron(np.array(rows, np.uint8) * light, np.ones((6, 6), np.uint8))


def test_the_printed_code_is_read_by_a_camera():
    lines = in_half_blocks(code(LINK)).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert len(lines) <= 22  # fits into the smallest terminal, with the address below it
    assert cv2.QRCodeDetector().detectAndDecode(photographed(lines))[0] == LINK


def test_the_code_has_its_light_border_on_all_sides():
    dark = code(LINK)
    rows, columns = np.nonzero(dark)
    assert (rows.min(), columns.min()) == (4, 4)
    assert (rows.max(), columns.max()) == (len(dark) - 5, len(dark) - 5)


def test_no_two_links_are_the_same():
    assert len({token() for _ in range(100)}) == 100
    assert link("192.168.178.145", 8866, "abcd2345") == LINK


def no_way_out(*_):
    raise OSError(101, "Network is unreachable")


def network(monkeypatch, *addresses):
    """A computer without a way out, whose network cards have these addresses."""
    monkeypatch.setattr(socket.socket, "connect", no_way_out)
    cards = {f"card{n}": [SimpleNamespace(family=socket.AF_INET, address=address)] for n, address in enumerate(addresses)}
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: cards)
    monkeypatch.setattr(psutil, "net_if_stats", lambda: {name: SimpleNamespace(isup=True) for name in cards})


def test_a_network_without_internet_will_do(monkeypatch):
    network(monkeypatch, "127.0.0.1", "169.254.7.7", "192.168.137.1")
    assert own_address() == "192.168.137.1"


def test_without_a_network_it_says_so_in_a_sentence(monkeypatch, capsys):
    network(monkeypatch, "127.0.0.1")
    assert main(["app", "--lan", "--no-browser", "--port=0"]) == 1
    assert capsys.readouterr().err.startswith("This computer is in no network, so no phone can reach it.")


@pytest.mark.parametrize("everywhere", [False, True])
def test_a_port_in_use_is_named_with_what_to_do(everywhere, capsys):
    taken = ports(0, everywhere)
    port = taken[0].getsockname()[1]
    assert main(["app", "--no-browser", f"--port={port}", *(["--lan"] if everywhere else [])]) == 1
    said = capsys.readouterr().err
    assert said.startswith(
        f"Port {port} is in use, perhaps by another panel. End that one with Ctrl+C, or choose another port: --port"
    )
    assert said.count("\n") == 1
    for one in taken:
        one.close()


def test_what_is_no_port_gets_a_sentence():
    with pytest.raises(ServingError, match="There is no port 99999: choose one from 1024 to 65535"):
        ports(99_999, False)


def test_without_lan_only_this_computer_can_connect():
    for one in ports(0, False):
        assert one.getsockname()[0] in ("127.0.0.1", "::1")
        one.close()


def test_the_memory_decides_how_many_may_come():
    assert room_for(0) == room_for(1e9) == 1
    assert 20 <= room_for(8e9) <= 50
    assert room_for(16e9) > room_for(8e9)
