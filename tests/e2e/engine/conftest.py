from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .programs import Program

MakeProgram = Callable[[str], Program]


@pytest.fixture
def program(tmp_path: Path, home: Path) -> MakeProgram:
    """A script, from its source."""
    return lambda source: Program(tmp_path, home, source)
