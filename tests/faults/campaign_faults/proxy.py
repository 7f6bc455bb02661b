"""A TCP proxy that stands for the network between two programs, and can cut it, hold it up, or slow it down."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from threading import Condition, Thread


class Network(StrEnum):
    """What becomes of bytes on their way."""

    WELL = "well"
    CUT = "cut"
    """Connections are reset, and so are new ones."""
    HOLE = "hole"
    """Nothing passes, nothing is said. As with TCP, what was under way arrives when the network is well again."""
    DEAF = "deaf"
    """Requests arrive and answers do not, ever."""
    SLOW = "slow"
    """Each piece takes a while, either way."""


SLOW_SECONDS = 0.15
_PIECE = 1 << 16


class Proxy:
    """Listens on a port of its own, and connects with ``connect`` for each connection that it accepts."""

    def __init__(self, connect: Callable[[], socket.socket]) -> None:
        self._connect = connect
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._network = Network.WELL
        self._changed = Condition()
        self._open: set[socket.socket] = set()
        Thread(target=self._accept, daemon=True).start()

    def set(self, network: Network) -> None:
        with self._changed:
            lost = network is Network.CUT or self._network is Network.DEAF
            self._network = network
            if lost:
                self._reset_all()
            self._changed.notify_all()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.set(Network.CUT)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        if not self._passes(to_server=True):
            _reset(client)
            return
        try:
            server = self._connect()
        except OSError:
            _reset(client)
            return
        pair = {client, server}
        with self._changed:
            if self._network is Network.CUT:
                for each in pair:
                    _reset(each)
                return
            self._open |= pair
        back = Thread(target=self._pump, args=(server, client, False), daemon=True)
        back.start()
        self._pump(client, server, True)
        back.join()
        with self._changed:
            self._open -= pair
        for each in pair:
            each.close()

    def _pump(self, source: socket.socket, sink: socket.socket, to_server: bool) -> None:
        with suppress(OSError):
            while (piece := source.recv(_PIECE)) and self._passes(to_server):
                sink.sendall(piece)
        for each in (source, sink):  # the other direction ends too
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _passes(self, to_server: bool) -> bool:
        """Waits for as long as nothing passes in this direction; false when nothing ever will."""
        with self._changed:
            if self._network is Network.SLOW:
                self._changed.wait(SLOW_SECONDS)
            self._changed.wait_for(
                lambda: self._network is not Network.HOLE and (to_server or self._network is not Network.DEAF)
            )
            return self._network is not Network.CUT

    def _reset_all(self) -> None:
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def _reset(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()
