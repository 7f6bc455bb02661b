"""Docstrings as Markdown, for the Python reference: their roles and doctests are not Markdown, so mkdocstrings is given both as code."""

from __future__ import annotations

import re
from typing import Any

import griffe

_ROLE = re.compile(r":\w+:`~?(?:[\w.]+\.)?(\w+(?:\(\))?)`")


class DocstringsAsMarkdown(griffe.Extension):
    """``:class:`~armillary.errors.Conflict``` becomes ``Conflict``; a doctest becomes a block of code."""

    def on_object(self, *, obj: griffe.Object, **_kwargs: Any) -> None:
        if obj.docstring is not None:
            obj.docstring.value = as_markdown(obj.docstring.value)


def as_markdown(docstring: str) -> str:
    """A docstring, its roles as names in code and its doctests indented."""
    made: list[str] = []
    inside = False
    for line in docstring.splitlines():
        inside = line.startswith(">>>") or (inside and bool(line.strip()))
        made.append(f"    {line}" if inside else _ROLE.sub(r"`\1`", line))
    return "\n".join(made)
