"""Writes requirements/tests.txt, the exact versions that tests run with; with --check it fails when pyproject.toml asks for something else.

One file serves every Python that is supported: where they need different versions, lines have markers.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements/tests.txt"
OLDEST_PYTHON = "3.11"


def write() -> None:
    """As the registry has them now."""
    command = ["uv", "pip", "compile", "--universal", "--all-extras", "--upgrade", "--no-annotate", "--quiet"]
    command += ["--python-version", OLDEST_PYTHON, "--custom-compile-command", "make lock"]
    subprocess.run([*command, "pyproject.toml", "--output-file", str(LOCK)], cwd=ROOT, check=True)


def problems() -> list[str]:
    """Requirements of pyproject.toml that the lock does not meet."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    pinned: dict[str, list[Requirement]] = {}
    for line in LOCK.read_text().splitlines():
        if line and not line.startswith("#"):
            pin = Requirement(line)
            pinned.setdefault(canonicalize_name(pin.name), []).append(pin)
    found = []
    for text in sorted(set(declared)):
        wanted = Requirement(text)
        pins = pinned.get(canonicalize_name(wanted.name), [])
        versions = [each.version for pin in pins for each in pin.specifier]
        if not versions or not all(wanted.specifier.contains(each, prereleases=True) for each in versions):
            found.append(f"{text} is {'not' if not versions else 'at ' + ', '.join(versions)} in {LOCK.name}")
    return found


if __name__ == "__main__":
    if "--check" in sys.argv:
        if wrong := problems():
            sys.exit("\n".join([*wrong, "Run: make lock"]))
    else:
        write()
