"""What is public is said once: the modules, their ``__all__`` and the page of the documentation agree."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import armillary

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "python.md").read_text()
PUBLIC = re.findall(r"^::: (armillary[\w.]*)$", PAGE, re.MULTILINE)
INTERNAL = {
    "agent",
    "cli",
    "core",
    "engine",
    "home_folder",
    "journal",
    "own_process",
    "ledger",
    "sdk",
    "server",
    "settings",
    "ui_dist",
    "__main__",
}


def test_every_module_is_documented_or_internal() -> None:
    found = {module.name for module in iter_modules(armillary.__path__)}
    assert {f"armillary.{name}" for name in found - INTERNAL} | {"armillary"} == set(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_exists_and_tells_its_contract(name: str) -> None:
    module = import_module(name)
    assert inspect.getdoc(module)
    assert sorted(set(module.__all__)) == sorted(module.__all__)
    undocumented = [
        each
        for each in module.__all__
        if callable(value := getattr(module, each)) and not (value.__doc__ or "").strip()
    ]
    assert not undocumented


def test_the_documentation_names_a_module_once() -> None:
    assert len(set(PUBLIC)) == len(PUBLIC)
