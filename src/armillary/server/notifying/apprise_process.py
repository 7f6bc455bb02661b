"""Apprise, in a process of its own: ``python -m armillary.server.notifying.apprise_process``, told on stdin what to do.

Apprise speaks to eighty services by as many means, and asks whatever host an address names. So here every connection of the process,
whichever library makes it, passes an audit hook (https://peps.python.org/pep-0578) that looks at the address it goes to: what a webhook
may not reach, nothing reaches. No program is started, and none of the server's secrets is in this process.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from msgspec import Struct, json

from armillary import settings
from armillary.core.errors import InvalidOption
from armillary.server.notifying.addresses import Reach, reach_of
from armillary.server.notifying.outbound import Undelivered, check_host

_REFUSED = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "syslog.syslog")
_SENDS = ("socket.connect", "socket.sendto", "socket.sendmsg")


class Task(Struct):
    """``message`` None: only see whether it could be delivered."""

    target: str
    title: str = ""
    message: str | None = None


class Outcome(Struct):
    """``invalid``: it could never be delivered; ``undelivered``: not this time. Both are sentences."""

    invalid: str | None = None
    advice: str | None = None
    undelivered: str | None = None


class _Refused(OSError):
    pass


def main() -> None:
    task = json.decode(sys.stdin.buffer.read(), type=Task)
    with os.fdopen(os.dup(1), "wb") as answer:
        os.dup2(2, 1)  # what libraries print is not the answer
        answer.write(json.encode(_done(task)))


def _done(task: Task) -> Outcome:
    import apprise  # an extra, and heavy

    refused: list[str] = []
    found = apprise.Apprise()
    scheme = task.target.partition("://")[0]
    if not found.add(task.target):
        return Outcome(
            f"Apprise does not understand this {scheme}:// address.",
            "See https://github.com/caronc/apprise/wiki for how each service is written.",
        )
    try:
        for each in found:
            _check(each)
    except InvalidOption as problem:
        return Outcome(problem.message, problem.advice)
    except Undelivered as problem:
        return Outcome(undelivered=str(problem)) if task.message is not None else Outcome()
    if task.message is None:
        return Outcome()
    _guard(refused)
    if found.notify(body=task.message, title=task.title):
        return Outcome()
    why = f": {refused[0]}" if refused else "; the server's log may say why"
    return Outcome(undelivered=f"{scheme} did not take it{why}.")


def _check(server: Any) -> None:
    """Found out when the address is given, where it can be; what it comes to is decided when it connects."""
    names_host = any("{host}" in each for each in server.templates)
    host = getattr(server, "smtp_host", None) or getattr(server, "host", None)
    if names_host and host:
        check_host(str(host))


def _guard(refused: list[str]) -> None:
    """From here on, for all threads of this process, until it ends."""

    private = bool(settings.get("OUTBOUND_PRIVATE"))

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _REFUSED:
            refused.append("it would start a program on the server")
            raise _Refused(refused[-1])
        if event in _SENDS:
            address = arguments[1]
            host = address[0] if isinstance(address, tuple) and address else address
            if address is not None and not _may_ask(host, private):  # None: to where it is connected
                refused.append(f"{host!r} is an address inside this network, which notifications do not go to")
                raise _Refused(refused[-1])

    sys.addaudithook(look)


def _may_ask(host: Any, private: bool) -> bool:
    """A name is none: it would be resolved once more, behind our back."""
    try:
        reach = reach_of(str(host))
    except ValueError:
        return False
    return reach is Reach.PUBLIC or (private and reach is Reach.INSIDE)


if __name__ == "__main__":
    main()
