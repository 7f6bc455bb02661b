"""A temporary home."""

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
    """Record runs in a temporary home inside the block, and read them there.

    Settings of the user and the machine do not apply inside; ``overrides`` are settings by name without their prefix, as
    text: ``temporary_home(LOGGING_LEVEL="WARNING")``. Raises InvalidSetting for an unknown name. The environment belongs
    to the process, so two such blocks must not overlap in one process.
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
