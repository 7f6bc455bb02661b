"""The services of a server, for agents of a home without one: create scheduled runs, mark late ones, give up on workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from armillary.client.in_process.client import InProcessClient
from armillary.client.interface.client import Client
from armillary.core.errors import ArmillaryError

TURN_SECONDS = 1.0


@contextmanager
def serving_home(connect: Callable[[], Client]) -> Iterator[None]:
    """Run them on a thread during the block, as long as there is no server."""
    over = Event()
    Thread(target=_serve, args=(connect, over), name="armillary-services", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _serve(connect: Callable[[], Client], over: Event) -> None:
    while not over.wait(TURN_SECONDS):
        try:
            with connect() as client:
                if not isinstance(client, InProcessClient):
                    over.wait(TURN_SECONDS * 5)
                    continue
                while not over.wait(TURN_SECONDS):
                    client.serve_once()
        except ArmillaryError:
            continue  # a server has taken over this home, or it cannot be written: retry on the next turn
