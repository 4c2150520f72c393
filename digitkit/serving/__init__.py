"""The panel as a web page, on this computer alone or for all in the room; one kernel for each visitor keeps them apart."""

from digitkit.serving.address import ServingError, code, in_half_blocks, link, own_address, ports, token
from digitkit.serving.running import serve

__all__ = ["ServingError", "code", "in_half_blocks", "link", "own_address", "ports", "serve", "token"]
