"""A Chromium to test with: the machine's, or Debian's where that can be installed, or Playwright's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def chromium() -> str | None:
    """The path of the program; None: Playwright knows its own. Raises CalledProcessError when none can be had."""
    found = _on_path()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True, capture_output=True, timeout=300)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
            check=True,
            capture_output=True,
            timeout=600,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
        found = _on_path()
    if found is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True, timeout=600)
    return found


def _on_path() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)
