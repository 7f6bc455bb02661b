"""A server, from its start to its end, in this process."""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from errno import EADDRINUSE
from types import FrameType

import uvicorn

from armillary.core.errors import ArmillaryError, InvalidOption, LedgerUnavailable
from armillary.core.server_address import ServerAddress
from armillary.core.version import VERSION
from armillary.home.address import remove_address, write_address
from armillary.home.home_token import home_token
from armillary.journal.process import this_process
from armillary.own_process import hide_secrets
from armillary.server.access.callers import Callers
from armillary.server.access.sign_in import SignInCodes
from armillary.server.application import LOOPBACK, Parts, create_application
from armillary.server.connection import IDLE_SECONDS, BoundedConnection, most_connections
from armillary.server.live.keeper import Keeper, kept
from armillary.server.live.stream import Stream
from armillary.server.permissions import HOME
from armillary.server.services.all import all_services
from armillary.server.services.service import Services

STOPPING_SECONDS = 5
_WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104  compared with, never bound to

logger = logging.getLogger("armillary.server")


@dataclass(slots=True)
class Serving:
    """What a server that has just started tells: its address, and the link that signs a browser in."""

    address: ServerAddress
    sign_in_url: str


class _Server(uvicorn.Server):
    """Streams, waiting owners and agents hold their connections, so they are let go when a signal asks the server to stop."""

    def __init__(self, config: uvicorn.Config, stream: Stream, keeper: Keeper) -> None:
        super().__init__(config)
        self._stream = stream
        self._keeper = keeper

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals end the serving and nothing more: what comes after it must still be done."""
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stream.close()
        self._keeper.owners.ring_all()
        self._keeper.news.close()
        super().handle_exit(sig, frame)


def serve(
    home: str,
    host: str,
    port: int,
    *,
    authenticated: bool = True,
    hosts: frozenset[str] = frozenset(),
    trusted_proxies: Sequence[str] = (),
    started: Callable[[Serving], None] = lambda _serving: None,
) -> None:
    """Serve the ledger of ``home`` until SIGTERM or SIGINT. ``hosts`` are further names it answers to. ``trusted_proxies`` are
    addresses and networks whose X-Forwarded-For and X-Forwarded-Proto are believed. ``started`` is told once connections are taken.

    Raises InvalidOption for an address that cannot be used, LedgerUnavailable when another server keeps the home.
    """
    if not authenticated and host not in LOOPBACK:
        raise InvalidOption(
            f"Without authentication a server listens on this machine alone, not on {host!r}.",
            subject="--no-auth",
            advice="Leave --no-auth or --host out.",
        )
    hide_secrets()
    with _listening(host, port) as listener:
        url = f"http://{_shown(host)}:{listener.getsockname()[1]}"
        with kept(home, f"the server at {url} (process {os.getpid()})", _complain) as keeper:
            address = ServerAddress(
                url, os.getpid(), datetime.now(UTC).isoformat(), VERSION, authenticated, this_process().process_started
            )
            callers = Callers(keeper, home_token(home)) if authenticated else None
            stream = Stream(keeper)
            services = Services(keeper, all_services(keeper, url), f"{url} (process {os.getpid()})")
            parts = Parts(keeper, callers, SignInCodes(), stream, services)
            application = create_application(parts, hosts=LOOPBACK | hosts | ({host.lower()} - _WILDCARDS))
            BoundedConnection.most = most_connections()
            logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # strangers fill no log with what is no HTTP
            config = uvicorn.Config(
                application,
                http=BoundedConnection,
                timeout_keep_alive=IDLE_SECONDS,
                proxy_headers=bool(trusted_proxies),
                forwarded_allow_ips=list(trusted_proxies),
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=STOPPING_SECONDS,
                lifespan="on",
                ws="none",
            )
            server = _Server(config, stream, keeper)
            write_address(home, address)
            try:
                link = f"{url}/signin?code={parts.sign_in_codes.new(HOME)}" if authenticated else url
                started(Serving(address, link))
                server.run(sockets=[listener])
            finally:
                remove_address(home)


def _listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections from now on, so that nobody is refused while the rest starts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only a socket that says it is TCP is spared Nagle's algorithm, which would cost each answer 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except (OSError, OverflowError) as problem:
        listener.close()
        taken = isinstance(problem, OSError) and problem.errno == EADDRINUSE
        raise LedgerUnavailable(
            f"Port {port} on {host} is taken by another program."
            if taken
            else f"{host}:{port} cannot be used: {problem}.",
            subject=f"{host}:{port}",
            advice="Choose another with --port; 0 takes a free one."
            if taken
            else "Choose another with --host and --port.",
        ) from problem
    return listener


def _shown(host: str) -> str:
    """The host as a URL on this machine names it."""
    if host in _WILDCARDS:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _complain(problem: ArmillaryError) -> None:
    logger.warning("%s", problem)
