"""Tags for every run started in a block of code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from armillary.engine.runs.current import current_tags
from armillary.sdk.options import tag_set


@contextmanager
def tags(*names: str) -> Iterator[frozenset[str]]:
    """Runs created inside the block carry these tags too. Blocks nest.

    with tags("ml", "nightly"):
        train()
    """
    together = current_tags.get() | tag_set("tags", names)
    before = current_tags.set(together)
    try:
        yield together
    finally:
        current_tags.reset(before)
