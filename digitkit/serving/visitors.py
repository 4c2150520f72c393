"""The visitors' kernels: how many fit into the memory, and how long each one stays."""

import contextlib
import math
from datetime import UTC, datetime
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError

VISITOR = 0.2e9  # bytes for one visitor: 60 MB at first, 165 after class sheet, "Why?" and the nearest training digits
RESERVE = 1.5e9  # bytes that stay free: the teacher's browser, a notebook that trains
GONE = 90  # seconds after which a visitor who closed the page is gone; a phone that fell asleep comes back sooner
IDLE = 1200  # seconds after which an open page that nobody uses gives up its place
SWEEP = 5  # seconds from one look at all kernels to the next
# Many visitors share the processor: kernels that each use all of it hinder one another.
ONE_THREAD = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"], "1")


class RoomFull(Exception):
    """All places are taken by visitors who are there."""


def room_for(free: float) -> int:
    """How many visitors fit into so much free memory, in bytes: at least one.

    >>> room_for(4.5e9), room_for(1e9)
    (15, 1)
    """
    return max(1, int((free - RESERVE) / VISITOR))


class Visitors(AsyncMappingKernelManager):
    """Voilà's kernels, one for each visitor. Who leaves, or does nothing for long, gives up the place."""

    places = math.inf  # visitors at once
    idle = math.inf  # seconds after which an open page that nobody uses gives up its place

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._starting: set[str] = set()
        self._left: dict[str, datetime] = {}  # whose page was closed or lost, and when; the longest gone first

    async def start_kernel(self, **settings):
        """Start a visitor's kernel, if need be in the place of one who has left. Raises RoomFull."""
        kernel_id = self.new_kernel_id()
        while len({*self._kernels, *self._starting}) >= self.places:
            gone = next((left for left in self._left if left in self._kernels), None)
            if gone is None:
                raise RoomFull
            await self._end(gone)
        self._starting.add(kernel_id)
        try:
            return await super().start_kernel(kernel_id=kernel_id, **settings | {"env": settings["env"] | ONE_THREAD})
        finally:
            self._starting.discard(kernel_id)

    def notify_connect(self, kernel_id: str) -> None:
        super().notify_connect(kernel_id)
        self._left.pop(kernel_id, None)

    def notify_disconnect(self, kernel_id: str) -> None:
        super().notify_disconnect(kernel_id)
        if self._kernel_connections.get(kernel_id) == 0:
            self._left[kernel_id] = datetime.now(UTC)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel that nobody uses any more. Called for each of them every SWEEP seconds."""
        kernel = self._kernels[kernel_id]
        seconds = (datetime.now(UTC) - max(kernel.last_activity, self._left.get(kernel_id, kernel.last_activity))).total_seconds()
        loading = kernel.execution_state != "idle" and kernel_id not in self._left
        if seconds > (self.idle if loading or self._kernel_connections.get(kernel_id) else GONE):
            await self._end(kernel_id)

    async def _end(self, kernel_id):
        self._left.pop(kernel_id, None)
        with contextlib.suppress(HTTPError, KeyError):  # it may have ended by itself
            await self.shutdown_kernel(kernel_id, now=True)
        for connection in list(ZMQChannelsWebsocketConnection._open_sockets):
            if connection.kernel_id == kernel_id:
                connection.websocket_handler.close()  # or an open page would wait for ever
