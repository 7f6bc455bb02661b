"""Commands of other orchestrators, for who types them out of habit: what they are here."""

from __future__ import annotations

from armillary.core.errors import UsageError

_HERE = {
    "orion": "server start",
    "dashboard": "server status",
    "ui": "server status",
    "scheduler": "server start",
    "webserver": "server start",
    "api-server": "server start",
    "standalone": "server start",
    "dev": "server start",
    "deploy": "deployment create",
    "build": "deployment create",
    "apply": "deployment create",
    "serve": "deployment create",
    "dags": "deployment ls",
    "job": "deployment ls",
    "tasks": "task-run ls",
    "work-pool": "work-queue",
    "pools": "concurrency-limit",
    "global-concurrency-limit": "concurrency-limit",
    "gcl": "concurrency-limit",
    "block": "storage",
    "connections": "storage",
    "variables": "variable",
    "automation": "notification",
    "db": "database",
}


def refuse_if_known(word: str) -> None:
    """Raises UsageError with the command to give instead; returns for a word that nobody has."""
    if word in _HERE:
        raise UsageError(f"There is no command {word!r} here.", subject=word, advice=f"armillary {_HERE[word]}")
