"""The Python reference has every public name."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

import armillary

from .pages import ROOT

PAGE = (ROOT / "docs/python.md").read_text()
SHOWN = re.findall(r"^::: ([\w.]+)$", PAGE, re.MULTILINE)
MODULES = [f"armillary.{name}" for name in dir(armillary) if name not in armillary.__all__ and not name.startswith("_")]


@pytest.mark.parametrize("module", ["armillary", *MODULES])
def test_a_public_module_is_on_the_page(module: str) -> None:
    assert module in SHOWN


@pytest.mark.parametrize("module", ["armillary", *MODULES])
def test_a_public_name_has_a_docstring_or_a_value_to_show(module: str) -> None:
    loaded = import_module(module)
    assert loaded.__all__
    assert [name for name in loaded.__all__ if not hasattr(loaded, name)] == []


def test_the_built_page_has_every_public_name(tmp_path: Path) -> None:
    html = _built(tmp_path)
    lacking = [
        f"{module}.{name}"
        for module in ("armillary", *MODULES)
        for name in import_module(module).__all__
        if name != "__version__" and f'id="{module}.{name}"' not in html
    ]
    assert lacking == []


def _built(folder: Path) -> str:
    """The page alone: the rest of the site takes longer."""
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    pages = folder / "pages"
    pages.mkdir()
    (pages / "index.md").write_text(PAGE)
    config = load_config(str(ROOT / "mkdocs.yml"), docs_dir=str(pages), site_dir=str(folder / "site"))
    config.nav = None
    config.extra_css = []
    build(config)
    return (folder / "site" / "index.html").read_text()
