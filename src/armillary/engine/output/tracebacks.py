"""User tracebacks start at the user's frame."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

from armillary.core.errors import ArmillaryError

_PACKAGE = "armillary."


def without_engine_frames(traceback: TracebackType | None) -> TracebackType | None:
    """The same traceback without this package's frames; unchanged if nothing else would be left."""
    links = []
    link = traceback
    while link is not None:
        if not link.tb_frame.f_globals.get("__name__", "").startswith(_PACKAGE):
            links.append(link)
        link = link.tb_next
    if not links:
        return traceback
    rebuilt: TracebackType | None = None
    for link in reversed(links):
        rebuilt = TracebackType(rebuilt, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return rebuilt


def strip_engine_frames(error: BaseException) -> None:
    """Drop this package's frames from an exception and from what it was raised from."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        link.__traceback__ = without_engine_frames(link.__traceback__)
        if isinstance(link, ArmillaryError) and _is_ours(link.__traceback__):
            link.__traceback__ = None  # its message is enough
        link = link.__cause__ or link.__context__


def _is_ours(traceback: TracebackType | None) -> bool:
    return traceback is not None and traceback.tb_frame.f_globals.get("__name__", "").startswith(_PACKAGE)


def install_excepthook() -> None:
    """Make the interpreter print only the user's frames of an uncaught exception. The previous hook is called."""
    before = sys.excepthook
    if getattr(before, "armillary", False):
        return

    def hook(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> Any:
        strip_engine_frames(error)
        return before(kind, error, without_engine_frames(traceback))

    hook.armillary = True  # type: ignore[attr-defined]
    sys.excepthook = hook
