"""One notification on its way: a webhook by our own means, anything else by Apprise, where that is installed."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

from msgspec import DecodeError, json

from armillary import settings
from armillary.core.deployments.notification_policy import checked_target
from armillary.core.errors import InvalidOption
from armillary.server.notifying.apprise_process import Outcome, Task
from armillary.server.notifying.outbound import Undelivered, check_address, post_json

APPRISE_SECONDS = 60.0
"""Longest that Apprise may take, its start included."""
_turns = BoundedSemaphore(4)
"""So many processes of Apprise at once: each has 60 MB."""
_WEBHOOKS = ("http", "https")
_MODULE = "armillary.server.notifying.apprise_process"


def check_target(target: str) -> None:
    """Raises InvalidOption for one that nothing could be delivered to. A name that is not known just now may be later, and what
    cannot be looked at now is looked at when it is delivered."""
    target = checked_target(target)
    with suppress(Undelivered):
        if urlsplit(target).scheme in _WEBHOOKS:
            check_address(target)
        else:
            _apprise(Task(target))


def deliver(target: str, title: str, message: str, facts: dict[str, Any]) -> None:
    """Raises Undelivered, or InvalidOption. A webhook gets JSON: ``text`` as chat services read it, and the facts by name."""
    if urlsplit(target).scheme in _WEBHOOKS:
        post_json(target, {"text": message, **facts})
    else:
        _apprise(Task(target, title, message))


def _apprise(task: Task) -> None:
    """In a process of its own, which has none of the server's secrets and goes through no proxy."""
    scheme = urlsplit(task.target).scheme
    if find_spec("apprise") is None:
        raise InvalidOption(
            f"{scheme}:// addresses need Apprise, which is not installed where the server runs.",
            subject="target",
            advice="Install it: pip install 'armillary[notifications]'",
        )
    environment = {
        name: value for name, value in settings.without_secrets().items() if not name.lower().endswith("_proxy")
    }
    if not _turns.acquire(timeout=APPRISE_SECONDS):
        raise Undelivered(f"{scheme} could not be asked: the server is busy with other notifications.")
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", _MODULE],
            input=json.encode(task),
            stdout=subprocess.PIPE,
            env=environment,
            timeout=APPRISE_SECONDS,
            check=False,
        )
        outcome = json.decode(done.stdout, type=Outcome)
    except subprocess.TimeoutExpired:
        raise Undelivered(f"{scheme} did not answer within {APPRISE_SECONDS:.0f} seconds.") from None
    except (OSError, DecodeError):
        raise Undelivered(f"{scheme} could not be asked; the server's log may say why.") from None
    finally:
        _turns.release()
    if outcome.invalid is not None:
        raise InvalidOption(outcome.invalid, subject="target", advice=outcome.advice)
    if outcome.undelivered is not None:
        raise Undelivered(outcome.undelivered)
