"""A Python that finds this in its path has no network, only this computer."""

import socket

connect = socket.socket.connect


def refuse(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(("127.", "::1", "localhost")):
        raise OSError("this computer is offline")
    return connect(self, address)


socket.socket.connect = refuse
