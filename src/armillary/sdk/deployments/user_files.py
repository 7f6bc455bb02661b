"""Reads files that users wrote, and reports what they raise as the user's error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from traceback import format_exception_only
from types import TracebackType

from armillary.core.errors import ArmillaryError, FileRaised

_READERS = ("armillary.", "importlib", "_frozen_importlib", "runpy", "contextlib")


@contextmanager
def reading(path: str) -> Iterator[None]:
    """An exception in this block becomes the cause of a FileRaised, with a traceback that begins in the file. Armillary's errors, such as
    those of decorators, propagate unchanged."""
    try:
        yield
    except ArmillaryError:
        raise
    except (Exception, SystemExit) as problem:
        problem.__traceback__ = _from_the_file_on(problem.__traceback__)
        summary = format_exception_only(problem)[-1].strip()
        raise FileRaised(f"{path} cannot be read: {summary.rstrip('.')}.", subject=path) from problem


def _from_the_file_on(traceback: TracebackType | None) -> TracebackType | None:
    link = traceback
    while link is not None and link.tb_frame.f_globals.get("__name__", "").startswith(_READERS):
        link = link.tb_next
    return link
