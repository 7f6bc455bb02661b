"""Artifacts: what a run shows to users, recorded in its journal."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from msgspec import json

from armillary.clock import new_id, now_us
from armillary.core.errors import InvalidOption, NotSerializable, OutsideRun
from armillary.core.text.names import checked_name
from armillary.engine.interrupts.guard import this_guard
from armillary.engine.runs.current import current_run
from armillary.journal.format.events import AnyEvent, Artifact, Progress

LARGEST_BYTES = 2_000_000
_SCHEMES = frozenset({"http", "https", "mailto", "ftp", "s3", "gs", "file"})
_IMAGES = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"RIFF": "webp", b"<svg": "svg+xml"}


def create_markdown_artifact(markdown: str, key: str | None = None, description: str | None = None) -> str:
    """Show Markdown with this run; returns the artifact's id. Artifacts with the same ``key`` are versions of one artifact.

    Raises :class:`~armillary.errors.OutsideRun` outside a run.

        create_markdown_artifact("# Trips\\n\\n**7,412** rows", key="trips")
    """
    return _created("markdown", markdown, key, description)


def create_table_artifact(table: Any, key: str | None = None, description: str | None = None) -> str:
    """Show a table: a list of rows, each a mapping or a sequence; a mapping of columns; or a data frame.

    create_table_artifact([{"model": "xgb", "auc": 0.93}, {"model": "lr", "auc": 0.88}], key="scores")
    """
    try:
        data = json.encode(_rows(table), enc_hook=str).decode()
    except (TypeError, ValueError, RecursionError) as problem:
        raise NotSerializable(
            f"The table cannot be shown: {problem}.", subject="table", advice="Give rows of numbers and text."
        ) from problem
    return _created("table", data, key, description)


def create_link_artifact(
    link: str, link_text: str | None = None, key: str | None = None, description: str | None = None
) -> str:
    """Show a link.

    create_link_artifact("https://example.org/report.pdf", "The report")
    """
    data = json.encode({"url": _url(link), "text": link_text or link}).decode()
    return _created("link", data, key, description)


def create_image_artifact(image: str | bytes, key: str | None = None, description: str | None = None) -> str:
    """Show an image: its URL, or its bytes (PNG, JPEG, GIF, WebP, SVG), as a plot's ``savefig`` writes them.

    create_image_artifact("https://example.org/plot.png", key="plot")
    """
    if isinstance(image, str):
        return _created("image", _url(image), key, description)
    kind = next((kind for sign, kind in _IMAGES.items() if image.startswith(sign)), None)
    if kind is None:
        raise InvalidOption(
            "These bytes are not an image.", subject="image", advice="Give PNG, JPEG, GIF, WebP or SVG."
        )
    return _created("image", f"data:image/{kind};base64,{b64encode(image).decode()}", key, description)


def create_progress_artifact(progress: float, key: str | None = None, description: str | None = None) -> str:
    """Show a progress bar; ``progress`` is percent, 0 to 100. Returns the id for ``update_progress_artifact``.

    bar = create_progress_artifact(0, description="Copying")
    update_progress_artifact(bar, 50)
    """
    fraction = _fraction(progress)
    artifact_id = _created("progress", "", key, description)
    _record(Progress(now_us(), artifact_id, fraction))
    return artifact_id


def update_progress_artifact(artifact_id: str, progress: float) -> None:
    """Update a progress bar of this run; ``progress`` is percent, 0 to 100."""
    _record(Progress(now_us(), artifact_id, _fraction(progress)))


def _created(kind: str, data: str, key: str | None, description: str | None) -> str:
    if key is not None:
        checked_name(key, "artifact key")
    if len(data) > LARGEST_BYTES:
        raise InvalidOption(
            f"The {kind} artifact has {len(data):,} characters.",
            subject=kind,
            advice=f"The limit is {LARGEST_BYTES:,}: store the whole as a file and link to it.",
        )
    run = _run()
    artifact_id = new_id()
    task_run_id = run.id if run.letter == "t" else None
    _record(Artifact(now_us(), artifact_id, run.flow.id, task_run_id, key, kind, data, description))
    return artifact_id


def _record(event: AnyEvent) -> None:
    """Called in user code: an interrupt must not hit while a frame is written."""
    run = _run()
    guard = this_guard()
    was_open = guard.shut()
    try:
        run.flow.root.record(event)
    finally:
        guard.restore(was_open)


def _run() -> Any:
    run = current_run.get()
    if run is None:
        raise OutsideRun("An artifact belongs to a run.", subject="artifact", advice="Create it inside a flow or task.")
    return run


def _fraction(progress: float) -> float:
    if not 0 <= progress <= 100:
        raise InvalidOption(f"A progress of {progress!r}.", subject="progress", advice="Give percent, 0 to 100.")
    return progress / 100


def _url(link: str) -> str:
    if urlsplit(link).scheme.lower() not in _SCHEMES:
        raise InvalidOption(
            f"{link!r} is not a link that can be shown.",
            subject="link",
            advice=f"Start it with one of {', '.join(sorted(_SCHEMES))}, and a colon.",
        )
    return link


def _rows(table: Any) -> list[Any]:
    """The table as rows."""
    to_dict = getattr(table, "to_dict", None)
    if callable(to_dict):  # a pandas data frame
        return list(to_dict("records"))
    to_dicts = getattr(table, "to_dicts", None)
    if callable(to_dicts):  # a polars data frame
        return list(to_dicts())
    if isinstance(table, Mapping):
        names = list(table)
        return [dict(zip(names, row, strict=True)) for row in zip(*table.values(), strict=True)]
    if isinstance(table, Sequence) and not isinstance(table, str | bytes):
        return list(table)
    raise TypeError(f"{type(table).__name__!r} is not a table")
