"""What is public is said once: the modules, their ``__all__`` and the page of the documentation agree."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
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
    "clock",
    "core",
    "engine",
    "home",
    "home_folder",
    "journal",
    "own_process",
    "ledger",
    "sdk",
    "server",
    "settings",
    "stores",
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


@pytest.mark.parametrize("name", [name for name in PUBLIC if name != "armillary"])
def test_each_module_is_an_attribute_of_the_package_whatever_else_was_imported(name: str) -> None:
    _, _, module = name.partition(".")
    code = f"import armillary; print(armillary.{module}.__name__, '{module}' in dir(armillary))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == [name, "True"], done.stderr


def test_the_documentation_names_a_module_once() -> None:
    assert len(set(PUBLIC)) == len(PUBLIC)
