"""What is imported by name is there, and lies below what imports it."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

import armillary
from armillary.sdk import late

SOURCE = Path(armillary.__file__).parent
TOWER = ("core", "journal", "stores", "engine", "ledger", "home", "client", "sdk", "server", "agent", "cli")
BY_NAME = {
    "__init__.py": "the public names; it lies above everything",
    "client/__init__.py": "its own modules",
    "cli/application.py": "its own commands",
    "ledger/database/dialect.py": "SQLAlchemy's dialect, loaded already",
    "sdk/late.py": "the table above",
    "sdk/deployments/loading.py": "users' modules",
    "sdk/functions.py": "users' modules",
}
"""The files that import by name, and what."""


@pytest.mark.parametrize(("name", "module"), late.LATE.items())
def test_every_name_is_where_the_table_says_and_below_the_sdk(name: str, module: str) -> None:
    assert hasattr(import_module(module), name)
    assert TOWER.index(module.split(".")[1]) <= TOWER.index("sdk")


def test_no_other_file_imports_by_name() -> None:
    found = set()
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = {
            node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
        }
        if called & {"import_module", "__import__"}:
            found.add(str(path.relative_to(SOURCE)))
    assert found == set(BY_NAME)


def test_serving_is_handed_in_from_above() -> None:
    assert armillary.flow is not None
    assert late.serve is armillary._serve
