"""One notification on its way: a webhook by our own means, anything else by Apprise, where that is installed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from armillary.core.errors import InvalidOption
from armillary.core.notification_policy import checked_target
from armillary.server.notifying.outbound import Undelivered, check_address, post_json

_WEBHOOKS = ("http", "https")


def check_target(target: str) -> None:
    """Raises InvalidOption for one that nothing could be delivered to. A name that is not known just now may be later."""
    if urlsplit(checked_target(target)).scheme in _WEBHOOKS:
        try:
            check_address(target)
        except Undelivered:
            return
    else:
        _apprise(target)


def deliver(target: str, title: str, message: str, facts: dict[str, Any]) -> None:
    """Raises Undelivered, or InvalidOption. A webhook gets JSON: ``text`` as chat services read it, and the facts by name."""
    if urlsplit(target).scheme in _WEBHOOKS:
        post_json(target, {"text": message, **facts})
    elif not _apprise(target).notify(body=message, title=title):
        raise Undelivered(f"{urlsplit(target).scheme} did not take it; the server's log may say why.")


def _apprise(target: str) -> Any:
    try:
        import apprise  # an extra, and heavy: only who notifies by it pays
    except ImportError:
        raise InvalidOption(
            f"{urlsplit(target).scheme}:// addresses need Apprise, which is not installed where the server runs.",
            subject="target",
            advice="Install it: pip install 'armillary[notifications]'",
        ) from None
    found = apprise.Apprise()
    if not found.add(target):
        raise InvalidOption(
            f"Apprise does not understand this {urlsplit(target).scheme}:// address.",
            subject="target",
            advice="See https://github.com/caronc/apprise/wiki for how each service is written.",
        )
    return found
