"""A home that is gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from armillary import settings
from armillary.client.in_process.client import InProcessClient
from armillary.client.interface.client import Client


@contextmanager
def temporary_home(**overrides: str) -> Iterator[Client]:
    """Record in a folder of its own while the block lasts, and read there what was recorded.

    No setting of the user's or of the machine's applies inside; ``overrides`` are settings by name without their prefix, as
    text: ``temporary_home(LOGGING_LEVEL="WARNING")``. Raises InvalidSetting for a name that is none. The environment is
    the process's, so two such blocks must not run at once in one process.
    """
    given = {settings.PREFIX + settings.known(name).name: value for name, value in overrides.items()}
    before = {name: value for name, value in os.environ.items() if name.startswith(settings.PREFIX)}
    with TemporaryDirectory(prefix="armillary-") as folder:
        _replace(before, {"ARMILLARY_HOME": os.path.join(folder, "home"), **given})
        try:
            with InProcessClient(settings.home()) as client:
                yield client
        finally:
            _replace({name for name in os.environ if name.startswith(settings.PREFIX)}, before)


def _replace(old: Iterable[str], new: dict[str, str]) -> None:
    for name in list(old):
        os.environ.pop(name, None)
    os.environ.update(new)
